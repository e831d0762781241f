"""Making one resource of the kinds that are parts of others or of rarer services, as `aws_account` does."""

import json
from collections.abc import Mapping

from tests.integration.aws_account import (
    TRUST,
    Maker,
    container_cluster,
    file_system,
    function,
    pairs,
    queue,
    security_group,
    specification,
    subnet,
    vpc,
)
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

# What moto does not do the way AWS does, and what it does instead.
TAGS_STAY = {
    "aws_codebuild_project": "does not know UpdateProject",
    "aws_cognito_user_pool": "does not know TagResource",
    "aws_dms_replication_instance": "does not know AddTagsToResource",
    "aws_workspaces_workspace": "does not know DeleteTags",
}
FAILS_ON_WHAT_IS_GONE = dict.fromkeys(
    (
        "aws_appsync_api",
        "aws_ec2_transit_gateway",
        "aws_ec2_transit_gateway_vpc_attachment",
        "aws_kafka_cluster",
        "aws_mq_broker",
        "aws_rds_proxy",
        "aws_scheduler_group",
        "aws_workspaces_workspace",
    ),
    "answers 500, or a code that says nothing, to a second deletion",
)
NEVER_GONE = {"aws_dax_cluster": "stays in state deleting until it was looked at often enough"}
NO_CREATION_TIME = dict.fromkeys(
    ("aws_dax_cluster", "aws_ecs_task", "aws_events_bus", "aws_fsx_file_system"), "tells no creation time"
)

ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/service"


def two_subnets(aws: FakeAWS, name: str) -> list[str]:
    network = vpc(aws, name, {})
    return [subnet(aws, name, {}, zone, network) for zone in "ab"]


def database_subnets(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=two_subnets(aws, name), Tags=pairs(tags)
    )
    return name


def database_parameters(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="postgres15", Description=name, Tags=pairs(tags)
    )
    return name


def cluster_parameters(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily="aurora-mysql8.0", Description=name, Tags=pairs(tags)
    )
    return name


def database_proxy(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_db_proxy(
        DBProxyName=name,
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "IAMAuth": "DISABLED"}],
        RoleArn=ROLE,
        VpcSubnetIds=two_subnets(aws, name),
        Tags=pairs(tags),
    )
    return name


