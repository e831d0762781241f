"""Kinds whose API an account has disabled since: that hides their resources and deletes none (S3, S18).

Google calls an API disabled that was never enabled, and one that somebody has switched off, whose resources are there
again once it is enabled: https://cloud.google.com/service-usage/docs/reference/rest/v1/services#state. Only an earlier
snapshot tells the two apart.
"""

from collections.abc import Collection
from dataclasses import replace

from tagwarden.model.messages import resource_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.snapshot import CollectFailure, Snapshot


def kinds_seen_in(snapshot: Snapshot) -> frozenset[str]:
    """Name the kinds of which a snapshot has resources, or that it could not list to the end."""
    return snapshot.incomplete_kinds | {resource.kind for resource in snapshot.resources}


def with_hidden_kinds(snapshot: Snapshot, seen: Collection[str]) -> Snapshot:
    """Count the kinds as incomplete that earlier snapshots have `seen`, and whose API is disabled now."""
    hidden = [kind for kind in snapshot.disabled_kinds if kind in seen]
    failures = [CollectFailure(kind, "", Reason.Unsupported, messages.API_DISABLED_SINCE(kind=kind)) for kind in hidden]
    return replace(snapshot, failures=(*snapshot.failures, *failures)) if failures else snapshot
