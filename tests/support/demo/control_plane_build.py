"""Gets the programs of the control plane ready in a process beside the demo: compiling them takes minutes, once."""

import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.demo.screen import Screen
from tests.support.go_toolchain import ToolchainError
from tests.support.processes import ProcessGroup

BUILD_SECONDS = 3600.0

_SCRIPT = Path(__file__).parents[1] / "build_control_plane.py"
_NAME = "build"


class ControlPlaneBuild:
    """One build; a `with` block starts it, and stops it if it still runs at the end."""

    def __init__(self) -> None:
        self._processes = ProcessGroup("demo-build")

    def __enter__(self) -> Self:
        self._processes.start(_NAME, [sys.executable, str(_SCRIPT)])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Interrupted, it stops its compiler, which SIGTERM would leave running.
        self._processes.stop(_NAME, with_signal=signal.SIGINT)
        self._processes.close()

    @property
    def is_done(self) -> bool:
        """Whether the build has ended, well or not."""
        return not self._processes.is_running(_NAME)

    @property
    def progress(self) -> str:
        """The latest line of the build, for a person."""
        lines = self._lines()
        if self.is_done or not lines:
            return "control plane: ready" if self.is_done else "control plane: starting the build"
        return f"control plane: {lines[-1].removeprefix('tagwarden: ')}"

    def wait(self, screen: Screen) -> None:
        """Wait for the end of the build with its progress on the screen; raise ToolchainError if it failed."""
        screen.wait(
            lambda: self.is_done, what="the control plane is built", seconds=BUILD_SECONDS, now=lambda: self.progress
        )
        lines = self._lines()
        if self._processes.stop(_NAME) != 0:
            raise ToolchainError("\n".join(lines[-20:]))

    def _lines(self) -> list[str]:
        log = self._processes.log_of(_NAME)
        return log.read_text(errors="replace").splitlines() if log.exists() else []
