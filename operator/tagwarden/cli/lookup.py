"""Resolves RESOURCE to a resource and the beginning of a hash to a plan, the same way for every command."""

import re
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
    """Give every matching resource once, by the most exact reading with a match."""
    found: list[dict[str, Resource]] = [{} for _ in _READINGS]
    for resource in resources:
        for named, reading in zip(found, _READINGS, strict=True):
            if reading(resource) == wanted:
                named.setdefault(resource.uid, resource)
                break
    return list(next((named for named in found if named), {}).values())


def the_one(resources: Iterable[Resource], wanted: str) -> Resource | None:
    """Give the matching resource, None without a match; raise BadInput that lists several."""
    found = candidates(resources, wanted)
    if len(found) > 1:
        told = [f"  {each}: {each.uid}" for each in found[:CANDIDATES_TOLD]]
        more = [f"  and {len(found) - CANDIDATES_TOLD} more"] if len(found) > CANDIDATES_TOLD else []
        lines = "\n".join([*told, *more])
        raise BadInput(f"{wanted}: {len(found)} resources match; write the uid of one:\n{lines}")
    return found[0] if found else None


_HASH = re.compile("[0-9a-f]{6,64}")
_WHOLE_HASH = 64


def is_plan_hash(text: str) -> bool:
    """Whether a text may be the hash of a plan or its beginning."""
    return _HASH.fullmatch(text.lower()) is not None


def plan_hash(option: str, text: str, known: Iterable[str]) -> str:
    """Complete the beginning of a plan's hash from the known hashes.

    A whole hash is returned unchanged: the plan may be on another machine. Raises BadInput that names the option.
    """
    if not is_plan_hash(text):
        raise BadInput(f"{option}: {text!r} is not the hash of a plan; write 6 to 64 hexadecimal digits")
    wanted = text.lower()
    if len(wanted) == _WHOLE_HASH:
        return wanted
    found = sorted({each for each in known if each.startswith(wanted)})
    if not found:
        raise BadInput(f"{option}: no stored plan begins with {text}; write the whole hash or make a new plan")
    if len(found) > 1:
        told = ", ".join(each[: _distinct(found)] for each in found[:CANDIDATES_TOLD])
        raise BadInput(f"{option}: {text} begins {len(found)} plans: {told}; write more digits")
    return found[0]


def _distinct(hashes: Iterable[str]) -> int:
    """Give the number of digits that distinguish these hashes."""
    known = list(hashes)
    return next(digits for digits in range(1, _WHOLE_HASH + 1) if len({each[:digits] for each in known}) == len(known))
