import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tagwarden.model.reasons import Reason
from tagwarden.model.status import CleanupPolicyStatus, CloudAccountStatus, LastRun, LastSnapshot
from tagwarden.model.verdict import Withheld
from tagwarden.reporting import measure_lag
from tagwarden.reporting.metrics import Metrics
from tests.support.builders import NOW
from tests.unit.reporting.reports import KEPT, a_collect_answer, a_report, a_status
from tests.unit.reporting.scrapes import LATER, scraped, value

DELETIONS = ("test-accounts", "AWS", "aws_ec2_instance", "Delete", "Verified")


def finish(metrics: Metrics, policy: str = "test-accounts", **pass_: object) -> None:
    metrics.pass_finished(policy, a_report(**pass_), outcome="Succeeded", seconds=4.0)


def plan(metrics: Metrics) -> None:
    """Take up a pass that did nothing."""
    finish(metrics, is_done=False)


class TestResources:
    def test_are_counted_by_verdict(self, metrics: Metrics) -> None:
        """A pass shows what it left by account, provider, kind and verdict; one of two instances is deleted."""
        finish(metrics)
        labels = {"account": "aws-dev", "provider": "AWS", "kind": "aws_ec2_instance", "verdict": "Delete"}

        assert value(scraped(metrics), "resources", **labels) == 1

    def test_that_still_ask_for_something_are_counted_apart(self, metrics: Metrics) -> None:
        """What was deleted asks for nothing any more; what was withheld and what is in conflict do."""
        finish(metrics)
        found = {dict(labels)["verdict"]: n for (name, labels), n in scraped(metrics).items() if "_open" in name}

        assert found == {"Delete": 1, "Conflict": 1}

    def test_are_those_of_the_last_pass(self, metrics: Metrics) -> None:
        """A second pass replaces what the first one showed."""
        finish(metrics)
        finish(metrics)
        labels = {"account": "aws-dev", "provider": "AWS", "kind": "aws_ec2_instance", "verdict": "Delete"}

        assert value(scraped(metrics), "resources", **labels) == 1

    def test_in_conflict_count_once(self, metrics: Metrics) -> None:
        """A resource that two policies claim is in both plans, and is one resource (S16)."""
        finish(metrics, "one")
        finish(metrics, "other")
        labels = {"account": "kind", "provider": "Kubernetes", "kind": "k8s_namespace", "verdict": "Conflict"}

        assert value(scraped(metrics), "resources", **labels) == 1

    def test_are_each_in_one_window_of_expiry(self, metrics: Metrics) -> None:
        """What is expired, what has two days left and what has no expiry are in three windows."""
        plan(metrics)
        found = scraped(metrics)
        aws = {"policy": "test-accounts", "provider": "AWS"}

        assert value(found, "resources_expiring", **aws, window="expired") == 1
        assert value(found, "resources_expiring", **aws, window="1d_to_3d") == 1
        assert value(found, "resources_expiring", **aws, window="over_7d") is None
        assert value(found, "resources_expiring", policy="test-accounts", provider="Kubernetes", window="none") == 1

    def test_have_an_age_where_the_vendor_tells(self, metrics: Metrics) -> None:
        """Two instances are a day old; the namespace, whose age is unknown, is in no bucket."""
        plan(metrics)
        found = scraped(metrics)
        instances = {"provider": "AWS", "category": "instance"}

        assert value(found, "resource_age_seconds_bucket", **instances, le="21600.0") == 0
        assert value(found, "resource_age_seconds_bucket", **instances, le="86400.0") == 2
        assert value(found, "resource_age_seconds_gsum", **instances) == 2 * 86400
        assert value(found, "resource_age_seconds_gcount", provider="Kubernetes", category="namespace") is None


