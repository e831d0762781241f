"""Collection of an account: the due time, the run, and the status afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tagwarden.controller.child_input import secrets_of
from tagwarden.controller.collect_status import Collected, read_collected
from tagwarden.controller.conditions import (
    ConditionUpdate,
    find,
    sources,
    when_done,
    when_failed,
    when_unusable,
    while_running,
)
from tagwarden.controller.due import Every, Timing, Why, next_run, why_due
from tagwarden.controller.events import EventType
from tagwarden.controller.pass_context import PassContext
from tagwarden.controller.watched_objects import WatchedAccount, WatchedPolicy
from tagwarden.judging.account_identities import describe_duplicate
from tagwarden.model.messages import condition_messages as messages
from tagwarden.model.reasons import Reason
from tagwarden.model.status import ConditionType

_AGAIN = timedelta(minutes=1)
"""The pause before the next look for a missing Secret."""


@dataclass
class AccountPass:
    """Collections of all accounts."""

    context: PassContext
    _attempts: dict[str, datetime] = field(default_factory=dict)
    _accepted: dict[str, str] = field(default_factory=dict)
    """The accepted identity that was tried last, by account uid."""

    async def consider(self, watched: WatchedAccount, wanted: datetime | None, twins: Sequence[str] = ()) -> Why | None:
        """Give the reason to collect the account now, if any; `wanted` is the time of a request for a fresh snapshot.

        `twins` are the other accounts with the same identity, which the status names (S22).
        """
        if watched.account is None:
            await self._say_unusable(watched, Reason.InvalidSpec, messages.UNREADABLE_SPEC(mistake=watched.mistake))
            return None
        said = _reason_of(watched)
        if twins and said != Reason.DuplicateIdentity:
            await self._say_doubled(watched, twins)
        if (said == Reason.DuplicateIdentity and not twins) or self._is_newly_accepted(watched):
            self._accepted[watched.meta.uid] = watched.meta.accepted_identity
            return Why.REQUESTED
        why = why_due(_timing(watched), self.context.clock())
        if why is None and wanted is not None and self._last_look(watched) < wanted:
            why = Why.REQUESTED
        return why

    async def run(
        self,
        watched: WatchedAccount,
        why: Why,
        policies: Mapping[str, WatchedPolicy],
        accounts: Mapping[str, WatchedAccount],
        twins: Sequence[str] = (),
    ) -> None:
        """Collect the account and write the outcome. A cancelled collection is stopped and due again."""
        account = watched.account
        if account is None:
            return
        async with self.context.place([account.name]):
            started = self.context.now()
            # To the microsecond: a whole second would be earlier than the handled request.
            self._attempts[watched.meta.uid] = self.context.clock()
            watched = await self.context.say(watched, while_running(messages.COLLECTING()))
            inputs = await self.context.inputs(policies, accounts)
            missing = sorted(set(secrets_of(account)) & inputs.missing_secrets)
            if missing:
                message = messages.NO_SUCH_SECRET(name=missing[0], namespace=self.context.cluster.namespace)
                await self._say_unusable(watched, Reason.SecretNotFound, message, next_run_time=started + _AGAIN)
                return
            finished = await self.context.run_child(
                ["collect", "--account", account.name, "--output", "json"], inputs, f"collect {account.name}"
            )
            collected = read_collected(finished, account.name)
            failure = collected.failure[0] if collected.failure else ""
            self.context.metrics.account_collected(account.name, finished.answer, failure=failure)
            timing = _timing(watched)
            schedule = Every(account.spec.interval)
            fields = {
                "observed_generation": watched.meta.generation,
                "next_run_time": next_run(timing, schedule, Why.SCHEDULED if why is Why.REQUESTED else why, started),
                "last_handled_run_request": watched.meta.requested or None,
            }
            if collected.snapshot is not None:
                fields["last_snapshot"] = collected.snapshot
            if collected.identity is not None:
                fields["identity"] = collected.identity
            await self.context.say(watched, _said(collected, twins), **fields)
            if collected.failure is not None:
                await self.context.recorder.record(watched.subject, EventType.WARNING, *collected.failure)

    def _is_newly_accepted(self, watched: WatchedAccount) -> bool:
        """Whether a person accepted the identity for which the last collection was refused (S22)."""
        accepted = watched.meta.accepted_identity
        is_new = bool(accepted) and self._accepted.get(watched.meta.uid) != accepted
        return is_new and _reason_of(watched) == Reason.IdentityChanged

    async def _say_doubled(self, watched: WatchedAccount, twins: Sequence[str]) -> None:
        message = describe_duplicate(twins)
        await self.context.say(watched, when_unusable(Reason.DuplicateIdentity, message))
        await self.context.recorder.record(watched.subject, EventType.WARNING, Reason.DuplicateIdentity, message)

    async def _say_unusable(
        self, watched: WatchedAccount, reason: Reason, message: str, next_run_time: datetime | None = None
    ) -> None:
        ready = find(watched.status.conditions, ConditionType.READY)
        await self.context.say(
            watched,
            when_unusable(reason, message),
            observed_generation=watched.meta.generation,
            next_run_time=next_run_time,
            last_handled_run_request=watched.meta.requested or None,
        )
        if ready is None or ready.reason != reason:
            await self.context.recorder.record(watched.subject, EventType.WARNING, reason, message)

    def _last_look(self, watched: WatchedAccount) -> datetime:
        looks = [
            self._attempts.get(watched.meta.uid),
            watched.status.last_snapshot and watched.status.last_snapshot.time,
        ]
        return max((look for look in looks if look), default=datetime.min.replace(tzinfo=self.context.clock().tzinfo))


def _reason_of(watched: WatchedAccount) -> str:
    """Give the reason of the condition Ready; empty before the first."""
    ready = find(watched.status.conditions, ConditionType.READY)
    return ready.reason if ready is not None else ""


def _timing(watched: WatchedAccount) -> Timing:
    status = watched.status
    return Timing(
        generation=watched.meta.generation,
        observed_generation=status.observed_generation,
        next_run=status.next_run_time,
        requested=watched.meta.requested,
        handled=status.last_handled_run_request or "",
    )


def _said(collected: Collected, twins: Sequence[str]) -> tuple[ConditionUpdate, ...]:
    if collected.failure is not None:
        reason, message = collected.failure
        return (*when_failed(reason, message), sources([message], reason))
    if twins:
        return (*when_unusable(Reason.DuplicateIdentity, describe_duplicate(twins)), sources(collected.problems))
    snapshot = collected.snapshot
    found = messages.RESOURCES_FOUND(resources=snapshot.resources) if snapshot else messages.COLLECTED()
    return (*when_done(found), sources(collected.problems))
