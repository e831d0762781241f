"""What is being deleted already says what keeps it."""

from tagwarden.model.reasons import Reason
from tagwarden.model.terminating import HOLDERS, deletion_in_progress
from tests.support.builders import a_resource


def test_a_finalizer_is_named() -> None:
    """The holder is reported, and never stripped."""
    held = deletion_in_progress(a_resource(state="Terminating", attributes={HOLDERS: "example.com/guard"}))

    assert Reason.BlockedByFinalizer == held.reason
    assert "already being deleted, blocked by example.com/guard" == held.message


def test_what_nothing_holds_is_in_progress() -> None:
    """It will be gone by itself."""
    going = deletion_in_progress(a_resource(state="shutting-down"))

    assert Reason.InProgress == going.reason
    assert "already being deleted (shutting-down)" == going.message
