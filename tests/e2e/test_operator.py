"""The operator on a real API server and a simulated AWS over HTTP, through kubectl alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.cluster import Cluster, KubectlError
from tests.support.control_plane import new_control_plane
from tests.support.declared import (
    aws_account,
    credentials,
    declare_account,
    deleting_policy,
    make_volumes,
    manifest,
    new_login,
    volumes_of,
)
from tests.support.fake_aws import DEFAULT_REGION, FakeAWS
from tests.support.installed_crds import install_crds
from tests.support.processes import wait_until
from tests.support.running_operator import RunningOperator, condition_of, status_of, wait_for_condition

CLAIMED = {"owner": "alice", "expiration": "2099-01-01T00:00:00Z"}
EXPIRED = {"owner": "bob", "expiration": "2020-01-01T00:00:00Z"}
UNCLAIMED: dict[str, str] = {}

POLICY, ACCOUNT = "cleanuppolicies.tagwarden.io", "cloudaccounts.tagwarden.io"


class Stage(NamedTuple):
    cluster: Cluster
    aws: FakeAWS
    operator: RunningOperator


HEAD = "provider,region,kind,item,unit,usd"
EMPTY = "empty"
"""An account in which there is nothing; for tests of policies alone, so that they need not wait for a collection."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield an operator with a cluster of its own: policies are cluster-wide, so another test's would be its too."""
    folder = tmp_path_factory.mktemp("operator")
    with new_control_plane() as cluster, FakeAWS() as aws:
        install_crds(cluster)
        prices = folder / "prices.csv"
        prices.write_text(f"{HEAD}\nAWS,{DEFAULT_REGION},aws_ec2_volume,gp2,GiB-month,0.5\n", encoding="utf-8")
        with RunningOperator(cluster, folder, environment={"TAGWARDEN_PRICES": str(prices)}, forks=True) as operator:
            declare_account(cluster, aws, EMPTY, new_login(aws))
            wait_for_condition(cluster, ACCOUNT, EMPTY, "Ready", status="True")
            yield Stage(cluster, aws, operator)
            print(operator.log)  # noqa: T201 - pytest shows it when a test of this file fails


def run_now(cluster: Cluster, policy: str, request: str) -> None:
    """Ask for a pass and wait until it is done."""
    cluster.kubectl("annotate", "--overwrite", POLICY, policy, f"tagwarden.io/requestedAt={request}")
    wait_until(
        lambda: status_of(cluster, POLICY, policy).get("lastHandledRunRequest") == request,
        what=f"the pass of {policy} is done",
        seconds=90,
    )


def test_a_policy_becomes_ready_and_shows_its_plan(stage: Stage, unique_name: str) -> None:
    """`kubectl apply`, `kubectl wait`, `kubectl describe`: within seconds a policy says what it would do."""
    cluster, aws, _ = stage
    login = new_login(aws)
    make_volumes(aws, login, CLAIMED, EXPIRED, UNCLAIMED)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, mode="Audit")))

    cluster.kubectl("wait", "--for=condition=Ready", "--timeout=90s", f"{POLICY}/{unique_name}", seconds=100)

    status = status_of(cluster, POLICY, unique_name)
    account = status_of(cluster, ACCOUNT, unique_name)
    assert 3 == status["summary"]["scanned"]
    assert 2 == status["pendingPlan"]["deletions"]
    assert "1.00 USD" == status["pendingPlan"]["savedPerMonth"]
    _, scraped = stage.operator.get("/metrics") or (0, "")
    assert f'tagwarden_cost_usd_per_month{{account="{unique_name}"' in scraped
    assert "False" == condition_of(cluster, POLICY, unique_name, "Compliant")["status"]
    assert 1 == status["observedGeneration"]
    assert login.account_id == account["identity"]["account"]
    # Events are told after the status.
    wait_until(
        lambda: "Succeeded" in cluster.kubectl("describe", POLICY, unique_name).partition("Events:")[2],
        what="kubectl describe shows the event",
    )
    assert 3 == len(volumes_of(aws, login))


