"""Links: the edges between the resources of one kind and those that its items name."""

from dataclasses import dataclass

from tagwarden.model.graph import EdgeMeaning


@dataclass(frozen=True, slots=True)
class Link:
    """Edges between an item and the resources named at a path: ids, uids, or aliases of the other kind's row.

    `backwards`: the other one owns, needs or uses this one. `if_found`: a conjecture from a name, dropped when no
    resource of that name was collected. `left`: the vendor neither creates nor deletes the owned one with its owner, so
    that we delete it.
    """

    meaning: EdgeMeaning
    kind: str
    path: str
    backwards: bool = False
    if_found: bool = False
    left: bool = False


def owns(kind: str, path: str, *, if_found: bool = False, left: bool = False) -> Link:
    """The other one dies with this one, or exists only for it."""
    return Link(EdgeMeaning.OWNS, kind, path, if_found=if_found, left=left)


def owned_by(kind: str, path: str, *, if_found: bool = False, left: bool = False) -> Link:
    """This one dies with the other one, or exists only for it."""
    return Link(EdgeMeaning.OWNS, kind, path, backwards=True, if_found=if_found, left=left)


def needs(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The other one cannot be deleted while this one exists."""
    return Link(EdgeMeaning.NEEDS, kind, path, if_found=if_found)


def needed_by(kind: str, path: str, *, if_found: bool = False) -> Link:
    """This one cannot be deleted while the other one exists."""
    return Link(EdgeMeaning.NEEDS, kind, path, backwards=True, if_found=if_found)


def uses(kind: str, path: str, *, if_found: bool = False) -> Link:
    """This one breaks if the other one goes."""
    return Link(EdgeMeaning.USES, kind, path, if_found=if_found)


def used_by(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The other one breaks if this one goes."""
    return Link(EdgeMeaning.USES, kind, path, backwards=True, if_found=if_found)
