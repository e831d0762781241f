"""What a child answered, read into what the status and the events say: pure, and forgiving of what is missing.

The answer of `plan` and `apply` is the plan with `outcomes` and `run`; that of `collect` one entry for each account.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tagwarden.model.outcome import ActionState
from tagwarden.model.plan import ActionType
from tagwarden.model.reasons import Reason
from tagwarden.model.status import FINDINGS_SHOWN, PendingPlan, Summary
from tagwarden.model.verdict import Verdict
from tagwarden.planning import savings

_LONGEST_LINE = 1024
_AT_REST = frozenset({Verdict.COMPLIANT, Verdict.PROTECTED, Verdict.MANAGED})
"""Verdicts that ask nobody to do anything, but for what comes back in a loop (S13)."""
_BY_GRAVITY = (
    Verdict.DELETE,
    Verdict.MANAGED,
    Verdict.CONFLICT,
    Verdict.UNDECIDABLE,
    Verdict.PENDING,
    Verdict.SHORTEN,
    Verdict.FIX,
    Verdict.REPORT,
)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one action: a line of `outcomes`."""

    uid: str
    type: ActionType
    state: ActionState
    reason: str
    message: str

    @property
    def is_done(self) -> bool:
        """Whether the world is now as the action wanted it."""
        return self.state is ActionState.VERIFIED or (
            self.state is ActionState.SKIPPED and self.reason == Reason.NotFound
        )


@dataclass(frozen=True, slots=True)
class PassResult:
    """One pass of a policy, as the operator shows it.

    `is_interrupted` says that it was stopped before its end: the rest is still to be done.
    `stopped` is the limit that keeps deletions back, be it of the plan or reached with what other runs did meanwhile;
    `held` why nothing at all was carried out; `open_count` are the resources that ask for something still.
    """

    hash: str
    summary: Summary
    findings: tuple[str, ...]
    pending: PendingPlan | None
    stopped: tuple[Reason, str] | None
    held: tuple[Reason, str] | None
    open_count: int
    failures: tuple[str, ...] = ()
    source_problems: tuple[str, ...] = ()
    run_id: str = ""
    is_interrupted: bool = False
    done: tuple[Done, ...] = field(default=(), repr=False)


def read_pass(answer: Mapping[str, Any], *, approval_valid: timedelta | None) -> PassResult | None:
    """Read the answer of `plan` or `apply`; None where it holds no plan. Approvals hold for `approval_valid`."""
    if not isinstance(answer.get("hash"), str):
        return None
    resources: Sequence[Mapping[str, Any]] = answer.get("resources") or ()
    done = tuple(_done(entry) for entry in answer.get("outcomes") or ())
    run: Mapping[str, Any] = answer.get("run") or {}
    held = _stopped(run.get("stopped"))
    finished = {one.uid for one in done if one.is_done and one.type is not ActionType.BACKUP}
    return PassResult(
        hash=answer["hash"],
        summary=_summary(resources, done),
        findings=_findings(resources, done, finished),
        pending=_pending(answer, resources, finished, approval_valid),
        stopped=_stopped(answer.get("stopped")) or _limited(done),
        held=held,
        open_count=sum(1 for entry in resources if not _is_at_rest(entry) and entry["uid"] not in finished),
        failures=tuple(f"{one.type} {one.uid}: {one.message or one.reason}" for one in done if _has_failed(one)),
        source_problems=tuple(str(problem) for problem in run.get("problems") or ()),
        run_id=str(run.get("id") or ""),
        is_interrupted=(held is not None and held[0] is Reason.LeaseLost)
        or any(one.reason == Reason.LeaseLost for one in done if one.state is ActionState.WITHHELD),
        done=done,
    )


def _done(entry: Mapping[str, Any]) -> Done:
    return Done(
        uid=str(entry["uid"]),
        type=ActionType(entry["type"]),
        state=ActionState(entry["state"]),
        reason=str(entry.get("reason") or ""),
        message=str(entry.get("message") or ""),
    )


def _has_failed(one: Done) -> bool:
    return one.state is ActionState.FAILED


def _summary(resources: Sequence[Mapping[str, Any]], done: Iterable[Done]) -> Summary:
    verdicts = Counter(entry["verdict"] for entry in resources)
    by_uid = {entry["uid"]: entry["verdict"] for entry in resources}
    deleted = fixed = shortened = failed = 0
    withheld = {entry["uid"] for entry in resources if entry.get("withheld")}
    for one in done:
        if one.state is ActionState.WITHHELD:
            withheld.add(one.uid)
        failed += _has_failed(one)
        if one.type is ActionType.BACKUP:
            continue
        if one.is_done and one.type is ActionType.DELETE:
            deleted += 1
        elif one.is_done and by_uid.get(one.uid) == Verdict.SHORTEN:
            shortened += 1
        elif one.is_done:
            fixed += 1
    return Summary(
        scanned=len(resources),
        compliant=verdicts[Verdict.COMPLIANT],
        report=verdicts[Verdict.REPORT],
        pending=verdicts[Verdict.PENDING],
        protected=verdicts[Verdict.PROTECTED],
        managed=verdicts[Verdict.MANAGED],
        undecidable=verdicts[Verdict.UNDECIDABLE],
        conflict=verdicts[Verdict.CONFLICT],
        fixed=fixed,
        shortened=shortened,
        deleted=deleted,
        withheld=len(withheld),
        failed=failed,
    )


