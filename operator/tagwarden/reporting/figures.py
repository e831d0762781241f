"""What a pass or a collection adds to the metrics, counted from the JSON that it answered: pure.

What is missing in an answer adds nothing: a child that failed half way is still a pass that ended.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Verdict
from tagwarden.reporting.declarations import DAY, RESOURCE_AGE

Answer = Mapping[str, Any]
Labels = tuple[str, ...]

_VERIFIED, _SKIPPED = "Verified", "Skipped"

NO_EXPIRY = "none"
_WINDOWS = ((0.0, "expired"), (DAY, "under_1d"), (3 * DAY, "1d_to_3d"), (7 * DAY, "3d_to_7d"))
_LAST_WINDOW = "over_7d"
WINDOWS = (*(name for _, name in _WINDOWS), _LAST_WINDOW, NO_EXPIRY)
"""The values of `window`."""


@dataclass
class Distribution:
    """How many values are in each bucket, the last one unbounded, and their sum."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    sum: float = 0.0

    def __post_init__(self) -> None:
        self.counts = self.counts or [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count one value; a bound belongs to the bucket below it."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def add(self, other: "Distribution") -> None:
        """Count what another one of the same bounds has counted."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.sum += other.sum


@dataclass(frozen=True)
class PlanFigures:
    """What the last plan of a policy shows; each counter is by the labels that are named.

    `resources` by (account, provider, kind, verdict); `findings` by (account, reason); `expiring` by (account,
    provider, window); `ages` by (account, provider, category), so that what belongs to an account can be forgotten.
    `costs` in US dollars per month and `unpriced`, how many have no known cost, are by the labels of `resources`.
    """

    resources: Mapping[Labels, int]
    findings: Mapping[Labels, int]
    expiring: Mapping[Labels, int]
    ages: Mapping[Labels, Distribution]
    costs: Mapping[Labels, float] = field(default_factory=dict)
    unpriced: Mapping[Labels, int] = field(default_factory=dict)

    def without(self, account: str) -> "PlanFigures":
        """Give the figures of all other accounts."""

        def others(counts: Mapping[Labels, Any]) -> dict[Labels, Any]:
            return {labels: value for labels, value in counts.items() if labels[0] != account}

        return PlanFigures(
            others(self.resources),
            others(self.findings),
            others(self.expiring),
            others(self.ages),
            others(self.costs),
            others(self.unpriced),
        )


@dataclass(frozen=True, slots=True)
class PassFigures:
    """What one pass adds: `withheld` by reason, `phases` in seconds.

    `budget` is how many deletions of the hour are left, None where nothing says so. `saved` is what was deleted, in US
    dollars per month by provider, and `saved_unpriced` how many of that have no known cost; with a price list every
    provider is there. `kinds` are (provider, kind) of all resources that were judged.
    """

    withheld: Mapping[Labels, int]
    phases: Mapping[str, float]
    budget: float | None
    saved: Mapping[Labels, float] = field(default_factory=dict)
    saved_unpriced: Mapping[Labels, int] = field(default_factory=dict)
    kinds: frozenset[Labels] = frozenset()


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests of one operation that ended with one code; `seconds` is their sum."""

    provider: str
    service: str
    operation: str
    code: str
    count: int
    seconds: float
    throttled: bool


def plan_figures(answer: Answer) -> PlanFigures | None:
    """Count the resources of a plan as they are after what was done of it; None where the answer holds none.

    What was deleted is not there any more, nor is what went along; what was written needs nothing more.
    """
    if not isinstance(answer.get("resources"), list):
        return None
    at = _seconds_of(answer.get("generatedAt"))
    resources: Counter[Labels] = Counter()
    findings: Counter[Labels] = Counter()
    expiring: Counter[Labels] = Counter()
    ages: dict[Labels, Distribution] = {}
    costs: dict[Labels, float] = {}
    unpriced: Counter[Labels] = Counter()
    gone, written = _gone(answer), _written(answer)
    for entry in answer["resources"]:
        if entry["uid"] in gone:
            continue
        account, provider = entry["account"], entry["provider"]
        is_written = entry["uid"] in written
        of_kind = (account, provider, entry["kind"], Verdict.COMPLIANT if is_written else entry["verdict"])
        resources[of_kind] += 1
        if answer.get("hasPrices"):
            _add_cost(costs, unpriced, of_kind, entry)
        if not is_written:
            findings.update((account, finding["reason"]) for finding in entry.get("findings") or ())
        if at is None:
            continue
        expiring[account, provider, _window(_seconds_of(entry.get("expires")), at)] += 1
        created = _seconds_of(entry.get("created"))
        if created is not None:
            labels = (account, provider, entry["category"])
            ages.setdefault(labels, Distribution(RESOURCE_AGE.buckets)).observe(max(at - created, 0.0))
    return PlanFigures(resources, findings, expiring, ages, costs, unpriced)


def pass_figures(answer: Answer) -> PassFigures:
    """Count what became of the plan."""
    entries: Iterable[Mapping[str, Any]] = answer.get("resources") or ()
    known = {entry["uid"]: entry for entry in entries}
    withheld: Counter[Labels] = Counter((entry["withheld"]["reason"],) for entry in entries if entry.get("withheld"))
    for outcome in answer.get("outcomes") or ():
        if outcome["state"] == "Withheld":
            withheld[(outcome["reason"],)] += 1
    run: Mapping[str, Any] = answer.get("run") or {}
    held = run.get("stopped")
    if held:
        # The plan was made and nothing of it was done: each of its actions was kept back for the same reason.
        kept = sum(len(entry.get("actions") or ()) for entry in entries)
        withheld.update({(held["reason"],): kept})
    budget = run.get("deletionBudget")
    return PassFigures(
        withheld={labels: count for labels, count in withheld.items() if count},
        phases={str(phase): float(seconds) for phase, seconds in (run.get("phases") or {}).items()},
        budget=None if budget is None else float(budget),
        kinds=frozenset((str(entry["provider"]), str(entry["kind"])) for entry in entries),
        **_savings(answer, known),
    )


def request_figures(answer: Answer) -> tuple[Requests, ...]:
    """Read what an answer says of requests to vendors."""
    return tuple(
        Requests(
            provider=str(entry["provider"]),
            service=str(entry["service"]),
            operation=str(entry["operation"]),
            code=str(entry["code"]),
            count=int(entry["count"]),
            seconds=float(entry["seconds"]),
            throttled=bool(entry["throttled"]),
        )
        for entry in answer.get("requests") or ()
    )


def merged(policies: Iterable[Mapping[Labels, float]]) -> Mapping[Labels, float]:
    """Add up what all policies say of resources, by labels of which the last is the verdict.

    What is in conflict is in the plan of each policy, and counts once.
    """
    total: defaultdict[Labels, float] = defaultdict(float)
    for figures in policies:
        for labels, value in figures.items():
            total[labels] = max(total[labels], value) if labels[-1] == Verdict.CONFLICT else total[labels] + value
    return total


def _add_cost(costs: dict[Labels, float], unpriced: Counter[Labels], labels: Labels, entry: Mapping[str, Any]) -> None:
    cost = entry.get("costPerMonth")
    if cost is None:
        unpriced[labels] += 1
    else:
        costs[labels] = costs.get(labels, 0.0) + float(cost)


def _savings(answer: Answer, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Add up what is gone, by provider: what was deleted and looked for, and what its vendor took along."""
    saved: dict[Labels, float] = {}
    unpriced: Counter[Labels] = Counter()
    if answer.get("hasPrices"):
        saved = {(str(entry["provider"]),): 0.0 for entry in known.values()}
        deleted = (
            outcome["uid"]
            for outcome in answer.get("outcomes") or ()
            if outcome["type"] == ActionType.DELETE and outcome["state"] == _VERIFIED and outcome["uid"] in known
        )
        for uid in _with_taken(deleted, known.values()):
            _add_cost(saved, unpriced, (str(known[uid]["provider"]),), known[uid])
    return {"saved": saved, "saved_unpriced": unpriced}


def _gone(answer: Answer) -> frozenset[str]:
    """Give the uids of what a pass deleted or found to be gone already, with what went along."""
    ended = (
        outcome["uid"]
        for outcome in answer.get("outcomes") or ()
        if (outcome["type"] == ActionType.DELETE and outcome["state"] == _VERIFIED)
        or (outcome["state"] == _SKIPPED and outcome.get("reason") == Reason.NotFound)
    )
    return frozenset(_with_taken(ended, answer["resources"]))


def _written(answer: Answer) -> frozenset[str]:
    """Give the uids of the resources whose tags were written."""
    return frozenset(
        outcome["uid"]
        for outcome in answer.get("outcomes") or ()
        if outcome["type"] == ActionType.SET_TAGS and outcome["state"] == _VERIFIED
    )


def _with_taken(uids: Iterable[str], entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Add what went along with each of these, and with that in turn."""
    taken: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        taken[entry.get("takenBy") or ""].append(entry["uid"])
    found = list(uids)
    for uid in found:  # grows by what went along with each
        found += taken.pop(uid, [])
    return found


def _window(expires: float | None, at: float) -> str:
    if expires is None:
        return NO_EXPIRY
    return next((name for most, name in _WINDOWS if expires - at <= most), _LAST_WINDOW)


def _seconds_of(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None
