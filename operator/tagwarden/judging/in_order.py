"""The short way for what is plainly in order, which most resources are on most passes.

What the checks of the chain would ask of such a resource is asked here at once; whatever might give one of them a
reason to speak is left to them. That both come to the same is a property that is tested.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from tagwarden.judging.guards import Guards, is_our_kind
from tagwarden.judging.lineage import NOTHING, Lineage
from tagwarden.judging.policy import CompiledPolicy
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import Environment, Provider, Resource
from tagwarden.model.tags import Tags, TagState
from tagwarden.model.verdict import Finding, Judgement, Verdict
from tagwarden.tagging import LATEST, PLAIN_PLACES, canonical_instant
from tagwarden.tagging.keys import KeyMatch
from tagwarden.tagging.rules import PlaceRules

InOrder = Callable[[Resource, datetime, int], Judgement | None]
"""Takes a resource, its creation (aware UTC) and its number in the graph; None: the chain of checks has to look."""

_REMEMBERED = 1_024
"""Entries of each memory. A full one is left as it is: where all values differ, looking in a large one costs more."""
_KNOWN, _COMPLIANT = TagState.KNOWN, Verdict.COMPLIANT
_new = tuple.__new__


class ShortWays:
    """Makes short ways for one policy before one world, which share what they remember of keys and values."""

    __slots__ = ("_guards", "_instants", "_lineage", "_now", "_owners", "_policy", "_quiet")

    def __init__(self, policy: CompiledPolicy, guards: Guards, lineage: Lineage, now: datetime) -> None:
        self._policy = policy
        self._guards = guards
        self._lineage = lineage
        self._now = now
        self._quiet: Mapping[Provider, set[str]] = {provider: set() for provider in Provider}
        self._owners: set[str] = set()
        self._instants: dict[str, datetime] = {}

    def of(self, provider: Provider, kind: str, environment: Environment) -> InOrder:
        """Make the one for a kind in an environment: a closure, so that what they share costs nothing for each."""
        if is_our_kind(kind):
            return _left_to_the_chain
        here = self._policy.tag_rules.at[provider]
        owner_key, expiry_key = here.owner_key, here.expiry_key
        quiet, are_quiet, expiry_of = self._quiet[provider], partial(self._are_quiet, provider), self._expiry_in(here)
        owned, legacy_of = self._lineage.owned, self._lineage.of
        inherits, now = self._policy.spec.owner.inherit, self._now

        def judge(resource: Resource, created: datetime, number: int) -> Judgement | None:
            tags = resource.tags
            values = tags.values
            if tags.state is not _KNOWN or resource.manager is not None or resource.protection:
                return None
            if not quiet.issuperset(values) and not are_quiet(values):
                return None
            legacy = legacy_of(resource, number) if owned[number] or resource.namespace else NOTHING
            if legacy is not NOTHING and not legacy.is_doubtless:
                return None
            findings: tuple[Finding, ...] = ()
            owner, expiry = values.get(owner_key), values.get(expiry_key)
            if owner is not None and expiry is not None:
                expires = expiry_of(owner, expiry, tags, created)
                if expires is None:
                    return None
            elif owner is None and expiry is None and inherits and legacy.is_claim_at(now):
                owner, expires, findings = legacy.owner, legacy.expires, legacy.told
            else:
                return None
            # A named tuple takes half as long from a tuple as from its fields.
            fields = (resource.uid, _COMPLIANT, findings, owner, expires, (), None, None, None, environment)
            return _new(Judgement, fields)

        return judge

    def _expiry_in(self, here: PlaceRules) -> Callable[[str, str, Tags, datetime], datetime | None]:
        """Make what reads a canonical expiry to come, within the maximum and beside a canonical owner, and no other."""
        mine = frozenset((here.owner_key, here.expiry_key))
        instants, is_plain = self._instants, here.place in PLAIN_PLACES
        owners, is_canonical_owner = self._owners, self._policy.tag_rules.is_canonical_owner
        lifetime, now = self._policy.lifetime, self._now
        since, until = lifetime.week_of(now)
        longest = LATEST - now if lifetime.max is None else min(lifetime.max, LATEST - now)

        def expiry_of(owner: str, expiry: str, tags: Tags, created: datetime) -> datetime | None:
            if not is_plain or not mine.isdisjoint(tags.fixed):
                return None
            if owner not in owners:
                if not is_canonical_owner(owner):
                    return None
                if len(owners) < _REMEMBERED:
                    owners.add(owner)
            expires = instants.get(expiry)
            if expires is None:
                expires = canonical_instant(expiry)
                if expires is None:
                    return None
                if len(instants) < _REMEMBERED:
                    instants[expiry] = expires
            if not now < expires <= until or not since <= created <= now or expires > created + longest:
                return None
            return expires

        return expiry_of

    def _are_quiet(self, provider: Provider, keys: Iterable[str]) -> bool:
        """Find out whether nothing but the canonical keys states anything, and no key keeps hands off."""
        here, quiet = self._policy.tag_rules.at[provider], self._quiet[provider]
        for key in keys:
            if key in quiet:
                continue
            role = here.role_of(key)
            if role is not None and role.match is not KeyMatch.CANONICAL:
                return False
            # A backup has a maximum of its own.
            if not self._guards.is_plain(key) or (key == BACKUP_OF and self._policy.kept is not None):
                return False
            if len(quiet) < _REMEMBERED:
                quiet.add(key)
        return True


def _left_to_the_chain(resource: Resource, created: datetime, number: int) -> None:
    """Be the short way of what has none."""
    del resource, created, number
