"""Counters of actions tell what the journal tells, whatever became of the pass that acted."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text

from tagwarden.controller.action_counts import ActionCounts
from tagwarden.model.outcome import ActionState
from tagwarden.model.reasons import Reason
from tagwarden.model.status import CleanupPolicyStatus
from tagwarden.reporting.metrics import Metrics
from tagwarden.state import Database, Journal
from tests.support.builders import NOW
from tests.support.enforcement import an_entry
from tests.unit.reporting.scrapes import scraped

SECOND = timedelta(seconds=1)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state.db'}"


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    with Database(url) as database:
        yield Journal(database)


@pytest.fixture
def counts(url: str) -> Iterator[ActionCounts]:
    """Yield the counts of an operator that began to lead a moment ago and knows one policy."""
    metrics = Metrics()
    metrics.policy_changed("test-accounts", "Enforce", CleanupPolicyStatus())
    leads = cast("Any", SimpleNamespace(is_held=True))
    counts = ActionCounts(url, leads, metrics, lambda: NOW)
    yield counts
    counts.close()


def told(counts: ActionCounts) -> dict[str, float]:
    """Count, and give what a scrape shows by outcome."""
    asyncio.run(counts.count())
    return {
        dict(labels)["outcome"]: value
        for (name, labels), value in scraped(counts.metrics).items()
        if name == "tagwarden_actions_total"
    }


def delete(journal: Journal, id_: str, state: ActionState) -> None:
    """Write a deletion that ended after the operator began to lead."""
    end = {"state": state, "reason": Reason.Expired, "finished": NOW + SECOND}
    journal.record(an_entry(id_, uid=f"uid-{id_}", at=NOW, **end))


def test_deletions_of_a_killed_pass_count(counts: ActionCounts, journal: Journal) -> None:
    """It answered nothing; the journal was written before and after each action."""
    delete(journal, "1", ActionState.VERIFIED)
    delete(journal, "2", ActionState.VERIFIED)
    delete(journal, "3", ActionState.FAILED)
    journal.begin(an_entry("4", uid="uid-4", at=NOW))

    assert {"Verified": 2, "Failed": 1} == told(counts)


def test_what_is_counted_again_is_counted_once(counts: ActionCounts, journal: Journal) -> None:
    """An action that waits counts when it ends, once, however often somebody looks."""
    journal.begin(an_entry("1", at=NOW))
    journal.keep_open("1", Reason.Running, "the vendor deletes it")
    waiting = told(counts)
    journal.close("1", ActionState.VERIFIED, Reason.Expired, "", finished=NOW + SECOND)

    assert ({}, {"Verified": 1}, {"Verified": 1}) == (waiting, told(counts), told(counts))


def test_what_ended_before_this_operator_led_was_told_by_another(counts: ActionCounts, journal: Journal) -> None:
    """Two releases that share a database do not count the same deletion twice."""
    journal.record(an_entry("1", state=ActionState.VERIFIED, reason=Reason.Expired, finished=NOW - SECOND))

    assert {} == told(counts)


def test_only_the_leader_counts(counts: ActionCounts, journal: Journal) -> None:
    """S11: who waits in the second row acts on nothing, so nothing is its doing."""
    delete(journal, "1", ActionState.VERIFIED)
    counts.leadership = cast("Any", SimpleNamespace(is_held=False))

    assert {} == told(counts)


def test_a_database_that_is_away_is_waited_for(
    counts: ActionCounts, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing else stops because nobody can count."""
    counts.state = f"sqlite:///{tmp_path}"

    assert {} == told(counts)
    assert "cannot count actions" in caplog.text


def test_a_database_of_an_older_version_gets_the_index(url: str) -> None:
    """Counting at each tick must not read the whole journal of years."""
    with Database(url) as database, database.writing() as connection:
        connection.execute(text("DROP INDEX tagwarden_journal_end"))

    with Database(url) as database, database.reading() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'index'")).scalars().all()

    assert "tagwarden_journal_end" in found
