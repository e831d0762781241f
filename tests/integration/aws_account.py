"""Making one resource of every kind that the simulated AWS has, each tagged from the start where its API can.

A function for each kind takes the simulated AWS, a name and tags, and gives the id under which Tagwarden knows what it
made.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

Maker = Callable[[FakeAWS, str, Mapping[str, str]], str]

IMAGE = "ami-12345678"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)

# What moto does not do the way AWS does, and what it does instead.
TAGS_STAY = {
    "aws_apigateway_rest_api": "over HTTP its path for tags does not match an ARN",
    "aws_eks_fargate_profile": "changes tags of clusters only",
}
NEVER_GONE = {
    "aws_elasticache_replication_group": "stays in state deleting for ever",
}
NO_MEMBERS = {"aws_elasticache_replication_group": "names members that it does not make"}
FAILS_ON_WHAT_IS_GONE = {"aws_apigateway_rest_api": "answers 500 to a second deletion"}
NO_CREATION_TIME = {
    "aws_ecs_service": "tells no creation time",
    "aws_elasticache_snapshot": "has no NodeSnapshots, which tell it",
}


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


def specification(kind: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": pairs(tags)}] if tags else []


def vpc(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=specification("vpc", tags))
    return str(answer["Vpc"]["VpcId"])


def subnet(aws: FakeAWS, name: str, tags: Mapping[str, str], zone: str = "a", vpc_id: str = "") -> str:
    answer = aws.client("ec2").create_subnet(
        VpcId=vpc_id or vpc(aws, name, {}),
        CidrBlock=f"10.0.{ord(zone) - ord('a')}.0/24",
        AvailabilityZone=f"eu-central-1{zone}",
        TagSpecifications=specification("subnet", tags),
    )
    return str(answer["Subnet"]["SubnetId"])


def instance(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, TagSpecifications=specification("instance", tags)
    )
    return str(answer["Instances"][0]["InstanceId"])


def volume(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_volume(
        AvailabilityZone="eu-central-1a", Size=8, TagSpecifications=specification("volume", tags)
    )
    return str(answer["VolumeId"])


def snapshot(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_snapshot(
        VolumeId=volume(aws, name, {}), TagSpecifications=specification("snapshot", tags)
    )
    return str(answer["SnapshotId"])


def image(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_image(
        InstanceId=instance(aws, name, {}), Name=name, TagSpecifications=specification("image", tags)
    )
    return str(answer["ImageId"])


def key_pair(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_key_pair(KeyName=name, TagSpecifications=specification("key-pair", tags))
    return str(answer["KeyPairId"])


def launch_template(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t3.micro"},
        TagSpecifications=specification("launch-template", tags),
    )
    return str(answer["LaunchTemplate"]["LaunchTemplateId"])


def group_of_instances(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=1,
        MaxSize=1,
        VPCZoneIdentifier=subnet(aws, name, {}),
        LaunchTemplate={"LaunchTemplateId": launch_template(aws, f"{name}-template", {})},
        Tags=[{**pair, "PropagateAtLaunch": False} for pair in pairs(tags)],
    )
    return name


def security_group(aws: FakeAWS, name: str, tags: Mapping[str, str], vpc_id: str = "") -> str:
    answer = aws.client("ec2").create_security_group(
        GroupName=name,
        Description=name,
        VpcId=vpc_id or vpc(aws, name, {}),
        TagSpecifications=specification("security-group", tags),
    )
    return str(answer["GroupId"])


def network_interface(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_network_interface(
        SubnetId=subnet(aws, name, {}), TagSpecifications=specification("network-interface", tags)
    )
    return str(answer["NetworkInterface"]["NetworkInterfaceId"])


def elastic_ip(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").allocate_address(Domain="vpc", TagSpecifications=specification("elastic-ip", tags))
    return str(answer["AllocationId"])


def internet_gateway(aws: FakeAWS, name: str, tags: Mapping[str, str], vpc_id: str = "") -> str:
    ec2 = aws.client("ec2")
    answer = ec2.create_internet_gateway(TagSpecifications=specification("internet-gateway", tags))
    id_ = str(answer["InternetGateway"]["InternetGatewayId"])
    ec2.attach_internet_gateway(InternetGatewayId=id_, VpcId=vpc_id or vpc(aws, name, {}))
    return id_


def nat_gateway(aws: FakeAWS, name: str, tags: Mapping[str, str], subnet_id: str = "") -> str:
    answer = aws.client("ec2").create_nat_gateway(
        SubnetId=subnet_id or subnet(aws, name, {}),
        AllocationId=elastic_ip(aws, name, {}),
        TagSpecifications=specification("natgateway", tags),
    )
    return str(answer["NatGateway"]["NatGatewayId"])


def route_table(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_route_table(
        VpcId=vpc(aws, name, {}), TagSpecifications=specification("route-table", tags)
    )
    return str(answer["RouteTable"]["RouteTableId"])


def network_acl(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_network_acl(
        VpcId=vpc(aws, name, {}), TagSpecifications=specification("network-acl", tags)
    )
    return str(answer["NetworkAcl"]["NetworkAclId"])


def vpc_endpoint(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    network = vpc(aws, name, {})
    answer = aws.client("ec2").create_vpc_endpoint(
        VpcId=network,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-central-1.sqs",
        SubnetIds=[subnet(aws, name, {}, vpc_id=network)],
        TagSpecifications=specification("vpc-endpoint", tags),
    )
    return str(answer["VpcEndpoint"]["VpcEndpointId"])


def peering(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_vpc_peering_connection(
        VpcId=vpc(aws, name, {}),
        PeerVpcId=vpc(aws, name, {}),
        TagSpecifications=specification("vpc-peering-connection", tags),
    )
    return str(answer["VpcPeeringConnection"]["VpcPeeringConnectionId"])


def classic_balancer(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("elb").create_load_balancer(
        LoadBalancerName=name[:32],
        Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=["eu-central-1a"],
        Tags=pairs(tags),
    )
    return name[:32]


def balancer(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    network = vpc(aws, name, {})
    answer = aws.client("elbv2").create_load_balancer(
        Name=name[:32],
        Subnets=[subnet(aws, name, {}, zone, network) for zone in "ab"],
        SecurityGroups=[security_group(aws, name, {}, network)],
        Scheme="internal",
        Tags=pairs(tags),
    )
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def target_group(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("elbv2").create_target_group(
        Name=name[:32], Protocol="HTTP", Port=80, VpcId=vpc(aws, name, {}), Tags=pairs(tags)
    )
    return str(answer["TargetGroups"][0]["TargetGroupArn"])


def bucket(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="a/file", Body=body)
    s3.delete_object(Bucket=name, Key="a/file")
    s3.create_multipart_upload(Bucket=name, Key="never-finished")
    if tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(tags)})
    return name


def file_system(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    efs = aws.client("efs")
    id_ = str(efs.create_file_system(CreationToken=name, Tags=pairs(tags))["FileSystemId"])
    efs.create_mount_target(FileSystemId=id_, SubnetId=subnet(aws, name, {}))
    return id_


def mount_target(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    efs = aws.client("efs")
    id_ = efs.create_file_system(CreationToken=name)["FileSystemId"]
    return str(efs.create_mount_target(FileSystemId=id_, SubnetId=subnet(aws, name, {}))["MountTargetId"])


def table(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=pairs(tags),
    )
    return name


def database(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="not-a-secret",
        Tags=pairs(tags),
    )
    return name


def database_cluster(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="not-a-secret",
        Tags=pairs(tags),
    )
    return name


def database_snapshot(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_snapshot(
        DBSnapshotIdentifier=name, DBInstanceIdentifier=database(aws, f"{name}-db", {}), Tags=pairs(tags)
    )
    return name


def cluster_snapshot(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier=name,
        DBClusterIdentifier=database_cluster(aws, f"{name}-db", {}),
        Tags=pairs(tags),
    )
    return name


def cache(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("elasticache").create_cache_cluster(
        CacheClusterId=name, Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1, Tags=pairs(tags)
    )
    return name


def replication_group(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("elasticache").create_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription=name,
        Engine="redis",
        CacheNodeType="cache.t3.micro",
        NumCacheClusters=1,
        Tags=pairs(tags),
    )
    return name


def warehouse(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("redshift").create_cluster(
        ClusterIdentifier=name,
        NodeType="ra3.large",
        ClusterType="single-node",
        MasterUsername="root",
        MasterUserPassword="Not-a-secret1",
        Tags=pairs(tags),
    )
    return name


def warehouse_snapshot(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("redshift").create_cluster_snapshot(
        SnapshotIdentifier=name, ClusterIdentifier=warehouse(aws, f"{name}-dw", {}), Tags=pairs(tags)
    )
    return name


def cache_snapshot(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("elasticache").create_snapshot(
        SnapshotName=name, CacheClusterId=cache(aws, f"{name}-c", {}), Tags=pairs(tags)
    )
    return name


def kubernetes(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("eks").create_cluster(
        name=name,
        roleArn=f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/eks",
        resourcesVpcConfig={"subnetIds": [subnet(aws, name, {})]},
        tags=dict(tags),
    )
    return name


def node_group(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    cluster = kubernetes(aws, f"{name}-cluster", {})
    aws.client("eks").create_nodegroup(
        clusterName=cluster,
        nodegroupName=name,
        subnets=[subnet(aws, name, {})],
        nodeRole=f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/node",
        tags=dict(tags),
    )
    return f"{cluster}/{name}"


def fargate_profile(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    cluster = kubernetes(aws, f"{name}-cluster", {})
    aws.client("eks").create_fargate_profile(
        clusterName=cluster,
        fargateProfileName=name,
        podExecutionRoleArn=f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/pods",
        selectors=[{"namespace": "default"}],
        tags=dict(tags),
    )
    return f"{cluster}/{name}"


def container_cluster(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ecs").create_cluster(clusterName=name, tags=pairs(tags, "key", "value"))
    return str(answer["cluster"]["clusterArn"])


def container_service(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    ecs = aws.client("ecs")
    cluster = container_cluster(aws, f"{name}-cluster", {})
    ecs.register_task_definition(
        family=name, containerDefinitions=[{"name": "web", "image": "web", "memory": 128, "cpu": 1}]
    )
    answer = ecs.create_service(
        cluster=cluster, serviceName=name, taskDefinition=name, desiredCount=1, tags=pairs(tags, "key", "value")
    )
    return str(answer["service"]["serviceArn"])


def registry(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("ecr").create_repository(repositoryName=name, tags=pairs(tags))
    return name


def role(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    iam = aws.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Tags=pairs(tags))
    iam.attach_role_policy(RoleName=name, PolicyArn=policy(aws, f"{name}-policy", {}))
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=POLICY)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return name


def user(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    iam = aws.client("iam")
    iam.create_user(UserName=name, Tags=pairs(tags))
    iam.create_access_key(UserName=name)
    iam.create_login_profile(UserName=name, Password="Not-a-secret1!")
    iam.attach_user_policy(UserName=name, PolicyArn=policy(aws, f"{name}-policy", {}))
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=POLICY)
    iam.create_group(GroupName=f"{name}-group")
    iam.add_user_to_group(UserName=name, GroupName=f"{name}-group")
    return name


def policy(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    iam = aws.client("iam")
    arn = str(iam.create_policy(PolicyName=name, PolicyDocument=POLICY, Tags=pairs(tags))["Policy"]["Arn"])
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY, SetAsDefault=True)
    return arn


def instance_profile(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName=name, Tags=pairs(tags))
    iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=TRUST)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=f"{name}-role")
    return name


def key(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("kms").create_key(Description=name, Tags=pairs(tags, "TagKey", "TagValue"))
    return str(answer["KeyMetadata"]["KeyId"])


def secret(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("secretsmanager").create_secret(Name=name, SecretString="not-a-secret", Tags=pairs(tags))
    return str(answer["ARN"])


def queue(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    return str(aws.client("sqs").create_queue(QueueName=name, tags=dict(tags))["QueueUrl"])


def topic(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    return str(aws.client("sns").create_topic(Name=name, Tags=pairs(tags))["TopicArn"])


def stream(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    kinesis = aws.client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    if tags:
        kinesis.add_tags_to_stream(StreamName=name, Tags=dict(tags))
    return name


def function(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return event")
    iam = aws.client("iam")
    arn = iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=arn,
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
        Tags=dict(tags),
    )
    aws.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    return name


def workflow(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    definition = json.dumps({"StartAt": "done", "States": {"done": {"Type": "Succeed"}}})
    answer = aws.client("stepfunctions").create_state_machine(
        name=name,
        definition=definition,
        roleArn=f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/states",
        tags=pairs(tags, "key", "value"),
    )
    return str(answer["stateMachineArn"])


def rest_api(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    return str(aws.client("apigateway").create_rest_api(name=name, tags=dict(tags))["id"])


def http_api(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    return str(aws.client("apigatewayv2").create_api(Name=name, ProtocolType="HTTP", Tags=dict(tags))["ApiId"])


def stack(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{name}-made-by-stack"}}}
    }
    answer = aws.client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Tags=pairs(tags),
    )
    return str(answer["StackId"])


def log_group(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("logs").create_log_group(logGroupName=name, tags=dict(tags))
    return name


def alarm(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
        Tags=pairs(tags),
    )
    return name


def zone(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    route53 = aws.client("route53")
    answer = route53.create_hosted_zone(Name=f"{name}.example.com", CallerReference=name)["HostedZone"]
    id_ = str(answer["Id"]).rsplit("/", 1)[-1]
    record = {
        "Name": f"www.{name}.example.com",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=id_, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    if tags:
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, AddTags=pairs(tags))
    return id_


def certificate(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("acm").request_certificate(DomainName=f"{name}.example.com", Tags=pairs(tags))
    return str(answer["CertificateArn"])


MAKERS: dict[str, Maker] = {
    "aws_acm_certificate": certificate,
    "aws_apigateway_rest_api": rest_api,
    "aws_apigatewayv2_api": http_api,
    "aws_autoscaling_group": group_of_instances,
    "aws_cloudformation_stack": stack,
    "aws_cloudwatch_alarm": alarm,
    "aws_dynamodb_table": table,
    "aws_ec2_elastic_ip": elastic_ip,
    "aws_ec2_image": image,
    "aws_ec2_instance": instance,
    "aws_ec2_internet_gateway": internet_gateway,
    "aws_ec2_key_pair": key_pair,
    "aws_ec2_launch_template": launch_template,
    "aws_ec2_nat_gateway": nat_gateway,
    "aws_ec2_network_acl": network_acl,
    "aws_ec2_network_interface": network_interface,
    "aws_ec2_route_table": route_table,
    "aws_ec2_security_group": security_group,
    "aws_ec2_snapshot": snapshot,
    "aws_ec2_subnet": subnet,
    "aws_ec2_volume": volume,
    "aws_ec2_vpc": vpc,
    "aws_ec2_vpc_endpoint": vpc_endpoint,
    "aws_ec2_vpc_peering_connection": peering,
    "aws_ecr_repository": registry,
    "aws_ecs_cluster": container_cluster,
    "aws_ecs_service": container_service,
    "aws_efs_file_system": file_system,
    "aws_efs_mount_target": mount_target,
    "aws_eks_cluster": kubernetes,
    "aws_eks_fargate_profile": fargate_profile,
    "aws_eks_node_group": node_group,
    "aws_elasticache_cluster": cache,
    "aws_elasticache_replication_group": replication_group,
    "aws_elasticache_snapshot": cache_snapshot,
    "aws_elb_load_balancer": classic_balancer,
    "aws_elbv2_load_balancer": balancer,
    "aws_elbv2_target_group": target_group,
    "aws_iam_instance_profile": instance_profile,
    "aws_iam_policy": policy,
    "aws_iam_role": role,
    "aws_iam_user": user,
    "aws_kinesis_stream": stream,
    "aws_kms_key": key,
    "aws_lambda_function": function,
    "aws_logs_log_group": log_group,
    "aws_rds_cluster": database_cluster,
    "aws_rds_cluster_snapshot": cluster_snapshot,
    "aws_rds_instance": database,
    "aws_rds_snapshot": database_snapshot,
    "aws_redshift_cluster": warehouse,
    "aws_redshift_snapshot": warehouse_snapshot,
    "aws_route53_zone": zone,
    "aws_s3_bucket": bucket,
    "aws_secretsmanager_secret": secret,
    "aws_sfn_state_machine": workflow,
    "aws_sns_topic": topic,
    "aws_sqs_queue": queue,
}
