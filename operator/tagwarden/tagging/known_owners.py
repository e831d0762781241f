"""The list of known owners and their successors."""

import re
from collections.abc import Mapping, Sequence

from tagwarden.errors import BadInput
from tagwarden.tagging.owner_names import LONGEST_OWNER, address_in, bare, composed, is_placeholder
from tagwarden.tagging.text import quote

_FIELD = "spec.owner.known"
_FORM = "write one name per line, or carol -> bob if bob succeeds carol"
_LINE_END = re.compile(r"\r\n?|\n")
_COMMENT = re.compile(r"(?:\A|\s)#.*")
_NO_NAME = (
    (re.compile("#"), "put a space before the # of a comment"),
    (re.compile(r"\A[^\w@]"), "start with the name"),
    # `alice, bob`, `carol => bob`, `carol --> bob`, `carol: bob`, and the arrows of Unicode.
    (re.compile(r"[,;<>=]|-\Z|:(?:\s|\Z)|[\u2190-\u21ff\u27f0-\u27ff\u2900-\u297f\u2b00-\u2bff]"), _FORM),
)
"""Patterns that no name contains, with advice."""


def parse_known_owners(text: str) -> Mapping[str, str | None]:
    """Read known owners, one name per line; `alice -> bob` makes bob the successor of alice, and a known owner.

    Blank lines are skipped, and comments: a `#` at the beginning or after a blank, with the rest of the line. Raises
    BadInput that names the line of an invalid name, a repeated name or a circle of successors; and for an empty list,
    which would make every owner malformed.
    """
    known: dict[str, str | None] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(_LINE_END.split(text), start=1):
        entry = _COMMENT.sub("", composed(line)).strip()
        if not entry:
            continue
        names = [" ".join(name.split()) for name in entry.split("->")]
        if (advice := _advice(entry, names)) is not None:
            raise BadInput(f"{_FIELD}: line {number}: {quote(entry)} cannot be read; {advice}")
        name = names[0]
        if (seen := lines.setdefault(name.casefold(), number)) != number:
            raise BadInput(f"{_FIELD}: line {number}: duplicate of {name} on line {seen}; keep one of them")
        known[name] = names[1] if len(names) > 1 else None
    if not known:
        raise BadInput(f"{_FIELD}: the list is empty; {_FORM}, or remove {_FIELD}")
    everyone = with_successors(known)
    for name in known:
        if last_of(name, everyone) is None:
            raise BadInput(
                f"{_FIELD}: line {lines[name.casefold()]}: the successors of {name} form a cycle;"
                " end it with an owner who has no successor"
            )
    return everyone


def with_successors(known: Mapping[str, str | None]) -> dict[str, str | None]:
    """Add successors that are not listed, and spell every successor as in the list."""
    spelling = {name.casefold(): name for name in known}
    for successor in known.values():
        if successor is not None:
            spelling.setdefault(successor.casefold(), successor)
    followed = {name: None if to is None else spelling[to.casefold()] for name, to in known.items()}
    return {**followed, **{name: None for name in spelling.values() if name not in followed}}


def last_of(name: str, known: Mapping[str, str | None]) -> str | None:
    """Give the last successor; None for a circle."""
    passed = {name}
    while (successor := known[name]) is not None:
        if successor in passed:
            return None
        passed.add(successor)
        name = successor
    return name


def _advice(entry: str, names: Sequence[str]) -> str | None:
    """Give advice for an invalid line, None for a valid one."""
    if not entry.replace("\t", " ").isprintable():
        return "remove the unprintable characters"
    if "" in names or len(names) > 2:
        return _FORM
    return next((advice for name in names if (advice := _advice_on(name)) is not None), None)


def _advice_on(name: str) -> str | None:
    if len(name) > LONGEST_OWNER:
        return f"an owner has at most {LONGEST_OWNER} characters"
    if is_placeholder(name):
        return f"{quote(name)} is not a person or team; name one, or remove the line"
    # Values are stripped before they are read, so an unstripped name would never match.
    if (meant := address_in(bare(name))) != name and not is_placeholder(meant):
        return f"write {meant}"
    return next((advice for what, advice in _NO_NAME if what.search(name) is not None), None)
