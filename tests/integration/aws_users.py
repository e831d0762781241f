"""Making one resource of the kinds that mostly exist to use others, as `aws_account` does."""

import json
from collections.abc import Mapping

from tests.integration.aws_account import Maker, bucket, image, pairs, queue, subnet, topic
from tests.integration.aws_services import ROLE, schedules
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

# What moto does not do the way AWS does, and what it does instead.
FAILS_ON_WHAT_IS_GONE = {
    "aws_ec2_spot_request": "answers 500 to a second deletion",
    "aws_ecs_container_instance": "answers with a code that says nothing",
}
NO_CREATION_TIME = {"aws_ecs_task_definition": "tells no creation time"}
NO_TAGS = {
    "aws_ecs_container_instance": "forgets the tags of a registration",
    "aws_ram_resource_share": "forgets the tags of a share, and does not know TagResource",
}
UNREADABLE = {"aws_iam_server_certificate": "does not know ListServerCertificateTags"}
TAGS_STAY = {"aws_apigateway_domain": "does not know TagResource for domains"}


def task_definition(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ecs").register_task_definition(
        family=name,
        taskRoleArn=ROLE,
        containerDefinitions=[{"name": "main", "image": "example", "memory": 64}],
        tags=[{"key": key, "value": value} for key, value in tags.items()],
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def subscription(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    target = aws.client("sqs").get_queue_attributes(
        QueueUrl=queue(aws, f"{name}-queue", {}), AttributeNames=["QueueArn"]
    )
    answer = aws.client("sns").subscribe(
        TopicArn=topic(aws, f"{name}-topic", {}), Protocol="sqs", Endpoint=target["Attributes"]["QueueArn"]
    )
    return str(answer["SubscriptionArn"])


def launch_configuration(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("autoscaling").create_launch_configuration(
        LaunchConfigurationName=name, ImageId=image(aws, f"{name}-image", {}), InstanceType="t3.micro"
    )
    return name


def spot_request(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("ec2").request_spot_instances(
        SpotPrice="0.5",
        Type="persistent",
        LaunchSpecification={"ImageId": image(aws, f"{name}-image", {}), "InstanceType": "t3.micro"},
        TagSpecifications=[{"ResourceType": "spot-instances-request", "Tags": pairs(tags)}],
    )
    return str(answer["SpotInstanceRequests"][0]["SpotInstanceRequestId"])


def option_group(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("rds").create_option_group(
        OptionGroupName=name,
        EngineName="mysql",
        MajorEngineVersion="8.0",
        OptionGroupDescription=name,
        Tags=pairs(tags),
    )
    return name


def domain(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("apigateway").create_domain_name(
        domainName=f"{name}.example.com", certificateName=name, certificateArn="arn:aws:acm:::x", tags=dict(tags)
    )
    return f"{name}.example.com"


def schedule(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    group = schedules(aws, f"{name}-group", {})
    aws.client("scheduler").create_schedule(
        Name=name,
        GroupName=group,
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:sqs:eu-central-1:123456789012:orders", "RoleArn": ROLE},
    )
    return f"{group}/{name}"


def trail(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("cloudtrail").create_trail(
        Name=name, S3BucketName=bucket(aws, f"{name}-bucket", {}), TagsList=pairs(tags)
    )
    return str(answer["TrailARN"])


def recorder(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("config").put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": ROLE})
    return "default"


def delivery_channel(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    recorder(aws, name, {})
    aws.client("config").put_delivery_channel(
        DeliveryChannel={"name": "default", "s3BucketName": bucket(aws, f"{name}-bucket", {})}
    )
    return "default"


def distribution(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    config = {
        "CallerReference": name,
        "Comment": name,
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "one",
                    "DomainName": f"{bucket(aws, f'{name}-bucket', {})}.s3.amazonaws.com",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {"TargetOriginId": "one", "ViewerProtocolPolicy": "https-only"},
    }
    answer = aws.client("cloudfront").create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": config, "Tags": {"Items": pairs(tags)}}
    )
    return str(answer["Distribution"]["Id"])


def distributed_firewall(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    answer = aws.client("wafv2", region="us-east-1").create_web_acl(
        Name=name,
        Scope="CLOUDFRONT",
        DefaultAction={"Allow": {}},
        VisibilityConfig={"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name},
        Tags=pairs(tags),
    )
    return str(answer["Summary"]["Id"])


def container_instance(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    ecs, ec2 = aws.client("ecs"), aws.client("ec2")
    ecs.create_cluster(clusterName=name)
    started = ec2.run_instances(ImageId=image(aws, f"{name}-image", {}), MinCount=1, MaxCount=1)
    document = {
        "instanceId": started["Instances"][0]["InstanceId"],
        "region": "eu-central-1",
        "imageId": "ami-1",
        "instanceType": "t3.micro",
    }
    answer = ecs.register_container_instance(
        cluster=name,
        instanceIdentityDocument=json.dumps(document),
        tags=[{"key": key, "value": value} for key, value in tags.items()],
    )
    return str(answer["containerInstance"]["containerInstanceArn"])


def server_certificate(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    aws.client("iam").upload_server_certificate(
        ServerCertificateName=name, CertificateBody="certificate", PrivateKey="key", Tags=pairs(tags)
    )
    return name


def resource_share(aws: FakeAWS, name: str, tags: Mapping[str, str]) -> str:
    arn = f"arn:aws:ec2:eu-central-1:{DEFAULT_ACCOUNT}:subnet/{subnet(aws, name, {})}"
    answer = aws.client("ram").create_resource_share(name=name, resourceArns=[arn], principals=["210987654321"])
    return str(answer["resourceShare"]["resourceShareArn"])


USING_MAKERS: dict[str, Maker] = {
    "aws_apigateway_domain": domain,
    "aws_autoscaling_launch_configuration": launch_configuration,
    "aws_cloudfront_distribution": distribution,
    "aws_cloudtrail_trail": trail,
    "aws_config_delivery_channel": delivery_channel,
    "aws_config_recorder": recorder,
    "aws_ec2_spot_request": spot_request,
    "aws_ecs_container_instance": container_instance,
    "aws_ecs_task_definition": task_definition,
    "aws_iam_server_certificate": server_certificate,
    "aws_ram_resource_share": resource_share,
    "aws_rds_option_group": option_group,
    "aws_scheduler_schedule": schedule,
    "aws_sns_subscription": subscription,
    "aws_wafv2_cloudfront_web_acl": distributed_firewall,
}
