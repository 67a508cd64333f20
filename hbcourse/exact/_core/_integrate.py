"""Quadrature of smooth positive densities on intervals, in panels that are halved where they have to be."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..._validate import FloatArray
from ._modes import Tops
from ._panels import Panels
from ._rule import rule

_EPSILON = 8 * np.finfo(float).eps
#: A mode is missed where all nodes around are lower by this.
_MISSED = 3.0
#: Logs that are cut here do not overflow.
_HUGE = 300.0
#: Panels of lines to begin with: two, or as many as keep them short enough for what is averaged over them.
_FEWEST, _MOST_AT_FIRST, _LONGEST_ON_LINES = 2, 64, 12.0
_MOST_ON_LINES = 50_000

Rows = NDArray[np.intp]
#: Lines (P,), starts and widths (P,) of panels, and what is known at their nodes (..., P, n).
Held = tuple[Rows, FloatArray, FloatArray, FloatArray]


def halve_until_smooth(
    mesh: tuple[Rows, FloatArray, FloatArray],
    evaluate: Callable[[Rows, FloatArray, FloatArray], FloatArray],
    rough: Callable[[Rows, FloatArray, FloatArray, FloatArray], NDArray[np.bool_]],
    most: int,
    value: FloatArray | None = None,
) -> Held:
    """Halve the panels (lines, starts, widths) that are rough, given what is known at their nodes, until none is."""
    row, start, width = mesh
    value = evaluate(row, start, width) if value is None else value
    while len(start) < most:
        halve = rough(row, start, width, value)
        if not halve.any():
            break
        half = width[halve] / 2
        new = np.tile(row[halve], 2), np.append(start[halve], start[halve] + half), np.tile(half, 2)
        value = np.concatenate([value[..., ~halve, :], evaluate(*new)], axis=-2)
        row, start, width = (np.append(old[~halve], added) for old, added in zip((row, start, width), new, strict=True))
        order = np.lexsort((start, row))
        row, start, width, value = row[order], start[order], width[order], value[..., order, :]
    return row, start, width, value


@cache
def _equal(panels: int) -> tuple[Rows, FloatArray, FloatArray]:
    return np.zeros(panels, dtype=np.intp), np.arange(panels) / panels, np.full(panels, 1 / panels)


def integrate(
    log_density: Callable[[FloatArray], FloatArray],
    low: FloatArray | float,
    high: FloatArray | float,
    tops: Tops | None = None,
    tilts: Sequence[float] = (0.0,),
    *,
    tolerance: float = 1e-10,
    longest: float = 1.0,
    fewest: int = 4,
    most: int = 512,
    points: int = 16,
    edges: FloatArray | None = None,
) -> Panels:
    """Hold each density, given by its log at points (B, K), on its interval from ``low`` to ``high``, both (B).

    A panel is halved, in all densities at once, until the last two coefficients of its Legendre series are below the
    tolerance as shares of the whole mass, or there are ``most`` panels. If the densities have sharp modes, several,
    none may be missed, and they are resolved times e**(tilt x) too: a mode without mass may have all of the variance.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    length, gauss = high - low, rule(points)

    def node(start: FloatArray, width: FloatArray) -> FloatArray:
        place = start[:, None] + width[:, None] / 2 * (1 + gauss.node)
        return np.asarray(low[..., None] + length[..., None] * place.reshape(-1))

    def evaluate(_: Rows, start: FloatArray, width: FloatArray) -> FloatArray:
        return log_density(node(start, width)).reshape(*length.shape, len(start), points)

    def measured(value: FloatArray, width: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log of the peak, the density in units of it, and its integral, as a multiple of half the interval."""
        peak = value.max((-2, -1))
        density = value - peak[..., None, None]
        np.exp(density, out=density)
        return peak, density, (density @ gauss.weight) @ width

    def rough(_: Rows, start: FloatArray, width: FloatArray, value: FloatArray) -> NDArray[np.bool_]:
        halve = np.zeros((*length.shape, len(start)), dtype=bool)
        for tilt in tilts:
            tilted = value + tilt * node(start, width).reshape(value.shape) if tilt else value
            peak, density, total = measured(tilted, width)
            if not tilt:
                last[:] = [(value, peak, density, total)]
            # No finer than the rounding error of a large log density.
            limit = (tolerance + _EPSILON * abs(peak)) * total
            halve |= abs(density @ gauss.last_two).max(-1) * width > limit[..., None]
        if tops is not None:
            halve |= _missed(tops, (tops.place - low[..., None]) / length[..., None], start, value)
        return np.asarray(halve.reshape(-1, len(start)).any(0))

    last: list[tuple[FloatArray, ...]] = []
    if edges is None:
        mesh = _equal(max(fewest, int(np.ceil(length.max() / longest))))
    else:
        places = (edges - low) / length
        mesh = np.zeros(len(edges) - 1, dtype=np.intp), places[:-1], np.diff(places)
    _, start, width, value = halve_until_smooth(mesh, evaluate, rough, most)
    if not last or last[0][0] is not value:
        last[:] = [(value, *measured(value, width))]
    _, peak, density, total = last[0]
    share = width[:, None] * gauss.weight / total[..., None, None]
    rows = length.size
    panels = Panels(
        low=low.reshape(-1),
        high=high.reshape(-1),
        row=np.repeat(np.arange(rows), len(start)),
        start=start if rows == 1 else np.tile(start, rows),
        width=width if rows == 1 else np.tile(width, rows),
        log_mass=(value - peak[..., None, None] + np.log(share)).reshape(-1, points),
        shape=length.shape,
        log_total=peak + np.log(total * length / 2),
    )
    # They are at hand.
    vars(panels).update(node=node(start, width), weight=(density * share).reshape(*length.shape, -1))
    return panels


def _missed(tops: Tops, place: FloatArray, start: FloatArray, log_values: FloatArray) -> NDArray[np.bool_]:
    """Panels, (B, P), whose nodes are all far below a mode that is on them."""
    panel = np.maximum(np.searchsorted(start, place, side="right") - 1, 0)
    below = np.take_along_axis(log_values.max(-1), panel, -1) < tops.height - _MISSED
    missed = (np.arange(len(start))[:, None] == panel[..., None, :]) & below[..., None, :]
    return np.asarray(missed.any(-1))


def integrate_lines(
    log_density: Callable[[Rows, FloatArray], FloatArray],
    low: FloatArray,
    high: FloatArray,
    tolerance: float,
    points: int = 20,
) -> Panels:
    """Hold densities on [low, high], (R,) each, in panels of their own, given by their logs on lines (P,) at (P, n).

    A panel is halved until the last coefficients of its Legendre series, as masses, are below the tolerance.
    """
    panels = np.clip(np.ceil((high - low) / _LONGEST_ON_LINES), _FEWEST, _MOST_AT_FIRST).astype(int)
    row, width = np.repeat(np.arange(len(low)), panels), np.repeat(1 / panels, panels)
    start = (np.arange(len(row)) - np.repeat(np.cumsum(panels) - panels, panels)) * width
    gauss = rule(points)
    last = gauss.last_two / gauss.weight[:, None]

    def evaluate(row: Rows, start: FloatArray, width: FloatArray) -> FloatArray:
        length = (high - low)[row]
        node = low[row][:, None] + length[:, None] * (start[:, None] + width[:, None] * (1 + gauss.node) / 2)
        return np.asarray(log_density(row, node) + (np.log(length * width / 2)[:, None] + np.log(gauss.weight)))

    def rough(row: Rows, start: FloatArray, width: FloatArray, log_mass: FloatArray) -> NDArray[np.bool_]:
        return np.asarray(abs(np.exp(np.minimum(log_mass, _HUGE)) @ last).max(1) > tolerance)

    return Panels(low, high, *halve_until_smooth((row, start, width), evaluate, rough, _MOST_ON_LINES))
