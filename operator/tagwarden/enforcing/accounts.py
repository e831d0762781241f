"""The accounts of one execution: identities, workers, and shared reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import count
from typing import TypeVar

from tagwarden.enforcing.client import ProviderClient
from tagwarden.enforcing.rate_limiter import RateLimiter
from tagwarden.enforcing.recording import ExecutionContext, Recorder
from tagwarden.enforcing.retries import may_try_again, pause_after
from tagwarden.enforcing.worker import AccountWorker
from tagwarden.errors import ProviderError, Unreachable
from tagwarden.model.evidence import Search
from tagwarden.model.messages import enforcement_messages as messages
from tagwarden.model.outcome import Outcome
from tagwarden.model.plan import Plan
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.verdict import Withheld
from tagwarden.providers.base import Provider

T = TypeVar("T")


def accounts_of(plan: Plan) -> frozenset[str]:
    """Name the accounts in which a plan acts, or reads the evidence of deletions again."""
    found: set[str] = set()
    for planned in plan.resources:
        if planned.actions or planned.taken_by:
            found.add(planned.resource.account)
        if planned.evidence is not None:
            found |= {witness.resource.account for witness in planned.evidence.witnesses}
            found |= {search.account for search in planned.evidence.searches}
    return frozenset(found)


class Accounts:
    """The accounts of one execution: identities, workers, and refused accounts."""

    def __init__(self, around: ExecutionContext, providers: Mapping[str, Provider], stack: ExitStack) -> None:
        self._around = around
        self._providers = providers
        self._stack = stack
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._actors: dict[str, AccountWorker] = {}
        self._refused: dict[str, Withheld] = {}
        self._errors: dict[str, ProviderError] = {}

    def open(self, names: Iterable[str]) -> None:
        """Verify the identity in each account, once and concurrently; a failure stops no other account (S10, S12)."""
        asked: dict[str, Future[str]] = {}
        calls: dict[str, ProviderClient] = {}
        settings = self._around.settings
        for name in sorted(names):
            provider = self._providers.get(name)
            if provider is None:
                self._refused[name] = Withheld(Reason.ProviderUnavailable, messages.NO_PROVIDER(account=name))
                continue
            calls[name] = ProviderClient(
                provider, RateLimiter(settings.calls_per_second, self._around.clock, self._around.sleep)
            )
            pool = ThreadPoolExecutor(settings.workers, thread_name_prefix=f"enforce-{name}")
            self._pools[name] = self._stack.enter_context(_ending(pool))
            asked[name] = pool.submit(self._identified, calls[name])
        for name, caller in asked.items():
            try:
                self._actors[name] = AccountWorker(calls[name], Recorder(self._around, caller.result()))
            except ProviderError as error:
                self._refused[name], self._errors[name] = Withheld(error.reason, str(error)), error

    def actor(self, name: str) -> AccountWorker:
        """Give the worker of an account that is not refused."""
        return self._actors[name]

    def recorder(self, name: str) -> Recorder:
        """Give the recorder of an account, refused or not."""
        actor = self._actors.get(name)
        return Recorder(self._around, "") if actor is None else actor.recorder

    def refused(self, name: str) -> Withheld | None:
        """Explain why no action is taken in an account; None if actions are allowed."""
        return self._refused.get(name)

    def read(self, resource: Resource) -> Resource | None:
        """Read a resource of any account again; None if deleted."""
        return self._calls(resource.account).read(resource)

    def look(self, search: Search, now: datetime) -> Snapshot:
        """List the extent of a search in its account."""
        return self._calls(search.account).look(search, now)

    def _calls(self, name: str) -> ProviderClient:
        if name in self._errors:
            raise self._errors[name]
        if name not in self._actors:
            raise Unreachable(messages.NO_PROVIDER(account=name))
        return self._actors[name].calls

    def submit(self, name: str, function: Callable[[T], Outcome], argument: T) -> Future[Outcome]:
        """Run a function on one of the account's workers."""
        return self._pools[name].submit(function, argument)

    def _identified(self, calls: ProviderClient) -> str:
        for attempts in count(1):
            try:
                return calls.identify().caller
            except ProviderError as error:
                if not may_try_again(error, attempts, self._around.settings):
                    raise
                self._around.sleep(pause_after(attempts, self._around.settings))
        raise AssertionError("counting has no end")


@contextmanager
def _ending(pool: ThreadPoolExecutor) -> Iterator[ThreadPoolExecutor]:
    """Finish running tasks and start no more."""
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