def _is_at_rest(entry: Mapping[str, Any]) -> bool:
    """Say whether nobody has to do anything about a resource."""
    withheld = entry.get("withheld") or {}
    return entry["verdict"] in _AT_REST and withheld.get("reason") != Reason.RecreateLoop


def _findings(
    resources: Sequence[Mapping[str, Any]], done: Iterable[Done], finished: Collection[str]
) -> tuple[str, ...]:
    """Give the first lines: what is still open before what is done, and the gravest first among each."""
    gravity = {verdict: place for place, verdict in enumerate(_BY_GRAVITY)}
    grave = sorted(
        (entry for entry in resources if not _is_at_rest(entry)),
        key=lambda entry: (
            entry["uid"] in finished,
            gravity[entry["verdict"]],
            entry["kind"],
            entry.get("name") or entry["id"],
        ),
    )
    became = {one.uid: one for one in done}
    lines = [_line(entry, became.get(entry["uid"])) for entry in grave[:FINDINGS_SHOWN]]
    more = len(grave) - len(lines)
    return (*lines, f"and {more} more") if more else tuple(lines)


def _line(entry: Mapping[str, Any], one: Done | None) -> str:
    where = entry.get("namespace") or entry.get("region") or ""
    name = f"{entry['kind']} {entry.get('name') or entry['id']}" + (f" in {where}" if where else "")
    said = [str(finding["message"] or finding["reason"]) for finding in entry.get("findings") or ()]
    withheld = entry.get("withheld")
    if withheld:
        said.append(f"withheld, {withheld['reason']}: {withheld['message']}")
    if one is not None:
        said.append("done" if one.is_done else f"{one.state.lower()}, {one.reason}: {one.message}")
    line = f"{entry['account']}: {name}: {entry['verdict']}: {'; '.join(said)}"
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


def _pending(
    answer: Mapping[str, Any],
    resources: Sequence[Mapping[str, Any]],
    finished: set[str],
    approval_valid: timedelta | None,
) -> PendingPlan | None:
    """Give what is left of the plan, if anything."""
    counts: Counter[str] = Counter()
    for entry in resources:
        types = {action["type"] for action in entry.get("actions") or ()} - {ActionType.BACKUP}
        if entry["uid"] in finished or not types:
            continue
        if ActionType.DELETE in types:
            counts["deletions"] += 1
        else:
            counts["shortenings" if entry["verdict"] == Verdict.SHORTEN else "fixes"] += 1
    if not counts:
        return None
    expires_at = None
    if approval_valid is not None and answer.get("generatedAt"):
        expires_at = datetime.fromisoformat(answer["generatedAt"]) + approval_valid
    return PendingPlan(
        hash=answer["hash"], saved_per_month=_saved(resources, finished, answer), expires_at=expires_at, **counts
    )


def _saved(resources: Sequence[Mapping[str, Any]], finished: set[str], answer: Mapping[str, Any]) -> str | None:
    """Say what the deletions that are left would save; None where that is not known."""
    if not answer.get("hasPrices"):
        return None
    found = savings(entry.get("costPerMonth") for entry in resources if _is_to_go(entry, finished))
    if not found.gone or found.usd is None:
        return None
    known = "" if found.priced == found.gone else f", as far as known: {found.priced} of {found.gone} have a price"
    return f"{found.usd:.2f} USD{known}"


def _is_to_go(entry: Mapping[str, Any], finished: set[str]) -> bool:
    taker = entry.get("takenBy")
    if taker:
        return taker not in finished
    return entry["uid"] not in finished and any(
        action["type"] == ActionType.DELETE for action in entry.get("actions") or ()
    )


def _limited(done: Iterable[Done]) -> tuple[Reason, str] | None:
    """Give the limit that kept deletions back when they were about to begin (S9)."""
    kept = (one for one in done if one.state is ActionState.WITHHELD and one.reason == Reason.LimitPerHour)
    return next(((Reason.LimitPerHour, one.message) for one in kept), None)


def _stopped(withheld: Mapping[str, Any] | None) -> tuple[Reason, str] | None:
    return (Reason(withheld["reason"]), str(withheld["message"])) if withheld else None
