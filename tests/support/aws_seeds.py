"""How to make one AWS resource of each kind with given tags, and how to see whether it is still there.

Written against boto3 alone, so that it can judge what Tagwarden says and does from outside.
"""

import io
import json
import zipfile

from botocore.exceptions import ClientError

from tests.support.aws_seed import Region, Seed, Tags, described, listed, lower_pairs, pairs
from tests.support.aws_seeds_ec2 import EC2_SEEDS, NETWORK_LOOKS


def _bucket(region: Region, name: str, tags: Tags) -> str:
    s3 = region.client("s3")
    where = {"CreateBucketConfiguration": {"LocationConstraint": region.name}} if region.name != "us-east-1" else {}
    s3.create_bucket(Bucket=name, **where)
    if tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(tags)})
    s3.put_object(Bucket=name, Key="report.csv", Body=b"day,cost\n")
    return name


def _versioned_bucket(region: Region, name: str, tags: Tags) -> str:
    """Make a bucket that must be emptied of versions, a delete marker and an unfinished upload."""
    _bucket(region, name, tags)
    s3 = region.client("s3")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for number in range(3):
        s3.put_object(Bucket=name, Key="state.json", Body=str(number).encode())
    s3.delete_object(Bucket=name, Key="state.json")
    s3.create_multipart_upload(Bucket=name, Key="unfinished.bin")
    return name


def _queue(region: Region, name: str, tags: Tags) -> str:
    return str(region.client("sqs").create_queue(QueueName=name, tags=dict(tags))["QueueUrl"])


def _queue_is_there(region: Region, url: str) -> bool:
    return bool(region.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"])


def _function(region: Region, name: str, tags: Tags) -> str:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return 'ok'\n")
    region.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=region.role,
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
        Tags=dict(tags),
    )
    return name


def _dynamodb(region: Region, name: str, tags: Tags) -> str:
    region.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=pairs(tags),
    )
    return name


def _database(region: Region, name: str, tags: Tags) -> str:
    region.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="test",
        MasterUserPassword="only-for-tests",
        Tags=pairs(tags),
    )
    return name


def _database_snapshot(region: Region, name: str, tags: Tags) -> str:
    source = f"{name}-source"
    _database(region, source, {})
    rds = region.client("rds")
    rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier=source, Tags=pairs(tags))
    rds.delete_db_instance(DBInstanceIdentifier=source, SkipFinalSnapshot=True)
    return name


def _log_group(region: Region, name: str, tags: Tags) -> str:
    path = f"/teams/{name}"
    region.client("logs").create_log_group(logGroupName=path, tags=dict(tags))
    return path


def _log_group_is_there(region: Region, path: str) -> bool:
    found = region.client("logs").describe_log_groups(logGroupNamePrefix=path)["logGroups"]
    return any(group["logGroupName"] == path for group in found)


def _alarm(region: Region, name: str, tags: Tags) -> str:
    region.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        MetricName="CPUUtilization",
        Namespace="AWS/EC2",
        Statistic="Average",
        Period=300,
        EvaluationPeriods=1,
        Threshold=90,
        ComparisonOperator="GreaterThanThreshold",
        Tags=pairs(tags),
    )
    return name


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com", "eks.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}


def role(region: Region, name: str, tags: Tags) -> str:
    """Make a role that must lose an inline policy before it can be deleted."""
    iam = region.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), Tags=pairs(tags))
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=json.dumps(document))
    return name


def _user(region: Region, name: str, tags: Tags) -> str:
    iam = region.client("iam")
    iam.create_user(UserName=name, Tags=pairs(tags))
    iam.create_access_key(UserName=name)
    return name


def _secret(region: Region, name: str, tags: Tags) -> str:
    secrets = region.client("secretsmanager")
    return str(secrets.create_secret(Name=name, SecretString="only-for-tests", Tags=pairs(tags))["ARN"])


def _secret_is_there(region: Region, arn: str) -> bool:
    return "DeletedDate" not in region.client("secretsmanager").describe_secret(SecretId=arn)


def _file_system(region: Region, name: str, tags: Tags) -> str:
    efs = region.client("efs")
    made = str(efs.create_file_system(CreationToken=name, Tags=pairs(tags))["FileSystemId"])
    efs.create_mount_target(FileSystemId=made, SubnetId=region.subnets[0])
    return made


def _stream(region: Region, name: str, tags: Tags) -> str:
    kinesis = region.client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    if tags:
        kinesis.add_tags_to_stream(StreamName=name, Tags=dict(tags))
    return name


def _state_machine(region: Region, name: str, tags: Tags) -> str:
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    answer = region.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=region.role, tags=lower_pairs(tags)
    )
    return str(answer["stateMachineArn"])


def _key(region: Region, name: str, tags: Tags) -> str:
    kms = region.client("kms")
    wanted = [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
    return str(kms.create_key(Description=name, Tags=wanted)["KeyMetadata"]["KeyId"])


def _key_is_there(region: Region, key_id: str) -> bool:
    return bool(region.client("kms").describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] != "PendingDeletion")


def _ecs_cluster(region: Region, name: str, tags: Tags) -> str:
    return str(region.client("ecs").create_cluster(clusterName=name, tags=lower_pairs(tags))["cluster"]["clusterArn"])


