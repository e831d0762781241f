"""`CleanupPolicy` as frozen models, from which the CRD is generated.

Checks beyond the schema (time zones, CEL, regular expressions) run when a policy is compiled for judging: an error in a
policy that the API server accepted must become a condition and never a crash.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tagwarden.model.resource import Environment
from tagwarden.model.schedule_form import SCHEDULE_CONSTRAINTS
from tagwarden.model.yaml_models import Boundary, Constraint, Duration, between, seconds_of

API_GROUP = "tagwarden.io"
API_VERSION = "v1alpha1"

PROTECT_KEY = f"{API_GROUP}/protect"
"""The tag that protects a resource, with any value except a denial such as `false`."""
REQUESTED_AT = f"{API_GROUP}/requestedAt"
APPROVED_PLAN = f"{API_GROUP}/approvedPlan"
RELEASED_BRAKE = f"{API_GROUP}/releasedBrake"
ORIGINAL_KEY_PREFIX = f"{API_GROUP}/was-"
ACCEPTED_IDENTITY = f"{API_GROUP}/acceptedIdentity"
"""The annotation by which a person accepts another identity behind an account."""
LOWEST_PRIORITY, HIGHEST_PRIORITY = -1_000_000, 1_000_000
BACKUP_OF = f"{API_GROUP}/backup-of"
"""The tag of a backup with the uid of the original resource."""
BACKUP_AT = f"{API_GROUP}/backup-at"
"""The tag of a backup with the time of the request."""


class Mode(StrEnum):
    """Whether a policy acts."""

    AUDIT = "Audit"
    ENFORCE = "Enforce"


class Weekday(StrEnum):
    """Days of the week, in order."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


class DateOrder(StrEnum):
    """Order of day, month and year in dates such as 01/02/2026."""

    DMY = "DMY"
    MDY = "MDY"
    YMD = "YMD"


class OnMalformed(StrEnum):
    """Handling of malformed tags."""

    FIX = "Fix"
    REPORT = "Report"


class OnCanonical(StrEnum):
    """Handling of readable keys and values in a form other than the canonical one."""

    KEEP = "Keep"
    REWRITE = "Rewrite"


class OnStack(StrEnum):
    """Handling of the tags of stacks, which change only by a stack update."""

    REPORT = "Report"
    FIX = "Fix"


class OnTooLong(StrEnum):
    """Handling of an expiry later than the maximum."""

    SHORTEN = "Shorten"
    REPORT = "Report"


class OnMissingExpiry(StrEnum):
    """Handling of resources with an owner but without an expiry."""

    FIX = "Fix"
    REPORT = "Report"
    DELETE = "Delete"


class OnDeletable(StrEnum):
    """Handling of resources that a rule may delete."""

    REPORT = "Report"
    DELETE = "Delete"


class Associated(StrEnum):
    """Handling of the associated resources of a deleted resource."""

    DELETE = "Delete"
    KEEP = "Keep"


class Approval(StrEnum):
    """Whether plans with deletions need approval by a person."""

    NONE = "None"
    REQUIRED = "Required"


Name = Annotated[str, Field(min_length=1, max_length=253)]
TagKey = Annotated[str, Field(min_length=1, max_length=128)]
Glob = Annotated[str, Field(min_length=1, max_length=128)]
Expression = Annotated[str, Field(min_length=1, max_length=4096)]
LabelValue = Annotated[str, Field(max_length=63)]
CanonicalKey = Annotated[
    TagKey,
    Constraint(
        "!self.matches('^(?i)aws:')",
        "AWS reserves keys that start with aws:; choose another key, or list it under aliases",
    ),
    Constraint(
        f"!self.startsWith('{API_GROUP}/')",
        f"Tagwarden reserves keys that start with {API_GROUP}/; choose another key",
    ),
]
"""A key that repairs write."""


def _each_once(default: tuple[str, ...]) -> tuple[Constraint, ...]:
    """Constrain aliases to be distinct from the key; the default aliases may contain it."""
    written = ", ".join(f"'{alias}'" for alias in default)
    return (
        Constraint(
            f"!has(self.aliases) || self.aliases == [{written}] || !(self.key in self.aliases)",
            "aliases must not contain the key; remove it from aliases",
            field="aliases",
        ),
        Constraint(
            "!has(self.aliases) || self.aliases.all(alias, self.aliases.exists_one(other, other == alias))",
            "duplicate alias; list each alias once",
            field="aliases",
        ),
    )


