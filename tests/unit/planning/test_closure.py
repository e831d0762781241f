from collections.abc import Callable
from datetime import timedelta

import pytest

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, ProviderName
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Finding, Judgement, Verdict
from tests.support.builders import NOW, a_policy
from tests.unit.planning.scenes import (
    GENEROUS,
    Thing,
    claimed,
    doomed,
    fates,
    fixable,
    in_cluster,
    inheriting,
    member,
    plan_of,
    protected,
    thing,
    unclaimed,
    why,
)


def test_what_only_exists_for_a_deleted_resource_goes_along() -> None:
    """An untagged volume of an expired instance goes after it, and the plan says because of what."""
    plan = plan_of([doomed("i-1"), unclaimed("vol-1")], "i-1 owns vol-1", "i-1 needs vol-1")

    assert {"i-1": "deleted in 1", "vol-1": "deleted in 2 for i-1"} == fates(plan)


def test_what_goes_along_is_not_tagged_on_the_way() -> None:
    """Tags are not repaired on what is about to go with its owner."""
    volume = fixable("vol-1", tags={})

    assert {"i-1": "deleted in 1", "vol-1": "deleted in 2 for i-1"} == fates(
        plan_of([doomed("i-1"), volume], "i-1 owns vol-1")
    )


def test_an_inherited_claim_goes_with_the_one_it_came_from() -> None:
    """What has owner and expiry only from what it belongs to does not hold that up."""
    plan = plan_of([doomed("i-1"), inheriting("eni-1")], "i-1 owns eni-1")

    assert {"i-1": "deleted in 1", "eni-1": "deleted in 2 for i-1"} == fates(plan)


def test_ownership_goes_down_to_any_depth() -> None:
    """What belongs to what belongs to a deleted resource goes for the sake of the first."""
    plan = plan_of([doomed("a"), unclaimed("b"), unclaimed("c")], "a owns b", "b owns c")

    assert {"a": "deleted in 1", "b": "deleted in 2 for a", "c": "deleted in 3 for a"} == fates(plan)


def test_what_needs_it_goes_first() -> None:
    """An instance goes before its security group, whichever order their names have."""
    plan = plan_of([doomed("a-group"), doomed("z-instance")], "z-instance needs a-group")

    assert {"z-instance": "deleted in 1", "a-group": "deleted in 2"} == fates(plan)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("other needs it", "DependentInUse"),
        ("it owns other", "DependentInUse"),
        ("other owns it", "DependentInUse"),
        ("other uses it", "DependentInUse"),
        ("it needs other", None),
        ("it uses other", None),
    ],
)
def test_s8_somebody_elses_valid_claim_blocks_the_deletion(sentence: str, reason: str | None) -> None:
    """S8: what bob still claims keeps what it needs, owns, uses or belongs to; and the reason names it."""
    plan = plan_of([doomed("it"), claimed("other")], sentence)

    assert fates(plan) == {"it": reason or "deleted in 1"}
    assert reason is None or "bob until 2026-09-02T12:00:00Z" in why(plan, "it")


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.PROTECTED, "ProtectedByGraph"),
        (Verdict.UNDECIDABLE, "WithheldByDependency"),
        (Verdict.CONFLICT, "WithheldByDependency"),
        (Verdict.PENDING, "WithheldByDependency"),
        (Verdict.MANAGED, "WithheldByDependency"),
        (Verdict.REPORT, "WithheldByDependency"),
        (None, "WithheldByDependency"),
    ],
)
def test_what_stays_keeps_what_it_needs(verdict: Verdict | None, reason: str) -> None:
    """Nothing is deleted while something that nobody agreed to delete needs it, another policy's included (S16)."""
    plan = plan_of([doomed("it"), thing("other", verdict)], "other needs it")

    assert fates(plan) == {"it": reason}
    assert "other" in why(plan, "it")


