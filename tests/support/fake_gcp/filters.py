"""The part of Google's filter language that is simulated: comparisons joined by AND (https://google.aip.dev/160)."""

import re
from collections.abc import Mapping
from typing import Any

from tests.support.fake_gcp.errors import Refusal

_COMPARISON = re.compile(r'\(?\s*(-|NOT\s+)?([\w."-]+)\s*(!=|=|:|eq|ne)\s*("(?:[^"]*)"|[^\s()]+)\s*\)?')


def matches(text: str, body: Mapping[str, Any]) -> bool:
    """Tell whether a resource meets a filter; raises Refusal for what the simulation cannot read."""
    return all(_meets(part.strip(), body) for part in re.split(r"\s+AND\s+|(?<=\))\s*(?=\()", text))


def _meets(part: str, body: Mapping[str, Any]) -> bool:
    match = _COMPARISON.fullmatch(part)
    if match is None:
        raise Refusal("UNIMPLEMENTED", f"the filter '{part}' is beyond this simulation", http=501)
    negated, path, sign, value = match.groups()
    value = value.strip('"')
    found = _at(body, path)
    if sign == ":":
        met = found is not None and (value == "*" or value in str(found))
    elif sign in {"eq", "ne"}:
        met = bool(re.fullmatch(value, str(found or "")))
    else:
        met = str(found if found is not None else "") == value
    return met != (bool(negated) != (sign in {"!=", "ne"}))


def _at(body: Mapping[str, Any], path: str) -> Any:
    found: Any = body
    for name in path.replace('"', "").split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
