"""Links from Kubernetes objects to cloud resources: volumes, instances, roles, load balancers, images.

Only certain links count: a name that merely looks right could be another team's load balancer.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.kubernetes.row import ForeignEnd

HOSTNAME = "(status.loadBalancer.ingress[].hostname | [0]) || (status.loadBalancer.ingress[].ip | [0])"
"""The path of the host name of a Service or an Ingress."""

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"

# Network load balancers: <name>-<hash>.elb.<region>.amazonaws.com; others: <name>-<number>.<region>.elb.amazonaws.com.
_NETWORK_LOAD_BALANCER = re.compile(r"[a-zA-Z0-9-]+\.elb\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_OTHER_LOAD_BALANCER = re.compile(r"[a-zA-Z0-9-]+\.[a-z0-9-]+\.elb\.amazonaws\.com(\.cn)?")

_ECR_IMAGE = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?P<china>\.cn)?/(?P<repository>[^:@]+)"
)


_GCE_PARTS = 2
"""The slashes in the place of a node of Compute Engine."""

_GOOGLE_ACCOUNT = re.compile(r"[a-z0-9-]+@([a-z0-9-]+)\.iam\.gserviceaccount\.com")
_GOOGLE_SNAPSHOT = re.compile(r"projects/[^/]+/global/snapshots/[^/]+")
_GOOGLE_IMAGE = re.compile(
    r"(?P<location>[a-z0-9-]+)-docker\.pkg\.dev/(?P<project>[a-z0-9-]+)/(?P<repository>[a-z0-9-]+)/"
)


def of_persistent_volume(volume: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the disk of a volume, which must not be deleted first; the reclaim policy may delete the disk too."""
    spec = volume.get("spec") or {}
    disk = _disk_of(spec)
    if disk is None:
        return
    yield (EdgeMeaning.NEEDS, disk)
    if spec.get("persistentVolumeReclaimPolicy") == "Delete":
        yield (EdgeMeaning.OWNS, disk)


def _disk_of(spec: Mapping[str, Any]) -> str | None:
    csi = spec.get("csi") or {}
    driver, handle = csi.get("driver"), str(csi.get("volumeHandle") or "")
    if driver == "ebs.csi.aws.com" and handle.startswith("vol-"):
        return f"aws_ec2_volume/{handle}"
    if driver == "pd.csi.storage.gke.io" and handle:
        return f"gcp_compute_region_disk/{handle}" if "/regions/" in handle else f"gcp_compute_disk/{handle}"
    # `aws://eu-central-1a/vol-…` or the bare id: volumes from before CSI drivers.
    old = str((spec.get("awsElasticBlockStore") or {}).get("volumeID") or "").rpartition("/")[2]
    if old.startswith("vol-"):
        return f"aws_ec2_volume/{old}"
    name = (spec.get("gcePersistentDisk") or {}).get("pdName")
    return f"gcp_compute_disk/{name}" if name else None


