"""Evidence of each deletion of a plan: resources that allow it, and searches without further users (S17, S18)."""

from collections import defaultdict
from collections.abc import Iterable

from tagwarden.model.containers import NAMESPACE
from tagwarden.model.evidence import Evidence, Role, Search, Witness
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import Extent
from tagwarden.model.world import World
from tagwarden.planning.closure import Closure
from tagwarden.planning.completeness import KUBERNETES_KINDS, DependentsOf, SpansRegions, never_spans_regions
from tagwarden.planning.deletion_roles import DeletionRole
from tagwarden.planning.order import Order


class EvidenceFinder:
    """Finds the evidence of deletions in a world with a computed closure."""

    def __init__(
        self,
        closure: Closure,
        order: Order,
        world: World,
        dependents_of: DependentsOf,
        spans_regions: SpansRegions = never_spans_regions,
    ) -> None:
        self._closure = closure
        self._order = order
        self._world = world
        self._dependents_of = dependents_of
        self._spans_regions = spans_regions
        self._kinds: dict[tuple[str, str], tuple[tuple[str, frozenset[str]], ...]] = {}
        self._known: dict[object, tuple[Search, ...]] = {}
        self._clusters = tuple(
            name for name, snapshot in world.snapshots.items() if snapshot.provider is ProviderName.KUBERNETES
        )

    def of(self, number: int, taken: Iterable[int]) -> Evidence:
        """Give the evidence for the deletion of a resource; the vendor deletes `taken` along with the resource."""
        subjects = (number, *taken)
        roles = self._roles(subjects, subjects)
        nodes = self._closure.graph.nodes
        # Numbers are in the order of uid.
        witnesses = tuple(Witness(nodes[each], roles[each]) for each in sorted(roles) if not self._is_passing(each))
        # Thousands of resources of one kind and place have users of the same kinds, and share searches.
        looked_for = [nodes[each] for each in self._with_unordered_users(subjects)]
        alike = (
            frozenset(map(_trait_of, looked_for)),
            frozenset((each.role, _trait_of(each.resource)) for each in witnesses),
        )
        searches = self._known.get(alike)
        if searches is None:
            searches = self._known[alike] = self._searches(looked_for, witnesses)
        return Evidence(witnesses, searches)

    def of_parents(self, number: int) -> Evidence:
        """Give the evidence for a shorter lifetime: only the parents."""
        roles = self._roles((), (number,))
        nodes = self._closure.graph.nodes
        return Evidence(tuple(Witness(nodes[each], roles[each]) for each in sorted(roles)))

    def _roles(self, users_of: tuple[int, ...], parents_of: tuple[int, ...]) -> dict[int, Role]:
        """Walk to the parents of `parents_of` and the users of `users_of`, and on to all parents and users of users."""
        roles: dict[int, Role] = {}
        parents, users = list(parents_of), list(users_of)
        known = {*parents, *users}
        while parents or users:
            role = Role.PARENT if parents else Role.USER
            for number in self._closure.parents_of(parents.pop()) if parents else self._closure.users_of(users.pop()):
                if number in known:
                    continue
                known.add(number)
                roles[number] = role
                # The parents of a user may claim the user; other users of a parent are irrelevant.
                parents.append(number)
                if role is Role.USER:
                    users.append(number)
        return roles

    def _with_unordered_users(self, subjects: Iterable[int]) -> list[int]:
        """Give the subjects, and other deleted users that need not be deleted first.

        Leftovers that use one another have no order. A new user of any leftover blocks all.
        """
        found = list(subjects)
        known = set(found)
        first: dict[int, frozenset[int]] = {}
        for number in found:  # `found` grows during the loop
            actor = self._order.actor_of(number)
            if actor not in first:
                first[actor] = frozenset((actor, *self._order.before(actor)))
            for user in self._closure.users_of(number):
                if user in known or user not in self._closure.going:
                    continue
                if self._order.actor_of(user) not in first[actor]:
                    known.add(user)
                    found.append(user)
        return found

    def _is_passing(self, number: int) -> bool:
        """Whether the resource is short-lived, such as a Pod: the manager is the witness instead."""
        is_kubernetes = self._closure.graph.nodes[number].provider is ProviderName.KUBERNETES
        return is_kubernetes and self._closure.ties.standing(number) is DeletionRole.MANAGED

    def _searches(self, subjects: Iterable[Resource], witnesses: Iterable[Witness]) -> tuple[Search, ...]:
        kinds: defaultdict[str, set[str]] = defaultdict(set)
        places: defaultdict[str, set[str]] = defaultdict(set)
        for subject in subjects:
            for account, wanted in self._kinds_for(subject):
                kinds[account] |= wanted
            places[subject.account].add(self._place_of(subject))
        for witness in witnesses:
            user = witness.resource
            if user.account in places:
                kinds[user.account].add(user.kind)
                # A search of any place includes global resources.
                if witness.role is Role.USER and (place := _place_of(user)):
                    places[user.account].add(place)
        return tuple(self._search(account, kinds[account], places[account]) for account in sorted(kinds))

    def _kinds_for(self, subject: Resource) -> tuple[tuple[str, frozenset[str]], ...]:
        """Give, by account, the kinds to list again for a resource; equal for all resources of a kind."""
        key = (subject.account, subject.kind)
        if key not in self._kinds:
            kinds = {subject.kind, *self._dependents_of(subject.provider, subject.kind)}
            if subject.category == NAMESPACE:
                kinds.update(self._world.snapshots[subject.account].kinds)
            elsewhere = frozenset[str]()
            if subject.provider is not ProviderName.KUBERNETES:
                elsewhere = frozenset(kind for kind in kinds if kind.startswith(KUBERNETES_KINDS))
            clusters = self._clusters if elsewhere else ()
            here = (subject.account, frozenset(kinds - elsewhere))
            self._kinds[key] = (here, *((cluster, elsewhere) for cluster in clusters))
        return self._kinds[key]

    def _place_of(self, subject: Resource) -> str:
        """Give the region or namespace of possible users of a resource, empty for everywhere."""
        return "" if self._spans_regions(subject.provider, subject.kind) else _place_of(subject)

    def _search(self, account: str, kinds: Iterable[str], places: Iterable[str]) -> Search:
        """Narrow the search to the places of the subjects; users of global resources are searched everywhere."""
        found = frozenset(places)
        is_everywhere = not found or "" in found
        if self._world.snapshots[account].provider is ProviderName.KUBERNETES:
            return Search(account, Extent(frozenset(kinds), namespaces=None if is_everywhere else found))
        return Search(account, Extent(frozenset(kinds), regions=None if is_everywhere else found))


def _trait_of(resource: Resource) -> tuple[str, str, str]:
    """Give the properties of a resource that decide where its users are searched."""
    return resource.account, resource.kind, _place_of(resource)


def _place_of(resource: Resource) -> str:
    """Give the region or namespace of a resource, empty for global resources."""
    if resource.provider is ProviderName.KUBERNETES:
        return resource.name if resource.category == NAMESPACE else resource.namespace
    return resource.region
