"""Explains why a value matches no form of an expiry, with advice."""

import re

from rapidfuzz.distance import OSA

from tagwarden.model.messages.expiry_messages import VALID_FORMS
from tagwarden.tagging.absolute import MONTHS, WEEKDAYS

_WORDS = ("never", "forever", "none", "today", "tomorrow", "eod", "eow", *WEEKDAYS, "end of week", "end of day")
_TRUTHS = frozenset({"true", "false", "yes", "no", "y", "n", "on", "off"})
_NOTHINGS = frozenset({"-", "null", "nil", "n/a", "na", "tbd", "todo", "unknown", "undefined", "none yet", "?"})
REASONS = (
    (r"[0-9]+(?:\.[0-9]+)?", f"is a number without a unit; {VALID_FORMS}"),
    (r"- ?[0-9].*", f"is negative; {VALID_FORMS}"),
    (r"[0-9]+,[0-9]+ ?[a-z]+", "has a number with a comma; write smaller units for a fraction, such as 1d12h"),
    (r"[0-9]+ ?mon", "can mean months; write 1mo or 1 month"),
    (r"[0-9]{1,2}[-/._][0-9]{1,2}[-/._][0-9]{2}(?:[ t].*)?", "has a two-digit year; write 2026-09-01"),
    (r"[0-9]{4}[-/._][0-9]{1,2}", "is a month without a day; write 2026-09-01"),
    (r"[0-9]{4}-?w[0-9].*", "is a week of the year; write the date, such as 2026-09-01"),
    (
        r"in .*|after [0-9.]+ ?[a-z]+|.* from now",
        "counts from now, but tags count from the creation; write the date, such as 2026-09-01",
    ),
    (r"(?:after|before|by|since) .*", "is not an exact time; write the day or the time itself"),
    (
        r".*[0-9am] ?\+ ?[0-9]+ ?[a-z]+",
        "adds a duration to a time; write the resulting time, such as 2026-09-01T19:00:00Z",
    ),
    (r"next (?:week|month|year)", "is not an exact day; write end of next week, or a date"),
    (r"eoq|end of (?:the |next )?quarter", "is a quarter; write its last day, such as 2026-09-30"),
    (
        r"keep|(?:do[ _-]?not|don't|never)[ _-]?(?:delete|remove|touch)",
        'asks to keep the resource without an end; set the tag tagwarden.io/protect: "true", or write never',
    ),
    (r"(?:now|asap|soon|later|expired)", f"is not a time; {VALID_FORMS}"),
)
_DIGIT = re.compile(r"[0-9]")
_COMPILED = tuple((re.compile(pattern), reason) for pattern, reason in REASONS)


def hint_for(words: str) -> str:
    """Describe the error of a value (plain, lower case) in a phrase that follows the value."""
    for pattern, reason in _COMPILED:
        if pattern.fullmatch(words):
            return reason
    if words in MONTHS:
        return "is a month, not a date; write 2026-09-01"
    if words in _TRUTHS:
        return f"is a boolean, not a time; {VALID_FORMS}"
    if words in _NOTHINGS:
        return f"is a placeholder; {VALID_FORMS}, or never"
    close = [word for word in _WORDS if _is_slip(words, word)]
    if close:
        return f"is not a duration or timestamp; did you mean {' or '.join(close[:3])}?"
    return f"is not a duration or timestamp; {VALID_FORMS}"


def _is_slip(written: str, word: str) -> bool:
    """Whether the word may be a typing error of a word of the grammar; not with a digit (`1mon` is no Monday)."""
    return not _DIGIT.search(written) and OSA.distance(written, word, score_cutoff=2) <= min(2, len(word) // 3)
