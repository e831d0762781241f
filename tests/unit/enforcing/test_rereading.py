"""Right before a deletion all that it rests on is read again, and read anew only when it is too old (S17)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tagwarden.enforcing import EnforceSettings
from tagwarden.enforcing.rereading import Rereader
from tagwarden.enforcing.searching import Searches
from tagwarden.errors import AccessDenied, ProviderError, ServerFault
from tagwarden.model.evidence import Evidence, FreshEvidence, Role, Search, Witness
from tagwarden.model.plan import PlannedResource
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import Manager, Resource
from tagwarden.model.snapshot import CollectFailure, Extent, Snapshot
from tagwarden.model.tags import TagChanges, Tags
from tagwarden.model.verdict import Withheld
from tests.support.builders import ACCOUNT, a_resource, a_snapshot
from tests.support.enforcement import Clock, expired, planned_deletion, planned_write

SEARCH = Search(ACCOUNT, Extent(frozenset({"aws_ec2_instance"})))
SETTINGS = EnforceSettings()
SECOND = timedelta(seconds=1)
ASKED = Withheld(Reason.Changed, "decided again")


@dataclass
class Account:
    """Answers reads and searches, each with the next of its answers, or with the last one."""

    clock: Clock = field(default_factory=Clock)
    living: dict[str, Resource | ProviderError] = field(default_factory=dict)
    listings: list[Snapshot | ProviderError] = field(default_factory=list)
    looked: list[datetime] = field(default_factory=list)
    read_uids: list[str] = field(default_factory=list)

    def read(self, resource: Resource) -> Resource | None:
        """Read one again."""
        self.read_uids.append(resource.uid)
        found = self.living.get(resource.uid)
        if isinstance(found, ProviderError):
            raise found
        return found

    def look(self, search: Search, now: datetime) -> Snapshot:
        """List again."""
        self.looked.append(now)
        found = self.listings.pop(0) if len(self.listings) > 1 else self.listings[0]
        if isinstance(found, ProviderError):
            raise found
        return replace(found, account=search.account)

    def searches(self) -> Searches:
        """Give searches in this account."""
        return Searches(self.look, self.clock, self.clock.sleep, SETTINGS)


def with_failure(reason: str) -> Snapshot:
    return a_snapshot(failures=[CollectFailure("aws_ec2_instance", "", reason, "no")])


@pytest.mark.parametrize(("age", "looks"), [(SETTINGS.search_valid, 1), (SETTINGS.search_valid + SECOND, 2)])
def test_s17_a_search_is_shared_by_the_deletions_of_a_few_seconds(age: timedelta, looks: int) -> None:
    """S17: thousands of one kind need one listing every few seconds, and each listing is younger than that."""
    account = Account(listings=[a_snapshot()])
    searches = account.searches()

    searches.answer(SEARCH)
    account.clock.now += age
    searches.answer(SEARCH)

    assert looks == len(account.looked)
    assert account.clock() - account.looked[-1] <= SETTINGS.search_valid
    searches.answer(Search("another", SEARCH.extent))
    assert looks + 1 == len(account.looked)


BOTH = Search(ACCOUNT, Extent(frozenset({"aws_ec2_instance", "aws_ec2_volume"})))


@pytest.mark.parametrize("first", [SEARCH, BOTH], ids=["the same", "wider"])
def test_s17_a_clock_that_is_set_back_makes_no_answer_younger(first: Search) -> None:
    """S17: the seconds that passed count too."""
    account = Account(listings=[a_snapshot()])
    passed = [0.0]
    searches = Searches(account.look, account.clock, account.clock.sleep, SETTINGS, ticks=lambda: passed[0])

    searches.answer(first)
    account.clock.now -= timedelta(hours=1)
    passed[0] += 60
    searches.answer(SEARCH)

    assert 2 == len(account.looked)


@pytest.mark.parametrize(
    ("first", "listing", "age", "looks"),
    [
        (BOTH, a_snapshot(), SETTINGS.search_valid, 1),
        (BOTH, a_snapshot(), SETTINGS.search_valid + SECOND, 2),
        (Search("another", BOTH.extent), a_snapshot(), SECOND, 2),
        (Search(ACCOUNT, Extent(BOTH.extent.kinds, regions=frozenset({"eu-west-1"}))), a_snapshot(), SECOND, 2),
        (BOTH, with_failure(Reason.AccessDenied), SECOND, 2),
    ],
    ids=["wider", "too old", "another account", "one region", "incomplete"],
)
def test_s17_a_wider_search_answers_too(first: Search, listing: Snapshot, age: timedelta, looks: int) -> None:
    """S17: if it listed every kind and place that is asked for, to the end and within the same few seconds."""
    account = Account(listings=[listing])
    searches = account.searches()

    searches.answer(first)
    account.clock.now += age
    searches.answer(SEARCH)

    assert looks == len(account.looked)


@pytest.mark.parametrize(
    ("others", "looks"),
    [
        ([BOTH], 1),
        ([Search(ACCOUNT, Extent(frozenset({"a", "b", "c", "d"})))], 2),
        ([Search("another", BOTH.extent)], 2),
    ],
    ids=["alike", "much larger", "another account"],
)
def test_s17_expected_searches_that_are_alike_share_a_listing(others: list[Search], looks: int) -> None:
    """S17: the first one lists the kinds of the others too, unless these are many more."""
    account = Account(listings=[a_snapshot()])
    searches = account.searches()

    searches.expect([SEARCH, *others])
    searches.answer(SEARCH)
    for other in others:
        searches.answer(other)

    assert looks == len(account.looked)


@pytest.mark.parametrize(
    ("listings", "looks", "complete"),
    [
        ([with_failure("ServerFault"), a_snapshot()], 2, True),
        ([ServerFault("broken"), ServerFault("broken"), a_snapshot()], 3, True),
        ([with_failure("ServerFault")], 3, False),
        ([with_failure("AccessDenied"), a_snapshot()], 1, False),
    ],
)
def test_what_could_not_be_listed_is_listed_again(
    listings: list[Snapshot | ProviderError], looks: int, complete: bool
) -> None:
    """The deletion of others may have got in the way; a permission does not come by waiting."""
    account = Account(listings=listings)

    found = account.searches().answer(SEARCH)

    assert (looks, complete) == (len(account.looked), found.is_complete)
    assert (looks > 1) is (account.clock.slept > timedelta(0))


def test_a_listing_that_fails_is_an_error_each_time() -> None:
    """S3: nobody knows who uses it."""
    account = Account(listings=[AccessDenied("no")])
    searches = account.searches()

    for _ in range(2):
        with pytest.raises(AccessDenied):
            searches.answer(SEARCH)
    assert 1 == len(account.looked)


def planned(*witnesses: Witness, searches: tuple[Search, ...] = (SEARCH,)) -> PlannedResource:
    return replace(planned_deletion(expired()), evidence=Evidence(witnesses, searches))


def why_not(account: Account, deletion: PlannedResource, *others: PlannedResource, **companions: Resource) -> str:
    """Say why the deletion must not be, `decided again` where nothing changed."""
    seen: list[FreshEvidence] = []

    def review(_: PlannedResource, fresh: FreshEvidence) -> Withheld:
        seen.append(fresh)
        return ASKED

    every = {each.resource.uid: each for each in (deletion, *others)}
    rereader = Rereader(every, account, review, account.clock, account.clock.sleep, SETTINGS)
    found = rereader.changed_evidence(deletion, expired(), companions)
    assert found is not None
    if found is ASKED:
        assert expired() == seen[0].resources[expired().uid]
        assert len(seen[0].looks) == (1 if deletion.evidence and deletion.evidence.searches else 0)
    return f"{found.reason}: {found.message}"


PARENT, USER = a_resource(uid="parent", id="parent"), a_resource(uid="user", id="user", tags={"owner": "bob"})
NOTHING = "Changed: decided again"


def test_s17_what_has_no_evidence_is_not_read_again() -> None:
    """S17: a write of tags rests on the resource alone."""
    account = Account()
    rereader = Rereader({}, account, lambda *_: ASKED, account.clock, account.clock.sleep, SETTINGS)

    assert rereader.changed_evidence(planned_deletion(expired()), expired(), {}) is None
    assert [] == account.looked


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (PARENT, NOTHING),
        (None, NOTHING),
        (replace(PARENT, protection="stop"), f"Changed: the parent {PARENT} changed: now protected: stop"),
        (AccessDenied("no"), f"AccessDenied: cannot read the parent {PARENT}: no"),
    ],
)
def test_s21_each_parent_is_read_again(found: Resource | ProviderError | None, expected: str) -> None:
    """S21: one that changed or cannot be read keeps the resource; whether one that is gone matters is decided again."""
    account = Account(listings=[a_snapshot()])
    if found is not None:
        account.living["parent"] = found

    assert expected.split(": ", maxsplit=1)[0] == why_not(account, planned(Witness(PARENT, Role.PARENT))).split(": ")[0]
    assert expected.split(": ")[1] in why_not(account, planned(Witness(PARENT, Role.PARENT)))


def test_what_was_read_with_the_resource_is_not_read_twice() -> None:
    """Companions of a deletion were read a moment ago."""
    account = Account(listings=[a_snapshot()])

    assert NOTHING == why_not(account, planned(Witness(PARENT, Role.PARENT)), parent=PARENT)
    assert [] == account.read_uids


@pytest.mark.parametrize(
    ("found", "is_as_before"),
    [
        (USER, True),
        (None, True),
        (replace(USER, tags=Tags.known({"owner": "eve"})), False),
        (replace(USER, tags=Tags.known({"owner": "eve"}), state="deleting"), True),
        (replace(USER, manager=Manager("aws_autoscaling_group", "web", "arn:aws:x")), True),
        (replace(USER, tags=Tags.known({"owner": "bob", "expiration": "never"})), True),
    ],
)
def test_s17_a_user_must_be_as_it_was(found: Resource | None, is_as_before: bool) -> None:
    """S17: but for tags that this very plan writes, for its manager, and for one that is on its way out."""
    account = Account(listings=[a_snapshot(*([found] if found is not None else []))])
    writing = planned_write(USER, TagChanges({"expiration": "never"}))

    told = why_not(account, planned(Witness(USER, Role.USER)), writing)

    assert is_as_before is (told == NOTHING)
    assert is_as_before or told.startswith(
        f"Changed: the user {found} changed: tags changed: owner changed from bob to eve"
    )


def test_s3_users_that_cannot_be_listed_keep_the_resource() -> None:
    """S3: with the reason of the vendor."""
    account = Account(listings=[AccessDenied("no")])

    assert why_not(account, planned()).startswith("AccessDenied: cannot list the users of this resource: ")
