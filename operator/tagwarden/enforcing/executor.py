"""Carries out a plan: wave after wave, accounts concurrently, each action checked and journalled."""

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import ExitStack
from datetime import datetime
from itertools import count, groupby
from typing import TypeVar

from tagwarden.enforcing.accounts import Accounts, accounts_of
from tagwarden.enforcing.allowance import Allowance
from tagwarden.enforcing.backup_tracker import BackupTracker
from tagwarden.enforcing.dependencies import Dependencies
from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.enforcing.recording import ExecutionContext, Job
from tagwarden.enforcing.rereading import Rereader, Review, no_review
from tagwarden.enforcing.retries import pause_after
from tagwarden.enforcing.stuck_finalizers import StuckFinalizers
from tagwarden.errors import ProviderError
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Action, ActionType, Plan, PlannedResource, takers_in, takers_of
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.providers.base import Progress, Provider
from tagwarden.state.holders import new_holder
from tagwarden.state.journal import Journal
from tagwarden.state.reservations import Limit, Reservation, Spent

T = TypeVar("T")

NAP = 0.5
"""Maximum seconds until a waiting thread notices that acting is no longer allowed."""

logger = logging.getLogger(__name__)

_ROUNDS_IN_SILENCE = 4
"""Rounds without progress output: most deletions are confirmed within these first seconds."""


def no_limit(wanted: Mapping[str, int], spent: Spent) -> Withheld | None:  # noqa: ARG001 - as every `Limit`
    """Allow any number of deletions, which still count against the limits of others."""
    return None


def execute(
    plan: Plan,
    *,
    providers: Mapping[str, Provider],
    rejudge: Callable[[Resource], Judgement | None],
    environment_of: Callable[[Resource], Environment],
    journal: Journal,
    may_act: Callable[[], bool],
    clock: Callable[[], datetime],
    run: str = "",
    approved_by: str = "",
    dry_run: bool = False,
    progress: Progress | None = None,
    ended: Callable[[Outcome], None] = lambda _: None,
    settings: EnforceSettings = EnforceSettings(),  # noqa: B008 - frozen
    sleep: Callable[[float], None] | None = None,
    ticks: Callable[[], float] = time.monotonic,
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    blockers_of: Callable[[Resource], Sequence[str]] = lambda _: (),
    limit: Limit = no_limit,
    review: Review = no_review,
) -> tuple[Outcome, ...]:
    """Carry out a plan and give one outcome for each of its actions, in the order of `plan.actions`.

    `providers` are by account. `rejudge` judges a resource as read again, None if the policy does not govern the
    resource (S5); `environment_of` gives the environment, again before each harmful write (S2). `may_act` says whether
    this process still holds the lease (S11). `clock` gives aware UTC, `sleep` takes seconds, and `ticks` counts seconds
    even if the clock is set back. `blockers_of` names the resources that block a deletion after the vendor reports a
    dependency. `run` and `approved_by` go into the journal. `progress` gets one line for each ended action, `ended` the
    outcome. `limit` says whether so many deletions are allowed on top of past deletions and the reservations of other
    runs: all are reserved before the first, or none (S9). `review` decides each deletion again on fresh evidence right
    before the deletion (S17).

    A dry run does everything except the single writing call, and leaves no trace in the journal (S15). Errors of a
    resource or account stop no others (S12); only bugs of the caller raise exceptions.
    """
    stopping = threading.Event()

    def still_may_act() -> bool:
        return not stopping.is_set() and may_act()

    around = ExecutionContext(
        plan=plan,
        run=run or new_id(),
        approved_by=approved_by,
        dry_run=dry_run,
        journal=journal,
        # Not the run's name: two processes may carry out the same saved plan at once.
        reservation=Reservation(new_holder(), plan.policy, limit, clock),
        rejudge=rejudge,
        environment_of=_production_when_unknown(environment_of),
        may_act=still_may_act,
        clock=clock,
        ticks=ticks,
        sleep=sleep or _while(still_may_act),
        new_id=new_id,
        blockers_of=blockers_of,
        settings=settings,
    )
    with ExitStack() as stack:
        # After an interruption of this thread, workers finish the current call and begin no other.
        stack.callback(stopping.set)
        return _Execution(around, providers, review, progress, ended, stack).run()