OWNER_ALIASES = ("Owner", "created-by")
EXPIRY_ALIASES = ("expires", "ttl")


class AccountSelector(Boundary):
    """Selects CloudAccounts by name or by labels. An empty selector selects no account."""

    names: tuple[Name, ...] = Field(default=(), max_length=256)
    """Names of CloudAccounts."""
    labels: dict[str, LabelValue] = Field(default_factory=dict, max_length=16)
    """Labels that a CloudAccount must have, all of them."""

    constraints = (
        Constraint(
            "(has(self.names) && size(self.names) > 0) || (has(self.labels) && size(self.labels) > 0)",
            "no account is selected; set names: [aws-dev], or labels of the accounts: {team: data}",
        ),
    )


class Exclusion(Boundary):
    """Protects resources that match every given field from the policy."""

    kinds: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Kinds or categories, as globs: `aws_rds_*`, `database`."""
    regions: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Regions, as globs: `us-*`."""
    namespaces: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Kubernetes namespaces, as globs."""
    names: tuple[Glob, ...] = Field(default=(), max_length=256)
    """Names of resources, as globs."""
    tags: dict[TagKey, Glob] = Field(default_factory=dict, max_length=16)
    """Tags that the resource must have, all of them; values are globs: `keep: "*"`."""
    where: Expression | None = None
    """A CEL expression over `resource`; an expression that fails protects the resource."""

    constraints = (
        Constraint(
            " || ".join(
                [
                    *(f"(has(self.{field}) && size(self.{field}) > 0)" for field in ("kinds", "regions", "namespaces")),
                    *(f"(has(self.{field}) && size(self.{field}) > 0)" for field in ("names", "tags")),
                    "has(self.where)",
                ]
            ),
            "empty exclusion; set at least one of kinds, regions, namespaces, names, tags and where",
        ),
    )


class Scope(Boundary):
    """The resources that a policy governs."""

    accounts: AccountSelector
    """The CloudAccounts to govern; required, no account is selected by default."""
    environments: Annotated[
        tuple[Environment, ...],
        Field(max_length=3),
        Constraint("size(self) > 0", "name at least one environment, such as [test]"),
    ] = (Environment.TEST,)
    """The environments to govern. Production can be audited; its resources are never deleted or shortened."""
    kinds: tuple[Glob, ...] = Field(default=(), max_length=128)
    """Kinds or categories, as globs: `aws_ec2_*`, `instance`, `k8s_*`. Unset: every kind that can be deleted."""
    where: Expression | None = None
    """A CEL expression over `resource`: `resource.region != "us-east-1" && resource.age > duration("1h")`."""
    exclude: tuple[Exclusion, ...] = Field(default=(), max_length=64)
    """Resources to protect from this policy."""


class ConfigMapKey(Boundary):
    """One key of a ConfigMap in the operator's namespace."""

    name: Name
    """Name of the ConfigMap."""
    key: Name
    """Key within the ConfigMap."""


class KnownOwners(Boundary):
    """The list of known owners, one name per line; `alice -> bob` names a successor."""

    config_map: ConfigMapKey
    """The ConfigMap that holds the list."""


class OwnerRule(Boundary):
    """The tag for the owner and its valid values."""

    key: CanonicalKey = "owner"
    """The canonical key, which repairs write."""
    aliases: tuple[TagKey, ...] = Field(default=OWNER_ALIASES, max_length=32)
    """Other accepted keys; `rules.canonical` defines whether they are rewritten to the canonical key."""
    required: bool = True
    """Whether a missing owner is a finding."""
    pattern: Annotated[str, Field(max_length=512)] | None = None
    """A regular expression that the whole owner must match: `^[a-z0-9._-]+(@example\\.com)?$`."""
    known: KnownOwners | None = None
    """The known owners; typos are corrected only to one of these."""
    inherit: bool = True
    """Whether a resource without an owner inherits the owner of its parent."""

    constraints = _each_once(OWNER_ALIASES)


