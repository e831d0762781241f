"""Restores the tags that an earlier action changed, through the same path as every other write."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tagwarden.enforcing.enforce_settings import EnforceSettings
from tagwarden.enforcing.executor import execute
from tagwarden.enforcing.preconditions import is_same
from tagwarden.errors import BadInput, ProviderError
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import Action, ActionType, Baseline, Plan, PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.tags import TagChanges, TagState
from tagwarden.model.verdict import Judgement, Verdict, Withheld
from tagwarden.planning.hashing import plan_hash
from tagwarden.providers.base import Progress, Provider
from tagwarden.state.entry import Entry
from tagwarden.state.journal import Journal


@dataclass(frozen=True, slots=True)
class Restoration:
    """Tag writes to restore. `left` are entries without a restoration, each with the reason."""

    plan: Plan
    left: tuple[tuple[Entry, Withheld], ...]


def undo_of(entry: Entry, values: Mapping[str, str]) -> TagChanges | str:
    """Give the write that undoes an entry for tags with these values, or the reason why none is possible.

    Later writes are never overwritten: a resource with a later write is not restored at all.
    """
    if entry.tags_before is None:
        return messages.PREVIOUS_TAGS_UNKNOWN()
    before, did = entry.tags_before, entry.changes
    wrote = {key: value for key, value in did.set.items() if key not in did.remove}
    changed = sorted(
        [key for key, value in wrote.items() if values.get(key) != value] + [key for key in did.remove if key in values]
    )
    if changed:
        return messages.TAGS_CHANGED_SINCE(keys=", ".join(changed))
    put_back = {key: before[key] for key in (*wrote, *did.remove) if key in before}
    added = tuple(key for key in wrote if key not in before)
    return TagChanges(put_back, added)


def plan_restoration(
    entries: Iterable[Entry], providers: Mapping[str, Provider], *, run: str, now: datetime
) -> Restoration:
    """Read the current tags and plan the restoration; raises BadInput if there is nothing to undo."""
    planned: dict[str, PlannedResource] = {}
    left: list[tuple[Entry, Withheld]] = []
    policies = set()
    for entry in entries:
        policies.add(entry.policy)
        found = _planned(entry, providers)
        if isinstance(found, Withheld):
            left.append((entry, found))
        elif entry.uid in planned:
            left.append((entry, Withheld(Reason.Changed, messages.RESTORE_LATER_FIRST())))
        else:
            planned[entry.uid] = found
    if not policies:
        raise BadInput(messages.NO_JOURNAL_ENTRY())
    resources = tuple(planned[uid] for uid in sorted(planned))
    name = ", ".join(sorted(policies))
    return Restoration(
        Plan(
            policy=name,
            policy_generation=0,
            generated_at=now,
            snapshots=(run,),
            resources=resources,
            hash=plan_hash(name, resources),
            baseline=Baseline(now),
        ),
        tuple(left),
    )


def restore(
    restoration: Restoration,
    providers: Mapping[str, Provider],
    journal: Journal,
    *,
    clock: Callable[[], datetime],
    run: str,
    dry_run: bool = False,
    progress: Progress | None = None,
    settings: EnforceSettings = EnforceSettings(),  # noqa: B008 - frozen
    sleep: Callable[[float], None] | None = None,
) -> tuple[Outcome, ...]:
    """Restore the planned tags; each resource is read again and skipped if it changed (S5)."""
    judgements = {planned.resource.uid: planned.judgement for planned in restoration.plan.resources}
    return execute(
        restoration.plan,
        providers=providers,
        rejudge=lambda resource: judgements[resource.uid],
        # A restoration is never harmful in the sense of S2; production forbids all harmful actions.
        environment_of=lambda _: Environment.PRODUCTION,
        journal=journal,
        may_act=lambda: True,
        clock=clock,
        run=run,
        dry_run=dry_run,
        progress=progress,
        settings=settings,
        sleep=sleep,
    )


def _planned(entry: Entry, providers: Mapping[str, Provider]) -> PlannedResource | Withheld:
    if entry.action is not ActionType.SET_TAGS or entry.state is not ActionState.VERIFIED:
        return Withheld(Reason.Unsupported, messages.ONLY_TAGS_ARE_RESTORED(action=entry.action))
    provider = providers.get(entry.account)
    if provider is None:
        return Withheld(Reason.ProviderUnavailable, messages.UNDECLARED_ACCOUNT(account=entry.account))
    try:
        fresh = provider.read(entry.resource)
    except ProviderError as error:
        return Withheld(error.reason, str(error))
    return _undone(entry, fresh)


def _undone(entry: Entry, fresh: Resource | None) -> PlannedResource | Withheld:
    if fresh is None or not is_same(entry.resource, fresh):
        return Withheld(Reason.NotFound, messages.NO_LONGER_EXISTS())
    if fresh.tags.state is not TagState.KNOWN:
        return Withheld(Reason.TagsUnreadable, fresh.tags.why)
    undo = undo_of(entry, fresh.tags.values)
    if isinstance(undo, str):
        return Withheld(Reason.Changed, undo)
    return _write_of(fresh, undo)


def _write_of(fresh: Resource, undo: TagChanges) -> PlannedResource:
    judgement = Judgement(fresh.uid, Verdict.FIX, changes=undo)
    action = Action(fresh.uid, ActionType.SET_TAGS, 0, Reason.Restored, changes=undo)
    return PlannedResource(fresh, judgement, (action,))
