"""Finds names in the scope and exclusions of a policy that match nothing (S24).

A typing error makes an exclusion protect nothing, and a scope govern the wrong resources.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tagwarden.judging.scope import matcher_of
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.policy import Exclusion, Scope
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Withheld
from tagwarden.model.world import World

NAMESPACE_KIND = "k8s_namespace"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known names, in addition to those in snapshots.

    `kinds` are kinds and categories. `regions` is called only if a policy names regions, since the call takes time.
    """

    kinds: frozenset[str]
    regions: Callable[[], frozenset[str]]


def unmatched(scope: Scope, world: World, known: Vocabulary) -> tuple[str, ...]:
    """Describe each name that matches nothing, with the field, such as `spec.scope.kinds[0]: 'buckets'`.

    Exclusions by tag or resource name are not checked, since new resources may match tomorrow.
    """
    return tuple(_all_unmatched(scope, world, known))


def doubt_of(scope: Scope, world: World, known: Vocabulary) -> Withheld | None:
    """Give the unmatched names of a scope, which block all deletions of the policy."""
    found = unmatched(scope, world, known)
    if not found:
        return None
    names, more = "; ".join(found[:_SHOWN]), len(found) - _SHOWN
    names = messages.MORE(first=names, more=more) if more > 0 else names
    return Withheld(Reason.ScopeMatchesNothing, messages.UNMATCHED_SCOPE(names=names))


def _all_unmatched(scope: Scope, world: World, known: Vocabulary) -> Iterator[str]:
    accounts = scope.accounts
    for place, name in enumerate(accounts.names):
        if name not in world.accounts:
            yield messages.NO_ACCOUNT(field=f"spec.scope.accounts.names[{place}]", account=repr(name))
    if accounts.labels and not any(
        accounts.labels.items() <= account.labels.items() for account in world.accounts.values()
    ):
        labels = ", ".join(f"{key}: {value}" for key, value in accounts.labels.items())
        yield messages.NO_LABELS(field="spec.scope.accounts.labels", labels=labels)
    yield from _unmatched_kinds("spec.scope.kinds", scope.kinds, world, known)
    for place, exclusion in enumerate(scope.exclude):
        yield from _unmatched_in(f"spec.scope.exclude[{place}]", exclusion, world, known)


def _unmatched_in(label: str, exclusion: Exclusion, world: World, known: Vocabulary) -> Iterator[str]:
    yield from _unmatched_kinds(f"{label}.kinds", exclusion.kinds, world, known)
    if exclusion.regions:
        yield from _names(f"{label}.regions", "region", exclusion.regions, known.regions() | _regions_of(world))
    if exclusion.namespaces and not _has_unseen_cluster(world):
        yield from _names(f"{label}.namespaces", "namespace", exclusion.namespaces, _namespaces_of(world))


def _unmatched_kinds(field: str, kinds: Iterable[str], world: World, known: Vocabulary) -> Iterator[str]:
    if not kinds or _has_unseen_cluster(world):
        return
    listed = {kind for snapshot in world.snapshots.values() for kind in snapshot.kinds}
    held = {name for resource in world.graph.nodes for name in (resource.kind, resource.category)}
    yield from _names(field, messages.KIND_OR_CATEGORY(), kinds, known.kinds | listed | held)


def _names(field: str, noun: str, globs: Iterable[str], existing: Iterable[str]) -> Iterator[str]:
    for place, glob in enumerate(globs):
        matches = matcher_of([glob])
        if matches is not None and not any(map(matches, existing)):
            yield messages.NO_MATCH(field=f"{field}[{place}]", glob=repr(glob), noun=noun)


def _has_unseen_cluster(world: World) -> bool:
    """Whether a declared cluster was not collected, so that its custom resources and namespaces are unknown."""
    return any(
        account.spec.provider is ProviderName.KUBERNETES and name not in world.snapshots
        for name, account in world.accounts.items()
    )


def _regions_of(world: World) -> frozenset[str]:
    return frozenset(resource.region for resource in world.graph.nodes)


def _namespaces_of(world: World) -> frozenset[str]:
    nodes = world.graph.nodes
    held = {resource.namespace for resource in nodes if resource.namespace}
    return frozenset(held | {resource.id for resource in nodes if resource.kind == NAMESPACE_KIND})
