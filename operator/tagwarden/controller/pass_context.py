"""The parts that all passes share: process slots, declarations, and status updates."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from tagwarden.controller.child_input import Manifest, assemble, config_maps_of, secrets_of, with_mistake
from tagwarden.controller.children import Children, Finished
from tagwarden.controller.cluster import Cluster
from tagwarden.controller.conditions import ConditionUpdate, merged
from tagwarden.controller.events import EventRecorder
from tagwarden.controller.leases import Leadership
from tagwarden.controller.watched_objects import WatchedAccount, WatchedPolicy
from tagwarden.errors import NotFound, ProviderError, Retry
from tagwarden.model.crd import CLEANUP_POLICY, CLOUD_ACCOUNT
from tagwarden.reporting.metrics import Metrics
from tagwarden.settings import Settings
from tagwarden.tagging import format_instant

logger = logging.getLogger(__name__)

Watched = TypeVar("Watched", WatchedPolicy, WatchedAccount)

_PATCH_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Pauses between attempts to write a status, seconds: longer than an API server takes to restart."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The input of a child, and the referenced Secrets that do not exist."""

    declarations: bytes
    missing_secrets: frozenset[str]


@dataclass
class PassContext:
    """The parts of the operator that a pass needs."""

    cluster: Cluster
    children: Children
    recorder: EventRecorder
    leadership: Leadership
    metrics: Metrics
    settings: Settings
    clock: Callable[[], datetime]
    _slots: asyncio.Semaphore = field(init=False)
    _locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.settings.children)

    def now(self) -> datetime:
        """Give the time in whole seconds, as in the API."""
        return self.clock().replace(microsecond=0)

    @contextlib.asynccontextmanager
    async def place(self, accounts: Iterable[str]) -> AsyncIterator[None]:
        """Wait until no other pass works on these accounts and a process slot is free."""
        async with contextlib.AsyncExitStack() as stack:
            # Always in the same order, to avoid deadlocks between passes.
            for name in sorted(set(accounts)):
                await stack.enter_async_context(self._locks[name])
            await stack.enter_async_context(self._slots)
            yield

    async def inputs(self, policies: Mapping[str, WatchedPolicy], accounts: Mapping[str, WatchedAccount]) -> Inputs:
        """Read the referenced Secrets and ConfigMaps and add them to the declarations."""
        wanted_secrets = {name for one in accounts.values() if one.account for name in secrets_of(one.account)}
        wanted_maps = {name for one in policies.values() if one.policy for name in config_maps_of(one.policy)}
        secrets = await self.cluster.secrets(wanted_secrets)
        config_maps = await self.cluster.config_maps(wanted_maps)
        manifests: list[Manifest] = [
            # An unreadable object has its own condition, and withholds only resources that it might govern (S12, S22).
            *(with_mistake(one.manifest, one.mistake) for one in policies.values()),
            *(with_mistake(one.manifest, one.mistake) for one in accounts.values()),
            *secrets.values(),
            *config_maps.values(),
        ]
        return Inputs(assemble(manifests), frozenset(wanted_secrets - set(secrets)))

    async def run_child(
        self, arguments: Sequence[str], inputs: Inputs, name: str, stop: asyncio.Event | None = None
    ) -> Finished:
        """Run the command line on the declarations and this operator's inventory, until `stop` is set."""
        return await self.children.run(
            [*arguments, "-f", "-", "--inventory", str(self.settings.inventory)],
            inputs.declarations,
            name=name,
            seconds=self.settings.pass_seconds,
            stop=stop,
        )

    async def say(self, watched: Watched, said: Iterable[ConditionUpdate], **fields: BaseModel | Any) -> Watched:
        """Write conditions, and fields of the status by their names in Python; None removes a field.

        Gives the object with the new status. Unchanged values are not written. An unavailable API server is retried; a
        deleted object needs no status.
        """
        before = watched.status.conditions
        after = merged(before, said, generation=watched.meta.generation, now=self.now())
        changes = {name: value for name, value in fields.items() if getattr(watched.status, name) != value}
        if after == before and not changes:
            return watched
        status: dict[str, Any] = {_camel(watched, name): as_json(value) for name, value in changes.items()}
        status["conditions"] = [as_json(condition) for condition in after]
        await self._patch(watched, status)
        said_now: Any = watched.status.model_copy(update={**changes, "conditions": after})
        return replace(watched, status=said_now)

    async def _patch(self, watched: WatchedPolicy | WatchedAccount, status: dict[str, Any]) -> None:
        kind = CLEANUP_POLICY if isinstance(watched, WatchedPolicy) else CLOUD_ACCOUNT
        for pause in (*_PATCH_PAUSES, None):
            try:
                await self.cluster.patch_status(kind, watched.meta.name, status)
            except NotFound:
                return
            except ProviderError as error:
                if pause is None or error.retry is not Retry.BACKOFF:
                    raise
                logger.warning("cannot write the status of %s %s yet: %s", kind.kind, watched.meta.name, error)
                await asyncio.sleep(pause)
            else:
                return


def as_json(value: Any) -> Any:
    """Give a status value in the form of the API."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    return value


def _camel(watched: WatchedPolicy | WatchedAccount, name: str) -> str:
    return type(watched.status).model_fields[name].alias or name
