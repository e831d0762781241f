"""Whether all possible owners, users and mentions of a resource were searched and listed to the end (S3, S18, S22)."""

from collections.abc import Callable, Iterable, Iterator

from tagwarden.model.containers import NAMESPACE
from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.snapshot import ANY_REGION, EVERY_KIND, Snapshot
from tagwarden.model.unseen import use_by_unseen
from tagwarden.model.verdict import Withheld
from tagwarden.model.world import World

DependentsOf = Callable[[ProviderName, str], frozenset[str]]
"""The kinds whose resources may contain, own, use or name a resource of this provider and kind."""

SpansRegions = Callable[[ProviderName, str], bool]
"""Whether resources of this provider and kind can be used from every region."""

KUBERNETES_KINDS = "k8s_"
"""Prefix of the kinds of Kubernetes, which are searched in every cluster and not in the resource's account."""


def never_spans_regions(provider: ProviderName, kind: str) -> bool:
    """Declare that resources are used only from the same region."""
    del provider, kind
    return False


class Completeness:
    """Checks of a single world, computed once per account, region and kind."""

    def __init__(
        self, world: World, dependents_of: DependentsOf, spans_regions: SpansRegions = never_spans_regions
    ) -> None:
        self._world = world
        self._dependents_of = dependents_of
        self._spans_regions = spans_regions
        self._known: dict[tuple[str, str, str], Withheld | None] = {}

    def gap_for(self, resource: Resource) -> Withheld | None:
        """Name a kind that may use the resource and is incompletely listed; None if all lists are complete."""
        key = (resource.account, resource.region, resource.kind)
        if key not in self._known:
            self._known[key] = self._look(resource)
        return (
            self._known[key]
            or self._doubt_about(resource)
            or self._other_side_of(resource)
            or self._unseen_user_of(resource)
        )

    def _unseen_user_of(self, resource: Resource) -> Withheld | None:
        """Name possible users of kinds that are not collected."""
        why = use_by_unseen(resource, self._world.snapshots[resource.account].taken)
        return Withheld(Reason.DependentUnknown, why) if why else None

    def _other_side_of(self, resource: Resource) -> Withheld | None:
        """Explain why another account that shares the resource blocks its deletion."""
        why = self._world.joins.spanning.obstacles.get(resource.uid)
        return Withheld(Reason.SpansAccounts, messages.USED_ACROSS_ACCOUNTS(why=why)) if why else None

    def _doubt_about(self, resource: Resource) -> Withheld | None:
        """Name the Kubernetes accounts that may be this cluster, whose contents may be claimed."""
        accounts = self._world.joins.clusters.doubts.get(resource.uid)
        if not accounts:
            return None
        return Withheld(Reason.DependentUnknown, messages.MAY_BE_THIS_CLUSTER(accounts=", ".join(accounts)))

    def _look(self, resource: Resource) -> Withheld | None:
        own = self._world.snapshots.get(resource.account)
        if own is None:
            return Withheld(Reason.SnapshotIncomplete, messages.NO_ACCOUNT_SNAPSHOT(account=resource.account))
        kinds = sorted({resource.kind, *self._dependents_of(resource.provider, resource.kind)})
        if resource.category == NAMESPACE:
            # A cluster may hold objects of any kind, including custom resources outside every catalogue.
            kinds = sorted({*kinds, *own.incomplete_kinds})
        in_clusters = resource.provider is not ProviderName.KUBERNETES
        here = [kind for kind in kinds if not (in_clusters and kind.startswith(KUBERNETES_KINDS))]
        spans = self._spans_regions(resource.provider, resource.kind)
        gap = _gap_in(own, here, "" if spans else resource.region) or (
            _gap_of_regions(own, resource) if spans else None
        )
        elsewhere = [kind for kind in kinds if in_clusters and kind.startswith(KUBERNETES_KINDS)]
        if gap is None and elsewhere:
            gap = self._gap_in_clusters(elsewhere)
        return gap

    def _gap_in_clusters(self, kinds: Iterable[str]) -> Withheld | None:
        for account in self._world.accounts.values():
            if account.spec.provider is ProviderName.KUBERNETES and account.name not in self._world.snapshots:
                return Withheld(Reason.SnapshotIncomplete, messages.NO_CLUSTER_SNAPSHOT(account=account.name))
        for snapshot in self._world.snapshots.values():
            if snapshot.provider is ProviderName.KUBERNETES:
                gap = _gap_in(snapshot, _served(snapshot, kinds), "")
                if gap is not None:
                    return gap
        return None


def _served(cluster: Snapshot, kinds: Iterable[str]) -> Iterator[str]:
    """Give the kinds that the cluster may have: all built-in kinds, and the known extensions.

    If the group of an extension could not be discovered, the failure stands for all kinds of the group.
    """
    asked = {*cluster.kinds, *cluster.incomplete_kinds}
    for kind in kinds:
        group = kind.partition(".")[2]
        if not group or kind in asked:
            yield kind
        elif (undiscovered := f"{KUBERNETES_KINDS}*.{group}") in asked:
            yield undiscovered


def _gap_of_regions(own: Snapshot, resource: Resource) -> Withheld | None:
    """Find the regions that can use a resource and were left out."""
    if not own.unlisted_regions:
        return None
    if ANY_REGION in own.unlisted_regions:
        text = messages.REGIONS_UNKNOWN(kind=resource.kind, account=own.account)
    else:
        excluded = ", ".join(own.unlisted_regions)
        text = messages.REGIONS_EXCLUDED(kind=resource.kind, account=own.account, regions=excluded)
    return Withheld(Reason.SnapshotIncomplete, text)


def _gap_in(snapshot: Snapshot, kinds: Iterable[str], region: str) -> Withheld | None:
    """Find a kind that was not requested, or failed in this region or in a related one.

    A failure in another region does not count, unless the resource or the failed kind is global.
    """
    asked = {*snapshot.kinds, *snapshot.incomplete_kinds}
    for kind in kinds:
        if kind not in asked:
            if _is_of_other_clusters(snapshot, kind):
                continue
            text = messages.KIND_NOT_LISTED(kind=kind, account=snapshot.account)
            return Withheld(Reason.SnapshotIncomplete, text)
        for failure in snapshot.failures:
            near = not region or not failure.region or failure.region == region
            if near and failure.kind in (kind, EVERY_KIND):
                where = failure.region or messages.EVERY_REGION()
                return Withheld(
                    Reason.SnapshotIncomplete,
                    messages.LIST_INCOMPLETE(kind=kind, region=where, account=snapshot.account, error=failure.message),
                )
    return None


def _is_of_other_clusters(snapshot: Snapshot, kind: str) -> bool:
    """Whether a custom resource does not exist in this cluster, by the cluster's own list of served kinds."""
    return snapshot.provider is ProviderName.KUBERNETES and "." in kind
