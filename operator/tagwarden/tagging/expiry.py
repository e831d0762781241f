"""Parses an expiry without guessing: an instant, a time after creation, a moment in the calendar, or never.

`FORMS` is the grammar. The first form whose pattern matches reads the value; a value without a match is malformed.
Patterns have no nested repetition and match at most 128 characters, so that no match takes long. `docs/expiry.md` shows
every form with examples, and each of these is a test.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property

from tagwarden.model.messages import expiry_messages as messages
from tagwarden.model.policy import DateOrder
from tagwarden.model.reasons import Reason
from tagwarden.tagging import absolute, calendar_words, relative
from tagwarden.tagging.hints import hint_for
from tagwarden.tagging.moments import After, At, Moment, NotReadable, Unreadable, refuse_year
from tagwarden.tagging.text import LONGEST_VALUE, plain, quote
from tagwarden.tagging.zones import whole_second


@dataclass(frozen=True, slots=True)
class Never:
    """The resource is meant to stay."""

    form: str = "never"


@dataclass(frozen=True, slots=True)
class Stated:
    """A readable expiry: the form of the text, and its moment."""

    form: str
    moment: Moment

    @property
    def counts_from_creation(self) -> bool:
        """Whether the instant depends on the creation time of the resource."""
        return type(self.moment) is not At


Expiry = Stated | Never | Unreadable


@dataclass(frozen=True)
class ExpiryForm:
    """One row of the grammar: `read` takes the match, the default zone, and the order of dates."""

    name: str
    written: str
    read: Callable[[re.Match[str], tzinfo, DateOrder | None], Moment]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Pattern of `written`, compiled on first use: most commands need few forms."""
        return re.compile(self.written, re.VERBOSE)


FORMS: tuple[ExpiryForm, ...] = tuple(
    ExpiryForm(*row) for row in (*absolute.FORMS, *relative.FORMS, *calendar_words.FORMS)
)

_NEVER = frozenset(
    {"never", "forever", "none", "permanent", "permanently", "indefinite", "indefinitely", "unlimited", "infinite",
     "infinity", "never expires", "no expiry", "no expiration"}
)  # fmt: skip
_AS_BLANKS = str.maketrans("-_", "  ")
# Words without a separate meaning before a day or time. Before a duration, the start would be unclear.
_LEAD = re.compile(
    r"(?:(?:keep[ _-]|valid[ _-])?(?:until|till|til)|expires?(?:[ _-](?:on|at))?|delete[ _-](?:on|at))[ _-]"
)


def parse_expiry(text: str, zone: tzinfo, order: DateOrder | None = None) -> Expiry:
    """Read an expiry; never raises. `zone` is the policy's zone, `order` the order of 01/02/2026, None if not set."""
    bare = plain(text)
    if not bare:
        return Unreadable(Reason.MalformedExpiry, messages.VALUE(value=quote(text), problem=_why_not_plain(text, bare)))
    words = bare.lower()
    if words.translate(_AS_BLANKS) in _NEVER:
        return Never()
    try:
        relative.refuse_upper_case_m(bare)
        return _read_form(words, zone, order)
    except NotReadable as problem:
        return Unreadable(problem.reason, messages.VALUE(value=quote(text), problem=problem))
    except (OverflowError, ValueError):
        return Unreadable(Reason.MalformedExpiry, messages.VALUE(value=quote(text), problem=messages.OUT_OF_RANGE()))


def _read_form(words: str, zone: tzinfo, order: DateOrder | None) -> Stated:
    lead = _LEAD.match(words)
    text_left = words[lead.end() :] if lead else words
    for form in FORMS:
        if (match := form.pattern.fullmatch(text_left)) is None:
            continue
        moment = form.read(match, zone, order)
        if lead and isinstance(moment, After):
            raise NotReadable(messages.DURATION_AFTER_WORD(word=lead.group().strip(" _-")))
        if isinstance(moment, At):
            refuse_year(moment.at.year)
        return Stated(form.name, moment)
    raise NotReadable(hint_for(words))


def _why_not_plain(text: str, bare: str | None) -> str:
    if bare == "":
        return messages.EMPTY(advice=messages.VALID_FORMS)
    problem = messages.TOO_LONG if len(text) > LONGEST_VALUE else messages.INVALID_CHARACTERS
    return problem(advice=messages.VALID_FORMS)


def instant_of(expiry: Stated, created: datetime | None) -> datetime | Unreadable:
    """Give the instant (UTC, whole seconds) for a creation time (UTC), or the reason why the value has none."""
    moment = expiry.moment
    if isinstance(moment, At) and not expiry.counts_from_creation:
        return moment.at
    if created is None:
        return Unreadable(Reason.UnknownAge, messages.UNKNOWN_CREATION())
    try:
        found = whole_second(moment.instant(created.astimezone(UTC)))
        refuse_year(found.year)
    except NotReadable as problem:
        return Unreadable(problem.reason, str(problem))
    except (OverflowError, ValueError):
        return Unreadable(Reason.MalformedExpiry, messages.OUT_OF_RANGE())
    return found
