"""The entry of Kubernetes in the registry of providers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import yaml

from tagwarden.errors import BadInput, Unsupported
from tagwarden.model.account import CloudAccount
from tagwarden.model.prices import Price
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.providers.api_server.kubeconfigs import own_kubeconfig
from tagwarden.providers.base import (
    Access,
    AmbientAccount,
    Cost,
    KindInfo,
    PolicyNeeds,
    Progress,
    Provider,
    RoleRequest,
    Secrets,
)
from tagwarden.providers.kubernetes.catalogue import catalogue, is_irreplaceable, is_judged_by_name_only
from tagwarden.providers.kubernetes.permissions import cluster_role
from tagwarden.providers.kubernetes.users import dependents_of
from tagwarden.providers.secrets import secret_of

_NOTES = (
    "Every other type that the API server can list and delete is a kind too: a custom resource is `k8s_<kind>.<group>`",
    "of the category `custom_resource`.",
    "Tags are annotations first, then labels; only annotations are written.",
)


class KubernetesCatalogue:
    """The `Catalogue` (see `providers.base`) of Kubernetes: rows, and a default row for custom resources."""

    def kinds(self) -> tuple[KindInfo, ...]:
        """The kinds with a row; a cluster may serve more."""
        return tuple(
            KindInfo(
                kind=row.kind,
                provider=ProviderName.KUBERNETES,
                category=row.category,
                more_categories=tuple(category for _, category in row.category_when),
                can_tag=row.can_tag,
                can_delete=row.can_delete,
                can_back_up=False,
                cost=Cost.UNKNOWN,
                permissions=row.permissions,
            )
            for row in catalogue()
        )

    def notes(self) -> tuple[str, ...]:
        """Describe the kinds without rows, and the place of tags."""
        return _NOTES

    def lacks_kind(self, name: str) -> bool:
        """False: a cluster may serve any custom resource in the future."""
        del name
        return False

    def regions(self) -> frozenset[str]:
        """None: a cluster has no regions."""
        return frozenset()

    def can_delete(self, kind: str) -> bool:
        """True: only kinds that an API server lists as deletable are collected."""
        del kind
        return True

    def can_tag(self, kind: str) -> bool:
        """True: every object has annotations."""
        del kind
        return True

    def can_back_up(self, resource: Resource) -> bool:
        """False: the journal keeps the manifest of each deleted object, and no vendor backs up the data."""
        del resource
        return False

    def is_irreplaceable(self, kind: str) -> bool:
        """Whether the row of the kind says so; custom resources are not irreplaceable."""
        return is_irreplaceable(kind)

    def is_named_only(self, resource: Resource) -> bool:
        """Whether the object is cluster-scoped and neither a namespace nor a volume."""
        return is_judged_by_name_only(resource.kind, resource.namespace)

    def dependents_of(self, kind: str, served: frozenset[str]) -> frozenset[str]:
        """The kinds of Kubernetes, with the `served` kinds that may name or own objects of the kind."""
        return dependents_of(kind, served)

    def spans_regions(self, kind: str) -> bool:
        """False: a cluster has no regions."""
        del kind
        return False

    def untangles(self, kind: str) -> bool:
        """False: the API server deletes an object regardless of references to it."""
        del kind
        return False

    def permission_formats(self) -> tuple[str, ...]:
        """A manifest."""
        return ("yaml",)

    def permissions(self, needs: Sequence[PolicyNeeds], role: RoleRequest) -> str:
        """A ClusterRole as YAML."""
        del role
        text: str = yaml.safe_dump(cluster_role(needs), sort_keys=False)
        return text

    def prices(
        self, regions: Iterable[str], kinds: Iterable[str], environ: Mapping[str, str], progress: Progress | None
    ) -> Iterator[Price]:
        """Raise Unsupported: the vendor of the nodes bills a cluster."""
        del regions, kinds, environ, progress
        raise Unsupported("Kubernetes has no price list; name kinds of a cloud")

    def ambient_account(self, access: Access, environ: Mapping[str, str]) -> AmbientAccount:
        """The cluster of the current kubeconfig context; in a Pod, the cluster of the Pod."""
        from tagwarden.providers.kubernetes.ambient import ambient_account  # noqa: PLC0415 - belongs to one command

        return ambient_account(access, environ)

    def check_account(self, account: CloudAccount) -> None:
        """Accept all accounts that the schema accepts: only the cluster knows more."""

    def open(self, account: CloudAccount, secrets: Secrets, access: Access) -> Provider:
        """Open a cluster with the kubeconfig of the Secret, the user's kubeconfig, or this Pod's service account."""
        # Importing the Kubernetes client takes a fifth of a command's start time.
        from tagwarden.providers.kubernetes.provider import KubernetesProvider  # noqa: PLC0415

        recognise = partial(access.recognise, account.name)
        declared = _declared_kubeconfig(account, secrets)
        if declared is not None:
            return KubernetesProvider(account, declared, recognise=recognise)
        return KubernetesProvider(account, own_kubeconfig(access.kubeconfig), is_trusted=True, recognise=recognise)


def _declared_kubeconfig(account: CloudAccount, secrets: Secrets) -> str | None:
    """Give the kubeconfig of the account's Secret; None if the account names no Secret."""
    reference = account.spec.kubernetes.kubeconfig_secret if account.spec.kubernetes else None
    if reference is None:
        return None
    secret = secret_of(secrets, account.name, reference.name)
    if reference.key not in secret:
        raise BadInput(
            f"account {account.name}: Secret {reference.name} has no key {reference.key};"
            f" it has {', '.join(secret) or 'none'}"
        )
    return secret[reference.key]