class TestPasses:
    def test_are_counted_by_outcome(self, metrics: Metrics) -> None:
        """Two passes that went through and one that failed before it had a plan."""
        finish(metrics)
        finish(metrics)
        metrics.pass_finished("test-accounts", None, outcome=Reason.Unreachable, seconds=9.0)
        found = scraped(metrics)

        assert value(found, "policy_runs_total", policy="test-accounts", outcome="Succeeded") == 2
        assert value(found, "policy_runs_total", policy="test-accounts", outcome="Unreachable") == 1

    def test_that_fail_leave_the_gauges_of_the_one_before(self, metrics: Metrics) -> None:
        """What is known does not become nothing because a look failed."""
        plan(metrics)
        metrics.pass_finished("test-accounts", None, outcome=Reason.Unreachable, seconds=9.0)

        assert value(scraped(metrics), "findings", policy="test-accounts", reason="Expired") == 1

    def test_tell_how_long_their_phases_took(self, metrics: Metrics) -> None:
        """A phase is a label, and the whole of a pass is one too."""
        finish(metrics, phases={"collect": 3.0})
        found = scraped(metrics)

        assert value(found, "policy_run_duration_seconds_sum", policy="test-accounts", phase="collect") == 3.0
        assert value(found, "policy_run_duration_seconds_sum", policy="test-accounts", phase="total") == 4.0

    def test_count_actions_from_nought(self, metrics: Metrics) -> None:
        """A counter that is born with its full value grows by nothing, as `increase()` sees it."""
        of = {"policy": "test-accounts", "provider": "AWS", "kind": "aws_ec2_instance", "action": "Delete"}
        plan(metrics)
        before = scraped(metrics)
        metrics.actions_are({DELETIONS: 107})
        after = scraped(metrics)

        assert [value(found, "actions_total", **of, outcome="Verified") for found in (before, after)] == [0, 107]
        assert value(after, "actions_total", **of, outcome="Failed") == 0

    def test_count_what_the_journal_tells_once(self, metrics: Metrics) -> None:
        """The answer of a pass adds nothing: the journal knows the same actions, and those of passes that died."""
        metrics.actions_are({DELETIONS: 1})
        finish(metrics)
        metrics.actions_are({DELETIONS: 1})
        metrics.actions_are({("unknown", *DELETIONS[1:]): 9, DELETIONS: 2})
        found = scraped(metrics)

        assert [2] == [n for (name, labels), n in found.items() if name == "tagwarden_actions_total" and n]

    def test_count_what_was_kept_back(self, metrics: Metrics) -> None:
        """One deletion was withheld in the plan (S8)."""
        finish(metrics)

        found = value(scraped(metrics), "actions_withheld_total", policy="test-accounts", reason="DependentInUse")
        assert found == 1

    def test_that_wait_for_approval_count_all_their_actions_as_withheld(self, metrics: Metrics) -> None:
        """A plan that nobody approved keeps every action back for the same reason (S6)."""
        finish(metrics, is_done=False, held=Withheld(Reason.NotApproved, "waits"))

        assert value(scraped(metrics), "actions_withheld_total", policy="test-accounts", reason="NotApproved") == 1


