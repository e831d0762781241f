from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tagwarden.model.plan import Baseline, Plan
from tagwarden.model.policy import CleanupPolicy
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager
from tagwarden.model.verdict import Verdict
from tagwarden.planning import Budget
from tagwarden.planning.limits import percent_allows
from tests.support.builders import NOW, a_policy
from tests.unit.planning.scenes import (
    GENEROUS,
    Scene,
    Thing,
    claimed,
    doomed,
    edges_of,
    fates,
    fixable,
    in_cluster,
    inheriting,
    plan_of,
    thing,
)


def limited(**limits: int) -> CleanupPolicy:
    return a_policy(limits={**GENEROUS, **limits})


def scope(doomed_count: int, claimed_count: int = 0, make: Callable[..., Thing] = doomed) -> list[Thing]:
    return [make(f"d-{place:03}") for place in range(doomed_count)] + [
        claimed(f"c-{place:03}") for place in range(claimed_count)
    ]


def untagged(name: str, **fields: Any) -> Thing:
    return thing(name, Verdict.DELETE, judged={"deletion": Reason.Untagged}, **fields)


def stopped_by(plan: Plan) -> str | None:
    return plan.stopped.reason.value if plan.stopped else None


def earlier(
    governed: int = 100, unforeseen: int = 0, tagged: int = 100, hours: int = 1, *, braked: bool = False
) -> Baseline:
    return Baseline(NOW - timedelta(hours=hours), governed, tagged, unforeseen, braked)


@pytest.mark.parametrize(("allowed", "stopped"), [(2, "LimitPerRun"), (3, None)])
def test_s9_more_than_the_limit_of_a_run_deletes_nothing_at_all(allowed: int, stopped: str | None) -> None:
    """S9: the run stops before the first deletion, and repairs still happen."""
    plan = plan_of([*scope(3), fixable("f")], policy=limited(deletionsPerRun=allowed))

    assert stopped_by(plan) == stopped
    expected = {f"d-00{place}": stopped or "deleted in 1" for place in range(3)}
    assert fates(plan) == {**expected, "f": "tagged"}


@pytest.mark.parametrize(
    ("percent", "governed", "allowed"),
    [(20, 100, 20), (20, 15, 3), (20, 14, 3), (20, 1, 3), (20, 99, 19), (100, 7, 7), (0, 1000, 0), (1, 10_000, 100)],
)
def test_a_percentage_allows_at_least_three(percent: int, governed: int, allowed: int) -> None:
    """In a small scope a few deletions are always fine, unless the percentage is none at all."""
    assert percent_allows(percent, governed) == allowed


def test_s9_a_bad_filter_that_matches_most_of_an_account_deletes_nothing() -> None:
    """S9: a policy that would take 80 % of its scope is stopped."""
    plan = plan_of(scope(40, 10), policy=limited(deletionsPercent=20))

    assert stopped_by(plan) == "LimitPercent"
    assert {"LimitPercent"} == set(fates(plan).values())
    assert not plan.actions


def test_the_percentage_counts_what_is_taken_along() -> None:
    """A namespace is one deletion of ours and all of its contents of the scope."""
    contents = [in_cluster(inheriting, f"c-{place}", "k8s_configmap") for place in range(9)]
    things = [in_cluster(doomed, "shop", "k8s_namespace"), *contents]
    sentences = [f"shop owns c-{place}" for place in range(9)]

    assert stopped_by(plan_of(things, *sentences, policy=limited(deletionsPercent=50))) == "LimitPercent"
    assert stopped_by(plan_of(things, *sentences, policy=limited(deletionsPerRun=1))) is None


@pytest.mark.parametrize(("used", "stopped"), [(7, None), (8, "LimitPerHour")])
def test_s9_the_sliding_hour_counts_what_went_before(used: int, stopped: str | None) -> None:
    """S9: three more after eight are too many for ten an hour."""
    plan = plan_of(scope(3), policy=limited(deletionsPerHour=10), budget=Budget(policy_deletions=used))

    assert stopped_by(plan) == stopped


@pytest.mark.parametrize(
    ("budget", "stopped"),
    [
        (Budget(operator_deletions=8, operator_per_hour=10), "LimitPerHour"),
        (Budget(operator_deletions=7, operator_per_hour=10), None),
        (Budget(operator_deletions=8), None),
        (Budget(account_deletions={"aws-dev": 8}, account_per_hour=10), "LimitPerHour"),
        (Budget(account_deletions={"other": 8}, account_per_hour=10), None),
    ],
)
def test_s9_the_operator_and_the_account_have_an_hour_too(budget: Budget, stopped: str | None) -> None:
    """S9: other policies' deletions count for the operator, and those in one account for that."""
    assert stopped_by(plan_of(scope(3), budget=budget)) == stopped


