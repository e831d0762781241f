"""A pass of one policy: running it, and what its status and events say afterwards."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tagwarden.controller.children import Finished
from tagwarden.controller.conditions import Said, compliance, limits, sources, when_done, when_failed, while_running
from tagwarden.controller.events import EventType
from tagwarden.controller.objects import WatchedAccount, WatchedPolicy
from tagwarden.controller.policy_check import PolicyCheck, ScopeAccounts, acts, no_account, timing_of
from tagwarden.controller.results import PassResult, read_pass
from tagwarden.controller.schedule import Spread, Why, jitter_of, next_run
from tagwarden.controller.workshop import Inputs, Workshop
from tagwarden.judging import CompiledPolicy
from tagwarden.model.policy import Approval, CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.status import LastRun
from tagwarden.planning import APPROVAL_VALID

_FAILURES_SHOWN = 3


@dataclass
class PolicyPass:
    """The passes of all policies."""

    workshop: Workshop
    check: PolicyCheck

    async def run(
        self,
        watched: WatchedPolicy,
        why: Why,
        policies: Mapping[str, WatchedPolicy],
        accounts: Mapping[str, WatchedAccount],
        stop: asyncio.Event,
    ) -> None:
        """Run one pass, and say how it went.

        It stops after its current action when `stop` is set or when it is cancelled; it is then due again. Nothing is
        said of one that is cancelled.
        """
        policy, compiled = watched.policy, self.check.compile(watched)
        if policy is None or not isinstance(compiled, CompiledPolicy):
            return
        scope = self.check.scope_of(watched, accounts)
        async with self.workshop.place(scope.covered):
            if stop.is_set():
                return
            started = self.workshop.now()
            watched = await self.workshop.say(watched, while_running(_doing(policy, why)))
            inputs = await self.workshop.inputs(policies, accounts)
            finished = await self._run_child(policy, why, inputs, stop)
            if finished.was_stopped and not acts(policy, why):
                # A mere look is not done, so that it is made again, and no more is due than that.
                return
            spread = Spread(compiled.schedule, jitter_of(watched.meta.uid, self.workshop.settings.jitter_seconds))
            following = next_run(timing_of(watched), spread, why, started)
            ended = self.workshop.now()
            if following <= ended:
                following = spread.next_after(ended)
            fields: dict[str, Any] = {"observed_generation": watched.meta.generation, "next_run_time": following}
            await self._report(watched, policy, finished, scope, why, fields, (started, ended))

    async def _run_child(self, policy: CleanupPolicy, why: Why, inputs: Inputs, stop: asyncio.Event) -> Finished:
        command = "apply" if acts(policy, why) else "plan"
        arguments = [command, "--policy", policy.name, "--stored"]
        if command == "apply":
            arguments += ["--yes", "--lease-file", str(self.workshop.leadership.file)]
        return await self.workshop.run_child(arguments, inputs, f"{command} {policy.name}", stop)

    async def _report(
        self,
        watched: WatchedPolicy,
        policy: CleanupPolicy,
        finished: Finished,
        scope: ScopeAccounts,
        why: Why,
        fields: dict[str, Any],
        times: tuple[datetime, datetime],
    ) -> None:
        valid = APPROVAL_VALID if policy.spec.approval is Approval.REQUIRED else None
        # Off the event loop: a plan can hold a hundred thousand resources.
        result = await asyncio.to_thread(read_pass, finished.answer, approval_valid=valid)
        failure = _failure(finished, result, scope)
        outcome = _outcome(result, failure)
        started, ended = times
        if outcome is Reason.Interrupted:
            # It goes on from a fresh snapshot, and nothing that asked for it is used up.
            fields["next_run_time"] = ended
        else:
            fields |= _handled(watched, why)
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


def _handled(watched: WatchedPolicy, why: Why) -> dict[str, Any]:
    """Give the fields that say which requests a pass has used up."""
    fields = {
        "last_handled_run_request": watched.meta.requested or None,
        "last_handled_release": watched.meta.released_brake or None,
    }
    if why is not Why.CHANGED:
        # A look at a changed spec carries nothing out: the approval is still to be acted upon.
        fields["last_handled_approval"] = watched.meta.approved_plan or None
    return fields


def _doing(policy: CleanupPolicy, why: Why) -> str:
    return f"{'enforcing' if acts(policy, why) else 'planning'}, {why}"


def _failure(finished: Finished, result: PassResult | None, scope: ScopeAccounts) -> tuple[Reason, str] | None:
    if finished.timed_out:
        return Reason.TimedOut, "the pass took too long and was stopped"
    if result.is_interrupted if result is not None else finished.was_stopped:
        return Reason.Interrupted, "the pass was interrupted before its end; it goes on from a fresh snapshot"
    if result is None:
        return (Reason.InvalidSpec if finished.status == 2 else Reason.Failed), finished.complaint
    if scope.missing:
        return Reason.AccountNotFound, no_account(scope.missing)
    return None


def _outcome(result: PassResult | None, failure: tuple[Reason, str] | None) -> Reason:
    """Say in one word how the pass went."""
    if failure is not None:
        return failure[0]
    if result is not None and (kept := result.held or result.stopped):
        return kept[0]
    return Reason.ActionsFailed if result is not None and result.failures else Reason.Succeeded


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
    if result.failures:
        did += f", {len(result.failures)} failed"
    waits = result.pending
    if waits is None:
        return did
    planned = f"{did}; planned: {waits.deletions} deletions, {waits.fixes} fixes, {waits.shortenings} shortenings"
    return f"{planned}; {waits.saved_per_month} a month would be saved" if waits.saved_per_month else planned


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
        if result.failures:
            shown = "; ".join(result.failures[:_FAILURES_SHOWN])
            events.append((EventType.WARNING, Reason.ActionsFailed, f"{len(result.failures)} failed: {shown}"))
        if failure is None:
            events.append((EventType.NORMAL, Reason.Succeeded, _in_short(result)))
    return events
