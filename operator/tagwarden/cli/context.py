"""The inputs of a command: the given declarations and the places of snapshots, plans and journal."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from tagwarden.cli.exit_codes import EXIT_BAD_INPUT, EXIT_FAILED
from tagwarden.cli.progress import report_progress
from tagwarden.default_paths import state_folder
from tagwarden.enforcing import CALLS_PER_SECOND, EnforceSettings
from tagwarden.errors import BadInput, TagwardenError
from tagwarden.inventory import Lake, PlanStore, SnapshotStore, load_prices
from tagwarden.judging.account_identities import NO_PIN, Pin
from tagwarden.model.account import CloudAccount
from tagwarden.model.duration import parse_duration
from tagwarden.model.resource import ProviderName
from tagwarden.pipeline import (
    Access,
    Declarations,
    Pass,
    PassDependencies,
    load_declarations,
    open_provider,
    recognise,
)
from tagwarden.planning import Prices
from tagwarden.providers.base import Progress, Provider, RequestCount
from tagwarden.providers.endpoints import ENDPOINTS_VARIABLE, read_endpoints
from tagwarden.state import Database, Identities

PRICES_VARIABLE = "TAGWARDEN_PRICES"
LAKE_VARIABLE = "TAGWARDEN_LAKE"


def now_utc() -> datetime:
    """Give the current time: the only clock of the command line."""
    return datetime.now(UTC)


def duration_of(option: str, text: str) -> timedelta:
    """Parse the duration of an option; raise BadInput that names the option."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise BadInput(f"{option}: {error}") from error


def lake_of(inventory: Path | None) -> Lake:
    """Open the lake: at the place of the environment, else in the inventory, whose place is usual where None."""
    return Lake(os.environ.get(LAKE_VARIABLE) or (inventory or state_folder() / "inventory") / "lake")


@dataclass
class CommandContext:
    """The declarations of `files` and the stores named by options; each store is opened on first use."""

    files: Sequence[str]
    inventory: Path | None = None
    state: str | None = None
    kubeconfig: Path | None = None
    quiet: bool = False
    operator_per_hour: int | None = None
    account_per_hour: int | None = None
    price_list: Path | None = None
    calls_per_second: int = CALLS_PER_SECOND
    snapshot_valid: timedelta = EnforceSettings().snapshot_valid
    plan_valid: timedelta = EnforceSettings().plan_valid
    accepted: Mapping[str, str] = field(default_factory=dict)
    _opened: list[tuple[ProviderName, Provider]] = field(default_factory=list)

    @cached_property
    def declarations(self) -> Declarations:
        """The policies and accounts of `files`."""
        return load_declarations(self.files)

    @cached_property
    def snapshots(self) -> SnapshotStore:
        """The stored snapshots."""
        return SnapshotStore(self._inventory)

    @cached_property
    def plans(self) -> PlanStore:
        """The stored plans."""
        return PlanStore(self._inventory)

    @cached_property
    def lake(self) -> Lake:
        """The tables with history."""
        return lake_of(self._inventory)

    @cached_property
    def database(self) -> Database:
        """The journal and the history."""
        return Database(self.state or f"sqlite:///{state_folder() / 'state.db'}")

    @cached_property
    def prices(self) -> Prices | None:
        """The price list; None without a list.

        An error in the list given by an option is raised. An error in the list given by the environment is only
        reported, since prices decide nothing.
        """
        if self.price_list is not None:
            return load_prices(self.price_list)
        usual = os.environ.get(PRICES_VARIABLE)
        if not usual:
            return None
        try:
            return load_prices(Path(usual))
        except BadInput as error:
            report_progress(f"tagwarden: {error}; costs are unknown until this is corrected")
            return None

    @property
    def progress(self) -> Progress | None:
        """The progress writer; None with --quiet."""
        return None if self.quiet else report_progress

    @property
    def pace(self) -> EnforceSettings:
        """The limits and rates of carrying out plans."""
        return EnforceSettings(
            calls_per_second=self.calls_per_second, snapshot_valid=self.snapshot_valid, plan_valid=self.plan_valid
        )

    @cached_property
    def tools(self) -> PassDependencies:
        """The dependencies of a pass."""
        return PassDependencies(
            self.snapshots,
            self.plans,
            self.database,
            self.provider_of,
            now_utc,
            self.progress,
            settings=self.pace,
            operator_per_hour=self.operator_per_hour,
            account_per_hour=self.account_per_hour,
            prices=self.prices,
            lake=self.lake,
        )

    def provider_of(self, account: CloudAccount) -> Provider:
        """Open the provider of an account with the account's credentials."""
        provider = open_provider(account, self.declarations, self._access)
        self._opened.append((account.spec.provider, provider))
        return provider

    @cached_property
    def _access(self) -> Access:
        """The settings for connecting to accounts."""
        endpoints = read_endpoints(os.environ.get(ENDPOINTS_VARIABLE, ""))
        return Access(self.kubeconfig, endpoints, self._recognise)

    def _recognise(self, account: str, identity: str) -> None:
        """Refuse a cluster other than the pinned cluster of the account (S22)."""
        pin = self.declarations.pins.get(account, NO_PIN)
        pin = Pin(pin.seen, self.accepted.get(account, pin.accepted))
        recognise(account, identity, pin, Identities(self.database), now_utc())

    @property
    def requests(self) -> list[tuple[ProviderName, RequestCount]]:
        """The number of requests made so far, per vendor."""
        return [(name, count) for name, provider in self._opened for count in provider.requests]

    def policies(self, name: str | None) -> list[str]:
        """Name the selected policy, or all; raise BadInput without any policy."""
        known = self.declarations.policies
        if name is None and known:
            return list(known)
        if name is not None and name in known:
            return [name]
        if name is None:
            raise BadInput(f"{', '.join(self.files)}: no CleanupPolicy found")
        raise BadInput(f"--policy: no CleanupPolicy {name}; there are {', '.join(known) or 'none'}")

    def accounts(self, names: Sequence[str] | None) -> list[CloudAccount]:
        """Give the selected accounts, or all; raise BadInput when a selected account is not declared."""
        known = self.declarations.accounts
        missing = [name for name in names or () if name not in known]
        if missing:
            raise BadInput(f"--account: no CloudAccount {', '.join(missing)}; there are {', '.join(known) or 'none'}")
        if not known:
            raise BadInput(f"{', '.join(self.files)}: no CloudAccount found")
        return [known[name] for name in names] if names else list(known.values())

    @property
    def _inventory(self) -> Path:
        return self.inventory or state_folder() / "inventory"


def for_each_policy(names: Sequence[str], work: Callable[[str], Pass]) -> tuple[list[Pass], int]:
    """Process each policy; an error is reported on standard error and does not stop the other policies (S12).

    Gives the results and the exit status so far. Raises the first error when every policy failed.
    """
    made: list[Pass] = []
    errors: list[tuple[str, TagwardenError]] = []
    for name in names:
        try:
            made.append(work(name))
        except TagwardenError as error:
            errors.append((name, error))
    if not made:
        raise errors[0][1]
    for name, wrong in errors:
        report_progress(f"tagwarden: {name}: {wrong}")
    return made, max((EXIT_BAD_INPUT if isinstance(wrong, BadInput) else EXIT_FAILED for _, wrong in errors), default=0)
