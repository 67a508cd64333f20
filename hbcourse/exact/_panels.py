"""Quadrature of smooth positive densities on intervals, in panels that are halved where they have to be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray
from scipy.optimize import elementwise

from .._validate import FloatArray
from ._modes import Tops

_NODES, _WEIGHTS = legendre.leggauss(16)
#: Maps values at the nodes of a panel to the coefficients of their Legendre series.
_TO_SERIES = (np.arange(16) + 0.5)[:, None] * legendre.legvander(_NODES, 15).T * _WEIGHTS
_LAST_TWO = np.ascontiguousarray(_TO_SERIES[-2:].T)
#: The longest panel to begin with. The engines' densities have no singularity nearer than pi/2 to the line.
_LONGEST = 1.0
_TOLERANCE = 1e-10
_EPSILON = 8 * np.finfo(float).eps
_MOST_PANELS = 512
#: A mode is missed where all nodes around are lower by this.
_MISSED = 3.0


@dataclass(frozen=True)
class Panels:
    """Densities of x on [low, high], held at 16 Gauss-Legendre nodes in each of P panels.

    B is the shape of a batch of densities, () for a single one. Each has an interval of its
    own; the panels divide all the intervals at the same fractions.

    Attributes
    ----------
    low, high : (B) arrays
    edges : (P + 1,) array
        The panels' edges as fractions of the interval, from 0 to 1.
    node : (B, 16 P) array
        Where the density is held, in increasing order.
    weight : (B, 16 P) array
        The share of the mass at each node; sums to one.
    log_total : (B) array
        Log of the integral of the density.
    """

    low: FloatArray
    high: FloatArray
    edges: FloatArray
    node: FloatArray
    weight: FloatArray
    log_total: FloatArray

    def cdf(self, x: FloatArray) -> FloatArray:
        """Share of the mass up to ``x``, which broadcasts against (B)."""
        return self.cdf_of(np.arange(np.size(self.low)).reshape(np.shape(self.low)), x)

    def cdf_of(self, row: NDArray[np.intp], x: FloatArray) -> FloatArray:
        """The same of the densities with these numbers in the batch, by each panel's Legendre series."""
        below, series = self._integrals
        low, high = self.low.reshape(-1)[row], self.high.reshape(-1)[row]
        fraction = (x - low) / (high - low)
        panel = np.clip(np.searchsorted(self.edges, fraction, side="right") - 1, 0, len(self.edges) - 2)
        start, end = self.edges[panel], self.edges[panel + 1]
        within = legendre.legval(
            np.clip((2 * fraction - start - end) / (end - start), -1, 1), series[:, row, panel], tensor=False
        )
        return np.asarray(np.clip(np.where(fraction >= 1, 1, below[row, panel] + within), 0, 1))

    def quantile_of(self, row: NDArray[np.intp], p: FloatArray) -> FloatArray:
        """Where the share ``p`` of each numbered density lies below; both of one shape."""
        low, high = self.low.reshape(-1)[row], self.high.reshape(-1)[row]
        return np.asarray(
            elementwise.find_root(lambda x, p, row: self.cdf_of(row, x) - p, (low, high), args=(p, row)).x
        )

    def log_pdf(self, x: FloatArray) -> FloatArray:
        """Log density of x for one density, by the Legendre series of the log in each panel; -inf outside."""
        fraction = (x - self.low) / (self.high - self.low)
        panel = np.clip(np.searchsorted(self.edges, fraction, side="right") - 1, 0, len(self.edges) - 2)
        start, end = self.edges[panel], self.edges[panel + 1]
        within = legendre.legval((2 * fraction - start - end) / (end - start), self._log_series[:, panel], tensor=False)
        return np.asarray(np.where((fraction >= 0) & (fraction <= 1), within, -np.inf))

    @cached_property
    def _log_series(self) -> FloatArray:
        half = np.diff(self.edges)[:, None] / 2 * (self.high - self.low)
        mass = np.maximum(self.weight.reshape(-1, 16), np.finfo(float).tiny)
        return np.asarray(_TO_SERIES @ np.log(mass / _WEIGHTS / half).T)

    @cached_property
    def _integrals(self) -> tuple[FloatArray, FloatArray]:
        """Mass below each panel, (B, P), and the series of the mass from its lower edge, (17, B, P)."""
        mass = self.weight.reshape(-1, len(self.edges) - 1, 16)
        coefficients = np.moveaxis((mass / _WEIGHTS) @ _TO_SERIES.T, -1, 0)
        series = np.asarray(legendre.legint(coefficients, lbnd=-1), dtype=float)
        share = mass.sum(-1)
        return np.cumsum(share, axis=1) - share, series


