"""The smaller parts of enforcing: states, the pace of calls, what follows from each error, what keeps what back."""

import inspect
import itertools
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden import errors
from tagwarden.enforcing import EnforceSettings
from tagwarden.enforcing.client import ProviderClient
from tagwarden.enforcing.preconditions import has_changes, resource_difference
from tagwarden.enforcing.rate_limiter import SLOWEST, RateLimiter
from tagwarden.enforcing.retries import pause_after
from tagwarden.errors import ProviderError, StateError, Throttled, UnknownError
from tagwarden.model.outcome import MOVES, OPEN, ActionState, may_become
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, Presence
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.terminating import is_being_deleted
from tagwarden.state import Database, Journal
from tests.support.builders import ACCOUNT, NOW, a_resource
from tests.support.enforcement import Bench, Clock, a_plan, an_entry, expired, planned_deletion, planned_write
from tests.support.fake_provider import FakeProvider, FakeWorld, failing

PROVIDER_ERRORS = tuple(
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, ProviderError) and each is not ProviderError
)

REFUSALS = {
    "AccessDenied": ("Failed", 1),
    "CredentialsInvalid": ("Failed", 1),
    "DependencyViolation": ("Withheld", 5),
    "EndpointNotAllowed": ("Failed", 1),
    "IdentityChanged": ("Failed", 1),
    "InvalidRequest": ("Failed", 1),
    "DeletionFailed": ("Failed", 1),
    "InvalidState": ("Failed", 5),
    "LimitExceeded": ("Failed", 1),
    "MayNotAct": ("Withheld", 1),
    "NotFound": ("Failed", 1),
    "PreconditionFailed": ("Withheld", 1),
    "ServerFault": ("Failed", 5),
    "TagsUnreadable": ("Withheld", 1),
    "Throttled": ("Failed", 5),
    "UnknownError": ("Failed", 1),
    "Unreachable": ("Failed", 5),
    "Unsupported": ("Failed", 1),
    "VendorProtection": ("Withheld", 1),
    "WrongAccount": ("Failed", 1),
}
"""What a deletion or a write of tags becomes that ends with each error for good, and after how many calls."""


