"""Shows progress on standard error: one live line at a terminal, one line for each account elsewhere."""

import os
import sys
import threading
from collections.abc import Iterable

from tagwarden.providers.base import ListingProgress

_CLEAR = "\r\x1b[K"
_USUAL_WIDTH = 80


class ProgressWriter:
    """Writes lines, and below the state of the accounts that are being listed; shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listings: dict[str, ListingProgress] = {}
        self._is_drawn = False

    def __call__(self, step: str | ListingProgress) -> None:
        """Write a line, or update the live line."""
        with self._lock:
            if isinstance(step, str):
                self._write(step)
            elif step.has_ended:
                self._listings.pop(step.account, None)
                # The caller reports a failure together with the reason.
                self._write(*([] if step.has_failed else [_ended(step)]))
            elif _is_live():
                self._listings[step.account] = step
                self._write()

    def _write(self, *lines: str) -> None:
        """Write lines above the live line, and write the live line again."""
        text = _CLEAR if self._is_drawn else ""
        text += "".join(f"{line}\n" for line in lines)
        self._is_drawn = bool(self._listings)
        if self._is_drawn:
            text += _CLEAR + under_way(self._listings.values())[: _width() - 1]
        sys.stderr.write(text)
        sys.stderr.flush()


report_progress = ProgressWriter()
"""Writes progress to standard error, for a person or a log."""


def under_way(listings: Iterable[ListingProgress]) -> str:
    """Give the live line: the account, or the number of accounts, with the sums."""
    told = list(listings)
    who = told[0].account if len(told) == 1 else f"{len(told)} accounts"
    kinds, of = sum(each.kinds for each in told), sum(each.all_kinds for each in told)
    resources, requests = sum(each.resources for each in told), sum(each.requests for each in told)
    return f"{who}: {kinds} of {of} kinds, {resources} resources, {requests} requests"


def _ended(listing: ListingProgress) -> str:
    return (
        f"{listing.account}: {listing.resources} resources of {listing.all_kinds} kinds, "
        f"{listing.requests} requests, {listing.seconds:.1f} s"
    )


def _is_live() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _width() -> int:
    """Give the width of the terminal behind standard error; standard output may be a pipe."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH
