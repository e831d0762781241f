"""S17: a deletion rests on evidence, and all of it is read again right before the deletion."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tagwarden.errors import AccessDenied, BadInput
from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Resource
from tagwarden.model.snapshot import CollectFailure
from tagwarden.model.tags import Tags
from tagwarden.pipeline import Declarations, Pass, adopt_plan, carry_out, make_pass
from tagwarden.planning import plan_from_json, plan_json
from tagwarden.providers import aws
from tests.support.builders import ACCOUNT, NOW, a_policy, a_resource, an_account
from tests.support.fake_provider import FakeProvider
from tests.unit.pipeline.stage import Stage

EXPIRED = {"owner": "ann", "expiration": "2026-08-31T00:00:00Z"}
EXTENDED = {"owner": "ann", "expiration": "2026-09-03T00:00:00Z"}
CLAIMED = {"owner": "bob", "expiration": "2026-09-02T18:00:00Z"}
KINDS = tuple(row.kind for row in aws.catalogue())

VPC = a_resource(kind="aws_ec2_vpc", category="network", id="vpc-1", name="net", tags=EXPIRED)
SUBNET = a_resource(kind="aws_ec2_subnet", category="subnet", id="subnet-1", name="a")
NAT = a_resource(kind="aws_ec2_nat_gateway", category="gateway", id="nat-1", name="nat")
GROUP = a_resource(kind="aws_ec2_security_group", category="firewall", id="sg-1", name="web", tags=EXPIRED)
NETWORK = (
    Edge(VPC.uid, EdgeMeaning.OWNS, SUBNET.uid),
    Edge(SUBNET.uid, EdgeMeaning.NEEDS, VPC.uid),
    Edge(VPC.uid, EdgeMeaning.OWNS, NAT.uid),
    Edge(NAT.uid, EdgeMeaning.NEEDS, SUBNET.uid),
    Edge(NAT.uid, EdgeMeaning.NEEDS, VPC.uid),
)


class Account:
    """One test account under one policy; `plan` decides, `act` carries out the plan."""

    def __init__(self, folder: Path, **spec: object) -> None:
        self.stage = Stage(folder)
        self.world = self.stage.world
        self.provider = FakeProvider(self.world, ACCOUNT, kinds=KINDS)
        self.stage.providers[ACCOUNT] = self.provider
        limits = {"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100}
        policy = a_policy(observations=1, limits=limits, **spec)
        self.declared = Declarations({policy.name: policy}, {ACCOUNT: an_account(ACCOUNT)})
        self.made: Pass | None = None

    def plan(self) -> Pass:
        """Collect, judge and plan."""
        self.made = make_pass(self.declared, "test-accounts", self.stage.tools)
        return self.made

    def act(self) -> dict[str, tuple[ActionState, Reason, str]]:
        """Carry out what was planned; give what became of each deletion by id."""
        assert self.made is not None
        outcomes = carry_out(self.declared, self.made, self.stage.tools).outcomes
        return {each.resource.id: (each.state, each.reason, each.message) for each in outcomes}

    @property
    def deleted(self) -> set[str]:
        """The ids of all that was deleted."""
        return {each.id for each in self.world.state.deleted}


@pytest.fixture
def account(tmp_path: Path) -> Account:
    """Give an account with nothing in it."""
    return Account(tmp_path)


def network_in(account: Account) -> None:
    """Put an expired network with its parts into the account."""
    account.world.add(VPC, SUBNET, NAT, edges=NETWORK)


def extended(account: Account) -> None:
    account.world.change(VPC.uid, tags=Tags.known(EXTENDED))


def protected(account: Account) -> None:
    account.world.change(VPC.uid, tags=Tags.known({**EXPIRED, "tagwarden.io/protect": "true"}))


def protected_by_the_vendor(account: Account) -> None:
    account.world.change(VPC.uid, protection="deletion protection is on")


def unreadable(account: Account) -> None:
    account.world.change(VPC.uid, tags=Tags.unreadable("denied"))


def untagged(account: Account) -> None:
    account.world.change(VPC.uid, tags=Tags.known({}))


CHANGES: tuple[Callable[[Account], None], ...] = (extended, protected, protected_by_the_vendor, unreadable, untagged)


def test_an_unchanged_world_is_deleted_as_planned(account: Account) -> None:
    """What nobody touches goes, with all that belongs to it: the evidence withholds nothing by itself."""
    network_in(account)
    account.plan()

    account.act()

    assert {"vpc-1", "subnet-1", "nat-1"} == account.deleted


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_parent_that_changes_after_the_plan_keeps_its_parts(
    account: Account, change: Callable[[Account], None]
) -> None:
    """The VPC is extended, protected or hidden between plan and act: its NAT gateway and subnet stay."""
    network_in(account)
    account.plan()
    change(account)

    outcomes = account.act()

    assert set() == account.deleted, outcomes
    assert ActionState.WITHHELD is outcomes["nat-1"][0]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_parent_that_changes_between_two_deletions_keeps_the_rest(
    account: Account, change: Callable[[Account], None]
) -> None:
    """The VPC changes once its NAT gateway is gone: the subnet stays."""
    network_in(account)
    account.plan()
    account.world.after = lambda operation, _: change(account) if operation == "delete" else None

    account.act()

    assert {"nat-1"} == account.deleted


def test_a_user_that_appears_after_the_plan_keeps_what_it_uses(account: Account) -> None:
    """Bob's instance gets an expired group after the snapshot: the group stays."""
    account.world.add(GROUP)
    account.plan()
    bobs = a_resource(id="i-bob", name="bob", tags=CLAIMED)
    account.world.add(bobs, edges=[Edge(bobs.uid, EdgeMeaning.USES, GROUP.uid)])

    outcomes = account.act()

    assert set() == account.deleted
    assert ActionState.WITHHELD is outcomes["sg-1"][0]
    assert "bob" in outcomes["sg-1"][2]


def test_a_user_without_tags_that_appears_after_the_plan_keeps_what_it_uses(account: Account) -> None:
    """Somebody makes an instance with the group that is about to go: tags may be on their way."""
    account.world.add(GROUP)
    account.plan()
    new = a_resource(id="i-new", name="new", created=NOW)
    account.world.add(new, edges=[Edge(new.uid, EdgeMeaning.NEEDS, GROUP.uid)])

    account.act()

    assert set() == account.deleted


def test_a_leftover_that_begins_to_use_another_one_keeps_it(account: Account) -> None:
    """After the plan alice's instance takes an untagged profile, and the profile an untagged role: both stay."""
    role = a_resource(kind="aws_iam_role", category="role", id="worker", name="worker", region="")
    profile = a_resource(kind="aws_iam_instance_profile", category="role", id="profile", name="profile", region="")
    hers = a_resource(id="i-alice", name="alice", tags=CLAIMED)
    account.world.add(role, profile, hers)
    planned = account.plan().plan
    account.world.add(
        edges=[Edge(profile.uid, EdgeMeaning.USES, role.uid), Edge(hers.uid, EdgeMeaning.USES, profile.uid)]
    )

    outcomes = account.act()

    assert {"worker", "profile"} == {each.resource.id for each in planned.resources if each.goes}
    assert set() == account.deleted
    # One listing answers for both, so that it shows the end of the chain too.
    assert Reason.WithheldByDependency is outcomes["worker"][1]
    assert "used by aws_iam_instance_profile profile" in outcomes["worker"][2]
    assert "which stays: used by aws_ec2_instance alice" in outcomes["worker"][2]


def test_two_leftovers_that_use_one_another_stay_with_the_user_of_one(account: Account) -> None:
    """A function and its role name one another, so that neither comes first: bob's API calls the function."""
    role = a_resource(kind="aws_iam_role", category="role", id="worker", name="worker", region="")
    function = a_resource(kind="aws_lambda_function", category="function", id="orders", name="orders")
    account.world.add(
        role,
        function,
        edges=[Edge(function.uid, EdgeMeaning.USES, role.uid), Edge(role.uid, EdgeMeaning.USES, function.uid)],
    )
    planned = account.plan().plan
    hers = a_resource(kind="aws_apigateway_rest_api", category="api", id="hers", name="hers", tags=CLAIMED)
    account.world.add(hers, edges=[Edge(hers.uid, EdgeMeaning.USES, function.uid)])

    outcomes = account.act()

    assert {"worker", "orders"} == {each.resource.id for each in planned.resources if each.goes}
    assert set() == account.deleted, outcomes


