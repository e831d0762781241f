"""What a tag says that keeps hands off: the wish to be protected, and that something is a part of Tagwarden."""

import re
from collections.abc import Mapping

from tagwarden.model.policy import API_GROUP, PROTECT_KEY
from tagwarden.model.resource import Resource
from tagwarden.tagging import TagPlace, encode_key

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.lower())


_EXCLUDED_FROM_CLOUD_NUKE = "cloud-nuke-excluded"
"""Who tagged for that tool that a resource stays means it for every other one."""

# A slip in a key that is meant to protect must not cost the resource, so case, blanks and separators do not matter.
_PROTECT_KEYS = frozenset(
    {_letters(PROTECT_KEY), _letters(PROTECT_KEY + "ed"), _letters(_EXCLUDED_FROM_CLOUD_NUKE)}
    | {_letters(encode_key(PROTECT_KEY, place)) for place in TagPlace}
)
_NOT_PROTECTED = "false"

_PART_OF = ("app.kubernetes.io/part-of", "app.kubernetes.io/name")
_OURSELVES = "tagwarden"
_OUR_KINDS = f".{API_GROUP}"
_REMEMBERED = 10_000


class Guards:
    """Finds the keys that keep hands off, remembering which keys are none so that most tags cost one comparison."""

    __slots__ = ("_plain",)

    def __init__(self) -> None:
        self._plain: set[str] = set()

    def protecting_tag(self, values: Mapping[str, str]) -> str:
        """Give the tag `key=value` that protects, or an empty text. Any value but `false` does."""
        if self._plain.issuperset(values):
            return ""
        return max(
            [
                f"{key}={values[key]}"
                for key in values
                if not self.is_plain(key) and key not in _PART_OF and values[key].strip().lower() != _NOT_PROTECTED
            ],
            default="",
        )

    def is_plain(self, key: str) -> bool:
        """Whether the key keeps hands off nothing, whatever its value."""
        if key in self._plain:
            return True
        if key in _PART_OF or _letters(key) in _PROTECT_KEYS:
            return False
        if len(self._plain) >= _REMEMBERED:
            self._plain.clear()
        self._plain.add(key)
        return True


def is_ourselves(resource: Resource) -> bool:
    """Whether the resource is a part of Tagwarden: labelled so, or of a kind that it defines."""
    values = resource.tags.values
    for key in _PART_OF:
        if key in values and values[key].strip().lower() == _OURSELVES:
            return True
    return is_our_kind(resource.kind)


def is_our_kind(kind: str) -> bool:
    """Whether Tagwarden defines that kind."""
    return kind.endswith(_OUR_KINDS)
