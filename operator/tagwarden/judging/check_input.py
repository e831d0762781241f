"""Everything that a check may look at, gathered before the first check runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tagwarden.judging.compiled_rules import CompiledRules
from tagwarden.judging.doubt import is_doubtful
from tagwarden.judging.fast_path import FastPath
from tagwarden.judging.inheritance import NOTHING, Inherited
from tagwarden.judging.policy_set import CompiledPolicy
from tagwarden.judging.scope import CompiledExclusion
from tagwarden.model.history import History, Written
from tagwarden.model.own_parts import is_ourselves
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Presence, Resource
from tagwarden.model.tags import Tags, TagState
from tagwarden.model.verdict import Finding
from tagwarden.tagging import LATEST, LifetimeLimit, Reading, format_instant, read_tags, shortened

_DELETABLE = Environment.TEST
"""The only environment in which anything is deleted or shortened (S2)."""
# To look a member of an enum up takes Python 3.11 ten times as long as a name of the module.
_KNOWN, _TOO_LONG = TagState.KNOWN, Reason.TooLong
_new = tuple.__new__


def allows_deletion(environment: Environment) -> bool:
    """Whether anything may be deleted or shortened there at all (S2)."""
    return environment is _DELETABLE


@dataclass(frozen=True, slots=True)
class KindContext:
    """Shared context of all resources of one kind and category in one region and environment of an account.

    `other_policies` cover the kind too, with at least our priority; `exclusions` are those of our own that may match.
    `is_undisputed` says that no resource of the kind has to be looked at to know that this policy governs it and
    excludes none. `taken` is when the snapshot was.
    `is_complete` says whether the kind was listed to its end, `allows_deletion` whether anything may
    be deleted or shortened here (S2). `fast_path` recognises compliant resources. `earliest` is now +
    `grace.repaired`, before which no repaired or shortened expiry may lie. `rules` are those of the policy, and
    `expiry_key` is its key of an expiry as it is written here. `irreplaceable` is said of what lacks an owner or an
    expiry and holds what nothing can make again, so that it stays (S19); None where the kind holds no such thing, the
    policy names it, or no rule would delete. `is_backed_up` says that the policy asks for a backup first. `doubt` says
    why nothing in the account may be touched.
    """

    policy: CompiledPolicy
    rules: CompiledRules
    expiry_key: str
    category: str
    other_policies: tuple[CompiledPolicy, ...]
    exclusions: tuple[CompiledExclusion, ...]
    environment: Environment
    snapshot: str
    taken: datetime
    is_complete: bool
    is_undisputed: bool
    fast_path: FastPath
    allows_deletion: bool
    irreplaceable: Finding | None
    is_backed_up: bool
    now: datetime
    earliest: datetime
    doubt: Finding | None = None


class Governance(NamedTuple):
    """Whether the policy is the one to judge: `tied_policies` govern it with equal priority, `failure` leaves it open.

    `unread` are policies that may govern it and that nobody can read, each with its mistake.
    """

    tied_policies: tuple[str, ...] = ()
    failure: str = ""
    excluded_by: str = ""
    unread: tuple[str, ...] = ()


UNDISPUTED = Governance()


class TargetExpiry(NamedTuple):
    """The expiry that is to be written, and the rule that asks for it."""

    expires: datetime
    rule: Reason


class CheckInput(NamedTuple):
    """One resource and one policy: the input of every check.

    `created` is when it was created as far as anybody knows: as the vendor tells, else when it was first seen.
    `owner` and `expires` are what holds before any write, own or inherited; a doubtful expiry is never earlier than
    `earliest`. `allowed` is the instant beyond which its expiry may not lie, None where there is no maximum, its
    beginning is unknown, or nothing to come is stated. `put_back` says that others undid our last write, of which the
    expiry then holds on. `lacks_owner` and `lacks_expiry` say that the policy wants one
    and nothing states any.
    """

    resource: Resource
    around: KindContext
    governance: Governance
    history: History | None
    created: datetime | None
    reading: Reading
    inherited: Inherited
    protecting_tag: str
    owner: str | None
    expires: datetime | None
    never: bool
    is_doubtful: bool
    allowed: datetime | None
    target: TargetExpiry | None
    lacks_owner: bool
    lacks_expiry: bool
    put_back: Finding | None

    @property
    def policy(self) -> CompiledPolicy:
        """The policy that judges."""
        return self.around.policy

    @property
    def inherits_owner(self) -> bool:
        """Whether a parent states an owner, readable or not."""
        return self.inherited.states_owner and not self.reading.owner_stated

    @property
    def inherits_expiry(self) -> bool:
        """Whether a parent states an expiry, readable or not."""
        return self.inherited.states_expiry and not self.reading.expiry_stated

    @property
    def is_orphan(self) -> bool:
        """Whether its manager is gone (S13). One that is only missed counts once the expiry of its own has passed."""
        manager = self.resource.manager
        if manager is None or manager.presence is Presence.ASSUMED:
            return False
        if manager.presence is Presence.GONE:
            return True
        has_own = self.reading.expiry_stated and not self.reading.expiry_guessed and not self.is_doubtful
        return has_own and self.expires is not None and self.expires <= self.around.now

    @property
    def spared(self) -> Finding | None:
        """Why it stays although nobody names it, None where it holds nothing or a backup can be made of it (S19)."""
        around = self.around
        if around.is_backed_up and around.policy.irreplaceable.can_back_up(self.resource):
            return None
        return around.irreplaceable

    @property
    def is_ordinary(self) -> bool:
        """Whether no exemption can apply: the conditions of all exemption checks in one test."""
        resource = self.resource
        return (
            resource.tags.state is _KNOWN
            and self.governance is UNDISPUTED
            and self.around.doubt is None
            and (self.inherited is NOTHING or self.inherited.is_doubtless)
            and not self.protecting_tag
            and not resource.protection
            and resource.manager is None
            and not is_ourselves(resource)
        )


def gather(
    resource: Resource,
    around: KindContext,
    governance: Governance,
    history: History | None,
    created: datetime | None,
    reading: Reading,
    inherited: Inherited,
    protecting_tag: str,
) -> CheckInput:
    """Combine tags, inherited values and the policy's maximum lifetime."""
    policy, rules = around.policy, around.rules
    if inherited is not NOTHING and not rules.inherits:
        inherited = NOTHING._replace(bound=inherited.bound, unreadable=inherited.unreadable)
    if inherited.states_expiry and (reading.owner_stated or reading.owner_guess):
        inherited = inherited.for_one_who_claims(around.now)
    doubtful = reading.is_repaired and is_doubtful(reading, around.expiry_key)
    owner = reading.owner if reading.owner_stated else inherited.owner
    lacks_owner = rules.owner and not reading.owner_stated and not inherited.states_owner
    takes_default = rules.expiry and not inherited.states_expiry
    lacks_expiry = takes_default and not reading.expiry_stated
    lifetime = policy.lifetime if policy.kept is None else policy.lifetime_of(resource)
    allowed, target = None, None
    if reading.expiry_stated and not reading.expiry_guessed:
        expires, never = reading.expires, reading.never
        # Where nothing is ever deleted, what is written is what was read.
        if doubtful and expires is not None and around.allows_deletion:
            expires = max(expires, around.earliest)
        # What has passed cannot be too long, and is left as it was written.
        if expires is None or doubtful or expires > around.now:
            allowed = lifetime.allowed_until(created) if created is not None else None
            target = _target(reading, around, expires, allowed)
    else:
        # Of a guess nobody knows what is meant, so nothing is over; it gets what any resource without an expiry gets.
        expires, never = (None, False) if reading.expiry_guessed else (inherited.expires, inherited.never)
        if takes_default and not lacks_owner and created is not None and resource.tags.state is _KNOWN:
            target = _instead_of_missing(around, lifetime, created)
    put_back = None
    if history is not None and history.written is not None:
        put_back, held = _put_back(resource, around, history.written)
        if held is not None and reading.expiry_stated and not reading.expiry_guessed:
            expires, never, doubtful, allowed, target = held, False, False, None, None
    # A named tuple takes half as long from a tuple as from its fields.
    fields = (
        resource,
        around,
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


def _put_back(resource: Resource, around: KindContext, written: Written) -> tuple[Finding | None, datetime | None]:
    """Report that others undid the last write, and give the expiry of that write if it was among the undone tags.

    The time that a repair leaves is granted once: whoever puts the same value back every night, as a template does, is
    not given a day each night. So the expiry that we wrote holds on.
    """
    keys = written.put_back(resource.tags.values)
    if not keys:
        return None, None
    message = (
        f"{', '.join(keys)} was changed back after Tagwarden corrected it at {format_instant(written.at)};"
        " Tagwarden does not write it again, correct it at its source"
    )
    text = written.set.get(around.expiry_key) if around.expiry_key in keys else None
    if text is None:
        return Finding(Reason.TagsRevertedByOthers, message), None
    ours = read_tags(Tags.known({around.expiry_key: text}), resource.provider, None, around.policy.tag_rules)
    held = f"; {text} holds" if ours.expires is not None else ""
    return Finding(Reason.TagsRevertedByOthers, message + held), ours.expires


def _target(
    reading: Reading, around: KindContext, expires: datetime | None, allowed: datetime | None
) -> TargetExpiry | None:
    """Find the expiry to write instead of the one that is stated. Outside of test nothing is assumed."""
    if expires is None and not reading.never:
        return _instead_of_unreadable(around, allowed)
    rules = around.rules
    if allowed is not None and rules.shortens and around.allows_deletion:
        target = shortened(expires, allowed, around.earliest)
        if target is not None:
            return _new(TargetExpiry, (target, _TOO_LONG))
    if expires is not None and expires != reading.expires and rules.fixes:
        return TargetExpiry(expires, Reason.MalformedExpiry)
    return None


def _instead_of_missing(around: KindContext, lifetime: LifetimeLimit, created: datetime) -> TargetExpiry | None:
    if not around.rules.fills_in or not around.allows_deletion:
        return None
    default = lifetime.default_until(created)
    return TargetExpiry(max(default, around.earliest), Reason.MissingExpiry) if default is not None else None


def _instead_of_unreadable(around: KindContext, allowed: datetime | None) -> TargetExpiry | None:
    if not around.rules.fixes or not around.allows_deletion or allowed is None:
        return None
    return TargetExpiry(max(allowed, around.earliest), Reason.MalformedExpiry)


def later(moment: datetime, duration: timedelta) -> datetime:
    """Add a duration that people wrote, and stop at the end of the calendar."""
    return moment + duration if duration < LATEST - moment else LATEST
