"""One policy before one world at one time: what is found out once and holds for many resources."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tagwarden.judging.account import CompiledAccount
from tagwarden.judging.case import Case, Circumstances, Standing, gather, later
from tagwarden.judging.chain import decide
from tagwarden.judging.expressions import Failed
from tagwarden.judging.guards import Guards
from tagwarden.judging.lineage import Lineage
from tagwarden.judging.observing import still_about
from tagwarden.judging.policy import CompiledPolicy
from tagwarden.model.history import History
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.verdict import Judgement
from tagwarden.model.world import World
from tagwarden.tagging import read_tags

_NO_DOUBT = Standing()


class Hearing:
    """Judges resources one by one. `now` is an aware UTC instant."""

    __slots__ = (
        "_accounts",
        "_circumstances",
        "_environments",
        "_guards",
        "_lineage",
        "_now",
        "_policy",
        "_rivals",
        "_world",
    )

    def __init__(
        self,
        world: World,
        accounts: Mapping[str, CompiledAccount],
        policy: CompiledPolicy,
        rivals: Sequence[CompiledPolicy],
        now: datetime,
    ) -> None:
        self._world = world
        self._policy = policy
        self._now = now
        # Only a rival of at least our priority can take a resource from us or be in conflict with us.
        self._rivals = tuple(
            rival for rival in rivals if rival.name != policy.name and rival.spec.priority >= policy.spec.priority
        )
        self._accounts = {
            name: account for name, account in accounts.items() if policy.covers(account) and name in world.snapshots
        }
        self._environments = {
            name: None if account.rules else account.account.spec.environment
            for name, account in self._accounts.items()
        }
        self._circumstances: dict[tuple[str, str, str, Environment], Circumstances | None] = {}
        self._guards = Guards()
        self._lineage = Lineage(world, policy, self._guards, later(now, policy.spec.grace.repaired))

    def case_of(self, resource: Resource, history: History | None, number: int | None) -> Case | None:
        """Gather the case; None where another policy governs the resource, or none."""
        around = self.circumstances_of(resource)
        if around is None:
            return None
        history = still_about(history, resource)
        created = resource.created or (history.first_seen if history else None)
        standing = self._standing_of(resource, around, created)
        if standing is None:
            return None
        return gather(
            resource,
            around,
            standing,
            history,
            created,
            read_tags(resource.tags, resource.provider, created, self._policy.tag_rules),
            self._lineage.of(resource, number),
            self._guards.protecting_tag(resource.tags.values),
        )

    def judge(self, resource: Resource, history: History | None, number: int | None) -> Judgement | None:
        """Judge one resource; None where the policy does not govern it."""
        case = self.case_of(resource, history, number)
        return decide(case) if case is not None else None

    def circumstances_of(self, resource: Resource) -> Circumstances | None:
        """Give what holds for all of the kind; None where the policy does not cover account, environment or kind."""
        account = self._accounts.get(resource.account)
        if account is None:
            return None
        environment = self._environments[resource.account] or account.environment_of(resource, self._now)
        key = (resource.account, resource.kind, resource.category, environment)
        try:
            return self._circumstances[key]
        except KeyError:
            found = self._circumstances[key] = self._find_circumstances(resource, account, environment)
            return found

    def _find_circumstances(
        self, resource: Resource, account: CompiledAccount, environment: Environment
    ) -> Circumstances | None:
        def covers(policy: CompiledPolicy) -> bool:
            scope = policy.scope
            return policy.covers(account) and environment in scope.environments and scope.covers_kind(resource)

        if not covers(self._policy):
            return None
        snapshot = self._world.snapshots[resource.account]
        return Circumstances(
            policy=self._policy,
            rivals=tuple(rival for rival in self._rivals if covers(rival)),
            environment=environment,
            snapshot=snapshot.id,
            is_complete=snapshot.is_complete_for((resource.kind,)),
            now=self._now,
            earliest=later(self._now, self._policy.spec.grace.repaired),
        )

    def _standing_of(self, resource: Resource, around: Circumstances, created: datetime | None) -> Standing | None:
        """Tell who governs. An expression that fails counts as covering, so that nobody else takes over (S16)."""
        scope, now = self._policy.scope, self._now
        failure = ""
        if scope.where is not None:
            answer = scope.where.holds(resource, created, now)
            if answer is False:
                return None
            failure = _why(answer)
        contenders = []
        for rival in around.rivals:
            where = rival.scope.where
            if where is not None and where.holds(resource, created, now) is False:
                continue
            if rival.spec.priority > self._policy.spec.priority:
                return None
            contenders.append(rival.name)
        excluded_by = ""
        for exclusion in scope.exclusions:
            answer = exclusion.holds(resource, created, now)
            if answer is True:
                excluded_by = exclusion.label
                break
            failure = failure or _why(answer)
        if not (contenders or failure or excluded_by):
            return _NO_DOUBT
        return Standing(tuple(contenders), failure, excluded_by)


def _why(answer: bool | Failed) -> str:
    return answer.message if isinstance(answer, Failed) else ""


def judge(
    resource: Resource,
    world: World,
    accounts: Mapping[str, CompiledAccount],
    policy: CompiledPolicy,
    rivals: Sequence[CompiledPolicy],
    history: History | None,
    now: datetime,
) -> Judgement | None:
    """Judge one resource, perhaps as it was read again; None where the policy does not govern it."""
    hearing = Hearing(world, accounts, policy, rivals, now)
    return hearing.judge(resource, history, world.graph.number_of(resource.uid))


def judge_all(
    world: World,
    accounts: Mapping[str, CompiledAccount],
    policy: CompiledPolicy,
    rivals: Sequence[CompiledPolicy],
    histories: Mapping[str, History],
    now: datetime,
) -> list[Judgement]:
    """Judge every resource that the policy governs or is in conflict over, in the order of uid.

    `rivals` are the other policies, suspended ones too: a policy that rests keeps what it governs. `histories` are
    what is remembered by uid; `now` is an aware UTC instant.
    """
    hearing = Hearing(world, accounts, policy, rivals, now)
    remembered = histories.get
    found = (
        hearing.judge(resource, remembered(resource.uid), number) for number, resource in enumerate(world.graph.nodes)
    )
    return [judgement for judgement in found if judgement is not None]
