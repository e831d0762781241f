"""S21: a resource with an owner of its own has a claim, and inherits no expiry that has passed."""

from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import a_policy, a_resource
from tests.support.evaluation import judged_all, owns, reasons

PASSED = {"owner": "alice", "expiration": "2026-08-31T19:00:00Z"}
TO_COME = {"owner": "alice", "expiration": "2026-09-01T19:00:00Z"}
RULES = {"untagged": "Delete", "expired": "Delete", "missingOwner": "Delete"}


def a_vpc(tags: dict[str, str]) -> Resource:
    """Give alice's network."""
    return a_resource(kind="aws_ec2_vpc", category="network", id="vpc-1", tags=tags)


def a_nat_gateway(**tags: str) -> Resource:
    """Give a NAT gateway with these tags."""
    return a_resource(kind="aws_ec2_nat_gateway", category="gateway", id="nat-1", tags=tags)


def in_network(child: Resource, network: dict[str, str]) -> Judgement:
    """Judge what belongs to a network with these tags."""
    vpc = a_vpc(network)
    return judged_all(vpc, child, edges=[owns(vpc, child)], policy=a_policy(rules=RULES))[child.uid]


def test_bobs_gateway_outlives_alices_network() -> None:
    """S21: bob's NAT gateway in alice's expired VPC lacks an expiry, and gets one of its own."""
    found = in_network(a_nat_gateway(owner="bob"), PASSED)

    assert Verdict.FIX is found.verdict
    assert [Reason.MissingExpiry] == reasons(found)


def test_an_owner_under_a_key_that_only_resembles_one_is_a_claim_too() -> None:
    """S21: somebody is named, though nobody can tell whether as the owner."""
    assert Reason.Expired not in reasons(in_network(a_nat_gateway(maintainer="bob"), PASSED))


def test_a_gateway_that_nobody_names_expires_with_its_network() -> None:
    """S21 binds those who claim; what is plainly alice's goes when hers goes."""
    found = in_network(a_nat_gateway(), PASSED)

    assert Reason.Expired in reasons(found)


def test_an_expiry_to_come_is_inherited_by_all() -> None:
    """As long as the network lasts, bob's gateway has an expiry."""
    found = in_network(a_nat_gateway(owner="bob"), TO_COME)

    assert Verdict.COMPLIANT is found.verdict
    assert [Reason.InheritedExpiry] == reasons(found)


def test_what_belongs_to_bobs_gateway_inherits_no_passed_expiry_from_alice() -> None:
    """S21: the claim of the nearest owner holds for all below it."""
    vpc, gateway = a_vpc(PASSED), a_nat_gateway(owner="bob")
    address = a_resource(kind="aws_ec2_elastic_ip", category="address", id="eip-1")

    found = judged_all(
        vpc, gateway, address, edges=[owns(vpc, gateway), owns(gateway, address)], policy=a_policy(rules=RULES)
    )

    assert [Reason.MissingExpiry, Reason.InheritedOwner] == reasons(found[address.uid])
    assert found[address.uid].owner == "bob"
