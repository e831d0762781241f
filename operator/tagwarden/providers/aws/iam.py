"""IAM permissions, computed from the calls of the catalogue, so that both always agree."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tagwarden.providers.aws.row import BulkTags, Call, InlineTags, Kind, ReplacedTags, TagsCall, WrittenTags
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.tag_index import INDEX


class Access(StrEnum):
    """A level of access."""

    READ = "read"
    """All requests of Audit."""
    TAG = "tag"
    """Writing tags."""
    DELETE = "delete"
    """Deletions, with the steps that AWS may require."""
    UNDO = "undo"
    """Undoing these steps after a failed deletion."""
    BACKUP = "backup"
    """Backups before deletions."""


AUDIT = frozenset({Access.READ})
ENFORCE = frozenset(Access)

_ALWAYS = ("ec2:DescribeRegions",)

# IAM's prefix, if different from botocore's name of the service.
_PREFIXES = {
    "apigatewayv2": "apigateway",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "stepfunctions": "states",
}

# IAM's actions, if not named like the operation.
_ACTIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("apigateway", "DeleteRestApi"): ("DELETE",),
    ("apigateway", "GetAuthorizers"): ("GET",),
    ("apigateway", "GetRestApi"): ("GET",),
    ("apigateway", "GetRestApis"): ("GET",),
    ("apigateway", "TagResource"): ("PUT",),
    ("apigateway", "UntagResource"): ("DELETE",),
    ("apigatewayv2", "DeleteApi"): ("DELETE",),
    ("apigatewayv2", "DeleteVpcLink"): ("DELETE",),
    ("apigatewayv2", "GetApi"): ("GET",),
    ("apigatewayv2", "GetApis"): ("GET",),
    ("apigatewayv2", "GetAuthorizers"): ("GET",),
    ("apigatewayv2", "GetVpcLinks"): ("GET",),
    ("apigatewayv2", "TagResource"): ("POST",),
    ("apigatewayv2", "UntagResource"): ("DELETE",),
    ("apigateway", "DeleteDomainName"): ("DELETE",),
    ("apigateway", "GetBasePathMappings"): ("GET",),
    ("apigateway", "GetDomainName"): ("GET",),
    ("apigateway", "GetDomainNames"): ("GET",),
    ("apigateway", "GetResources"): ("GET",),
    ("apigateway", "GetStages"): ("GET",),
    ("apigatewayv2", "GetIntegrations"): ("GET",),
    ("apigatewayv2", "GetStages"): ("GET",),
    ("s3", "DeleteBucketTagging"): ("PutBucketTagging",),
    ("s3", "DeleteObjects"): ("DeleteObject", "DeleteObjectVersion"),
    ("s3", "GetObjectLockConfiguration"): ("GetBucketObjectLockConfiguration",),
    ("s3", "GetBucketEncryption"): ("GetEncryptionConfiguration",),
    ("s3", "GetBucketNotificationConfiguration"): ("GetBucketNotification",),
    ("s3", "GetBucketReplication"): ("GetReplicationConfiguration",),
    ("s3", "ListBuckets"): ("ListAllMyBuckets",),
    ("s3", "ListMultipartUploads"): ("ListBucketMultipartUploads",),
    ("s3", "ListObjectVersions"): ("ListBucketVersions",),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of an IAM policy, for any resource."""

    sid: str
    actions: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Give the statement in IAM's form."""
        return {"Sid": self.sid, "Effect": "Allow", "Action": list(self.actions), "Resource": "*"}


def permissions(kinds: Iterable[str] | None = None, actions: Collection[Access] = ENFORCE) -> tuple[Statement, ...]:
    """Give the statements for these kinds (None: all) and this access (`AUDIT` reads, `ENFORCE` does all).

    Raises KeyError naming an unknown kind.
    """
    rows = [KINDS[name] for name in (KINDS if kinds is None else kinds)]
    statements = []
    for access in Access:
        if access in actions:
            allowed = {action for row in rows for action in actions_of(row, access)}
            if access is Access.READ:
                allowed.update(_ALWAYS)
            statements.append(Statement(f"Tagwarden{access.capitalize()}", tuple(sorted(allowed))))
    return tuple(statement for statement in statements if statement.actions)


def actions_of(kind: Kind, access: Access) -> frozenset[str]:
    """Give the IAM actions that a kind needs."""
    called = frozenset(
        f"{_PREFIXES.get(service, service)}:{action}"
        for call in calls_of(kind, access)
        for service in [call.service or kind.service]
        for action in _ACTIONS.get((service, call.operation), (call.operation,))
    )
    return called.union(*(way.grants for way in kind.backups)) if access is Access.BACKUP else called


def calls_of(kind: Kind, access: Access) -> Iterator[Call]:
    """Give every call that a row makes."""
    calls = {
        Access.READ: _reading,
        Access.TAG: _writing,
        Access.DELETE: _deleting,
        Access.UNDO: _undoing,
        Access.BACKUP: _keeping,
    }
    return calls[access](kind)


def _reading(kind: Kind) -> Iterator[Call]:
    yield Call(kind.listing.operation, kind.listing.params)
    if kind.listing.one is not None:
        yield Call(kind.listing.operation, kind.listing.one)
    yield from (part.call for part in (kind.detail, kind.read, kind.probe, *kind.also) if part is not None)
    if kind.named is not None:
        yield Call(kind.named.listing.operation, kind.named.listing.params)
    if isinstance(kind.tags, TagsCall | BulkTags):
        yield kind.tags.call
    if isinstance(kind.tags, InlineTags) and kind.tags.ask is not None:
        yield kind.tags.ask.call
    if isinstance(kind.tags, TagsCall):
        yield Call(INDEX.operation, {"ResourceTypeFilters": ["service:type"], "ResourcesPerPage": 100}, INDEX.service)


def _writing(kind: Kind) -> Iterator[Call]:
    if isinstance(kind.writing, WrittenTags):
        yield from (kind.writing.set, kind.writing.remove)
        if kind.writing.folds_case is not None:
            yield kind.writing.folds_case
        if kind.writing.keeps is not None:
            yield kind.writing.keeps.read
    elif isinstance(kind.writing, ReplacedTags):
        yield from (kind.writing.read, kind.writing.write)
        if kind.writing.clear is not None:
            yield kind.writing.clear


def _deleting(kind: Kind) -> Iterator[Call]:
    for step in kind.steps:
        yield from (called for called in (step.do, step.each) if called is not None)
        if step.before is not None:
            yield step.before.call
    yield from (probe.call for probe in kind.asks)
    if kind.failure is not None:
        yield from (cause.call for cause in kind.failure.causes)
    if kind.delete is not None:
        yield kind.delete


def _undoing(kind: Kind) -> Iterator[Call]:
    for step in kind.steps:
        if step.undo is not None:
            yield step.undo


def _keeping(kind: Kind) -> Iterator[Call]:
    for way in kind.backups:
        yield way.make
        yield Call(KINDS[way.into].listing.operation, way.of)
