"""What a deletion rests on, in one line for people."""

from dataclasses import replace

import pytest

from tagwarden.model.evidence import Evidence, Role, Witness
from tagwarden.model.plan import Plan
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName
from tagwarden.model.verdict import Finding, Verdict
from tagwarden.planning.evidence_text import Grounds
from tests.unit.planning.scenes import Thing, claimed, doomed, plan_of, thing, unclaimed


def untagged(name: str) -> Thing:
    findings = (Finding(Reason.Untagged, "neither owner nor expiry"),)
    return thing(name, Verdict.DELETE, judged={"deletion": Reason.Untagged, "findings": findings})


def told(plan: Plan, uid: str) -> str:
    return Grounds(plan).describe(next(planned for planned in plan.resources if planned.resource.uid == uid))


def used_by_volumes(_provider: ProviderName, _kind: str) -> frozenset[str]:
    return frozenset({"aws_ec2_volume"})


def test_the_rule_comes_first() -> None:
    """With the time that it rests on, and where users were looked for."""
    volume = claimed("vol-1", kind="aws_ec2_volume")
    plan = plan_of([doomed("i-1"), untagged("i-2"), volume], dependents_of=used_by_volumes)

    assert told(plan, "i-1") == "expired 2026-09-01T11:00Z; no user found among 2 kinds"
    assert told(plan, "i-2") == "untagged, created 2026-08-31T12:00Z; no user found among 2 kinds"


def test_a_creation_time_that_nobody_knows_is_said_to_be_unknown() -> None:
    """Some vendors tell none."""
    web = untagged("i-1")
    plan = plan_of([replace(web, resource=replace(web.resource, created=None))])

    assert told(plan, "i-1") == "untagged, creation time unknown; no user found among 1 kind"


def test_another_rule_is_told_by_its_finding() -> None:
    """Such as an owner that is missing."""
    findings = (Finding(Reason.MissingOwner, "owner is not set"),)
    judged = {"deletion": Reason.MissingOwner, "findings": findings}
    plan = plan_of([thing("i-1", Verdict.DELETE, judged=judged)])

    assert told(plan, "i-1").startswith("owner is not set, created 2026-08-31T12:00Z; ")


def test_what_goes_along_names_what_takes_it() -> None:
    """With its id, where that is not the name."""
    plan = plan_of([doomed("vpc-1", name="net"), unclaimed("subnet-1")], "vpc-1 owns subnet-1", "subnet-1 needs vpc-1")

    assert told(plan, "subnet-1").startswith("deleted with aws_ec2_instance net (vpc-1); ")


def test_users_and_parents_go_or_stay() -> None:
    """Each is named with what becomes of it."""
    plan = plan_of(
        [doomed("i-1"), doomed("user"), unclaimed("other"), doomed("parent")],
        "user needs i-1",
        "other uses i-1",
        "parent owns i-1",
    )

    assert told(plan, "i-1") == (
        "expired 2026-09-01T11:00Z; user aws_ec2_instance user is deleted too; user aws_ec2_instance other stays;"
        " parent aws_ec2_instance parent is deleted too"
    )


def test_a_parent_that_is_not_deleted_stays() -> None:
    """It may be governed by another policy, or by none."""
    (planned,) = plan_of([doomed("i-1")]).resources
    parent = Witness(claimed("group").resource, Role.PARENT)

    assert (
        Grounds(plan_of([]))
        .describe(replace(planned, evidence=Evidence((parent,))))
        .endswith("parent aws_ec2_instance group stays")
    )


def test_many_users_are_counted() -> None:
    """Three of them are named."""
    users = [doomed(f"user-{number}") for number in range(5)]
    plan = plan_of([doomed("i-1"), *users], *(f"{user.resource.uid} needs i-1" for user in users))

    named = ", ".join(f"aws_ec2_instance user-{number}" for number in range(3))
    assert f"5 users ({named} and 2 more) are deleted too" in told(plan, "i-1")


@pytest.mark.parametrize("one", [claimed("i-1"), unclaimed("i-1")])
def test_what_is_not_deleted_has_no_grounds(one: Thing) -> None:
    """Nothing is said of it."""
    assert told(plan_of([one]), "i-1") == ""


def test_no_evidence_leaves_the_rule() -> None:
    """As of a plan that was made by hand."""
    (planned,) = plan_of([doomed("i-1")]).resources

    assert Grounds(plan_of([])).describe(replace(planned, evidence=None)) == "expired 2026-09-01T11:00Z"
    assert Grounds(plan_of([])).describe(replace(planned, evidence=Evidence())).endswith("among 0 kinds")
