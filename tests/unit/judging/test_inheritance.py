"""What a resource has from what it belongs to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, Presence, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Finding, Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource, an_account
from tests.support.evaluation import judged, judged_all, owns, reasons, seen_before

CLAIM = {"owner": "alice", "expiration": "2026-09-02T11:00:00Z"}
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
UNTAGGED_LONG = seen_before(Reason.Untagged, agreed=9)
RECENTLY = NOW - timedelta(hours=30)


VOLUMES_GO = {"untagged": "Delete", "irreplaceable": {"kinds": ["volume"]}}


def instance(tags: Tags | dict[str, str], **changes: Any) -> Resource:
    return a_resource(id="i-1", tags=tags, created=RECENTLY, **changes)


def volume(tags: Tags | dict[str, str] | None = None, number: int = 1, **changes: Any) -> Resource:
    usual = {"kind": "aws_ec2_volume", "category": "volume", "id": f"vol-{number}", "name": "", "created": RECENTLY}
    return a_resource(tags=tags, **{**usual, **changes})


def told(found: Judgement | None) -> tuple[Verdict, str | None, datetime | None]:
    assert found is not None
    return found.verdict, found.owner, found.expires


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("tags", [Tags.untaggable(), Tags.known({})])
def test_a_child_has_owner_and_expiry_of_what_it_belongs_to(tags: Tags) -> None:
    """Whether it could have tags of its own or not; nothing is written on it."""
    parent, child = instance(CLAIM), volume(tags)

    found = judged(child, parent, edges=[owns(parent, child)], history=UNTAGGED_LONG)

    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T11:00:00")) == told(found)
    assert [Reason.InheritedOwner, Reason.InheritedExpiry] == reasons(found)
    assert found is not None
    assert None is found.changes


def test_an_inherited_expiry_is_not_too_long_for_an_older_child() -> None:
    """The maximum holds for those who wrote the expiry; the child goes with its parent anyway."""
    policy = a_policy(lifetime={"max": "48h"})
    parent = a_resource(id="i-1", tags=CLAIM, created=NOW - timedelta(hours=1))
    child = volume({}, created=NOW - timedelta(hours=40))

    found = judged(child, parent, edges=[owns(parent, child)], policy=policy)

    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T11:00:00")) == told(found)
    assert [Reason.InheritedOwner, Reason.InheritedExpiry] == reasons(found)


def test_a_grandchild_inherits_from_the_nearest_that_says_it() -> None:
    """Owner and expiry may come from different ancestors."""
    top, middle = instance(CLAIM), volume({"owner": "bob"}, 1)
    child = volume({}, 2)

    found = judged(child, middle, top, edges=[owns(top, middle), owns(middle, child)])

    assert (Verdict.COMPLIANT, "bob", at("2026-09-02T11:00:00")) == told(found)


def test_what_a_child_says_itself_comes_first() -> None:
    """Its own owner is not that of its parent."""
    parent, child = instance(CLAIM), volume({"owner": "bob", "expiration": "2026-09-01T13:00:00Z"})

    found = judged(child, parent, edges=[owns(parent, child)])

    assert (Verdict.COMPLIANT, "bob", at("2026-09-01T13:00:00")) == told(found)


def test_a_child_that_lacks_half_inherits_half() -> None:
    """An owner of its own, the expiry from above."""
    parent, child = instance(CLAIM), volume({"owner": "bob"})

    found = judged(child, parent, edges=[owns(parent, child)])

    assert (Verdict.COMPLIANT, "bob", at("2026-09-02T11:00:00")) == told(found)
    assert [Reason.InheritedExpiry] == reasons(found)


def test_of_several_owners_the_latest_expiry_counts() -> None:
    """It is needed until the last of them goes."""
    early, late = instance(EXPIRED), volume(CLAIM, 7)
    child = volume({}, 1)

    found = judged(child, early, late, edges=[owns(early, child), owns(late, child)])

    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T11:00:00")) == told(found)


def test_owners_in_a_circle_are_walked_once() -> None:
    """A cycle of owners neither hangs nor claims anything."""
    first, second, third = (a_resource(id=f"i-{number}", tags={}, created=RECENTLY) for number in (1, 2, 3))
    edges = [owns(first, second), owns(second, third), owns(third, first)]

    found = judged_all(first, second, third, edges=edges)

    assert {Verdict.PENDING} == {judgement.verdict for judgement in found.values()}


def test_inheritance_can_be_switched_off() -> None:
    """By rule."""
    parent, child = instance(CLAIM), volume({})
    policy = a_policy(owner={"inherit": False}, rules=VOLUMES_GO, grace={"untagged": "0s"})

    found = judged(child, parent, edges=[owns(parent, child)], policy=policy, history=UNTAGGED_LONG)

    assert (Verdict.DELETE, None, None) == told(found)


def test_what_inherits_an_expiry_that_has_passed_goes_with_its_parent() -> None:
    """By the rule for what is expired, and with its waiting."""
    parent, child = instance(EXPIRED), volume({})

    found = judged(child, parent, edges=[owns(parent, child)], history=seen_before(Reason.Expired))

    assert (Verdict.DELETE, "alice", at("2026-08-31T19:00:00")) == told(found)


@pytest.mark.parametrize("key", ["expiratoin", "expiraton"])
def test_a_repaired_expiry_makes_no_child_deletable_either(key: str) -> None:
    """The parent is written with now + grace.repaired on this very pass."""
    parent, child = instance({"owner": "alice", key: "2026-08-31T19:00:00Z"}), volume({})

    found = judged(child, parent, edges=[owns(parent, child)], history=seen_before(Reason.Expired, agreed=9))

    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T12:00:00")) == told(found)


def test_an_expiry_that_nobody_can_read_is_inherited_as_such() -> None:
    """The child waits until the parent is repaired."""
    parent, child = instance({"owner": "alice", "expiration": "whenever"}), volume({})

    found = judged(child, parent, edges=[owns(parent, child)], history=UNTAGGED_LONG)

    assert (Verdict.COMPLIANT, "alice", None) == told(found)


@pytest.mark.parametrize(
    ("tags", "rules"),
    [
        ({"owner": "TBD"}, {"missingExpiry": "Report"}),
        ({"owner": "TBD", "expiration": "2026-09-02T11:00:00Z"}, {"missingOwner": "Delete"}),
    ],
)
def test_an_owner_that_nobody_can_read_is_inherited_as_such(tags: dict[str, str], rules: dict[str, str]) -> None:
    """What belongs to something that somebody claims is not unclaimed; who it is shows when the owner is mended."""
    parent, child = instance(tags), volume({})
    policy = a_policy(rules={"untagged": "Delete", **rules}, grace={"untagged": "0s"}, observations=1)

    found = judged(child, parent, edges=[owns(parent, child)], policy=policy, history=UNTAGGED_LONG)

    assert found is not None
    assert (None, None) == (found.owner, found.deletion)
    assert Finding(Reason.InheritedOwner, f"unreadable owner inherited from {parent}") in found.findings


def test_an_owner_that_nobody_can_read_is_nearer_than_one_further_up() -> None:
    """A child of something that is claimed by nobody knows whom does not become its grandparent's owner's."""
    top, middle, child = instance(CLAIM), volume({"owner": "TBD"}, 1), volume({}, 2)

    found = judged(child, middle, top, edges=[owns(top, middle), owns(middle, child)])

    assert (Verdict.COMPLIANT, None, at("2026-09-02T11:00:00")) == told(found)


def test_of_several_owners_one_that_can_be_read_counts() -> None:
    """Each of them claims it."""
    unknown, known, child = instance({**CLAIM, "owner": "TBD"}), volume(CLAIM, 7), volume({}, 1)

    found = judged(child, unknown, known, edges=[owns(unknown, child), owns(known, child)])

    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T11:00:00")) == told(found)


@pytest.mark.parametrize("tags", [{}, EXPIRED])
def test_what_belongs_to_something_unreadable_is_undecidable(tags: dict[str, str]) -> None:
    """S1: the parent may be protected or claimed, for all that anybody could read."""
    parent, child = instance(Tags.unreadable("timed out")), volume(tags)

    found = judged(child, parent, edges=[owns(parent, child)], history=UNTAGGED_LONG)

    assert found is not None
    assert (Verdict.UNDECIDABLE, [Reason.TagsUnreadable]) == (found.verdict, reasons(found))


def test_what_belongs_to_something_that_was_not_collected_is_undecidable() -> None:
    """S3: its owner and expiry may be stated where nobody looked."""
    child = volume({})
    edges = [Edge("aws_ec2_instance/i-9", EdgeMeaning.OWNS, child.uid)]
    failure = CollectFailure("aws_ec2_instance", "eu-central-1", "AccessDenied", "no")

    for collected in ([failure], []):
        found = judged(child, edges=edges, failures=collected, kinds=["aws_ec2_volume"], history=UNTAGGED_LONG)

        assert found is not None
        assert (Verdict.UNDECIDABLE, [Reason.SnapshotIncomplete]) == (found.verdict, reasons(found))


@pytest.mark.parametrize(
    ("presence", "is_asked_itself"), [(Presence.ASSUMED, False), (Presence.MISSED, False), (Presence.GONE, True)]
)
def test_what_a_manager_makes_needs_no_parent(presence: Presence, is_asked_itself: bool) -> None:
    """S3: the manager is asked for owner and expiry; once it is gone, the parent that nobody looked at is."""
    child = volume({}, manager=Manager("aws_autoscaling_group", "web", "arn:aws:group", presence))
    edges = [Edge("aws_ec2_instance/i-9", EdgeMeaning.OWNS, child.uid)]

    found = judged(child, edges=edges, kinds=["aws_ec2_volume"], history=UNTAGGED_LONG)

    assert found is not None
    assert is_asked_itself is (found.verdict is Verdict.UNDECIDABLE)


def test_what_belonged_to_something_that_is_gone_stands_alone() -> None:
    """All instances were listed, and that one was not among them: a leftover."""
    child = volume({})
    edges = [Edge("aws_ec2_instance/i-9", EdgeMeaning.OWNS, child.uid)]

    found = judged(
        child,
        edges=edges,
        kinds=["aws_ec2_volume", "aws_ec2_instance"],
        policy=a_policy(rules=VOLUMES_GO),
        history=UNTAGGED_LONG,
    )

    assert (Verdict.DELETE, None, None) == told(found)


def test_what_says_all_itself_needs_no_parent() -> None:
    """An owner that was not collected does not matter then."""
    child = volume(EXPIRED)
    edges = [Edge("arn:aws:lambda:elsewhere", EdgeMeaning.OWNS, child.uid)]

    assert Verdict.DELETE is told(judged(child, edges=edges, history=seen_before(Reason.Expired)))[0]


def test_what_a_protected_resource_owns_is_protected() -> None:
    """S7: over any distance, and in vain for the child to be expired."""
    top = instance({**EXPIRED, "tagwarden.io/protect": "true"})
    middle, child = volume(EXPIRED, 1), volume(EXPIRED, 2)
    edges = [owns(top, middle), owns(middle, child)]

    found = judged(child, middle, top, edges=edges, history=seen_before(Reason.Expired, agreed=9))

    assert found is not None
    assert (Verdict.PROTECTED, Reason.ProtectedByGraph) == (found.verdict, found.findings[0].reason)


def in_cluster(kind: str, name: str, tags: dict[str, str], namespace: str = "") -> Resource:
    return a_resource(
        provider=ProviderName.KUBERNETES,
        account="kind-dev",
        kind=kind,
        id=name,
        name=name,
        namespace=namespace,
        tags=tags,
        category="namespace" if kind == "k8s_namespace" else "workload",
        created=RECENTLY,
    )


def judged_in_cluster(resource: Resource, *others: Resource, **options: Any) -> Judgement | None:
    return judged(
        resource,
        *others,
        policy=a_policy(scope={"accounts": {"names": ["kind-dev"]}}, rules={"untagged": "Delete", "expired": "Delete"}),
        accounts=[an_account("kind-dev", provider=ProviderName.KUBERNETES)],
        **options,
    )


def test_a_namespace_passes_owner_and_expiry_to_its_contents() -> None:
    """Without any edge: the object names its namespace."""
    namespace = in_cluster("k8s_namespace", "pr-17", CLAIM)
    deployment = in_cluster("k8s_deployment", "web", {}, namespace="pr-17")

    found = judged_in_cluster(deployment, namespace, history=UNTAGGED_LONG)

    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T11:00:00")) == told(found)


def test_what_belongs_to_something_that_names_somebody_is_not_untagged_either() -> None:
    """Its parent is kept for that; and an owner further up is one all the same."""
    top, middle, child = instance({}), volume({"contact": "bob"}, 1), volume({}, 2)
    edges = [owns(top, middle), owns(middle, child)]
    policy = a_policy(rules={"untagged": "Delete"}, grace={"untagged": "0s"})

    found = judged(child, middle, top, edges=edges, policy=policy, history=UNTAGGED_LONG)
    assert found is not None
    assert (Verdict.REPORT, None) == (found.verdict, found.deletion)

    top = instance(CLAIM)
    found = judged(child, middle, top, edges=[owns(top, middle), owns(middle, child)], policy=policy)
    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T11:00:00")) == told(found)


def test_what_looks_like_an_owner_hides_no_inherited_one() -> None:
    """A contact is no owner."""
    parent, child = instance(CLAIM), volume({"contact": "bob"})

    found = judged(child, parent, edges=[owns(parent, child)], history=UNTAGGED_LONG)

    assert (Verdict.COMPLIANT, "alice", at("2026-09-02T11:00:00")) == told(found)


@pytest.mark.parametrize("space", ["aaa", "zzz"])
@pytest.mark.parametrize("between", [0, 1, 2])
def test_a_namespace_speaks_after_all_that_owns_or_manages(space: str, between: int) -> None:
    """It holds what many teams made; and its uid may come before or after that of any other."""
    namespace = in_cluster("k8s_namespace", space, {"owner": "platform", "expiration": "2026-08-31T19:00:00Z"})
    chain = [in_cluster("k8s_kafka.example.com", "k", CLAIM, namespace=space)]
    chain += [in_cluster("k8s_service", f"s-{number}", {}, namespace=space) for number in range(between)]
    child = in_cluster("k8s_configmap", "c", {}, namespace=space)
    owning = [owns(above, below) for above, below in pairwise([*chain, child])]
    managed = in_cluster("k8s_pod", "p", {}, namespace=space)
    managed = replace(managed, manager=Manager("ReplicaSet", chain[-1].name, chain[-1].uid))

    edges = [*owning, owns(namespace, chain[0]), owns(namespace, managed)]
    for one in (child, managed):
        found = judged_in_cluster(one, namespace, *chain, edges=edges, history=UNTAGGED_LONG)
        assert ("alice", at("2026-09-02T11:00:00")) == told(found)[1:]


def test_of_several_owners_the_first_by_name_counts() -> None:
    """Uids are drawn by chance, and would let it change when something is made again."""
    child = in_cluster("k8s_configmap", "c", {})
    by_uid = {
        uid: replace(in_cluster("k8s_service", name, {"owner": name}), uid=uid)
        for uid, name in (("1", "zoe"), ("2", "ann"), ("3", "max"))
    }

    found = judged_in_cluster(child, *by_uid.values(), edges=[owns(each, child) for each in by_uid.values()])

    assert "ann" == told(found)[1]


def test_a_namespace_of_another_cluster_passes_nothing() -> None:
    """Names are only unique within a cluster."""
    other = in_cluster("k8s_namespace", "default", {})
    deployment = in_cluster("k8s_deployment", "web", {}, namespace="pr-17")

    found = judged_in_cluster(deployment, other, history=UNTAGGED_LONG)

    assert Verdict.DELETE is told(found)[0]


def test_contents_wait_while_namespaces_could_not_be_listed() -> None:
    """S3: the namespace may be claimed."""
    deployment = in_cluster("k8s_deployment", "web", {}, namespace="pr-17")
    failure = CollectFailure("k8s_namespace", "", "AccessDenied", "no")

    found = judged_in_cluster(deployment, failures=[failure], history=UNTAGGED_LONG)

    assert Verdict.UNDECIDABLE is told(found)[0]


def test_a_protected_namespace_protects_its_contents() -> None:
    """S7."""
    namespace = in_cluster("k8s_namespace", "pr-17", {"tagwarden.io/protect": ""})
    deployment = in_cluster("k8s_deployment", "web", EXPIRED, namespace="pr-17")

    found = judged_in_cluster(deployment, namespace, history=seen_before(Reason.Expired))

    assert Verdict.PROTECTED is told(found)[0]


def test_a_member_shows_the_claim_of_its_manager() -> None:
    """Owner and expiry of an instance are those of its Auto Scaling group."""
    group = a_resource(kind="aws_autoscaling_group", id="web", tags=CLAIM, created=RECENTLY)
    member = instance({}, manager=Manager("aws_autoscaling_group", "web", group.uid))

    assert (Verdict.MANAGED, "alice", at("2026-09-02T11:00:00")) == told(judged(member, group))
