"""Text as people paste it, brought to plain ASCII before anything reads it, and quoted briefly in messages."""

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

Characters that turn the direction of writing are not among them: such a value is not what it looks like.
"""


def plain(text: str) -> str | None:
    """Give the text in ASCII, with single blanks, without the quotes around it and the punctuation after it.

    None where that is not possible, or where the text is too long to be a value.
    """
    if len(text) > LONGEST_VALUE:
        return None
    if not text.isascii():
        # NFKC would make 22 of 2² and 1 of ①.
        if any(unicodedata.category(character) == "No" for character in text):
            return None
        text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
        text = "".join(_ascii_digit(character) for character in text)
        if len(text) > LONGEST_VALUE:
            return None
    text = " ".join(text.split())
    if not text.isascii() or not text.isprintable():
        return None
    # A value that holds a quote of its own, or nothing but punctuation, is left for the grammar to refuse.
    return text.strip(_QUOTES + " ").rstrip(_TRAILING).strip(_QUOTES + " ")


def quote(text: str) -> str:
    """Quote a value for a message: one line, printable, never long."""
    return repr(text) if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]!r}… ({len(text)} characters)"


def _ascii_digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
