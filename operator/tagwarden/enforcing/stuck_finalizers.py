"""Objects whose deletion was accepted and that a finalizer holds: waiting longer for these helps nobody."""

from datetime import datetime, timedelta

from tagwarden.model.verdict import Withheld


class Hanging:
    """Tracks since when the same finalizers block a deletion.

    A controller that works takes its finalizer off within seconds, and where several hold an object, they go one by
    one. Where nothing changes for `limit`, the controller is gone or fails: it is told, and the next pass looks again.
    """

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._since: dict[str, tuple[str, datetime]] = {}

    def hangs(self, uid: str, held: Withheld | None, now: datetime) -> bool:
        """Record the blocking finalizers of an object, and tell whether these have been the same for too long."""
        if held is None:
            self._since.pop(uid, None)
            return False
        message, since = self._since.get(uid, ("", now))
        if message != held.message:
            self._since[uid] = (held.message, now)
            return False
        return now - since >= self._limit