@pytest.mark.parametrize("verdict", [Verdict.UNDECIDABLE, Verdict.CONFLICT, Verdict.PENDING, Verdict.MANAGED, None])
def test_what_nobody_agreed_to_delete_does_not_go_along(verdict: Verdict | None) -> None:
    """S1, S4, S13, S16: an owned resource that may not be deleted keeps its owner."""
    assert fates(plan_of([doomed("it"), thing("part", verdict)], "it owns part")) == {"it": "WithheldByDependency"}


@pytest.mark.parametrize(
    "sentences", [["eni-1 needs i-1"], ["i-1 needs eni-1"], ["i-1 owns eni-1"], ["i-1 uses eni-1"]]
)
def test_s7_a_protected_instance_protects_its_network_interface(sentences: list[str]) -> None:
    """S7: an unprotected interface of a protected instance is not deleted under it, however they are linked."""
    things = [protected("i-1"), doomed("eni-1")]
    plan = plan_of(things, *sentences)

    expected = {} if sentences == ["eni-1 needs i-1"] else {"eni-1": "ProtectedByGraph"}
    assert {uid: fate for uid, fate in fates(plan).items() if "deleted" not in fate} == expected


@pytest.mark.parametrize("sentence", ["vol-1 needs i-1", "i-1 owns vol-1", "vol-1 uses i-1", "vol-1 owns i-1"])
def test_s7_the_owner_of_something_protected_is_not_deleted(sentence: str) -> None:
    """S7: an instance whose volume is protected stays."""
    assert fates(plan_of([doomed("i-1"), protected("vol-1")], sentence)) == {"i-1": "ProtectedByGraph"}


def test_s7_the_vendors_protection_counts_outside_of_the_scope_too() -> None:
    """S7: a resource that no policy governs still protects by its vendor's deletion protection."""
    database = thing("db-1", None, protection="deletion protection is on")

    assert fates(plan_of([doomed("sg-1"), database], "db-1 needs sg-1")) == {"sg-1": "ProtectedByGraph"}


def test_s7_protection_spreads_over_any_distance() -> None:
    """S7: what would have to go before something that must stay for a protected one stays too."""
    things = [doomed("vpc"), doomed("subnet"), doomed("i-1"), protected("vol-1")]
    plan = plan_of(things, "subnet needs vpc", "i-1 needs subnet", "i-1 owns vol-1")

    assert {"vpc": "ProtectedByGraph", "subnet": "ProtectedByGraph", "i-1": "ProtectedByGraph"} == fates(plan)
    assert "vol-1" in why(plan, "vpc")


def test_a_claim_at_a_distance_is_told_along_the_way() -> None:
    """A network stays since its subnet stays, and the sentence names who holds the subnet."""
    things = [doomed("vpc"), doomed("subnet"), claimed("i-1")]
    plan = plan_of(things, "subnet needs vpc", "i-1 needs subnet")

    assert {"vpc": "WithheldByDependency", "subnet": "DependentInUse"} == fates(plan)
    assert "i-1" in why(plan, "vpc")


def test_what_went_only_for_a_withheld_resource_stays_unmentioned() -> None:
    """The untagged parts of an instance that stays are neither deleted nor withheld: nobody wanted them deleted."""
    things = [doomed("i-1"), unclaimed("vol-1"), claimed("app")]

    assert fates(plan_of(things, "i-1 owns vol-1", "app needs i-1")) == {"i-1": "DependentInUse"}


def test_a_part_with_two_owners_stays_while_one_of_them_stays() -> None:
    """What belongs to a claimed resource too does not go with the other one, which then cannot go either."""
    things = [doomed("a"), claimed("b"), unclaimed("shared")]
    plan = plan_of(things, "a owns shared", "b owns shared")

    assert {"a": "DependentInUse"} == fates(plan)


def test_a_ring_of_parts_that_own_one_another_does_not_keep_itself_going() -> None:
    """Once nothing that is deleted owns them, parts that only own one another stay."""
    things = [doomed("root"), unclaimed("x"), unclaimed("y"), claimed("app")]

    assert fates(plan_of(things, "root owns x", "x owns y", "y owns x", "app needs root")) == {"root": "DependentInUse"}


