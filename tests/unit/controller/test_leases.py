"""The Lease: one holder at a time, whatever clocks and API servers do (S11)."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tagwarden.controller.leases import Leadership, LeaseTerms, write_until
from tagwarden.errors import InvalidState, NotFound, PreconditionFailed, Unreachable

T = TypeVar("T")


class OneLease:
    """Keeps a Lease as the API server does: a writer that has not seen the last version is refused."""

    def __init__(self) -> None:
        self.lease: dict[str, Any] | None = None
        self.version = 0
        self.is_away = False

    async def read_lease(self, name: str) -> dict[str, Any]:
        await self._answer()
        if self.lease is None:
            raise NotFound(name)
        return dict(self.lease)

    async def create_lease(self, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        await self._answer()
        if self.lease is not None:
            raise InvalidState("it exists")
        return self._store({"metadata": {"name": name}, "spec": spec})

    async def replace_lease(self, lease: dict[str, Any]) -> dict[str, Any]:
        await self._answer()
        if self.lease is None or lease["metadata"]["resourceVersion"] != str(self.version):
            raise PreconditionFailed("it has changed")
        return self._store(lease)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise Unreachable("nobody answers")

    def _store(self, lease: dict[str, Any]) -> dict[str, Any]:
        self.version += 1
        self.lease = {**lease, "metadata": {**lease["metadata"], "resourceVersion": str(self.version)}}
        return dict(self.lease)


class QuickLoop(asyncio.SelectorEventLoop):
    """Its time stands still while anybody works, and jumps to when the next one wants to go on."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__()
        look = self._selector.select

        def select(timeout: float | None = None) -> Any:
            found = look(0 if timeout is not None else None)
            self._passed += 0 if found else timeout or 0
            return found

        self._selector.select = select

    def time(self) -> float:
        return self._passed


def play(scene: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        return runner.run(scene)


def now() -> datetime:
    return datetime(2026, 9, 1, 12, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())


def leadership(store: OneLease, folder: Path, identity: str, clock: Callable[[], datetime] = now) -> Leadership:
    terms = LeaseTerms("tagwarden", identity, seconds=30, margin=10)
    return Leadership(store, terms, folder / identity, clock)


async def until(condition: Callable[[], bool], seconds: float = 150) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.01)


def may_act(one: Leadership) -> bool:
    """Read the lease file as a child does."""
    return now() < datetime.fromisoformat(one.file.read_text().strip())


def test_a_lease_that_nobody_holds_is_told(tmp_path: Path) -> None:
    """S11: only who waits for another one that leads has nothing to say."""

    async def scene() -> None:
        store = OneLease()
        first, second = leadership(store, tmp_path, "a"), leadership(store, tmp_path, "b")
        assert "starting" == first.reason_without_leader
        task = asyncio.create_task(first.keep())
        await until(lambda: first.is_held)
        waiting = asyncio.create_task(second.keep())
        await until(lambda: bool(second.holder))
        assert ("", "") == (first.reason_without_leader, second.reason_without_leader)
        for one in (task, waiting):
            one.cancel()
        await asyncio.wait([task, waiting])
        assert "no leader: the Lease tagwarden, last held by a, has expired" == first.reason_without_leader

    play(scene())


def test_the_first_holds_it_and_the_second_waits(tmp_path: Path) -> None:
    """S11: two operators never hold the Lease at once, over many renewals."""

    async def scene() -> None:
        store = OneLease()
        first, second = leadership(store, tmp_path, "a"), leadership(store, tmp_path, "b")
        tasks = [asyncio.create_task(first.keep()), asyncio.create_task(second.keep())]
        await until(lambda: first.is_held or second.is_held)
        holder, waiter = (first, second) if first.is_held else (second, first)
        started = store.version
        while store.version < started + 12:
            assert (True, False) == (holder.is_held, waiter.is_held)
            assert may_act(holder)
            await asyncio.sleep(0.5)
        assert not waiter.file.exists() or not may_act(waiter)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    play(scene())


