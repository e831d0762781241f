"""Observations of a resource in earlier passes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagwarden.model.reasons import Reason

LOOP_WINDOW = timedelta(days=7)
"""Period after a deletion in which a recreated resource counts as returned (S13)."""


_OURS = "tagwarden"
"""How keys begin that only we write, in every place."""


@dataclass(frozen=True, slots=True)
class Written:
    """The last tag write of Tagwarden on a resource: previous values, set tags and removed keys."""

    at: datetime
    before: Mapping[str, str]
    set: Mapping[str, str]
    removed: tuple[str, ...] = ()

    def put_back(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Give the keys with their earlier values again: others undid the write.

        Where one of them has a third value somebody has written something new, and nothing was put back.
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
    """History of one resource under one policy, before the current snapshot.

    `first_seen` is when any complete snapshot first held it. `deletion` is the rule by which the last passes would
    have deleted it, `since` when they began to agree on it, and `agreed` how many complete snapshots in a row did;
    `snapshot` is the last of them, so that judging one snapshot twice counts once. `deletions` counts how often it, or
    its like, came back after we deleted it within `LOOP_WINDOW`; 0 where that is no loop (S13). `repaired` is when we
    last wrote its tags. `created` is the creation time the vendor told: another one means another resource under the
    same uid, to which nothing of this applies. All instants are aware UTC.

    `counted` is when the last of the snapshots that `agreed` counts was taken. `stated` is the text of the tags that
    stated an expiry in the last pass, empty where none did and None where that is unknown; `stated_since` is when it
    was first seen in place of another, None where it stood there from the first sight on. `written` is our last
    write of its tags within the last weeks.
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
        """Whether a snapshot counts as another observation: none does that follows the last one too soon (S4)."""
        return snapshot != self.snapshot and (self.counted is None or taken - self.counted >= interval)

    def stated_from(self, stated: str | None, seen: datetime) -> datetime | None:
        """Give when this text began to stand there in place of another, None where it always did (aware UTC)."""
        return self.stated_since if self.stated is None or stated in (None, self.stated) else seen
