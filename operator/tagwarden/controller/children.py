"""Runs our own command line in processes of their own, so that nothing that blocks or eats memory is in the event loop.

A child reads the declarations from its standard input, says what it does on standard error, and answers with one JSON
document on standard output. Told to stop (SIGTERM) it finishes the action under way and starts no other; it is
killed only when it does not end in time, and the journal tells what it was about.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO

import orjson

logger = logging.getLogger(__name__)

_COMPLAINT = "tagwarden: "
"""How our command line begins what it says went wrong."""
_LINES_KEPT = 40
_LONGEST_LINE = 64 * 1024
_LAST_WORDS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended: its exit status (negative: the signal), its answer, and its last lines for people.

    `was_stopped` says that it was told to stop before its end; its answer then tells how far it came.
    """

    status: int
    answer: Mapping[str, object]
    lines: tuple[str, ...]
    timed_out: bool = False
    was_stopped: bool = False

    @property
    def complaint(self) -> str:
        """What it said went wrong, in one line."""
        said = [line.removeprefix(_COMPLAINT) for line in self.lines if line.startswith(_COMPLAINT)]
        if said:
            return "; ".join(said)
        return self.lines[-1] if self.lines else f"it ended with status {self.status} and said nothing"


class Children:
    """Starts children; used from one event loop."""

    def __init__(
        self,
        stop_seconds: float,
        command: Sequence[str] = (sys.executable, "-m", "tagwarden"),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`environment` is told to each child besides our own: what is secret must not be in its arguments."""
        self._stop_seconds = stop_seconds
        self._environment = environment
        self._command = tuple(command)
        self._running: set[asyncio.subprocess.Process] = set()

    @property
    def running(self) -> int:
        """How many run now."""
        return len(self._running)

    async def run(
        self,
        arguments: Sequence[str],
        declarations: bytes,
        *,
        name: str,
        seconds: float,
        stop: asyncio.Event | None = None,
    ) -> Finished:
        """Run one child to its end; `name` is what the log calls it.

        The child is told to stop when `stop` is set, and its answer is waited for. Cancelling this stops the child, and
        nobody learns its answer.
        """
        # A file and not a pipe: the answer may be large, and is only wanted once it is whole.
        with tempfile.TemporaryFile() as answer:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=answer,
                stderr=asyncio.subprocess.PIPE,
                limit=_LONGEST_LINE,
                env={**os.environ, **self._environment, "PYTHONUNBUFFERED": "1"},
                # A Ctrl-C at the terminal is for the operator, which then tells its children.
                start_new_session=True,
            )
            self._running.add(process)
            timed_out = was_stopped = False
            lines: deque[str] = deque(maxlen=_LINES_KEPT)
            talking = [
                asyncio.create_task(_write(process, declarations)),
                asyncio.create_task(_follow(process, name, lines)),
            ]
            try:
                async with asyncio.timeout(seconds):
                    was_stopped = await _is_to_stop(process, stop or asyncio.Event())
                if was_stopped:
                    await self._stop(process)
            except TimeoutError:
                timed_out = True
                logger.warning("%s took longer than %g s and is stopped", name, seconds)
                await self._stop(process)
            except asyncio.CancelledError:
                await self._stop(process)
                raise
            finally:
                self._running.discard(process)
                # Its last words are still on their way; a process that it left behind could hold the pipe for ever.
                await asyncio.wait(talking, timeout=_LAST_WORDS_SECONDS)
                for task in talking:
                    task.cancel()
                await asyncio.gather(*talking, return_exceptions=True)
            found = await asyncio.to_thread(_read_answer, answer)
            status = process.returncode if process.returncode is not None else -signal.SIGKILL
            if status < 0 or timed_out:
                logger.warning("%s ended with status %d; its last lines:\n%s", name, status, "\n".join(lines))
            return Finished(status, found, tuple(lines), timed_out, was_stopped)

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        _send(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self._stop_seconds)
        except TimeoutError:
            logger.warning("process %d did not stop in %g s and is killed", process.pid, self._stop_seconds)
            _send(process, signal.SIGKILL)
            await process.wait()


async def _is_to_stop(process: asyncio.subprocess.Process, stop: asyncio.Event) -> bool:
    """Wait until the process has ended or is to be stopped, and say whether it is to be."""
    waiting = [asyncio.create_task(process.wait()), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return process.returncode is None


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


async def _write(process: asyncio.subprocess.Process, declarations: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    # A child that refuses its arguments does not wait for the rest.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(declarations)
        await process.stdin.drain()
    process.stdin.close()


async def _follow(process: asyncio.subprocess.Process, name: str, lines: deque[str]) -> None:
    assert process.stderr is not None  # noqa: S101 - it was asked for
    while True:
        try:
            raw = await process.stderr.readline()
        except ValueError:  # a line beyond the limit; what was read of it is gone
            continue
        if not raw:
            return
        line = raw.decode("utf-8", "replace").rstrip()
        lines.append(line)
        logger.log(logging.WARNING if line.startswith(_COMPLAINT) else logging.DEBUG, "%s: %s", name, line)


def _read_answer(file: IO[bytes]) -> Mapping[str, object]:
    file.seek(0)
    try:
        found = orjson.loads(file.read() or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
