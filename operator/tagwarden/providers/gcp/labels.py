"""Writes labels: Google replaces the whole map, so every write merges into the labels that were just read."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tagwarden.errors import PreconditionFailed, Unsupported
from tagwarden.model.messages import provider_messages as messages
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagChanges
from tagwarden.providers.gcp.connection import Json
from tagwarden.providers.gcp.paths import compile_path
from tagwarden.providers.gcp.row import LabelWriter, Row

RESERVED = "goog-"
"""The prefix of labels that Google's services own."""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """The request that sets labels; `path` follows the name of the resource."""

    method: str
    path: str
    body: Json
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def labels_in(found: Any) -> Mapping[str, str]:
    """Give the labels that an item shows: a map, or in Deployment Manager a list of pairs."""
    if isinstance(found, list):
        return {str(pair["key"]): str(pair.get("value", "")) for pair in found}
    return found if isinstance(found, dict) else {}


def merged(labels: Mapping[str, str], changes: TagChanges) -> dict[str, str]:
    """Give the labels after the changes; raise Unsupported where a change names a label of Google's services."""
    if any(key.startswith(RESERVED) for key in (*changes.set, *changes.remove)):
        raise Unsupported(messages.RESERVED_LABELS(prefix=RESERVED))
    return changes.applied_to(labels)


def is_unchanged(read: Resource, fresh: Resource) -> bool:
    """Whether a decision about the resource as it was read still holds for the fresh one (S5).

    Google's services write labels of their own at any time; no decision rests on these.
    """
    is_newly_protected = fresh.protection not in {"", read.protection}
    return not is_newly_protected and (read.uid, read.created, str(read.manager), _own_labels(read)) == (
        fresh.uid, fresh.created, str(fresh.manager), _own_labels(fresh)
    )  # fmt: skip


def label_request(row: Row, item: Json, labels: Mapping[str, str]) -> LabelRequest:
    """Give the request that sets these labels, under the token that the item shows.

    Raises Unsupported where the API has no such request, PreconditionFailed where the item lacks the token that the
    request must repeat.
    """
    writer = row.labels
    if writer is None:
        raise Unsupported(messages.TAKES_NO_LABELS(kind=row.kind), operation=f"{row.method}.patch")
    token = _token_of(writer, item)
    guards = {writer.guard: token} if writer.guard and token else {}
    headers = {name: value for name, value in guards.items() if name == "If-Match"}
    params = {name: value for name, value in guards.items() if name not in headers}
    if writer.mask:
        params[writer.mask] = writer.field
    return LabelRequest(writer.method, writer.path, _body(writer, item, labels, token), params, headers)


def _body(writer: LabelWriter, item: Json, labels: Mapping[str, str], token: str) -> Json:
    if writer.form == "alone":
        alone: Json = {writer.wrap: {"labels": dict(labels)}} if writer.wrap else {writer.field: dict(labels)}
        return alone | ({writer.token: token} if token else {})
    body: Json = deepcopy(item) if writer.form == "whole" else {}
    if writer.pairs:
        _put(body, writer.field, [{"key": key, "value": value} for key, value in labels.items()])
    elif writer.form == "merge":
        # A label that a merge patch does not name stays; null removes it.
        before = compile_path(writer.field)(item) or {}
        _put(body, writer.field, {**dict.fromkeys(before, None), **labels})
    else:
        _put(body, writer.field, dict(labels))
    if token and not writer.guard:
        _put(body, writer.token, token)
    if not writer.wrap:
        return body
    return {writer.wrap: body} | ({writer.body_mask: writer.field} if writer.body_mask else {})


def _token_of(writer: LabelWriter, item: Json) -> str:
    token = str((compile_path(writer.token)(item) if writer.token else "") or "")
    if writer.form == "alone" and not token:
        raise PreconditionFailed(messages.NO_LABEL_FINGERPRINT())
    return token


def _put(target: Json, path: str, value: Any) -> None:
    """Set the value at a path of names and dots."""
    *parents, last = path.split(".")
    for name in parents:
        target = target.setdefault(name, {})
    target[last] = value


def _own_labels(resource: Resource) -> dict[str, str]:
    return {key: value for key, value in resource.tags.values.items() if not key.startswith(RESERVED)}
