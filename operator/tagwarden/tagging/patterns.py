"""Regular expressions of policies, matched against untrusted tag values.

RE2 matches in linear time, so that no pattern and no tag can delay a pass.
"""

import re2

from tagwarden.errors import BadInput


class OwnerPattern:
    """A pattern that must match the whole owner."""

    __slots__ = ("_set", "text")

    def __init__(self, text: str) -> None:
        """Raise BadInput for an invalid regular expression."""
        options = re2.Options()
        options.log_errors = False
        try:
            re2.compile(text, options)
        except re2.error as error:
            detail = error.args[0] if error.args else "does not compile"
            reason = detail.decode(errors="replace") if isinstance(detail, bytes) else detail
            raise BadInput(
                f"spec.owner.pattern: {text!r} is not a valid regular expression ({reason});"
                " write RE2 syntax, such as ^[a-z.]+$"
            ) from None
        self.text = text
        # A set with one pattern is ten times as fast as a pattern, which creates a match object.
        self._set = re2.Set.FullMatchSet(options)
        self._set.Add(text)
        self._set.Compile()

    def matches(self, owner: str) -> bool:
        """Whether the pattern matches the whole owner."""
        try:
            return bool(self._set.Match(owner))
        except UnicodeEncodeError:  # half of a surrogate pair, which no vendor sends
            return False
