"""S13: a member is judged once its manager is gone for good; a manager that is unknown is not gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, Presence, Resource
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot
from tests.support.evaluation import judged, over_passes, reasons, seen_before

EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
CLUSTER = Manager("EKS cluster", "dev", "aws_eks_cluster/dev")
OF_SOMETHING = Manager("Kubernetes cluster", "dev", "aws_eks_cluster/dev")
DELETING = a_policy(rules={"untagged": "Delete", "expired": "Delete"})


def node(manager: Manager, presence: Presence, tags: dict[str, str]) -> Resource:
    return a_resource(tags=tags, manager=replace(manager, presence=presence))


def verdict_of(found: Judgement | None) -> Verdict:
    assert found is not None
    return found.verdict


def test_an_expired_instance_of_a_cluster_that_is_gone_goes() -> None:
    """S13: instances of a deleted cluster cost the most and stayed Managed for ever."""
    found = judged(node(CLUSTER, Presence.GONE, EXPIRED), policy=DELETING, history=seen_before(Reason.Expired))

    assert Verdict.DELETE is verdict_of(found)
    assert [Reason.Orphaned, Reason.Expired] == reasons(found)
    assert found is not None
    assert "EKS cluster dev no longer exists" in found.findings[0].message


def test_an_untagged_instance_of_a_cluster_that_is_gone_goes() -> None:
    """S13: its own tags decide, as they do for everything else."""
    found = judged(node(CLUSTER, Presence.GONE, {}), policy=DELETING, history=seen_before(Reason.Untagged))

    assert Verdict.DELETE is verdict_of(found)


def test_a_claimed_orphan_stays_and_is_reported() -> None:
    """S13: somebody has to know that nothing looks after it any more."""
    claimed = {"owner": "alice", "expiration": "2026-09-02T10:00:00Z"}

    found = judged(node(CLUSTER, Presence.GONE, claimed), policy=DELETING)

    assert Verdict.REPORT is verdict_of(found)
    assert Reason.Orphaned in reasons(found)


@pytest.mark.parametrize("tags", [{}, EXPIRED])
def test_a_manager_that_nobody_could_look_for_still_manages(tags: dict[str, str]) -> None:
    """S3, S13: unknown is not gone."""
    found = judged(
        node(CLUSTER, Presence.ASSUMED, tags), policy=DELETING, history=seen_before(Reason.Expired, agreed=9)
    )

    assert Verdict.MANAGED is verdict_of(found)


def test_a_cluster_that_eks_does_not_list_is_believed_to_exist() -> None:
    """S13: OpenShift and kOps mark their machines with the same tag, and make them again."""
    found = judged(node(OF_SOMETHING, Presence.MISSED, {}), policy=DELETING, history=seen_before(Reason.Untagged))

    assert Verdict.MANAGED is verdict_of(found)


def test_the_members_of_a_cluster_that_was_missed_go_at_their_own_end() -> None:
    """S13: somebody named the end of the instance, and no cluster of that name was found."""
    found = judged(node(OF_SOMETHING, Presence.MISSED, EXPIRED), policy=DELETING, history=seen_before(Reason.Expired))

    assert Verdict.DELETE is verdict_of(found)


def test_a_protected_orphan_stays() -> None:
    """S7: being an orphan weakens no protection."""
    found = judged(node(CLUSTER, Presence.GONE, {**EXPIRED, "tagwarden.io/protect": "true"}), policy=DELETING)

    assert Verdict.PROTECTED is verdict_of(found)


@pytest.mark.parametrize("observations", [1, 2])
def test_two_snapshots_have_to_agree_that_the_manager_is_gone(observations: int) -> None:
    """S4, S13: one listing without the cluster may be wrong, even where the policy is content with one look."""
    policy = a_policy(rules={"expired": "Delete"}, observations=observations, grace={"expired": "0s"})
    alive, orphan = node(CLUSTER, Presence.ASSUMED, EXPIRED), node(CLUSTER, Presence.GONE, EXPIRED)
    seen = [alive, alive, orphan, alive, orphan, orphan]
    snapshots = [
        a_snapshot(one, id=f"snapshot-{number}", taken=NOW + timedelta(hours=number)) for number, one in enumerate(seen)
    ]

    passes = over_passes(snapshots, policy)

    expected = [Verdict.MANAGED, Verdict.MANAGED, Verdict.PENDING, Verdict.MANAGED, Verdict.PENDING, Verdict.DELETE]
    assert expected == [found[alive.uid].verdict for found in passes]
