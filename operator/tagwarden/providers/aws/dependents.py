"""The kinds that can contain, own, use or name a kind: all must be listed before a resource is unused (S3, S18)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.aws.answering import known_answering
from tagwarden.providers.aws.row import Kind, Link, ServiceScope
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.linking.vendor_rows import KARPENTER, WORKLOADS

_STACK = "aws_cloudformation_stack"

PROGRAMS_USE = frozenset(
    {
        "address", "api", "broker", "bucket", "cache", "database", "directory", "endpoint", "event_bus", "file_system",
        "function", "key", "load_balancer", "parameter", "proxy", "queue", "search", "secret", "stream", "topic",
        "user_pool", "workflow",
    }
)  # fmt: skip
"""Categories of resources that a program reaches by a given name: in the environment, a definition, a target."""

IN_CLUSTERS: dict[str, tuple[str, ...]] = {
    "aws_acm_certificate": ("k8s_ingress", "k8s_service"),
    "aws_ec2_elastic_ip": ("k8s_service",),
    "aws_ec2_image": ("k8s_ec2nodeclass.karpenter.k8s.aws",),
    "aws_ec2_instance": ("k8s_node", KARPENTER.pool),
    "aws_ec2_security_group": ("k8s_ec2nodeclass.karpenter.k8s.aws", "k8s_ingress", "k8s_service"),
    "aws_ec2_snapshot": ("k8s_volumesnapshotcontent.snapshot.storage.k8s.io",),
    "aws_ec2_subnet": ("k8s_ec2nodeclass.karpenter.k8s.aws", "k8s_ingress", "k8s_service"),
    "aws_ec2_volume": ("k8s_persistentvolume", KARPENTER.pool),
    "aws_ecr_repository": WORKLOADS,
    "aws_efs_access_point": ("k8s_persistentvolume",),
    "aws_efs_file_system": ("k8s_persistentvolume",),
    "aws_eks_cluster": ("k8s_namespace", "k8s_node", "k8s_persistentvolumeclaim", *WORKLOADS),
    "aws_elb_load_balancer": ("k8s_service",),
    "aws_elbv2_load_balancer": ("k8s_ingress", "k8s_service"),
    "aws_elbv2_target_group": ("k8s_ingress", "k8s_service", "k8s_targetgroupbinding.elbv2.k8s.aws"),
    "aws_fsx_file_system": ("k8s_persistentvolume",),
    "aws_iam_role": ("k8s_ec2nodeclass.karpenter.k8s.aws", "k8s_serviceaccount"),
    "aws_kms_key": ("k8s_storageclass",),
    "aws_secretsmanager_secret": ("k8s_externalsecret.external-secrets.io",),
    "aws_ssm_parameter": ("k8s_externalsecret.external-secrets.io",),
    "aws_wafv2_web_acl": ("k8s_ingress",),
}
"""Per kind, the Kubernetes kinds whose objects use the kind: in a spec, an annotation, or by being or creating it.

Pods may find resources of `PROGRAMS_USE` by their environment.
"""


def dependents_of(kind: str) -> frozenset[str]:
    """Give the AWS and Kubernetes kinds whose resources can contain, own, belong to, use or name a resource of `kind`.

    Sources are the links of the catalogue, in both directions, since owned resources can also prevent a deletion; the
    members of AWS's responses (see `answering`); and `PROGRAMS_USE` and `IN_CLUSTERS`.
    """
    return _dependents().get(kind, frozenset())


def spans_regions(kind: str) -> bool:
    """Whether resources of a kind can be used from every region, so that all regions must be listed (S3)."""
    row = KINDS.get(kind)
    if row is None or row.scope is not ServiceScope.GLOBAL:
        return False
    return any(KINDS[one].scope is ServiceScope.REGIONAL for one in dependents_of(kind) if one in KINDS)


def belongings_of(kinds: Iterable[str]) -> frozenset[str]:
    """Give the kinds that may be deleted along with resources of these kinds, without these kinds."""
    found: set[str] = set()
    waiting = set(kinds)
    asked = frozenset(waiting)
    while waiting:
        owned = _belongings().get(waiting.pop(), frozenset()) - found
        found |= owned
        waiting |= owned
    return frozenset(found - asked)


def untangles(kind: str) -> frozenset[str]:
    """Give the kinds whose mutual references the steps of a deletion remove, so that cycles can be deleted."""
    return KINDS[kind].untangles if kind in KINDS else frozenset()


@cache
def _dependents() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for source, link, target in _links():
        found[target].add(source)
        # A stack owns resources of every kind; unlisted ones are in the stack's own list of members.
        if link.meaning is EdgeMeaning.OWNS and source != _STACK:
            found[source].add(target)
    for row in KINDS.values():
        for rule in row.managed:
            if rule.kind in KINDS:
                found[row.name].add(rule.kind)
                found[rule.kind].add(row.name)
        found[row.name].update(_namers_of(row))
        found[row.name].update(IN_CLUSTERS.get(row.name, ()))
    return {kind: frozenset(others) for kind, others in found.items() if others}


def _namers_of(row: Kind) -> Iterator[str]:
    answering = known_answering()
    yield from (name for name in answering.naming.get(row.name, ()) if name in KINDS)
    if row.category in PROGRAMS_USE:
        yield from (name for name in answering.free if name in KINDS)
        yield from WORKLOADS


@cache
def _belongings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for source, link, target in _links():
        if link.meaning is EdgeMeaning.OWNS:
            found[source].add(target)
    return {owner: frozenset(owned) for owner, owned in found.items()}


def _links() -> Iterator[tuple[str, Link, str]]:
    """Give every link of the catalogue with the kinds of both ends."""
    for row in KINDS.values():
        for link in row.links:
            yield (link.kind, link, row.name) if link.backwards else (row.name, link, link.kind)
