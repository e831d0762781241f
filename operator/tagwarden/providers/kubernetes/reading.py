"""Extracts the facts of an object from the JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.resource import Manager
from tagwarden.model.tags import Tags
from tagwarden.providers.kubernetes.catalogue import (
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    SERVICE,
    STATEFUL_SET,
)
from tagwarden.providers.kubernetes.discovery import Api
from tagwarden.providers.kubernetes.managers import ARGO_APPLICATION, Marked, Owner, managed_by, manager_of
from tagwarden.providers.kubernetes.mentions import Names
from tagwarden.providers.kubernetes.names import object_id
from tagwarden.providers.kubernetes.outside_targets import effect_of, made_elsewhere
from tagwarden.providers.kubernetes.podspecs import images_of, pulled_images_of, uses_of
from tagwarden.providers.kubernetes.protected_objects import OURS, PART_OF, Protections
from tagwarden.providers.kubernetes.row import ForeignEnd, Link, Row, find
from tagwarden.providers.kubernetes.selectors import Labels, Selector, labels_of
from tagwarden.providers.kubernetes.texts import COPIES, cloud_names_in, services_in
from tagwarden.providers.kubernetes.users import SERVED
from tagwarden.tagging.protection import protects
from tagwarden.tagging.size import ATTRIBUTE, WORTH_TELLING, size_of

TERMINATING = "Terminating"

NO_NAMES = Names()

# The garbage collector's own finalizers, which the garbage collector itself removes.
_PASSING_FINALIZERS = frozenset({"foregroundDeletion", "orphan"})

# Conditions of a terminating namespace that name the obstacles.
_NAMESPACE_HELD = frozenset(
    {
        "NamespaceContentRemaining",
        "NamespaceFinalizersRemaining",
        "NamespaceDeletionContentFailure",
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceDeletionGroupVersionParsingFailure",
    }
)

NamedEnd = tuple[EdgeMeaning, str]
"""A link to another object of the cluster: the meaning, and the target's `kind/id`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The facts in an object alone; manager and edges need the other objects."""

    api: Api
    uid: str
    namespace: str
    name: str
    created: datetime | None
    tags: Tags
    version: str
    state: str
    category: str
    attributes: Mapping[str, str | int | bool]
    owners: tuple[Owner, ...]
    manager: Manager | None
    protection: str
    is_ours: bool
    precedes_namespace: bool
    manages: tuple[str, ...]
    links: tuple[NamedEnd, ...]
    held_by: tuple[NamedEnd, ...]
    """Links of which the object is the target: the meaning, and the source's `kind/id`."""
    selector: Selector | None
    pod_labels: Labels | None
    """The labels of the Pods that the object is or describes; None for other objects."""
    claim_prefixes: tuple[str, ...]
    """The name prefixes of claims from the templates, before the number of the Pod."""
    foreign: tuple[ForeignEnd, ...]
    cloud_names: tuple[str, ...]
    """Texts of the object that may name a cloud resource."""

    @property
    def id(self) -> str:
        """The id of the resource: `namespace/name`, or the name alone."""
        return object_id(self.namespace, self.name)

    @property
    def controller(self) -> Owner | None:
        """The owner that recreates the object."""
        return next((owner for owner in self.owners if owner.is_controller), None)


def read_object(api: Api, item: Mapping[str, Any], protections: Protections, names: Names = NO_NAMES) -> Seen | None:
    """Parse an object; None without a uid: such objects are computed per request and not stored.

    `names` are searched in custom resources.
    """
    metadata = item["metadata"]
    if not metadata.get("uid"):
        return None
    labels = metadata.get("labels") or {}
    annotations = metadata.get("annotations") or {}
    namespace, name = metadata.get("namespace") or "", metadata["name"]
    row = api.row
    effect = effect_of(api.kind, item)
    kept = protections.why(row, namespace, name, labels) or next(
        (why for when, why in row.protected_when if find(when, item)), ""
    )
    mentions = tuple(dict.fromkeys(names.mentioned_in(item, namespace))) if row.can_mention and names else ()
    return Seen(
        api=api,
        uid=metadata["uid"],
        namespace=namespace,
        name=name,
        created=_instant(metadata.get("creationTimestamp")),
        tags=_tags(labels, annotations),
        version=str(metadata.get("resourceVersion") or ""),
        state=TERMINATING if metadata.get("deletionTimestamp") else _text(find(row.state, item)) if row.state else "",
        category=next((category for when, category in row.category_when if find(when, item)), row.category),
        # An object that is protected for another reason too is never released.
        attributes=_attributes(api, item) | (effect.attributes if effect is not None and not kept else {}),
        owners=tuple(map(Owner.of, metadata.get("ownerReferences") or ())),
        manager=(_bound_to(item) if api.kind == PERSISTENT_VOLUME else None)
        or manager_of(Marked(api.kind, api.object_kind, namespace, name, labels, annotations)),
        protection=kept or (effect.why if effect is not None else ""),
        is_ours=labels.get(PART_OF) == OURS,
        precedes_namespace=bool(row.precedes_namespace and find(row.precedes_namespace, item)),
        manages=tuple(managed_by(item)) if api.kind == ARGO_APPLICATION else (),
        links=tuple(dict.fromkeys((*_links(api, item, namespace), *_uses(mentions)))),
        held_by=tuple(dict.fromkeys((*_named(row.held_by, item, namespace), *_uses(_served(mentions))))),
        selector=row.selector(item) if row.selector else None,
        pod_labels=_pod_labels(row, item),
        claim_prefixes=tuple(_claim_prefixes(item)) if api.kind == STATEFUL_SET else (),
        foreign=tuple(dict.fromkeys(_foreign(api, item))),
        cloud_names=cloud_names_in(row, item),
    )


