"""The Kubernetes provider against a real API server with real controllers."""

import base64
import json
import socket
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tagwarden.errors import AccessDenied, CredentialsInvalid, PreconditionFailed, Unreachable, WrongAccount
from tagwarden.model.clusters import ISSUER
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, Resource
from tagwarden.model.snapshot import CollectFailure, Snapshot
from tagwarden.model.tags import TagChanges
from tagwarden.providers.base import ListingProgress
from tagwarden.providers.kubernetes import BlockedByFinalizer, catalogue, dependents_of, permissions
from tagwarden.providers.kubernetes.provider import KubernetesProvider
from tagwarden.providers.linking.cluster_services import find_clusters
from tagwarden.providers.linking.vendor_rows import EKS
from tests.support.builders import a_resource, a_snapshot
from tests.support.cluster import Cluster, KubectlError
from tests.support.processes import wait_until
from tests.unit.providers.kubernetes.objects import account_of

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)

WIDGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{plural: widgets, singular: widget, kind: Widget}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
"""

SHOP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {owner: alice}, annotations: {expiration: 2026-09-01T19:00:00Z}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1
          envFrom: [{configMapRef: {name: settings}}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {type: LoadBalancer, ports: [{port: 80}], selector: {app: web}}
"""

VOLUME = """
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {name}}}
spec:
  capacity: {{storage: 1Gi}}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Delete
  claimRef: {{apiVersion: v1, kind: PersistentVolumeClaim, namespace: {namespace}, name: data, uid: {claim}}}
  csi: {{driver: ebs.csi.aws.com, volumeHandle: vol-0123456789abcdef0}}
"""


def provider_for(
    cluster: Cluster, *include: str, kubeconfig: Path | None = None, page_size: int = 500
) -> KubernetesProvider:
    text = (kubeconfig or cluster.kubeconfig).read_text()
    return KubernetesProvider(account_of(*include), text, environ={}, page_size=page_size)


def by_id(snapshot: Snapshot, kind: str) -> dict[str, Resource]:
    return {resource.id: resource for resource in snapshot.resources if resource.kind == kind}


def dependents_in(snapshot: Snapshot, kind: str) -> frozenset[str]:
    """Return the kinds that must be known before an object of `kind` goes, with those that the cluster serves."""
    return dependents_of(kind, [each for each in (*snapshot.kinds, *snapshot.incomplete_kinds) if "." in each])


def only(snapshot: Snapshot, kind: str, id_: str) -> Resource:
    return by_id(snapshot, kind)[id_]


def config_map(cluster: Cluster, namespace: str, name: str, *arguments: str) -> None:
    cluster.kubectl("create", "configmap", name, "--namespace", namespace, *arguments)


def apply(cluster: Cluster, indented: str) -> None:
    cluster.apply(textwrap.dedent(indented))


def wait_allowed(cluster: Cluster, kubeconfig: Path, *question: str) -> None:
    """Return when the API server has taken note of new roles, which takes it a moment."""

    def allowed() -> bool:
        try:
            cluster.kubectl("auth", "can-i", *(question or ("get", "namespaces/kube-system")), kubeconfig=kubeconfig)
        except KubectlError:
            return False
        return True

    wait_until(allowed, what="the role is in force")


@pytest.fixture
def provider(control_plane: Cluster, namespace: str) -> KubernetesProvider:
    return provider_for(control_plane, namespace)


@pytest.fixture
def shop(control_plane: Cluster, namespace: str) -> Iterator[str]:
    """Yield a namespace with a deployment, its pod, a volume and a load balancer."""
    control_plane.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=SHOP)
    wait_until(
        lambda: len(control_plane.get("pods", "--namespace", namespace)["items"]) == 1, what="the pod of web exists"
    )
    claim = control_plane.get("pvc", "data", "--namespace", namespace)["metadata"]["uid"]
    manifest = VOLUME.format(name=f"pv-{namespace}", namespace=namespace, claim=claim)
    control_plane.kubectl("apply", "-f", "-", stdin=manifest)
    control_plane.kubectl(
        "patch", "pv", f"pv-{namespace}", "--subresource=status", "--type=merge", "-p", '{"status": {"phase": "Bound"}}'
    )
    control_plane.kubectl(
        "patch", "pvc", "data", "--namespace", namespace, "-p", f'{{"spec": {{"volumeName": "pv-{namespace}"}}}}'
    )
    yield namespace
    control_plane.kubectl("delete", "pv", f"pv-{namespace}", "--wait=false")