def test_nothing_is_written_beside_status(stage: Stage, unique_name: str) -> None:
    """GitOps sees no drift: no finalizer, no annotation, no label, no change of the spec."""
    cluster = stage.cluster
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY)))
    before = cluster.get(POLICY, unique_name)

    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")

    after = cluster.kubectl("get", POLICY, unique_name, "-o", "yaml", "--show-managed-fields")
    found = cluster.get(POLICY, unique_name)
    assert before["spec"] == found["spec"]
    assert before["metadata"]["annotations"] == found["metadata"]["annotations"]
    assert "finalizers" not in found["metadata"]
    assert 1 == found["metadata"]["generation"]
    assert "manager: tagwarden-operator" in after
    assert "subresource: status" in after


def test_applying_a_policy_does_not_delete(stage: Stage, unique_name: str) -> None:
    """In Enforce too a changed policy only shows its plan; a person's request or the schedule acts."""
    cluster, aws, _ = stage
    login = new_login(aws)
    claimed, expired, unclaimed = make_volumes(aws, login, CLAIMED, EXPIRED, UNCLAIMED)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    assert {claimed, expired, unclaimed} == set(volumes_of(aws, login))

    run_now(cluster, unique_name, "now")

    assert {claimed} == set(volumes_of(aws, login))
    status = status_of(cluster, POLICY, unique_name)
    assert (2, "Succeeded") == (status["summary"]["deleted"], status["lastRun"]["outcome"])
    assert "pendingPlan" not in status


def test_the_schedule_acts(stage: Stage, unique_name: str) -> None:
    """A time that has come is enough, also one that passed while nobody ran."""
    cluster, aws, _ = stage
    login = new_login(aws)
    claimed, _expired = make_volumes(aws, login, CLAIMED, EXPIRED)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    cluster.kubectl(
        "patch", POLICY, unique_name, "--subresource=status", "--type=merge",
        "-p", '{"status": {"nextRunTime": "2026-01-01T00:00:00Z"}}',
    )  # fmt: skip

    wait_until(lambda: {claimed} == set(volumes_of(aws, login)), what="the expired volume is gone", seconds=60)

    wait_until(
        lambda: status_of(cluster, POLICY, unique_name)["nextRunTime"] > "2026-01-01T00:00:00Z",
        what="the next time lies ahead",
    )


@pytest.mark.parametrize(
    ("mistake", "reason", "message"),
    [
        ({"timeZone": "Mars/Olympus"}, "InvalidTimeZone", "Europe/Berlin"),
        ({"schedule": "0 0 30 2 *"}, "InvalidSchedule", "spec.schedule"),
        ({"owner": {"pattern": "["}}, "InvalidSpec", "spec.owner.pattern"),
        ({"scope": {"accounts": {"names": ["nowhere"]}}}, "AccountNotFound", "nowhere"),
        ({"scope": {"accounts": {"labels": {"team": "nobody"}}}}, "NoAccounts", "labels"),
        ({"owner": {"known": {"configMap": {"name": "nowhere", "key": "x"}}}}, "SecretNotFound", "nowhere"),
    ],
)
def test_what_the_schema_cannot_see_is_a_condition(
    stage: Stage, unique_name: str, mistake: dict[str, object], reason: str, message: str
) -> None:
    """A mistake that the API server let through becomes Ready=False with its reason, and an event."""
    cluster = stage.cluster
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY, **mistake)))

    found = wait_for_condition(cluster, POLICY, unique_name, "Ready", status="False", reason=reason)

    assert message in found["message"]
    assert "True" == condition_of(cluster, POLICY, unique_name, "Stalled")["status"]
    wait_until(
        lambda: reason in cluster.kubectl("describe", POLICY, unique_name).partition("Events:")[2], what="an event"
    )


def test_a_bad_expression_is_a_condition(stage: Stage, unique_name: str) -> None:
    """CEL that does not compile is named with its field."""
    cluster = stage.cluster
    scope = {"accounts": {"names": [EMPTY]}, "where": "resource.region =="}
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY, scope=scope)))

    found = wait_for_condition(cluster, POLICY, unique_name, "Ready", status="False")

    assert "spec.scope.where" in found["message"]


