"""Resolves RESOURCE to a resource, the same way for every command."""

from collections.abc import Callable, Iterable

from tagwarden.errors import BadInput
from tagwarden.model.resource import Resource

FORMS = "a uid (ARN, Kubernetes uid), KIND/ID, an id, KIND/NAME or a name"
"""The accepted forms of RESOURCE, for help and messages."""

CANDIDATES_TOLD = 20

_READINGS: tuple[Callable[[Resource], str], ...] = (
    lambda resource: resource.uid,
    lambda resource: resource.reference,
    lambda resource: resource.id,
    lambda resource: f"{resource.kind}/{resource.name}",
    lambda resource: resource.name,
)
"""The readings of `wanted`, the most exact first."""


def candidates(resources: Iterable[Resource], wanted: str) -> list[Resource]:
    """Give every matching resource once: those of the most exact reading with a match."""
    found: list[dict[str, Resource]] = [{} for _ in _READINGS]
    for resource in resources:
        for named, reading in zip(found, _READINGS, strict=True):
            if reading(resource) == wanted:
                named.setdefault(resource.uid, resource)
                break
    return list(next((named for named in found if named), {}).values())


def the_one(resources: Iterable[Resource], wanted: str) -> Resource | None:
    """Give the matching resource, None when there is none; raise BadInput that lists several."""
    found = candidates(resources, wanted)
    if len(found) > 1:
        told = [f"  {each}: {each.uid}" for each in found[:CANDIDATES_TOLD]]
        more = [f"  and {len(found) - CANDIDATES_TOLD} more"] if len(found) > CANDIDATES_TOLD else []
        lines = "\n".join([*told, *more])
        raise BadInput(f"{wanted}: {len(found)} resources match; write the uid of one:\n{lines}")
    return found[0] if found else None