def test_an_unknown_dependent_withholds() -> None:
    """What was not collected and needs it may be anything."""
    plan = plan_of([doomed("sg-1")], "aws_lambda_function/f needs sg-1")

    assert fates(plan) == {"sg-1": "DependentUnknown"}
    assert "aws_lambda_function/f" in why(plan, "sg-1")


def test_an_unknown_owner_withholds() -> None:
    """What belongs to something that was not collected is not known to be free."""
    assert fates(plan_of([doomed("eni-1")], "aws_x/y owns eni-1")) == {"eni-1": "DependentUnknown"}


@pytest.mark.parametrize("sentence", ["it needs aws_x/y", "it uses aws_x/y", "it owns aws_x/y", "aws_x/y uses it"])
def test_other_unknown_ends_are_no_obstacle(sentence: str) -> None:
    """A link to a default key or a role of another account keeps nothing back."""
    assert fates(plan_of([doomed("it")], sentence)) == {"it": "deleted in 1"}


def test_what_uses_it_without_a_claim_is_told_and_no_obstacle() -> None:
    """The blast radius is listed."""
    plan = plan_of([doomed("sg-1"), unclaimed("app")], "app uses sg-1")

    assert fates(plan) == {"sg-1": "deleted in 1"}
    assert [("app",)] == [planned.breaks for planned in plan.resources if planned.resource.uid == "sg-1"]


def test_a_member_goes_with_its_manager_and_has_no_action() -> None:
    """S13: an expired Auto Scaling group takes its instances, which are never acted on alone."""
    plan = plan_of([doomed("asg"), member("i-1", of="asg")], "asg owns i-1")

    assert fates(plan) == {"asg": "deleted in 1", "i-1": "taken by asg"}


def test_s13_a_member_never_goes_without_its_manager() -> None:
    """S13: what its manager would make again does not go along with something else."""
    things = [doomed("placement"), claimed("asg"), member("i-1", of="asg")]
    plan = plan_of(things, "placement owns i-1", "asg owns i-1")

    assert fates(plan) == {"placement": "WithheldByDependency"}
    assert "is managed by manager asg and stays" in why(plan, "placement")


def test_s7_a_protected_member_keeps_its_manager() -> None:
    """S7: an Auto Scaling group with a protected instance is not deleted."""
    assert fates(plan_of([doomed("asg"), protected("i-1")], "asg owns i-1")) == {"asg": "ProtectedByGraph"}


def test_what_a_member_needs_waits_for_the_manager() -> None:
    """The security group of the instances goes after the group that makes them."""
    plan = plan_of([doomed("asg"), member("i-1", of="asg"), doomed("a-sg")], "asg owns i-1", "i-1 needs a-sg")

    assert fates(plan) == {"asg": "deleted in 1", "i-1": "taken by asg", "a-sg": "deleted in 2"}
    assert [("asg",)] == [action.after for action in plan.actions if action.uid == "a-sg"]


def test_a_content_of_a_network_goes_by_its_own_verdict() -> None:
    """An expired subnet goes though the network around it is claimed: the network is not harmed by that."""
    things = [claimed("vpc", category="network"), doomed("subnet")]

    assert fates(plan_of(things, "vpc owns subnet", "subnet needs vpc")) == {"subnet": "deleted in 1"}


def test_a_deleted_network_takes_its_subnets_first() -> None:
    """What must be gone before its owner can go is deleted before it."""
    things = [doomed("vpc"), unclaimed("subnet")]
    plan = plan_of(things, "vpc owns subnet", "subnet needs vpc")

    assert fates(plan) == {"subnet": "deleted in 1 for vpc", "vpc": "deleted in 2"}


