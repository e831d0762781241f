"""Converts pasted text to plain ASCII before it is read, and quotes values in messages."""

import unicodedata
from collections.abc import Mapping

LONGEST_VALUE = 128
"""Maximum characters of an expiry; longer values are malformed and not parsed."""

_LONGEST_QUOTE = 48
_QUOTES = "\"'`"
_TRAILING = ".,;!"

_PLAIN: Mapping[int, str | None] = str.maketrans(
    dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-")
    | dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
)
"""Artefacts of copying from documents and chats: invisible characters, dashes and quotation marks.

Characters that change the writing direction are not among them: such a value differs from its appearance.
"""


def plain(text: str) -> str | None:
    """Give the text in ASCII, with single blanks, without surrounding quotes and trailing punctuation.

    None if that is impossible, or if the text is too long for a value.
    """
    if len(text) > LONGEST_VALUE:
        return None
    if not text.isascii():
        # NFKC would turn 2² into 22 and ① into 1.
        if any(unicodedata.category(character) == "No" for character in text):
            return None
        text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
        text = "".join(_ascii_digit(character) for character in text)
        if len(text) > LONGEST_VALUE:
            return None
    text = " ".join(text.split())
    if not text.isascii() or not text.isprintable():
        return None
    # The grammar refuses a value with an inner quote, or of punctuation only.
    return text.strip(_QUOTES + " ").rstrip(_TRAILING).strip(_QUOTES + " ")


def quote(text: str) -> str:
    """Quote a value for a message: one line, printable, never long."""
    return repr(text) if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]!r}… ({len(text)} characters)"


def _ascii_digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
