"""What spans accounts goes only when the other side is declared, for tests, and agrees (S22)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from tagwarden.model.account import AwsAccount, CloudAccount, CloudAccountSpec
from tagwarden.model.evidence import FreshEvidence, Look
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.resource import Environment, ProviderName, Resource
from tagwarden.model.shared_resources import OTHER_ACCOUNTS
from tagwarden.model.snapshot import CollectFailure, Extent, Snapshot
from tagwarden.model.tags import Tags
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import Decision, decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.pipeline.reviewing import review
from tagwarden.planning import Budget
from tagwarden.providers import aws
from tagwarden.providers.aws import AwsProvider
from tagwarden.providers.aws.normalising import Normaliser, Place
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.interning import Shared
from tagwarden.providers.linking.account_sides import find_spanning
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, a_snapshot, account_id_of, an_account
from tests.support.fake_aws import DEFAULT_ACCOUNT, FakeAWS

OTHER = "aws-network"
LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
CLAIMED = {"owner": "bob", "expiration": "2026-09-02T12:00:00Z"}
EXPIRED = {"owner": "alice", "expiration": "2026-08-31T11:00:00Z"}
PEERING, ATTACHMENT, ROLE = (
    "aws_ec2_vpc_peering_connection",
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_iam_role",
)
SUBNET, GATEWAY, INTERFACE, SHARE = (
    "aws_ec2_subnet",
    "aws_ec2_transit_gateway",
    "aws_ec2_network_interface",
    "aws_ram_resource_share",
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
    policy_set = compile_policies(declared, policy.name)
    return decide(declared, policy_set, tuple(snapshots), lambda _name, _found: {}, Budget(), NOW)


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
    assert f"shared with undeclared account {account_id_of(OTHER)}" in told


@pytest.mark.parametrize("kind", [PEERING, ATTACHMENT, ROLE])
def test_it_stays_while_the_other_account_is_no_test(kind: str) -> None:
    """Deleting our side takes a production network's peering along (S2, S22)."""
    accounts = (an_account(), an_account(OTHER, environment=Environment.PRODUCTION))

    assert "of environment production" in why(
        decided([seen(ACCOUNT, side(kind)), seen(OTHER, side(kind, OTHER))], accounts)
    )


def test_it_stays_while_the_other_side_is_not_seen() -> None:
    """The other account was never collected, or leaves out the region (S3, S22)."""
    assert "was not collected" in why(decided([seen(ACCOUNT, side(PEERING))], BOTH))
    assert "which does not list this resource" in why(decided([seen(ACCOUNT, side(PEERING)), seen(OTHER)], BOTH))


@pytest.mark.parametrize(
    ("tags", "message"), [(CLAIMED, "belongs to bob"), ({"tagwarden.io/protect": "true"}, "is protected")]
)
def test_it_stays_while_the_other_side_claims_it(tags: dict[str, str], message: str) -> None:
    """Bob tagged his side of the peering; ours is untagged (S8, S22)."""
    assert message in why(decided([seen(ACCOUNT, side(PEERING)), seen(OTHER, side(PEERING, OTHER, tags))], BOTH))


@pytest.mark.parametrize("kind", [PEERING, ATTACHMENT, ROLE])
def test_it_goes_where_both_sides_are_leftovers(kind: str) -> None:
    """Both accounts are for tests, and nobody claims either side; the owner of a gateway sees what we attached."""
    shared = f"owned by {account_id_of(ACCOUNT)} and shared with this account"
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


def share_with(*principals: str, status: str = "ASSOCIATED") -> dict[str, Any]:
    told = [{"associatedEntity": principal, "status": status} for principal in principals]
    return {"resourceShareArn": "arn:aws:ram:eu-central-1:123456789012:resource-share/1", "principals": told}


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
        (SHARE, share_with("210987654321", "arn:aws:iam::310987654321:user/a"), "210987654321 310987654321"),
        (SHARE, share_with("arn:aws:organizations::123456789012:organization/o-1"), "*"),
        (SHARE, share_with("123456789012"), None),
        (SHARE, share_with("210987654321", status="DISASSOCIATED"), None),
    ],
)
def test_answers_name_the_other_accounts(kind: str, item: dict[str, Any], others: str | None) -> None:
    """Both owners of a peering, the owner of a gateway, the principals of a role's trust (S22)."""
    assert others == others_of(kind, item)


