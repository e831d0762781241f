"""What is remembered outlives a restart, and the tables of an older version."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from tagwarden.model.history import History
from tagwarden.model.reasons import Reason
from tagwarden.state import Database, HistoryStore
from tests.support.builders import NOW, a_resource

REMEMBERED = History(
    NOW,
    Reason.Expired,
    NOW,
    agreed=1,
    snapshot="snapshot-1",
    counted=NOW,
    stated="expiration=2d",
    stated_since=NOW - timedelta(days=1),
)


def test_a_history_reads_back_as_it_was_written(tmp_path: Path) -> None:
    """When an observation counted, and since when an expiry is stated, are asked in the next pass (S4)."""
    resource = a_resource()
    with Database(str(tmp_path / "state.db")) as database:
        HistoryStore(database).remember("test", [(resource, REMEMBERED)], NOW)
    with Database(str(tmp_path / "state.db")) as database:
        found = HistoryStore(database).histories("test", [resource], NOW)

    assert {resource.uid: REMEMBERED} == found


def test_tables_of_an_older_version_get_the_columns_that_came_since(tmp_path: Path) -> None:
    """An upgrade neither fails nor forgets what was observed."""
    path, resource = str(tmp_path / "state.db"), a_resource()
    with Database(path) as database:
        HistoryStore(database).remember("test", [(resource, REMEMBERED)], NOW)
        with database.writing() as connection:
            for column in ("counted", "stated", "stated_since"):
                connection.execute(text(f"ALTER TABLE tagwarden_memory DROP COLUMN {column}"))
    with Database(path) as database:
        (found,) = HistoryStore(database).histories("test", [resource], NOW).values()

    assert (1, "snapshot-1", None, None) == (found.agreed, found.snapshot, found.counted, found.stated)
