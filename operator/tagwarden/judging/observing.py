"""History of a resource from one pass to the next (S4)."""

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

    Agreement is counted for one deletion rule; any other verdict begins anew. A snapshot in which the kind is
    incomplete neither counts nor resets, one that is judged again counts once, and one that was taken less than
    `interval` after the last that counted does not count. `stated` is the text of the tags that state an expiry, None
    where it could not be read.
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
    """Give the history as far as it is about this very resource.

    A resource that was made again under the same uid, such as a bucket of the same name, inherits no more than the
    memory of having been deleted (S13).
    """
    created = resource.created
    if history is None or created is None or created == history.created:
        return history
    # A database may keep less than the vendor's microseconds, which must not make each pass the first.
    is_same = abs(created - history.created) < _SAME if history.created else created <= history.first_seen
    return history if is_same else History(first_seen=created, deletions=history.deletions, created=created)


def _first_sight(resource: Resource, seen: datetime) -> History:
    """Begin to remember. What was made while the snapshot was being taken is seen no sooner than it was made."""
    first_seen = max(seen, resource.created) if resource.created else seen
    return History(first_seen=first_seen, created=resource.created)


def _is_complete(snapshot: Snapshot, kind: str) -> bool:
    """Ask what `Snapshot.is_complete_for` asks, without building its sets for every resource."""
    return kind in snapshot.kinds and not any(failure.kind in (kind, EVERY_KIND) for failure in snapshot.failures)
