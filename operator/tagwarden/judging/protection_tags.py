"""Tags that exempt a resource from deletion: protection tags, and marks of the parts of Tagwarden."""

from collections.abc import Mapping

from tagwarden.model.own_parts import PART_OF
from tagwarden.tagging.protection import is_word_of_protection, protects

_REMEMBERED = 10_000


class ProtectionTags:
    """Finds tags that protect; remembers plain keys, so that most tags cost one comparison."""

    __slots__ = ("_plain",)

    def __init__(self) -> None:
        self._plain: set[str] = set()

    def protecting_tag(self, values: Mapping[str, str]) -> str:
        """Give the tag `key=value` that protects, or an empty text; of several in contradiction, one protects (S24)."""
        if self._plain.issuperset(values):
            return ""
        return max(
            [
                f"{key}={values[key]}"
                for key in values
                if not self.is_plain(key) and key not in PART_OF and protects(key, values[key])
            ],
            default="",
        )

    def is_plain(self, key: str) -> bool:
        """Whether the key never protects a resource, whatever its value."""
        if key in self._plain:
            return True
        if key in PART_OF or is_word_of_protection(key):
            return False
        if len(self._plain) >= _REMEMBERED:
            self._plain.clear()
        self._plain.add(key)
        return True
