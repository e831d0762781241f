"""Finds at each tick the accounts and policies that are due, and starts their passes.

Level-triggered: every tick checks every declaration, so a lost event, a restart or a failed patch only causes delay.
Only the holder of the Lease schedules; after the loss of the Lease, running passes are stopped. A pass is also stopped
when one of its declarations changes (S17): editing the policy is the fastest way to stop a wrong deletion.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from tagwarden.controller.account_pass import AccountPass
from tagwarden.controller.child_input import Manifest
from tagwarden.controller.cluster import Cluster
from tagwarden.controller.due import Why
from tagwarden.controller.health import Pulse
from tagwarden.controller.leases import STARTING, Leadership
from tagwarden.controller.pass_context import Watched
from tagwarden.controller.policy_check import PolicyCheck
from tagwarden.controller.policy_pass import PolicyPass
from tagwarden.controller.started_from import StartedFrom, started_from
from tagwarden.controller.watched_objects import Reader, WatchedAccount, WatchedPolicy
from tagwarden.errors import NotFound, ProviderError
from tagwarden.judging.account_identities import duplicate_identities
from tagwarden.model.reasons import Reason
from tagwarden.reporting.metrics import Metrics

logger = logging.getLogger(__name__)

_QUIET_SECONDS = 0.2
"""The wait for further changes before a tick, since a single `kubectl apply` makes many."""

MISSING_CRDS = "the CRDs are not installed; install them with: tagwarden crds | kubectl apply --server-side -f -"


@dataclass(frozen=True)
class View:
    """All declarations at one tick, by name."""

    policies: dict[str, WatchedPolicy]
    accounts: Mapping[str, WatchedAccount]

    @cached_property
    def twins(self) -> Mapping[str, tuple[str, ...]]:
        """The other accounts of the same identity, by name (S22)."""
        declared = {name: one.account for name, one in self.accounts.items() if one.account is not None}
        seen = {name: one.status.identity.account for name, one in self.accounts.items() if one.status.identity}
        return duplicate_identities(declared, seen)


@dataclass(frozen=True, slots=True)
class Begun:
    """A running pass: the declarations, the request at the start, and the stop signal."""

    started_from: StartedFrom
    requested: str
    stop: asyncio.Event


@dataclass
class Scheduler:
    """Runs until cancelled; then first stops all passes."""

    cluster: Cluster
    leadership: Leadership
    accounts: AccountPass
    checks: PolicyCheck
    policies: PolicyPass
    pulse: Pulse
    metrics: Metrics
    clock: Callable[[], datetime]
    tick_seconds: float
    reader: Reader = field(default_factory=Reader)
    _running: dict[tuple[str, str], asyncio.Task[None]] = field(default_factory=dict)
    _begun: dict[tuple[str, str], Begun] = field(default_factory=dict)
    """The running passes without a stop signal."""
    _used: dict[str, str] = field(default_factory=dict)
    """The requests of stopped passes, by policy, until the status marks these as handled."""
    _requests: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _obstacle: str = STARTING
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Request a tick soon; called in the event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Tick until cancelled."""
        try:
            while True:
                self._wake.clear()
                await self._tick_or_say_why_not()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self.tick_seconds)
                    await asyncio.sleep(_QUIET_SECONDS)
        finally:
            await self._stop_everything()

    async def _tick_or_say_why_not(self) -> None:
        try:
            obstacle = await self._tick()
        except NotFound:
            obstacle = MISSING_CRDS
        except ProviderError as error:
            obstacle = str(error)
        if obstacle != self._obstacle:
            logger.log(logging.WARNING if obstacle else logging.INFO, "%s", obstacle or "reconciliation recovered")
            self._obstacle = obstacle
        self.pulse.beat(obstacle)
        self.metrics.ticked()
        self.metrics.leads(self.leadership.is_held)

    async def _tick(self) -> str:
        if not self.leadership.is_held:
            await self._stop_everything()
            # A standby replica is ready as long as another replica leads.
            return self.leadership.reason_without_leader
        policies = [await self._breathing(self.reader.policy, one) for one in await self.cluster.policies()]
        accounts = [await self._breathing(self.reader.account, one) for one in await self.cluster.accounts()]
        self.reader.keep([*(one.meta.uid for one in policies), *(one.meta.uid for one in accounts)])
        self.checks.keep({policy.meta.uid for policy in policies})
        view = View(
            {policy.meta.name: policy for policy in policies if not policy.meta.is_leaving},
            {account.meta.name: account for account in accounts if not account.meta.is_leaving},
        )
        self._measure(view)
        self._stop_withdrawn(view)
        await self._mark_handled(view)
        wanted = self._wanted(view)
        for account in view.accounts.values():
            await self._guarded(account.meta.name, self._consider_account(account, view, wanted.get(account.meta.name)))
        for policy in view.policies.values():
            await self._guarded(policy.meta.name, self._consider_policy(policy, view))
        return ""

    async def _guarded(self, name: str, considering: Coroutine[Any, Any, None]) -> None:
        """Check one object; a defect in one check never stops the others (S12)."""
        try:
            await considering
        except ProviderError:
            raise
        except Exception:
            logger.exception("cannot check %s", name)

    async def _breathing(self, read: Callable[[Manifest], Watched], manifest: Manifest) -> Watched:
        """Parse an object and yield to the event loop."""
        found = read(manifest)
        await asyncio.sleep(0)
        return found

    def _measure(self, view: View) -> None:
        self.metrics.policies_are(view.policies)
        self.metrics.accounts_are(view.accounts)
        for name, policy in view.policies.items():
            mode = policy.policy.spec.mode if policy.policy else ""
            self.metrics.policy_changed(name, mode, policy.status)
        for name, account in view.accounts.items():
            self.metrics.account_changed(name, account.status)

    def _wanted(self, view: View) -> dict[str, datetime]:
        """Give the time of the latest request for a fresh snapshot, by account name.

        Requests come from people who request a pass, and from policies whose last pass changed resources.
        """
        wanted: dict[str, datetime] = {}
        asked: dict[tuple[str, str], datetime] = {}
        for policy in view.policies.values():
            why = self.checks.why_due(policy, self.clock())
            since = _last_change(policy) if why in {Why.REQUESTED, Why.SCHEDULED} else None
            if why is Why.REQUESTED:
                key = (policy.meta.uid, policy.meta.requested)
                asked[key] = self._requests.get(key) or self.clock()
                since = max(asked[key], since or asked[key])
            if since is not None:
                for name in self.checks.scope_of(policy, view.accounts).covered:
                    wanted[name] = max(since, wanted.get(name, since))
        self._requests = asked
        return wanted

    async def _consider_account(self, account: WatchedAccount, view: View, wanted: datetime | None) -> None:
        key = ("account", account.meta.name)
        if key in self._running:
            return
        twins = view.twins.get(account.meta.name, ())
        why = await self.accounts.consider(account, wanted, twins)
        if why is not None:
            self._start(key, self.accounts.run(account, why, view.policies, view.accounts, twins))

    async def _consider_policy(self, policy: WatchedPolicy, view: View) -> None:
        key = ("policy", policy.meta.name)
        if key in self._running:
            return
        collecting = frozenset(name for kind, name in self._running if kind == "account")
        why = await self.checks.consider(policy, view.accounts, collecting)
        if why is not None:
            begun = Begun(self._started_from(policy.meta.name, view), policy.meta.requested, asyncio.Event())
            self._begun[key] = begun
            self._start(key, self.policies.run(policy, why, view.policies, view.accounts, begun.stop))

    def _started_from(self, name: str, view: View) -> StartedFrom:
        """Give the declarations of a pass of the policy that begins now."""
        policy = view.policies.get(name)
        covered = self.checks.scope_of(policy, view.accounts).covered if policy is not None else ()
        theirs = [view.accounts[account] for account in covered]
        other_policies = (
            one for one in view.policies.values() if one is not policy and self.checks.may_cover(one, theirs)
        )
        return started_from(policy, covered, other_policies, view.accounts, view.twins)

    def _stop_withdrawn(self, view: View) -> None:
        """Stop passes with a declaration that was changed, added or deleted since the start."""
        for key, begun in list(self._begun.items()):
            started_from = self._started_from(key[1], view)
            if started_from == begun.started_from:
                continue
            # Only once: a second signal would interrupt the current action.
            del self._begun[key]
            is_own = started_from.policy != begun.started_from.policy
            what = "the policy" if is_own else "an account or another policy"
            logger.info("stopping the pass of policy %s: %s was changed", key[1], what)
            if is_own:
                self._used[key[1]] = begun.requested
            if started_from.is_about(begun.started_from):
                begun.stop.set()
            else:
                # The policy is deleted, or another policy has the name.
                self._running[key].cancel()

    async def _mark_handled(self, view: View) -> None:
        """Mark a request as handled after its policy changed during the pass: the request was for the old spec.

        No pass of the policy begins before the mark is written.
        """
        for name, requested in list(self._used.items()):
            if requested and (policy := view.policies.get(name)) is not None:
                said = await self.policies.context.say(policy, (), last_handled_run_request=requested)
                view.policies[name] = said
            del self._used[name]

    def _start(self, key: tuple[str, str], work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=" ".join(key))
        self._running[key] = task
        task.add_done_callback(lambda ended: self._ended(key, ended))

    def _ended(self, key: tuple[str, str], task: asyncio.Task[None]) -> None:
        self._running.pop(key, None)
        self._begun.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A failing pass never stops the others (S12).
            logger.error("%s %s failed", *key, exc_info=error)
        self._wake.set()

    async def _stop_everything(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _last_change(policy: WatchedPolicy) -> datetime | None:
    summary, run = policy.status.summary, policy.status.last_run
    if summary is None or run is None:
        return None
    changed = summary.deleted + summary.fixed + summary.shortened
    # The unfinished part of an interrupted pass may have changed since, too.
    return run.completion_time if changed or run.outcome == Reason.Interrupted else None
