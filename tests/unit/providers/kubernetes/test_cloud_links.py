"""Links to what stands behind an object in a cloud, only where it is certain."""

from typing import Any

import pytest

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.kubernetes import cloud_links
from tagwarden.providers.kubernetes.podspecs import pulled_images_of

OWNS, NEEDS, USES = EdgeMeaning.OWNS, EdgeMeaning.NEEDS, EdgeMeaning.USES


@pytest.mark.parametrize(
    ("spec", "disk"),
    [
        ({"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}}, "aws_ec2_volume/vol-1"),
        ({"awsElasticBlockStore": {"volumeID": "aws://eu-central-1a/vol-1"}}, "aws_ec2_volume/vol-1"),
        ({"awsElasticBlockStore": {"volumeID": "vol-1"}}, "aws_ec2_volume/vol-1"),
        (
            {"csi": {"driver": "pd.csi.storage.gke.io", "volumeHandle": "projects/p/zones/z/disks/d"}},
            "gcp_compute_disk/projects/p/zones/z/disks/d",
        ),
        ({"gcePersistentDisk": {"pdName": "d"}}, "gcp_compute_disk/d"),
    ],
)
def test_a_volume_needs_its_disk_and_takes_it_along_where_it_says_so(spec: dict[str, Any], disk: str) -> None:
    """With the policy Retain the disk stays when the volume goes."""
    kept = {"spec": {**spec, "persistentVolumeReclaimPolicy": "Retain"}}
    deleted = {"spec": {**spec, "persistentVolumeReclaimPolicy": "Delete"}}

    assert [(NEEDS, disk)] == list(cloud_links.of_persistent_volume(kept))
    assert [(NEEDS, disk), (OWNS, disk)] == list(cloud_links.of_persistent_volume(deleted))


@pytest.mark.parametrize(
    "spec", [{}, {"csi": {"driver": "nfs.csi.k8s.io", "volumeHandle": "x"}}, {"hostPath": {"path": "/data"}}]
)
def test_other_volumes_have_no_disk_that_we_know(spec: dict[str, Any]) -> None:
    """No guess is made from a name."""
    assert [] == list(cloud_links.of_persistent_volume({"spec": spec}))


@pytest.mark.parametrize(
    ("provider_id", "expected"),
    [
        ("aws:///eu-central-1a/i-0abc", [(USES, "aws_ec2_instance/i-0abc")]),
        (
            "gce://project/europe-west3-a/node-1",
            [(USES, "gcp_compute_instance/projects/project/zones/europe-west3-a/instances/node-1")],
        ),
        ("kind://docker/kind/kind-worker", []),
        ("aws:///eu-central-1a/fargate-10.0.0.1", []),
        ("", []),
        (None, []),
    ],
)
def test_a_node_is_a_machine(provider_id: str | None, expected: list[Any]) -> None:
    """Its provider id tells which."""
    assert expected == list(cloud_links.of_node({"spec": {"providerID": provider_id}}))


@pytest.mark.parametrize(
    ("arn", "links"),
    [
        ("arn:aws:iam::123456789012:role/shop", 1),
        ("arn:aws-cn:iam::123456789012:role/path/shop", 1),
        ("arn:aws:iam::123456789012:user/shop", 0),
        ("shop", 0),
        ("", 0),
    ],
)
def test_a_service_account_may_take_a_role(arn: str, links: int) -> None:
    """The role is named by its ARN, which is certain."""
    account = {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": arn}}}

    assert [(USES, arn)] * links == list(cloud_links.of_service_account(account))


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("k8s-shop-front-0123456789-0123456789abcdef.elb.eu-central-1.amazonaws.com", "aws_elbv2_load_balancer"),
        ("front-0123456789abcdef.elb.cn-north-1.amazonaws.com.cn", "aws_elbv2_load_balancer"),
        ("a0123456789-123456789.eu-central-1.elb.amazonaws.com", "aws_elb_load_balancer"),
        ("internal-front-123456789.eu-central-1.elb.amazonaws.com", "aws_elb_load_balancer"),
    ],
)
def test_a_service_owns_its_load_balancer(host: str, kind: str) -> None:
    """No two load balancers share a DNS name, so the link is certain."""
    service = {"status": {"loadBalancer": {"ingress": [{"hostname": host}]}}}

    assert [(OWNS, f"{kind}/{host}")] == list(cloud_links.of_service(service))


@pytest.mark.parametrize(
    "point",
    [
        {"hostname": "front-1.elb.eu-central-1.amazonaws.com.evil.example"},
        {"hostname": "shop.example.com"},
        {"hostname": ""},
        {"ip": "10.0.0.1"},
        {},
    ],
)
def test_other_names_are_no_load_balancers_that_we_know(point: dict[str, str]) -> None:
    """Only the names that AWS gives are links."""
    item = {"status": {"loadBalancer": {"ingress": [point]}}}

    assert [] == [*cloud_links.of_service(item), *cloud_links.of_ingress(item)]


def test_an_ingress_uses_a_load_balancer_that_it_may_share() -> None:
    """Several Ingresses of a group have one load balancer."""
    host = "k8s-shop-0123456789-123456789.eu-central-1.elb.amazonaws.com"

    links = list(
        cloud_links.of_ingress({"status": {"loadBalancer": {"ingress": [{"hostname": host}, {"ip": "10.0.0.1"}]}}})
    )

    assert [(USES, f"aws_elbv2_load_balancer/{host}")] == links


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("Delete", [(NEEDS, "aws_ec2_snapshot/snap-1"), (OWNS, "aws_ec2_snapshot/snap-1")]),
        ("Retain", [(NEEDS, "aws_ec2_snapshot/snap-1")]),
    ],
)
def test_a_volume_snapshot_is_a_snapshot(policy: str, expected: list[Any]) -> None:
    """It takes the snapshot along where its policy says so."""
    content = {"spec": {"deletionPolicy": policy}, "status": {"snapshotHandle": "snap-1"}}

    assert expected == list(cloud_links.of_volume_snapshot_content(content))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("eu-central-1.amazonaws.com/a/b:1", "arn:aws:ecr:eu-central-1:123456789012:repository/a/b"),
        ("cn-north-1.amazonaws.com.cn/a@sha256:0", "arn:aws-cn:ecr:cn-north-1:123456789012:repository/a"),
        ("us-gov-west-1.amazonaws.com/a", "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/a"),
    ],
)
def test_an_image_comes_from_a_repository(image: str, expected: str) -> None:
    """Account and region stand in the name, so the ARN is certain."""
    assert [(USES, expected)] == list(cloud_links.of_image(f"123456789012.dkr.ecr.{image}"))


