"""A cluster that an account was pinned to is not exchanged for another without a person's word (S22)."""

from pathlib import Path

import pytest

from tagwarden.errors import IdentityChanged
from tagwarden.judging.account_identities import Pin
from tagwarden.pipeline.pinning import recognise
from tagwarden.state import Database, Identities
from tests.support.builders import NOW


@pytest.mark.parametrize(
    ("pin", "stored", "identity", "expected"),
    [
        (Pin("", ""), "", "one", "one"),
        (Pin("", ""), "one", "one", "one"),
        (Pin("", ""), "one", "two", None),
        (Pin("one", ""), "", "one", ""),
        (Pin("one", ""), "", "two", None),
        (Pin("one", ""), "two", "two", None),
        (Pin("one", "two"), "one", "two", "two"),
        (Pin("one", "two"), "one", "three", None),
    ],
)
def test_s22_a_cluster_is_the_one_that_was_seen_or_accepted(
    tmp_path: Path, pin: Pin, stored: str, identity: str, expected: str | None
) -> None:
    """S22: the status of the account counts before the database, and an accepted cluster before both."""
    with Database(str(tmp_path / "state.db")) as database:
        memory = Identities(database)
        if stored:
            memory.replace("dev", stored, NOW)
        if expected is None:
            with pytest.raises(
                IdentityChanged, match=f"pinned to cluster one, but its credentials connect to {identity}"
            ):
                recognise("dev", identity, pin, memory, NOW)
        else:
            recognise("dev", identity, pin, memory, NOW)

        assert (stored if expected is None else expected) == memory.pinned("dev")