def test_a_kind_that_there_is_not_is_a_condition(stage: Stage, unique_name: str) -> None:
    """It would govern nothing, and look like an account in the best of order."""
    cluster = stage.cluster
    scope = {"accounts": {"names": [EMPTY]}, "kinds": ["aws_ec2_instnace"]}
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY, scope=scope)))

    found = wait_for_condition(cluster, POLICY, unique_name, "Ready", status="False", reason="InvalidSpec")

    assert "spec.scope.kinds[0]" in found["message"]
    assert "did you mean aws_ec2_instance?" in found["message"]
    wait_until(
        lambda: "aws_ec2_instnace" in cluster.kubectl("describe", POLICY, unique_name).partition("Events:")[2],
        what="an event",
    )


def test_a_corrected_policy_recovers(stage: Stage, unique_name: str) -> None:
    """Nothing has to be restarted after a mistake."""
    cluster = stage.cluster
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY, timeZone="Mars/Olympus")))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="False")

    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY, timeZone="Europe/Berlin")))

    found = wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    assert 2 == found["observedGeneration"]
    assert "False" == condition_of(cluster, POLICY, unique_name, "Stalled")["status"]


def test_an_account_that_comes_later_is_taken_up(stage: Stage, unique_name: str) -> None:
    """Policy and account may be applied in any order."""
    cluster, aws, _ = stage
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="False", reason="AccountNotFound")

    declare_account(cluster, aws, unique_name, new_login(aws))

    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")


def test_a_secret_that_comes_later_is_taken_up(stage: Stage, unique_name: str) -> None:
    """The account names the Secret it misses, and goes on once a person has made it and asks."""
    cluster, aws, _ = stage
    login = new_login(aws)
    cluster.apply(manifest("CloudAccount", unique_name, aws_account(aws, unique_name, login)))
    found = wait_for_condition(cluster, ACCOUNT, unique_name, "Ready", status="False", reason="SecretNotFound")
    assert unique_name in found["message"]

    cluster.apply(credentials(unique_name, login))
    cluster.kubectl("annotate", ACCOUNT, unique_name, "tagwarden.io/requestedAt=now")

    wait_for_condition(cluster, ACCOUNT, unique_name, "Ready", status="True")


def test_credentials_of_another_account_are_refused(stage: Stage, unique_name: str) -> None:
    """S10: what belongs to another account than the declared one is never looked at."""
    cluster, aws, _ = stage
    login = new_login(aws)
    declare_account(cluster, aws, unique_name, login, accountID="111111111111")

    found = wait_for_condition(cluster, ACCOUNT, unique_name, "Ready", status="False", reason="WrongAccount")

    assert login.account_id in found["message"]
    assert "lastSnapshot" not in status_of(cluster, ACCOUNT, unique_name)


def test_suspend_holds_everything(stage: Stage, unique_name: str) -> None:
    """A suspended policy runs neither by schedule nor by request; afterwards it makes up for the request."""
    cluster, aws, _ = stage
    login = new_login(aws)
    claimed, expired = make_volumes(aws, login, CLAIMED, EXPIRED)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, suspend=True)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True", reason="Suspended")
    cluster.kubectl("annotate", POLICY, unique_name, "tagwarden.io/requestedAt=now")
    wait_for_condition(cluster, ACCOUNT, unique_name, "Ready", status="True")
    assert "nextRunTime" not in status_of(cluster, POLICY, unique_name)
    assert {claimed, expired} == set(volumes_of(aws, login))

    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name)))

    wait_until(lambda: {claimed} == set(volumes_of(aws, login)), what="the expired volume is gone", seconds=60)


