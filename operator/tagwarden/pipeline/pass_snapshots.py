"""The snapshots of a pass, collected now or stored, and of the other accounts; stale snapshots are collected again."""

from collections.abc import Sequence
from dataclasses import replace

from tagwarden.enforcing import accounts_of as evidence_accounts
from tagwarden.errors import BadInput
from tagwarden.model.account import CloudAccount
from tagwarden.model.messages import pass_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import EVERY_KIND, CollectFailure, Snapshot
from tagwarden.pipeline.compiling import accounts_of
from tagwarden.pipeline.deciding import Decision, settled_world
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.pass_values import PassDependencies
from tagwarden.pipeline.sources import collect_accounts
from tagwarden.pipeline.storing import keeper_of
from tagwarden.tagging import format_instant


def collected_snapshots(
    accounts: Sequence[CloudAccount], dependencies: PassDependencies
) -> tuple[list[Snapshot], list[str]]:
    """Collect the accounts; raise the first error when no account is readable. Gaps are reported as problems."""
    sources = collect_accounts(
        accounts, dependencies.open_account, keeper_of(dependencies), dependencies.clock, dependencies.progress
    )
    if not sources.snapshots:
        raise next(iter(sources.failures.values()))
    failed = [messages.ACCOUNT_PROBLEM(account=name, problem=error) for name, error in sources.failures.items()]
    return list(sources.snapshots), failed + _gaps(sources.snapshots)


def stored_snapshots(
    accounts: Sequence[CloudAccount], dependencies: PassDependencies
) -> tuple[list[Snapshot], list[str]]:
    """Read the latest snapshots; a missing or stale one is reported as a problem and never judged."""
    found: list[Snapshot] = []
    problems: list[str] = []
    for account in accounts:
        snapshot = dependencies.snapshots.latest(account.name)
        if snapshot is None:
            problems.append(messages.NO_SNAPSHOT_YET(account=account.name))
        elif dependencies.clock() - snapshot.taken > account.stale_after:
            problems.append(messages.OLD_SNAPSHOT(account=account.name, taken=format_instant(snapshot.taken)))
        else:
            found.append(snapshot)
    if not found:
        raise BadInput(messages.NOTHING_TO_JUDGE(problems="; ".join(problems)))
    return found, problems + _gaps(found)


def neighbouring_snapshots(
    declarations: Declarations,
    snapshots: Sequence[Snapshot],
    accounts: Sequence[CloudAccount],
    dependencies: PassDependencies,
) -> list[Snapshot]:
    """Read the latest snapshots of the other accounts, which may hold dependents of our resources.

    An account of `accounts` without a snapshot in this pass is included: the old snapshot shows possible dependents,
    and counts as incomplete (S3).
    """
    have = {snapshot.account for snapshot in snapshots}
    wanted = {account.name for account in accounts}
    found = []
    for name, account in declarations.accounts.items():
        snapshot = dependencies.snapshots.latest(name) if name not in have else None
        if snapshot is not None:
            is_old = name in wanted or dependencies.clock() - snapshot.taken > account.stale_after
            found.append(_incomplete(snapshot) if is_old else snapshot)
    return found


def on_fresh_snapshots(declarations: Declarations, decision: Decision, dependencies: PassDependencies) -> Decision:
    """Collect again the accounts whose snapshots are too old for deletions (S17).

    An account that cannot be collected again counts as incomplete (S3). The shown plan stays unchanged.
    """
    if not decision.plan.deletes:
        return decision
    wanted = {*accounts_of(decision.policy_set), *evidence_accounts(decision.plan)} & declarations.accounts.keys()
    snapshots = dict(decision.world.snapshots)
    since = dependencies.clock() - dependencies.settings.snapshot_valid
    old = [
        declarations.accounts[name] for name in sorted(wanted) if name in snapshots and snapshots[name].taken < since
    ]
    if not old:
        return decision
    sources = collect_accounts(
        old, dependencies.open_account, keeper_of(dependencies), dependencies.clock, dependencies.progress
    )
    snapshots |= {account.name: _incomplete(snapshots[account.name]) for account in old}
    snapshots |= {snapshot.account: snapshot for snapshot in sources.snapshots}
    elsewhere, world = settled_world(declarations, decision.policy_set, tuple(snapshots.values()))
    return replace(decision, elsewhere=elsewhere, world=world)


def _incomplete(snapshot: Snapshot) -> Snapshot:
    message = messages.STALE(taken=format_instant(snapshot.taken))
    failure = CollectFailure(EVERY_KIND, "", Reason.SnapshotStale, message)
    return replace(snapshot, failures=(*snapshot.failures, failure))


def _gaps(snapshots: Sequence[Snapshot]) -> list[str]:
    return [
        messages.GAP(
            account=snapshot.account,
            kind=failure.kind,
            region=failure.region or messages.GLOBAL(),
            error=failure.message,
        )
        for snapshot in snapshots
        for failure in snapshot.failures
    ]
