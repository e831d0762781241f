"""`tagwarden apply`: carries out plans."""

import getpass
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tagwarden.cli import options
from tagwarden.cli.completion import complete_account
from tagwarden.cli.consent import effects_of, obtain_consent
from tagwarden.cli.context import CommandContext, duration_of, for_each_policy, now_utc
from tagwarden.cli.exit_codes import EXIT_INTERRUPTED
from tagwarden.cli.filters import NO_FILTERS, NoFilters
from tagwarden.cli.lookup import is_plan_hash, plan_hash
from tagwarden.cli.options import PassOutput
from tagwarden.cli.output import (
    answer_passes,
    console,
    exit_status,
    show_passes,
    write_passes,
)
from tagwarden.cli.plan import Full, Stored
from tagwarden.cli.progress import report_progress
from tagwarden.cli.stopping import Stopping
from tagwarden.enforcing import CALLS_PER_SECOND
from tagwarden.errors import BadInput
from tagwarden.inventory import hash_of, load_plan
from tagwarden.model.policy import APPROVED_PLAN, RELEASED_BRAKE, Approval, Mode
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Withheld
from tagwarden.pipeline import Declarations, Pass, PassDependencies, adopt_plan, carry_out, make_pass

PlanFile = Annotated[
    Path | None,
    typer.Argument(help="Plan saved by `tagwarden plan --output json`, or the hash of a stored plan or its beginning."),
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes",
        "-y",
        help="Skip the confirmation. Required for deletions without a terminal, unless --confirm-account is given.",
    ),
]
ConfirmAccount = Annotated[
    list[str] | None,
    typer.Option(
        "--confirm-account",
        metavar="NAME",
        autocompletion=complete_account,
        help="Delete only in this account; at a terminal, confirm by typing its name. Repeatable.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Run every step except the write requests.")]
Approve = Annotated[
    str | None,
    typer.Option("--approve", metavar="HASH", help="Approve the plan with this hash, or beginning of a hash."),
]
Release = Annotated[
    str | None, typer.Option("--release-brake", metavar="HASH", help="Release the anomaly brake for this plan.")
]
LeaseFile = Annotated[
    Path | None, typer.Option("--lease-file", help="File with the time until which changes are allowed.", hidden=True)
]


def apply(
    files: options.Files,
    plan: PlanFile = None,
    policy: options.PolicyName = None,
    *,
    stored: Stored = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    confirm_account: ConfirmAccount = None,
    approve: Approve = None,
    release_brake: Release = None,
    no_filters: NoFilters = None,
    full: Full = False,
    check: options.Check = False,
    output: options.PassOutputFormat = PassOutput.TABLE,
    inventory: options.Inventory = None,
    state: options.State = None,
    kubeconfig: options.Kubeconfig = None,
    operator_per_hour: options.OperatorPerHour = None,
    account_per_hour: options.AccountPerHour = None,
    calls_per_second: options.CallsPerSecond = CALLS_PER_SECOND,
    snapshot_valid: options.SnapshotValid = "15m",
    plan_valid: options.PlanValid = "24h",
    prices: options.PricesFile = None,
    lease_file: LeaseFile = None,
    quiet: options.Quiet = False,
) -> int:
    r"""Carry out the plan of each policy in Enforce. Plans of policies in Audit are only shown.

    \b
    tagwarden apply -f examples/
    tagwarden apply -f examples/ --dry-run
    tagwarden apply -f examples/ plan.json --yes

    Before any change, the command shows the number of deletions per account and asks for confirmation. Without a
    terminal, deletions need --yes or --confirm-account.

    Plans are always carried out in full: the filters of tagwarden plan, such as --kind, only affect the display.

    A saved plan is carried out unchanged, provided that the policy has not changed since. Each resource is read again
    first, and changed resources are skipped.
    """
    del no_filters
    context = CommandContext(
        files,
        inventory,
        state,
        kubeconfig,
        quiet,
        operator_per_hour,
        account_per_hour,
        prices,
        calls_per_second,
        snapshot_valid=duration_of("--snapshot-valid", snapshot_valid),
        plan_valid=duration_of("--plan-valid", plan_valid),
    )
    stopping = Stopping(lease_file, now_utc)
    name = _policy_of_hashes(context.declarations, policy) if approve or release_brake else policy
    approve = _whole(context, name, "--approve", approve)
    release_brake = _whole(context, name, "--release-brake", release_brake)
    declarations = _annotated(context.declarations, name, {APPROVED_PLAN: approve, RELEASED_BRAKE: release_brake})
    tools = context.tools
    if plan is not None:
        made, status = [adopt_plan(declarations, load_plan(_file_of(context, plan, policy)), tools)], 0
    else:
        made, status = for_each_policy(
            context.policies(policy), lambda name: make_pass(declarations, name, tools, stored=stored)
        )
    screen = console()
    is_shown = not dry_run and obtain_consent(
        effects_of(made, declarations),
        yes=yes,
        confirmed=confirm_account or (),
        is_terminal=sys.stdin.isatty(),
        show=lambda: _show(made, screen, output, full=full),
    )
    approver = {} if approve is None else {"approver": f"--approve by {_user()}"}
    with stopping.while_acting(sum(len(each.plan.actions) for each in made if _acts(each)), dry_run=dry_run):
        done = list(_carried_out(made, declarations, tools, stopping, dry_run=dry_run, **approver))
    for each in done:
        if (kept := each.report.stopped or each.report.held) is not None:
            report_progress(f"tagwarden: {each.plan.policy}: {kept.reason}: {kept.message}")
        if approve and (idle := _why_approves_nothing(each, approve)):
            report_progress(f"tagwarden: {each.plan.policy}: --approve {approve} had no effect: {idle}")
    if output in options.DOCUMENTS:
        answer_passes(done, context.requests, output)
    elif output in options.SCREENS:
        show_passes(done, screen, output, full=full, dry_run=dry_run, with_plans=not is_shown)
        for each in done:
            if each.decision.policy_set.policy.spec.mode is Mode.AUDIT:
                screen.print("no changes were made: the policy is in Audit; set spec.mode: Enforce to act")
    else:
        write_passes(done, NO_FILTERS, output, full=full)
    if stopping.interrupted:
        return EXIT_INTERRUPTED
    return status or exit_status([each.report for each in done], check=check)


