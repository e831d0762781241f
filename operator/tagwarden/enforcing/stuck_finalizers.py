"""Objects with an accepted deletion that a finalizer blocks for too long to wait."""

from datetime import datetime, timedelta

from tagwarden.model.verdict import Withheld


class StuckFinalizers:
    """Tracks since when the same finalizers block a deletion.

    A working controller removes its finalizer within seconds, and several finalizers disappear one by one. Without a
    change for `limit`, the controller is missing or failing: the finding is reported, and the next pass checks again.
    """

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._since: dict[str, tuple[str, datetime]] = {}

    def is_stuck(self, uid: str, held: Withheld | None, now: datetime) -> bool:
        """Record the blocking finalizers of an object, and give whether these are unchanged for too long."""
        if held is None:
            self._since.pop(uid, None)
            return False
        message, since = self._since.get(uid, ("", now))
        if message != held.message:
            self._since[uid] = (held.message, now)
            return False
        return now - since >= self._limit