def test_a_target_group_binding_uses_its_target_group() -> None:
    """It names the group by its ARN; any other text is no link."""
    arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/front/0123456789abcdef"

    assert [(USES, arn)] == list(cloud_links.of_target_group_binding({"spec": {"targetGroupARN": arn}}))
    assert [] == list(cloud_links.of_target_group_binding({"spec": {"targetGroupARN": "front"}}))


@pytest.mark.parametrize(
    ("image_id", "links"),
    [
        ("123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:0", 1),
        ("docker-pullable://123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:0", 1),
        ("sha256:0", 0),
        ("docker.io/library/nginx@sha256:0", 0),
        ("", 0),
    ],
)
def test_a_pod_tells_which_image_it_runs(image_id: str, links: int) -> None:
    """By digest, and from where: its specification may name a mirror."""
    arn = "arn:aws:ecr:eu-central-1:123456789012:repository/shop"

    assert [(USES, arn)] * links == list(pulled_images_of({"containerStatuses": [{"imageID": image_id}]}))


@pytest.mark.parametrize("image", ["nginx", "registry.example.com/a:1", "docker.io/library/nginx@sha256:0", ""])
def test_images_of_other_registries_are_no_links(image: str) -> None:
    """Who keeps them is not known."""
    assert [] == list(cloud_links.of_image(image))


def test_a_service_account_uses_the_identity_of_workload_identity() -> None:
    """GKE lets its Pods act as a service account of Google Cloud."""
    email = "app@my-dev-123.iam.gserviceaccount.com"
    account = {"metadata": {"annotations": {"iam.gke.io/gcp-service-account": email}}}

    links = list(cloud_links.of_service_account(account))

    assert [(USES, f"gcp_iam_service_account/projects/my-dev-123/serviceAccounts/{email}")] == links


def test_an_image_of_artifact_registry_uses_its_repository() -> None:
    """The repository is a resource of the project in the image's name."""
    links = list(cloud_links.of_image("europe-west1-docker.pkg.dev/my-dev-123/apps/shop:1.2"))

    place = "projects/my-dev-123/locations/europe-west1/repositories/apps"
    assert [(USES, f"gcp_artifactregistry_repository/{place}")] == links
