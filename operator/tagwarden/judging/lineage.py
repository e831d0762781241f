"""What a resource has from what it belongs to: an owner, an expiry, protection, or a doubt about all of these."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from tagwarden.judging.doubt import is_doubtful
from tagwarden.judging.guards import Guards
from tagwarden.judging.policy import CompiledPolicy
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.resource import Provider, Resource
from tagwarden.model.tags import TagState
from tagwarden.model.world import World
from tagwarden.tagging import read_tags

NAMESPACE_KIND = "k8s_namespace"


class Legacy(NamedTuple):
    """What the resources that own another one hand down, each from the nearest that says it.

    `expires` and `never` are both unset where `states_expiry` and nobody can read it yet. The last three are names
    of resources, empty where there is none: the one that is protected by a tag, the one whose tags are unreadable,
    and the one that was not collected though it may exist.
    """

    owner: str | None = None
    owner_from: str = ""
    states_expiry: bool = False
    expires: datetime | None = None
    never: bool = False
    expiry_from: str = ""
    protected: str = ""
    unreadable: str = ""
    uncollected: str = ""


NOTHING = Legacy()


class Lineage:
    """Answers for one policy and one world; remembers what each set of parents hands down."""

    __slots__ = (
        "_earliest",
        "_guards",
        "_legacies",
        "_namespaces",
        "_owners",
        "_policy",
        "_short",
        "_world",
        "owned",
    )

    def __init__(self, world: World, policy: CompiledPolicy, guards: Guards, earliest: datetime) -> None:
        """`earliest` is the least that a doubtful expiry counts as: now + grace.repaired."""
        self._world = world
        self._policy = policy
        self._guards = guards
        self._earliest = earliest
        self._owners = world.graph.sources_by_number(EdgeMeaning.OWNS)
        self.owned = self._owners.occupied()
        """For each resource, by its number in the graph, whether anything owns it."""
        self._legacies: dict[tuple[str, tuple[str, ...]], Legacy] = {}
        # The same by namespace and numbers of owners, since finding their names takes longer than all the rest.
        self._short: dict[tuple[str, str, tuple[int, ...]], Legacy] = {}
        self._namespaces: dict[tuple[str, str], str] | None = None

    def of(self, resource: Resource, number: int | None) -> Legacy:
        """Give what the resource inherits; `number` is its number in the graph, None where that does not know it."""
        if number is None or resource.manager is not None:
            return self._of_parents(self._parents(resource), resource.account)
        if not self.owned[number] and not resource.namespace:
            return NOTHING
        key = (resource.account, resource.namespace, tuple(self._owners.of(number)))
        legacy = self._short.get(key)
        if legacy is None:
            legacy = self._short[key] = self._of_parents(self._parents(resource), resource.account)
        return legacy

    def _of_parents(self, parents: tuple[str, ...], account: str) -> Legacy:
        """What is handed down depends on the parents, and on what was collected in the child's own account."""
        if not parents:
            return NOTHING
        key = (account, parents)
        legacy = self._legacies.get(key)
        if legacy is None:
            legacy = self._legacies[key] = self._collect(parents, account)
        return legacy

    def _parents(self, resource: Resource) -> tuple[str, ...]:
        graph = self._world.graph
        parents = dict.fromkeys(graph.sources(resource.uid, EdgeMeaning.OWNS))
        if resource.manager and resource.manager.reference in graph.resources:
            parents[resource.manager.reference] = None
        if resource.provider is Provider.KUBERNETES and resource.namespace:
            parents[self._namespace_of(resource)] = None
        return tuple(sorted(parents))

    def _namespace_of(self, resource: Resource) -> str:
        if self._namespaces is None:
            self._namespaces = {
                (other.account, other.id): other.uid
                for other in self._world.graph.nodes
                if other.kind == NAMESPACE_KIND
            }
        found = self._namespaces.get((resource.account, resource.namespace))
        return found or f"{NAMESPACE_KIND}/{resource.namespace}"

    def _collect(self, parents: Iterable[str], account: str) -> Legacy:
        """Walk up, nearest first; a cycle of owners is walked once."""
        legacy = NOTHING
        seen: set[str] = set()
        level = list(parents)
        while level:
            seen.update(level)
            legacy = self._with_level(legacy, level, account)
            above = {
                name
                for uid in level
                if (ancestor := self._world.graph.resources.get(uid)) is not None
                for name in self._parents(ancestor)
            }
            level = sorted(above - seen)
        return legacy

    def _with_level(self, legacy: Legacy, level: Iterable[str], account: str) -> Legacy:
        """Add what the ancestors of one distance say to what nearer ones said."""
        owner_is_open, expiry_is_open = legacy.owner is None, not legacy.states_expiry
        for uid in level:
            ancestor = self._world.graph.resources.get(uid)
            if ancestor is None:
                if not self._is_surely_gone(uid, account):
                    legacy = legacy._replace(uncollected=legacy.uncollected or uid)
                continue
            if ancestor.tags.state is TagState.UNREADABLE:
                legacy = legacy._replace(unreadable=legacy.unreadable or str(ancestor))
                continue
            if self._guards.protecting_tag(ancestor.tags.values):
                legacy = legacy._replace(protected=legacy.protected or str(ancestor))
            reading = read_tags(ancestor.tags, ancestor.provider, ancestor.created, self._policy.tag_rules)
            if owner_is_open and legacy.owner is None and reading.owner is not None:
                legacy = legacy._replace(owner=reading.owner, owner_from=str(ancestor))
            if expiry_is_open and reading.expiry_stated:
                expires = reading.expires
                if expires is not None and is_doubtful(reading, self._policy.expiry_keys[ancestor.provider]):
                    expires = max(expires, self._earliest)
                legacy = _later_of(legacy, str(ancestor), expires, never=reading.never)
        return legacy

    def _is_surely_gone(self, reference: str, account: str) -> bool:
        """Whether a `kind/id` names nothing, since all of that kind were listed in the account of what it owns."""
        kind, slash, _ = reference.partition("/")
        snapshot = self._world.snapshots.get(account)
        return bool(slash) and snapshot is not None and snapshot.is_complete_for((kind,))


def _later_of(legacy: Legacy, name: str, expires: datetime | None, *, never: bool) -> Legacy:
    """Keep the latest of what several owners at the same distance say; what nobody can read outlasts all."""
    if not legacy.states_expiry:
        return legacy._replace(states_expiry=True, expires=expires, never=never, expiry_from=name)
    if legacy.expires is None and not legacy.never:
        return legacy
    if never or expires is None or (legacy.expires is not None and expires > legacy.expires):
        return legacy._replace(expires=expires, never=never, expiry_from=name)
    return legacy
