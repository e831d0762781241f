"""Sums and distributions over the reports of several passes and policies: pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tagwarden.model.report import AgeCount, ExpiryCount, Figures, FindingCount, ResourceCount
from tagwarden.model.verdict import Verdict

Labels = tuple[str, ...]
Row = TypeVar("Row", ResourceCount, FindingCount, ExpiryCount, AgeCount)


@dataclass
class Distribution:
    """The number of values per bucket, the last bucket unbounded, and the sum of all values."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    sum: float = 0.0

    def __post_init__(self) -> None:
        self.counts = self.counts or [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count a value; a bound belongs to the lower bucket."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def add(self, other: "Distribution") -> None:
        """Add the counts of another distribution with the same bounds."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.sum += other.sum


def without(figures: Figures, account: str) -> Figures:
    """Give the figures of all other accounts."""

    def others(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(row for row in rows if row.account != account)

    return Figures(
        resources=others(figures.resources),
        findings=others(figures.findings),
        expiring=others(figures.expiring),
        ages=others(figures.ages),
    )


def merged(samples: Iterable[tuple[Labels, float]]) -> Mapping[Labels, float]:
    """Add up the resources of all policies, by labels of which the last is the verdict.

    A resource in conflict is in the plan of each policy, and is counted once.
    """
    total: defaultdict[Labels, float] = defaultdict(float)
    for labels, value in samples:
        total[labels] = max(total[labels], value) if labels[-1] == Verdict.CONFLICT else total[labels] + value
    return total
