"""Random worlds against a second, slow and simple statement of what must never happen."""

import random
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.plan import ActionType, Plan
from tagwarden.model.policy import Associated
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, ProviderName, Resource
from tagwarden.model.verdict import Finding, Judgement, Verdict
from tagwarden.planning import plan_from_json, plan_json
from tests.support.builders import a_policy
from tests.unit.planning.scenes import (
    GENEROUS,
    Scene,
    Thing,
    claimed,
    doomed,
    edges_of,
    fixable,
    in_cluster,
    inheriting,
    protected,
    thing,
    unclaimed,
)

NEVER_GO = frozenset({Verdict.PROTECTED, Verdict.UNDECIDABLE, Verdict.CONFLICT, Verdict.PENDING})
CONTAINERS = ("namespace", "network")
KEEP = a_policy(limits=GENEROUS, associated="Keep")
DELETE = a_policy(limits=GENEROUS)

MAKERS = (
    doomed,
    doomed,
    doomed,
    unclaimed,
    unclaimed,
    inheriting,
    claimed,
    protected,
    fixable,
    lambda name, **fields: thing(name, Verdict.MANAGED, manager=Manager("group", "n0", "n0"), **fields),
    lambda name, **fields: thing(name, Verdict.UNDECIDABLE, **fields),
    lambda name, **fields: thing(
        name,
        Verdict.MANAGED,
        manager=Manager("group", "n0", "n0"),
        judged={"owner": "bob", "findings": (Finding(Reason.OwnClaim, "its own tags name owner bob"),)},
        **fields,
    ),
    lambda name, **fields: thing(
        name, Verdict.REPORT, judged={"findings": (Finding(Reason.Irreplaceable, "it holds data"),)}, **fields
    ),
    lambda name, **fields: thing(name, Verdict.DELETE, judged={"deletion": Reason.Untagged}, **fields),
    lambda name, **fields: thing(name, Verdict.PENDING, **fields),
    lambda name, **fields: thing(name, Verdict.CONFLICT, **fields),
    lambda name, **fields: thing(name, None, **fields),
)


@st.composite
def scenes(draw: st.DrawFn, mostly_doomed: bool = False) -> Scene:
    """Give up to a dozen things in a cloud and a cluster with edges of every kind, some to what is unknown."""
    size = draw(st.integers(1, 12))
    makers = MAKERS[:6] if mostly_doomed else MAKERS
    things = []
    for place in range(size):
        make = draw(st.sampled_from(makers))
        where = draw(st.sampled_from(["cloud", "cloud", "cluster", "namespace", "network"]))
        if where == "cluster":
            things.append(in_cluster(make, f"n{place}", "k8s_configmap"))
        elif where == "namespace":
            things.append(in_cluster(make, f"n{place}", "k8s_namespace"))
        elif where == "network":
            things.append(make(f"n{place}", category="network"))
        else:
            things.append(make(f"n{place}"))
    ends = [each.resource.uid for each in things] + ([] if mostly_doomed else ["aws_x/unknown"])
    triples = st.tuples(st.sampled_from(ends), st.sampled_from(list(EdgeMeaning)), st.sampled_from(ends))
    sentences = [
        f"{source} {meaning.value} {target}" for source, meaning, target in draw(st.lists(triples, max_size=24))
    ]
    untangled = draw(st.booleans())
    return Scene(
        tuple(things),
        edges_of(*sentences),
        policy=draw(st.sampled_from([DELETE, KEEP])),
        untangles=lambda _provider, _kind: untangled,
    )


def judgements(scene: Scene) -> dict[str, Judgement | None]:
    return {each.resource.uid: each.judgement for each in scene.things}


def gone(plan: Plan) -> set[str]:
    return {planned.resource.uid for planned in plan.resources if planned.goes}


