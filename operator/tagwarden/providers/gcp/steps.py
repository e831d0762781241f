"""How rows say which steps a deletion takes after Google refused it (S23)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a deletion may need first, taken only after Google refused the deletion because of a dependency.

    `call` is Google's name of the method; `method`, `path`, `query` and `body` are its request for each of the `items`,
    a path into the pages of the listing `each`, or into the resource itself where there is no listing. In templates,
    `{id}` is the name of the resource and `{item.name}` a member of the item. `unless` holds for items that the step
    leaves; it sees the item as `item` and the resource as `of`. `stops_at` is a path into an item for which the
    deletion is refused before any step, for the reason `why`.

    `undo` is the path of the request that takes the step back, with `undo_body`; a step without it is destructive.
    `permissions` are those of the method, where they are not named after it.
    """

    call: str
    method: str
    path: str
    items: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    each: str = ""
    each_query: Mapping[str, str] = field(default_factory=dict)
    unless: str = ""
    stops_at: str = ""
    why: str = ""
    undo: str = ""
    undo_body: Any = None
    permissions: tuple[str, ...] = ()
