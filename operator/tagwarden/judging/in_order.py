"""The short way for what is plainly in order, which most resources are on most passes.

What the checks of the chain would ask of such a resource is asked here at once; whatever might give one of them a
reason to speak is left to them. That both come to the same is a property that is tested.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from tagwarden.judging.guards import Guards, is_our_kind
from tagwarden.judging.lineage import NOTHING, Lineage
from tagwarden.judging.policy import CompiledPolicy
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import Environment, Provider, Resource
from tagwarden.model.tags import Tags, TagState
from tagwarden.model.verdict import Finding, Judgement, Verdict
from tagwarden.tagging import LATEST, PLAIN_PLACES, canonical_instant, place_of

InOrder = Callable[[Resource, datetime, int], Judgement | None]
"""Takes a resource, its creation (aware UTC) and its number in the graph; None: the chain of checks has to look."""

_REMEMBERED = 1_024
"""Entries of each memory. A full one is left as it is: where all values differ, looking in a large one costs more."""
_KNOWN, _COMPLIANT = TagState.KNOWN, Verdict.COMPLIANT
_new = tuple.__new__


class ShortWays:
    """Makes short ways for one policy before one world, which share what they remember of keys and values."""

    __slots__ = ("_guards", "_instants", "_keys", "_lineage", "_now", "_owners", "_policy", "_quiet")

    def __init__(self, policy: CompiledPolicy, guards: Guards, lineage: Lineage, now: datetime) -> None:
        self._policy = policy
        self._guards = guards
        self._lineage = lineage
        self._now = now
        self._keys = {
            provider: (policy.tag_rules.owner_key(provider), policy.tag_rules.expiry_key(provider))
            for provider in Provider
        }
        self._quiet: Mapping[Provider, dict[tuple[str, ...], bool]] = {provider: {} for provider in Provider}
        self._owners: set[str] = set()
        self._instants: dict[str, datetime] = {}

    def of(self, provider: Provider, kind: str, environment: Environment) -> InOrder:
        """Make the one for a kind in an environment: a closure, so that what they share costs nothing for each."""
        owner_key, expiry_key = self._keys[provider]
        quiet, learn, claim_of = self._quiet[provider], partial(self._learn, provider), self._claims_of(provider)
        owned, legacy_of = self._lineage.owned, self._lineage.of
        inherits, now = self._policy.spec.owner.inherit, self._now
        is_ours = is_our_kind(kind)

        def judge(resource: Resource, created: datetime, number: int) -> Judgement | None:
            tags = resource.tags
            if tags.state is not _KNOWN or resource.manager is not None or resource.protection or is_ours:
                return None
            keys = tuple(tags.values)
            if not quiet.get(keys) and not learn(keys):
                return None
            legacy = legacy_of(resource, number) if owned[number] or resource.namespace else NOTHING
            if legacy is not NOTHING and not legacy.is_doubtless:
                return None
            if owner_key in keys or expiry_key in keys:
                claim = claim_of(tags, created)
                findings: tuple[Finding, ...] = ()
            else:
                claim = (legacy.owner, legacy.expires) if inherits and legacy.is_claim else None
                findings = legacy.told
            if claim is None:
                return None
            owner, expires = claim
            if expires is not None and expires <= now:
                return None
            # A named tuple takes half as long from a tuple as from its fields.
            fields = (resource.uid, _COMPLIANT, findings, owner, expires, (), None, None, None, environment)
            return _new(Judgement, fields)

        return judge

    def _claims_of(self, provider: Provider) -> Callable[[Tags, datetime], tuple[str | None, datetime | None] | None]:
        """Make what reads a canonical owner and a canonical expiry within the maximum, and nothing else."""
        owner_key, expiry_key = self._keys[provider]
        mine = frozenset((owner_key, expiry_key))
        instants, is_plain = self._instants, place_of(provider) in PLAIN_PLACES
        rules, lifetime = self._policy.tag_rules, self._policy.lifetime
        owners, is_canonical_owner = self._owners, rules.is_canonical_owner
        since, until = lifetime.week_of(self._now)
        longest = None if lifetime.max is None else min(lifetime.max, LATEST - self._now)
        now = self._now

        def claim_of(tags: Tags, created: datetime) -> tuple[str | None, datetime | None] | None:
            owner, expiry = tags.values.get(owner_key), tags.values.get(expiry_key)
            if owner is None or expiry is None or not is_plain or not mine.isdisjoint(tags.fixed):
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
            if expires > until or not since <= created <= now:
                return None
            return None if longest is not None and expires > created + longest else (owner, expires)

        return claim_of

    def _learn(self, provider: Provider, keys: tuple[str, ...]) -> bool:
        """Find out whether nothing but the canonical keys states anything, and no key keeps hands off."""
        shape = self._policy.tag_rules.at[provider].shape_of(keys)
        # A backup has a maximum of its own.
        is_backup = self._policy.kept is not None and BACKUP_OF in keys
        is_quiet = shape.is_plain and self._guards.are_plain(keys) and not is_backup
        memory = self._quiet[provider]
        if len(memory) < _REMEMBERED:
            memory[keys] = is_quiet
        return is_quiet
