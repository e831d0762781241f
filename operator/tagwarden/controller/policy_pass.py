"""A pass of one policy: whether it is due, running it, and what its status and events say afterwards."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tagwarden.controller.children import Finished
from tagwarden.controller.conditions import (
    Said,
    compliance,
    find,
    limits,
    sources,
    when_done,
    when_failed,
    when_suspended,
    when_unusable,
    when_waiting,
    while_running,
)
from tagwarden.controller.declarations import config_maps_of
from tagwarden.controller.events import EventType
from tagwarden.controller.objects import WatchedAccount, WatchedPolicy
from tagwarden.controller.results import PassResult, read_pass
from tagwarden.controller.schedule import Spread, Timing, Why, jitter_of, next_run, why_due
from tagwarden.controller.workshop import Inputs, Workshop
from tagwarden.errors import InvalidField
from tagwarden.judging import CompiledPolicy, compile_policy
from tagwarden.model.policy import Approval, CleanupPolicy, Mode
from tagwarden.model.reasons import Reason
from tagwarden.model.status import ConditionType, LastRun
from tagwarden.planning import APPROVAL_VALID

_COMES_BACK = frozenset(
    {
        Reason.Suspended,
        Reason.AccountNotFound,
        Reason.NoAccounts,
        Reason.SecretNotFound,
        Reason.SnapshotMissing,
        Reason.SnapshotStale,
    }
)
"""Obstacles that can go away without a change of the spec: then the policy is looked at again at once."""


@dataclass(frozen=True, slots=True)
class ScopeAccounts:
    """The accounts that a policy covers, and the names it gives that no account has."""

    covered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass
class PolicyPass:
    """The passes of all policies."""

    workshop: Workshop
    _compiled: dict[str, tuple[int, CompiledPolicy | InvalidField]] = field(default_factory=dict)

    async def consider(
        self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount], collecting: frozenset[str]
    ) -> Why | None:
        """Say why the policy is to run now, if it is; write into its status what keeps it from running.

        `collecting` are the accounts that are being collected: their policies wait for the fresh snapshot.
        """
        if await self._is_kept(watched, accounts):
            return None
        why = self.why_due(watched, self.workshop.clock())
        covered = self.scope_of(watched, accounts).covered
        if why is None or collecting & set(covered):
            return None
        if await self._lacks_config_map(watched) or await self._is_blind(watched, [accounts[name] for name in covered]):
            return None
        return why

    def why_due(self, watched: WatchedPolicy, now: datetime) -> Why | None:
        """Say why a pass is due, if it is."""
        return why_due(_timing(watched, recovered=self._has_recovered(watched)), now)

    def scope_of(self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount]) -> ScopeAccounts:
        """Give the accounts that the policy covers."""
        compiled = self._compile(watched)
        if watched.policy is None or not isinstance(compiled, CompiledPolicy):
            return ScopeAccounts()
        covered = [name for name, one in accounts.items() if one.account and compiled.scope.covers_account(one.account)]
        missing = [name for name in watched.policy.spec.scope.accounts.names if name not in accounts]
        return ScopeAccounts(tuple(covered), tuple(missing))

    async def run(
        self,
        watched: WatchedPolicy,
        why: Why,
        policies: Mapping[str, WatchedPolicy],
        accounts: Mapping[str, WatchedAccount],
    ) -> None:
        """Run one pass, and say how it went. Cancelling stops it after its current action; it is then due again."""
        policy, compiled = watched.policy, self._compile(watched)
        if policy is None or not isinstance(compiled, CompiledPolicy):
            return
        scope = self.scope_of(watched, accounts)
        async with self.workshop.place(scope.covered):
            started = self.workshop.now()
            watched = await self.workshop.say(watched, while_running(_doing(policy, why)))
            inputs = await self.workshop.inputs(policies, accounts)
            finished = await self._run_child(policy, why, inputs)
            spread = Spread(compiled.schedule, jitter_of(watched.meta.uid, self.workshop.settings.jitter_seconds))
            following = next_run(_timing(watched), spread, why, started)
            ended = self.workshop.now()
            if following <= ended:
                following = spread.next_after(ended)
            fields: dict[str, Any] = {
                "observed_generation": watched.meta.generation,
                "next_run_time": following,
                "last_handled_run_request": watched.meta.requested or None,
                "last_handled_approval": watched.meta.approved_plan or None,
            }
            await self._report(watched, policy, finished, scope, fields, (started, ended))

    async def _run_child(self, policy: CleanupPolicy, why: Why, inputs: Inputs) -> Finished:
        command = "apply" if _acts(policy, why) else "plan"
        arguments = [command, "--policy", policy.name, "--stored", "--state", self.workshop.settings.state]
        if command == "apply":
            arguments += ["--lease-file", str(self.workshop.leadership.file)]
        return await self.workshop.run_child(arguments, inputs, f"{command} {policy.name}")

    async def _report(
        self,
        watched: WatchedPolicy,
        policy: CleanupPolicy,
        finished: Finished,
        scope: ScopeAccounts,
        fields: dict[str, Any],
        times: tuple[datetime, datetime],
    ) -> None:
        valid = APPROVAL_VALID if policy.spec.approval is Approval.REQUIRED else None
        # Off the event loop: a plan can hold a hundred thousand resources.
        result = await asyncio.to_thread(read_pass, finished.answer, approval_valid=valid)
        failure = _failure(finished, result, scope)
        kept = result and (result.held or result.stopped)
        outcome = failure[0] if failure else kept[0] if kept else Reason.Succeeded
        started, ended = times
        seconds = (ended - started).total_seconds()
        await asyncio.to_thread(
            self.workshop.metrics.pass_finished, policy.name, finished.answer, outcome=outcome, seconds=seconds
        )
        fields["last_run"] = LastRun(
            id=(result.run_id if result else "") or f"{policy.name}-{int(started.timestamp())}",
            start_time=started,
            completion_time=ended,
            outcome=outcome,
            plan_hash=result.hash if result else "",
        )
        if result is not None:
            fields |= {"summary": result.summary, "findings": result.findings, "pending_plan": result.pending}
        await self.workshop.say(watched, _said(result, failure), **fields)
        for type_, reason, message in _events(result, failure):
            await self.workshop.recorder.record(watched.subject, type_, reason, message)

    def _compile(self, watched: WatchedPolicy) -> CompiledPolicy | InvalidField | None:
        if watched.policy is None:
            return None
        known = self._compiled.get(watched.meta.uid)
        if known is not None and known[0] == watched.meta.generation:
            return known[1]
        compiled: CompiledPolicy | InvalidField
        try:
            compiled = compile_policy(watched.policy)
        except InvalidField as error:
            compiled = error
        self._compiled[watched.meta.uid] = (watched.meta.generation, compiled)
        return compiled

    def _unusable(self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount]) -> tuple[Reason, str] | None:
        compiled = self._compile(watched)
        if compiled is None:
            return Reason.InvalidSpec, f"spec: {watched.mistake}"
        if isinstance(compiled, InvalidField):
            return compiled.reason, str(compiled)
        scope = self.scope_of(watched, accounts)
        if scope.covered:
            return None
        if scope.missing:
            return Reason.AccountNotFound, _no_account(scope.missing)
        return Reason.NoAccounts, "spec.scope.accounts.labels: no CloudAccount carries all of these labels"

    async def _is_kept(self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount]) -> bool:
        """Say whether something that a person has to change keeps the policy from running, and write what it is."""
        unusable = self._unusable(watched, accounts)
        if unusable is not None:
            await self._say_unusable(watched, *unusable)
            return True
        if watched.policy is not None and watched.policy.spec.suspend:
            await self._say_suspended(watched)
            return True
        return False

    async def _is_blind(self, watched: WatchedPolicy, accounts: Sequence[WatchedAccount]) -> bool:
        """Say whether there is nothing to judge: no account was seen, or none lately; and write which."""
        unseen = [account.meta.name for account in accounts if not _was_looked_at(account)]
        if unseen:
            message = f"waiting for the first snapshot of {', '.join(unseen)}"
            await self.workshop.say(watched, when_waiting(Reason.SnapshotMissing, message))
            return True
        problems = [problem for account in accounts if (problem := _why_blind(account, self.workshop.clock()))]
        if len(problems) < len(accounts):
            return False
        reason, message = problems[0]
        ready = find(watched.status.conditions, ConditionType.READY)
        said = (*when_failed(reason, message), sources([text for _, text in problems], reason))
        await self.workshop.say(watched, said, observed_generation=watched.meta.generation)
        if ready is None or (ready.reason, ready.message) != (reason, message):
            await self.workshop.recorder.record(watched.subject, EventType.WARNING, reason, message)
        return True

    async def _lacks_config_map(self, watched: WatchedPolicy) -> bool:
        """Say whether a ConfigMap that the policy names does not exist, and write which."""
        names = config_maps_of(watched.policy) if watched.policy else ()
        found = await self.workshop.cluster.config_maps(names)
        missing = [name for name in names if name not in found]
        if not missing:
            return False
        namespace = self.workshop.cluster.namespace
        message = (
            f"spec.owner.known.configMap: ConfigMap {missing[0]} is not in the namespace {namespace};"
            " create it there, or correct the name"
        )
        await self._say_unusable(watched, Reason.SecretNotFound, message)
        return True

    def _has_recovered(self, watched: WatchedPolicy) -> bool:
        ready = find(watched.status.conditions, ConditionType.READY)
        if ready is None or ready.reason not in _COMES_BACK:
            return False
        # A pass that went through without one of its accounts says so too, and is no reason to run again.
        return watched.status.next_run_time is None or ready.reason != Reason.AccountNotFound

    async def _say_unusable(self, watched: WatchedPolicy, reason: Reason, message: str) -> None:
        ready = find(watched.status.conditions, ConditionType.READY)
        await self.workshop.say(
            watched,
            when_unusable(reason, message),
            observed_generation=watched.meta.generation,
            next_run_time=None,
            last_handled_run_request=watched.meta.requested or None,
        )
        if ready is None or (ready.reason, ready.message) != (reason, message):
            await self.workshop.recorder.record(watched.subject, EventType.WARNING, reason, message)

    async def _say_suspended(self, watched: WatchedPolicy) -> None:
        await self.workshop.say(
            watched, when_suspended(), observed_generation=watched.meta.generation, next_run_time=None
        )


def _timing(watched: WatchedPolicy, *, recovered: bool = False) -> Timing:
    status, policy = watched.status, watched.policy
    waits = policy is not None and _acts(policy, Why.APPROVED) and status.pending_plan is not None
    return Timing(
        generation=watched.meta.generation,
        observed_generation=status.observed_generation,
        next_run=status.next_run_time,
        requested=watched.meta.requested,
        handled=status.last_handled_run_request or "",
        waiting=status.pending_plan.hash if waits and status.pending_plan else "",
        approved=watched.meta.approved_plan,
        acted=status.last_handled_approval or "",
        suspended=policy is not None and policy.spec.suspend,
        recovered=recovered,
    )


def _acts(policy: CleanupPolicy, why: Why) -> bool:
    """Say whether this pass may act: never merely because somebody edited the policy."""
    return policy.spec.mode is Mode.ENFORCE and why is not Why.CHANGED


def _doing(policy: CleanupPolicy, why: Why) -> str:
    return f"{'enforcing' if _acts(policy, why) else 'planning'}, {why}"


def _was_looked_at(account: WatchedAccount) -> bool:
    """Say whether there is a snapshot, or a reason why there is none."""
    ready = find(account.status.conditions, ConditionType.READY)
    return account.status.last_snapshot is not None or (ready is not None and ready.status == "False")


def _why_blind(account: WatchedAccount, now: datetime) -> tuple[Reason, str] | None:
    """Say why the account cannot be judged: it has no snapshot, or one that is too old to act upon."""
    snapshot, declared = account.status.last_snapshot, account.account
    ready = find(account.status.conditions, ConditionType.READY)
    because = f": {ready.message}" if ready is not None and ready.status == "False" else ""
    if snapshot is None or declared is None:
        return Reason.SnapshotMissing, f"account {account.meta.name} has no snapshot{because}"
    if now - snapshot.time > declared.stale_after:
        return Reason.SnapshotStale, f"the last snapshot of account {account.meta.name} is too old{because}"
    return None


def _no_account(names: tuple[str, ...]) -> str:
    return f"spec.scope.accounts.names: no CloudAccount {', '.join(names)}; create it, or correct the name"


def _failure(finished: Finished, result: PassResult | None, scope: ScopeAccounts) -> tuple[Reason, str] | None:
    if finished.timed_out:
        return Reason.TimedOut, "the pass took too long and was stopped"
    if result is None:
        return (Reason.InvalidSpec if finished.status == 2 else Reason.Failed), finished.complaint
    if scope.missing:
        return Reason.AccountNotFound, _no_account(scope.missing)
    if result.failures:
        shown = "; ".join(result.failures[:3])
        return Reason.Failed, f"{len(result.failures)} actions failed: {shown}"
    return None


def _said(result: PassResult | None, failure: tuple[Reason, str] | None) -> tuple[Said, ...]:
    if result is None:
        reason, message = failure or (Reason.Failed, "")
        return when_failed(reason, message)
    first = when_failed(*failure) if failure else when_done(_in_short(result))
    scanned = result.summary.scanned
    return (
        *first,
        sources(result.source_problems),
        limits(result.stopped),
        compliance(scanned, scanned - result.open_count),
    )


def _in_short(result: PassResult) -> str:
    summary = result.summary
    did = (
        f"{summary.scanned} resources: {summary.deleted} deleted, {summary.fixed} fixed, {summary.shortened} shortened"
    )
    waits = result.pending
    if waits is None:
        return did
    return f"{did}; planned: {waits.deletions} deletions, {waits.fixes} fixes, {waits.shortenings} shortenings"


def _events(result: PassResult | None, failure: tuple[Reason, str] | None) -> list[tuple[EventType, Reason, str]]:
    events: list[tuple[EventType, Reason, str]] = []
    if failure is not None:
        events.append((EventType.WARNING, *failure))
    if result is not None:
        if result.stopped is not None:
            events.append((EventType.WARNING, *result.stopped))
        if result.held is not None:
            waits = result.held[0] is Reason.NotApproved
            events.append((EventType.NORMAL if waits else EventType.WARNING, *result.held))
        if failure is None:
            events.append((EventType.NORMAL, Reason.Succeeded, _in_short(result)))
    return events
