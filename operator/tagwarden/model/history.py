"""Observations of a resource in earlier passes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagwarden.model.reasons import Reason

LOOP_WINDOW = timedelta(days=7)
"""Period after a deletion in which a recreated resource counts as returned (S13)."""


_OURS = "tagwarden"
"""Prefix of keys that only Tagwarden writes, at every provider."""


@dataclass(frozen=True, slots=True)
class Written:
    """The last tag write of Tagwarden on a resource: previous values, set tags and removed keys."""

    at: datetime
    before: Mapping[str, str]
    set: Mapping[str, str]
    removed: tuple[str, ...] = ()

    def put_back(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Give the keys that have their earlier values again: another writer undid the tag write.

        If any of them has a third value, the owner wrote something new, and no key counts as undone.
        """
        touched = {
            key: (self.before.get(key), self.set.get(key))
            for key in sorted({*self.set, *self.removed})
            if not key.startswith(_OURS)
        }
        undone = tuple(key for key, (was, ours) in touched.items() if values.get(key) == was != ours)
        if any(values.get(key) not in pair for key, pair in touched.items()):
            return ()
        had_values = any(was is not None for was, _ in touched.values())
        is_back = any(touched[key][0] is not None for key in undone) if had_values else bool(undone)
        return undone if is_back else ()


@dataclass(frozen=True, slots=True)
class History:
    """History of one resource under one policy, before the current snapshot. All instants are aware UTC.

    `first_seen` is the time of the first complete snapshot with the resource. `deletion` is the rule by which the last
    passes would have deleted the resource, `since` the time of the first of these passes, and `agreed` the number of
    consecutive complete snapshots that agree; `snapshot` is the last of them, so that a snapshot judged twice counts
    once. `deletions` counts recreations of the resource, or of its like, within `LOOP_WINDOW` of a deletion; 0 without
    a loop (S13). `repaired` is the time of Tagwarden's last tag write. `created` is the creation time from the vendor:
    another time means another resource with the same uid, to which this history does not apply.

    `counted` is the time of the last snapshot counted in `agreed`. `stated` is the text of the tags that stated an
    expiry in the last pass, empty without such tags and None if unknown; `stated_since` is when this text first
    replaced another, None if the text was there from the start. `written` is Tagwarden's last tag write within the
    last weeks.
    """

    first_seen: datetime
    deletion: Reason | None = None
    since: datetime | None = None
    agreed: int = 0
    snapshot: str = ""
    repaired: datetime | None = None
    deletions: int = 0
    created: datetime | None = None
    counted: datetime | None = None
    stated: str | None = None
    stated_since: datetime | None = None
    written: Written | None = None

    def agrees_with(self, snapshot: str, taken: datetime, interval: timedelta) -> bool:
        """Whether a snapshot counts as another observation: not if it follows too soon (S4)."""
        return snapshot != self.snapshot and (self.counted is None or taken - self.counted >= interval)

    def stated_from(self, stated: str | None, seen: datetime) -> datetime | None:
        """Give the time when this text replaced another, None if the text was always there (aware UTC)."""
        return self.stated_since if self.stated is None or stated in (None, self.stated) else seen
