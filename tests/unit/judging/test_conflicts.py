"""One policy governs a resource; a tie acts on nothing (S16)."""

from typing import Any

import pytest

from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Verdict
from tests.support.builders import a_policy, a_resource
from tests.support.evaluation import judged, reasons, seen_before

EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
READY = seen_before(Reason.Expired, agreed=5)
ACCOUNTS = {"names": ["aws-dev"]}


def rival(priority: int = 0, *, suspend: bool = False, **scope: Any) -> CleanupPolicy:
    return a_policy("rival", priority=priority, suspend=suspend, scope={"accounts": ACCOUNTS, **scope})


def verdict(policy: CleanupPolicy, *other_policies: CleanupPolicy) -> Verdict | None:
    found = judged(a_resource(tags=EXPIRED), policy=policy, other_policies=other_policies, history=READY)
    return found.verdict if found else None


def test_two_policies_of_one_priority_act_on_nothing() -> None:
    """S16: both say so, whichever is asked."""
    policy = a_policy()

    assert Verdict.CONFLICT is verdict(policy, rival())
    assert Verdict.CONFLICT is verdict(rival(), policy)


def test_a_conflict_names_all_policies() -> None:
    """Whoever reads it knows what to change."""
    found = judged(a_resource(tags=EXPIRED), policy=a_policy(), other_policies=[rival()], history=READY)

    assert [Reason.Conflict, Reason.Expired] == reasons(found)
    assert found is not None
    assert "policies rival, test-accounts have the same priority 0; change the priority of one" == (
        found.findings[0].message
    )
    assert (None, None) == (found.changes, found.deletion)


def test_the_higher_priority_governs() -> None:
    """S16: the lower one has nothing to say."""
    assert None is verdict(a_policy(), rival(1))
    assert Verdict.DELETE is verdict(a_policy(), rival(-1))
    assert Verdict.CONFLICT is verdict(a_policy(priority=1), rival(1), a_policy("third", priority=-5))


def test_a_suspended_policy_keeps_what_it_governs() -> None:
    """S16: resting must not hand its resources to another policy."""
    assert None is verdict(a_policy(), rival(1, suspend=True))
    assert Verdict.CONFLICT is verdict(a_policy(), rival(0, suspend=True))


@pytest.mark.parametrize(
    "scope",
    [
        {"accounts": {"names": ["other"]}},
        {"environments": ["production"]},
        {"kinds": ["volume"]},
        {"where": 'resource.region == "us-east-1"'},
    ],
)
def test_a_rival_with_another_scope_is_none(scope: dict[str, Any]) -> None:
    """Only what covers the very resource counts."""
    assert Verdict.DELETE is verdict(a_policy(), rival(9, **scope))
    assert Verdict.DELETE is verdict(a_policy(), rival(0, **scope))


def test_a_rival_whose_expression_fails_may_govern() -> None:
    """S16: as long as nobody knows, nobody acts."""
    failing = {"where": 'resource.tags.team == "data"'}

    assert None is verdict(a_policy(), rival(1, **failing))
    assert Verdict.CONFLICT is verdict(a_policy(), rival(0, **failing))


def test_an_exclusion_does_not_give_a_resource_away() -> None:
    """S16: what a policy excludes it governs, and protects."""
    assert None is verdict(a_policy(), rival(1, exclude=[{"names": ["web"]}]))


def test_a_policy_is_not_its_own_rival() -> None:
    """The list of all policies may be passed as it is."""
    assert Verdict.DELETE is verdict(a_policy(), a_policy())
