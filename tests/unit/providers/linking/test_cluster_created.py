"""What a cluster made in a cloud is judged at the object it was made for, where that is certain."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.tags import Tags
from tagwarden.providers.linking import world_of
from tagwarden.providers.linking.cluster_created import adopt
from tagwarden.providers.linking.vendor_rows import CLUSTER_TAG

OWNS, USES, NEEDS = EdgeMeaning.OWNS, EdgeMeaning.USES, EdgeMeaning.NEEDS
NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
HOST = "front-1.eu-central-1.elb.amazonaws.com"
BY_HOST = f"aws_elbv2_load_balancer/{HOST}"


def made(kind: str, id_: str, manager: Manager, cluster: str = "dev", **attributes: str) -> Resource:
    tags = Tags.known({CLUSTER_TAG: cluster} if cluster else {})
    return Resource(
        f"arn:{id_}", ProviderName.AWS, "aws", "eu-central-1", kind, "x", id_, id_, None, tags,
        manager=manager, attributes=attributes,
    )  # fmt: skip


def thing(kind: str, id_: str, uid: str = "") -> Resource:
    return Resource(uid or f"uid-{id_}", ProviderName.KUBERNETES, "dev", "", kind, "x", id_, id_, None, Tags.known({}))


def snapshot(provider: ProviderName, *resources: Resource, edges: Iterable[Edge] = (), account: str = "") -> Snapshot:
    name = account or provider.value
    return Snapshot(name, name, provider, Identity(name), NOW, 0.0, (), resources, tuple(edges))


INGRESS = Manager("Ingress", "shop/front")
BALANCER = made("aws_elbv2_load_balancer", "lb", INGRESS, dns_name=HOST)
TARGETS = made("aws_elbv2_target_group", "tg", INGRESS)
FRONT = thing("k8s_ingress", "shop/front")
CLOUD = snapshot(ProviderName.AWS, BALANCER, TARGETS)
NAMED = Edge(FRONT.uid, USES, BY_HOST)


def test_a_balancer_and_its_parts_belong_to_the_ingress_that_names_it() -> None:
    """The Ingress is reached under the name of the balancer, which has a tag with the name of the Ingress."""
    cluster = snapshot(ProviderName.KUBERNETES, FRONT, edges=[NAMED])

    world = world_of([CLOUD, cluster], ())

    manager = replace(INGRESS, reference=FRONT.uid)
    assert [manager, manager] == [world.graph.resources[one.uid].manager for one in (BALANCER, TARGETS)]
    assert (BALANCER.uid, TARGETS.uid) == world.graph.targets(FRONT.uid, OWNS)


def test_an_ingress_of_the_same_name_in_another_cluster_is_not_taken_for_it() -> None:
    """It does not know the balancer: whose that is stays unknown, and it is left alone (S13)."""
    cluster = snapshot(ProviderName.KUBERNETES, FRONT)

    assert ({}, ()) == adopt([CLOUD, cluster])


def test_an_ingress_of_a_group_shares_what_the_group_has() -> None:
    """Its balancer names the group, so that no single Ingress owns it."""
    balancer = replace(BALANCER, manager=Manager("Ingress", "public"))
    cluster = snapshot(ProviderName.KUBERNETES, FRONT, edges=[NAMED])

    assert ({}, ()) == adopt([snapshot(ProviderName.AWS, balancer), cluster])


def test_two_clusters_that_claim_one_thing_have_neither() -> None:
    """Better unknown than a guess."""
    twin = thing("k8s_ingress", "shop/front", "uid-twin")
    clusters = [
        snapshot(ProviderName.KUBERNETES, FRONT, edges=[NAMED]),
        snapshot(ProviderName.KUBERNETES, twin, edges=[Edge(twin.uid, USES, BY_HOST)], account="other"),
    ]

    assert ({}, ()) == adopt([CLOUD, *clusters])


def test_parts_of_another_cluster_of_the_same_account_stay_apart() -> None:
    """The controller writes the name of its cluster on all that it makes."""
    other = made("aws_elbv2_target_group", "other", INGRESS, cluster="prod")
    nameless = made("aws_elbv2_target_group", "nameless", INGRESS, cluster="")
    cluster = snapshot(ProviderName.KUBERNETES, FRONT, edges=[NAMED])

    found = adopt([snapshot(ProviderName.AWS, BALANCER, other, nameless), cluster])

    assert [BALANCER.uid] == list(found.resources)


def test_a_disk_belongs_to_the_volume_that_takes_it_along() -> None:
    """With the policy Retain it stays when the volume goes."""
    disk = made("aws_ec2_volume", "vol-1", Manager("PersistentVolume", "pv-1"), cluster="")
    volume = thing("k8s_persistentvolume", "pv-1")
    cloud, end = snapshot(ProviderName.AWS, disk), "aws_ec2_volume/vol-1"
    kept = snapshot(ProviderName.KUBERNETES, volume, edges=[Edge(volume.uid, NEEDS, end)])
    owned = snapshot(ProviderName.KUBERNETES, volume, edges=[Edge(volume.uid, OWNS, end)])

    assert {} == adopt([cloud, kept]).resources
    assert Manager("PersistentVolume", "pv-1", volume.uid) == adopt([cloud, owned]).resources[disk.uid].manager
