"""A pass of a policy: the run, and the status and events afterwards."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from tagwarden.controller.children import Finished
from tagwarden.controller.conditions import (
    ConditionUpdate,
    compliance,
    limits,
    sources,
    when_done,
    when_failed,
    while_running,
)
from tagwarden.controller.due import Spread, Why, jitter_of, next_run
from tagwarden.controller.events import EventType
from tagwarden.controller.inventory_pages import InventoryReport
from tagwarden.controller.pass_context import Inputs, PassContext
from tagwarden.controller.policy_check import PolicyCheck, ScopeAccounts, acts, no_account, timing_of
from tagwarden.controller.watched_objects import WatchedAccount, WatchedPolicy
from tagwarden.judging import CompiledPolicy
from tagwarden.model.messages import condition_messages as messages
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.report import PassReport
from tagwarden.model.status import LastRun

_FAILURES_SHOWN = 3


@dataclass
class PolicyPass:
    """The passes of all policies."""

    context: PassContext
    check: PolicyCheck
    report: InventoryReport

    async def run(
        self,
        watched: WatchedPolicy,
        why: Why,
        policies: Mapping[str, WatchedPolicy],
        accounts: Mapping[str, WatchedAccount],
        stop: asyncio.Event,
    ) -> None:
        """Run a pass and write the outcome.

        The pass stops after the current action when `stop` is set or the pass is cancelled, and is then due again. A
        cancelled pass writes no status.
        """
        policy, compiled = watched.policy, self.check.compile(watched)
        if policy is None or not isinstance(compiled, CompiledPolicy):
            return
        scope = self.check.scope_of(watched, accounts)
        async with self.context.place(scope.covered):
            if stop.is_set():
                return
            started = self.context.now()
            watched = await self.context.say(watched, while_running(_doing(policy, why)))
            inputs = await self.context.inputs(policies, accounts)
            finished = await self._run_child(policy, why, inputs, stop)
            if finished.was_stopped and not acts(policy, why):
                # A stopped pass that only plans is repeated, and nothing more is due.
                return
            spread = Spread(compiled.schedule, jitter_of(watched.meta.uid, self.context.settings.jitter_seconds))
            following = next_run(timing_of(watched), spread, why, started)
            ended = self.context.now()
            if following <= ended:
                following = spread.next_after(ended)
            fields: dict[str, Any] = {"observed_generation": watched.meta.generation, "next_run_time": following}
            await self._tell(watched, policy, finished, scope, why, fields, (started, ended))
        if not stop.is_set():
            await self.report.write()

    async def _run_child(self, policy: CleanupPolicy, why: Why, inputs: Inputs, stop: asyncio.Event) -> Finished:
        command = "apply" if acts(policy, why) else "plan"
        arguments = [command, "--policy", policy.name, "--stored", "--output", "report"]
        if command == "apply":
            arguments += ["--yes", "--lease-file", str(self.context.leadership.file)]
        return await self.context.run_child(arguments, inputs, f"{command} {policy.name}", stop)

    async def _tell(
        self,
        watched: WatchedPolicy,
        policy: CleanupPolicy,
        finished: Finished,
        scope: ScopeAccounts,
        why: Why,
        fields: dict[str, Any],
        times: tuple[datetime, datetime],
    ) -> None:
        report = read_report(finished)
        failure = _failure(finished, report, scope)
        outcome = _outcome(report, failure)
        started, ended = times
        if outcome is Reason.Interrupted:
            # The pass restarts from a new snapshot, and the trigger stays unhandled.
            fields["next_run_time"] = ended
        else:
            fields |= _handled(watched, why)
        seconds = (ended - started).total_seconds()
        self.context.metrics.pass_finished(policy.name, report, outcome=outcome, seconds=seconds)
        fields["last_run"] = LastRun(
            id=report.run_id if report else f"{policy.name}-{int(started.timestamp())}",
            start_time=started,
            completion_time=ended,
            outcome=outcome,
            plan_hash=report.plan_hash if report else "",
        )
        if report is not None:
            fields |= {"summary": report.summary, "findings": report.findings, "pending_plan": report.pending}
        await self.context.say(watched, conditions_of(report, failure), **fields)
        for type_, reason, message in _events(report, failure):
            await self.context.recorder.record(watched.subject, type_, reason, message)


def _handled(watched: WatchedPolicy, why: Why) -> dict[str, Any]:
    """Give the status fields of the requests that a pass has handled."""
    fields = {
        "last_handled_run_request": watched.meta.requested or None,
        "last_handled_release": watched.meta.released_brake or None,
    }
    if why is not Why.CHANGED:
        # A pass after a spec change only plans: the approval is still to be handled.
        fields["last_handled_approval"] = watched.meta.approved_plan or None
    return fields


def _doing(policy: CleanupPolicy, why: Why) -> str:
    return messages.ENFORCING(cause=why) if acts(policy, why) else messages.PLANNING(cause=why)


def read_report(finished: Finished) -> PassReport | None:
    """Parse the report of a child; None if the child ended without a report."""
    try:
        return PassReport.model_validate(finished.answer)
    except ValidationError:
        return None


def _failure(finished: Finished, report: PassReport | None, scope: ScopeAccounts) -> tuple[Reason, str] | None:
    if finished.timed_out:
        return Reason.TimedOut, messages.TIMED_OUT()
    if report.is_interrupted if report is not None else finished.was_stopped:
        return Reason.Interrupted, messages.INTERRUPTED()
    if report is None:
        return (Reason.InvalidSpec if finished.status == 2 else Reason.Failed), finished.complaint
    if scope.missing:
        return Reason.AccountNotFound, no_account(scope.missing)
    return None


def _outcome(report: PassReport | None, failure: tuple[Reason, str] | None) -> Reason:
    """Give the outcome of the pass in one word."""
    if failure is not None:
        return failure[0]
    if report is not None and (kept := report.held or report.stopped):
        return kept.reason
    return Reason.ActionsFailed if report is not None and report.failures else Reason.Succeeded


def conditions_of(report: PassReport | None, failure: tuple[Reason, str] | None) -> tuple[ConditionUpdate, ...]:
    """Give the conditions after a pass; `failure` is the reason if the pass failed."""
    if report is None:
        reason, message = failure or (Reason.Failed, "")
        return when_failed(reason, message)
    first = when_failed(*failure) if failure else when_done(_in_short(report))
    return (
        *first,
        sources(report.problems),
        limits(report.stopped),
        compliance(report.summary.scanned, report.open_count),
    )


def _in_short(report: PassReport) -> str:
    summary = report.summary
    text = messages.PASS_DONE(
        scanned=summary.scanned, deleted=summary.deleted, fixed=summary.fixed, shortened=summary.shortened
    )
    if summary.failed:
        text = messages.SOME_FAILED(text=text, failed=summary.failed)
    left = report.pending
    if left is None:
        return text
    text = messages.STILL_PLANNED(text=text, deletions=left.deletions, fixes=left.fixes, shortenings=left.shortenings)
    return messages.SAVING(text=text, sum=left.saved_per_month) if left.saved_per_month else text


def _events(report: PassReport | None, failure: tuple[Reason, str] | None) -> list[tuple[EventType, Reason, str]]:
    events: list[tuple[EventType, Reason, str]] = []
    if failure is not None:
        events.append((EventType.WARNING, *failure))
    if report is not None:
        if report.stopped is not None:
            events.append((EventType.WARNING, report.stopped.reason, report.stopped.message))
        if report.held is not None:
            waits = report.held.reason is Reason.NotApproved
            type_ = EventType.NORMAL if waits else EventType.WARNING
            events.append((type_, report.held.reason, report.held.message))
        if report.failures:
            shown = "; ".join(report.failures[:_FAILURES_SHOWN])
            events.append(
                (
                    EventType.WARNING,
                    Reason.ActionsFailed,
                    messages.ACTIONS_FAILED(failed=report.summary.failed, failures=shown),
                )
            )
        if failure is None:
            events.append((EventType.NORMAL, Reason.Succeeded, _in_short(report)))
    return events
