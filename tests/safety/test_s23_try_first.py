"""S23: a deletion is tried first; only the steps that its refusal names are taken, and they are undone if it fails."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tagwarden.enforcing import EnforceSettings, execute, recover
from tagwarden.errors import DeletionFailed
from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.aws import AwsProvider, clients
from tagwarden.providers.aws.calls import Calls
from tagwarden.state import Database, Journal
from tests.integration.aws_account import POLICY, TRUST
from tests.integration.aws_faults import Answer, Asked, Door, door_to, refused
from tests.support.enforcement import a_plan, planned_deletion
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

REGION = "eu-central-1"
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
SETTINGS = EnforceSettings(
    workers=1,
    calls_per_second=1000,
    attempts=2,
    backoff=timedelta(0),
    deletion_limit=timedelta(0),
    settling=timedelta(0),
)
DENIED = refused("AccessDenied", 403, "an explicit deny in a service control policy")
IN_USE = refused("DependencyViolation", 400, "has a dependent object")


@pytest.fixture
def door(fake_aws: FakeAWS, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Yield a door before the simulated AWS; botocore's own retries would only take time."""
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    with door_to(fake_aws.endpoint) as opened:
        yield opened


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Database(f"sqlite:///{tmp_path / 'state.db'}") as database:
        yield Journal(database)


@pytest.fixture
def provider(door: Door) -> AwsProvider:
    aws = AwsAccount.model_validate(
        {"account_id": DEFAULT_ACCOUNT, "regions": (REGION,), "endpoint_url": door.endpoint}
    )
    return AwsProvider(CloudAccount(name="aws-dev", spec=CloudAccountSpec(provider=ProviderName.AWS, aws=aws)), LOGIN)


def found(provider: AwsProvider, kind: str, id_: str, arn: str, region: str = REGION, name: str = "") -> Resource:
    """Read a resource as a pass would have collected it."""
    asked = Resource(arn, ProviderName.AWS, "aws-dev", region, kind, "x", id_, name or id_, None, Tags.known({}))
    fresh = provider.read(asked)
    assert fresh is not None
    return fresh


def of_ec2(provider: AwsProvider, kind: str, type_: str, id_: str) -> Resource:
    return found(provider, kind, id_, f"arn:aws:ec2:{REGION}:{DEFAULT_ACCOUNT}:{type_}/{id_}")


def now() -> datetime:
    return datetime.now(UTC)


def delete(provider: AwsProvider, resource: Resource, journal: Journal) -> Outcome:
    (outcome,) = delete_all(provider, [resource], journal)
    return outcome


def delete_all(provider: AwsProvider, resources: list[Resource], journal: Journal) -> tuple[Outcome, ...]:
    """Delete in one wave, by a single worker."""
    planned = [planned_deletion(resource) for resource in resources]
    judgements = {one.resource.uid: one.judgement for one in planned}
    return execute(
        a_plan(*planned),
        providers={"aws-dev": provider},
        rejudge=lambda resource: judgements[resource.uid],
        environment_of=lambda _: Environment.TEST,
        journal=journal,
        may_act=lambda: True,
        clock=now,
        settings=SETTINGS,
    )


def next_pass(provider: AwsProvider, journal: Journal, later: timedelta = timedelta(0)) -> None:
    recover(journal, {"aws-dev": provider}, clock=lambda: now() + later, settings=SETTINGS, sleep=lambda _: None)


def after(door: Door, step: str, operation: str, answer: Answer) -> None:
    """Refuse an operation with another answer once a step was taken."""

    def rule(asked: Asked) -> Answer | None:
        return answer if asked.operation == operation and step in door.operations() else None

    door.rules.append(rule)


def writes(door: Door) -> list[str]:
    reads = ("Get", "List", "Describe", "GET", "HEAD")
    return [one for one in door.operations() if not one.startswith(reads)]


def bucket_with_an_object(aws: FakeAWS, name: str, **more: Any) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}, **more)
    s3.put_object(Bucket=name, Key="report", Body=b"irreplaceable")


