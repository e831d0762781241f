"""Events for `kubectl describe`: a single event per object and reason, with a count of repetitions."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from tagwarden.errors import NotFound, ProviderError
from tagwarden.model.policy import API_GROUP, API_VERSION
from tagwarden.model.reasons import Reason
from tagwarden.tagging import format_instant

logger = logging.getLogger(__name__)

COMPONENT = "tagwarden"
_LONGEST_MESSAGE = 1024
_LONGEST_NAME = 253


class EventType(StrEnum):
    """The two types of events in Kubernetes."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that an event is about."""

    kind: str
    name: str
    uid: str


class EventStore(Protocol):
    """The API of events; every failure is a ProviderError."""

    async def read_event(self, name: str) -> dict[str, Any]:
        """Give an event; raise NotFound."""
        ...

    async def create_event(self, event: dict[str, Any]) -> None:
        """Create an event."""
        ...

    async def patch_event(self, name: str, changes: dict[str, Any]) -> None:
        """Change an event; raise NotFound after its expiry."""
        ...


class EventRecorder:
    """Records events. A failure is logged and never stops a pass."""

    def __init__(self, store: EventStore, instance: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._instance = instance
        self._clock = clock

    async def record(self, subject: Subject, type_: EventType, reason: Reason, message: str) -> None:
        """Record an event of the subject; a repeated reason increases the count and replaces the message."""
        logger.info("%s %s: %s: %s", subject.kind, subject.name, reason, message)
        name = _name_of(subject, reason)
        now = format_instant(self._clock().astimezone(UTC))
        try:
            try:
                known = await self._store.read_event(name)
                count = int(known.get("count") or 1) + 1
                changes = {"count": count, "lastTimestamp": now, "message": _cut(message), "type": type_}
                await self._store.patch_event(name, changes)
            except NotFound:
                await self._store.create_event(
                    self._event(name, subject, type_=type_, reason=reason, message=message, now=now)
                )
        except ProviderError as error:
            logger.warning("cannot record an event of %s %s: %s", subject.kind, subject.name, error)

    def _event(
        self, name: str, subject: Subject, *, type_: EventType, reason: Reason, message: str, now: str
    ) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Event",
            # kubectl finds events of cluster-scoped objects by an empty namespace in involvedObject, and the API server
            # accepts such events only in the namespace `default`.
            "metadata": {"name": name, "namespace": "default"},
            "involvedObject": {
                "apiVersion": f"{API_GROUP}/{API_VERSION}",
                "kind": subject.kind,
                "name": subject.name,
                "uid": subject.uid,
            },
            "type": type_,
            "reason": reason,
            "message": _cut(message),
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": COMPONENT},
            "reportingComponent": f"{API_GROUP}/{COMPONENT}",
            "reportingInstance": self._instance[:128],
        }


def _name_of(subject: Subject, reason: Reason) -> str:
    """Give the same name to the same event, also after a restart."""
    digest = hashlib.sha256(f"{subject.uid}/{reason}".encode()).hexdigest()[:16]
    return f"{subject.name[: _LONGEST_NAME - 17]}.{digest}"


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 1]}…"
