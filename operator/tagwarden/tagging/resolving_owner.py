"""Decides which of the tags that state an owner holds."""

from collections.abc import Iterable
from typing import NamedTuple

from tagwarden.model.messages import tag_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Confidence, Finding, Repair
from tagwarden.tagging.keys import KeyMatch, KeyRole, Keys
from tagwarden.tagging.owner_names import LONGEST_OWNER, bare, is_placeholder
from tagwarden.tagging.owners import ParsedOwner
from tagwarden.tagging.rules import TagRules
from tagwarden.tagging.tag_limits import decode_value, encode_value, is_fixed, place_of, place_of_key
from tagwarden.tagging.text import quote

_new = tuple.__new__


class ResolvedOwner(NamedTuple):
    """The owner that holds among several tags, with findings and repairs.

    `guess` is a message about keys that resemble an owner key, if no others are present; else empty.
    """

    owner: str | None = None
    is_stated: bool = False
    findings: tuple[Finding, ...] = ()
    is_canonical: bool = True
    repairs: tuple[Repair, ...] = ()
    is_repaired: bool = False
    guess: str = ""

    def of(self, owner: str) -> "ResolvedOwner":
        """Give the result for another canonical owner under the same key."""
        if owner == self.owner:
            return self
        repairs = tuple(
            [
                _new(Repair, ((before[0], owner), (after[0], owner), rule, confidence, ""))
                for before, after, rule, confidence, _ in self.repairs
                if before is not None
            ]
        )
        return _new(ResolvedOwner, (owner, True, self.findings, self.is_canonical, repairs, self.is_repaired, ""))


class TagValue(NamedTuple):
    """A tag with the parsed value."""

    key: str
    text: str
    role: KeyRole
    result: ParsedOwner
    is_placeholder: bool
    """Whether the value stands for a missing owner. The name of an unknown person is no placeholder."""

    def __str__(self) -> str:
        return f"{self.key}={quote(self.text)}"


SILENCE = ResolvedOwner()


def resolve_owner(tags: Tags, provider: ProviderName, keys: Keys, rules: TagRules) -> ResolvedOwner:
    """Decide which of the tags with these keys, at least one and in the order of trust, holds.

    The first tag that is no placeholder holds, even if the owner is unknown: the next tag may name another person. The
    other tags stay, since other programs read keys such as `created-by`.
    """
    trusted = [one for one in keys if one[1].match.is_exact]
    typos = [] if trusted else [one for one in keys if one[1].match is KeyMatch.TYPO]
    if len(typos) > 1:
        message = messages.POSSIBLE_TYPOS(tags=_listed(tags, typos), key=rules.owner_key(provider))
        return ResolvedOwner(
            is_stated=True, findings=(Finding(Reason.AmbiguousKey, message),), is_canonical=False, is_repaired=True
        )
    if not trusted and not typos:
        return _guessed(tags, provider, keys, rules)
    stated = [_parse_tag(key, role, tags, provider, rules) for key, role in trusted or typos]
    first = stated[0]
    if first.role.match is KeyMatch.CANONICAL and first.key not in tags.fixed and first.result.owner is not None:
        # Labels are not removed; a label that an annotation superseded does not count.
        stated = [one for one in stated if not is_fixed(tags, place_of(provider), one.key)]
    return _decide(tags, provider, stated, rules)


def _guessed(tags: Tags, provider: ProviderName, keys: Keys, rules: TagRules) -> ResolvedOwner:
    """Report keys that only resemble an owner key, if a value is no placeholder."""
    named = [one for one in keys if not _parse_tag(*one, tags, provider, rules).is_placeholder]
    if not named:
        return SILENCE
    key = rules.owner_key(provider)
    return ResolvedOwner(guess=messages.RESEMBLES_OWNER(tags=_listed(tags, named), key=key))


def _listed(tags: Tags, keys: Iterable[tuple[str, KeyRole]]) -> str:
    return ", ".join(f"{key}={quote(tags.values[key])}" for key, _ in keys)


