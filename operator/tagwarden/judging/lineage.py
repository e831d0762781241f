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

    def _collect(self, parents: tuple[str, ...], account: str) -> Legacy:
        """Walk up, nearest first; a cycle of owners is walked once."""
        will = _Will()
        resources = self._world.graph.resources
        seen = set(parents)
        level = parents
        while level:
            above: set[str] = set()
            heard = [ancestor for uid in level if (ancestor := resources.get(uid)) is not None]
            if len(heard) < len(level):
                missing = (uid for uid in level if uid not in resources and not self._is_surely_gone(uid, account))
                will.uncollected = will.uncollected or next(missing, "")
            self._hear(will, heard)
            for ancestor in heard:
                above.update(self._parents(ancestor))
            level = tuple(sorted(above - seen))
            seen |= above
        return will.legacy()

    def _hear(self, will: "_Will", level: Iterable[Resource]) -> None:
        """Add what the ancestors at one distance say to what nearer ones said."""
        wants_owner, wants_expiry = will.owner is None, not will.states_expiry
        for ancestor in level:
            tags = ancestor.tags
            if tags.state is TagState.UNREADABLE:
                will.unreadable = will.unreadable or str(ancestor)
                continue
            if not will.protected and self._guards.protecting_tag(tags.values):
                will.protected = str(ancestor)
            reading = read_tags(tags, ancestor.provider, ancestor.created, self._policy.tag_rules)
            if wants_owner and will.owner is None and reading.owner is not None:
                will.owner, will.owner_from = reading.owner, str(ancestor)
            if wants_expiry and reading.expiry_stated:
                expires = reading.expires
                if expires is not None and is_doubtful(reading, self._policy.expiry_keys[ancestor.provider]):
                    expires = max(expires, self._earliest)
                will.hear_expiry(str(ancestor), expires, never=reading.never)

    def _is_surely_gone(self, reference: str, account: str) -> bool:
        """Whether a `kind/id` names nothing, since all of that kind were listed in the account of what it owns."""
        kind, slash, _ = reference.partition("/")
        snapshot = self._world.snapshots.get(account)
        return bool(slash) and snapshot is not None and snapshot.is_complete_for((kind,))


class _Will:
    """A legacy while it is being collected."""

    __slots__ = Legacy._fields

    def __init__(self) -> None:
        self.owner: str | None = None
        self.owner_from = ""
        self.states_expiry = False
        self.expires: datetime | None = None
        self.never = False
        self.expiry_from = ""
        self.protected = ""
        self.unreadable = ""
        self.uncollected = ""

    def hear_expiry(self, name: str, expires: datetime | None, *, never: bool) -> None:
        """Keep the latest of what several owners at the same distance say; what nobody can read outlasts all."""
        if self.states_expiry:
            if self.expires is None and not self.never:
                return
            is_later = never or expires is None or (self.expires is not None and expires > self.expires)
            if not is_later:
                return
        self.states_expiry, self.expires, self.never, self.expiry_from = True, expires, never, name

    def legacy(self) -> Legacy:
        """Give what was collected."""
        return Legacy(
            self.owner,
            self.owner_from,
            self.states_expiry,
            self.expires,
            self.never,
            self.expiry_from,
            self.protected,
            self.unreadable,
            self.uncollected,
        )
