"""`CleanupPolicy`: what people write, as frozen models from which the CRD is generated.

Checks that need more than the schema (time zones, CEL, regular expressions) are made where a policy is compiled for
judging, since a policy that the API server let through must still become a condition and never a crash.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from tagwarden.model.duration import DURATION_PATTERN, format_duration, parse_duration
from tagwarden.model.resource import Environment

API_GROUP = "tagwarden.io"
API_VERSION = "v1alpha1"

PROTECT_KEY = f"{API_GROUP}/protect"
"""The tag that protects whatever carries it, with any value but `false`."""
REQUESTED_AT = f"{API_GROUP}/requestedAt"
APPROVED_PLAN = f"{API_GROUP}/approvedPlan"
RELEASED_BRAKE = f"{API_GROUP}/releasedBrake"
ORIGINAL_KEY_PREFIX = f"{API_GROUP}/was-"


class Boundary(BaseModel):
    """What people write: unknown fields are refused, names are camelCase outside."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, validate_default=True
    )


def _read_duration(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN, "maxLength": 32}),
]
"""A duration such as `48h`, `2d` or `1d12h`."""


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


class AccountSelector(Boundary):
    """Which CloudAccounts: those named, and those that carry all of the labels."""

    names: tuple[Name, ...] = Field(default=(), max_length=256)
    labels: dict[str, str] = Field(default_factory=dict, max_length=16)


class Exclusion(Boundary):
    """Resources that match every field given are protected from the policy."""

    kinds: tuple[Glob, ...] = Field(default=(), max_length=64)
    regions: tuple[Glob, ...] = Field(default=(), max_length=64)
    namespaces: tuple[Glob, ...] = Field(default=(), max_length=64)
    names: tuple[Glob, ...] = Field(default=(), max_length=256)
    tags: dict[TagKey, Glob] = Field(default_factory=dict, max_length=16)
    where: Expression | None = None


class Scope(Boundary):
    """Which resources a policy governs."""

    accounts: AccountSelector
    environments: tuple[Environment, ...] = Field(default=(Environment.TEST,), min_length=1, max_length=3)
    kinds: tuple[Glob, ...] = Field(default=(), max_length=128)
    where: Expression | None = None
    exclude: tuple[Exclusion, ...] = Field(default=(), max_length=64)


class ConfigMapKey(Boundary):
    """One key of a ConfigMap in the operator's namespace."""

    name: Name
    key: Name


class KnownOwners(Boundary):
    """Where the known owners are listed, a name a line; `alice -> bob` names a successor."""

    config_map: ConfigMapKey


class OwnerRule(Boundary):
    """How an owner is written."""

    key: TagKey = "owner"
    aliases: tuple[TagKey, ...] = Field(default=("Owner", "created-by"), max_length=32)
    required: bool = True
    pattern: Annotated[str, Field(max_length=512)] | None = None
    known: KnownOwners | None = None
    inherit: bool = True


class ExpiryRule(Boundary):
    """How an expiry is written."""

    key: TagKey = "expiration"
    aliases: tuple[TagKey, ...] = Field(default=("expires", "ttl"), max_length=32)
    required: bool = True
    date_order: DateOrder | None = None


class WeeklyCutoff(Boundary):
    """The end of every lifetime in the week of creation."""

    weekday: Weekday
    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Lifetime(Boundary):
    """How long a resource may live, from its creation; the earlier of the two maxima holds."""

    max: Duration | None = None
    weekly_cutoff: WeeklyCutoff | None = None
    default: Duration | None = None


class Rules(Boundary):
    """What follows from each finding."""

    malformed: OnMalformed = OnMalformed.FIX
    too_long: OnTooLong = OnTooLong.SHORTEN
    missing_expiry: OnMissingExpiry = OnMissingExpiry.FIX
    missing_owner: OnDeletable = OnDeletable.REPORT
    untagged: OnDeletable = OnDeletable.REPORT
    expired: OnDeletable = OnDeletable.REPORT


class Grace(Boundary):
    """How long to wait before a deletion."""

    untagged: Duration = timedelta(hours=2)
    expired: Duration = timedelta(0)
    repaired: Duration = timedelta(hours=24)


class Limits(Boundary):
    """How much may be deleted before a person looks (S9)."""

    deletions_per_run: Annotated[int, Field(ge=0, le=100_000)] = 50
    deletions_percent: Annotated[int, Field(ge=0, le=100)] = 20
    deletions_per_hour: Annotated[int, Field(ge=0, le=100_000)] = 100


class CleanupPolicySpec(Boundary):
    """What `CleanupPolicy.spec` says."""

    mode: Mode = Mode.AUDIT
    suspend: bool = False
    priority: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = 0
    schedule: Annotated[str, Field(min_length=1, max_length=128)] = "0 * * * *"
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    scope: Scope
    owner: OwnerRule = OwnerRule()
    expiry: ExpiryRule = ExpiryRule()
    lifetime: Lifetime = Lifetime()
    rules: Rules = Rules()
    grace: Grace = Grace()
    observations: Annotated[int, Field(ge=1, le=100)] = 2
    associated: Associated = Associated.DELETE
    limits: Limits | None = None
    approval: Approval = Approval.NONE


class CleanupPolicy(Boundary):
    """A policy with its name; `generation` is the API server's count of changes to the spec, 0 for a file."""

    name: Name
    generation: int = 0
    spec: CleanupPolicySpec
