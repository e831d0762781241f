"""What two lenient date parsers make of a value; run by reading.py with a Python that has them.

Values come as JSON lines; each answer is a JSON line `[what, instant or message]` for dateutil and for dateparser,
asked at the time of creation (the argument); what names no zone is UTC.
"""

import json
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime

import dateparser
import dateutil.parser
from freezegun import freeze_time


def answer(read: Callable[[], datetime | None]) -> list[str]:
    """Give the instant in UTC."""
    try:
        found = read()
        if found is None:
            return ["error", "nothing found"]
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return ["read", f"{aware.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"]
    except Exception as error:  # noqa: BLE001  (whatever the tool raises is its answer)
        return ["error", f"{type(error).__name__}: {error}"]


def main() -> None:
    """Answer line by line."""
    warnings.simplefilter("ignore")
    with freeze_time(sys.argv[1]):
        for line in sys.stdin:
            value = json.loads(line)
            print(
                json.dumps(
                    [
                        answer(lambda value=value: dateutil.parser.parse(value)),
                        answer(lambda value=value: dateparser.parse(value)),
                    ]
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
