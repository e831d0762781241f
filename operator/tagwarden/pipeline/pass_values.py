"""A pass as a value, and the dependencies of a pass."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from tagwarden.enforcing import EnforceSettings
from tagwarden.inventory import Lake, PlanStore, SnapshotStore
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Plan
from tagwarden.model.policy import Approval
from tagwarden.model.report import PassReport
from tagwarden.model.verdict import Withheld
from tagwarden.pipeline.deciding import Decision
from tagwarden.pipeline.sources import OpenProvider
from tagwarden.planning import APPROVAL_VALID, Prices
from tagwarden.providers.base import Progress
from tagwarden.reporting import report_of
from tagwarden.state import Database


@dataclass(frozen=True, slots=True)
class PassDependencies:
    """The dependencies of a pass: stores, access to accounts, the clock (aware UTC) and the progress writer.

    `sleep` takes seconds, None for a real sleep; `ticks` counts seconds, never set back. `settings` are the limits
    and rates of execution. `operator_per_hour` and `account_per_hour` limit the deletions of all policies together and
    in one account, over the sliding hour (S9); None: no limit. `prices` is the price list; None: costs are unknown.
    `lake` keeps the history; None: nothing does.
    """

    snapshots: SnapshotStore
    plans: PlanStore
    database: Database
    open_account: OpenProvider
    clock: Callable[[], datetime]
    progress: Progress | None = None
    sleep: Callable[[float], None] | None = None
    ticks: Callable[[], float] = time.monotonic
    settings: EnforceSettings = field(default_factory=EnforceSettings)
    operator_per_hour: int | None = None
    account_per_hour: int | None = None
    prices: Prices | None = None
    lake: Lake | None = None


@dataclass(frozen=True)
class Pass:
    """One pass: decision, sources and outcomes.

    `problems` has one line for every source that could not be read completely. `held` is the reason when the plan was
    not carried out; `outcomes` has one entry per action of a plan that was carried out. `phases` are durations in
    seconds: collect, decide, enforce. `deletions_left` is the number that deletionsPerHour still allows at the end,
    None without limits.
    """

    run: str
    decision: Decision
    problems: tuple[str, ...]
    held: Withheld | None = None
    outcomes: tuple[Outcome, ...] = ()
    phases: Mapping[str, float] = field(default_factory=dict)
    deletions_left: int | None = None

    @property
    def plan(self) -> Plan:
        """The shown plan; the pass carries out no other actions."""
        return self.decision.plan

    @cached_property
    def report(self) -> PassReport:
        """The findings, actions and open work of the pass."""
        waits = self.decision.policy_set.policy.spec.approval is Approval.REQUIRED
        return report_of(
            self.plan,
            self.outcomes,
            rejudge=self.decision.rejudge,
            run=self.run,
            problems=self.problems,
            held=self.held,
            approval_valid=APPROVAL_VALID if waits else None,
            phases=self.phases,
            deletions_left=self.deletions_left,
        )


def run_id(plan: Plan) -> str:
    """Name a pass by policy and time, so that runs are sorted by name."""
    return f"{plan.policy}.{plan.generated_at:%Y%m%dT%H%M%S.%f}Z"