@pytest.mark.parametrize("error", PROVIDER_ERRORS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("operation", ["delete", "set_tags"])
def test_every_error_ends_with_its_own_name(bench: Bench, error: type[ProviderError], operation: str) -> None:
    """Whatever a vendor answers: the action ends blocked or failed with that reason, never as done."""
    instance = expired()
    bench.add(instance)
    bench.world.before = failing(operation, *[error("refused", code="Some.Code", request_id="r-1")] * 50)
    write = planned_write(instance, TagChanges({"owner": "bob"}))
    plan = a_plan(planned_deletion(instance) if operation == "delete" else write)

    (outcome,) = bench.run(plan)

    if error is errors.NotFound and operation == "delete":
        # It is still there on a fresh look, so it goes on waiting until the next pass.
        assert (ActionState.WAITING, Reason.TimedOut) == (outcome.state, outcome.reason)
        return
    assert REFUSALS[error.__name__] == (outcome.state, outcome.attempts)
    assert error.reason == outcome.reason
    assert "Some.Code" in outcome.message
    assert {instance.uid} == bench.world.uids
    assert [(outcome.state, outcome.reason, "r-1")] == [
        (entry.state, entry.reason, entry.request_id) for entry in bench.entries()
    ]


def test_every_error_has_a_row() -> None:
    """An error that is added to the tree must be given its end here."""
    assert {each.__name__ for each in PROVIDER_ERRORS} == set(REFUSALS)


@pytest.mark.parametrize("foreign", [KeyError("Tags"), TimeoutError(), RuntimeError("boom"), ValueError("x")])
def test_whatever_leaves_a_provider_becomes_an_error_of_ours(foreign: Exception) -> None:
    """A defect of a provider is an UnknownError that names what it was."""
    clock = Clock()
    world = FakeWorld(clock)
    provider = FakeProvider(world, ACCOUNT)

    def crash(*_: object) -> None:
        raise foreign

    world.before = crash
    calls = ProviderClient(provider, RateLimiter(1000, clock, clock.sleep))

    for call in (calls.identify, lambda: calls.read(expired()), lambda: calls.is_gone(expired())):
        with pytest.raises(UnknownError, match=type(foreign).__name__):
            call()


def test_what_ended_never_moves_again() -> None:
    """Ended states lead nowhere, all others do, and nothing goes back to the start."""
    assert {ActionState.WITHHELD, ActionState.VERIFIED, ActionState.FAILED, ActionState.SKIPPED} == {
        state for state in ActionState if not MOVES[state]
    }
    assert frozenset() == may_become(ActionState.PLANNED)
    assert OPEN == may_become(ActionState.VERIFIED)


@pytest.mark.parametrize("before", ActionState)
@pytest.mark.parametrize("after", ActionState)
def test_the_journal_refuses_moves_that_are_not_allowed(
    database: Database, before: ActionState, after: ActionState
) -> None:
    """Whatever calls it, an entry goes only where the table of moves leads, and what is open may stay so."""
    journal = Journal(database)
    journal.record(an_entry(state=before))
    is_allowed = after in MOVES[before] or (before is after and after in OPEN)

    with nullcontext() if is_allowed else pytest.raises(StateError, match=f"cannot change to {after}"):
        journal.close("1", after, Reason.Expired, "", finished=NOW)

    (entry,) = journal.entries()
    assert (after if is_allowed else before) is entry.state


def test_callers_take_turns() -> None:
    """Calls of one account begin at the agreed distance, however many workers there are."""
    clock = Clock()
    pace = RateLimiter(10, clock, clock.sleep)

    for _ in range(21):
        pace.take_turn()

    assert timedelta(seconds=2) == clock.slept


def test_throttling_slows_everybody_and_good_answers_speed_up_again() -> None:
    """Each throttled call halves the rate down to a floor; good answers bring it back to what it was."""
    clock = Clock()
    pace = RateLimiter(8, clock, clock.sleep)

    rates = []
    for _ in range(10):
        pace.throttled()
        rates.append(pace.rate)
    for _ in range(20):
        pace.went_well()

    assert [4, 2, 1, 0.5] == rates[:4]
    assert SLOWEST == rates[-1]
    assert 8 == pace.rate


def test_a_throttled_call_slows_the_account() -> None:
    """The provider's own answer is what the pace learns from."""
    clock = Clock()
    world = FakeWorld(clock)
    world.before = failing("read", Throttled("slow down"))
    pace = RateLimiter(8, clock, clock.sleep)
    calls = ProviderClient(FakeProvider(world, ACCOUNT), pace)

    with pytest.raises(Throttled):
        calls.read(expired())

    assert 4 == pace.rate


@given(attempts=st.integers(1, 100))
def test_pauses_grow_to_a_limit(attempts: int) -> None:
    """No pause is shorter than the one before, and none is longer than the limit."""
    settings = EnforceSettings()

    assert pause_after(attempts, settings) <= pause_after(attempts + 1, settings) <= 30


@pytest.mark.parametrize(
    ("state", "going"),
    [
        ("deleting", True),
        ("DELETE_IN_PROGRESS", True),
        ("shutting-down", True),
        ("Terminating", True),
        ("draining", True),
        ("running", False),
        ("stopping", False),
        ("DELETE_FAILED", False),
        ("available", False),
        ("", False),
    ],
)
def test_what_is_being_deleted_is_recognised(state: str, going: bool) -> None:
    """Vendors have many words for what is on its way out, and some that only sound so."""
    assert going == is_being_deleted(a_resource(state=state))


@given(
    before=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=4),
    after=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=4),
)
def test_every_change_of_tags_is_seen(before: dict[str, str], after: dict[str, str]) -> None:
    """Two resources count as unchanged exactly when their tags are equal (S5)."""
    planned, fresh = a_resource(tags=before), a_resource(tags=after, version="other", state="stopped")

    assert (before == after) == (resource_difference(planned, fresh) == "")


GONE_POOL = Manager("NodePool", "spot", "dev-cluster/k8s_nodepool.karpenter.sh/spot", Presence.GONE)


