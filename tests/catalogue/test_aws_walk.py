"""Every row walked from end to end over generated answers in which every member is there."""

import re
from collections.abc import Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import Any

import pytest
from botocore.validate import ParamValidator

from tagwarden.errors import DependencyViolation, InvalidState, PreconditionFailed, ProviderError
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.providers.aws.calls import Calls
from tagwarden.providers.aws.deleting import delete
from tagwarden.providers.aws.errors import class_of
from tagwarden.providers.aws.gathering import Gatherer
from tagwarden.providers.aws.normalising import Place, known_of
from tagwarden.providers.aws.row import Kind, NoTags, Refusal, ReplacedTags
from tagwarden.providers.aws.tag_writing import write_tags
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.catalogue.workers import Workers
from tests.catalogue.shapes import SESSION, sample

PLACE = Place("dev", "123456789012", "aws", "eu-central-1", "arn:aws:iam::123456789012:user/ann")
PARENT = Resource(
    "arn:aws:parent", ProviderName.AWS, "dev", "eu-central-1", "x", "x", "parent-id", "parent", None, Tags.known({})
)
# The times of queues stand in a map, of which a sample has no key that means anything.
NO_SAMPLE_OF_TIME = {"aws_sqs_queue"}
# What the last page lacks.
MORE = {"HasMoreTags", "IsTruncated", "NextMarker", "NextToken", "Truncated", "nextToken"}
# How AWS words what a step answers, where one code says several things.
SAID = (
    "Rule can't be deleted since it has targets.",
    "You can't delete secret x that still has replica regions [eu-west-1].",
    "Cannot delete, resource must be DISABLED.",
    "Status (InService) not in ([Failed, Stopped]). Unable to transition to (Deleting)",
)
# The kinds with steps that nothing undoes, and what those destroy once AWS has asked for it.
DESTROYING = {
    "aws_s3_bucket": "objects",
    "aws_iam_user": "credentials, which IAM shows once",
    "aws_iam_policy": "older versions, which nothing uses",
    "aws_cognito_user_pool": "its domain, which another pool may take at once",
}
# What would say that an accepted call failed in part, and that a secret or a plan is deleted.
LEFT_OUT = {"Errors", "FailedEntries", "FailedRequests", "Unsuccessful", "DeletedDate", "DeletionDate"}


