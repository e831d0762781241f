"""The fast path for compliant resources agrees with the chain of checks, above all at its edges."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tagwarden.judging import CHECKS, compile_account, compile_policy
from tagwarden.judging.chain import decide
from tagwarden.judging.evaluator import PolicyEvaluator
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.resource import Environment, Manager, ProviderName, Resource
from tagwarden.model.tags import Tags
from tagwarden.model.verdict import Judgement, Verdict
from tagwarden.providers.linking import world_of
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, an_account


def written(moment: datetime) -> str:
    """Write an expiry as Tagwarden does, without the fraction of a second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


CUTOFFS = tuple(datetime(2026, 8, 21, 17, 0, tzinfo=UTC) + timedelta(weeks=week) for week in range(3))
"""Fridays at 19:00 in Berlin around `NOW`."""
EDGES = (NOW, NOW - timedelta(hours=48), NOW + timedelta(hours=48), *CUTOFFS)

SHIFTS = tuple(timedelta(seconds=seconds) for seconds in (-3_600, -1, 0, 1, 3_600))
FRACTIONS = (timedelta(microseconds=-1), timedelta(microseconds=1))
FRIDAY = {"weekday": "Friday", "time": "19:00"}
LIFETIMES: tuple[dict[str, Any], ...] = (
    {},
    {"max": "48h"},
    {"max": "48h", "weeklyCutoff": FRIDAY},
    {"weeklyCutoff": FRIDAY},
    {"weeklyCutoff": {"weekday": "Tuesday", "time": "14:00"}},
    {"max": "9999w999999d"},
)
IN_ORDER = {"Name": "web", "owner": "alice", "expiration": written(NOW + timedelta(hours=5))}
CREATED = NOW - timedelta(hours=5)


def policy_of(**changes: Any) -> CleanupPolicy:
    """Give a policy that governs every environment and kind."""
    everywhere = {"accounts": {"names": ["aws-dev"]}, "environments": ["test", "staging", "production"]}
    return a_policy(timeZone="Europe/Berlin", **{"scope": everywhere, **changes})


def differing(
    resources: Sequence[Resource],
    policy: CleanupPolicy,
    *,
    edges: Sequence[Edge] = (),
    environment: Environment = Environment.TEST,
) -> list[tuple[Judgement | None, Judgement | None]]:
    """Judge by the fast path, each alone and all at once, and by the chain; give what differs, the chain first."""
    snapshot = a_snapshot(*resources, edges=edges, kinds=["aws_ec2_instance", "k8s_deployment", "k8s_namespace"])
    world = world_of([snapshot], [an_account(environment=environment)])
    accounts = {name: compile_account(account) for name, account in world.accounts.items()}
    evaluator = PolicyEvaluator(world, accounts, compile_policy(policy), [], {}, NOW)
    together = {judgement.uid: judgement for judgement in evaluator.judge_all()}
    found = []
    for number, resource in enumerate(world.graph.nodes):
        given = evaluator.check_input_of(resource, number)
        said = decide(given, CHECKS) if given else None
        found += [
            (said, other) for other in (evaluator.judge(resource, number), together.get(resource.uid)) if other != said
        ]
    return found


@pytest.mark.parametrize("lifetime", LIFETIMES, ids=str)
def test_the_fast_path_agrees_with_the_chain_at_every_edge(lifetime: dict[str, Any]) -> None:
    """At the maximum, at cut-offs and at the expiry itself, a second and a microsecond around each."""
    creations = [edge + shift for edge, shift in product(EDGES, SHIFTS + FRACTIONS)]
    resources = [
        a_resource(
            id=f"{number}-{index}",
            created=created,
            tags={"owner": "alice", "expiration": written(expires)},
        )
        for number, created in enumerate(creations)
        for index, expires in enumerate(
            [edge + shift for edge, shift in product((*EDGES, created + timedelta(hours=48)), SHIFTS)]
        )
    ]

    assert [] == differing(resources, policy_of(lifetime=lifetime))


