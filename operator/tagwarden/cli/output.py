"""Output on standard output: one document for machines, tables for people."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Literal

import orjson
import yaml
from rich.console import Console
from rich.text import Text

from tagwarden.cli.exit_codes import EXIT_FAILED, EXIT_NOT_COMPLIANT
from tagwarden.cli.filters import NO_FILTERS, Filters
from tagwarden.cli.options import Output, PassOutput
from tagwarden.cli.planned_rows import columns_of, rows_of
from tagwarden.cli.progress import report_progress
from tagwarden.cli.tabular import TableColumn, plain, write_rows
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType, Plan, PlannedResource
from tagwarden.model.report import PassReport
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Verdict
from tagwarden.pipeline import Pass
from tagwarden.planning import describe_savings, plan_json
from tagwarden.providers.base import RequestCount
from tagwarden.reporting import requests_of

FIRST_SHOWN = 20
_WIDE = 2_000


def answer(document: Any, form: StrEnum) -> None:
    """Write one document as YAML, or else as JSON."""
    if form.value == Output.YAML:
        sys.stdout.write(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    else:
        sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.flush()


def console() -> Console:
    """Give a console for standard output; colours are for terminals without NO_COLOR.

    The width is COLUMNS, else that of the terminal; without both, lines are not wrapped.
    """
    is_known = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return Console(width=None if is_known else _WIDE, highlight=False, color_system=colours)


def answer_passes(
    passes: Sequence[Pass], requests: Sequence[tuple[ProviderName, RequestCount]], form: PassOutput
) -> None:
    """Write one pass with the number of requests, or a list when several policies were requested."""
    documents = []
    for made in passes:
        report = made.report
        if len(passes) == 1:
            report = report.model_copy(update={"requests": requests_of(requests)})
        told = report.model_dump(mode="json", by_alias=True)
        outcomes = [_outcome_json(outcome) for outcome in made.outcomes]
        is_short = form is PassOutput.REPORT
        documents.append(told if is_short else {**plan_json(made.plan), "outcomes": outcomes, "report": told})
    answer(documents[0] if len(documents) == 1 else documents, form)


def exit_status(reports: Sequence[PassReport], *, check: bool) -> int:
    """Give the exit status of passes; with `check`, 3 when a resource is not compliant."""
    if any(report.summary.failed for report in reports):
        return EXIT_FAILED
    return EXIT_NOT_COMPLIANT if check and not all(report.is_compliant for report in reports) else 0


def write_passes(passes: Sequence[Pass], filters: Filters[PlannedResource], form: PassOutput, *, full: bool) -> None:
    """Write the resources of all passes as CSV, or the uids, one per line."""
    rows = [row for made in passes for row in rows_of(made, filters, full=full)]
    tell_unmatched(passes, filters)
    if form is PassOutput.CSV:
        write_rows(columns_of([made.plan for made in passes]), rows, form, console())
    else:
        write_names(row.planned.resource.uid for row in rows)


def write_names(names: Iterable[str]) -> None:
    """Write names, each once, one per line, for `xargs`."""
    sys.stdout.writelines(f"{plain(name)}\n" for name in dict.fromkeys(names))
    sys.stdout.flush()


def tell_unmatched(passes: Sequence[Pass], filters: Filters[PlannedResource]) -> None:
    """Report filters that match nothing on standard error."""
    for made in passes:
        for complaint in filters.complaints(made.plan.resources):
            report_progress(f"tagwarden: {made.plan.policy}: {complaint}")


def show_passes(
    passes: Sequence[Pass],
    screen: Console,
    form: PassOutput,
    *,
    full: bool,
    filters: Filters[PlannedResource] = NO_FILTERS,
    dry_run: bool = False,
    with_plans: bool = True,
) -> None:
    """Show passes: the most important resources unless on screen already, outcomes, and the summaries last.

    The summaries are together, next to the question of `apply`.
    """
    for made in passes:
        if len(passes) > 1:
            say(screen, f"{made.plan.policy}:", "bold")
        if with_plans or not made.outcomes:
            show_resources(made, screen, form, full=full, filters=filters)
        if made.outcomes:
            show_outcomes(made.outcomes, screen)
    for made in passes:
        show_summary(made, screen, dry_run=dry_run)


def show_resources(
    made: Pass, screen: Console, form: PassOutput, *, full: bool, filters: Filters[PlannedResource]
) -> None:
    """Show the most important resources of a plan, or all, and the sources that could not be read."""
    tell_unmatched([made], filters)
    found = rows_of(made, filters, full=full)
    shown = found if full else found[:FIRST_SHOWN]
    if shown:
        write_rows(columns_of([made.plan]), shown, form, screen)
    if len(shown) < len(found):
        say(screen, f"and {len(found) - len(shown)} more; --full shows all")
    if filters:
        say(screen, f"{len(found)} of {len(made.plan.resources)} resources match {filters}")
    for problem in made.problems:
        say(screen, f"could not read: {problem}", "yellow")
    if shown or filters or made.problems:
        screen.print()


def show_summary(made: Pass, screen: Console, *, dry_run: bool = False) -> None:
    """Show the counts of a plan, the reason why it is held, and the number of actions that were carried out."""
    plan = made.plan
    spec = made.decision.policy_set.policy.spec
    verdicts = Counter(planned.judgement.verdict for planned in plan.resources)
    counts = "  ".join(f"{verdict} {verdicts[verdict]}" for verdict in Verdict if verdicts[verdict])
    say(screen, f"{plan.policy} ({spec.mode})  plan {plan.hash}", "bold")
    say(screen, f"{len(plan.resources)} resources  {counts or f'none governed: {_why_none(made)}'}")
    if plan.deletes:
        say(screen, describe_savings(plan))
    say(screen, f"{_actions(plan)}, {_withheld(plan)}")
    if plan.stopped is not None:
        say(screen, f"stopped: {plan.stopped.reason}: {plan.stopped.message}", "yellow")
    if made.held is not None:
        say(screen, f"no changes were made: {made.held.reason}: {made.held.message}", "yellow")
    if made.outcomes:
        done = sum(outcome.succeeded for outcome in made.outcomes)
        told = "would be done; this was a dry run, no changes were made" if dry_run else "done"
        say(screen, f"{done} of {len(made.outcomes)} actions {told}")


def say(screen: Console, line: str, style: str = "") -> None:
    """Print one line without wrapping; names come from other people, so brackets are not markup."""
    screen.print(Text(plain(line), style), soft_wrap=True)


def _actions(plan: Plan) -> str:
    """Count the planned deletions and tag changes."""
    deletions, backups, changes = map(plan.count, (ActionType.DELETE, ActionType.BACKUP, ActionType.SET_TAGS))
    after = f" after {_counted(backups, 'backup')}" if backups else ""
    return f"{_counted(deletions, 'deletion')}{after}, {_counted(changes, 'tag change')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _withheld(plan: Plan) -> str:
    """Count the withheld resources, in total and per reason, the most frequent reason first."""
    reasons = Counter(planned.withheld.reason for planned in plan.resources if planned.withheld is not None)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"{reasons.total()} withheld" + (f" ({told})" if told else "")


def _why_none(made: Pass) -> str:
    """Explain why a policy governs no resource: a wrong scope looks like a compliant account."""
    policy_set, world = made.decision.policy_set, made.decision.world
    scope = policy_set.policy.spec.scope
    read = [policy_set.accounts[name].account for name in world.snapshots if name in policy_set.accounts]
    covered = [account for account in read if policy_set.policy.scope.covers_account(account)]
    found = sum(len(world.snapshots[account.name].resources) for account in covered)
    if not found:
        return "no resources were found"
    outside = [
        f"{account.name} is {account.spec.environment}"
        for account in covered
        if account.spec.environment not in scope.environments and not account.spec.environments
    ]
    if len(outside) == len(covered):
        wanted = ", ".join(scope.environments)
        return (
            f"spec.scope.environments is {wanted}, and {', '.join(outside)}"
            " (an account without an environment counts as production)"
        )
    return f"spec.scope matches none of the {found} resources found; check kinds, environments, where and exclude"


def show_outcomes(outcomes: Sequence[Outcome], screen: Console) -> None:
    """Show the outcome of each action, or of a dry run the expected outcome."""
    write_rows(_OUTCOME_COLUMNS, outcomes, PassOutput.TABLE, screen)
    screen.print()


_OUTCOME_STYLES = {ActionState.VERIFIED: "green", ActionState.FAILED: "red", ActionState.WITHHELD: "yellow"}
_OUTCOME_COLUMNS: tuple[TableColumn[Outcome], ...] = (
    TableColumn("state", "State", lambda row: row.state, style=lambda row: _OUTCOME_STYLES.get(row.state, "")),
    TableColumn("action", "Action", lambda row: row.action.type),
    TableColumn("resource", "Resource", lambda row: str(row.resource)),
    TableColumn("why", "Why", lambda row: f"{row.reason}: {row.message}" if row.message else row.reason, is_text=True),
)


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "uid": outcome.action.uid,
        "type": outcome.action.type.value,
        "state": outcome.state.value,
        "reason": outcome.reason.value,
        "message": outcome.message,
        "at": outcome.at.isoformat(),
        "attempts": outcome.attempts,
        "entry": outcome.entry,
        "requestId": outcome.request_id,
    }
