"""Fills the templates of a row: parameters with placeholders for facts of a resource."""

import re
from collections.abc import Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?:\.([A-Za-z_]+))?\}")


def placeholders(template: Any) -> set[str]:
    """Name every placeholder of a template, without members: `{item.Key}` is `item`."""
    if isinstance(template, str):
        return {match.group(1) for match in _PLACEHOLDER.finditer(template)}
    if isinstance(template, Mapping):
        return set().union(*map(placeholders, template.values()))
    if isinstance(template, list | tuple):
        return set().union(*map(placeholders, template))
    return set()


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """Give the template with filled placeholders; raises KeyError naming an unknown placeholder."""
    if isinstance(template, str):
        whole = _PLACEHOLDER.fullmatch(template)
        if whole:
            return _value(whole, values)
        return _PLACEHOLDER.sub(lambda match: str(_value(match, values)), template)
    if isinstance(template, Mapping):
        return {key: fill(value, values) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [fill(value, values) for value in template]
    return template


def without_missing(params: Any) -> Any:
    """Give parameters without members that are None, which an API would refuse."""
    if isinstance(params, Mapping):
        return {key: without_missing(value) for key, value in params.items() if value is not None}
    if isinstance(params, list):
        return [without_missing(value) for value in params]
    return params


def _value(match: re.Match[str], values: Mapping[str, Any]) -> Any:
    name, member = match.groups()
    value = values[name]
    if not member:
        return value
    return [one[member] for one in value] if isinstance(value, list) else value[member]