def test_a_volume_that_the_vendor_deletes_with_its_instance_has_no_action() -> None:
    """Delete on termination: nothing is left to ask for, and the plan says what takes it."""
    assert fates(plan_of([doomed("i-1"), member("vol-1", of="i-1")], "i-1 owns vol-1", "i-1 needs vol-1")) == {
        "i-1": "deleted in 1",
        "vol-1": "taken by i-1",
    }


def test_keep_leaves_what_the_vendor_does_not_delete() -> None:
    """associated: Keep leaves an untagged volume, and a claimed one is no obstacle then."""
    keep = a_policy(limits=GENEROUS, associated="Keep")
    things = [doomed("i-1"), unclaimed("vol-1"), claimed("vol-2")]

    assert fates(plan_of(things, "i-1 owns vol-1", "i-1 owns vol-2", policy=keep)) == {"i-1": "deleted in 1"}


def test_keep_does_not_hold_back_what_the_vendor_takes() -> None:
    """associated: Keep cannot keep what goes with its owner anyway, so a claim on that still blocks (S8)."""
    keep = a_policy(limits=GENEROUS, associated="Keep")
    things = [in_cluster(doomed, "shop", "k8s_namespace"), in_cluster(claimed, "web", "k8s_deployment")]
    volumes = [doomed("i-1"), member("vol-1", of="i-1")]

    assert fates(plan_of(things, "shop owns web", policy=keep)) == {"shop": "DependentInUse"}
    assert fates(plan_of(volumes, "i-1 owns vol-1", policy=keep)) == {"i-1": "deleted in 1", "vol-1": "taken by i-1"}


def test_keep_withholds_what_cannot_go_while_its_parts_are_kept() -> None:
    """associated: Keep keeps a subnet, and so its network."""
    keep = a_policy(limits=GENEROUS, associated="Keep")
    things = [doomed("vpc"), unclaimed("subnet")]

    assert fates(plan_of(things, "vpc owns subnet", "subnet needs vpc", policy=keep)) == {"vpc": "WithheldByDependency"}


def test_an_own_owner_without_time_left_is_a_claim_where_the_policy_only_reports() -> None:
    """The policy said Report for what has expired: it does not go along either."""
    judged = {
        "owner": "bob",
        "expires": NOW - timedelta(days=1),
        "findings": (Finding(Reason.Expired, "expired yesterday"),),
    }
    volume = thing("vol-1", Verdict.REPORT, judged=judged, tags={"owner": "bob", "expiration": "2026-08-31"})

    assert fates(plan_of([doomed("i-1"), volume], "i-1 owns vol-1")) == {"i-1": "DependentInUse"}


@pytest.mark.parametrize(
    ("tags", "findings"),
    [
        ({"owner": "zoe", "created-by": "bob"}, (Reason.MalformedOwner, Reason.SeveralOwners, Reason.MissingExpiry)),
        ({"owner": "sam"}, (Reason.AmbiguousOwner, Reason.MissingExpiry)),
        ({"onwer": "alice", "ownre": "bob"}, (Reason.AmbiguousKey, Reason.MissingExpiry)),
        ({"contact": "bob@example.com"}, (Reason.Untagged, Reason.MalformedKey)),
    ],
)
def test_s8_an_owner_whom_nobody_can_read_is_somebody(tags: dict[str, str], findings: tuple[Reason, ...]) -> None:
    """S8: who is new, or slipped, or stands under another key, keeps what she has until people have corrected it."""
    judged = {"findings": tuple(Finding(reason, "said") for reason in findings)}
    volume = thing("vol-1", Verdict.REPORT, judged=judged, tags=tags)
    plan = plan_of([doomed("i-1"), volume], "i-1 owns vol-1")

    assert fates(plan) == {"i-1": "DependentInUse"}
    assert "an unreadable owner" in why(plan, "i-1")