class _Execution:
    """The execution of one plan."""

    def __init__(
        self,
        around: ExecutionContext,
        providers: Mapping[str, Provider],
        review: Review,
        progress: Progress | None,
        ended: Callable[[Outcome], None],
        stack: ExitStack,
    ) -> None:
        self._around = around
        self._progress = progress
        self._ended = ended
        self._planned = {planned.resource.uid: planned for planned in around.plan.resources}
        self._taken = _taken_by(around.plan.resources)
        self._dependencies = Dependencies(around.plan)
        self._keepers = BackupTracker(self._planned, self._taken)
        self._outcomes: dict[int, Outcome] = {}
        self._accounts = Accounts(around, providers, stack)
        self._allowance = Allowance(around)
        self._rereader = Rereader(self._planned, self._accounts, review, around.clock, around.sleep, around.settings)
        self._stuck = StuckFinalizers(around.settings.finalizer_limit)

    def run(self) -> tuple[Outcome, ...]:
        actions = self._around.plan.actions
        self._accounts.open(accounts_of(self._around.plan))
        try:
            for _, numbered in groupby(enumerate(actions), key=lambda numbered: numbered[1].order):
                wave = list(numbered)
                deletions = self._to_delete(actions[wave[0][0] :])
                # Without an allowed deletion, no backups are made.
                if any(action.type in (ActionType.BACKUP, ActionType.DELETE) for _, action in wave):
                    self._allowance.ask(Counter(each.resource.account for each in deletions))
                self._rereader.expect(deletions)
                self._wait_for(self._run_wave(wave))
                self._put_back(number for number, action in wave if action.type is ActionType.DELETE)
        finally:
            self._allowance.give_back()
        return tuple(self._outcomes[number] for number in range(len(actions)))

    def _to_delete(self, left: Iterable[Action]) -> list[PlannedResource]:
        """Give the resources of the deletions without an obstacle so far."""
        deletions = (action for action in left if action.type is ActionType.DELETE)
        planned = ((self._planned[action.uid], action) for action in deletions)
        return [each for each, action in planned if self._obstacle(each, action) is None]

    def _run_wave(self, wave: Iterable[tuple[int, Action]]) -> dict[int, Outcome]:
        """Start every action of a wave; give, by number, the accepted actions that are not confirmed yet."""
        started: dict[Future[Outcome], int] = {}
        for number, action in wave:
            planned = self._planned[action.uid]
            account = planned.resource.account
            taken = tuple(self._taken.get(action.uid, ())) if action.type is ActionType.DELETE else ()
            job = Job(action, planned, taken, self._evidence(action, planned, taken))
            why = self._obstacle(planned, action)
            if why is not None:
                self._end(number, self._accounts.recorder(account).refuse(job, why))
            else:
                started[self._accounts.submit(account, self._accounts.actor(account).act, job)] = number
        waiting: dict[int, Outcome] = {}
        for future in as_completed(started):
            outcome = future.result()
            if outcome.is_open:
                waiting[started[future]] = outcome
            else:
                self._end(started[future], outcome)
        return waiting

    def _put_back(self, deletions: Iterable[int]) -> None:
        """Undo the steps that other deletions of the wave may have needed, after the end of the wave (S23)."""
        for number in deletions:
            outcome = self._outcomes[number]
            if outcome.entry and outcome.attempts and not (outcome.is_done or outcome.is_open):
                self._outcomes[number] = self._accounts.actor(outcome.resource.account).put_back(outcome)

    def _wait_for(self, waiting: dict[int, Outcome]) -> None:
        """Check repeatedly, without blocking workers, until all actions are done or have timed out."""
        for rounds in count(1):
            for number, outcome in list(waiting.items()):
                why = self._no_more_waiting(outcome)
                if why is not None:
                    del waiting[number]
                    self._end(number, self._accounts.recorder(outcome.resource.account).leave(outcome, why))
            if not waiting:
                return
            self._tell_of_waiting(rounds, waiting)
            self._allowance.renew()
            self._around.sleep(pause_after(rounds, self._around.settings))
            looks = {self._look(outcome): number for number, outcome in waiting.items()}
            for look in as_completed(looks):
                looked = look.result()
                if looked.is_open:
                    waiting[looks[look]] = looked
                else:
                    del waiting[looks[look]]
                    self._end(looks[look], looked)

    def _tell_of_waiting(self, rounds: int, waiting: dict[int, Outcome]) -> None:
        """Report progress of a longer wait."""
        if self._progress is None or rounds < _ROUNDS_IN_SILENCE:
            return
        first, *others = waiting.values()
        account, since = first.resource.account, (self._around.clock() - first.at).total_seconds()
        if others:
            text = messages.WAITING_FOR_SEVERAL(
                account=account, resource=first.resource, more=len(others), seconds=since
            )
        else:
            text = messages.WAITING_FOR(account=account, resource=first.resource, seconds=since)
        self._progress(text)

    def _look(self, outcome: Outcome) -> Future[Outcome]:
        account = outcome.resource.account
        return self._accounts.submit(account, self._accounts.actor(account).look, outcome)

    def _no_more_waiting(self, outcome: Outcome) -> Withheld | None:
        settings = self._around.settings
        limit = settings.limit_of(outcome.action.type)
        if self._around.clock() - outcome.at >= limit:
            text = messages.NOT_CONFIRMED(seconds=limit.total_seconds())
            held = self._accounts.actor(outcome.resource.account).blocking_finalizers(outcome)
            reason = Reason.BackupPending if outcome.action.type is ActionType.BACKUP else Reason.TimedOut
            return held or Withheld(reason, _with_last_answer(text, outcome))
        if not self._around.may_act():
            return Withheld(Reason.LeaseLost, _with_last_answer(messages.STOPPED_UNCONFIRMED(), outcome))
        return self._hangs(outcome)

    def _hangs(self, outcome: Outcome) -> Withheld | None:
        """Name the finalizers that block an object, if unchanged for too long."""
        is_object = outcome.resource.provider is ProviderName.KUBERNETES
        if not is_object or outcome.action.type is not ActionType.DELETE:
            return None
        held = self._accounts.actor(outcome.resource.account).blocking_finalizers(outcome)
        return held if self._stuck.is_stuck(outcome.resource.uid, held, self._around.clock()) else None

    def _obstacle(self, planned: PlannedResource, action: Action) -> Withheld | None:
        """Give the obstacle of an action before any resource is read."""
        plan = self._around.plan
        if planned.withheld is not None:
            return planned.withheld
        stopped = plan.stopped or self._allowance.refused
        if stopped is not None and action.type is not ActionType.SET_TAGS:
            return stopped
        refused = self._accounts.refused(planned.resource.account)
        return refused or self._keepers.obstacle(action) or self._dependencies.obstacle(action)

    def _evidence(
        self, action: Action, planned: PlannedResource, taken: Iterable[PlannedResource]
    ) -> Callable[[Resource], Withheld | None]:
        """Check resources deleted together, backups, and the evidence of the deletion (S5, S17)."""
        root = self._planned.get(action.because) if action.because else None
        together = [(root, messages.DEPENDS_ON)] if root is not None else []
        together += [(each, messages.INCLUDES) for each in taken]
        tracker = self._keepers.before(action)

        def look(fresh: Resource) -> Withheld | None:
            read: dict[str, Resource | None] = {}
            for companion, relation in together:
                try:
                    found = read[companion.resource.uid] = self._accounts.read(companion.resource)
                    why = self._accounts.actor(companion.resource.account).companion_obstacle(companion, found)
                except ProviderError as error:
                    why = Withheld(error.reason, str(error))
                if why is not None:
                    return Withheld(why.reason, relation(resource=companion.resource, why=why.message))
            gaps = (self._accounts.actor(each.resource.account).missing_backup(each) for each in tracker)
            missing = next((why for why in gaps if why is not None), None)
            if missing is not None or planned.evidence is None or action.type is ActionType.BACKUP:
                return missing
            return self._rereader.changed_evidence(planned, fresh, read)

        return look

    def _end(self, number: int, outcome: Outcome) -> None:
        self._outcomes[number] = outcome
        self._dependencies.note(outcome)
        self._keepers.note(outcome)
        self._ended(outcome)
        if self._progress is not None:
            self._progress(str(outcome))


