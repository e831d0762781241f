"""Limits, waits and rates of the execution of plans."""

from dataclasses import dataclass
from datetime import timedelta

from tagwarden.model.plan import ActionType
from tagwarden.model.resource import Environment

CALLS_PER_SECOND = 10
"""The default rate, suitable for accounts of any size."""


@dataclass(frozen=True, slots=True)
class EnforceSettings:
    """Settings of the executor; the defaults suit accounts of any size."""

    workers: int = 4
    """Number of concurrent actions in one account."""

    calls_per_second: int = CALLS_PER_SECOND
    """The rate of calls to one account's vendor, over all workers of the account; throttling lowers this rate."""

    attempts: int = 5
    """Maximum attempts for one action, if the vendor's error allows another attempt."""

    backoff: timedelta = timedelta(seconds=1)
    """Pause after the first failed attempt; doubles with each attempt."""

    backoff_limit: timedelta = timedelta(seconds=30)
    """Maximum pause between two attempts, or between two checks of a deletion."""

    deletion_limit: timedelta = timedelta(minutes=3)
    """Maximum wait for one wave; the next pass checks the rest."""

    finalizer_limit: timedelta = timedelta(seconds=30)
    """Maximum wait for an object blocked by the same finalizers; after that the wave no longer waits for the object."""

    tags_limit: timedelta = timedelta(minutes=1)
    """Maximum time until written tags are visible."""

    backup_limit: timedelta = timedelta(minutes=10)
    """Maximum wait for backups; after later backups, the next pass deletes the resources."""

    backup_valid: timedelta = timedelta(hours=24)
    """Maximum age of a backup that is re-used, if the deletion for which it was made did not take place."""

    settling: timedelta = timedelta(seconds=30)
    """Time after an interrupted write in which its effect may still be invisible; only a later check decides (S11)."""

    abandoned: timedelta = timedelta(hours=1)
    """Time after which no process works on an open action any more; an accepted deletion counts as failed then, if the
    vendor does not report it as in progress."""

    given_up: timedelta = timedelta(hours=24)
    """Time after which a deletion counts as failed although the vendor still reports it as in progress."""

    plan_valid: timedelta = timedelta(hours=24)
    """Maximum age of a saved plan at execution."""

    snapshot_valid: timedelta = timedelta(minutes=15)
    """Maximum age of the snapshots behind deletions; older ones are collected again first (S17)."""

    search_valid: timedelta = timedelta(seconds=10)
    """Maximum age, at the deletion, of the search that finds no other user of the resource (S17)."""

    environments: frozenset[Environment] = frozenset({Environment.TEST})
    """Environments with deletions and shorter lifetimes. Production never has these, whatever this setting (S2)."""

    def limit_of(self, action: ActionType) -> timedelta:
        """Give the maximum wait for an accepted action."""
        if action is ActionType.DELETE:
            return self.deletion_limit
        return self.backup_limit if action is ActionType.BACKUP else self.tags_limit
