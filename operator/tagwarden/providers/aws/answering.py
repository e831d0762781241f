"""The kinds that a response about a kind can name, from botocore's service models.

Every kind that could name a resource has to be listed before the resource counts as unused (S3, S18). The models give
the members of each response; a table gives the meaning of member names. The result is generated into `answering.json`,
since loading the models of all services takes seconds.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.session import Session

from tagwarden.providers.aws.mentions import NOT_SEARCHED, not_searched_in
from tagwarden.providers.aws.row import Call, Kind
from tagwarden.providers.aws.rows import KINDS

MEMBERS: Mapping[str, str] = {
    "aws_acm_certificate": r"CertificateArns?|certificateArns?|Certificates|SslCertArn|SSLCertificateId",
    "aws_acmpca_authority": r"CertificateAuthorityArn",
    "aws_autoscaling_group": r"AutoScalingGroup(?:Name|Arn|ARN)|autoScalingGroups",
    "aws_cognito_user_pool": r"UserPool(?:Id|Arn)|userPoolId|[pP]rovider(?:ARN|Arn)s",
    "aws_dynamodb_table": r"Table(?:Name|Arn)|tableName",
    "aws_ec2_image": r"(?:Custom)?(?:Image|Ami)Id|imageId(?:Override)?",
    "aws_ec2_instance": r"(?:ec2)?[iI]nstanceIds?",
    "aws_ec2_key_pair": r"(?:Ec2)?KeyName|ec2KeyPair|ec2SshKey",
    "aws_ec2_launch_template": r"[lL]aunchTemplate(?:Id|Name)?",
    "aws_ec2_security_group": r"[sS]ecurityGroups?(?:Ids?)?|GroupId|[vV]pcSecurityGroup\w*",
    "aws_ec2_snapshot": r"SnapshotId",
    "aws_ec2_subnet": r"[sS]ubnets?(?:Ids?)?|SubnetIdentifier|ClientSubnets",
    "aws_ec2_volume": r"VolumeId",
    "aws_ec2_vpc": r"[vV]pcId|VPCId",
    "aws_ec2_vpc_endpoint": r"[vV]pcEndpointIds?",
    "aws_ecr_repository": r"[iI]mage(?:Uri|Url|Identifier)?|ResolvedImageUri",
    "aws_ecs_cluster": r"(?:ecsC|c)lusterArn|EcsParameters",
    "aws_efs_access_point": r"[aA]ccessPoint(?:Id|Arn)|FileSystemConfigs",
    "aws_efs_file_system": r"[fF]ileSystemId|FileSystemConfigs|fileSystemLocations|efsVolumeConfiguration",
    "aws_elb_load_balancer": r"[lL]oadBalancerNames?",
    "aws_elbv2_load_balancer": r"LoadBalancerArns?",
    "aws_elbv2_target_group": r"[tT]argetGroupA[rR][nN]s?",
    "aws_events_bus": r"EventBus(?:Name|Arn)",
    "aws_firehose_stream": r"[dD]eliveryStream(?:Arn|Name)?|[fF]irehose\w*|LogDestinationConfigs",
    "aws_glue_database": r"GlueDatabase\w*|DatabaseName",
    "aws_iam_group": r"GroupList",
    "aws_iam_instance_profile": r"[iI]amInstanceProfile|InstanceProfile(?:List|Arn|Name)?|instanceRole",
    "aws_iam_oidc_provider": r"AssumeRolePolicyDocument",
    "aws_iam_policy": r"AttachedManagedPolicies|PermissionsBoundary\w*",
    "aws_iam_role": r"(?!Node|Snowflake|Current|DataReplication|DeliverCross|User|Global)\w*[rR]ole(?:Arn|ARN|Name)?s?"
    r"|DeliverLogsPermissionArn",
    "aws_kinesis_stream": r"[kK]inesisStream\w*|StreamArn",
    "aws_kms_key": r"\w*(?:Kms|KMS|kms)\w*|keyArn|[eE]ncryptionKey\w*|\w*MasterKey\w*",
    "aws_lambda_function": r"\w*(?:Lambda|lambda)(?:Arn|ARN|Function\w*|Config)|[fF]unction(?:Arn|ARN|Name)"
    r"|authorizerUri",
    "aws_logs_log_group": r"(?!\w*Role)\w*[lL]og[gG]roup\w*|(?!\w*Role)[cC]loudWatchLogs\w*",
    "aws_rds_cluster": r"D[bB]ClusterIdentifier",
    "aws_rds_instance": r"D[bB]InstanceIdentifier|DBInstanceArn|\w*ReadReplica\w*Identifiers?",
    "aws_s3_bucket": r"(?!\w*Owner)\w*[bB]ucket\w*|\w*S3(?:Location|Uri|Path|Targets)|s3Logs|LogUri|ScriptLocation"
    r"|artifactStore|LogDestination",
    "aws_secretsmanager_secret": r"\w*[sS]ecret(?:Arn|ARN|Id)|MasterUserSecret|secretOptions|valueFrom"
    r"|repositoryCredentials",
    "aws_servicediscovery_namespace": r"serviceRegistries|serviceConnectConfiguration|NamespaceId",
    "aws_sfn_state_machine": r"[sS]tateMachineArn",
    "aws_sns_topic": r"\w*[tT]opicA[rR][nN]|NotificationARNs?|NotificationConfiguration"
    r"|(?:Alarm|OK|InsufficientData)Actions",
    "aws_sqs_queue": r"(?!job)\w*[qQ]ueue(?:Arn|ARN|Url|Configurations?)|RedrivePolicy|DeadLetterConfig",
    "aws_ssm_parameter": r"secretOptions|valueFrom",
    "aws_wafv2_web_acl": r"\w*[wW]ebA(?:cl|CL)(?:Arn|Id)",
}
"""Per kind, the members that can hold the name of a resource of the kind."""

FREE = re.compile(
    r"[eE]nvironment(?:Variables)?|[dD]efinition|containerDefinitions|Targets|EventSourceArn|DestinationConfig|Outputs"
    r"|DefaultArguments|[iI]ntegrationUri|methodIntegration|UserData|ResourceRecordSets"
)
"""Members whose texts can name any resource used by a program."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Per kind, the kinds whose responses can name a resource of the kind; and the kinds that can name any resource."""

    naming: Mapping[str, tuple[str, ...]]
    free: tuple[str, ...]


