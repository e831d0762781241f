"""When Cloud Custodian's own filters first call a tag expired; run by reading.py with a Python that has c7n.

Values come as JSON lines; each answer is a JSON line `[what, instant or message]` for each of the two filters. The
filters are asked with the clock set, by halving the time in which the answer changes.
"""

import json
import logging
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

from c7n.filters.core import ValueFilter
from c7n.tags import TagActionFilter
from freezegun import freeze_time

FIRST = datetime(1990, 1, 1)  # noqa: DTZ001  (freezegun takes UTC without a zone)
LAST = datetime(2200, 1, 1)  # noqa: DTZ001

EXPIRATION = ValueFilter({"type": "value", "key": "tag:expiration", "value_type": "expiration", "op": "lt", "value": 0})
MARKED = TagActionFilter({"type": "marked-for-op", "tag": "expiration", "op": "delete"})


def is_expired(value: str) -> bool:
    """Ask the filter that users write for an expiry tag."""
    return bool(EXPIRATION({"Tags": [{"Key": "expiration", "Value": value}]}))


def is_marked(value: str) -> bool:
    """Ask the filter for what Cloud Custodian's own mark-for-op writes, with the value where its date stands."""
    return bool(MARKED({"Tags": [{"Key": "expiration", "Value": f"Resource does not meet policy: delete@{value}"}]}))


def answer(value: str, ask: Callable[[str], bool]) -> list[str]:
    """Find the second in which the answer changes."""
    with freeze_time(FIRST) as clock:

        def at(moment: datetime) -> bool:
            clock.move_to(moment)
            return ask(value)

        try:
            late = {at(datetime(2199, month, 28, hour, 59)) for month in range(1, 13) for hour in (0, 12, 23)}  # noqa: DTZ001
            if len(late) > 1:
                return ["moves", "expired at some times of every year or day, and not at others"]
            if at(FIRST):
                return ["at once", "expired at any time"]
            if late == {False}:
                return ["never", "expires at no time"]
            before, after = FIRST, LAST
            while after - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
                before, after = (before, middle) if at(middle) else (middle, after)
        except Exception as error:  # noqa: BLE001  (whatever the tool raises is its answer)
            return ["error", f"{type(error).__name__}: {error}"]
        if after - FIRST < timedelta(days=366):
            return ["moves", "takes what is missing from the day on which it is asked"]
        return ["read", f"{after:%Y-%m-%dT%H:%M:%SZ}"]


def main() -> None:
    """Answer line by line."""
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        value = json.loads(line)
        print(json.dumps([answer(value, is_expired), answer(value, is_marked)]), flush=True)


if __name__ == "__main__":
    main()
