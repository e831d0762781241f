"""When a policy or an account is due: pure decisions, with the time as argument."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Why(StrEnum):
    """The trigger of a pass."""

    CHANGED = "changed"
    """The spec is new or changed: plan at once, and act at the scheduled time."""
    SCHEDULED = "scheduled"
    """The scheduled time has come, perhaps while no operator was running."""
    REQUESTED = "requested"
    """A person requested a pass by annotation."""
    APPROVED = "approved"
    """A person approved a plan, the pending one or another."""
    RELEASED = "released"
    """A person released the brake that holds the plan."""


class Schedule(Protocol):
    """Gives the times of passes."""

    def next_after(self, moment: datetime) -> datetime:
        """Give the first time after an aware instant, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """A fixed interval after the last pass."""

    interval: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """Give the time an interval later."""
        return moment + self.interval


@dataclass(frozen=True, slots=True)
class Spread:
    """A schedule with a small offset, so that passes of the same full hour do not all start at once."""

    schedule: Schedule
    by: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """Give the first time with offset after an aware instant, in UTC."""
        return self.schedule.next_after(moment - self.by) + self.by


@dataclass(frozen=True, slots=True)
class Timing:
    """The facts that decide whether a pass is due. Times are aware UTC.

    `waiting` is the pending plan, `approved` the approved plan, `acted` the last handled approval. `braked` tells that
    the anomaly brake blocks the plan, `released` is the token of a release, `tried` the last handled token. `recovered`
    tells that an obstacle is gone.
    """

    generation: int
    observed_generation: int | None = None
    next_run: datetime | None = None
    requested: str = ""
    handled: str = ""
    waiting: str = ""
    approved: str = ""
    acted: str = ""
    braked: bool = False
    released: str = ""
    tried: str = ""
    suspended: bool = False
    recovered: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the spec changed since the last pass."""
        return self.observed_generation != self.generation


def jitter_of(uid: str, most: int) -> timedelta:
    """Give an object an individual offset of at most `most` seconds, the same after every restart."""
    if most <= 0:
        return timedelta(0)
    return timedelta(seconds=int.from_bytes(hashlib.sha256(uid.encode()).digest()[:4]) % most)


def why_due(timing: Timing, now: datetime) -> Why | None:
    """Give the trigger of a due pass, if any; requests of people come first."""
    if timing.suspended:
        return None
    if timing.requested and timing.requested != timing.handled:
        return Why.REQUESTED
    if timing.is_changed or timing.recovered or timing.next_run is None:
        return Why.CHANGED
    # Any new hash: a wrong one is refused at once, with the differences, instead of at the next pass.
    if timing.waiting and timing.approved and timing.approved != timing.acted:
        return Why.APPROVED
    if timing.braked and timing.released and timing.released != timing.tried:
        return Why.RELEASED
    return Why.SCHEDULED if timing.next_run <= now else None


def next_run(timing: Timing, schedule: Schedule, why: Why, now: datetime) -> datetime:
    """Give the time of the next scheduled pass after a pass with this trigger.

    Only a scheduled pass consumes a scheduled time: a missed time is made up for, and a pass after a spec change keeps
    the next time, unless the schedule itself may have changed.
    """
    if why is Why.SCHEDULED or timing.next_run is None or timing.is_changed:
        return schedule.next_after(now)
    return timing.next_run
