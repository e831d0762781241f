"""Following a JMESPath through the shapes of botocore's service models, and samples of what those shapes hold."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.session
import jmespath
from botocore.model import OperationModel, Shape

from tagwarden.providers.aws.row import Kind

SESSION = botocore.session.Session()
SCALAR = "scalar"
"""What has no members that a path could name."""


class Unresolved(AssertionError):
    """A path names a member that the shape does not have."""


def operation(kind: Kind, name: str, service: str = "") -> OperationModel:
    return SESSION.get_service_model(service or kind.service).operation_model(name)


def members(thing: Any) -> Mapping[str, Any] | None:
    """Give the members of a structure, None of anything else."""
    if isinstance(thing, Mapping):
        return thing
    return thing.members if isinstance(thing, Shape) and thing.type_name == "structure" else None


def member(thing: Any) -> Any:
    """Give what a list holds, or raise."""
    if isinstance(thing, list):
        return thing[0]
    if isinstance(thing, Shape) and thing.type_name == "list":
        return thing.member
    raise Unresolved(f"{thing} is no list")


def is_list(thing: Any) -> bool:
    return isinstance(thing, list) or (isinstance(thing, Shape) and thing.type_name == "list")


def resolve(path: str, thing: Any) -> Any:
    """Give the shape that the path leads to; raise Unresolved where it names what is not there."""
    return _walk(jmespath.compile(path).parsed, thing)


def _walk(node: dict[str, Any], thing: Any) -> Any:
    return _RULES[node["type"]](node, thing)


def _chain(node: dict[str, Any], thing: Any) -> Any:
    for child in node["children"]:
        thing = _walk(child, thing)
    return thing


def _projection(node: dict[str, Any], thing: Any) -> Any:
    one = member(_walk(node["children"][0], thing))
    for condition in node["children"][2:]:
        _walk(condition, one)
    return [_walk(node["children"][1], one)]


def _flatten(node: dict[str, Any], thing: Any) -> Any:
    one = member(_walk(node["children"][0], thing))
    return [member(one) if is_list(one) else one]


def _all(node: dict[str, Any], thing: Any) -> list[Any]:
    return [_walk(child, thing) for child in node["children"]]


def _scalar(node: dict[str, Any], thing: Any) -> Any:
    _all(node, thing)
    return [SCALAR] if node.get("value") == "split" else SCALAR


def _named(node: dict[str, Any], thing: Any) -> Any:
    return {child["value"]: _walk(child["children"][0], thing) for child in node["children"]}


def _either(node: dict[str, Any], thing: Any) -> Any:
    """One side must resolve: rows write `||` where the listing and the call for one differ."""
    reasons = []
    for child in node["children"]:
        try:
            return _walk(child, thing)
        except Unresolved as error:
            reasons.append(str(error))
    raise Unresolved("; ".join(reasons))


def _field(node: dict[str, Any], thing: Any) -> Any:
    found, name = members(thing), node["value"]
    if found is None and isinstance(thing, Shape) and thing.type_name == "map":
        return thing.value
    if found is None or name not in found:
        raise Unresolved(f"{name} is not in {sorted(found) if found else thing}")
    return found[name]


_RULES: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "and_expression": lambda node, thing: _all(node, thing)[-1],
    "comparator": _scalar,
    "current": lambda _, thing: thing,
    "field": _field,
    "filter_projection": _projection,
    "flatten": _flatten,
    "function_expression": _scalar,
    "identity": lambda _, thing: thing,
    "index": lambda _, thing: member(thing),
    "index_expression": _chain,
    "literal": lambda *_: SCALAR,
    "multi_select_dict": _named,
    "multi_select_list": lambda node, thing: [_all(node, thing)[0]],
    "not_expression": _scalar,
    "or_expression": _either,
    "pipe": _chain,
    "projection": _projection,
    "subexpression": _chain,
}

_SAMPLES: dict[str, Any] = {
    "integer": 1,
    "long": 1,
    "float": 1.0,
    "double": 1.0,
    "boolean": False,
    "timestamp": datetime(2026, 8, 31, 10, tzinfo=UTC),
    "blob": b"",
}


TEXT = "a-text-of-every-length-that-any-operation-of-any-service-could-ask-us-for"
"""One for all, so that answers of different operations speak of the same thing."""


def sample(shape: Shape, name: str = "", inside: tuple[str, ...] = ()) -> Any:
    """Give an answer in which every member is there."""
    within = (*inside, shape.name)
    if shape.type_name == "structure":
        return {key: sample(value, key, within) for key, value in shape.members.items() if value.name not in inside}
    if shape.type_name == "list":
        return [sample(shape.member, name, within)]
    if shape.type_name == "map":
        return {"key": sample(shape.value, name, within)}
    if shape.type_name == "string":
        if shape.enum:
            return shape.enum[0]
        return "2026-08-31T10:00:00Z" if name.endswith(("Date", "CreationTime")) else TEXT
    found = _SAMPLES[shape.type_name]
    return max(found, shape.metadata.get("min", found)) if shape.type_name in ("integer", "long") else found
