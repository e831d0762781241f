"""Backups before deletions, as the policy requires."""

from collections.abc import Callable

from tagwarden.judging.scope import matcher_of
from tagwarden.model.plan import Action, ActionType, Keeping
from tagwarden.model.policy import BACKUP_OF, CleanupPolicySpec
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges
from tagwarden.tagging import encode_key, encode_reference, encode_value, place_of

CanBackUp = Callable[[Resource], bool]
"""Whether the provider can back up this resource."""


class Backups:
    """The backups that a policy requires."""

    def __init__(self, spec: CleanupPolicySpec, can_back_up: CanBackUp) -> None:
        self._spec = spec
        self._rule = spec.backup
        self._is_meant = matcher_of(spec.backup.kinds) if spec.backup is not None else None
        self._can_back_up = can_back_up

    def action_for(self, resource: Resource, owner: str | None, reason: Reason, because: str) -> Action | None:
        """Give the backup that must be ready before the deletion of a resource, if any.

        `owner` is the owner of the resource; `reason` and `because` belong to the deletion. The tags contain no expiry:
        the expiry counts from the creation of the backup, possibly days after the plan.
        """
        rule, is_meant = self._rule, self._is_meant
        if rule is None or is_meant is None or not (is_meant(resource.kind) or is_meant(resource.category)):
            return None
        if not self._can_back_up(resource):
            return None
        place = place_of(resource.provider)
        owned = {encode_key(self._spec.owner.key, place): encode_value(owner, place)} if owner is not None else {}
        tags = {**owned, encode_key(BACKUP_OF, place): encode_reference(resource.uid, place)}
        keeping = Keeping(encode_key(self._spec.expiry.key, place), rule.keep)
        return Action(
            resource.uid, ActionType.BACKUP, 0, reason, because=because, changes=TagChanges(tags), keeping=keeping
        )
