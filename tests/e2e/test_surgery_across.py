"""A namespace goes with what it made in AWS: on a real API server with finalizers, and a simulated AWS beside it."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration import aws_account, aws_services
from tests.integration.aws_account import pairs
from tests.support.cluster import Cluster, KubectlError
from tests.support.command_line import CommandLine, a_policy, an_account, on
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

EXPIRED = f"{datetime.now(UTC) - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
CLEANUP = "service.kubernetes.io/load-balancer-cleanup"

MANIFESTS = """
apiVersion: v1
kind: Namespace
metadata: {{name: {name}, annotations: {{owner: ann, expiration: "{expired}"}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: front, namespace: {name}, finalizers: [{cleanup}]}}
spec: {{type: LoadBalancer, ports: [{{port: 80}}], selector: {{app: web}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: web, namespace: {name}, finalizers: [ingress.k8s.aws/resources]}}
spec:
  ingressClassName: alb
  defaultBackend: {{service: {{name: front, port: {{number: 80}}}}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data, namespace: {name}, finalizers: [ebs.csi.aws.com/disk]}}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  volumeName: {name}-data
  resources: {{requests: {{storage: 1Gi}}}}
"""

VOLUME = """
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {name}-data}}
spec:
  capacity: {{storage: 1Gi}}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Delete
  claimRef: {{apiVersion: v1, kind: PersistentVolumeClaim, namespace: {name}, name: data, uid: {claim}}}
  csi: {{driver: ebs.csi.aws.com, volumeHandle: {volume}}}
