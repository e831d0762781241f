"""From a declared account to its provider, and from the provider to a stored snapshot."""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from tagwarden.errors import BadInput, ProviderError, Unsupported
from tagwarden.inventory import SnapshotStore
from tagwarden.model.account import CloudAccount
from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import Snapshot
from tagwarden.pipeline.declarations import Declarations
from tagwarden.providers.aws import AwsProvider
from tagwarden.providers.base import Progress, Provider
from tagwarden.providers.endpoints import AllowedEndpoint, check_endpoint

OpenProvider = Callable[[CloudAccount], Provider]
_ACCOUNTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Sources:
    """The result of collecting: a snapshot per successful account, and the errors of the others (S12)."""

    snapshots: tuple[Snapshot, ...]
    failures: Mapping[str, ProviderError | BadInput]


@dataclass(frozen=True, slots=True)
class Access:
    """The connection settings that only the person running Tagwarden decides.

    `kubeconfig` is for Kubernetes accounts without a Secret; `endpoints` are those that accounts may name; `recognise`
    takes an account and the uid of its cluster, and raises WrongAccount for an unexpected cluster (S22).
    """

    kubeconfig: Path | None = None
    endpoints: tuple[AllowedEndpoint, ...] = ()
    recognise: Callable[[str, str], None] = lambda _account, _identity: None


def open_provider(account: CloudAccount, declarations: Declarations, access: Access) -> Provider:
    """Give the provider of an account with its credentials.

    Raises BadInput when a Secret or a file is missing, EndpointNotAllowed for an endpoint that is not allowed,
    Unsupported when this build lacks the provider.
    """
    check_endpoint(account, access.endpoints)
    match account.spec.provider:
        case ProviderName.AWS:
            reference = account.spec.aws.credentials_secret if account.spec.aws else None
            secret = _secret(declarations, account, reference.name) if reference else None
            return AwsProvider(account, secret)
        case ProviderName.KUBERNETES:
            # Importing the Kubernetes client takes a fifth of a command's start time.
            from tagwarden.providers.kubernetes.provider import KubernetesProvider  # noqa: PLC0415

            recognise = partial(access.recognise, account.name)
            declared = _declared_kubeconfig(account, declarations)
            if declared is not None:
                return KubernetesProvider(account, declared, recognise=recognise)
            own = _own_kubeconfig(access.kubeconfig)
            return KubernetesProvider(account, own, is_trusted=True, recognise=recognise)
        case ProviderName.GCP:
            raise Unsupported(f"account {account.name}: this version has no provider for GCP; remove the account")


def collect_accounts(
    accounts: Iterable[CloudAccount],
    open_account: OpenProvider,
    store: SnapshotStore,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> Sources:
    """Collect several accounts at once and store each snapshot; a failure in one does not affect the others (S12)."""
    wanted = list(accounts)
    store.prepare()

    def collect(account: CloudAccount) -> Snapshot | ProviderError | BadInput:
        try:
            return collect_account(open_account(account), store, clock(), progress)
        except (ProviderError, BadInput) as error:  # a missing Secret affects only its account
            return error

    with ThreadPoolExecutor(_ACCOUNTS_AT_ONCE, thread_name_prefix="collect") as pool:
        results = dict(zip((account.name for account in wanted), pool.map(collect, wanted), strict=True))
    return Sources(
        snapshots=tuple(result for result in results.values() if isinstance(result, Snapshot)),
        failures={name: result for name, result in results.items() if not isinstance(result, Snapshot)},
    )


def collect_account(
    provider: Provider, store: SnapshotStore, now: datetime, progress: Progress | None = None
) -> Snapshot:
    """Verify the identity of the credentials (S10), list everything, store the snapshot."""
    provider.identify()
    snapshot = provider.collect(now, progress)
    store.save(snapshot)
    return snapshot


def _secret(declarations: Declarations, account: CloudAccount, name: str) -> Mapping[str, str]:
    secret = declarations.secrets.get(name)
    if secret is None:
        raise BadInput(f"account {account.name}: Secret {name} was not found; declare it beside the account")
    return secret


def _declared_kubeconfig(account: CloudAccount, declarations: Declarations) -> str | None:
    """Give the kubeconfig of the account's Secret; None when it names none."""
    reference = account.spec.kubernetes.kubeconfig_secret if account.spec.kubernetes else None
    if reference is None:
        return None
    secret = _secret(declarations, account, reference.name)
    if reference.key not in secret:
        raise BadInput(
            f"account {account.name}: Secret {reference.name} has no key {reference.key};"
            f" it has {', '.join(secret) or 'none'}"
        )
    return secret[reference.key]


def _own_kubeconfig(file: Path | None) -> str | None:
    """Give the kubeconfig of the user's file; None to use the service account of this Pod."""
    if file is None or "KUBERNETES_SERVICE_HOST" in os.environ:
        return None
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: cannot read the kubeconfig: {error.strerror or error}") from error
