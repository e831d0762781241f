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
    """What collecting gave: a snapshot for each account that answered, and why the others did not (S12)."""

    snapshots: tuple[Snapshot, ...]
    failures: Mapping[str, ProviderError | BadInput]


@dataclass(frozen=True, slots=True)
class Access:
    """How accounts may be reached: what only the person who runs this decides.

    `kubeconfig` serves Kubernetes accounts that name no Secret; `endpoints` are those that accounts may name;
    `recognise` takes an account and the uid of its cluster whenever that is asked for, and raises WrongAccount where
    it is another than expected (S22).
    """

    kubeconfig: Path | None = None
    endpoints: tuple[AllowedEndpoint, ...] = ()
    recognise: Callable[[str, str], None] = lambda _account, _identity: None


def open_provider(account: CloudAccount, declarations: Declarations, access: Access) -> Provider:
    """Give the provider of an account with the credentials it names.

    Raises BadInput where a Secret or a file is missing, EndpointNotAllowed for an endpoint that is not among those
    allowed, Unsupported where this build has no such provider.
    """
    check_endpoint(account, access.endpoints)
    match account.spec.provider:
        case ProviderName.AWS:
            reference = account.spec.aws.credentials_secret if account.spec.aws else None
            secret = _secret(declarations, account, reference.name) if reference else None
            return AwsProvider(account, secret)
        case ProviderName.KUBERNETES:
            # To import the client of Kubernetes takes a fifth of the time in which a command starts.
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
    """Collect several accounts at once and store each snapshot; what fails in one leaves the others alone (S12)."""
    wanted = list(accounts)
    store.prepare()

    def collect(account: CloudAccount) -> Snapshot | ProviderError | BadInput:
        try:
            return collect_account(open_account(account), store, clock(), progress)
        except (ProviderError, BadInput) as error:  # a Secret that is missing concerns its account alone
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
    """Check whose credentials these are (S10), list everything, store the snapshot."""
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
    """Give the kubeconfig of the Secret that the account names; None where it names none."""
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
    """Give the kubeconfig of the user's own file; None where the service account of this Pod is to be used."""
    if file is None or "KUBERNETES_SERVICE_HOST" in os.environ:
        return None
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: the kubeconfig cannot be read: {error.strerror or error}") from error
