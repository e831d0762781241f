"""The lifetime limit of a policy: the latest allowed expiry."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tagwarden.model.policy import Lifetime, Weekday, WeeklyCutoff
from tagwarden.tagging.zones import EARLIEST, LATEST, local_instant, whole_second

_WEEKDAYS: Mapping[Weekday, int] = {weekday: index for index, weekday in enumerate(Weekday)}
_DAYS_IN_WEEK = 7
_REMEMBERED_DAYS = 4_096


def weekly_cutoff(created: datetime, cutoff: WeeklyCutoff, zone: ZoneInfo) -> datetime:
    """Give the first cut-off after `created` (UTC); a resource created at a cut-off lives until next week's."""
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
    """Give the latest allowed expiry (UTC, whole seconds); None if the policy sets no maximum.

    The limit is the earlier of creation + `max` and the weekly cut-off. `max` counts elapsed hours, also when clocks
    change.
    """
    limits = []
    if lifetime.max is not None:
        limits.append(_later(created, lifetime.max))
    if lifetime.weekly_cutoff is not None:
        limits.append(weekly_cutoff(created, lifetime.weekly_cutoff, zone))
    return whole_second(min(limits)) if limits else None


def shortened(expires: datetime | None, allowed: datetime, earliest: datetime) -> datetime | None:
    """Give the expiry to write if `expires` (None: never) lies beyond `allowed`, else None.

    The new expiry is never earlier than `earliest` (now + grace.repaired). If `earliest` is not earlier than `expires`,
    nothing is written: shortening never prolongs a lifetime, and a second pass finds nothing to do.
    """
    if expires is not None and expires <= allowed:
        return None
    target = whole_second(max(allowed, earliest))
    return target if expires is None or target < expires else None


class LifetimeLimit:
    """The lifetime limit of one policy, with a cache of cut-offs by day."""

    __slots__ = ("_cutoff", "_cutoffs", "_default", "_lifetime", "_zone", "max")

    def __init__(self, lifetime: Lifetime, zone: ZoneInfo) -> None:
        self._lifetime = lifetime
        self._zone = zone
        self.max = lifetime.max
        self._cutoff = lifetime.weekly_cutoff
        self._default = lifetime.default
        self._cutoffs: dict[int, datetime] = {}

    def allowed_until(self, created: datetime) -> datetime | None:
        """Give the latest allowed expiry (UTC); None if the policy sets no maximum."""
        cutoff = self._cutoff
        if cutoff is None:
            if self.max is None:
                return None
            allowed = _later(created, self.max)
            return whole_second(allowed) if allowed.microsecond else allowed
        # Cut-offs are a week apart, so the first cut-off after midnight UTC is the answer unless already past.
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
        """Give the last cut-off up to `now` and the first after `now`, the limit of resources created in between.

        Without cut-offs, the ends of the calendar.
        """
        if self._cutoff is None:
            return EARLIEST, LATEST
        until = weekly_cutoff(now, self._cutoff, self._zone)
        since = weekly_cutoff(until - timedelta(days=_DAYS_IN_WEEK + 1), self._cutoff, self._zone)
        return (since, until) if weekly_cutoff(since, self._cutoff, self._zone) == until else (now, until)

    def default_until(self, created: datetime) -> datetime | None:
        """Give the default expiry of a resource with an owner: `default`, but never beyond the maximum."""
        allowed = self.allowed_until(created)
        if self._default is None:
            return allowed
        default = whole_second(_later(created, self._default))
        return default if allowed is None else min(default, allowed)


def _later(created: datetime, duration: timedelta) -> datetime:
    """Add; the end of the calendar is the limit, so that a lifetime of 10,000 years is no error."""
    try:
        return created + duration
    except OverflowError:
        return LATEST
