"""Computes the largest set of resources that can be deleted without harming any other.

The computation starts with every resource whose own verdict is Delete and all resources that exist only for these,
and then removes the resources that a remaining resource still needs, owns or uses, until nothing changes. Each edge is
examined a fixed number of times, so the computation is linear.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.policy import Associated
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.terminating import deletion_in_progress, is_being_deleted
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.planning.completeness import Completeness
from tagwarden.planning.deletion_roles import DeletionRole, Relation, describe, obstacle, protection_of
from tagwarden.planning.ties import Ties

_PRECEDENCE = (
    Reason.ProtectedByGraph,
    Reason.DependentInUse,
    Reason.Irreplaceable,
    Reason.SpansAccounts,
    Reason.WithheldByDependency,
    Reason.DependentUnknown,
    Reason.SnapshotIncomplete,
    Reason.DependencyCycle,
)
_GOES_ALONG = frozenset(
    {DeletionRole.TO_DELETE, DeletionRole.UNCLAIMED, DeletionRole.MANAGED, DeletionRole.IRREPLACEABLE}
)


class Closure:
    """The numbers of resources to delete, and the reasons that withhold the others.

    `judged` holds the judgement of each resource by number, None for resources outside the policy.
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
        self._completeness = completeness
        self.ties = Ties(graph, judged, keeps=associated is Associated.KEEP, now=now)
        self._owned, self._owners = self.ties.owned, self.ties.owners
        self._needed = graph.targets_by_number(EdgeMeaning.NEEDS)
        self._needing = graph.sources_by_number(EdgeMeaning.NEEDS)
        self._used = graph.targets_by_number(EdgeMeaning.USES)
        self._using = graph.sources_by_number(EdgeMeaning.USES)
        self._sufferers = self.ties.sufferers()
        self.seeds: tuple[int, ...] = tuple(
            number for number in range(len(graph.nodes)) if self.ties.standing(number) is DeletionRole.TO_DELETE
        )
        self.going: set[int] = set()
        self.withheld: dict[int, Withheld] = self._forbidden()
        self.roots: dict[int, int] = {}
        """For each resource to delete, the root whose Delete verdict includes the resource; a root maps to itself."""
        self._causes: dict[int, Withheld] = {}
        self._members: dict[int, list[int]] = {}
        self._grow()
        self._shrink()

    def withhold(self, blocked: Iterable[tuple[int, Withheld]]) -> None:
        """Withhold these resources, each for its reason, and all resources that cannot be deleted without these."""
        self._spread(deque(blocked))
        self._root()

    def breaks(self, number: int) -> tuple[int, ...]:
        """Give the resources that stay although they use a deleted resource."""
        return tuple(user for user in self._using.of(number) if user not in self.going and self.ties.is_known(user))

    def cause_of(self, number: int) -> Withheld | None:
        """Explain why a resource is withheld; None if no deletion was considered."""
        return self._causes.get(number) or self.withheld.get(number)

    def parents_of(self, number: int) -> tuple[int, ...]:
        """Give the collected owners, managers and containers of a resource."""
        known = len(self.graph.nodes)
        return (*(owner for owner in self._owners.of(number) if owner < known), *self.ties.managers_of(number))

    def users_of(self, number: int) -> list[int]:
        """Give the collected users of a resource."""
        known = len(self.graph.nodes)
        return [user for user in (*self._needing.of(number), *self._using.of(number)) if user < known]

    def judgement(self, number: int) -> Judgement | None:
        """Give the judgement of a resource; None if ungoverned."""
        return self._judged[number]

    def _forbidden(self) -> dict[int, Withheld]:
        """Withhold protected resources with a Delete verdict: judging did not see the protection (S2, S7)."""
        found: dict[int, Withheld] = {}
        for number, judgement in enumerate(self._judged):
            if (
                judgement is None
                or judgement.verdict is not Verdict.DELETE
                or self.ties.standing(number) is DeletionRole.TO_DELETE
            ):
                continue
            resource = self.graph.nodes[number]
            if self.ties.is_leaving(number):
                found[number] = _in_progress(resource)
                continue
            reason = Reason.ProtectedByVendor if resource.protection else Reason.Production
            found[number] = Withheld(reason, messages.PROTECTED(protection=protection_of(resource, judgement)))
        return found

    def _grow(self) -> None:
        self.going.update(self._reached(self.seeds, self._may_go_along))

    def _reached(self, seeds: Sequence[int], may_go: Callable[[int, int], bool]) -> dict[int, int]:
        """Give all resources to delete with the seeds, each with the seed that causes the deletion.

        Seeds with an explicit expiry come first: irreplaceable resources are deleted with no other seeds (S19).
        """
        roots: dict[int, int] = {}
        for is_named in (True, False):
            waiting = deque(seed for seed in seeds if seed not in roots and self._has_named_end(seed) is is_named)
            roots.update((seed, seed) for seed in waiting)
            while waiting:
                owner = waiting.popleft()
                for owned in self._owned.of(owner):
                    if owned in roots or not self.ties.goes_along(owner, owned) or not may_go(owner, owned):
                        continue
                    standing = self.ties.standing(owned)
                    if is_named or standing is not DeletionRole.IRREPLACEABLE:
                        roots[owned] = owned if standing is DeletionRole.TO_DELETE else roots[owner]
                        waiting.append(owned)
        return roots

    def _has_named_end(self, seed: int) -> bool:
        judgement = self._judged[seed]
        return judgement is not None and judgement.deletion is Reason.Expired

    def _shrink(self) -> None:
        for number in sorted(self.going):
            for manager in self.ties.managers_of(number):
                self._members.setdefault(manager, []).append(number)
        direct = ((number, self._direct_obstacle(number)) for number in sorted(self.going))
        self._spread(deque((number, found) for number, found in direct if found is not None))
        self._root()

    def _spread(self, waiting: deque[tuple[int, Withheld]]) -> None:
        """Remove withheld resources, and all resources that cannot be deleted while these stay."""
        while waiting:
            number, why = waiting.popleft()
            if number not in self.going:
                continue
            self.going.discard(number)
            self._causes[number] = why
            if self.ties.standing(number) is DeletionRole.TO_DELETE:
                self.withheld[number] = why
            for other, relation in self._held_by(number):
                waiting.append((other, self._obstacle_of(number, relation)))
            for owned in self._owned.of(number):
                if owned in self.going and not self._is_supported(owned):
                    waiting.append((owned, self._obstacle_of(number, messages.OWNED_BY)))

    def _held_by(self, number: int) -> Iterator[tuple[int, Relation]]:
        """Give resources that may not be deleted while this one stays.

        A withheld resource is still needed, and so are the resources it uses.
        """
        contents = (owned for owned in self._owned.of(number) if owned in self.going)
        owners = (owner for owner in self._owners.of(number) if owner in self.going)
        held: tuple[tuple[Relation, Iterable[int]], ...] = (
            (messages.REQUIRED_BY, self._needed.of(number)),
            (messages.OWNED_BY, (owned for owned in contents if not self.ties.only_contains(number, owned))),
            (
                messages.WOULD_TAKE,
                (owner for owner in owners if self.ties.would_take(owner, number, self.going)),
            ),
            (messages.MANAGED_BY, self._members.get(number, ())),
            (messages.USED_BY, self._used.of(number)),
        )
        for relation, others in held:
            for other in others:
                if other in self.going:
                    yield other, relation

    def _root(self) -> None:
        """Find for each resource the seed that deletes it; a resource without a seed stays."""
        while True:
            left = [seed for seed in self.seeds if seed in self.going]
            self.roots = self._reached(left, lambda _, owned: owned in self.going)
            lost = sorted(self.going - self.roots.keys())
            if not lost:
                return
            self._spread(deque((number, self._lost(number)) for number in lost))

    def _lost(self, number: int) -> Withheld:
        """Explain why no seed deletes the resource any more."""
        if self.ties.standing(number) is DeletionRole.IRREPLACEABLE:
            return Withheld(Reason.Irreplaceable, messages.NO_NAMED_END())
        return Withheld(Reason.WithheldByDependency, messages.PARENT_STAYS())

    def _direct_obstacle(self, number: int) -> Withheld | None:
        found = list(self._obstacles(number))
        if not found:
            return None
        first = min(found, key=lambda each: _PRECEDENCE.index(each.reason))
        more = len(found) - 1
        return first if not more else first._replace(message=messages.MORE_OBSTACLES(first=first.message, more=more))

    def _obstacles(self, number: int) -> Iterator[Withheld]:
        gap = self._completeness.gap_for(self.graph.nodes[number])
        if gap is not None:
            yield gap
        holding: tuple[tuple[Relation, Iterable[int]], ...] = (
            (messages.REQUIRED_BY, self._needing.of(number)),
            (
                messages.OWNED_BY,
                (owner for owner in self._owners.of(number) if not self.ties.only_contains(owner, number)),
            ),
            (messages.MANAGED_BY, self.ties.managers_of(number)),
            (
                messages.WOULD_TAKE,
                (owned for owned in self._owned.of(number) if self.ties.would_take(number, owned, self.going)),
            ),
        )
        for relation, others in holding:
            for other in others:
                if other not in self.going and (relation is messages.REQUIRED_BY or not self.ties.is_leaving(other)):
                    yield self._obstacle_of(other, relation)
        for user in self._using.of(number):
            if user not in self.going and user in self._sufferers:
                yield self._harm_to(user)

    def _harm_to(self, user: int) -> Withheld:
        """Name the resource that this deletion would harm."""
        speaker = self._sufferers[user]
        if speaker != user:
            return self._obstacle_of(speaker, partial(messages.USED_BY_PART, part=describe(self.graph.nodes[user])))
        if self.ties.standing(user) is DeletionRole.UNCLAIMED:
            role, cause = DeletionRole.CLAIMED, self._causes.get(user)  # by an inherited claim
            return obstacle(self.graph.nodes[user], self._judged[user], role, messages.USED_BY, cause)
        return self._obstacle_of(user, messages.USED_BY)

    def _obstacle_of(self, number: int, relation: Relation) -> Withheld:
        if not self.ties.is_known(number):
            text = relation(neighbour=self.graph.names[number], why=messages.IS_NOT_COLLECTED())
            return Withheld(Reason.DependentUnknown, text)
        resource = self.graph.nodes[number]
        return obstacle(resource, self._judged[number], self.ties.standing(number), relation, self._causes.get(number))

    def _may_go_along(self, owner: int, owned: int) -> bool:
        if self.ties.standing(owned) not in _GOES_ALONG:
            return False
        return self.graph.nodes[owned].manager is None or self.ties.is_made_by(owner, owned)

    def _is_supported(self, number: int) -> bool:
        """Whether the resource is still deleted by its own verdict or with an owner."""
        if self.ties.standing(number) is DeletionRole.TO_DELETE:
            return True
        return any(owner in self.going and self.ties.goes_along(owner, number) for owner in self._owners.of(number))


def _in_progress(resource: Resource) -> Withheld:
    """Report that the resource or its parent is already being deleted."""
    if is_being_deleted(resource):
        return deletion_in_progress(resource)
    return Withheld(Reason.InProgress, messages.PARENT_IS_BEING_DELETED())
