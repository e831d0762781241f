"""A few passes over a small account, drawn from a seed: what is made, what goes wrong, and what happens in between."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

from tagwarden.model.snapshot import CollectFailure
from tests.support.safety_manners import AMAZON, Manners
from tests.support.safety_moves import MOVES, Move, schedule
from tests.support.safety_stage import SafetyStage, declared_twice
from tests.support.safety_truth import CATEGORIES, ELSEWHERE, NETWORKS, TEST, USES

Trouble = Callable[[SafetyStage, Random], None]

_ENDED = ("expired", "none")
_WORDS = ("expired", "none", "none", "claimed", "protected", "do-not-delete", "unreadable", "too-long", "owned")


def violations_of(
    seed: int, moves: Sequence[Move] = MOVES, troubles: Sequence[Trouble] = (), manners: Manners = AMAZON
) -> list[str]:
    """Live through one story and give every safety rule that was broken in it.

    One of `troubles` is there when the second pass begins; unless any are given, one of all in some stories.
    """
    stage, chance = SafetyStage(manners), Random(seed)
    try:
        _settle_in(stage, chance)
        stage.run("main")
        trouble = chance.choice(troubles or (*TROUBLES, *[no_trouble] * 2 * len(TROUBLES)))
        # A deletion takes two observations, those of a wrong clock included.
        for policy in ("main", chance.choice(["main"] * 6 + ["watcher", "rival"])):
            stage.clock.now += timedelta(hours=1)
            trouble(stage, chance)
            stage.run(policy, meanwhile=lambda: schedule(stage, chance, moves))
        return list(stage.overseer.violations)
    finally:
        stage.close()


def _settle_in(stage: SafetyStage, chance: Random) -> None:
    """Make a few groups of resources that hang together."""
    for scene in chance.sample(_SCENES, 3):
        scene(stage, chance)


def _a_network(stage: SafetyStage, chance: Random) -> None:
    """A network with parts of it, and perhaps somebody in a subnet."""
    network = stage.make("aws_ec2_vpc", tags=chance.choice(_WORDS), name=_name(chance))
    subnet = stage.make("aws_ec2_subnet", tags=chance.choice(_ENDED))
    group = stage.make("aws_ec2_security_group", tags=chance.choice(_ENDED))
    for part in (subnet, group):
        stage.tie(network, part)
    if chance.random() < 0.5:
        instance = stage.make("aws_ec2_instance", tags=chance.choice(_WORDS))
        stage.tie(instance, subnet)


def _a_shared_network(stage: SafetyStage, chance: Random) -> None:
    """A group in a network that another account shares."""
    network = stage.make("aws_ec2_vpc", tags=chance.choice(_WORDS), account=NETWORKS, name=_name(chance))
    stage.tie(network, stage.make("aws_ec2_security_group", tags="expired"))


def _a_function(stage: SafetyStage, chance: Random) -> None:
    """A role and a queue, and perhaps a function that uses them, in this region or in another."""
    used = [stage.make("aws_iam_role", tags=chance.choice(_ENDED)), stage.make("aws_sqs_queue", tags="expired")]
    if chance.random() < 0.6:
        function = stage.make("aws_lambda_function", tags=chance.choice(_WORDS))
        for each in used:
            stage.tie(function, each)
    if chance.random() < 0.3:
        stage.tie(stage.make("aws_lambda_function", tags="claimed", region=ELSEWHERE), used[0])


def _an_instance(stage: SafetyStage, chance: Random) -> None:
    """An instance with a volume that goes with it, and one that does not."""
    instance = stage.make("aws_ec2_instance", tags=chance.choice(_ENDED), name=_name(chance))
    stage.make("aws_ec2_volume", tags=chance.choice(["none", "none", *_WORDS]), managed_by=instance)
    if chance.random() < 0.5:
        stage.tie(instance, stage.make("aws_ec2_volume", tags=chance.choice(_WORDS)))


def _leftovers(stage: SafetyStage, chance: Random) -> None:
    """Things that nobody claims, or that somebody did, of any age."""
    for _ in range(chance.randint(2, 12)):
        stage.make(
            chance.choice(sorted(CATEGORIES)),
            tags=chance.choice(_WORDS),
            name=_name(chance),
            age=timedelta(hours=chance.choice([0.5, 20])),
        )


_SCENES = (_a_network, _a_shared_network, _a_function, _an_instance, _leftovers)


def no_trouble(stage: SafetyStage, chance: Random) -> None:
    """All is as it should be."""
    del stage, chance


def wrong_credentials(stage: SafetyStage, chance: Random) -> None:
    """After collecting, the credentials belong to another account."""
    del chance
    stage.overseer.imposters = {TEST}


def a_second_declaration(stage: SafetyStage, chance: Random) -> None:
    """Somebody declares the account once more, under another name."""
    del chance
    stage.declarations = declared_twice(stage.declarations, stage.manners)


def a_region_left_out(stage: SafetyStage, chance: Random) -> None:
    """The account does not collect one of its regions."""
    del chance
    stage.world.unlisted_regions[TEST] = (ELSEWHERE,)


def a_kind_denied(stage: SafetyStage, chance: Random) -> None:
    """A kind that uses others cannot be listed."""
    gap = CollectFailure(chance.choice(sorted({user for user, _ in USES})), "", "AccessDenied", "denied")
    stage.world.failures[TEST] = (gap,)


def a_wrong_clock(stage: SafetyStage, chance: Random) -> None:
    """Our machine is days ahead."""
    del chance
    stage.skew = timedelta(days=6)


TROUBLES: tuple[Trouble, ...] = (
    wrong_credentials,
    a_second_declaration,
    a_region_left_out,
    a_kind_denied,
    a_wrong_clock,
)


def _name(chance: Random) -> str:
    return chance.choice(["web-"] * 8 + ["prod-", "shared-"])
