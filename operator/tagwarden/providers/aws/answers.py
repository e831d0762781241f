"""Parses AWS's XML responses: only members that the catalogue's paths need, or that may name a resource.

EC2, RDS, IAM and others respond in XML with some 150 elements per instance, of which a row reads a dozen. botocore
builds all of them, which takes most of the time of a pass. The members read here equal those of botocore; botocore
still parses errors and operations outside of the catalogue's listings.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from itertools import chain
from typing import Any
from xml.etree import ElementTree as ET

import jmespath
from botocore.parsers import (
    EC2QueryParser,
    JSONParser,
    QueryParser,
    ResponseParser,
    ResponseParserError,
    ResponseParserFactory,
    RestJSONParser,
    RestXMLParser,
    RpcV2CBORParser,
)
from botocore.utils import parse_timestamp

from tagwarden.providers.aws.genuine import Genuine, GenuineJson, GenuineQuery, GenuineRestXml, operation_of
from tagwarden.providers.aws.mentions import NAMING, NOT_NAMING, NOT_SEARCHED, not_searched_in
from tagwarden.providers.aws.row import BulkTags, Call, InlineTags, Kind, TagForm, TagsCall, WrittenTags
from tagwarden.providers.aws.rows import KINDS

Node = ET.Element
Reading = Callable[[Node], Any]
IsRead = Callable[[str, Any], bool]

PAGING = frozenset({"IsTruncated", "Marker", "NextMarker", "NextPageMarker", "NextToken"})
"""Members of responses with page tokens; a test compares these with botocore's data."""

LONG = 100_000
"""Minimum size in bytes for removing unneeded branches."""

_NAMESPACE = re.compile(rb'\sxmlns(:\w+)?="[^"]*"')


