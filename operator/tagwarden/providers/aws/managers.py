"""Who makes and restores a resource, as far as its tags tell."""

from collections.abc import Callable, Mapping

from tagwarden.model.resource import Manager

_Values = Mapping[str, str]

GROUP_TAG = "aws:autoscaling:groupName"
STACK_TAG = "aws:cloudformation:stack-name"
STACK_ID_TAG = "aws:cloudformation:stack-id"


def _group(tags: _Values) -> Manager | None:
    name = tags.get(GROUP_TAG)
    return Manager("aws_autoscaling_group", name, f"aws_autoscaling_group/{name}") if name else None


def _node_group(tags: _Values) -> Manager | None:
    name, cluster = tags.get("eks:nodegroup-name"), tags.get("eks:cluster-name")
    if not name or not cluster:
        return None
    return Manager("aws_eks_node_group", name, f"aws_eks_node_group/{cluster}/{name}")


def _eks_cluster(tags: _Values) -> Manager | None:
    name = tags.get("aws:eks:cluster-name")
    return Manager("aws_eks_cluster", name, f"aws_eks_cluster/{name}") if name else None


def _ecs_service(tags: _Values) -> Manager | None:
    name = tags.get("aws:ecs:serviceName")
    return Manager("aws_ecs_service", name) if name else None


def _processing_cluster(tags: _Values) -> Manager | None:
    id_ = tags.get("aws:elasticmapreduce:job-flow-id")
    return Manager("aws_emr_cluster", id_, f"aws_emr_cluster/{id_}") if id_ else None


def _stack(tags: _Values) -> Manager | None:
    name = tags.get(STACK_TAG)
    return Manager("aws_cloudformation_stack", name, tags.get(STACK_ID_TAG, "")) if name else None


_DRIVERS = frozenset({"ebs.csi.aws.com/cluster", "efs.csi.aws.com/cluster", "fsx.csi.aws.com/cluster"})


def _kubernetes(tags: _Values) -> Manager | None:
    for key, kind in (
        ("kubernetes.io/created-for/pv/name", "PersistentVolume"),
        ("CSIVolumeName", "PersistentVolume"),
        ("service.k8s.aws/stack", "Service"),
        ("ingress.k8s.aws/stack", "Ingress"),
        ("kubernetes.io/service-name", "Service"),
        ("karpenter.sh/nodepool", "NodePool"),
    ):
        if key in tags:
            return Manager(kind, tags[key])
    for key, value in tags.items():
        # `shared` marks what a cluster only uses, such as the subnets it was given.
        if key.startswith("kubernetes.io/cluster/") and value == "owned":
            return Manager("Kubernetes cluster", key.removeprefix("kubernetes.io/cluster/"))
    cluster = tags.get("elbv2.k8s.aws/cluster")
    if cluster:
        return Manager("Kubernetes cluster", cluster)
    # Drivers of volumes say only that they made it, for whichever cluster.
    driver = next((key for key in tags if key in _DRIVERS), None)
    return Manager("Kubernetes cluster", f"with {driver.partition('/')[0]}") if driver is not None else None


def _services(tags: _Values) -> Manager | None:
    for key, kind in (
        ("elasticbeanstalk:environment-name", "Elastic Beanstalk environment"),
        ("aws:ec2spot:fleet-request-id", "Spot Fleet"),
        ("aws:ec2:fleet-id", "EC2 Fleet"),
        ("aws:backup:source-resource", "AWS Backup"),
        ("aws:dlm:lifecycle-policy-id", "Data Lifecycle Manager policy"),
        ("aws:servicecatalog:provisionedProductArn", "Service Catalog product"),
        ("aws:secretsmanager:owningService", "Secrets Manager"),
    ):
        if tags.get(key):
            return Manager(kind, tags[key])
    return None


_RULES: tuple[Callable[[_Values], Manager | None], ...] = (
    # The nearest first: an instance of a node group is an instance of the node group's Auto Scaling group.
    _group,
    _node_group,
    _eks_cluster,
    _ecs_service,
    _processing_cluster,
    _kubernetes,
    _stack,
    _services,
)


def manager_by_tags(tags: Mapping[str, str]) -> Manager | None:
    """Give who manages a resource with these tags; `reference` is empty where that is no kind we collect."""
    if not any(":" in key or "/" in key for key in tags):
        return None
    for rule in _RULES:
        found = rule(tags)
        if found is not None:
            return found
    return None
