"""Evaluates one policy over all snapshots; caches per-kind context."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from tagwarden.judging.binding import Bindings
from tagwarden.judging.chain import decide
from tagwarden.judging.check import CheckInput
from tagwarden.judging.check_input import gather
from tagwarden.judging.compiled_account import CompiledAccount
from tagwarden.judging.compiled_policy import CompiledPolicy
from tagwarden.judging.fast_path import FastPath, FastPaths
from tagwarden.judging.governance import UNDISPUTED, Governance, governance_of
from tagwarden.judging.inheritance import Inheritance
from tagwarden.judging.kind_context import KindContext, kind_context, later
from tagwarden.judging.observing import still_about
from tagwarden.model.graph import runs
from tagwarden.model.history import History
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.verdict import Judgement
from tagwarden.model.world import World
from tagwarden.tagging import Reading, expiry_text, read_tags
from tagwarden.tagging.protection import ProtectionTags

_STRETCH = 1_024
"""How many resources are judged together: as many as fit into the cache of a processor."""


class PolicyEvaluator:
    """Judges resources one by one. `now` is an aware UTC instant."""

    __slots__ = (
        "_accounts",
        "_contexts",
        "_environments",
        "_fast_paths",
        "_histories",
        "_inheritance",
        "_now",
        "_other_policies",
        "_policy",
        "_protection_tags",
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
        # A policy of lower priority neither takes over a resource of this policy nor conflicts with this policy.
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
        self._contexts: dict[tuple[str, str, str, str, Environment], KindContext | None] = {}
        self._protection_tags = ProtectionTags()
        bindings = Bindings(accounts, policy.scope.exclusions, self._protection_tags, now)
        earliest = later(now, policy.spec.grace.repaired)
        self._inheritance = Inheritance(world, policy, bindings, self._reading_of_ancestor, now=now, earliest=earliest)
        self._fast_paths = FastPaths(policy, self._protection_tags, self._inheritance, self._created, now)

    def judge(self, resource: Resource, number: int | None) -> Judgement | None:
        """Judge one resource; None if the policy does not govern it.

        `number` is the number of the resource in the graph of the world, None for a resource outside of the graph.
        """
        context = self.context_of(resource)
        governance = None if context is None else self._governance_of(resource, context)
        if context is None or governance is None:
            return None
        found = None
        if governance is UNDISPUTED and number is not None:
            (found,) = self._fast_path_of(resource, context)((resource,), (number,))
        return found or decide(self._gathered(resource, context, governance, number))

    def judge_all(self) -> list[Judgement]:
        """Judge every resource of the world that the policy governs or is in conflict over, in the order of uid.

        In each stretch, the fast path judges the compliant resources first, then the chain judges the others in the
        order of their expiries. Neighbours then mostly take the same branches, which the processor predicts, and find
        shared values in the processor's cache.
        """
        nodes = self._world.graph.nodes
        judgements: list[Judgement | None] = []
        for context, alike in self._stretches():
            numbers: Sequence[int] = alike
            governances: Sequence[Governance] = (UNDISPUTED,) * len(alike)
            stretch: Sequence[Resource] = nodes[alike.start : alike.stop]
            if not context.is_undisputed:
                asked = ((number, self._governance_of(nodes[number], context)) for number in alike)
                governed = {number: governance for number, governance in asked if governance is not None}
                numbers, governances = tuple(governed), tuple(governed.values())
                stretch = [nodes[number] for number in numbers]
            found = self._fast_path_of(nodes[alike.start], context)(stretch, numbers)
            left = [place for place, one in enumerate(found) if one is None or governances[place] is not UNDISPUTED]
            left.sort(key=lambda place: stretch[place].tags.values.get(context.expiry_key, ""))
            for place in left:
                found[place] = decide(self._gathered(stretch[place], context, governances[place], numbers[place]))
            judgements += found
        return [judgement for judgement in judgements if judgement is not None]

    def _stretches(self) -> Iterator[tuple[KindContext, range]]:
        """Give the numbers of covered neighbours in the graph that share a context."""
        nodes = self._world.graph.nodes
        for alike in self._world.graph.alike():
            for same in self._in_one_environment(alike):
                context = self.context_of(nodes[same.start])
                if context is not None:
                    for first in range(same.start, same.stop, _STRETCH):
                        yield context, range(first, min(first + _STRETCH, same.stop))

    def _in_one_environment(self, alike: range) -> Iterator[range]:
        """Divide the numbers of one account by environment, if the account has rules for environments."""
        nodes = self._world.graph.nodes
        account = self._accounts.get(nodes[alike.start].account)
        if account is None or account.is_uniform:
            return iter((alike,))
        return runs(nodes[alike.start : alike.stop], lambda one: account.environment_of(one, self._now), alike.start)

    def _governance_of(self, resource: Resource, context: KindContext) -> Governance | None:
        return governance_of(resource, context, self._created(resource))

    def _fast_path_of(self, resource: Resource, context: KindContext) -> FastPath:
        return self._fast_paths.of(resource.provider, resource.kind, context.environment)

    def _created(self, resource: Resource) -> datetime:
        return resource.created or self._first_seen(resource)

    def _first_seen(self, resource: Resource) -> datetime:
        """Give the time of the first snapshot with the resource, a substitute for an unknown creation time.

        The history after this pass holds the same instant, so that the next pass finds nothing to correct.
        """
        history = self._history_of(resource)
        return (
            history.first_seen if history is not None else min(self._world.snapshots[resource.account].taken, self._now)
        )

    def check_input_of(self, resource: Resource, number: int | None) -> CheckInput | None:
        """Gather the input of the checks; None if the policy does not govern the resource."""
        context = self.context_of(resource)
        governance = None if context is None else self._governance_of(resource, context)
        if context is None or governance is None:
            return None
        return self._gathered(resource, context, governance, number)

    def _gathered(
        self, resource: Resource, context: KindContext, governance: Governance, number: int | None
    ) -> CheckInput:
        created = resource.created or self._first_seen(resource)
        history = self._history_of(resource)
        return gather(
            resource,
            context,
            governance,
            history,
            created,
            self._reading_of(resource, created, history),
            self._inheritance.of(resource, number),
            self._protection_tags.protecting_tag(resource.tags.values),
        )

    def _reading_of(self, resource: Resource, created: datetime | None, history: History | None) -> Reading:
        """Read the tags. A relative expiry that replaced another expiry counts from the first time it was seen.

        An owner who answers a reminder with `2d` on a resource that is a week old means two days from that answer.
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

    def context_of(self, resource: Resource) -> KindContext | None:
        """Give the context of the kind; None if the policy does not cover account, environment or kind."""
        account = self._accounts.get(resource.account)
        if account is None:
            return None
        environment = self._environments[resource.account] or account.environment_of(resource, self._now)
        key = (resource.account, resource.region, resource.kind, resource.category, environment)
        try:
            return self._contexts[key]
        except KeyError:
            found = self._contexts[key] = kind_context(
                resource,
                self._policy,
                environment,
                self._now,
                other_policies=[other for other in self._other_policies if other.covers(account)],
                snapshot=self._world.snapshots[resource.account],
                doubt=account.doubt,
            )
            return found


def judge(
    resource: Resource,
    world: World,
    accounts: Mapping[str, CompiledAccount],
    policy: CompiledPolicy,
    other_policies: Sequence[CompiledPolicy],
    history: History | None,
    now: datetime,
) -> Judgement | None:
    """Judge one resource, perhaps after a second read; None if the policy does not govern the resource."""
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

    `other_policies` include suspended ones: a suspended policy still governs its resources. `histories` are by uid;
    `now` is an aware UTC instant.
    """
    with _without_garbage_collection():
        return PolicyEvaluator(world, accounts, policy, other_policies, histories, now).judge_all()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Turn off the garbage collector, which would walk the whole world repeatedly: judging makes no cycles.

    `freeze` and `unfreeze` move new objects to the oldest generation; otherwise the collector would walk all at once.
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