LENT = {"owner_account": account_id_of(ACCOUNT)}
VIEWED = f"owned by {account_id_of(ACCOUNT)} and shared with this account"


def ours(kind: str, **fields: Any) -> Resource:
    """Give a thing of ours that we lend to the other account."""
    return side(kind, **{"attributes": {}, **fields})


def view_of(kind: str) -> Resource:
    """Give what the other account sees of it."""
    return side(kind, OTHER, attributes=LENT, protection=VIEWED)


def share(others: str, **fields: Any) -> Resource:
    return side(SHARE, **{"id": "share-1", "name": "share-1", "attributes": {OTHER_ACCOUNTS: others}, **fields})


def uses(one: Resource, other: Resource, meaning: EdgeMeaning = EdgeMeaning.USES) -> Edge:
    return Edge(one.uid, meaning, other.uid)


def seen_with(account: str, *found: Resource, edges: Iterable[Edge]) -> Snapshot:
    return replace(seen(account, *found), edges=tuple(edges))


@pytest.mark.parametrize(
    ("others", "message"),
    [
        (account_id_of(OTHER), f"shared with undeclared account {account_id_of(OTHER)}"),
        ("*", "any account may use this resource"),
    ],
)
@pytest.mark.parametrize("kind", [SUBNET, GATEWAY, "aws_rds_cluster", SHARE])
def test_what_a_share_hands_out_stays_while_nobody_knows_the_others(kind: str, others: str, message: str) -> None:
    """An expired subnet in which an undeclared account runs its instances, and the share itself (S22)."""
    shared = ours(kind, tags=EXPIRED) if kind != SHARE else share(others)
    found = share(others, id="share-2", uid="zz")
    snapshot = seen_with(ACCOUNT, shared, found, edges=[uses(found, shared)] if kind != SHARE else [])

    told = why(decided([snapshot], [an_account()]))

    assert "SpansAccounts" in told
    assert message in told


def test_a_share_within_the_account_holds_nothing() -> None:
    """It has no principal yet, or none but ourselves."""
    subnet, unused = ours(SUBNET), share("", attributes={}, uid="zz")

    decision = decided([seen_with(ACCOUNT, subnet, unused, edges=[uses(unused, subnet)])], [an_account()])

    assert {subnet.uid, unused.uid} == {one.resource.uid for one in decision.plan.resources if one.goes}


@pytest.mark.parametrize("kind", [SUBNET, GATEWAY, "aws_ec2_vpc"])
def test_what_is_lent_stays_while_the_borrower_has_something_in_it(kind: str) -> None:
    """Bob's interface in the subnet, and his attachment to the gateway, are those of another account (S18, S22)."""
    view = view_of(kind)
    guest = side(INTERFACE, OTHER, CLAIMED, id="eni-1", attributes={})
    there = seen_with(OTHER, view, guest, edges=[uses(guest, view, EdgeMeaning.NEEDS)])

    assert "which belongs to bob" in why(decided([seen(ACCOUNT, ours(kind)), there], BOTH))


def test_what_is_lent_stays_while_the_borrower_is_no_test() -> None:
    """Production runs in the subnet of a test account (S2, S22)."""
    accounts = (an_account(), an_account(OTHER, environment=Environment.PRODUCTION))

    told = why(decided([seen(ACCOUNT, ours(SUBNET)), seen(OTHER, view_of(SUBNET))], accounts))

    assert "of environment production" in told


def test_what_is_lent_stays_while_the_borrower_does_not_show_it() -> None:
    """The borrower leaves out the region, so that nobody knows what it has there (S3, S22)."""
    subnet, found = ours(SUBNET), share(account_id_of(OTHER), uid="zz")

    told = why(decided([seen_with(ACCOUNT, subnet, found, edges=[uses(found, subnet)]), seen(OTHER)], BOTH))

    assert "which does not list this resource" in told


