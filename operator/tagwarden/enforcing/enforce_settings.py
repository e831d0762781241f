"""How carefully and how fast plans are enforced."""

from dataclasses import dataclass
from datetime import timedelta

from tagwarden.model.plan import ActionType
from tagwarden.model.resource import Environment

CALLS_PER_SECOND = 10
"""The rate that suits accounts of any size."""


@dataclass(frozen=True, slots=True)
class EnforceSettings:
    """Numbers of the executor; the defaults suit accounts of any size."""

    workers: int = 4
    """Actions of one account that run at once."""

    calls_per_second: int = CALLS_PER_SECOND
    """The rate at which all workers of one account together begin to call its vendor; throttling lowers it."""

    attempts: int = 5
    """How often one action is tried where the vendor's error allows that."""

    backoff: timedelta = timedelta(seconds=1)
    """The pause after the first failed try; it doubles with each."""

    backoff_limit: timedelta = timedelta(seconds=30)
    """Maximum pause between two tries, or between two checks of a deletion."""

    deletion_limit: timedelta = timedelta(minutes=3)
    """Maximum wait for one wave; the next pass checks the rest."""

    finalizer_limit: timedelta = timedelta(seconds=30)
    """How long the same finalizers may hold one deleted object; then the rest of the wave no longer waits for it."""

    tags_limit: timedelta = timedelta(minutes=1)
    """How long written tags may take to be seen."""

    backup_limit: timedelta = timedelta(minutes=10)
    """Maximum wait for backups; the next pass deletes the resources of later ones."""

    backup_valid: timedelta = timedelta(hours=24)
    """How old a backup may be that is not made again, where the deletion that it was made for did not come about."""

    settling: timedelta = timedelta(seconds=30)
    """How long after an interrupted write its effect may still be invisible: only then does a look decide (S11)."""

    abandoned: timedelta = timedelta(hours=1)
    """After this time nobody is acting any more on what is open, and a deletion that was accepted, of which the vendor
    shows nothing, counts as failed."""

    given_up: timedelta = timedelta(hours=24)
    """After this time a deletion counts as failed even though the vendor still shows it under way."""

    plan_valid: timedelta = timedelta(hours=24)
    """How old a saved plan may be when it is carried out."""

    snapshot_valid: timedelta = timedelta(minutes=15)
    """How old the snapshots may be that deletions rest on; older ones are collected again first (S17)."""

    search_valid: timedelta = timedelta(seconds=10)
    """How long before a deletion the look may have begun that finds no other user of the resource (S17)."""

    environments: frozenset[Environment] = frozenset({Environment.TEST})
    """Environments with deletions and shorter lifetimes. Production never has these, whatever this setting (S2)."""

    def limit_of(self, action: ActionType) -> timedelta:
        """Give how long an action that was accepted is waited for."""
        if action is ActionType.DELETE:
            return self.deletion_limit
        return self.backup_limit if action is ActionType.BACKUP else self.tags_limit
