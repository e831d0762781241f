"""The hash of a plan: the actions and the planned resource states, nothing else (S6)."""

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
    """Give the sha256 (64 hexadecimal digits) of the actions of a plan and of their evidence (S17).

    The hash is independent of the time, the ids of snapshots, the order of the input, and the vendor's own version of a
    resource, which also changes without a relevant change.
    """
    digest = hashlib.sha256(orjson.dumps(["tagwarden plan 1", policy, sorted(declarations.items())]))
    states: dict[str, list[Any]] = {}
    for planned in sorted(resources, key=lambda planned: planned.resource.uid):
        for deed in deeds_of(planned, states):
            digest.update(b"\n")
            digest.update(deed)
    return digest.hexdigest()


def checksum(document: dict[str, Any]) -> str:
    """Give the sha256 of a whole document, independent of the order of its keys."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def deeds_of(planned: PlannedResource, states: dict[str, list[Any]] | None = None) -> tuple[bytes, ...]:
    """Give actions, state and evidence of a resource in the hashed form.

    `states` caches the states of witnesses, by uid: deletions of a plan share many witnesses.
    """
    if not planned.actions and not planned.taken_by:
        return ()
    uid, state = planned.resource.uid, state_of(planned.resource)
    taken = (orjson.dumps([uid, "Taken", state, planned.taken_by]),) if planned.taken_by else ()
    deeds = tuple(orjson.dumps([uid, str(each.type), state, _deed(each)]) for each in planned.actions)
    if planned.evidence is None:
        return taken + deeds
    return (*taken, *deeds, orjson.dumps([uid, "Evidence", grounds_of(planned.evidence, states)]))


def grounds_of(evidence: Evidence, states: dict[str, list[Any]] | None = None) -> list[Any]:
    """Give the evidence of a deletion in the hashed form."""
    known: dict[str, list[Any]] = {} if states is None else states
    for witness in evidence.witnesses:
        if witness.resource.uid not in known:
            known[witness.resource.uid] = [*state_of(witness.resource), witness.resource.protection]
    return [
        [[each.role, each.resource.uid, known[each.resource.uid]] for each in evidence.witnesses],
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
    """Give the relevant state of a resource in the hashed form."""
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
