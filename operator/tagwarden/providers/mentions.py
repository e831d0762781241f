"""Finds names of cloud resources anywhere in a response (S18): in a policy, an environment, a target.

Links declare where a kind names another. No list of links is complete, so every response is also searched before it is
dropped. Found names are candidates until all kinds are listed: most texts name no collected resource.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

Item = Mapping[str, Any]

_NAME_AT_MOST = 512
_TEXT_AT_MOST = 1_000_000
_NAME = re.compile(r"[\w.:/@+=#$*~-]+")
_TELLING = re.compile(r"[a-z]*[-_./:0-9][\w.:/@+=#$*~-]*", re.IGNORECASE)
"""A name with more than letters: `orders` may be any word, `orders-test` is not."""
_NAMED_MEMBER = re.compile(
    "arn|bucket|cluster|function|group|host|image|key|name|parameter|queue|repo|role|secret|stream|table|topic|ur[il]",
    re.IGNORECASE,
)
"""Members and environment variables whose value may be a name even if it is a plain word."""

_WITHIN = re.compile(
    r"arn:aws[\w-]*:[^\s\"'<>,;\\(){}\[\]|]+"
    r"|(?:https?|s3|docker|redis|rediss|postgres(?:ql)?|mysql|mongodb)://[^\s\"'<>,;\\(){}\[\]|]+"
    r"|[\w.-]+\.amazonaws\.com(?:\.cn)?(?:/[\w./:@-]*)?"
    r"|\b[\w.-]+\.(?:cloudfront\.net|awsapprunner\.com)\b"
    r"|\balias/[\w/-]+"
    r"|\b[a-z]{1,10}(?:-[a-z]{1,12})?-[0-9a-f]{8,17}\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    # A name in quotes, as in JSON, or a value after an equals sign in a shell script or a connection string.
    r"|(?<=[\"'=])[\w./-]{3,255}(?=[\"';&\s]|$)"
)
"""Possible names in a longer text."""

_HOSTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"([\w.-]+)\.s3[.-][\w.-]*amazonaws\.com"), "aws_s3_bucket/{}"),
    (re.compile(r"s3[.-][\w.-]*amazonaws\.com(?:\.cn)?/([^/]+)"), "aws_s3_bucket/{}"),
    (re.compile(r"([\w-]+)\.cluster-(?:ro-|custom-)?[a-z0-9]+\.[\w-]+\.rds\.amazonaws\.com"), "aws_rds_cluster/{}"),
    (re.compile(r"([\w-]+)\.[a-z0-9]+\.[\w-]+\.rds\.amazonaws\.com"), "aws_rds_instance/{}"),
    (re.compile(r"([\w-]+)\.proxy-[a-z0-9]+\.[\w-]+\.rds\.amazonaws\.com"), "aws_rds_proxy/{}"),
    (re.compile(r"([\w-]+)\.[a-z0-9]+\.[\w-]+\.redshift\.amazonaws\.com"), "aws_redshift_cluster/{}"),
    (re.compile(r"(?:vpc|search)-([\w-]+)-[a-z0-9]{26}\.[\w.-]+\.amazonaws\.com"), "aws_opensearch_domain/{}"),
    (re.compile(r"(?:(?:master|replica|clustercfg)\.)?([\w-]+)\.[\w.-]+\.cache\.amazonaws\.com"),
     "aws_elasticache_replication_group/{}"),
    (re.compile(r"([\w-]+)\.[\w.-]+\.cache\.amazonaws\.com"), "aws_elasticache_cluster/{}"),
    (re.compile(r"clustercfg\.([\w-]+)\.[\w.-]+\.memorydb\.[\w-]+\.amazonaws\.com"), "aws_memorydb_cluster/{}"),
    (re.compile(r"b-\d+\.([\w-]+)\.[\w.-]+\.kafka\.[\w-]+\.amazonaws\.com"), "aws_kafka_cluster/{}"),
    (re.compile(r"(b-[0-9a-f-]{36})(?:-\d+)?\.mq\.[\w-]+\.amazonaws\.com"), "aws_mq_broker/{}"),
    (re.compile(r"([a-z0-9]+)\.execute-api\.[\w-]+\.amazonaws\.com"), "aws_apigateway_rest_api/{}"),
    (re.compile(r"([a-z0-9]+)\.execute-api\.[\w-]+\.amazonaws\.com"), "aws_apigatewayv2_api/{}"),
    (re.compile(r"(fs-[0-9a-f]+)\.(?:efs|fsx)\.[\w-]+\.amazonaws\.com"), "{}"),
    (re.compile(r"([0-9]{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com(?:\.cn)?/[^:@\s]+)"), "aws_ecr_repository/{}"),
)  # fmt: skip
"""Public names of a resource, and its reference."""

_ARNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"arn:[\w-]+:execute-api:[\w-]+:\d+:([a-z0-9]+)"), "aws_apigateway_rest_api/{}"),
    (re.compile(r"arn:[\w-]+:execute-api:[\w-]+:\d+:([a-z0-9]+)"), "aws_apigatewayv2_api/{}"),
    (re.compile(r"arn:[\w-]+:apigateway:[\w-]+:sqs:path/\d+/([^/]+)"), "aws_sqs_queue/{}"),
    (re.compile(r"arn:[\w-]+:apigateway:[\w-]+:s3:path/([^/]+)"), "aws_s3_bucket/{}"),
    (re.compile(r"arn:[\w-]+:sts::\d+:assumed-role/([^/]+)"), "aws_iam_role/{}"),
    (re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d+:function:([^:/]+)"), "aws_lambda_function/{}"),
    (re.compile(r"arn:[\w-]+:(?:elasticache|memorydb|rds):[\w-]+:\d+:(?:replicationgroup|cluster):(.+)"), "{}"),
)
"""ARNs of parts or targets, and the reference of the resource itself."""


class Search:
    """Finds names in the items of one kind, except in the `left_out` members; `text` interns a name."""

    __slots__ = ("_left_out", "_text")

    def __init__(self, left_out: Collection[str], text: Callable[[str], str] = str) -> None:
        self._left_out = left_out
        self._text = text

    def names_in(self, item: Item, but: Iterable[str]) -> tuple[str, ...]:
        """Give every text of an item that may name another resource, once; `but` are names without an edge."""
        found: set[str] = set()
        self._walk(item, found)
        found.difference_update(but)
        return tuple(map(self._text, found))

    def _walk(self, item: Item, found: set[str]) -> None:
        left_out = self._left_out
        variable, told = item.get("name"), item.get("value")
        if isinstance(variable, str) and isinstance(told, str):
            # An environment variable in the form of ECS and Kubernetes; the variable's name reveals the type of value.
            _add(variable, told, found)
        for member, value in item.items():
            if isinstance(value, str):
                if member not in left_out:
                    _add(member, value, found)
            elif value and member not in left_out:
                if isinstance(value, dict):
                    self._walk(value, found)
                elif isinstance(value, list | tuple):
                    self._walk_list(member, value, found)

    def _walk_list(self, member: str, values: Iterable[Any], found: set[str]) -> None:
        for value in values:
            if isinstance(value, str):
                _add(member, value, found)
            elif isinstance(value, dict):
                self._walk(value, found)
            elif isinstance(value, list | tuple):
                self._walk_list(member, value, found)


def _add(member: str, value: str, found: set[str]) -> None:
    if len(value) <= _NAME_AT_MOST and _NAME.fullmatch(value):
        if _TELLING.fullmatch(value):
            if ":" in value or ".amazonaws." in value or "/" in value:
                found.update(_forms(value))
            else:
                found.add(value)
        elif _may_be_named(member):
            found.add(value)
    elif len(value) <= _TEXT_AT_MOST:
        found.update(names_within(value))


def names_within(text: str) -> Iterator[str]:
    """Give possible names in a longer text: ARNs, addresses, ids, quoted texts."""
    if text.startswith("%7B"):
        text = unquote(text)  # IAM encodes policies as in URLs
    for name in _WITHIN.findall(text):
        yield from _forms(name)


@lru_cache(maxsize=4096)
def _may_be_named(member: str) -> bool:
    return _NAMED_MEMBER.search(member) is not None


@lru_cache(maxsize=16_384)
def _forms(name: str) -> tuple[str, ...]:
    """Give a name, and the names of its whole, its target and its content."""
    # API Gateway embeds the function behind an integration or an authorizer in another ARN, or in a path.
    within = name.find("arn:aws", 1)
    return (*_whole(name), *_forms(name[within:])) if within > 0 else _whole(name)


def _whole(name: str) -> tuple[str, ...]:
    if name.startswith("arn:"):
        return (*_prefixes(name), *_led_to(name, _ARNS))
    if "://" in name:
        address = name.partition("://")[2]
        bucket = (f"aws_s3_bucket/{address.partition('/')[0]}",) if name.startswith("s3:") else ()
        return (name, *bucket, *_of_address(address.rpartition("@")[2]))
    if ".amazonaws." in name or name.endswith((".cloudfront.net", ".cloudfront.net.", ".awsapprunner.com")):
        return _of_address(name)
    return (name, name.lstrip("/")) if name.startswith("/") else (name,)


def _of_address(address: str) -> tuple[str, ...]:
    host = address.partition("/")[0].partition(":")[0]
    # The form of a DNS record: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
    plain = host.rstrip(".").removeprefix("dualstack.").lower()
    return (address, host, plain, *_led_to(address, _HOSTS))


def _led_to(name: str, table: Iterable[tuple[re.Pattern[str], str]]) -> Iterator[str]:
    for pattern, reference in table:
        if found := pattern.match(name):
            yield reference.format(found.group(1))


def _prefixes(arn: str) -> Iterator[str]:
    """Give an ARN and the ARN of its whole, for a version, an object, an index or a session."""
    arn = arn.rstrip("*.:/")
    yield arn
    start = len(":".join(arn.split(":", 5)[:5])) + 1
    for end in range(len(arn) - 1, start, -1):
        if arn[end] in ":/":
            yield arn[:end]
