"""What earlier passes used up and looked like: all that limits and the brake know of the past (S9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tagwarden.model.plan import Baseline


@dataclass(frozen=True, slots=True)
class Budget:
    """What was deleted within the hour before this pass, by whom, and what the last passes looked like.

    `policy_deletions`, `operator_deletions` and `account_deletions` (by account) count the deletions that began
    within the last 60 minutes, over restarts, and those that other runs have reserved. `operator_per_hour` and
    `account_per_hour` are the limits of the operator's own settings; None: no limit. `passes` are the last passes of
    this policy, oldest first, and always with the last one that was not braked. `released` is the hash that a person
    put into the annotation `tagwarden.io/releasedBrake`.
    """

    policy_deletions: int = 0
    operator_deletions: int = 0
    account_deletions: Mapping[str, int] = field(default_factory=dict)
    operator_per_hour: int | None = None
    account_per_hour: int | None = None
    passes: tuple[Baseline, ...] = ()
    released: str = ""


def baseline_json(baseline: Baseline) -> dict[str, Any]:
    """Give what the brake remembers of a pass as JSON values, without its time."""
    return {
        "governed": baseline.governed,
        "tagged": baseline.tagged,
        "unforeseen": baseline.unforeseen,
        "normal": not baseline.braked,
    }


def baseline_from_json(at: datetime, values: Mapping[str, Any]) -> Baseline:
    """Read what the brake remembers of a pass of that time (aware UTC)."""
    return Baseline(at, values["governed"], values["tagged"], values["unforeseen"], braked=not values["normal"])
