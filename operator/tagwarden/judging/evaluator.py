"""Evaluates one policy over all snapshots; caches per-kind context."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from tagwarden.judging.binding import Bindings
from tagwarden.judging.chain import decide
from tagwarden.judging.check_input import (
    UNDISPUTED,
    CheckInput,
    Governance,
    KindContext,
    allows_deletion,
    gather,
    later,
)
from tagwarden.judging.compiled_account import CompiledAccount
from tagwarden.judging.fast_path import FastPaths
from tagwarden.judging.governance import governance_of
from tagwarden.judging.inheritance import Inheritance
from tagwarden.judging.observing import still_about
from tagwarden.judging.policy_set import CompiledPolicy
from tagwarden.judging.protection_tags import ProtectionTags
from tagwarden.model.graph import runs
from tagwarden.model.history import History
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.verdict import Judgement
from tagwarden.model.world import World
from tagwarden.tagging import Reading, expiry_text, read_tags

_STRETCH = 1_024
"""How many resources are judged together: as many as a processor keeps at hand."""


class PolicyEvaluator:
    """Judges resources one by one. `now` is an aware UTC instant."""

    __slots__ = (
        "_accounts",
        "_circumstances",
        "_environments",
        "_guards",
        "_histories",
        "_lineage",
        "_now",
        "_other_policies",
        "_policy",
        "_short_ways",
        "_world",
    )

    def __init__(
        self,
        world: World,
        accounts: Mapping[str, CompiledAccount],
        policy: CompiledPolicy,
        other_policies: Sequence[CompiledPolicy],
        histories: Mapping[str, History],
        now: datetime,
    ) -> None:
        self._world = world
        self._histories = histories
        self._policy = policy
        self._now = now
        # Only another policy of at least our priority can take a resource from us or be in conflict with us.
        self._other_policies = tuple(
            other
            for other in other_policies
            if other.name != policy.name and other.spec.priority >= policy.spec.priority
        )
        self._accounts = {
            name: account for name, account in accounts.items() if policy.covers(account) and name in world.snapshots
        }
        self._environments = {
            name: account.account.spec.environment if account.is_uniform else None
            for name, account in self._accounts.items()
        }
        self._circumstances: dict[tuple[str, str, str, str, Environment], KindContext | None] = {}
        self._guards = ProtectionTags()
        bindings = Bindings(accounts, policy.scope.exclusions, self._guards, now)
        earliest = later(now, policy.spec.grace.repaired)
        self._lineage = Inheritance(world, policy, bindings, self._reading_of_ancestor, now=now, earliest=earliest)
        self._short_ways = FastPaths(policy, self._guards, self._lineage, self._created, now)

    def judge(self, resource: Resource, number: int | None) -> Judgement | None:
        """Judge one resource, `number` in the graph of the world; None where the policy does not govern it."""
        around = self.circumstances_of(resource)
        governance = None if around is None else self._standing_of(resource, around)
        if around is None or governance is None:
            return None
        fast_path = (
            around.fast_path((resource,), (number,)) if governance is UNDISPUTED and number is not None else (None,)
        )
        return fast_path[0] or decide(self._gathered(resource, around, governance, number))

    def judge_all(self) -> list[Judgement]:
        """Judge every resource of the world that the policy governs or is in conflict over, in the order of uid.

        For each stretch, first compliant resources, then the others in the order of their expiries, so that neighbours
        mostly come to the same end: to change between ways again and again takes the processor longer than any of them,
        and what was looked at lately is still near it.
        """
        nodes = self._world.graph.nodes
        judgements: list[Judgement | None] = []
        for around, alike in self._stretches():
            numbers: Sequence[int] = alike
            standings: Sequence[Governance] = (UNDISPUTED,) * len(alike)
            stretch: Sequence[Resource] = nodes[alike.start : alike.stop]
            if not around.is_undisputed:
                asked = ((number, self._standing_of(nodes[number], around)) for number in alike)
                governed = {number: governance for number, governance in asked if governance is not None}
                numbers, standings = tuple(governed), tuple(governed.values())
                stretch = [nodes[number] for number in numbers]
            found = around.fast_path(stretch, numbers)
            left = [place for place, said in enumerate(found) if said is None or standings[place] is not UNDISPUTED]
            left.sort(key=lambda place: stretch[place].tags.values.get(around.expiry_key, ""))
            for place in left:
                found[place] = decide(self._gathered(stretch[place], around, standings[place], numbers[place]))
            judgements += found
        return [judgement for judgement in judgements if judgement is not None]

    def _stretches(self) -> Iterator[tuple[KindContext, range]]:
        """Give the numbers of resources that follow one another in the same circumstances, where the policy governs."""
        nodes = self._world.graph.nodes
        for alike in self._world.graph.alike():
            for same in self._in_one_environment(alike):
                around = self.circumstances_of(nodes[same.start])
                if around is not None:
                    for first in range(same.start, same.stop, _STRETCH):
                        yield around, range(first, min(first + _STRETCH, same.stop))

    def _in_one_environment(self, alike: range) -> Iterator[range]:
        """Divide the numbers of resources of one account where its rules tell the environment of each."""
        nodes = self._world.graph.nodes
        account = self._accounts.get(nodes[alike.start].account)
        if account is None or account.is_uniform:
            return iter((alike,))
        return runs(nodes[alike.start : alike.stop], lambda one: account.environment_of(one, self._now), alike.start)

    def _standing_of(self, resource: Resource, around: KindContext) -> Governance | None:
        return UNDISPUTED if around.is_undisputed else governance_of(resource, around, self._created(resource))

    def _created(self, resource: Resource) -> datetime:
        return resource.created or self._first_seen(resource)

    def _first_seen(self, resource: Resource) -> datetime:
        """Give a substitute for an unknown creation time: the first snapshot with the resource.

        It is the very instant that is remembered after this pass, so that the next pass finds nothing to correct.
        """
        history = self._history_of(resource)
        return (
            history.first_seen if history is not None else min(self._world.snapshots[resource.account].taken, self._now)
        )

    def case_of(self, resource: Resource, number: int | None) -> CheckInput | None:
        """Gather everything that the chain may look at; None where the policy does not govern the resource."""
        around = self.circumstances_of(resource)
        governance = None if around is None else self._standing_of(resource, around)
        if around is None or governance is None:
            return None
        return self._gathered(resource, around, governance, number)

    def _gathered(
        self, resource: Resource, around: KindContext, governance: Governance, number: int | None
    ) -> CheckInput:
        created = resource.created or self._first_seen(resource)
        history = self._history_of(resource)
        return gather(
            resource,
            around,
            governance,
            history,
            created,
            self._reading_of(resource, created, history),
            self._lineage.of(resource, number),
            self._guards.protecting_tag(resource.tags.values),
        )

    def _reading_of(self, resource: Resource, created: datetime | None, history: History | None) -> Reading:
        """Read the tags. A relative expiry that replaced another counts from when it was first seen.

        Whoever answers a reminder with `2d` on a resource that is a week old means two days from then.
        """
        rules = self._policy.tag_rules
        reading = read_tags(resource.tags, resource.provider, created, rules)
        if history is None or not reading.counts_from_creation or created is None:
            return reading
        seen = min(self._world.snapshots[resource.account].taken, self._now)
        since = history.stated_from(expiry_text(resource.tags, resource.provider, rules), seen)
        if since is None or since <= created:
            return reading
        return read_tags(resource.tags, resource.provider, since, rules)

    def _reading_of_ancestor(self, ancestor: Resource) -> Reading:
        return self._reading_of(ancestor, ancestor.created, self._history_of(ancestor))

    def _history_of(self, resource: Resource) -> History | None:
        return still_about(self._histories.get(resource.uid), resource)

    def circumstances_of(self, resource: Resource) -> KindContext | None:
        """Give the context of the kind; None if the policy does not cover account, environment or kind."""
        account = self._accounts.get(resource.account)
        if account is None:
            return None
        environment = self._environments[resource.account] or account.environment_of(resource, self._now)
        key = (resource.account, resource.region, resource.kind, resource.category, environment)
        try:
            return self._circumstances[key]
        except KeyError:
            found = self._circumstances[key] = self._find_circumstances(resource, account, environment)
            return found

    def _find_circumstances(
        self, resource: Resource, account: CompiledAccount, environment: Environment
    ) -> KindContext | None:
        def covers(policy: CompiledPolicy) -> bool:
            scope = policy.scope
            return policy.covers(account) and environment in scope.environments and scope.covers_kind(resource)

        if not covers(self._policy):
            return None
        snapshot = self._world.snapshots[resource.account]
        scope = self._policy.scope
        other_policies = tuple(other for other in self._other_policies if covers(other))
        exclusions = tuple(exclusion for exclusion in scope.exclusions if exclusion.may_hold(resource))
        may_harm = allows_deletion(environment)
        unnamed = self._policy.irreplaceable
        is_at_stake = may_harm and self._policy.rules.deletes_unnamed
        return KindContext(
            policy=self._policy,
            rules=self._policy.rules,
            expiry_key=self._policy.expiry_keys[resource.provider],
            category=resource.category,
            other_policies=other_policies,
            exclusions=exclusions,
            environment=environment,
            snapshot=snapshot.id,
            taken=snapshot.taken,
            is_complete=snapshot.is_complete_for((resource.kind,)),
            is_undisputed=not other_policies and scope.where is None and not exclusions,
            fast_path=self._short_ways.of(resource.provider, resource.kind, environment),
            allows_deletion=may_harm,
            irreplaceable=(
                unnamed.finding_for(resource.provider, resource.kind, resource.category) if is_at_stake else None
            ),
            is_backed_up=unnamed.is_backed_up(resource.kind, resource.category),
            now=self._now,
            earliest=later(self._now, self._policy.spec.grace.repaired),
            doubt=account.doubt,
        )


def judge(
    resource: Resource,
    world: World,
    accounts: Mapping[str, CompiledAccount],
    policy: CompiledPolicy,
    other_policies: Sequence[CompiledPolicy],
    history: History | None,
    now: datetime,
) -> Judgement | None:
    """Judge one resource, perhaps as it was read again; None where the policy does not govern it."""
    histories = {resource.uid: history} if history is not None else {}
    evaluator = PolicyEvaluator(world, accounts, policy, other_policies, histories, now)
    return evaluator.judge(resource, world.graph.number_of(resource.uid))


def judge_all(
    world: World,
    accounts: Mapping[str, CompiledAccount],
    policy: CompiledPolicy,
    other_policies: Sequence[CompiledPolicy],
    histories: Mapping[str, History],
    now: datetime,
) -> list[Judgement]:
    """Judge every resource that the policy governs or is in conflict over, in the order of uid.

    `other_policies` include suspended ones: a suspended policy keeps what it governs. `histories` are by uid; `now` is
    an aware UTC instant.
    """
    with _no_collection():
        return PolicyEvaluator(world, accounts, policy, other_policies, histories, now).judge_all()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector from walking the whole world again and again: judging makes no cycles.

    What was made meanwhile goes to the oldest generation unseen, else all of it would be walked at once in the end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