def test_a_holder_that_stops_gives_it_back_at_once(tmp_path: Path) -> None:
    """After a clean stop the next operator does not wait for the Lease to run out."""

    async def scene() -> tuple[bool, bool]:
        store = OneLease()
        first, second = leadership(store, tmp_path, "a"), leadership(store, tmp_path, "b")
        keeping = asyncio.create_task(first.keep())
        await until(lambda: first.is_held)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await first.give_back()
        taking = asyncio.create_task(second.keep())
        await until(lambda: second.is_held, seconds=1)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        return first.is_held, may_act(first)

    assert (False, False) == play(scene())


def test_a_holder_that_died_is_followed_after_the_whole_duration(tmp_path: Path) -> None:
    """S11: the next waits until what the dead one started has stopped acting by itself."""

    async def scene() -> tuple[float, bool]:
        store = OneLease()
        first, second = leadership(store, tmp_path, "a"), leadership(store, tmp_path, "b")
        dying = asyncio.create_task(first.keep())
        await until(lambda: first.is_held)
        until_then = first.file.read_text()
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        # SIGKILL writes no last word: the file stays as it was.
        first.file.write_text(until_then)
        began = asyncio.get_running_loop().time()
        taking = asyncio.create_task(second.keep())
        await until(lambda: second.is_held)
        waited = asyncio.get_running_loop().time() - began
        left = may_act(first)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        return waited, left

    waited, left = play(scene())

    # Until the second has seen it, and then its whole duration.
    assert 30 <= waited <= 40
    assert not left


def test_a_holder_that_is_cut_off_stops_before_its_lease_ends(tmp_path: Path) -> None:
    """S11: without an API server the holder cannot know who took over, so it stops a margin before anybody may."""

    async def scene() -> tuple[float, bool, int]:
        store = OneLease()
        one = leadership(store, tmp_path, "a")
        keeping = asyncio.create_task(one.keep())
        await until(lambda: one.is_held)
        one.changed.clear()
        store.is_away = True
        began = asyncio.get_running_loop().time()
        await until(lambda: not one.is_held)
        lost = asyncio.get_running_loop().time() - began
        await asyncio.wait_for(one.changed.wait(), 0.1)
        allowed = may_act(one)
        store.is_away = False
        await until(lambda: one.is_held)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        assert store.lease is not None
        return lost, allowed, store.lease["spec"]["leaseTransitions"]

    lost, allowed, transitions = play(scene())

    assert 15 <= lost <= 20
    assert not allowed
    assert 0 == transitions


def test_who_cannot_reach_the_lease_says_why_until_it_can(tmp_path: Path) -> None:
    """Neither the holder nor who waits is in order while the API server does not answer: readiness tells."""

    async def scene() -> tuple[str, str, str]:
        store = OneLease()
        one = leadership(store, tmp_path, "a")
        keeping = asyncio.create_task(one.keep())
        await until(lambda: one.is_held)
        before = one.obstacle
        store.is_away = True
        await until(lambda: not one.is_held)
        during = one.obstacle
        store.is_away = False
        await until(lambda: one.is_held)
        after = one.obstacle
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        return before, during, after

    assert ("", "cannot renew the Lease tagwarden: nobody answers", "") == play(scene())


def test_clocks_of_others_do_not_matter(tmp_path: Path) -> None:
    """S11: a holder whose clock is a day behind still holds what it renews."""

    async def scene() -> tuple[bool, bool]:
        store = OneLease()
        slow = leadership(store, tmp_path, "slow", lambda: datetime(2020, 1, 1, tzinfo=UTC))
        other = leadership(store, tmp_path, "other")
        tasks = [asyncio.create_task(slow.keep())]
        await until(lambda: slow.is_held)
        tasks.append(asyncio.create_task(other.keep()))
        # The instant never changes: what is written differs in nothing, and only the version moves.
        seen = store.version
        await until(lambda: store.version > seen + 9)
        found = slow.is_held, other.is_held
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return found

    assert (True, False) == play(scene())


@pytest.mark.parametrize("times", [1, 50])
def test_the_file_is_never_half_written(tmp_path: Path, times: int) -> None:
    """A reader at any moment finds one whole instant, and no other file is left behind."""
    file = tmp_path / "lease"
    instant = datetime(2026, 9, 1, 12, tzinfo=UTC)

    for _ in range(times):
        write_until(file, instant)

    assert instant == datetime.fromisoformat(file.read_text().strip())
    assert [file] == list(tmp_path.iterdir())
