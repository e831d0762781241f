"""What comes back after a deletion is a loop; what somebody makes anew is none (S13)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwarden.model.resource import Resource
from tagwarden.model.tags import Tags, TagState
from tagwarden.state.recreation import AT_ONCE, Deleted, place_of, returns, stem_of
from tests.support.builders import NOW, a_resource

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


SUFFIXES = ("x2x4z", "b5kqw", "zzc29", "mm4td")


def made(name: str, created: datetime, uid: str = "", **tags: str) -> Resource:
    known = {key.replace("__", "/").replace("_", "-"): value for key, value in tags.items()}
    return a_resource(
        id=uid or f"{name}@{created}", uid=uid or f"{name}@{created}", name=name, created=created, tags=known
    )


def gone(resource: Resource, at: datetime, run: str = "") -> Deleted:
    tags = resource.tags.values if resource.tags.state is TagState.KNOWN else None
    return Deleted(
        place_of(resource), resource.name, resource.uid, resource.created, tags, run or str(at), at, at + MINUTE
    )


def test_s13_the_same_that_is_there_again_at_once_is_a_loop_the_first_time() -> None:
    """S13: something makes it again, whatever it is."""
    first = made("web", NOW - DAY, expiration="2026-01-01")
    again = made("web", NOW + 2 * MINUTE, expiration="2026-01-01")

    assert {again.uid: 1} == returns([again], [gone(first, NOW)])


def test_what_we_had_repaired_comes_back_as_it_was_written() -> None:
    """Our own repair is no reason to take it for something else."""
    repaired = {"owner": "alice", "expiration": "2026-01-02T00:00:00Z", "tagwarden.io/was-expiration": "2099-01-01"}
    first = replace(made("web", NOW - DAY), tags=Tags.known(repaired))
    again = made("web", NOW + MINUTE, owner="alice", expiration="2099-01-01")

    assert {again.uid: 1} == returns([again], [gone(first, NOW)])


def test_a_developer_who_makes_it_anew_each_day_is_no_loop() -> None:
    """Each morning another `test-1` with an expiry of its own, each evening deleted: that is what tags are for."""
    days = [made("test-1", NOW + number * DAY, owner="alice", expiration=f"day {number}") for number in range(6)]
    deleted = [gone(each, NOW + number * DAY + 10 * HOUR) for number, each in enumerate(days[:-1])]

    assert {} == returns(days[-1:], deleted)


def test_what_somebody_made_anew_ends_the_loop() -> None:
    """However often a job had made it before: a day later and with other tags it is somebody's wish."""
    jobs = [made("nightly", NOW + number * DAY) for number in range(3)]
    deleted = [gone(each, NOW + number * DAY + 3 * HOUR) for number, each in enumerate(jobs)]
    wanted = made("nightly", NOW + 4 * DAY, owner="alice")

    assert {jobs[2].uid: 2} == returns([jobs[2]], deleted[:2])
    assert {} == returns([wanted], deleted)


def test_one_that_is_made_anew_right_away_with_other_tags_is_no_loop_yet() -> None:
    """Somebody saw it go and wants it for longer; the second time in a week it is one."""
    first, second, third = (
        made("test-1", NOW + number * DAY + 5 * MINUTE, expiration=f"day {number}") for number in range(3)
    )
    deleted = [gone(first, NOW + DAY), gone(second, NOW + 2 * DAY)]

    assert {} == returns([second], deleted[:1])
    assert {third.uid: 2} == returns([third], deleted)


def test_the_same_that_comes_back_each_night_is_a_loop_the_second_time() -> None:
    """A nightly job that makes an untagged thing under one name."""
    nights = [made("nightly", NOW + number * DAY) for number in range(3)]
    deleted = [gone(each, NOW + number * DAY + 3 * HOUR) for number, each in enumerate(nights[:2])]

    assert {} == returns(nights[1:2], deleted[:1])
    assert {nights[2].uid: 2} == returns(nights[2:], deleted)


def test_what_is_still_listed_after_its_own_deletion_did_not_come_back() -> None:
    """A vendor that is slow to forget makes no loop."""
    web = made("web", NOW - DAY)

    assert {} == returns([web], [gone(web, NOW)])


def test_what_has_no_name_comes_back_as_nothing() -> None:
    """Without a name, nothing tells it from any other of its kind."""
    first, again = made("", NOW - DAY), made("", NOW + MINUTE)

    assert {} == returns([again], [gone(first, NOW)])


def test_another_place_is_another_thing() -> None:
    """The same name in another region, kind, account or namespace has nothing to do with it."""
    web = made("web", NOW - DAY)
    again = made("web", NOW + MINUTE)
    others = [
        replace(again, region="us-east-1"),
        replace(again, kind="aws_ec2_volume"),
        replace(again, account="other"),
        replace(again, namespace="shop"),
    ]

    assert {} == returns(others, [gone(web, NOW)])