def _with_last_answer(text: str, outcome: Outcome) -> str:
    """Add the last answer of the vendor, if there is one."""
    return messages.WITH_LAST_ANSWER(text=text, answer=outcome.message) if outcome.message else text


def _taken_by(resources: Iterable[PlannedResource]) -> dict[str, list[PlannedResource]]:
    """List, by the uid of a deleted resource, all resources that the vendor deletes along with it, to any depth.

    Resources made by a controller of a cluster are excluded: such Pods change between checks.
    """
    takers = takers_in(resources)
    taken: dict[str, list[PlannedResource]] = {}
    for planned in resources:
        is_passing = (
            planned.judgement.verdict is Verdict.MANAGED and planned.resource.provider is ProviderName.KUBERNETES
        )
        if not planned.taken_by or is_passing:
            continue
        *_, taker = takers_of(planned.resource.uid, takers)
        taken.setdefault(taker, []).append(planned)
    return taken


def _production_when_unknown(
    environment_of: Callable[[Resource], Environment],
) -> Callable[[Resource], Environment]:
    """Give production for an unknown environment (S2)."""

    def ask(resource: Resource) -> Environment:
        try:
            return environment_of(resource)
        except Exception:
            logger.exception("environment of %s", resource)
            return Environment.PRODUCTION

    return ask


def _while(may_act: Callable[[], bool]) -> Callable[[float], None]:
    """Sleep only as long as acting is allowed, so that a stop takes effect at once."""

    def sleep(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and may_act():
            time.sleep(min(left, NAP))

    return sleep
