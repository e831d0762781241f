"""Ties between resources before any deletion is decided: roles, shared deletions and containment."""

from collections import deque
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from tagwarden.model.containers import NAMESPACE, is_container
from tagwarden.model.graph import EdgeMeaning, Graph
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.terminating import is_being_deleted
from tagwarden.model.verdict import Judgement
from tagwarden.planning.deletion_roles import DeletionRole, has_inherited_claim, role_of

_UNCLAIMED = frozenset({DeletionRole.UNCLAIMED, DeletionRole.MANAGED})
"""Roles of resources that may break unless a parent has a claim."""
_SILENT = frozenset({*_UNCLAIMED, DeletionRole.UNGOVERNED, DeletionRole.LEAVING})
"""Roles of containers that have no influence on the contents."""


class Ties:
    """Relations between resources, by number in the graph.

    `judged` holds the judgement of each resource, None outside the policy. `keeps` says that owned resources stay when
    the owner is deleted, unless the vendor deletes them. `now` is aware UTC.
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
        """Give the deletion role of a collected resource."""
        return self._standings[number]

    def is_known(self, number: int) -> bool:
        """Whether the resource was collected."""
        return number < len(self.graph.nodes)

    def is_leaving(self, number: int) -> bool:
        """Whether the resource was to be deleted, and is already being deleted."""
        return self.is_known(number) and self.standing(number) is DeletionRole.LEAVING

    def takes(self, owner: int, owned: int) -> bool:
        """Whether the vendor deletes `owned` along with `owner`.

        This holds for resources that a Kubernetes object owns (garbage collector, namespace controller, cloud
        controllers), for members of a manager, such as a volume with delete-on-termination, and for resources that a
        service made for its own use and whose manager is not collected, such as the network interface of a load
        balancer. This does not hold if `owned` must be deleted before `owner`.
        """
        return owner not in self._needed.of(owned) and self.is_made_by(owner, owned)

    def outlasts(self, owner: int, owned: int) -> bool:
        """Whether the owner is deleted after the owned resources: a namespace, a network, a subnet."""
        return self.graph.nodes[owner].category == NAMESPACE or owner in self._needed.of(owned)

    def goes_along(self, owner: int, owned: int) -> bool:
        """Whether deleting the owner deletes the owned resource too: by the vendor, or by the policy."""
        return self.is_known(owned) and (not self._keeps or self.takes(owner, owned))

    def would_take(self, owner: int, owned: int, gone: AbstractSet[int]) -> bool:
        """Whether deleting the owner deletes the owned resource, if of its other owners only `gone` are deleted."""
        return self.goes_along(owner, owned) and not self._outlives(owner, owned, gone)

    def only_contains(self, owner: int, owned: int) -> bool:
        """Whether the owner is a container whose content may be deleted while the container stays.

        A claim on the container extends to contents without tags; a content's own expiry counts for itself. Other
        reasons to keep the content have already protected it (S21).
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
        """Give the collected manager of a managed resource, which stays as long as the manager (S13)."""
        manager = self.graph.nodes[number].manager
        if manager is None or not manager.reference:
            return ()
        found = self.graph.resolve(manager.reference)
        return () if found is None or found == number else (found,)

    def sufferers(self) -> dict[int, int]:
        """Find all resources that must not break: claimed, kept, undecided or ungoverned resources.

        An unclaimed resource must not break either if any owner or manager above is among these, or if the resource
        inherits a claim (S8). Gives for each resource the deciding resource, usually the same. Uncollected resources
        are known only by the resources that they need.
        """
        members: dict[int, list[int]] = {}
        found: dict[int, int] = {}
        for number in range(len(self.graph.nodes)):
            managers = self.managers_of(number)
            for manager in managers:
                members.setdefault(manager, []).append(number)
            if self._is_claimed(number, managers):
                found[number] = number
        waiting = deque(number for number in found if self._speaks_for_contents(number))
        while waiting:
            number = waiting.popleft()
            for below in (*self.owned.of(number), *members.get(number, ())):
                if below not in found and self.is_known(below) and self.standing(below) in _UNCLAIMED:
                    found[below] = found[number]
                    if self._speaks_for_contents(below):
                        waiting.append(below)
        return found

    def _standing(self, number: int, *, is_leaving: bool) -> DeletionRole:
        standing = role_of(self.graph.nodes[number], self.judged[number], self._now)
        return DeletionRole.LEAVING if is_leaving and standing is DeletionRole.TO_DELETE else standing

    def _find_leaving(self) -> set[int]:
        """Find resources already being deleted, and those that the vendor deletes with these."""
        leaving = {number for number, resource in enumerate(self.graph.nodes) if is_being_deleted(resource)}
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
        """Whether an object with several owner references still has an owner that stays.

        The garbage collector deletes an object with its last owner, the namespace controller regardless of owners:
        https://kubernetes.io/docs/concepts/architecture/garbage-collection/
        """
        owners = self.owners.of(owned)
        if len(owners) == 1 or not self._is_owner_reference(owner):
            return False
        return any(other not in gone for other in owners if other != owner and self._is_owner_reference(other))

    def _is_owner_reference(self, owner: int) -> bool:
        """Whether an edge from this owner is an owner reference; edges from uncollected owners count as such."""
        if not self.is_known(owner):
            return True
        resource = self.graph.nodes[owner]
        return resource.provider is ProviderName.KUBERNETES and resource.category != NAMESPACE

    def _is_claimed(self, number: int, managers: tuple[int, ...]) -> bool:
        standing = self.standing(number)
        if standing is DeletionRole.MANAGED:
            return not managers
        if standing is DeletionRole.UNCLAIMED:
            judgement = self.judged[number]
            return judgement is not None and has_inherited_claim(judgement, self._now)
        return standing is not DeletionRole.LEAVING

    def _speaks_for_contents(self, number: int) -> bool:
        """Whether the role of an owner or manager extends to its contents and members.

        The vendor's protection of a container, such as a default network, and another policy's rules for it do not.
        """
        resource = self.graph.nodes[number]
        return not is_container(resource) or not (resource.protection or self.standing(number) in _SILENT)
