"""Events: one for each object and reason, where kubectl looks for them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tagwarden.controller.events import EventRecorder, EventType, Subject
from tagwarden.errors import AccessDenied, NotFound, ProviderError
from tagwarden.model.reasons import Reason

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
POLICY = Subject("CleanupPolicy", "test-accounts", "uid-1")


class Events:
    """Keeps events by name."""

    def __init__(self, failure: ProviderError | None = None) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.failure = failure

    async def read_event(self, name: str) -> dict[str, Any]:
        if self.failure is not None:
            raise self.failure
        if name not in self.kept:
            raise NotFound(name)
        return self.kept[name]

    async def create_event(self, event: dict[str, Any]) -> None:
        self.kept[event["metadata"]["name"]] = event

    async def patch_event(self, name: str, changes: dict[str, Any]) -> None:
        self.kept[name] |= changes


def record(events: Events, *said: tuple[Subject, Reason, str]) -> list[dict[str, Any]]:
    for subject, reason, message in said:
        # A recorder for each: what is known must outlive the operator.
        recorder = EventRecorder(events, "pod-1", lambda: NOW)
        asyncio.run(recorder.record(subject, EventType.WARNING, reason, message))
    return list(events.kept.values())


def test_an_event_lies_where_kubectl_describe_looks() -> None:
    """For a cluster-scoped object that is the namespace `default`, and no namespace in what it is about."""
    found = record(Events(), (POLICY, Reason.InvalidTimeZone, "Mars is no time zone"))

    assert ["default"] == [event["metadata"]["namespace"] for event in found]
    assert [
        {
            "apiVersion": "tagwarden.io/v1alpha1",
            "kind": "CleanupPolicy",
            "name": "test-accounts",
            "uid": "uid-1",
        }
    ] == [event["involvedObject"] for event in found]


def test_the_same_reason_counts_up() -> None:
    """A thousand failed passes are one line, also over restarts; the last message is shown."""
    found = record(Events(), (POLICY, Reason.Throttled, "first"), (POLICY, Reason.Throttled, "second"))

    assert [(2, "second")] == [(event["count"], event["message"]) for event in found]


def test_other_reasons_and_other_objects_are_other_events() -> None:
    """Nothing is counted together that is not the same."""
    other = Subject("CleanupPolicy", "test-accounts", "uid-2")

    found = record(Events(), (POLICY, Reason.Throttled, ""), (POLICY, Reason.Failed, ""), (other, Reason.Throttled, ""))

    assert 3 == len(found)


def test_a_long_message_is_cut_to_what_the_api_server_takes() -> None:
    """A vendor's answer can be longer than an event."""
    found = record(Events(), (POLICY, Reason.Failed, "x" * 5000))

    assert 1024 == len(found[0]["message"])


@pytest.mark.parametrize("length", [1, 253])
def test_names_stay_within_their_limit(length: int) -> None:
    """The event of an object with the longest name has a name too."""
    found = record(Events(), (Subject("CleanupPolicy", "x" * length, "uid"), Reason.Failed, ""))

    assert len(found[0]["metadata"]["name"]) <= 253


def test_an_event_that_cannot_be_recorded_stops_nothing() -> None:
    """Without the permission a pass goes on, and the log says so."""
    assert [] == record(Events(AccessDenied("no")), (POLICY, Reason.Failed, "said"))
