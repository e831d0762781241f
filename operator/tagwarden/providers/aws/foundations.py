"""Tells foundations of an account from leftovers: the rows of `rows.foundations`, compiled (S20)."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from tagwarden.providers.aws.rows.foundations import FOUNDATIONS

_PLACEHOLDERS = {
    "*": ".*",
    "{account}": r"\d{12}",
    "{hex}": "[0-9a-f]+",
    "{region}": "[a-z]{2}(?:-[a-z]+)+-[0-9]+",
    "{uuid}": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "{word}": "[A-Za-z0-9]+",
}
_PLACEHOLDER = re.compile(r"\*|\{[a-z]+\}")


class Foundations(NamedTuple):
    """The rows that may match resources of a kind, compiled."""

    names: re.Pattern[str] | None
    tags: Mapping[str, tuple[re.Pattern[str], str]]
    whys: tuple[str, ...]

    def why(self, texts: Iterable[str], tags: Mapping[str, str]) -> str:
        """Name the foundation of a resource with these names and tags; empty if the resource belongs to none."""
        if self.names is not None:
            for text in texts:
                found = self.names.fullmatch(text)
                if found is not None and found.lastgroup is not None:
                    return self.whys[int(found.lastgroup.removeprefix("row"))]
        if not self.tags.keys().isdisjoint(tags):
            for key, (pattern, why) in self.tags.items():
                if key in tags and pattern.fullmatch(tags[key]):
                    return why
        return ""


@cache
def foundations_of(kind: str) -> Foundations:
    """Compile the rows for a kind."""
    rows = [row for row in FOUNDATIONS if not row.kinds or kind in row.kinds]
    named = [
        f"(?P<row{number}>{'|'.join(pattern_of(glob) for glob in row.names)})"
        for number, row in enumerate(rows)
        if row.names
    ]
    tags = {key: (re.compile(pattern_of(glob)), row.why) for row in rows for key, glob in row.tags.items()}
    return Foundations(re.compile("|".join(named)) if named else None, tags, tuple(row.why for row in rows))


def pattern_of(glob: str) -> str:
    """Give the regular expression of a glob of the table."""
    parts, end = [], 0
    for found in _PLACEHOLDER.finditer(glob):
        parts += [re.escape(glob[end : found.start()]), _PLACEHOLDERS[found.group()]]
        end = found.end()
    return "".join((*parts, re.escape(glob[end:])))
