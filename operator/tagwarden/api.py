"""The Python API: all names that other programs may use (docs/python.md).

The command line and the operator use the same names. A name is imported at its first use, so that an import of this
module loads no other module.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tagwarden.errors import BadInput, StateError, TagwardenError
    from tagwarden.inventory import PlanStore
    from tagwarden.judging import TaggedResource, TagJudgement, TagSource, judge_tags
    from tagwarden.model.plan import Plan
    from tagwarden.model.report import PassReport
    from tagwarden.model.resource import Environment, ProviderName
    from tagwarden.model.tags import Tags
    from tagwarden.model.verdict import Confidence, Finding, Verdict
    from tagwarden.pipeline import Declarations, compile_policies, load_declarations
    from tagwarden.reporting import report_before

_MODULES = {
    # Declarations from YAML
    "load_declarations": "tagwarden.pipeline",
    "compile_policies": "tagwarden.pipeline",
    "Declarations": "tagwarden.pipeline",
    # Tags of one resource
    "judge_tags": "tagwarden.judging",
    "TaggedResource": "tagwarden.judging",
    "TagJudgement": "tagwarden.judging",
    "TagSource": "tagwarden.judging",
    "Tags": "tagwarden.model.tags",
    "ProviderName": "tagwarden.model.resource",
    "Environment": "tagwarden.model.resource",
    "Verdict": "tagwarden.model.verdict",
    "Finding": "tagwarden.model.verdict",
    "Confidence": "tagwarden.model.verdict",
    # Stored plans and their reports
    "PlanStore": "tagwarden.inventory",
    "Plan": "tagwarden.model.plan",
    "report_before": "tagwarden.reporting",
    "PassReport": "tagwarden.model.report",
    # Errors
    "TagwardenError": "tagwarden.errors",
    "BadInput": "tagwarden.errors",
    "StateError": "tagwarden.errors",
}
"""The module of each name."""

__all__ = [
    "BadInput",
    "Confidence",
    "Declarations",
    "Environment",
    "Finding",
    "PassReport",
    "Plan",
    "PlanStore",
    "ProviderName",
    "StateError",
    "TagJudgement",
    "TagSource",
    "TaggedResource",
    "Tags",
    "TagwardenError",
    "Verdict",
    "compile_policies",
    "judge_tags",
    "load_declarations",
    "report_before",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value
