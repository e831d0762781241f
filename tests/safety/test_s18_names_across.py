"""S18: whoever speaks of a resource uses it, also from a cluster, from another namespace or from another account."""

import pytest

from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tagwarden.providers import aws
from tagwarden.providers.aws.naming import names_abroad
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, an_account
from tests.support.cluster_world import CLAIM, cluster_of, taken_from

CLUSTER, NEIGHBOUR = "dev-cluster", "neighbour"
EXPIRED = {"owner": "bob", "expiration": "2026-08-31T11:00:00Z"}
HERE = "eu-central-1:123456789012"


def thing(kind: str, category: str, id_: str, **fields: str) -> Resource:
    return a_resource(kind=kind, category=category, **{"id": id_, "name": id_, "tags": EXPIRED, **fields})


QUEUE = thing(
    "aws_sqs_queue", "queue", "https://sqs.eu-central-1.amazonaws.com/123456789012/orders-test",
    name="orders-test", uid=f"arn:aws:sqs:{HERE}:orders-test",
)  # fmt: skip
TOPIC = thing("aws_sns_topic", "topic", f"arn:aws:sns:{HERE}:jobs", name="jobs", uid=f"arn:aws:sns:{HERE}:jobs")
BUCKET = thing("aws_s3_bucket", "bucket", "reports-test", uid="arn:aws:s3:::reports-test")
DATABASE = thing("aws_rds_instance", "database", "shop", uid=f"arn:aws:rds:{HERE}:db:shop")
CERTIFICATE = thing(
    "aws_acm_certificate", "certificate", f"arn:aws:acm:{HERE}:certificate/12345678-1234-1234-1234-123456789012",
    uid=f"arn:aws:acm:{HERE}:certificate/12345678-1234-1234-1234-123456789012",
)  # fmt: skip
ADDRESS = thing("aws_ec2_elastic_ip", "address", "eipalloc-0123456789abcdef0")
FIREWALL = thing("aws_ec2_security_group", "firewall", "sg-0123456789abcdef0", name="front")
KEY = thing(
    "aws_kms_key", "key", "12345678-1234-1234-1234-123456789abc",
    uid=f"arn:aws:kms:{HERE}:key/12345678-1234-1234-1234-123456789abc",
)  # fmt: skip


def workload(container: str, claim: str = CLAIM) -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop, annotations: {claim}}}
spec: {{template: {{spec: {{containers: [{{name: web, image: web, {container}}}]}}}}}}
"""


def told(name: str, value: str) -> str:
    return workload(f"env: [{{name: {name}, value: '{value}'}}]")


def annotated(kind: str, key: str, value: str) -> str:
    version = "networking.k8s.io/v1" if kind == "Ingress" else "v1"
    claim = CLAIM.rstrip("}")
    return f"""
apiVersion: {version}
kind: {kind}
metadata: {{name: front, namespace: shop, annotations: {claim}, {key}: '{value}'}}}}
spec: {{}}
"""


SPOKEN_OF = {
    "the URL of a queue in an environment": (QUEUE, told("QUEUE", QUEUE.id)),
    "the bare name of a queue": (QUEUE, told("QUEUE_NAME", "orders-test")),
    "the ARN of a topic": (TOPIC, told("TOPIC", TOPIC.uid)),
    "a plain word where a name is expected": (TOPIC, told("TOPIC_NAME", "jobs")),
    "a bucket in an argument": (BUCKET, workload("args: ['--to=s3://reports-test/daily']")),
    "a connection string": (DATABASE, told("DB", "postgres://u@shop.abc1.eu-central-1.rds.amazonaws.com:5432/x")),
    "the certificate of a load balancer": (
        CERTIFICATE, annotated("Service", "service.beta.kubernetes.io/aws-load-balancer-ssl-cert", CERTIFICATE.uid),
    ),
    "the address of a load balancer": (
        ADDRESS,
        annotated(
            "Service", "service.beta.kubernetes.io/aws-load-balancer-eip-allocations", f"{ADDRESS.id}, eipalloc-1"
        ),
    ),
    "the security group of an Ingress": (
        FIREWALL, annotated("Ingress", "alb.ingress.kubernetes.io/security-groups", FIREWALL.id),
    ),
    "a secret store, by its role": (
        thing("aws_iam_role", "role", "secrets-reader", uid="arn:aws:iam::123456789012:role/secrets-reader"),
        f"""
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {{name: aws, namespace: shop, annotations: {CLAIM}}}
spec: {{provider: {{aws: {{role: 'arn:aws:iam::123456789012:role/secrets-reader'}}}}}}
""",
    ),
    "a secret that an operator copies": (
        thing(
            "aws_secretsmanager_secret", "secret", f"arn:aws:secretsmanager:{HERE}:secret:shop/db-AbCdEf",
            name="shop/db", uid=f"arn:aws:secretsmanager:{HERE}:secret:shop/db-AbCdEf",
        ),
        f"""
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{name: db, namespace: shop, annotations: {CLAIM}}}
spec: {{data: [{{secretKey: password, remoteRef: {{key: shop/db}}}}]}}
""",
    ),
    "the key of a storage class": (
        KEY,
        f"""
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{name: fast}}
provisioner: ebs.csi.aws.com
parameters: {{encrypted: 'true', kmsKeyId: '{KEY.uid}'}}
""",
    ),
}  # fmt: skip


def decided(*snapshots: Snapshot) -> Decision:
    """Decide on the AWS account and the cluster that was collected beside it."""
    policy = a_policy(
        scope={"accounts": {"names": [ACCOUNT, NEIGHBOUR, CLUSTER]}},
        observations=1,
        limits={"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000},
    )
    accounts = {
        ACCOUNT: an_account(ACCOUNT),
        NEIGHBOUR: an_account(NEIGHBOUR, aws={"accountID": "210987654321"}),
        CLUSTER: an_account(CLUSTER, provider=ProviderName.KUBERNETES, environment=Environment.TEST),
    }
    declared = Declarations({policy.name: policy}, accounts)
    return decide(declared, compile_policies(declared, policy.name), snapshots, lambda _name, _found: {}, Budget(), NOW)


def account_of(*resources: Resource) -> Snapshot:
    return a_snapshot(*resources, kinds=[row.kind for row in aws.catalogue()], id="outside-1")


def withheld(decision: Decision, resource: Resource) -> str:
    """Say why a resource stays; empty where it goes."""
    planned = next(each for each in decision.plan.resources if each.resource.uid == resource.uid)
    if planned.goes:
        return ""
    return f"{planned.withheld.reason}: {planned.withheld.message}" if planned.withheld else str(planned.judgement)


@pytest.mark.parametrize("how", SPOKEN_OF)
def test_what_a_claimed_object_of_a_cluster_names_stays(how: str) -> None:
    """An expired resource of AWS of which a claimed Deployment, Service or store is told is in use."""
    resource, manifest = SPOKEN_OF[how]

    why = withheld(decided(account_of(resource), cluster_of(manifest, account=CLUSTER)), resource)

    assert why.startswith(("DependentInUse", "ProtectedByGraph")), why


def test_what_nobody_names_goes() -> None:
    """The cluster was listed, and speaks of other things: labels and names of its own objects mean nothing."""
    alike = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-test, namespace: shop, labels: {app: orders-test}}
spec: {template: {metadata: {labels: {app: orders-test}}, spec: {containers: [{name: orders-test, image: x}]}}}
"""

    assert not withheld(decided(account_of(QUEUE), cluster_of(alike, account=CLUSTER)), QUEUE)