class _Mesh(NamedTuple):
    """Panels of equal length: their starts and half lengths, (P,), and their nodes and weights, (P, 16)."""

    start: FloatArray
    half: FloatArray
    node: FloatArray
    weight: FloatArray


@cache
def _mesh(panels: int) -> _Mesh:
    half = np.full(panels, 0.5 / panels)
    start = np.arange(panels) / panels
    return _Mesh(start, half, (start + half)[:, None] + half[:, None] * _NODES, half[:, None] * _WEIGHTS)


def _missed(tops: Tops, fraction: FloatArray, start: FloatArray, log_values: FloatArray) -> NDArray[np.bool_]:
    """Panels, (B, P), whose nodes are all far below a mode that is on them."""
    panel = np.maximum(np.searchsorted(start, fraction, side="right") - 1, 0)
    below = np.take_along_axis(log_values.max(-1), panel, -1) < tops.height - _MISSED
    missed = (np.arange(len(start))[:, None] == panel[..., None, :]) & below[..., None, :]
    return np.asarray(missed.any(-1))


def integrate(
    log_density: Callable[[FloatArray], FloatArray],
    low: FloatArray | float,
    high: FloatArray | float,
    tops: Tops | None = None,
    tilt: float = 0.0,
) -> Panels:
    """Hold each density, given by its log at points (B, K), on its interval from ``low`` to ``high``, both (B).

    A panel is halved until the last two coefficients of its Legendre series are below 1e-10 of the whole mass, in
    every density of the batch, or there are 512 panels. If they have sharp modes, several, none may be missed, and the
    densities times e**(tilt x) are resolved too: a mode without mass may have all of the variance.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    length = high - low

    def at(fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
        x = low[..., None] + length[..., None] * fraction.reshape(-1)
        return x, log_density(x).reshape(*length.shape, *fraction.shape)

    start, half, fraction, weight = _mesh(max(4, int(np.ceil(length.max() / _LONGEST))))
    node, log_values = at(fraction)
    while True:
        peak = log_values.max((-2, -1))
        density = log_values - peak[..., None, None]
        np.exp(density, out=density)
        total = np.vecdot(density.reshape(*length.shape, -1), weight.reshape(-1))
        # No finer than the rounding error of a large log density.
        tolerance = (_TOLERANCE + _EPSILON * abs(peak)) * total
        rough = abs(density @ _LAST_TWO).max(-1) * half > tolerance[..., None]
        if tops is not None:
            rough |= _missed(tops, (tops.place - low[..., None]) / length[..., None], start, log_values)
            power = tilt * length[..., None, None] * (start[:, None] + half[:, None] * (1 + _NODES) - 1)
            tilted = density * np.exp(power)
            total_tilted = np.vecdot(tilted.reshape(*length.shape, -1), weight.reshape(-1))
            rough |= abs(tilted @ _LAST_TWO).max(-1) * half > _TOLERANCE * total_tilted[..., None]
        if not rough.any() or len(start) >= _MOST_PANELS:
            break
        rough = rough.reshape(-1, len(start)).any(0)
        left, quarter = np.repeat(start[rough], 2), np.repeat(half[rough] / 2, 2)
        left[1::2] += 2 * quarter[1::2]
        _, finer = at((left + quarter)[:, None] + quarter[:, None] * _NODES)
        start, half = np.concatenate([start[~rough], left]), np.concatenate([half[~rough], quarter])
        order = np.argsort(start)
        start, half = start[order], half[order]
        log_values = np.concatenate([log_values[..., ~rough, :], finer], axis=-2)[..., order, :]
        weight = half[:, None] * _WEIGHTS
        node = low[..., None] + length[..., None] * ((start + half)[:, None] + half[:, None] * _NODES).reshape(-1)
    return Panels(
        low=low,
        high=high,
        edges=np.append(start, 1.0),
        node=node,
        weight=(density * weight / total[..., None, None]).reshape(*length.shape, -1),
        log_total=peak + np.log(total * length),
    )
