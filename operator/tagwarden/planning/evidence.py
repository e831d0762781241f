"""What each deletion of a plan rests on: the resources that allow it, and where no others were found (S17, S18)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tagwarden.model.containers import NAMESPACE
from tagwarden.model.evidence import Evidence, Role, Search, Witness
from tagwarden.model.resource import Provider, Resource
from tagwarden.model.snapshot import Extent
from tagwarden.model.world import World
from tagwarden.planning.closure import Closure
from tagwarden.planning.completeness import KUBERNETES_KINDS, DependentsOf
from tagwarden.planning.standing import Standing


class EvidenceFinder:
    """Finds the evidence of deletions in one closed world."""

    def __init__(self, closure: Closure, world: World, dependents_of: DependentsOf) -> None:
        self._closure = closure
        self._world = world
        self._dependents_of = dependents_of
        self._clusters = tuple(
            name for name, snapshot in world.snapshots.items() if snapshot.provider is Provider.KUBERNETES
        )

    def of(self, number: int, taken: Iterable[int]) -> Evidence:
        """Give what the deletion of one resource rests on; the vendor deletes `taken` along with it."""
        subjects = (number, *taken)
        roles = self._roles(subjects, subjects)
        nodes = self._closure.graph.nodes
        found = sorted(roles.items(), key=lambda pair: nodes[pair[0]].uid)
        witnesses = tuple(Witness(nodes[each], role) for each, role in found if not self._is_passing(each))
        return Evidence(witnesses, self._searches([nodes[each] for each in subjects], witnesses))

    def of_parents(self, number: int) -> Evidence:
        """Give what a shorter life rests on: the parents, and nothing else."""
        roles = self._roles((), (number,))
        nodes = self._closure.graph.nodes
        return Evidence(tuple(Witness(nodes[each], roles[each]) for each in sorted(roles)))

    def _roles(self, users_of: tuple[int, ...], parents_of: tuple[int, ...]) -> dict[int, Role]:
        """Walk to the parents of some and to the users of some, and from each of those on."""
        roles: dict[int, Role] = {}
        parents, users = list(parents_of), list(users_of)
        known = {*parents, *users}
        while parents or users:
            if parents:
                found, role = self._closure.parents_of(parents.pop()), Role.PARENT
            else:
                found, role = self._closure.users_of(users.pop()), Role.USER
            for number in found:
                if number in known:
                    continue
                known.add(number)
                roles[number] = role
                # The parents of a user may claim it; what else uses a parent has no part in this.
                parents.append(number)
                if role is Role.USER:
                    users.append(number)
        return roles

    def _is_passing(self, number: int) -> bool:
        """Whether it comes and goes by itself, such as a Pod: its manager is the witness."""
        is_kubernetes = self._closure.graph.nodes[number].provider is Provider.KUBERNETES
        return is_kubernetes and self._closure.ties.standing(number) is Standing.MANAGED

    def _searches(self, subjects: Iterable[Resource], witnesses: Iterable[Witness]) -> tuple[Search, ...]:
        kinds: defaultdict[str, set[str]] = defaultdict(set)
        places: defaultdict[str, set[str]] = defaultdict(set)
        for subject in subjects:
            for kind in self._kinds_for(subject):
                is_elsewhere = subject.provider is not Provider.KUBERNETES and kind.startswith(KUBERNETES_KINDS)
                for account in self._clusters if is_elsewhere else (subject.account,):
                    kinds[account].add(kind)
            places[subject.account].add(_place_of(subject))
        for witness in witnesses:
            if witness.resource.account in places:
                kinds[witness.resource.account].add(witness.resource.kind)
                # What is global is listed wherever we look.
                if witness.role is Role.USER and (place := _place_of(witness.resource)):
                    places[witness.resource.account].add(place)
        return tuple(
            Search(account, self._extent(account, kinds[account], places[account])) for account in sorted(kinds)
        )

    def _kinds_for(self, subject: Resource) -> Iterator[str]:
        yield subject.kind
        yield from self._dependents_of(subject.provider, subject.kind)
        if subject.category == NAMESPACE:
            yield from self._world.snapshots[subject.account].kinds

    def _extent(self, account: str, kinds: Iterable[str], places: Iterable[str]) -> Extent:
        """Narrow the look to the places of the subjects; what is global may be used from anywhere."""
        found = frozenset(places)
        is_everywhere = not found or "" in found
        if self._world.snapshots[account].provider is Provider.KUBERNETES:
            return Extent(frozenset(kinds), namespaces=None if is_everywhere else found)
        return Extent(frozenset(kinds), regions=None if is_everywhere else found)


def _place_of(resource: Resource) -> str:
    """Give the region or namespace in which a resource is, empty for what is everywhere."""
    if resource.provider is Provider.KUBERNETES:
        return resource.name if resource.category == NAMESPACE else resource.namespace
    return resource.region
