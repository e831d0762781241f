"""Selectors mean the Pods that the API server says they mean."""

from typing import Any

import pytest

from tagwarden.providers.kubernetes import selectors

LABELS = selectors.labels_of({"app": "web", "tier": "front"})


def budget(selector: Any) -> selectors.Selector | None:
    return selectors.of_disruption_budget({"spec": {"selector": selector}})


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "web", "tier": "back"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["api"]}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "new", "operator": "NotIn", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "Resembles"}]}, True),
        ({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "x", "operator": "Exists"}]}, False),
    ],
)
def test_label_selectors(selector: Any, expected: bool) -> None:
    """Labels and expressions must all hold; an operator that nobody knows may hold (S18)."""
    found = budget(selector)

    assert found is not None
    assert expected is found.holds(LABELS)


def test_without_a_selector_nobody_is_meant() -> None:
    """A Service without one has Endpoints made by hand; an empty one of a policy means every Pod."""
    assert selectors.of_service({"spec": {"selector": {}}}) is None
    assert selectors.of_service({"spec": {}}) is None
    assert budget(None) is None


def test_equal_labels_are_one_value() -> None:
    """All Pods of a workload have the same."""
    assert selectors.labels_of({"app": "web", "tier": "front"}) is LABELS