class ExpiryRule(Boundary):
    """The tag for the expiry and its valid values."""

    key: CanonicalKey = "expiration"
    """The canonical key, which repairs write."""
    aliases: tuple[TagKey, ...] = Field(default=EXPIRY_ALIASES, max_length=32)
    """Other accepted keys; `rules.canonical` defines whether they are rewritten to the canonical key."""
    required: bool = True
    """Whether a missing expiry is a finding."""
    date_order: DateOrder | None = None
    """Order of day, month and year in dates such as 01/02/2026. Unset: such a date is ambiguous."""

    constraints = _each_once(EXPIRY_ALIASES)


class WeeklyCutoff(Boundary):
    """A weekly end of lifetimes, in the week of creation and the time zone of the policy."""

    weekday: Weekday
    """The day of the week."""
    time: Annotated[
        str,
        Field(max_length=5),
        Constraint(
            "self.matches('^([01][0-9]|2[0-3]):[0-5][0-9]$')", 'write a time of the 24-hour clock in quotes: "19:00"'
        ),
    ]
    """The time of that day, in hours and minutes of the 24-hour clock."""


class Lifetime(Boundary):
    """The maximum lifetime of a resource, from its creation; the earlier of both limits applies."""

    max: (
        Annotated[
            Duration, Constraint(f"{seconds_of('self')} > 0", "max must be at least 1s; write a duration such as 48h")
        ]
        | None
    ) = None
    """The longest lifetime. Unset: only the weekly cut-off applies, if set."""
    weekly_cutoff: WeeklyCutoff | None = None
    """The end of the lifetime in the week of creation, such as Friday 19:00."""
    default: Duration | None = None
    """The lifetime of a resource with an owner but without an expiry. Unset: the maximum."""

    constraints = (
        Constraint(
            f"!has(self.default) || !has(self.max) || {seconds_of('self.default')} <= {seconds_of('self.max')}",
            "default must not exceed max; lower default or raise max",
            field="default",
        ),
    )


