"""Output on standard output: one document for machines, tables for people."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tagwarden.cli.exit_codes import EXIT_FAILED, EXIT_NOT_COMPLIANT
from tagwarden.cli.options import Output, PassOutput
from tagwarden.model.duration import format_duration
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import ActionType, Plan, PlannedResource
from tagwarden.model.report import PassReport
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Verdict
from tagwarden.pipeline import Pass
from tagwarden.planning import Grounds, by_importance, describe_savings, plan_json
from tagwarden.providers.base import RequestCount
from tagwarden.reporting import asks, requests_of

FIRST_SHOWN = 20
_WIDE = 2_000
_STYLES = {
    Verdict.DELETE: "bold red",
    Verdict.PENDING: "yellow",
    Verdict.SHORTEN: "magenta",
    Verdict.FIX: "cyan",
    Verdict.REPORT: "yellow",
    Verdict.UNDECIDABLE: "bold yellow",
    Verdict.CONFLICT: "bold yellow",
}


def answer(document: Any, form: Output | PassOutput) -> None:
    """Write one document as YAML, or else as JSON."""
    if form.value == Output.YAML:
        sys.stdout.write(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    else:
        sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.flush()


def console() -> Console:
    """Give a console for tables, with the width of COLUMNS; lines are not wrapped without it and a terminal."""
    is_known = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(width=None if is_known else _WIDE, highlight=False)


def answer_passes(
    passes: Sequence[Pass], requests: Sequence[tuple[ProviderName, RequestCount]], form: PassOutput
) -> None:
    """Write one pass with its number of requests, or a list when several policies were requested."""
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


def show_pass(made: Pass, screen: Console, *, full: bool, dry_run: bool = False) -> None:
    """Show a plan as tables: counts, the most important resources, then the outcomes."""
    plan = made.plan
    policy = made.decision.policy_set.policy
    verdicts = dict.fromkeys(Verdict, 0)
    for planned in plan.resources:
        verdicts[planned.judgement.verdict] += 1
    counts = "  ".join(f"{verdict} {number}" for verdict, number in verdicts.items() if number)
    screen.print(f"[bold]{plan.policy}[/bold] ({policy.spec.mode})  plan {plan.hash}")
    screen.print(f"{len(plan.resources)} resources  {counts or f'none governed: {_why_none(made)}'}")
    backups = f" after {kept} backups" if (kept := plan.count(ActionType.BACKUP)) else ""
    screen.print(
        f"{plan.count(ActionType.DELETE)} deletions{backups}, {plan.count(ActionType.SET_TAGS)} tag changes, "
        f"{_withheld(plan)}"
    )
    if plan.deletes:
        screen.print(describe_savings(plan))
    if plan.stopped is not None:
        screen.print(f"[bold yellow]stopped: {plan.stopped.reason}: {plan.stopped.message}[/bold yellow]", markup=True)
    wanted = [
        planned
        for planned in by_importance(plan)
        if full or planned.actions or asks(planned.judgement, planned.withheld)
    ]
    shown = wanted if full else wanted[:FIRST_SHOWN]
    if shown:
        screen.print(_table_of(plan, shown))
    if len(shown) < len(wanted):
        screen.print(f"and {len(wanted) - len(shown)} more; --full shows all")
    for problem in made.problems:
        screen.print(f"[yellow]could not read: {problem}[/yellow]")
    if made.held is not None:
        screen.print(f"[bold yellow]no changes were made: {made.held.reason}: {made.held.message}[/bold yellow]")
    if made.outcomes:
        show_outcomes(made.outcomes, screen, dry_run=dry_run)


def _withheld(plan: Plan) -> str:
    """Count the withheld resources, in total and per reason, the most frequent reason first."""
    reasons = Counter(planned.withheld.reason for planned in plan.resources if planned.withheld is not None)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"{reasons.total()} withheld" + (f" ({told})" if told else "")


def _why_none(made: Pass) -> str:
    """Say why a policy governs no resource: a wrong scope looks the same as a compliant account."""
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


def show_outcomes(outcomes: Sequence[Outcome], screen: Console, *, dry_run: bool = False) -> None:
    """Show the outcome of each action, or of a dry run the expected outcome."""
    table = Table("State", "Action", "Resource", "Why", box=None, pad_edge=False)
    for outcome in outcomes:
        why = f"{outcome.reason}: {outcome.message}" if outcome.message else str(outcome.reason)
        table.add_row(outcome.state, outcome.action.type, escape(str(outcome.resource)), escape(why))
    screen.print()
    screen.print(table)
    done = sum(1 for outcome in outcomes if outcome.succeeded)
    told = "would be done; this was a dry run, no changes were made" if dry_run else "done"
    screen.print(f"{done} of {len(outcomes)} actions {told}")


def describe_action(planned: PlannedResource) -> str:
    """Describe in a few words the planned action on a resource."""
    words = []
    for action in planned.actions:
        if action.type is ActionType.DELETE:
            words.append(f"delete, wave {action.order}")
        elif action.keeping is not None:
            words.append(f"backup, kept {format_duration(action.keeping.time)}")
        else:
            words += [f"{key}={value}" for key, value in action.changes.set.items()]
            words += [f"-{key}" for key in action.changes.remove]
    if planned.taken_by:
        words.append("deleted with its parent")
    if planned.withheld is not None:
        words.append(f"withheld: {planned.withheld.reason}: {planned.withheld.message}")
    return ", ".join(words)


def _table_of(plan: Plan, resources: Sequence[PlannedResource]) -> Table:
    grounds = Grounds(plan)
    table = Table("Verdict", "Resource", "Owner", "Expires", box=None, pad_edge=False)
    if plan.has_prices:
        table.add_column("USD/month", justify="right")
    table.add_column("Why")
    table.add_column("Then")
    for planned in resources:
        judgement = planned.judgement
        table.add_row(
            f"[{style}]{judgement.verdict}[/{style}]"
            if (style := _STYLES.get(judgement.verdict))
            else judgement.verdict,
            # Names and tags come from other people: brackets in them are not markup.
            escape(str(planned.resource)),
            escape(judgement.owner or "-"),
            f"{judgement.expires:%Y-%m-%d %H:%MZ}" if judgement.expires else "-",
            *([_cost_of(planned)] if plan.has_prices else []),
            escape(_why(planned, grounds)),
            escape(describe_action(planned)),
        )
    return table


def _why(planned: PlannedResource, grounds: Grounds) -> str:
    """Give the evidence of a deletion and the findings; for other resources, the findings alone."""
    judgement = planned.judgement
    told = grounds.describe(planned)
    found = [each for each in judgement.findings if not told or each.reason is not judgement.deletion]
    return "; ".join(filter(None, (told, *(finding.message or finding.reason for finding in found))))


def _cost_of(planned: PlannedResource) -> str:
    return "unknown" if planned.cost is None else f"{planned.cost:,.2f}"


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
