"""Plans on disk: one Parquet file per plan, by policy and day, so that approved and explained plans are the shown ones.

Hive-style partitions let any query engine read the plans of all policies as one table.
"""

import contextlib
import os
from datetime import datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tagwarden.errors import BadInput, StateError
from tagwarden.inventory.plan_table import document_of, table_of
from tagwarden.model.plan import Plan
from tagwarden.planning import SeenApproval, plan_from_json, plan_json

_PARQUET = b"PAR1"
_HALF = "_half."
"""Prefix of files that are being written; query engines skip such names."""


class PlanStore:
    """The plans below one folder: `<root>/plans/policy=<name>/date=<UTC date>/<time>.<hash>.parquet`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, plan: Plan) -> Path:
        """Write a plan atomically, and give the file."""
        folder = self._folder_of(plan.policy) / f"date={plan.generated_at:%Y-%m-%d}"
        path = folder / f"{plan.generated_at:%Y%m%dT%H%M%S.%f}Z.{plan.hash}.parquet"
        half = folder / f"{_HALF}{os.getpid()}.{path.name}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(table_of(plan_json(plan)), half, compression="zstd")
            half.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):  # the error may concern the folder itself
                half.unlink(missing_ok=True)
            raise StateError(f"cannot write the plan {path}: {error.strerror or error}") from error
        return path

    def find(self, policy: str, plan_hash: str) -> Plan | None:
        """Give the newest stored plan with this hash; None if not stored."""
        files = [path for path in self.files(policy) if path.name.endswith(f".{plan_hash}.parquet")]
        return load_plan(files[-1]) if files else None

    def approval_of(self, policy: str, plan_hash: str, now: datetime) -> SeenApproval:
        """Give when the approval of this hash was first seen and last used; a new approval is seen now and unused."""
        try:
            approved, *moments = self._approval(policy).read_text(encoding="utf-8").split()
            if approved == plan_hash:
                return SeenApproval(*map(datetime.fromisoformat, moments))
        except (OSError, ValueError, TypeError):
            pass  # missing or unreadable: the approval counts from now
        return self._note(policy, plan_hash, SeenApproval(now))

    def use_approval(self, policy: str, plan_hash: str, now: datetime) -> None:
        """Record that the plan with this hash was carried out under the approval."""
        self._note(policy, plan_hash, self.approval_of(policy, plan_hash, now)._replace(used=now))

    def _note(self, policy: str, plan_hash: str, seen: SeenApproval) -> SeenApproval:
        note = self._approval(policy)
        moments = [moment.isoformat() for moment in seen if moment is not None]
        try:
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(" ".join([plan_hash, *moments]), encoding="utf-8")
        except OSError as error:
            raise StateError(f"cannot write {note}: {error.strerror or error}") from error
        return seen

    def latest(self, policy: str) -> Plan | None:
        """Give the newest stored plan of a policy; None if no plan is stored."""
        files = self.files(policy)
        return load_plan(files[-1]) if files else None

    def files(self, policy: str | None = None) -> tuple[Path, ...]:
        """List every stored plan, of one policy or of all, oldest first."""
        folder = f"policy={policy}" if policy else "policy=*"
        found = (self.root / "plans").glob(f"{folder}/date=*/*.parquet")
        return tuple(sorted((path for path in found if not path.name.startswith(_HALF)), key=lambda path: path.name))

    def policies(self) -> tuple[str, ...]:
        """Name the policies with a folder."""
        found = (self.root / "plans").glob("policy=*")
        return tuple(sorted(path.name.removeprefix("policy=") for path in found))

    def prune(self, policy: str, keep_since: datetime) -> int:
        """Remove the plans made before `keep_since` (aware UTC), never the newest; give the number removed.

        Incomplete files of killed processes are removed with the plans of the same day.
        """
        first = f"{keep_since:%Y%m%dT%H%M%S.%f}Z"
        outdated = [path for path in self.files(policy)[:-1] if path.name < first]
        for path in outdated:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in outdated}:
            left = list(folder.iterdir())
            if all(path.name.startswith(_HALF) for path in left) and folder.name < f"date={keep_since:%Y-%m-%d}":
                for path in left:
                    path.unlink(missing_ok=True)
                folder.rmdir()
        return len(outdated)

    def _folder_of(self, policy: str) -> Path:
        return self.root / "plans" / f"policy={policy}"

    def _approval(self, policy: str) -> Path:
        return self._folder_of(policy) / "_approval"


def policy_of(path: Path) -> str:
    """Name the policy of a stored plan."""
    return path.parent.parent.name.removeprefix("policy=")


def hash_of(path: Path) -> str:
    """Give the hash of a stored plan."""
    return path.name.split(".")[-2]


def mentions(path: Path, name: str) -> bool:
    """Whether a plan may hold a resource with this uid, id, name or KIND/ID, without reading the whole file.

    A deleted file mentions no resource.
    """
    wanted = {name, name.partition("/")[2]} - {""}
    try:
        table = pq.ParquetFile(path).read(columns=["uid", "id", "name"])
    except (OSError, pa.ArrowInvalid):
        return False
    return any(not wanted.isdisjoint(column.to_pylist()) for column in table.columns)


def load_plan(path: Path) -> Plan:
    """Read a plan, as stored or as written by `plan --output json`.

    Raises BadInput with the file name if the file holds no plan, or a changed plan.
    """
    try:
        content = path.read_bytes()
        if content.startswith(_PARQUET):
            document = document_of(pq.ParquetFile(pa.BufferReader(content)).read())
        else:
            document = orjson.loads(content)
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (OSError, orjson.JSONDecodeError, pa.ArrowInvalid) as error:
        raise BadInput(f"{path}: not a plan: {error}") from error
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
    try:
        return plan_from_json(document)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