def bucket(provider: AwsProvider, name: str) -> Resource:
    return found(provider, "aws_s3_bucket", name, f"arn:aws:s3:::{name}")


def role_with_policies(aws: FakeAWS) -> str:
    iam = aws.client("iam")
    arn = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    own = iam.create_policy(PolicyName="own", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="deployer", PolicyArn=own)
    iam.put_role_policy(RoleName="deployer", PolicyName="inline", PolicyDocument=POLICY)
    return str(arn)


def policies_of(aws: FakeAWS) -> tuple[list[str], Any]:
    iam = aws.client("iam")
    attached = iam.list_attached_role_policies(RoleName="deployer")["AttachedPolicies"]
    inline = iam.get_role_policy(RoleName="deployer", PolicyName="inline")["PolicyDocument"]
    return [one["PolicyName"] for one in attached], inline


def gateway(aws: FakeAWS) -> str:
    """Make a gateway that is attached to a network."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return made


def attachments(aws: FakeAWS, id_: str) -> list[str]:
    (one,) = aws.client("ec2").describe_internet_gateways(InternetGatewayIds=[id_])["InternetGateways"]
    return [attachment["VpcId"] for attachment in one["Attachments"]]


def group_that_references_another(aws: FakeAWS) -> str:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    one, two = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("one", "two")
    )
    ec2.authorize_security_group_ingress(
        GroupId=one,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": two}]}],
    )
    return str(one)


def rules_of(aws: FakeAWS, id_: str) -> list[tuple[Any, ...]]:
    (group,) = aws.client("ec2").describe_security_groups(GroupIds=[id_])["SecurityGroups"]
    return [
        (
            rule["IpProtocol"],
            rule.get("FromPort"),
            rule.get("ToPort"),
            [one["GroupId"] for one in rule["UserIdGroupPairs"]],
        )
        for rule in group["IpPermissions"]
    ]


def test_a_bucket_whose_policy_denies_deletion_keeps_its_objects(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: S3 asks for the permission before it looks whether the bucket is empty, and so do we."""
    bucket_with_an_object(fake_aws, "kept")
    door.on("DELETE /kept", DENIED)

    outcome = delete(provider, bucket(provider, "kept"), journal)

    assert (ActionState.FAILED, Reason.AccessDenied) == (outcome.state, outcome.reason)
    assert ["DELETE /kept"] == writes(door)
    assert 1 == fake_aws.client("s3").list_objects_v2(Bucket="kept")["KeyCount"]


def test_a_full_bucket_that_may_go_is_emptied_and_goes(
    fake_aws: FakeAWS, provider: AwsProvider, journal: Journal
) -> None:
    """S23: a refusal that names the objects asks for the step."""
    bucket_with_an_object(fake_aws, "leftover")

    outcome = delete(provider, bucket(provider, "leftover"), journal)

    assert outcome.state is ActionState.VERIFIED
    assert [] == fake_aws.client("s3").list_buckets()["Buckets"]


def test_a_bucket_with_object_lock_is_protected(fake_aws: FakeAWS, door: Door, provider: AwsProvider) -> None:
    """S23, S7: the lock is asked for before anything is tried, since it holds some objects and not others."""
    bucket_with_an_object(fake_aws, "locked", ObjectLockEnabledForBucket=True)

    resource = bucket(provider, "locked")

    assert "Object Lock is on" == resource.protection
    assert [] == writes(door)


