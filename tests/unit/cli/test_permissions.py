import re
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from string import Template
from typing import Any

import hcl2
import pytest
import yaml

from tagwarden.model.plan import ActionType
from tagwarden.model.resource import ProviderName
from tagwarden.providers.kubernetes.catalogue import catalogue
from tests.support.cluster_world import taken_from
from tests.support.command_line import a_policy
from tests.unit.cli.conftest import Tagwarden

AWS_ACCOUNT = {
    "apiVersion": "tagwarden.io/v1alpha1",
    "kind": "CloudAccount",
    "metadata": {"name": "aws-dev"},
    "spec": {"provider": "AWS", "environment": "test", "aws": {"accountID": "123456789012"}},
}
CLUSTER = {
    "apiVersion": "tagwarden.io/v1alpha1",
    "kind": "CloudAccount",
    "metadata": {"name": "this-cluster"},
    "spec": {"provider": "Kubernetes", "environment": "test", "kubernetes": {}},
}
EXAMPLES = Path(__file__).parents[3] / "examples"
READING = ("Describe", "Get", "List", "GET", "BatchGet")


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    """Return the file of one policy in Enforce for the AWS account, and both accounts."""
    return write(tmp_path, a_policy())


def write(folder: Path, *policies: dict[str, Any]) -> Path:
    path = folder / "declared.yaml"
    path.write_text(yaml.safe_dump_all([*policies, AWS_ACCOUNT, CLUSTER]), encoding="utf-8")
    return path


def scoped(account: str, *kinds: str) -> dict[str, Any]:
    return {"accounts": {"names": [account]}, "kinds": list(kinds)}


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [statement for each in role["Policies"] for statement in each["PolicyDocument"]["Statement"]]


def actions(role: dict[str, Any], sid: str = "") -> set[str]:
    """Return the actions of the statement, or of all."""
    return {action for each in statements(role) if sid in ("", each["Sid"]) for action in each["Action"]}


def deletable(role: dict[str, Any]) -> set[str]:
    """Return what a ClusterRole allows to delete."""
    return {resource for rule in role["rules"] if "delete" in rule["verbs"] for resource in rule["resources"]}


VERBS = {ActionType.DELETE: "delete", ActionType.SET_TAGS: "patch"}


def in_clusters() -> Iterator[Any]:
    """Give every shipped policy that governs a cluster, with the folder of the example that it belongs to."""
    for folder in (EXAMPLES, EXAMPLES / "cluster", EXAMPLES / "demo"):
        found = [document for path in sorted(folder.glob("*.yaml")) for document in filled_in(path)]
        clusters = {one["metadata"]["name"] for one in found if one["spec"].get("provider") == "Kubernetes"}
        for one in found:
            accounts = one["spec"].get("scope", {}).get("accounts", {})
            if clusters & set(accounts.get("names", ())):
                yield pytest.param(folder, one, id=f"{folder.name}-{one['metadata']['name']}")


def filled_in(path: Path) -> list[dict[str, Any]]:
    """Read the policies and accounts of one file; what the demo fills in is any text that fits."""
    text = Template(path.read_text(encoding="utf-8")).safe_substitute(
        AWS_ENDPOINT="http://127.0.0.1:5000",
        GOOGLE_ENDPOINT="http://127.0.0.1:5001",
        ACCOUNT_ID="123456789012",
        PROJECT_ID="messy-dev-1",
        NAMESPACE="default",
    )
    return [one for one in yaml.safe_load_all(text) if one and one["apiVersion"].startswith("tagwarden.io/")]


def write_example(folder: Path, example: Path) -> None:
    for path in example.glob("*.yaml"):
        (folder / path.name).write_text(yaml.safe_dump_all(filled_in(path)), encoding="utf-8")


IN_CLUSTERS = list(in_clusters())