def test_no_limits_in_an_audit_without_any() -> None:
    """A policy that only audits may leave limits out."""
    policy = a_policy(mode="Audit", limits=None)

    assert stopped_by(plan_of(scope(60), policy=policy)) is None


def test_s9_a_jump_against_the_last_passes_trips_the_brake() -> None:
    """S9: half of the scope, where it was nothing before, and not even tags are written."""
    budget = Budget(passes=(earlier(hours=2), earlier()))
    plan = plan_of([*scope(50, 50, untagged), fixable("f")], budget=budget)

    assert stopped_by(plan) == "AnomalyBrake"
    assert {"AnomalyBrake"} == set(fates(plan).values())


def test_the_brake_is_not_tripped_by_the_first_pass() -> None:
    """Without a past there is no jump; limits alone hold."""
    assert stopped_by(plan_of(scope(50, 50, untagged))) is None


def test_a_few_more_are_no_jump() -> None:
    """Nine of ten is little enough for limits alone."""
    assert stopped_by(plan_of(scope(9, 1, untagged), budget=Budget(passes=(earlier(),)))) is None


@pytest.mark.parametrize(("unforeseen", "stopped"), [(35, None), (36, "AnomalyBrake")])
def test_a_slow_rise_is_no_jump(unforeseen: int, stopped: str | None) -> None:
    """Where a tenth of the scope always goes, a third is much, and no more than limits are for."""
    budget = Budget(passes=(earlier(unforeseen=10),))

    assert stopped_by(plan_of(scope(unforeseen, 100 - unforeseen, untagged), budget=budget)) == stopped


def test_a_weekly_cut_off_is_no_jump() -> None:
    """What everybody could see expire surprises nobody, though it is the whole scope at once."""
    assert stopped_by(plan_of(scope(50, 0, doomed), budget=Budget(passes=(earlier(hours=2), earlier())))) is None


@pytest.mark.parametrize("hours", [24 * 8, 24 * 365])
def test_s9_expiries_that_nobody_watched_count(hours: int) -> None:
    """S9: after a long pause, or a clock that jumped ahead, what has expired meanwhile is unforeseen."""
    expired = [doomed(f"d-{place:03}") for place in range(50)]

    assert stopped_by(plan_of(expired, budget=Budget(passes=(earlier(hours=hours),)))) == "AnomalyBrake"


def test_s9_repeating_a_jump_does_not_make_it_normal() -> None:
    """S9: a pass that the brake held back is no measure for the next."""
    first = plan_of(scope(50, 50, untagged), budget=Budget(passes=(earlier(hours=2),)))
    after = Budget(passes=(earlier(hours=2), replace(first.baseline, at=NOW - timedelta(hours=1))))

    assert stopped_by(plan_of(scope(50, 50, untagged), budget=after)) == "AnomalyBrake"


def test_s9_a_jump_that_waits_for_its_grace_is_no_measure_either() -> None:
    """S9: half of the scope turns pending in one pass and due in the next; the brake still trips then."""
    waiting = [
        thing(f"d-{place:03}", Verdict.PENDING, judged={"deletion": Reason.Untagged}) for place in range(50)
    ] + scope(0, 50)
    first = plan_of(waiting, budget=Budget(passes=(earlier(hours=2),)))
    after = Budget(passes=(earlier(hours=2), replace(first.baseline, at=NOW - timedelta(hours=1))))

    assert stopped_by(first) is None
    assert stopped_by(plan_of(scope(50, 50, untagged), budget=after)) == "AnomalyBrake"


def test_a_messy_account_may_be_cleaned_after_it_was_seen_once() -> None:
    """What the first pass already saw waiting is no jump in the next."""
    waiting = [
        thing(f"d-{place:03}", Verdict.PENDING, judged={"deletion": Reason.Untagged}) for place in range(50)
    ] + scope(0, 50)
    first = replace(plan_of(waiting).baseline, at=NOW - timedelta(hours=1))

    assert stopped_by(plan_of(scope(50, 50, untagged), budget=Budget(passes=(first,)))) is None


def test_s9_a_memory_without_any_normal_pass_keeps_the_brake_on() -> None:
    """S9: the brake does not wear off once the normal passes are forgotten."""
    budget = Budget(passes=(earlier(braked=True, unforeseen=50),))

    assert stopped_by(plan_of(scope(50, 50, untagged), budget=budget)) == "AnomalyBrake"