def test_a_bucket_with_mfa_delete_keeps_its_objects(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: what would refuse the deletion of versions is asked for before the first of them goes."""
    bucket_with_an_object(fake_aws, "second-factor")
    told = "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>"
    door.on("GET /second-factor?versioning", Answer(200, told))

    outcome = delete(provider, bucket(provider, "second-factor"), journal)

    assert (ActionState.WITHHELD, Reason.VendorProtection) == (outcome.state, outcome.reason)
    assert ["DELETE /second-factor"] == writes(door)


def test_a_bucket_that_is_emptied_in_vain_is_reported(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: what nothing brings back is named in the outcome."""
    bucket_with_an_object(fake_aws, "emptied")
    after(door, "POST /emptied?delete", "DELETE /emptied", DENIED)

    emptied = bucket(provider, "emptied")
    outcome = delete(provider, emptied, journal)

    assert outcome.state is ActionState.FAILED
    assert "still changed by s3:DeleteObjects (1), which cannot be undone" in outcome.message
    assert [] == journal.steps.of(emptied)


def test_a_role_that_an_organisation_keeps_has_its_policies(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: a service control policy that denies the deletion means that nothing must be touched."""
    role = found(provider, "aws_iam_role", "deployer", role_with_policies(fake_aws), "")
    before = policies_of(fake_aws)
    door.on("DeleteRole", DENIED)

    delete(provider, role, journal)

    assert before == policies_of(fake_aws)
    assert ["DeleteRole"] == writes(door)


def test_a_role_that_stays_after_its_steps_has_its_policies_again(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: attached and inline policies are put back as they were, and the outcome says so."""
    role = found(provider, "aws_iam_role", "deployer", role_with_policies(fake_aws), "")
    before = policies_of(fake_aws)
    after(door, "DeleteRolePolicy", "DeleteRole", DENIED)

    outcome = delete(provider, role, journal)

    assert before == policies_of(fake_aws)
    assert "undone: iam:DeleteRolePolicy inline, iam:DetachRolePolicy arn:" in outcome.message
    assert [] == journal.steps.of(role)


def test_a_role_that_an_instance_profile_has_taken_stays_as_it_was(
    fake_aws: FakeAWS, provider: AwsProvider, journal: Journal
) -> None:
    """S23: a profile that took the role since the plan was made uses it; the role is not taken from it."""
    role = found(provider, "aws_iam_role", "deployer", role_with_policies(fake_aws), "")
    before = policies_of(fake_aws)
    iam = fake_aws.client("iam")
    iam.create_instance_profile(InstanceProfileName="hers")
    iam.add_role_to_instance_profile(InstanceProfileName="hers", RoleName="deployer")

    outcome = delete(provider, role, journal)

    assert (ActionState.WITHHELD, Reason.DependencyViolation) == (outcome.state, outcome.reason)
    assert before == policies_of(fake_aws)
    assert 1 == len(iam.get_instance_profile(InstanceProfileName="hers")["InstanceProfile"]["Roles"])


def test_a_role_that_may_go_goes_with_its_policies(fake_aws: FakeAWS, provider: AwsProvider, journal: Journal) -> None:
    """S23: what is plainly a leftover is still deleted, and no step is left to undo."""
    role = found(provider, "aws_iam_role", "deployer", role_with_policies(fake_aws), "")

    outcome = delete(provider, role, journal)

    assert outcome.state is ActionState.VERIFIED
    assert [] == journal.steps.of(role)


def test_a_key_that_stays_is_enabled(fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal) -> None:
    """S23: no key has to be disabled before its deletion is scheduled."""
    made = fake_aws.client("kms").create_key()["KeyMetadata"]
    key = found(provider, "aws_kms_key", made["KeyId"], made["Arn"])
    denied = json.dumps({"__type": "AccessDeniedException", "message": "the key's policy denies it"})
    door.on("ScheduleKeyDeletion", Answer(400, denied, "application/x-amz-json-1.1"))

    delete(provider, key, journal)

    assert "Enabled" == fake_aws.client("kms").describe_key(KeyId=made["KeyId"])["KeyMetadata"]["KeyState"]
    assert ["ScheduleKeyDeletion"] == writes(door)


def test_a_group_that_stays_has_its_rules_again(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: a rule is authorised again with its protocol, ports and group."""
    id_ = group_that_references_another(fake_aws)
    before = rules_of(fake_aws, id_)
    door.on("DeleteSecurityGroup", IN_USE)

    outcome = delete(provider, of_ec2(provider, "aws_ec2_security_group", "security-group", id_), journal)

    assert (ActionState.WITHHELD, Reason.DependencyViolation) == (outcome.state, outcome.reason)
    assert "RevokeSecurityGroupIngress" in writes(door)
    assert before == rules_of(fake_aws, id_)


def test_groups_that_reference_one_another_go_even_one_by_one(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: a group's own rules stay revoked until the others of its wave had their turn, and none is left without."""
    ec2 = fake_aws.client("ec2")
    one = group_that_references_another(fake_aws)
    (rule,) = ec2.describe_security_groups(GroupIds=[one])["SecurityGroups"][0]["IpPermissions"]
    two = rule["UserIdGroupPairs"][0]["GroupId"]
    back = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": one}]}]
    ec2.authorize_security_group_ingress(GroupId=two, IpPermissions=back)
    groups = {id_: of_ec2(provider, "aws_ec2_security_group", "security-group", id_) for id_ in (one, two)}

    def refused_while_referenced(asked: Asked) -> Answer | None:
        """Refuse as EC2 does, which the simulation does not."""
        if asked.operation != "DeleteSecurityGroup":
            return None
        other = two if one in asked.text else one
        standing = {group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]}
        return IN_USE if other in standing and rules_of(fake_aws, other) else None

    door.rules.append(refused_while_referenced)

    first, second = delete_all(provider, [groups[one], groups[two]], journal)

    assert [ActionState.WITHHELD, ActionState.VERIFIED] == [first.state, second.state]
    assert "undone: ec2:RevokeSecurityGroupIngress" in first.message
    assert delete(provider, groups[first.resource.id], journal).state is ActionState.VERIFIED


def test_a_group_that_guards_something_keeps_its_rules(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: EC2 has one code for two reasons, so network interfaces are asked for before a rule is revoked."""
    id_ = group_that_references_another(fake_aws)
    ec2 = fake_aws.client("ec2")
    (group,) = ec2.describe_security_groups(GroupIds=[id_])["SecurityGroups"]
    subnet = ec2.create_subnet(VpcId=group["VpcId"], CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet, Groups=[id_])
    door.on("DeleteSecurityGroup", IN_USE)

    outcome = delete(provider, of_ec2(provider, "aws_ec2_security_group", "security-group", id_), journal)

    assert "in use by network interfaces" in outcome.message
    assert ["DeleteSecurityGroup"] == writes(door)


def test_a_gateway_that_stays_is_attached_again(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: an attachment that was taken is given back."""
    id_ = gateway(fake_aws)
    before = attachments(fake_aws, id_)
    door.on("DeleteInternetGateway", IN_USE)

    outcome = delete(provider, of_ec2(provider, "aws_ec2_internet_gateway", "internet-gateway", id_), journal)

    assert before == attachments(fake_aws, id_)
    assert "undone: ec2:DetachInternetGateway vpc-" in outcome.message


def test_a_rule_that_stays_has_its_targets_again(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: targets come back whole, with their input."""
    events = fake_aws.client("events")
    arn = events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")["RuleArn"]
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT}:jobs", "Input": '{"full": true}'}
    events.put_targets(Rule="nightly", Targets=[target])
    denied = json.dumps({"__type": "AccessDeniedException", "message": "denied"})
    after(door, "RemoveTargets", "DeleteRule", Answer(400, denied, "application/x-amz-json-1.1"))

    delete(provider, found(provider, "aws_events_rule", "default/nightly", arn, name="nightly"), journal)

    assert "RemoveTargets" in writes(door)
    assert [target] == events.list_targets_by_rule(Rule="nightly")["Targets"]


def test_a_zone_that_stays_has_its_records_again(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: records are made again as they were listed."""
    route53 = fake_aws.client("route53")
    id_ = route53.create_hosted_zone(Name="example.com.", CallerReference="1")["HostedZone"]["Id"].split("/")[-1]
    record = {"Name": "www.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    route53.change_resource_record_sets(
        HostedZoneId=id_, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    zone = found(provider, "aws_route53_zone", id_, f"arn:aws:route53:::hostedzone/{id_}", "", "example.com.")
    calls = [0]

    def denied_after_the_first(asked: Asked) -> Answer | None:
        is_deletion = asked.operation.startswith("DELETE /") and asked.operation.endswith(id_)
        calls[0] += is_deletion
        return DENIED if is_deletion and calls[0] > 1 else None

    door.rules.append(denied_after_the_first)

    outcome = delete(provider, zone, journal)

    assert "undone: route53:ChangeResourceRecordSets (1)" in outcome.message
    sets = route53.list_resource_record_sets(HostedZoneId=id_)["ResourceRecordSets"]
    assert [record] == [one for one in sets if one["Type"] == "A"]


class Killed(BaseException):
    """The process ends here."""


def test_a_step_before_a_crash_is_undone_by_the_next_pass(
    fake_aws: FakeAWS, provider: AwsProvider, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S23, S11: the journal knows the step from before it was taken, and the next pass undoes it without repeating."""
    id_ = gateway(fake_aws)
    before = attachments(fake_aws, id_)
    resource = of_ec2(provider, "aws_ec2_internet_gateway", "internet-gateway", id_)
    call = Calls.call

    def killed_after_the_step(self: Calls, service: str, region: str, operation: str, params: Any) -> Any:
        answer = call(self, service, region, operation, params)
        if operation == "DetachInternetGateway":
            raise Killed
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(Calls, "call", killed_after_the_step)
        with pytest.raises(Killed):
            delete(provider, resource, journal)
    assert [] == attachments(fake_aws, id_)

    next_pass(provider, journal)

    assert before == attachments(fake_aws, id_)
    (entry,) = journal.entries()
    assert (ActionState.FAILED, Reason.Interrupted) == (entry.state, entry.reason)
    assert "undone: ec2:DetachInternetGateway" in entry.message


def test_a_crash_between_the_journal_and_the_step_needs_no_undoing(
    fake_aws: FakeAWS, provider: AwsProvider, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S23: undoing what was never done is success, and the resource is as it was."""
    id_ = gateway(fake_aws)
    before = attachments(fake_aws, id_)
    resource = of_ec2(provider, "aws_ec2_internet_gateway", "internet-gateway", id_)
    call = Calls.call

    def killed_before_the_step(self: Calls, service: str, region: str, operation: str, params: Any) -> Any:
        if operation == "DetachInternetGateway":
            raise Killed
        return call(self, service, region, operation, params)

    with monkeypatch.context() as patch:
        patch.setattr(Calls, "call", killed_before_the_step)
        with pytest.raises(Killed):
            delete(provider, resource, journal)

    next_pass(provider, journal)

    assert before == attachments(fake_aws, id_)
    assert [] == journal.steps.left()


def test_an_undo_that_fails_is_tried_again_by_the_next_pass(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: the outcome says that the gateway was left detached and why; the next pass attaches it."""
    id_ = gateway(fake_aws)
    before = attachments(fake_aws, id_)
    resource = of_ec2(provider, "aws_ec2_internet_gateway", "internet-gateway", id_)
    door.on("DeleteInternetGateway", IN_USE)
    door.on("AttachInternetGateway", refused("UnauthorizedOperation", 403, "no permission to attach"), times=1)

    outcome = delete(provider, resource, journal)

    assert "still changed by ec2:DetachInternetGateway" in outcome.message
    assert "no permission to attach" in outcome.message

    next_pass(provider, journal)

    assert before == attachments(fake_aws, id_)


def test_a_step_that_takes_minutes_is_gone_on_from_but_not_for_ever(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: a notebook that is stopping is left to the next pass; where it stays for an hour it is started again."""
    sagemaker = fake_aws.client("sagemaker")
    role = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/r"
    arn = sagemaker.create_notebook_instance(NotebookInstanceName="nb", InstanceType="ml.t3.medium", RoleArn=role)[
        "NotebookInstanceArn"
    ]
    notebook = found(provider, "aws_sagemaker_notebook_instance", "nb", arn)
    stopping = {"__type": "ValidationException", "message": "Status (Stopping) not in ([Failed, Stopped])"}
    door.on("DeleteNotebookInstance", Answer(400, json.dumps(stopping), "application/x-amz-json-1.1"))

    outcome = delete(provider, notebook, journal)

    assert "the next pass continues" in outcome.message
    next_pass(provider, journal)
    assert "StartNotebookInstance" not in writes(door)
    next_pass(provider, journal, timedelta(hours=2))
    assert "StartNotebookInstance" in writes(door)


def test_a_stack_that_could_not_be_deleted_fails_with_its_cause(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: a deletion that was accepted and given up is no slow one; the outcome names what failed, and why."""
    template = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    arn = fake_aws.client("cloudformation").create_stack(StackName="app", TemplateBody=template)["StackId"]
    stack = found(provider, "aws_cloudformation_stack", arn, arn, name="app")
    accepted = (
        "<DeleteStackResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteStackResponse>"
    )
    told = (
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>app</StackName>"
        f"<StackId>{arn}</StackId><CreationTime>{stack.created:%Y-%m-%dT%H:%M:%S.%fZ}</CreationTime>"
        "<StackStatus>DELETE_FAILED</StackStatus><StackStatusReason>The following resource(s) failed to delete: [Logs]."
        "</StackStatusReason></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )
    resources = (
        "<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources><member>"
        "<LogicalResourceId>Logs</LogicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType>"
        "<Timestamp>2026-01-01T00:00:00Z</Timestamp><ResourceStatus>DELETE_FAILED</ResourceStatus>"
        "<ResourceStatusReason>The bucket you tried to delete is not empty</ResourceStatusReason>"
        "</member></StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>"
    )
    door.on("DeleteStack", Answer(200, accepted))
    after(door, "DeleteStack", "DescribeStacks", Answer(200, told))
    door.on("DescribeStackResources", Answer(200, resources))

    outcome = delete(provider, stack, journal)

    assert (ActionState.FAILED, Reason.DeletionFailed) == (outcome.state, outcome.reason)
    assert "failed to delete: [Logs]" in outcome.message
    assert "Logs: The bucket you tried to delete is not empty" in outcome.message
    with pytest.raises(DeletionFailed):
        provider.is_gone(stack)


def replicated_secret(aws: FakeAWS) -> str:
    """Make a secret with a replica in another region and give its ARN."""
    secrets = aws.client("secretsmanager")
    return str(
        secrets.create_secret(Name="login", SecretString="x", AddReplicaRegions=[{"Region": "us-east-1"}])["ARN"]
    )


def replicas_of(aws: FakeAWS, arn: str) -> list[str]:
    told = aws.client("secretsmanager").describe_secret(SecretId=arn)
    return [one["Region"] for one in told.get("ReplicationStatus", ())]


def test_s23_replicas_of_a_secret_go_once_aws_asks_for_it(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S21, S23: AWS deletes a primary secret after its replicas, which only the primary removes."""
    arn = replicated_secret(fake_aws)

    outcome = delete(provider, found(provider, "aws_secretsmanager_secret", arn, arn), journal)

    assert ActionState.VERIFIED is outcome.state
    assert ["DeleteSecret", "RemoveRegionsFromReplication", "DeleteSecret"] == writes(door)


def test_s23_replicas_come_back_when_the_secret_stays(
    fake_aws: FakeAWS, door: Door, provider: AwsProvider, journal: Journal
) -> None:
    """S23: the deletion is denied once the replicas are gone, so the secret is replicated again."""
    arn = replicated_secret(fake_aws)
    after(door, "RemoveRegionsFromReplication", "DeleteSecret", DENIED)

    outcome = delete(provider, found(provider, "aws_secretsmanager_secret", arn, arn), journal)

    assert ActionState.FAILED is outcome.state
    assert ["us-east-1"] == replicas_of(fake_aws, arn)
