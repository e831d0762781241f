"""The judgement of a resource by a policy: findings, a verdict, and tag repairs."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment
from tagwarden.model.tags import TagChanges


class Verdict(StrEnum):
    """Verdict on a resource, in order of precedence: exemptions come first."""

    UNDECIDABLE = "Undecidable"
    CONFLICT = "Conflict"
    PROTECTED = "Protected"
    MANAGED = "Managed"
    PENDING = "Pending"
    DELETE = "Delete"
    SHORTEN = "Shorten"
    FIX = "Fix"
    REPORT = "Report"
    COMPLIANT = "Compliant"


class Confidence(StrEnum):
    """Confidence of a repair in its new value."""

    CERTAIN = "certain"
    """Another documented form or key of the same statement."""
    LIKELY = "likely"
    """A typing error with a single clear candidate."""
    ASSUMED = "assumed"
    """No readable value existed; the policy's default or maximum was used."""


class Finding(NamedTuple):
    """A finding about a resource: a reason and a message."""

    reason: Reason
    message: str


class Withheld(NamedTuple):
    """Why a required action is not carried out."""

    reason: Reason
    message: str


class Repair(NamedTuple):
    """A repair of a tag: old value, new value, and rule.

    `before` is the (key, value) found, or None if missing; `after` the (key, value) to write.
    """

    before: tuple[str, str] | None
    after: tuple[str, str]
    rule: Reason
    confidence: Confidence
    message: str = ""


class Judgement(NamedTuple):
    """The complete judgement of a resource by a policy.

    A named tuple, since a pass creates hundreds of thousands and a frozen dataclass takes four times as long.

    `expires` is the instant (aware UTC) that holds after the changes; `owner` likewise. `changes` is the one write
    that makes the tags valid, None if no write is necessary. `deletion` names the rule behind a Delete or Pending
    verdict. `withheld` is why a deletion or a write is withheld.
    """

    uid: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    owner: str | None = None
    expires: datetime | None = None
    repairs: tuple[Repair, ...] = ()
    changes: TagChanges | None = None
    deletion: Reason | None = None
    withheld: Withheld | None = None
    environment: Environment = Environment.PRODUCTION
