"""Writes labels: Google replaces the whole map, so every write merges into the labels that were just read."""

from collections.abc import Mapping
from typing import Any

from tagwarden.errors import PreconditionFailed, Unsupported
from tagwarden.model.tags import TagChanges
from tagwarden.providers.gcp.connection import Json
from tagwarden.providers.gcp.row import NESTED_LABELS, Row

RESERVED = "goog-"
"""The prefix of labels that Google's services own."""


def merged(labels: Mapping[str, str], changes: TagChanges) -> dict[str, str]:
    """Give the labels after the changes; raise Unsupported where a change names a label of Google's services."""
    if any(key.startswith(RESERVED) for key in (*changes.set, *changes.remove)):
        raise Unsupported(f"labels that begin with {RESERVED} belong to Google's services")
    found = {**labels, **changes.set}
    for key in changes.remove:
        found.pop(key, None)
    return found


def label_request(row: Row, item: Json, labels: Mapping[str, str]) -> tuple[str, str, dict[str, str], Json]:
    """Give method, path below the name, query and body of the request that sets these labels.

    Raises Unsupported where the API has no such request, PreconditionFailed where the resource lacks the token that
    the request must repeat.
    """
    writer = row.labels
    if writer is None:
        if row.facts.labels == NESTED_LABELS:
            return "PATCH", "", {}, {"settings": {"userLabels": _with_removed(item, labels)}}
        raise Unsupported(f"{row.kind} takes no labels", operation=f"{row.method}.patch")
    token = item.get(writer.token) if writer.token else None
    if writer.by == "setLabels":
        return (
            "POST",
            writer.path,
            {},
            {"labels": dict(labels)} | ({writer.token: _told(token)} if writer.token else {}),
        )
    if writer.by == "setResourceLabels":
        return "POST", writer.path, {}, {"resourceLabels": dict(labels), "labelFingerprint": _told(token)}
    if writer.alone:
        return writer.method, writer.path, {}, {writer.wrap: {"labels": dict(labels)}, writer.token: token or ""}
    body: Json = {row.facts.labels: dict(labels)} if writer.by == "patch" else {**item, row.facts.labels: dict(labels)}
    if writer.by == "patch" and not (writer.mask or writer.body_mask):
        # JSON merge patch, as storage and BigQuery have it: a label that is not named stays, null removes it.
        body = {row.facts.labels: _with_removed(item, labels)}
    if writer.token and token:
        body[writer.token] = token
    if writer.wrap:
        body = {writer.wrap: body} | ({writer.body_mask: row.facts.labels} if writer.body_mask else {})
    params = {writer.mask: row.facts.labels} if writer.mask else {}
    return writer.method, writer.path, params, body


def _with_removed(item: Json, labels: Mapping[str, str]) -> dict[str, str | None]:
    before: Any = item.get("settings", {}).get("userLabels") if "settings" in item else item.get("labels")
    return {**dict.fromkeys(before or (), None), **labels}


def _told(token: Any) -> str:
    if not token:
        raise PreconditionFailed("the resource shows no label fingerprint; labels cannot be written safely")
    return str(token)
