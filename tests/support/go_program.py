"""Builds a program from an ordinary Go module, once, into the user's cache folder."""

import hashlib
import os
import subprocess
from pathlib import Path

from tests.support.go_toolchain import ToolchainError, cache_folder, find_go, to_stderr
from tests.support.processes import one_at_a_time


def built_program(name: str, module: Path, package: str = ".") -> Path:
    """Return the program of a package that the folder `module` pins, building it if this version never was.

    Several processes may ask at once: one builds, the others wait. Raises ToolchainError when there is no Go and none
    can be installed, or when the build fails.
    """
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(module.iterdir())))
    program = cache_folder() / f"{name}-{digest.hexdigest()[:12]}"
    with one_at_a_time(program.with_suffix(".lock")):
        if not program.exists():
            _build(program, name, module, package)
    return program


def _build(program: Path, name: str, module: Path, package: str) -> None:
    to_stderr(f"building {name} with Go: about a minute, once")
    go = find_go(to_stderr)
    unfinished = program.with_suffix(".unfinished")
    flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w", "-o", str(unfinished), package]
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local", **go.environment}
    built = subprocess.run(
        [str(go.program), "build", *flags], cwd=module, env=environment, capture_output=True, text=True, check=False
    )
    go.clean()
    if built.returncode != 0:
        raise ToolchainError(
            f"building {name} failed:\n{built.stderr[-3000:]}\nIt needs the Go module proxy (`go env GOPROXY`)."
        )
    unfinished.rename(program)