def test_a_plan_waits_for_its_approval(stage: Stage, unique_name: str) -> None:
    """S6: the status shows the hash, the annotation approves it, and the plan that was shown runs at once."""
    cluster, aws, _ = stage
    login = new_login(aws)
    claimed, expired = make_volumes(aws, login, CLAIMED, EXPIRED)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, approval="Required")))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    run_now(cluster, unique_name, "now")
    assert {claimed, expired} == set(volumes_of(aws, login))
    status = status_of(cluster, POLICY, unique_name)
    assert "NotApproved" == status["lastRun"]["outcome"]
    assert "expiresAt" in status["pendingPlan"]

    plan = status["pendingPlan"]["hash"]
    cluster.kubectl("annotate", POLICY, unique_name, f"tagwarden.io/approvedPlan={plan}")

    wait_until(lambda: {claimed} == set(volumes_of(aws, login)), what="the approved plan has run", seconds=60)

    (another,) = make_volumes(aws, login, EXPIRED)
    run_now(cluster, unique_name, "again")

    assert {claimed, another} == set(volumes_of(aws, login))
    assert "NotApproved" == status_of(cluster, POLICY, unique_name)["lastRun"]["outcome"]


def test_an_approval_of_another_plan_is_refused(stage: Stage, unique_name: str) -> None:
    """S6: a hash that is not that of the plan acts on nothing and says so."""
    cluster, aws, _ = stage
    login = new_login(aws)
    claimed, expired = make_volumes(aws, login, CLAIMED, EXPIRED)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, approval="Required")))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")

    cluster.kubectl("annotate", POLICY, unique_name, "tagwarden.io/approvedPlan=another")

    wait_until(
        lambda: "ApprovalOutdated" in cluster.kubectl("describe", POLICY, unique_name).partition("Events:")[2],
        what="the approval is refused at once, and not with the next pass",
        seconds=60,
    )
    assert {claimed, expired} == set(volumes_of(aws, login))
    assert "ApprovalOutdated" == status_of(cluster, POLICY, unique_name)["lastRun"]["outcome"]


def test_an_approval_that_comes_with_a_changed_spec_is_outdated(stage: Stage, unique_name: str) -> None:
    """S6, S17: it was given to a plan that rests on the old spec; the look at the new one shows what to approve."""
    cluster, aws, _ = stage
    login = new_login(aws)
    claimed, expired = make_volumes(aws, login, CLAIMED, EXPIRED)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, approval="Required")))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    plan = status_of(cluster, POLICY, unique_name)["pendingPlan"]["hash"]

    changed = {"metadata": {"annotations": {"tagwarden.io/approvedPlan": plan}}, "spec": {"timeZone": "Asia/Tokyo"}}
    cluster.kubectl("patch", POLICY, unique_name, "--type=merge", f"--patch={json.dumps(changed)}")
    wait_until(
        lambda: status_of(cluster, POLICY, unique_name)["lastRun"]["outcome"] == "ApprovalOutdated",
        what="the approval is refused",
        seconds=60,
    )
    assert {claimed, expired} == set(volumes_of(aws, login))

    plan = status_of(cluster, POLICY, unique_name)["pendingPlan"]["hash"]
    cluster.kubectl("annotate", "--overwrite", POLICY, unique_name, f"tagwarden.io/approvedPlan={plan}")

    wait_until(lambda: {claimed} == set(volumes_of(aws, login)), what="the approved plan has run", seconds=60)


def test_limits_stop_a_run_before_its_first_deletion(stage: Stage, unique_name: str) -> None:
    """S9: one deletion too many, and nothing is deleted at all; the condition names the limit."""
    cluster, aws, _ = stage
    login = new_login(aws)
    volumes = make_volumes(aws, login, CLAIMED, EXPIRED, EXPIRED)
    declare_account(cluster, aws, unique_name, login)
    limits = {"deletionsPerRun": 1, "deletionsPercent": 100}
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, limits=limits)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")

    run_now(cluster, unique_name, "now")

    assert set(volumes) == set(volumes_of(aws, login))
    assert "LimitPerRun" == condition_of(cluster, POLICY, unique_name, "WithinLimits")["reason"]


