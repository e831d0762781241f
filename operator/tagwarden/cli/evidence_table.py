"""The evidence of one deletion for `tagwarden explain --evidence`: every observation with place and time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console

from tagwarden.cli.options import Output
from tagwarden.cli.output import say
from tagwarden.cli.tabular import TableColumn, write_rows
from tagwarden.cli.times import instant_from, with_distances
from tagwarden.model.evidence import Evidence, Search, Witness
from tagwarden.model.plan import ActionType, Plan, PlannedResource
from tagwarden.model.resource import Resource
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Judgement
from tagwarden.planning import Grounds
from tagwarden.state import Entry


@dataclass(frozen=True, slots=True)
class Shown:
    """The evidence behind the decision on one resource.

    `judgements` and `grounds` are from the plan. `taken` is the snapshot time of each account, `deletions` are the
    journal entries by which the plan deleted the resource: right before each of them all evidence was read again (S17).
    """

    planned: PlannedResource
    judgements: Mapping[str, Judgement]
    grounds: Grounds
    taken: Mapping[str, datetime]
    deletions: Sequence[Entry]

    @property
    def in_short(self) -> str:
        """The evidence in one line; empty for a resource without an own deletion."""
        if self.planned.taken_by:
            return f"deleted with {self.planned.taken_by}; see the evidence of that resource"
        return self.grounds.describe(self.planned)


def shown(plan: Plan, planned: PlannedResource, taken: Mapping[str, datetime], entries: Sequence[Entry]) -> Shown:
    """Assemble the known evidence of one decision."""
    judgements = {each.resource.uid: each.judgement for each in plan.resources}
    deletions = [
        entry
        for entry in entries
        if entry.action is ActionType.DELETE
        and entry.attempts  # none: the deletion was refused before or during the check
        and (entry.plan_hash, entry.uid) == (plan.hash, planned.resource.uid)
    ]
    return Shown(planned, judgements, Grounds(plan), taken, deletions)


def evidence_json(told: Shown) -> dict[str, Any]:
    """Give the evidence as JSON values; times are RFC 3339 in UTC."""
    evidence = told.planned.evidence or Evidence()
    return {
        "grounds": told.in_short or None,
        "witnesses": [_witness_json(told, witness) for witness in evidence.witnesses],
        "searches": [
            {
                "account": search.account,
                "kinds": sorted(search.extent.kinds),
                "regions": _sorted(search.extent.regions),
                "namespaces": _sorted(search.extent.namespaces),
                "at": _iso(told.taken.get(search.account)),
            }
            for search in evidence.searches
        ],
        "readAgain": [{"at": entry.at.isoformat(), "entry": entry.id} for entry in told.deletions],
    }


def _witness_json(told: Shown, witness: Witness) -> dict[str, Any]:
    resource, judgement = witness.resource, told.judgements.get(witness.resource.uid)
    return {
        "role": witness.role.value,
        "uid": resource.uid,
        "kind": resource.kind,
        "id": resource.id,
        "name": resource.name,
        "account": resource.account,
        "region": resource.region,
        "namespace": resource.namespace,
        "state": resource.state,
        "goes": told.grounds.goes(resource.uid),
        "tags": dict(resource.tags.values),
        "tagState": resource.tags.state.value,
        "owner": judgement.owner if judgement else None,
        "expires": _iso(judgement.expires if judgement else None),
        "protection": resource.protection or None,
        "seenAt": _iso(told.taken.get(resource.account)),
    }


def show_evidence(told: Shown, screen: Console, now: datetime) -> None:
    """Show the evidence to people."""
    evidence = told.planned.evidence
    grounds = with_distances(told.in_short, now)
    say(screen, f"  evidence: {grounds or 'none needed, nothing is deleted'}")
    if evidence is None:
        return
    if evidence.witnesses:
        write_rows(_columns(told, now), evidence.witnesses, Output.TABLE, screen)
    for search in evidence.searches:
        say(screen, f"  users searched in {_where(search)}, {_at(told.taken.get(search.account), now)}")
        say(screen, f"    {', '.join(sorted(search.extent.kinds))}")
    for entry in told.deletions:
        at = _at(entry.at, now)
        say(screen, f"  all evidence was read again right before the deletion, {at}, entry {entry.id}")


def _columns(told: Shown, now: datetime) -> tuple[TableColumn[Witness], ...]:
    def judged(row: Witness) -> Judgement | None:
        return told.judgements.get(row.resource.uid)

    return (
        TableColumn("witness", "  Witness", lambda row: f"  {row.resource}"),
        TableColumn("role", "Is its", lambda row: row.role),
        TableColumn("then", "Then", lambda row: "goes" if told.grounds.goes(row.resource.uid) else "stays"),
        TableColumn("owner", "Owner", lambda row: judgement.owner or "" if (judgement := judged(row)) else ""),
        TableColumn(
            "expires", "Expires", lambda row: instant_from(judgement.expires, now) if (judgement := judged(row)) else ""
        ),
        TableColumn("protection", "Protection", lambda row: row.resource.protection, is_text=True),
        TableColumn("tags", "Tags", lambda row: describe_tags(row.resource), is_text=True),
        TableColumn("seen", "Seen", lambda row: _at(told.taken.get(row.resource.account), now)),
    )


def describe_tags(resource: Resource) -> str:
    """Write the tags in one line, or the reason why they are unknown."""
    tags = resource.tags
    if tags.state is not TagState.KNOWN:
        return f"{tags.state}{f': {tags.why}' if tags.why else ''}"
    return " ".join(f"{key}={value}" for key, value in sorted(tags.values.items())) or "none"


def _where(search: Search) -> str:
    """Name the account and its searched part."""
    for word, places in (("regions", search.extent.regions), ("namespaces", search.extent.namespaces)):
        if places is not None:
            return f"{search.account}, {word} {', '.join(sorted(places))} and global resources"
    return f"{search.account}, everywhere"


def _at(moment: datetime | None, now: datetime) -> str:
    return f"at {instant_from(moment, now)}" if moment else "at a time no longer stored"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _sorted(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)
