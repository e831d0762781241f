"""`tagwarden plan`: shows the planned changes."""

from pathlib import Path
from typing import Annotated

import typer

from tagwarden.cli import options
from tagwarden.cli.context import CommandContext, for_each_policy
from tagwarden.cli.options import PassOutput
from tagwarden.cli.output import answer_passes, console, exit_status, show_pass
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
    r"""Show the planned changes and their reasons. No cloud or cluster is changed.

    \b
    tagwarden plan -f examples/
    tagwarden plan -f examples/ --policy test-accounts --output json > plan.json
    tagwarden plan -f examples/ --diff
    tagwarden plan -f examples/ --snapshot aws-dev.parquet --now 2026-09-01T19:00:00Z

    With several policies, JSON is a list. With --snapshot, the history consists of the given snapshots, oldest first;
    without --now, the time is that of the newest.
    """
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
    if output is PassOutput.TABLE:
        screen = console()
        for made in passes:
            show_pass(made, screen, full=full)
            earlier = before.get(made.plan.policy)
            if earlier is not None:
                since = f"{earlier.generated_at:%Y-%m-%d %H:%M:%SZ}"
                screen.print(f"since the plan of {since}: {diff_plans(earlier, made.plan).summary}")
    else:
        answer_passes(passes, context.requests, output)
    return status or exit_status([made.report for made in passes], check=check)
