"""What earlier passes used up, read from the journal, so that limits hold over restarts (S9)."""

from collections import Counter
from datetime import datetime, timedelta

from tagwarden.enforcing.database import Database
from tagwarden.enforcing.journal import Journal
from tagwarden.enforcing.memory import Memory
from tagwarden.planning import Budget

HOUR = timedelta(hours=1)


def budget(
    database: Database,
    policy: str,
    now: datetime,
    *,
    operator_per_hour: int | None = None,
    account_per_hour: int | None = None,
    released: str = "",
) -> Budget:
    """Give what limits and the brake know of the past at `now` (aware UTC)."""
    by_policy: Counter[str] = Counter()
    by_account: Counter[str] = Counter()
    for (of_policy, account), deletions in Journal(database).deletions_since(now - HOUR).items():
        by_policy[of_policy] += deletions
        by_account[account] += deletions
    return Budget(
        policy_deletions=by_policy[policy],
        operator_deletions=by_policy.total(),
        account_deletions=dict(by_account),
        operator_per_hour=operator_per_hour,
        account_per_hour=account_per_hour,
        passes=Memory(database).last_passes(policy),
        released=released,
    )
