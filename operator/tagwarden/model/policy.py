"""`CleanupPolicy`: what people write, as frozen models from which the CRD is generated.

Checks that need more than the schema (time zones, CEL, regular expressions) are made where a policy is compiled for
judging, since a policy that the API server let through must still become a condition and never a crash.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tagwarden.model.boundary import Boundary, Constraint, Duration, between, seconds_of
from tagwarden.model.resource import Environment
from tagwarden.model.schedule_form import SCHEDULE_CONSTRAINTS

API_GROUP = "tagwarden.io"
API_VERSION = "v1alpha1"

PROTECT_KEY = f"{API_GROUP}/protect"
"""The tag that protects whatever carries it, with any value but a denial such as `false`."""
REQUESTED_AT = f"{API_GROUP}/requestedAt"
APPROVED_PLAN = f"{API_GROUP}/approvedPlan"
RELEASED_BRAKE = f"{API_GROUP}/releasedBrake"
ORIGINAL_KEY_PREFIX = f"{API_GROUP}/was-"
ACCEPTED_IDENTITY = f"{API_GROUP}/acceptedIdentity"
"""The annotation by which a person accepts another identity behind an account."""
LOWEST_PRIORITY, HIGHEST_PRIORITY = -1_000_000, 1_000_000
BACKUP_OF = f"{API_GROUP}/backup-of"
"""The tag of a backup with the uid of what it was made of."""
BACKUP_AT = f"{API_GROUP}/backup-at"
"""The tag of a backup with the instant at which it was asked for."""


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
    """How to read 01/02/2026."""

    DMY = "DMY"
    MDY = "MDY"
    YMD = "YMD"


class OnMalformed(StrEnum):
    """What to do with a tag that is not canonical."""

    FIX = "Fix"
    REPORT = "Report"


class OnCanonical(StrEnum):
    """What to do with a key or value that is not canonical and reads without doubt."""

    KEEP = "Keep"
    REWRITE = "Rewrite"


class OnStack(StrEnum):
    """What to do with the tags of a stack, which are written by updating it."""

    REPORT = "Report"
    FIX = "Fix"


class OnTooLong(StrEnum):
    """What to do with an expiry later than the maximum."""

    SHORTEN = "Shorten"
    REPORT = "Report"


class OnMissingExpiry(StrEnum):
    """What to do with an owned resource without an expiry."""

    FIX = "Fix"
    REPORT = "Report"
    DELETE = "Delete"


class OnDeletable(StrEnum):
    """What to do with what the rule would have deleted."""

    REPORT = "Report"
    DELETE = "Delete"


class Associated(StrEnum):
    """What to do with what only exists for a deleted resource."""

    DELETE = "Delete"
    KEEP = "Keep"


class Approval(StrEnum):
    """Whether a person approves each plan that deletes."""

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
"""A key that repair writes."""


def _each_once(default: tuple[str, ...]) -> tuple[Constraint, ...]:
    """Keep key and aliases apart; the default aliases stay harmless for whoever makes one of them the key."""
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
    """Which CloudAccounts: those named, and those that carry all of the labels. Neither is no account, never all."""

    names: tuple[Name, ...] = Field(default=(), max_length=256)
    """Names of CloudAccounts."""
    labels: dict[str, LabelValue] = Field(default_factory=dict, max_length=16)
    """Labels that a CloudAccount carries, all of them."""

    constraints = (
        Constraint(
            "(has(self.names) && size(self.names) > 0) || (has(self.labels) && size(self.labels) > 0)",
            "no account is selected; set names: [aws-dev], or labels of the accounts: {team: data}",
        ),
    )


class Exclusion(Boundary):
    """Resources that match every field given are protected from the policy."""

    kinds: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Kinds or categories, as globs: `aws_rds_*`, `database`."""
    regions: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Regions, as globs: `us-*`."""
    namespaces: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Kubernetes namespaces, as globs."""
    names: tuple[Glob, ...] = Field(default=(), max_length=256)
    """Names of resources, as globs."""
    tags: dict[TagKey, Glob] = Field(default_factory=dict, max_length=16)
    """Tags that the resource carries, all of them; values are globs: `keep: "*"`."""
    where: Expression | None = None
    """A CEL expression over `resource`; one that fails protects the resource."""

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
    """Which resources a policy governs."""

    accounts: AccountSelector
    """Which CloudAccounts; required, and never all by default."""
    environments: Annotated[
        tuple[Environment, ...],
        Field(max_length=3),
        Constraint("size(self) > 0", "name at least one environment, such as [test]"),
    ] = (Environment.TEST,)
    """Which environments. Production may be audited; nothing in it is ever deleted or shortened."""
    kinds: tuple[Glob, ...] = Field(default=(), max_length=128)
    """Kinds or categories, as globs: `aws_ec2_*`, `instance`, `k8s_*`. None given: every kind that can be deleted."""
    where: Expression | None = None
    """A CEL expression over `resource`: `resource.region != "us-east-1" && resource.age > duration("1h")`."""
    exclude: tuple[Exclusion, ...] = Field(default=(), max_length=64)
    """What is protected from this policy."""


