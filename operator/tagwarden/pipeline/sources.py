"""From a declared account to its provider, and from the provider to a stored snapshot."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from tagwarden.errors import BadInput, InvalidField, ProviderError
from tagwarden.model.account import CloudAccount
from tagwarden.model.snapshot import Snapshot
from tagwarden.pipeline.declarations import Declarations
from tagwarden.providers.base import Access, Progress, Provider
from tagwarden.providers.endpoints import check_endpoint
from tagwarden.providers.registry import catalogue_of

OpenProvider = Callable[[CloudAccount], Provider]
Keep = Callable[[Snapshot], Snapshot]
"""Completes a snapshot by the one before, stores it, and returns it."""
_ACCOUNTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Sources:
    """The result of collecting: a snapshot per successful account, and the errors of the others (S12)."""

    snapshots: tuple[Snapshot, ...]
    failures: Mapping[str, ProviderError | BadInput]


def check_account(account: CloudAccount) -> None:
    """Raise InvalidField where a declaration cannot be used, as far as known without a request."""
    catalogue_of(account.spec.provider).check_account(account)


def open_provider(account: CloudAccount, declarations: Declarations, access: Access) -> Provider:
    """Give the provider of an account with its credentials.

    Raises BadInput where a field is wrong or a Secret or a file is missing, EndpointNotAllowed for an endpoint that the
    settings do not allow.
    """
    check_endpoint(account, access.endpoints)
    try:
        check_account(account)
    except InvalidField as error:
        raise BadInput(f"CloudAccount {account.name}: {error}") from error
    others = (other.spec.provider for name, other in declarations.accounts.items() if name != account.name)
    access = replace(access, has_neighbours=account.spec.provider in others)
    return catalogue_of(account.spec.provider).open(account, declarations.secrets, access)


def collect_accounts(
    accounts: Iterable[CloudAccount],
    open_account: OpenProvider,
    keep: Keep,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> Sources:
    """Collect several accounts at once and store each snapshot; a failure in one does not affect the others (S12)."""
    wanted = list(accounts)

    def collect(account: CloudAccount) -> Snapshot | ProviderError | BadInput:
        try:
            return collect_account(open_account(account), keep, clock(), progress)
        except (ProviderError, BadInput) as error:  # a missing Secret affects only its account
            return error

    with ThreadPoolExecutor(_ACCOUNTS_AT_ONCE, thread_name_prefix="collect") as pool:
        results = dict(zip((account.name for account in wanted), pool.map(collect, wanted), strict=True))
    return Sources(
        snapshots=tuple(result for result in results.values() if isinstance(result, Snapshot)),
        failures={name: result for name, result in results.items() if not isinstance(result, Snapshot)},
    )


def collect_account(provider: Provider, keep: Keep, now: datetime, progress: Progress | None = None) -> Snapshot:
    """Verify the identity of the credentials (S10), list all kinds, store the snapshot."""
    provider.identify()
    return keep(provider.collect(now, progress))
