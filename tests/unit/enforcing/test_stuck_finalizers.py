"""Whoever waits for a finalizer that nobody takes off waits for nothing (S22)."""

from datetime import timedelta

from tagwarden.enforcing.stuck_finalizers import StuckFinalizers
from tagwarden.model.reasons import Reason
from tagwarden.model.verdict import Withheld
from tests.support.builders import NOW

LIMIT = timedelta(seconds=30)


def held_by(*finalizers: str) -> Withheld:
    return Withheld(Reason.BlockedByFinalizer, f"held by {', '.join(finalizers)}")


def test_the_same_finalizer_for_the_whole_limit_hangs() -> None:
    """The first look takes note, and only a later one finds that nothing has changed."""
    stuck = StuckFinalizers(LIMIT)

    looks = [stuck.is_stuck("a", held_by("x"), NOW + timedelta(seconds=seconds)) for seconds in (0, 15, 29, 30)]

    assert [False, False, False, True] == looks


def test_a_finalizer_that_is_taken_off_begins_anew() -> None:
    """Its controller works: the next one is waited for as long."""
    stuck = StuckFinalizers(LIMIT)
    stuck.is_stuck("a", held_by("x", "y"), NOW)

    assert not stuck.is_stuck("a", held_by("y"), NOW + LIMIT)
    assert stuck.is_stuck("a", held_by("y"), NOW + 2 * LIMIT)


def test_what_nothing_holds_is_waited_for() -> None:
    """It goes by itself, and other objects do not matter to it."""
    stuck = StuckFinalizers(LIMIT)
    stuck.is_stuck("a", held_by("x"), NOW)

    assert not stuck.is_stuck("a", None, NOW + LIMIT)
    assert not stuck.is_stuck("b", held_by("x"), NOW + LIMIT)
    assert not stuck.is_stuck("a", held_by("x"), NOW + LIMIT)
