"""Collecting shows one live line at a terminal, and one line an account elsewhere."""

import sys
from dataclasses import replace

import pytest

from tagwarden.cli.progress import ProgressWriter, under_way
from tagwarden.providers.base import ListingProgress
from tagwarden.providers.listing_counter import ListingCounter

HALF = ListingProgress("aws-dev", kinds=54, all_kinds=108, resources=300, requests=411, seconds=4.0)
END = replace(HALF, kinds=108, seconds=7.04, has_ended=True)


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, kind: str = "xterm") -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", kind)


def test_a_pipe_gets_one_line_an_account(capsys: pytest.CaptureFixture[str]) -> None:
    """At its end, not one for each kind."""
    write = ProgressWriter()

    for step in (HALF, HALF, END):
        write(step)

    assert "aws-dev: 300 resources of 108 kinds, 411 requests, 7.0 s\n" == capsys.readouterr().err


def test_a_terminal_gets_a_live_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is overwritten, lines go above it, and nothing of it is left at the end."""
    at_a_terminal(monkeypatch)
    write = ProgressWriter()

    write(HALF)
    write("a line")
    write(END)

    live = "\r\x1b[Kaws-dev: 54 of 108 kinds, 300 resources, 411 requests"
    end = "\r\x1b[Kaws-dev: 300 resources of 108 kinds, 411 requests, 7.0 s\n"
    assert f"{live}\r\x1b[Ka line\n{live}{end}" == capsys.readouterr().err


def test_a_failed_listing_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked for it says why it failed."""
    at_a_terminal(monkeypatch)
    write = ProgressWriter()

    write(HALF)
    write(replace(END, has_failed=True))

    assert capsys.readouterr().err.endswith("\r\x1b[K")


def test_a_dumb_terminal_gets_lines_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot overwrite a line."""
    at_a_terminal(monkeypatch, "dumb")

    ProgressWriter()(HALF)

    assert "" == capsys.readouterr().err


def test_several_accounts_share_the_line() -> None:
    """With their sums."""
    told = under_way([HALF, replace(HALF, account="aws-web", kinds=8)])

    assert "2 accounts: 62 of 216 kinds, 600 resources, 822 requests" == told


def test_a_kind_counts_once_it_is_listed_everywhere() -> None:
    """Two regions make one kind; resources and requests count at once."""
    steps: list[str | ListingProgress] = []
    requests = iter((3, 5, 7, 9))

    with ListingCounter("aws-dev", steps.append, lambda: next(requests)) as counter:
        counter.expect(["aws_sqs_queue", "aws_sqs_queue", "aws_s3_bucket"])
        for kind, resources in (("aws_sqs_queue", 2), ("aws_s3_bucket", 1), ("aws_sqs_queue", 4)):
            counter.listed(kind, resources)

    told = [
        (each.kinds, each.all_kinds, each.resources, each.requests)
        for each in steps
        if isinstance(each, ListingProgress)
    ]
    assert [(0, 2, 2, 3), (1, 2, 3, 5), (2, 2, 7, 7), (2, 2, 7, 9)] == told
    assert (True, False) == (steps[-1].has_ended, steps[-1].has_failed)  # type: ignore[attr-defined]


def test_an_error_ends_the_listing_as_failed() -> None:
    """It is not swallowed."""
    steps: list[object] = []

    with pytest.raises(OSError, match="gone"), ListingCounter("aws-dev", steps.append, lambda: 0):
        raise OSError("gone")

    assert (True, True) == (steps[-1].has_ended, steps[-1].has_failed)  # type: ignore[attr-defined]
