"""Ties between resources before any deletion is decided: roles, shared deletions and containment."""

from collections import deque
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from tagwarden.model.containers import NAMESPACE, is_container
from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.terminating import is_going
from tagwarden.model.verdict import Judgement
from tagwarden.planning.deletion_roles import DeletionRole, has_inherited_claim, role_of

_NOBODYS = frozenset({DeletionRole.UNCLAIMED, DeletionRole.MANAGED})
"""Breaking these harms nobody, unless they belong to somebody."""
_SILENT = frozenset({*_NOBODYS, DeletionRole.UNGOVERNED, DeletionRole.LEAVING})
"""The role of such a container says nothing about its contents."""


class Ties:
    """Answers about resources by their number in the graph.

    `judged` holds the judgement of each, None outside the policy. `keeps` says that what the vendor
    does not delete by itself stays when its owner goes. `now` is aware UTC.
    """

    def __init__(self, graph: Graph, judged: Sequence[Judgement | None], *, keeps: bool, now: datetime) -> None:
        self.graph = graph
        self.judged = judged
        self._keeps = keeps
        self._now = now
        self.owned = graph.targets_by_number(EdgeMeaning.OWNS)
        self.owners = graph.sources_by_number(EdgeMeaning.OWNS)
        self._needed = graph.targets_by_number(EdgeMeaning.NEEDS)
        leaving = self._find_leaving()
        self._standings = [self._standing(number, is_leaving=number in leaving) for number in range(len(graph.nodes))]

    def standing(self, number: int) -> DeletionRole:
        """Say how one that was collected stands towards the deletion of its neighbours."""
        return self._standings[number]

    def is_known(self, number: int) -> bool:
        """Whether it was collected."""
        return number < len(self.graph.nodes)

    def is_leaving(self, number: int) -> bool:
        """Whether it was to be deleted, and is being deleted already."""
        return self.is_known(number) and self.standing(number) is DeletionRole.LEAVING

    def takes(self, owner: int, owned: int) -> bool:
        """Whether the vendor deletes `owned` by itself once `owner` goes.

        So it is for what a Kubernetes object owns (garbage collector, namespace controller, the cloud's controllers),
        for the members of a manager, such as a volume with delete-on-termination, and for what a service made for its
        own use, such as the network interface of a load balancer: its manager is none that was collected. Never so is
        it where the owned has to be gone before its owner can go.
        """
        return owner not in self._needed.of(owned) and self.is_made_by(owner, owned)

    def outlasts(self, owner: int, owned: int) -> bool:
        """Whether the owner is deleted after the owned resources: a namespace, a network, a subnet."""
        return self.graph.nodes[owner].category == NAMESPACE or owner in self._needed.of(owned)

    def goes_along(self, owner: int, owned: int) -> bool:
        """Whether the deletion of the owner means that of the owned: by the vendor, or by the policy."""
        return self.is_known(owned) and (not self._keeps or self.takes(owner, owned))

    def would_take(self, owner: int, owned: int, gone: AbstractSet[int]) -> bool:
        """Whether the owned would be gone with this owner, when of its other owners only those in `gone` go."""
        return self.goes_along(owner, owned) and not self._outlives(owner, owned, gone)

    def merely_holds(self, owner: int, owned: int) -> bool:
        """Whether the owner is a container whose content may go while it stays.

        Who claims the container claims all in it that says nothing itself; an end that a content states is its own
        word. Whatever else binds the content has made that protected already (S21).
        """
        if not self.is_known(owner) or not is_container(self.graph.nodes[owner]):
            return False
        judgement = self.judged[owned]
        if self.standing(owner) is not DeletionRole.CLAIMED or judgement is None or judgement.deletion is None:
            return True
        return judgement.deletion is Reason.Expired

    def is_made_by(self, owner: int, owned: int) -> bool:
        """Whether the owner, or no collected resource, would recreate the owned resource."""
        if self.graph.nodes[owner].provider is ProviderName.KUBERNETES:
            return True
        if self.graph.nodes[owned].manager is None:
            return False
        managers = self.managers_of(owned)
        return owner in managers or (not managers and owner not in self._needed.of(owned))

    def managers_of(self, number: int) -> tuple[int, ...]:
        """Give the collected manager of a managed resource, which stays while its manager stays (S13)."""
        manager = self.graph.nodes[number].manager
        if manager is None or not manager.reference:
            return ()
        found = self.graph.resolve(manager.reference)
        return () if found is None or found == number else (found,)

    def sufferers(self) -> dict[int, int]:
        """Find all resources that must not break: claimed, kept, undecided or ungoverned ones.

        What says nothing itself belongs to somebody all the same when its owner or manager, however far up, is one of
        these, or when it inherits a claim (S8). Gives for each the one that speaks for it, mostly itself. What was not
        collected is told only by what it needs.
        """
        members: dict[int, list[int]] = {}
        found: dict[int, int] = {}
        for number in range(len(self.graph.nodes)):
            managers = self.managers_of(number)
            for manager in managers:
                members.setdefault(manager, []).append(number)
            if self._is_somebodys(number, managers):
                found[number] = number
        waiting = deque(number for number in found if self._speaks_for_contents(number))
        while waiting:
            number = waiting.popleft()
            for below in (*self.owned.of(number), *members.get(number, ())):
                if below not in found and self.is_known(below) and self.standing(below) in _NOBODYS:
                    found[below] = found[number]
                    if self._speaks_for_contents(below):
                        waiting.append(below)
        return found

    def _standing(self, number: int, *, is_leaving: bool) -> DeletionRole:
        standing = role_of(self.graph.nodes[number], self.judged[number], self._now)
        return DeletionRole.LEAVING if is_leaving and standing is DeletionRole.TO_DELETE else standing

    def _find_leaving(self) -> set[int]:
        """Find resources already being deleted, and those that the vendor deletes with these."""
        leaving = {number for number, resource in enumerate(self.graph.nodes) if is_going(resource)}
        waiting = deque(leaving)
        while waiting:
            owner = waiting.popleft()
            for owned in self.owned.of(owner):
                if owned in leaving or not self.is_known(owned) or not self.is_made_by(owner, owned):
                    continue
                if not self._outlives(owner, owned, leaving):
                    leaving.add(owned)
                    waiting.append(owned)
        return leaving

    def _outlives(self, owner: int, owned: int, gone: AbstractSet[int]) -> bool:
        """Whether an object with several owner references keeps one that stays.

        The garbage collector deletes it with the last of them, the namespace controller without asking for any:
        https://kubernetes.io/docs/concepts/architecture/garbage-collection/
        """
        owners = self.owners.of(owned)
        if len(owners) == 1 or not self._is_owner_reference(owner):
            return False
        return any(other not in gone for other in owners if other != owner and self._is_owner_reference(other))

    def _is_owner_reference(self, owner: int) -> bool:
        """Whether an edge from there is one of an owner reference; so it is of what was not collected."""
        if not self.is_known(owner):
            return True
        resource = self.graph.nodes[owner]
        return resource.provider is ProviderName.KUBERNETES and resource.category != NAMESPACE

    def _is_somebodys(self, number: int, managers: tuple[int, ...]) -> bool:
        standing = self.standing(number)
        if standing is DeletionRole.MANAGED:
            return not managers
        if standing is DeletionRole.UNCLAIMED:
            judgement = self.judged[number]
            return judgement is not None and has_inherited_claim(judgement, self._now)
        return standing is not DeletionRole.LEAVING

    def _speaks_for_contents(self, number: int) -> bool:
        """Whether the one that owns or manages others says by its standing how they are to be treated.

        The vendor's protection of a container, such as a default network, and another policy's rule over it do not.
        """
        resource = self.graph.nodes[number]
        return not is_container(resource) or not (resource.protection or self.standing(number) in _SILENT)
