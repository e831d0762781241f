"""Names of other resources are found wherever an answer holds them, and mean what bears them."""

from collections.abc import Iterable

import pytest

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.providers.aws.mentions import not_searched_in
from tagwarden.providers.aws.naming import uses_mentioned
from tagwarden.providers.mentions import Search

REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
INVOKED = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions"


def names_in(item: dict[str, object], kind: str = "aws_lambda_function", but: Iterable[str] = ()) -> set[str]:
    return set(Search(not_searched_in(kind)).names_in(item, but))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{FUNCTION}:live", FUNCTION),
        ("arn:aws:s3:::reports-bucket/2026/*", "arn:aws:s3:::reports-bucket"),
        ("arn:aws:dynamodb:eu-central-1:1:table/orders/index/by-day", "arn:aws:dynamodb:eu-central-1:1:table/orders"),
        ("arn:aws:sts::123456789012:assumed-role/worker/session", "aws_iam_role/worker"),
        ("arn:aws:execute-api:eu-central-1:1:a1b2c3d4e5/test/GET", "aws_apigateway_rest_api/a1b2c3d4e5"),
        (f"{INVOKED}/{FUNCTION}/invocations", FUNCTION),
        (f"/2015-03-31/functions/{FUNCTION}:live/invocations", FUNCTION),
        ("arn:aws:apigateway:eu-central-1:sqs:path/123456789012/orders", "aws_sqs_queue/orders"),
        ("arn:aws:apigateway:eu-central-1:s3:path/reports-bucket/{key}", "aws_s3_bucket/reports-bucket"),
        (f"{REPOSITORY}:1.2", f"aws_ecr_repository/{REPOSITORY}"),
        (f"{REPOSITORY}@sha256:abc", f"aws_ecr_repository/{REPOSITORY}"),
        ("s3://reports-bucket/2026", "aws_s3_bucket/reports-bucket"),
        ("https://reports-bucket.s3.eu-central-1.amazonaws.com/a", "aws_s3_bucket/reports-bucket"),
        ("postgres://me:x@shop.abc1.eu-central-1.rds.amazonaws.com:5432/db", "aws_rds_instance/shop"),
        ("shop.cluster-ro-abc1.eu-central-1.rds.amazonaws.com", "aws_rds_cluster/shop"),
        ("a.abc123.ng.0001.euc1.cache.amazonaws.com:6379", "aws_elasticache_cluster/a"),
        ("alias/orders", "alias/orders"),
        ('{"Statement": [{"Resource": "arn:aws:sqs:eu-central-1:1:orders"}]}', "arn:aws:sqs:eu-central-1:1:orders"),
        ("%7B%22Resource%22%3A%22arn%3Aaws%3Asns%3Aeu-central-1%3A1%3Ajobs%22%7D", "arn:aws:sns:eu-central-1:1:jobs"),
        ('{"TableName": "orders"}', "orders"),
        ("mount fs-0123456789abcdef0:/ /data", "fs-0123456789abcdef0"),
    ],
)
def test_a_name_is_found_in_a_text(text: str, name: str) -> None:
    """In an ARN that goes on, an address, a policy, a script."""
    assert name in names_in({"Environment": {"Variables": {"X": text}}})


def test_a_plain_word_is_a_name_only_where_a_name_is_expected() -> None:
    """`test` may be the name of a queue, and mostly is no name at all."""
    item = {"Stage": "test", "Environment": {"QUEUE_NAME": "orders", "GREETING": "hello"}}

    assert names_in(item) == {"orders"}


def test_tags_and_origins_are_no_uses() -> None:
    """What a copy was made from may go without harm to it."""
    item = {"VolumeId": "vol-0123456789abcdef0", "KmsKeyId": "alias/data", "Tags": [{"Value": "sg-0123456789abcdef0"}]}

    assert names_in(item, "aws_ec2_snapshot") == {"alias/data"}


def thing(kind: str, id_: str, region: str = "eu-central-1", uid: str = "") -> Resource:
    made = uid or f"arn:aws:test:{region}:1:{kind}/{id_}"
    return Resource(made, ProviderName.AWS, "dev", region, kind, "x", id_, id_, None, Tags.known({}))


def test_a_bare_name_means_what_is_near() -> None:
    """Two regions may each have a table `orders`; a name that only another region knows is better than none."""
    user = thing("aws_lambda_function", "f")
    here, there = thing("aws_dynamodb_table", "orders"), thing("aws_dynamodb_table", "orders", "us-east-1")
    far = thing("aws_dynamodb_table", "far-away", "us-east-1")

    edges = uses_mentioned([{user.uid: ("orders", "far-away")}], [user, here, there, far], [], [])

    assert {(edge.target, edge.meaning) for edge in edges} == {
        (here.uid, EdgeMeaning.USES),
        (far.uid, EdgeMeaning.USES),
    }


def test_where_an_edge_says_more_a_mention_adds_nothing() -> None:
    """An alarm that its queue owns does not hold the queue for naming it."""
    alarm, queue = thing("aws_cloudwatch_alarm", "a"), thing("aws_sqs_queue", "q")
    owns = Edge(queue.uid, EdgeMeaning.OWNS, alarm.uid)

    assert list(uses_mentioned([{alarm.uid: ("q",)}], [alarm, queue], [], [owns])) == []


def test_a_secret_is_named_without_its_suffix_and_a_key_by_its_alias() -> None:
    """Both are names that AWS takes."""
    user = thing("aws_lambda_function", "f")
    secret = thing("aws_secretsmanager_secret", "s", uid="arn:aws:secretsmanager:eu-central-1:1:secret:db-AbCdEf")
    key = thing("aws_kms_key", "1234")
    names = ("arn:aws:secretsmanager:eu-central-1:1:secret:db", "alias/data")

    edges = uses_mentioned([{user.uid: names}], [user, secret, key], [{"aws_kms_key/alias/data": key.uid}], [])

    assert {edge.target for edge in edges} == {secret.uid, key.uid}
