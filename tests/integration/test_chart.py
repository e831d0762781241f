"""The Helm chart: what it makes, what it refuses, and whether its permissions are enough, and no more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.control_plane import new_control_plane
from tests.support.declared import declare_account, deleting_policy, make_volumes, manifest, new_login, volumes_of
from tests.support.fake_aws import FakeAWS
from tests.support.installed_crds import CRDS, install_crds
from tests.support.processes import wait_until
from tests.support.rendered_chart import CHART, ChartError, objects_of, render_chart
from tests.support.running_operator import RunningOperator, wait_for_condition

EVERYTHING: dict[str, Any] = {
    "clusterAccess": "Enforce",
    "secrets": ["aws"],
    "state": {"urlSecret": {"name": "database", "key": "url"}},
    "prices": {"configMap": "prices"},
    "persistence": {"enabled": False},
    "serviceMonitor": {"enabled": True},
    "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/x"}},
    "extraEnv": [{"name": "AWS_REGION", "value": "eu-central-1"}],
    "tolerations": [{"operator": "Exists"}],
    "image": {"digest": f"sha256:{'0' * 64}"},
}


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_one_operator_that_cannot_delete_itself(values: dict[str, Any]) -> None:
    """One replica, never two at once, no root, and the protection that our own policies heed (S7, S11)."""
    found = objects_of(render_chart(values))

    deployment = found["Deployment", "tagwarden"]["spec"]
    container = deployment["template"]["spec"]["containers"][0]
    assert (1, "Recreate") == (deployment["replicas"], deployment["strategy"]["type"])
    assert deployment["template"]["spec"]["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert {"true"} == {one["metadata"]["annotations"]["tagwarden.io/protect"] for one in found.values()}


@pytest.mark.parametrize(
    ("access", "rules"),
    [("None", []), ("Audit", [["list"]]), ("Enforce", [["list"], ["get", "patch", "delete"]])],
)
def test_access_to_the_cluster_is_what_was_asked_for(access: str, rules: list[list[str]]) -> None:
    """By default nothing of the cluster beyond our own policies; Audit only lists, and never writes (S15)."""
    found = objects_of(render_chart({"clusterAccess": access}))

    role = found["ClusterRole", "tagwarden"]["rules"]
    assert rules == [rule["verbs"] for rule in role if rule["resources"] == ["*"]]


def test_secrets_can_be_named() -> None:
    """A reviewer may allow single Secrets."""
    found = objects_of(render_chart({"secrets": ["aws"]}))

    rules = found["Role", "tagwarden"]["rules"]
    assert [["aws"]] == [rule["resourceNames"] for rule in rules if rule["resources"] == ["secrets"]]


def test_a_price_list_is_mounted() -> None:
    """As a folder, so that a new list is there without a new Pod; without one nothing is named."""
    given, usual = (objects_of(render_chart(values))["Deployment", "tagwarden"] for values in (EVERYTHING, {}))

    pod = given["spec"]["template"]["spec"]
    named = [one["value"] for one in pod["containers"][0]["env"] if one["name"] == "TAGWARDEN_PRICES"]
    mounted = [one["mountPath"] for one in pod["containers"][0]["volumeMounts"] if one["name"] == "prices"]
    assert (["/etc/tagwarden/prices/prices.csv"], ["/etc/tagwarden/prices"]) == (named, mounted)
    assert {"name": "prices"} == next(one["configMap"] for one in pod["volumes"] if one["name"] == "prices")
    assert "prices" not in str(usual)


def operator_of(values: dict[str, Any]) -> dict[str, Any]:
    """Give the container of the operator."""
    pod = objects_of(render_chart(values))["Deployment", "tagwarden"]["spec"]["template"]["spec"]
    return dict(pod["containers"][0])


def test_limits_over_all_policies_are_handed_on() -> None:
    """Also 0, which forbids every deletion; unset, no such limit is named (S9)."""
    values = {"operator": {"deletionsPerHour": 0, "accountDeletionsPerHour": 2_000_000, "callsPerSecond": 25}}
    given, usual = (
        {one["name"]: one.get("value") for one in container["env"]} for container in map(operator_of, (values, {}))
    )

    limits = ("TAGWARDEN_DELETIONS_PER_HOUR", "TAGWARDEN_ACCOUNT_DELETIONS_PER_HOUR", "TAGWARDEN_CALLS_PER_SECOND")
    assert ["0", "2000000", "25"] == [given[name] for name in limits]
    assert [None, None, "10"] == [usual.get(name) for name in limits]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"replicas": 2}, "replicas"),
        ({"operator": {"children": 0}}, "/operator/children"),
        ({"operator": {"tick": 5}}, "tick"),
        ({"operator": {"callsPerSecond": 0}}, "/operator/callsPerSecond"),
        ({"operator": {"deletionsPerHour": -1}}, "/operator/deletionsPerHour"),
        ({"clusterAccess": "All"}, "/clusterAccess"),
        ({"persistence": {"size": "ten"}}, "/persistence/size"),
        ({"state": {"urlSecret": {"name": "x"}}}, "/state/urlSecret"),
        ({"prices": {"file": "prices.csv"}}, "/prices"),
    ],
)
def test_values_that_mean_nothing_are_refused(values: dict[str, Any], field: str) -> None:
    """A typing error in a value is no silent default."""
    with pytest.raises(ChartError, match=field):
        render_chart(values)


def test_the_crds_are_the_generated_ones() -> None:
    """The chart has no copy that could grow old."""
    linked = {path.name: path.resolve() for path in (CHART / "crds").iterdir()}

    assert {path.name: path.resolve() for path in CRDS.iterdir()} == linked


@pytest.fixture
def installed(tmp_path: Path, fake_aws: FakeAWS) -> Iterator[tuple[RunningOperator, Any, FakeAWS]]:
    """Yield an operator that has the permissions of the chart and no others."""
    with new_control_plane() as cluster:
        install_crds(cluster)
        cluster.kubectl("create", "namespace", "tagwarden")
        cluster.apply(render_chart({}))
        kubeconfig = cluster.kubeconfig_for("tagwarden", "tagwarden")
        operator = RunningOperator(cluster, tmp_path, namespace="tagwarden", kubeconfig=kubeconfig)
        with operator:
            yield operator, cluster, fake_aws
            print(operator.log)  # noqa: T201 - pytest shows it when the test fails


def test_its_permissions_are_enough(installed: tuple[RunningOperator, Any, FakeAWS]) -> None:
    """With what the chart grants an account is collected, a policy enforced, its status and its events written."""
    operator, cluster, aws = installed
    login = new_login(aws)
    claimed, _ = make_volumes(aws, login, {"owner": "alice", "expiration": "2099-01-01"}, {})
    declare_account(cluster, aws, "aws", login, namespace="tagwarden")
    cluster.apply(manifest("CleanupPolicy", "test", deleting_policy("aws")))
    wait_for_condition(cluster, "cleanuppolicies.tagwarden.io", "test", "Ready", status="True", seconds=120)

    cluster.kubectl("annotate", "twpol", "test", "tagwarden.io/requestedAt=now")

    wait_until(lambda: {claimed} == set(volumes_of(aws, login)), what="the policy is enforced", seconds=120)
    wait_until(
        lambda: "Succeeded" in cluster.kubectl("describe", "twpol", "test").partition("Events:")[2], what="an event"
    )
    assert "cannot" not in operator.log
