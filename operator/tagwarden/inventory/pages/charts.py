"""Charts as inline SVG without script or style attributes; the table beside a chart has the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _LABELS, _VALUES = 720, 190, 190
_ROW = 26
_PLOT = _WIDTH - _LABELS - _VALUES
_LONGEST = 28
_HEIGHT, _MARGIN = 220, 40


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar from `start` to `end`, with a label before and a value behind it."""

    label: str
    start: float
    end: float
    value: str
    style: str = "bar"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A box of the picture of a neighbourhood."""

    label: str
    relation: str
    address: str = ""


def bars(title: str, rows: Sequence[Bar]) -> Markup:
    """Draw bars below one another; empty without rows."""
    if not rows:
        return Markup()
    low = min(0.0, *(min(row.start, row.end) for row in rows))
    high = max(0.0, *(max(row.start, row.end) for row in rows))
    scale = _PLOT / ((high - low) or 1)
    drawn = Markup("").join(_bar(row, place * _ROW, low, scale) for place, row in enumerate(rows))
    return _picture(title, len(rows) * _ROW + 4, drawn)


def line(title: str, points: Sequence[tuple[str, float]]) -> Markup:
    """Draw shares between 0 and 1 over time; empty with fewer than two points."""
    if len(points) < 2:
        return Markup()
    step = (_WIDTH - 2 * _MARGIN) / (len(points) - 1)
    places = [(_MARGIN + step * at, _height_of(value)) for at, (_, value) in enumerate(points)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    grid = Markup("").join(
        Markup(
            '<line class="grid" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{} %</text>'
        ).format(_MARGIN, y, _WIDTH - _MARGIN, y, _MARGIN - 4, y + 4, percent)
        for percent in (0, 50, 100)
        for y in (_height_of(percent / 100),)
    )
    dots = Markup("").join(
        Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3"><title>{}: {:.1%}</title></circle>').format(
            x, y, label, value
        )
        for (x, y), (label, value) in zip(places, points, strict=True)
    )
    ends = Markup('<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>').format(
        _MARGIN, _HEIGHT - 6, points[0][0], _WIDTH - _MARGIN, _HEIGHT - 6, points[-1][0]
    )
    return _picture(title, _HEIGHT, grid + Markup('<polyline class="line" points="{}"/>').format(path) + dots + ends)


def neighbourhood(title: str, centre: str, before: Sequence[Neighbour], behind: Sequence[Neighbour]) -> Markup:
    """Draw a resource in the middle, with those that point at it on the left and those it points at on the right."""
    size = max(len(before), len(behind), 1)
    middle = size * 44 / 2
    drawn = Markup("")
    for column, neighbours in ((0, before), (480, behind)):
        for place, each in enumerate(neighbours):
            y = 6 + place * 44 + (size - len(neighbours)) * 22
            outer, inner = (240, 260) if column == 0 else (480, 460)
            drawn += Markup('<line class="edge" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(outer, y + 16, inner, middle)
            drawn += _box(column, y, each)
    drawn += _box(260, middle - 16, Neighbour(centre, ""), width=200, style="box centre")
    return _picture(title, size * 44 + 8, drawn, role="group")  # it has links, which an image hides


def _bar(row: Bar, y: float, low: float, scale: float) -> Markup:
    left = _LABELS + (min(row.start, row.end) - low) * scale
    return Markup(
        '<g><title>{}: {}</title><text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="16" rx="2"/>'
        '<text x="{}" y="{}">{}</text></g>'
    ).format(
        row.label,
        row.value,
        _LABELS - 8,
        y + 17,
        _short(row.label),
        row.style,
        left,
        y + 5,
        max(abs(row.end - row.start) * scale, 1),
        _LABELS + _PLOT + 8,
        y + 17,
        row.value,
    )


def _box(x: float, y: float, shown: Neighbour, width: float = 240, style: str = "box") -> Markup:
    drawn = Markup(
        '<g><title>{}</title><rect class="{}" x="{}" y="{}" width="{}" height="34" rx="4"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text><text class="small" x="{}" y="{}" text-anchor="middle">{}'
        "</text></g>"
    ).format(
        shown.label,
        style,
        x,
        y,
        width,
        x + width / 2,
        y + (15 if shown.relation else 21),
        _short(shown.label, round(width / 7.5)),
        x + width / 2,
        y + 29,
        shown.relation,
    )
    return Markup('<a href="{}">{}</a>').format(shown.address, drawn) if shown.address else drawn


def _picture(title: str, height: float, drawn: Markup, role: str = "img") -> Markup:
    return Markup(
        '<svg role="{}" viewBox="0 0 {} {}" aria-label="{}" xmlns="http://www.w3.org/2000/svg"><title>{}</title>{}</svg>'
    ).format(role, _WIDTH, height, title, title, drawn)


def _height_of(value: float) -> float:
    return _HEIGHT - _MARGIN - value * (_HEIGHT - 1.5 * _MARGIN)


def _short(text: str, most: int = _LONGEST) -> str:
    return str(text) if len(text) <= most else f"{text[: most - 1]}…"
