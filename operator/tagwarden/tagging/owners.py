"""Reads the value of an owner tag by the pattern and known owners of a policy, with repairs."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tagwarden.model.messages import tag_messages as messages
from tagwarden.model.policy import OwnerRule
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Confidence
from tagwarden.tagging.known_owners import last_of, with_successors
from tagwarden.tagging.owner_names import (
    INNER,
    LONGEST_OWNER,
    address_in,
    are_clean,
    bare,
    is_clean,
    is_placeholder,
    login_of,
    names_several,
    session_in,
)
from tagwarden.tagging.patterns import OwnerPattern
from tagwarden.tagging.text import quote

_WORDS = re.compile(rf"[^\s{INNER}]+")
_NUMBERS = re.compile(r"\d+")
_SHORTEST_TYPO = 5
_SHORTEST_SWAPPED = 4
_SHORTEST_WORD = 5
_FARTHEST = 2
"""The most letters in which a close name may differ."""

_SHOWN = 3


class ParsedOwner(NamedTuple):
    """Result of reading an owner: `owner` is canonical, None if the value is malformed.

    `reason` is None if the value is canonical.
    """

    owner: str | None
    reason: Reason | None = None
    confidence: Confidence = Confidence.CERTAIN
    message: str = ""


class OwnerReader:
    """Reads owners by one policy's rule. `known` maps each known owner to a successor or None."""

    __slots__ = ("_folded", "_known", "_logins", "_names_of_length", "_pattern", "_words", "is_canonical")

    def __init__(self, rule: OwnerRule, known: Mapping[str, str | None] | None) -> None:
        self._pattern = None if rule.pattern is None else OwnerPattern(rule.pattern)
        self._known: dict[str, str] | None = None
        self._folded: dict[str, str] = {}
        self._logins: dict[str, list[str]] = defaultdict(list)
        if known is not None:
            names = with_successors(known)
            self._known = {name: last_of(name, names) or name for name in names}
            self._folded = {name.casefold(): name for name in names}
            for name in names:
                if login := login_of(name.casefold()):
                    self._logins[login].append(name)
        # Only names of similar length can be close; comparing with all names takes several times as long.
        self._names_of_length: dict[int, list[str]] = defaultdict(list)
        for folded in self._folded:
            self._names_of_length[len(folded)].append(folded)
        self._words = {word for folded in self._folded for word in _WORDS.findall(folded)}
        self.is_canonical = self._question()
        """Whether an owner is canonical, as a truth value; asked for every resource, and true for most."""

    def read(self, value: str) -> ParsedOwner:
        """Read a value; never raises."""
        if self.is_canonical(value):
            return ParsedOwner(value)
        plain = "" if len(value) > LONGEST_OWNER else bare(value)
        if len(value) > LONGEST_OWNER or len(plain) > LONGEST_OWNER:
            return _malformed(messages.OWNER_TOO_LONG(value=quote(value)))
        if not plain.isprintable():
            return _malformed(messages.OWNER_UNPRINTABLE(value=quote(value)))
        if self._known is not None:
            return self._read_known(value, plain, self._known)
        return self._read_free(value, plain)

    def are_canonical(self, owners: Sequence[str]) -> Sequence[object]:
        """Give `is_canonical` for each owner, as a truth value; faster if all owners are clean."""
        if self._known is None and are_clean(owners):
            return (True,) * len(owners) if self._pattern is None else [*map(self._pattern.matches, owners)]
        return [*map(self.is_canonical, owners)]

    def _question(self) -> Callable[[str], object]:
        """Build `is_canonical` from only the conditions of the rule."""
        if self._known is not None:
            known = self._known
            return lambda value: known.get(value) == value
        if self._pattern is None:
            return is_clean
        matches = self._pattern.matches
        return lambda value: is_clean(value) and matches(value)

    def _read_free(self, value: str, plain: str) -> ParsedOwner:
        """Read an owner where no list of known owners is given: the pattern decides."""
        named = address_in(plain)
        if is_placeholder(plain) or is_placeholder(named):
            return _placeholder(value)
        if names_several(plain):
            return _malformed(messages.SEVERAL_NAMES(value=quote(value)))
        if self._pattern is None:
            return _parsed(value, named, messages.WITHOUT_SURROUNDINGS())
        for candidate in (plain, plain.lower(), named, named.lower()):
            if self._pattern.matches(candidate):
                return _parsed(value, candidate, messages.AS_PATTERN_REQUIRES())
        return _malformed(messages.PATTERN_MISMATCH(value=quote(value), pattern=self._pattern.text))

    def _read_known(self, value: str, plain: str, known: Mapping[str, str]) -> ParsedOwner:
        if value in known:
            return self._succeeded(value, value, known)
        named = address_in(plain).casefold()
        candidates = dict.fromkeys((plain.casefold(), named, session_in(plain).casefold()))
        for candidate in candidates:
            if (name := self._folded.get(candidate)) is not None:
                return self._succeeded(value, name, known)
        for candidate in candidates:
            if (parsed := self._by_login(value, candidate, known)) is not None:
                return parsed
        return _placeholder(value) if is_placeholder(plain) else self._by_typing_error(value, named, known)

    def _by_login(self, value: str, candidate: str, known: Mapping[str, str]) -> ParsedOwner | None:
        """Match an e-mail address with the login before the @, or a login with the only address that begins so."""
        if "@" not in candidate:
            names = sorted({known[name] for name in self._logins.get(candidate, ())})
            if len(names) > 1:
                return _ambiguous(value, names)
            return self._succeeded(value, self._logins[candidate][0], known) if names else None
        name = self._folded.get(login_of(candidate))
        if name is None:
            return None
        if self._pattern is None:
            parsed = self._succeeded(value, name, known)
            return ParsedOwner(parsed.owner, parsed.reason, Confidence.LIKELY, parsed.message)
        return self._succeeded(value, name, known) if self._pattern.matches(candidate) else None

    def _by_typing_error(self, value: str, candidate: str, known: Mapping[str, str]) -> ParsedOwner:
        lengths = range(len(candidate) - _FARTHEST, len(candidate) + _FARTHEST + 1)
        names = [name for length in lengths for name in self._names_of_length.get(length, ())]
        near = [
            (distance, self._folded[name])
            for name, distance, _ in process.extract(
                candidate, names, scorer=OSA.distance, score_cutoff=_FARTHEST, limit=None
            )
        ]
        likely = sorted(name for distance, name in near if distance == 1 and self._is_slip(candidate, name.casefold()))
        if len(candidate) < _SHORTEST_TYPO or not likely:
            return _malformed(_unknown(value, _close_to(candidate, near)))
        meant = likely[0]
        owner = known[meant]
        others = sorted(name for _, name in near if known[name] != owner)
        if others:
            listed = [
                name if known[name] == name else messages.CANDIDATE_SUCCEEDED_BY(name=name, owner=known[name])
                for name in (meant, *others)
            ]
            return _ambiguous(value, listed)
        message = messages.OWNER_CORRECTED(value=quote(value), owner=_with_successor(meant, owner))
        return ParsedOwner(owner, Reason.MalformedOwner, Confidence.LIKELY, message)

    def _is_slip(self, written: str, meant: str) -> bool:
        """Whether the difference is one separator, or one typing error in one word; other digits mean another name."""
        if _NUMBERS.findall(written) != _NUMBERS.findall(meant):
            return False
        words, meant_words = _WORDS.findall(written), _WORDS.findall(meant)
        if len(words) != len(meant_words):
            # A separator is missing or extra.
            return "".join(words) == "".join(meant_words)
        # In a login of one word, the family name begins at the second letter: mmayer is not mbayer.
        begin = 1 if len(_WORDS.findall(meant.partition("@")[0])) > 1 else 2
        # A word in the name of another known owner is a name: Christine Weber, not listed, is not Christina Weber.
        return all(
            word not in self._words and _is_slip_in_word(word, meant_word, begin)
            for word, meant_word in zip(words, meant_words, strict=True)
            if word != meant_word
        )

    def _succeeded(self, value: str, name: str, known: Mapping[str, str]) -> ParsedOwner:
        owner = known[name]
        return _parsed(value, owner, messages.KNOWN_OWNER(name=name) if owner == name else _with_successor(name, owner))


