"""Deletions and baselines of earlier passes, the input of limits and brake (S9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tagwarden.model.plan import Baseline


@dataclass(frozen=True, slots=True)
class Budget:
    """Deletions within the hour before this pass, by policy and account, and baselines of the last passes.

    `policy_deletions`, `operator_deletions` and `account_deletions` (by account) count the deletions that began
    within the last 60 minutes, over restarts, and the reservations of other runs. `operator_per_hour` and
    `account_per_hour` are the limits of the operator's settings; None: no limit. `passes` are the last passes of this
    policy, oldest first, and always include the last pass that the brake did not stop. `released` is the hash in the
    annotation `tagwarden.io/releasedBrake`.
    """

    policy_deletions: int = 0
    operator_deletions: int = 0
    account_deletions: Mapping[str, int] = field(default_factory=dict)
    operator_per_hour: int | None = None
    account_per_hour: int | None = None
    passes: tuple[Baseline, ...] = ()
    released: str = ""


def baseline_json(baseline: Baseline) -> dict[str, Any]:
    """Give the baseline of a pass as JSON values, without its time."""
    return {
        "governed": baseline.governed,
        "tagged": baseline.tagged,
        "unforeseen": baseline.unforeseen,
        "normal": not baseline.braked,
    }


def baseline_from_json(at: datetime, values: Mapping[str, Any]) -> Baseline:
    """Read the baseline of a pass at that time (aware UTC)."""
    return Baseline(at, values["governed"], values["tagged"], values["unforeseen"], braked=not values["normal"])
