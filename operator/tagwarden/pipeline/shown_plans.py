"""Plans that were shown earlier: the approved plan itself, and a saved plan."""

from dataclasses import replace

from tagwarden.errors import BadInput
from tagwarden.model.duration import format_duration
from tagwarden.model.messages import pass_messages as messages
from tagwarden.model.plan import Plan
from tagwarden.model.policy import Approval
from tagwarden.pipeline.compiling import checksums, compile_policies, recognised
from tagwarden.pipeline.deciding import Decision, settled_world
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.pass_values import Pass, PassDependencies, run_id
from tagwarden.planning import APPROVAL_VALID, means_the_same
from tagwarden.state import HistoryStore
from tagwarden.tagging import format_instant


def as_approved(made: Pass, approved: str, dependencies: PassDependencies) -> Pass:
    """Use the approved plan itself when only the time changed since the approval, and no resource (S6)."""
    plan = made.plan
    if made.decision.policy_set.policy.spec.approval is Approval.NONE or approved in {"", plan.hash}:
        return made
    shown = dependencies.plans.find(plan.policy, approved)
    if shown is None or dependencies.clock() - shown.generated_at > APPROVAL_VALID or not means_the_same(shown, plan):
        return made
    return replace(made, decision=replace(made.decision, plan=shown))


def adopt_plan(declarations: Declarations, plan: Plan, dependencies: PassDependencies) -> Pass:
    """Load a saved plan unchanged: the same plan that was shown will be carried out (S6).

    A resource that is read again is judged by the current policies and the stored snapshots of the plan. Raises
    BadInput when the plan is too old, when the policy, another one or an account changed since, or when a snapshot is
    missing.
    """
    now = dependencies.clock()
    if now - plan.generated_at > dependencies.settings.plan_valid:
        valid = format_duration(dependencies.settings.plan_valid)
        raise BadInput(messages.PLAN_TOO_OLD(made=format_instant(plan.generated_at), limit=valid))
    policy = declarations.policies.get(plan.policy)
    if policy is None:
        raise BadInput(messages.PLAN_OF_UNDECLARED(policy=plan.policy))
    snapshots = [dependencies.snapshots.find(name) for name in plan.snapshots]
    if None in snapshots:
        missing = ", ".join(name for name, found in zip(plan.snapshots, snapshots, strict=True) if found is None)
        raise BadInput(messages.SNAPSHOTS_MISSING(snapshots=missing))
    found = [each for each in snapshots if each is not None]
    policy_set = recognised(compile_policies(declarations, plan.policy), declarations, found)
    elsewhere, world = settled_world(declarations, policy_set, found)
    declared = checksums(declarations, policy_set, world)
    if declared != plan.declarations:
        names = sorted({name for name, _ in declared.items() ^ plan.declarations.items()})
        raise BadInput(messages.DECLARATIONS_CHANGED(names=", ".join(names)))
    histories = HistoryStore(dependencies.database).histories(
        plan.policy, [each.resource for each in plan.resources], now
    )
    judgements = [planned.judgement for planned in plan.resources]
    return Pass(run_id(plan), Decision(policy_set, elsewhere, world, histories, judgements, plan), ())
