from dataclasses import replace
from datetime import timedelta

import pytest

from tagwarden.model.plan import Plan
from tagwarden.model.policy import Approval
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Verdict, Withheld
from tagwarden.planning import SeenApproval, approval_state, by_importance, diff_plans, weights
from tests.support.builders import NOW
from tests.unit.planning.scenes import claimed, doomed, fixable, member, plan_of, thing, unclaimed

REQUIRED = Approval.REQUIRED


def refused(plan: Plan, approved: str, hours: int = 0, shown: Plan | None = None) -> str | None:
    seen = SeenApproval(NOW - timedelta(hours=hours))
    held = approval_state(plan, REQUIRED, approved, seen=seen, shown=shown, now=NOW)
    return held.reason.value if held else None


def test_s6_a_plan_waits_for_its_own_hash() -> None:
    """S6: no approval, another plan's, and this one's."""
    plan = plan_of([doomed("i-1")])

    assert refused(plan, "") == "NotApproved"
    assert refused(plan, plan_of([doomed("i-2")]).hash) == "ApprovalOutdated"
    assert refused(plan, plan.hash) is None


@pytest.mark.parametrize(("hours", "reason"), [(24, None), (25, "ApprovalOutdated")])
def test_approvals_expire(hours: int, reason: str | None) -> None:
    """A day later somebody has to look again."""
    plan = plan_of([doomed("i-1")])

    assert refused(plan, plan.hash, hours) == reason


def test_s6_the_refusal_says_what_changed() -> None:
    """S6: a person who approved learns what is different now."""
    old, new = plan_of([doomed("i-1")]), plan_of([doomed("i-1"), doomed("i-2")])
    held = approval_state(new, REQUIRED, old.hash, shown=old, now=NOW)

    assert held is not None
    assert "1 added (1 of them deletions): aws_ec2_instance i-2 in eu-central-1" in held.message
    assert new.hash in held.message


def test_what_deletes_nothing_needs_no_approval() -> None:
    """Repairs alone run at once."""
    assert refused(plan_of([fixable("i-1")]), "") is None


def test_without_the_rule_nothing_waits() -> None:
    """approval: None."""
    assert approval_state(plan_of([doomed("i-1")]), Approval.NONE, "", now=NOW) is None


def test_a_difference_for_everything_that_is_done_otherwise() -> None:
    """Added, removed and changed are told apart."""
    old = plan_of([doomed("gone"), doomed("same"), fixable("moved")])
    new = plan_of([claimed("gone"), doomed("same"), doomed("moved"), fixable("new")])
    found = {(each.uid, each.how.value, each.deletes) for each in diff_plans(old, new).differences}

    assert found == {("gone", "Removed", True), ("moved", "Changed", True), ("new", "Added", False)}


def test_plans_with_one_hash_do_not_differ() -> None:
    """The comparison and the hash agree."""
    plan = plan_of([doomed("i-1"), fixable("i-2")])
    later = replace(plan, generated_at=NOW + timedelta(days=1))

    assert not diff_plans(plan, later)
    assert diff_plans(plan, later).summary == "nothing changed"


def test_many_differences_are_counted() -> None:
    """Three are named, the rest is a number."""
    many = plan_of([doomed(f"i-{place}") for place in range(9)])

    assert diff_plans(plan_of([]), many).summary.endswith("and 6 more")


def test_the_heaviest_deletion_comes_first() -> None:
    """What takes most with it or breaks most is what a person should look at."""
    things = [
        doomed("a-light"),
        doomed("b-breaking"),
        doomed("c-heavy"),
        unclaimed("part-1"),
        member("part-2", of="c-heavy"),
        member("part-3", of="part-2"),
        unclaimed("user"),
        fixable("tagged"),
        doomed("held"),
        claimed("holder"),
    ]
    plan = plan_of(
        things,
        "c-heavy owns part-1",
        "c-heavy owns part-2",
        "part-2 owns part-3",
        "user uses b-breaking",
        "holder needs held",
    )
    order = [planned.resource.uid for planned in by_importance(plan)]

    assert order[:7] == ["c-heavy", "b-breaking", "a-light", "part-1", "held", "tagged", "part-2"]
    assert weights(plan)["c-heavy"] == 3


def test_deletions_that_wait_come_before_changes_of_tags() -> None:
    """A person looks at what is about to go, then at what is only corrected."""
    waits = {"deletion": Reason.Expired, "withheld": Withheld(Reason.InGracePeriod, "until noon")}
    things = [fixable("a-fix"), thing("b-waits", Verdict.PENDING, judged=waits), doomed("c-goes"), claimed("d-stays")]

    order = [planned.resource.uid for planned in by_importance(plan_of(things))]

    assert ["c-goes", "b-waits", "a-fix", "d-stays"] == order


def test_a_deletion_with_the_same_evidence_is_no_difference() -> None:
    """The evidence is part of the comparison, and read of each plan alone."""
    old, new = (plan_of([doomed("vpc-1"), unclaimed("subnet-1")], "vpc-1 owns subnet-1") for _ in range(2))
    assert any(planned.evidence and planned.evidence.witnesses for planned in old.resources)
    assert not diff_plans(old, new)
