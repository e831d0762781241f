"""Runs the command line in child processes, which keeps blocking and memory-hungry work out of the event loop.

A child reads the declarations from standard input, logs to standard error and writes a JSON document to standard
output. On SIGTERM a child finishes the current action and starts no other. A child that does not end in time is killed;
the journal then tells the unfinished actions.
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
"""The prefix of error lines of the command line."""
_LINES_KEPT = 40
_LONGEST_LINE = 64 * 1024
_LAST_WORDS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a child: the exit status (negative: the signal), the output and the last log lines.

    `was_stopped` is true after a stop request; the output then covers the work done so far.
    """

    status: int
    answer: Mapping[str, object]
    lines: tuple[str, ...]
    timed_out: bool = False
    was_stopped: bool = False

    @property
    def complaint(self) -> str:
        """The child's error message, in one line."""
        said = [line.removeprefix(_COMPLAINT) for line in self.lines if line.startswith(_COMPLAINT)]
        if said:
            return "; ".join(said)
        return self.lines[-1] if self.lines else f"the process exited with status {self.status} and no error message"


class Children:
    """Starts children; used from a single event loop."""

    def __init__(
        self,
        stop_seconds: float,
        command: Sequence[str] = (sys.executable, "-m", "tagwarden"),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`environment` is added to each child's environment: secrets must not be in arguments."""
        self._stop_seconds = stop_seconds
        self._environment = environment
        self._command = tuple(command)
        self._running: set[asyncio.subprocess.Process] = set()

    @property
    def running(self) -> int:
        """The number of running children."""
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
        """Run a child to its end; `name` identifies it in the log.

        Setting `stop` stops the child and waits for the output. Cancelling stops the child and discards the output.
        """
        # A file instead of a pipe: the output may be large, and is only used when complete.
        with tempfile.TemporaryFile() as answer:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=answer,
                stderr=asyncio.subprocess.PIPE,
                limit=_LONGEST_LINE,
                env={**os.environ, **self._environment, "PYTHONUNBUFFERED": "1"},
                # A Ctrl-C at the terminal is for the operator, which then stops all children.
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
                logger.warning("%s took longer than %g s; stopping it", name, seconds)
                await self._stop(process)
            except asyncio.CancelledError:
                await self._stop(process)
                raise
            finally:
                self._running.discard(process)
                # The last lines may not have arrived; an orphaned process could keep the pipe open forever.
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
            logger.warning("process %d did not stop within %g s; killing it", process.pid, self._stop_seconds)
            _send(process, signal.SIGKILL)
            await process.wait()


async def _is_to_stop(process: asyncio.subprocess.Process, stop: asyncio.Event) -> bool:
    """Wait until the process ends or a stop is requested; give whether a stop was requested."""
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
    assert process.stdin is not None  # noqa: S101 - the process has a pipe
    # A child that refuses the arguments does not read the input.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(declarations)
        await process.stdin.drain()
    process.stdin.close()


async def _follow(process: asyncio.subprocess.Process, name: str, lines: deque[str]) -> None:
    assert process.stderr is not None  # noqa: S101 - the process has a pipe
    while True:
        try:
            raw = await process.stderr.readline()
        except ValueError:  # a line beyond the limit; the beginning is lost
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