@pytest.mark.parametrize(
    ("planned", "fresh", "same"),
    [
        (Manager("Ingress", "shop/web", "uid-1"), Manager("Ingress", "shop/web"), True),
        (Manager("Ingress", "shop/web", "uid-1"), Manager("Ingress", "shop/web", "aws_x/web"), True),
        (Manager("aws_x", "web", "arn:aws:x:1"), Manager("aws_x", "web", "aws_x/web"), False),
        (Manager("Ingress", "shop/web"), Manager("Ingress", "shop/web", "uid-1"), True),
        (Manager("Ingress", "shop/web", "uid-1"), Manager("Ingress", "shop/web", "uid-2"), False),
        (Manager("Ingress", "shop/web", "uid-1"), Manager("Ingress", "shop/other"), False),
        (Manager("Ingress", "shop/web", "uid-1"), None, False),
        (GONE_POOL, Manager("NodePool", "spot"), True),
        (replace(GONE_POOL, reference=""), Manager("NodePool", "spot"), False),
    ],
)
def test_a_manager_that_only_the_whole_world_tells_is_no_change(
    planned: Manager, fresh: Manager | None, same: bool
) -> None:
    """Read alone, a balancer names its Ingress but not the cluster that has it (S5)."""
    changed = resource_difference(a_resource(manager=planned), a_resource(manager=fresh))

    assert same == (changed == "")


def test_another_manager_is_a_change() -> None:
    """What an Auto Scaling group adopted meanwhile is not what was planned (S13)."""
    group = Manager("aws_autoscaling_group", "web")

    assert resource_difference(a_resource(), a_resource(manager=group)) == (
        "manager changed from none to aws_autoscaling_group web"
    )


@given(
    values=st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
    to_set=st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
    remove=st.sets(st.sampled_from("def")),
)
def test_what_was_written_is_recognised(values: dict[str, str], to_set: dict[str, str], remove: set[str]) -> None:
    """A write is seen done exactly when the tags are what it makes of them."""
    changes = TagChanges(to_set, tuple(remove))

    assert has_changes(a_resource(tags=changes.applied_to(values)), changes)
    assert not has_changes(a_resource(tags=Tags.unreadable("denied")), changes)


def test_a_label_that_shows_once_its_annotation_is_gone_is_no_failure() -> None:
    """Charts set both; labels are never touched, and waiting for them would never end."""
    changes = TagChanges({"owner": "alice"}, ("created-by",))
    values = {"owner": "alice", "created-by": "alice"}

    assert has_changes(a_resource(tags=Tags.known(values, frozenset({"created-by"}))), changes)
    assert not has_changes(a_resource(tags=Tags.known(values)), changes)


def test_a_chain_of_reasons_is_kept_together(bench: Bench) -> None:
    """A part of a part fails: its parent stays, and what goes for another reason goes on (S12)."""
    names = ["rule", "group", "network", "other"]
    rule, group, network, other = (a_resource(kind="aws_x", id=name, name=name) for name in names)
    bench.add(rule, group, network, other)
    bench.world.before = failing("delete", *[errors.AccessDenied("no")] * 9, uid=rule.uid)

    outcomes = bench.run(
        a_plan(
            planned_deletion(rule, order=1, because=group.uid),
            planned_deletion(group, order=2, because=network.uid),
            planned_deletion(network, order=3),
            planned_deletion(other, order=3),
        )
    )

    assert {"rule": "Failed", "group": "Withheld", "network": "Withheld", "other": "Verified"} == {
        outcome.resource.id: str(outcome.state) for outcome in outcomes
    }


def test_reasons_that_point_at_one_another_end(bench: Bench) -> None:
    """A plan whose reasons form a ring is carried out all the same, without a loop."""
    one, two = (a_resource(kind="aws_x", id=name, name=name) for name in ("one", "two"))
    bench.add(one, two)

    outcomes = bench.run(
        a_plan(planned_deletion(one, because=two.uid), planned_deletion(two, because=one.uid, order=2))
    )

    assert [ActionState.VERIFIED] * 2 == [outcome.state for outcome in outcomes]


def test_accounts_are_worked_on_side_by_side(bench: Bench) -> None:
    """A pause of one account's pace never keeps another account waiting: each has its own (S12)."""
    accounts = [f"aws-{number}" for number in range(3)]
    resources = [expired(number, account=account) for account in accounts for number in range(3)]
    bench.add(*resources)
    bench.providers = {account: FakeProvider(bench.world, account) for account in accounts}
    bench.world.before = failing("delete", *[Throttled("slow down")] * 3, uid=resources[0].uid)

    outcomes = bench.run(a_plan(*map(planned_deletion, resources)))

    assert {ActionState.VERIFIED} == {outcome.state for outcome in outcomes}
    assert set() == bench.world.uids
    assert list(itertools.repeat(1, 9)) == list(bench.world.effects("delete").values())
