"""Field masks: `fields` selects from an answer, `updateMask` says which fields a request writes.

https://developers.google.com/discovery/v1/performance#partial-response and google.protobuf.FieldMask.
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.support.fake_gcp.documents import Document
from tests.support.fake_gcp.errors import Refusal, invalid
from tests.support.fake_gcp.schemas import Schema, resolve

Selection = Mapping[str, Any]  # field → the selection below it; empty means all of it

_TOKEN = re.compile(r"[\w.$@-]+|[*,/()]")


def parse_fields(text: str) -> Selection:
    """Read `items(name,labels),nextPageToken` or `items/name`; raises Refusal."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text or not text:
        raise _invalid_selection(text)
    selection, rest = _list(tokens, text)
    if rest:
        raise _invalid_selection(text)
    return selection


def select(document: Document, schema: Schema, selection: Selection, value: Any) -> Any:
    """Return the selected part of an answer; raises Refusal for a field that the schema does not have."""
    _check(document, schema, selection)
    return _pick(selection, value)


def update_paths(document: Document, schema: Schema, text: str) -> list[list[str]]:
    """Return the paths of an update mask as lists of JSON names; raises Refusal for an unknown or output-only one."""
    return [_update_path(document, schema, path.strip()) for path in text.split(",") if path.strip()]


def assign(target: dict[str, Any], path: list[str], source: Mapping[str, Any]) -> None:
    """Write one path of a mask: a value that the source lacks is removed from the target."""
    *parents, last = path
    value: Any = source
    for name in parents:
        target = target.setdefault(name, {})
        value = value.get(name, {}) if isinstance(value, Mapping) else {}
    if isinstance(value, Mapping) and last in value:
        target[last] = value[last]
    else:
        target.pop(last, None)


def _list(tokens: list[str], text: str) -> tuple[dict[str, Any], list[str]]:
    selection: dict[str, Any] = {}
    while True:
        if not tokens or tokens[0] in {",", "/", "(", ")"}:
            raise _invalid_selection(text)
        path, tokens = [tokens[0]], tokens[1:]
        while tokens[:1] == ["/"] and len(tokens) > 1:
            path, tokens = [*path, tokens[1]], tokens[2:]
        below: dict[str, Any] = {}
        if tokens[:1] == ["("]:
            below, tokens = _list(tokens[1:], text)
            if tokens[:1] != [")"]:
                raise _invalid_selection(text)
            tokens = tokens[1:]
        level = selection
        for name in path[:-1]:
            level = level.setdefault(name, {})
        level.setdefault(path[-1], {}).update(below)
        if tokens[:1] != [","]:
            return selection, tokens
        tokens = tokens[1:]


def _check(document: Document, schema: Schema, selection: Selection) -> None:
    schema = resolve(document, schema)
    while "items" in schema:
        schema = resolve(document, schema["items"])
    known = schema.get("properties")
    for name, below in selection.items():
        if known is not None and name != "*" and name not in known:
            raise _invalid_selection(name)
        if below:
            inner = (known or {}).get(name) or schema.get("additionalProperties")
            for each in (known or {}).values() if name == "*" and known else [inner]:
                _check(document, each or {}, below if name != "*" or not known else {})


def _pick(selection: Selection, value: Any) -> Any:
    if not selection:
        return value
    if isinstance(value, list):
        return [_pick(selection, each) for each in value]
    if not isinstance(value, Mapping):
        return value
    every = selection.get("*")
    picked = {}
    for name, each in value.items():
        below = selection.get(name, every)
        if below is not None:
            picked[name] = _pick(below, each)
    return picked


def _update_path(document: Document, schema: Schema, path: str) -> list[str]:
    if path == "*":
        return ["*"]
    names = []
    for word in path.split("."):
        name = re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), word)
        schema = resolve(document, schema)
        known = schema.get("properties", {})
        if name not in known:
            raise invalid(f"Invalid update_mask: field '{path}' does not exist.", field_name="update_mask")
        if known[name].get("readOnly"):
            raise invalid(f"Invalid update_mask: field '{path}' is output only.", field_name="update_mask")
        names.append(name)
        schema = known[name]
    return names


def _invalid_selection(text: str) -> Refusal:
    return Refusal("INVALID_ARGUMENT", f"Invalid field selection {text}", reason="invalidParameter")