class IrreplaceableRule(Boundary):
    """Kinds with data, keys or names that cannot be recreated and that may still be deleted for missing tags."""

    kinds: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Kinds or categories, as globs: `bucket`, `aws_ec2_volume`. Other kinds are only reported, unless backed up."""


class Rules(Boundary):
    """The action for each finding."""

    malformed: OnMalformed = OnMalformed.FIX
    """Keys and values with typos or invalid forms: Fix corrects them, Report only reports them."""
    canonical: OnCanonical = OnCanonical.KEEP
    """Aliases and other documented forms: Keep leaves them, Rewrite makes them canonical."""
    stacks: OnStack = OnStack.REPORT
    """Tags of stacks: Report only reports them, Fix updates the stack, which may replace its resources."""
    too_long: OnTooLong = OnTooLong.SHORTEN
    """An expiry later than the maximum: Shorten sets the maximum, Report only reports it."""
    missing_expiry: OnMissingExpiry = OnMissingExpiry.FIX
    """An owner without an expiry: Fix sets the default lifetime."""
    missing_owner: OnDeletable = OnDeletable.REPORT
    """An expiry without an own or inherited owner."""
    untagged: OnDeletable = OnDeletable.REPORT
    """Resources without owner and expiry."""
    irreplaceable: IrreplaceableRule = IrreplaceableRule()
    """Kinds with data, keys or names that may be deleted for a missing owner or expiry."""
    expired: OnDeletable = OnDeletable.REPORT
    """Resources whose expiry has passed."""


class Grace(Boundary):
    """Waiting times before a deletion."""

    untagged: Duration = timedelta(hours=2)
    """Time from the creation of a resource with missing owner or expiry."""
    expired: Duration = timedelta(0)
    """Time from the expiry."""
    repaired: Duration = timedelta(hours=24)
    """The minimum remaining lifetime after an expiry is repaired or shortened."""


class Limits(Boundary):
    """Limits on deletions. A run that exceeds a limit stops before its first deletion."""

    deletions_per_run: Annotated[int, between(0, 100_000)] = 50
    """Maximum deletions in one run."""
    deletions_percent: Annotated[int, between(0, 100)] = 20
    """Maximum deletions in one run, in percent of the resources in scope."""
    deletions_per_hour: Annotated[int, between(0, 100_000)] = 100
    """Maximum deletions within any sixty minutes, over all runs."""


class BackupRule(Boundary):
    """Kinds to back up before a deletion, and how long backups are kept."""

    kinds: Annotated[
        tuple[Glob, ...],
        Field(max_length=64),
        Constraint("size(self) > 0", "name at least one kind or category, such as [volume, database]"),
    ]
    """Kinds or categories, as globs: `aws_ec2_volume`, `database`. Each must match a kind that supports backups."""
    keep: Annotated[
        Duration,
        Constraint(
            f"{seconds_of('self')} >= 3600", "a backup must be kept for at least 1h; write a duration such as 168h"
        ),
    ]
    """How long a backup is kept from its creation; the expiry of the backup is never later."""


class CleanupPolicySpec(Boundary):
    """Scope, tag rules and actions of a policy."""

    mode: Mode = Mode.AUDIT
    """Audit only shows the plan; Enforce carries it out."""
    suspend: bool = False
    """Suspends all passes until unset."""
    priority: Annotated[int, between(LOWEST_PRIORITY, HIGHEST_PRIORITY)] = 0
    """The matching policy with the highest priority governs a resource; a tie is reported and blocks all actions."""
    schedule: Annotated[str, Field(min_length=1, max_length=128), *SCHEDULE_CONSTRAINTS] = "0 * * * *"
    """Schedule of passes: cron (`0 * * * *`), `@hourly`, `@daily`, `@weekly`, `@monthly`, or `@every 30m`."""
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    """The IANA time zone of schedule, weekly cut-off, dates and weekdays: `Europe/Berlin`."""
    scope: Scope
    """The resources that this policy governs."""
    owner: OwnerRule = OwnerRule()
    """The tag for the owner."""
    expiry: ExpiryRule = ExpiryRule()
    """The tag for the expiry."""
    lifetime: Lifetime = Lifetime()
    """The maximum lifetime of a resource."""
    rules: Rules = Rules()
    """The action for each finding. No resource is deleted unless a rule is set to Delete."""
    grace: Grace = Grace()
    """Waiting times before a deletion."""
    observations: Annotated[int, between(1, 100)] = 2
    """Number of consecutive complete snapshots that must agree before a deletion."""
    observation_interval: (
        Annotated[
            Duration,
            Constraint(f"{seconds_of('self')} >= 60", "the interval must be at least 1m; write a duration such as 30m"),
        ]
        | None
    ) = None
    """Minimum time between counted snapshots. Unset: half the time between two runs, at least 10m."""
    associated: Associated = Associated.DELETE
    """Whether the associated resources of a deleted resource are deleted or kept."""
    backup: BackupRule | None = None
    """Backups before deletions. Unset: no backups."""
    limits: Limits | None = None
    """Limits on deletions; required when mode is Enforce."""
    approval: Approval = Approval.NONE
    """Whether a plan with deletions needs the annotation `tagwarden.io/approvedPlan` with its hash."""

    constraints = (
        Constraint(
            "self.mode != 'Enforce' || has(self.limits)",
            "mode Enforce needs limits;"
            " write limits: {deletionsPerRun: 50, deletionsPercent: 20, deletionsPerHour: 100}",
            field="limits",
        ),
        Constraint(
            "self.owner.key != self.expiry.key",
            "owner and expiry must have different keys; set expiry.key to another key, such as expiration",
            field="expiry.key",
        ),
        Constraint(
            "!has(self.owner.aliases) || (!(self.expiry.key in self.owner.aliases) && (!has(self.expiry.aliases)"
            " || !self.owner.aliases.exists(alias, alias in self.expiry.aliases)))",
            "owner.aliases must not contain a key of expiry; remove it from owner.aliases",
            field="owner.aliases",
        ),
        Constraint(
            "!has(self.expiry.aliases) || !(self.owner.key in self.expiry.aliases)",
            "expiry.aliases must not contain the key of owner; remove it from expiry.aliases",
            field="expiry.aliases",
        ),
    )


class CleanupPolicy(Boundary):
    """A policy with its name; `generation` is the API server's count of changes to the spec, 0 for a file."""

    name: Name
    generation: int = 0
    spec: CleanupPolicySpec
