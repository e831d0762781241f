"""One pass of one policy: collect → judge → plan → enforce → report, and the history for later passes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from tagwarden.enforcing import accounts_of as evidence_accounts
from tagwarden.enforcing import execute, recover
from tagwarden.errors import BadInput, ProviderError
from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.messages import pass_messages as messages
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Plan
from tagwarden.model.policy import APPROVED_PLAN, Mode
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Judgement
from tagwarden.pipeline.compiling import accounts_of, compile_policies
from tagwarden.pipeline.deciding import Decision, decide, remembered
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.pass_limits import budget_for, deletions_left, limit_reached
from tagwarden.pipeline.pass_snapshots import (
    collected_snapshots,
    neighbouring_snapshots,
    on_fresh_snapshots,
    stored_snapshots,
)
from tagwarden.pipeline.pass_values import Pass, PassDependencies, run_id
from tagwarden.pipeline.reviewing import review
from tagwarden.pipeline.shown_plans import as_approved
from tagwarden.pipeline.storing import keep_actions, keep_decision, make_room
from tagwarden.planning import approval_state
from tagwarden.providers.base import Provider
from tagwarden.state import HistoryStore, Journal


def make_pass(
    declarations: Declarations,
    policy: str,
    dependencies: PassDependencies,
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
        declared = ", ".join(declarations.accounts) or messages.NO_ACCOUNTS()
        raise BadInput(messages.NO_MATCHING_ACCOUNT(policy=policy, accounts=declared))
    began = time.monotonic()
    if stored and now is None:
        make_room(dependencies)
    snapshots, problems = (stored_snapshots if stored else collected_snapshots)(accounts, dependencies)
    collected = time.monotonic()
    history_store = HistoryStore(dependencies.database)
    at = now or dependencies.clock()
    decision = decide(
        declarations,
        policy_set,
        [*snapshots, *neighbouring_snapshots(declarations, snapshots, accounts, dependencies)],
        lambda name, resources: history_store.histories(name, resources, at),
        budget_for(declarations, policy, dependencies, at, is_question=now is not None),
        at,
        dependencies.prices,
    )
    if now is None:
        keep_decision(dependencies, decision)
        _remember(decision, dependencies, at)
    return Pass(
        run_id(decision.plan),
        decision,
        (*problems, *decision.doubts),
        phases={"collect": collected - began, "decide": time.monotonic() - collected},
        deletions_left=deletions_left(decision, dependencies, at),
    )


def carry_out(
    declarations: Declarations,
    made: Pass,
    dependencies: PassDependencies,
    *,
    may_act: Callable[[], bool] = lambda: True,
    ended: Callable[[Outcome], None] = lambda _: None,
    dry_run: bool = False,
    approver: str = f"annotation {APPROVED_PLAN}",
) -> Pass:
    """Carry out the plan of a pass, the very object that was shown (S6), if mode and approval allow it.

    `approver` is the source of the approved hash, for the journal (S14). `ended` receives each outcome as soon as
    known.
    """
    approved = declarations.annotation(made.plan.policy, APPROVED_PLAN)
    made = as_approved(made, approved, dependencies)
    decision, plan = made.decision, made.plan
    policy = decision.policy_set.policy
    if policy.spec.mode is not Mode.ENFORCE or policy.spec.suspend:
        return made
    decision = on_fresh_snapshots(declarations, decision, dependencies)
    journal = Journal(dependencies.database)
    providers = _providers_for(plan, journal, declarations, dependencies)
    recover(
        journal,
        providers,
        clock=dependencies.clock,
        policy=plan.policy,
        settings=dependencies.settings,
        sleep=dependencies.sleep or time.sleep,
    )
    held = approval_state(
        plan,
        policy.spec.approval,
        approved,
        seen=dependencies.plans.approval_of(plan.policy, approved, dependencies.clock()) if approved else None,
        shown=dependencies.plans.find(plan.policy, approved) if approved else None,
        now=dependencies.clock(),
    )
    if held is not None:
        return replace(made, held=held)

    began = time.monotonic()

    def rejudge(resource: Resource) -> Judgement | None:
        return decision.rejudge(resource, dependencies.clock())

    # An approval of another plan does not approve this plan.
    is_approved = approved == plan.hash
    outcomes = execute(
        plan,
        providers=providers,
        rejudge=rejudge,
        environment_of=lambda resource: decision.environment_of(resource, dependencies.clock()),
        journal=journal,
        may_act=may_act,
        clock=dependencies.clock,
        run=made.run,
        approved_by=approver if is_approved else "",
        dry_run=dry_run,
        progress=dependencies.progress,
        ended=ended,
        blockers_of=lambda resource: _blockers_of(decision, resource),
        limit=partial(limit_reached, decision, dependencies),
        review=lambda planned, fresh: review(decision, planned, fresh, dependencies.clock()),
        settings=dependencies.settings,
        sleep=dependencies.sleep,
        ticks=dependencies.ticks,
    )
    keep_actions(dependencies, journal)
    if is_approved and not dry_run:
        dependencies.plans.use_approval(plan.policy, approved, dependencies.clock())
    return replace(
        made,
        outcomes=outcomes,
        phases={**made.phases, "enforce": time.monotonic() - began},
        deletions_left=deletions_left(decision, dependencies, dependencies.clock()),
    )


def _providers_for(
    plan: Plan, journal: Journal, declarations: Declarations, dependencies: PassDependencies
) -> Mapping[str, Provider]:
    """Open the accounts with planned actions, or with open journal entries (S11).

    The executor refuses actions in accounts that cannot be opened (S12).
    """
    wanted = set(evidence_accounts(plan))
    wanted |= {entry.account for entry in journal.open_entries()}
    providers: dict[str, Provider] = {}
    for name in sorted(wanted & declarations.accounts.keys()):
        try:
            providers[name] = dependencies.open_account(declarations.accounts[name])
        except (ProviderError, BadInput) as error:
            if dependencies.progress is not None:
                dependencies.progress(f"{name}: {error}")
    return providers


def _blockers_of(decision: Decision, resource: Resource) -> list[str]:
    """Name the dependents of a resource in the snapshot, where a vendor refuses a deletion and names none."""
    graph = decision.world.graph
    holders = graph.sources(resource.uid, EdgeMeaning.NEEDS)
    return [str(graph.resources.get(holder, holder)) for holder in holders]


def _remember(decision: Decision, dependencies: PassDependencies, now: datetime) -> None:
    history_store = HistoryStore(dependencies.database)
    resources = decision.world.graph.resources
    policy = decision.policy_set.policy.name
    histories = remembered(decision, now)
    history_store.remember(policy, [(resources[uid], history) for uid, history in histories.items()], now)
    in_scope = set(accounts_of(decision.policy_set))
    if all(each.is_complete for each in decision.world.snapshots.values() if each.account in in_scope):
        history_store.forget_absent(policy, resources)
    history_store.remember_pass(policy, run_id(decision.plan), decision.plan.baseline)
