"""Moments by two clocks, either of which may err: evidence is as old as the one that shows more time says (S17)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment by the clock, which may be set back, and by a count of seconds, which may stop during a suspension."""

    at: datetime
    ticks: float

    def is_after(self, begun: "Moment", valid: timedelta) -> bool:
        """Whether this is more than `valid` after another moment, by either measure."""
        return self.at - begun.at > valid or self.ticks - begun.ticks > valid.total_seconds()