def everything() -> str:
    """Give an expired namespace with an object of every kind, and enough deployments elsewhere for the limits."""
    mounts = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "one"}}]}
    parts = {
        "Service": {"spec": {"type": "LoadBalancer", "selector": {"app": "one"}}},
        "Ingress": {"status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}}},
    }
    expired = {"expiration": "2026-08-02T10:00:00Z", "owner": "bob"}
    found: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "pr-1", "annotations": expired}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "pr-2", "annotations": {"owner": "alice"}}},
        *(
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": f"d{number}", "namespace": "pr-2"}}
            for number in range(50)
        ),
    ]
    for row in catalogue():
        if not row.can_delete or not row.namespaced:
            continue
        version = f"{row.group}/v1" if row.group else "v1"
        more = parts.get(row.object_kind, {})
        if row.pod_spec:
            more = reduce(lambda inner, key: {key: inner}, reversed(row.pod_spec.split(".")), mounts)
        metadata = {"name": "one", "namespace": "pr-1"}
        found.append({"apiVersion": version, "kind": row.object_kind, "metadata": metadata, **more})
    return yaml.safe_dump_all(found)


def is_allowed(role: dict[str, Any], verb: str, kind: str) -> bool:
    row = next(row for row in catalogue() if row.kind == kind)
    return any(
        verb in rule["verbs"]
        and {row.group, "*"} & set(rule["apiGroups"])
        and {row.plural, "*"} & set(rule["resources"])
        and not rule.get("resourceNames")
        for rule in role["rules"]
    )


