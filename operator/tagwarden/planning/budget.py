"""What earlier passes used up and looked like: all that limits and the brake know of the past (S9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tagwarden.model.plan import Plan


@dataclass(frozen=True, slots=True)
class PassSummary:
    """What one pass of a policy looked like, for the brake to compare the next with.

    `governed` counts the resources of the scope, `tagged` those of them that carry any readable tag, `unforeseen`
    those to delete, at once or after their grace, for another reason than an expiry that passed while we watched.
    `braked` says that the brake held the pass back or is about to: then it is no measure of what is normal.
    """

    at: datetime
    governed: int
    tagged: int
    unforeseen: int
    braked: bool = False

    @classmethod
    def of(cls, at: datetime, summary: Mapping[str, int]) -> "PassSummary":
        """Read what to remember from the counts of a plan (`Plan.summary`) of that time (aware UTC)."""
        return cls(
            at=at,
            governed=summary.get("governed", 0),
            tagged=summary.get("tagged", 0),
            unforeseen=summary.get("unforeseen", 0),
            braked=not summary.get("normal", 1),
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """What was deleted within the hour before this pass, by whom, and what the last passes looked like.

    `policy_deletions`, `operator_deletions` and `account_deletions` (by account) count the deletions that began
    within the last 60 minutes, over restarts, and those that other runs have reserved. `operator_per_hour` and
    `account_per_hour` are the limits of the operator's own settings; None: no limit. `passes` are the last passes of
    this policy, oldest first, and always with the last one that was not braked. `released` is the hash that a person
    put into the annotation `tagwarden.io/releasedBrake`.
    """

    policy_deletions: int = 0
    operator_deletions: int = 0
    account_deletions: Mapping[str, int] = field(default_factory=dict)
    operator_per_hour: int | None = None
    account_per_hour: int | None = None
    passes: tuple[PassSummary, ...] = ()
    released: str = ""


def remembered(plan: Plan) -> PassSummary:
    """Give what to remember of a pass, for `Budget.passes` of those after it."""
    return PassSummary.of(plan.generated_at, plan.summary)