def _decide(tags: Tags, provider: ProviderName, stated: list[TagValue], rules: TagRules) -> ResolvedOwner:
    winner = next((one for one in stated if not one.is_placeholder), stated[-1])
    passed_over = stated[: stated.index(winner)]
    unread = passed_over if winner.result.owner is not None else [one for one in stated if one.result.owner is None]
    findings = [
        Finding(one.result.reason or Reason.MalformedOwner, messages.AT_KEY(key=one.key, problem=one.result.message))
        for one in unread
    ]
    others = [one for one in stated if one.result.owner not in (None, winner.result.owner)]
    if others:
        names = ", ".join(map(str, (winner, *others)))
        findings.append(Finding(Reason.SeveralOwners, messages.SEVERAL_OWNERS(tags=names, key=winner.key)))
    if winner.result.owner is None:
        return ResolvedOwner(is_stated=True, findings=tuple(findings), is_canonical=False, is_repaired=True)
    repair = _repair(tags, provider, winner, rules, doubtful=bool(passed_over))
    repairs: tuple[Repair, ...] = ()
    if repair is not None:
        findings += _why(winner, rules.owner_key(provider))
        overwritten = [one for one in passed_over if one.key == repair.after[0]]
        repairs = (*(repair._replace(before=(one.key, one.text)) for one in overwritten), repair)
    return ResolvedOwner(
        owner=winner.result.owner,
        is_stated=True,
        findings=tuple(findings),
        is_canonical=repair is None,
        repairs=repairs,
        is_repaired=repair is not None and repair.confidence is not Confidence.CERTAIN,
    )


def _parse_tag(key: str, role: KeyRole, tags: Tags, provider: ProviderName, rules: TagRules) -> TagValue:
    text = tags.values[key]
    plain = decode_value(text, place_of_key(provider, tags, key))
    parsed = rules.read_owner(plain)
    is_only_placeholder = parsed.owner is None and len(plain) <= LONGEST_OWNER and is_placeholder(bare(plain))
    return TagValue(key, text, role, parsed, is_only_placeholder)


def _repair(tags: Tags, provider: ProviderName, winner: TagValue, rules: TagRules, *, doubtful: bool) -> Repair | None:
    owner = winner.result.owner
    if owner is None:
        return None
    is_canonical_key = winner.role.match is KeyMatch.CANONICAL
    if is_canonical_key and winner.text == encode_value(owner, place_of_key(provider, tags, winner.key)):
        return None
    rule, confidence = winner.result.reason or Reason.NonCanonicalOwner, winner.result.confidence
    if winner.role.match is KeyMatch.TYPO:
        rule, confidence = Reason.MalformedKey, Confidence.LIKELY
    elif not is_canonical_key and winner.result.reason is None:
        rule = Reason.NonCanonicalKey
    if doubtful:
        confidence = Confidence.LIKELY
    after = (rules.owner_key(provider), encode_value(owner, place_of(provider)))
    return Repair((winner.key, winner.text), after, rule, confidence)


def _why(winner: TagValue, key: str) -> list[Finding]:
    """Give the reasons to rewrite the winner: the key, the value, or both."""
    findings = []
    match winner.role.match:
        case KeyMatch.TYPO:
            findings.append(Finding(Reason.MalformedKey, messages.KEY_CORRECTED(found=winner.key, key=key)))
        case KeyMatch.SPELLING:
            findings.append(Finding(Reason.NonCanonicalKey, messages.KEY_RESPELT(found=winner.key, key=key)))
        case KeyMatch.ALIAS:
            findings.append(Finding(Reason.NonCanonicalKey, messages.FOUND_UNDER_ALIAS(key=key, found=winner.key)))
        case _:
            pass
    if winner.result.reason is not None:
        findings.append(Finding(winner.result.reason, messages.AT_KEY(key=winner.key, problem=winner.result.message)))
    return findings
