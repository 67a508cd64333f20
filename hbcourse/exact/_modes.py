"""Which part of a line a density is on, when all that is known of it are points: every mode is kept.

The log density of many units has modes that may be far narrower than the points' distance, and far higher than any
point on them. So each local maximum is climbed before anything is compared with it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._validate import FloatArray

#: A point that stands out less than this from its neighbors is as high as its mode, for all that counts.
_SHARP = 4.0
#: A mode is climbed until it stands out no more than this.
_CLIMBED = 0.5
_MOST_ROUNDS = 60
_RUNGS = np.linspace(0, 1, 9)


class Tops(NamedTuple):
    """Sharp modes of densities that have several: places and log densities, (*B, T). Rows of fewer repeat the best."""

    place: FloatArray
    height: FloatArray


def inside(
    x: FloatArray,
    log_density: FloatArray,
    evaluate: Callable[[FloatArray], FloatArray] | None,
    negligible: float,
    tilt: float = 0.0,
) -> tuple[NDArray[np.bool_], Tops | None]:
    """Which points matter, (*B, K), of densities with these logs at x, (*B, K); and their sharp modes, if several.

    A point matters if it, or a mode beside it, is higher than the highest mode of all plus ``negligible``, or is when
    both are multiplied by e**(tilt x). ``evaluate`` takes points (*B, N); without it nothing is climbed.
    """
    peak = np.ones(log_density.shape, dtype=bool)
    rises = log_density[..., 1:] > log_density[..., :-1]
    peak[..., :-1] = ~rises
    peak[..., 1:] &= rises | (log_density[..., 1:] == log_density[..., :-1])
    peak &= log_density > -np.inf
    tops = None
    if evaluate is not None and np.count_nonzero(peak) > peak.size // peak.shape[-1]:
        tops, climbed = _climb(x, log_density, peak, evaluate, negligible, tilt)
    matters = np.zeros(log_density.shape, dtype=bool)
    for power in (0.0, tilt) if tilt else (0.0,):
        tilted = log_density + power * x if power else log_density
        highest = tilted.max(-1, keepdims=True)
        if tops is not None:
            of_tops = tops.height + power * tops.place
            highest = np.maximum(highest, of_tops.max(-1, keepdims=True))
            matters |= np.any((of_tops > highest + negligible)[..., None, :] & climbed, axis=-1)
        matters |= tilted > highest + negligible
    return matters, tops


def _climb(
    x: FloatArray,
    log_density: FloatArray,
    peak: NDArray[np.bool_],
    evaluate: Callable[[FloatArray], FloatArray],
    negligible: float,
    tilt: float,
) -> tuple[Tops | None, NDArray[np.bool_]]:
    """The sharp modes that may matter, and which point each is beside, (*B, K, T)."""
    lowest = np.minimum(
        np.concatenate([log_density[..., :1], log_density[..., :-1]], -1),
        np.concatenate([log_density[..., 1:], log_density[..., -1:]], -1),
    )
    with np.errstate(invalid="ignore"):
        drop = np.where(peak, log_density - lowest, 0)
    # Of a concave function, no point between neighbors is higher than this by half.
    bound = log_density + 2 * drop
    enough = log_density.max(-1, keepdims=True) + negligible
    may = bound > enough
    if tilt:
        may |= bound + tilt * x > (log_density + tilt * x).max(-1, keepdims=True) + negligible
    sharp = peak & (drop > _SHARP) & may
    count = sharp.sum(-1)
    sharp &= (count > 1)[..., None]
    most = int(sharp.sum(-1).max(initial=0))
    if not most:
        return None, sharp[..., None]
    # The sharp ones first; where a row has fewer, its best point again and again.
    order = np.argsort(~sharp, axis=-1, kind="stable")[..., :most]
    real = np.take_along_axis(sharp, order, -1)
    at = np.where(real, order, log_density.argmax(-1)[..., None])
    low, high = (np.take_along_axis(x, np.clip(at + step, 0, x.shape[-1] - 1), -1) for step in (-1, 1))
    for _ in range(_MOST_ROUNDS):
        rung = low[..., None] + (high - low)[..., None] * _RUNGS
        value = evaluate(rung.reshape(*x.shape[:-1], -1)).reshape(rung.shape)
        best = value.argmax(-1)[..., None]
        below, above = np.maximum(best - 1, 0), np.minimum(best + 1, 8)
        height = np.take_along_axis(value, best, -1)[..., 0]
        place = np.take_along_axis(rung, best, -1)[..., 0]
        sides = np.minimum(np.take_along_axis(value, below, -1), np.take_along_axis(value, above, -1))[..., 0]
        low, high = (np.take_along_axis(rung, end, -1)[..., 0] for end in (below, above))
        if np.all(~real | (height - sides < _CLIMBED)):
            break
    return Tops(place, height), np.arange(x.shape[-1])[:, None] == np.where(real, at, -1)[..., None, :]