def _tags(labels: Mapping[str, str], annotations: Mapping[str, str]) -> Tags:
    """Give labels overlaid by annotations. Tags from labels are read-only: selectors depend on them.

    A protecting label overrides an annotation of the same key without protection: a contradiction protects (S24).
    """
    values = {**labels, **{key: value for key, value in annotations.items() if key not in COPIES}}
    for key in labels.keys() & annotations.keys():
        if protects(key, labels[key]):
            values[key] = labels[key]
    return Tags.known(values, frozenset(labels.keys() - annotations.keys()))


def _attributes(api: Api, item: Mapping[str, Any]) -> dict[str, str | int | bool]:
    attributes = {
        name: value
        for name, path in api.row.attributes.items()
        if isinstance(value := find(path, item), (str, int, bool))
    }
    metadata = item["metadata"]
    held = size_of(metadata.get("annotations") or {})
    if held >= WORTH_TELLING:
        attributes[ATTRIBUTE] = held
    if metadata.get("deletionTimestamp"):
        attributes["deleting_since"] = metadata["deletionTimestamp"]
        if holders := holders_of(item):
            attributes["finalizers"] = holders
    return attributes


def holders_of(item: Mapping[str, Any]) -> str:
    """Name the finalizers that block the deletion of an object, and the remaining contents that a namespace reports."""
    finalizers = [name for name in item["metadata"].get("finalizers") or () if name not in _PASSING_FINALIZERS]
    remaining = [
        str(condition.get("message"))
        for condition in (item.get("status") or {}).get("conditions") or ()
        if condition.get("status") == "True" and condition.get("type") in _NAMESPACE_HELD
    ]
    return "; ".join([", ".join(finalizers), *remaining] if finalizers else remaining)


def _bound_to(item: Mapping[str, Any]) -> Manager | None:
    """Give the claim of a volume as manager: people own the claim, and the volume follows."""
    claim = (item.get("spec") or {}).get("claimRef") or {}
    if (item.get("status") or {}).get("phase") != "Bound" or not claim.get("uid"):
        return None
    return Manager(PERSISTENT_VOLUME_CLAIM, object_id(claim["namespace"], claim["name"]), claim["uid"])


def _named(links: Iterable[Link], item: Mapping[str, Any], namespace: str) -> Iterator[NamedEnd]:
    for link in links:
        for name in find(link.names, item) or ():
            if name:
                yield (link.meaning, f"{link.kind}/{name}")
                if namespace:
                    yield (link.meaning, f"{link.kind}/{object_id(namespace, name)}")


def _uses(mentions: Iterable[tuple[str, str]]) -> Iterator[NamedEnd]:
    return ((EdgeMeaning.USES, f"{kind}/{id_}") for kind, id_ in mentions)


def _served(mentions: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (mention for mention in mentions if mention[0] in SERVED)


def _pod_labels(row: Row, item: Mapping[str, Any]) -> Labels | None:
    if not row.pod_spec or not find(row.pod_spec, item):
        return None
    return labels_of(find(row.pod_spec.removesuffix("spec") + "metadata.labels", item))


def _claim_prefixes(stateful_set: Mapping[str, Any]) -> Iterator[str]:
    """Give `<template>-<name>-` for each template: claims outlive Pods, and are reused by name."""
    for template in (stateful_set.get("spec") or {}).get("volumeClaimTemplates") or ():
        yield f"{template['metadata']['name']}-{stateful_set['metadata']['name']}-"


def _links(api: Api, item: Mapping[str, Any], namespace: str) -> Iterator[NamedEnd]:
    yield from _named(api.row.links, item, namespace)
    if api.row.pod_spec and (spec := find(api.row.pod_spec, item)):
        # A claim stays while a Pod mounts it; objects that only describe Pods would break without it.
        claims = EdgeMeaning.NEEDS if api.kind == POD else EdgeMeaning.USES
        for kind, name in uses_of(spec):
            if name:
                meaning = claims if kind == PERSISTENT_VOLUME_CLAIM else EdgeMeaning.USES
                yield (meaning, f"{kind}/{object_id(namespace, name)}")
        for home, name in services_in(spec, namespace):
            yield (EdgeMeaning.USES, f"{SERVICE}/{object_id(home, name)}")


def _foreign(api: Api, item: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    if api.row.foreign is not None:
        yield from api.row.foreign(item)
    if api.row.pod_spec and (spec := find(api.row.pod_spec, item)):
        yield from images_of(spec)
    yield from made_elsewhere(api.kind, item)
    if api.kind == POD:
        yield from pulled_images_of(item.get("status") or {})


def _instant(written: Any) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
