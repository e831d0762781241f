"""Runs garbage collection less often while responses are parsed.

Responses are trees of some hundred thousand small objects without cycles, freed by reference counting. Repeated
searches for cycles take longer than parsing.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 200_000
"""New objects before a search for cycles: a few pages of responses."""

_lock = threading.Lock()
_passes = 0
_usual = gc.get_threshold()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Search for cycles rarely until the last pass ends, then as before."""
    global _passes, _usual  # noqa: PLW0603 # the interpreter has a single garbage collector
    with _lock:
        if _passes == 0:
            _usual = gc.get_threshold()
            gc.set_threshold(OBJECTS, *_usual[1:])
        _passes += 1
    try:
        yield
    finally:
        with _lock:
            _passes -= 1
            if _passes == 0:
                gc.set_threshold(*_usual)
