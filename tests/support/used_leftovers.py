"""Leftovers in simulated AWS, each with something claimed that uses it: by an alias, an ARN, a URL, an image (S18)."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

OWNER = "alice@example.com"
OWNED = {"owner": OWNER, "expiration": "2099-01-01T00:00:00Z"}
PAIRS = [{"Key": key, "Value": value} for key, value in OWNED.items()]
LOWER_PAIRS = [{"key": key, "value": value} for key, value in OWNED.items()]
REGION = "eu-central-1"


def trust(**principal: str) -> str:
    """Give a trust policy of a role."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Builder:
    """Makes leftovers without tags, and what alice owns."""

    def __init__(self, aws: FakeAWS) -> None:
        self.aws = aws
        self.leftovers: dict[str, str] = {}
        """The ARN of each leftover, by the world it belongs to."""

    def client(self, service: str) -> Any:
        """Give a client of the simulated AWS."""
        return self.aws.client(service)

    def key(self, world: str) -> str:
        """Make a key without tags and give its alias."""
        kms, alias = self.client("kms"), f"alias/{_name(world)}"
        made = kms.create_key()["KeyMetadata"]
        kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
        self.leftovers[world] = made["Arn"]
        return alias

    def role(self, world: str, principal: str = "states.amazonaws.com", **more: Any) -> str:
        """Make a role, without tags unless some are given, and give its ARN."""
        policy = more.pop("policy", trust(Service=principal))
        made = self.client("iam").create_role(RoleName=_name(world), AssumeRolePolicyDocument=policy, **more)["Role"]
        self.leftovers[world] = made["Arn"]
        return str(made["Arn"])

    def queue(self, world: str) -> str:
        """Make a queue without tags and give its URL."""
        url = self.client("sqs").create_queue(QueueName=_name(world))["QueueUrl"]
        self.leftovers[world] = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT}:{_name(world)}"
        return str(url)

    def repository(self, world: str) -> str:
        """Make a repository without tags and give the name of an image in it."""
        made = self.client("ecr").create_repository(repositoryName=_name(world))["repository"]
        self.leftovers[world] = made["repositoryArn"]
        return f"{made['repositoryUri']}:1"

    def leftover_function(self, world: str) -> str:
        """Make a function without tags and give its ARN."""
        self.leftovers[world] = self.function(_name(world), {}, {})
        return self.leftovers[world]

    def function(
        self, name: str, environment: Mapping[str, str], tags: Mapping[str, str], *, image: str = "", role: str = ""
    ) -> str:
        """Make a function, of an image if one is given, and give its ARN; its role is one of alice unless given."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as code:
            code.writestr("main.py", "")
        zipped = {"Runtime": "python3.12", "Handler": "main.main", "Code": {"ZipFile": archive.getvalue()}}
        made = self.client("lambda").create_function(
            FunctionName=name,
            Role=role or self.role(f"role of {name}", "lambda.amazonaws.com", Tags=PAIRS),
            Environment={"Variables": dict(environment)},
            Tags=dict(tags),
            **({"PackageType": "Image", "Code": {"ImageUri": image}} if image else zipped),
        )
        return str(made["FunctionArn"])


def used_leftovers(aws: FakeAWS) -> dict[str, str]:
    """Make every world in one account; give the ARN of the leftover of each."""
    make = Builder(aws)
    encrypted_with_keys(make)
    named_by_programs(make)
    run_by_a_service(make)
    called_by_others(make)
    called_by_apis(make)
    issuer = "oidc.example.com/id/1234"
    provider = make.client("iam").create_open_id_connect_provider(Url=f"https://{issuer}", ThumbprintList=["a" * 40])
    make.leftovers["identity provider of a role"] = provider["OpenIDConnectProviderArn"]
    make.role("owned role", policy=trust(Federated=provider["OpenIDConnectProviderArn"]), Tags=PAIRS)
    for driver in ("a driver", "the tree"):
        volume = make.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
        make.leftovers[f"volume of {driver}"] = f"arn:aws:ec2:{REGION}:{DEFAULT_ACCOUNT}:volume/{volume}"

    make.queue("queue of nobody")
    make.key("key of nobody")
    make.role("role of nobody")
    make.repository("repository of nobody")
    make.leftover_function("function of nobody")
    return make.leftovers


def encrypted_with_keys(make: Builder) -> None:
    """Make keys with which something of alice is encrypted, by alias, by id and by ARN."""
    queue = {"KmsMasterKeyId": make.key("key of a queue")}
    make.client("sqs").create_queue(QueueName="owned-encrypted", Attributes=queue, tags=OWNED)
    topic = {"KmsMasterKeyId": make.key("key of a topic")}
    make.client("sns").create_topic(Name="owned-encrypted", Attributes=topic, Tags=PAIRS)
    alias = make.key("key of a secret")
    make.client("secretsmanager").create_secret(Name="owned", SecretString="x", KmsKeyId=alias, Tags=PAIRS)
    alias = make.key("key of a parameter")
    make.client("ssm").put_parameter(Name="/owned", Value="x", Type="SecureString", KeyId=alias, Tags=PAIRS)
    make.key("key of a log group")
    make.client("logs").create_log_group(
        logGroupName="owned", kmsKeyId=make.leftovers["key of a log group"], tags=OWNED
    )
    make.key("key of a table")
    make.client("dynamodb").create_table(
        TableName="owned",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": make.leftovers["key of a table"]},
        Tags=PAIRS,
    )


def named_by_programs(make: Builder) -> None:
    """Make what a function and a state machine of alice name in their environment, definition and code."""
    steps = {"Type": "Task", "Resource": f"{make.leftover_function('function of a state machine')}:live", "End": True}
    definition = {"StartAt": "A", "States": {"A": steps}}
    make.client("stepfunctions").create_state_machine(
        name="owned",
        definition=json.dumps(definition),
        roleArn=make.role("role of a state machine"),
        tags=LOWER_PAIRS,
    )
    bucket = "bucket-of-a-function"
    make.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    make.leftovers["bucket of a function"] = f"arn:aws:s3:::{bucket}"
    secret = make.client("secretsmanager").create_secret(
        Name="secret-of-a-function", SecretString="x", Tags=[{"Key": "note", "Value": "no owner"}]
    )["ARN"]
    make.leftovers["secret of a function"] = secret
    environment = {
        "QUEUE": make.queue("queue of a function"),
        "TARGET": f"s3://{bucket}/reports/",
        "CREDENTIALS": secret.rpartition("-")[0],
    }
    make.function("owned", environment, OWNED)
    make.function("owned-container", {}, OWNED, image=make.repository("repository of a function"))


def run_by_a_service(make: Builder) -> None:
    """Make what a running service of alice is made of: cluster, task definition, its roles and the image it runs."""
    ecs = make.client("ecs")
    make.leftovers["cluster of a service"] = ecs.create_cluster(clusterName="shop")["cluster"]["clusterArn"]
    tasks = "ecs-tasks.amazonaws.com"
    answer = ecs.register_task_definition(
        family="shop",
        taskRoleArn=make.role("task role of a service", tasks),
        executionRoleArn=make.role("execution role of a service", tasks),
        containerDefinitions=[{"name": "web", "image": make.repository("repository of a service"), "memory": 64}],
    )
    definition = str(answer["taskDefinition"]["taskDefinitionArn"])
    make.leftovers["task definition of a service"] = definition
    ecs.create_service(cluster="shop", serviceName="owned", taskDefinition=definition, desiredCount=1, tags=LOWER_PAIRS)


def called_by_others(make: Builder) -> None:
    """Make functions that a rule and a topic of alice call, and a queue that feeds a function of hers."""
    events = make.client("events")
    events.put_rule(Name="owned", ScheduleExpression="rate(1 day)", Tags=PAIRS)
    events.put_targets(Rule="owned", Targets=[{"Id": "1", "Arn": make.leftover_function("function of a rule")}])

    topic = make.client("sns").create_topic(Name="owned-calls", Tags=PAIRS)["TopicArn"]
    function = make.leftover_function("function of a topic")
    make.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)

    make.queue("queue that feeds a function")
    make.client("lambda").create_event_source_mapping(
        EventSourceArn=make.leftovers["queue that feeds a function"], FunctionName=make.function("fed", {}, OWNED)
    )


def called_by_apis(make: Builder) -> None:
    """Make what two APIs of alice call: functions behind them, functions that say who may, a queue, a bucket."""

    def called(path: str) -> str:
        return f"arn:aws:apigateway:{REGION}:{path}"

    def invoked(function: str) -> str:
        return called(f"lambda:path/2015-03-31/functions/{function}/invocations")

    rest = make.client("apigateway")
    api = rest.create_rest_api(name="owned", tags=OWNED)["id"]
    root = rest.get_resources(restApiId=api)["items"][0]["id"]
    make.queue("queue of a REST API")
    bucket = "bucket-of-a-rest-api"
    make.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    make.leftovers["bucket of a REST API"] = f"arn:aws:s3:::{bucket}"
    role = make.role("role of a REST API", "apigateway.amazonaws.com")
    for method, kind, target in (
        ("GET", "AWS_PROXY", invoked(make.leftover_function("function of a REST API"))),
        ("POST", "AWS", called(f"sqs:path/{DEFAULT_ACCOUNT}/queue-of-a-rest-api")),
        ("PUT", "AWS", called(f"s3:path/{bucket}/{{key}}")),
    ):
        rest.put_method(restApiId=api, resourceId=root, httpMethod=method, authorizationType="NONE")
        rest.put_integration(
            restApiId=api,
            resourceId=root,
            httpMethod=method,
            type=kind,
            integrationHttpMethod="POST",
            uri=target,
            credentials=role,
        )
    rest.create_authorizer(
        restApiId=api,
        name="owned",
        type="TOKEN",
        authorizerUri=invoked(make.leftover_function("authorizer of a REST API")),
        identitySource="method.request.header.Authorization",
    )

    http = make.client("apigatewayv2")
    api = http.create_api(Name="owned", ProtocolType="HTTP", Tags=OWNED)["ApiId"]
    function = make.leftover_function("function of an HTTP API")
    http.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0")
    http.create_authorizer(
        ApiId=api,
        Name="owned",
        AuthorizerType="REQUEST",
        AuthorizerUri=invoked(make.leftover_function("authorizer of an HTTP API")),
        AuthorizerPayloadFormatVersion="2.0",
        IdentitySource=["$request.header.Authorization"],
    )


def _name(world: str) -> str:
    return world.lower().replace(" ", "-")
