"""The short way for what is plainly in order, which most resources are on most passes.

What the checks of the chain would ask of such a resource is asked here at once; whatever might give one of them a
reason to speak is left to them. That both come to the same is a property that is tested.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from tagwarden.judging.guards import Guards, is_our_kind
from tagwarden.judging.lineage import NOTHING, Lineage
from tagwarden.judging.policy import CompiledPolicy
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import Environment, Provider, Resource
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Finding, Judgement, Verdict
from tagwarden.tagging import LATEST, PLAIN_PLACES, canonical_instant
from tagwarden.tagging.keys import KeyMatch
from tagwarden.tagging.rules import PlaceRules

InOrder = Callable[[Sequence[Resource], int], list[Judgement | None]]
"""Takes resources that follow one another in the graph and the number of the first; gives for each its judgement, or
None where the chain has to look."""

_KEYS, _VALUES = 1_024, 256
"""Entries of each memory; of values that is asked once a stretch. A full one is left as it is: where all values differ,
looking in a large one costs more."""
_KNOWN, _COMPLIANT = TagState.KNOWN, Verdict.COMPLIANT
_new = tuple.__new__


class ShortWays:
    """Makes short ways for one policy before one world, which share what they remember of keys and instants."""

    __slots__ = ("_created_of", "_guards", "_instants", "_lineage", "_now", "_owners", "_policy", "_quiet")

    def __init__(
        self,
        policy: CompiledPolicy,
        guards: Guards,
        lineage: Lineage,
        created_of: Callable[[Resource], datetime],
        now: datetime,
    ) -> None:
        """`created_of` gives what stands for a creation, aware UTC, where the vendor tells none."""
        self._policy = policy
        self._guards = guards
        self._lineage = lineage
        self._created_of = created_of
        self._now = now
        self._instants: dict[str, datetime] = {}
        self._owners: set[str] = set()
        self._quiet: Mapping[Provider, set[str]] = {provider: set() for provider in Provider}

    def of(self, provider: Provider, kind: str, environment: Environment) -> InOrder:
        """Give the one for a kind in an environment."""
        here = self._policy.tag_rules.at[provider]
        if is_our_kind(kind) or here.place not in PLAIN_PLACES:
            return _left_to_the_chain
        return self._made(provider, here, environment)

    def _made(self, provider: Provider, here: PlaceRules, environment: Environment) -> InOrder:
        """Make a closure, so that what they share costs nothing for each."""
        policy, now, created_of = self._policy, self._now, self._created_of
        instants, hear_instant, owners, hear_owner = self._instants, self._hear_instant, self._owners, self._hear_owner
        owner_key, expiry_key, mine = here.owner_key, here.expiry_key, frozenset((here.owner_key, here.expiry_key))
        quiet, are_quiet = self._quiet[provider], partial(self._are_quiet, provider)
        owned, legacy_of, inherits = self._lineage.owned, self._lineage.of, policy.spec.owner.inherit
        is_canonical_owner, (since, until) = policy.tag_rules.is_canonical_owner, policy.lifetime.week_of(now)
        longest = LATEST - now if policy.lifetime.max is None else min(policy.lifetime.max, LATEST - now)

        def judge(resources: Sequence[Resource], first: int) -> list[Judgement | None]:
            size = len(resources)
            instant_in = hear_instant if len(instants) < _VALUES else canonical_instant
            is_owner = hear_owner if len(owners) < _VALUES else is_canonical_owner
            judgements: list[Judgement | None] = [None] * size
            for place, resource, is_owned in zip(range(size), resources, owned[first : first + size], strict=True):
                tags = resource.tags
                values = tags.values
                if (
                    tags.state is not _KNOWN
                    or resource.manager is not None
                    or resource.protection
                    or (not quiet.issuperset(values) and not are_quiet(values))
                ):
                    continue
                legacy = legacy_of(resource, first + place) if is_owned or resource.namespace else NOTHING
                if legacy is not NOTHING and not legacy.is_doubtless:
                    continue
                findings: tuple[Finding, ...] = ()
                owner, expiry = values.get(owner_key), values.get(expiry_key)
                if owner is not None and expiry is not None:
                    expires = instants.get(expiry) or instant_in(expiry)
                    created = resource.created or created_of(resource)
                    if (
                        expires is None
                        or not (owner in owners or is_owner(owner))
                        or not now < expires <= until
                        or not since <= created <= now
                        or expires > created + longest
                        or (tags.fixed and not mine.isdisjoint(tags.fixed))
                    ):
                        continue
                elif owner is None and expiry is None and inherits and legacy.is_claim_at(now):
                    owner, expires, findings = legacy.owner, legacy.expires, legacy.told
                else:
                    continue
                # A named tuple takes half as long from a tuple as from its fields.
                fields = (resource.uid, _COMPLIANT, findings, owner, expires, (), None, None, None, environment)
                judgements[place] = _new(Judgement, fields)
            return judgements

        return judge

    def _hear_instant(self, text: str) -> datetime | None:
        """Hear a canonical expiry for the first time; None for any other."""
        instant = canonical_instant(text)
        if instant is not None:
            self._instants[text] = instant
        return instant

    def _hear_owner(self, owner: str) -> bool:
        """Find out for the first time whether an owner is canonical."""
        is_canonical = bool(self._policy.tag_rules.is_canonical_owner(owner))
        if is_canonical:
            self._owners.add(owner)
        return is_canonical

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
            if len(quiet) < _KEYS:
                quiet.add(key)
        return True


def _left_to_the_chain(resources: Sequence[Resource], first: int) -> list[Judgement | None]:
    """Be the short way of what has none."""
    del first
    return [None] * len(resources)