def answering() -> Answering:
    """Walk the responses of every kind; takes seconds, since the models of all services are loaded."""
    session = botocore.session.Session()
    told = {kind.name: members_of(kind, session) for kind in KINDS.values()}
    patterns = {kind: re.compile(pattern) for kind, pattern in MEMBERS.items() if kind in KINDS}
    naming = {
        kind: tuple(
            sorted(name for name, members in told.items() if name != kind and any(map(pattern.fullmatch, members)))
        )
        for kind, pattern in patterns.items()
    }
    free = tuple(sorted(name for name, members in told.items() if any(map(FREE.fullmatch, members))))
    return Answering(naming, free)


def answering_as_json() -> str:
    """Give the content of `answering.json`."""
    found = answering()
    return json.dumps({"naming": found.naming, "free": found.free}, indent=1, sort_keys=True) + "\n"


@cache
def known_answering() -> Answering:
    """Read the generated file."""
    told = json.loads(Path(__file__).with_name("answering.json").read_text(encoding="utf-8"))
    return Answering({kind: tuple(names) for kind, names in told["naming"].items()}, tuple(told["free"]))


def members_of(kind: Kind, session: Session) -> frozenset[str]:
    """Give the members, at any depth, that are searched for mentions in the listings and details of the kind."""
    found: set[str] = set()
    left_out = not_searched_in(kind.name)
    details = (*((kind.detail,) if kind.detail is not None else ()), *kind.also)
    for call in (Call(kind.listing.operation), *(detail.call for detail in details)):
        model = session.get_service_model(call.service or kind.service)
        output = model.operation_model(call.operation).output_shape
        if output is not None:
            found.update(name for name in _texts(output, "", ()) if name not in left_out)
    return frozenset(found)


def _texts(shape: Shape, name: str, within: tuple[str, ...]) -> Iterator[str]:
    """Give the name of each member that holds texts, except below members that are not searched."""
    if name in NOT_SEARCHED or shape.name in within:
        return
    inner = (*within, shape.name)
    if isinstance(shape, StructureShape):
        yield name
        for member, one in shape.members.items():
            yield from _texts(one, member, inner)
    elif isinstance(shape, ListShape):
        yield from _texts(shape.member, name, inner)
    elif isinstance(shape, MapShape):
        yield name
        yield from _texts(shape.value, name, inner)
    elif isinstance(shape, StringShape) and not shape.enum:
        yield name