def _is_slip_in_word(written: str, meant: str, begin: int) -> bool:
    """Whether a word that differs by one slip is a typing error of the other.

    Different names differ at the beginning (Mayer and Bayer), at the end (Martin and Martina, Christian and Christina)
    or are short (John and Joan), and hardly ever by two swapped letters in the middle.
    """
    if written[-1:] != meant[-1:]:
        return False
    if sorted(written) == sorted(meant):
        return len(meant) >= _SHORTEST_SWAPPED
    return len(meant) >= _SHORTEST_WORD and written[:begin] == meant[:begin]


def _parsed(value: str, owner: str, why: str) -> ParsedOwner:
    if value == owner:
        return ParsedOwner(owner)
    return ParsedOwner(
        owner, Reason.NonCanonicalOwner, message=messages.OWNER_READ_AS(value=quote(value), owner=owner, why=why)
    )


def _with_successor(name: str, owner: str) -> str:
    return name if owner == name else messages.SUCCEEDED_BY(name=name, owner=owner)


def _placeholder(value: str) -> ParsedOwner:
    return _malformed(messages.NAMES_NO_OWNER(value=quote(value)))


def _malformed(message: str) -> ParsedOwner:
    return ParsedOwner(None, Reason.MalformedOwner, message=message)


def _ambiguous(value: str, names: list[str]) -> ParsedOwner:
    message = messages.AMBIGUOUS_OWNER(value=quote(value), owners=_listed(names))
    return ParsedOwner(None, Reason.AmbiguousOwner, message=message)


def _unknown(value: str, similar: Sequence[str]) -> str:
    if not similar:
        return messages.UNKNOWN_OWNER(value=quote(value))
    return messages.UNKNOWN_OWNER_NEAR(value=quote(value), owners=", ".join(similar))


def _close_to(candidate: str, near: Iterable[tuple[float, str]]) -> list[str]:
    """Give the close names, in which at most a third of the letters differ."""
    close = sorted((far, name) for far, name in near if far <= max(len(candidate), len(name)) // 3)
    return [name for _, name in close][:_SHOWN]


def _listed(names: list[str]) -> str:
    shown, more = " or ".join(names[:_SHOWN]), len(names) - _SHOWN
    return messages.MORE_CANDIDATES(names=shown, more=more) if more > 0 else shown