class TestPolicies:
    def test_show_their_mode_conditions_and_times(self, metrics: Metrics) -> None:
        """A condition has one status of three."""
        metrics.policy_changed("test-accounts", "Audit", a_status())
        found = scraped(metrics)
        ready = {"policy": "test-accounts", "type": "Ready"}

        assert value(found, "policy_info", policy="test-accounts", mode="Audit") == 1
        assert value(found, "policy_condition", **ready, status="True") == 1
        assert value(found, "policy_condition", **ready, status="False") == 0
        assert value(found, "policy_next_run_timestamp_seconds", policy="test-accounts") == NOW.timestamp()
        assert value(found, "policy_last_success_timestamp_seconds", policy="test-accounts") == NOW.timestamp()

    def test_keep_the_time_of_the_last_success_when_a_pass_fails(self, metrics: Metrics) -> None:
        """The alert is on the time since the last success."""
        metrics.policy_changed("test-accounts", "Audit", a_status())
        later = NOW + timedelta(hours=1)
        failed = LastRun(id="run-2", start_time=later, completion_time=later, outcome="Unreachable")
        metrics.policy_changed("test-accounts", "Audit", CleanupPolicyStatus(last_run=failed))

        found = value(scraped(metrics), "policy_last_success_timestamp_seconds", policy="test-accounts")
        assert found == NOW.timestamp()

    def test_take_every_series_with_them(self, fed: Metrics) -> None:
        """A policy that was deleted is in no series any more, counters and histograms included."""
        fed.policies_are([])

        assert not [labels for _, labels in scraped(fed) if "policy" in dict(labels)]
        assert not [
            name for name, _ in scraped(fed) if name in {"tagwarden_resources", "tagwarden_resource_age_seconds"}
        ]

    def test_that_stay_keep_theirs(self, fed: Metrics) -> None:
        """Forgetting one leaves the others alone."""
        finish(fed, "gone")
        fed.policies_are(["test-accounts"])

        assert value(scraped(fed), "policy_runs_total", policy="test-accounts", outcome="Succeeded") == 1
        assert value(scraped(fed), "policy_runs_total", policy="gone", outcome="Succeeded") is None


class TestAccounts:
    def test_show_their_last_snapshot(self, metrics: Metrics) -> None:
        """The age of a snapshot is that at the time of the scrape."""
        metrics.account_collected("aws-dev", a_collect_answer())
        found = scraped(metrics)

        assert value(found, "snapshot_age_seconds", account="aws-dev") == LATER
        assert value(found, "snapshot_resources", account="aws-dev") == 225
        assert value(found, "snapshot_requests", account="aws-dev") == 190
        assert value(found, "account_collections_total", account="aws-dev", outcome="Succeeded") == 1

    def test_show_what_could_not_be_listed_until_it_could(self, metrics: Metrics) -> None:
        """A kind that failed in two regions counts two, and vanishes when it was listed again (S3, S12)."""
        metrics.account_collected("aws-dev", a_collect_answer(gaps=["aws_ec2_volume", "aws_ec2_volume"]))
        before = scraped(metrics)
        metrics.account_collected("aws-dev", a_collect_answer())
        after = scraped(metrics)

        assert value(before, "snapshot_incomplete", account="aws-dev", kind="aws_ec2_volume") == 2
        assert value(after, "snapshot_incomplete", account="aws-dev", kind="aws_ec2_volume") is None
        assert value(after, "account_collections_total", account="aws-dev", outcome="SourcesIncomplete") == 1

    @pytest.mark.parametrize(
        ("answer", "failure", "outcome"),
        [
            ({"accounts": [{"account": "aws-dev", "error": {"reason": "WrongAccount"}}]}, "", "WrongAccount"),
            ({}, "TimedOut", "TimedOut"),
            ({}, "", "Failed"),
        ],
    )
    def test_that_cannot_be_collected_say_why(
        self, metrics: Metrics, answer: dict[str, object], failure: str, outcome: str
    ) -> None:
        """A failure is counted by its reason, and the snapshot grows older (S10, S12)."""
        metrics.account_changed("aws-dev", CloudAccountStatus(last_snapshot=LastSnapshot(id="s", time=NOW)))
        metrics.account_collected("aws-dev", answer, failure=failure)
        found = scraped(metrics)

        assert value(found, "account_collections_total", account="aws-dev", outcome=outcome) == 1
        assert value(found, "snapshot_age_seconds", account="aws-dev") == LATER

    def test_take_every_series_with_them(self, fed: Metrics) -> None:
        """An account that was removed is in no series any more, those of the policies' resources included."""
        fed.accounts_are(["kind"])
        found = scraped(fed)

        assert not [labels for _, labels in found if ("account", "aws-dev") in labels]
        assert value(found, "findings", policy="other", reason="Conflict") == 1
        assert value(found, "findings", policy="other", reason="Expired") is None
        assert value(found, "resource_age_seconds_gcount", provider="AWS", category="instance") is None


