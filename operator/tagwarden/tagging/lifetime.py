"""How long a resource may live: the instant up to which a policy allows it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tagwarden.model.policy import Lifetime, Weekday, WeeklyCutoff
from tagwarden.tagging.zones import EARLIEST, LATEST, local_instant, whole_second

_WEEKDAYS: Mapping[Weekday, int] = {weekday: index for index, weekday in enumerate(Weekday)}
_DAYS_IN_WEEK = 7
_REMEMBERED_DAYS = 4_096


def weekly_cutoff(created: datetime, cutoff: WeeklyCutoff, zone: ZoneInfo) -> datetime:
    """Give the first cut-off after `created` (UTC): what is created at or after one lives until the next week's."""
    local = created.astimezone(zone)
    at = time.fromisoformat(cutoff.time)
    days = (_WEEKDAYS[cutoff.weekday] - local.weekday()) % _DAYS_IN_WEEK
    day = local.date() + timedelta(days=days)
    found = local_instant(datetime.combine(day, at), zone)
    while found <= created:
        day += timedelta(days=_DAYS_IN_WEEK)
        found = local_instant(datetime.combine(day, at), zone)
    return found


def allowed_until(created: datetime, lifetime: Lifetime, zone: ZoneInfo) -> datetime | None:
    """Give the instant (UTC, whole seconds) that no expiry may lie beyond; None where the policy sets no maximum.

    It is the earlier of creation + `max` and the weekly cut-off. `max` counts hours that pass, whatever clocks do.
    """
    limits = []
    if lifetime.max is not None:
        limits.append(_later(created, lifetime.max))
    if lifetime.weekly_cutoff is not None:
        limits.append(weekly_cutoff(created, lifetime.weekly_cutoff, zone))
    return whole_second(min(limits)) if limits else None


def shortened(expires: datetime | None, allowed: datetime, earliest: datetime) -> datetime | None:
    """Give the expiry to write where `expires` (None: never) lies beyond `allowed`; None where it does not.

    What is written is never earlier than `earliest` (now + grace.repaired). Where that leaves nothing to gain, the
    expiry stays as it is: shortening never makes anything live longer, and a second pass finds nothing to do.
    """
    if expires is not None and expires <= allowed:
        return None
    target = whole_second(max(allowed, earliest))
    return target if expires is None or target < expires else None


class LifetimeLimit:
    """`allowed_until` for one policy, remembering the cut-offs of the days it was asked for."""

    __slots__ = ("_cutoff", "_cutoffs", "_default", "_lifetime", "_zone", "max")

    def __init__(self, lifetime: Lifetime, zone: ZoneInfo) -> None:
        self._lifetime = lifetime
        self._zone = zone
        self.max = lifetime.max
        self._cutoff = lifetime.weekly_cutoff
        self._default = lifetime.default
        self._cutoffs: dict[int, datetime] = {}

    def allowed_until(self, created: datetime) -> datetime | None:
        """Give the instant that no expiry may lie beyond; None where the policy sets no maximum."""
        cutoff = self._cutoff
        if cutoff is None:
            if self.max is None:
                return None
            allowed = _later(created, self.max)
            return whole_second(allowed) if allowed.microsecond else allowed
        # Cut-offs lie a week apart, so the first one after midnight UTC is the answer unless it has passed too.
        day = created.toordinal()
        found = self._cutoffs.get(day)
        if found is None:
            midnight = created.replace(hour=0, minute=0, second=0, microsecond=0)
            found = weekly_cutoff(midnight, cutoff, self._zone)
            if len(self._cutoffs) >= _REMEMBERED_DAYS:
                self._cutoffs.clear()
            self._cutoffs[day] = found
        if found <= created:
            found = weekly_cutoff(created, cutoff, self._zone)
        if self.max is None:
            return found
        allowed = _later(created, self.max)
        if found < allowed:
            return found
        return whole_second(allowed) if allowed.microsecond else allowed

    def week_of(self, now: datetime) -> tuple[datetime, datetime]:
        """Give the last cut-off that is not after `now` and the first that is: what is made between may live until it.

        Without a cut-off that is all of the calendar.
        """
        if self._cutoff is None:
            return EARLIEST, LATEST
        until = weekly_cutoff(now, self._cutoff, self._zone)
        since = weekly_cutoff(until - timedelta(days=_DAYS_IN_WEEK + 1), self._cutoff, self._zone)
        return (since, until) if weekly_cutoff(since, self._cutoff, self._zone) == until else (now, until)

    def default_until(self, created: datetime) -> datetime | None:
        """Give the expiry of a resource that has an owner and no expiry: `default`, and never beyond the maximum."""
        allowed = self.allowed_until(created)
        if self._default is None:
            return allowed
        default = whole_second(_later(created, self._default))
        return default if allowed is None else min(default, allowed)


def _later(created: datetime, duration: timedelta) -> datetime:
    """Add, and stop at the end of the calendar: a lifetime of 10,000 years is no crash."""
    try:
        return created + duration
    except OverflowError:
        return LATEST
