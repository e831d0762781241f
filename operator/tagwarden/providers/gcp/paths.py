"""JMESPath into the items of Google's listings, each path compiled once."""

from datetime import UTC, datetime
from typing import Any

from jmespath import functions

from tagwarden.providers.catalogue.creation_times import TimeForm, parse_created
from tagwarden.providers.catalogue.path_compiler import PathFunctions, path_compiler


class _GcpFunctions(PathFunctions):
    @functions.signature({"types": ["array", "null"]}, {"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_replaced(self, found: list[Any] | None, old: str, new: str) -> list[str]:
        """Give the texts that have a part, with another part in its place."""
        return [text.replace(old, new) for text in found or () if isinstance(text, str) and old in text]

    @functions.signature({"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_is_ahead(self, moment: str | None) -> bool:
        """Whether a moment is in the future, or cannot be read."""
        if not moment:
            return False
        at = parse_created(moment, TimeForm.TIME)
        return at is None or at > datetime.now(UTC)


compile_path = path_compiler(_GcpFunctions())