def test_a_part_that_appears_after_the_plan_keeps_its_parent(account: Account) -> None:
    """Bob's claimed subnet appears in an expired VPC after the snapshot: the VPC stays."""
    account.world.add(VPC)
    account.plan()
    bobs = replace(SUBNET, uid="subnet-bob", id="subnet-bob", tags=Tags.known(CLAIMED))
    account.world.add(
        bobs, edges=[Edge(VPC.uid, EdgeMeaning.OWNS, bobs.uid), Edge(bobs.uid, EdgeMeaning.NEEDS, VPC.uid)]
    )

    outcomes = account.act()

    assert set() == account.deleted, outcomes


def test_a_user_that_somebody_claims_after_the_plan_keeps_what_it_uses(account: Account) -> None:
    """An untagged instance uses the group, which harms nobody, until bob claims the instance."""
    user = a_resource(id="i-1", name="idle")
    rules = {"untagged": "Report", "expired": "Delete"}
    account.declared.policies["test-accounts"] = a_policy(
        observations=1, rules=rules, limits={"deletionsPerRun": 50, "deletionsPercent": 100, "deletionsPerHour": 100}
    )
    account.world.add(GROUP, user, edges=[Edge(user.uid, EdgeMeaning.USES, GROUP.uid)])
    plan = account.plan().plan
    account.world.change(user.uid, tags=Tags.known(CLAIMED))

    outcomes = account.act()

    assert any(each.goes for each in plan.resources)
    assert set() == account.deleted
    assert Reason.Changed is outcomes["sg-1"][1]


def test_users_that_cannot_be_looked_for_right_before_keep_the_resource(account: Account) -> None:
    """Listing instances is denied after the plan: nobody knows whether one uses the group now (S3)."""
    account.world.add(GROUP)
    account.plan()
    account.world.failures[ACCOUNT] = (CollectFailure("aws_ec2_instance", "eu-central-1", "AccessDenied", "denied"),)

    outcomes = account.act()

    assert set() == account.deleted
    assert Reason.SnapshotIncomplete is outcomes["sg-1"][1]


def test_a_parent_that_cannot_be_read_again_keeps_its_parts(account: Account) -> None:
    """Reading the VPC is denied after the plan: its NAT gateway stays."""
    network_in(account)
    account.plan()

    def deny(operation: str, resource: Resource | None) -> None:
        if operation == "read" and resource is not None and resource.uid == VPC.uid:
            raise AccessDenied("not allowed")

    account.world.before = deny

    assert Reason.AccessDenied is account.act()["nat-1"][1]
    assert set() == account.deleted


def test_a_deletion_on_an_old_snapshot_collects_again(account: Account) -> None:
    """An account with `interval: 24h`: bob's instance got the group hours after the snapshot that a pass uses."""
    account.declared.accounts[ACCOUNT] = an_account(ACCOUNT, interval="24h")
    account.world.add(GROUP)
    account.stage.collect(ACCOUNT)
    account.stage.clock.now += timedelta(hours=20)
    bobs = a_resource(id="i-bob", name="bob", tags={"owner": "bob", "expiration": "2026-09-03T11:00:00Z"})
    account.world.add(bobs, edges=[Edge(bobs.uid, EdgeMeaning.USES, GROUP.uid)])
    account.made = make_pass(account.declared, "test-accounts", account.stage.tools, stored=True)
    before = len(looks_at(account))

    account.act()

    assert any(each.goes for each in account.made.plan.resources)
    assert set() == account.deleted
    assert before < len(looks_at(account))


