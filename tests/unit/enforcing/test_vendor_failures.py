"""What AWS answers to a deletion or a write of tags: each ends blocked, retried or failed with its name."""

from collections.abc import Iterator
from datetime import timedelta

import botocore.session
import pytest
from botocore import exceptions as foreign
from botocore.parsers import ResponseParserError

from tagwarden.enforcing import EnforceSettings
from tagwarden.errors import NotFound, ProviderError, Retry
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges
from tagwarden.providers.aws.errors import of_exception
from tagwarden.providers.aws.iam import Access, calls_of
from tagwarden.providers.aws.rows import KINDS
from tagwarden.state import Database
from tests.support.enforcement import Bench, a_plan, expired, planned_deletion, planned_write

REFUSED = {ActionState.WITHHELD, ActionState.FAILED}
SETTINGS = EnforceSettings(workers=1, calls_per_second=1000, deletion_limit=timedelta(seconds=1))
CHANGES = TagChanges({"expiration": "2026-09-02T12:00:00Z"})
UNMODELLED = [
    "AuthFailure",
    "DependencyViolation",
    "IncorrectInstanceState",
    "IncorrectState",
    "InternalError",
    "InvalidAttachment.NotFound",
    "InvalidGroup.InUse",
    "InvalidInstanceID.NotFound",
    "InvalidNetworkInterface.InUse",
    "InvalidParameterCombination",
    "InvalidSnapshot.InUse",
    "InvalidVolume.NotFound",
    "OperationNotPermitted",
    "OptInRequired",
    "RequestLimitExceeded",
    "ResourceInUseFault",
    "ServiceUnavailable",
    "UnauthorizedOperation",
    "VolumeInUse",
    "BucketNotEmpty",
    "SlowDown",
    "AccessDenied",
    "ExpiredToken",
    "RequestTimeTooSkewed",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidClientTokenId",
    "ThrottlingException",
    "ValidationError",
    "MalformedXML",
    "NoSuchBucket",
    "NoSuchTagSet",
    "SomethingEntirelyNew",
    "502",
    "500",
    "404",
    "403",
]
NO_ANSWER: tuple[Exception, ...] = (
    foreign.ConnectionClosedError(endpoint_url="https://ec2"),
    foreign.EndpointConnectionError(endpoint_url="https://ec2"),
    foreign.ReadTimeoutError(endpoint_url="https://ec2"),
    foreign.ConnectTimeoutError(endpoint_url="https://ec2"),
    foreign.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    foreign.NoCredentialsError(),
    foreign.ParamValidationError(report="x"),
    ResponseParserError("half an answer"),
)


def modelled() -> Iterator[str]:
    session = botocore.session.Session()
    for kind in KINDS.values():
        for access in (Access.TAG, Access.DELETE):
            for call in calls_of(kind, access):
                model = session.get_service_model(call.service or kind.service).operation_model(call.operation)
                for shape in model.error_shapes:
                    yield str(shape.metadata.get("error", {}).get("code", shape.name))


def answered(code: str) -> Exception:
    status = int(code) if code.isdigit() else 400
    metadata = {"HTTPStatusCode": status, "RequestId": f"r-{code}"}
    return foreign.ClientError({"Error": {"Code": code, "Message": "not now"}, "ResponseMetadata": metadata}, "X")


FAILURES = {
    **{code: answered(code) for code in sorted({*modelled(), *UNMODELLED})},
    **{type(each).__name__: each for each in NO_ANSWER},
}


def replayed(database: Database, instance: Resource, error: ProviderError, action: ActionType) -> tuple[Outcome, int]:
    """Let every write fail in the same way; give what became of it, and how often it was tried."""
    calls: list[str] = []

    def fail(operation: str, _: Resource | None) -> None:
        if operation in {"delete", "set_tags"}:
            calls.append(operation)
            raise error

    bench = Bench(database, settings=SETTINGS)
    bench.add(instance)
    bench.world.before = fail
    planned = planned_deletion(instance) if action is ActionType.DELETE else planned_write(instance, CHANGES)
    (outcome,) = bench.run(a_plan(planned), run=instance.id)
    return outcome, len(calls)


@pytest.mark.parametrize("action", [ActionType.DELETE, ActionType.SET_TAGS])
def test_every_failure_that_aws_can_answer_with_ends_with_its_name(database: Database, action: ActionType) -> None:
    """All errors that the models of our deletions and tag calls name, and those that no model names (S12)."""
    wrong = []
    for number, failure in enumerate(FAILURES.values()):
        error = of_exception(failure, f"ec2:{action}")
        outcome, calls = replayed(database, expired(number), error, action)

        # A deletion of what is not there is success, which only a look confirms: it is still there.
        is_unseen = isinstance(error, NotFound) and action is ActionType.DELETE
        states, reason = ({ActionState.WAITING}, Reason.TimedOut) if is_unseen else (REFUSED, error.reason)
        tries = SETTINGS.attempts if error.retry is Retry.BACKOFF else 1
        if (outcome.state in states, outcome.reason, outcome.request_id, calls) != (
            True,
            reason,
            error.request_id,
            tries,
        ):
            wrong.append((str(outcome), outcome.request_id, calls))
        elif not is_unseen and error.code not in outcome.message:
            wrong.append((str(outcome), "lacks", error.code))

    assert len(FAILURES) > 100
    assert [] == wrong
