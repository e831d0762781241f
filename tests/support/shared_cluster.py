"""One control plane for all processes of a test run: pytest-xdist starts several, and memory is for tests."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster import Cluster
from tests.support.control_plane import new_control_plane
from tests.support.go_toolchain import Report, to_stderr
from tests.support.processes import one_at_a_time, wait_until

# Longer than any test run: whoever started the control plane waits for the others to finish with it.
LONGEST_RUN = 3600.0


@dataclass(frozen=True, slots=True)
class _Meeting:
    """The folder where the processes of a run agree; its files are read and written only under the lock."""

    folder: Path

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        with one_at_a_time(self.folder / "lock"):
            yield

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster.json"

    def guests(self) -> list[Path]:
        """Return the marks of the processes that use the cluster, without those that died."""
        marks = list(self.folder.glob("guest-*"))
        for mark in marks:
            if not _is_alive(int(mark.name.split("-")[1])):
                mark.unlink(missing_ok=True)
        return [mark for mark in marks if mark.exists()]


@contextlib.contextmanager
def shared_cluster(folder: Path, report: Report = to_stderr) -> Iterator[Cluster]:
    """Yield the cluster of this run: the first process that asks starts it, and ends it after the last has left.

    `folder` is one that all processes of the run share and no other run does.
    """
    meeting = _Meeting(folder)
    with contextlib.ExitStack() as stack:
        with meeting.lock():
            owned = not meeting.cluster.exists()
            if owned:
                control_plane = stack.enter_context(new_control_plane(report))
                cluster: Cluster = control_plane
                _publish(meeting, cluster)
            else:
                known = json.loads(meeting.cluster.read_text())
                cluster = Cluster(Path(known["folder"]), Path(known["kubectl"]))
            mark = meeting.folder / f"guest-{os.getpid()}-{secrets.token_hex(4)}"
            mark.touch()
        try:
            yield cluster
        finally:
            mark.unlink(missing_ok=True)
            if owned:
                wait_until(lambda: _withdrawn(meeting), what="the last guest has left", seconds=LONGEST_RUN)


def _publish(meeting: _Meeting, cluster: Cluster) -> None:
    meeting.cluster.write_text(json.dumps({"folder": str(cluster.folder), "kubectl": str(cluster.kubectl_path)}))


def _withdrawn(meeting: _Meeting) -> bool:
    """Take the invitation back when nobody uses the cluster; one who comes later starts another."""
    with meeting.lock():
        if meeting.guests():
            return False
        meeting.cluster.unlink()
        return True


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