@pytest.mark.parametrize(("before", "stopped"), [(90, "AnomalyBrake"), (10, "AnomalyBrake"), (9, None)])
def test_s9_vanished_tags_trip_the_brake(before: int, stopped: str | None) -> None:
    """S9: an account where nearly all tags are gone was not untagged by its owners; a handful of tags tells nothing."""
    things = [untagged("d-1"), *(inheriting(f"c-{place}", tags={}) for place in range(99))]

    assert stopped_by(plan_of(things, budget=Budget(passes=(earlier(tagged=before),)))) == stopped


def test_a_scope_that_shrank_has_fewer_tags() -> None:
    """Where most of the scope is gone, so are its tags."""
    things = [untagged("d-1"), *(inheriting(f"c-{place}", tags={}) for place in range(9))]

    assert stopped_by(plan_of(things, budget=Budget(passes=(earlier(tagged=90),)))) is None


@pytest.mark.parametrize(("hours", "stopped"), [(-1, "AnomalyBrake"), (1, None)])
def test_s9_a_clock_that_moved_backwards_trips_the_brake(hours: int, stopped: str | None) -> None:
    """S9: a pass cannot be before the one before it."""
    assert stopped_by(plan_of(scope(1), budget=Budget(passes=(earlier(hours=hours),)))) == stopped


def test_s9_the_brake_is_released_by_the_hash_of_the_plan_it_holds() -> None:
    """S9, S6: only the token of this very plan releases it, and then this very plan runs."""
    things = tuple(scope(50, 50, untagged))
    passes = (earlier(hours=2),)
    held = Scene(things, budget=Budget(passes=passes)).plan()
    assert held.stopped is not None
    token = held.stopped.message.rpartition(" ")[2]
    released = Scene(things, budget=Budget(passes=passes, released=token)).plan()
    other = Scene((*things, doomed("one-more")), budget=Budget(passes=passes, released=token)).plan()

    assert released.stopped is None
    assert released.hash == token
    assert len(released.actions) == 50
    assert stopped_by(other) == "AnomalyBrake"


def test_a_released_jump_is_normal_from_then_on() -> None:
    """A person said that it is fine."""
    things = tuple(scope(50, 50, untagged))
    passes = (earlier(hours=2),)
    held = Scene(things, budget=Budget(passes=passes)).plan()
    assert held.stopped is not None
    token = held.stopped.message.rpartition(" ")[2]

    assert not Scene(things, budget=Budget(passes=passes, released=token)).plan().baseline.braked


def test_s9_limits_hold_after_the_brake_is_released() -> None:
    """S9: releasing the brake lifts no limit."""
    things = tuple(scope(50, 50, untagged))
    budget = Budget(passes=(earlier(hours=2),))
    held = Scene(things, budget=budget, policy=limited(deletionsPerRun=10)).plan()
    assert held.stopped is not None
    token = held.stopped.message.rpartition(" ")[2]

    assert (
        stopped_by(Scene(things, budget=replace(budget, released=token), policy=limited(deletionsPerRun=10)).plan())
        == "LimitPerRun"
    )


def test_members_count_for_the_percentage_and_not_for_the_run() -> None:
    """One Auto Scaling group is one deletion; its forty instances are most of the scope."""
    members = [
        thing(f"i-{place}", Verdict.MANAGED, manager=Manager("aws_autoscaling_group", "web", "asg"))
        for place in range(40)
    ]
    scene = Scene(
        (doomed("asg"), *members),
        edges_of(*(f"asg owns i-{place}" for place in range(40))),
        policy=limited(deletionsPerRun=1, deletionsPerHour=1),
    )

    assert stopped_by(scene.plan()) is None
    assert stopped_by(replace(scene, policy=limited(deletionsPercent=50)).plan()) == "LimitPercent"


def test_s9_what_is_being_deleted_already_counts_towards_no_limit() -> None:
    """S9: three namespaces that hang in Terminating leave the run its three deletions."""
    stuck = [in_cluster(doomed, f"ns-{place}", "k8s_namespace", state="Terminating") for place in range(3)]
    plan = plan_of([*stuck, *scope(3)], policy=limited(deletionsPerRun=3, deletionsPercent=50))

    assert stopped_by(plan) is None
    assert fates(plan) == {
        **{f"ns-{place}": "InProgress" for place in range(3)},
        **{f"d-00{place}": "deleted in 1" for place in range(3)},
    }


def test_s9_what_is_being_deleted_already_is_no_jump() -> None:
    """S9: twenty objects of which nothing is decided any more trip no brake."""
    stuck = [untagged(f"i-{place:02}", state="shutting-down") for place in range(20)]
    plan = plan_of([*stuck, *scope(0, 20)], budget=Budget(passes=(earlier(40),)))

    assert stopped_by(plan) is None
    assert 0 == plan.baseline.unforeseen
