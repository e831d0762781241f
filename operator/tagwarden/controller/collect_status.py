"""Converts the output of a collecting child into the status of the account. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tagwarden.controller.children import Finished
from tagwarden.model.reasons import Reason
from tagwarden.model.status import FINDINGS_SHOWN, LastSnapshot, SeenIdentity

_LONGEST_LINE = 1024


@dataclass(frozen=True, slots=True)
class Collected:
    """A collection of an account; `problems` are the listing failures, `failure` the reason without a snapshot."""

    snapshot: LastSnapshot | None = None
    identity: SeenIdentity | None = None
    problems: tuple[str, ...] = ()
    failure: tuple[Reason, str] | None = None


def read_collected(finished: Finished, account: str) -> Collected:
    """Parse the outcome for the account."""
    entry = _entry(finished.answer, account)
    if entry is None:
        reason = (
            Reason.TimedOut if finished.timed_out else Reason.InvalidSpec if finished.status == 2 else Reason.Failed
        )
        return Collected(failure=(reason, finished.complaint))
    if entry.get("error"):
        return Collected(failure=(_reason(entry["error"].get("reason")), str(entry["error"].get("message") or "")))
    problems = tuple(_problem(gap) for gap in entry.get("incomplete") or ())
    identity = entry.get("identity") or {}
    return Collected(
        snapshot=LastSnapshot(
            id=str(entry["snapshot"]),
            time=datetime.fromisoformat(entry["time"]).replace(microsecond=0),
            resources=int(entry.get("resources") or 0),
            edges=int(entry.get("edges") or 0),
            duration_seconds=float(entry.get("durationSeconds") or 0),
            api_calls=int(entry.get("apiCalls") or 0),
            inventory_time=_inventory_time(entry),
            incomplete=_shown(problems),
        ),
        identity=SeenIdentity(account=str(identity["account"]), caller=str(identity.get("caller") or ""))
        if identity.get("account")
        else None,
        problems=problems,
    )


def _inventory_time(entry: Mapping[str, Any]) -> datetime | None:
    inventory = entry.get("inventory")
    return datetime.fromisoformat(inventory["readTime"]).replace(microsecond=0) if inventory else None


def _entry(answer: Mapping[str, Any], account: str) -> Mapping[str, Any] | None:
    return next((entry for entry in answer.get("accounts") or () if entry.get("account") == account), None)


def _reason(text: Any) -> Reason:
    try:
        return Reason(str(text))
    except ValueError:
        return Reason.Failed


def _problem(gap: Mapping[str, Any]) -> str:
    where = f" in {gap['region']}" if gap.get("region") else ""
    return f"{gap.get('kind')}{where}: {gap.get('reason')}: {gap.get('message')}"[:_LONGEST_LINE]


def _shown(problems: tuple[str, ...]) -> tuple[str, ...]:
    more = len(problems) - FINDINGS_SHOWN
    return (*problems[:FINDINGS_SHOWN], f"and {more} more") if more > 0 else problems
