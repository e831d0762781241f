"""Limits over the hour count every deletion that began and every one that a run has reserved (S9)."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from tagwarden.errors import AccessDenied
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.resource import Resource
from tagwarden.state import Database, Journal, budget
from tagwarden.state.reservations import RESERVED_FOR, LimitReachedError, Reservation
from tests.support.builders import ACCOUNT, NOW
from tests.support.enforcement import Bench, Clock, a_plan, an_entry, expired, planned_deletion
from tests.support.fake_provider import failing
from tests.support.side_by_side import ALLOWED, at_most

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def a_reservation(holder: str, allowed: int = ALLOWED, clock: Clock | None = None) -> Reservation:
    return Reservation(holder, "test-accounts", at_most(allowed), clock or Clock())


def operator_spent(database: Database, clock: Clock) -> int:
    return budget(database, "another", clock()).operator_deletions


def test_s9_threads_that_reserve_at_once_never_pass_the_limit(database: Database) -> None:
    """S9: whatever the moments, no more is reserved than the limit allows, and as much as fits is."""
    journal = Journal(database)
    granted: list[int] = []
    barrier = threading.Barrier(12)

    def reserve(number: int) -> None:
        barrier.wait()
        try:
            journal.reserve(a_reservation(str(number)), {ACCOUNT: 2, "k8s": 1})
            granted.append(number)
        except LimitReachedError:
            pass

    threads = [threading.Thread(target=reserve, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ALLOWED // 3 == len(granted)
    assert 3 * len(granted) == operator_spent(database, Clock())


def test_each_deletion_is_counted_once_while_it_begins(database: Database) -> None:
    """S9: whoever counts while deletions begin sees each either reserved or begun, never both and never neither."""
    journal = Journal(database)
    reservation = a_reservation("busy", allowed=100)
    journal.reserve(reservation, {ACCOUNT: 30})
    seen: set[int] = set()
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            seen.add(operator_spent(database, Clock()))

    counting = threading.Thread(target=count)
    counting.start()
    for number in range(30):
        journal.begin(an_entry(str(number), uid=f"uid-{number}"), (), reservation)
    done.set()
    counting.join()

    assert {30} == seen | {operator_spent(database, Clock())}


def test_s9_the_refusal_says_what_the_planning_limit_says(database: Database) -> None:
    """S9: a run that would pass the limit deletes nothing at all, and says what was used and what is allowed."""
    bench = Bench(database)
    instances = [expired(number) for number in range(4)]
    bench.add(*instances)
    bench.journal.reserve(a_reservation("another"), {"k8s": 8})

    outcomes = bench.run(a_plan(*map(planned_deletion, instances)), limit=at_most(ALLOWED))

    told = "the plan deletes 4 resources and all policies deleted 8 within the last hour"
    assert {("Withheld", "LimitPerHour", f"{told}, deletions in progress included; the operator allows 10")} == {
        (str(outcome.state), str(outcome.reason), outcome.message) for outcome in outcomes
    }
    assert Counter() == bench.world.received("delete")


def test_what_a_run_does_not_use_is_given_back(database: Database) -> None:
    """What failed, what was withheld and what never began counts for nobody once the run is over."""
    bench = Bench(database)
    first, second, third = instances = [expired(number) for number in range(3)]
    bench.add(first, third)
    bench.world.before = failing("delete", AccessDenied("no"), uid=first.uid)

    bench.run(
        a_plan(*(planned_deletion(each, order=1 + place) for place, each in enumerate(instances))), limit=at_most(3)
    )

    assert {third.uid: 1} == bench.world.effects("delete")
    assert second.uid not in bench.world.received("delete")
    assert 1 == operator_spent(database, bench.clock)


def test_a_later_wave_gives_back_what_cannot_go_any_more(database: Database) -> None:
    """What hangs on a deletion that failed is given back before the next wave begins, not only in the end."""
    bench = Bench(database)
    first, second, third = instances = [expired(number) for number in range(3)]
    bench.add(*instances)
    seen: list[int] = []

    def look(operation: str, resource: Resource | None) -> None:
        if operation == "delete":
            seen.append(operator_spent(database, bench.clock))
        failing("delete", AccessDenied("no"), uid=first.uid)(operation, resource)

    bench.world.before = look
    plan = a_plan(
        planned_deletion(first), planned_deletion(second, order=2, after=[first.uid]), planned_deletion(third, order=2)
    )

    bench.run(plan, limit=at_most(3))

    assert [3, 1] == seen


def test_a_dry_run_says_what_the_limit_says_and_reserves_nothing(database: Database) -> None:
    """S15: a dry run asks the limit as a real run does, and takes nothing away from real ones."""
    bench = Bench(database)
    instances = [expired(number) for number in range(2)]
    bench.add(*instances)
    plan = a_plan(*map(planned_deletion, instances))

    refused = bench.run(plan, dry_run=True, limit=at_most(1))
    allowed = bench.run(plan, dry_run=True, limit=at_most(2))

    assert ["LimitPerHour"] * 2 + ["AuditMode"] * 2 == [str(each.reason) for each in (*refused, *allowed)]
    assert 0 == operator_spent(database, bench.clock)


def test_s9_a_dead_run_holds_its_reservation_for_a_while(database: Database) -> None:
    """S9: what a killed run had reserved counts until nothing was heard of it for five minutes."""
    clock = Clock()
    journal = Journal(database)
    journal.reserve(a_reservation("killed", clock=clock), {ACCOUNT: 9})
    journal.begin(an_entry(), (), a_reservation("killed", clock=clock))
    alive = a_reservation("alive", clock=clock)

    with pytest.raises(LimitReachedError):
        journal.reserve(alive, {ACCOUNT: 2})
    clock.now += RESERVED_FOR
    journal.reserve(alive, {ACCOUNT: 9})

    assert 10 == operator_spent(database, clock)


def test_s9_a_run_that_was_thought_dead_asks_again(database: Database) -> None:
    """S9: a run that was asleep for longer than its reservation begins nothing that others have used up meanwhile."""
    clock = Clock()
    journal = Journal(database)
    slow = a_reservation("slow", clock=clock)
    journal.reserve(slow, {ACCOUNT: 2})
    clock.now += RESERVED_FOR + timedelta(seconds=1)

    journal.begin(an_entry("1", uid="one", at=clock.now), (), slow)
    journal.reserve(a_reservation("other", clock=clock), {ACCOUNT: 9})
    with pytest.raises(LimitReachedError):
        journal.begin(an_entry("2", uid="two", at=clock.now), (), slow)

    assert ["1"] == [entry.id for entry in journal.open_entries()]


def test_a_run_that_was_thought_dead_uses_the_last_place_that_is_left(database: Database) -> None:
    """It asks for the deletion that begins, and for no more."""
    clock = Clock()
    journal = Journal(database)
    slow = a_reservation("slow", clock=clock)
    journal.reserve(slow, {ACCOUNT: 2})
    clock.now += RESERVED_FOR + timedelta(seconds=1)
    journal.reserve(a_reservation("other", clock=clock), {ACCOUNT: ALLOWED - 1})

    journal.begin(an_entry("1", uid="one", at=clock.now), (), slow)

    assert ["1"] == [entry.id for entry in journal.open_entries()]


def test_what_is_reserved_is_used_whatever_others_reserve_later(database: Database) -> None:
    """Another run may have a higher limit; the places of the first one were counted when it reserved them."""
    journal = Journal(database)
    first = a_reservation("first")
    journal.reserve(first, {ACCOUNT: 2})
    journal.reserve(a_reservation("other", allowed=10 * ALLOWED), {ACCOUNT: 5 * ALLOWED})

    journal.begin(an_entry("1", uid="one"), (), first)

    assert ["1"] == [entry.id for entry in journal.open_entries()]


def test_a_sign_of_life_keeps_a_reservation(database: Database) -> None:
    """While a wave is waited for, what later waves will delete stays reserved."""
    clock = Clock(NOW)
    journal = Journal(database)
    reservation = a_reservation("patient", clock=clock)
    journal.reserve(reservation, {ACCOUNT: 4})

    for _ in range(5):
        clock.now += RESERVED_FOR - timedelta(seconds=1)
        journal.renew(reservation)

    assert 4 == operator_spent(database, clock)
    journal.release(reservation)
    assert 0 == operator_spent(database, clock)


def test_budgets_are_read_from_the_journal(database: Database) -> None:
    """What was deleted within the last hour counts, by whatever process, whatever may have happened included (S9)."""
    journal = Journal(database)
    rows = {
        "verified": {"state": ActionState.VERIFIED, "finished": NOW},
        "waiting": {"state": ActionState.WAITING},
        "started": {},
        "failed": {"state": ActionState.FAILED, "finished": NOW},
        "tags": {"state": ActionState.VERIFIED, "finished": NOW, "action": ActionType.SET_TAGS},
        "old": {"state": ActionState.VERIFIED, "finished": NOW, "at": NOW - HOUR},
        "other": {"state": ActionState.VERIFIED, "finished": NOW, "policy": "other", "account": "k8s"},
    }
    for name, row in rows.items():
        journal.record(an_entry(name, **{"uid": name, **row}))

    spent = budget(database, "test-accounts", NOW, operator_per_hour=7, released="abc")

    assert (3, 4, {ACCOUNT: 3, "k8s": 1}) == (
        spent.policy_deletions,
        spent.operator_deletions,
        spent.account_deletions,
    )
    assert (7, "abc", ()) == (spent.operator_per_hour, spent.released, spent.passes)


def test_s9_a_run_that_takes_its_leave_back_frees_no_others(database: Database) -> None:
    """S9: what one run lowers, extends or gives back leaves the reservations of all other runs as they were."""
    clock, journal = Clock(), Journal(database)
    mine, others = a_reservation("mine", clock=clock), a_reservation("others", clock=clock)
    journal.reserve(mine, {ACCOUNT: 3, "k8s": 2})
    journal.reserve(others, {ACCOUNT: 4})

    journal.lower(mine, {ACCOUNT: 1})
    lowered = operator_spent(database, clock)
    clock.now += RESERVED_FOR - SECOND
    journal.renew(mine)
    clock.now += SECOND
    renewed = operator_spent(database, clock)
    journal.release(others)

    assert (5, 1, 1) == (lowered, renewed, operator_spent(database, clock))


def test_s9_lowering_never_raises_a_reservation(database: Database) -> None:
    """S9: a wave that wants more than is left of the reservation gets no more of it."""
    clock, journal = Clock(), Journal(database)
    reservation = a_reservation("mine", clock=clock)
    journal.reserve(reservation, {ACCOUNT: 2})

    journal.lower(reservation, {ACCOUNT: 5})

    assert 2 == operator_spent(database, clock)


def test_a_wave_that_begins_is_a_sign_of_life(database: Database) -> None:
    """S9: what later waves will delete stays reserved for another five minutes."""
    clock, journal = Clock(), Journal(database)
    reservation = a_reservation("mine", clock=clock)
    journal.reserve(reservation, {ACCOUNT: 2})
    clock.now += RESERVED_FOR - SECOND

    journal.lower(reservation, {ACCOUNT: 2})
    clock.now += SECOND

    assert 2 == operator_spent(database, clock)


def test_a_lapsed_reservation_is_neither_renewed_nor_used(database: Database) -> None:
    """S9: others may have been granted meanwhile what it held; each deletion is asked for anew."""
    clock, journal = Clock(), Journal(database)
    slow = a_reservation("slow", allowed=2, clock=clock)
    journal.reserve(slow, {ACCOUNT: 2})
    clock.now += RESERVED_FOR
    journal.renew(slow)

    assert 0 == operator_spent(database, clock)
    journal.reserve(a_reservation("other", allowed=2, clock=clock), {ACCOUNT: 2})
    with pytest.raises(LimitReachedError):
        journal.begin(an_entry(at=clock.now), (), slow)


def test_each_deletion_that_begins_extends_the_reservation(database: Database) -> None:
    """S9: a run that deletes one by one needs no other sign of life, and is never in its own way."""
    clock, journal = Clock(), Journal(database)
    reservation = a_reservation("busy", allowed=3, clock=clock)
    journal.reserve(reservation, {ACCOUNT: 3})

    for number in range(3):
        clock.now += RESERVED_FOR - SECOND
        journal.begin(an_entry(str(number), uid=f"uid-{number}", at=clock.now), (), reservation)

    assert 3 == operator_spent(database, clock)
    with pytest.raises(LimitReachedError):
        journal.begin(an_entry("3", uid="uid-3", at=clock.now), (), reservation)


def test_a_reservation_is_used_by_account_and_by_deletions_only(database: Database) -> None:
    """S9: a write of tags takes nothing off, and a deletion elsewhere takes nothing off this account's share."""
    clock, journal = Clock(), Journal(database)
    reservation = a_reservation("mine", clock=clock)
    journal.reserve(reservation, {ACCOUNT: 2, "k8s": 2})

    journal.begin(an_entry("1", uid="tags", action=ActionType.SET_TAGS), (), reservation)
    journal.begin(an_entry("2", uid="there", account="k8s"), (), reservation)

    assert {ACCOUNT: 2, "k8s": 2} == budget(database, "another", clock()).account_deletions


def test_asking_without_keeping_leaves_no_reservation(database: Database) -> None:
    """S15: a dry run hears the same refusal as a real one."""
    clock, journal = Clock(), Journal(database)

    journal.reserve(a_reservation("dry", clock=clock), {ACCOUNT: ALLOWED}, keep=False)

    assert 0 == operator_spent(database, clock)
    with pytest.raises(LimitReachedError):
        journal.reserve(a_reservation("dry", clock=clock), {ACCOUNT: ALLOWED + 1}, keep=False)
