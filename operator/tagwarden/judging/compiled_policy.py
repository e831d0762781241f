"""A policy compiled once, so that judging a resource parses no text of the policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from tagwarden.errors import BadInput, InvalidField
from tagwarden.judging.compiled_account import CompiledAccount
from tagwarden.judging.irreplaceable import (
    CanBackUp,
    Irreplaceable,
    IsIrreplaceable,
    by_category,
    compile_irreplaceable,
    never_backed_up,
)
from tagwarden.judging.schedule import Schedule
from tagwarden.judging.scope import CanDelete, CompiledScope, NamedOnly, compile_scope
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.policy import (
    BACKUP_OF,
    CleanupPolicy,
    CleanupPolicySpec,
    Lifetime,
    OnCanonical,
    OnDeletable,
    OnMalformed,
    OnMissingExpiry,
    OnStack,
    OnTooLong,
)
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.verdict import Finding
from tagwarden.tagging import LifetimeLimit, TagRules, compile_tag_rules, encode_key, place_of

SNAPSHOT = "snapshot"
"""The category of backups."""
LEAST_BETWEEN_OBSERVATIONS = timedelta(minutes=10)
"""The default of `observationInterval` for short schedules: snapshots closer together count as one observation."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""Tolerance for the lifetime of a backup: its expiry is by our clock, its creation time by the vendor's."""