class TestIdentity:
    def test_the_cluster_is_known_by_its_system_namespace(self, control_plane: Cluster) -> None:
        """A cluster is identified by the uid of kube-system, the caller by the user's name (S10)."""
        system = control_plane.get("namespace", "kube-system")["metadata"]["uid"]

        identity = provider_for(control_plane).identify()

        assert (system, "admin") == (identity.account, identity.caller)
        assert control_plane.server == identity.server

    def test_the_issuer_of_its_tokens_tells_which_cluster_of_eks_it_is(
        self, control_plane: Cluster, provider: KubernetesProvider
    ) -> None:
        """The API server names who signs the tokens of service accounts, as EKS does of its clusters (S18)."""
        token = control_plane.kubectl("create", "token", "default", "--namespace", "default")
        body = token.split(".")[1]
        issuer = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["iss"]
        same, other = (
            a_resource(kind=EKS.kind, id=name, attributes={ISSUER: told})
            for name, told in (("same", issuer), ("other", f"{issuer}/other"))
        )

        snapshot = provider.collect(NOW)

        assert issuer == snapshot.identity.issuer
        clusters = find_clusters([snapshot, a_snapshot(same, other)])
        assert {snapshot.account: frozenset({same.uid})} == clusters.homes
        assert {} == clusters.doubts

    def test_another_cluster_under_the_same_address_is_refused(self, control_plane: Cluster) -> None:
        """A cluster that is not the one of the first call any more is not touched (S10)."""
        provider = provider_for(control_plane)
        provider._cluster = "another"

        with pytest.raises(WrongAccount, match="changed from cluster another to"):
            provider.collect(NOW)

    def test_a_wrong_token_is_invalid(self, control_plane: Cluster) -> None:
        """Credentials that the API server does not know are named as such."""
        kubeconfig = yaml.safe_load(control_plane.kubeconfig.read_text())
        kubeconfig["users"][0]["user"] = {"token": "wrong"}

        with pytest.raises(CredentialsInvalid, match="get namespaces kube-system"):
            KubernetesProvider(account_of(), yaml.safe_dump(kubeconfig)).identify()

    def test_a_server_that_is_not_there_is_unreachable(self) -> None:
        """A refused connection is told with the address."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and nobody listens
            kubeconfig = f"""
                clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{taken.getsockname()[1]}"}}}}]
                users: [{{name: u, user: {{token: t}}}}]
                contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
                current-context: x
            """

            with pytest.raises(Unreachable, match="refuses the connection"):
                KubernetesProvider(account_of(), kubeconfig).collect(NOW)


class TestCollecting:
    def test_rows_are_what_the_api_server_says(self, control_plane: Cluster) -> None:
        """Group, plural and scope of every row that this cluster serves are those of its API."""
        provider = provider_for(control_plane)
        provider.collect(NOW)
        served = provider._discovery.apis

        expected = {row.kind: (row.group, row.plural, row.namespaced) for row in catalogue() if row.kind in served}

        assert expected == {
            api.kind: (api.group, api.plural, api.namespaced) for api in served.values() if api.kind in expected
        }
        assert len(expected) > 40

    def test_a_whole_cluster_is_complete(self, control_plane: Cluster) -> None:
        """Every kind that is served is listed, and each object once."""
        snapshot = provider_for(control_plane).collect(NOW)

        uids = [resource.uid for resource in snapshot.resources]

        assert snapshot.failures == ()
        assert len(uids) == len(set(uids))
        assert snapshot.is_complete_for(["k8s_deployment", "k8s_secret", "k8s_namespace", "k8s_node"])

    def test_custom_resources_are_discovered(self, control_plane: Cluster, namespace: str, unique_name: str) -> None:
        """A kind that nobody has a row for is found, with its group in its name."""
        group = f"{unique_name}.example.com"
        control_plane.apply(WIDGETS.format(group=group))
        control_plane.kubectl("wait", "--for=condition=Established", f"crd/widgets.{group}")
        control_plane.apply(f"{{apiVersion: {group}/v1, kind: Widget, metadata: {{name: w, namespace: {namespace}}}}}")
        provider = provider_for(control_plane, namespace)

        widget = only(provider.collect(NOW), f"k8s_widget.{group}", f"{namespace}/w")
        provider.set_tags(widget, TagChanges(set={"owner": "alice"}))
        tagged = provider.read(widget)
        assert tagged is not None
        provider.delete(tagged)

        assert widget.category == "custom_resource"
        assert tagged.tags.values["owner"] == "alice"
        assert provider.is_gone(widget)
        control_plane.kubectl("delete", "crd", f"widgets.{group}")

    def test_an_object_whose_kind_was_removed_is_gone(
        self, control_plane: Cluster, namespace: str, unique_name: str
    ) -> None:
        """With the definition of a custom resource its objects go too."""
        group = f"{unique_name}.example.com"
        control_plane.apply(WIDGETS.format(group=group))
        control_plane.kubectl("wait", "--for=condition=Established", f"crd/widgets.{group}")
        control_plane.apply(f"{{apiVersion: {group}/v1, kind: Widget, metadata: {{name: w, namespace: {namespace}}}}}")
        provider = provider_for(control_plane, namespace)
        widget = only(provider.collect(NOW), f"k8s_widget.{group}", f"{namespace}/w")

        control_plane.kubectl("delete", "crd", f"widgets.{group}")

        wait_until(lambda: provider.is_gone(widget), what="the widget is gone with its definition")
        assert provider.read(widget) is None
        provider.delete(widget)

    def test_long_lists_come_in_pages(self, control_plane: Cluster, namespace: str) -> None:
        """Every object is found however small the pages are."""
        for number in range(7):
            config_map(control_plane, namespace, f"c{number}")

        snapshot = provider_for(control_plane, namespace, page_size=2).collect(NOW)

        names = {resource.name for resource in snapshot.resources if resource.kind == "k8s_configmap"}
        assert {f"c{number}" for number in range(7)} <= names
        assert snapshot.is_complete

    def test_annotations_lie_over_labels(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider
    ) -> None:
        """Where a label and an annotation have the same key, the annotation counts; labels that show are fixed."""
        config_map(control_plane, namespace, "c")
        control_plane.kubectl("label", "configmap", "c", "--namespace", namespace, "owner=bob", "team=data")
        control_plane.kubectl("annotate", "configmap", "c", "--namespace", namespace, "owner=alice")

        tags = only(provider.collect(NOW), "k8s_configmap", f"{namespace}/c").tags

        assert {"owner": "alice", "team": "data"} == dict(tags.values)
        assert {"team"} == tags.fixed

    def test_the_copy_that_kubectl_keeps_is_no_tag(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider
    ) -> None:
        """The annotation with the whole object is left out."""
        control_plane.apply(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c, namespace: {namespace}}}}}")

        assert {} == dict(only(provider.collect(NOW), "k8s_configmap", f"{namespace}/c").tags.values)

    def test_values_of_secrets_are_never_read(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider
    ) -> None:
        """Secrets and ConfigMaps are listed as metadata alone."""
        control_plane.kubectl(
            "create", "secret", "generic", "s", "--namespace", namespace, "--from-literal=password=x1y2"
        )

        secret = only(provider.collect(NOW), "k8s_secret", f"{namespace}/s")

        assert "x1y2" not in repr(secret)
        assert not next(row for row in catalogue() if row.kind == "k8s_secret").needs_whole_object


class TestScope:
    def test_namespaces_that_are_not_included_stay_out(self, control_plane: Cluster, namespace: str) -> None:
        """An account of one namespace holds it and its contents, and nothing of the cluster at large."""
        snapshot = provider_for(control_plane, namespace).collect(NOW)

        assert {namespace} == {resource.namespace or resource.name for resource in snapshot.resources}
        assert [namespace] == list(by_id(snapshot, "k8s_namespace"))
        assert "k8s_node" not in snapshot.kinds

    def test_globs_and_exclusions_choose_namespaces(self, control_plane: Cluster, namespace: str) -> None:
        """Excluded namespaces stay out although a glob includes them."""
        other = f"{namespace}-x"
        control_plane.kubectl("create", "namespace", other)
        selector = account_of(f"{namespace}*", exclude=("*-x",))

        snapshot = KubernetesProvider(selector, control_plane.kubeconfig.read_text()).collect(NOW)

        control_plane.kubectl("delete", "namespace", other, "--wait=false")
        assert [namespace] == list(by_id(snapshot, "k8s_namespace"))

    def test_rights_within_the_named_namespaces_are_enough(self, control_plane: Cluster, namespace: str) -> None:
        """Where namespaces are named without globs, nothing is asked of the whole cluster but its identity."""
        apply(
            control_plane,
            f"""
            {{apiVersion: v1, kind: ServiceAccount, metadata: {{name: reader, namespace: {namespace}}}}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {{name: {namespace}}}
            rules:
              - {{apiGroups: [""], resources: [namespaces], resourceNames: [kube-system, {namespace}], verbs: [get]}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {{name: {namespace}}}
            roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {namespace}}}
            subjects: [{{kind: ServiceAccount, name: reader, namespace: {namespace}}}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {{name: reader, namespace: {namespace}}}
            rules: [{{apiGroups: ["*"], resources: ["*"], verbs: [get, list]}}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {{name: reader, namespace: {namespace}}}
            roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}}
            subjects: [{{kind: ServiceAccount, name: reader, namespace: {namespace}}}]
            """,
        )
        kubeconfig = control_plane.kubeconfig_for("reader", namespace)
        wait_allowed(control_plane, kubeconfig, "get", "configmaps", "--namespace", namespace)

        snapshot = provider_for(control_plane, namespace, kubeconfig=kubeconfig).collect(NOW)

        control_plane.kubectl("delete", "clusterrole,clusterrolebinding", namespace)
        assert snapshot.failures == ()
        assert f"system:serviceaccount:{namespace}:reader" == snapshot.identity.caller
        assert [namespace] == list(by_id(snapshot, "k8s_namespace"))

    def test_a_kind_that_is_denied_is_incomplete(self, control_plane: Cluster, namespace: str) -> None:
        """What the credentials may not list is named; all other kinds are collected (S3, S12)."""
        apply(
            control_plane,
            f"""
            {{apiVersion: v1, kind: ServiceAccount, metadata: {{name: reader, namespace: {namespace}}}}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {{name: {namespace}}}
            rules:
              - {{apiGroups: [""], resources: [namespaces, configmaps], verbs: [get, list]}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {{name: {namespace}}}
            roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {namespace}}}
            subjects: [{{kind: ServiceAccount, name: reader, namespace: {namespace}}}]
            """,
        )
        config_map(control_plane, namespace, "c")
        kubeconfig = control_plane.kubeconfig_for("reader", namespace)
        wait_allowed(control_plane, kubeconfig)
        provider = provider_for(control_plane, kubeconfig=kubeconfig)

        snapshot = provider.collect(NOW)

        control_plane.kubectl("delete", "clusterrole,clusterrolebinding", namespace)
        secrets = next(failure for failure in snapshot.failures if failure.kind == "k8s_secret")
        assert Reason.AccessDenied == secrets.reason
        assert "list secrets" in secrets.message
        assert f"{namespace}/c" in by_id(snapshot, "k8s_configmap")
        assert snapshot.is_complete_for(["k8s_configmap"])
        assert not snapshot.is_complete_for(dependents_in(snapshot, "k8s_namespace"))

    def test_an_unknown_cluster_is_not_collected(self, control_plane: Cluster, namespace: str) -> None:
        """Without the right to identify the cluster nothing is done, and the message says what to allow (S10)."""
        control_plane.kubectl("create", "serviceaccount", "nobody", "--namespace", namespace)
        kubeconfig = control_plane.kubeconfig_for("nobody", namespace)

        with pytest.raises(AccessDenied, match="allow `get` on the namespace kube-system"):
            provider_for(control_plane, kubeconfig=kubeconfig).collect(NOW)

    def test_an_audit_needs_to_list_and_no_more(self, control_plane: Cluster, namespace: str) -> None:
        """Without `get` on anything but kube-system every kind is listed to its end, and nobody can reach into Pods."""
        rules = [rule.as_manifest() for rule in permissions(["*"], enforce=False)]
        control_plane.kubectl("create", "serviceaccount", "auditor", "--namespace", namespace)
        kind = "apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole"
        control_plane.apply(f"{{{kind}, metadata: {{name: {namespace}}}, rules: {rules}}}")
        control_plane.kubectl(
            *("create", "clusterrolebinding", namespace, f"--clusterrole={namespace}"),
            f"--serviceaccount={namespace}:auditor",
        )
        config_map(control_plane, namespace, "c")
        kubeconfig = control_plane.kubeconfig_for("auditor", namespace)
        wait_allowed(control_plane, kubeconfig)

        snapshot = provider_for(control_plane, kubeconfig=kubeconfig).collect(NOW)

        who = f"--as=system:serviceaccount:{namespace}:auditor"
        with pytest.raises(KubectlError, match="no"):
            control_plane.kubectl("auth", "can-i", "get", "pods/exec", who)
        control_plane.kubectl("delete", "clusterrole,clusterrolebinding", namespace)
        # Custom kinds of other tests on this cluster come and go meanwhile.
        assert [] == [failure for failure in snapshot.failures if "example.com" not in failure.kind]
        assert f"{namespace}/c" in by_id(snapshot, "k8s_configmap")

    def test_declared_permissions_are_enough(self, control_plane: Cluster, namespace: str) -> None:
        """With the ClusterRole that is computed for a policy's kinds, everything is listed and those are written."""
        rules = [rule.as_manifest() for rule in permissions(["config"], enforce=True)]
        control_plane.kubectl("create", "serviceaccount", "operator", "--namespace", namespace)
        kind = "apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole"
        control_plane.apply(f"{{{kind}, metadata: {{name: {namespace}}}, rules: {rules}}}")
        control_plane.kubectl(
            *("create", "clusterrolebinding", namespace, f"--clusterrole={namespace}"),
            f"--serviceaccount={namespace}:operator",
        )
        config_map(control_plane, namespace, "c")
        control_plane.kubectl("create", "secret", "generic", "s", "--namespace", namespace)
        kubeconfig = control_plane.kubeconfig_for("operator", namespace)
        wait_allowed(control_plane, kubeconfig)
        provider = provider_for(control_plane, kubeconfig=kubeconfig)

        snapshot = provider.collect(NOW)
        provider.delete(only(snapshot, "k8s_configmap", f"{namespace}/c"))
        with pytest.raises(AccessDenied, match="cannot delete resource"):
            provider.delete(only(snapshot, "k8s_secret", f"{namespace}/s"))

        control_plane.kubectl("delete", "clusterrole,clusterrolebinding", namespace)
        assert snapshot.is_complete