def cache_subnets(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("elasticache").create_cache_subnet_group(
        CacheSubnetGroupName=name,
        CacheSubnetGroupDescription=name,
        SubnetIds=two_subnets(aws, name),
        Tags=pairs(tags),
    )
    return name


def warehouse_subnets(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("redshift").create_cluster_subnet_group(
        ClusterSubnetGroupName=name, Description=name, SubnetIds=two_subnets(aws, name), Tags=pairs(tags)
    )
    return name


def warehouse_parameters(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("redshift").create_cluster_parameter_group(
        ParameterGroupName=name, ParameterGroupFamily="redshift-1.0", Description=name, Tags=pairs(tags)
    )
    return name


def memory_subnets(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("memorydb").create_subnet_group(SubnetGroupName=name, SubnetIds=two_subnets(aws, name), Tags=pairs(tags))
    return name


def memory_cluster(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("memorydb").create_cluster(
        ClusterName=name,
        NodeType="db.t4g.small",
        ACLName="open-access",
        SubnetGroupName=memory_subnets(aws, f"{name}-subnets", {}),
        Tags=pairs(tags),
    )
    return name


def accelerator(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("dax").create_cluster(
        ClusterName=name[:20], NodeType="dax.t3.small", ReplicationFactor=1, IamRoleArn=ROLE, Tags=pairs(tags)
    )
    return name[:20]


def replication(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("dms").create_replication_instance(
        ReplicationInstanceIdentifier=name, ReplicationInstanceClass="dms.t3.micro", Tags=pairs(tags)
    )
    return str(answer["ReplicationInstance"]["ReplicationInstanceArn"])


def transit_gateway(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_transit_gateway(TagSpecifications=specification("transit-gateway", tags))
    return str(answer["TransitGateway"]["TransitGatewayId"])


def transit_attachment(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    network = vpc(aws, name, {})
    answer = aws.client("ec2").create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit_gateway(aws, name, {}),
        VpcId=network,
        SubnetIds=[subnet(aws, name, {}, vpc_id=network)],
    )
    id_ = str(answer["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])
    if tags:
        aws.client("ec2").create_tags(Resources=[id_], Tags=pairs(tags))
    return id_


def vpn_gateway(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    ec2 = aws.client("ec2")
    answer = ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=specification("vpn-gateway", tags))
    id_ = str(answer["VpnGateway"]["VpnGatewayId"])
    ec2.attach_vpn_gateway(VpnGatewayId=id_, VpcId=vpc(aws, name, {}))
    return id_


def customer_gateway(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_customer_gateway(
        Type="ipsec.1", BgpAsn=65000, PublicIp="192.0.2.1", TagSpecifications=specification("customer-gateway", tags)
    )
    return str(answer["CustomerGateway"]["CustomerGatewayId"])


def vpn_connection(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=customer_gateway(aws, name, {}),
        VpnGatewayId=vpn_gateway(aws, name, {}),
        TagSpecifications=specification("vpn-connection", tags),
    )
    return str(answer["VpnConnection"]["VpnConnectionId"])


def egress_gateway(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").create_egress_only_internet_gateway(
        VpcId=vpc(aws, name, {}), TagSpecifications=specification("egress-only-internet-gateway", tags)
    )
    return str(answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"])


def flow_log(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    answer = aws.client("ec2").create_flow_logs(
        ResourceIds=[vpc(aws, name, {})],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{name}",
        TagSpecifications=specification("vpc-flow-log", tags),
    )
    return str(answer["FlowLogIds"][0])


def resolver(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    network = vpc(aws, name, {})
    answer = aws.client("route53resolver").create_resolver_endpoint(
        CreatorRequestId=name,
        Name=name,
        Direction="INBOUND",
        SecurityGroupIds=[security_group(aws, name, {}, network)],
        IpAddresses=[{"SubnetId": subnet(aws, name, {}, zone, network)} for zone in "ab"],
        Tags=pairs(tags),
    )
    return str(answer["ResolverEndpoint"]["Id"])


def vpc_link(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("apigatewayv2").create_vpc_link(Name=name, SubnetIds=two_subnets(aws, name), Tags=dict(tags))
    return str(answer["VpcLinkId"])


def host(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").allocate_hosts(
        AvailabilityZone="eu-central-1a",
        InstanceType="c5.large",
        Quantity=1,
        TagSpecifications=specification("dedicated-host", tags),
    )
    return str(answer["HostIds"][0])


def task(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    ecs = aws.client("ecs")
    cluster = container_cluster(aws, f"{name}-cluster", {})
    ecs.register_task_definition(
        family=name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "web", "memory": 512, "cpu": 256}],
    )
    network = vpc(aws, name, {})
    aws.client("ec2").modify_vpc_attribute(VpcId=network, EnableDnsHostnames={"Value": True})
    place = {
        "subnets": [subnet(aws, name, {}, vpc_id=network)],
        "securityGroups": [security_group(aws, name, {}, network)],
    }
    answer = ecs.run_task(
        cluster=cluster,
        taskDefinition=name,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": place},
        tags=pairs(tags, "key", "value"),
    )
    return str(answer["tasks"][0]["taskArn"])


def search_domain(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("opensearch").create_domain(DomainName=name[:28], TagList=pairs(tags))
    return name[:28]


def kafka(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("kafka").create_cluster_v2(
        ClusterName=name,
        Tags=dict(tags),
        Provisioned={
            "BrokerNodeGroupInfo": {"ClientSubnets": two_subnets(aws, name), "InstanceType": "kafka.t3.small"},
            "KafkaVersion": "3.6.0",
            "NumberOfBrokerNodes": 2,
        },
    )
    return str(answer["ClusterArn"])


def delivery_stream(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("firehose").create_delivery_stream(
        DeliveryStreamName=name,
        S3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::bucket"},
        Tags=pairs(tags),
    )
    return name


def processing(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("emr").run_job_flow(
        Name=name,
        ReleaseLabel="emr-7.0.0",
        Instances={
            "MasterInstanceType": "m5.xlarge",
            "SlaveInstanceType": "m5.xlarge",
            "InstanceCount": 2,
            "KeepJobFlowAliveWhenNoSteps": True,
        },
        JobFlowRole="EMR_EC2_DefaultRole",
        ServiceRole="EMR_DefaultRole",
        Tags=pairs(tags),
    )
    return str(answer["JobFlowId"])


def glue_job(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("glue").create_job(Name=name, Role=ROLE, Command={"Name": "glueetl"}, Tags=dict(tags))
    return name


def crawler(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("glue").create_crawler(
        Name=name, Role=ROLE, Targets={"S3Targets": [{"Path": "s3://bucket/"}]}, Tags=dict(tags)
    )
    return name


def catalog_database(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("glue").create_database(DatabaseInput={"Name": name}, Tags=dict(tags))
    return name


def notebook(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("sagemaker").create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=ROLE, Tags=pairs(tags)
    )
    return name


def inference(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "image", "ModelDataUrl": "s3://bucket/m"}
    )
    variant = {"VariantName": "one", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": "ml.t2.medium"}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name, Tags=pairs(tags))
    return name


def bus(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("events").create_event_bus(Name=name, Tags=pairs(tags))
    return name


def rule(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    events = aws.client("events")
    on = bus(aws, f"{name}-bus", {})
    events.put_rule(Name=name, EventBusName=on, EventPattern='{"source": ["shop"]}', Tags=pairs(tags))
    target = {"Id": "one", "Arn": f"arn:aws:sqs:eu-central-1:{DEFAULT_ACCOUNT}:orders"}
    events.put_targets(Rule=name, EventBusName=on, Targets=[target])
    return f"{on}/{name}"


def schedules(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("scheduler").create_schedule_group(Name=name, Tags=pairs(tags))
    return name


def broker(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("mq").create_broker(
        BrokerName=name,
        EngineType="RABBITMQ",
        EngineVersion="3.13",
        HostInstanceType="mq.t3.micro",
        DeploymentMode="SINGLE_INSTANCE",
        PubliclyAccessible=False,
        AutoMinorVersionUpgrade=True,
        Users=[{"Username": "root", "Password": "Not-a-secret1"}],
        Tags=dict(tags),
    )
    return str(answer["BrokerId"])


def trigger(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    url = queue(aws, name, {})
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    answer = aws.client("lambda").create_event_source_mapping(
        FunctionName=function(aws, f"{name}-function", {}), EventSourceArn=arn, Tags=dict(tags)
    )
    return str(answer["UUID"])


def build(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("codebuild").create_project(
        name=name,
        source={"type": "S3", "location": "bucket/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "image", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=ROLE,
        tags=pairs(tags, "key", "value"),
    )
    return name


def pipeline(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    trust = json.loads(TRUST)
    trust["Statement"][0]["Principal"] = {"Service": "codepipeline.amazonaws.com"}
    arn = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]

    def stage(category: str, provider: str) -> dict[str, object]:
        action = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
        return {"name": category, "actions": [{"name": category, "actionTypeId": action}]}

    aws.client("codepipeline").create_pipeline(
        pipeline={
            "name": name,
            "roleArn": arn,
            "artifactStore": {"type": "S3", "location": "bucket"},
            "stages": [stage("Source", "S3"), stage("Deploy", "S3")],
        },
        tags=pairs(tags, "key", "value"),
    )
    return name


def compute_environment(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("batch").create_compute_environment(
        computeEnvironmentName=name,
        type="UNMANAGED",
        state="ENABLED",
        serviceRole=batch_role(aws, name),
        tags=dict(tags),
    )
    return name


def batch_role(aws: FakeAWS, name: str) -> str:
    answer = aws.client("iam").create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=TRUST)
    return str(answer["Role"]["Arn"])


def job_queue(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    environment = compute_environment(aws, f"{name}-where", {})
    aws.client("batch").create_job_queue(
        jobQueueName=name,
        state="ENABLED",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment}],
        tags=dict(tags),
    )
    return name


def parameter(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("ssm").put_parameter(Name=f"/{name}/url", Value="x", Type="String", Tags=pairs(tags))
    return f"/{name}/url"


def user_pool(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("cognito-idp").create_user_pool(PoolName=name, UserPoolTags=dict(tags))
    return str(answer["UserPool"]["Id"])


def graph_api(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("appsync").create_graphql_api(name=name, authenticationType="API_KEY", tags=dict(tags))
    return str(answer["graphqlApi"]["apiId"])


def namespace(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    discovery = aws.client("servicediscovery")
    discovery.create_http_namespace(Name=name, Tags=pairs(tags))
    return next(str(one["Id"]) for one in discovery.list_namespaces()["Namespaces"] if one["Name"] == name)


def group(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    iam = aws.client("iam")
    iam.create_group(GroupName=name)
    iam.create_user(UserName=f"{name}-member")
    iam.add_user_to_group(GroupName=name, UserName=f"{name}-member")
    return name


def identity_provider(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("iam").create_open_id_connect_provider(
        Url=f"https://{name}.example.com", ThumbprintList=["0" * 40], Tags=pairs(tags)
    )
    return str(answer["OpenIDConnectProviderArn"])


def authority(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("acm-pca").create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "RSA_2048",
            "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": {"CommonName": name},
        },
        Tags=pairs(tags),
    )
    return str(answer["CertificateAuthorityArn"])


def firewall(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("wafv2").create_web_acl(
        Name=name,
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "one"},
        Tags=pairs(tags),
    )
    return str(answer["Summary"]["Id"])


def vault(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("backup").create_backup_vault(BackupVaultName=name, BackupVaultTags=dict(tags))
    return name


def backup_plan(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("backup").create_backup_plan(
        BackupPlan={
            "BackupPlanName": name,
            "Rules": [{"RuleName": "daily", "TargetBackupVaultName": vault(aws, f"{name}-vault", {})}],
        },
        BackupPlanTags=dict(tags),
    )
    return str(answer["BackupPlanId"])


def directory(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    network = vpc(aws, name, {})
    answer = aws.client("ds").create_directory(
        Name=f"{name}.example.com",
        Password="Not-a-secret1",
        Size="Small",
        VpcSettings={"VpcId": network, "SubnetIds": [subnet(aws, name, {}, zone, network) for zone in "ab"]},
        Tags=pairs(tags),
    )
    return str(answer["DirectoryId"])


def desktop(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    workspaces = aws.client("workspaces")
    within = directory(aws, name, {})
    workspaces.register_workspace_directory(DirectoryId=within)
    answer = workspaces.create_workspaces(
        Workspaces=[{"DirectoryId": within, "UserName": "ann", "BundleId": "wsb-bh8rsxt14", "Tags": pairs(tags)}]
    )
    return str(answer["PendingRequests"][0]["WorkspaceId"])


def windows_files(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("fsx").create_file_system(
        FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=two_subnets(aws, name), Tags=pairs(tags)
    )
    return str(answer["FileSystem"]["FileSystemId"])


def access_point(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("efs").create_access_point(
        ClientToken=name, FileSystemId=file_system(aws, f"{name}-files", {}), Tags=pairs(tags)
    )
    return str(answer["AccessPointId"])


MORE_MAKERS: dict[str, Maker] = {
    "aws_acmpca_authority": authority,
    "aws_apigatewayv2_vpc_link": vpc_link,
    "aws_appsync_api": graph_api,
    "aws_backup_plan": backup_plan,
    "aws_backup_vault": vault,
    "aws_batch_compute_environment": compute_environment,
    "aws_batch_job_queue": job_queue,
    "aws_codebuild_project": build,
    "aws_codepipeline_pipeline": pipeline,
    "aws_cognito_user_pool": user_pool,
    "aws_dax_cluster": accelerator,
    "aws_directory_directory": directory,
    "aws_dms_replication_instance": replication,
    "aws_ec2_customer_gateway": customer_gateway,
    "aws_ec2_dedicated_host": host,
    "aws_ec2_egress_only_internet_gateway": egress_gateway,
    "aws_ec2_flow_log": flow_log,
    "aws_ec2_transit_gateway": transit_gateway,
    "aws_ec2_transit_gateway_vpc_attachment": transit_attachment,
    "aws_ec2_vpn_connection": vpn_connection,
    "aws_ec2_vpn_gateway": vpn_gateway,
    "aws_ecs_task": task,
    "aws_efs_access_point": access_point,
    "aws_elasticache_subnet_group": cache_subnets,
    "aws_emr_cluster": processing,
    "aws_events_bus": bus,
    "aws_events_rule": rule,
    "aws_firehose_stream": delivery_stream,
    "aws_fsx_file_system": windows_files,
    "aws_glue_crawler": crawler,
    "aws_glue_database": catalog_database,
    "aws_glue_job": glue_job,
    "aws_iam_group": group,
    "aws_iam_oidc_provider": identity_provider,
    "aws_kafka_cluster": kafka,
    "aws_lambda_event_source_mapping": trigger,
    "aws_memorydb_cluster": memory_cluster,
    "aws_memorydb_subnet_group": memory_subnets,
    "aws_mq_broker": broker,
    "aws_opensearch_domain": search_domain,
    "aws_rds_cluster_parameter_group": cluster_parameters,
    "aws_rds_parameter_group": database_parameters,
    "aws_rds_proxy": database_proxy,
    "aws_rds_subnet_group": database_subnets,
    "aws_redshift_parameter_group": warehouse_parameters,
    "aws_redshift_subnet_group": warehouse_subnets,
    "aws_route53resolver_endpoint": resolver,
    "aws_sagemaker_endpoint": inference,
    "aws_sagemaker_notebook_instance": notebook,
    "aws_scheduler_group": schedules,
    "aws_servicediscovery_namespace": namespace,
    "aws_ssm_parameter": parameter,
    "aws_wafv2_web_acl": firewall,
    "aws_workspaces_workspace": desktop,
}
