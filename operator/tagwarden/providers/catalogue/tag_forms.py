"""The forms in which APIs read and write tags, and the rule for APIs that only replace all tags at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tagwarden.providers.catalogue.operations import Call, Params
from tagwarden.providers.catalogue.templates import fill


@dataclass(frozen=True, slots=True)
class TagForm:
    """The written form of tags: a mapping, or a list of objects with the key and the value under these names.

    Without `value` only keys are meant: a list of objects, or without `key` too, a list of texts. `extra` are templates
    that each object also contains.
    """

    key: str = ""
    value: str = ""
    mapping: bool = False
    extra: Params = field(default_factory=dict)


MAPPING = TagForm(mapping=True)
KEYS = TagForm()


@dataclass(frozen=True, slots=True)
class ReplacedTags:
    """Writing replaces the whole set: the set is read, merged, written, and read again.

    `read` and `path` give the current tags; `write` takes `{tags}` in the form `tags`, and the values of `keep` from
    the response of `read`, such as a fingerprint; `clear` removes the last tag when an empty set cannot be written.
    `none` are the error codes of `read` that mean that there are no tags.
    """

    read: Call
    path: str
    write: Call
    tags: TagForm
    none: tuple[str, ...] = ()
    clear: Call | None = None
    keep: Mapping[str, str] = field(default_factory=dict)


def written(tags: Mapping[str, str], form: TagForm, values: Mapping[str, Any]) -> Any:
    """Give tags, or only keys, in the form of an operation."""
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
