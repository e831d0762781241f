"""Calls one provider within the rate limit of its account; every foreign exception becomes a `ProviderError`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tagwarden.enforcing.rate_limiter import RateLimiter
from tagwarden.errors import ProviderError, Throttled, UnknownError, Unsupported
from tagwarden.model.evidence import Search
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Identity, Snapshot
from tagwarden.model.tags import TagChanges
from tagwarden.providers.base import KeepsBackups, MadeBackup, MakesBackups, Note, Provider, Receipt, Taken

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProviderClient:
    """A provider as its workers use it. Every method raises only `ProviderError`.

    Reads take their turn themselves. Before a write, `take_turn` is called on its own, so that nothing but the
    journal stands between the last check and the write.
    """

    provider: Provider
    pace: RateLimiter

    def take_turn(self) -> None:
        """Wait until the account may be called again."""
        self.pace.take_turn()

    def identify(self) -> Identity:
        """Ask who we are."""
        self.take_turn()
        return self._call("identify", self.provider.identify)

    def read(self, resource: Resource) -> Resource | None:
        """Read a resource as it is now; None when it is gone."""
        self.take_turn()
        return self._call("read", lambda: self.provider.read(resource))

    def look(self, search: Search, now: datetime) -> Snapshot:
        """List the extent of a search; `now` (aware UTC) becomes the time of the snapshot."""
        self.take_turn()
        return self._call("look", lambda: self.provider.collect(now, None, search.extent))

    def is_gone(self, resource: Resource) -> bool:
        """Look whether this very resource is gone."""
        self.take_turn()
        return self._call("is_gone", lambda: self.provider.is_gone(resource))

    def set_tags(self, resource: Resource, changes: TagChanges) -> Receipt:
        """Write tags; the caller took the turn."""
        return self._call("set_tags", lambda: self.provider.set_tags(resource, changes))

    def delete(self, resource: Resource, note: Note) -> Receipt:
        """Delete; the caller took the turn."""
        return self._call("delete", lambda: self.provider.delete(resource, note))

    def undo(self, resource: Resource, taken: Taken) -> None:
        """Take a step of a deletion back."""
        self.take_turn()
        self._call("undo", lambda: self.provider.undo(resource, taken))

    def backups_of(self, resource: Resource) -> tuple[MadeBackup, ...]:
        """Find the backup of a resource."""
        provider = self.provider
        if not isinstance(provider, MakesBackups):
            raise Unsupported("this provider does not support backups", operation="backups_of")
        self.take_turn()
        return self._call("backups_of", lambda: provider.backups_of(resource))

    def back_up(self, resource: Resource, tags: Mapping[str, str]) -> Receipt:
        """Ask for a backup; the caller took the turn."""
        provider = self.provider
        if not isinstance(provider, MakesBackups):
            raise Unsupported("this provider does not support backups", operation="back_up")
        return self._call("back_up", lambda: provider.back_up(resource, tags))

    def backup(self, resource: Resource) -> str:
        """Keep a resource as it is; empty where the provider keeps none, or not of this kind."""
        provider = self.provider
        if not isinstance(provider, KeepsBackups):
            return ""
        self.take_turn()
        return self._call("backup", lambda: provider.backup(resource))

    def recreate(self, backup: str) -> Resource:
        """Make a resource from its backup; the caller took the turn."""
        provider = self.provider
        if not isinstance(provider, KeepsBackups):
            raise Unsupported("this provider does not support backups", operation="make_again")
        return self._call("make_again", lambda: provider.recreate(backup))

    def _call(self, operation: str, function: Callable[[], T]) -> T:
        try:
            answer = function()
        except Throttled:
            self.pace.throttled()
            raise
        except ProviderError:
            raise
        except Exception as error:
            # A defect of the provider: it must not stop the others, and nobody knows whether a write arrived.
            message = f"{type(error).__name__}: {error}"
            raise UnknownError(message, code=type(error).__name__, operation=operation) from error
        self.pace.went_well()
        return answer