def test_an_own_expiry_without_an_owner_is_a_claim() -> None:
    """Somebody gave it time, though not a name."""
    judged = {
        "expires": NOW + timedelta(days=1),
        "findings": (Finding(Reason.MissingOwner, "no owner"),),
    }
    volume = thing("vol-1", Verdict.REPORT, judged=judged, tags={"expiration": "2026-09-02"})
    plan = plan_of([doomed("i-1"), volume], "i-1 owns vol-1")

    assert fates(plan) == {"i-1": "DependentInUse"}
    assert "its own expiry" in why(plan, "i-1")


def test_an_own_expiry_without_an_owner_claims_nothing_from_its_instant_on() -> None:
    """What expires now has no time left."""
    judged = {"expires": NOW, "findings": (Finding(Reason.MissingOwner, "no owner"),)}
    volume = thing("vol-1", Verdict.REPORT, judged=judged, tags={"expiration": "2026-09-01T12:00:00Z"})

    assert fates(plan_of([doomed("i-1"), volume], "i-1 owns vol-1")) == {
        "i-1": "deleted in 1",
        "vol-1": "deleted in 2 for i-1",
    }


def test_what_a_policy_would_write_is_nobodys_claim() -> None:
    """The default expiry for an untagged part that has only other tags is not a claim of anybody."""
    judged = {
        "expires": NOW + timedelta(days=1),
        "findings": (Finding(Reason.MissingExpiry, "no expiry"), Finding(Reason.InheritedOwner, "from i-1")),
        "owner": "alice",
    }
    volume = thing("vol-1", Verdict.FIX, judged=judged, tags={"Name": "data"})

    assert fates(plan_of([doomed("i-1"), volume], "i-1 owns vol-1")) == {
        "i-1": "deleted in 1",
        "vol-1": "deleted in 2 for i-1",
    }


def test_s1_a_part_with_unreadable_tags_keeps_its_owner() -> None:
    """S1: tags that nobody could read may be a claim."""
    volume = thing("vol-1", Verdict.UNDECIDABLE, tags=Tags.unreadable("access denied"))

    assert fates(plan_of([doomed("i-1"), volume], "i-1 owns vol-1")) == {"i-1": "WithheldByDependency"}


def test_several_obstacles_are_counted_and_the_gravest_is_named() -> None:
    """A protected dependent outweighs two claims."""
    things = [doomed("sg-1"), claimed("a"), claimed("b"), protected("c")]
    plan = plan_of(things, "a needs sg-1", "b needs sg-1", "c needs sg-1")

    assert fates(plan) == {"sg-1": "ProtectedByGraph"}
    assert why(plan, "sg-1").endswith("; and 2 more")


def test_the_content_of_a_network_that_stays_stays_too() -> None:
    """Nobody wanted the untagged subnet deleted but for the sake of the network."""
    things = [doomed("vpc"), unclaimed("subnet"), claimed("app")]

    assert fates(plan_of(things, "vpc owns subnet", "subnet needs vpc", "app needs vpc")) == {"vpc": "DependentInUse"}


def test_containers_that_hold_one_another_do_not_keep_themselves_going() -> None:
    """A ring of containers goes only while something that is deleted holds it."""
    inner = [unclaimed(name, category="namespace") for name in ("x", "y")]
    things = [doomed("root", category="namespace"), *inner, claimed("app")]

    assert fates(plan_of(things, "root owns x", "x owns y", "y owns x", "app needs root")) == {"root": "DependentInUse"}


def test_what_a_withheld_resource_uses_stays() -> None:
    """An instance stays for the sake of its protected volume, and with it the role that it uses."""
    things = [doomed("i-1"), protected("vol-1"), doomed("role")]
    plan = plan_of(things, "i-1 owns vol-1", "i-1 uses role")

    assert fates(plan) == {"i-1": "ProtectedByGraph", "role": "ProtectedByGraph"}


def test_s2_nothing_in_production_goes_along() -> None:
    """S2: an untagged volume in production keeps its instance, though the policy governs both."""
    volume = thing("vol-1", Verdict.REPORT, judged={"environment": Environment.PRODUCTION})
    plan = plan_of([doomed("i-1"), volume], "i-1 owns vol-1")

    assert fates(plan) == {"i-1": "ProtectedByGraph"}
    assert "production" in why(plan, "i-1")