def _names_in(path: str) -> Iterator[str]:
    """Give every member that a path names."""
    waiting = [jmespath.compile(path).parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node["type"] == "field":
                yield node["value"]
            waiting.extend(node["children"])


def _names_in_tags(path: str, form: TagForm) -> Iterator[str]:
    yield from _names_in(path)
    yield from (name for name in (form.key, form.value) if name)


def _paths_of(kind: Kind) -> Iterator[str]:
    """Give every path of a row into an item or the whole response."""
    yield from (kind.id, kind.listing.items)
    yield from (path for path in (kind.title, kind.state, kind.region, kind.only_where, kind.owner) if path)
    if not kind.uid.startswith("arn:"):
        yield kind.uid
    if kind.created is not None:
        yield from kind.created.paths
    yield from (link.path for link in kind.links)
    yield from (rule.path for rule in kind.managed)
    yield from (rule.when for rule in kind.protected)
    yield from kind.attributes.values()
    yield from kind.aliases
    for billed in kind.billing or ():
        yield from (fact.path for fact in billed.facts)
        yield from (path for path in (billed.quantity,) if path)
    if kind.read is not None:
        yield kind.read.path
    if kind.detail is not None:
        yield from (path for path in (kind.detail.path, kind.detail.match, kind.detail.unless) if path)


def _of_tags(kind: Kind) -> Iterator[tuple[str, set[str]]]:
    """Give the operations that only return tags of a row, each with the needed members."""
    tags, writing = kind.tags, kind.writing
    if isinstance(tags, TagsCall | BulkTags):
        names = {*_names_in_tags(tags.path, tags.form), *PAGING}
        if isinstance(tags, BulkTags):
            names.update(_names_in(tags.items), _names_in(tags.match))
        yield tags.call.operation, names
    if isinstance(writing, WrittenTags) and writing.keeps is not None:
        yield writing.keeps.read.operation, {*_names_in(writing.keeps.path), writing.keeps.member}


def _asked_of(kind: Kind) -> Iterator[tuple[str, str]]:
    """Give the read operations of a deletion, except those of its steps, each with the path into the response."""
    yield from ((probe.call.operation, probe.when) for probe in kind.asks)
    yield from ((step.before.call.operation, step.before.path) for step in kind.steps if step.before is not None)
    if kind.failure is not None:
        yield from ((cause.call.operation, cause.path) for cause in kind.failure.causes)


def _calls_of(kind: Kind) -> Iterator[Call]:
    yield Call(kind.listing.operation)
    yield from (part.call for part in (kind.read, kind.detail, *kind.also) if part is not None)


@cache
def needed() -> Mapping[str, frozenset[str]]:
    """Give the members that rows read, for each list and read operation of the catalogue."""
    found: dict[str, set[str]] = {}
    for kind in KINDS.values():
        names = set(PAGING)
        for path in _paths_of(kind):
            names.update(_names_in(path))
        if isinstance(kind.tags, InlineTags):
            names.update(_names_in_tags(kind.tags.path, kind.tags.form))
        for call in _calls_of(kind):
            found.setdefault(call.operation, set()).update(names)
        for operation, told in _of_tags(kind):
            found.setdefault(operation, set()).update(told)
    # Steps and other calls need more members of the same responses than the items' paths: these are parsed in full.
    for step in chain.from_iterable(kind.steps for kind in KINDS.values()):
        if step.each is not None:
            found.pop(step.each.operation, None)
    for operation, path in chain.from_iterable(map(_asked_of, KINDS.values())):
        found.get(operation, set()).update(_names_in(path))
    return {operation: frozenset(names) for operation, names in found.items()}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """How to parse responses of a shape; `unneeded` finds whole branches without any needed path."""

    shape: Any
    reading: Reading
    unneeded: re.Pattern[bytes] | None


class Answers(ResponseParserFactory):
    """Makes the parsers of a session: Tagwarden's for query XML, otherwise botocore's, each with a check."""

    def __init__(self) -> None:
        super().__init__()
        self._defaults: dict[str, Any] = {}
        # A shape lives as long as its client; the reference here keeps the address from being re-used.
        self.readings: dict[int, _Compiled] = {}

    def create_parser(self, protocol_name: str) -> ResponseParser:
        """Give the parser of a protocol."""
        ours = {"ec2": _Ec2Answers, "query": _QueryAnswers}.get(protocol_name)
        if ours is not None:
            return ours(self.readings, **self._defaults)
        checked = _CHECKED.get(protocol_name)
        return checked(**self._defaults) if checked is not None else super().create_parser(protocol_name)


class _NeededOnly(GenuineQuery):
    """Parses the needed members of the responses listed in `needed`."""

    def __init__(self, readings: dict[int, _Compiled], **defaults: Any) -> None:
        super().__init__(**defaults)
        self.readings = readings

    def _do_parse(self, response: Mapping[str, Any], shape: Any) -> Any:
        operation = operation_of(response)
        if operation not in needed() or shape is None:
            return super()._do_parse(response, shape)
        body = response["body"]
        plain = _NAMESPACE.sub(b"", body, count=1)
        if b"xmlns" in plain:
            return super()._do_parse(response, shape)
        found = self.readings.get(id(shape))
        if found is None:
            is_read = partial(is_read_of, operation)
            found = self.readings[id(shape)] = _Compiled(shape, _structure(shape, is_read), _unneeded(shape, is_read))
        root = _parsed(plain, found.unneeded)
        if root.tag != f"{operation}Response":
            # A page that happens to be XML must not look like an empty list.
            raise ResponseParserError(f"not a response to {operation}: {body[:200]!r}")
        wrapper = shape.serialization.get("resultWrapper")
        start = root.find(wrapper) if wrapper else root
        if start is None:
            raise ResponseParserError(f"the response to {operation} has no {wrapper}: {body[:200]!r}")
        parsed = found.reading(start)
        self._inject_response_metadata(root, parsed)  # type: ignore[attr-defined]
        return parsed


class _Ec2Answers(_NeededOnly, EC2QueryParser):
    pass


class _QueryAnswers(_NeededOnly, QueryParser):
    pass


class _JsonAnswers(GenuineJson, JSONParser):
    pass


class _RestJsonAnswers(GenuineJson, RestJSONParser):
    pass


class _RestXmlAnswers(GenuineRestXml, RestXMLParser):
    pass


class _CborAnswers(Genuine, RpcV2CBORParser):
    pass


_CHECKED: Mapping[str, type[ResponseParser]] = {
    "json": _JsonAnswers,
    "rest-json": _RestJsonAnswers,
    "rest-xml": _RestXmlAnswers,
    "smithy-rpc-v2-cbor": _CborAnswers,
}


def _parsed(body: bytes, unneeded: re.Pattern[bytes] | None) -> Node:
    """Give the tree of a response; unneeded branches of a long response are removed before parsing."""
    if unneeded is not None and len(body) > LONG and b"<![CDATA[" not in body:
        try:
            return ET.fromstring(unneeded.sub(b"", body))  # noqa: S314 # expat limits entities; botocore reads the same way
        except ET.ParseError:
            pass  # a branch contained a nested branch of the same name, unknown to the service model
    try:
        return ET.fromstring(body)  # noqa: S314 # as above
    except ET.ParseError as error:
        raise ResponseParserError(f"not XML: {error}: {body[:200]!r}") from error


def _unneeded(shape: Any, is_read: IsRead) -> re.Pattern[bytes] | None:
    """Give the pattern of unneeded branches; excludes tags that are needed elsewhere."""
    kept: set[str] = set()
    cut: dict[str, Any] = {}
    waiting = [shape]
    while waiting:
        one = waiting.pop()
        if one.type_name == "list":
            kept.add(one.member.serialization.get("name", "member"))
            waiting.append(one.member)
        elif one.type_name == "structure":
            for name, member in one.members.items():
                tag = member.serialization.get("name", name)
                if is_read(name, member):
                    kept.add(tag)
                    waiting.append(member)
                elif member.type_name in ("structure", "list"):
                    cut[tag] = member
    tags = sorted(tag for tag, branch in cut.items() if tag not in kept and tag not in _tags_within(branch))
    return re.compile(rf"<({'|'.join(tags)})>.*?</\1>".encode(), re.DOTALL) if tags else None


def _tags_within(shape: Any) -> set[str]:
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [shape]
    while waiting:
        one = waiting.pop()
        if one.name in seen:
            continue
        seen.add(one.name)
        if one.type_name == "list":
            waiting.append(one.member)
        elif one.type_name == "structure":
            found.update(member.serialization.get("name", name) for name, member in one.members.items())
            waiting.extend(one.members.values())
    return found


def is_read_of(operation: str, name: str, shape: Any) -> bool:
    """Whether a path leads to a member of a response, or the member's text may name a resource."""
    if name in needed()[operation]:
        return True
    return name not in _not_searched()[operation] and _may_mention(name, shape, ())


@cache
def _not_searched() -> Mapping[str, frozenset[str]]:
    """Give, per operation of `needed`, the members that are not searched for any kind."""
    found: dict[str, frozenset[str]] = {}
    for kind in KINDS.values():
        for call in _calls_of(kind):
            left_out = not_searched_in(kind.name)
            found[call.operation] = found.get(call.operation, left_out) & left_out
    return {operation: found.get(operation, NOT_SEARCHED) for operation in needed()}


def _may_mention(name: str, shape: Any, within: tuple[str, ...]) -> bool:
    if shape.type_name == "string":
        return not shape.enum and NAMING.search(name) is not None and NOT_NAMING.search(name) is None
    if shape.name in within:
        return False
    if shape.type_name == "list":
        return _may_mention(name, shape.member, (*within, shape.name))
    if shape.type_name == "map":
        return _may_mention(name, shape.value, (*within, shape.name))
    if shape.type_name == "structure":
        inner = (*within, shape.name)
        return any(_may_mention(one, member, inner) for one, member in shape.members.items())
    return False


def _reading(shape: Any, is_read: IsRead) -> Reading:
    if shape.type_name == "structure":
        return _structure(shape, is_read)
    if shape.type_name == "list":
        one = _reading(shape.member, is_read)
        return lambda node: [one(child) for child in node]
    if shape.type_name == "map":
        return _map(shape, is_read)
    return _SCALARS.get(shape.type_name, _text)


def _structure(shape: Any, is_read: IsRead) -> Reading:
    single: dict[str, tuple[str, Reading]] = {}
    repeated: dict[str, tuple[str, Reading]] = {}
    for name, member in shape.members.items():
        if not is_read(name, member):
            continue
        tag = member.serialization.get("name", name)
        if member.type_name == "list" and member.serialization.get("flattened"):
            tag = member.member.serialization.get("name", tag)
            repeated[tag] = (name, _reading(member.member, is_read))
        else:
            single[tag] = (name, _reading(member, is_read))
    find = single.get

    def read(node: Node) -> dict[str, Any]:
        parsed: dict[str, Any] = {}
        for child in node:
            found = find(child.tag)
            if found is not None:
                parsed[found[0]] = found[1](child)
            elif child.tag in repeated:
                name, one = repeated[child.tag]
                parsed.setdefault(name, []).append(one(child))
        return parsed

    return read


def _map(shape: Any, is_read: IsRead) -> Reading:
    key = shape.key.serialization.get("name") or "key"
    value = shape.value.serialization.get("name") or "value"
    one = _reading(shape.value, is_read)

    def read(node: Node) -> dict[str, Any]:
        return {str(pair.findtext(key)): one(found) for pair in node if (found := pair.find(value)) is not None}

    return read


def _text(node: Node) -> str:
    return node.text or ""


def _time(node: Node) -> datetime:
    try:
        return datetime.fromisoformat(node.text or "")
    except ValueError:
        parsed: datetime = parse_timestamp(node.text or "")
        return parsed


_SCALARS: Mapping[str, Reading] = {
    "boolean": lambda node: node.text == "true",
    "integer": lambda node: int(node.text or ""),
    "long": lambda node: int(node.text or ""),
    "float": lambda node: float(node.text or ""),
    "double": lambda node: float(node.text or ""),
    "timestamp": _time,
}
