"""Fills the templates of a row: parameters with placeholders for facts of a resource."""

import re
from collections.abc import Mapping
from typing import Any

from tagwarden.model.resource import Resource
from tagwarden.providers.aws.row import TagForm

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
    """Give the template with its placeholders filled; raises KeyError naming an unknown one."""
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
    """Give parameters without members that are None, which AWS would refuse."""
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


def known_of(resource: Resource, account_id: str, partition: str) -> dict[str, Any]:
    """Give the values of placeholders for calls about one resource."""
    return {
        **resource.attributes,
        "id": resource.id,
        "name": resource.name,
        "uid": resource.uid,
        "region": resource.region,
        "account": account_id,
        "partition": partition,
    }


def written(tags: Mapping[str, str], form: TagForm, values: Mapping[str, Any]) -> Any:
    """Give tags, or their keys, in the form of an operation."""
    if form.mapping:
        return dict(tags)
    if not form.key:
        return list(tags)
    extra = fill(form.extra, values)
    if not form.value:
        return [{**extra, form.key: key} for key in tags]
    return [{**extra, form.key: key, form.value: value} for key, value in tags.items()]


def tags_in(found: Any, form: TagForm) -> dict[str, str]:
    """Parse tags in the form of a response; a missing value is empty."""
    if not found:
        return {}
    if form.mapping:
        return {str(key): str(value or "") for key, value in found.items()}
    return {pair[form.key]: pair.get(form.value) or "" for pair in found}