def of_volume_snapshot_content(content: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the snapshot behind the object, with the same rules."""
    handle = str((content.get("status") or {}).get("snapshotHandle") or "")
    if handle.startswith("snap-"):
        yield (EdgeMeaning.NEEDS, f"aws_ec2_snapshot/{handle}")
        if (content.get("spec") or {}).get("deletionPolicy") == "Delete":
            yield (EdgeMeaning.OWNS, f"aws_ec2_snapshot/{handle}")
    elif _GOOGLE_SNAPSHOT.fullmatch(handle):
        yield (EdgeMeaning.NEEDS, f"gcp_compute_snapshot/{handle}")
        if (content.get("spec") or {}).get("deletionPolicy") == "Delete":
            yield (EdgeMeaning.OWNS, f"gcp_compute_snapshot/{handle}")


def of_node(node: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the instance of a node: `aws:///eu-central-1a/i-…`, `gce://project/zone/name`."""
    scheme, _, place = str((node.get("spec") or {}).get("providerID") or "").partition("://")
    name = place.rpartition("/")[2]
    if scheme == "aws" and name.startswith("i-"):
        yield (EdgeMeaning.USES, f"aws_ec2_instance/{name}")
    elif scheme == "gce" and place.count("/") == _GCE_PARTS:
        project, zone, name = place.split("/")
        yield (EdgeMeaning.USES, f"gcp_compute_instance/projects/{project}/zones/{zone}/instances/{name}")


def of_service_account(account: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the identity that Pods of this service account may assume: IRSA's role, or that of Workload Identity."""
    annotations = (account.get("metadata") or {}).get("annotations") or {}
    arn = str(annotations.get(ROLE_ANNOTATION) or "")
    if re.fullmatch(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+", arn):
        yield (EdgeMeaning.USES, arn)
    email = str(annotations.get("iam.gke.io/gcp-service-account") or "")
    if match := _GOOGLE_ACCOUNT.fullmatch(email):
        yield (EdgeMeaning.USES, f"gcp_iam_service_account/projects/{match[1]}/serviceAccounts/{email}")


def of_service(service: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the classic or network load balancer of a Service, by DNS name; in Google Cloud the rule, by its address."""
    for address in _public_addresses(service):
        yield (EdgeMeaning.OWNS, f"gcp_compute_forwarding_rule/{address}")
    for host in _hostnames(service):
        if _NETWORK_LOAD_BALANCER.fullmatch(host):
            yield (EdgeMeaning.OWNS, f"aws_elbv2_load_balancer/{host}")
        elif _OTHER_LOAD_BALANCER.fullmatch(host):
            yield (EdgeMeaning.OWNS, f"aws_elb_load_balancer/{host}")


def of_ingress(ingress: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the application load balancer of an Ingress, by DNS name; in Google Cloud the rules, by their address.

    Several Ingresses may share a load balancer, which is therefore used and not owned.
    """
    for address in _public_addresses(ingress):
        yield (EdgeMeaning.USES, f"gcp_compute_global_forwarding_rule/{address}")
        yield (EdgeMeaning.USES, f"gcp_compute_forwarding_rule/{address}")
    for host in _hostnames(ingress):
        if _OTHER_LOAD_BALANCER.fullmatch(host):
            yield (EdgeMeaning.USES, f"aws_elbv2_load_balancer/{host}")


def _hostnames(item: Mapping[str, Any]) -> Iterator[str]:
    status = (item.get("status") or {}).get("loadBalancer") or {}
    for point in status.get("ingress") or ():
        yield str(point.get("hostname") or "")


def _public_addresses(item: Mapping[str, Any]) -> Iterator[str]:
    """Give the addresses of a balancer that no two networks can have."""
    status = (item.get("status") or {}).get("loadBalancer") or {}
    for point in status.get("ingress") or ():
        try:
            address = ip_address(str(point.get("ip") or ""))
        except ValueError:
            continue
        if address.is_global:
            yield str(address)


def of_target_group_binding(binding: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the target group in which a controller registers the Pods of a Service, by ARN."""
    arn = str((binding.get("spec") or {}).get("targetGroupARN") or "")
    if re.fullmatch(r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/.+", arn):
        yield (EdgeMeaning.USES, arn)


def of_image(image: str) -> Iterator[ForeignEnd]:
    """Give the repository of an image in ECR or Artifact Registry."""
    if match := _ECR_IMAGE.match(image):
        partition = "aws-cn" if match["china"] else "aws-us-gov" if match["region"].startswith("us-gov-") else "aws"
        repository = f"arn:{partition}:ecr:{match['region']}:{match['account']}:repository/{match['repository']}"
        yield (EdgeMeaning.USES, repository)
    elif match := _GOOGLE_IMAGE.match(image):
        place = f"projects/{match['project']}/locations/{match['location']}/repositories/{match['repository']}"
        yield (EdgeMeaning.USES, f"gcp_artifactregistry_repository/{place}")
