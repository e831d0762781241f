"""The write that makes tags canonical and keeps the original values."""

import re
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from tagwarden.model.messages import tag_messages as messages
from tagwarden.model.policy import ORIGINAL_KEY_PREFIX
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.model.verdict import Finding
from tagwarden.tagging.keys import KeyMatch
from tagwarden.tagging.reading import Reading
from tagwarden.tagging.rules import PlaceRules, TagRules, remember
from tagwarden.tagging.tag_limits import (
    LIMITS,
    VENDOR_KEYS,
    TagPlace,
    alphabet_under,
    decode_key,
    encode_instant,
    encode_key,
    encode_value,
    is_fixed,
    place_of,
    place_of_key,
    problem_with_tag,
)

_KNOWN = TagState.KNOWN
_new = tuple.__new__


class TagDraft(NamedTuple):
    """A write without values: shared by resources with the same keys in the same roles.

    `sources` are the keys to write, in order, each with the key whose original value is kept; None for the owner or
    expiry itself. `checked` are the keys whose values the place may refuse, each with a flag for a kept original, and
    with the accepted values of at most `longest` characters. `refusal` is the finding that the place does not accept so
    many tags.
    """

    sources: tuple[tuple[str, str | None], ...]
    checked: tuple[tuple[str, bool, re.Pattern[str]], ...]
    longest: int
    remove: tuple[str, ...]
    refusal: Finding | None


def changes_for(
    tags: Tags,
    provider: ProviderName,
    reading: Reading,
    rules: TagRules,
    *,
    owner: str | None,
    expires: datetime | None,
) -> TagChanges | Finding:
    """Give the write after which the tags state exactly this owner and expiry in canonical form.

    A Finding explains why the place refuses the write. An owner or expiry of None stays unchanged; without a difference
    the changes are empty. `tagwarden.io/was-<key>` keeps overwritten and removed values. Kubernetes labels are never
    changed: annotations supersede labels.
    """
    if tags.state is not _KNOWN:
        return Finding(Reason.TagNotWritable, messages.TAGS_UNKNOWN())
    here, values = rules.at[provider], tags.values
    meant: dict[str, str] = {}
    missing = []
    if owner is not None:
        key = here.owner_key
        meant[key] = encode_value(owner, here.place)
        if values.get(key) != (encode_value(owner, place_of_key(provider, tags, key)) if tags.fixed else meant[key]):
            missing.append(key)
    if expires is not None:
        key = here.expiry_key
        meant[key] = encode_instant(expires, here.place)
        if values.get(key) != (
            encode_instant(expires, place_of_key(provider, tags, key)) if tags.fixed else meant[key]
        ):
            missing.append(key)
    given_up = [before[0] for before, after, *_ in reading.repairs if before and after[0] in meant]
    question = (tags.keys, tags.fixed, expires is None, *missing, None, *given_up)
    draft: TagDraft | None = here.drafts.get(question)
    if draft is None:
        supersedes = expires is not None
        draft = remember(here.drafts, question, _drafted(tags, here, missing, given_up, supersedes=supersedes))
    changed = {key: meant[key] if kept is None else values[kept] for key, kept in draft.sources}
    return _problem(changed, draft, here.place) or draft.refusal or _new(TagChanges, (changed, draft.remove))


def _problem(changed: Mapping[str, str], draft: TagDraft, place: TagPlace) -> Finding | None:
    """Report the value that the place would refuse; None if the place accepts all."""
    for key, is_original, alphabet in draft.checked:
        value = changed[key]
        if len(value) > draft.longest or alphabet.fullmatch(value) is None:
            return problem_with_tag(key, value, place, is_original=is_original)
    return None


def originals(values: Mapping[str, str], provider: ProviderName) -> Mapping[str, str]:
    """Give the values before the last write of Tagwarden: original key to original value."""
    place = place_of(provider)
    decoded = {decode_key(key, place): value for key, value in values.items()}
    return {
        key.removeprefix(ORIGINAL_KEY_PREFIX): value
        for key, value in decoded.items()
        if key.startswith(ORIGINAL_KEY_PREFIX)
    }


def _drafted(
    tags: Tags, here: PlaceRules, missing: Iterable[str], given_up: Iterable[str], *, supersedes: bool
) -> TagDraft:
    """Decide which keys to write and to remove; with `supersedes`, all other exact expiry keys are removed too."""
    place, keys = here.place, tags.keys
    sources: dict[str, str | None] = {}

    def keep(key: str) -> None:
        if key in keys and not is_fixed(tags, place, key):
            sources[encode_key(ORIGINAL_KEY_PREFIX + key, place)] = key

    for key in missing:
        keep(key)
        sources[key] = None
    others = here.shape_of(keys).expiries if supersedes else ()
    exact = [key for key, role in others if role.match.is_exact and role.match is not KeyMatch.CANONICAL]
    remove = {key for key in (*given_up, *exact) if key not in sources and not is_fixed(tags, place, key)}
    for key in remove:
        keep(key)
    fast_path = tuple(sorted(sources.items()))
    instants_fit = problem_with_tag(here.expiry_key, "", place) is None
    return TagDraft(
        fast_path,
        tuple(
            (key, kept is not None, alphabet_under(key, place, is_original=kept is not None))
            for key, kept in fast_path
            if kept is not None or key != here.expiry_key or not instants_fit
        ),
        LIMITS[place].value or sys.maxsize,
        tuple(sorted(remove)),
        _refusal(keys, sources, place),
    )


def _refusal(keys: frozenset[str], written: Mapping[str, str | None], place: TagPlace) -> Finding | None:
    """Report that the place does not accept so many tags. Removing follows setting, so all must fit at once."""
    limit = LIMITS[place].tags
    added = sorted(written.keys() - keys)
    if not limit or not added:
        return None
    prefix = VENDOR_KEYS.get(place) if place is TagPlace.AWS_TAG else None
    used = sum(1 for key in (*keys, *added) if prefix is None or not key.startswith(prefix))
    if used <= limit:
        return None
    message = messages.NO_FREE_SLOT(keys=", ".join(added), used=used - len(added), limit=limit)
    return Finding(Reason.NoFreeTagSlot, message)