def test_s13_generated_names_are_followed_through_their_generator() -> None:
    """S13: each deletion is answered by another of the same stem within moments, run after run."""
    first, second, third, fourth = (
        made(f"web-7d9f6c5b8-{suffix}", NOW + number * HOUR + MINUTE) for number, suffix in enumerate(SUFFIXES)
    )
    deleted = [gone(first, NOW + HOUR, "r1"), gone(second, NOW + 2 * HOUR, "r2")]

    assert {} == returns([second], deleted[:1])
    assert {third.uid: 2} == returns([third, fourth], deleted)


@pytest.mark.parametrize(("later", "is_loop"), [(2 * MINUTE, True), (2 * MINUTE + timedelta(seconds=1), False)])
def test_s13_a_generator_answers_within_two_minutes(later: timedelta, is_loop: bool) -> None:
    """S13: of names that are new each time, only the moment tells a loop from a stream."""
    named = [f"web-7d9f6c5b8-{suffix}" for suffix in SUFFIXES[:3]]
    births = [NOW, NOW + HOUR + MINUTE + later, NOW + 2 * HOUR + MINUTE + later]
    first, second, third = (made(name, born) for name, born in zip(named, births, strict=True))
    deleted = [gone(first, NOW + HOUR, "r1"), gone(second, NOW + 2 * HOUR, "r2")]

    assert ({third.uid: 2} if is_loop else {}) == returns([third], deleted)


def test_names_that_one_run_deletes_are_no_loop() -> None:
    """What comes while a single run is deleting has not been answered to it run after run."""
    first, second, third = (
        made(f"web-7d9f6c5b8-{suffix}", NOW + number * MINUTE) for number, suffix in enumerate(SUFFIXES[:3])
    )
    deleted = [gone(first, NOW + MINUTE, "r1"), gone(second, NOW + 2 * MINUTE, "r1")]

    assert {} == returns([third], deleted)


def test_s13_tags_that_nobody_could_read_say_nothing_new_of_nothing() -> None:
    """S13: without the tags of both, the same name at once is a loop only when it comes back again."""
    unread = Tags.unreadable("denied")
    first, again = made("web", NOW - DAY), made("web", NOW + 2 * MINUTE)

    assert {} == returns([replace(again, tags=unread)], [gone(first, NOW)])
    assert {} == returns([again], [gone(replace(first, tags=unread), NOW)])


def test_an_hourly_job_that_follows_the_pass_is_no_loop() -> None:
    """A build each hour at five past, and a deletion each hour on the hour, have nothing to do with one another."""
    builds = [made(f"build-{suffix}", NOW + number * HOUR + 5 * MINUTE) for number, suffix in enumerate(SUFFIXES)]
    deleted = [gone(each, NOW + (2 + number) * HOUR) for number, each in enumerate(builds[:3])]

    assert {} == returns(builds[3:], deleted)


def test_a_stream_of_builds_is_no_loop() -> None:
    """Builds come every five minutes whether or not old ones are deleted, twelve at once each hour."""
    suffixes = [f"{number:05}".translate(str.maketrans("0123456789", "bcdfghjklm")) for number in range(40)]
    builds = [made(f"build-{suffix}", NOW + number * 5 * MINUTE) for number, suffix in enumerate(suffixes)]
    deleted = [
        gone(each, NOW + (2 + number // 12) * HOUR + number % 12 * timedelta(seconds=1), f"r{number // 12}")
        for number, each in enumerate(builds[:24])
    ]

    assert {} == returns(builds[24:], deleted)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("web-7d9f6c5b8-x2x4z", "web"),
        ("build-x7k2p", "build"),
        ("web-20260901120000000000000001", "web"),
        ("app-1f3a9c02", "app"),
        ("test-1", None),
        ("test-2", None),
        ("web", None),
        ("my-service", None),
        ("data-lake", None),
        ("", None),
        ("x2x4z", None),
        ("-x2x4z", None),
    ],
)
def test_only_what_looks_generated_is_cut_off(name: str, stem: str | None) -> None:
    """Words and small numbers are names that people give."""
    assert stem == stem_of(name)


@given(
    gaps=st.lists(st.integers(1, 7 * 24 * 60), min_size=1, max_size=6), named=st.sampled_from(["web", "web-x2x4z", ""])
)
def test_no_more_returns_are_counted_than_were_deleted(gaps: list[int], named: str) -> None:
    """Whatever the times, a count never exceeds the deletions, and a resource without any deletion has none."""
    at, deleted, living = NOW, [], made(named, NOW)
    for number, gap in enumerate(gaps):
        deleted.append(gone(living, at + MINUTE))
        at += gap * MINUTE
        living = made(named, at, uid=f"uid-{number}")
    found = returns([living], deleted)

    assert set(found) <= {living.uid}
    assert found.get(living.uid, 0) <= len(deleted)
    assert {} == returns([living], [])
    assert AT_ONCE < HOUR
