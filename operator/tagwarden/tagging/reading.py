"""Reads owner and expiry from the tags of a resource, with findings and repairs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import Tags, TagState
from tagwarden.model.verdict import Confidence, Finding, Repair
from tagwarden.tagging.keys import KeyMatch, Keys
from tagwarden.tagging.resolving_expiry import SILENCE as NO_EXPIRY
from tagwarden.tagging.resolving_expiry import Counting, ResolvedExpiry, counting_of, resolve_expiry
from tagwarden.tagging.resolving_owner import SILENCE as NO_OWNER
from tagwarden.tagging.resolving_owner import ResolvedOwner, resolve_owner
from tagwarden.tagging.rules import PlaceRules, TagRules, remember
from tagwarden.tagging.tag_limits import PLAIN_PLACES


class Reading(NamedTuple):
    """Owner and expiry of the tags. A tuple, since hundreds of thousands are made per second.

    `owner` is canonical, None if missing or malformed. `owner_stated` and `expiry_stated` are true for malformed values
    too: such a resource is never untagged. `expires` is an aware UTC instant of whole seconds, None if missing,
    unreadable or `never`.

    `is_canonical`: nothing would be rewritten. `repairs` make keys and values canonical and keep the meaning.
    `is_repaired`: a repair is more than another documented form or key, or a value was malformed, so that no expiry
    before now + `grace.repaired` may be written. `expiry_guessed`: only keys that resemble an expiry key are present,
    and none was read. `owner_guess` describes keys that resemble an owner key if no other is present, else empty; such
    an owner is not stated. `counts_from_creation`: an expiry is relative to the creation.
    """

    owner: str | None = None
    owner_stated: bool = False
    owner_findings: tuple[Finding, ...] = ()
    expires: datetime | None = None
    never: bool = False
    expiry_stated: bool = False
    expiry_findings: tuple[Finding, ...] = ()
    is_canonical: bool = True
    repairs: tuple[Repair, ...] = ()
    is_repaired: bool = False
    expiry_guessed: bool = False
    owner_guess: str = ""
    counts_from_creation: bool = False

    def has_doubtful_expiry(self, expiry_key: str) -> bool:
        """Whether the expiry is the guess of a repair and not just another documented form or key.

        Such an expiry deletes no resource until its owner could see the expiry for `grace.repaired`. A typing error in
        the owner alone leaves the expiry as written.
        """
        return self.is_repaired and any(
            repair.confidence is not Confidence.CERTAIN and repair.after[0] == expiry_key for repair in self.repairs
        )


NOTHING_STATED = Reading()
_OLDEST, _BEYOND = "2000", "9999"
_new = tuple.__new__
_KNOWN = TagState.KNOWN
_instant_in = datetime.fromisoformat
_LINE = len("2026-09-01T19:00:00Z\n")
_MARKS = ((0, "2"), (4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "Z"))
"""Fixed characters by position in an instant of the years 2000 to 2999."""


def read_tags(tags: Tags, provider: ProviderName, created: datetime | None, rules: TagRules) -> Reading:
    """Read the tags of a resource created at `created` (aware UTC, None if unknown). Never raises.

    Unreadable and untaggable tags state nothing here; judging distinguishes them from missing tags (S1).
    """
    if tags.state is not _KNOWN:
        return NOTHING_STATED
    values = tags.values
    here = rules.at[provider]
    shape = here.shapes.get(tags.keys) or here.shape_of(tags.keys)
    if not shape.owners and not shape.expiries:
        return NOTHING_STATED
    if shape.is_plain and (plain := _read_plainly(values, tags.fixed, here, rules)) is not None:
        return plain
    owner = _resolved_owner(tags, provider, shape.owners, rules)
    expiry = _resolved_expiry(tags, provider, shape.expiries, created, rules)
    fields = (
        owner.owner,
        owner.is_stated,
        owner.findings,
        expiry.expires,
        expiry.never,
        expiry.is_stated,
        expiry.findings,
        owner.is_canonical and expiry.is_canonical,
        owner.repairs + expiry.repairs,
        owner.is_repaired or expiry.is_repaired,
        expiry.is_guessed,
        owner.guess,
        expiry.counts_from_creation,
    )
    return _new(Reading, fields)


def expiry_text(tags: Tags, provider: ProviderName, rules: TagRules) -> str | None:
    """Give the tags that state an expiry as one text: empty without such tags, None if the tags are unreadable."""
    if tags.state is not _KNOWN:
        return None
    return " ".join(f"{key}={tags.values[key]}" for key, _ in rules.at[provider].shape_of(tags.keys).expiries)


def _read_plainly(
    values: Mapping[str, str], fixed: frozenset[str], here: PlaceRules, rules: TagRules
) -> Reading | None:
    """Read tags with only canonical keys and values, the common case; None for all other tags."""
    owner, expiry = values.get(here.owner_key), values.get(here.expiry_key)
    if fixed and (here.owner_key in fixed or here.expiry_key in fixed):
        return None
    if here.place not in PLAIN_PLACES or (owner is not None and not rules.is_canonical_owner(owner)):
        return None
    expires = None if expiry is None else canonical_instant(expiry)
    if expires is None and expiry is not None:
        return None
    fields = (owner, owner is not None, (), expires, False, expiry is not None, (), True, (), False, False, "", False)
    return _new(Reading, fields)


def canonical_instant(text: str) -> datetime | None:
    """Give the instant of a canonical value such as `2026-09-01T19:00:00Z`; None for every other form.

    `parse_expiry` reads years before 2000 and after 9998, with advice.
    """
    # Every third character from the fifth on is a separator, as in no other form that Python reads.
    if text[4::3] != "--T::Z" or not _OLDEST <= text < _BEYOND or len(text) != 20:
        return None
    try:
        return _instant_in(text)
    except ValueError:
        return None


def canonical_instants(texts: Sequence[str]) -> list[datetime | None]:
    """Give `canonical_instant` of each text; faster if all are canonical, the common case."""
    # A line that is too short or too long moves the separators of the next line.
    lines, size = "\n".join(texts), len(texts)
    if len(lines) == _LINE * size - 1 and all(lines[place::_LINE] == mark * size for place, mark in _MARKS):
        try:
            return [*map(_instant_in, texts)]
        except ValueError:
            pass  # a line is an impossible date or time
    return [*map(canonical_instant, texts)]


def _resolved_owner(tags: Tags, provider: ProviderName, keys: Keys, rules: TagRules) -> ResolvedOwner:
    """Resolve the owner, with a cache: unlike an expiry, an owner never depends on the resource.

    For a canonical owner under a single key, the key alone is cached, since names may be many.
    """
    if not keys:
        return NO_OWNER
    values, fixed, here = tags.values, tags.fixed, rules.at[provider]
    memory = here.resolved_owners
    key, role = keys[0]
    is_read = len(keys) == 1 and role.match is not KeyMatch.SUSPECT
    if is_read and not fixed and here.place in PLAIN_PLACES and rules.is_canonical_owner(values[key]):
        resolved: ResolvedOwner | None = memory.get(key)
        return (resolved or remember(memory, key, resolve_owner(tags, provider, keys, rules))).of(values[key])
    stated = (tuple([(key, values[key]) for key, _ in keys]), fixed)
    found: ResolvedOwner | None = memory.get(stated)
    return found or remember(memory, stated, resolve_owner(tags, provider, keys, rules))


def _resolved_expiry(
    tags: Tags, provider: ProviderName, keys: Keys, created: datetime | None, rules: TagRules
) -> ResolvedExpiry:
    """Resolve the expiry, with a cache of all parts that do not depend on the creation time."""
    if not keys:
        return NO_EXPIRY
    values, memory = tags.values, rules.at[provider].resolved_expiries
    stated = (tuple([(key, values[key]) for key, _ in keys]), tags.fixed)
    known: ResolvedExpiry | Counting | None = memory.get(stated)
    found = known.from_creation(created) if isinstance(known, Counting) else known
    if found is not None:
        return found
    resolved = resolve_expiry(tags, provider, keys, created, rules)
    lasting = counting_of(resolved, tags, provider, keys, rules) if resolved.counts_from_creation else resolved
    if lasting is not None:
        remember(memory, stated, lasting)
    return resolved
