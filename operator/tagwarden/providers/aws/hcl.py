"""Writes values in Terraform's language (HCL), formatted as `terraform fmt` does."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Any, Self

_STEP = "  "
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that is written as it is, such as a reference."""

    text: str

    @classmethod
    def calling(cls, function: str, value: Any) -> Self:
        """Give the call of a function with one value."""
        return cls(f"{function}({_written(value)})")


def attributes(values: Mapping[str, Any]) -> str:
    """Give the attributes of a block, a line each, indented by one step.

    The signs of equality of adjacent one-line attributes are aligned; an attribute of several lines stands apart.
    """
    told = [(_key(key), _written(value)) for key, value in values.items()]
    lines: list[str] = []
    for number, (key, value) in enumerate(told):
        width = 0 if "\n" in value else _width_of_run(told, number)
        lines.append(f"{key:<{width}} = {value}\n")
    return indent("".join(lines), _STEP)


def _width_of_run(told: Sequence[tuple[str, str]], number: int) -> int:
    """Give the longest key among the adjacent one-line attributes."""
    first = last = number
    while first > 0 and "\n" not in told[first - 1][1]:
        first -= 1
    while last + 1 < len(told) and "\n" not in told[last + 1][1]:
        last += 1
    return max(len(key) for key, _ in told[first : last + 1])


def _written(value: Any) -> str:
    match value:
        case Expression():
            return value.text
        case Mapping():
            return f"{{\n{attributes(value)}}}"
        case list():
            members = "".join(f"{_written(each)},\n" for each in value)
            return f"[\n{indent(members, _STEP)}]"
        case _:
            return _quoted(str(value))


def _key(key: str) -> str:
    return key if _IDENTIFIER.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    """Quote a text; `${` and `%{` would begin a template."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
