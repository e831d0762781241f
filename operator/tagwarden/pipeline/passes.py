"""One pass of one policy: collect → judge → plan → enforce → report, and the history for later passes."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial

from tagwarden.enforcing import EnforceSettings, execute, recover
from tagwarden.enforcing import accounts_of as evidence_accounts
from tagwarden.errors import BadInput, ProviderError
from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.model.account import CloudAccount
from tagwarden.model.duration import format_duration
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Plan
from tagwarden.model.policy import APPROVED_PLAN, RELEASED_BRAKE, Approval, Mode
from tagwarden.model.reasons import Reason
from tagwarden.model.report import PassReport
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import EVERY_KIND, CollectFailure, Snapshot
from tagwarden.model.verdict import Judgement, Withheld
from tagwarden.pipeline.deciding import (
    Decision,
    accounts_of,
    checksums,
    compile_policies,
    decide,
    recognised,
    remembered,
    settled_world,
)
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.reviewing import review
from tagwarden.pipeline.sources import OpenProvider, collect_accounts
from tagwarden.planning import APPROVAL_VALID, Budget, Prices, approval_state, hourly_limit_reached, means_the_same
from tagwarden.providers.base import Progress, Provider
from tagwarden.reporting import report_of
from tagwarden.state import Database, HistoryStore, Journal, Spent, budget, budget_of
from tagwarden.tagging import format_instant

KEPT = timedelta(days=90)
"""How long snapshots and plans are kept for later explanations (S14)."""


@dataclass(frozen=True, slots=True)
class PassDependencies:
    """The dependencies of a pass: stores, access to accounts, the clock (aware UTC) and the progress writer.

    `sleep` takes seconds, None for a real sleep; `settings` are the limits and rates of execution. `operator_per_hour`
    and `account_per_hour` limit the deletions of all policies together and in one account, over the sliding hour (S9);
    None: no limit. `prices` is the price list; None: costs are unknown.
    """

    snapshots: SnapshotStore
    plans: PlanStore
    database: Database
    open_account: OpenProvider
    clock: Callable[[], datetime]
    progress: Progress | None = None
    sleep: Callable[[float], None] | None = None
    settings: EnforceSettings = field(default_factory=EnforceSettings)
    operator_per_hour: int | None = None
    account_per_hour: int | None = None
    prices: Prices | None = None


@dataclass(frozen=True)
class Pass:
    """One pass: its decision, its sources and its outcomes.

    `problems` has one line for every source that could not be read completely. `held` is the reason when the plan was
    not carried out; `outcomes` has one entry per action of a plan that was carried out. `phases` are durations in
    seconds: collect, decide, enforce. `deletions_left` is the number that deletionsPerHour still allows at the end,
    None without limits.
    """

    run: str
    decision: Decision
    problems: tuple[str, ...]
    held: Withheld | None = None
    outcomes: tuple[Outcome, ...] = ()
    phases: Mapping[str, float] = field(default_factory=dict)
    deletions_left: int | None = None

    @property
    def plan(self) -> Plan:
        """The shown plan; if actions were carried out, they were its actions."""
        return self.decision.plan

    @cached_property
    def report(self) -> PassReport:
        """The findings, actions and open work of the pass."""
        waits = self.decision.policy_set.policy.spec.approval is Approval.REQUIRED
        return report_of(
            self.plan,
            self.outcomes,
            rejudge=self.decision.rejudge,
            run=self.run,
            problems=self.problems,
            held=self.held,
            approval_valid=APPROVAL_VALID if waits else None,
            phases=self.phases,
            deletions_left=self.deletions_left,
        )


def make_pass(
    declarations: Declarations,
    policy: str,
    tools: PassDependencies,
    *,
    stored: bool = False,
    now: datetime | None = None,
) -> Pass:
    """Plan one policy on fresh snapshots or (`stored`) on the latest stored ones.

    With `now` the decision is hypothetical and stores no history. Raises BadInput for mistakes in the policy,
    ProviderError when no account could be read.
    """
    policy_set = compile_policies(declarations, policy)
    accounts = [declarations.accounts[name] for name in accounts_of(policy_set)]
    if not accounts:
        raise BadInput(
            f"CleanupPolicy {policy}: spec.scope.accounts matches none of the accounts"
            f" ({', '.join(declarations.accounts) or 'there are none'})"
        )
    began = time.monotonic()
    snapshots, problems = (_stored if stored else _collected)(accounts, tools)
    collected = time.monotonic()
    memory = HistoryStore(tools.database)
    at = now or tools.clock()
    decision = decide(
        declarations,
        policy_set,
        [*snapshots, *_neighbours(declarations, snapshots, accounts, tools)],
        lambda name, resources: memory.histories(name, resources, at),
        _budget(declarations, policy, tools, at, is_question=now is not None),
        at,
        tools.prices,
    )
    if now is None:
        tools.plans.save(decision.plan)
        _remember(decision, tools, at)
    return Pass(
        run_id(decision.plan),
        decision,
        (*problems, *decision.doubts),
        phases={"collect": collected - began, "decide": time.monotonic() - collected},
        deletions_left=_deletions_left(decision, tools, at),
    )


def carry_out(
    declarations: Declarations,
    made: Pass,
    tools: PassDependencies,
    *,
    may_act: Callable[[], bool] = lambda: True,
    ended: Callable[[Outcome], None] = lambda _: None,
    dry_run: bool = False,
    approver: str = f"annotation {APPROVED_PLAN}",
) -> Pass:
    """Carry out the plan of a pass, the very object that was shown (S6), if mode and approval allow it.

    `approver` is the source of the approved hash, for the journal (S14). `ended` receives each outcome as soon as it is
    known.
    """
    approved = _annotation(declarations, made.plan.policy, APPROVED_PLAN)
    made = _as_approved(made, approved, tools)
    decision, plan = made.decision, made.plan
    policy = decision.policy_set.policy
    if policy.spec.mode is not Mode.ENFORCE or policy.spec.suspend:
        return made
    decision = _on_fresh_snapshots(declarations, decision, tools)
    journal = Journal(tools.database)
    providers = _providers_for(plan, journal, declarations, tools)
    recover(
        journal,
        providers,
        clock=tools.clock,
        policy=plan.policy,
        settings=tools.settings,
        sleep=tools.sleep or time.sleep,
    )
    held = approval_state(
        plan,
        policy.spec.approval,
        approved,
        seen=tools.plans.approval_of(plan.policy, approved, tools.clock()) if approved else None,
        shown=tools.plans.find(plan.policy, approved) if approved else None,
        now=tools.clock(),
    )
    if held is not None:
        return replace(made, held=held)

    began = time.monotonic()

    def rejudge(resource: Resource) -> Judgement | None:
        return decision.rejudge(resource, tools.clock())

    # An approval of another plan does not approve this one.
    is_approved = approved == plan.hash
    outcomes = execute(
        plan,
        providers=providers,
        rejudge=rejudge,
        environment_of=lambda resource: decision.environment_of(resource, tools.clock()),
        journal=journal,
        may_act=may_act,
        clock=tools.clock,
        run=made.run,
        approved_by=approver if is_approved else "",
        dry_run=dry_run,
        progress=tools.progress,
        ended=ended,
        blockers_of=lambda resource: _blockers_of(decision, resource),
        limit=partial(_limit_reached, decision, tools),
        review=lambda planned, fresh: review(decision, planned, fresh, tools.clock()),
        settings=tools.settings,
        sleep=tools.sleep,
    )
    if is_approved and not dry_run:
        tools.plans.use_approval(plan.policy, approved, tools.clock())
    return replace(
        made,
        outcomes=outcomes,
        phases={**made.phases, "enforce": time.monotonic() - began},
        deletions_left=_deletions_left(decision, tools, tools.clock()),
    )


def _on_fresh_snapshots(declarations: Declarations, decision: Decision, tools: PassDependencies) -> Decision:
    """Collect again the accounts whose snapshots are too old for deletions (S17).

    An account that cannot be collected again counts as incomplete (S3). The plan stays the shown one.
    """
    if not decision.plan.deletes:
        return decision
    wanted = {*accounts_of(decision.policy_set), *evidence_accounts(decision.plan)} & declarations.accounts.keys()
    snapshots = dict(decision.world.snapshots)
    since = tools.clock() - tools.settings.snapshot_valid
    old = [
        declarations.accounts[name] for name in sorted(wanted) if name in snapshots and snapshots[name].taken < since
    ]
    if not old:
        return decision
    sources = collect_accounts(old, tools.open_account, tools.snapshots, tools.clock, tools.progress)
    snapshots |= {account.name: _incomplete(snapshots[account.name]) for account in old}
    snapshots |= {snapshot.account: snapshot for snapshot in sources.snapshots}
    elsewhere, world = settled_world(declarations, decision.policy_set, tuple(snapshots.values()))
    return replace(decision, elsewhere=elsewhere, world=world)


def _as_approved(made: Pass, approved: str, tools: PassDependencies) -> Pass:
    """Use the approved plan itself when only the time changed since it was shown, and no resource (S6)."""
    plan = made.plan
    if made.decision.policy_set.policy.spec.approval is Approval.NONE or approved in {"", plan.hash}:
        return made
    shown = tools.plans.find(plan.policy, approved)
    if shown is None or tools.clock() - shown.generated_at > APPROVAL_VALID or not means_the_same(shown, plan):
        return made
    return replace(made, decision=replace(made.decision, plan=shown))


def adopt_plan(declarations: Declarations, plan: Plan, tools: PassDependencies) -> Pass:
    """Load a saved plan unchanged: the same plan that was shown will be carried out (S6).

    A resource that is read again is judged by the current policies and the stored snapshots of the plan. Raises
    BadInput when the plan is too old, when the policy, another one or an account changed since, or when a snapshot is
    missing.
    """
    now = tools.clock()
    if now - plan.generated_at > tools.settings.plan_valid:
        valid = format_duration(tools.settings.plan_valid)
        raise BadInput(f"the plan of {format_instant(plan.generated_at)} is older than {valid}; make a new plan")
    policy = declarations.policies.get(plan.policy)
    if policy is None:
        raise BadInput(f"the plan belongs to CleanupPolicy {plan.policy}, which is not declared; add its file with -f")
    snapshots = [tools.snapshots.find(name) for name in plan.snapshots]
    if None in snapshots:
        missing = ", ".join(name for name, found in zip(plan.snapshots, snapshots, strict=True) if found is None)
        raise BadInput(f"snapshots of the plan are not stored here: {missing}; make a new plan")
    found = [each for each in snapshots if each is not None]
    policy_set = recognised(compile_policies(declarations, plan.policy), declarations, found)
    elsewhere, world = settled_world(declarations, policy_set, found)
    declared = checksums(declarations, policy_set, world)
    if declared != plan.declarations:
        names = sorted({name for name, _ in declared.items() ^ plan.declarations.items()})
        raise BadInput(f"{', '.join(names)} changed since the plan was made; make a new plan")
    histories = HistoryStore(tools.database).histories(plan.policy, [each.resource for each in plan.resources], now)
    judgements = [planned.judgement for planned in plan.resources]
    return Pass(run_id(plan), Decision(policy_set, elsewhere, world, histories, judgements, plan), ())


def run_id(plan: Plan) -> str:
    """Name a pass by its policy and its time, so that runs sort and are found again."""
    return f"{plan.policy}.{plan.generated_at:%Y%m%dT%H%M%S.%f}Z"


def _collected(accounts: Sequence[CloudAccount], tools: PassDependencies) -> tuple[list[Snapshot], list[str]]:
    sources = collect_accounts(accounts, tools.open_account, tools.snapshots, tools.clock, tools.progress)
    if not sources.snapshots:
        raise next(iter(sources.failures.values()))
    failed = [f"account {name}: {error}" for name, error in sources.failures.items()]
    return list(sources.snapshots), failed + _gaps(sources.snapshots)


def _stored(accounts: Sequence[CloudAccount], tools: PassDependencies) -> tuple[list[Snapshot], list[str]]:
    """Read the latest snapshots; a missing or stale one is reported as a problem and never judged."""
    found: list[Snapshot] = []
    problems: list[str] = []
    for account in accounts:
        snapshot = tools.snapshots.latest(account.name)
        if snapshot is None:
            problems.append(f"account {account.name}: no snapshot yet")
        elif tools.clock() - snapshot.taken > account.stale_after:
            problems.append(f"account {account.name}: the last snapshot is from {format_instant(snapshot.taken)}")
        else:
            found.append(snapshot)
    if not found:
        raise BadInput(f"no snapshot to judge: {'; '.join(problems)}; collect first with: tagwarden collect -f DIR")
    return found, problems + _gaps(found)


def _neighbours(
    declarations: Declarations, snapshots: Sequence[Snapshot], accounts: Sequence[CloudAccount], tools: PassDependencies
) -> list[Snapshot]:
    """Read the latest snapshots of the other accounts, since they may hold dependents of our resources.

    An account of `accounts` is included when it could not be collected recently. Such an old snapshot shows possible
    dependents, and counts as incomplete (S3).
    """
    have = {snapshot.account for snapshot in snapshots}
    wanted = {account.name for account in accounts}
    found = []
    for name, account in declarations.accounts.items():
        snapshot = tools.snapshots.latest(name) if name not in have else None
        if snapshot is not None:
            is_old = name in wanted or tools.clock() - snapshot.taken > account.stale_after
            found.append(_incomplete(snapshot) if is_old else snapshot)
    return found


def _incomplete(snapshot: Snapshot) -> Snapshot:
    message = f"the last snapshot is from {format_instant(snapshot.taken)}"
    failure = CollectFailure(EVERY_KIND, "", Reason.SnapshotStale, message)
    return replace(snapshot, failures=(*snapshot.failures, failure))


def _gaps(snapshots: Sequence[Snapshot]) -> list[str]:
    return [
        f"account {snapshot.account}: {failure.kind} in {failure.region or 'global'}: {failure.message}"
        for snapshot in snapshots
        for failure in snapshot.failures
    ]


def _remember(decision: Decision, tools: PassDependencies, now: datetime) -> None:
    memory = HistoryStore(tools.database)
    resources = decision.world.graph.resources
    policy = decision.policy_set.policy.name
    histories = remembered(decision, now)
    memory.remember(policy, [(resources[uid], history) for uid, history in histories.items()], now)
    in_scope = set(accounts_of(decision.policy_set))
    if all(each.is_complete for each in decision.world.snapshots.values() if each.account in in_scope):
        memory.forget_absent(policy, resources)
    memory.remember_pass(policy, run_id(decision.plan), decision.plan.baseline)
    tools.plans.prune(policy, now - KEPT)
    for account in decision.world.snapshots:
        tools.snapshots.prune(account, now - KEPT)


def _deletions_left(decision: Decision, tools: PassDependencies, at: datetime) -> int | None:
    policy = decision.policy_set.policy
    if policy.spec.limits is None:
        return None
    return max(policy.spec.limits.deletions_per_hour - budget(tools.database, policy.name, at).policy_deletions, 0)


def _providers_for(
    plan: Plan, journal: Journal, declarations: Declarations, tools: PassDependencies
) -> Mapping[str, Provider]:
    """Open the accounts with planned actions, or with open journal entries (S11).

    The executor refuses actions in accounts that cannot be opened (S12).
    """
    wanted = set(evidence_accounts(plan))
    wanted |= {entry.account for entry in journal.open_entries()}
    providers: dict[str, Provider] = {}
    for name in sorted(wanted & declarations.accounts.keys()):
        try:
            providers[name] = tools.open_account(declarations.accounts[name])
        except (ProviderError, BadInput) as error:
            if tools.progress is not None:
                tools.progress(f"{name}: {error}")
    return providers


def _limit_reached(
    decision: Decision, tools: PassDependencies, wanted: Mapping[str, int], spent: Spent
) -> Withheld | None:
    """Give the limit that this number of deletions would exceed, within the transaction that reserves them (S9)."""
    policy = decision.policy_set.policy
    used = budget_of(
        spent, policy.name, operator_per_hour=tools.operator_per_hour, account_per_hour=tools.account_per_hour
    )
    return hourly_limit_reached(wanted, policy.spec.limits, used)


def _blockers_of(decision: Decision, resource: Resource) -> list[str]:
    """Name the dependents of a resource in the snapshot, for vendors that refuse a deletion without naming them."""
    graph = decision.world.graph
    holders = graph.sources(resource.uid, EdgeMeaning.NEEDS)
    return [str(graph.resources.get(holder, holder)) for holder in holders]


def _budget(
    declarations: Declarations, policy: str, tools: PassDependencies, at: datetime, *, is_question: bool
) -> Budget:
    """Give the past deletions for limits and brake; a hypothetical plan is not compared with earlier passes."""
    found = budget(
        tools.database,
        policy,
        at,
        operator_per_hour=tools.operator_per_hour,
        account_per_hour=tools.account_per_hour,
        released=_annotation(declarations, policy, RELEASED_BRAKE),
    )
    return replace(found, passes=()) if is_question else found


def _annotation(declarations: Declarations, policy: str, key: str) -> str:
    return declarations.annotations.get(policy, {}).get(key, "")
