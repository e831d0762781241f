"""A message for users as a value: a template, and an example of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message that users read; calling it with the fields of its template, by keyword, gives the text.

    The text says what is wrong, where, and what to do. It begins in lower case and has no full stop at its end, since
    it often stands within a line. `example` has a value for each field.
    """

    template: str
    example: Mapping[str, object]

    def __call__(self, **fields: object) -> str:
        """Render the message."""
        try:
            return self.template.format_map(fields)
        except KeyError:
            # A test compares the fields of every call with the template. Should one slip through all the same, a
            # message without its values is better than an action that fails half-way for the sake of its wording.
            return self.template


def message(template: str, /, **example: object) -> Message:
    """Declare a message with an example of its fields."""
    return Message(template, example)
