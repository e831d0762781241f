"""Calls a provider within the rate limit of its account; every foreign exception becomes a `ProviderError`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tagwarden.enforcing.rate_limiter import RateLimiter
from tagwarden.errors import ProviderError, Throttled, UnknownError, Unsupported
from tagwarden.model.evidence import Search
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.tags import TagChanges
from tagwarden.providers.base import KeepsBackups, MadeBackup, MakesBackups, Note, Provider, Receipt, Taken

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProviderClient:
    """A provider as the workers of an account use it. Every method raises only `ProviderError`.

    Reads wait for their turn. Before a write, the caller calls `take_turn` separately, so that only the journal stands
    between the last check and the write.
    """

    provider: Provider
    pace: RateLimiter

    def take_turn(self) -> None:
        """Wait until the rate limit allows another call."""
        self.pace.take_turn()

    def identify(self) -> Identity:
        """Ask for the identity of the credentials."""
        self.take_turn()
        return self._call("identify", self.provider.identify)

    def read(self, resource: Resource) -> Resource | None:
        """Read the current state of a resource; None if deleted."""
        self.take_turn()
        return self._call("read", lambda: self.provider.read(resource))

    def look(self, search: Search, now: datetime) -> Snapshot:
        """List the extent of a search; `now` (aware UTC) becomes the time of the snapshot."""
        self.take_turn()
        return self._call("look", lambda: self.provider.collect(now, None, search.extent))

    def is_gone(self, resource: Resource) -> bool:
        """Check whether this resource is deleted."""
        self.take_turn()
        return self._call("is_gone", lambda: self.provider.is_gone(resource))

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write tags; the caller has called `take_turn`."""
        return self._call("set_tags", lambda: self.provider.set_tags(resource, changes))

    def delete(self, resource: Resource, note: Note) -> Receipt:
        """Delete a resource; the caller has called `take_turn`."""
        return self._call("delete", lambda: self.provider.delete(resource, note))

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Undo a step of a deletion."""
        self.take_turn()
        self._call("undo", lambda: self.provider.undo(resource, taken))

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """List the backups of a resource."""
        provider = self.provider
        if not isinstance(provider, MakesBackups):
            raise Unsupported(messages.BACKUPS_UNSUPPORTED(), operation="backups_of")
        self.take_turn()
        return self._call("backups_of", lambda: provider.backups_of(resource))

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Request a backup; the caller has called `take_turn`."""
        provider = self.provider
        if not isinstance(provider, MakesBackups):
            raise Unsupported(messages.BACKUPS_UNSUPPORTED(), operation="back_up")
        return self._call("back_up", lambda: provider.back_up(resource, tags))

    def backup(self, resource: Resource) -> str:
        """Give the stored state of a resource; empty if the provider does not support this, or not for the kind."""
        provider = self.provider
        if not isinstance(provider, KeepsBackups):
            return ""
        self.take_turn()
        return self._call("backup", lambda: provider.backup(resource))

    def recreate(self, backup: str) -> Resource:
        """Recreate a resource from its stored state; the caller has called `take_turn`."""
        provider = self.provider
        if not isinstance(provider, KeepsBackups):
            raise Unsupported(messages.BACKUPS_UNSUPPORTED(), operation="recreate")
        return self._call("recreate", lambda: provider.recreate(backup))

    def _call(self, operation: str, function: Callable[[], T]) -> T:
        try:
            answer = function()
        except Throttled:
            self.pace.throttled()
            raise
        except ProviderError:
            raise
        except Exception as error:
            # A defect of the provider must not stop other actions; whether a write arrived is unknown.
            message = messages.UNEXPECTED_ERROR(type=type(error).__name__, error=error)
            raise UnknownError(message, code=type(error).__name__, operation=operation) from error
        self.pace.went_well()
        return answer
