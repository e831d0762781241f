"""Fills a cluster the way a team's test cluster looks on a Thursday: `kubernetes_objects(now)` and its `Story`.

| object                              | group           | why                                                          |
|-------------------------------------|-----------------|--------------------------------------------------------------|
| namespace pr-101                    | claimed         | owner and expiry in annotations; its contents inherit both   |
| namespace pr-102                    | expired         | goes with a load balancer service, a claim and workloads     |
| namespace pr-103                    | unclaimed       | goes with everything in it                                   |
| namespace pr-104                    | misspelt_keys   | `Onwer`, `expriation`                                        |
| namespace pr-105                    | too_long        | a pull request for the next three months                     |
| namespace pr-106                    | malformed       | `next sprint`                                                |
| namespace pr-107                    | in_use          | unclaimed, but somebody's claimed deployment lives in it     |
| namespace pr-108                    | without_expiry  | an owner only                                                |
| namespace team-data                 | claimed         | by labels, in the form that labels allow                     |
| namespace golden                    | protected       | unclaimed, with `tagwarden.io/protect`                       |
| team-data: deployment old-etl       | expired         | its own expiry counts, not that of its namespace             |
| team-data: claim scratch            | expired         | a disk nobody needs any more                                 |
| team-data: preview nightly          | expired         | a custom resource                                            |
| persistent volume leftover-disk     | expired         | has no namespace to inherit from                             |
| everything else                     | part_of_claimed | or part_of_doomed, as its namespace is                       |

The expectations of each group are the table in `story.py`; a namespace's contents are judged with the namespace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from tests.support.cluster import Cluster
from tests.support.story import GroupName, Member, Story, tags_of

PREVIEW_DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: previews.demo.example
  annotations: {tagwarden.io/protect: "true"}
spec:
  group: demo.example
  scope: Namespaced
  names: {kind: Preview, plural: previews, singular: preview}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


@dataclass(frozen=True, slots=True)
class _Object:
    """One object to be made, and its place in the story."""

    group: GroupName
    kind: str
    manifest: Mapping[str, Any]

    @property
    def member(self) -> Member:
        metadata = self.manifest["metadata"]
        return Member(self.group, self.kind, metadata.get("namespace", ""), metadata["name"], metadata["name"])


def fill(cluster: Cluster, now: datetime) -> Story:
    """Apply everything to a cluster and return what is in it; `now` is an aware UTC instant."""
    cluster.apply(PREVIEW_DEFINITION)
    cluster.kubectl("wait", "--for=condition=Established", "crd/previews.demo.example", "--timeout=30s")
    cluster.apply(kubernetes_objects(now))
    return Story(now, [each.member for each in _objects(now)])


def kubernetes_objects(now: datetime) -> str:
    """Return the manifests as YAML; the definition of the custom resource in it must be applied before."""
    return yaml.safe_dump_all([dict(each.manifest) for each in _objects(now)], sort_keys=False)


def exists(cluster: Cluster, member: Member) -> bool:
    """Say whether an object of the story is still there."""
    resource = member.kind.removeprefix("k8s_")
    where = ["--namespace", member.region] if member.region else []
    return bool(cluster.kubectl("get", resource, member.id, *where, "--ignore-not-found", "-o", "name").strip())


def _objects(now: datetime) -> list[_Object]:
    return [
        *_preview("pr-101", "claimed", "alice", now),
        *_preview("pr-102", "expired", "bob", now),
        _part("pr-102", "k8s_service", "pr-102-front", spec=_balancer()),
        _part("pr-102", "k8s_persistentvolumeclaim", "pr-102-uploads", spec=_claim()),
        *_preview("pr-103", "unclaimed", "", now),
        *_preview("pr-104", "misspelt_keys", "carol", now, variant=1),
        *_preview("pr-105", "too_long", "dave", now),
        *_preview("pr-106", "malformed", "erin", now, variant=2),
        _namespace("pr-107", "in_use", {}),
        _own(
            "pr-107", "claimed", "k8s_deployment", "pr-107-shared", tags_of("claimed", 3, now, "bob"), spec=_workload()
        ),
        *_preview("pr-108", "without_expiry", "alice", now),
        *_team(now),
        _namespace("golden", "protected", {"tagwarden.io/protect": "true"}),
        _part("golden", "k8s_deployment", "golden-reference", spec=_workload(), group="part_of_claimed"),
        _Object("expired", "k8s_persistentvolume", _leftover(now)),
    ]


def _preview(name: str, group: GroupName, owner: str, now: datetime, variant: int = 0) -> list[_Object]:
    """Return a namespace of a pull request with what is deployed into it, nothing of which is tagged."""
    part: GroupName = "part_of_doomed" if group in {"expired", "unclaimed"} else "part_of_claimed"
    return [
        _namespace(name, group, tags_of(group, variant, now, owner)),
        _part(name, "k8s_deployment", f"{name}-web", spec=_workload(), group=part),
        _part(
            name, "k8s_service", f"{name}-web", spec={"ports": [{"port": 80}], "selector": {"app": "web"}}, group=part
        ),
        _part(name, "k8s_configmap", f"{name}-settings", group=part),
    ]


def _team(now: datetime) -> list[_Object]:
    """Return a namespace that a team shares, where some things have tags of their own."""
    expired = tags_of("expired", 0, now, "erin")
    # Label values allow no colon.
    labels = {key: value.replace(":", "") for key, value in tags_of("claimed", 7, now, "dave").items()}
    metadata = {"name": "team-data", "labels": labels}
    return [
        _Object("claimed", "k8s_namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}),
        _own("team-data", "claimed", "k8s_deployment", "api", tags_of("claimed", 1, now, "dave"), spec=_workload()),
        _own("team-data", "expired", "k8s_deployment", "old-etl", expired, spec=_workload()),
        _own("team-data", "expired", "k8s_persistentvolumeclaim", "scratch", expired, spec=_claim()),
        _own("team-data", "expired", "k8s_preview.demo.example", "nightly", expired, spec={"branch": "main"}),
        _own(
            *("team-data", "claimed", "k8s_preview.demo.example", "review"),
            tags_of("claimed", 2, now, "erin"),
            spec={"branch": "main"},
        ),
        _part("team-data", "k8s_deployment", "dashboard", spec=_workload(), group="part_of_claimed"),
        _part("team-data", "k8s_secret", "database-login", group="part_of_claimed"),
    ]


def _namespace(name: str, group: GroupName, tags: Mapping[str, str]) -> _Object:
    metadata = {"name": name, "annotations": dict(tags)}
    return _Object(group, "k8s_namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def _part(
    namespace: str,
    kind: str,
    name: str,
    *,
    spec: Mapping[str, Any] | None = None,
    group: GroupName = "part_of_doomed",
) -> _Object:
    return _own(namespace, group, kind, name, {}, spec=spec)


def _own(
    namespace: str,
    group: GroupName,
    kind: str,
    name: str,
    tags: Mapping[str, str],
    *,
    spec: Mapping[str, Any] | None = None,
) -> _Object:
    """Return an object with annotations of its own."""
    version, kubernetes_kind = _TYPES[kind]
    metadata = {"name": name, "namespace": namespace, **({"annotations": dict(tags)} if tags else {})}
    manifest = {"apiVersion": version, "kind": kubernetes_kind, "metadata": metadata}
    return _Object(group, kind, manifest | ({"spec": dict(spec)} if spec else {}))


_TYPES = {
    "k8s_configmap": ("v1", "ConfigMap"),
    "k8s_deployment": ("apps/v1", "Deployment"),
    "k8s_persistentvolumeclaim": ("v1", "PersistentVolumeClaim"),
    "k8s_preview.demo.example": ("demo.example/v1", "Preview"),
    "k8s_secret": ("v1", "Secret"),
    "k8s_service": ("v1", "Service"),
}


def _workload() -> dict[str, Any]:
    labels = {"app": "web"}
    container = {"name": "web", "image": "example.invalid/web:1"}
    return {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }


def _balancer() -> dict[str, Any]:
    return {"type": "LoadBalancer", "ports": [{"port": 443}], "selector": {"app": "web"}}


def _claim() -> dict[str, Any]:
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}


def _leftover(now: datetime) -> dict[str, Any]:
    metadata = {"name": "leftover-disk", "annotations": tags_of("expired", 4, now, "carol")}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": metadata,
        "spec": {
            "capacity": {"storage": "5Gi"},
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": "/var/lib/leftover"},
        },
    }