@pytest.mark.parametrize(
    ("forbidden", "reason"),
    [
        (thing("i-1", Verdict.DELETE, judged={"environment": Environment.PRODUCTION}), "Production"),
        (thing("i-1", Verdict.DELETE, judged={"environment": Environment.STAGING}), "Production"),
        (doomed("i-1", protection="deletion protection is on"), "ProtectedByVendor"),
    ],
)
def test_s2_s7_a_verdict_alone_deletes_nothing_that_is_forbidden(forbidden: Thing, reason: str) -> None:
    """S2, S7: planning does not take a Delete for granted."""
    assert fates(plan_of([forbidden])) == {"i-1": reason}


def test_s16_what_a_policy_does_not_govern_goes_along_when_only_its_kind_is_missing() -> None:
    """A policy for instances takes their untagged volumes along, and never deletes those for their own sake."""
    things = [doomed("i-1"), thing("vol-1", None), thing("vol-2", None)]
    associates = {
        name: Judgement(name, Verdict.DELETE, deletion=Reason.Untagged, environment=Environment.TEST)
        for name in ("vol-1", "vol-2")
    }
    plan = plan_of(things, "i-1 owns vol-1", associates=associates)

    assert fates(plan) == {"i-1": "deleted in 1", "vol-1": "deleted in 2 for i-1"}
    assert [planned.resource.uid for planned in plan.resources] == ["i-1", "vol-1"]


def test_s8_an_associate_with_a_claim_of_its_own_keeps_its_owner() -> None:
    """S8: a volume of another kind than the policy governs still is its owner's."""
    volume = claimed("vol-1")
    assert volume.judgement is not None
    things = [doomed("i-1"), Thing(volume.resource, None)]

    assert fates(plan_of(things, "i-1 owns vol-1", associates={"vol-1": volume.judgement})) == {"i-1": "DependentInUse"}


def test_what_a_service_made_for_its_own_use_goes_with_it() -> None:
    """The network interfaces of a load balancer are managed by nothing that was collected; their subnet waits."""
    interface = thing("eni", Verdict.MANAGED, manager=Manager("AWS", "ELB app/web"))
    plan = plan_of([doomed("lb"), interface, doomed("a-subnet")], "lb owns eni", "eni needs a-subnet")

    assert fates(plan) == {"lb": "deleted in 1", "eni": "taken by lb", "a-subnet": "deleted in 2"}


def test_s13_what_an_unseen_stack_made_does_not_go_first() -> None:
    """S13: a subnet that would need an action of its own, and that a stack would make again, keeps its network."""
    subnet = thing("subnet", Verdict.MANAGED, manager=Manager("aws_cloudformation_stack", "net"))

    assert fates(plan_of([doomed("vpc"), subnet], "vpc owns subnet", "subnet needs vpc")) == {
        "vpc": "WithheldByDependency"
    }


@pytest.mark.parametrize(("manager", "fate"), [(claimed, "DependentInUse"), (unclaimed, "deleted in 1")])
def test_of_what_uses_it_the_manager_knows(manager: Callable[..., Thing], fate: str) -> None:
    """A pod that uses a key speaks for its deployment: claimed or nobody's."""
    things = [doomed("key"), manager("web"), member("pod", of="web")]

    assert fates(plan_of(things, "web owns pod", "pod uses key", "web uses key")) == {"key": fate}


def test_a_member_that_must_be_gone_first_is_deleted_first() -> None:
    """A cluster is refused while it has node groups, which go only for its sake."""
    things = [doomed("cluster"), member("nodes", of="cluster"), member("i-1", of="nodes")]
    plan = plan_of(things, "cluster owns nodes", "nodes needs cluster", "nodes owns i-1")

    assert fates(plan) == {"nodes": "deleted in 1 for cluster", "i-1": "taken by nodes", "cluster": "deleted in 2"}