class Generated(Calls):
    """Answers every call with a sample of its output, after checking the parameters as botocore does."""

    def __init__(self, gone: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []
        self._gone = gone

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        model = SESSION.get_service_model(service).operation_model(operation)
        problems = ParamValidator().validate(params, model.input_shape)

        assert not problems.has_errors(), f"{operation}: {problems.generate_report()}"
        assert region
        self.asked.append(operation)
        return alive(sample(model.output_shape), self._gone) if model.output_shape else {}

    def pages(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], page_size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        page = self.call(service, region, operation, params)
        yield {name: told for name, told in page.items() if name not in MORE}


class Refusing(Generated):
    """Refuses the deletion with these errors first, one after the other."""

    def __init__(self, operation: str, refusals: list[ProviderError], gone: tuple[str, ...]) -> None:
        super().__init__(gone)
        self._operation = operation
        self._refusals = refusals

    def call(self, service: str, region: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = super().call(service, region, operation, params)
        if operation == self._operation and self._refusals:
            raise self._refusals.pop(0)
        return answer


def refusal_of(refusal: Refusal) -> ProviderError:
    """Give an error as AWS words it."""
    code = refusal.codes.split("|")[0] or "DependencyViolation"
    message = next((said for said in SAID if re.search(refusal.words, said)), "")
    return class_of(code, message)(message, code=code)


def alive(value: Any, gone: tuple[str, ...]) -> Any:
    """Replace states that mean that there is nothing any more."""
    if isinstance(value, dict):
        return {key: alive(one, gone) for key, one in value.items() if key not in LEFT_OUT}
    if isinstance(value, list):
        return [alive(one, gone) for one in value]
    return "ACTIVE" if isinstance(value, str) and value in gone else value


def gatherer(kind: Kind, calls: Calls, workers: Workers) -> Gatherer:
    return Gatherer(kind, PLACE, calls, workers, Shared())


def one_of(kind: Kind, calls: Calls, workers: Workers) -> Resource:
    gathered = gatherer(kind, calls, workers).gather([PARENT] if kind.listing.per else [], lambda _: True)

    assert 1 <= len(gathered.resources)
    return gathered.resources[0]


def test_every_row_gives_a_whole_resource(kind: Kind, workers: Workers) -> None:
    """Listed, detailed, with tags, edges and aliases, without a hole."""
    resource = one_of(kind, Generated(kind.gone), workers)

    assert kind.name == resource.kind
    assert kind.category == resource.category
    assert resource.id
    assert resource.uid
    assert resource.name
    assert (kind.created is None or kind.name in NO_SAMPLE_OF_TIME) == (resource.created is None)
    assert set(resource.attributes) <= set(kind.attributes)


def test_every_row_reads_one_again(kind: Kind, workers: Workers) -> None:
    """What a resource keeps is enough to ask for it alone."""
    calls = Generated(kind.gone)
    resource = one_of(kind, calls, workers)
    known = known_of(resource, PLACE.account_id, PLACE.partition)

    again = gatherer(kind, calls, workers).read(known)

    assert again is None or again.kind == kind.name


def test_every_row_writes_tags(kind: Kind, workers: Workers) -> None:
    """Set and removed in calls that botocore would send."""
    if kind.writing is None:
        assert not one_of(kind, Generated(kind.gone), workers).tags.values
        return
    calls = Generated(kind.gone)
    resource = one_of(kind, calls, workers)
    known = known_of(resource, PLACE.account_id, PLACE.partition)
    calls.asked.clear()

    # The generated world never changes, which a kind whose whole set is replaced notices.
    expected = pytest.raises(PreconditionFailed) if isinstance(kind.writing, ReplacedTags) else nullcontext()
    with expected:
        write_tags(kind, "eu-central-1", known, TagChanges({"owner": "ann"}, ("expires",)), calls)

    writes = [kind.writing.write] if isinstance(kind.writing, ReplacedTags) else [kind.writing.set, kind.writing.remove]
    assert {call.operation for call in writes} <= set(calls.asked)


def test_every_row_tries_before_its_steps(kind: Kind, workers: Workers) -> None:
    """S23: the deletion comes first, each step once AWS has asked for it, in its order, and the deletion comes last."""
    if kind.delete is None:
        assert () == kind.steps
        return
    refusals = [refusal_of(step.answers[0]) for step in kind.steps]
    calls = Refusing(kind.delete.operation, refusals, (*kind.gone, *kind.going))
    resource = one_of(kind, calls, workers)
    unprotected = Resource(
        resource.uid, resource.provider, "dev", resource.region, kind.name, "x", resource.id, resource.name, None,
        resource.tags, attributes=resource.attributes,
    )  # fmt: skip
    calls.asked.clear()

    # What is asked for before the first step has a world of its own: generated answers hold everything.
    unasked = replace(kind, asks=())
    # Some steps find nothing to do in generated answers, and AWS goes on refusing.
    with suppress(DependencyViolation, InvalidState) if kind.steps else nullcontext():
        delete(unasked, unprotected, "eu-central-1", known_of(unprotected, PLACE.account_id, PLACE.partition), calls)

    assert kind.delete.operation == calls.asked[0]
    assert {step.each.operation for step in kind.steps if step.each} <= set(calls.asked)


def test_every_step_answers_what_names_it(kind: Kind) -> None:
    """S23: no refusal that a step answers is one of a missing permission, a protection or a fault of AWS."""
    for step in kind.steps:
        assert step.answers
        for refusal in step.answers:
            assert isinstance(refusal_of(refusal), DependencyViolation | InvalidState)


def test_what_destroys_comes_last(kind: Kind) -> None:
    """S23: nothing is destroyed while something that can be undone may be all that AWS asks for."""
    assert sorted(kind.steps, key=lambda step: step.undo is None) == list(kind.steps)
    assert kind.name in DESTROYING or all(step.undo is not None for step in kind.steps)


def test_every_row_reads_known_tags(kind: Kind, workers: Workers) -> None:
    """A whole answer leaves no tags unread."""
    expected = TagState.UNTAGGABLE if isinstance(kind.tags, NoTags) else TagState.KNOWN

    assert expected is one_of(kind, Generated(kind.gone), workers).tags.state
