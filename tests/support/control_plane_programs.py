"""Builds the programs of a Kubernetes control plane from ordinary Go modules, once, into the user's cache folder."""

import hashlib
import math
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO

from tests.support.go_toolchain import Go, Report, ToolchainError, cache_folder, find_go, to_stderr
from tests.support.processes import one_at_a_time

MODULE = Path(__file__).with_name("controlplane")
VERSION = "v1.34.4"

# What the programs are called, and the packages they are built from.
PROGRAMS = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
}

# For the estimate of the time left: the lines of `go list -deps` with these packages, in `controlplane/`.
PACKAGES = 2_600
# Packages of Go itself come first and are small: an estimate from them alone would be far too short.
FIRST_ESTIMATE = 300

# Seconds between two lines of progress.
PROGRESS_EVERY = 10.0


def programs(report: Report = to_stderr) -> Path:
    """Return the folder with the programs, building them first when this version was never built here.

    Several processes may ask at once: one builds, the others wait for it. Raises ToolchainError when there is no Go and
    none can be installed, or when the build fails; the message says what to do.
    """
    folder = cache_folder() / f"control-plane-{VERSION}-{_fingerprint()}"
    if _is_complete(folder):
        return folder
    lock = folder.with_suffix(folder.suffix + ".lock")
    busy = "another process is building the Kubernetes control plane: waiting for it"
    with one_at_a_time(lock, lambda: report(busy)):
        if not _is_complete(folder):
            go = find_go(report)
            _build(folder, go, report)
            go.clean()
    return folder


def _fingerprint() -> str:
    """Return a short hash of all that decides what is built."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", "tools.go"):
        digest.update((MODULE / name).read_bytes())
    return digest.hexdigest()[:12]


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in PROGRAMS)


def _build(folder: Path, go: Go, report: Report) -> None:
    started = time.monotonic()
    report(f"building a Kubernetes {VERSION} control plane with {go.program}: about five minutes, once")
    # Beside its final place, so that the rename is atomic: nobody ever sees half a build.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as name:
        unfinished = Path(name)
        _compile(unfinished, go, report)
        # Go names a program after its package.
        (unfinished / "server").rename(unfinished / "etcd")
        if folder.exists():
            shutil.rmtree(folder)
        result = unfinished.rename(folder)
        # TemporaryDirectory removes what it made, and must find it.
        unfinished.mkdir()
    size = sum(program.stat().st_size for program in result.iterdir()) // 2**20
    report(f"built {', '.join(PROGRAMS)} in {_minutes(started)} ({size} MB in {folder})")


def _compile(output: Path, go: Go, report: Report) -> None:
    major, minor = VERSION.removeprefix("v").split(".")[:2]
    version = "k8s.io/component-base/version."
    stamps = f"-X {version}gitVersion={VERSION} -X {version}gitMajor={major} -X {version}gitMinor={minor}"
    command = [
        *(go.program, "build", "-v", "-trimpath", "-buildvcs=false", "-mod=readonly"),
        *("-ldflags", f"-s -w {stamps}", "-o", f"{output}/", *PROGRAMS.values()),
    ]
    environment = {
        **os.environ,
        "CGO_ENABLED": "0",
        # This module alone decides what is built, with the Go that was found.
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
        **go.environment,
    }
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            ["nice", "-n", "19", *map(str, command)],
            cwd=MODULE,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(process, log, report)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        log.seek(0)
        lines = log.read().splitlines()
    if process.returncode != 0:
        raise ToolchainError(
            "building the Kubernetes control plane failed:\n"
            + "\n".join(lines[-15:])
            + "\nThe first time it needs the Go module proxy (`go env GOPROXY`), 4 GB of memory and 4 GB of disk."
        )


def _wait(process: subprocess.Popen[bytes], log: IO[str], report: Report) -> None:
    """Wait for the compiler and report its progress; with -v it prints a line for each package that it compiles."""
    started = time.monotonic()
    while True:
        try:
            process.wait(PROGRESS_EVERY)
        except subprocess.TimeoutExpired:
            printed = os.pread(log.fileno(), 10**7, 0).decode(errors="replace").splitlines()
            packages = sum(1 for line in printed if not line.startswith("go: "))
            report(describe_progress(packages, time.monotonic() - started))
        else:
            return


def describe_progress(packages: int, seconds: float) -> str:
    """Describe a build that has compiled so many packages in so many seconds, with an estimate of the time left.

    Linking comes last and prints no line. What Go finds in its own cache is not compiled, so that a build may be done
    sooner.
    """
    if not packages:
        return "downloading the Go modules of Kubernetes"
    told = f"compiled {min(packages, PACKAGES):,} of about {PACKAGES:,} packages"
    if packages >= PACKAGES:
        return f"{told}; linking, less than two minutes left"
    if packages < FIRST_ESTIMATE:
        return told
    left = seconds * (PACKAGES - packages) / packages
    return f"{told}; about {max(1, math.ceil(left / 60))} min left"


def _minutes(started: float) -> str:
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    return f"{minutes} min {seconds:02} s"
