"""The hash of a plan: what would be done to which state of which resource, and nothing else (S6)."""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from tagwarden.model.evidence import Evidence
from tagwarden.model.plan import Action, PlannedResource
from tagwarden.model.resource import Resource


def plan_hash(
    policy: str, resources: Iterable[PlannedResource], declarations: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Give the sha256 (64 hexadecimal digits) of what a plan of this policy does, and of what that rests on (S17).

    Neither the time, nor the ids of snapshots, nor the vendor's own version of a resource, which changes without
    any of this, nor the order of the input has a part in it.
    """
    digest = hashlib.sha256(orjson.dumps(["tagwarden plan 1", policy, sorted(declarations.items())]))
    for planned in sorted(resources, key=lambda planned: planned.resource.uid):
        for deed in deeds_of(planned):
            digest.update(b"\n")
            digest.update(deed)
    return digest.hexdigest()


def checksum(document: dict[str, Any]) -> str:
    """Give the sha256 of a whole document, whatever the order of its keys."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def deeds_of(planned: PlannedResource) -> tuple[bytes, ...]:
    """Give what is done to one resource and to which state of it, in the form that is hashed."""
    if not planned.actions and not planned.taken_by:
        return ()
    uid, state = planned.resource.uid, state_of(planned.resource)
    taken = (orjson.dumps([uid, "Taken", state, planned.taken_by]),) if planned.taken_by else ()
    deeds = tuple(orjson.dumps([uid, str(each.type), state, _deed(each)]) for each in planned.actions)
    grounds = (orjson.dumps([uid, "Evidence", grounds_of(planned.evidence)]),) if planned.evidence is not None else ()
    return taken + deeds + grounds


def grounds_of(evidence: Evidence) -> list[Any]:
    """Give what a deletion rests on, in the form that is hashed."""
    return [
        [
            [each.role, each.resource.uid, state_of(each.resource), each.resource.protection]
            for each in evidence.witnesses
        ],
        [
            [
                each.account,
                sorted(each.extent.kinds),
                sorted(each.extent.regions or ()),
                sorted(each.extent.namespaces or ()),
            ]
            for each in evidence.searches
        ],
    ]


def state_of(resource: Resource) -> list[Any]:
    """Give the state of a resource that matters, in the form that is hashed."""
    return [
        str(resource.provider),
        resource.account,
        resource.region,
        resource.namespace,
        resource.kind,
        resource.id,
        resource.created.isoformat() if resource.created else None,
        str(resource.tags.state),
        sorted(resource.tags.values.items()),
    ]


def _deed(action: Action) -> list[Any]:
    changes, keeping = action.changes, action.keeping
    kept = [] if keeping is None else [[keeping.key, keeping.time.total_seconds()]]
    return [
        sorted(changes.set.items()),
        sorted(changes.remove),
        action.order,
        action.because,
        sorted(action.after),
        str(action.reason),
        *kept,
    ]
