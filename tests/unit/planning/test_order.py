from collections.abc import Callable, Iterable

import pytest

from tagwarden.model.plan import Plan
from tagwarden.model.resource import Manager, ProviderName
from tagwarden.model.verdict import Verdict
from tests.unit.planning.scenes import (
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


def cuts_references(provider: ProviderName, kind: str) -> bool:
    """Security groups revoke the rules that tie them."""
    return provider is ProviderName.AWS and kind == "aws_ec2_security_group"


def group(name: str, make: Callable[..., Thing] = doomed) -> Thing:
    return make(name, kind="aws_ec2_security_group")


def test_tags_are_written_before_anything_is_deleted() -> None:
    """Repairs are in wave 0, deletions begin with wave 1."""
    assert fates(plan_of([doomed("i-1"), fixable("i-2")])) == {"i-1": "deleted in 1", "i-2": "tagged"}


def test_a_network_is_taken_apart_from_the_inside() -> None:
    """Instances, then interfaces and groups, then subnets and gateways, then the network."""
    things = [doomed(name) for name in ("vpc", "subnet", "sg", "eni", "i-1", "igw")]
    plan = plan_of(
        things,
        "subnet needs vpc",
        "sg needs vpc",
        "igw needs vpc",
        "eni needs subnet",
        "eni needs sg",
        "i-1 needs eni",
    )

    assert fates(plan) == {
        "i-1": "deleted in 1",
        "igw": "deleted in 1",
        "eni": "deleted in 2",
        "sg": "deleted in 3",
        "subnet": "deleted in 3",
        "vpc": "deleted in 4",
    }
    assert ["i-1", "igw", "eni", "sg", "subnet", "vpc"] == [action.uid for action in plan.actions]


def test_each_action_names_what_must_be_gone_before_it() -> None:
    """A failure then keeps back what hangs on it and nothing else (S12)."""
    plan = plan_of([doomed("vpc"), doomed("a"), doomed("b"), doomed("c")], "a needs vpc", "b needs vpc")

    assert {"a": (), "b": (), "c": (), "vpc": ("a", "b")} == {action.uid: action.after for action in plan.actions}


def test_users_go_before_what_they_use_where_that_is_possible() -> None:
    """An instance goes before its role, though nothing forces that."""
    assert fates(plan_of([doomed("a-role"), doomed("i-1")], "i-1 uses a-role")) == {
        "i-1": "deleted in 1",
        "a-role": "deleted in 2",
    }


def test_using_one_another_is_no_cycle() -> None:
    """Two that merely use one another go at the same time."""
    assert fates(plan_of([doomed("a"), doomed("b")], "a uses b", "b uses a")) == {
        "a": "deleted in 1",
        "b": "deleted in 1",
    }


def test_groups_that_reference_one_another_are_untangled() -> None:
    """Security groups whose rows declare the steps that cut their references share a wave."""
    plan = plan_of([group("a"), group("b")], "a needs b", "b needs a", untangles=cuts_references)

    assert fates(plan) == {"a": "deleted in 1", "b": "deleted in 1"}


def test_a_cycle_is_named_and_never_yields_a_plan_without_it() -> None:
    """What cannot be ordered is withheld with the cycle, and so is what it holds; the rest goes on."""
    things = [doomed("a"), doomed("b"), doomed("c"), doomed("vpc"), doomed("other")]
    plan = plan_of(things, "a needs b", "b needs c", "c needs a", "a needs vpc")

    assert fates(plan) == {
        "a": "DependencyCycle",
        "b": "DependencyCycle",
        "c": "DependencyCycle",
        "vpc": "WithheldByDependency",
        "other": "deleted in 1",
    }
    assert "aws_ec2_instance a in eu-central-1 -> aws_ec2_instance b in eu-central-1 ->" in why(plan, "a")


def test_one_member_without_steps_spoils_the_untangling() -> None:
    """A cycle is untangled only if every member can cut its references."""
    plan = plan_of([group("a"), doomed("b")], "a needs b", "b needs a", untangles=cuts_references)

    assert fates(plan) == {"a": "DependencyCycle", "b": "DependencyCycle"}


def test_a_long_cycle_is_told_shortly() -> None:
    """Nobody reads the names of forty."""
    names = [f"n-{place:02}" for place in range(40)]
    sentences = [f"{name} needs {names[(place + 1) % 40]}" for place, name in enumerate(names)]

    assert "30 more -> aws_ec2_instance n-00" in why(plan_of([doomed(name) for name in names], *sentences), "n-07")


def namespace(
    *,
    contents: list[Thing],
    sentences: Iterable[str] = (),
    make: Callable[..., Thing] = doomed,
    others: Iterable[Thing] = (),
) -> Plan:
    """Give the fate of a namespace with these contents."""
    things = [in_cluster(make, "shop", "k8s_namespace"), *contents, *others]
    owned = [f"shop owns {each.resource.uid}" for each in contents if each.resource.provider is ProviderName.KUBERNETES]
    return plan_of(things, *owned, *sentences)


def test_a_namespace_takes_its_contents() -> None:
    """Nothing in it needs an action of its own, whatever its verdict."""
    contents = [
        in_cluster(inheriting, "web", "k8s_deployment"),
        in_cluster(doomed, "config", "k8s_configmap"),
        in_cluster(thing, "root-ca", "k8s_configmap", verdict=Verdict.MANAGED, manager=Manager("ns", "shop", "shop")),
    ]

    assert fates(namespace(contents=contents)) == {
        "shop": "deleted in 1",
        "web": "taken by shop",
        "config": "taken by shop",
        "root-ca": "taken by shop",
    }


def test_s8_one_claimed_content_keeps_the_namespace() -> None:
    """S8: a deployment with an owner and time of its own keeps its namespace, and is named."""
    contents = [in_cluster(claimed, "web", "k8s_deployment"), in_cluster(inheriting, "config", "k8s_configmap")]
    plan = namespace(contents=contents)

    assert fates(plan) == {"shop": "DependentInUse"}
    assert "k8s_deployment web in shop" in why(plan, "shop")


def test_s7_one_protected_content_keeps_the_namespace() -> None:
    """S7: so does a protected one."""
    assert fates(namespace(contents=[in_cluster(protected, "web", "k8s_deployment")])) == {"shop": "ProtectedByGraph"}


def test_a_content_goes_from_a_namespace_that_stays() -> None:
    """An expired deployment in a claimed namespace goes; the namespace is not harmed."""
    plan = namespace(contents=[in_cluster(doomed, "web", "k8s_deployment")], make=claimed)

    assert fates(plan) == {"web": "deleted in 1"}


def test_what_would_leak_goes_before_its_namespace() -> None:
    """A load balancer and a volume claim are given back while the namespace still works."""
    contents = [
        in_cluster(inheriting, "entry", "k8s_service"),
        in_cluster(inheriting, "data", "k8s_persistentvolumeclaim"),
        in_cluster(inheriting, "config", "k8s_configmap"),
    ]
    plan = namespace(contents=contents, sentences=["entry needs shop", "data needs shop"])

    assert fates(plan) == {
        "entry": "deleted in 1 for shop",
        "data": "deleted in 1 for shop",
        "shop": "deleted in 2",
        "config": "taken by shop",
    }


def test_what_holds_a_volume_claim_goes_before_it() -> None:
    """A claim stays while a pod mounts it, and the pod comes back while its deployment exists."""
    pod = in_cluster(thing, "pod", "k8s_pod", verdict=Verdict.MANAGED, manager=Manager("k8s_deployment", "web", "web"))
    contents = [in_cluster(inheriting, "web", "k8s_deployment"), in_cluster(inheriting, "data", "k8s_pvc")]
    plan = namespace(
        contents=contents,
        sentences=["web owns pod", "pod needs data", "web uses data", "data needs shop"],
        others=[pod],
    )

    assert fates(plan) == {
        "web": "deleted in 1 for shop",
        "pod": "taken by web",
        "data": "deleted in 2 for shop",
        "shop": "deleted in 3",
    }


def test_a_service_takes_its_load_balancer_before_what_that_needs() -> None:
    """The cluster's controller deletes the load balancer; its security group goes after the service."""
    contents = [in_cluster(inheriting, "entry", "k8s_service")]
    balancer = thing("lb", Verdict.MANAGED, manager=Manager("Service", "entry"), kind="aws_elbv2_load_balancer")
    plan = namespace(
        contents=contents,
        sentences=["entry needs shop", "entry owns lb", "lb needs sg"],
        others=[balancer, group("sg")],
    )

    assert fates(plan) == {
        "entry": "deleted in 1 for shop",
        "lb": "taken by entry",
        "sg": "deleted in 2",
        "shop": "deleted in 2",
    }


def test_s13_what_an_application_outside_restores_keeps_its_namespace() -> None:
    """S13: Argo CD would make the deployment again."""
    application = in_cluster(claimed, "app", "k8s_application.argoproj.io", id="argocd/app")
    web = in_cluster(
        thing, "web", "k8s_deployment", verdict=Verdict.MANAGED, manager=Manager("Application", "app", "app")
    )
    plan = namespace(contents=[web], others=[application])

    assert fates(plan) == {"shop": "DependentInUse"}
    assert "argocd/app" in why(plan, "shop")


def test_objects_that_claim_to_own_one_another_do_not_take_one_another() -> None:
    """A ring of owner references, which is a mistake, still leaves one to act for all."""
    things = [in_cluster(doomed, "a", "k8s_widget"), in_cluster(doomed, "b", "k8s_widget")]

    assert fates(plan_of(things, "a owns b", "b owns a")) in (
        {"a": "deleted in 1", "b": "taken by a"},
        {"b": "deleted in 1", "a": "taken by b"},
    )


@pytest.mark.parametrize("make", [doomed, unclaimed])
def test_what_is_owned_goes_after_its_owner(make: Callable[..., Thing]) -> None:
    """When the owner cannot be deleted after all, its parts are still there."""
    plan = plan_of([doomed("z-owner"), make("a-part")], "z-owner owns a-part")

    assert ["z-owner", "a-part"] == [action.uid for action in plan.actions]
    assert [(), ("z-owner",)] == [action.after for action in plan.actions]


def test_a_cron_job_that_would_mount_a_claim_goes_before_it() -> None:
    """It has no pod now, and may have one by the time the claim is asked to go; and all of it before the namespace."""
    contents = [in_cluster(inheriting, "cron", "k8s_cronjob"), in_cluster(inheriting, "data", "k8s_pvc")]
    plan = namespace(contents=contents, sentences=["cron uses data", "data needs shop"])

    assert fates(plan) == {
        "cron": "deleted in 1 for shop",
        "data": "deleted in 2 for shop",
        "shop": "deleted in 3",
    }
    assert [("cron", "data")] == [action.after for action in plan.actions if action.uid == "shop"]


def test_the_owner_of_a_workload_that_mounts_a_claim_goes_before_it_too() -> None:
    """The replica set is taken by its deployment, so the deployment precedes the claim and the namespace."""
    contents = [
        in_cluster(inheriting, "web", "k8s_deployment"),
        in_cluster(inheriting, "set", "k8s_replicaset"),
        in_cluster(inheriting, "data", "k8s_pvc"),
    ]
    plan = namespace(contents=contents, sentences=["web owns set", "set needs data", "data needs shop"])

    assert fates(plan) == {
        "web": "deleted in 1 for shop",
        "set": "taken by web",
        "data": "deleted in 2 for shop",
        "shop": "deleted in 3",
    }


def test_s13_what_a_withheld_application_restores_keeps_its_namespace() -> None:
    """S13: an expired application that stays for the sake of something protected keeps what it would make again."""
    application = in_cluster(doomed, "app", "k8s_application.argoproj.io")
    web = in_cluster(member, "web", "k8s_deployment", of="app")
    plan = namespace(
        contents=[web],
        others=[application, in_cluster(protected, "gate", "k8s_configmap")],
        sentences=["gate needs app"],
    )

    assert fates(plan) == {"app": "ProtectedByGraph", "shop": "ProtectedByGraph"}
