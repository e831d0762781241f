"""Edge ends become uids within a region; managers that are gone are forgotten."""

from dataclasses import replace

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.managers import gone
from tagwarden.providers.aws.relations import relate
from tagwarden.providers.catalogue.listing_families import Found, Gathered

GROUP = "aws_autoscaling_group"
INSTANCE = "aws_ec2_instance"


def thing(kind: str, id_: str, region: str = "eu-central-1", manager: Manager | None = None) -> Resource:
    uid = f"arn:aws:test:{region}:1:{kind}/{id_}"
    return Resource(uid, ProviderName.AWS, "dev", region, kind, "x", id_, id_, None, Tags.known({}), manager=manager)


def found(region: str, *resources: Resource, complete: tuple[str, ...] = (GROUP, INSTANCE), **more: object) -> Found:
    return Found(region, (Gathered(list(resources), **more),), frozenset(complete))  # type: ignore[arg-type]


def test_a_name_is_looked_up_in_its_own_region() -> None:
    """Two regions may both have a key pair of one name."""
    here, there = thing("aws_ec2_key_pair", "k"), thing("aws_ec2_key_pair", "k", "eu-west-1")
    user = thing(INSTANCE, "i-1", "eu-west-1")
    edge = Edge(user.uid, EdgeMeaning.USES, "aws_ec2_key_pair/k")

    _, edges = relate([found("eu-central-1", here), found("eu-west-1", there, user, edges=[edge])])

    assert [Edge(user.uid, EdgeMeaning.USES, there.uid)] == edges


def test_global_things_are_found_from_every_region() -> None:
    """Roles and buckets have one place."""
    role, function = thing("aws_iam_role", "r", ""), thing("aws_lambda_function", "f")
    edge = Edge(function.uid, EdgeMeaning.USES, "aws_iam_role/r")

    _, edges = relate([found("", role), found("eu-central-1", function, edges=[edge])])

    assert [Edge(function.uid, EdgeMeaning.USES, role.uid)] == edges


def test_what_aws_leaves_behind_is_not_taken_for_a_member() -> None:
    """An alarm watches an instance that AWS ends without it; its volume goes with it."""
    machine, alarm, disk = thing(INSTANCE, "i-1"), thing("aws_cloudwatch_alarm", "a"), thing("aws_ec2_volume", "vol-1")
    edges = [Edge(machine.uid, EdgeMeaning.OWNS, one.uid) for one in (alarm, disk)]

    resources, _ = relate([found("eu-central-1", machine, alarm, disk, edges=edges)])

    managers = {one.id: one.manager and one.manager.name for one in resources}
    assert {"i-1": None, "a": None, "vol-1": "i-1"} == managers


def test_an_end_that_names_nothing_stays() -> None:
    """What hangs on something unknown is not known to be free."""
    user = thing(INSTANCE, "i-1")
    edge = Edge(user.uid, EdgeMeaning.USES, "aws_ec2_image/ami-1")

    _, edges = relate([found("eu-central-1", user, edges=[edge])])

    assert [edge] == edges


def test_a_name_of_two_things_names_neither() -> None:
    """Better an unknown end than a wrong one."""
    two = [thing(INSTANCE, "i-1"), thing(INSTANCE, "i-2")]
    user = thing("aws_cloudwatch_alarm", "a")
    edge = Edge(user.uid, EdgeMeaning.USES, "aws_ec2_instance/web")
    part = Gathered([*two, user], [edge], aliases={})
    other = Gathered([], aliases={"aws_ec2_instance/web": two[0].uid})
    third = Gathered([], aliases={"aws_ec2_instance/web": two[1].uid})

    _, edges = relate([Found("eu-central-1", (part, other, third), frozenset())])

    assert [edge] == edges


