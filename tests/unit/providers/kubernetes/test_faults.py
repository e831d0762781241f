"""Whatever an API server answers ends as an error of our tree."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.errors import (
    AccessDenied,
    CredentialsInvalid,
    InvalidRequest,
    InvalidState,
    LimitExceeded,
    NotFound,
    PreconditionFailed,
    ProviderError,
    Retry,
    ServerFault,
    Throttled,
    UnknownError,
    Unsupported,
    VendorProtection,
)
from tagwarden.providers.api_server.faults import ListExpired, NotServed, Refusal, error_of, read_refusal


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Refusal(400, "BadRequest", "the body is wrong"), InvalidRequest),
        (Refusal(401, "Unauthorized", "Unauthorized"), CredentialsInvalid),
        (Refusal(403, "Forbidden", 'pods is forbidden: User "jane" cannot list resource "pods"'), AccessDenied),
        (Refusal(403, "Forbidden", 'pods is forbidden: User "system:anonymous" cannot list'), CredentialsInvalid),
        (Refusal(403, "Forbidden", 'pods "p" is forbidden: exceeded quota: q, requested: pods=1'), LimitExceeded),
        (Refusal(403, "Forbidden", 'namespaces "default" is forbidden: this namespace may not be deleted'),
         VendorProtection),
        (Refusal(400, "", 'admission webhook "guard.example.com" denied the request: never'), VendorProtection),
        (Refusal(422, "Invalid", "ValidatingAdmissionPolicy 'guard' with binding 'b' denied request: never"),
         VendorProtection),
        (Refusal(500, "InternalError", 'failed calling webhook "guard.example.com": connection refused'), ServerFault),
        (Refusal(404, "NotFound", 'pods "p" not found', "p"), NotFound),
        (Refusal(404, "NotFound", "the server could not find the requested resource"), NotServed),
        (Refusal(404, "", "404 page not found"), NotServed),
        (Refusal(405, "MethodNotAllowed", "the server does not allow this method"), Unsupported),
        (Refusal(406, "NotAcceptable", "only the following media types are accepted"), Unsupported),
        (Refusal(409, "Conflict", "the object has been modified"), PreconditionFailed),
        (Refusal(409, "AlreadyExists", 'pods "p" already exists'), InvalidState),
        (Refusal(409, "Conflict", "Precondition failed: UID in precondition: a, UID in object meta: b"),
         PreconditionFailed),
        (Refusal(410, "Expired", "The provided continue parameter is too old"), ListExpired),
        (Refusal(413, "RequestEntityTooLarge", "limit is 3145728"), InvalidRequest),
        (Refusal(415, "UnsupportedMediaType", "the body of the request was in an unknown format"), Unsupported),
        (Refusal(422, "Invalid", 'ConfigMap "c" is invalid: metadata.annotations: Too long'), InvalidRequest),
        (Refusal(422, "Invalid", 'ConfigMap "c" is invalid: metadata.uid: Invalid value: "b": field is immutable'),
         PreconditionFailed),
        (Refusal(429, "TooManyRequests", "try again later"), Throttled),
        (Refusal(500, "InternalError", "etcdserver: leader changed"), ServerFault),
        (Refusal(502, "", "Bad Gateway"), ServerFault),
        (Refusal(503, "ServiceUnavailable", "the server is currently unable to handle the request"), ServerFault),
        (Refusal(504, "Timeout", "the server was unable to return a response in the time allotted"), ServerFault),
        (Refusal(418, "", "I'm a teapot"), UnknownError),
        (Refusal(302, "", "Found"), UnknownError),
    ],
    ids=lambda value: f"{value.status}-{value.message[:40]}" if isinstance(value, Refusal) else value.__name__,
)  # fmt: skip
def test_each_refusal_has_its_error(refusal: Refusal, expected: type[ProviderError]) -> None:
    """What the API server says decides what may be done about it."""
    assert expected is type(error_of(refusal, operation="delete pods p"))


def test_the_error_names_the_operation_the_code_and_the_request() -> None:
    """A person finds the request in the audit log of the cluster."""
    error = error_of(Refusal(403, "Forbidden", "no"), operation="list pods", request_id="abc")

    assert "list pods: no (Forbidden)" == str(error)
    assert "abc" == error.request_id


def test_unknown_refusals_are_never_repeated() -> None:
    """What nobody foresaw is reported and left alone."""
    assert Retry.NEVER is error_of(Refusal(418, "", "?"), operation="x").retry


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad Gateway</html>", b"[]", b"null", b"{}", b'{"kind": "Status"}', b"\xff"]
)
def test_answers_of_proxies_are_read_too(body: bytes) -> None:
    """What is between us and the API server answers in its own ways."""
    refusal = read_refusal(502, body)

    assert 502 == refusal.status
    assert refusal.message


@given(st.integers(300, 599), st.text(), st.text(), st.one_of(st.none(), st.dictionaries(st.text(), st.text())))
def test_no_answer_is_without_an_error(code: int, reason: str, message: str, details: dict[str, str] | None) -> None:
    """Any status with any words ends in our tree, and never as success."""
    body = json.dumps({"kind": "Status", "reason": reason, "message": message, "details": details}).encode()

    error = error_of(read_refusal(code, body), operation="get pods p")

    assert isinstance(error, ProviderError)
    assert "\n" not in str(error)