class TestAws:
    def test_audit_reads_alone(self, tagwarden: Tagwarden, declared: Path) -> None:
        """A policy that audits needs nothing that writes (S15)."""
        policy = tagwarden("permissions", "-f", declared, "--mode", "Audit").json

        assert {"TagwardenRead"} == {statement["Sid"] for statement in statements(policy)}
        assert all(action.partition(":")[2].startswith(READING) for action in actions(policy))

    def test_the_mode_is_that_of_the_policy(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """What is in Audit gets no permission to write until somebody changes it."""
        policy = tagwarden("permissions", "-f", write(tmp_path, a_policy(mode="Audit"))).json

        assert {"TagwardenRead"} == {statement["Sid"] for statement in statements(policy)}

    def test_enforcing_tags_and_deletes_what_the_scope_names(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """Queues are deleted, and nothing else."""
        path = write(tmp_path, a_policy(scope=scoped("aws-dev", "aws_sqs_queue"), associated="Keep"))
        policy = tagwarden("permissions", "-f", path).json

        assert {"sqs:DeleteQueue"} == actions(policy, "TagwardenDelete")
        assert {"sqs:TagQueue", "sqs:UntagQueue"} == actions(policy, "TagwardenTag")
        assert "ec2:DescribeInstances" in actions(policy, "TagwardenRead")

    def test_what_only_exists_for_something_can_go_along(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """Whoever deletes instances with all that belongs to them must be allowed to delete volumes."""
        with_volumes = write(tmp_path, a_policy(scope=scoped("aws-dev", "instance")))
        alone = tagwarden("permissions", "-f", with_volumes).json
        kept = write(tmp_path, a_policy(scope=scoped("aws-dev", "instance"), associated="Keep"))

        assert "ec2:DeleteVolume" in actions(alone, "TagwardenDelete")
        assert "ec2:DeleteVolume" not in actions(tagwarden("permissions", "-f", kept).json, "TagwardenDelete")

    def test_backups_take_leave_of_their_own(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """Whoever keeps volumes before deleting them must be allowed to make snapshots with tags, and no more."""
        backup = {"kinds": ["volume"], "keep": "168h"}
        policy = tagwarden("permissions", "-f", write(tmp_path, a_policy(backup=backup))).json

        assert {"ec2:CreateSnapshot", "ec2:CreateTags", "ec2:DescribeSnapshots"} == actions(policy, "TagwardenBackup")
        plain = tagwarden("permissions", "-f", write(tmp_path, a_policy())).json
        assert "ec2:CreateSnapshot" not in actions(plain)
        audit = tagwarden("permissions", "-f", write(tmp_path, a_policy(backup=backup)), "--mode", "Audit").json
        assert "ec2:CreateSnapshot" not in actions(audit)

    def test_what_a_vendor_takes_along_may_be_kept(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """A policy for instances alone keeps the volumes that go with them."""
        spec = {"scope": scoped("aws-dev", "instance"), "associated": "Keep", "backup": {"kinds": ["*"], "keep": "24h"}}
        policy = tagwarden("permissions", "-f", write(tmp_path, a_policy(**spec))).json

        assert "ec2:CreateSnapshot" in actions(policy, "TagwardenBackup")
        assert "rds:CreateDBSnapshot" not in actions(policy)

    def test_rules_that_only_report_need_no_deletion(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """A policy that corrects tags and deletes nothing gets no permission to delete."""
        path = write(tmp_path, a_policy(rules={"untagged": "Report", "expired": "Report"}))
        policy = tagwarden("permissions", "-f", path).json

        assert {"TagwardenRead", "TagwardenTag"} == {statement["Sid"] for statement in statements(policy)}

    def test_several_policies_add_up(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """Two policies for one account need what each of them needs."""
        path = write(
            tmp_path,
            a_policy("queues", scope=scoped("aws-dev", "queue"), associated="Keep"),
            a_policy("topics", scope=scoped("aws-dev", "topic"), associated="Keep"),
        )

        assert {"sqs:DeleteQueue", "sns:DeleteTopic"} == actions(
            tagwarden("permissions", "-f", path).json, "TagwardenDelete"
        )
        assert {"sqs:DeleteQueue"} == actions(
            tagwarden("permissions", "-f", path, "--policy", "queues").json, "TagwardenDelete"
        )


class TestKubernetes:
    def test_audit_reads_alone(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """A ClusterRole for Audit lists, knows the cluster by its kube-system, and writes nothing (S15)."""
        path = write(tmp_path, a_policy(mode="Audit", scope=scoped("this-cluster")))
        role = tagwarden("permissions", "-f", path).yaml

        assert "ClusterRole" == role["kind"]
        verbs = {(verb, *rule.get("resourceNames", ())) for rule in role["rules"] for verb in rule["verbs"]}
        assert {("list",), ("get", "kube-system")} == verbs

    def test_enforcing_writes_what_the_scope_names(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """Namespaces can be patched and deleted, and no other kind."""
        path = write(tmp_path, a_policy(scope=scoped("this-cluster", "k8s_namespace"), associated="Keep"))
        role = tagwarden("permissions", "-f", path).yaml

        assert {"namespaces"} == deletable(role)

    def test_what_goes_before_a_namespace_can_be_deleted(self, tagwarden: Tagwarden) -> None:
        """The shipped example deletes claims and load balancers first, and what holds those in use."""
        role = tagwarden(
            "permissions", "-f", EXAMPLES / "cluster", "--policy", "pull-requests", "--mode", "Enforce"
        ).yaml

        going_first = {"persistentvolumeclaims", "services", "ingresses", "deployments", "statefulsets", "pods"}
        assert {"namespaces", *going_first} <= deletable(role)
        assert "secrets" not in deletable(role)

    @pytest.mark.parametrize(("folder", "policy"), IN_CLUSTERS)
    def test_every_example_may_do_what_it_plans(
        self, tagwarden: Tagwarden, tmp_path: Path, folder: Path, policy: dict[str, Any]
    ) -> None:
        """Whatever lives in a namespace that ends: each action of the plan, also of what goes first, is allowed."""
        write_example(tmp_path, folder)
        named = ("--policy", policy["metadata"]["name"], "--provider", "Kubernetes", "--mode", "Enforce")
        role = tagwarden("permissions", "-f", tmp_path, *named).yaml
        spec = {key: value for key, value in policy["spec"].items() if key not in {"scope", "limits", "mode"}}
        spec |= {"observations": 1, "grace": {"untagged": "0s"}}
        taken = taken_from(everything(), kinds=policy["spec"]["scope"].get("kinds", ()), mode="Enforce", **spec)

        kinds = {resource.uid: resource.kind for resource in taken.decision.world.graph.nodes}
        wanted = {(VERBS[action.type], kinds[action.uid]) for action in taken.decision.plan.actions}
        assert {("delete", "k8s_namespace"), ("delete", "k8s_persistentvolumeclaim")} <= wanted
        assert [] == sorted(each for each in wanted if not is_allowed(role, *each))

    def test_a_policy_for_both_prints_both(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """JSON is YAML, so that both documents are one stream."""
        path = write(tmp_path, a_policy("cloud"), a_policy("cluster", scope=scoped("this-cluster")))
        iam, role = yaml.safe_load_all(tagwarden("permissions", "-f", path).out)

        assert {"2012-10-17"} == {policy["PolicyDocument"]["Version"] for policy in iam["Policies"]}
        assert "ClusterRole" == role["kind"]


class TestFormats:
    def test_a_role_is_written_for_whom_it_trusts(self, tagwarden: Tagwarden) -> None:
        """Without trust there is no role: a person attaches the policies."""
        trusting = tagwarden("permissions", "--provider", "AWS", "--trust", "pod-identity", "--role-name", "ops").json

        assert "ops" == trusting["Role"]["RoleName"]
        assert ["ops-1", "ops-2", "ops-3"] == [policy["PolicyName"] for policy in trusting["Policies"]]
        assert "Role" not in tagwarden("permissions", "--provider", "AWS").json

    def test_terraform_says_the_same(self, tagwarden: Tagwarden) -> None:
        """Every action of the JSON is in the Terraform file, and each policy is attached to the role."""
        given = ("permissions", "--trust", "123456789012", "--provider", "AWS")
        role = tagwarden(*given).json

        told = hcl2.loads(tagwarden(*given, "--format", "terraform").out)

        found = [
            (kind.strip('"'), name.strip('"'), body)
            for each in told["resource"]
            for kind, more in each.items()
            for name, body in more.items()
        ]
        assert Counter(aws_iam_role=1, aws_iam_policy=3, aws_iam_role_policy_attachment=3) == Counter(
            kind for kind, *_ in found
        )
        written = {
            word
            for kind, _, body in found
            if kind == "aws_iam_policy"
            for word in re.findall(r'"([\w-]+:\w+)"', body["policy"])
        }
        assert actions(role) == written
        for number in (1, 2, 3):
            attached = next(
                body
                for kind, name, body in found
                if (kind, name) == ("aws_iam_role_policy_attachment", f"tagwarden_{number}")
            )
            assert "${aws_iam_role.tagwarden.name}" == attached["role"]
            assert f"${{aws_iam_policy.tagwarden_{number}.arn}}" == attached["policy_arn"]

    def test_a_format_of_one_provider_is_for_that_one(self, tagwarden: Tagwarden, tmp_path: Path) -> None:
        """A Terraform file with a manifest in it would be neither."""
        path = write(tmp_path, a_policy("cloud"), a_policy("cluster", scope=scoped("this-cluster")))

        assert "ClusterRole" not in tagwarden("permissions", "-f", path, "--format", "terraform").out
        assert "ClusterRole" == tagwarden("permissions", "-f", path, "--format", "yaml").yaml["kind"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                "--format pulumi",
                "'pulumi' is not a format of permissions (AWS: json, terraform, cloudformation; GCP: yaml; Kubernetes:",
            ),
            (
                "--format yaml --provider AWS",
                "'yaml' is not a format of permissions (AWS: json, terraform, cloudformation)",
            ),
            ("--trust everybody", "--trust: 'everybody' is not supported; write pod-identity"),
        ],
    )
    def test_a_wrong_option_is_named(self, tagwarden: Tagwarden, arguments: str, message: str) -> None:
        answered = tagwarden("permissions", *arguments.split())

        assert 2 == answered.status
        assert message in answered.err
        assert "" == answered.out


class TestWithoutPolicies:
    @pytest.mark.parametrize("provider", [ProviderName.AWS, ProviderName.KUBERNETES])
    def test_everything_is_allowed_that_a_policy_may_ask_for(
        self, tagwarden: Tagwarden, provider: ProviderName
    ) -> None:
        """Whoever has no policy yet gets what the strongest one would need."""
        answered = tagwarden("permissions", "--provider", provider)

        assert 0 == answered.status
        assert "elete" in answered.out

    def test_a_policy_cannot_be_named(self, tagwarden: Tagwarden) -> None:
        """--policy is a policy of the files."""
        answered = tagwarden("permissions", "--policy", "test-accounts")

        assert 2 == answered.status
        assert "--policy selects a policy in files; add the files with -f" in answered.err


def test_a_policy_that_covers_no_account_needs_nothing(tagwarden: Tagwarden, tmp_path: Path) -> None:
    """Without an account nothing can be said of permissions."""
    answered = tagwarden("permissions", "-f", write(tmp_path, a_policy(scope=scoped("elsewhere"))))

    assert 2 == answered.status
    assert "cover no account" in answered.err
