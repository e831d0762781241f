"""What goes with what, and what keeps it: the largest set that may be deleted without harming anything that stays.

It begins with every resource whose own verdict is Delete and all that only exists for it, and then takes out whatever
something that stays still needs, owns or uses, until nothing changes any more. Each edge is looked at a fixed number
of times, so the whole is linear.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.model.policy import Associated
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Provider
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.planning.completeness import NAMESPACE, Completeness
from tagwarden.planning.standing import Standing, obstacle, protection_of, standing_of

_PRECEDENCE = (
    Reason.ProtectedByGraph,
    Reason.DependentInUse,
    Reason.WithheldByDependency,
    Reason.DependentUnknown,
    Reason.SnapshotIncomplete,
    Reason.DependencyCycle,
)
_GOES_ALONG = frozenset({Standing.CONDEMNED, Standing.UNCLAIMED, Standing.MANAGED})


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

    def is_contained(self, owner: int, owned: int) -> bool:
        """Whether the owner merely holds the owned, so that the owned may go without harm to it.

        That is so for a namespace, and where the owned has to be gone before its owner can go (a subnet in a network).
        """
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
            reason = Reason.ProtectedByVendor if resource.protection else Reason.Production
            found[number] = Withheld(reason, f"it is protected: {protection_of(resource, judgement)}")
        return found

    def _grow(self) -> None:
        waiting = deque(self.seeds)
        self.going.update(self.seeds)
        while waiting:
            owner = waiting.popleft()
            for owned in self._owned.of(owner):
                if owned not in self.going and self._goes_along(owner, owned) and self._may_go_along(owner, owned):
                    self.going.add(owned)
                    waiting.append(owned)

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
            ("owns it", (owned for owned in contents if not self.is_contained(number, owned))),
            ("would go with it", (owner for owner in owners if self._goes_along(owner, number))),
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
            self.roots = {seed: seed for seed in self.seeds if seed in self.going}
            waiting = deque(self.roots)
            while waiting:
                owner = waiting.popleft()
                for owned in self._owned.of(owner):
                    if owned in self.going and owned not in self.roots and self._goes_along(owner, owned):
                        self.roots[owned] = self.roots[owner]
                        waiting.append(owned)
            lost = sorted(self.going - self.roots.keys())
            if not lost:
                return
            why = Withheld(Reason.WithheldByDependency, "what it belongs to stays")
            self._spread(deque((number, why) for number in lost))

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
            ("uses it", (user for user in self._using.of(number) if self._suffers(user))),
            ("would go with it", (owned for owned in self._owned.of(number) if self._goes_along(number, owned))),
        ):
            for other in others:
                if other not in self.going:
                    yield self._obstacle_of(other, relation)

    def _merely_holds(self, owner: int, owned: int) -> bool:
        return self._is_known(owner) and self.is_contained(owner, owned)

    def _suffers(self, user: int) -> bool:
        """Whether it harms anybody that this one breaks; of what is managed, its manager knows.

        What was not collected is told only by what it needs.
        """
        if not self._is_known(user):
            return False
        passed: set[int] = set()
        while user not in passed and (managers := self._managers_of(user)):
            passed.add(user)
            user = managers[0]
        return self.standing(user) is not Standing.UNCLAIMED

    def _managers_of(self, number: int) -> tuple[int, ...]:
        """Give the collected manager of a managed resource: what that restores must not go while it stays (S13)."""
        manager = self.graph.nodes[number].manager
        if manager is None or not manager.reference or self.standing(number) is not Standing.MANAGED:
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

    def _is_made_by(self, owner: int, owned: int) -> bool:
        """Whether the owner, or nothing that was collected, is what would make the owned again."""
        if self.graph.nodes[owner].provider is Provider.KUBERNETES:
            return True
        if self.standing(owned) is not Standing.MANAGED:
            return False
        managers = self._managers_of(owned)
        return owner in managers or (not managers and owner not in self._needed.of(owned))

    def _may_go_along(self, owner: int, owned: int) -> bool:
        standing = self.standing(owned)
        return standing in _GOES_ALONG and (standing is not Standing.MANAGED or self._is_made_by(owner, owned))

    def _is_supported(self, number: int) -> bool:
        """Whether it still goes by its own verdict, or with an owner that goes."""
        if self.standing(number) is Standing.CONDEMNED:
            return True
        return any(owner in self.going and self._goes_along(owner, number) for owner in self._owners.of(number))

    def _is_known(self, number: int) -> bool:
        return number < len(self.graph.nodes)
