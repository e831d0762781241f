"""`tagwarden plan`: shows the planned changes."""

from pathlib import Path
from typing import Annotated

import typer

from tagwarden.cli import filters, options
from tagwarden.cli.context import CommandContext, for_each_policy
from tagwarden.cli.options import PassOutput
from tagwarden.cli.output import answer_passes, console, exit_status, show_passes, write_passes
from tagwarden.cli.times import instant
from tagwarden.errors import BadInput
from tagwarden.inventory import load_snapshot
from tagwarden.pipeline import Pass, compile_policies, make_pass, replay, run_id
from tagwarden.planning import Budget, diff_plans

Snapshots = Annotated[
    list[Path] | None,
    typer.Option("--snapshot", help="Plan from this saved snapshot, without cloud access. Repeatable."),
]
Stored = Annotated[bool, typer.Option("--stored", help="Use the latest stored snapshots instead of collecting.")]
Diff = Annotated[bool, typer.Option("--diff", help="Show the differences from the previous stored plan.")]
Full = Annotated[bool, typer.Option("--full", help="Show every resource instead of the 20 most important.")]


def plan(
    files: options.Files,
    policy: options.PolicyName = None,
    snapshot: Snapshots = None,
    now: options.Now = None,
    *,
    region: filters.Region = None,
    kind: filters.Kind = None,
    owner: filters.Owner = None,
    verdict: filters.OfVerdict = None,
    reason: filters.OfReason = None,
    stored: Stored = False,
    full: Full = False,
    diff: Diff = False,
    check: options.Check = False,
    output: options.PassOutputFormat = PassOutput.TABLE,
    inventory: options.Inventory = None,
    state: options.State = None,
    kubeconfig: options.Kubeconfig = None,
    operator_per_hour: options.OperatorPerHour = None,
    account_per_hour: options.AccountPerHour = None,
    prices: options.PricesFile = None,
    quiet: options.Quiet = False,
) -> int:
    r"""Show the planned changes and the reasons. No cloud or cluster is changed.

    \b
    tagwarden plan -f examples/
    tagwarden plan -f examples/ --policy test-accounts --output json > plan.json
    tagwarden plan -f examples/ --diff
    tagwarden plan -f examples/ --owner alice --kind 'aws_ec2_*' -o wide
    tagwarden plan -f examples/ --snapshot aws-dev.parquet --now 2026-09-01T19:00:00Z

    Filters select the shown resources: values of one option are alternatives, and different options must all match.
    The plan itself stays complete, also in JSON, the input of apply.

    With several policies, JSON is a list. With --snapshot, the history consists of the given snapshots, oldest first;
    without --now, the newest snapshot sets the time.
    """
    chosen = filters.of_plans(region=region, kind=kind, owner=owner, verdict=verdict, reason=reason)
    if chosen and output in options.DOCUMENTS:
        raise BadInput(f"{chosen}: -o {output} writes the whole plan, for apply; use -o table, wide, csv or name")
    context = CommandContext(files, inventory, state, kubeconfig, quiet, operator_per_hour, account_per_hour, prices)
    at = options.parse_now(now)
    names = context.policies(policy)
    before = {name: context.plans.latest(name) for name in names} if diff else {}

    def decide(name: str) -> Pass:
        if not snapshot:
            return make_pass(context.declarations, name, context.tools, stored=stored, now=at)
        loaded = [load_snapshot(path) for path in snapshot]
        when = at or max(each.taken for each in loaded)
        policy_set = compile_policies(context.declarations, name)
        decision = replay(context.declarations, policy_set, loaded, Budget(), when, context.prices)
        return Pass(run_id(decision.plan), decision, ())

    passes, status = for_each_policy(names, decide)
    if output in options.SCREENS:
        screen = console()
        show_passes(passes, screen, output, full=full, filters=chosen)
        for made in passes:
            earlier = before.get(made.plan.policy)
            if earlier is not None:
                since = f"since the plan of {instant(earlier.generated_at)}"
                told = f"{made.plan.policy}, {since}: {diff_plans(earlier, made.plan).summary}"
                screen.print(told, soft_wrap=True, markup=False)
    elif output in options.DOCUMENTS:
        answer_passes(passes, context.requests, output)
    else:
        write_passes(passes, chosen, output, full=full)
    return status or exit_status([made.report for made in passes], check=check)