def looks_at(account: Account) -> Iterable[Path]:
    return sorted((account.stage.tools.snapshots.root).rglob("*.parquet"))


def test_a_saved_plan_is_carried_out_for_a_day(account: Account) -> None:
    """`apply plan.json` after 20 days is refused, with what to do instead."""
    account.world.add(GROUP)
    plan = plan_from_json(plan_json(account.plan().plan))
    account.stage.clock.now += timedelta(days=20)

    with pytest.raises(BadInput, match=r"the plan of 2026-09-01T12:00:00Z is older than 1d; create a new plan"):
        adopt_plan(account.declared, plan, account.stage.tools)


def test_a_saved_plan_is_refused_once_an_account_is_declared_otherwise(account: Account) -> None:
    """What an account or a policy says is evidence too: the account became production."""
    account.world.add(GROUP)
    plan = plan_from_json(plan_json(account.plan().plan))
    account.declared.accounts[ACCOUNT] = an_account(ACCOUNT, labels={"team": "data"})

    with pytest.raises(BadInput, match=f"CloudAccount {ACCOUNT} changed since the plan was created"):
        adopt_plan(account.declared, plan, account.stage.tools)


def test_a_saved_plan_is_refused_once_the_list_of_known_owners_is_another(account: Account) -> None:
    """Whom a tag names depends on who is known: carol joined since."""
    lists = {"owners": {"names": "ann"}}
    known = {"known": {"configMap": {"name": "owners", "key": "names"}}}
    policy = a_policy(owner=known)
    account.declared = Declarations({policy.name: policy}, account.declared.accounts, config_maps=lists)
    account.world.add(GROUP)
    plan = plan_from_json(plan_json(account.plan().plan))
    joined = replace(account.declared, config_maps={"owners": {"names": "ann\ncarol"}})

    assert adopt_plan(account.declared, plan, account.stage.tools).plan == plan
    with pytest.raises(BadInput, match=f"CleanupPolicy {policy.name} changed since the plan was created"):
        adopt_plan(joined, plan, account.stage.tools)


def test_a_saved_plan_keeps_its_evidence(account: Account) -> None:
    """The plan that is read again holds every witness and every search, and has the same hash."""
    network_in(account)
    plan = account.plan().plan

    read = plan_from_json(plan_json(plan))

    assert plan == read
    assert {"vpc-1"} == {each.id for each in evidence_of(read, "subnet-1")}


def evidence_of(plan: object, id_: str) -> list[Resource]:
    (found,) = (each for each in plan.resources if each.resource.id == id_)  # type: ignore[attr-defined]
    return list(found.evidence.parents)


def test_another_state_of_a_parent_is_another_plan(account: Account) -> None:
    """The hash that a person approves covers what the deletions rest on."""
    network_in(account)
    first = account.plan().plan
    account.world.change(VPC.uid, tags=Tags.known({**EXPIRED, "note": "x"}))
    account.world.change(SUBNET.uid, name="a")

    second = account.plan().plan

    nat = [next(each for each in plan.resources if each.resource.id == "nat-1") for plan in (first, second)]
    assert nat[0].actions == nat[1].actions
    assert nat[0].evidence != nat[1].evidence
    assert first.hash != second.hash


def test_a_parent_that_is_protected_after_the_plan_keeps_its_parts_from_being_shortened(account: Account) -> None:
    """A shorter life takes something away too: the VPC of an instance is protected between plan and act."""
    parent = replace(VPC, tags=Tags.known(EXTENDED))
    long = a_resource(id="i-long", name="long", tags={"owner": "ann", "expiration": "2027-01-01T00:00:00Z"})
    account.world.add(parent, long, edges=[Edge(parent.uid, EdgeMeaning.OWNS, long.uid)])
    account.plan()
    account.world.change(VPC.uid, tags=Tags.known({**EXTENDED, "tagwarden.io/protect": "true"}))

    outcomes = account.act()

    assert ActionState.WITHHELD is outcomes["i-long"][0]
    assert "2027-01-01T00:00:00Z" == account.world.tags(long.uid)["expiration"]
