"""Explains validation errors to the author of a file."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from tagwarden.model.yaml_models import CONSTRAINT


class Mistake(NamedTuple):
    """A mistake: the location as keys and indices, and a line with the field, the error and advice."""

    location: tuple[int | str, ...]
    message: str

    def __str__(self) -> str:
        return self.message


def describe_mistakes(error: ValidationError, model: type[BaseModel]) -> list[Mistake]:
    """Describe each mistake by the YAML path of the field, the error, and advice."""
    found = []
    for mistake in error.errors(include_url=False, include_context=True):
        location = _location_of(mistake)
        found.append(Mistake(location, f"{_path_of(location)}: {_sentence_of(mistake, model)}"))
    return found


def _location_of(mistake: ErrorDetails) -> tuple[int | str, ...]:
    """Give the location of a mistake; a constraint between several fields names the field to change."""
    field = mistake.get("ctx", {}).get("field") if mistake["type"] == CONSTRAINT else ""
    return (*mistake["loc"], field) if field else mistake["loc"]


def _path_of(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".") or "spec"


def _sentence_of(mistake: ErrorDetails, model: type[BaseModel]) -> str:  # noqa: PLR0911 - one line a kind of mistake
    found = mistake["input"]
    context = mistake.get("ctx", {})
    match mistake["type"]:
        case "extra_forbidden":
            return f"unknown field{_suggestion(mistake['loc'], model)}"
        case "missing":
            return "is required"
        case "enum":
            return f"{found!r} is not allowed; write {context['expected'].replace(chr(39), '')}"
        case "constraint":
            written = f"{found!r}: " if isinstance(found, str | int) else ""
            return f"{written}{context['sentence']}"
        case "value_error":
            return str(context.get("error", mistake["msg"]))
        case "string_pattern_mismatch":
            return f"{found!r} does not match {context['pattern']}"
        case "string_type" if isinstance(found, int | float | bool):
            return f'{found!r} is not text; put it in quotes: "{found}"'
        case _:
            return f"{mistake['msg'][0].lower()}{mistake['msg'][1:]}, found {_shown(found)}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _suggestion(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Name the probably intended field, from the JSON schema at the location of the mistake."""
    schema = model.model_json_schema(by_alias=True)
    node: dict[str, Any] = schema
    for part in location[:-1]:
        node = _resolved(node, schema)
        node = node.get("items", {}) if isinstance(part, int) else node.get("properties", {}).get(part, {})
    known: Iterable[str] = _resolved(node, schema).get("properties", {})
    wrong = str(location[-1])
    close = process.extractOne(
        wrong, list(known), scorer=DamerauLevenshtein.distance, score_cutoff=max(1, len(wrong) // 3)
    )
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known fields: {', '.join(known)}" if known else ""


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            node = choice
            break
    reference = node.get("$ref")
    return schema["$defs"][reference.rsplit("/", 1)[-1]] if reference else node
