"""The limits of a pass: the deletions of earlier passes, and the number still allowed (S9)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tagwarden.model.policy import RELEASED_BRAKE
from tagwarden.model.verdict import Withheld
from tagwarden.pipeline.deciding import Decision
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.pass_values import PassDependencies
from tagwarden.planning import Budget, hourly_limit_reached
from tagwarden.state import Spent, budget, budget_of


def budget_for(
    declarations: Declarations, policy: str, dependencies: PassDependencies, at: datetime, *, is_question: bool
) -> Budget:
    """Give the past deletions for limits and brake; a hypothetical plan is not compared with earlier passes."""
    found = budget(
        dependencies.database,
        policy,
        at,
        operator_per_hour=dependencies.operator_per_hour,
        account_per_hour=dependencies.account_per_hour,
        released=declarations.annotation(policy, RELEASED_BRAKE),
    )
    return replace(found, passes=()) if is_question else found


def deletions_left(decision: Decision, dependencies: PassDependencies, at: datetime) -> int | None:
    """Give the number of deletions that deletionsPerHour still allows; None without limits."""
    policy = decision.policy_set.policy
    if policy.spec.limits is None:
        return None
    return max(
        policy.spec.limits.deletions_per_hour - budget(dependencies.database, policy.name, at).policy_deletions, 0
    )


def limit_reached(
    decision: Decision, dependencies: PassDependencies, wanted: Mapping[str, int], spent: Spent
) -> Withheld | None:
    """Give the limit that this number of deletions would exceed, within the transaction that reserves them (S9)."""
    policy = decision.policy_set.policy
    used = budget_of(
        spent,
        policy.name,
        operator_per_hour=dependencies.operator_per_hour,
        account_per_hour=dependencies.account_per_hour,
    )
    return hourly_limit_reached(wanted, policy.spec.limits, used)
