"""Names with the number of another declared project: Google writes its number or its id, and uids have the id."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tagwarden.model.graph import Edge
from tagwarden.model.snapshot import Snapshot

_NUMBERED = re.compile(r"(//[^/]+/projects/)(\d+)(/.+)")


def ids_by_number(snapshots: Iterable[Snapshot]) -> Mapping[str, str]:
    """Give the ids of the projects by their numbers, as the credentials of each showed both (S10)."""
    identities = (snapshot.identity for snapshot in snapshots)
    return {identity.number: identity.account for identity in identities if identity.number}


def with_ids(edges: Iterable[Edge], ids: Mapping[str, str]) -> Iterator[Edge]:
    """Give a further edge for each end that names a project by its number."""
    if not ids:
        return
    for edge in edges:
        source, target = _with_id(edge.source, ids), _with_id(edge.target, ids)
        if source is not edge.source or target is not edge.target:
            yield Edge(source, edge.meaning, target)


def _with_id(uid: str, ids: Mapping[str, str]) -> str:
    named = _NUMBERED.fullmatch(uid)
    return f"{named[1]}{ids[named[2]]}{named[3]}" if named and named[2] in ids else uid
