"""Small worlds in a few words: things with a verdict each, edges as sentences, and the fate of each thing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.plan import ActionType, Plan
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Manager, ProviderName, Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.tags import TagChanges
from tagwarden.model.verdict import Finding, Judgement, Verdict, Withheld
from tagwarden.model.world import World
from tagwarden.planning import Budget, Prices, make_plan
from tagwarden.providers.linking import world_of
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, an_account

CLUSTER = "dev-cluster"
GENEROUS = {"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000}


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource whose uid is its id, with what the policy says of it; None: it is not governed."""

    resource: Resource
    judgement: Judgement | None


def thing(name: str, /, verdict: Verdict | None, *, judged: dict[str, Any] | None = None, **fields: Any) -> Thing:
    """Give an instance with this verdict; further fields are those of the resource."""
    resource = a_resource(**{"uid": name, "id": name, "name": name, **fields})
    if verdict is None:
        return Thing(resource, None)
    said: dict[str, Any] = {"environment": Environment.TEST, **(judged or {})}
    return Thing(resource, Judgement(name, verdict, **said))


def doomed(name: str, /, **fields: Any) -> Thing:
    """Expired: its own verdict deletes it."""
    judged = {"deletion": Reason.Expired, "expires": NOW - timedelta(hours=1), "owner": "alice"}
    tags = {"owner": "alice", "expiration": "2026-09-01T11:00:00Z"}
    return thing(name, Verdict.DELETE, judged=judged, **{"tags": tags, **fields})


def claimed(name: str, /, **fields: Any) -> Thing:
    """Bob's, until tomorrow."""
    judged = {"owner": "bob", "expires": NOW + timedelta(days=1)}
    tags = {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"}
    return thing(name, Verdict.COMPLIANT, judged=judged, **{"tags": tags, **fields})


def unclaimed(name: str, /, **fields: Any) -> Thing:
    """Without tags, and no rule deletes it for that."""
    judged = {"findings": (Finding(Reason.Untagged, "neither owner nor expiry"),)}
    return thing(name, Verdict.REPORT, judged=judged, **fields)


def inheriting(name: str, /, **fields: Any) -> Thing:
    """With an owner and an expiry that are those of what it belongs to."""
    findings = (Finding(Reason.InheritedOwner, "from the owner"), Finding(Reason.InheritedExpiry, "from the owner"))
    judged = {"owner": "alice", "expires": NOW + timedelta(days=1), "findings": findings}
    return thing(name, Verdict.COMPLIANT, judged=judged, **{"tags": {"Name": name}, **fields})


def protected(name: str, /, **fields: Any) -> Thing:
    """Carries tagwarden.io/protect."""
    judged = {"findings": (Finding(Reason.ProtectedByTag, "it carries tagwarden.io/protect"),)}
    return thing(name, Verdict.PROTECTED, judged=judged, **fields)


def fixable(name: str, /, **fields: Any) -> Thing:
    """With a typing error in the key of its expiry."""
    judged = {
        "changes": TagChanges({"expiration": "2026-09-02T12:00:00Z"}, ("expiraton",)),
        "findings": (Finding(Reason.MalformedKey, "expiraton is expiration"),),
        "owner": "bob",
        "expires": NOW + timedelta(days=1),
    }
    tags = {"owner": "bob", "expiraton": "2026-09-02T12:00:00Z"}
    return thing(name, Verdict.FIX, judged=judged, **{"tags": tags, **fields})


def member(name: str, /, of: str, **fields: Any) -> Thing:
    """Made by a manager, which would make it again; as a volume with delete-on-termination is by its instance."""
    return thing(name, Verdict.MANAGED, manager=Manager("manager", of, of), **fields)


def in_cluster(make: Callable[..., Thing], name: str, kind: str, **fields: Any) -> Thing:
    """Put a thing into the cluster, and into the namespace `shop` unless it is one."""
    usual = {"provider": ProviderName.KUBERNETES, "account": CLUSTER, "kind": kind, "namespace": "shop"}
    if kind == "k8s_namespace":
        usual |= {"category": "namespace", "namespace": ""}
    return make(name, **usual, **fields)


def edges_of(*sentences: str) -> tuple[Edge, ...]:
    """Read `i-1 needs sg-1`."""
    words = (sentence.split() for sentence in sentences)
    return tuple(Edge(source, EdgeMeaning(meaning), target) for source, meaning, target in words)


@dataclass(frozen=True, slots=True)
class Scene:
    """Things, edges, and everything else that a plan is made from."""

    things: tuple[Thing, ...]
    edges: tuple[Edge, ...] = ()
    policy: CleanupPolicy = field(default_factory=lambda: a_policy(limits=GENEROUS))
    budget: Budget = field(default_factory=Budget)
    now: datetime = NOW
    failures: tuple[CollectFailure, ...] = ()
    dependents_of: Callable[[ProviderName, str], frozenset[str]] = lambda _provider, _kind: frozenset()
    can_delete: Callable[[ProviderName, str], bool] = lambda _provider, _kind: True
    can_tag: Callable[[ProviderName, str], bool] = lambda _provider, _kind: True
    untangles: Callable[[ProviderName, str], bool] = lambda _provider, _kind: False
    can_back_up: Callable[[Resource], bool] = lambda _resource: False
    associates: dict[str, Judgement] = field(default_factory=dict)
    prices: Prices | None = None
    doubt: Withheld | None = None

    def world(self) -> World:
        """Give one snapshot an account; edges stand in the first."""
        accounts = dict.fromkeys(each.resource.account for each in self.things)
        snapshots = []
        for place, account in enumerate(accounts):
            resources = [each.resource for each in self.things if each.resource.account == account]
            snapshots.append(
                a_snapshot(
                    *resources,
                    edges=self.edges if place == 0 else (),
                    failures=self.failures if place == 0 else (),
                    id=f"{account}-1",
                )
            )
        declared = [an_account(snapshot.account, provider=snapshot.provider) for snapshot in snapshots]
        return world_of(snapshots, declared)

    def plan(self) -> Plan:
        """Make the plan."""
        return self.plan_in(self.world())

    def plan_in(self, world: World) -> Plan:
        """Make the plan in another world."""
        return make_plan(
            world,
            self.policy,
            [each.judgement for each in self.things if each.judgement is not None],
            dependents_of=self.dependents_of,
            can_delete=self.can_delete,
            can_tag=self.can_tag,
            budget=self.budget,
            now=self.now,
            untangles=self.untangles,
            can_back_up=self.can_back_up,
            associates=self.associates,
            prices=self.prices,
            doubt=self.doubt,
        )


def plan_of(things: Iterable[Thing], *sentences: str, **rest: Any) -> Plan:
    """Make the plan of these things and edges."""
    return Scene(tuple(things), edges_of(*sentences), **rest).plan()


def fates(plan: Plan) -> dict[str, str]:
    """Say in a word or two what happens to each that anything happens to, or that is withheld."""
    said: dict[str, str] = {}
    for planned in plan.resources:
        uid = planned.resource.uid
        for action in planned.actions:
            if action.type is ActionType.BACKUP:
                continue
            what = f"deleted in {action.order}" if action.type is ActionType.DELETE else "tagged"
            said[uid] = f"{what} for {action.because}" if action.because else what
        if planned.taken_by:
            said[uid] = f"taken by {planned.taken_by}"
        if planned.withheld is not None:
            said[uid] = planned.withheld.reason.value
    return said


def why(plan: Plan, uid: str) -> str:
    """Give the sentence by which a deletion is withheld."""
    planned = next(each for each in plan.resources if each.resource.uid == uid)
    assert planned.withheld is not None
    return planned.withheld.message
