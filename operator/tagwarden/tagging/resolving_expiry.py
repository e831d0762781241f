"""Decides which of the tags that state an expiry holds."""

from datetime import datetime
from typing import NamedTuple

from tagwarden.model.messages import tag_messages as messages
from tagwarden.model.messages.expiry_messages import VALUE
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Confidence, Finding, Repair
from tagwarden.tagging.expiry import Expiry, Never, Stated, instant_of
from tagwarden.tagging.foreign import ForeignKey
from tagwarden.tagging.keys import KeyMatch, KeyRole, Keys
from tagwarden.tagging.moments import After, At, Unreadable
from tagwarden.tagging.rules import TagRules
from tagwarden.tagging.tag_limits import TagPlace, encode_instant, is_fixed, place_of, place_of_key
from tagwarden.tagging.text import quote
from tagwarden.tagging.zones import format_instant


class ResolvedExpiry(NamedTuple):
    """The expiry that holds among several tags, with findings and repairs.

    `is_guessed`: only keys that resemble an expiry key are present, and none was read.
    """

    expires: datetime | None = None
    never: bool = False
    is_stated: bool = False
    findings: tuple[Finding, ...] = ()
    is_canonical: bool = True
    repairs: tuple[Repair, ...] = ()
    is_repaired: bool = False
    counts_from_creation: bool = False
    is_guessed: bool = False


class TagValue(NamedTuple):
    """A tag with the parsed value."""

    key: str
    text: str
    role: KeyRole
    result: datetime | Never | Unreadable
    counts_from_creation: bool

    def __str__(self) -> str:
        if isinstance(self.result, datetime):
            return f"{self.key}={quote(self.text)} ({format_instant(self.result)})"
        return f"{self.key}={quote(self.text)} ({'never' if isinstance(self.result, Never) else messages.UNREADABLE()})"


SILENCE = ResolvedExpiry()
_NON_CANONICAL = Reason.NonCanonicalExpiry
_new = tuple.__new__


class Counting(NamedTuple):
    """A relative expiry under a single key, resolved except for the creation time.

    `message` is the text of the last finding, which ends with the instant.
    """

    expiry: Stated
    place: TagPlace
    findings: tuple[Finding, ...]
    message: str
    repair: Repair
    is_repaired: bool

    def from_creation(self, created: datetime | None) -> ResolvedExpiry | None:
        """Give the result of `resolve_expiry`; None without an instant, which only `resolve_expiry` explains."""
        expires = instant_of(self.expiry, created)
        if isinstance(expires, Unreadable):
            return None
        value = encode_instant(expires, self.place)
        findings = (*self.findings, _new(Finding, (_NON_CANONICAL, self.message + value)))
        before, (key, _), rule, confidence, _ = self.repair
        repairs = (_new(Repair, (before, (key, value), rule, confidence, "")),)
        return _new(ResolvedExpiry, (expires, False, True, findings, False, repairs, self.is_repaired, True, False))


def counting_of(
    resolved: ResolvedExpiry, tags: Tags, provider: ProviderName, keys: Keys, rules: TagRules
) -> Counting | None:
    """Give the part of a relative expiry that does not depend on the creation; None if several tags state one."""
    if len(keys) != 1 or resolved.expires is None:
        return None
    ((key, role),), (repair,) = keys, resolved.repairs
    expiry = read_expiry_of(tags.values[key], role.foreign, rules)
    message = resolved.findings[-1].message.removesuffix(repair.after[1])
    if not isinstance(expiry, Stated):
        return None
    return Counting(expiry, place_of(provider), resolved.findings[:-1], message, repair, resolved.is_repaired)


def resolve_expiry(
    tags: Tags, provider: ProviderName, keys: Keys, created: datetime | None, rules: TagRules
) -> ResolvedExpiry:
    """Decide which of the tags with these keys holds. The keys are in the order of trust, and at least one."""
    if not keys[0][1].match.is_exact:
        return _resolve_doubtful(tags, provider, keys, created, rules)
    stated = [_parse_tag(key, role, tags, created, rules) for key, role in keys if role.match <= KeyMatch.FOREIGN]
    first = stated[0]
    canonical = first if _is_canonical(stated) else None
    counting = any(one.counts_from_creation for one in stated)
    if len(stated) > 1 and canonical and canonical.key not in tags.fixed and not isinstance(first.result, Unreadable):
        # Labels are not removed; a label that an annotation superseded does not count.
        stated = [one for one in stated if not is_fixed(tags, place_of(provider), one.key)]
    return _decide(tags, provider, stated, rules, canonical=canonical, counting=counting)


