"""The resources of a plan as rows: selection, order and columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from tagwarden.cli.filters import Filters
from tagwarden.cli.tabular import DETAIL, ON_SCREEN, RECORD, WIDE, TableColumn
from tagwarden.cli.times import exactly, instant
from tagwarden.model.duration import format_duration
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import ActionType, Plan, PlannedResource
from tagwarden.model.verdict import Verdict
from tagwarden.pipeline import Pass
from tagwarden.planning import Grounds, by_importance
from tagwarden.reporting import asks

_STYLES = {
    Verdict.DELETE: "red",
    Verdict.PENDING: "magenta",
    Verdict.SHORTEN: "yellow",
    Verdict.FIX: "yellow",
    Verdict.UNDECIDABLE: "bold",
    Verdict.CONFLICT: "bold",
    Verdict.COMPLIANT: "green",
}
"""As Terraform: red for deletions, yellow for changes, green for compliant resources."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A resource of a plan with the grounds of a deletion and, after `apply`, the last outcome."""

    policy: str
    planned: PlannedResource
    grounds: Grounds
    outcome: Outcome | None = None


def rows_of(made: Pass, filters: Filters[PlannedResource], *, full: bool) -> list[PlanRow]:
    """Give the resources to show, the most important first.

    Without filters, the rows are the resources that need an action, or all with `full`. A filter selects from all.
    """
    plan = made.plan
    grounds = Grounds(plan)
    outcomes = {outcome.action.uid: outcome for outcome in made.outcomes}
    return [
        PlanRow(plan.policy, planned, grounds, outcomes.get(planned.resource.uid))
        for planned in by_importance(plan)
        if (filters.shows(planned) if filters else full or needs_action(planned))
    ]


def needs_action(planned: PlannedResource) -> bool:
    """Whether the plan acts on the resource, or a person should."""
    return bool(planned.actions) or asks(planned.judgement, planned.withheld)


def describe_action(planned: PlannedResource) -> str:
    """Describe in a few words the planned action on a resource."""
    words = []
    for action in planned.actions:
        if action.type is ActionType.DELETE:
            words.append(f"delete, wave {action.order}")
        elif action.keeping is not None:
            words.append(f"backup, kept {format_duration(action.keeping.time)}")
        else:
            words += [f"{key}={value}" for key, value in action.changes.set.items()]
            words += [f"-{key}" for key in action.changes.remove]
    if planned.taken_by:
        words.append("deleted with its parent")
    if planned.withheld is not None:
        words.append(f"withheld: {planned.withheld.reason}: {planned.withheld.message}")
    return ", ".join(words)


def columns_of(plans: Sequence[Plan]) -> list[TableColumn[PlanRow]]:
    """Give the columns, with costs where a price list was used."""
    return [
        TableColumn("verdict", "Verdict", lambda row: row.planned.judgement.verdict, style=_style),
        TableColumn("resource", "Resource", lambda row: str(row.planned.resource), ON_SCREEN),
        TableColumn("policy", "", lambda row: row.policy, RECORD),
        TableColumn("provider", "", lambda row: row.planned.resource.provider, RECORD),
        TableColumn("account", "Account", lambda row: row.planned.resource.account, DETAIL),
        TableColumn("region", "Region", lambda row: row.planned.resource.region, DETAIL),
        TableColumn("namespace", "", lambda row: row.planned.resource.namespace, RECORD),
        TableColumn("kind", "", lambda row: row.planned.resource.kind, RECORD),
        TableColumn("category", "", lambda row: row.planned.resource.category, RECORD),
        TableColumn("id", "Id", lambda row: row.planned.resource.id, DETAIL),
        TableColumn("name", "", lambda row: row.planned.resource.name, RECORD),
        TableColumn("created", "Created", lambda row: instant(row.planned.resource.created), WIDE),
        TableColumn("created", "", lambda row: exactly(row.planned.resource.created), RECORD),
        TableColumn("owner", "Owner", lambda row: row.planned.judgement.owner or ""),
        TableColumn("expires", "Expires", lambda row: instant(row.planned.judgement.expires), ON_SCREEN),
        TableColumn("expires", "", lambda row: exactly(row.planned.judgement.expires), RECORD),
        TableColumn("environment", "Environment", lambda row: row.planned.judgement.environment, DETAIL),
        TableColumn(
            "costPerMonth",
            "USD/month",
            _cost,
            DETAIL | (ON_SCREEN if any(plan.has_prices for plan in plans) else frozenset()),
            is_number=True,
        ),
        TableColumn("reasons", "Reasons", _reasons, DETAIL),
        TableColumn("why", "Why", _why, is_text=True),
        TableColumn("then", "Then", lambda row: describe_action(row.planned), is_text=True),
        TableColumn("state", "", lambda row: row.outcome.state if row.outcome else "", RECORD),
        TableColumn("stateReason", "", lambda row: row.outcome.reason if row.outcome else "", RECORD),
        TableColumn("stateMessage", "", lambda row: row.outcome.message if row.outcome else "", RECORD),
        TableColumn("uid", "Uid", lambda row: row.planned.resource.uid, DETAIL),
    ]


def _style(row: PlanRow) -> str:
    return _STYLES.get(row.planned.judgement.verdict, "")


def _cost(row: PlanRow) -> str:
    return "" if row.planned.cost is None else f"{row.planned.cost:.2f}"


def _reasons(row: PlanRow) -> str:
    return " ".join(dict.fromkeys(finding.reason for finding in row.planned.judgement.findings))


def _why(row: PlanRow) -> str:
    """Give the evidence of a deletion and the findings; for other resources, the findings alone."""
    judgement = row.planned.judgement
    told = row.grounds.describe(row.planned)
    found = [each for each in judgement.findings if not told or each.reason is not judgement.deletion]
    return "; ".join(filter(None, (told, *(finding.message or finding.reason for finding in found))))
