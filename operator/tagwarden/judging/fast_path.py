"""Fast path for compliant resources: on most passes, most resources are compliant.

The fast path answers the questions of all checks at once, for many resources, and leaves each resource that may have a
finding to the chain. A property test holds both to the same result.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from tagwarden.judging.compiled_policy import CompiledPolicy
from tagwarden.judging.inheritance import NOTHING, Inheritance
from tagwarden.model.graph import NONE
from tagwarden.model.own_parts import is_our_kind
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Judgement, Verdict
from tagwarden.tagging import LATEST, PLAIN_PLACES, TagPlace, canonical_instants, encode_key
from tagwarden.tagging.keys import KeyMatch
from tagwarden.tagging.protection import ProtectionTags
from tagwarden.tagging.rules import PlaceRules

FastPath = Callable[[Sequence[Resource], Sequence[int]], list[Judgement | None]]
"""Takes resources and their numbers in the graph; gives each judgement, or None to leave the resource to the chain."""

_MARKS = frozenset(encode_key(BACKUP_OF, place) for place in TagPlace)
"""The key that marks a backup, as each place writes it."""
_REMEMBERED = 8_192
"""Sets of keys to remember at most."""

_Stated = tuple[list[int], list[str], list[str]]
"""The places of resources that state an owner and an expiry themselves, the owners, and the expiries."""

_KNOWN, _COMPLIANT = TagState.KNOWN, Verdict.COMPLIANT
_new = tuple.__new__


class FastPaths:
    """The fast paths of one policy and world, with a common cache of keys."""

    __slots__ = ("_created_of", "_inheritance", "_made", "_now", "_policy", "_protection_tags", "_stated")

    def __init__(
        self,
        policy: CompiledPolicy,
        protection_tags: ProtectionTags,
        inheritance: Inheritance,
        created_of: Callable[[Resource], datetime],
        now: datetime,
    ) -> None:
        """`created_of` gives a substitute for an unknown creation time, aware UTC."""
        self._policy = policy
        self._protection_tags = protection_tags
        self._inheritance = inheritance
        self._created_of = created_of
        self._now = now
        self._made: dict[tuple[ProviderName, Environment], FastPath] = {}
        self._stated: Mapping[ProviderName, dict[frozenset[str], bool | None]] = {
            provider: {} for provider in ProviderName
        }

    def of(self, provider: ProviderName, kind: str, environment: Environment) -> FastPath:
        """Give the fast path for a kind in an environment."""
        here = self._policy.tag_rules.at[provider]
        if is_our_kind(kind) or here.place not in PLAIN_PLACES:
            return _leave_to_chain
        found = self._made.get((provider, environment))
        if found is None:
            found = self._made[provider, environment] = self._make(provider, here, environment)
        return found

    def _make(self, provider: ProviderName, here: PlaceRules, environment: Environment) -> FastPath:
        """Make a closure, so that shared values are looked up once and not for each resource."""
        now, inherits = self._now, self._policy.spec.owner.inherit
        owner_key, expiry_key, mine = here.owner_key, here.expiry_key, frozenset((here.owner_key, here.expiry_key))
        stated, find_stated = self._stated[provider], partial(self._find_stated, provider)
        owner_of, inherited_by = self._inheritance.owners.__getitem__, self._inheritance.of
        judge_stated = self._for_stated(environment)

        def judge(resources: Sequence[Resource], numbers: Sequence[int]) -> list[Judgement | None]:
            judgements: list[Judgement | None] = [None] * len(resources)
            places: list[int] = []
            owners: list[str] = []
            expiries: list[str] = []
            for place, (resource, parent) in enumerate(zip(resources, map(owner_of, numbers), strict=True)):
                tags = resource.tags
                keys = tags.keys
                states = stated[keys] if keys in stated else find_stated(keys)
                if states is None or tags.state is not _KNOWN or resource.manager is not None or resource.protection:
                    continue
                inherited = inherited_by(resource, numbers[place]) if parent != NONE or resource.namespace else NOTHING
                if inherited is not NOTHING and inherited.exempts:
                    continue
                if states:
                    if not tags.fixed or mine.isdisjoint(tags.fixed):
                        values = tags.values
                        places.append(place)
                        owners.append(values[owner_key])
                        expiries.append(values[expiry_key])
                elif inherits and inherited.is_claim_at(now):
                    findings, owner, expires = inherited.findings, inherited.owner, inherited.expires
                    # `tuple.__new__` takes half as long as the constructor of a named tuple.
                    fields = (resource.uid, _COMPLIANT, findings, owner, expires, (), None, None, None, environment)
                    judgements[place] = _new(Judgement, fields)
            judge_stated(resources, (places, owners, expiries), judgements)
            return judgements

        return judge

    def _for_stated(
        self, environment: Environment
    ) -> Callable[[Sequence[Resource], _Stated, list[Judgement | None]], None]:
        """Make the function that judges all resources with an own owner and expiry at once, and fills in judgements."""
        policy, now, created_of = self._policy, self._now, self._created_of
        are_canonical_owners, (since, until) = policy.tag_rules.are_canonical_owners, policy.lifetime.week_of(now)
        longest = LATEST - now if policy.lifetime.max is None else min(policy.lifetime.max, LATEST - now)

        def judge(resources: Sequence[Resource], stated: _Stated, judgements: list[Judgement | None]) -> None:
            places, owners, expiries = stated
            is_owner, instants = are_canonical_owners(owners), canonical_instants(expiries)
            for place, owner, is_canonical, expires in zip(places, owners, is_owner, instants, strict=True):
                if not is_canonical or expires is None or not now < expires <= until:
                    continue
                resource = resources[place]
                created = resource.created or created_of(resource)
                if since <= created <= now and expires <= created + longest:
                    fields = (resource.uid, _COMPLIANT, (), owner, expires, (), None, None, None, environment)
                    judgements[place] = _new(Judgement, fields)

        return judge

    def _find_stated(self, provider: ProviderName, keys: frozenset[str]) -> bool | None:
        """Whether the keys state both owner and expiry, or neither; None leaves the resource to the chain."""
        here, known = self._policy.tag_rules.at[provider], self._stated[provider]
        both = {here.owner_key, here.expiry_key}
        is_clear = (both <= keys or both.isdisjoint(keys)) and all(self._is_neutral(key, here) for key in keys)
        found = both <= keys if is_clear else None
        if len(known) < _REMEMBERED:
            known[keys] = found
        return found

    def _is_neutral(self, key: str, here: PlaceRules) -> bool:
        """Whether a key is canonical or states nothing, and does not protect."""
        role = here.role_of(key)
        if role is not None and role.match is not KeyMatch.CANONICAL:
            return False
        # Backups have a separate maximum.
        return self._protection_tags.is_plain(key) and (key not in _MARKS or self._policy.kept is None)


def _leave_to_chain(resources: Sequence[Resource], numbers: Sequence[int]) -> list[Judgement | None]:
    """The function for kinds without a fast path: leaves each resource to the chain."""
    del numbers
    return [None] * len(resources)
