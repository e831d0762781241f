"""Whether a policy runs now: the accounts, the trigger, and the obstacles."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tagwarden.controller.child_input import config_maps_of
from tagwarden.controller.conditions import find, sources, when_failed, when_suspended, when_unusable, when_waiting
from tagwarden.controller.due import Timing, Why, why_due
from tagwarden.controller.events import EventType
from tagwarden.controller.pass_context import PassContext
from tagwarden.controller.watched_objects import WatchedAccount, WatchedPolicy
from tagwarden.errors import InvalidField
from tagwarden.judging import CompiledPolicy, compile_policy
from tagwarden.model.messages import condition_messages as messages
from tagwarden.model.policy import Approval, CleanupPolicy, Mode
from tagwarden.model.reasons import Reason
from tagwarden.model.status import ConditionType

_COMES_BACK = frozenset(
    {
        Reason.Suspended,
        Reason.AccountNotFound,
        Reason.NoAccounts,
        Reason.SecretNotFound,
        Reason.SnapshotMissing,
        Reason.SnapshotStale,
    }
)
"""Obstacles that can disappear without a spec change: the policy is then checked again at once."""


@dataclass(frozen=True, slots=True)
class ScopeAccounts:
    """The accounts that a policy covers, and the named accounts that do not exist."""

    covered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass
class PolicyCheck:
    """Checks every policy at each tick, and writes obstacles into its status."""

    context: PassContext
    _compiled: dict[str, tuple[int, CompiledPolicy | InvalidField]] = field(default_factory=dict)

    async def consider(
        self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount], collecting: frozenset[str]
    ) -> Why | None:
        """Give the trigger of a run now, if any; write obstacles into the status.

        `collecting` are the accounts being collected: their policies wait for the new snapshot.
        """
        if await self._is_kept(watched, accounts):
            return None
        why = self.why_due(watched, self.context.clock())
        covered = self.scope_of(watched, accounts).covered
        if why is None or collecting & set(covered):
            return None
        if await self._lacks_config_map(watched) or await self._is_blind(watched, [accounts[name] for name in covered]):
            return None
        return why

    def why_due(self, watched: WatchedPolicy, now: datetime) -> Why | None:
        """Give the trigger of a due pass, if any."""
        return why_due(timing_of(watched, recovered=self._has_recovered(watched)), now)

    def scope_of(self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount]) -> ScopeAccounts:
        """Give the accounts that the policy covers."""
        compiled = self.compile(watched)
        if watched.policy is None or not isinstance(compiled, CompiledPolicy):
            return ScopeAccounts()
        covered = [name for name, one in accounts.items() if one.account and compiled.scope.covers_account(one.account)]
        missing = [name for name in watched.policy.spec.scope.accounts.names if name not in accounts]
        return ScopeAccounts(tuple(covered), tuple(missing))

    def may_cover(self, watched: WatchedPolicy, accounts: Iterable[WatchedAccount]) -> bool:
        """Whether the policy may govern a resource in one of these accounts; an unreadable policy may (S22)."""
        compiled = self.compile(watched)
        if not isinstance(compiled, CompiledPolicy):
            return True
        return any(one.account is None or compiled.scope.covers_account(one.account) for one in accounts)

    def keep(self, uids: Collection[str]) -> None:
        """Forget policies that are not among these."""
        for uid in self._compiled.keys() - set(uids):
            del self._compiled[uid]

    def compile(self, watched: WatchedPolicy) -> CompiledPolicy | InvalidField | None:
        """Compile the policy once per generation; None if the spec is unreadable."""
        if watched.policy is None:
            return None
        known = self._compiled.get(watched.meta.uid)
        if known is not None and known[0] == watched.meta.generation:
            return known[1]
        compiled: CompiledPolicy | InvalidField
        try:
            compiled = compile_policy(watched.policy)
        except InvalidField as error:
            compiled = error
        self._compiled[watched.meta.uid] = (watched.meta.generation, compiled)
        return compiled

    def _unusable(self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount]) -> tuple[Reason, str] | None:
        compiled = self.compile(watched)
        if compiled is None:
            return Reason.InvalidSpec, messages.UNREADABLE_SPEC(mistake=watched.mistake)
        if isinstance(compiled, InvalidField):
            return compiled.reason, str(compiled)
        scope = self.scope_of(watched, accounts)
        if scope.covered:
            return None
        if scope.missing:
            return Reason.AccountNotFound, no_account(scope.missing)
        return Reason.NoAccounts, messages.NO_LABELLED_ACCOUNT()

    async def _is_kept(self, watched: WatchedPolicy, accounts: Mapping[str, WatchedAccount]) -> bool:
        """Whether an obstacle that a person must remove stops the policy; write the obstacle."""
        unusable = self._unusable(watched, accounts)
        if unusable is not None:
            await self._say_unusable(watched, *unusable)
            return True
        if watched.policy is not None and watched.policy.spec.suspend:
            await self._say_suspended(watched)
            return True
        return False

    async def _is_blind(self, watched: WatchedPolicy, accounts: Sequence[WatchedAccount]) -> bool:
        """Whether no account has a recent snapshot; write the accounts concerned."""
        unseen = [account.meta.name for account in accounts if not _was_looked_at(account)]
        if unseen:
            message = messages.WAITING_FOR_SNAPSHOT(accounts=", ".join(unseen))
            await self.context.say(watched, when_waiting(Reason.SnapshotMissing, message))
            return True
        problems = [problem for account in accounts if (problem := _why_blind(account, self.context.clock()))]
        if len(problems) < len(accounts):
            return False
        reason, message = problems[0]
        ready = find(watched.status.conditions, ConditionType.READY)
        said = (*when_failed(reason, message), sources([text for _, text in problems], reason))
        await self.context.say(watched, said, observed_generation=watched.meta.generation)
        if ready is None or (ready.reason, ready.message) != (reason, message):
            await self.context.recorder.record(watched.subject, EventType.WARNING, reason, message)
        return True

    async def _lacks_config_map(self, watched: WatchedPolicy) -> bool:
        """Whether a referenced ConfigMap is missing; write the missing name."""
        names = config_maps_of(watched.policy) if watched.policy else ()
        found = await self.context.cluster.config_maps(names)
        missing = [name for name in names if name not in found]
        if not missing:
            return False
        namespace = self.context.cluster.namespace
        message = messages.NO_SUCH_CONFIG_MAP(name=missing[0], namespace=namespace)
        await self._say_unusable(watched, Reason.SecretNotFound, message)
        return True

    def _has_recovered(self, watched: WatchedPolicy) -> bool:
        ready = find(watched.status.conditions, ConditionType.READY)
        if ready is None or ready.reason not in _COMES_BACK:
            return False
        # A completed pass without one of the accounts has this reason too, and must not run again.
        return watched.status.next_run_time is None or ready.reason != Reason.AccountNotFound

    async def _say_unusable(self, watched: WatchedPolicy, reason: Reason, message: str) -> None:
        ready = find(watched.status.conditions, ConditionType.READY)
        await self.context.say(
            watched,
            when_unusable(reason, message),
            observed_generation=watched.meta.generation,
            next_run_time=None,
            last_handled_run_request=watched.meta.requested or None,
        )
        if ready is None or (ready.reason, ready.message) != (reason, message):
            await self.context.recorder.record(watched.subject, EventType.WARNING, reason, message)

    async def _say_suspended(self, watched: WatchedPolicy) -> None:
        await self.context.say(
            watched, when_suspended(), observed_generation=watched.meta.generation, next_run_time=None
        )


def timing_of(watched: WatchedPolicy, *, recovered: bool = False) -> Timing:
    """Give the facts that decide whether the policy is due."""
    status, policy = watched.status, watched.policy
    waits = policy is not None and acts(policy, Why.APPROVED) and policy.spec.approval is Approval.REQUIRED
    return Timing(
        generation=watched.meta.generation,
        observed_generation=status.observed_generation,
        next_run=status.next_run_time,
        requested=watched.meta.requested,
        handled=status.last_handled_run_request or "",
        waiting=status.pending_plan.hash if waits and status.pending_plan else "",
        approved=watched.meta.approved_plan,
        acted=status.last_handled_approval or "",
        braked=_is_braked(watched),
        released=watched.meta.released_brake,
        tried=status.last_handled_release or "",
        suspended=policy is not None and policy.spec.suspend,
        recovered=recovered,
    )


def _is_braked(watched: WatchedPolicy) -> bool:
    within = find(watched.status.conditions, ConditionType.WITHIN_LIMITS)
    return within is not None and within.reason == Reason.AnomalyBrake


def acts(policy: CleanupPolicy, why: Why) -> bool:
    """Whether this pass may act: never only because the policy was edited."""
    return policy.spec.mode is Mode.ENFORCE and why is not Why.CHANGED


def _was_looked_at(account: WatchedAccount) -> bool:
    """Whether the account has a snapshot or a known failure."""
    ready = find(account.status.conditions, ConditionType.READY)
    return account.status.last_snapshot is not None or (ready is not None and ready.status == "False")


def _why_blind(account: WatchedAccount, now: datetime) -> tuple[Reason, str] | None:
    """Explain why the account cannot be judged: without a snapshot, or with an old one."""
    snapshot, declared = account.status.last_snapshot, account.account
    ready = find(account.status.conditions, ConditionType.READY)
    name, why = account.meta.name, ready.message if ready is not None and ready.status == "False" else ""
    if snapshot is None or declared is None:
        text = messages.NO_SNAPSHOT_SINCE(account=name, why=why) if why else messages.NO_SNAPSHOT(account=name)
        return Reason.SnapshotMissing, text
    if now - snapshot.time > declared.stale_after:
        text = messages.OLD_SNAPSHOT_SINCE(account=name, why=why) if why else messages.OLD_SNAPSHOT(account=name)
        return Reason.SnapshotStale, text
    return None


def no_account(names: tuple[str, ...]) -> str:
    """Name the referenced accounts that do not exist."""
    return messages.NO_SUCH_ACCOUNT(accounts=", ".join(names))