def test_what_we_say_of_a_resource_is_no_use_of_it() -> None:
    """The status of our own policy listed a queue as a finding, which kept the queue for ever."""
    ours = f"""
apiVersion: tagwarden.io/v1alpha1
kind: CleanupPolicy
metadata: {{name: test-accounts}}
status: {{findings: ['dev: aws_sqs_queue orders-test in eu-central-1: Delete: {QUEUE.id}']}}
"""

    assert not withheld(decided(account_of(QUEUE), cluster_of(ours, account=CLUSTER)), QUEUE)


def test_a_queue_stays_while_pods_could_not_be_listed() -> None:
    """Nobody knows what they are told."""
    denied = CollectFailure("k8s_deployment", "", "AccessDenied", "deployments is forbidden")

    why = withheld(decided(account_of(QUEUE), cluster_of("", [denied], account=CLUSTER)), QUEUE)

    assert why.startswith("SnapshotIncomplete")
    assert "the list of k8s_deployment" in why


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (TOPIC, TOPIC.uid),
        (BUCKET, "aws_s3_bucket/reports-test"),
        (QUEUE, QUEUE.id),
    ],
)
def test_what_a_claimed_function_of_another_account_names_stays(resource: Resource, name: str) -> None:
    """Alice's function publishes to a topic, or writes to a bucket, of an account beside hers."""
    function = a_resource(
        kind="aws_lambda_function", category="function", id="jobs", account=NEIGHBOUR,
        tags={"owner": "alice", "expiration": "2026-09-02T11:00:00Z"},
    )  # fmt: skip
    mentions = names_abroad([{function.uid: (name, "jobs", "arn:aws:iam::aws:policy/ReadOnly")}], "210987654321")
    there = a_snapshot(function, id="there-1", kinds=[row.kind for row in aws.catalogue()], mentions=mentions)

    why = withheld(decided(account_of(resource), there, cluster_of("", account=CLUSTER)), resource)

    assert why.startswith("DependentInUse"), why


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {selector: {app: db}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: data}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: db}]}}}
"""


@pytest.mark.parametrize("address", ["http://db.data.svc.cluster.local:8080/x", "db.data", "postgres://me:x@db.data/y"])
def test_a_service_that_a_claimed_workload_calls_stays(address: str) -> None:
    """An untagged Service of another namespace, and the Pods behind it, went under alice's Deployment."""
    taken = taken_from(f"{told('DB_HOST', address)}\n---\n{SERVICE}")

    assert not taken.ids
    assert "belongs to alice" in taken.why("k8s_service/data/db")


def test_a_service_that_only_leftovers_call_goes() -> None:
    """Nobody claims any of the three."""
    taken = taken_from(f"{told('DB_HOST', 'db.data').replace(CLAIM, '{}')}\n---\n{SERVICE}")

    assert {"k8s_service/data/db", "k8s_deployment/data/db", "k8s_deployment/shop/web"} == taken.ids
