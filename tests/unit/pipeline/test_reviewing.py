"""A deletion is decided again on what was read right before it (S17)."""

import pytest

from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Withheld
from tagwarden.pipeline.reviewing import review
from tests.support.builders import NOW, a_snapshot
from tests.support.decided import EXPIRED, UNTAGGED, decided, made, member

NAMESPACE = made("ns-1", {"owner": "bob", "expiration": "never"})
WEB = made("web-1", EXPIRED)


def reviewed(*parts: Resource) -> Withheld | None:
    """Decide the deletion of a workload again, of which a listing shows these new parts."""
    decision = decided(NAMESPACE, WEB)
    (planned,) = (each for each in decision.plan.resources if each.resource.uid == WEB.uid)
    assert planned.goes
    assert planned.evidence is not None
    edges = [Edge(WEB.uid, EdgeMeaning.OWNS, each.uid) for each in parts]
    (search,) = planned.evidence.searches
    listed = a_snapshot(WEB, *parts, edges=edges, kinds=search.extent.kinds | {each.kind for each in parts})
    return review(decision, planned, FreshEvidence({WEB.uid: WEB}, (Look(search, listed),)), NOW)


def test_s17_what_a_workload_makes_and_loses_by_itself_is_no_change() -> None:
    """S17: Pods come and go between any two looks; their workload is in the plan."""
    assert reviewed() is None
    assert reviewed(member("web-1-x", UNTAGGED, WEB)) is None


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, "k8s_configmap config-0 in ns-1, outside"),
        (3, "config-2 in ns-1, outside"),
        (4, "config-2 in ns-1 and 1 more, outside"),
        (5, "config-2 in ns-1 and 2 more, outside"),
    ],
)
def test_s6_what_would_be_deleted_along_is_named(number: int, told: str) -> None:
    """S6: three of them, and how many more there are."""
    parts = [made(f"config-{place}", UNTAGGED) for place in range(number)]

    withheld = reviewed(*parts)

    assert withheld is not None
    assert told in withheld.message
