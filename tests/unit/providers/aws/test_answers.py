"""What is read of AWS's XML equals what botocore reads of it, member by member; what is no answer is none."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
import jmespath
import pytest
from botocore.parsers import ResponseParserError, ResponseParserFactory

from tagwarden.providers.aws import answers
from tagwarden.providers.aws.answers import PAGING, Answers, is_read_of, needed
from tagwarden.providers.aws.rows import KINDS

SESSION = botocore.session.Session()
SCALARS = {
    "boolean": "true", "integer": "7", "long": "8", "float": "1.5", "double": "2.5",
    "timestamp": "2026-08-31T10:00:00.000Z", "blob": "YQ==",
}  # fmt: skip


def operations() -> Iterator[tuple[str, str]]:
    """Give each service and operation whose answers are read by us."""
    for kind in KINDS.values():
        calls = [kind.listing.operation] + [part.call.operation for part in (kind.read, kind.detail) if part]
        if SESSION.get_service_model(kind.service).resolved_protocol in ("ec2", "query"):
            yield from ((kind.service, operation) for operation in calls if operation in needed())


EVERY_OPERATION = sorted(set(operations()))


def xml(shape: Any, tag: str, inside: tuple[str, ...] = ()) -> str:
    """Write a sample of a shape the way its protocol does, every member there, lists with two."""
    within = (*inside, shape.name)
    if shape.name in inside:
        return ""
    if shape.type_name == "structure":
        body = "".join(_member(member, name, within) for name, member in shape.members.items())
    elif shape.type_name == "list":
        one = shape.member.serialization.get("name", "member")
        body = xml(shape.member, one, within) * 2
    elif shape.type_name == "map":
        body = f"<entry><key>k</key>{xml(shape.value, 'value', within)}</entry>"
    else:
        body = SCALARS.get(shape.type_name, escape(f"a <{tag}> & {shape.name}"))
    return f"<{tag}>{body}</{tag}>"


def _member(shape: Any, name: str, within: tuple[str, ...]) -> str:
    tag = shape.serialization.get("name", name)
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        return xml(shape.member, shape.member.serialization.get("name", tag), within) * 2
    return xml(shape, tag, within)


def answer(service: str, operation: str) -> tuple[Any, str, dict[str, Any]]:
    model = SESSION.get_service_model(service).operation_model(operation)
    shape = model.output_shape
    wrapper = shape.serialization.get("resultWrapper")
    body = xml(shape, wrapper or "x")
    inner = body if wrapper else body.removeprefix("<x>").removesuffix("</x>")
    text = f'<?xml version="1.0"?><{operation}Response xmlns="http://aws/doc/">{inner}<requestId>r</requestId></{operation}Response>'
    response = {
        "body": text.encode(), "headers": {}, "status_code": 200, "context": {"operation_name": operation},
    }  # fmt: skip
    return shape, SESSION.get_service_model(service).resolved_protocol, response


def pruned(value: Any, shape: Any, is_read: Callable[[str, Any], bool]) -> Any:
    """Give what botocore read without the members that nobody needs."""
    if shape.type_name == "structure":
        members = shape.members
        return {
            name: pruned(one, members[name], is_read) for name, one in value.items() if is_read(name, members[name])
        }
    if shape.type_name == "list":
        return [pruned(one, shape.member, is_read) for one in value]
    if shape.type_name == "map":
        return {key: pruned(one, shape.value, is_read) for key, one in value.items()}
    return value


@pytest.mark.parametrize("cuts_at", [0, 10**9], ids=["cut", "whole"])
@pytest.mark.parametrize(("service", "operation"), EVERY_OPERATION)
def test_an_answer_reads_as_botocore_reads_it(
    service: str, operation: str, cuts_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every member that a path leads to or that may name a resource is the same, with branches cut off or not."""
    monkeypatch.setattr(answers, "LONG", cuts_at)
    shape, protocol, response = answer(service, operation)
    theirs = ResponseParserFactory().create_parser(protocol).parse(response, shape)
    metadata = theirs.pop("ResponseMetadata")

    ours = Answers().create_parser(protocol).parse(response, shape)

    assert metadata == ours.pop("ResponseMetadata")
    assert pruned(theirs, shape, partial(is_read_of, operation)) == ours
    assert ours


def test_most_of_an_instance_is_cut_off() -> None:
    """That is what makes collecting fast; what is kept is what the row looks at."""
    assert {"NetworkInterfaces", "MetadataOptions", "CpuOptions"}.isdisjoint(needed()["DescribeInstances"])
    assert {"InstanceId", "LaunchTime", "Tags", "SecurityGroups"} <= needed()["DescribeInstances"]


@pytest.mark.parametrize(("service", "operation"), EVERY_OPERATION)
def test_tokens_of_pages_are_always_read(service: str, operation: str) -> None:
    """A token that was cut off would end a listing early."""
    try:
        paging = SESSION.get_paginator_model(service).get_paginator(operation)
    except ValueError:
        return
    tokens = [paging["output_token"]] if isinstance(paging["output_token"], str) else paging["output_token"]

    for path in [*tokens, *([paging["more_results"]] if "more_results" in paging else [])]:
        assert jmespath.compile(path).parsed["value"] in PAGING


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Please log in</body></html>",
        b"this is no XML",
        b"",
        b"<DescribeVolumesResponse><volumeSet><item>",
        b"<DescribeInstancesResponse/>",
    ],
)
def test_a_page_that_is_no_answer_is_never_an_empty_list(body: bytes) -> None:
    """A proxy's page must not look like an account without volumes (S3)."""
    shape = SESSION.get_service_model("ec2").operation_model("DescribeVolumes").output_shape
    response = {"body": body, "headers": {}, "status_code": 200, "context": {"operation_name": "DescribeVolumes"}}

    with pytest.raises(ResponseParserError):
        Answers().create_parser("ec2").parse(response, shape)


def test_a_branch_within_one_of_its_name_is_read_whole() -> None:
    """What the service model does not know must not break the reading."""
    odd = b"<x><placement><placement><a>1</a></placement></placement></x>"
    body = (
        b"<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>"
        + odd + b"<imageId>ami-1</imageId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>"
    )  # fmt: skip
    shape = SESSION.get_service_model("ec2").operation_model("DescribeInstances").output_shape
    response = {
        "body": body + b" " * answers.LONG, "headers": {}, "status_code": 200,
        "context": {"operation_name": "DescribeInstances"},
    }  # fmt: skip

    parsed = Answers().create_parser("ec2").parse(response, shape)

    assert [{"InstanceId": "i-1", "ImageId": "ami-1"}] == parsed["Reservations"][0]["Instances"]


def test_operations_that_are_not_listed_with_are_left_to_botocore() -> None:
    """Writes and steps look at other members."""
    assert "CreateTags" not in needed()
    assert "DescribeRouteTables" not in needed()  # a step looks at its associations
