"""Refuses responses that are not from AWS: a proxy's page, an empty body, a truncated response.

botocore parses many of these as a response without members, which looks like an empty list of resources, no tags, or a
deleted resource. So a web page with status 200 could cause a deletion (S1, S3). Each class checks before the botocore
parser.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.parsers import ResponseParser, ResponseParserError

_READS = ("BatchGet", "Describe", "Get", "List")
"""Prefixes of operations that never return an empty response; a deletion may."""

_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML = b"html"

Response = Mapping[str, Any]


class Genuine(ResponseParser):
    """Every parse failure is a `ResponseParserError`."""

    def parse(self, response: Response, shape: Any) -> Any:
        """Parse a response, or refuse it."""
        try:
            return super().parse(response, shape)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise ResponseParserError(f"unexpected form of response ({problem}): {_start_of(response)}") from error


class GenuineJson(Genuine):
    """For JSON services: a complete object, not empty for a read."""

    def _do_parse(self, response: Response, shape: Any) -> Any:
        body = response["body"]
        is_text = isinstance(body, bytes)
        if is_text and shape is not None and is_read(operation_of(response)) and not body.strip():
            raise ResponseParserError(f"empty response to {operation_of(response)}")
        if is_text and body.lstrip().startswith(b"<"):
            raise ResponseParserError(f"not a response to {operation_of(response)}: {_start_of(response)}")
        return super()._do_parse(response, shape)  # type: ignore[misc] # of the parser that uses this mix-in

    def _do_error_parse(self, response: Response, shape: Any) -> Any:
        try:
            return super()._do_error_parse(response, shape)  # type: ignore[misc] # as above
        except ResponseParserError:
            # A refusal that is not from AWS is described by status and text.
            told = json.dumps({"message": response["body"].decode(errors="replace")}).encode()
            return super()._do_error_parse({**response, "body": told}, shape)  # type: ignore[misc] # as above

    def _parse_body_as_json(self, body_contents: bytes) -> dict[str, Any]:
        if not body_contents:
            return {}
        try:
            parsed = json.loads(body_contents)
        except ValueError as error:
            raise ResponseParserError(f"not JSON: {error}: {body_contents[:200]!r}") from error
        if not isinstance(parsed, dict):
            raise ResponseParserError(f"not a JSON object: {body_contents[:200]!r}")
        return parsed


class GenuineQuery(Genuine):
    """For query services in XML: the root names the operation."""

    def _do_parse(self, response: Response, shape: Any) -> Any:
        root = _root_of(response)
        is_other = is_read(operation_of(response)) and root != f"{operation_of(response)}Response".encode()
        if (shape is not None and is_other) or root == _HTML:
            raise ResponseParserError(f"not a response to {operation_of(response)}: {_start_of(response)}")
        return super()._do_parse(response, shape)  # type: ignore[misc] # of the parser that uses this mix-in


class GenuineRestXml(Genuine):
    """For S3 and similar services: XML with any root except that of a web page."""

    def _do_parse(self, response: Response, shape: Any) -> Any:
        is_missing = is_read(operation_of(response)) and shape is not None and _has_body(shape) and not response["body"]
        if is_missing or _root_of(response) == _HTML:
            raise ResponseParserError(f"not a response to {operation_of(response)}: {_start_of(response)}")
        return super()._do_parse(response, shape)  # type: ignore[misc] # of the parser that uses this mix-in


def operation_of(response: Response) -> str:
    """Name the operation of a response; empty when unknown."""
    return str(response.get("context", {}).get("operation_name", ""))


def is_read(operation: str) -> bool:
    """Whether an operation only reads."""
    return operation.startswith(_READS)


def _root_of(response: Response) -> bytes:
    body = response["body"]
    found = _ROOT.search(body[:4096]) if isinstance(body, bytes) else None
    if found is None:
        return b""
    root = found.group(1)
    return _HTML if root.lower() == _HTML else root


def _has_body(shape: Any) -> bool:
    """Whether a response has content besides headers."""
    return any("location" not in member.serialization for member in shape.members.values())


def _start_of(response: Response) -> str:
    return repr(response["body"][:200])
