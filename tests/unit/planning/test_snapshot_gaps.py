import pytest

from tagwarden.model.resource import ProviderName
from tagwarden.model.snapshot import CollectFailure
from tagwarden.providers.linking import world_of
from tests.support.builders import a_snapshot, an_account
from tests.unit.planning.scenes import CLUSTER, Scene, doomed, fates, in_cluster, inheriting, plan_of, unclaimed, why

GROUP = "aws_ec2_security_group"
LAMBDA = "aws_lambda_function"


def holders(provider: ProviderName, kind: str) -> frozenset[str]:
    """Security groups are held by functions, volumes by a cluster too."""
    return {
        GROUP: frozenset({LAMBDA}),
        "aws_ec2_volume": frozenset({"k8s_persistentvolume"}),
    }.get(kind, frozenset())


def failure(kind: str = LAMBDA, region: str = "eu-central-1") -> CollectFailure:
    return CollectFailure(kind, region, "AccessDenied", "lambda:ListFunctions is not allowed")


@pytest.mark.parametrize(
    ("failed", "fate"),
    [
        (failure(), "SnapshotIncomplete"),
        (failure(region=""), "SnapshotIncomplete"),
        (failure("*"), "SnapshotIncomplete"),
        (failure(GROUP), "SnapshotIncomplete"),
        (failure(region="us-east-1"), "deleted in 1"),
        (failure("aws_sqs_queue"), "deleted in 1"),
        (failure("*", "us-east-1"), "deleted in 1"),
    ],
)
def test_s3_a_kind_that_could_hold_it_must_have_been_listed(failed: CollectFailure, fate: str) -> None:
    """S3: a failure counts in the same region and for what is global, and elsewhere it stops nothing (S12)."""
    failures = (failed, failure(region="ap-south-1"))

    assert fates(plan_of([doomed("sg-1", kind=GROUP)], failures=failures, dependents_of=holders)) == {"sg-1": fate}


def test_s3_the_sentence_names_kind_and_region() -> None:
    """S3: a person sees which permission is missing where."""
    plan = plan_of([doomed("sg-1", kind=GROUP)], failures=(failure(),), dependents_of=holders)

    assert why(plan, "sg-1") == (
        "the list of aws_lambda_function in eu-central-1 of account aws-dev is incomplete:"
        " lambda:ListFunctions is not allowed"
    )


def test_s3_never_looked_is_not_none_found() -> None:
    """S3: a kind that was never asked for may hold it."""
    assert fates(plan_of([doomed("sg-1", kind=GROUP)], dependents_of=holders)) == {"sg-1": "SnapshotIncomplete"}


def test_s3_any_failure_counts_for_what_is_global() -> None:
    """S3: a global role may be held from every region."""
    role = doomed("role", kind=GROUP, region="")

    assert fates(plan_of([role], failures=(failure(region="us-east-1"),), dependents_of=holders)) == {
        "role": "SnapshotIncomplete"
    }


def test_s3_what_goes_along_must_be_surely_free_too() -> None:
    """S3: an instance stays while a part that would be deleted with it may be held by something unseen."""
    things = [doomed("i-1"), unclaimed("sg-1", kind=GROUP)]

    assert fates(plan_of(things, "i-1 owns sg-1", failures=(failure(),), dependents_of=holders)) == {
        "i-1": "SnapshotIncomplete"
    }


def test_s3_every_cluster_is_asked_for_kinds_of_kubernetes() -> None:
    """S3: a volume may be held by a cluster of which there is no snapshot."""
    scene = Scene((doomed("vol-1", kind="aws_ec2_volume"),), dependents_of=holders)
    world = scene.world()
    world.accounts = {**world.accounts, "dev": an_account("dev", provider=ProviderName.KUBERNETES)}

    assert fates(scene.plan_in(world)) == {"vol-1": "SnapshotIncomplete"}
    assert "no snapshot of cluster dev" in why(scene.plan_in(world), "vol-1")
    assert fates(scene.plan()) == {"vol-1": "deleted in 1"}


def test_s3_a_namespace_may_hold_any_kind() -> None:
    """S3: a custom resource that could not be listed may be in it."""
    things = [in_cluster(doomed, "shop", "k8s_namespace"), in_cluster(inheriting, "web", "k8s_deployment")]
    failures = (CollectFailure("k8s_widget.example.com", "", "AccessDenied", "forbidden"),)

    assert fates(plan_of(things, "shop owns web", failures=failures)) == {"shop": "SnapshotIncomplete"}


@pytest.mark.parametrize(
    ("kinds", "failed", "fate"),
    [
        (("k8s_ingress",), (), "deleted in 1"),
        ((), (), "SnapshotIncomplete"),
        (("k8s_ingress",), ("k8s_ingress",), "SnapshotIncomplete"),
        (("k8s_ingress", "k8s_gateway.example.io"), (), "deleted in 1"),
        (("k8s_ingress",), ("k8s_gateway.example.io",), "SnapshotIncomplete"),
        (("k8s_ingress",), ("k8s_*.example.io",), "SnapshotIncomplete"),
        (("k8s_ingress",), ("k8s_*.another.io",), "deleted in 1"),
    ],
)
def test_s3_a_cluster_must_have_been_asked_for_all_that_may_hold_it(
    kinds: tuple[str, ...], failed: tuple[str, ...], fate: str
) -> None:
    """S3: every cluster has the built-in kinds; an extension counts where it is served, or where nobody could tell."""
    balancer = doomed("lb")
    here = a_snapshot(balancer.resource)
    there = a_snapshot(
        account=CLUSTER,
        provider=ProviderName.KUBERNETES,
        kinds=kinds,
        failures=[CollectFailure(kind, "", "AccessDenied", "no") for kind in failed],
    )
    scene = Scene((balancer,), dependents_of=lambda *_: frozenset({"k8s_ingress", "k8s_gateway.example.io"}))
    accounts = [an_account(), an_account(CLUSTER, provider=ProviderName.KUBERNETES)]

    assert {"lb": fate} == fates(scene.plan_in(world_of([here, there], accounts)))


@pytest.mark.parametrize(
    ("kind", "fate"), [("k8s_gateway.example.io", "deleted in 1"), ("k8s_ingress", "SnapshotIncomplete")]
)
def test_s3_a_cluster_has_no_objects_of_a_kind_that_it_does_not_serve(kind: str, fate: str) -> None:
    """S3: only an extension may be missing; a built-in kind that was not asked for may hold anything."""
    plan = plan_of([in_cluster(doomed, "web", "k8s_deployment")], dependents_of=lambda *_: frozenset({kind}))

    assert fates(plan) == {"web": fate}
