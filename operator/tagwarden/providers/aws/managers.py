"""The managers that create and restore a resource, from its tags, and the relevant one of several (S13)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from tagwarden.model.resource import Manager, Presence, Resource
from tagwarden.providers.linking.vendor_rows import EKS

_Values = Mapping[str, str]

GROUP_TAG = "aws:autoscaling:groupName"
STACK_TAG = "aws:cloudformation:stack-name"
STACK_ID_TAG = "aws:cloudformation:stack-id"

EKS_CLUSTER, CLUSTER = "EKS cluster", "Kubernetes cluster"
"""Managers by cluster tags: a cluster that is certainly an EKS cluster, and a cluster of any distribution.

Both are looked up among EKS clusters. The kind is not `aws_eks_cluster`, since EKS does not delete resources made by a
cluster: load balancers, disks and instances stay.
"""
_IN_CLUSTER = frozenset(
    {
        "EC2NodeClass",
        "Ingress",
        "Karpenter in cluster",
        "Karpenter provisioner",
        "NodePool",
        "PersistentVolume",
        "Service",
    }
)
"""Managers that are objects in a cluster and are deleted with the cluster."""

_OF_OTHERS = ("KubernetesCluster", "kops.k8s.io/", "red-hat-", "sigs.k8s.io/cluster-api-provider-aws/")
"""Tags of kOps, Red Hat and Cluster API, whose clusters are not in EKS listings."""


def _group(tags: _Values) -> Iterator[Manager]:
    if name := tags.get(GROUP_TAG):
        yield Manager("aws_autoscaling_group", name, f"aws_autoscaling_group/{name}")


def _node_group(tags: _Values) -> Iterator[Manager]:
    name, cluster = tags.get("eks:nodegroup-name"), tags.get("eks:cluster-name")
    if name and cluster:
        yield Manager("aws_eks_node_group", name, f"aws_eks_node_group/{cluster}/{name}")


def _eks_cluster(tags: _Values) -> Iterator[Manager]:
    if name := tags.get("aws:eks:cluster-name"):
        yield Manager("aws_eks_cluster", name, f"aws_eks_cluster/{name}")


def _ecs_service(tags: _Values) -> Iterator[Manager]:
    if name := tags.get("aws:ecs:serviceName"):
        yield Manager("aws_ecs_service", name)


def _processing_cluster(tags: _Values) -> Iterator[Manager]:
    if id_ := tags.get("aws:elasticmapreduce:job-flow-id"):
        yield Manager("aws_emr_cluster", id_, f"aws_emr_cluster/{id_}")


def _stack(tags: _Values) -> Iterator[Manager]:
    if name := tags.get(STACK_TAG):
        yield Manager("aws_cloudformation_stack", name, tags.get(STACK_ID_TAG, ""))


def _kubernetes(tags: _Values) -> Iterator[Manager]:
    for key, kind in (
        ("kubernetes.io/created-for/pv/name", "PersistentVolume"),
        ("CSIVolumeName", "PersistentVolume"),
        ("service.k8s.aws/stack", "Service"),
        ("ingress.k8s.aws/stack", "Ingress"),
        ("kubernetes.io/service-name", "Service"),
        ("karpenter.sh/nodepool", "NodePool"),
    ):
        if key in tags:
            yield Manager(kind, tags[key])
            break
    name = _cluster_name(tags)
    if name and any(key.startswith(_OF_OTHERS) for key in tags):
        yield Manager(CLUSTER, name)
    elif name:
        kind = EKS_CLUSTER if any(tags.get(key) == name for key in EKS.name_tags) else CLUSTER
        yield Manager(kind, name, f"aws_eks_cluster/{name}")
    elif driver := next((key for key in tags if key in _DRIVERS), None):
        # Volume drivers name only themselves, not the cluster.
        yield Manager(CLUSTER, f"with {driver.partition('/')[0]}")


def _cluster_name(tags: _Values) -> str:
    for key, value in tags.items():
        # `shared` marks what a cluster only uses, such as the subnets it was given.
        if key.startswith(EKS.name_prefix) and value == "owned":
            return key.removeprefix(EKS.name_prefix)
    named = tags.get("elbv2.k8s.aws/cluster", "")
    return named or (tags.get("eks:eks-cluster-name", "") if "karpenter.sh/nodepool" in tags else "")


_DRIVERS = frozenset({"ebs.csi.aws.com/cluster", "efs.csi.aws.com/cluster", "fsx.csi.aws.com/cluster"})

_SERVICES = (
    ("elasticbeanstalk:environment-name", "Elastic Beanstalk environment"),
    ("aws:ec2spot:fleet-request-id", "Spot Fleet"),
    ("aws:ec2:fleet-id", "EC2 Fleet"),
    ("aws:backup:source-resource", "AWS Backup"),
    ("aws:dlm:lifecycle-policy-id", "Data Lifecycle Manager policy"),
    ("aws:servicecatalog:provisionedProductArn", "Service Catalog product"),
    ("aws:secretsmanager:owningService", "Secrets Manager"),
    ("aws:cloud9:environment", "Cloud9 environment"),
    ("AWSBatchServiceTag", "AWS Batch"),
    ("GuardDutyManaged", "GuardDuty"),
    # Controllers in a cluster, which recreate the resources of the objects there.
    ("crossplane-name", "Crossplane resource"),  # https://docs.crossplane.io/latest/concepts/managed-resources/
    ("services.k8s.aws/controller-version", "AWS Controller for Kubernetes"),  # ACK
    ("services.k8s.aws/namespace", "AWS Controller for Kubernetes"),
    ("karpenter.k8s.aws/ec2nodeclass", "EC2NodeClass"),
    ("karpenter.sh/managed-by", "Karpenter in cluster"),
    ("karpenter.sh/provisioner-name", "Karpenter provisioner"),
)


def _services(tags: _Values) -> Iterator[Manager]:
    for key, kind in _SERVICES:
        if tags.get(key):
            yield Manager(kind, tags[key])
            return
    for key in tags:
        if key.startswith("sigs.k8s.io/cluster-api-provider-aws/cluster/"):
            yield Manager("Cluster API cluster", key.rpartition("/")[2])
            return


_RULES: tuple[Callable[[_Values], Iterator[Manager]], ...] = (
    # Nearest first: an instance of a node group is an instance of the node group's Auto Scaling group.
    _group,
    _node_group,
    _eks_cluster,
    _ecs_service,
    _processing_cluster,
    _kubernetes,
    _stack,
    _services,
)

_BARE_MARKS = frozenset(
    {
        "CSIVolumeName",
        "KubernetesCluster",
        "red-hat-managed",
        *(key for key, _ in _SERVICES if ":" not in key and "/" not in key),
    }
)
"""All other marks have a prefix, unlike most tags of people."""
_RANK = {Presence.ASSUMED: 0, Presence.MISSED: 2, Presence.GONE: 3}
_UNKNOWN = 1
"""Rank between existing and deleted managers."""

Look = Callable[[Manager], Manager | None]
"""Looks up a manager: gives it with the uid as reference, or with the known presence; None: unknown."""


def managers_by_tags(tags: Mapping[str, str], kind: str = "") -> tuple[Manager, ...]:
    """Give all managers of a resource of this kind with these tags, nearest first.

    `reference` is empty if the manager cannot be looked up. A resource does not manage itself: a cluster carries the
    tags that it writes.
    """
    marks = [pair for pair in tags.items() if ":" in pair[0] or "/" in pair[0] or pair[0] in _BARE_MARKS]
    return _named_by(tuple(sorted(marks)), kind) if marks else ()


# The members of a group, a stack or a cluster have the same marks.
@lru_cache(maxsize=4096)
def _named_by(marks: tuple[tuple[str, str], ...], kind: str) -> tuple[Manager, ...]:
    tags = dict(marks)
    found = (manager for rule in _RULES for manager in rule(tags))
    return tuple(one for one in found if not kind or kind not in (one.kind, one.reference.partition("/")[0]))


def managers_of(resource: Resource) -> tuple[Manager, ...]:
    """Give all managers of a resource, nearest first: the manager by the row, then the managers by tags."""
    first = resource.manager
    if first is None:
        return ()
    named = managers_by_tags(resource.tags.values, resource.kind)
    return named if first in named else (first, *named)


def settled(managers: Sequence[Manager], look: Look) -> Manager:
    """Give the nearest existing manager, else the nearest unknown, else the nearest deleted manager.

    A single manager is enough to recreate the resource, so a resource is an orphan only if all are gone. A manager
    known only by a mark counts as existing, but an object in a cluster is gone when the cluster is.
    """
    looked = [(manager, look(manager)) for manager in managers]
    clusters = [
        seen for _, seen in looked if seen is not None and seen.kind in (EKS_CLUSTER, CLUSTER) and seen.presence
    ]
    ranked = []
    for manager, found in looked:
        seen = found
        if seen is not None and seen.kind in _IN_CLUSTER and clusters:
            seen = replace(seen, presence=clusters[0].presence)
        ranked.append((_UNKNOWN if seen is None else _RANK[seen.presence], seen or manager))
    return min(ranked, key=lambda each: each[0])[1]


def gone(manager: Manager) -> Manager:
    """Give a manager missing from a complete listing. Clusters of other distributions are never listed."""
    return replace(manager, presence=Presence.MISSED if manager.kind == CLUSTER else Presence.GONE)