class TestGraph:
    def test_members_name_the_root_that_makes_them(self, provider: KubernetesProvider, shop: str) -> None:
        """A pod and its replica set are managed by their deployment, which has no manager (S13)."""
        snapshot = provider.collect(NOW)
        web = only(snapshot, "k8s_deployment", f"{shop}/web")
        [replica_set] = by_id(snapshot, "k8s_replicaset").values()
        [pod] = by_id(snapshot, "k8s_pod").values()

        expected = Manager("k8s_deployment", "web", web.uid)

        assert (None, expected, expected) == (web.manager, replica_set.manager, pod.manager)
        assert Edge(web.uid, EdgeMeaning.OWNS, replica_set.uid) in snapshot.edges
        assert Edge(replica_set.uid, EdgeMeaning.OWNS, pod.uid) in snapshot.edges

    def test_a_namespace_owns_its_roots(self, provider: KubernetesProvider, shop: str) -> None:
        """With a namespace go the roots in it; what they own hangs on them."""
        snapshot = provider.collect(NOW)
        space = only(snapshot, "k8s_namespace", shop)
        names = {resource.uid: resource.kind for resource in snapshot.resources}

        owned = {names[edge.target] for edge in snapshot.edges if edge.source == space.uid}

        assert {
            "k8s_deployment",
            "k8s_service",
            "k8s_persistentvolumeclaim",
            "k8s_configmap",
            "k8s_serviceaccount",
        } == owned

    def test_what_would_leak_goes_before_its_namespace(self, provider: KubernetesProvider, shop: str) -> None:
        """A load balancer and a volume claim must be gone before the namespace can go."""
        snapshot = provider.collect(NOW)
        space = only(snapshot, "k8s_namespace", shop)
        front = only(snapshot, "k8s_service", f"{shop}/front")
        claim = only(snapshot, "k8s_persistentvolumeclaim", f"{shop}/data")

        first = {
            edge.source for edge in snapshot.edges if edge.target == space.uid and edge.meaning is EdgeMeaning.NEEDS
        }

        assert {front.uid, claim.uid} == first
        assert "load_balancer" == front.category

    def test_pods_hold_what_they_mount(self, provider: KubernetesProvider, shop: str) -> None:
        """A claim is needed by its pod; configuration and images are used."""
        snapshot = provider.collect(NOW)
        claim = only(snapshot, "k8s_persistentvolumeclaim", f"{shop}/data")
        settings = only(snapshot, "k8s_configmap", f"{shop}/settings")
        [pod] = by_id(snapshot, "k8s_pod").values()
        repository = "arn:aws:ecr:eu-central-1:123456789012:repository/shop/web"

        edges = {(edge.meaning, edge.target) for edge in snapshot.edges if edge.source == pod.uid}

        assert {
            (EdgeMeaning.NEEDS, claim.uid),
            (EdgeMeaning.USES, settings.uid),
            (EdgeMeaning.USES, repository),
        } <= edges

    def test_a_volume_follows_its_claim_and_takes_its_disk(
        self, control_plane: Cluster, shop: str, namespace: str
    ) -> None:
        """Claim, volume and EBS disk form a chain; the volume is managed by the claim."""
        snapshot = provider_for(control_plane).collect(NOW)
        claim = only(snapshot, "k8s_persistentvolumeclaim", f"{shop}/data")
        volume = only(snapshot, "k8s_persistentvolume", f"pv-{shop}")
        disk = "aws_ec2_volume/vol-0123456789abcdef0"

        assert Manager("k8s_persistentvolumeclaim", f"{shop}/data", claim.uid) == volume.manager
        for edge in (
            Edge(claim.uid, EdgeMeaning.OWNS, volume.uid),
            Edge(claim.uid, EdgeMeaning.NEEDS, volume.uid),
            Edge(volume.uid, EdgeMeaning.OWNS, disk),
            Edge(volume.uid, EdgeMeaning.NEEDS, disk),
        ):
            assert edge in snapshot.edges

    def test_what_every_namespace_has_belongs_to_it(self, provider: KubernetesProvider, namespace: str) -> None:
        """The default service account and the root certificate are made again: their namespace is their manager."""

        def defaults() -> list[Resource]:
            snapshot = provider.collect(NOW)
            return [*by_id(snapshot, "k8s_serviceaccount").values(), *by_id(snapshot, "k8s_configmap").values()]

        wait_until(lambda: len(defaults()) == 2, what="the controllers have furnished the namespace")
        space = only(provider.collect(NOW), "k8s_namespace", namespace)

        assert [Manager("k8s_namespace", namespace, space.uid)] * 2 == [resource.manager for resource in defaults()]


