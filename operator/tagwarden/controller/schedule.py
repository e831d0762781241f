"""When a policy or an account is due: pure decisions over a clock that is passed in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Why(StrEnum):
    """What makes a pass due."""

    CHANGED = "changed"
    """The spec is new or changed: look at once, and act only when the schedule says so."""
    SCHEDULED = "scheduled"
    """Its time has come, perhaps while no operator was running."""
    REQUESTED = "requested"
    """A person asked for it by annotation."""
    APPROVED = "approved"
    """A person approved a plan, the one that waits or another."""
    RELEASED = "released"
    """A person released the brake that holds the plan."""


class Schedule(Protocol):
    """Tells the times of passes."""

    def next_after(self, moment: datetime) -> datetime:
        """Give the first time after an aware instant, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """A fixed time after the last pass."""

    interval: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """Give the time one interval later."""
        return moment + self.interval


@dataclass(frozen=True, slots=True)
class Spread:
    """A schedule moved by a little, so that what is due at the same full hour does not all start at once."""

    schedule: Schedule
    by: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """Give the first moved time after an aware instant, in UTC."""
        return self.schedule.next_after(moment - self.by) + self.by


@dataclass(frozen=True, slots=True)
class Timing:
    """What decides whether something is due. Instants are aware UTC.

    `waiting` is the plan that waits for approval, `approved` the one a person approved, `acted` the approval that was
    last acted upon. `braked` says that the brake holds, `released` is the token with which a person released it,
    `tried` the one that was last tried. `recovered` says that what kept it from running is gone.
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
        """Whether the spec is not the one that was last looked at."""
        return self.observed_generation != self.generation


def jitter_of(uid: str, most: int) -> timedelta:
    """Give an object its own place within `most` seconds, the same after every restart."""
    if most <= 0:
        return timedelta(0)
    return timedelta(seconds=int.from_bytes(hashlib.sha256(uid.encode()).digest()[:4]) % most)


def why_due(timing: Timing, now: datetime) -> Why | None:
    """Say whether a pass is due, and why; what a person asked for comes first."""
    if timing.suspended:
        return None
    if timing.requested and timing.requested != timing.handled:
        return Why.REQUESTED
    if timing.is_changed or timing.recovered or timing.next_run is None:
        return Why.CHANGED
    # Any hash that is new: one that does not fit is refused at once, with what changed, instead of at the next pass.
    if timing.waiting and timing.approved and timing.approved != timing.acted:
        return Why.APPROVED
    if timing.braked and timing.released and timing.released != timing.tried:
        return Why.RELEASED
    return Why.SCHEDULED if timing.next_run <= now else None


def next_run(timing: Timing, schedule: Schedule, why: Why, now: datetime) -> datetime:
    """Give the time of the next scheduled pass, seen from a pass that is done now for that reason.

    Only the schedule's own pass uses up the schedule's time: a time that passed while nobody looked is made up for,
    and a look at a changed spec does not move what is to come, unless the schedule itself may have changed.
    """
    if why is Why.SCHEDULED or timing.next_run is None or timing.is_changed:
        return schedule.next_after(now)
    return timing.next_run
