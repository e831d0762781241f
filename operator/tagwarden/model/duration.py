"""Durations as people write them in policies: `48h`, `2d`, `1w2d`, `90m`, `0s`."""

import re
from datetime import timedelta
from itertools import pairwise

DURATION_PATTERN = r"^([0-9]{1,6}(w|d|h|m|s))+$"
"""What the CRDs accept; each unit at most once, from large to small, is checked on top."""

_PARTS = re.compile(r"([0-9]{1,6})(w|d|h|m|s)")
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def parse_duration(text: str) -> timedelta:
    """Read a duration; raise ValueError that says what to write instead."""
    if not re.match(DURATION_PATTERN, text):
        raise ValueError(
            f"{text!r} is no duration; write a whole number and a unit of w, d, h, m or s, such as 48h or 1d12h"
        )
    parts = _PARTS.findall(text)
    sizes = [_SECONDS[unit] for _, unit in parts]
    if any(left <= right for left, right in pairwise(sizes)):
        raise ValueError(
            f"{text!r} is no duration; write each unit once, from the largest to the smallest, such as 1d12h"
        )
    return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))


def format_duration(value: timedelta) -> str:
    """Write a duration in the largest units that divide it, so that it reads back to the same."""
    seconds = int(value.total_seconds())
    text = ""
    for unit, size in _SECONDS.items():
        if unit == "w" and seconds % size:
            continue
        number, seconds = divmod(seconds, size)
        text += f"{number}{unit}" if number else ""
    return text or "0s"
