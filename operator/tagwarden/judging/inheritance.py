"""Values that a resource inherits from its parents: owner, expiry, protection, or a doubt about these.

Every owner and manager is nearer than the namespace, however far up: many teams share a namespace.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from tagwarden.judging.binding import Bindings
from tagwarden.judging.compiled_policy import CompiledPolicy
from tagwarden.model.graph import NONE, SEVERAL, EdgeMeaning
from tagwarden.model.messages import judgement_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Finding
from tagwarden.model.world import World
from tagwarden.tagging import Reading

NAMESPACE_KIND = "k8s_namespace"


class Inherited(NamedTuple):
    """Inherited values of a resource, each from the nearest parent that states an owner or expiry.

    If `states_owner` and `owner` is None, the owner is unreadable; likewise the expiry, if neither `expires` nor
    `never` is set. `bound` describes the parent that must not be deleted, and the reason. Three fields name a parent,
    or are empty: `unreadable`, whose tags are unreadable; `uncollected`, which may exist and was not collected;
    `perhaps_from`, which has a key that resembles an owner key, while no parent states an owner. `findings` name the
    source of owner and expiry.
    """

    states_owner: bool = False
    owner: str | None = None
    owner_from: str = ""
    states_expiry: bool = False
    expires: datetime | None = None
    never: bool = False
    expiry_from: str = ""
    bound: str = ""
    unreadable: str = ""
    uncollected: str = ""
    perhaps_from: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def exempts(self) -> bool:
        """Whether an inherited value exempts the resource from deletion."""
        return bool(self.bound or self.unreadable or self.uncollected)

    def is_claim_at(self, now: datetime) -> bool:
        """Whether both an owner and an expiry in the future are inherited."""
        return self.owner is not None and self.states_expiry and (self.expires is None or self.expires > now)

    def for_claimed_resource(self, now: datetime) -> "Inherited":
        """Give the inherited values of a resource with its own owner: without an expiry that has passed (S21).

        The owner claims the resource, and another person set the expiry of the parent.
        """
        if self.expires is None or self.expires > now:
            return self
        findings = tuple(finding for finding in self.findings if finding.reason is not Reason.InheritedExpiry)
        return self._replace(states_expiry=False, expires=None, expiry_from="", findings=findings)


NOTHING = Inherited()


class Inheritance:
    """Resolves inheritance for one policy and world; caches the result for each set of parents."""

    __slots__ = (
        "_bindings",
        "_cache",
        "_earliest",
        "_namespaces",
        "_now",
        "_owners",
        "_policy",
        "_read",
        "_world",
        "owners",
    )

    def __init__(
        self,
        world: World,
        policy: CompiledPolicy,
        bindings: Bindings,
        read: Callable[[Resource], Reading],
        *,
        now: datetime,
        earliest: datetime,
    ) -> None:
        """`read` reads the tags of a parent. No doubtful expiry lies before `earliest`, now + grace.repaired."""
        self._world = world
        self._policy = policy
        self._bindings = bindings
        self._read = read
        self._now = now
        self._earliest = earliest
        self._owners = world.graph.sources_by_number(EdgeMeaning.OWNS)
        self.owners = self._owners.only()
        """For each resource, by its number in the graph, the number of its only owner, or `NONE` or `SEVERAL`."""
        self._cache: dict[tuple[str, tuple[int, ...], int | None, str], Inherited] = {}
        self._namespaces: dict[tuple[str, str], int] | None = None

    def of(self, resource: Resource, number: int | None) -> Inherited:
        """Give the inherited values; `number` is that of the resource in the graph, None outside of the graph."""
        parents, namespace, missing = self._parents(resource, number)
        if not parents and namespace is None and not missing:
            return NOTHING
        # The result depends on the parents, and on the kinds collected in the account of the child.
        key = (resource.account, parents, namespace, missing)
        inherited = self._cache.get(key)
        if inherited is None:
            inherited = self._cache[key] = self._collect(parents, namespace, missing, resource.account)
        return inherited

    def _parents(self, resource: Resource, number: int | None) -> tuple[tuple[int, ...], int | None, str]:
        """Give owners and manager by number, in ascending order, then the namespace, or its name if not collected."""
        parents: tuple[int, ...] = ()
        if number is not None and (owner := self.owners[number]) != NONE:
            parents = (owner,) if owner != SEVERAL else tuple(self._owners.of(number))
        if resource.manager is None and not resource.namespace:
            return parents, None, ""
        found = set(parents)
        namespace, missing = None, ""
        if resource.manager is not None:
            manager = self._world.graph.number_of(resource.manager.reference)
            if manager is not None and manager < len(self._world.graph.nodes):
                found.add(manager)
        if resource.provider is ProviderName.KUBERNETES and resource.namespace:
            namespace = self._namespace_of(resource)
            if namespace is None:
                missing = f"{NAMESPACE_KIND}/{resource.namespace}"
            else:
                found.discard(namespace)
        return tuple(sorted(found)), namespace, missing

    def _namespace_of(self, resource: Resource) -> int | None:
        if self._namespaces is None:
            self._namespaces = {
                (other.account, other.id): number
                for number, other in enumerate(self._world.graph.nodes)
                if other.kind == NAMESPACE_KIND
            }
        return self._namespaces.get((resource.account, resource.namespace))

    def _collect(self, parents: tuple[int, ...], namespace: int | None, missing: str, account: str) -> Inherited:
        """Walk from the nearest parent upwards, then the namespaces; a cycle of owners is walked once."""
        builder = _InheritedBuilder()
        nodes = self._world.graph.nodes
        namespaces = set() if namespace is None else {namespace}
        seen, level = set(parents), parents
        absent = [missing] if missing else []
        while level or namespaces - seen:
            if not level:
                level = tuple(sorted(namespaces - seen))
                seen |= namespaces
            above: set[int] = set()
            wants_owner, wants_expiry = not builder.states_owner, not builder.states_expiry
            for number in self._by_name(level):
                if number >= len(nodes):
                    absent.append(self._world.graph.names[number])
                    continue
                ancestor = nodes[number]
                self._add(builder, ancestor, wants_owner=wants_owner, wants_expiry=wants_expiry)
                further, space, lost = self._parents(ancestor, number)
                above.update(further)
                namespaces |= set() if space is None else {space}
                absent += [lost] if lost else []
            # The nearest parent with an owner claims its children, which inherit no expiry that has passed.
            builder.owner_comes_first |= builder.states_owner and not builder.states_expiry
            level = tuple(sorted(above - seen)) if above else ()
            seen |= above
        if absent:
            builder.uncollected = next((name for name in absent if not self._is_surely_gone(name, account)), "")
        inherited = builder.inherited()
        return inherited.for_claimed_resource(self._now) if builder.owner_comes_first else inherited

    def _by_name(self, level: tuple[int, ...]) -> Sequence[int]:
        """Order parents at one distance by name: numbers follow uids, which are random."""
        nodes, names = self._world.graph.nodes, self._world.graph.names
        return sorted(level, key=lambda number: str(nodes[number]) if number < len(nodes) else names[number])

    def _add(self, builder: "_InheritedBuilder", ancestor: Resource, *, wants_owner: bool, wants_expiry: bool) -> None:
        """Add the statements of one ancestor that no nearer ancestor made."""
        tags, name = ancestor.tags, str(ancestor)
        if not builder.bound and (why := self._bindings.of(ancestor)):
            builder.bound = messages.BOUND_BY_PARENT(parent=name, why=why)
        if tags.state is TagState.UNREADABLE:
            builder.unreadable = builder.unreadable or name
            return
        reading = self._read(ancestor)
        if wants_owner and reading.owner_stated and builder.owner is None:
            builder.states_owner, builder.owner, builder.owner_from = True, reading.owner, name
        if reading.owner_guess:
            builder.perhaps_from = builder.perhaps_from or name
        if wants_expiry and reading.expiry_stated:
            expires = reading.expires
            if expires is not None and reading.has_doubtful_expiry(self._policy.expiry_keys[ancestor.provider]):
                expires = max(expires, self._earliest)
            builder.add_expiry(name, expires, never=reading.never)

    def _is_surely_gone(self, reference: str, account: str) -> bool:
        """Whether a `kind/id` does not exist: the kind was listed completely in the account of the child."""
        kind, slash, _ = reference.partition("/")
        snapshot = self._world.snapshots.get(account)
        return bool(slash) and snapshot is not None and snapshot.is_complete_for((kind,))


class _InheritedBuilder:
    """Builds `Inherited` during the walk over the parents."""

    # Class attributes are the defaults: most parents state few of these.
    states_owner = False
    owner: str | None = None
    owner_from = ""
    states_expiry = False
    expires: datetime | None = None
    never = False
    expiry_from = ""
    bound = ""
    unreadable = ""
    uncollected = ""
    perhaps_from = ""
    owner_comes_first = False

    def add_expiry(self, name: str, expires: datetime | None, *, never: bool) -> None:
        """Keep the latest expiry of several owners at the same distance; an unreadable expiry counts as the latest."""
        if self.states_expiry:
            if self.expires is None and not self.never:
                return
            is_later = never or expires is None or (self.expires is not None and expires > self.expires)
            if not is_later:
                return
        self.states_expiry, self.expires, self.never, self.expiry_from = True, expires, never, name

    def inherited(self) -> Inherited:
        """Give the collected values."""
        return Inherited(
            states_owner=self.states_owner,
            owner=self.owner,
            owner_from=self.owner_from,
            states_expiry=self.states_expiry,
            expires=self.expires,
            never=self.never,
            expiry_from=self.expiry_from,
            bound=self.bound,
            unreadable=self.unreadable,
            uncollected=self.uncollected,
            perhaps_from="" if self.states_owner else self.perhaps_from,
            findings=self._findings(),
        )

    def _findings(self) -> tuple[Finding, ...]:
        """Report inherited owner and expiry, in this order."""
        findings = []
        if self.owner is not None:
            findings.append(
                Finding(Reason.InheritedOwner, messages.OWNER_INHERITED(owner=self.owner, parent=self.owner_from))
            )
        elif self.states_owner:
            findings.append(Finding(Reason.InheritedOwner, messages.UNREADABLE_OWNER_INHERITED(parent=self.owner_from)))
        if self.states_expiry:
            findings.append(Finding(Reason.InheritedExpiry, messages.EXPIRY_INHERITED(parent=self.expiry_from)))
        return tuple(findings)
