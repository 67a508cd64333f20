"""Programs that may never end, or print, are run for a while."""

import contextlib
import io
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from types import CodeType
from typing import Any

import numpy as np

#: The file name of programs that are made to be run here.
FILE = "<mutant>"

_watch, _TOOL = sys.monitoring, 4
_events = _watch.events
#: What a loop cannot do without: a line, a jump back, the next step of a generator.
_STEPS = _events.PY_START, _events.PY_RESUME, _events.LINE, _events.JUMP


class TooSlow(Exception):
    """The time is over."""


class _Ends(threading.local):
    """Of this thread's limits, the first that ends."""

    first = float("inf")


_ends = _Ends()


def _on_step(code: CodeType, *where: Any) -> Any:
    if code.co_filename != FILE:
        # Never again at this place, so that libraries run at their own speed.
        return _watch.DISABLE
    if time.process_time() > _ends.first:
        raise TooSlow
    return None


class _Watched:
    """Watches while any thread has a limit, so that nothing else is slowed down."""

    def __init__(self) -> None:
        self.lock, self.limits = threading.Lock(), 0

    def __enter__(self) -> None:
        with self.lock:
            self.limits += 1
            if self.limits == 1:
                if _watch.get_tool(_TOOL) is None:
                    _watch.use_tool_id(_TOOL, "hbcourse")
                    for event in _STEPS:
                        _watch.register_callback(_TOOL, event, _on_step)
                _watch.set_events(_TOOL, sum(_STEPS))

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.limits -= 1
            if not self.limits:
                _watch.set_events(_TOOL, 0)


_watched = _Watched()


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TooSlow` at the next step of a mutant's code after so much processor time; print and warn nothing.

    It works on every system and in every thread; what NumPy computes in one go is not interrupted. Many limits in a row
    are faster within another one.
    """
    before = _ends.first
    with _watched, np.errstate(all="ignore"), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        _ends.first = min(before, time.process_time() + seconds)
        try:
            yield
        finally:
            _ends.first = before