class ConfigMapKey(Boundary):
    """One key of a ConfigMap in the operator's namespace."""

    name: Name
    """Name of the ConfigMap."""
    key: Name
    """Key within the ConfigMap."""


class KnownOwners(Boundary):
    """Where the known owners are listed, a name a line; `alice -> bob` names a successor."""

    config_map: ConfigMapKey
    """The ConfigMap that holds the list."""


class OwnerRule(Boundary):
    """How an owner is written."""

    key: CanonicalKey = "owner"
    """The canonical key; what repair writes."""
    aliases: tuple[TagKey, ...] = Field(default=OWNER_ALIASES, max_length=32)
    """Other keys that count as written; `rules.canonical` says whether they are made canonical."""
    required: bool = True
    """Whether a resource without an owner is a finding."""
    pattern: Annotated[str, Field(max_length=512)] | None = None
    """A regular expression that the whole owner matches: `^[a-z0-9._-]+(@example\\.com)?$`."""
    known: KnownOwners | None = None
    """The known owners; typing errors are corrected only against these."""
    inherit: bool = True
    """Whether what has no owner of its own takes that of what it belongs to."""

    constraints = _each_once(OWNER_ALIASES)


class ExpiryRule(Boundary):
    """How an expiry is written."""

    key: CanonicalKey = "expiration"
    """The canonical key; what repair writes."""
    aliases: tuple[TagKey, ...] = Field(default=EXPIRY_ALIASES, max_length=32)
    """Other keys that count as written; `rules.canonical` says whether they are made canonical."""
    required: bool = True
    """Whether a resource without an expiry is a finding."""
    date_order: DateOrder | None = None
    """How to read 01/02/2026. Unset: such a value is ambiguous, so malformed."""

    constraints = _each_once(EXPIRY_ALIASES)


class WeeklyCutoff(Boundary):
    """The end of every lifetime in the week of creation, in the policy's time zone."""

    weekday: Weekday
    """The day of the week."""
    time: Annotated[
        str,
        Field(max_length=5),
        Constraint(
            "self.matches('^([01][0-9]|2[0-3]):[0-5][0-9]$')", 'write a time of the 24-hour clock in quotes: "19:00"'
        ),
    ]
    """The time of that day, hours and minutes of 24."""


class Lifetime(Boundary):
    """How long a resource may live, from its creation; the earlier of the two maxima holds."""

    max: (
        Annotated[
            Duration, Constraint(f"{seconds_of('self')} > 0", "max must be at least 1s; write a duration such as 48h")
        ]
        | None
    ) = None
    """The longest lifetime. Unset: only the weekly cut-off bounds it, if there is one."""
    weekly_cutoff: WeeklyCutoff | None = None
    """The end of the lifetime in the week of creation, such as Friday 19:00."""
    default: Duration | None = None
    """The lifetime of an owned resource that states none. Unset: the maximum."""

    constraints = (
        Constraint(
            f"!has(self.default) || !has(self.max) || {seconds_of('self.default')} <= {seconds_of('self.max')}",
            "default must not exceed max; lower default or raise max",
            field="default",
        ),
    )


class IrreplaceableRule(Boundary):
    """What may go for missing tags although it holds data, keys or names that cannot be made again."""

    kinds: tuple[Glob, ...] = Field(default=(), max_length=64)
    """Kinds or categories, as globs: `bucket`, `aws_ec2_volume`. Others are reported, unless they are backed up."""


