"""Gathers the input of the checks for one resource, before the first check runs."""

from datetime import datetime

from tagwarden.judging.check import CheckInput, TargetExpiry
from tagwarden.judging.governance import Governance
from tagwarden.judging.inheritance import NOTHING, Inherited
from tagwarden.judging.kind_context import KindContext
from tagwarden.model.history import History, Written
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.tags import Tags, TagState
from tagwarden.model.verdict import Finding
from tagwarden.tagging import LifetimeLimit, Reading, format_instant, read_tags, shortened

_new = tuple.__new__


def gather(
    resource: Resource,
    context: KindContext,
    governance: Governance,
    history: History | None,
    created: datetime | None,
    reading: Reading,
    inherited: Inherited,
    protecting_tag: str,
) -> CheckInput:
    """Combine tags, inherited values, history and the maximum lifetime of the policy."""
    policy, rules = context.policy, context.rules
    if inherited is not NOTHING and not rules.inherits:
        inherited = NOTHING._replace(bound=inherited.bound, unreadable=inherited.unreadable)
    if inherited.states_expiry and (reading.owner_stated or reading.owner_guess):
        inherited = inherited.for_claimed_resource(context.now)
    doubtful = reading.has_doubtful_expiry(context.expiry_key)
    owner = reading.owner if reading.owner_stated else inherited.owner
    lacks_owner = rules.owner and not reading.owner_stated and not inherited.states_owner
    takes_default = rules.expiry and not inherited.states_expiry
    lacks_expiry = takes_default and not reading.expiry_stated
    lifetime = policy.lifetime if policy.kept is None else policy.lifetime_of(resource)
    allowed, target = None, None
    if reading.expiry_stated and not reading.expiry_guessed:
        expires, never = reading.expires, reading.never
        # Without deletions there is no time to grant: the expiry stays as it was read.
        if doubtful and expires is not None and context.allows_deletion:
            expires = max(expires, context.earliest)
        # A past expiry cannot be too long.
        if expires is None or doubtful or expires > context.now:
            allowed = lifetime.allowed_until(created) if created is not None else None
            target = _target(reading, context, expires, allowed)
    else:
        # A guessed expiry never passes; the resource gets the default like any resource without an expiry.
        expires, never = (None, False) if reading.expiry_guessed else (inherited.expires, inherited.never)
        if takes_default and not lacks_owner and created is not None and resource.tags.state is TagState.KNOWN:
            target = _instead_of_missing(context, lifetime, created)
    put_back = None
    if history is not None and history.written is not None:
        put_back, held = _put_back(resource, context, history.written)
        if held is not None and reading.expiry_stated and not reading.expiry_guessed:
            expires, never, doubtful, allowed, target = held, False, False, None, None
    # The chain makes an input for each resource: fields by name take four times as long as a tuple.
    fields = (
        resource,
        context,
        governance,
        history,
        created,
        reading,
        inherited,
        protecting_tag,
        owner,
        expires,
        never,
        doubtful,
        allowed,
        target,
        lacks_owner,
        lacks_expiry,
        put_back,
    )
    return _new(CheckInput, fields)


def _put_back(resource: Resource, context: KindContext, written: Written) -> tuple[Finding | None, datetime | None]:
    """Report that others undid the last write, and give the expiry of that write if they undid the expiry too.

    A repair grants time only once: a template that restores the same value every night does not gain a day each night.
    So the written expiry still holds.
    """
    keys = written.put_back(resource.tags.values)
    if not keys:
        return None, None
    tags, at = ", ".join(keys), format_instant(written.at)
    message = messages.CHANGED_BACK(keys=tags, at=at)
    text = written.set.get(context.expiry_key) if context.expiry_key in keys else None
    if text is None:
        return Finding(Reason.TagsRevertedByOthers, message), None
    ours = read_tags(Tags.known({context.expiry_key: text}), resource.provider, None, context.policy.tag_rules)
    if ours.expires is not None:
        message = messages.CHANGED_BACK_BUT_HOLDS(keys=tags, at=at, expires=text)
    return Finding(Reason.TagsRevertedByOthers, message), ours.expires


def _target(
    reading: Reading, context: KindContext, expires: datetime | None, allowed: datetime | None
) -> TargetExpiry | None:
    """Find the expiry that replaces the stated one. In staging and production, none is assumed."""
    if expires is None and not reading.never:
        return _instead_of_unreadable(context, allowed)
    rules = context.rules
    if allowed is not None and rules.shortens and context.allows_deletion:
        target = shortened(expires, allowed, context.earliest)
        if target is not None:
            return TargetExpiry(target, Reason.TooLong)
    if expires is not None and expires != reading.expires and rules.fixes:
        return TargetExpiry(expires, Reason.MalformedExpiry)
    return None


def _instead_of_missing(context: KindContext, lifetime: LifetimeLimit, created: datetime) -> TargetExpiry | None:
    if not context.rules.fills_in or not context.allows_deletion:
        return None
    default = lifetime.default_until(created)
    return TargetExpiry(max(default, context.earliest), Reason.MissingExpiry) if default is not None else None


def _instead_of_unreadable(context: KindContext, allowed: datetime | None) -> TargetExpiry | None:
    if not context.rules.fixes or not context.allows_deletion or allowed is None:
        return None
    return TargetExpiry(max(allowed, context.earliest), Reason.MalformedExpiry)