def irreplaceable(name: str, /) -> Thing:
    """Untagged, and holds what no template restores."""
    findings = (Finding(Reason.Untagged, "neither owner nor expiry"), Finding(Reason.Irreplaceable, "it holds data"))
    return thing(name, Verdict.REPORT, judged={"findings": findings})


def untagged(name: str, /) -> Thing:
    """Deleted since nobody claims it."""
    return thing(name, Verdict.DELETE, judged={"deletion": Reason.Untagged})


def test_s19_what_cannot_be_made_again_goes_only_where_somebody_named_an_end() -> None:
    """S19: an untagged owner does not take its data along, and so stays itself; an expired one does."""
    kept = plan_of([untagged("web"), irreplaceable("data")], "web owns data")
    gone = plan_of([doomed("web"), irreplaceable("data")], "web owns data")

    assert fates(kept) == {"web": "Irreplaceable"}
    assert fates(gone) == {"web": "deleted in 1", "data": "deleted in 2 for web"}


def test_s19_of_an_expired_and_an_untagged_owner_the_expired_one_speaks() -> None:
    """S19: the end of what holds all of it was named, whatever lies between."""
    things = [doomed("vpc"), untagged("web"), irreplaceable("data")]

    assert fates(plan_of(things, "vpc owns web", "web owns data")) == {
        "vpc": "deleted in 1",
        "web": "deleted in 2",
        "data": "deleted in 3 for web",
    }


def test_s19_once_the_expired_owner_stays_its_data_stays() -> None:
    """S19: the untagged one that is left between names no end."""
    things = [doomed("vpc", category="network"), untagged("web"), irreplaceable("data"), claimed("app")]
    plan = plan_of(things, "vpc owns web", "web owns data", "app needs vpc")

    assert fates(plan) == {"vpc": "DependentInUse", "web": "Irreplaceable"}


def test_s19_what_holds_data_keeps_what_it_uses() -> None:
    """S19: a key goes not while something irreplaceable is locked with it."""
    assert fates(plan_of([doomed("key"), irreplaceable("data")], "data uses key")) == {"key": "Irreplaceable"}


def test_what_is_being_deleted_gets_no_action_and_holds_only_what_it_needs() -> None:
    """A namespace that hangs on a finalizer is told with that, and its contents go with it."""
    namespace = in_cluster(doomed, "shop", "k8s_namespace", state="Terminating", attributes={"finalizers": "guard"})
    content = in_cluster(doomed, "web", "k8s_deployment")
    instance = doomed("i-1", state="shutting-down")
    things = [namespace, content, instance, doomed("sg"), doomed("vpc")]
    plan = plan_of(things, "shop owns web", "i-1 needs sg", "vpc owns i-1", "i-1 uses vpc")

    assert fates(plan) == {
        "shop": "BlockedByFinalizer",
        "web": "InProgress",
        "i-1": "InProgress",
        "sg": "WithheldByDependency",
        "vpc": "deleted in 1",
    }


@pytest.mark.parametrize("stays", [claimed, protected, unclaimed])
def test_an_object_that_another_owner_keeps_does_not_hold_its_first_owner(stays: Callable[..., Thing]) -> None:
    """The garbage collector leaves it: one of its owner references still counts."""
    things = [
        in_cluster(doomed, "a", "k8s_deployment"),
        in_cluster(stays, "b", "k8s_deployment"),
        in_cluster(unclaimed, "shared", "k8s_configmap"),
    ]

    assert fates(plan_of(things, "a owns shared", "b owns shared")) == {"a": "deleted in 1"}


def test_a_claimed_object_of_several_owners_that_all_go_keeps_them() -> None:
    """S8: with the last of them it would go."""
    things = [
        in_cluster(doomed, "a", "k8s_deployment"),
        in_cluster(doomed, "b", "k8s_deployment"),
        in_cluster(claimed, "shared", "k8s_configmap"),
    ]

    assert fates(plan_of(things, "a owns shared", "b owns shared")) == {"a": "DependentInUse", "b": "DependentInUse"}


