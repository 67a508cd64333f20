"""Where on a line densities are: found by looking at points, each time within what counted on the last look."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..._validate import FloatArray
from ._modes import Tops, inside

_MOST_LOOKS = 64
#: A window is narrow enough if what counts is on this share of it.
_FILLED = 0.45

Ends = tuple[FloatArray, FloatArray]


def around(matters: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The numbers of the points before the first that matters and after the last, (*B), of points (*B, K)."""
    last = matters.shape[-1] - 1
    first = np.maximum(matters.argmax(-1) - 1, 0)
    return first, np.minimum(last + 1 - matters[..., ::-1].argmax(-1), last)


@cache
def _look(steps: int) -> FloatArray:
    """Where a window is looked at; not at its lower end, where a density may be infinite."""
    return np.append(1e-6, np.arange(1, steps + 1) / steps)


def narrow(
    log_density: Callable[[FloatArray], FloatArray],
    ends: Ends,
    negligible: float,
    *,
    steps: int = 32,
    first_steps: int = 0,
    tilt: float = 0.0,
    guess: Ends | None = None,
    keep_modes: bool = False,
    together: Ends | None = None,
) -> tuple[FloatArray, FloatArray, Tops | None]:
    """The part of each interval, (*B), where its density counts, by its log at points (*B, K); and its sharp modes.

    What is lower than the peak by more than ``negligible``, also times e**(tilt x), does not count. A good guess saves
    looks; where the density does not end within the guess the whole interval is looked at. Windows that are found
    ``together`` are all the same, and hold another.
    """
    (lowest, highest), (low, high) = ends, guess or ends
    count, tops = first_steps or steps, None
    for _ in range(_MOST_LOOKS):
        x = low[..., None] + (high - low)[..., None] * _look(count)
        matters, tops = inside(x, log_density(x), log_density if keep_modes else None, negligible, tilt)
        if together:
            matters[:] = matters.any(0) | ((x[0] >= together[0]) & (x[0] <= together[1]))
        first, last = around(matters)
        missed = (matters[..., 0] & (low > lowest)) | (matters[..., -1] & (high < highest)) if guess else None
        step = (high - low) / count
        low, high = low + step * first, low + step * last
        if missed is not None and missed.any():
            low, high, guess = np.where(missed, lowest, low), np.where(missed, highest, high), None
        elif np.all(last - first > _FILLED * count):
            break
        # Later looks are within ends that were seen to be far enough.
        lowest, highest, guess, count = low, high, None, steps
    return low, high, tops
