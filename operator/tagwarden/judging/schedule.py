"""The schedule of a policy: cron in the policy's time zone, or a fixed interval."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from tagwarden.errors import InvalidField
from tagwarden.model.duration import parse_duration
from tagwarden.model.reasons import Reason
from tagwarden.model.schedule_form import EVERY, LEAST_EVERY_SECONDS, NAMED_SCHEDULES

_FIELD = "spec.schedule"
_HELP = 'write cron of five fields, such as "0 * * * *" for every full hour, or @every 30m'
_CRON_FIELDS = 5
_LOOKED_AT = 8
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class Schedule:
    """A schedule: gives the time of the next run. When clocks change, no run is lost, as with Debian's cron."""

    __slots__ = ("_cron", "_every", "_zone")

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        """Parse the schedule; raise InvalidField with advice."""
        self._zone = zone
        self._every: timedelta | None = None
        self._cron = NAMED_SCHEDULES.get(text.strip(), text)
        if text.startswith(EVERY):
            self._every = _interval(text)
            return
        if len(self._cron.split()) != _CRON_FIELDS:
            raise _invalid(f"{text!r} does not have five fields; {_HELP}")
        try:
            self.next_after(_ANY_TIME)
        except (CronSimError, StopIteration) as error:
            raise _invalid(f"{text!r} is not a schedule ({error or 'it never occurs'}); {_HELP}") from None

    def next_after(self, moment: datetime) -> datetime:
        """Give the first time after `moment`, both aware; the answer is UTC."""
        if self._every is not None:
            return (moment + self._every).astimezone(UTC)
        # In the hour that clocks repeat, the first answer may lie in the past.
        times = (found.astimezone(UTC) for found in CronSim(self._cron, moment.astimezone(self._zone)))
        return next(found for found in times if found > moment)

    @property
    def period(self) -> timedelta:
        """The shortest time between two of the next runs: an hour for `0 9,10 * * *`."""
        moments = [self.next_after(_ANY_TIME)]
        while len(moments) < _LOOKED_AT:
            moments.append(self.next_after(moments[-1]))
        return min(later - earlier for earlier, later in pairwise(moments))


def _interval(text: str) -> timedelta:
    try:
        every = parse_duration(text.removeprefix(EVERY).strip())
    except ValueError as error:
        raise _invalid(str(error)) from None
    if every < timedelta(seconds=LEAST_EVERY_SECONDS):
        raise _invalid(f"{text!r} is too frequent; write an interval of at least 1m, such as @every 30m")
    return every


def _invalid(problem: str) -> InvalidField:
    return InvalidField(_FIELD, problem, Reason.InvalidSchedule)
