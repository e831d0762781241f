"""S17, on simulated AWS: whoever begins to use a role between plan and act keeps it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from tagwarden.inventory import PlanStore, SnapshotStore
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.reasons import Reason
from tagwarden.pipeline import Declarations, PassDependencies, carry_out, make_pass
from tagwarden.providers.aws import AwsProvider
from tagwarden.state import Database
from tests.integration.aws_account import image
from tests.support.builders import a_policy, an_account
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS
from tests.support.used_leftovers import OWNED, PAIRS, REGION, Builder

LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
EC2 = "ec2.amazonaws.com"


class Account:
    """Roles and a profile that nobody tagged and nobody uses, and what alice owns."""

    def __init__(self, aws: FakeAWS) -> None:
        self.make = Builder(aws)
        self.iam, self.ec2 = aws.client("iam"), aws.client("ec2")
        self.make.role("role of a function", "lambda.amazonaws.com")
        self.make.role("role of a profile", EC2)
        self.make.role("role of an instance", EC2)
        self.make.role("role of nobody", EC2)
        self.make.function("owned", {}, OWNED)
        self.iam.create_instance_profile(InstanceProfileName="owned-profile", Tags=PAIRS)
        self.iam.create_instance_profile(InstanceProfileName="profile-of-an-instance")
        tags = [{"ResourceType": "instance", "Tags": [*PAIRS, {"Key": "Name", "Value": "owned-instance"}]}]
        started = self.ec2.run_instances(
            ImageId=image(aws, "any", OWNED), MinCount=1, MaxCount=1, TagSpecifications=tags
        )
        self.instance = started["Instances"][0]["InstanceId"]

    def begin_to_use(self) -> None:
        """Let what alice owns take the roles, directly and by way of a profile."""
        self.make.client("lambda").update_function_configuration(
            FunctionName="owned", Role=self.make.leftovers["role of a function"]
        )
        self.iam.add_role_to_instance_profile(InstanceProfileName="owned-profile", RoleName="role-of-a-profile")
        self.iam.add_role_to_instance_profile(
            InstanceProfileName="profile-of-an-instance", RoleName="role-of-an-instance"
        )
        self.ec2.associate_iam_instance_profile(
            IamInstanceProfile={"Name": "profile-of-an-instance"}, InstanceId=self.instance
        )

    def roles(self) -> set[str]:
        """Give the names of the roles that are left."""
        return {role["RoleName"] for role in self.iam.list_roles()["Roles"]}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Outcome]]:
    """Plan, let alice begin to use what is to go, act; yield the outcome of each by id, and which roles are left."""
    folder = tmp_path_factory.mktemp("pass")
    with FakeAWS() as aws, Database(f"sqlite:///{folder}/state.db") as database:
        account = Account(aws)
        declared = an_account(aws={"accountID": DEFAULT_ACCOUNT, "endpointURL": aws.endpoint})
        policy = a_policy(
            scope={"accounts": {"names": [declared.name]}, "kinds": ["aws_iam_role", "aws_iam_instance_profile"]},
            observations=1,
            grace={"untagged": "0s"},
            limits={"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100},
        )
        declarations = Declarations({policy.name: policy}, {declared.name: declared})
        provider = AwsProvider(declared, LOGIN, {"AWS_DEFAULT_REGION": REGION})
        tools = PassDependencies(
            SnapshotStore(folder),
            PlanStore(folder),
            database,
            lambda _: provider,
            lambda: datetime.now(UTC),
        )
        made = make_pass(declarations, policy.name, tools)
        planned = {one.resource.id for one in made.plan.resources if one.goes}
        account.begin_to_use()
        done = carry_out(declarations, made, tools)

        assert planned == {*USERS, "role-of-nobody"}
        assert account.roles() >= {"role-of-a-function", "role-of-a-profile", "role-of-an-instance"}
        assert "role-of-nobody" not in account.roles()
        yield {outcome.resource.id: outcome for outcome in done.outcomes}


USERS = {
    "role-of-a-function": "aws_lambda_function owned",
    "role-of-a-profile": "aws_iam_instance_profile owned-profile",
    "role-of-an-instance": "aws_iam_instance_profile profile-of-an-instance",
    "profile-of-an-instance": "aws_ec2_instance owned-instance",
}
"""By what was to go, who began to use it after the plan."""


@pytest.mark.parametrize(("id_", "user"), USERS.items())
def test_s17_what_somebody_begins_to_use_after_the_plan_stays(
    outcomes: Mapping[str, Outcome], id_: str, user: str
) -> None:
    """S17: the look right before the deletion finds the new user, and the reason names it."""
    outcome = outcomes[id_]

    assert ActionState.WITHHELD is outcome.state
    assert user in outcome.message


def test_s17_what_nobody_begins_to_use_goes(outcomes: Mapping[str, Outcome]) -> None:
    """S17: the same look lets the role go that is a leftover still."""
    assert (ActionState.VERIFIED, Reason.Untagged) == (
        outcomes["role-of-nobody"].state,
        outcomes["role-of-nobody"].reason,
    )
