"""Links: the edges between the resources of a kind and the resources that their items name."""

from dataclasses import dataclass

from tagwarden.model.graph import EdgeMeaning


@dataclass(frozen=True, slots=True)
class Link:
    """Edges between an item and the resources named at a path: ids, uids, or aliases of the other kind's row.

    `backwards`: the named resource owns, needs or uses the resource of the item. `if_found`: a conjecture from a name,
    dropped when no resource of that name was collected. `left`: the vendor neither creates nor deletes the owned
    resource with the owner, so that we delete the owned resource.
    """

    meaning: EdgeMeaning
    kind: str
    path: str
    backwards: bool = False
    if_found: bool = False
    left: bool = False


def owns(kind: str, path: str, *, if_found: bool = False, left: bool = False) -> Link:
    """The named resource is deleted with the resource of the item, or exists only for that."""
    return Link(EdgeMeaning.OWNS, kind, path, if_found=if_found, left=left)


def owned_by(kind: str, path: str, *, if_found: bool = False, left: bool = False) -> Link:
    """The resource of the item is deleted with the named resource, or exists only for that."""
    return Link(EdgeMeaning.OWNS, kind, path, backwards=True, if_found=if_found, left=left)


def needs(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The named resource cannot be deleted while the resource of the item exists."""
    return Link(EdgeMeaning.NEEDS, kind, path, if_found=if_found)


def needed_by(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The resource of the item cannot be deleted while the named resource exists."""
    return Link(EdgeMeaning.NEEDS, kind, path, backwards=True, if_found=if_found)


def uses(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The resource of the item breaks when the named resource is deleted."""
    return Link(EdgeMeaning.USES, kind, path, if_found=if_found)


def used_by(kind: str, path: str, *, if_found: bool = False) -> Link:
    """The named resource breaks when the resource of the item is deleted."""
    return Link(EdgeMeaning.USES, kind, path, backwards=True, if_found=if_found)
