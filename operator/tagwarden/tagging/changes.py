"""The one write that makes tags canonical, and the originals that it keeps."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from tagwarden.model.policy import ORIGINAL_KEY_PREFIX
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Provider
from tagwarden.model.tags import TagChanges, Tags, TagState
from tagwarden.model.verdict import Finding
from tagwarden.tagging.keys import KeyMatch
from tagwarden.tagging.places import (
    LIMITS,
    VENDOR_KEYS,
    TagPlace,
    decode_key,
    encode_instant,
    encode_key,
    encode_value,
    is_fixed,
    place_of,
    place_of_key,
    problem_with_tag,
)
from tagwarden.tagging.reading import Reading
from tagwarden.tagging.rules import TagRules


def changes_for(
    tags: Tags,
    provider: Provider,
    reading: Reading,
    rules: TagRules,
    *,
    owner: str | None,
    expires: datetime | None,
) -> TagChanges | Finding:
    """Give the write after which the tags state exactly this owner and expiry, canonically, or why there is none.

    None leaves a statement as it stands; nothing to do gives empty changes. What is overwritten or removed is kept
    under `tagwarden.io/was-<key>`. Labels of Kubernetes are never touched: annotations supersede them.
    """
    if tags.state is not TagState.KNOWN:
        return Finding(Reason.TagNotWritable, "its tags are not known, and nothing is written over what was not read")
    place = place_of(provider)
    write = _Write(tags, place)
    if owner is not None:
        key = rules.owner_key(provider)
        own_place = place_of_key(provider, tags, key)
        write.state(key, encode_value(owner, place), is_there=tags.values.get(key) == encode_value(owner, own_place))
        write.give_up(repair.before[0] for repair in reading.repairs if repair.before and repair.after[0] == key)
    if expires is not None:
        key = rules.expiry_key(provider)
        own_place = place_of_key(provider, tags, key)
        there = tags.values.get(key) == encode_instant(expires, own_place)
        write.state(key, encode_instant(expires, place), is_there=there)
        write.give_up(repair.before[0] for repair in reading.repairs if repair.before and repair.after[0] == key)
        shape = rules.at[provider].shape_of(tuple(tags.values))
        write.give_up(
            other for other, role in shape.expiries if role.match.is_exact and role.match is not KeyMatch.CANONICAL
        )
    return write.changes()


def originals(values: Mapping[str, str], provider: Provider) -> Mapping[str, str]:
    """Give back what stood there before Tagwarden last rewrote it: original key to original value."""
    place = place_of(provider)
    decoded = {decode_key(key, place): value for key, value in values.items()}
    return {
        key.removeprefix(ORIGINAL_KEY_PREFIX): value
        for key, value in decoded.items()
        if key.startswith(ORIGINAL_KEY_PREFIX)
    }


class _Write:
    """Gathers one write and checks it against what the place allows."""

    def __init__(self, tags: Tags, place: TagPlace) -> None:
        self._tags = tags
        self._place = place
        self._set: dict[str, str] = {}
        self._kept: set[str] = set()
        self._remove: dict[str, None] = {}

    def state(self, key: str, value: str, *, is_there: bool) -> None:
        """Write a statement, keeping what it replaces."""
        if is_there:
            return
        self._keep(key)
        self._set[key] = value

    def give_up(self, keys: Iterable[str]) -> None:
        """Remove keys that are superseded, keeping their values."""
        for key in keys:
            if key in self._set or key in self._remove or is_fixed(self._tags, self._place, key):
                continue
            self._keep(key)
            self._remove[key] = None

    def _keep(self, key: str) -> None:
        if key in self._tags.values and not is_fixed(self._tags, self._place, key):
            kept = encode_key(ORIGINAL_KEY_PREFIX + key, self._place)
            self._set[kept] = self._tags.values[key]
            self._kept.add(kept)

    def changes(self) -> TagChanges | Finding:
        """Give the write, in an order that is always the same, or the first reason against it."""
        written = dict(sorted(self._set.items()))
        for key, value in written.items():
            if (problem := problem_with_tag(key, value, self._place, is_original=key in self._kept)) is not None:
                return problem
        limit = LIMITS[self._place].tags
        if limit and any(key not in self._tags.values for key in written):
            # Setting comes before removing, so both must fit at the same time.
            prefix = VENDOR_KEYS.get(self._place) if self._place is TagPlace.AWS_TAG else None
            all_keys = {*self._tags.values, *written}
            used = sum(1 for key in all_keys if prefix is None or not key.startswith(prefix))
            if used > limit:
                return Finding(
                    Reason.NoFreeTagSlot,
                    f"{used - len(written.keys() - self._tags.values.keys())} of {limit} tags are in use and "
                    f"{', '.join(sorted(written.keys() - self._tags.values.keys()))} would come on top; remove some",
                )
        return TagChanges(written, tuple(sorted(self._remove)))
