"""Programs that may never end, or print, are run for a while."""

import contextlib
import io
import sys
import time
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import Any

import numpy as np

#: The file name of programs that are made to be run here.
FILE = "<mutant>"


class TooSlow(Exception):
    """The time is over."""


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TooSlow` at the next line of a mutant's code after so much processor time; print and warn nothing.

    It works on every system and in every thread; what NumPy computes in one go is not interrupted.
    """
    end = time.process_time() + seconds

    def on_call(frame: FrameType, event: str, argument: Any) -> Any:
        return on_line if frame.f_code.co_filename == FILE else None

    def on_line(frame: FrameType, event: str, argument: Any) -> Any:
        if time.process_time() > end:
            raise TooSlow
        return on_line

    before = sys.gettrace()
    with np.errstate(all="ignore"), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        sys.settrace(on_call)
        try:
            yield
        finally:
            sys.settrace(before)
