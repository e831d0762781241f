"""Turns names in responses into edges between resources: a mention counts as a use."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.mentions import Mentions
from tagwarden.model.resource import Resource
from tagwarden.providers.aws.rows import KINDS

_ACCOUNT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")
_BUCKETS = ("arn:aws:s3:::", "arn:aws-cn:s3:::", "arn:aws-us-gov:s3:::", "aws_s3_bucket/")

PARTS_OF_UID: Mapping[str, re.Pattern[str]] = {
    # References may omit the last six characters of a secret's ARN.
    "aws_secretsmanager_secret": re.compile(r"(arn:.+)-\w{6}"),
    # Metrics use load balancers and target groups as dimensions by the end of the ARN.
    "aws_elbv2_load_balancer": re.compile(r"arn:.+:loadbalancer/(.+)"),
    "aws_elbv2_target_group": re.compile(r"arn:.+:(targetgroup/.+)"),
}
"""Per kind, the part of the uid that identifies a resource."""

_TITLED = frozenset(kind.name for kind in KINDS.values() if kind.title)
"""Kinds with real names; for other kinds a name is only a tag, by which no resource can be used."""


def uses_mentioned(
    mentions: Iterable[Mentions],
    resources: Sequence[Resource],
    aliases: Iterable[Mapping[str, str]],
    edges: Iterable[Edge],
) -> Iterator[Edge]:
    """Give a use for each resource named in responses about another, unless a stronger edge links the two.

    `aliases` are further references with the named uids. A bare name means resources of that name in the same region
    and global resources; resources in other regions only if there are none. A name that is ambiguous within a kind is
    ignored.
    """
    told = [(source, names) for part in mentions for source, names in part.items()]
    wanted = {name for _, names in told for name in names}
    known = _known(wanted, resources, aliases)
    bearers = {one.uid: one for one in resources}
    found = {
        (source, target)
        for source, names in told
        if source in bearers
        for name in names
        if name in known
        for target in _meant(name, known[name], bearers[source].region, bearers)
        if target != source
    }
    if found:
        for edge in edges:
            found.discard((edge.source, edge.target))
            found.discard((edge.target, edge.source))
    return (Edge(source, EdgeMeaning.USES, target) for source, target in found)


def names_abroad(mentions: Iterable[Mentions], account_id: str) -> dict[str, tuple[str, ...]]:
    """Give the names that may belong to another account: names with its id, and buckets, whose names contain no id."""
    found = {}
    for part in mentions:
        for uid, names in part.items():
            if abroad := tuple(sorted(name for name in names if _is_abroad(name, account_id))):
                found[uid] = abroad
    return found


def _is_abroad(name: str, account_id: str) -> bool:
    number = _ACCOUNT_ID.search(name)
    return number[0] != account_id if number else name.startswith(_BUCKETS)


def names_of(resource: Resource) -> Iterator[str]:
    """Give the names of a resource in AWS APIs, and therefore in policies, environments and targets."""
    yield resource.uid
    yield resource.id
    yield resource.reference
    if resource.kind in _TITLED:
        yield resource.name
    pattern = PARTS_OF_UID.get(resource.kind)
    if pattern is not None and (part := pattern.fullmatch(resource.uid)):
        yield part.group(1)


def _known(
    wanted: Collection[str], resources: Iterable[Resource], aliases: Iterable[Mapping[str, str]]
) -> dict[str, list[str]]:
    """Give the uids of all resources with a wanted name."""
    known: dict[str, list[str]] = {}
    for resource in resources:
        for name in names_of(resource):
            if name in wanted:
                known.setdefault(name, []).append(resource.uid)
    for part in aliases:
        for alias, uid in part.items():
            bare = alias.partition("/")[2]
            # Host names are case-insensitive, and DNS records use lower case.
            for name in {alias} if alias.startswith("arn:") else {alias, bare, bare.lower()}:
                if name in wanted:
                    known.setdefault(name, []).append(uid)
    return known


def _meant(name: str, uids: Sequence[str], region: str, bearers: Mapping[str, Resource]) -> Sequence[str]:
    if len(uids) == 1 or name.startswith("arn:"):
        return uids
    near = [uid for uid in uids if uid not in bearers or bearers[uid].region in ("", region)] if region else []
    # An id means the resource itself, not others known by the resource to which they are attached.
    if themselves := [uid for uid in near or uids if uid in bearers and bearers[uid].id == name]:
        return themselves
    # If several resources of a kind share a name, such as `default`, AWS's APIs cannot refer to any by that name.
    alike = Counter(bearers[uid].kind if uid in bearers else "" for uid in near)
    return [uid for uid in near if alike[bearers[uid].kind if uid in bearers else ""] == 1] if near else uids
