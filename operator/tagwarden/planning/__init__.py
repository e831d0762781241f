"""Pure: what goes with what, in which order, within which limits, under which hash."""

from tagwarden.planning.budget import Budget, PassSummary, remembered
from tagwarden.planning.codec import plan_from_json, plan_json
from tagwarden.planning.making import make_plan

__all__ = ["Budget", "PassSummary", "make_plan", "plan_from_json", "plan_json", "remembered"]
