"""Requests against the discovery documents: parameters and JSON bodies that Google would not take are refused."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.fake_gcp.documents import Document, Method
from tests.support.fake_gcp.errors import Refusal, invalid
from tests.support.fake_gcp.store import REGIONS, ZONES

Schema = Mapping[str, Any]

_INTEGER = re.compile(r"-?\d+")
# How the documents state the largest page: "Acceptable values are `0` to `500`", "cannot exceed 200".
_LIMIT = re.compile(r"(?:[Aa]cceptable\s+values\s+are\s*`?0`?\s*to|cannot exceed)\s*`?(\d+)`?")
_WANTED = {"string": str, "boolean": bool, "object": dict, "array": list}
# Everybody may send these, the documents name them beside the methods.
_EVERYWHERE = frozenset({"$.xgafv", "$prettyPrint", "$alt", "$fields"})


def resolve(document: Document, schema: Schema) -> Schema:
    """Follow `$ref`."""
    return document.schemas[schema["$ref"]] if "$ref" in schema else schema


def properties(document: Document, name: str) -> Mapping[str, Schema]:
    """Return the properties of a schema by its name; none where there is no such schema."""
    found: Mapping[str, Schema] = document.schemas.get(name, {}).get("properties", {})
    return found


def check_query(method: Method, query: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse unknown, missing, repeated or malformed query parameters."""
    for name, values in query.items():
        if name in _EVERYWHERE:
            continue
        wanted = method.parameters.get(name) or method.document.parameters.get(name)
        if wanted is None or wanted.get("location") != "query":
            message = f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
            raise invalid(f"{message} Field '{name}' could not be found in request message.", field_name=name)
        if len(values) > 1 and not wanted.get("repeated"):
            raise invalid(f"Query parameter '{name}' is not repeatable.", field_name=name)
        for value in values:
            _check_text(name, value, wanted)
    for name, wanted in method.parameters.items():
        if wanted.get("required") and wanted.get("location") == "query" and name not in query:
            raise Refusal("INVALID_ARGUMENT", f"Required parameter: {name}", reason="required")


def check_places(method: Method, values: Mapping[str, str]) -> None:
    """Refuse zones and regions that Compute Engine does not have."""
    if method.api == "compute":
        for name, known in (("zone", ZONES), ("region", REGIONS)):
            if name in values and values[name] not in known:
                message = f"Invalid value for field '{name}': '{values[name]}'. Unknown {name}."
                raise Refusal("INVALID_ARGUMENT", message, reason="invalid")


def check_path(method: Method, values: Mapping[str, str]) -> None:
    """Refuse path parameters that do not match their patterns."""
    for name, value in values.items():
        pattern = method.parameters.get(name, {}).get("pattern", "")
        if pattern and not re.fullmatch(pattern, value):
            message = f"Invalid value for field '{name}': '{value}'. Must be a match of regex '{pattern}'"
            raise Refusal("INVALID_ARGUMENT", message, reason="invalidParameter")


def check_body(method: Method, body: Any) -> None:
    """Refuse a body with fields that the request's schema does not have, or with values of another type."""
    if not method.request:
        if body:
            raise invalid(f"Method {method.id} takes no request body.")
        return
    _check_value(method.document, {"$ref": method.request}, body, "")


def mutable(document: Document, schema: Schema, value: Any) -> Any:
    """Return a value without its output-only fields, which Google ignores in requests."""
    schema = resolve(document, schema)
    if isinstance(value, Mapping) and "properties" in schema:
        known = schema["properties"]
        return {
            name: mutable(document, known[name], below)
            for name, below in value.items()
            if name in known and not known[name].get("readOnly")
        }
    if isinstance(value, list) and "items" in schema:
        return [mutable(document, schema["items"], each) for each in value]
    return value


def shaped(document: Document, schema: Schema, value: Any) -> Any:
    """Return only the fields that a schema has: lists of some APIs show less than their `get`."""
    schema = resolve(document, schema)
    if isinstance(value, Mapping):
        if "properties" in schema:
            known = schema["properties"]
            return {name: shaped(document, known[name], each) for name, each in value.items() if name in known}
        if "additionalProperties" in schema:
            return {name: shaped(document, schema["additionalProperties"], each) for name, each in value.items()}
    if isinstance(value, list) and "items" in schema:
        return [shaped(document, schema["items"], each) for each in value]
    return value


def _check_value(document: Document, schema: Schema, value: Any, where: str) -> None:
    schema = resolve(document, schema)
    kind = schema.get("type", "any")
    if value is None or kind == "any":
        return
    if not _is_of_type(schema, kind, value):
        raise _wrong(where, value, kind)
    if "enum" in schema and value not in schema["enum"]:
        raise invalid(f"Invalid value at '{where}' ({schema.get('type')}), \"{value}\"", field_name=where)
    if isinstance(value, Mapping):
        _check_fields(document, schema, value, where)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, each in enumerate(value):
            _check_value(document, schema.get("items", {}), each, f"{where}[{index}]")


def _is_of_type(schema: Schema, kind: str, value: Any) -> bool:
    if kind in {"integer", "number"}:
        return not isinstance(value, bool) and isinstance(value, int | float | str)
    if kind == "string" and schema.get("format") in {"int64", "uint64"}:
        return bool(_INTEGER.fullmatch(str(value)))
    return isinstance(value, _WANTED[kind])


def _check_fields(document: Document, schema: Schema, value: Mapping[str, Any], where: str) -> None:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    for name, below in value.items():
        if name in known:
            _check_value(document, known[name], below, f"{where}.{name}".lstrip("."))
        elif others is not None:
            _check_value(document, others, below, f'{where}["{name}"]')
        else:
            place = f" at '{where}'" if where else ""
            raise invalid(
                f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.', field_name=where
            )


def _check_text(name: str, value: str, wanted: Schema) -> None:
    kind = wanted.get("type")
    if kind == "integer":
        if not _INTEGER.fullmatch(value):
            raise invalid(f"Invalid value at '{name}' (TYPE_INT32), \"{value}\"", field_name=name)
        limit = _LIMIT.search(wanted.get("description", ""))
        if limit and int(value) > int(limit.group(1)):
            message = f"Invalid value for field '{name}': '{value}'. Must be at most {limit.group(1)}"
            raise Refusal("INVALID_ARGUMENT", message, reason="invalidParameter")
    elif kind == "boolean" and value not in {"true", "false"}:
        raise invalid(f"Invalid value at '{name}' (TYPE_BOOL), \"{value}\"", field_name=name)
    if "enum" in wanted and value not in wanted["enum"]:
        raise invalid(f"Invalid value at '{name}' (TYPE_ENUM), \"{value}\"", field_name=name)


def _wrong(where: str, value: Any, kind: str) -> Refusal:
    return invalid(f"Invalid value at '{where}' ({kind}), {value!r}", field_name=where)
