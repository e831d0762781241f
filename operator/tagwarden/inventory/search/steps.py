"""What follows `|`: sort, limit, count and sums, columns, another time, and only what changed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tagwarden.inventory.search.printing import NUMBER, SPAN, Printer, instant_of, seconds_of
from tagwarden.inventory.search.syntax import Step, wrong
from tagwarden.model.messages import search_messages as messages

_COLUMNS = ("kind", "name", "id", "account", "region", "namespace", "owner", "expires", "verdict", "cost")
"""The columns without `| columns`."""
_TOTALS = {"sum": "sum", "avg": "avg", "median": "median", "min": "min", "max": "max"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What to show: fields, or counts and sums by fields; in which order, how many, of which time."""

    columns: tuple[str, ...] = _COLUMNS
    totals: tuple[tuple[str, str], ...] = ()
    """Pairs of a function and a field, such as (`sum`, `cost`); a count has the field ``."""
    by: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    """Fields, and whether the greatest comes first."""
    limit: int | None = None
    at: datetime | None = None
    changed_for: float | None = None
    """Seconds."""

    @property
    def is_grouped(self) -> bool:
        """Whether rows are groups of resources."""
        return bool(self.totals)


def shape_of(steps: Sequence[Step]) -> Shape:
    """Read the steps; raise BadInput with the column of a mistake."""
    shape = Shape()
    for step in steps:
        if step.word not in _STEPS:
            raise wrong(step.column, messages.UNKNOWN_STEP(word=step.word, steps=", ".join(_STEPS)))
        shape = _STEPS[step.word](shape, step)
    return shape


def _fields(step: Step, text: str, form: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        if not re.fullmatch(r"\w+(?:\.[^\s,]+)?", name):
            raise wrong(step.column, messages.STEP_FORM(form=form))
        Printer().column(name, step.column)
    return names


def _sort(shape: Shape, step: Step) -> Shape:
    order = []
    for part in step.rest.split(","):
        name, _, way = part.strip().partition(" ")
        if way.strip() not in {"", "asc", "desc"} or not name:
            raise wrong(step.column, messages.STEP_FORM(form="| sort cost desc, name"))
        if not shape.is_grouped or name not in {"resources", *(of for _, of in shape.totals)}:
            _fields(step, name, "| sort cost desc, name")
        order.append((name, way.strip() == "desc"))
    return replace(shape, order=tuple(order))


def _limit(shape: Shape, step: Step) -> Shape:
    if not step.rest.isdecimal() or not int(step.rest):
        raise wrong(step.column, messages.STEP_FORM(form="| limit 20"))
    return replace(shape, limit=int(step.rest))


def _count(shape: Shape, step: Step) -> Shape:
    return _grouped(shape, step, "", step.rest)


def _total(shape: Shape, step: Step) -> Shape:
    name, _, rest = step.rest.partition(" ")
    form = f"| {step.word} cost by owner"
    _fields(step, name, form)
    if Printer().column(name, step.column).type not in {NUMBER, SPAN}:
        raise wrong(step.column, messages.NOT_A_NUMBER(name=name))
    return _grouped(shape, step, name, rest.strip())


def _grouped(shape: Shape, step: Step, name: str, rest: str) -> Shape:
    by = shape.by
    if rest:
        word, _, names = rest.partition(" ")
        if word != "by" or not names.strip():
            raise wrong(step.column, messages.STEP_FORM(form=f"| {step.word} {name} by owner, kind".replace("  ", " ")))
        by = _fields(step, names, f"| {step.word} by owner, kind")
    return replace(shape, totals=(*shape.totals, (_TOTALS.get(step.word, "count"), name)), by=by)


def _columns(shape: Shape, step: Step) -> Shape:
    return replace(shape, columns=_fields(step, step.rest, "| columns name, owner, tags.team"))


def _at(shape: Shape, step: Step) -> Shape:
    return replace(shape, at=instant_of(step.rest, step.column))


def _changed(shape: Shape, step: Step) -> Shape:
    word, _, span = step.rest.partition(" ")
    if word != "since" or not span:
        raise wrong(step.column, messages.STEP_FORM(form="| changed since 24h"))
    return replace(shape, changed_for=seconds_of(span.strip(), step.column))


_STEPS: dict[str, Callable[[Shape, Step], Shape]] = {
    "sort": _sort,
    "limit": _limit,
    "count": _count,
    **dict.fromkeys(_TOTALS, _total),
    "columns": _columns,
    "at": _at,
    "changed": _changed,
}
