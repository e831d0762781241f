"""What RBAC must allow is computed from the kinds of a policy."""

from typing import Any

import pytest

from tagwarden.providers.kubernetes import permissions

LIST = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["list"]}
READ = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}
IDENTITY = {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"], "resourceNames": ["kube-system"]}


def rules(*kinds: str, enforce: bool = True) -> list[dict[str, Any]]:
    return [rule.as_manifest() for rule in permissions(kinds, enforce=enforce)]


def write(group: str, *resources: str) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": ["patch", "delete"]}


def test_an_audit_only_reads() -> None:
    """Nothing can be written without Enforce (S15), and `get` on everything would open `exec` and `proxy`."""
    assert [LIST, IDENTITY] == rules("k8s_*", enforce=False)
    assert [LIST, IDENTITY] == rules()


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("k8s_configmap",), [write("", "configmaps")]),
        (("job",), [write("batch", "cronjobs", "jobs")]),
        (("k8s_deployment", "k8s_*job"), [write("apps", "deployments"), write("batch", "cronjobs", "jobs")]),
        (("k8s_widget.example.com",), [write("example.com", "*")]),
        (("k8s_certificate.cert-manager.io",), [write("cert-manager.io", "certificates")]),
        (("aws_ec2_*",), []),
        (("k8s_node",), []),
        (("*",), [write("*", "*")]),
        (("k8s_*",), [write("*", "*")]),
    ],
)
def test_writing_is_allowed_for_the_kinds_alone(kinds: tuple[str, ...], expected: list[Any]) -> None:
    """Kinds and categories, as globs; parts of the cluster are never written."""
    assert [READ, IDENTITY, *expected] == rules(*kinds)


def test_a_category_of_some_objects_counts() -> None:
    """Services can be load balancers."""
    assert write("", "services") in rules("load_balancer")
