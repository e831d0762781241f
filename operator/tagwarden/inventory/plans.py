"""Plans on disk: one JSON document each, by policy and hash: what is approved or explained is what was shown."""

import os
from datetime import datetime
from pathlib import Path

import orjson

from tagwarden.errors import BadInput, StateError
from tagwarden.model.plan import Plan
from tagwarden.planning import plan_from_json, plan_json


class PlanStore:
    """The plans below one folder: `<root>/plans/policy=<name>/<time>.<hash>.json`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, plan: Plan) -> Path:
        """Write a plan, whole or not at all, and give its file."""
        path = self._folder_of(plan.policy) / f"{plan.generated_at:%Y%m%dT%H%M%S.%f}Z.{plan.hash}.json"
        half = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            half.write_bytes(orjson.dumps(plan_json(plan)))
            half.replace(path)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise StateError(f"cannot write the plan {path}: {error.strerror or error}") from error
        return path

    def find(self, policy: str, plan_hash: str) -> Plan | None:
        """Give the newest stored plan of that hash; None when there is none."""
        files = sorted(self._folder_of(policy).glob(f"*.{plan_hash}.json"))
        return load_plan(files[-1]) if files else None

    def approved_since(self, policy: str, plan_hash: str, now: datetime) -> datetime:
        """Give when the approval of this hash was first seen (aware UTC): now, where it is new."""
        note = self._folder_of(policy) / "approval"
        try:
            seen, since = note.read_text(encoding="utf-8").split()
            if seen == plan_hash:
                return datetime.fromisoformat(since)
        except (OSError, ValueError):
            pass  # none yet, or not readable: the approval counts from now
        try:
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(f"{plan_hash} {now.isoformat()}", encoding="utf-8")
        except OSError as error:
            raise StateError(f"cannot write {note}: {error.strerror or error}") from error
        return now

    def latest(self, policy: str) -> Plan | None:
        """Give the newest stored plan of a policy; None when there is none."""
        files = self.files(policy)
        return load_plan(files[-1]) if files else None

    def files(self, policy: str | None = None) -> tuple[Path, ...]:
        """Every stored plan, of one policy or of all, oldest first."""
        folder = f"policy={policy}" if policy else "policy=*"
        return tuple(sorted((self.root / "plans").glob(f"{folder}/*.json"), key=lambda path: path.name))

    def prune(self, policy: str, keep_since: datetime) -> int:
        """Remove the plans made before `keep_since` (aware UTC), never the newest; give how many."""
        first = f"{keep_since:%Y%m%dT%H%M%S.%f}Z"
        outdated = [path for path in self.files(policy)[:-1] if path.name < first]
        for path in outdated:
            path.unlink(missing_ok=True)
        return len(outdated)

    def _folder_of(self, policy: str) -> Path:
        return self.root / "plans" / f"policy={policy}"


def mentions(path: Path, name: str) -> bool:
    """Whether a plan may hold a resource of this uid, id or name, or of this KIND/ID: to see without reading it all.

    A file that is not there any more mentions nothing.
    """
    try:
        document = path.read_bytes()
    except OSError:
        return False
    return any(orjson.dumps(text) in document for text in (name, name.partition("/")[2]) if text)


def load_plan(path: Path) -> Plan:
    """Read a plan file; raise BadInput that names it where it holds none, or not the one that was written."""
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (OSError, orjson.JSONDecodeError) as error:
        raise BadInput(f"{path}: not a plan: {error}") from error
    if isinstance(document, dict):  # what `plan --output json` adds says what became of the plan, not what it is
        document = {key: value for key, value in document.items() if key not in {"run", "outcomes"}}
    try:
        return plan_from_json(document)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
