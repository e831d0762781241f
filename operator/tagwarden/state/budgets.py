"""Deletions of earlier passes, read from the journal, so that limits hold across restarts (S9)."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from tagwarden.planning import Budget
from tagwarden.state.database import Database
from tagwarden.state.history import HistoryStore
from tagwarden.state.reservations import Spent, spent


def budget(
    database: Database,
    policy: str,
    now: datetime,
    *,
    operator_per_hour: int | None = None,
    account_per_hour: int | None = None,
    released: str = "",
) -> Budget:
    """Give the budget for limits and brake at `now` (aware UTC)."""
    with database.reading() as connection:
        found = spent(connection, now)
    used = budget_of(found, policy, operator_per_hour=operator_per_hour, account_per_hour=account_per_hour)
    return replace(used, passes=HistoryStore(database).last_passes(policy), released=released)


def budget_of(
    found: Spent, policy: str, *, operator_per_hour: int | None = None, account_per_hour: int | None = None
) -> Budget:
    """Give the spent and reserved deletions for the limits."""
    by_account: Counter[str] = Counter()
    for (_, account), deletions in found.items():
        by_account[account] += deletions
    return Budget(
        policy_deletions=sum(deletions for (of_policy, _), deletions in found.items() if of_policy == policy),
        operator_deletions=by_account.total(),
        account_deletions=dict(by_account),
        operator_per_hour=operator_per_hour,
        account_per_hour=account_per_hour,
    )