def is_claimed(each: Thing) -> bool:
    return each.judgement is not None and each.judgement.owner == "bob"


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_s1_s7_s8_s16_nothing_goes_that_is_not_free(scene: Scene) -> None:
    """S1, S4, S7, S8, S16: whatever the links, what is protected, claimed, undecided or another's stays."""
    going = gone(scene.plan())

    for each in scene.things:
        if each.judgement is None or each.judgement.verdict in NEVER_GO or is_claimed(each):
            assert each.resource.uid not in going


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_s7_s8_nothing_goes_that_something_that_stays_holds(scene: Scene) -> None:
    """S7, S8: what stays loses nothing that it needs, and nothing that it uses where anybody cares."""
    going = gone(scene.plan())
    said = judgements(scene)
    things = {each.resource.uid: each for each in scene.things}

    for edge in scene.edges:
        if edge.target not in going or edge.source in going or edge.source == edge.target:
            continue
        assert edge.meaning is not EdgeMeaning.NEEDS
        if edge.meaning is EdgeMeaning.USES and edge.source in said:
            judgement = said[edge.source]
            assert judgement is not None
            assert judgement.verdict not in NEVER_GO
            assert not is_claimed(things[edge.source])
        if edge.meaning is EdgeMeaning.OWNS:
            source = things.get(edge.source)
            assert source is not None
            assert source.resource.category in CONTAINERS


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_s7_nothing_goes_whose_parts_must_stay(scene: Scene) -> None:
    """S7: an owner goes only with all that dies with it: not with what another owner reference keeps."""
    going = gone(scene.plan())
    resources = {each.resource.uid: each.resource for each in scene.things}
    references = {edge for edge in scene.edges if edge.meaning is EdgeMeaning.OWNS and refers(resources, edge.source)}

    for edge in scene.edges:
        if edge.meaning is not EdgeMeaning.OWNS or edge.source not in going or edge.target not in resources:
            continue
        others = {each.source for each in references if each.target == edge.target} - {edge.source}
        if edge in references and others - going:
            continue
        dies = resources[edge.source].provider is ProviderName.KUBERNETES
        if dies or scene.policy.spec.associated is Associated.DELETE:
            assert edge.target in going


def refers(resources: Mapping[str, Resource], uid: str) -> bool:
    """Whether it would own by an owner reference, as everything in a cluster but a namespace, and what is unknown."""
    known = resources.get(uid)
    return known is None or (known.provider is ProviderName.KUBERNETES and known.category != "namespace")


def owners_of(scene: Scene, uid: str) -> list[Thing]:
    """Give the collected owners right above one thing."""
    owners = {edge.source for edge in scene.edges if edge.meaning is EdgeMeaning.OWNS and edge.target == uid} - {uid}
    return [each for each in scene.things if each.resource.uid in owners]


def all_above(scene: Scene, uid: str) -> set[str]:
    """Give every owner of one thing, to any height."""
    found: set[str] = set()
    left = [uid]
    while left:
        new = {each.resource.uid for each in owners_of(scene, left.pop())} - found
        found |= new
        left += new
    return found


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_s21_a_claimed_parent_binds(scene: Scene) -> None:
    """S8, S21: a part of something claimed stays, and so does a content that goes only for lacking words of its own."""
    going = gone(scene.plan())
    things = {each.resource.uid: each for each in scene.things}

    for uid in going:
        said = things[uid].judgement
        assert said is not None
        for owner in owners_of(scene, uid):
            if is_claimed(owner):
                assert owner.resource.category in CONTAINERS
                assert said.deletion is not Reason.Untagged


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_s8_what_works_for_somebody_loses_nothing(scene: Scene) -> None:
    """S8: what stays keeps what it uses, if it or something that owns it is claimed."""
    going = gone(scene.plan())
    said = judgements(scene)

    for edge in scene.edges:
        if edge.meaning is not EdgeMeaning.USES or edge.target not in going or edge.source in going:
            continue
        if said.get(edge.source) is not None and edge.source != edge.target:
            assert not any(is_claimed(owner) for owner in owners_of(scene, edge.source))


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_s19_what_cannot_be_made_again_goes_only_below_a_named_end(scene: Scene) -> None:
    """S19: above each that goes there is something expired that goes as well."""
    going = gone(scene.plan())
    said = judgements(scene)

    for uid in going:
        judgement = said[uid]
        if judgement is not None and any(finding.reason is Reason.Irreplaceable for finding in judgement.findings):
            above = [said[name] for name in all_above(scene, uid) & going]
            assert any(one is not None and one.deletion is Reason.Expired for one in above)


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_nothing_is_silently_left_out(scene: Scene) -> None:
    """Every Delete verdict is carried out, taken along or withheld for a reason, and everything else is as judged."""
    plan = scene.plan()
    said = {uid: judgement for uid, judgement in judgements(scene).items() if judgement is not None}

    assert [planned.resource.uid for planned in plan.resources] == sorted(said)
    for planned in plan.resources:
        if said[planned.resource.uid].verdict is Verdict.DELETE:
            assert planned.goes != (planned.withheld is not None)
        assert not (planned.taken_by and planned.actions)
        assert len(planned.actions) <= 1


