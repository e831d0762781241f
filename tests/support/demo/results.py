"""The results of the operator from the places where a person looks: the journal, the stored plans, the metrics."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tagwarden.inventory import PlanStore
from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType, Plan, PlannedResource
from tagwarden.model.verdict import Verdict
from tagwarden.planning import by_importance
from tagwarden.state import Database, Entry, Journal
from tests.support.demo.stage import POLICIES, Stage
from tests.support.story import OWNERS

_TELLING = re.compile(
    r"tagwarden_(leader|policy_runs_total|actions_withheld_total|snapshot_\w+|deletion_budget_remaining)\b"
    r'|tagwarden_policy_condition\{.*status="True",type="Ready"|tagwarden_resources_expiring'
)


_SPECIFIC = re.compile(rf"\d+|{'|'.join(OWNERS)}")
_SHOWN_FIRST = (Verdict.DELETE, Verdict.SHORTEN, Verdict.FIX, Verdict.REPORT)
EXAMPLES_OF_VERDICT = 2
EXAMPLES_OF_CHANGES = 10


@dataclass(frozen=True)
class Results:
    """The entries of the journal, and the last plan of each policy."""

    entries: Sequence[Entry]
    plans: Sequence[Plan]

    def done(self, action: ActionType) -> list[Entry]:
        """Give the verified actions of a type, the latest first."""
        return [entry for entry in self.entries if entry.action is action and entry.state is ActionState.VERIFIED]

    def changed(self, verdict: Verdict) -> list[Entry]:
        """Give the tag changes of resources with a verdict."""
        of_verdict = {each.resource.uid for each in self._planned() if each.judgement.verdict is verdict}
        return [entry for entry in self.done(ActionType.SET_TAGS) if entry.uid in of_verdict]

    def failed(self) -> list[Entry]:
        """Give the actions that were started and did not succeed."""
        settled = {ActionState.VERIFIED, ActionState.SKIPPED, ActionState.WITHHELD}
        return [entry for entry in self.entries if entry.state not in settled]

    def withheld(self) -> dict[str, list[tuple[PlannedResource, str]]]:
        """Give the withheld resources by reason, each with the message why."""
        found: defaultdict[str, list[tuple[PlannedResource, str]]] = defaultdict(list)
        at_work = {entry.uid: entry for entry in self.entries if entry.state is ActionState.WITHHELD}
        for planned in self._planned():
            entry = at_work.get(planned.resource.uid)
            if planned.withheld is not None:
                found[planned.withheld.reason].append((planned, planned.withheld.message))
            elif entry is not None:
                found[entry.reason].append((planned, entry.message))
        return found

    def _planned(self) -> Iterator[PlannedResource]:
        for plan in self.plans:
            yield from plan.resources


def read_results(stage: Stage) -> Results:
    """Read the journal and the last plans of the operator."""
    plans = PlanStore(stage.inventory)
    found = [plans.latest(policy) for policy in POLICIES]
    return Results(_entries(stage), [plan for plan in found if plan is not None])


def progress(stage: Stage) -> str:
    """Describe the progress of the operator in a line."""
    states = Counter(entry.state for entry in _entries(stage))
    if not states:
        return "the operator reads the account and the cluster"
    under_way = states[ActionState.STARTED] + states[ActionState.WAITING]
    return f"{states[ActionState.VERIFIED]} actions done, {under_way} under way"


def verdicts_of(plan: Plan) -> list[tuple[str, str, str]]:
    """Count the resources of a plan by verdict, each verdict with examples of different findings."""
    found: defaultdict[Verdict, list[PlannedResource]] = defaultdict(list)
    for planned in by_importance(plan):
        found[planned.judgement.verdict].append(planned)
    rows = []
    for verdict in sorted(found, key=[*_SHOWN_FIRST, *Verdict].index):
        seen: dict[str, PlannedResource] = {}
        for planned in found[verdict]:
            seen.setdefault(" ".join(finding.reason for finding in planned.judgement.findings), planned)
        for number, planned in enumerate([*seen.values()][:EXAMPLES_OF_VERDICT]):
            why = "; ".join(finding.message or finding.reason for finding in planned.judgement.findings)
            head = (verdict.value, str(len(found[verdict]))) if number == 0 else ("", "")
            rows.append((*head, f"{planned.resource}: {why}" if why else str(planned.resource)))
    return rows


def varied(entries: Iterable[Entry]) -> list[Entry]:
    """Choose examples whose tags before the change differ, apart from owners and numbers."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        touched = {*entry.changes.remove, *entry.changes.set}
        before = sorted(f"{key}={value}" for key, value in (entry.tags_before or {}).items() if key in touched)
        seen.setdefault(_SPECIFIC.sub("#", " ".join([entry.rule, *before])), entry)
    return [*seen.values()][:EXAMPLES_OF_CHANGES]


def describe_deletions(plan: Plan) -> str:
    """Explain the number of deletions by the number of resources with the verdict Delete."""
    found = [planned for planned in plan.resources if planned.judgement.verdict is Verdict.DELETE]
    withheld = Counter(planned.withheld.reason for planned in found if planned.withheld is not None)
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(withheld.items()))
    taken = sum(bool(planned.taken_by) for planned in found)
    own = sum(_is_deleted(planned) for planned in found)
    parts = plan.count(ActionType.DELETE) - own
    told = [
        words
        for count, words in (
            (withheld.total(), f"less {withheld.total()} withheld ({reasons})"),
            (taken, f"less {taken} deleted together with their parent"),
            (parts, f"plus {parts} parts of deleted resources"),
        )
        if count
    ]
    deletions = plan.count(ActionType.DELETE)
    return f"{plan.policy}: {deletions} deletions: {', '.join([f'{len(found)} with verdict Delete', *told])}."


def _is_deleted(planned: PlannedResource) -> bool:
    return any(action.type is ActionType.DELETE for action in planned.actions)


def by_kind(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    """Count entries by kind, the most first."""
    return sorted(Counter(entry.kind for entry in entries).items(), key=lambda item: (-item[1], item[0]))


def telling_metrics(exposition: str) -> list[str]:
    """Give the lines of /metrics about passes, conditions and limits."""
    return [line for line in exposition.splitlines() if _TELLING.match(line)]


def _entries(stage: Stage) -> list[Entry]:
    if not (stage.folder / "state.db").exists():
        return []
    with Database(stage.state) as database:
        return Journal(database).entries()
