"""The rows of the joins: the kinds, tags and labels by which each vendor's resources name resources of another account.

A new vendor adds rows here; the other modules of this package read the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.resource import ProviderName


@dataclass(frozen=True, slots=True)
class ClusterService:
    """A cloud's service of Kubernetes clusters, collected as `kind`.

    `machine` is the kind of the machines behind nodes. On machines and their disks, the tags `name_tags` hold the name
    of the cluster, or the name follows the prefix in tags that begin with `name_prefix`.
    """

    provider: ProviderName
    kind: str
    machine: str
    name_tags: tuple[str, ...] = ()
    name_prefix: str = ""


EKS = ClusterService(
    ProviderName.AWS,
    "aws_eks_cluster",
    "aws_ec2_instance",
    (
        "aws:eks:cluster-name",
        "eks:cluster-name",
        "eks:eks-cluster-name",  # Karpenter, https://karpenter.sh/docs/concepts/nodeclasses/#spectags
        "alpha.eksctl.io/cluster-name",
    ),
    # EKS requires this tag on every node.
    "kubernetes.io/cluster/",
)
GKE = ClusterService(
    ProviderName.GCP,
    "gcp_container_cluster",
    "gcp_compute_instance",
    ("goog-k8s-cluster-name",),
)
"""https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-usage-metering"""
CLUSTER_SERVICES = (EKS, GKE)

WORKLOADS = (
    "k8s_cronjob",
    "k8s_daemonset",
    "k8s_deployment",
    "k8s_job",
    "k8s_pod",
    "k8s_replicationcontroller",
    "k8s_statefulset",
)
"""The kinds of objects that run containers: these pull images, and reach resources of clouds by name."""

API_SERVICE = "k8s_service/default/kubernetes"
"""The reference of the Service that every cluster has."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A kind of objects for which controllers create resources of clouds.

    `kind` is our kind of the object, and `meanings` are the edges by which an object claims a resource as its own.
    """

    kind: str
    meanings: frozenset[EdgeMeaning]


MAKERS: Mapping[str, Maker] = {
    "Service": Maker("k8s_service", frozenset({EdgeMeaning.OWNS})),
    # An Ingress may share a balancer with a group, whose name then replaces the name of the Ingress.
    "Ingress": Maker("k8s_ingress", frozenset({EdgeMeaning.OWNS, EdgeMeaning.USES})),
    # Where the disk outlives the volume (the policy Retain), the volume needs the disk without owning it.
    "PersistentVolume": Maker("k8s_persistentvolume", frozenset({EdgeMeaning.OWNS})),
}
"""By the kind of the manager that the tags of such a resource name."""

CLUSTER_TAG = "elbv2.k8s.aws/cluster"
"""The tag with which the AWS Load Balancer Controller writes the name of its cluster on all resources it creates."""


@dataclass(frozen=True, slots=True)
class NodePools:
    """The pools of one autoscaler, which creates machines in a cloud and tags each machine with the name of the pool.

    `manager` is the kind of manager that the tag names, `pool` our kind of the pools, `made` the created kinds.
    `other_makers` are tags of managers that recreate such a resource independently of the pool.
    """

    provider: ProviderName
    manager: str
    pool: str
    made: frozenset[str]
    other_makers: frozenset[str]


KARPENTER = NodePools(
    ProviderName.AWS,
    "NodePool",
    "k8s_nodepool.karpenter.sh",
    frozenset({"aws_ec2_instance", "aws_ec2_volume"}),
    frozenset({"aws:cloudformation:stack-name", "aws:ec2spot:fleet-request-id"}),
)
"""https://karpenter.sh/docs/concepts/nodeclasses/#spectags"""


@dataclass(frozen=True, slots=True)
class Deployer:
    """A kind of objects that deploy to other clusters; the deletion of an object deletes the deployed objects.

    Deployed objects have the name in the `label`, which other tools write as well.
    """

    kind: str
    label: str


ARGO_CD = Deployer("k8s_application.argoproj.io", "app.kubernetes.io/instance")
"""https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/"""


@dataclass(frozen=True, slots=True)
class SharingKinds:
    """The kinds of one vendor that several accounts see.

    `share` is the kind that shares the used resources. The vendor lists `connecting` kinds in both accounts, and in
    both regions, under the same id: each account has a side. The vendor lists `lent` kinds under the same id in the
    owner's account and in the borrowers' accounts.
    """

    provider: ProviderName
    share: str
    connecting: frozenset[str]
    lent: frozenset[str]


AWS_SHARING = SharingKinds(
    ProviderName.AWS,
    "aws_ram_resource_share",
    frozenset({"aws_ec2_transit_gateway_vpc_attachment", "aws_ec2_vpc_peering_connection"}),
    frozenset({"aws_ec2_dedicated_host", "aws_ec2_subnet", "aws_ec2_transit_gateway", "aws_ec2_vpc"}),
)
