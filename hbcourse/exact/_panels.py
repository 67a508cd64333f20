"""Quadrature of a smooth positive density on an interval, in panels that are halved where they have to be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre

from .._validate import FloatArray

_NODES, _WEIGHTS = legendre.leggauss(16)
#: Maps values at the nodes of a panel to the coefficients of their Legendre series.
_TO_SERIES = (np.arange(16) + 0.5)[:, None] * legendre.legvander(_NODES, 15).T * _WEIGHTS
#: The longest panel to begin with. The engines' densities have no singularity nearer than pi/2 to the line.
_LONGEST = 1.5
_TOLERANCE = 1e-10
_MOST_PANELS = 512


@dataclass(frozen=True)
class Panels:
    """A density on [edges[0], edges[-1]], held at 16 Gauss-Legendre nodes in each of P panels.

    Attributes
    ----------
    edges : (P + 1,) array
    node : (16 P,) array
        Where the density is held, in increasing order.
    weight : (16 P,) array
        The share of the mass at each node; sums to one.
    log_total : float
        Log of the integral of the density.
    """

    edges: FloatArray
    node: FloatArray
    weight: FloatArray
    log_total: float

    def cdf(self, x: FloatArray) -> FloatArray:
        """Share of the mass up to ``x``, from the integral of each panel's Legendre series."""
        below, series = self._integrals
        panel = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, len(self.edges) - 2)
        low, high = self.edges[panel], self.edges[panel + 1]
        within = legendre.legval(np.clip((2 * x - low - high) / (high - low), -1, 1), series[:, panel], tensor=False)
        share = np.where(x >= self.edges[-1], 1, below[panel] + within)
        return np.asarray(np.clip(share, 0, 1))

    @cached_property
    def _integrals(self) -> tuple[FloatArray, FloatArray]:
        """Mass below each panel, (P,), and the series of the mass from its lower edge, (17, P)."""
        mass = self.weight.reshape(-1, 16)
        series = np.asarray(legendre.legint(_TO_SERIES @ (mass / _WEIGHTS).T, lbnd=-1), dtype=float)
        return np.cumsum(mass.sum(1)) - mass.sum(1), series


def integrate(log_density: Callable[[FloatArray], FloatArray], low: float, high: float) -> Panels:
    """Hold the density, given by its log, on [low, high].

    A panel is halved until the last two coefficients of its Legendre series are below 1e-10 of the whole mass, or
    there are 512 panels.
    """
    edges = np.linspace(low, high, max(4, int(np.ceil((high - low) / _LONGEST))) + 1)
    start, half = edges[:-1], np.diff(edges) / 2
    log_values = np.empty((0, 16))
    while True:
        # The panels without values are the last ones.
        new = slice(len(log_values), None)
        node = (start[new] + half[new])[:, None] + half[new, None] * _NODES
        log_values = np.concatenate([log_values, log_density(node.ravel()).reshape(node.shape)])
        peak = log_values.max()
        mass = half[:, None] * np.exp(log_values - peak)
        total = (mass @ _WEIGHTS).sum()
        rough = abs(mass @ _TO_SERIES[-2:].T).max(1) > _TOLERANCE * total
        if not rough.any() or len(start) >= _MOST_PANELS:
            break
        log_values = log_values[~rough]
        left, quarter = start[rough], half[rough] / 2
        start = np.concatenate([start[~rough], left, left + 2 * quarter])
        half = np.concatenate([half[~rough], quarter, quarter])
    order = np.argsort(start)
    start, half = start[order], half[order]
    return Panels(
        edges=np.append(start, high),
        node=((start + half)[:, None] + half[:, None] * _NODES).ravel(),
        weight=(mass[order] * _WEIGHTS / total).ravel(),
        log_total=float(peak + np.log(total)),
    )
