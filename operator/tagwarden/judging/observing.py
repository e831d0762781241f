"""The history of a resource from one pass to the next (S4)."""

from dataclasses import replace
from datetime import datetime, timedelta

from tagwarden.model.history import History
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import EVERY_KIND, Snapshot
from tagwarden.model.verdict import Judgement

_SAME = timedelta(seconds=1)


def observed(
    history: History | None,
    resource: Resource,
    judgement: Judgement,
    snapshot: Snapshot,
    now: datetime,
    *,
    stated: str | None = None,
    interval: timedelta = timedelta(0),
) -> History:
    """Give the history after a pass with this `judgement`.

    Observations are counted for one deletion rule; another verdict or rule starts the count again. A snapshot with an
    incomplete list of the kind neither counts nor resets. A snapshot counts once, however often it is judged, and only
    if taken at least `interval` after the last counted snapshot. `stated` is the text of the tags that state an expiry,
    None if unreadable.
    """
    seen = min(snapshot.taken, now)
    known = still_about(history, resource)
    fresh = known is None or history is not known
    known = _first_sight(resource, seen) if known is None else replace(known, created=resource.created or known.created)
    if stated is not None:
        known = replace(known, stated=stated, stated_since=known.stated_from(stated, seen))
    if not _is_complete(snapshot, resource.kind):
        return known
    rule = judgement.deletion
    if rule is None:
        return replace(known, deletion=None, since=None, agreed=0, snapshot="", counted=None)
    if rule is not known.deletion:
        since = known.first_seen if fresh else seen
        return replace(known, deletion=rule, since=since, agreed=1, snapshot=snapshot.id, counted=snapshot.taken)
    if not known.agrees_with(snapshot.id, snapshot.taken, interval):
        return known
    return replace(known, agreed=known.agreed + 1, snapshot=snapshot.id, counted=snapshot.taken)


def still_about(history: History | None, resource: Resource) -> History | None:
    """Give the history of this resource, without that of an earlier resource with the same uid.

    A recreated resource, such as a bucket of the same name, keeps only the number of earlier deletions (S13).
    """
    created = resource.created
    if history is None or created is None or created == history.created:
        return history
    # A database may drop the microseconds of a creation time; the resource is still the same.
    is_same = abs(created - history.created) < _SAME if history.created else created <= history.first_seen
    return history if is_same else History(first_seen=created, deletions=history.deletions, created=created)


def _first_sight(resource: Resource, seen: datetime) -> History:
    """Start a history. A resource created while the snapshot was taken is first seen at the creation time."""
    first_seen = max(seen, resource.created) if resource.created else seen
    return History(first_seen=first_seen, created=resource.created)


def _is_complete(snapshot: Snapshot, kind: str) -> bool:
    """Give the answer of `Snapshot.is_complete_for` without building sets for every resource."""
    return kind in snapshot.kinds and not any(failure.kind in (kind, EVERY_KIND) for failure in snapshot.failures)