class TestProtection:
    def test_the_cluster_protects_its_own_parts(self, control_plane: Cluster) -> None:
        """System namespaces with their contents and the API's own parts are never deleted (S7)."""
        snapshot = provider_for(control_plane).collect(NOW)

        unprotected = {
            str(resource)
            for resource in snapshot.resources
            if not resource.protection and resource.namespace.startswith("kube-")
        }
        protected = {resource.reference for resource in snapshot.resources if resource.protection}

        assert set() == unprotected
        assert {
            "k8s_namespace/default",
            "k8s_namespace/kube-system",
            "k8s_service/default/kubernetes",
            "k8s_clusterrole/cluster-admin",
            "k8s_priorityclass/system-node-critical",
            "k8s_apiservice/v1.apps",
        } <= protected

    def test_our_own_parts_are_protected(self, control_plane: Cluster, namespace: str) -> None:
        """A namespace with our label is protected with all that is in it (S7)."""
        config_map(control_plane, namespace, "c")
        control_plane.kubectl("label", "namespace", namespace, "app.kubernetes.io/part-of=tagwarden")
        provider = provider_for(control_plane, namespace)

        snapshot = provider.collect(NOW)
        settings = only(snapshot, "k8s_configmap", f"{namespace}/c")
        again = provider.read(settings)

        assert all(resource.protection for resource in snapshot.resources)
        assert again is not None
        assert settings.protection == again.protection

    def test_the_namespace_in_which_we_run_is_known_from_the_command_line_too(
        self, control_plane: Cluster, namespace: str
    ) -> None:
        """Our own Deployment shows where we live, whoever asks; the Secrets there are protected too (S7, S20)."""
        apply(
            control_plane,
            f"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: tagwarden
              namespace: {namespace}
              labels: {{app.kubernetes.io/part-of: tagwarden}}
            spec:
              replicas: 0
              selector: {{matchLabels: {{app: tagwarden}}}}
              template: {{metadata: {{labels: {{app: tagwarden}}}}, spec: {{containers: [{{name: c, image: i}}]}}}}
            """,
        )
        control_plane.kubectl("create", "secret", "generic", "credentials", "--namespace", namespace)
        provider = provider_for(control_plane, namespace)

        snapshot = provider.collect(NOW)
        secret = only(snapshot, "k8s_secret", f"{namespace}/credentials")
        again = provider.read(secret)

        assert "the namespace of Tagwarden" == only(snapshot, "k8s_namespace", namespace).protection
        assert f"in the namespace of Tagwarden, {namespace}" == secret.protection
        assert again is not None
        assert secret.protection == again.protection

    def test_the_namespace_of_the_operator_is_protected(self, control_plane: Cluster, namespace: str) -> None:
        """Where the operator runs as a Pod, its namespace is known from the environment (S7)."""
        environ = {"POD_NAMESPACE": namespace}
        provider = KubernetesProvider(account_of(namespace), control_plane.kubeconfig.read_text(), environ=environ)

        assert "the namespace of Tagwarden" == only(provider.collect(NOW), "k8s_namespace", namespace).protection


class TestTagging:
    @pytest.fixture
    def settings(self, control_plane: Cluster, namespace: str, provider: KubernetesProvider) -> Resource:
        config_map(control_plane, namespace, "c")
        control_plane.kubectl("label", "configmap", "c", "--namespace", namespace, "ttl=2d", "app=web")
        control_plane.kubectl("annotate", "configmap", "c", "--namespace", namespace, "note=kept", "Expires=2d")
        return only(provider.collect(NOW), "k8s_configmap", f"{namespace}/c")

    def test_tags_are_written_as_annotations(self, provider: KubernetesProvider, settings: Resource) -> None:
        """Keys are set and removed; all other annotations stay."""
        provider.set_tags(settings, TagChanges({"expiration": "2026-09-01T19:00:00Z"}, ("Expires",)))

        written = provider.read(settings)

        assert written is not None
        assert {
            "ttl": "2d",
            "app": "web",
            "note": "kept",
            "expiration": "2026-09-01T19:00:00Z",
        } == dict(written.tags.values)

    def test_labels_are_never_removed(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider, settings: Resource
    ) -> None:
        """Selectors depend on labels: a removal touches annotations alone, and an annotation lies over a label."""
        provider.set_tags(settings, TagChanges({"app": "other"}, ("ttl",)))

        metadata = control_plane.get("configmap", "c", "--namespace", namespace)["metadata"]

        assert {"ttl": "2d", "app": "web"} == metadata["labels"]
        assert "other" == metadata["annotations"]["app"]

    def test_a_changed_object_is_not_written(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider, settings: Resource
    ) -> None:
        """Whoever wrote in between wins: the tags are judged again first (S5)."""
        control_plane.kubectl("annotate", "configmap", "c", "--namespace", namespace, "owner=bob")

        with pytest.raises(PreconditionFailed) as refused:
            provider.set_tags(settings, TagChanges({"owner": "alice"}))

        written = provider.read(settings)
        assert written is not None
        assert "bob" == written.tags.values["owner"]
        assert Reason.Changed == refused.value.reason
        assert refused.value.request_id

    @pytest.mark.parametrize("with_version", [True, False])
    def test_an_object_that_took_the_name_is_not_written(
        self,
        control_plane: Cluster,
        namespace: str,
        provider: KubernetesProvider,
        settings: Resource,
        with_version: bool,
    ) -> None:
        """The same name with another uid is another object (S5)."""
        control_plane.kubectl("delete", "configmap", "c", "--namespace", namespace)
        config_map(control_plane, namespace, "c")

        with pytest.raises(PreconditionFailed):
            provider.set_tags(
                settings if with_version else replace(settings, version=""), TagChanges({"owner": "alice"})
            )

        annotations = control_plane.get("configmap", "c", "--namespace", namespace)["metadata"].get("annotations")
        assert annotations is None

    def test_no_change_is_no_request(self, provider: KubernetesProvider, settings: Resource) -> None:
        """Nothing to write writes nothing."""
        before = provider._connection.api_calls

        provider.set_tags(settings, TagChanges())

        assert before == provider._connection.api_calls


class TestDeleting:
    @pytest.fixture
    def settings(self, control_plane: Cluster, namespace: str, provider: KubernetesProvider) -> Resource:
        config_map(control_plane, namespace, "c")
        return only(provider.collect(NOW), "k8s_configmap", f"{namespace}/c")

    def test_a_deleted_object_is_gone(self, provider: KubernetesProvider, settings: Resource) -> None:
        """It is there before and not after."""
        there = not provider.is_gone(settings)

        provider.delete(settings)

        assert there
        assert provider.is_gone(settings)
        assert provider.read(settings) is None

    def test_deleting_twice_is_success(self, provider: KubernetesProvider, settings: Resource) -> None:
        """What is not there any more was deleted."""
        provider.delete(settings)
        provider.delete(settings)

        assert provider.is_gone(settings)

    def test_a_changed_object_is_not_deleted(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider, settings: Resource
    ) -> None:
        """An object that somebody has just claimed stays (S5)."""
        control_plane.kubectl("annotate", "configmap", "c", "--namespace", namespace, "owner=bob")

        with pytest.raises(PreconditionFailed):
            provider.delete(settings)

        assert not provider.is_gone(settings)

    @pytest.mark.parametrize("with_version", [True, False])
    def test_an_object_that_took_the_name_is_not_deleted(
        self,
        control_plane: Cluster,
        namespace: str,
        provider: KubernetesProvider,
        settings: Resource,
        with_version: bool,
    ) -> None:
        """An object that was made anew under the same name is not the one that was judged (S5)."""
        control_plane.kubectl("delete", "configmap", "c", "--namespace", namespace)
        config_map(control_plane, namespace, "c")

        provider.delete(settings if with_version else replace(settings, version=""))

        assert provider.is_gone(settings)
        assert provider.read(settings) is None
        assert control_plane.get("configmap", "c", "--namespace", namespace)["metadata"]["uid"] != settings.uid

    def test_a_deployment_is_gone_only_with_its_pods(
        self, control_plane: Cluster, provider: KubernetesProvider, shop: str
    ) -> None:
        """Workloads are deleted in the foreground, so that nothing of them holds a volume afterwards."""
        # Its controller has written all it has to, so that nothing changes between reading and deleting.
        wait_until(
            lambda: control_plane.get("deployment", "web", "-n", shop)["status"].get("replicas") == 1,
            what="its pod counts",
        )
        snapshot = provider.collect(NOW)
        [pod] = by_id(snapshot, "k8s_pod").values()
        web = provider.read(only(snapshot, "k8s_deployment", f"{shop}/web"))
        assert web is not None

        provider.delete(web)

        wait_until(lambda: provider.is_gone(web), what="the deployment is gone")
        assert provider.is_gone(pod)

    def test_a_namespace_takes_its_contents(self, control_plane: Cluster, unique_name: str) -> None:
        """The contents are gone when the namespace is."""
        control_plane.kubectl("create", "namespace", unique_name)
        config_map(control_plane, unique_name, "c")
        provider = provider_for(control_plane, unique_name)
        snapshot = provider.collect(NOW)
        space = provider.read(only(snapshot, "k8s_namespace", unique_name))
        assert space is not None

        provider.delete(space)

        wait_until(lambda: provider.is_gone(space), what="the namespace is gone")
        assert all(provider.is_gone(resource) for resource in snapshot.resources)


class TestFinalizers:
    @pytest.fixture
    def held(self, control_plane: Cluster, namespace: str, provider: KubernetesProvider) -> Iterator[Resource]:
        """Yield an object whose finalizer nobody ever removes, deleted once."""
        config_map(control_plane, namespace, "c")
        patch = ("patch", "configmap", "c", "--namespace", namespace, "--type=merge", "-p")
        control_plane.kubectl(*patch, '{"metadata": {"finalizers": ["example.com/gone-controller"]}}')
        settings = only(provider.collect(NOW), "k8s_configmap", f"{namespace}/c")
        provider.delete(settings)
        yield settings
        control_plane.kubectl(*patch, '{"metadata": {"finalizers": null}}')

    def test_a_held_object_is_not_gone(self, provider: KubernetesProvider, held: Resource) -> None:
        """An accepted deletion is not a deletion."""
        again = provider.read(held)

        assert not provider.is_gone(held)
        assert again is not None
        assert "Terminating" == again.state
        assert "example.com/gone-controller" == again.attributes["finalizers"]

    def test_the_holder_is_named_and_never_stripped(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider, held: Resource
    ) -> None:
        """The next attempt says which finalizer holds the object, and leaves it there."""
        again = provider.read(held)
        assert again is not None

        with pytest.raises(BlockedByFinalizer, match=r"blocked by example\.com/gone-controller") as blocked:
            provider.delete(again)

        metadata = control_plane.get("configmap", "c", "--namespace", namespace)["metadata"]
        assert ["example.com/gone-controller"] == metadata["finalizers"]
        assert Reason.BlockedByFinalizer == blocked.value.reason

    def test_an_outdated_view_of_a_held_object_names_the_holder_too(
        self, provider: KubernetesProvider, held: Resource
    ) -> None:
        """Asked with what was read before the first deletion, the answer is the same."""
        with pytest.raises(BlockedByFinalizer, match="gone-controller"):
            provider.delete(held)

    def test_a_namespace_names_what_holds_it(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider, held: Resource
    ) -> None:
        """A namespace that cannot end says what remains in it."""
        space = only(provider.collect(NOW), "k8s_namespace", namespace)
        provider.delete(space)

        def remaining() -> Resource | None:
            again = provider.read(space)
            return again if again is not None and "finalizers" in again.attributes else None

        wait_until(lambda: remaining() is not None, what="the namespace says what remains")
        again = remaining()
        assert again is not None
        with pytest.raises(BlockedByFinalizer, match=r"example\.com/gone-controller"):
            provider.delete(again)


class TestRobustness:
    def test_a_broken_aggregated_api_is_named_and_harms_no_other(self, own_control_plane: Cluster) -> None:
        """A group whose own server is down may hold what names a claim, and no namespace is emptied without it.

        A group of measurements holds only namespaces, and neither of them a quota (S3, S12, S18, S22).
        """
        for version, group in (("v1", "broken.example.com"), ("v1beta1", "metrics.k8s.io")):
            apply(
                own_control_plane,
                f"""
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {{name: {version}.{group}}}
                spec:
                  group: {group}
                  version: {version}
                  groupPriorityMinimum: 100
                  versionPriority: 100
                  insecureSkipTLSVerify: true
                  service: {{name: nobody, namespace: default}}
                """,
            )
        provider = provider_for(own_control_plane)

        def failures() -> tuple[CollectFailure, ...]:
            return provider.collect(NOW).failures

        wait_until(lambda: len(failures()) == 2, what="the API server has noticed that the groups are down")
        snapshot = provider.collect(NOW)

        assert ["k8s_*.broken.example.com", "k8s_*.metrics.k8s.io"] == [each.kind for each in snapshot.failures]
        assert not snapshot.is_complete_for(dependents_in(snapshot, "k8s_namespace"))
        assert "k8s_*.metrics.k8s.io" not in dependents_in(snapshot, "k8s_persistentvolumeclaim")
        assert not snapshot.is_complete_for(dependents_in(snapshot, "k8s_persistentvolumeclaim"))
        assert snapshot.is_complete_for(dependents_in(snapshot, "k8s_resourcequota"))

    def test_many_threads_share_one_provider(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider
    ) -> None:
        """Deleting from several threads at once works."""
        for number in range(8):
            config_map(control_plane, namespace, f"c{number}")
        found = [
            resource
            for resource in by_id(provider.collect(NOW), "k8s_configmap").values()
            if resource.name.startswith("c")
        ]
        threads = [threading.Thread(target=provider.delete, args=(resource,)) for resource in found]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(found) == 8
        assert all(map(provider.is_gone, found))

    def test_progress_counts_kinds_and_objects(
        self, control_plane: Cluster, namespace: str, provider: KubernetesProvider
    ) -> None:
        """Whoever waits sees how many of the served kinds are listed, and the end."""
        config_map(control_plane, namespace, "c")
        steps: list[object] = []

        snapshot = provider.collect(NOW, steps.append)

        listings = [step for step in steps if isinstance(step, ListingProgress)]
        assert [False] * (len(steps) - 1) + [True] == [each.has_ended for each in listings]
        assert len(steps) - 1 == listings[-1].kinds == listings[-1].all_kinds
        assert len(snapshot.resources) <= listings[-1].resources
        assert snapshot.api_calls == listings[-1].requests
