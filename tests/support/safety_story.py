"""Two passes over a small account, drawn from a seed: what is made, what goes wrong, and what happens in between."""

from datetime import timedelta
from random import Random

from tagwarden.model.snapshot import CollectFailure
from tests.support.safety_moves import schedule
from tests.support.safety_stage import SafetyStage, declared_twice
from tests.support.safety_truth import CATEGORIES, ELSEWHERE, NETWORKS, TEST

_ENDED = ("expired", "none")
_WORDS = ("expired", "none", "none", "claimed", "protected", "do-not-delete", "unreadable", "too-long")


def violations_of(seed: int) -> list[str]:
    """Live through one story and give every safety rule that was broken in it."""
    stage, chance = SafetyStage(), Random(seed)
    try:
        _settle_in(stage, chance)
        stage.run("main")
        stage.clock.now += timedelta(hours=1)
        _go_wrong(stage, chance)
        stage.run(chance.choice(["main"] * 6 + ["watcher", "rival"]), meanwhile=lambda: schedule(stage, chance))
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


def _go_wrong(stage: SafetyStage, chance: Random) -> None:
    """Let something be amiss when the second pass begins, in half of all stories."""
    match chance.randint(0, 11):
        case 0:
            stage.overseer.imposters = {TEST}
        case 1:
            stage.declarations = declared_twice(stage.declarations)
        case 2:
            stage.world.unlisted_regions[TEST] = (ELSEWHERE,)
        case 3 | 4:
            kind = chance.choice(["aws_lambda_function", "aws_ec2_instance", "aws_ec2_subnet", "aws_ec2_volume"])
            stage.world.failures[TEST] = (CollectFailure(kind, "", "AccessDenied", "denied"),)
        case 5:
            stage.skew = timedelta(days=6)
        case _:
            pass


def _name(chance: Random) -> str:
    return chance.choice(["web-"] * 8 + ["prod-", "shared-"])
