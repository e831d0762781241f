"""Looking for cyclic garbage less often while answers of AWS are read.

Answers are trees of some hundred thousand small objects without cycles, freed as soon as nothing refers to them.
Looking for cycles among them again and again takes longer than reading them.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 200_000
"""New objects after which cycles are looked for: a few pages of answers."""

_lock = threading.Lock()
_passes = 0
_usual = gc.get_threshold()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Look for cycles rarely until the last of the passes within ends, then as before."""
    global _passes, _usual  # noqa: PLW0603 # the interpreter has one garbage collector
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