def test_the_claim_behind_a_user_is_named() -> None:
    """S8: the sentence tells whose function it is, and by what it uses the queue."""
    plan = plan_of([claimed("f"), unclaimed("mapping"), doomed("queue")], "f owns mapping", "mapping uses queue")

    assert fates(plan) == {"queue": "DependentInUse"}
    mapping, function = (f"aws_ec2_instance {name} in eu-central-1" for name in ("mapping", "f"))
    assert f"used by {mapping}, a part of {function}, which belongs to bob" in why(plan, "queue")


def test_a_user_with_an_inherited_claim_is_named_with_its_owner() -> None:
    """S8: the part of an instance that belongs to alice uses the key, though nobody tagged the part."""
    plan = plan_of([claimed("i-1"), inheriting("vol-1"), doomed("key")], "i-1 owns vol-1", "vol-1 uses key")

    assert fates(plan) == {"key": "DependentInUse"}
    assert "used by aws_ec2_instance vol-1 in eu-central-1, which belongs to alice" in why(plan, "key")


def test_an_inherited_claim_ends_at_its_instant() -> None:
    """S8: from then on nobody is harmed."""
    findings = (Finding(Reason.InheritedOwner, "from the owner"), Finding(Reason.InheritedExpiry, "from the owner"))
    judged = {"owner": "alice", "expires": NOW, "findings": findings}
    part = thing("vol-1", Verdict.REPORT, judged=judged, tags={"Name": "vol-1"})

    assert fates(plan_of([part, doomed("key")], "vol-1 uses key")) == {"key": "deleted in 1"}


def test_what_goes_as_well_breaks_by_nothing() -> None:
    """Only a user that stays loses what it uses."""
    plan = plan_of([doomed("sg-1"), doomed("web")], "web uses sg-1")

    assert [()] == [planned.breaks for planned in plan.resources if planned.resource.uid == "sg-1"]


def only_instances(provider: ProviderName, kind: str) -> bool:
    """Volumes cannot be deleted by themselves."""
    return provider is ProviderName.AWS and kind == "aws_ec2_instance"


def test_what_cannot_be_deleted_is_no_deletion() -> None:
    """A policy may name such a kind; the plan says at once what the provider would refuse."""
    volume = doomed("vol-1", kind="aws_ec2_volume")
    plan = plan_of([volume, doomed("i-1")], can_delete=only_instances)

    assert fates(plan) == {"vol-1": "Unsupported", "i-1": "deleted in 1"}
    assert "cannot delete aws_ec2_volume; delete the resource by hand" in why(plan, "vol-1")


def test_what_must_go_after_it_stays_too() -> None:
    """A network cannot go while something in it remains."""
    things = [doomed("vpc"), doomed("vol-1", kind="aws_ec2_volume")]

    assert fates(plan_of(things, "vol-1 needs vpc", can_delete=only_instances)) == {
        "vpc": "WithheldByDependency",
        "vol-1": "Unsupported",
    }


def test_what_the_vendor_takes_along_need_not_be_deletable() -> None:
    """A volume with delete-on-termination has no action of its own."""
    things = [doomed("i-1"), member("vol-1", of="i-1", kind="aws_ec2_volume")]

    assert fates(plan_of(things, "i-1 owns vol-1", can_delete=only_instances)) == {
        "i-1": "deleted in 1",
        "vol-1": "taken by i-1",
    }


def test_tags_that_cannot_be_written_are_no_correction() -> None:
    """Owner and expiry may stand in a description, which is only read."""
    plan = plan_of([fixable("net-1"), fixable("i-1")], can_tag=lambda _provider, _kind: False)

    assert fates(plan) == {"net-1": "Unsupported", "i-1": "Unsupported"}
    assert "cannot write tags on aws_ec2_instance; correct the text" in why(plan, "net-1")
