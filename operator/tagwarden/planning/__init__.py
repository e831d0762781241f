"""Pure: the plan of a policy, its dependency closure, order, limits and hash."""

from tagwarden.planning.approval import APPROVAL_VALID, SeenApproval, approval_state, means_the_same
from tagwarden.planning.budget import Budget, baseline_from_json, baseline_json
from tagwarden.planning.codec import plan_from_json, plan_json
from tagwarden.planning.completeness import DependentsOf
from tagwarden.planning.costs import Prices, describe_cost, describe_savings, savings
from tagwarden.planning.deletion_roles import describe
from tagwarden.planning.difference import Difference, PlanDifference, diff_plans
from tagwarden.planning.evidence_text import Grounds
from tagwarden.planning.hashing import checksum
from tagwarden.planning.importance import by_importance, weights
from tagwarden.planning.limits import hourly_limit_reached
from tagwarden.planning.planner import Settled, make_plan, settle
from tagwarden.planning.reach import Hop, blast_radius, closure_of, dependencies, dependents, owners

__all__ = [
    "APPROVAL_VALID",
    "Budget",
    "DependentsOf",
    "Difference",
    "Grounds",
    "Hop",
    "PlanDifference",
    "Prices",
    "SeenApproval",
    "Settled",
    "approval_state",
    "baseline_from_json",
    "baseline_json",
    "blast_radius",
    "by_importance",
    "checksum",
    "closure_of",
    "dependencies",
    "dependents",
    "describe",
    "describe_cost",
    "describe_savings",
    "diff_plans",
    "hourly_limit_reached",
    "make_plan",
    "means_the_same",
    "owners",
    "plan_from_json",
    "plan_json",
    "savings",
    "settle",
    "weights",
]