def test_requests_are_counted_each_attempt(fed: Metrics) -> None:
    """A pass and a collection made seven requests each that were answered, and two that were too many."""
    found = scraped(fed)
    asked = {"provider": "AWS", "service": "ec2", "operation": "DescribeInstances"}

    assert value(found, "provider_requests_total", **asked, code="200") == 14
    assert value(found, "provider_throttled_total", provider="AWS", service="ec2") == 4
    assert value(found, "provider_request_duration_seconds_count", provider="AWS", service="ec2") == 18
    assert value(found, "provider_request_duration_seconds_sum", provider="AWS", service="ec2") == 4.0


def test_no_label_holds_anything_of_a_single_resource(fed: Metrics) -> None:
    """Neither ids nor names nor messages of resources are in any label."""
    values = {value for _, labels in scraped(fed) for _, value in labels}

    assert not values & {KEPT, "i-1", "i-2", "web", "yesterday", "somebody's"}


def test_a_process_that_waits_is_no_leader(metrics: Metrics) -> None:
    """Only the holder of the Lease says so (S11)."""
    before = value(scraped(metrics), "leader")
    metrics.leads(True)
    after = value(scraped(metrics), "leader")

    assert (0, 1) == (before, after)


def test_the_lag_of_the_event_loop_is_measured(metrics: Metrics) -> None:
    """A timer that comes back is a measurement."""

    async def until_measured() -> None:
        measured = asyncio.Event()

        def observe(seconds: float) -> None:
            metrics.lagged(seconds)
            measured.set()

        task = asyncio.create_task(measure_lag(observe, pause=0.001))
        await asyncio.wait_for(measured.wait(), 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(until_measured())

    count = value(scraped(metrics), "event_loop_lag_seconds_count")
    assert count is not None
    assert count >= 1


def test_a_scrape_may_come_at_any_moment(metrics: Metrics) -> None:
    """Passes end in one thread while Prometheus scrapes in others."""
    passes = 40

    def feed() -> None:
        for number in range(passes):
            finish(metrics, f"policy-{number}")
            metrics.policies_are([f"policy-{number}"])

    with ThreadPoolExecutor(4) as pool:
        fed = pool.submit(feed)
        scrapes = [pool.submit(scraped, metrics) for _ in range(passes)]

    fed.result()
    assert all(value(each.result(), "build_info", version="1.2.3") == 1 for each in scrapes)


class TestCosts:
    INSTANCES = {"account": "aws-dev", "provider": "AWS", "kind": "aws_ec2_instance", "verdict": "Delete"}  # noqa: RUF012

    def test_are_absent_without_a_price_list(self, metrics: Metrics) -> None:
        """Unknown is not nothing."""
        finish(metrics)

        assert not {name for name, _ in scraped(metrics) if "usd" in name or "unpriced" in name}

    def test_are_known_sums_beside_what_is_unknown(self, metrics: Metrics) -> None:
        """One of two instances has a price; what was deleted is counted once for each pass that did it."""
        finish(metrics, is_done=False, has_prices=True)
        before = scraped(metrics)
        for _ in range(2):
            finish(metrics, has_prices=True)
        found = scraped(metrics)

        assert value(before, "cost_usd_per_month", **self.INSTANCES) == 70.5
        assert value(before, "resources_unpriced", **self.INSTANCES) == 1
        assert value(before, "saved_usd_per_month_total", policy="test-accounts", provider="AWS") == 0
        assert value(found, "cost_usd_per_month", **self.INSTANCES) is None
        assert value(found, "saved_usd_per_month_total", policy="test-accounts", provider="AWS") == 141.0
        assert value(found, "saved_unpriced_total", policy="test-accounts", provider="Kubernetes") == 2

    def test_vanish_with_the_policy(self, metrics: Metrics) -> None:
        """What a policy saved is no longer told once it is gone."""
        finish(metrics, has_prices=True)

        metrics.policies_are([])

        assert not {name for name, _ in scraped(metrics) if "usd" in name or "unpriced" in name}
