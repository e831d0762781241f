"""A role of any size is several managed policies that AWS accepts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.errors import BadInput
from tagwarden.providers.aws import permissions
from tagwarden.providers.aws.hcl import Expression, attributes
from tagwarden.providers.aws.iam import Statement
from tagwarden.providers.aws.managed_policies import LONGEST, Document, managed_policies, size_of
from tagwarden.providers.aws.role_formats import ROLE_FORMATS, Role
from tagwarden.providers.aws.role_trust import trust_policy
from tagwarden.providers.base import RoleRequest

OIDC = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC"
ATTACHED_TO_A_ROLE = 10
"""AWS's default quota of managed policies."""

actions = st.lists(st.from_regex(r"[a-z0-9-]{2,20}:[A-Za-z]{1,60}", fullmatch=True), min_size=1, max_size=40)


def granted(policies: tuple[Document, ...]) -> list[tuple[str, str]]:
    return [
        (statement["Sid"], action)
        for each in policies
        for statement in each["Statement"]
        for action in statement["Action"]
    ]


def trusted(trust: str, **changes: str) -> Document:
    """Give the only statement of the trust policy."""
    (statement,) = trust_policy(RoleRequest("json", trust=trust, **changes))["Statement"]
    return dict(statement)


class TestSplitting:
    @given(
        st.lists(st.builds(Statement, st.sampled_from(["A", "B"]), actions.map(tuple)), max_size=4),
        st.integers(200, 900),
    )
    def test_nothing_is_lost_and_nothing_is_too_long(self, statements: list[Statement], longest: int) -> None:
        """Every action is in one of the policies, in order, and each policy is within the limit."""
        policies = managed_policies(statements, longest)

        assert [(each.sid, action) for each in statements for action in each.actions] == granted(policies)
        assert all(size_of(policy) <= longest for policy in policies)

    def test_all_that_tagwarden_can_do_fits_a_role(self) -> None:
        """Within the default quota, and in no more policies than needed but one."""
        policies = managed_policies(permissions())

        assert len(policies) <= ATTACHED_TO_A_ROLE
        assert sum(map(size_of, policies)) > (len(policies) - 1) * LONGEST * 0.95

    def test_white_space_does_not_count(self) -> None:
        """As AWS counts, whatever the format."""
        (policy,) = managed_policies([Statement("Read", ("sqs:ListQueues",))])

        assert len("".join(json.dumps(policy, indent=8).split())) == size_of(policy)

    def test_sids_are_unique_in_a_policy(self) -> None:
        """A statement that is continued bears its Sid once in each policy."""
        for policy in managed_policies(permissions()):
            sids = [statement["Sid"] for statement in policy["Statement"]]
            assert sorted(set(sids)) == sorted(sids)


class TestTrust:
    def test_a_service_account_of_an_oidc_provider(self) -> None:
        """IRSA: the subject and the audience of the token are fixed."""
        statement = trusted(OIDC, service_account="ops/janitor")

        assert {"Federated": OIDC} == statement["Principal"]
        issuer = "oidc.eks.eu-central-1.amazonaws.com/id/ABC"
        equal = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "system:serviceaccount:ops:janitor"}
        assert {"StringEquals": equal} == statement["Condition"]

    def test_pod_identity(self) -> None:
        """The session tags of EKS name the service account."""
        statement = trusted("pod-identity")

        assert {"Service": "pods.eks.amazonaws.com"} == statement["Principal"]
        assert ["sts:AssumeRole", "sts:TagSession"] == statement["Action"]
        assert "tagwarden" == statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"]

    def test_another_account(self) -> None:
        """With an external ID where one is given."""
        assert {"AWS": "arn:aws:iam::123456789012:root"} == trusted("123456789012")["Principal"]
        assert "Condition" not in trusted("123456789012")
        with_id = trusted("123456789012", external_id="s3cret")
        assert {"StringEquals": {"sts:ExternalId": "s3cret"}} == with_id["Condition"]

    def test_one_role_of_another_account(self) -> None:
        """Of any partition."""
        role = "arn:aws-cn:iam::123456789012:role/ops/tagwarden"
        assert {"AWS": role} == trusted(role)["Principal"]

    @pytest.mark.parametrize(
        ("changes", "option"),
        [
            ({"trust": "*"}, "--trust: '\\*' is not supported; write pod-identity"),
            ({"trust": "12345678901"}, "--trust"),
            ({"trust": "arn:aws:iam::123456789012:role/*"}, "--trust"),
            ({"trust": "pod-identity", "service_account": "janitor"}, "--service-account"),
            ({"trust": OIDC, "service_account": "ops/*"}, "--service-account"),
            ({"trust": "pod-identity", "external_id": "s3cret"}, "--external-id"),
        ],
    )
    def test_nobody_is_trusted_by_mistake(self, changes: dict[str, str], option: str) -> None:
        """A wildcard or a part of a name is refused."""
        with pytest.raises(BadInput, match=option):
            trust_policy(RoleRequest("json", **changes))


class TestFormats:
    @pytest.mark.parametrize("name", ["", "a" * 65, "tag warden", 'x"'])
    def test_a_name_that_iam_would_refuse(self, name: str) -> None:
        with pytest.raises(BadInput, match="--role-name"):
            Role(name, None, ())

    @pytest.mark.parametrize("format_", ROLE_FORMATS)
    def test_the_same_role_is_the_same_text(self, format_: str) -> None:
        """Deterministic, so that a diff shows changes alone."""
        texts = {ROLE_FORMATS[format_](Role("tagwarden", None, managed_policies(permissions()))) for _ in range(2)}

        assert 1 == len(texts)

    def test_terraform_is_formatted(self) -> None:
        """As `terraform fmt` does: adjacent one-line attributes are aligned, nested ones stand apart."""
        values = {"a": "1", "long": "2", "inner": {"x:y": "3"}, "list": ["4"], "b": Expression("local.c")}

        assert (
            '  a    = "1"\n  long = "2"\n  inner = {\n    "x:y" = "3"\n  }\n  list = [\n    "4",\n  ]\n  b = local.c\n'
        ) == attributes(values)

    def test_terraform_evaluates_no_text(self) -> None:
        """A text may look like a template."""
        assert '  a = "$${b} %%{c} \\"\\n"\n' == attributes({"a": '${b} %{c} "\n'})

    def test_terraform_needs_an_identifier(self) -> None:
        """A role may bear a name that is none."""
        text = ROLE_FORMATS["terraform"](Role("1+a", None, managed_policies([Statement("A", ("sqs:ListQueues",))])))

        assert 'resource "aws_iam_policy" "_1_a_1"' in text
        assert 'name = "1+a-1"' in text
