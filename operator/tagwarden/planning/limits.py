"""How much may be deleted, and which plans need a look by a person (S9)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagwarden.model.messages import plan_messages as messages
from tagwarden.model.plan import Baseline, PlannedResource
from tagwarden.model.policy import Limits
from tagwarden.model.reasons import Reason
from tagwarden.model.tags import TagState
from tagwarden.model.verdict import Verdict, Withheld
from tagwarden.model.world import World
from tagwarden.planning.budget import Budget
from tagwarden.tagging import format_instant

SMALL_SCOPE = 3
"""Deletions that any percentage above 0 allows: otherwise 20 % would block all deletions in a scope below five."""
JUMP_AT_LEAST = 10
"""Minimum number of unforeseen deletions in a jump."""
JUMP_POINTS = 25
"""A jump exceeds the maximum share of unforeseen deletions in the last passes by more than these percentage points."""
TAGGED_AT_LEAST = 10
TAGS_LEFT_PERCENT = 20
"""Tags have vanished if less than this percentage of tagged resources remains, in a scope that still exists."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Tolerated difference between clocks; a larger difference means that a clock was changed."""
MEMORY = timedelta(days=7)
"""After a longer pause without passes, no expiry counts as foreseen."""


_TO_DELETE = frozenset({Verdict.DELETE, Verdict.PENDING})
_IN_PROGRESS = frozenset({Reason.InProgress, Reason.BlockedByFinalizer})


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a pass of a policy for limits and brake.

    `deletions` counts actions, `going` also the resources that vendors delete along with these. `unforeseen` counts
    deletions, now or after the grace period, for a reason other than an expiry that passed under observation,
    `unforeseen_going` only immediate ones.
    """

    governed: int
    tagged: int
    deletions: int
    going: int
    unforeseen: int
    unforeseen_going: int
    by_account: Mapping[str, int]


def count(resources: Sequence[PlannedResource], governed: int, budget: Budget, now: datetime) -> Figures:
    """Count the deletions and tags of a plan without any limit."""
    accounts: Counter[str] = Counter()
    tagged = going = unforeseen = unforeseen_going = 0
    normal = [each.at for each in budget.passes if not each.braked]
    watched_since = min(normal) if normal and now - max(normal) <= MEMORY else now
    for planned in resources:
        tagged += planned.resource.tags.state is TagState.KNOWN and bool(planned.resource.tags.values)
        goes = planned.goes
        if goes:
            going += 1
            accounts[planned.resource.account] += not planned.taken_by
        if _is_unforeseen(planned, watched_since):
            unforeseen += 1
            unforeseen_going += goes
    return Figures(governed, tagged, accounts.total(), going, unforeseen, unforeseen_going, accounts)


def limit_reached(figures: Figures, limits: Limits | None, budget: Budget) -> Withheld | None:
    """Describe the limit that the plan as a whole exceeds; None if the plan is within all limits.

    `deletionsPerRun` and `deletionsPerHour` count delete actions; `deletionsPercent` counts all deleted resources,
    associated ones included, since the number of governed resources includes these too.
    """
    if figures.deletions == 0:
        return None
    return _limit_of_plan(figures, limits) or hourly_limit_reached(figures.by_account, limits, budget)


def hourly_limit_reached(wanted: Mapping[str, int], limits: Limits | None, budget: Budget) -> Withheld | None:
    """Describe the hourly limit that so many deletions, by account, would exceed; None if within all limits."""
    return _hour_of_policy(sum(wanted.values()), limits, budget) or _hour_of_operator(wanted, budget)


def _limit_of_plan(figures: Figures, limits: Limits | None) -> Withheld | None:
    if limits is None:
        return None
    wanted = figures.deletions
    if wanted > limits.deletions_per_run:
        return Withheld(
            Reason.LimitPerRun,
            messages.LIMIT_PER_RUN(deletions=wanted, limit=limits.deletions_per_run),
        )
    allowed = percent_allows(limits.deletions_percent, figures.governed)
    if figures.going > allowed:
        return Withheld(
            Reason.LimitPercent,
            messages.LIMIT_PERCENT(
                going=figures.going, governed=figures.governed, percent=limits.deletions_percent, limit=allowed
            ),
        )
    return None


def _hour_of_policy(wanted: int, limits: Limits | None, budget: Budget) -> Withheld | None:
    if limits is None or budget.policy_deletions + wanted <= limits.deletions_per_hour:
        return None
    return Withheld(
        Reason.LimitPerHour,
        messages.LIMIT_PER_HOUR(deletions=wanted, before=budget.policy_deletions, limit=limits.deletions_per_hour),
    )


def _hour_of_operator(wanted: Mapping[str, int], budget: Budget) -> Withheld | None:
    limit, total = budget.operator_per_hour, sum(wanted.values())
    if limit is not None and budget.operator_deletions + total > limit:
        return Withheld(
            Reason.LimitPerHour,
            messages.OPERATOR_LIMIT(deletions=total, before=budget.operator_deletions, limit=limit),
        )
    limit = budget.account_per_hour
    for account, deletions in sorted(wanted.items()):
        before = budget.account_deletions.get(account, 0)
        if limit is not None and deletions and before + deletions > limit:
            return Withheld(
                Reason.LimitPerHour,
                messages.ACCOUNT_LIMIT(deletions=deletions, account=account, before=before, limit=limit),
            )
    return None


def percent_allows(percent: int, governed: int) -> int:
    """Give the number of deletions that a percentage of governed resources allows; see `SMALL_SCOPE`."""
    return max(SMALL_SCOPE, governed * percent // 100) if percent else 0


def clock_moved(world: World, budget: Budget, now: datetime) -> str:
    """Describe a clock that went backwards or differs from a vendor's clock; empty if the clock is right.

    After a clock jumps forward, all expiries in between pass at once.
    """
    for snapshot in world.snapshots.values():
        theirs = snapshot.identity.at
        if theirs is not None and abs(snapshot.taken - theirs) > CLOCK_TOLERANCE:
            return messages.CLOCKS_DIFFER(
                account=snapshot.account, here=format_instant(snapshot.taken), there=format_instant(theirs)
            )
    taken = [snapshot.taken for snapshot in world.snapshots.values()]
    latest = max([*taken, *(each.at for each in budget.passes)], default=now)
    if now >= latest - CLOCK_TOLERANCE:
        return ""
    return messages.CLOCK_WENT_BACK(now=format_instant(now), before=format_instant(latest))


def brake_tripped(figures: Figures, budget: Budget) -> str:
    """Describe a jump over the last passes that needs a person's decision; empty without a jump.

    A pass that the brake stopped is not a baseline, so that a repeated jump does not become normal.
    """
    if not budget.passes:
        return ""
    normal = [each for each in budget.passes if not each.braked]
    if not normal:
        return messages.NO_NORMAL_PASS()
    vanished = _vanished_tags(figures, normal[-1])
    return vanished or _jump(figures.unforeseen_going, figures.governed, normal)


def is_measure(figures: Figures, budget: Budget) -> bool:
    """Whether this pass can serve as a baseline: not during a jump, even if all deletions are in the grace period."""
    normal = [each for each in budget.passes if not each.braked]
    return not normal or not _jump(figures.unforeseen, figures.governed, normal)


def _vanished_tags(figures: Figures, before: Baseline) -> str:
    still_there = figures.governed * 2 >= before.governed
    if before.tagged < TAGGED_AT_LEAST or not still_there:
        return ""
    if figures.tagged * 100 >= before.tagged * TAGS_LEFT_PERCENT:
        return ""
    return messages.TAGS_DISAPPEARED(before=before.tagged, now=figures.tagged)


def _jump(unforeseen: int, governed: int, normal: Sequence[Baseline]) -> str:
    highest = max(_percent(each.unforeseen, each.governed) for each in normal)
    share = _percent(unforeseen, governed)
    if unforeseen < JUMP_AT_LEAST or share <= highest + JUMP_POINTS:
        return ""
    return messages.UNEXPECTED_DELETIONS(share=share, highest=highest)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _is_in_progress(planned: PlannedResource) -> bool:
    """Whether the resource is already being deleted and needs no decision."""
    return planned.withheld is not None and planned.withheld.reason in _IN_PROGRESS


def _is_unforeseen(planned: PlannedResource, watched_since: datetime) -> bool:
    """Whether the own verdict deletes the resource, now or later, for a reason other than an observed expiry.

    A whole scope may expire at a weekly cut-off, as expected.
    """
    judgement = planned.judgement
    if judgement.verdict not in _TO_DELETE or _is_in_progress(planned):
        return False
    expires = judgement.expires
    return judgement.deletion is not Reason.Expired or expires is None or expires <= watched_since
