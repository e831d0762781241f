"""What goes with what, and what keeps it: the largest set that may be deleted without harming anything that stays.

It begins with every resource whose own verdict is Delete and all that only exists for it, and then takes out whatever
something that stays still needs, owns or uses, until nothing changes any more. Each edge is looked at a fixed number
of times, so the whole is linear.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import datetime
from functools import cached_property

from tagwarden.model.containers import NAMESPACE, is_container
from tagwarden.model.going import is_going, what_holds
from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.model.policy import Associated
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Provider, Resource
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.planning.completeness import Completeness
from tagwarden.planning.standing import Standing, has_inherited_claim, obstacle, protection_of, standing_of

_PRECEDENCE = (
    Reason.ProtectedByGraph,
    Reason.DependentInUse,
    Reason.Irreplaceable,
    Reason.WithheldByDependency,
    Reason.DependentUnknown,
    Reason.SnapshotIncomplete,
    Reason.DependencyCycle,
)
_GOES_ALONG = frozenset({Standing.CONDEMNED, Standing.UNCLAIMED, Standing.MANAGED, Standing.IRREPLACEABLE})
_NOBODYS = frozenset({Standing.UNCLAIMED, Standing.MANAGED})
"""Breaking these harms nobody, unless they belong to somebody."""
_SILENT = frozenset({*_NOBODYS, Standing.UNGOVERNED, Standing.LEAVING})
"""A container that stands so says nothing of what it holds."""


class Closure:
    """The numbers of all that may go, and why the rest of what should go may not.

    `judged` holds the judgement of each resource by number, None for what the policy does not govern.
    """

    def __init__(
        self,
        graph: Graph,
        judged: Sequence[Judgement | None],
        *,
        associated: Associated,
        completeness: Completeness,
        now: datetime,
    ) -> None:
        self.graph = graph
        self._judged = judged
        self._keeps = associated is Associated.KEEP
        self._completeness = completeness
        self._now = now
        self._owned = graph.targets_by_number(EdgeMeaning.OWNS)
        self._owners = graph.sources_by_number(EdgeMeaning.OWNS)
        self._needed = graph.targets_by_number(EdgeMeaning.NEEDS)
        self._needing = graph.sources_by_number(EdgeMeaning.NEEDS)
        self._used = graph.targets_by_number(EdgeMeaning.USES)
        self._using = graph.sources_by_number(EdgeMeaning.USES)
        self._leaving = self._find_leaving()
        self._standings: list[Standing | None] = [None] * len(graph.nodes)
        self.seeds: tuple[int, ...] = tuple(
            number for number in range(len(graph.nodes)) if self.standing(number) is Standing.CONDEMNED
        )
        self.going: set[int] = set()
        self.withheld: dict[int, Withheld] = self._forbidden()
        self.roots: dict[int, int] = {}
        """For each that goes, the one with a Delete verdict of its own that takes it along; itself if it has one."""
        self._causes: dict[int, Withheld] = {}
        self._members: dict[int, list[int]] = {}
        self._grow()
        self._shrink()

    def withhold(self, blocked: Iterable[tuple[int, Withheld]]) -> None:
        """Take these out, each for its reason, and all that cannot go without them."""
        self._spread(deque(blocked))
        self._root()

    def breaks(self, number: int) -> tuple[int, ...]:
        """Give what stays and uses one that goes."""
        return tuple(user for user in self._using.of(number) if user not in self.going and self._is_known(user))

    def cause_of(self, number: int) -> Withheld | None:
        """Say why one that was to go may not; None where nothing asked for it to go."""
        return self._causes.get(number) or self.withheld.get(number)

    def parents_of(self, number: int) -> Iterator[int]:
        """Give what owns, manages or contains one, as far as it was collected."""
        yield from (owner for owner in self._owners.of(number) if self._is_known(owner))
        yield from self._managers_of(number)

    def users_of(self, number: int) -> Iterator[int]:
        """Give what needs or uses one, as far as it was collected."""
        for others in (self._needing.of(number), self._using.of(number)):
            yield from (other for other in others if self._is_known(other))

    def judgement(self, number: int) -> Judgement | None:
        """Give what the policy says of one; None where it does not govern it."""
        return self._judged[number]

    def standing(self, number: int) -> Standing:
        """Say how one stands towards the deletion of its neighbours."""
        standing = self._standings[number]
        if standing is None:
            standing = standing_of(self.graph.nodes[number], self._judged[number], self._now)
            if standing is Standing.CONDEMNED and number in self._leaving:
                standing = Standing.LEAVING
            self._standings[number] = standing
        return standing

    def takes(self, owner: int, owned: int) -> bool:
        """Whether the vendor deletes `owned` by itself once `owner` goes.

        So it is for what a Kubernetes object owns (garbage collector, namespace controller, the cloud's controllers),
        for the members of a manager, such as a volume with delete-on-termination, and for what a service made for its
        own use, such as the network interface of a load balancer: its manager is none that was collected. Never so is
        it where the owned has to be gone before its owner can go.
        """
        return owner not in self._needed.of(owned) and self._is_made_by(owner, owned)

    def outlasts(self, owner: int, owned: int) -> bool:
        """Whether the owner goes after what it owns: a namespace, and what cannot go before (a network, a subnet)."""
        return self.graph.nodes[owner].category == NAMESPACE or owner in self._needed.of(owned)

    def _forbidden(self) -> dict[int, Withheld]:
        """Withhold what a verdict would delete and nothing may: whoever judged did not see that (S2, S7)."""
        found: dict[int, Withheld] = {}
        for number, judgement in enumerate(self._judged):
            if (
                judgement is None
                or judgement.verdict is not Verdict.DELETE
                or self.standing(number) is Standing.CONDEMNED
            ):
                continue
            resource = self.graph.nodes[number]
            if number in self._leaving and self.standing(number) is Standing.LEAVING:
                found[number] = _in_progress(resource)
                continue
            reason = Reason.ProtectedByVendor if resource.protection else Reason.Production
            found[number] = Withheld(reason, f"it is protected: {protection_of(resource, judgement)}")
        return found

    def _grow(self) -> None:
        self.going.update(self._reached(self.seeds, self._may_go_along))

    def _reached(self, seeds: Sequence[int], may_go: Callable[[int, int], bool]) -> dict[int, int]:
        """Give all that goes along with the seeds, each with the seed for whose sake it goes.

        Those come first whose end somebody named: what cannot be made again goes with no others (S19).
        """
        roots: dict[int, int] = {}
        for is_named in (True, False):
            waiting = deque(seed for seed in seeds if seed not in roots and self._has_named_end(seed) is is_named)
            roots.update((seed, seed) for seed in waiting)
            while waiting:
                owner = waiting.popleft()
                for owned in self._owned.of(owner):
                    if owned in roots or not self._goes_along(owner, owned) or not may_go(owner, owned):
                        continue
                    standing = self.standing(owned)
                    if is_named or standing is not Standing.IRREPLACEABLE:
                        roots[owned] = owned if standing is Standing.CONDEMNED else roots[owner]
                        waiting.append(owned)
        return roots

    def _has_named_end(self, seed: int) -> bool:
        judgement = self._judged[seed]
        return judgement is not None and judgement.deletion is Reason.Expired

    def _shrink(self) -> None:
        for number in sorted(self.going):
            for manager in self._managers_of(number):
                self._members.setdefault(manager, []).append(number)
        direct = ((number, self._direct_obstacle(number)) for number in sorted(self.going))
        self._spread(deque((number, found) for number, found in direct if found is not None))
        self._root()

    def _spread(self, waiting: deque[tuple[int, Withheld]]) -> None:
        """Take out what is withheld, and pass it on to all that cannot go while it stays."""
        while waiting:
            number, why = waiting.popleft()
            if number not in self.going:
                continue
            self.going.discard(number)
            self._causes[number] = why
            if self.standing(number) is Standing.CONDEMNED:
                self.withheld[number] = why
            for other, relation in self._held_by(number):
                waiting.append((other, self._obstacle_of(number, relation)))
            for owned in self._owned.of(number):
                if owned in self.going and not self._is_supported(owned):
                    waiting.append((owned, self._obstacle_of(number, "owns it")))

    def _held_by(self, number: int) -> Iterator[tuple[int, str]]:
        """Give what goes and may not while this one stays.

        What is withheld stays for somebody's sake, and so must be what it uses.
        """
        contents = (owned for owned in self._owned.of(number) if owned in self.going)
        owners = (owner for owner in self._owners.of(number) if owner in self.going)
        held = (
            ("needs it", self._needed.of(number)),
            ("owns it", (owned for owned in contents if not self._merely_holds(number, owned))),
            ("would go with it", (owner for owner in owners if self._would_take(owner, number))),
            ("manages it", self._members.get(number, ())),
            ("uses it", self._used.of(number)),
        )
        for relation, others in held:
            for other in others:
                if other in self.going:
                    yield other, relation

    def _root(self) -> None:
        """Find for each the seed that takes it along; what no seed reaches any more stays."""
        while True:
            left = [seed for seed in self.seeds if seed in self.going]
            self.roots = self._reached(left, lambda _, owned: owned in self.going)
            lost = sorted(self.going - self.roots.keys())
            if not lost:
                return
            self._spread(deque((number, self._lost(number)) for number in lost))

    def _lost(self, number: int) -> Withheld:
        """Say why nothing takes it along any more."""
        if self.standing(number) is Standing.IRREPLACEABLE:
            return Withheld(Reason.Irreplaceable, "it cannot be made again, and nobody named its end")
        return Withheld(Reason.WithheldByDependency, "what it belongs to stays")

    def _direct_obstacle(self, number: int) -> Withheld | None:
        found = list(self._obstacles(number))
        if not found:
            return None
        first = min(found, key=lambda each: _PRECEDENCE.index(each.reason))
        more = len(found) - 1
        return Withheld(first.reason, f"{first.message}; and {more} more" if more else first.message)

    def _obstacles(self, number: int) -> Iterator[Withheld]:
        gap = self._completeness.gap_for(self.graph.nodes[number])
        if gap is not None:
            yield gap
        for relation, others in (
            ("needs it", self._needing.of(number)),
            ("owns it", (owner for owner in self._owners.of(number) if not self._merely_holds(owner, number))),
            ("manages it", self._managers_of(number)),
            ("uses it", (user for user in self._using.of(number) if user in self._sufferers)),
            ("would go with it", (owned for owned in self._owned.of(number) if self._would_take(number, owned))),
        ):
            for other in others:
                if other not in self.going and (relation == "needs it" or not self._is_leaving(other)):
                    yield self._obstacle_of(other, relation)

    def _merely_holds(self, owner: int, owned: int) -> bool:
        """Whether the owner is a container whose content may go while it stays.

        Who claims the container claims all in it that says nothing itself; an end that a content states is its own
        word. Whatever else binds the content has made that protected already (S21).
        """
        if not self._is_known(owner) or not is_container(self.graph.nodes[owner]):
            return False
        judgement = self._judged[owned]
        if self.standing(owner) is not Standing.CLAIMED or judgement is None or judgement.deletion is None:
            return True
        return judgement.deletion is Reason.Expired

    @cached_property
    def _sufferers(self) -> frozenset[int]:
        """All that somebody is harmed by when it breaks: what is claimed, kept, undecided or not ours to break.

        What says nothing itself belongs to somebody all the same when its owner or manager, however far up, is one of
        these, or when it inherits a claim (S8). What was not collected is told only by what it needs.
        """
        members: dict[int, list[int]] = {}
        found: set[int] = set()
        for number, resource in enumerate(self.graph.nodes):
            managers = () if resource.manager is None else self._managers_of(number)
            for manager in managers:
                members.setdefault(manager, []).append(number)
            if self._is_somebodys(number, managers):
                found.add(number)
        waiting = deque(number for number in found if self._speaks_for_contents(number))
        while waiting:
            number = waiting.popleft()
            for below in (*self._owned.of(number), *members.get(number, ())):
                if below not in found and self._is_known(below) and self.standing(below) in _NOBODYS:
                    found.add(below)
                    if self._speaks_for_contents(below):
                        waiting.append(below)
        return frozenset(found)

    def _is_somebodys(self, number: int, managers: tuple[int, ...]) -> bool:
        standing = self.standing(number)
        if standing is Standing.MANAGED:
            return not managers
        if standing is Standing.UNCLAIMED:
            judgement = self._judged[number]
            return judgement is not None and has_inherited_claim(judgement, self._now)
        return standing is not Standing.LEAVING

    def _speaks_for_contents(self, number: int) -> bool:
        """Whether the one that owns or manages others says by its standing how they are to be treated.

        The vendor's protection of a container, such as a default network, and another policy's rule over it do not.
        """
        resource = self.graph.nodes[number]
        return not is_container(resource) or not (resource.protection or self.standing(number) in _SILENT)

    def _managers_of(self, number: int) -> tuple[int, ...]:
        """Give the collected manager of a managed resource: what that restores must not go while it stays (S13)."""
        manager = self.graph.nodes[number].manager
        if manager is None or not manager.reference:
            return ()
        found = self.graph.resolve(manager.reference)
        return () if found is None or found == number else (found,)

    def _obstacle_of(self, number: int, relation: str) -> Withheld:
        if not self._is_known(number):
            return Withheld(Reason.DependentUnknown, f"{self.graph.names[number]}, which was not collected, {relation}")
        resource = self.graph.nodes[number]
        return obstacle(resource, self._judged[number], self.standing(number), relation, self._causes.get(number))

    def _goes_along(self, owner: int, owned: int) -> bool:
        """Whether the deletion of the owner means that of the owned: by the vendor, or by the policy."""
        if not self._is_known(owned):
            return False
        return not self._keeps or self.takes(owner, owned)

    def _would_take(self, owner: int, owned: int) -> bool:
        """Whether the owned would be gone with this owner, though others of its owners stay."""
        return self._goes_along(owner, owned) and not self._outlives(owner, owned, self.going)

    def _outlives(self, owner: int, owned: int, gone: Set[int]) -> bool:
        """Whether an object with several owner references keeps one that stays.

        The garbage collector deletes it with the last of them, the namespace controller without asking for any:
        https://kubernetes.io/docs/concepts/architecture/garbage-collection/
        """
        owners = self._owners.of(owned)
        if len(owners) == 1 or not self._is_owner_reference(owner):
            return False
        return any(other not in gone for other in owners if other != owner and self._is_owner_reference(other))

    def _is_owner_reference(self, owner: int) -> bool:
        if not self._is_known(owner):
            return True
        resource = self.graph.nodes[owner]
        return resource.provider is Provider.KUBERNETES and resource.category != NAMESPACE

    def _find_leaving(self) -> frozenset[int]:
        """Find what is being deleted already, and what the vendor takes along with that."""
        leaving = {number for number, resource in enumerate(self.graph.nodes) if is_going(resource)}
        waiting = deque(leaving)
        while waiting:
            owner = waiting.popleft()
            for owned in self._owned.of(owner):
                if owned in leaving or not self._is_known(owned) or not self._is_made_by(owner, owned):
                    continue
                if not self._outlives(owner, owned, leaving):
                    leaving.add(owned)
                    waiting.append(owned)
        return frozenset(leaving)

    def _is_leaving(self, number: int) -> bool:
        return self._is_known(number) and self.standing(number) is Standing.LEAVING

    def _is_made_by(self, owner: int, owned: int) -> bool:
        """Whether the owner, or nothing that was collected, is what would make the owned again."""
        if self.graph.nodes[owner].provider is Provider.KUBERNETES:
            return True
        if self.graph.nodes[owned].manager is None:
            return False
        managers = self._managers_of(owned)
        return owner in managers or (not managers and owner not in self._needed.of(owned))

    def _may_go_along(self, owner: int, owned: int) -> bool:
        if self.standing(owned) not in _GOES_ALONG:
            return False
        return self.graph.nodes[owned].manager is None or self._is_made_by(owner, owned)

    def _is_supported(self, number: int) -> bool:
        """Whether it still goes by its own verdict, or with an owner that goes."""
        if self.standing(number) is Standing.CONDEMNED:
            return True
        return any(owner in self.going and self._goes_along(owner, number) for owner in self._owners.of(number))

    def _is_known(self, number: int) -> bool:
        return number < len(self.graph.nodes)


def _in_progress(resource: Resource) -> Withheld:
    """Say that nothing is left to ask for: it is being deleted, or what it belongs to is."""
    if is_going(resource):
        return what_holds(resource)
    return Withheld(Reason.InProgress, "goes with what it belongs to, which is being deleted already")
