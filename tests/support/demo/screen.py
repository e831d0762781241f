"""The output of the demo: colours and a live line at a terminal, plain lines in a log."""

import sys
import time
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tests.support.processes import wait_until

LOG_WIDTH = 180
INDENT = 5
"""Columns before the output of other programs."""
REPEAT_SECONDS = 10.0
"""Seconds between two lines of progress in a log."""
LOOK_SECONDS = 0.3
"""Seconds between two looks at a condition."""


class Screen:
    """Shows steps, tables, the output of other programs, and progress."""

    def __init__(self, steps: int) -> None:
        self.is_terminal = sys.stdout.isatty()
        self._console = Console(highlight=False, width=None if self.is_terminal else LOG_WIDTH)
        self._steps = steps
        self._step = 0
        self._started = time.monotonic()

    def step(self, title: str) -> None:
        """Begin the next step."""
        self._step += 1
        self._console.print()
        self._console.print(f"[bold cyan]{self._step}/{self._steps}  {escape(title)}[/]  [dim]{self.elapsed:.0f} s[/]")

    @property
    def width(self) -> int:
        """Columns for the output of other programs."""
        return self._console.width - INDENT

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def say(self, text: str, style: str = "") -> None:
        """Show a line."""
        self._line(Text(text, style=style))

    def good(self, text: str) -> None:
        """Show a line about a success."""
        self.say(text, "green")

    def bad(self, text: str) -> None:
        """Show a line about a failure."""
        self.say(text, "bold red")

    def ran(self, command: str, output: str, lines: int = 40) -> None:
        """Show a command and its output."""
        self._line(Text(f"$ {command}", style="bold"))
        shown = output.rstrip().splitlines()
        for line in shown[:lines]:
            self._console.print(Text(f"{' ' * INDENT}{line}"), soft_wrap=True)
        if len(shown) > lines:
            self.say(f"  … {len(shown) - lines} more lines", "dim")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Show a table, with every text whole."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*map(escape, row))
        self._console.print(Padding(table, (0, 0, 0, 3), expand=False))

    def _line(self, text: Text) -> None:
        if self.is_terminal:
            self._console.print(Padding(text, (0, 0, 0, 3)))
        else:
            # A log is searched by line: a message stays in one line.
            self._console.print(Text("   ").append_text(text), soft_wrap=True)

    def wait(self, condition: Callable[[], bool], *, what: str, seconds: float, now: Callable[[], str]) -> None:
        """Return when the condition holds; show the progress that `now` gives until then. Raises TimeoutError."""
        quiet_since = time.monotonic()
        told = ""

        def look(show: Callable[[str], None]) -> bool:
            show(now())
            return condition()

        def log(text: str) -> None:
            nonlocal quiet_since, told
            if text != told and time.monotonic() - quiet_since > REPEAT_SECONDS:
                self.say(f"… {text}", "dim")
                quiet_since, told = time.monotonic(), text

        if not self.is_terminal:
            wait_until(lambda: look(log), what=what, seconds=seconds, pause=LOOK_SECONDS)
            return
        with self._console.status(f"   {escape(what)}") as line:
            wait_until(
                lambda: look(lambda text: line.update(f"   {escape(text)}")),
                what=what,
                seconds=seconds,
                pause=LOOK_SECONDS,
            )
