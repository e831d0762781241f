"""Durations as people write them in policies: `48h`, `2d`, `1w2d`, `90m`, `0s`."""

import re
from datetime import timedelta

DURATION_PATTERN = "^([0-9]{1,4}w)?([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$"
"""Pattern of valid durations, also in the CRDs; the empty string matches too."""

DURATION_HELP = "write whole numbers with the units w, d, h, m, s, each once and largest first, such as 48h or 1d12h"

_PARTS = re.compile(r"([0-9]{1,6})(w|d|h|m|s)")
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def parse_duration(text: str) -> timedelta:
    """Parse a duration; raise ValueError with advice."""
    if not text or not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(f"{text!r} is not a duration; {DURATION_HELP}")
    return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in _PARTS.findall(text)))


def format_duration(value: timedelta) -> str:
    """Write a duration in the largest units that divide it; `parse_duration` gives the same value."""
    seconds = int(value.total_seconds())
    text = ""
    for unit, size in _SECONDS.items():
        if unit == "w" and seconds % size:
            continue
        number, seconds = divmod(seconds, size)
        text += f"{number}{unit}" if number else ""
    return text or "0s"