def test_s9_releasing_the_brake_runs_the_policy(stage: Stage, unique_name: str) -> None:
    """S9: a jump holds everything until a person releases that very plan; the annotation alone lets it run."""
    cluster, aws, _ = stage
    login = new_login(aws)
    volumes = make_volumes(aws, login, *[CLAIMED] * 12)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    long_gone = [{"Key": "expiration", "Value": EXPIRED["expiration"]}]
    aws.client("ec2", login=login).create_tags(Resources=volumes, Tags=long_gone)
    run_now(cluster, unique_name, "now")
    held = condition_of(cluster, POLICY, unique_name, "WithinLimits")
    there = set(volumes_of(aws, login))

    token = held["message"].rpartition(" ")[2]
    cluster.kubectl("annotate", POLICY, unique_name, f"tagwarden.io/releasedBrake={token}")

    wait_until(lambda: volumes_of(aws, login) == {}, what="the released plan has run", seconds=60)
    assert ("AnomalyBrake", set(volumes)) == (held["reason"], there)
    wait_until(
        lambda: status_of(cluster, POLICY, unique_name).get("lastHandledRelease") == token, what="the pass is over"
    )
    assert "True" == condition_of(cluster, POLICY, unique_name, "WithinLimits")["status"]


def test_one_broken_account_stops_no_other(stage: Stage, unique_name: str) -> None:
    """S12: a policy over two accounts goes on with the one that answers, and names the one that does not."""
    cluster, aws, _ = stage
    login = new_login(aws)
    make_volumes(aws, login, CLAIMED)
    declare_account(cluster, aws, unique_name, login)
    declare_account(cluster, aws, f"{unique_name}-dead", new_login(aws), endpointURL="http://127.0.0.1:9")
    scope = {"accounts": {"names": [unique_name, f"{unique_name}-dead"]}, "kinds": ["aws_ec2_volume"]}
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name, scope=scope)))

    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True", seconds=180)

    found = condition_of(cluster, POLICY, unique_name, "SourcesReachable")
    assert "False" == found["status"]
    assert f"{unique_name}-dead" in found["message"]
    assert 1 == status_of(cluster, POLICY, unique_name)["summary"]["scanned"]


def test_a_request_looks_afresh(stage: Stage, unique_name: str) -> None:
    """What came after the last snapshot is seen by a pass that a person asks for."""
    cluster, aws, _ = stage
    login = new_login(aws)
    declare_account(cluster, aws, unique_name, login)
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(unique_name)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")
    make_volumes(aws, login, EXPIRED)

    run_now(cluster, unique_name, "now")

    assert {} == volumes_of(aws, login)


def test_health_and_metrics_are_served(stage: Stage, unique_name: str) -> None:
    """The kubelet and Prometheus find what they ask for."""
    cluster, _, operator = stage
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")

    wait_until(
        lambda: f'policy="{unique_name}"' in (operator.get("/metrics") or (0, ""))[1], what="the policy's metrics"
    )

    answers = [operator.get(path) for path in ("/healthz", "/readyz", "/metrics")]
    assert [200, 200, 200] == [answer[0] for answer in answers if answer]
    assert "tagwarden_leader 1.0" in str(answers[2])


def test_a_deleted_policy_is_forgotten(stage: Stage, unique_name: str) -> None:
    """Deletion waits for nobody, and its metrics vanish."""
    cluster, _, operator = stage
    cluster.apply(manifest("CleanupPolicy", unique_name, deleting_policy(EMPTY)))
    wait_for_condition(cluster, POLICY, unique_name, "Ready", status="True")

    cluster.kubectl("delete", POLICY, unique_name, "--timeout=10s")

    with pytest.raises(KubectlError, match="NotFound"):
        cluster.get(POLICY, unique_name)
    wait_until(lambda: f'policy="{unique_name}"' not in (operator.get("/metrics") or (0, ""))[1], what="no metrics")


def test_the_operator_never_complained(stage: Stage, tmp_path: Path) -> None:
    """After all of the above there is no traceback in its log, and it still runs."""
    del tmp_path

    assert stage.operator.is_running
    assert "Traceback" not in stage.operator.log