def test_a_conjecture_that_finds_nothing_is_no_edge() -> None:
    """A function without a log group owns none."""
    function, group = thing("aws_lambda_function", "f"), thing("aws_logs_log_group", "/aws/lambda/g")
    guesses = [
        Edge(function.uid, EdgeMeaning.OWNS, "aws_logs_log_group/aws/lambda/f"),
        Edge(function.uid, EdgeMeaning.OWNS, "aws_logs_log_group//aws/lambda/g"),
    ]

    _, edges = relate([found("eu-central-1", function, group, conjectures=guesses)])

    assert [Edge(function.uid, EdgeMeaning.OWNS, group.uid)] == edges


def test_a_manager_owns_its_members() -> None:
    """The reference becomes the uid of the group in the same region (S13)."""
    group = thing(GROUP, "web")
    member = thing(INSTANCE, "i-1", manager=Manager(GROUP, "web", f"{GROUP}/web"))

    resources, edges = relate([found("eu-central-1", group, member)])

    assert [Manager(GROUP, "web", group.uid)] == [one.manager for one in resources if one.kind == INSTANCE]
    assert [Edge(group.uid, EdgeMeaning.OWNS, member.uid)] == edges


def test_a_manager_that_is_gone_restores_nothing() -> None:
    """A resource that a deleted stack left behind keeps its tags, and nobody makes it again."""
    left = thing(INSTANCE, "i-1", manager=Manager(GROUP, "web", f"{GROUP}/web"))

    resources, edges = relate([found("eu-central-1", left)])

    assert [gone(Manager(GROUP, "web", f"{GROUP}/web"))] == [one.manager for one in resources]
    assert [] == edges


def test_a_stack_is_looked_for_in_its_own_region() -> None:
    """A role lies in no region; the stack that made it does, and is gone only where that region was listed (S3)."""
    kind, arn = "aws_cloudformation_stack", "arn:aws:cloudformation:eu-west-1:1:stack/web/1"
    role = thing("aws_iam_role", "r", "", Manager(kind, "web", arn))

    (listed,), _ = relate([found("", role), found("eu-west-1", complete=(kind,))])
    (unlisted,), _ = relate([found("", role), found("eu-central-1", complete=(kind,))])

    assert [gone(Manager(kind, "web", arn)), Manager(kind, "web", arn)] == [listed.manager, unlisted.manager]


def test_what_a_cluster_made_does_not_go_along_with_it() -> None:
    """EKS deletes neither the machines of Karpenter nor disks and balancers, so no edge says so."""
    cluster = thing("aws_eks_cluster", "dev")
    tags = Tags.known({"kubernetes.io/cluster/dev": "owned"})
    manager = Manager("Kubernetes cluster", "dev", "aws_eks_cluster/dev")
    node = replace(thing(INSTANCE, "i-1", manager=manager), tags=tags)

    resources, edges = relate([found("eu-central-1", cluster, node, complete=(INSTANCE, "aws_eks_cluster"))])

    assert [cluster.uid] == [one.manager.reference for one in resources if one.manager is not None]
    assert [] == edges


def test_a_manager_that_could_not_be_listed_is_still_there() -> None:
    """Nothing is freed on the strength of an incomplete listing (S3)."""
    manager = Manager(GROUP, "web", f"{GROUP}/web")

    resources, _ = relate([found("eu-central-1", thing(INSTANCE, "i-1", manager=manager), complete=(INSTANCE,))])

    assert [manager] == [one.manager for one in resources]


def test_what_a_group_owns_is_managed_even_without_tags() -> None:
    """The group's own list says so too (S13)."""
    group, member = thing(GROUP, "web"), thing(INSTANCE, "i-1")
    edge = Edge(group.uid, EdgeMeaning.OWNS, f"{INSTANCE}/i-1")

    resources, edges = relate([found("eu-central-1", group, member, edges=[edge])])

    assert [Manager(GROUP, "web", group.uid)] == [one.manager for one in resources if one.kind == INSTANCE]
    assert [Edge(group.uid, EdgeMeaning.OWNS, member.uid)] == edges
