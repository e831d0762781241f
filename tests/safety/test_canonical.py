"""What reads without doubt is left alone, and what others put back is not written again."""

from datetime import timedelta
from typing import Any

import pytest

from tagwarden.model.history import History, Written
from tagwarden.model.reasons import Reason
from tagwarden.model.resource import ProviderName, Resource
from tagwarden.model.verdict import Judgement, Verdict
from tests.support.builders import NOW, a_policy, a_resource, an_account
from tests.support.evaluation import judged, reasons

DAY = timedelta(days=1)
RULES = {"untagged": "Delete", "expired": "Delete"}


def judge(resource: Resource, history: History | None = None, /, now: Any = NOW, **rules: str) -> Judgement:
    """Judge by a policy that keeps what it can read unless told otherwise."""
    policy = a_policy(rules={**RULES, **rules}, observations=1, lifetime={"max": "96h"})
    found = judged(resource, policy=policy, history=history, now=now, accounts=[an_account(provider=resource.provider)])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"owner": "alice", "expiration": "48h"}, [Reason.NonCanonicalExpiry]),
        ({"owner": "alice", "expires": "2026-09-02"}, [Reason.NonCanonicalKey, Reason.NonCanonicalExpiry]),
        ({"Owner": "alice", "expiration": "2026-09-02T19:00:00Z"}, [Reason.NonCanonicalKey]),
        ({"created-by": "alice", "ttl": "3d"}, [Reason.NonCanonicalKey] * 2 + [Reason.NonCanonicalExpiry]),
    ],
)
@pytest.mark.parametrize("malformed", ["Fix", "Report"])
def test_what_reads_without_doubt_is_left_alone(tags: dict[str, str], said: list[Reason], malformed: str) -> None:
    """Rewriting every `48h` touches whole accounts, and fights Terraform's default tags for ever."""
    found = judge(a_resource(tags=tags), malformed=malformed)

    assert (Verdict.COMPLIANT, None) == (found.verdict, found.changes)
    assert said == reasons(found)


def test_a_policy_may_ask_to_have_it_rewritten() -> None:
    """`rules.canonical: Rewrite` makes one form of all."""
    found = judge(a_resource(tags={"owner": "alice", "ttl": "48h"}), canonical="Rewrite")

    assert Verdict.FIX is found.verdict
    assert found.changes is not None
    assert {"expiration": "2026-09-02T12:00:00Z"}.items() <= found.changes.set.items()


@pytest.mark.parametrize(
    "tags",
    [{"owner": "alice", "expiraton": "2026-09-02"}, {"Owner": "alice", "expiration": "2026-13-45"}],
)
def test_what_is_malformed_is_repaired_with_all_that_stands_beside_it(tags: dict[str, str]) -> None:
    """Something has to be written to the resource anyway."""
    found = judge(a_resource(tags=tags))

    assert Verdict.FIX is found.verdict
    assert found.changes is not None
    assert {"owner", "expiration"} <= tags.keys() | found.changes.set.keys()


def test_a_relative_expiry_without_a_creation_time_is_rewritten() -> None:
    """It would drift with what is remembered of the resource."""
    assert Verdict.FIX is judge(a_resource(tags={"owner": "alice", "ttl": "2d"}, created=None)).verdict
    assert Verdict.COMPLIANT is judge(a_resource(tags={"owner": "alice", "ttl": "2026-09-02"}, created=None)).verdict


def test_an_alias_that_is_over_is_deleted_all_the_same() -> None:
    """Left alone means not rewritten; it counts as written."""
    assert Verdict.DELETE is judge(a_resource(tags={"owner": "alice", "ttl": "2026-08-30"})).verdict


def nightly(before: dict[str, str], ours: dict[str, str], days: float, **rules: str) -> Judgement:
    """Judge an instance to which Terraform restores the tags from before our write of so many days ago."""
    at = NOW - days * DAY
    written = Written(at, before, ours, tuple(before.keys() - ours.keys() - {"owner"}))
    history = History(at, created=NOW - 30 * DAY, written=written)
    return judge(a_resource(tags=before, created=NOW - 30 * DAY), history, **rules)


@pytest.mark.parametrize(
    "before",
    [
        {"owner": "alice", "expiraton": "2026-08-01"},
        {"owner": "alice", "expiration": "2099-01-01T00:00:00Z"},
        {"owner": "alice", "expiration": "never"},
        {"owner": "alice", "expiration": "2026-13-45"},
    ],
)
def test_an_expiry_that_is_restored_every_night_gets_its_time_once(before: dict[str, str]) -> None:
    """The day that a repair leaves is granted once; on day 365 the resource would else have another."""
    ours = {"expiration": "2026-09-01T18:00:00Z"}

    first, later = nightly(before, ours, 0.75), nightly(before, {"expiration": "2026-08-30T18:00:00Z"}, 3)

    assert (Verdict.REPORT, None) == (first.verdict, first.changes)
    assert Reason.TagsRevertedByOthers in reasons(first)
    assert Verdict.DELETE is later.verdict
    assert Reason.TagsRevertedByOthers in reasons(later)


def test_a_new_value_is_nobodys_revert() -> None:
    """Whoever writes another expiry is heard, and is given the time that a repair leaves."""
    written = Written(
        NOW - 3 * DAY, {"expiraton": "2026-08-01"}, {"expiration": "2026-08-30T18:00:00Z"}, ("expiraton",)
    )
    history = History(NOW - 3 * DAY, created=NOW - 4 * DAY, written=written)

    found = judge(a_resource(tags={"owner": "alice", "expiraton": "2026-08-02"}, created=NOW - 4 * DAY), history)

    assert Verdict.FIX is found.verdict


def test_a_default_that_is_removed_every_night_is_not_written_again() -> None:
    """Nothing is stated, so nothing is over either; it is reported with the reason."""
    found = nightly({"owner": "alice"}, {"expiration": "2026-08-30T18:00:00Z"}, 3)

    assert (Verdict.REPORT, None) == (found.verdict, found.changes)
    assert [Reason.MissingExpiry, Reason.TagsRevertedByOthers] == reasons(found)


def test_what_only_we_write_is_no_sign_of_a_revert() -> None:
    """The original value that is kept beside a repair may stay or go."""
    written = Written(NOW, {}, {"tagwarden.io/was-expiraton": "2d", "expiration": "x"})

    assert () == written.put_back({"expiration": "x"})
    assert ("expiration",) == written.put_back({"tagwarden.io/was-expiraton": "2d"})


@pytest.mark.parametrize(
    "tags", [{"owner": "alice", "expiraton": "2026-09-02"}, {"owner": "alice", "expiration": "never"}]
)
def test_tags_of_a_stack_are_only_written_when_the_policy_asks_for_it(tags: dict[str, str]) -> None:
    """UpdateStack may replace what the template resolves anew."""
    stack = a_resource(kind="aws_cloudformation_stack", category="stack", tags=tags)

    found = judge(stack)

    assert (Verdict.REPORT, None) == (found.verdict, found.changes)
    assert Reason.NeedsStackUpdate in reasons(found)
    assert judge(stack, stacks="Fix").changes is not None


def test_a_label_that_reads_without_doubt_is_left_alone() -> None:
    """In a cluster as well: an annotation beside every label would only repeat it."""
    resource = a_resource(provider=ProviderName.KUBERNETES, tags={"owner": "alice", "expires": "2026-09-02"})

    assert Verdict.COMPLIANT is judge(resource).verdict
