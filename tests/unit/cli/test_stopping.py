"""A run that is told to stop says so at once, and begins nothing more."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tagwarden.cli.stopping import Stopping
from tagwarden.model.outcome import ActionState, Outcome
from tagwarden.model.plan import Action, ActionType
from tagwarden.model.reasons import Reason
from tests.support.builders import NOW, a_resource


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Give the signals back to pytest."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def an_outcome(state: ActionState) -> Outcome:
    resource = a_resource()
    return Outcome(Action(resource.uid, ActionType.DELETE, 1, Reason.Expired), resource, state, Reason.Expired, "", NOW)


def test_ctrl_c_counts_what_is_done_and_what_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    """What was refused is neither."""
    stopping = Stopping(None, lambda: NOW)

    with stopping.while_acting(5, dry_run=False):
        stopping.note(an_outcome(ActionState.VERIFIED))
        stopping.note(an_outcome(ActionState.FAILED))
        before = stopping.may_act()
        os.kill(os.getpid(), signal.SIGINT)

    assert (True, False, True) == (before, stopping.may_act(), stopping.interrupted)
    assert "stopping: 1 done, 3 left\n" == capfd.readouterr().err


def test_a_second_ctrl_c_interrupts() -> None:
    """Whoever does not want to wait for the action under way need not."""
    stopping = Stopping(None, lambda: NOW)

    with stopping.while_acting(5, dry_run=False):
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_before_anything_is_carried_out_ends_the_process_as_ever() -> None:
    """Nothing was begun, so there is nothing to tell."""
    Stopping(None, lambda: NOW)

    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_sigterm_is_heeded_from_the_start_and_said_once(capfd: pytest.CaptureFixture[str]) -> None:
    """The operator stops its child so, also while that still plans."""
    stopping = Stopping(None, lambda: NOW)

    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)

    assert (False, False) == (stopping.may_act(), stopping.interrupted)
    assert "stopping: no action had begun\n" == capfd.readouterr().err


def test_a_dry_run_has_done_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """It has only looked."""
    with Stopping(None, lambda: NOW).while_acting(5, dry_run=True):
        os.kill(os.getpid(), signal.SIGTERM)

    assert "stopping: 0 checked, 5 left\n" == capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ((NOW + timedelta(seconds=1)).isoformat(), True),
        (NOW.isoformat(), False),
        ("soon", False),
        ("2026-09-02T12:00:00", False),
        (None, False),
    ],
)
def test_s11_acting_is_allowed_until_the_instant_in_the_lease_file(tmp_path: Path, text: str | None, may: bool) -> None:
    """S11: a file that is missing or unreadable allows nothing."""
    file = tmp_path / "lease"
    if text is not None:
        file.write_text(text)

    assert may is Stopping(file, lambda: NOW).may_act()