def _is_canonical(stated: list[TagValue]) -> bool:
    """Whether the first tag has the canonical key in any case: between two cases the choice is ambiguous."""
    spelt = [one for one in stated if one.role.match is KeyMatch.SPELLING]
    return stated[0].role.match is KeyMatch.CANONICAL or (stated[0] in spelt and len(spelt) == 1)


def _decide(
    tags: Tags,
    provider: ProviderName,
    stated: list[TagValue],
    rules: TagRules,
    *,
    canonical: TagValue | None,
    counting: bool,
) -> ResolvedExpiry:
    findings = [
        Finding(one.result.reason, messages.AT_KEY(key=one.key, problem=one.result.message))
        for one in stated
        if isinstance(one.result, Unreadable)
    ]
    # Beside a malformed tag, the expiry may not be the intended expiry.
    winner = _winner(stated, canonical)
    doubtful = winner is not canonical and bool(findings)
    if len(stated) > 1:
        text = messages.SEVERAL_EXPIRIES(tags=", ".join(map(str, stated)))
        findings.append(Finding(Reason.SeveralExpiries, text))
    if winner is None or isinstance(winner.result, Unreadable):
        return ResolvedExpiry(
            is_stated=True,
            findings=tuple(findings),
            is_canonical=False,
            is_repaired=True,
            counts_from_creation=counting,
        )
    if isinstance(winner.result, Never):
        # `never` is not rewritten: a maximum replaces `never`, or the tag stays.
        return ResolvedExpiry(
            never=True,
            is_stated=True,
            findings=tuple(findings),
            is_canonical=not doubtful,
            is_repaired=doubtful,
            counts_from_creation=counting,
        )
    after = (rules.expiry_key(provider), encode_instant(winner.result, place_of(provider)))
    repairs: tuple[Repair, ...] = ()
    repair = _repair(tags, provider, winner, after, doubtful=doubtful)
    if repair is not None:
        findings += _why(winner, after)
        repairs = (repair,)
    if len(stated) > 1:
        # A label in the canonical form of labels stays.
        repairs += _superseded(tags, provider, stated, winner, after if repair else (winner.key, winner.text))
    return ResolvedExpiry(
        winner.result,
        False,
        True,
        tuple(findings),
        not repairs,
        repairs,
        repair is not None and repair.confidence is not Confidence.CERTAIN,
        counting,
    )


def _winner(stated: list[TagValue], canonical: TagValue | None) -> TagValue | None:
    """Choose the canonical key if the value is readable, else the earliest instant, else never."""
    if canonical is not None and not isinstance(canonical.result, Unreadable):
        return canonical
    unknown = [one for one in stated if isinstance(one.result, Unreadable) and one.result.reason is Reason.UnknownAge]
    if unknown:
        return unknown[0]
    dated = [one for one in stated if isinstance(one.result, datetime)]
    if dated:
        return min(dated, key=lambda one: one.result)  # type: ignore[arg-type,return-value]
    return next((one for one in stated if isinstance(one.result, Never)), None)


def _parse_tag(key: str, role: KeyRole, tags: Tags, created: datetime | None, rules: TagRules) -> TagValue:
    text = tags.values[key]
    expiry = read_expiry_of(text, role.foreign, rules)
    if not isinstance(expiry, Stated):
        return TagValue(key, text, role, expiry, counts_from_creation=False)
    begins = beginning_of(role.foreign, tags, created, rules)
    found = begins if isinstance(begins, Unreadable) else instant_of(expiry, begins)
    if isinstance(found, Unreadable):
        found = Unreadable(found.reason, VALUE(value=quote(text), problem=found.message))
    return TagValue(key, text, role, found, counts_from_creation=expiry.counts_from_creation)


def beginning_of(
    foreign: ForeignKey | None, tags: Tags, created: datetime | None, rules: TagRules
) -> datetime | Unreadable | None:
    """Give the start of a duration: the creation, or a later instant that another tool writes as a renewal."""
    renewed = tags.values.get(foreign.counts_from) if foreign is not None else None
    if foreign is None or renewed is None:
        return created
    read = rules.read_expiry_in_utc(renewed)
    if not isinstance(read, Stated) or not isinstance(read.moment, At):
        message = messages.NOT_A_BEGINNING(key=foreign.counts_from, value=quote(renewed))
        return Unreadable(Reason.MalformedExpiry, message)
    return read.moment.at if created is None else max(created, read.moment.at)