def _ecs_cluster_is_there(region: Region, arn: str) -> bool:
    found = region.client("ecs").describe_clusters(clusters=[arn])["clusters"]
    return any(cluster["status"] == "ACTIVE" for cluster in found)


def _eks_cluster(region: Region, name: str, tags: Tags) -> str:
    """Make a cluster with a node group, which must be deleted first."""
    eks = region.client("eks")
    where = {"subnetIds": region.subnets}
    eks.create_cluster(name=name, roleArn=region.role, resourcesVpcConfig=where, tags=dict(tags))
    eks.create_nodegroup(clusterName=name, nodegroupName=f"{name}-nodes", subnets=region.subnets, nodeRole=region.role)
    return name


def _node_group_is_there(region: Region, name: str) -> bool:
    cluster = name.removesuffix("-nodes")
    return bool(region.client("eks").describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"])


def _repository(region: Region, name: str, tags: Tags) -> str:
    region.client("ecr").create_repository(repositoryName=name, tags=pairs(tags))
    return name


def _stack(region: Region, name: str, tags: Tags) -> str:
    queue = f"{name}-queue"
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": queue}}}}
    answer = region.client("cloudformation").create_stack(
        StackName=name, TemplateBody=json.dumps(template), Tags=pairs(tags)
    )
    # AWS marks what a stack makes; moto does so only for some kinds.
    sqs = region.client("sqs")
    marks = {"aws:cloudformation:stack-name": name, "aws:cloudformation:stack-id": answer["StackId"]}
    sqs.tag_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], Tags=marks)
    return str(answer["StackId"])


def _stack_is_there(region: Region, stack_id: str) -> bool:
    found = region.client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"]
    return any(stack["StackStatus"] != "DELETE_COMPLETE" for stack in found)


def _api(region: Region, name: str, tags: Tags) -> str:
    return str(region.client("apigateway").create_rest_api(name=name, tags=dict(tags))["id"])


def _elasticache(region: Region, name: str, tags: Tags) -> str:
    region.client("elasticache").create_cache_cluster(
        CacheClusterId=name[:50], Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1, Tags=pairs(tags)
    )
    return name[:50]


SEEDS = {
    seed.kind: seed
    for seed in (
        *EC2_SEEDS,
        Seed("aws_s3_bucket", _bucket, described("s3", "head_bucket", "Bucket")),
        Seed("aws_sqs_queue", _queue, _queue_is_there),
        Seed(
            "aws_sns_topic",
            lambda r, name, tags: str(r.client("sns").create_topic(Name=name, Tags=pairs(tags))["TopicArn"]),
            described("sns", "get_topic_attributes", "TopicArn"),
        ),
        Seed("aws_lambda_function", _function, described("lambda", "get_function", "FunctionName")),
        Seed("aws_dynamodb_table", _dynamodb, described("dynamodb", "describe_table", "TableName")),
        Seed("aws_rds_instance", _database, described("rds", "describe_db_instances", "DBInstanceIdentifier")),
        Seed("aws_rds_snapshot", _database_snapshot, described("rds", "describe_db_snapshots", "DBSnapshotIdentifier")),
        Seed("aws_ecs_cluster", _ecs_cluster, _ecs_cluster_is_there),
        Seed("aws_eks_cluster", _eks_cluster, described("eks", "describe_cluster", "name")),
        Seed(
            "aws_ecr_repository",
            _repository,
            listed("ecr", "describe_repositories", "repositoryNames", "repositories"),
        ),
        Seed("aws_logs_log_group", _log_group, _log_group_is_there),
        Seed("aws_cloudwatch_alarm", _alarm, listed("cloudwatch", "describe_alarms", "AlarmNames", "MetricAlarms")),
        Seed("aws_iam_role", role, described("iam", "get_role", "RoleName")),
        Seed("aws_iam_user", _user, described("iam", "get_user", "UserName")),
        Seed("aws_kms_key", _key, _key_is_there),
        Seed("aws_secretsmanager_secret", _secret, _secret_is_there),
        Seed("aws_efs_file_system", _file_system, described("efs", "describe_file_systems", "FileSystemId")),
        Seed(
            "aws_elasticache_cluster",
            _elasticache,
            described("elasticache", "describe_cache_clusters", "CacheClusterId"),
        ),
        Seed("aws_kinesis_stream", _stream, described("kinesis", "describe_stream_summary", "StreamName")),
        Seed(
            "aws_stepfunctions_state_machine",
            _state_machine,
            described("stepfunctions", "describe_state_machine", "stateMachineArn"),
        ),
        Seed("aws_apigateway_rest_api", _api, described("apigateway", "get_rest_api", "restApiId")),
        Seed("aws_cloudformation_stack", _stack, _stack_is_there),
    )
}
"""Every kind that is made by one function."""

VERSIONED_BUCKET = Seed("aws_s3_bucket", _versioned_bucket, SEEDS["aws_s3_bucket"].is_there)

_LOOKS = {
    **{kind: seed.is_there for kind, seed in SEEDS.items()},
    **NETWORK_LOOKS,
    "aws_eks_node_group": _node_group_is_there,
}

_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "NotExist", "does not exist")


def exists(region: Region, kind: str, resource_id: str) -> bool:
    """Say whether a resource still exists; raises ClientError when the answer is neither yes nor no."""
    try:
        return _LOOKS[kind](region, resource_id)
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 404 or any(word in str(error) for word in _GONE):
            return False
        raise
