"""Describes how each tag is read, for `tagwarden tag check`."""

from dataclasses import dataclass, replace
from datetime import datetime

from tagwarden.model.messages import tag_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags
from tagwarden.tagging.expiry import Never, instant_of
from tagwarden.tagging.keys import KeyMatch, KeyRole, Statement
from tagwarden.tagging.moments import Unreadable
from tagwarden.tagging.resolving_expiry import beginning_of, read_expiry_of
from tagwarden.tagging.rules import TagRules
from tagwarden.tagging.tag_limits import decode_value, encode_instant, place_of, place_of_key


@dataclass(frozen=True, slots=True)
class TagDescription:
    """A tag and its meaning.

    `states` is None if the key states neither owner nor expiry. `form` names the row of the grammar that matched.
    `means` is the owner, the instant in the form of the place, or `never`; empty for an unreadable value, with the
    reason in `problem`.
    """

    key: str
    value: str
    states: Statement | None
    key_is: str
    form: str = ""
    means: str = ""
    reason: Reason | None = None
    problem: str = ""


def describe_tags(
    tags: Tags, provider: ProviderName, created: datetime | None, rules: TagRules
) -> tuple[TagDescription, ...]:
    """Describe each tag of a resource created at `created` (UTC), in the order of the tags."""
    return tuple(_describe(key, tags, provider, created, rules) for key in tags.values)


def _describe(
    key: str, tags: Tags, provider: ProviderName, created: datetime | None, rules: TagRules
) -> TagDescription:
    value = tags.values[key]
    role = rules.at[provider].role_of(key)
    if role is None:
        return TagDescription(key, value, None, messages.STATES_NOTHING())
    key_is = _key_in_words(role, rules, provider)
    if role.match is KeyMatch.SUSPECT:
        return TagDescription(key, value, role.statement, key_is)
    if role.statement is Statement.OWNER:
        owner = rules.read_owner(decode_value(value, place_of_key(provider, tags, key)))
        return TagDescription(key, value, role.statement, key_is, "", owner.owner or "", owner.reason, owner.message)
    tag = TagDescription(key, value, role.statement, key_is)
    begins = beginning_of(role.foreign, tags, created, rules)
    if role.match is KeyMatch.BEGINNING:
        return replace(tag, problem=begins.message) if isinstance(begins, Unreadable) else tag
    return _describe_expiry(tag, role, provider, begins, rules)


def _describe_expiry(
    tag: TagDescription, role: KeyRole, provider: ProviderName, begins: datetime | Unreadable | None, rules: TagRules
) -> TagDescription:
    expiry = read_expiry_of(tag.value, role.foreign, rules)
    if isinstance(expiry, Never):
        return replace(tag, form=expiry.form, means="never")
    if isinstance(expiry, Unreadable):
        return replace(tag, reason=expiry.reason, problem=expiry.message)
    found = begins if isinstance(begins, Unreadable) else instant_of(expiry, begins)
    if isinstance(found, Unreadable):
        return replace(tag, form=expiry.form, reason=found.reason, problem=found.message)
    return replace(tag, form=expiry.form, means=encode_instant(found, place_of(provider)))


def _key_in_words(role: KeyRole, rules: TagRules, provider: ProviderName) -> str:
    canonical = rules.owner_key(provider) if role.statement is Statement.OWNER else rules.expiry_key(provider)
    tool = role.foreign.tool if role.foreign else messages.ANOTHER_TOOL()
    return {
        KeyMatch.CANONICAL: messages.IS_CANONICAL(),
        KeyMatch.SPELLING: messages.IS_SPELLING(key=canonical),
        KeyMatch.ALIAS: messages.IS_ALIAS(key=canonical),
        KeyMatch.FOREIGN: messages.IS_FOREIGN(tool=tool),
        KeyMatch.BEGINNING: messages.IS_BEGINNING(tool=tool),
        KeyMatch.TYPO: messages.IS_TYPO(key=role.resembles),
        KeyMatch.SUSPECT: messages.IS_SUSPECT(statement=role.statement, key=canonical),
    }[role.match]
