"""JMESPath compiled to functions: plain paths as fast closures, others by jmespath with our own functions.

A vendor adds functions for its own names by extending `PathFunctions`, and makes a compiler with `path_compiler`.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

import jmespath
from jmespath import functions

Getter = Callable[[Any], Any]
PathCompiler = Callable[[str], Getter]

_STEPS = r"[A-Za-z_]\w*(?:\[\])?(?:\.[A-Za-z_]\w*(?:\[\])?)*"
_NAMES = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_PLAIN = re.compile(_STEPS)
_BOTH = re.compile(rf"({_STEPS}) && ({_STEPS})")
_FILTER = re.compile(rf"({_NAMES})\[\?({_NAMES})\](?:\.({_NAMES}))?")


class PathFunctions(functions.Functions):  # type: ignore[misc] # jmespath has no types
    """The JMESPath functions of all vendors, which extract names from texts."""

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_found(self, text: str | None, pattern: str) -> str | None:
        """Give the first group of the pattern when the text matches."""
        match = re.search(pattern, text or "")
        return match.group(1) if match else None

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        """Give the parts of the text."""
        return [part for part in (text or "").split(separator) if part]

    @functions.signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_day(self, instant: Any) -> str | None:
        """Give the day of an instant."""
        return f"{instant:%Y-%m-%d}" if isinstance(instant, datetime) else None


def path_compiler(own: PathFunctions) -> PathCompiler:
    """Give the compiler of paths that may call these functions; each path is compiled once."""
    options = jmespath.Options(custom_functions=own)

    @cache
    def compile_path(path: str) -> Getter:
        """Give the function that follows the path, with the result None where the path ends early."""
        if _PLAIN.fullmatch(path):
            return _plain(path)
        if match := _BOTH.fullmatch(path):
            return _both(*map(compile_path, match.groups()))
        if match := _FILTER.fullmatch(path):
            return _filter(*(compile_path(part) if part else None for part in match.groups()))
        expression = jmespath.compile(path)
        return lambda item: expression.search(item, options)

    return compile_path


def _plain(path: str) -> Getter:
    first, *later = (_names(names) for names in path.split("[]"))
    if not later:
        return first
    *between, last = later

    def get(item: Any) -> Any:
        values = first(item)
        if not isinstance(values, list):
            return None
        # Each `[]` flattens the values so far once; after an earlier `[]`, not all values need be lists.
        values = _flat(values)
        for names in between:
            values = _flat([names(value) for value in values])
        return [got for value in values if (got := last(value)) is not None]

    return get


def _names(path: str) -> Getter:
    """Give a function that follows names from one `[]` to the next, or to the end."""
    name, dot, rest = path.removeprefix(".").partition(".")
    if not name:
        return _same
    if not dot:
        return lambda item: item.get(name) if isinstance(item, dict) else None
    after = _names(rest)
    return lambda item: after(item.get(name)) if isinstance(item, dict) else None


def _same(value: Any) -> Any:
    return value


def _both(left: Getter, right: Getter) -> Getter:
    def get(item: Any) -> Any:
        found = left(item)
        return right(item) if _is_true(found) else found

    return get


def _filter(head: Getter | None, condition: Getter | None, after: Getter | None) -> Getter:
    def get(item: Any) -> Any:
        values = head(item) if head else None
        if not isinstance(values, list) or condition is None:
            return None
        kept = [value for value in values if _is_true(condition(value))]
        if after is None:
            return [value for value in kept if value is not None]
        return [got for value in kept if (got := after(value)) is not None]

    return get


def _is_true(value: Any) -> bool:
    """Whether a value is true in JMESPath: a number always is."""
    return bool(value) or (isinstance(value, int | float) and not isinstance(value, bool))


def _flat(values: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        if isinstance(value, list):
            flat.extend(one for one in value if one is not None)
        elif value is not None:
            flat.append(value)
    return flat


def texts(found: Any) -> Iterator[str]:
    """Give every text in the result of a path: a text, a list, or lists of lists."""
    if isinstance(found, str):
        if found:
            yield found
    elif isinstance(found, list):
        for value in found:
            yield from texts(value)
