"""`tagwarden explain`: the decision on one resource, with reasons and history."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tagwarden.cli import options
from tagwarden.cli.context import CommandContext, now_utc
from tagwarden.cli.evidence_table import Shown, describe_tags, evidence_json, show_evidence, shown
from tagwarden.cli.journal import entry_json
from tagwarden.cli.lookup import FORMS, candidates, plan_hash, the_one
from tagwarden.cli.options import Output
from tagwarden.cli.output import answer, console, say
from tagwarden.cli.planned_rows import describe_action
from tagwarden.cli.times import instant_from, with_distances
from tagwarden.errors import BadInput
from tagwarden.inventory import hash_of, load_plan, mentions, policy_of
from tagwarden.model.plan import Plan, PlannedResource
from tagwarden.planning import describe_cost
from tagwarden.state import Entry, Journal, Selection

Name = Annotated[str, typer.Argument(metavar="RESOURCE", help=f"{FORMS[0].upper()}{FORMS[1:]}.")]

AllEvidence = Annotated[
    bool, typer.Option("--evidence", help="Show the evidence of the decision, with the time of each observation.")
]


OfPlan = Annotated[
    str | None, typer.Option("--plan", metavar="HASH", help="The decision of this stored plan; a beginning is enough.")
]


def explain(
    resource: Name,
    policy: options.PolicyName = None,
    plan: OfPlan = None,
    *,
    evidence: AllEvidence = False,
    output: options.OutputFormat = Output.TABLE,
    inventory: options.Inventory = None,
    state: options.State = None,
) -> int:
    r"""Explain the latest stored decision of each policy on a resource, with the resource's journal entries.

    \b
    tagwarden explain i-0abc1234567890def
    tagwarden explain aws_s3_bucket/reports --output json
    tagwarden explain vpc-0abc1234567890def --evidence
    tagwarden explain i-0abc1234567890def --plan 9e71c9ac
    """
    context = CommandContext((), inventory, state)
    files = context.plans.files(policy)
    if plan is not None:
        wanted = plan_hash("--plan", plan, map(hash_of, files))
        files = tuple(file for file in files if hash_of(file) == wanted)
    found = list(_decisions(files, resource))
    meant = the_one((planned.resource for _, planned in found), resource)
    decisions = [(plan, planned) for plan, planned in found if meant and planned.resource.uid == meant.uid]
    # The uid finds entries under earlier names too; without a decision, the journal is searched for the given text.
    named = meant.uid if meant else resource
    entries = Journal(context.database).entries(Selection(resource=named, policy=policy))
    if not decisions and not entries:
        raise BadInput(
            f"{resource}: no stored decision and no journal entry; create a decision with: tagwarden plan -f DIR"
        )
    rests_on = [
        shown(plan, planned, context.snapshots.taken(plan.snapshots), entries) if evidence else None
        for plan, planned in decisions
    ]
    if output is Output.TABLE:
        _show(decisions, rests_on, entries, console(), now_utc())
    else:
        answer(
            {
                "decisions": [
                    _decision_json(plan, planned) | ({"evidence": evidence_json(told)} if told else {})
                    for (plan, planned), told in zip(decisions, rests_on, strict=True)
                ],
                "journal": [entry_json(entry) for entry in reversed(entries)],
            },
            output,
        )
    return 0


def _decisions(files: Sequence[Path], wanted: str) -> Iterable[tuple[Plan, PlannedResource]]:
    """Give the newest decision of each policy on the matching resources, from stored plans in order of time."""
    settled: set[str] = set()
    for path in reversed(files):
        name = policy_of(path)
        if name in settled or not mentions(path, wanted):
            continue
        plan = load_plan(path)
        meant = {one.uid for one in candidates((planned.resource for planned in plan.resources), wanted)}
        found = [planned for planned in plan.resources if planned.resource.uid in meant]
        if found:
            settled.add(name)
        for planned in found:
            yield plan, planned


def _show(
    decisions: Sequence[tuple[Plan, PlannedResource]],
    rests_on: Sequence[Shown | None],
    entries: Sequence[Entry],
    screen: Console,
    now: datetime,
) -> None:
    for (plan, planned), told in zip(decisions, rests_on, strict=True):
        say(screen, f"{planned.resource}  {planned.resource.uid}", "bold")
        for line in _lines_of(plan, planned, now):
            say(screen, line)
        if told is not None:
            show_evidence(told, screen, now)
    if entries:
        say(screen, "journal", "bold")
    for entry in reversed(entries):
        message = f": {with_distances(entry.message, now)}" if entry.message else ""
        say(
            screen,
            f"  {instant_from(entry.at, now)} {entry.action} {entry.state} ({entry.reason}{message}) "
            f"by {entry.actor or 'nobody'}, rule {entry.rule}, plan {entry.plan_hash}{_on_whose_word(entry)}",
        )


def _lines_of(plan: Plan, planned: PlannedResource, now: datetime) -> Iterable[str]:
    resource, judgement = planned.resource, planned.judgement
    yield f"{plan.policy} decided {judgement.verdict} at {instant_from(plan.generated_at, now)}"
    expires = instant_from(judgement.expires, now) or "-"
    created = instant_from(resource.created, now) or "at an unknown time"
    yield f"  owner {judgement.owner or '-'}, expires {expires}, created {created}, {judgement.environment}"
    yield f"  tags: {describe_tags(resource)}"
    for finding in judgement.findings:
        yield f"  {finding.reason}: {with_distances(finding.message, now)}"
    for repair in judgement.repairs:
        before = "=".join(repair.before) if repair.before else "nothing"
        yield f"  {before} → {'='.join(repair.after)} ({repair.rule}, {repair.confidence})"
    yield f"  action: {with_distances(describe_action(planned), now) or 'nothing'}"
    yield f"  cost {describe_cost(plan, planned)}"
    yield f"  from plan {plan.hash}, policy generation {plan.policy_generation}, {', '.join(plan.snapshots)}"


def _on_whose_word(entry: Entry) -> str:
    approved = f", approved by {entry.approved_by}" if entry.approved_by else ""
    return approved + (f", request {entry.request_id}" if entry.request_id else "")


def _decision_json(plan: Plan, planned: PlannedResource) -> dict[str, Any]:
    judgement, withheld = planned.judgement, planned.withheld
    return {
        "policy": plan.policy,
        "policyGeneration": plan.policy_generation,
        "plan": plan.hash,
        "generatedAt": plan.generated_at.isoformat(),
        "snapshots": list(plan.snapshots),
        "uid": planned.resource.uid,
        "kind": planned.resource.kind,
        "name": planned.resource.name,
        "created": planned.resource.created and planned.resource.created.isoformat(),
        "tags": dict(planned.resource.tags.values),
        "tagState": planned.resource.tags.state.value,
        "verdict": judgement.verdict.value,
        "owner": judgement.owner,
        "expires": judgement.expires and judgement.expires.isoformat(),
        "environment": judgement.environment.value,
        "findings": [{"reason": each.reason.value, "message": each.message} for each in judgement.findings],
        "actions": [{"type": action.type.value, "reason": action.reason.value} for action in planned.actions],
        "withheld": withheld and {"reason": withheld.reason.value, "message": withheld.message},
        "costPerMonth": planned.cost,
        "cost": describe_cost(plan, planned),
    }
