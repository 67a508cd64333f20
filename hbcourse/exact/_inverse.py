"""Quantiles of many distributions at once, from a distribution function and its density."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from .._validate import FloatArray

_MOST_ROUNDS = 200
#: Newton's method squares the error: after a step as short as this, in the normal score, there is nothing left.
_SHORT = 3e-6
_LOG_ROOT_2PI = np.log(2 * np.pi) / 2

#: Distribution function and density at x (M,), of the distributions with these numbers (M,).
Distribution = Callable[[FloatArray, NDArray[np.intp]], tuple[FloatArray, FloatArray]]


def invert(
    distribution: Distribution, p: FloatArray, guess: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """The points below which shares p (M,) lie, between low and high, (M,) each.

    By Newton's method for the normal score of the share, which is nearly linear in x, and by halves where that leaves
    the bracket.
    """
    x, low, high = np.clip(guess, low, high), low.copy(), high.copy()
    score, active = ndtri(p), np.arange(len(p))
    for _ in range(_MOST_ROUNDS):
        at = x[active]
        share, density = distribution(at, active)
        z = ndtri(share)
        low[active] = np.where(share <= p[active], at, low[active])
        high[active] = np.where(share >= p[active], at, high[active])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
            slope = density * np.exp(z * z / 2 + _LOG_ROOT_2PI)
            new = at - (z - score[active]) / slope
            good = (new >= low[active]) & (new <= high[active])
            done = good & (abs(new - at) * slope <= _SHORT)
        new = np.where(good, new, (low[active] + high[active]) / 2)
        x[active] = new
        # Neighboring numbers have nothing between them.
        done |= ~good & ((new <= low[active]) | (new >= high[active]))
        active = active[~done]
        if not len(active):
            break
    return x