def test_what_is_lent_goes_where_nobody_has_anything_in_it() -> None:
    """Both accounts are for tests, and in the subnet is nothing but other things of ours."""
    subnet, network, found = ours(SUBNET), ours("aws_ec2_vpc", id="vpc-1"), share(account_id_of(OTHER), uid="zz")
    views = [view_of(SUBNET), replace(view_of("aws_ec2_vpc"), id="vpc-1", uid="view")]
    here = seen_with(
        ACCOUNT,
        subnet,
        network,
        found,
        edges=[uses(found, subnet), uses(subnet, network, EdgeMeaning.NEEDS)],
    )
    there = seen_with(OTHER, *views, edges=[uses(views[0], views[1], EdgeMeaning.NEEDS)])

    decision = decided([here, there], BOTH)

    assert {subnet.uid, network.uid} <= {one.resource.uid for one in decision.plan.resources if one.goes}


def test_what_is_borrowed_does_not_hold_what_the_borrower_has() -> None:
    """Our leftover interface in the subnet of a network account that nobody declared is ours alone to delete."""
    borrowed = side(SUBNET, attributes={"owner_account": account_id_of(OTHER)}, protection="it belongs to another")
    guest = ours(INTERFACE, id="eni-1")

    decision = decided(
        [seen_with(ACCOUNT, borrowed, guest, edges=[uses(guest, borrowed, EdgeMeaning.NEEDS)])], [an_account()]
    )

    assert {guest.uid} == {one.resource.uid for one in decision.plan.resources if one.goes}


def test_a_share_that_was_made_after_the_plan_holds_its_subnet() -> None:
    """The look for users right before the deletion finds it (S17, S22)."""
    subnet, found = ours(SUBNET), share("999999999999", uid="zz")
    decision = decided([seen(ACCOUNT, subnet)], [an_account()])
    planned = next(one for one in decision.plan.resources if one.resource.uid == subnet.uid)
    assert planned.goes
    assert planned.evidence is not None

    now = seen_with(ACCOUNT, subnet, found, edges=[uses(found, subnet)])
    looks = tuple(Look(search, now) for search in planned.evidence.searches)
    withheld = review(decision, planned, FreshEvidence({subnet.uid: subnet}, looks), NOW)

    assert withheld is not None
    assert "shared with undeclared account 999999999999" in withheld.message


def test_a_denied_list_of_shares_holds_what_can_be_shared() -> None:
    """Nobody knows whether another account uses it (S3, S22)."""
    denied = CollectFailure(SHARE, "eu-central-1", "AccessDenied", "not allowed to ram:GetResourceShares")

    assert "the list of aws_ram_resource_share" in why(
        decided([replace(seen(ACCOUNT, ours(SUBNET)), failures=(denied,))], [an_account()])
    )


@pytest.mark.parametrize("principal", ["210987654321", "arn:aws:iam::210987654321:role/deploy"])
def test_a_real_share_names_its_subnet_and_its_principals(principal: str) -> None:
    """Real: the share of a subnet, over HTTP (S22)."""
    with FakeAWS() as aws:
        network = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = aws.client("ec2").create_subnet(VpcId=network, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        arn = f"arn:aws:ec2:eu-central-1:{DEFAULT_ACCOUNT}:subnet/{made}"
        aws.client("ram").create_resource_share(name="net", resourceArns=[arn], principals=[principal])
        spec = AwsAccount(account_id=DEFAULT_ACCOUNT, regions=("eu-central-1",), endpoint_url=aws.endpoint)
        account = CloudAccount(name=ACCOUNT, spec=CloudAccountSpec(provider=ProviderName.AWS, aws=spec))
        snapshot = AwsProvider(account, LOGIN).collect(NOW, extent=Extent(frozenset({SUBNET, SHARE})))

    spanning = find_spanning([snapshot], [account])

    assert {"210987654321"} == spanning.others[arn]
    assert "shared with undeclared account 210987654321" in spanning.obstacles[arn]
