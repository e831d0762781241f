"""Everything `execute` needs, ready to run on a fake world with a clock that only sleeping moves."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from tagwarden.enforcing import EnforceSettings, execute, recover
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Action, ActionType, Baseline, Keeping, Plan, PlannedResource
from tagwarden.model.policy import BACKUP_OF
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.tags import TagChanges
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.state import Database, Entry, Journal
from tests.support.builders import ACCOUNT, NOW, a_resource
from tests.support.fake_provider import FakeProvider, FakeWorld


def an_entry(id: str = "1", **changes: object) -> Entry:  # noqa: A002 - the journal's own word
    """Give an open entry of a deletion, with these fields changed."""
    instance = expired()
    entry = Entry(
        id=id,
        at=NOW,
        run="run-1",
        policy="test-accounts",
        generation=3,
        plan_hash="f" * 64,
        snapshots=("snapshot-1", "snapshot-2"),
        provider=ProviderName.AWS,
        account=instance.account,
        region=instance.region,
        kind=instance.kind,
        category=instance.category,
        namespace="",
        uid=instance.uid,
        resource_id=instance.id,
        name=instance.name,
        created=instance.created,
        action=ActionType.DELETE,
        rule=Reason.Expired,
        tags_before={"owner": "älice", "empty": ""},
        changes=TagChanges({"expiration": "2026-09-02T12:00:00Z"}, ("ttl",)),
        actor="arn:aws:iam::123456789012:user/tagwarden",
        approved_by="carol",
        attempts=1,
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


TEN_MINUTES = timedelta(minutes=10)
SETTINGS = EnforceSettings(workers=2, calls_per_second=1000, deletion_limit=TEN_MINUTES)


class Clock:
    """A clock that stands still until somebody sleeps."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.slept = timedelta(0)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        with self._lock:
            self.now += timedelta(seconds=seconds)
            self.slept += timedelta(seconds=seconds)


def planned_deletion(
    resource: Resource, *, order: int = 1, because: str = "", after: Iterable[str] = (), reason: Reason = Reason.Expired
) -> PlannedResource:
    """Plan the deletion of a resource, for its own verdict or because of another."""
    verdict = Verdict.REPORT if because else Verdict.DELETE
    judgement = Judgement(resource.uid, verdict, deletion=reason, environment=Environment.TEST)
    action = Action(resource.uid, ActionType.DELETE, order, reason, because=because, after=tuple(after))
    return PlannedResource(resource, judgement, (action,))


def kept_first(planned: PlannedResource, *, keep: timedelta = timedelta(days=7)) -> PlannedResource:
    """Plan a backup before it goes; without a deletion of its own it goes with what takes it."""
    resource = planned.resource
    because = planned.taken_by or next((action.because for action in planned.actions), "")
    backup = Action(
        resource.uid,
        ActionType.BACKUP,
        0,
        Reason.Expired,
        because=because,
        changes=TagChanges({"owner": "alice", BACKUP_OF: resource.uid}),
        keeping=Keeping("expiration", keep),
    )
    return replace(planned, actions=(backup, *planned.actions))


def planned_write(
    resource: Resource,
    changes: TagChanges,
    *,
    verdict: Verdict = Verdict.FIX,
    reason: Reason = Reason.NonCanonicalExpiry,
) -> PlannedResource:
    """Plan a write of tags."""
    judgement = Judgement(resource.uid, verdict, changes=changes, environment=Environment.TEST)
    return PlannedResource(
        resource, judgement, (Action(resource.uid, ActionType.SET_TAGS, 0, reason, changes=changes),)
    )


def a_plan(*resources: PlannedResource, stopped: Withheld | None = None) -> Plan:
    """Give a plan of these resources."""
    return Plan(
        policy="test-accounts",
        policy_generation=3,
        generated_at=NOW,
        snapshots=("snapshot-2",),
        resources=tuple(sorted(resources, key=lambda planned: planned.resource.uid)),
        hash="f" * 64,
        baseline=Baseline(NOW),
        stopped=stopped,
    )


def expired(number: int = 1, **changes: object) -> Resource:
    """Give an instance that has expired."""
    fields: dict[str, object] = {"id": f"i-{number:017x}", "name": f"web-{number}", **changes}
    return a_resource(tags={"owner": "alice", "expiration": "2026-08-31T12:00:00Z"}, **fields)


@dataclass
class Bench:
    """A world, a journal and a clock; `run` executes a plan on them."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    path: Path | None = None
    settings: EnforceSettings = SETTINGS

    def __post_init__(self) -> None:
        self.world = FakeWorld(self.clock, self.path)
        self.provider = FakeProvider(self.world, ACCOUNT)
        self.providers: dict[str, FakeProvider] = {ACCOUNT: self.provider}
        self.journal = Journal(self.database)
        self.verdicts: dict[str, Verdict] = {}
        self.environments: dict[str, Environment] = {}
        self.may_act: Callable[[], bool] = lambda: True
        self.lines: list[str] = []
        self._ids = count(1)

    def add(self, *resources: Resource, **more: object) -> None:
        """Put resources into the world."""
        self.world.add(*resources, **more)  # type: ignore[arg-type]

    def rejudge(self, plan: Plan) -> Callable[[Resource], Judgement | None]:
        """Judge as the plan did, but for what a test changes in `verdicts`."""
        planned = {each.resource.uid: each.judgement for each in plan.resources}

        def judge(resource: Resource) -> Judgement | None:
            judgement = planned.get(resource.uid)
            verdict = self.verdicts.get(resource.uid)
            return judgement if judgement is None or verdict is None else judgement._replace(verdict=verdict)

        return judge

    def run(self, plan: Plan, *, dry_run: bool = False, run: str = "run-1", **more: object) -> tuple[Outcome, ...]:
        """Execute a plan."""
        return execute(
            plan,
            providers=self.providers,
            rejudge=self.rejudge(plan),
            environment_of=lambda each: self.environments.get(each.uid, Environment.TEST),
            journal=self.journal,
            may_act=self.may_act,
            clock=self.clock,
            run=run,
            dry_run=dry_run,
            progress=lambda line: self.lines.append(str(line)),
            settings=self.settings,
            sleep=self.clock.sleep,
            new_id=lambda: f"{run}-{next(self._ids):04}",
            **more,  # type: ignore[arg-type]
        )

    def recover(self, policy: str | None = None) -> list[Entry]:
        """Settle what is open in the journal."""
        return recover(
            self.journal,
            self.providers,
            clock=self.clock,
            policy=policy,
            settings=self.settings,
            sleep=self.clock.sleep,
        )

    def entries(self) -> list[Entry]:
        """Give the journal, the oldest entry first."""
        return list(reversed(self.journal.entries()))


def told(outcomes: Iterable[Outcome]) -> Mapping[str, tuple[str, str]]:
    """Give the state and the reason of each outcome by the resource's id."""
    return {outcome.resource.id: (str(outcome.state), str(outcome.reason)) for outcome in outcomes}
