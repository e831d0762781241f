"""Which resources a stack says it made: its type of CloudFormation, and our kind with the same physical id."""

from tagwarden.providers.aws.row import Link, owns

MEMBERS_OF = "Members"
"""Where a stack's item holds its list of resources."""

_KINDS_BY_TYPE = {
    "ApiGateway::RestApi": "aws_apigateway_rest_api",
    "ApiGatewayV2::Api": "aws_apigatewayv2_api",
    "AutoScaling::AutoScalingGroup": "aws_autoscaling_group",
    "CertificateManager::Certificate": "aws_acm_certificate",
    "CloudWatch::Alarm": "aws_cloudwatch_alarm",
    "CloudWatch::CompositeAlarm": "aws_cloudwatch_alarm",
    "DynamoDB::Table": "aws_dynamodb_table",
    "EC2::EIP": "aws_ec2_elastic_ip",
    "EC2::Instance": "aws_ec2_instance",
    "EC2::InternetGateway": "aws_ec2_internet_gateway",
    "EC2::KeyPair": "aws_ec2_key_pair",
    "EC2::LaunchTemplate": "aws_ec2_launch_template",
    "EC2::NatGateway": "aws_ec2_nat_gateway",
    "EC2::NetworkAcl": "aws_ec2_network_acl",
    "EC2::NetworkInterface": "aws_ec2_network_interface",
    "EC2::RouteTable": "aws_ec2_route_table",
    "EC2::SecurityGroup": "aws_ec2_security_group",
    "EC2::Subnet": "aws_ec2_subnet",
    "EC2::VPC": "aws_ec2_vpc",
    "EC2::VPCEndpoint": "aws_ec2_vpc_endpoint",
    "EC2::VPCPeeringConnection": "aws_ec2_vpc_peering_connection",
    "EC2::Volume": "aws_ec2_volume",
    "ECR::Repository": "aws_ecr_repository",
    "ECS::Cluster": "aws_ecs_cluster",
    "ECS::Service": "aws_ecs_service",
    "EFS::FileSystem": "aws_efs_file_system",
    "EKS::Cluster": "aws_eks_cluster",
    "EKS::Nodegroup": "aws_eks_node_group",
    "ElastiCache::CacheCluster": "aws_elasticache_cluster",
    "ElastiCache::ReplicationGroup": "aws_elasticache_replication_group",
    "ElasticLoadBalancing::LoadBalancer": "aws_elb_load_balancer",
    "ElasticLoadBalancingV2::LoadBalancer": "aws_elbv2_load_balancer",
    "ElasticLoadBalancingV2::TargetGroup": "aws_elbv2_target_group",
    "IAM::InstanceProfile": "aws_iam_instance_profile",
    "IAM::ManagedPolicy": "aws_iam_policy",
    "IAM::Role": "aws_iam_role",
    "IAM::User": "aws_iam_user",
    "KMS::Key": "aws_kms_key",
    "Kinesis::Stream": "aws_kinesis_stream",
    "Lambda::Function": "aws_lambda_function",
    "Logs::LogGroup": "aws_logs_log_group",
    "RDS::DBCluster": "aws_rds_cluster",
    "RDS::DBInstance": "aws_rds_instance",
    "Redshift::Cluster": "aws_redshift_cluster",
    "Route53::HostedZone": "aws_route53_zone",
    "S3::Bucket": "aws_s3_bucket",
    "SNS::Topic": "aws_sns_topic",
    "SQS::Queue": "aws_sqs_queue",
    "SecretsManager::Secret": "aws_secretsmanager_secret",
    "StepFunctions::StateMachine": "aws_sfn_state_machine",
}

# The host of a queue's URL depends on who asked for it, and when; only the name is always the same.
_IDS_BY_TYPE = {"SQS::Queue": "found(PhysicalResourceId, '([^/]+)$')"}

# A member that was deleted by hand, or never made, is no edge.
MEMBER_LINKS: tuple[Link, ...] = tuple(
    owns(
        kind,
        f"{MEMBERS_OF}[?ResourceType == 'AWS::{type_}' && ResourceStatus != 'DELETE_COMPLETE']"
        f".{_IDS_BY_TYPE.get(type_, 'PhysicalResourceId')}",
        if_found=True,
    )
    for type_, kind in _KINDS_BY_TYPE.items()
)