def read_expiry_of(text: str, foreign: ForeignKey | None, rules: TagRules) -> Expiry:
    """Read a value by the grammar; under the key of another tool, in UTC and only in the forms of that tool."""
    if foreign is None:
        return rules.read_expiry(text)
    expiry = rules.read_expiry_in_utc(text)
    if not isinstance(expiry, Stated):
        return expiry
    is_date = isinstance(expiry.moment, At)
    is_duration = isinstance(expiry.moment, After)
    if (is_date and foreign.takes_date) or (is_duration and foreign.takes_duration):
        return expiry
    forms = ((messages.A_TIMESTAMP(), foreign.takes_date), (messages.A_DURATION(), foreign.takes_duration))
    wanted = " or ".join(form for form, is_read in forms if is_read)
    message = messages.NOT_A_FORM_OF_TOOL(value=quote(text), tool=foreign.tool, forms=wanted)
    return Unreadable(Reason.MalformedExpiry, message)


def _repair(
    tags: Tags, provider: ProviderName, winner: TagValue, after: tuple[str, str], *, doubtful: bool
) -> Repair | None:
    is_canonical_key = winner.role.match is KeyMatch.CANONICAL
    if is_canonical_key and winner.text == after[1] and winner.key not in tags.fixed:
        return None
    if is_canonical_key and isinstance(winner.result, datetime) and winner.key in tags.fixed:
        own_form = encode_instant(winner.result, place_of_key(provider, tags, winner.key))
        if winner.text == own_form:
            return None
    rule, confidence = Reason.NonCanonicalExpiry, Confidence.CERTAIN
    if winner.role.match is KeyMatch.TYPO:
        rule, confidence = Reason.MalformedKey, Confidence.LIKELY
    elif not is_canonical_key:
        rule = Reason.NonCanonicalKey
    if doubtful:
        confidence = Confidence.LIKELY
    return Repair((winner.key, winner.text), after, rule, confidence)


def _why(winner: TagValue, after: tuple[str, str]) -> list[Finding]:
    """Give the reasons to rewrite the winner: the key, the value, or both."""
    key, value = after
    findings = []
    match winner.role.match:
        case KeyMatch.TYPO:
            findings.append(Finding(Reason.MalformedKey, messages.KEY_CORRECTED(found=winner.key, key=key)))
        case KeyMatch.SPELLING:
            findings.append(Finding(Reason.NonCanonicalKey, messages.KEY_RESPELT(found=winner.key, key=key)))
        case KeyMatch.ALIAS:
            findings.append(Finding(Reason.NonCanonicalKey, messages.FOUND_UNDER_ALIAS(key=key, found=winner.key)))
        case KeyMatch.FOREIGN:
            tool = winner.role.foreign.tool if winner.role.foreign else messages.ANOTHER_TOOL()
            text = messages.FOUND_UNDER_FOREIGN_KEY(key=key, found=winner.key, tool=tool)
            findings.append(Finding(Reason.NonCanonicalKey, text))
        case _:
            pass
    if winner.text != value:
        text = messages.EXPIRY_READ_AS(key=winner.key, value=quote(winner.text), instant=value)
        findings.append(Finding(Reason.NonCanonicalExpiry, text))
    return findings


def _superseded(
    tags: Tags, provider: ProviderName, stated: list[TagValue], winner: TagValue, after: tuple[str, str]
) -> tuple[Repair, ...]:
    """Remove all other tags that state an expiry: two different expiries mislead people."""
    return tuple(
        Repair((one.key, one.text), after, Reason.SeveralExpiries, Confidence.CERTAIN)
        for one in stated
        if one is not winner and not is_fixed(tags, place_of(provider), one.key)
    )


def _resolve_doubtful(
    tags: Tags, provider: ProviderName, keys: Keys, created: datetime | None, rules: TagRules
) -> ResolvedExpiry:
    """Decide among keys that only resemble an expiry key: a single typing error with a readable value holds."""
    typos = [(key, role) for key, role in keys if role.match is KeyMatch.TYPO]
    if len(typos) == 1:
        typo = _parse_tag(*typos[0], tags, created, rules)
        if not isinstance(typo.result, Unreadable) or typo.result.reason is Reason.UnknownAge:
            counting = typo.counts_from_creation
            return _decide(tags, provider, [typo], rules, canonical=None, counting=counting)
    canonical = rules.expiry_key(provider)
    names = ", ".join(f"{key}={quote(tags.values[key])}" for key, _ in keys)
    if len(typos) > 1:
        finding = Finding(Reason.AmbiguousKey, messages.POSSIBLE_TYPOS(tags=names, key=canonical))
    elif typos:
        finding = Finding(Reason.MalformedKey, messages.UNREADABLE_TYPO(tags=names, key=canonical))
    else:
        finding = Finding(Reason.MalformedKey, messages.RESEMBLES_EXPIRY(tags=names, key=canonical))
    return ResolvedExpiry(
        is_stated=True,
        findings=(finding,),
        is_canonical=False,
        is_repaired=True,
        counts_from_creation=bool(typos),
        is_guessed=True,
    )
