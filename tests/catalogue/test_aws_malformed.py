"""Every kind asked through botocore itself, of an endpoint that answers with anything but what AWS would say."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from tagwarden.errors import ProviderError
from tagwarden.model.account import AwsAccount
from tagwarden.model.tags import TagChanges, TagState
from tagwarden.providers.aws import clients
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.clients import Clients
from tagwarden.providers.aws.deleting import delete
from tagwarden.providers.aws.normalising import known_of
from tagwarden.providers.aws.row import Kind, NoTags
from tagwarden.providers.aws.tag_writing import write_tags
from tagwarden.providers.catalogue.workers import Workers
from tests.catalogue.test_aws_walk import PARENT, PLACE, Generated, gatherer, one_of

PAGE = b"<html><body>Welcome to the hotel</body></html>"
PAGES = {
    "page": (200, PAGE),
    "page with a doctype": (200, b"<!DOCTYPE html>\n<HTML><head><title>x</title></head><body><p>hi<br></body></HTML>"),
    "nothing": (200, b""),
    "text": (200, b"OK"),
    "null": (200, b"null"),
    "a list": (200, b"[]"),
    "half of some JSON": (200, b'{"Tables": ["one", "tw'),
    "half of some XML": (200, b'<?xml version="1.0"?><DescribeVolumesResponse><volumeSet><item><volu'),
    "bytes": (200, b"\xff\xfe\x00\x01"),
    "a bad gateway": (502, PAGE),
    "an empty fault": (503, b""),
    "a refusal by a proxy": (403, PAGE),
    "a refusal that is a list": (400, b"[]"),
    "half a refusal": (400, b"<Response><Errors><Error><Code>Depend"),
}


@dataclass
class Endpoint:
    """Answers every request with the same."""

    calls: Calls
    status: int = 200
    body: bytes = b""

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, self.status, {}, _Body(self.body))


class _Body(io.BytesIO):
    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.getvalue()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    """Yield an endpoint that every client of a session talks to; nothing is tried twice, so that it is quick."""
    account = AwsAccount.model_validate({"account_id": "123456789012", "regions": ("eu-central-1",)})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clients, "ATTEMPTS", 1)
        made = Clients(account, {"aws_access_key_id": "a", "aws_secret_access_key": "b"}, {})
        opened = Endpoint(Calls(made))
        made._session.get_component("event_emitter").register("before-send.*.*", opened.answer)
        yield opened


def test_s1_s5_what_is_no_answer_never_says_that_it_is_gone_or_untagged(
    kind: Kind, endpoint: Endpoint, workers: Workers
) -> None:
    """S1, S5: a page, nothing or half an answer is a named failure for every kind, in reading and in listing."""
    resource = one_of(kind, Generated(kind.gone), workers)
    known = known_of(resource, PLACE.account_id, PLACE.partition)
    asking = gatherer(kind, endpoint.calls, workers)
    parents = [PARENT] if kind.listing.per else []
    wrong = []
    for name, (endpoint.status, endpoint.body) in PAGES.items():
        for ask in (lambda: asking.read(known), lambda: asking.gather(parents, lambda _: True)):
            try:
                wrong.append((name, ask()))
            except ProviderError as error:
                wrong += [(name, error)] if "\n" in str(error) else []

    assert [] == wrong


def test_s1_tags_that_nobody_answered_are_unreadable(kind: Kind, endpoint: Endpoint, workers: Workers) -> None:
    """S1: where the list is whole and the tags come as a page, they are unreadable and never missing."""
    if isinstance(kind.tags, NoTags):
        assert kind.writing is None
        return
    states = set()
    for name, (endpoint.status, endpoint.body) in PAGES.items():
        whole = Generated((*kind.gone, *kind.going))
        resource = one_of(kind, TagsOf(whole, endpoint.calls, kind), workers)
        states.add((resource.tags.state, bool(resource.tags.values), name))

    assert not [(state, name) for state, has_some, name in states if state is TagState.KNOWN and not has_some]


def test_s12_writes_that_are_answered_so_end_with_a_name(kind: Kind, endpoint: Endpoint, workers: Workers) -> None:
    """S12: a write is either accepted, which a look then has to confirm, or fails with one of our errors."""
    found = one_of(kind, Generated((*kind.gone, *kind.going)), workers)
    resource = replace(found, protection="", state="")
    known = known_of(resource, PLACE.account_id, PLACE.partition)
    crashed = []
    for name, (endpoint.status, endpoint.body) in PAGES.items():
        for write in (
            lambda: delete(kind, resource, "eu-central-1", known, endpoint.calls),
            lambda: write_tags(kind, "eu-central-1", known, TagChanges({"owner": "ann"}), endpoint.calls),
        ):
            try:
                write()
            except ProviderError:
                continue
            except Exception as error:  # noqa: BLE001 - what the test looks for
                crashed.append((name, repr(error)))

    assert [] == crashed


class TagsOf(Calls):
    """Answers lists whole, and what is asked for tags by the endpoint."""

    def __init__(self, whole: Generated, real: Calls, kind: Kind) -> None:
        self._whole = whole
        self._real = real
        tags = getattr(kind.tags, "call", None)
        self._operations = {tags.operation} if tags is not None else set()

    def call(self, service: str, region: str, operation: str, params: Any) -> dict[str, Any]:
        asked = self._real if operation in self._operations else self._whole
        return asked.call(service, region, operation, params)

    def pages(self, service: str, region: str, operation: str, params: Any, page_size: int | None = None) -> Any:
        if operation in self._operations:
            return iter([self._real.call(service, region, operation, params)])
        return self._whole.pages(service, region, operation, params, page_size)
