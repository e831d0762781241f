"""What the tags of a resource state: an owner and an expiry, each with what is to be said and repaired."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from tagwarden.model.resource import Provider
from tagwarden.model.tags import Tags, TagState
from tagwarden.model.verdict import Finding, Repair
from tagwarden.tagging.hearing_expiry import ExpiryHeard, hear_expiry
from tagwarden.tagging.hearing_owner import SILENCE, OwnerHeard, hear_owner
from tagwarden.tagging.keys import KeyRole
from tagwarden.tagging.places import TagPlace
from tagwarden.tagging.rules import PlaceRules, TagRules, remember


class Reading(NamedTuple):
    """What the tags state. A tuple, since hundreds of thousands a second are made.

    `owner` is canonical, None where none is stated or the one stated is malformed. `owner_stated` and
    `expiry_stated` are true for malformed ones too: such a resource is never untagged. `expires` is an aware UTC
    instant of whole seconds, None where none is stated, nobody can read it, or it is `never`.

    `is_canonical` says that nothing would be rewritten. `repairs` make keys and values canonical without changing
    what is meant; `is_repaired` says that one of them is more than another documented form or key, or that a value
    was malformed: then no expiry may be written that is earlier than now + `grace.repaired`.
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


NOTHING_STATED = Reading()
_OLDEST = "2000"
_new = tuple.__new__
PLAIN_PLACES = frozenset({TagPlace.AWS_TAG, TagPlace.KUBERNETES_ANNOTATION})
"""Where instants and owners are written as everywhere else, without escapes."""


def read_tags(tags: Tags, provider: Provider, created: datetime | None, rules: TagRules) -> Reading:
    """Read the tags of a resource created then (aware UTC; None: unknown). Never raises.

    Tags that are unreadable or untaggable state nothing here; telling these apart from missing ones is judging's (S1).
    """
    if tags.state is not TagState.KNOWN:
        return NOTHING_STATED
    values = tags.values
    here = rules.at[provider]
    keys = tuple(values)
    shape = here.shapes.get(keys) or here.shape_of(keys)
    if not shape.owners and not shape.expiries:
        return NOTHING_STATED
    if shape.is_plain and (plain := _read_plainly(values, tags.fixed, here, rules)) is not None:
        return plain
    stated = (keys, tuple([values[key] for key in shape.stating]), tags.fixed)
    found: Reading | None = here.readings.get(stated)
    if found is not None:
        return found
    owner = _owner_heard(tags, provider, shape.owners, rules)
    expiry: ExpiryHeard = hear_expiry(tags, provider, shape.expiries, created, rules)
    reading = Reading(
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
    )
    if not expiry.counts_from_creation:
        remember(here.readings, stated, reading)
    return reading


def _read_plainly(
    values: Mapping[str, str], fixed: frozenset[str], here: PlaceRules, rules: TagRules
) -> Reading | None:
    """Read what is canonical already, as most is, where only the canonical keys state anything; None for all else."""
    owner, expiry = values.get(here.owner_key), values.get(here.expiry_key)
    if fixed and (here.owner_key in fixed or here.expiry_key in fixed):
        return None
    if here.place not in PLAIN_PLACES or (owner is not None and not rules.is_canonical_owner(owner)):
        return None
    expires = None if expiry is None else canonical_instant(expiry)
    if expires is None and expiry is not None:
        return None
    return _new(Reading, (owner, owner is not None, (), expires, False, expiry is not None, (), True, (), False))


def canonical_instant(text: str) -> datetime | None:
    """Give the instant of `2026-09-01T19:00:00Z` and of nothing else; None for whatever another form may read.

    Of a year before 2000 `parse_expiry` has more to say.
    """
    # Every third character from the fifth on is a separator, which tells this form from all others that Python reads.
    if text[4::3] != "--T::Z" or len(text) != 20 or text < _OLDEST:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _owner_heard(tags: Tags, provider: Provider, keys: tuple[tuple[str, KeyRole], ...], rules: TagRules) -> OwnerHeard:
    """Hear the owner, or remember it: unlike an expiry it never depends on the resource."""
    if not keys:
        return SILENCE
    memory = rules.at[provider].owners_heard
    stated = (tuple((key, tags.values[key]) for key, _ in keys), frozenset(tags.fixed))
    found: OwnerHeard | None = memory.get(stated)
    return found or remember(memory, stated, hear_owner(tags, provider, keys, rules))
