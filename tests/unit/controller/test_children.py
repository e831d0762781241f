"""Children: real processes that answer, complain, hang, and are told to stop."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from tagwarden.controller.children import Children, Finished

T = TypeVar("T")


def run(program: str, declarations: bytes = b"", *, seconds: float = 20, stop_seconds: float = 5) -> Finished:
    """Run a Python program as a child."""
    children = Children(stop_seconds, (sys.executable, "-c", program))
    return asyncio.run(children.run(["-"], declarations, name="test", seconds=seconds))


def test_a_child_reads_what_it_is_told_and_answers() -> None:
    """Declarations of any size go in, one document comes out, its exit status is kept."""
    program = "import sys; text = sys.stdin.read(); print('{\"read\": %d}' % len(text)); sys.exit(3)"

    finished = run(program, b"x" * 1_000_000)

    assert (3, {"read": 1_000_000}) == (finished.status, finished.answer)


@pytest.mark.parametrize("printed", ["", "not json", "[1, 2]"])
def test_an_answer_that_is_none(printed: str) -> None:
    """A child that died in the middle of a word has answered nothing."""
    assert {} == run(f"print({printed!r}, end='')").answer


def test_what_went_wrong_is_told_in_its_own_words() -> None:
    """Lines for people are passed on; the complaint is the last word of the command line."""
    program = "import sys; print('reading', file=sys.stderr); sys.exit('tagwarden: spec.where: write CEL')"

    finished = run(program)

    assert ("reading", "tagwarden: spec.where: write CEL") == finished.lines
    assert "spec.where: write CEL" == finished.complaint


def test_a_child_that_says_nothing_is_known_by_its_end() -> None:
    """Killed for its memory it leaves no word."""
    finished = run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    assert -9 == finished.status
    assert "the process exited with status -9 and no error message" == finished.complaint


def test_a_child_that_does_not_read_harms_nobody() -> None:
    """One that refuses its arguments ends before it has read what it was told."""
    finished = run("import sys; sys.stdin.close(); sys.exit(2)", b"x" * 10_000_000)

    assert 2 == finished.status


def test_a_line_without_end_is_passed_over() -> None:
    """What follows an endless line is still heard."""
    program = "import sys; sys.stderr.write('x' * 500_000 + chr(10) + 'after' + chr(10))"

    assert "after" == run(program).lines[-1]


def test_a_child_that_hangs_is_stopped() -> None:
    """A pass has a time limit, and a child that ignores SIGTERM is killed."""
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"

    finished = run(program, seconds=1, stop_seconds=0.5)

    assert finished.timed_out
    assert -9 == finished.status


STOPS_WELL = """
import signal, sys, time
def stop(*_):
    print('{"done": 1}', flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print('ready', file=sys.stderr, flush=True)
time.sleep(600)
"""


async def when_ready(children: Children, then: Callable[[asyncio.Task[Finished]], Awaitable[T]]) -> T:
    """Start a child that stops well, wait until it can, and go on."""
    task = asyncio.create_task(children.run([], b"", name="test", seconds=60))
    async with asyncio.timeout(20):
        while not children.running:  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
    return await then(task)


def test_cancelling_stops_the_child_and_leaves_none() -> None:
    """An operator that stops takes its children along."""
    children = Children(5, (sys.executable, "-c", STOPS_WELL))

    async def cancel(task: asyncio.Task[Finished]) -> bool:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert asyncio.run(when_ready(children, cancel))
    assert 0 == children.running


def test_s17_a_child_that_is_told_to_stop_still_answers() -> None:
    """S17: what it did up to then is what status, events and metrics tell."""
    children = Children(5, (sys.executable, "-c", STOPS_WELL))

    async def stop() -> Finished:
        told = asyncio.Event()
        task = asyncio.create_task(children.run([], b"", name="test", seconds=60, stop=told))
        async with asyncio.timeout(20):
            while not children.running:  # noqa: ASYNC110 - what is waited for sets no event
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.5)
        told.set()
        return await task

    finished = asyncio.run(stop())

    assert ({"done": 1}, True, False) == (finished.answer, finished.was_stopped, finished.timed_out)
