"""What can happen between two steps of a pass: each move changes the world around something that is about to go."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from random import Random

from tagwarden.model.graph import EdgeMeaning
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure
from tests.support.safety_stage import SafetyStage, pick
from tests.support.safety_truth import CATEGORIES, ELSEWHERE, GLOBAL, HOME, OWNS, TEST, USES

Move = Callable[[SafetyStage, Random], None]

WORDS = ("claimed", "protected", "do-not-delete", "unreadable")
"""The tags by which people keep something."""
_CALLS_AN_ACTION = 3


def somebody_keeps_it(stage: SafetyStage, chance: Random) -> None:
    """The resource itself gets tags that keep it, or loses them all."""
    doomed = pick(chance, stage.doomed())
    if doomed is not None:
        stage.change(doomed.uid, tags=stage.tags(chance.choice([*WORDS, "none"])))


def somebody_renames_it(stage: SafetyStage, chance: Random) -> None:
    """The resource gets a name by which its environment, or the policy that governs it, is another one."""
    doomed = pick(chance, stage.doomed())
    if doomed is not None:
        stage.change(doomed.uid, name=f"{chance.choice(['prod-', 'shared-'])}{doomed.name}")


def vendor_protects_it(stage: SafetyStage, chance: Random) -> None:
    """Somebody turns on the vendor's own protection."""
    doomed = pick(chance, stage.doomed())
    if doomed is not None:
        stage.change(doomed.uid, protection="deletion protection is on")


def a_parent_speaks(stage: SafetyStage, chance: Random) -> None:
    """What it belongs to is extended, protected, made unreadable, or becomes production."""
    parent = pick(chance, [each for doomed in stage.doomed() for each in _parents_of(stage, doomed)])
    if parent is None:
        return
    if chance.random() < 0.3:
        stage.change(parent.uid, name=f"prod-{parent.name}")
    else:
        stage.change(parent.uid, tags=stage.tags(chance.choice(WORDS)))


def a_parent_appears(stage: SafetyStage, chance: Random) -> None:
    """It is put into something that is claimed, and from then on belongs to that."""
    doomed = pick(chance, [each for each in stage.doomed() if any(each.kind == owned for _, owned in OWNS)])
    if doomed is not None and not list(_parents_of(stage, doomed)):
        owner = next(owner for owner, owned in sorted(OWNS) if owned == doomed.kind)
        stage.tie(stage.make(owner, tags=chance.choice(WORDS), account=doomed.account), doomed.uid)


def a_companion_speaks(stage: SafetyStage, chance: Random) -> None:
    """What would go along with it is kept, or becomes production."""
    companion = pick(chance, [each for doomed in stage.doomed() for each in _owned_by(stage, doomed)])
    if companion is None:
        return
    if chance.random() < 0.5:
        stage.change(companion.uid, name=f"prod-{companion.name}")
    else:
        stage.change(companion.uid, tags=stage.tags(chance.choice(WORDS)))


def a_user_appears(stage: SafetyStage, chance: Random) -> None:
    """Somebody makes something that uses it: claimed itself, or silent in something that is claimed."""
    doomed = pick(chance, [each for each in stage.doomed() if _kinds_using(each)])
    if doomed is None:
        return
    kind = chance.choice(_kinds_using(doomed))
    is_elsewhere = doomed.kind in GLOBAL and chance.random() < 0.3
    make = partial(stage.make, account=doomed.account, region=ELSEWHERE if is_elsewhere else HOME)
    if kind == "aws_ec2_subnet" and chance.random() < 0.5:
        user = make(kind)
        stage.tie(make("aws_ec2_vpc", tags="claimed"), user)
    else:
        user = make(kind, tags=chance.choice(WORDS))
    stage.tie(user, doomed.uid)


def a_user_is_kept(stage: SafetyStage, chance: Random) -> None:
    """Something that uses it gets tags that keep it."""
    user = pick(chance, [each for doomed in stage.doomed() for each in stage.overseer.truth().users_of(doomed.uid)])
    if user is not None:
        stage.change(user.uid, tags=stage.tags(chance.choice(WORDS)))


def a_listing_is_denied(stage: SafetyStage, chance: Random) -> None:
    """From now on one kind cannot be listed, mostly one that uses what is to go."""
    doomed = pick(chance, stage.doomed())
    kinds = (doomed and _kinds_using(doomed)) or sorted(CATEGORIES)
    gap = CollectFailure(chance.choice(kinds), "", "AccessDenied", "denied")
    stage.world.failures[TEST] = (*stage.world.failures.get(TEST, ()), gap)


def the_lease_is_lost(stage: SafetyStage, chance: Random) -> None:
    """Another operator may act from now on."""
    del chance
    # Between our last question and the vendor's answer no lease helps, so it is lost with a write.
    stage.writes_until_lost = 1


def the_clock_jumps(stage: SafetyStage, chance: Random) -> None:
    """Our clock runs ahead all at once."""
    stage.skew += timedelta(hours=chance.choice([7, 30, 6 * 24]))


MOVES: tuple[Move, ...] = (
    somebody_keeps_it,
    somebody_renames_it,
    vendor_protects_it,
    a_parent_speaks,
    a_parent_appears,
    a_companion_speaks,
    a_user_appears,
    a_user_is_kept,
    a_listing_is_denied,
    the_lease_is_lost,
    the_clock_jumps,
)


def schedule(stage: SafetyStage, chance: Random, moves: Sequence[Move] = MOVES) -> None:
    """Let some things happen, each before one of the calls that the plan at hand takes, mostly of two sorts."""
    sorts = chance.sample(moves, min(2, len(moves)))
    for _ in range(chance.randint(2, 6)):
        move, seed = chance.choice(sorts), chance.randint(0, 2**32)
        call = chance.randint(1, 2 + _CALLS_AN_ACTION * len(stage.planned))
        stage.meddling.setdefault(call, []).append(partial(move, stage, Random(seed)))


def _parents_of(stage: SafetyStage, resource: Resource) -> list[Resource]:
    return list(stage.overseer.truth().ancestors_of(resource.uid))


def _owned_by(stage: SafetyStage, resource: Resource) -> list[Resource]:
    truth = stage.overseer.truth()
    return [
        truth.living[edge.target]
        for edge in truth.edges
        if edge.meaning is EdgeMeaning.OWNS and edge.source == resource.uid and edge.target in truth.living
    ]


def _kinds_using(resource: Resource) -> list[str]:
    return sorted({user for user, used in USES if used == resource.kind})
