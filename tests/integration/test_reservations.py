"""Limits over the hour hold for runs that go side by side, on SQLite files and on a real PostgreSQL server (S9)."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tagwarden.errors import AccessDenied
from tagwarden.model.resource import Resource
from tagwarden.state import Database, Journal, budget
from tagwarden.state.reservations import RESERVED_FOR, LimitReachedError, Reservation
from tests.support.builders import ACCOUNT, NOW
from tests.support.enforcement import Bench, Clock, a_plan, an_entry, expired, planned_deletion
from tests.support.fake_provider import failing
from tests.support.postgres import Postgres
from tests.support.side_by_side import ALLOWED, WANTED, at_most

PROCESSES = 6


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as database:
        yield database


def a_reservation(holder: str, allowed: int = ALLOWED, clock: Clock | None = None) -> Reservation:
    return Reservation(holder, "test-accounts", at_most(allowed), clock or Clock())


def operator_spent(database: Database, clock: Clock) -> int:
    return budget(database, "another", clock()).operator_deletions


def test_s9_processes_side_by_side_never_pass_the_limit_together(url: str, tmp_path: Path) -> None:
    """S9: of six processes that want three deletions each under a limit of ten, three get all and three get none."""
    Database(url).close()
    folder = tmp_path / "arrived"
    folder.mkdir()
    command = [sys.executable, "-W", "error", "-m", "tests.support.side_by_side", url, str(folder)]
    children = [
        subprocess.Popen([*command, str(number), str(PROCESSES)], stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    ends = [(child.communicate(timeout=120)[0].split(), child.returncode) for child in children]

    assert {0} == {status for _, status in ends}
    assert Counter(
        {(("Verified:Expired",) * WANTED): ALLOWED // WANTED, (("Withheld:LimitPerHour",) * WANTED): 3}
    ) == Counter(tuple(told) for told, _ in ends)


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
