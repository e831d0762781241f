"""Matches selectors of Services, disruption budgets and network policies with Pods.

Semantics: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Labels = frozenset[tuple[str, str]]
"""Labels as pairs of key and value."""

_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Expression:
    """An entry of `matchExpressions`."""

    key: str
    operator: str
    values: frozenset[str]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether labels match; an unknown operator matches any labels."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value in self.values
            case "NotIn":
                return value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
            case _:
                return True


@dataclass(frozen=True, slots=True)
class Selector:
    """Required labels and expressions; neither selects every Pod of the namespace.

    `is_mutual`: the selecting object also breaks without the Pods, as a Service does.
    """

    labels: Labels
    expressions: tuple[Expression, ...] = ()
    is_mutual: bool = False

    def holds(self, labels: Labels) -> bool:
        """Whether Pods with these labels match."""
        if not self.labels <= labels:
            return False
        return not self.expressions or all(each.holds(dict(labels)) for each in self.expressions)


def of_service(service: Mapping[str, Any]) -> Selector | None:
    """Give the selector of a Service; None if the Service selects no Pods."""
    selector = (service.get("spec") or {}).get("selector")
    return Selector(labels_of(selector), is_mutual=True) if selector else None


def of_disruption_budget(budget: Mapping[str, Any]) -> Selector | None:
    """Give the selector of a PodDisruptionBudget."""
    return _of_labels((budget.get("spec") or {}).get("selector"))


def of_network_policy(policy: Mapping[str, Any]) -> Selector | None:
    """Give the selector of a NetworkPolicy."""
    return _of_labels((policy.get("spec") or {}).get("podSelector"))


def labels_of(labels: Mapping[str, Any] | None) -> Labels:
    """Give labels as a value; equal labels share one value, since all Pods of a workload have the same labels."""
    return _shared(frozenset((str(key), str(value)) for key, value in (labels or {}).items()))


def _of_labels(selector: Mapping[str, Any] | None) -> Selector | None:
    if selector is None:
        return None
    expressions = tuple(
        Expression(str(each.get("key")), str(each.get("operator")), frozenset(map(str, each.get("values") or ())))
        for each in selector.get("matchExpressions") or ()
    )
    return Selector(labels_of(selector.get("matchLabels")), expressions)


@lru_cache(_REMEMBERED)
def _shared(labels: Labels) -> Labels:
    return labels
