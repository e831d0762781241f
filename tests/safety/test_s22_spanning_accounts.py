"""What spans accounts goes only when the other side is declared, for tests, and agrees (S22)."""

from collections.abc import Iterable
from typing import Any

import pytest

from tagwarden.model.account import CloudAccount
from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.resource import Environment, Resource
from tagwarden.model.snapshot import Snapshot
from tagwarden.model.spanning import OTHER_ACCOUNTS
from tagwarden.model.tags import Tags
from tagwarden.pipeline.deciding import Decision, convene, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.reviewing import review
from tagwarden.planning import Budget
from tagwarden.providers import aws
from tagwarden.providers.aws.normalising import Normaliser, Place
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.aws.sharing import Shared
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, account_id_of, an_account

OTHER = "aws-network"
CLAIMED = {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"}
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T11:00:00Z"}
PEERING, ATTACHMENT, ROLE = (
    "aws_ec2_vpc_peering_connection",
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_iam_role",
)


def side(kind: str, account: str = ACCOUNT, tags: dict[str, str] | None = None, **fields: Any) -> Resource:
    """Give one side of what connects the two accounts."""
    other = OTHER if account == ACCOUNT else ACCOUNT
    attributes = {OTHER_ACCOUNTS: account_id_of(other)}
    usual = {"category": KINDS[kind].category, "id": "shared-1", "name": "shared-1", "attributes": attributes}
    return a_resource(kind=kind, account=account, tags=tags, **{**usual, **fields})


def seen(account: str, *found: Resource) -> Snapshot:
    return a_snapshot(*found, kinds=[row.kind for row in aws.catalogue()], account=account, id=f"{account}-1")


def decided(snapshots: Iterable[Snapshot], accounts: Iterable[CloudAccount]) -> Decision:
    accounts = tuple(accounts)
    policy = a_policy(
        scope={"accounts": {"names": [account.name for account in accounts]}},
        observations=1,
        grace={"untagged": "0s", "expired": "0s"},
        limits={"deletionsPerRun": 1000, "deletionsPercent": 100, "deletionsPerHour": 1000},
    )
    declared = Declarations({policy.name: policy}, {account.name: account for account in accounts})
    court = convene(declared, policy.name)
    return decide(declared, court, tuple(snapshots), lambda _name, _found: {}, Budget(), NOW)


def why(decision: Decision) -> str:
    """Say why our side stays; empty when it goes."""
    planned = next(one for one in decision.plan.resources if one.resource.account == ACCOUNT)
    return "" if planned.goes else f"{planned.withheld or planned.judgement}"


BOTH = (an_account(), an_account(OTHER))


@pytest.mark.parametrize("kind", [PEERING, ATTACHMENT, ROLE])
@pytest.mark.parametrize("tags", [{}, EXPIRED])
def test_it_stays_while_the_other_account_is_not_declared(kind: str, tags: dict[str, str]) -> None:
    """A peering, an attachment, a role that another account assumes: nobody knows what that account is for (S22)."""
    told = why(decided([seen(ACCOUNT, side(kind, tags=tags))], [an_account()]))

    assert "SpansAccounts" in told
    assert f"account {account_id_of(OTHER)} shares it and is not declared" in told


@pytest.mark.parametrize("kind", [PEERING, ATTACHMENT, ROLE])
def test_it_stays_while_the_other_account_is_no_test(kind: str) -> None:
    """Deleting our side takes a production network's peering along (S2, S22)."""
    accounts = (an_account(), an_account(OTHER, environment=Environment.PRODUCTION))

    assert "whose environment is production" in why(
        decided([seen(ACCOUNT, side(kind)), seen(OTHER, side(kind, OTHER))], accounts)
    )


def test_it_stays_while_the_other_side_is_not_seen() -> None:
    """The other account was never collected, or leaves out the region (S3, S22)."""
    assert "was not collected" in why(decided([seen(ACCOUNT, side(PEERING))], BOTH))
    assert "does not show its side" in why(decided([seen(ACCOUNT, side(PEERING)), seen(OTHER)], BOTH))


@pytest.mark.parametrize(
    ("tags", "message"), [(CLAIMED, "belongs to bob"), ({"tagwarden.io/protect": "true"}, "is protected")]
)
def test_it_stays_while_the_other_side_claims_it(tags: dict[str, str], message: str) -> None:
    """Bob tagged his side of the peering; ours is untagged (S8, S22)."""
    assert message in why(decided([seen(ACCOUNT, side(PEERING)), seen(OTHER, side(PEERING, OTHER, tags))], BOTH))


@pytest.mark.parametrize("kind", [PEERING, ATTACHMENT, ROLE])
def test_it_goes_where_both_sides_are_leftovers(kind: str) -> None:
    """Both accounts are for tests, and nobody claims either side; the owner of a gateway sees what we attached."""
    shared = f"it belongs to {account_id_of(ACCOUNT)}, who shares it with this account"
    other = side(kind, OTHER, protection=shared if kind == ATTACHMENT else "")

    assert not why(decided([seen(ACCOUNT, side(kind)), seen(OTHER, other)], BOTH))


def test_what_spans_nothing_goes() -> None:
    """A peering within one account, across its regions, has two sides of its own."""
    here = side(PEERING, attributes={})
    there = side(PEERING, attributes={}, region="us-east-1", uid="there")

    decision = decided([seen(ACCOUNT, here, there)], [an_account()])

    assert {here.uid, there.uid} == {one.resource.uid for one in decision.plan.resources if one.goes}


def test_the_other_side_is_asked_again_right_before_the_deletion() -> None:
    """Our side is read again alone, and the other one is still known (S17, S22)."""
    ours = side(PEERING)
    decision = decided([seen(ACCOUNT, ours), seen(OTHER, side(PEERING, OTHER))], BOTH)
    planned = next(one for one in decision.plan.resources if one.resource.uid == ours.uid)

    assert planned.evidence is not None
    looks = tuple(Look(search, seen(search.account, ours)) for search in planned.evidence.searches)
    assert review(decision, planned, FreshEvidence({ours.uid: ours}, looks), NOW) is None


def others_of(kind: str, item: dict[str, Any]) -> object:
    normaliser = Normaliser(KINDS[kind], Place("dev", "123456789012", "aws", "eu-central-1"), Shared())
    draft = normaliser.draft(item)

    assert draft is not None
    return normaliser.resource(draft, Tags.known({})).attributes.get(OTHER_ACCOUNTS)


def role(principal: object, *, alone: bool = False) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = {"Statement": statement if alone else [statement]}
    return {
        "RoleName": "x",
        "Path": "/",
        "Arn": "arn:aws:iam::123456789012:role/x",
        "AssumeRolePolicyDocument": document,
    }


@pytest.mark.parametrize(
    ("kind", "item", "others"),
    [
        (
            PEERING,
            {
                "VpcPeeringConnectionId": "pcx-1",
                "RequesterVpcInfo": {"OwnerId": "123456789012"},
                "AccepterVpcInfo": {"OwnerId": "210987654321"},
            },
            "210987654321",
        ),
        (ATTACHMENT, {"TransitGatewayAttachmentId": "a", "TransitGatewayOwnerId": "210987654321"}, "210987654321"),
        (ATTACHMENT, {"TransitGatewayAttachmentId": "a", "TransitGatewayOwnerId": "123456789012"}, None),
        (ROLE, role({"AWS": "arn:aws:iam::210987654321:root"}), "210987654321"),
        (ROLE, role({"AWS": ["210987654321", "arn:aws:iam::123456789012:user/a"]}, alone=True), "210987654321"),
        (ROLE, role({"AWS": "*"}), "*"),
        (ROLE, role("*"), "*"),
        (ROLE, role({"Service": "ec2.amazonaws.com"}), None),
    ],
)
def test_answers_name_the_other_accounts(kind: str, item: dict[str, Any], others: str | None) -> None:
    """Both owners of a peering, the owner of a gateway, the principals of a role's trust (S22)."""
    assert others == others_of(kind, item)
