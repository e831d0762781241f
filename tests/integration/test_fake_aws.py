"""The simulated AWS answers over HTTP, has many accounts, and can be emptied."""

import subprocess
import sys

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS


def test_every_test_starts_with_an_empty_account(fake_aws: FakeAWS) -> None:
    """What was made before a reset is gone after it."""
    queues = fake_aws.client("sqs")
    queues.create_queue(QueueName="jobs")
    before = len(queues.list_queues()["QueueUrls"])
    fake_aws.reset()

    assert 1 == before
    assert [] == queues.list_queues().get("QueueUrls", [])


def test_accounts_do_not_see_each_other(fake_aws: FakeAWS) -> None:
    """The credentials decide the account, as in the real AWS."""
    other = fake_aws.login("210987654321")
    fake_aws.client("sns").create_topic(Name="alarms")

    assert DEFAULT_ACCOUNT == fake_aws.client("sts").get_caller_identity()["Account"]
    assert "210987654321" == fake_aws.client("sts", login=other).get_caller_identity()["Account"]
    assert [] == fake_aws.client("sns", login=other).list_topics()["Topics"]


def test_an_account_has_no_images_of_its_own_at_first(fake_aws: FakeAWS) -> None:
    """Nothing is there that nobody made."""
    assert [] == fake_aws.client("ec2").describe_images(Owners=["self"])["Images"]


def test_a_program_finds_it_through_its_environment(fake_aws: FakeAWS) -> None:
    """Another process reaches the simulated AWS with the variables alone."""
    fake_aws.client("s3").create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    program = "import boto3; print([b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']])"
    answer = subprocess.run(
        [sys.executable, "-c", program], env=fake_aws.environment(), capture_output=True, text=True, check=True
    )

    assert "['reports']" == answer.stdout.strip()


def test_parts_of_a_network_are_refused_until_what_uses_them_is_gone(fake_aws: FakeAWS) -> None:
    """A wrong order of deletion fails as in the real AWS, and the right one succeeds."""
    ec2 = fake_aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    other = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    rule = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": other}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)
    answer = ec2.run_instances(ImageId="ami-1", SubnetId=subnet, SecurityGroupIds=[group], MinCount=1, MaxCount=1)
    instance = answer["Instances"][0]
    interface = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]

    for wrong in (
        lambda: ec2.delete_subnet(SubnetId=subnet),
        lambda: ec2.delete_security_group(GroupId=group),
        lambda: ec2.delete_security_group(GroupId=other),
        lambda: ec2.delete_vpc(VpcId=vpc),
        lambda: ec2.delete_network_interface(NetworkInterfaceId=interface),
        lambda: ec2.release_address(AllocationId=address),
    ):
        with pytest.raises(ClientError, match=r"in use|dependencies"):
            wrong()
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    ec2.release_address(AllocationId=address)
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_security_group(GroupId=other)
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("ec2", "DescribeVolumes", {}),
        ("rds", "DescribeDBInstances", {}),
        ("dynamodb", "ListTables", {}),
        ("cloudwatch", "DescribeAlarms", {}),
        ("s3", "ListBuckets", {}),
        ("s3", "GetBucketTagging", {"Bucket": "reports"}),
        ("s3", "DeleteObjects", {"Bucket": "reports", "Delete": {"Objects": [{"Key": "a"}]}}),
        ("lambda", "ListFunctions", {}),
        ("efs", "DescribeFileSystems", {}),
        ("eks", "ListClusters", {}),
        ("route53", "ListHostedZones", {}),
        ("apigateway", "GetRestApis", {}),
        ("stepfunctions", "ListStateMachines", {}),
    ],
)
def test_an_operation_fails_when_a_test_wants_it_to(
    fake_aws: FakeAWS, service: str, operation: str, arguments: dict[str, object]
) -> None:
    """In every protocol the client sees the error that was asked for, once; and each call is noted."""
    fake_aws.fail(service, operation, code="AccessDenied", times=1)
    client = fake_aws.client(service)
    call = getattr(client, xform_name(operation))

    with pytest.raises(ClientError, match=rf"\(AccessDenied\).*{operation} operation"):
        call(**arguments)
    fake_aws.client("s3").create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    fake_aws.client("s3").put_bucket_tagging(Bucket="reports", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    call(**arguments)
    assert [operation, operation] == [each.operation for each in fake_aws.calls(service) if each.operation == operation]


def test_a_fault_of_one_region_leaves_the_others_alone(fake_aws: FakeAWS) -> None:
    """A region that fails does not hide the others, and heals."""
    fake_aws.fail("sqs", "ListQueues", region="us-east-1", code="ServiceUnavailable", status=503)

    fake_aws.client("sqs", "eu-central-1").list_queues()
    with pytest.raises(ClientError, match="ServiceUnavailable"):
        fake_aws.client("sqs", "us-east-1").list_queues()
    fake_aws.heal()
    fake_aws.client("sqs", "us-east-1").list_queues()