class Rules(Boundary):
    """What follows from each finding."""

    malformed: OnMalformed = OnMalformed.FIX
    """Keys and values with typing errors or in wrong forms: Fix corrects them, Report leaves them."""
    canonical: OnCanonical = OnCanonical.KEEP
    """Aliases and other documented forms: Keep leaves what reads without doubt, Rewrite makes it canonical."""
    stacks: OnStack = OnStack.REPORT
    """Tags of stacks: Report leaves them, Fix updates the stack, which may replace what its template resolves anew."""
    too_long: OnTooLong = OnTooLong.SHORTEN
    """An expiry later than the maximum: Shorten sets the maximum, Report leaves it."""
    missing_expiry: OnMissingExpiry = OnMissingExpiry.FIX
    """An owner without an expiry: Fix gives it the default lifetime."""
    missing_owner: OnDeletable = OnDeletable.REPORT
    """An expiry without an owner, after inheritance was tried."""
    untagged: OnDeletable = OnDeletable.REPORT
    """Neither an owner nor an expiry."""
    irreplaceable: IrreplaceableRule = IrreplaceableRule()
    """What holds data, keys or names and may go for missing an owner or an expiry all the same."""
    expired: OnDeletable = OnDeletable.REPORT
    """The expiry has passed."""


class Grace(Boundary):
    """How long to wait before a deletion."""

    untagged: Duration = timedelta(hours=2)
    """Since the creation of something without owner and expiry."""
    expired: Duration = timedelta(0)
    """Since the expiry."""
    repaired: Duration = timedelta(hours=24)
    """The least that is left to a resource whose expiry was repaired or shortened."""


class Limits(Boundary):
    """How much may be deleted before a person looks; more stops the run before its first deletion."""

    deletions_per_run: Annotated[int, between(0, 100_000)] = 50
    """Deletions in one run."""
    deletions_percent: Annotated[int, between(0, 100)] = 20
    """Deletions in one run, in percent of the resources in scope."""
    deletions_per_hour: Annotated[int, between(0, 100_000)] = 100
    """Deletions in any sixty minutes, over all runs."""


class BackupRule(Boundary):
    """Which resources are kept as backups before they are deleted, and for how long."""

    kinds: Annotated[
        tuple[Glob, ...],
        Field(max_length=64),
        Constraint("size(self) > 0", "name at least one kind or category, such as [volume, database]"),
    ]
    """Kinds or categories, as globs: `aws_ec2_volume`, `database`. Each must name something that can be kept."""
    keep: Annotated[
        Duration,
        Constraint(
            f"{seconds_of('self')} >= 3600", "a backup must be kept for at least 1h; write a duration such as 168h"
        ),
    ]
    """How long a backup is kept from when it is made; its own expiry says so, and is never later."""


class CleanupPolicySpec(Boundary):
    """What is governed, what its tags must say, and what follows where they do not."""

    mode: Mode = Mode.AUDIT
    """Audit shows what would be done; Enforce does it."""
    suspend: bool = False
    """Run no more until unset."""
    priority: Annotated[int, between(LOWEST_PRIORITY, HIGHEST_PRIORITY)] = 0
    """The matching policy of highest priority governs a resource; a tie is reported and never acted on."""
    schedule: Annotated[str, Field(min_length=1, max_length=128), *SCHEDULE_CONSTRAINTS] = "0 * * * *"
    """When to run: cron (`0 * * * *`), `@hourly`, `@daily`, `@weekly`, `@monthly`, or `@every 30m`."""
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    """The IANA time zone of schedule, weekly cut-off, dates and weekdays: `Europe/Berlin`."""
    scope: Scope
    """Which resources this policy governs."""
    owner: OwnerRule = OwnerRule()
    """How an owner is written."""
    expiry: ExpiryRule = ExpiryRule()
    """How an expiry is written."""
    lifetime: Lifetime = Lifetime()
    """How long a resource may live."""
    rules: Rules = Rules()
    """What follows from each finding. Nothing is deleted unless a rule says Delete."""
    grace: Grace = Grace()
    """How long to wait before a deletion."""
    observations: Annotated[int, between(1, 100)] = 2
    """Complete snapshots in a row that must agree before a deletion."""
    observation_interval: (
        Annotated[
            Duration,
            Constraint(f"{seconds_of('self')} >= 60", "the interval must be at least 1m; write a duration such as 30m"),
        ]
        | None
    ) = None
    """How far apart snapshots are that count. Unset: half the time between two runs, and never less than 10m."""
    associated: Associated = Associated.DELETE
    """What happens to that which only exists for a deleted resource."""
    backup: BackupRule | None = None
    """What is kept before it is deleted. Unset: nothing is."""
    limits: Limits | None = None
    """How much may be deleted before a person looks; required when mode is Enforce."""
    approval: Approval = Approval.NONE
    """Whether each plan that deletes waits for the annotation `tagwarden.io/approvedPlan` with its hash."""

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
