"""The generated CRDs on a real API server: what it refuses, in which words, and what it shows."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.support.cluster import Cluster, KubectlError
from tests.support.installed_crds import install_crds
from tests.support.wrong_declarations import (
    ACCEPTED,
    POLICY,
    REFUSED_BY_FORM,
    REFUSED_IN_THE_SAME_WORDS,
    Wrong,
)

REFUSED = {**REFUSED_IN_THE_SAME_WORDS, **REFUSED_BY_FORM}


@pytest.fixture(scope="module")
def cluster(control_plane: Cluster) -> Cluster:
    install_crds(control_plane)
    return control_plane


def manifest(kind: str, name: str, spec: Mapping[str, Any]) -> str:
    return yaml.safe_dump(
        {"apiVersion": "tagwarden.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}
    )


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_refuses(cluster: Cluster, wrong: Wrong) -> None:
    """What people get wrong is refused at once, at its field, and with what to write instead."""
    with pytest.raises(KubectlError) as refusal:
        cluster.kubectl("create", "--dry-run=server", "-f", "-", stdin=manifest(wrong.kind, "wrong", wrong.spec))

    assert wrong.sentence in refusal.value.message
    assert f"spec.{wrong.field}" in refusal.value.message


@pytest.mark.parametrize("right", ACCEPTED.values(), ids=ACCEPTED)
def test_accepts(cluster: Cluster, right: Wrong) -> None:
    """What is on the right side of each line is accepted."""
    created = cluster.kubectl(
        "create", "--dry-run=server", "-o", "name", "-f", "-", stdin=manifest(right.kind, "right", right.spec)
    )

    assert f"{right.kind.lower()}.tagwarden.io/right\n" == created


def test_fills_in_defaults(cluster: Cluster) -> None:
    """Whoever looks at a policy sees what holds, also where nothing was written."""
    created = yaml.safe_load(
        cluster.kubectl(
            "create", "--dry-run=server", "-o", "yaml", "-f", "-", stdin=manifest("CleanupPolicy", "least", POLICY)
        )
    )

    assert {
        "mode": "Audit",
        "suspend": False,
        "priority": 0,
        "schedule": "0 * * * *",
        "timeZone": "UTC",
        "scope": {"accounts": {"names": ["aws-dev"]}, "environments": ["test"]},
        "owner": {"key": "owner", "aliases": ["Owner", "created-by"], "required": True, "inherit": True},
        "expiry": {"key": "expiration", "aliases": ["expires", "ttl"], "required": True},
        "lifetime": {},
        "rules": {
            "malformed": "Fix",
            "canonical": "Keep",
            "stacks": "Report",
            "irreplaceable": {},
            "tooLong": "Shorten",
            "missingExpiry": "Fix",
            "missingOwner": "Report",
            "untagged": "Report",
            "expired": "Report",
        },
        "grace": {"untagged": "2h", "expired": "0s", "repaired": "1d"},
        "observations": 2,
        "associated": "Delete",
        "approval": "None",
    } == created["spec"]


def test_an_account_is_production_unless_it_says_otherwise(cluster: Cluster) -> None:
    """S2: forgetting the environment never makes an account one where things are deleted."""
    spec = {"provider": "Kubernetes", "kubernetes": {}}

    created = yaml.safe_load(
        cluster.kubectl(
            "create", "--dry-run=server", "-o", "yaml", "-f", "-", stdin=manifest("CloudAccount", "least", spec)
        )
    )

    assert "production" == created["spec"]["environment"]


def test_short_names_and_category(cluster: Cluster, unique_name: str) -> None:
    """Policies and accounts are found by their short names and together by the category."""
    cluster.apply(manifest("CleanupPolicy", unique_name, POLICY))
    cluster.apply(manifest("CloudAccount", unique_name, {"provider": "Kubernetes", "kubernetes": {}}))

    policies, accounts = cluster.kubectl("get", "twpol", unique_name), cluster.kubectl("get", "twacct", unique_name)
    together = cluster.kubectl("get", "tagwarden")

    assert ["NAME", "MODE", "SCHEDULE", "COMPLIANT", "NEXT", "RUN", "READY", "AGE"] == policies.splitlines()[0].split()
    assert [unique_name, "Audit", "0", "*", "*", "*", "*"] == policies.splitlines()[1].split()[:-1]
    assert ["NAME", "PROVIDER", "ENVIRONMENT", "RESOURCES", "SNAPSHOT", "READY", "AGE"] == accounts.split()[:7]
    assert f"cleanuppolicy.tagwarden.io/{unique_name}" in together
    assert f"cloudaccount.tagwarden.io/{unique_name}" in together
    cluster.kubectl("delete", "twpol,twacct", unique_name)


def test_every_field_is_explained(cluster: Cluster) -> None:
    """`kubectl explain` has a sentence for every field that people write."""
    schemas = [
        cluster.get("crd", f"{plural}.tagwarden.io")["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        for plural in ("cleanuppolicies", "cloudaccounts")
    ]

    silent = [path for schema in schemas for path in fields_without_description(schema["properties"]["spec"], "spec")]

    assert [] == silent


def fields_without_description(schema: Mapping[str, Any], path: str) -> list[str]:
    inner = schema.get("items", schema)
    children = [
        found
        for name, child in inner.get("properties", {}).items()
        for found in fields_without_description(child, f"{path}.{name}")
    ]
    return children if schema.get("description") else [path, *children]


def test_a_status_is_not_changed_with_the_spec(cluster: Cluster, unique_name: str) -> None:
    """Status is a subresource: applying a manifest never touches what the operator said."""
    cluster.apply(manifest("CleanupPolicy", unique_name, POLICY))
    status = {"status": {"summary": {"scanned": 7}}}
    cluster.kubectl(
        "patch", "twpol", unique_name, "--subresource=status", "--type=merge", "--patch-file=/dev/stdin",
        stdin=yaml.safe_dump(status),
    )  # fmt: skip
    cluster.apply(manifest("CleanupPolicy", unique_name, {**POLICY, "priority": 3}))

    found = cluster.get("twpol", unique_name)

    assert (7, 3) == (found["status"]["summary"]["scanned"], found["spec"]["priority"])
    cluster.kubectl("delete", "twpol", unique_name)
