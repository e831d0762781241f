"""Protections of a parent that also apply to its children (S21)."""

from collections.abc import Mapping
from datetime import datetime

from tagwarden.judging.compiled_account import CompiledAccount
from tagwarden.judging.scope import CompiledExclusion
from tagwarden.model.containers import is_container
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.resource import Environment, Resource
from tagwarden.tagging.protection import ProtectionTags


class Bindings:
    """The protections of parents under one policy at one time; a parent may be outside of the scope.

    `accounts` are all declared accounts. `now` is aware UTC.
    """

    __slots__ = ("_accounts", "_exclusions", "_found", "_now", "_protection_tags")

    def __init__(
        self,
        accounts: Mapping[str, CompiledAccount],
        exclusions: tuple[CompiledExclusion, ...],
        protection_tags: ProtectionTags,
        now: datetime,
    ) -> None:
        self._accounts = accounts
        self._exclusions = exclusions
        self._protection_tags = protection_tags
        self._now = now
        self._found: dict[str, str] = {}

    def of(self, parent: Resource) -> str:
        """Describe the protection that a parent passes on to its children; empty if there is none."""
        found = self._found.get(parent.uid)
        if found is None:
            found = self._found[parent.uid] = self._look(parent)
        return found

    def _look(self, parent: Resource) -> str:
        return (
            self._tag(parent)
            or self._vendor(parent)
            or self._environment(parent)
            or next((why for exclusion in self._exclusions if (why := self._exclusion(exclusion, parent))), "")
        )

    def _tag(self, parent: Resource) -> str:
        return messages.PARENT_IS_PROTECTED_BY_TAG() if self._protection_tags.protecting_tag(parent.tags.values) else ""

    def _vendor(self, parent: Resource) -> str:
        """Give the vendor's protection, except that of a container: a default network holds other resources."""
        if is_container(parent) or not parent.protection:
            return ""
        return messages.PARENT_IS_PROTECTED(protection=parent.protection)

    def _environment(self, parent: Resource) -> str:
        """Give the environment, if it forbids deletions.

        Only an explicit rule sets the environment of a container. A rule on the namespace of objects does not match the
        namespace itself: the namespace has the account's environment, and its contents have the rule's environment.
        """
        account = self._accounts.get(parent.account)
        if is_container(parent):
            environment = account.stated_environment_of(parent, self._now) if account else None
        else:
            environment = account.environment_of(parent, self._now) if account else Environment.PRODUCTION
        if environment in (None, Environment.TEST):
            return ""
        return messages.PARENT_OF_ENVIRONMENT(environment=environment)

    def _exclusion(self, exclusion: CompiledExclusion, parent: Resource) -> str:
        """Describe the exclusion that matches the parent, or may match because the expression fails.

        An exclusion by kind, region or namespace alone does not extend to the contents of a container.
        """
        if is_container(parent) and not exclusion.means_resources:
            return ""
        answer = exclusion.holds(parent, parent.created, self._now)
        if answer is False:
            return ""
        if answer is True:
            return messages.PARENT_IS_EXCLUDED(exclusion=exclusion.label)
        return messages.PARENT_MAY_BE_EXCLUDED(error=answer.message)
