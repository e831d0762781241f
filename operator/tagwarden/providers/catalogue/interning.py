"""Interns equal values: accounts repeat the same few texts, tags and attributes a hundred thousand times."""

from collections.abc import Mapping

from tagwarden.model.tags import Tags

Attributes = Mapping[str, str | int | bool]


class Shared:
    """The interned values of a pass; thread-safe, since each lookup is a single dictionary operation."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._tags: dict[frozenset[tuple[str, str]], Tags] = {}
        self._attributes: dict[tuple[tuple[str, str | int | bool], ...], Attributes] = {}

    def text(self, value: str) -> str:
        """Give the first text equal to this text."""
        return self._texts.setdefault(value, value)

    def tags(self, values: Mapping[str, str]) -> Tags:
        """Give known tags of this content."""
        key = frozenset(values.items())
        found = self._tags.get(key)
        if found is None:
            known = Tags.known({self.text(name): self.text(value) for name, value in values.items()})
            found = self._tags.setdefault(key, known)
        return found

    def attributes(self, values: Attributes) -> Attributes:
        """Give attributes of this content."""
        return self._attributes.setdefault(tuple(values.items()), values)