@settings(max_examples=150, deadline=None)
@given(scenes(mostly_doomed=True))
def test_the_order_respects_every_need(scene: Scene) -> None:
    """What needs something is gone in an earlier wave, unless both cut their references by declared steps."""
    plan = scene.plan()
    planned = {each.resource.uid: each for each in plan.resources if each.goes}

    def acting(uid: str) -> str:
        while planned[uid].taken_by:
            uid = planned[uid].taken_by
        return uid

    waves = {action.uid: action.order for action in plan.actions}
    cuts = scene.untangles(ProviderName.AWS, "")
    for edge in scene.edges:
        if edge.meaning is EdgeMeaning.NEEDS and {edge.source, edge.target} <= planned.keys():
            first, then = acting(edge.source), acting(edge.target)
            if first != then:
                assert waves[first] <= waves[then] if cuts else waves[first] < waves[then]
    for action in plan.actions:
        assert all(waves[before] < action.order for before in action.after)
        assert action.type is ActionType.SET_TAGS or action.order >= 1


@settings(max_examples=80, deadline=None)
@given(scenes())
def test_who_takes_along_and_because_of_whom_go_too(scene: Scene) -> None:
    """What goes along names something that goes, and the end of each chain is a deletion of its own verdict."""
    plan = scene.plan()
    planned = {each.resource.uid: each for each in plan.resources}

    for each in plan.resources:
        if each.taken_by:
            assert planned[each.taken_by].goes
        for action in each.actions:
            if action.because:
                assert planned[action.because].judgement.verdict is Verdict.DELETE
                assert planned[action.because].goes


@settings(max_examples=80, deadline=None)
@given(scenes(), st.randoms(use_true_random=False))
def test_s6_the_order_of_the_input_changes_nothing(scene: Scene, chance: random.Random) -> None:
    """S6: shuffled resources, edges and verdicts give the equal plan with the same hash."""
    things, edges = list(scene.things), list(scene.edges)
    chance.shuffle(things)
    chance.shuffle(edges)
    clouds_first = sorted(things, key=lambda each: each.resource.account != scene.things[0].resource.account)
    shuffled = replace(scene, things=tuple(clouds_first), edges=tuple(edges)).plan()

    assert scene.plan() == shuffled


@settings(max_examples=80, deadline=None)
@given(scenes())
def test_s6_every_plan_survives_a_file(scene: Scene) -> None:
    """S6: JSON and back is the equal plan."""
    plan = scene.plan()

    assert plan == plan_from_json(orjson.loads(orjson.dumps(plan_json(plan))))


@settings(max_examples=80, deadline=None)
@given(scenes(), st.integers(0, 5), st.integers(0, 100), st.integers(0, 5))
def test_s9_no_plan_is_over_its_limits(scene: Scene, run: int, percent: int, hour: int) -> None:
    """S9: either all of it fits, or nothing is deleted."""
    limits = {"deletionsPerRun": run, "deletionsPercent": percent, "deletionsPerHour": hour}
    plan = replace(scene, policy=a_policy(limits=limits)).plan()
    deletions = sum(1 for action in plan.actions if action.type is ActionType.DELETE)

    assert deletions <= min(run, hour)
    assert plan.stopped is None or not plan.deletes


def test_s7_every_small_world_of_three() -> None:
    """S7: all worlds of three things and two edges, none of which may lose a protected or claimed one's support."""
    makers = (doomed, claimed, protected, unclaimed)
    meanings = ("owns", "needs", "uses")
    for first, second, third in product(makers, repeat=3):
        things = (first("a"), second("b"), third("c"))
        for one, other in product(meanings, repeat=2):
            going = gone(Scene(things, edges_of(f"a {one} b", f"b {other} c")).plan())
            kept = {each.resource.uid for each in things if each.resource.uid not in going}
            held = {("a", "b", one), ("b", "c", other)}
            assert not any(
                source in kept and target in going and meaning == "needs" for source, target, meaning in held
            )


def test_a_reason_for_every_rule() -> None:
    """What withholds is always one of the reasons that the closure may give."""
    allowed = {
        Reason.ProtectedByGraph,
        Reason.DependentInUse,
        Reason.DependentUnknown,
        Reason.WithheldByDependency,
        Reason.DependencyCycle,
        Reason.Irreplaceable,
    }

    @settings(max_examples=80, deadline=None)
    @given(scenes())
    def holds(scene: Scene) -> None:
        for planned in scene.plan().resources:
            if planned.withheld is not None and planned.judgement.verdict is Verdict.DELETE:
                assert planned.withheld.reason in allowed
                assert planned.withheld.message

    holds()