TAGS: tuple[Tags, ...] = (
    Tags.known(IN_ORDER),
    *(Tags.known({key: value for key, value in IN_ORDER.items() if key not in left_out}) for left_out in (
        {"owner"}, {"expiration"}, {"owner", "expiration"}
    )),
    *(Tags.known({**IN_ORDER, **more}) for more in (
        {"owner": "Alice"}, {"owner": "al ice"}, {"owner": "none"}, {"owner": ""},
        {"expiration": "2026-09-01t190000z"}, {"expiration": "2026-W35-6T11:00:00Z"}, {"expiration": "48h"},
        {"expiration": "1999-09-01T19:00:00Z"}, {"expiration": "2026-13-01T19:00:00Z"}, {"expiration": "never"},
        {"ttl": "2h"}, {"Owner": "carol"}, {"ownr": "carol"}, {"expiry": "soon"},
        {"tagwarden.io/protect": "true"}, {"Tagwarden.io_Protected": "yes"}, {"tagwarden.io/protect": "false"},
        {"app.kubernetes.io/part-of": "tagwarden"}, {"app.kubernetes.io/part-of": "shop"},
        {"app.kubernetes.io/name": "Tagwarden "}, {"tagwarden.io/was-expiration": "tomorrow"},
    )),
    *(Tags.known(IN_ORDER, frozenset(fixed)) for fixed in ({"Name"}, {"owner"}, {"expiration"}, set(IN_ORDER))),
    Tags.unreadable("denied"),
    Tags.untaggable(),
)  # fmt: skip
PARENTS: tuple[dict[str, str] | None, ...] = (
    None,
    {},
    {"owner": "dora"},
    {"owner": "dora", "expiration": written(NOW + timedelta(days=9))},
    {"owner": "dora", "expiration": written(NOW)},
    {"owner": "dora", "expiration": "never"},
    {"owner": "dora", "expiration": "whenever"},
    {"tagwarden.io/protect": "true"},
)
PROTECTED_NAMESPACE = a_resource(
    provider=ProviderName.KUBERNETES,
    kind="k8s_namespace",
    id="protected",
    created=CREATED,
    tags={"tagwarden.io/protect": "true"},
)
PLACES: tuple[dict[str, Any], ...] = (
    {"provider": ProviderName.AWS},
    {"provider": ProviderName.GCP},
    {"provider": ProviderName.KUBERNETES, "kind": "k8s_deployment"},
    {"provider": ProviderName.KUBERNETES, "kind": "k8s_deployment", "namespace": "uncollected"},
    {"provider": ProviderName.KUBERNETES, "kind": "k8s_deployment", "namespace": "protected"},
    {"provider": ProviderName.KUBERNETES, "kind": "k8s_cleanuppolicy.tagwarden.io"},
    {"created": None},
    {"created": NOW + timedelta(seconds=1)},
    {"manager": Manager("aws_autoscaling_group", "web")},
    {"protection": "deletion protection"},
)


@pytest.mark.parametrize("above", PARENTS, ids=str)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(map(str, place.values())))
def test_the_fast_path_leaves_every_possible_finding_to_the_chain(
    place: dict[str, Any], above: dict[str, str] | None
) -> None:
    """What is stated otherwise, handed down, protected, managed, fixed, in doubt, or a part of Tagwarden."""
    resources = [
        a_resource(id=f"i-{number}", **{"created": CREATED, "tags": tags, **place}) for number, tags in enumerate(TAGS)
    ]
    edges = []
    if above is not None:
        parent = a_resource(id="parent", created=CREATED, tags=above, provider=resources[0].provider)
        edges = [Edge(parent.uid, EdgeMeaning.OWNS, resource.uid) for resource in resources]
        resources.append(parent)
    resources.append(PROTECTED_NAMESPACE)
    policies = [
        policy_of(),
        policy_of(owner={"inherit": False}),
        policy_of(owner={"required": False}, expiry={"required": False}),
        policy_of(owner={"pattern": "^[a-z]+$"}),
        policy_of(scope={"accounts": {"names": ["aws-dev"]}, "where": 'resource.id != "i-0"'}),
    ]
    found = [
        pair
        for policy, environment in product(policies, Environment)
        for pair in differing(resources, policy, edges=edges, environment=environment)
    ]

    assert [] == found


def test_compliant_resources_take_the_fast_path() -> None:
    """Else it would be slow and not wrong."""
    resource = a_resource(
        created=NOW - timedelta(hours=5), tags={"owner": "alice", "expiration": written(NOW + timedelta(hours=5))}
    )
    world = world_of([a_snapshot(resource)], [an_account()])
    accounts = {name: compile_account(account) for name, account in world.accounts.items()}
    evaluator = PolicyEvaluator(world, accounts, compile_policy(a_policy(lifetime={"max": "48h"})), [], {}, NOW)
    context = evaluator.context_of(resource)

    assert context is not None

    (found,) = evaluator._fast_path_of(resource, context)((resource,), (0,))

    assert found is not None
    assert Verdict.COMPLIANT is found.verdict