def _carried_out(
    made: Iterable[Pass],
    declarations: Declarations,
    tools: PassDependencies,
    stopping: Stopping,
    *,
    dry_run: bool,
    **approver: str,
) -> Iterator[Pass]:
    """Carry out the passes in order; after a stop signal, passes that have not begun are skipped."""
    for each in made:
        if stopping.stopped and _acts(each):
            yield replace(each, held=Withheld(Reason.LeaseLost, "the run was stopped before this action began"))
        else:
            yield carry_out(
                declarations,
                each,
                tools,
                may_act=stopping.may_act,
                ended=stopping.note,
                dry_run=dry_run,
                **approver,
            )


def _show(made: Sequence[Pass], screen: Console, output: PassOutput, *, full: bool) -> None:
    """Show the plans in question, unless the output is for a program."""
    if output in options.SCREENS:
        show_passes(made, screen, output, full=full)


def _file_of(context: CommandContext, plan: Path, policy: str | None) -> Path:
    """Give the file of a plan: the path itself, or the newest stored plan whose hash has this beginning."""
    if plan.exists() or not is_plan_hash(str(plan)):
        return plan
    files = context.plans.files(policy)
    wanted = plan_hash("PLAN", str(plan), map(hash_of, files))
    return next((file for file in reversed(files) if hash_of(file) == wanted), plan)


def _whole(context: CommandContext, policy: str | None, option: str, text: str | None) -> str | None:
    """Complete the beginning of a hash to the hash of a stored plan."""
    return text and plan_hash(option, text, map(hash_of, context.plans.files(policy)))


def _policy_of_hashes(declarations: Declarations, policy: str | None) -> str:
    """Name the one policy to which hashes of the command line apply."""
    name = policy or (next(iter(declarations.policies)) if len(declarations.policies) == 1 else None)
    if name is None:
        raise BadInput("--approve and --release-brake apply to one policy; select it with --policy")
    return name


def _annotated(declarations: Declarations, policy: str | None, given: dict[str, str | None]) -> Declarations:
    """Combine the command-line options for a policy with the annotations."""
    wanted = {key: value for key, value in given.items() if value is not None}
    if policy is None or not wanted:
        return declarations
    merged = {**declarations.annotations.get(policy, {}), **wanted}
    return replace(declarations, annotations={**declarations.annotations, policy: merged})


def _why_approves_nothing(made: Pass, approved: str) -> str:
    """Say why an approval had no effect, for example because it names another plan; else empty."""
    spec = made.decision.policy_set.policy.spec
    if spec.mode is Mode.AUDIT:
        return "the policy is in Audit"
    if spec.approval is Approval.NONE:
        return "the policy requires no approval"
    # A held plan already names the approval that it needs.
    if made.held is not None or approved == made.plan.hash:
        return ""
    return f"no plan is pending; the current plan {made.plan.hash} deletes nothing"


def _user() -> str:
    """Name the user who runs the command, as far as the machine knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user has no name
        return f"user {os.getuid()}"


def _acts(made: Pass) -> bool:
    return made.decision.policy_set.policy.spec.mode is Mode.ENFORCE