"""


class Shop:
    """A namespace with a Service, an Ingress and a claim, and the balancers, target group and disk behind them."""

    def __init__(self, cluster: Cluster, aws: FakeAWS, name: str) -> None:
        self.cluster, self.aws, self.name = cluster, aws, name
        subnets = aws_services.two_subnets(aws, name)
        self.front = aws_account.classic_balancer(aws, f"front-{name}", {"kubernetes.io/service-name": f"{name}/front"})
        tags = {"ingress.k8s.aws/stack": f"{name}/web", "elbv2.k8s.aws/cluster": "dev"}
        answer = aws.client("elbv2").create_load_balancer(Name="web", Subnets=subnets, Tags=pairs(tags))
        self.web = str(answer["LoadBalancers"][0]["LoadBalancerArn"])
        self.targets = aws_account.target_group(aws, "web", tags)
        self.volume = aws_account.volume(aws, name, {"kubernetes.io/created-for/pv/name": f"{name}-data"})
        cluster.apply(MANIFESTS.format(name=name, expired=EXPIRED, cleanup=CLEANUP))
        claim = self.look("pvc", "data")["metadata"]["uid"]
        cluster.apply(VOLUME.format(name=name, claim=claim, volume=self.volume))
        # No controller of volumes runs here, which would bind them.
        self.patch("pv", f"{name}-data", {"status": {"phase": "Bound"}}, "--subresource=status")
        found = aws.client("elb").describe_load_balancers(LoadBalancerNames=[self.front])["LoadBalancerDescriptions"]
        for kind, object_name, one in (("service", "front", found[0]), ("ingress", "web", answer["LoadBalancers"][0])):
            reached = {"status": {"loadBalancer": {"ingress": [{"hostname": one["DNSName"]}]}}}
            self.patch(kind, object_name, reached, "--subresource=status")

    def look(self, kind: str, name: str) -> Any:
        return self.cluster.get(kind, name, "-n", self.name)

    def patch(self, kind: str, name: str, changes: Mapping[str, Any], *more: str) -> None:
        self.cluster.kubectl("patch", kind, name, "-n", self.name, *more, "--type=merge", "-p", json.dumps(changes))

    @contextmanager
    def tended(self) -> Iterator[None]:
        """Play the controllers of AWS: give back what a deleted object had, and take the finalizer off."""
        done = threading.Event()

        def tend() -> None:
            while not done.wait(0.3):
                for kind, name, give_back in (
                    ("service", "front", self.give_front_back),
                    ("ingress", "web", self.give_web_back),
                    ("pvc", "data", self.give_volume_back),
                ):
                    self.tend_one(kind, name, give_back)

        thread = threading.Thread(target=tend)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def give_front_back(self) -> None:
        self.aws.client("elb").delete_load_balancer(LoadBalancerName=self.front)

    def give_web_back(self) -> None:
        elbv2 = self.aws.client("elbv2")
        elbv2.delete_load_balancer(LoadBalancerArn=self.web)
        elbv2.delete_target_group(TargetGroupArn=self.targets)

    def give_volume_back(self) -> None:
        self.aws.client("ec2").delete_volume(VolumeId=self.volume)
        self.patch("pv", f"{self.name}-data", {"metadata": {"finalizers": None}})
        self.cluster.kubectl("delete", "pv", f"{self.name}-data", "--wait=false")

    def tend_one(self, kind: str, name: str, give_back: Any) -> None:
        try:
            found = self.look(kind, name)
        except KubectlError:
            return
        if found["metadata"].get("deletionTimestamp"):
            give_back()
            self.patch(kind, name, {"metadata": {"finalizers": None}})


@pytest.fixture
def shop(control_plane: Cluster, fake_aws: FakeAWS, unique_name: str) -> Iterator[Shop]:
    shop = Shop(control_plane, fake_aws, unique_name)
    yield shop
    control_plane.kubectl("delete", "pv", f"{unique_name}-data", "--ignore-not-found", "--wait=false")


@pytest.fixture
def shell(control_plane: Cluster, fake_aws: FakeAWS, tmp_path: Path, shop: Shop) -> CommandLine:
    login = fake_aws.login(DEFAULT_ACCOUNT)
    command_line = on(fake_aws, login, tmp_path)
    cloud = an_account(fake_aws, login)
    cloud["spec"]["aws"]["regions"] = ["eu-central-1"]
    cluster = {
        "apiVersion": "tagwarden.io/v1alpha1",
        "kind": "CloudAccount",
        "metadata": {"name": "dev-cluster"},
        "spec": {"provider": "Kubernetes", "environment": "test", "kubernetes": {}},
    }
    # Other tests have namespaces of their own in this cluster.
    ours = (
        f'resource.provider == "AWS" || resource.namespace == "{shop.name}" || resource.name.startsWith("{shop.name}")'
    )
    scope = {"accounts": {"names": ["aws-dev", "dev-cluster"]}, "where": ours}
    rules = {"expired": "Delete", "untagged": "Report", "missingExpiry": "Report"}
    command_line.declare("all.yaml", a_policy(scope=scope, rules=rules), cloud, cluster)
    return command_line


def test_a_namespace_takes_along_what_it_made_in_aws(
    control_plane: Cluster, fake_aws: FakeAWS, shell: CommandLine, shop: Shop
) -> None:
    """Service, Ingress and claim go before it; balancers, target group and disk with them, by those who made them."""
    common = ("-f", "all.yaml", "--kubeconfig", str(control_plane.kubeconfig), "-o", "json")

    shown = shell.run("plan", *common)

    assert shown.status == 0, shown.err
    wave = {entry["id"]: action["order"] for entry in shown.json["resources"] for action in entry["actions"]}
    first = {f"{shop.name}/front", f"{shop.name}/web", f"{shop.name}/data"}
    assert {*first, shop.name} == set(wave)
    assert max(wave[id_] for id_ in first) < wave[shop.name]
    taken = {entry["id"] for entry in shown.json["resources"] if entry["provider"] == "AWS" and entry["takenBy"]}
    assert {shop.front, shop.web, shop.targets, shop.volume} == taken

    (shell.folder / "plan.json").write_text(shown.out)
    with shop.tended():
        done = shell.run("apply", "--yes", "-f", "all.yaml", "plan.json", *common[2:])

    assert done.status == 0, (done.err, done.out[:2000])
    assert [] == [str(each) for each in done.json["outcomes"] if each["state"] != "Verified"]
    with pytest.raises(KubectlError, match="NotFound"):
        control_plane.get("namespace", shop.name)
    assert [] == fake_aws.client("elb").describe_load_balancers()["LoadBalancerDescriptions"]
    assert [] == fake_aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert [] == fake_aws.client("elbv2").describe_target_groups()["TargetGroups"]
    assert [] == fake_aws.client("ec2").describe_volumes()["Volumes"]