@dataclass(frozen=True, slots=True)
class DeletionRule:
    """A rule that may delete: whether this rule does delete, the grace period, and the finding."""

    reason: Reason
    deletes: bool
    grace: timedelta
    finding: Finding


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """The rules of one policy; each also depends on the environment (S2).

    `owner` and `expiry`: the tag is required. `inherits`: untagged children take the owner of their parent. `fixes`:
    malformed tags are corrected. `rewrites`: unambiguous tags in another form are rewritten too. `updates_stacks`: the
    tags of stacks are written. `shortens`: an expiry beyond the maximum is shortened. `fills_in`: a resource with an
    owner and no expiry gets the default. The four deletion rules follow, and the number of observations that a deletion
    needs.
    """

    owner: bool
    expiry: bool
    inherits: bool
    fixes: bool
    rewrites: bool
    updates_stacks: bool
    shortens: bool
    fills_in: bool
    expired: DeletionRule
    untagged: DeletionRule
    missing_owner: DeletionRule
    missing_expiry: DeletionRule
    observations: int

    @property
    def deletes_unnamed(self) -> bool:
        """Whether any rule deletes for a missing owner or expiry."""
        return self.untagged.deletes or self.missing_owner.deletes or self.missing_expiry.deletes


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A policy as judging and planning use it; `spec` is the original.

    `expiry_keys` is the canonical expiry key in the form of each provider, `rules` are the compiled rules for tags and
    deletions, `irreplaceable` the rules for kinds that hold data, keys or names. `observation_interval` is the least
    distance between two snapshots that count towards a deletion. `kept` is the lifetime of backups, None if the policy
    asks for none. `unread` is the reason why the policy is unreadable: such a policy never judges, and blocks actions
    on all resources that it may govern (S22).
    """

    name: str
    generation: int
    spec: CleanupPolicySpec
    zone: ZoneInfo
    schedule: Schedule
    scope: CompiledScope
    tag_rules: TagRules
    lifetime: LifetimeLimit
    expiry_keys: Mapping[ProviderName, str]
    rules: CompiledRules
    irreplaceable: Irreplaceable
    observation_interval: timedelta
    kept: LifetimeLimit | None = None
    unread: str = ""

    def covers(self, account: CompiledAccount) -> bool:
        """Whether the account is in the scope."""
        return self.scope.covers_account(account.account)

    def is_backup(self, resource: Resource) -> bool:
        """Whether the resource is a backup, a snapshot tagged as a backup, and the policy sets their lifetime."""
        return (
            self.kept is not None
            and resource.category == SNAPSHOT
            and encode_key(BACKUP_OF, place_of(resource.provider)) in resource.tags.values
        )

    def lifetime_of(self, resource: Resource) -> LifetimeLimit:
        """Give the lifetime limit of the resource: that of backups for a backup, else that of the policy."""
        return self.kept if self.kept is not None and self.is_backup(resource) else self.lifetime

    @property
    def has_maximum(self) -> bool:
        """Whether the policy limits lifetimes."""
        return self.spec.lifetime.max is not None or self.spec.lifetime.weekly_cutoff is not None


def compile_policy(
    policy: CleanupPolicy,
    known_owners: Mapping[str, str | None] | None = None,
    can_delete: CanDelete = lambda _provider, _kind: True,
    named_only: NamedOnly = lambda _resource: False,
    is_irreplaceable: IsIrreplaceable = by_category,
    can_back_up: CanBackUp = never_backed_up,
) -> CompiledPolicy:
    """Compile a policy; raise InvalidField with the field and advice.

    `known_owners` maps each known owner to a successor or None; without this list, typing errors in owners stay. The
    others are facts of the providers: `can_delete` decides which kinds a policy without `scope.kinds` governs,
    `named_only` which resources a policy governs only if their kind is named (S20), `is_irreplaceable` which kinds
    cannot be recreated (S19), and `can_back_up` which resources can be backed up.
    """
    spec = policy.spec
    zone = _zone(spec.time_zone)
    try:
        tag_rules = compile_tag_rules(spec.owner, spec.expiry, zone, known_owners)
    except InvalidField:
        raise
    except BadInput as error:
        field, _, problem = str(error).partition(": ")
        raise InvalidField(field, problem) from error
    schedule = Schedule(spec.schedule, zone)
    return CompiledPolicy(
        name=policy.name,
        generation=policy.generation,
        spec=spec,
        zone=zone,
        schedule=schedule,
        scope=compile_scope(spec.scope, can_delete, named_only),
        tag_rules=tag_rules,
        lifetime=LifetimeLimit(spec.lifetime, zone),
        expiry_keys={provider: tag_rules.expiry_key(provider) for provider in ProviderName},
        rules=_compile_rules(spec),
        observation_interval=spec.observation_interval or max(schedule.period / 2, LEAST_BETWEEN_OBSERVATIONS),
        irreplaceable=compile_irreplaceable(spec, is_irreplaceable, can_back_up),
        kept=LifetimeLimit(Lifetime(max=spec.backup.keep + CLOCKS_DIFFER), zone) if spec.backup is not None else None,
    )


def _compile_rules(spec: CleanupPolicySpec) -> CompiledRules:
    """Compile the rules of a policy."""
    rules, grace, delete = spec.rules, spec.grace, OnDeletable.DELETE
    owner, expiry = spec.owner.key, spec.expiry.key
    return CompiledRules(
        owner=spec.owner.required,
        expiry=spec.expiry.required,
        inherits=spec.owner.inherit,
        fixes=rules.malformed is OnMalformed.FIX,
        rewrites=rules.canonical is OnCanonical.REWRITE,
        updates_stacks=rules.stacks is OnStack.FIX,
        shortens=rules.too_long is OnTooLong.SHORTEN,
        fills_in=rules.missing_expiry is OnMissingExpiry.FIX,
        expired=_rule(Reason.Expired, rules.expired is delete, grace.expired, messages.EXPIRED()),
        untagged=_rule(
            Reason.Untagged, rules.untagged is delete, grace.untagged, messages.UNTAGGED(owner=owner, expiry=expiry)
        ),
        missing_owner=_rule(
            Reason.MissingOwner,
            rules.missing_owner is delete,
            grace.untagged,
            messages.MISSING_OWNER(owner=owner),
        ),
        missing_expiry=_rule(
            Reason.MissingExpiry,
            rules.missing_expiry is OnMissingExpiry.DELETE,
            grace.untagged,
            messages.MISSING_EXPIRY(expiry=expiry),
        ),
        observations=spec.observations,
    )


def _rule(reason: Reason, deletes: bool, grace: timedelta, message: str) -> DeletionRule:
    return DeletionRule(reason, deletes, grace, Finding(reason, message))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidField(
            "spec.timeZone",
            f"{name!r} is not a time zone; write an IANA name such as Europe/Berlin or UTC",
            Reason.InvalidTimeZone,
        ) from None
