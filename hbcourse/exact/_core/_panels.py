"""Densities on intervals, held at the Gauss-Legendre nodes of panels: shares, densities and quantiles of them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from ..._validate import FloatArray
from ._inverse import invert
from ._rule import Rule, rule

_TINY = float(np.finfo(float).tiny)
#: The number of a line, or numbers of some.
Row = NDArray[np.intp] | int


@dataclass(frozen=True)
class Panels:
    """Densities on R lines, each on an interval of its own that is seen as the one from 0 to 1, in P panels in all.

    Attributes
    ----------
    low, high : (R,) arrays
        Ends of the intervals.
    row : (P,) array
        The line that a panel belongs to, in increasing order.
    start, width : (P,) arrays
        The panel's place in it.
    log_mass : (P, n) array
        Log of the integral of the density, node by node.
    shape : tuple or None
        Of the batch, (B), if its lines are cut at the same places, and their masses sum to one.
    log_total : (B) array
        Log of what they are shares of.
    """

    low: FloatArray
    high: FloatArray
    row: NDArray[np.intp]
    start: FloatArray
    width: FloatArray
    log_mass: FloatArray
    shape: tuple[int, ...] | None = None
    log_total: FloatArray = field(default_factory=lambda: np.zeros(()))

    @property
    def rule(self) -> Rule:
        return rule(self.log_mass.shape[1])

    @cached_property
    def node(self) -> FloatArray:
        """Where the densities are held, in increasing order on each line: (B, K) in a batch, or (P, n)."""
        place = self.start[:, None] + self.width[:, None] * (1 + self.rule.node) / 2
        node = self.low[self.row][:, None] + (self.high - self.low)[self.row][:, None] * place
        return np.asarray(node if self.shape is None else node.reshape(*self.shape, -1))

    @cached_property
    def weight(self) -> FloatArray:
        """Integral of the density, node by node, in the shape of ``node``."""
        mass = np.exp(self.log_mass)
        return np.asarray(mass if self.shape is None else mass.reshape(*self.shape, -1))

    @cached_property
    def total(self) -> FloatArray:
        """Integral over each line, (R,)."""
        return np.asarray(np.bincount(self.row, self._mass.sum(1), len(self.low)))

    def take(self, rows: NDArray[np.intp]) -> "Panels":
        """Some of the lines, in the order given."""
        count = np.bincount(self.row, minlength=len(self.low))
        first, length = np.cumsum(count) - count, count[rows]
        row = np.repeat(np.arange(len(rows)), length)
        panel = (first[rows] - np.cumsum(length) + length)[row] + np.arange(len(row))
        return Panels(self.low[rows], self.high[rows], row, self.start[panel], self.width[panel], self.log_mass[panel])

    def cdf(self, x: FloatArray, row: Row | None = None) -> FloatArray:
        """Share of a line's mass up to x; lines, all or those named, and x broadcast."""
        row = self._every if row is None else row
        place, panel, z = self._find(x, row)
        below, series = self._integrals
        share = below[panel] + legendre.legval(z, series[:, panel], tensor=False)
        return np.asarray(np.where(place > 0, np.where(place < 1, np.clip(share, 0, 1), 1), 0))

    def pdf(self, x: FloatArray, row: Row) -> FloatArray:
        """Density at x of a line whose mass is one, by the Legendre series of each panel."""
        place, panel, z = self._find(x, row)
        density = legendre.legval(z, self._coefficients(panel), tensor=False) / self._half[panel]
        return np.asarray(np.where((place >= 0) & (place <= 1), density, 0))

    def log_pdf(self, x: FloatArray) -> FloatArray:
        """Log density of x on the first line, by the Legendre series of the log in each panel; -inf outside."""
        log_density = self.log_mass - np.log(self.rule.weight * self._half[:, None] * self.total[0])
        outside = (x < self.low[0]) | (x > self.high[0])
        return np.asarray(np.where(outside, -np.inf, self.interpolate(np.maximum(log_density, np.log(_TINY)), x)))

    def interpolate(self, values: FloatArray, x: FloatArray) -> FloatArray:
        """A smooth function at any x, given at the nodes of the first line; constant beyond its ends."""
        _, panel, z = self._find(x, 0)
        series = self.rule.to_series @ values.reshape(-1, len(self.rule.node)).T
        return np.asarray(legendre.legval(z, series[:, panel], tensor=False))

    def quantile(self, p: FloatArray, row: Row = 0) -> FloatArray:
        """The points below which shares p of the mass of these lines lie; both broadcast."""
        p, row = np.broadcast_arrays(p, row)
        shape, p, row = p.shape, p.ravel(), row.ravel()
        below, last = self._below, np.cumsum(np.bincount(self.row, minlength=len(self.low))) - 1
        # The lines follow one another one unit apart, so that one search serves all.
        panel = np.searchsorted(self.row + below, row + p, side="right") - 1
        panel = np.clip(panel, np.append(-1, last)[row] + 1, last[row])
        density = self._coefficients(panel)
        share = legendre.legint(density, lbnd=-1)

        def distribution(z: FloatArray, active: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
            within = legendre.legval(z, share[:, active], tensor=False)
            slope = legendre.legval(z, density[:, active], tensor=False)
            return np.clip(below[panel[active]] + within, 0, 1), np.maximum(slope, 0)

        in_panel = np.maximum(2 * density[0], _TINY)
        guess = np.clip(2 * (p - below[panel]) / in_panel - 1, -1, 1)
        z = invert(distribution, p, guess, np.full(p.shape, -1.0), np.full(p.shape, 1.0))
        place = self.start[panel] + self.width[panel] * (1 + z) / 2
        return np.asarray(self.low[row] + (self.high - self.low)[row] * place).reshape(shape)

    @property
    def _every(self) -> NDArray[np.intp]:
        return np.arange(len(self.low)).reshape((-1,) if self.shape is None else self.shape)

    def _find(self, x: FloatArray, row: Row) -> tuple[FloatArray, NDArray[np.intp], FloatArray]:
        """Where x is on its line, from 0 to 1, the panel there, and where in the panel, from -1 to 1."""
        place = (x - self.low[row]) / (self.high - self.low)[row]
        inside = np.clip(place, 0, 1)
        # The lines follow one another two units apart, so that one search serves all.
        panel = np.searchsorted(self.row + self.start / 2, row + inside / 2, side="right") - 1
        return place, panel, np.clip(2 * (inside - self.start[panel]) / self.width[panel] - 1, -1, 1)

    @property
    def _mass(self) -> FloatArray:
        return self.weight.reshape(self.log_mass.shape)

    @property
    def _half(self) -> FloatArray:
        """Half the length of each panel, (P,)."""
        return np.asarray((self.high - self.low)[self.row] * self.width / 2)

    def _coefficients(self, panel: NDArray[np.intp]) -> FloatArray:
        """Legendre series of the shares' densities in these panels, (n, ...)."""
        # A line so far out that its mass underflows has no weight either.
        share = self._mass[panel] / np.maximum(self.total[self.row[panel]], _TINY)[..., None]
        return np.moveaxis((share / self.rule.weight) @ self.rule.to_series.T, -1, 0)

    @cached_property
    def _below(self) -> FloatArray:
        """Share of its line below each panel, (P,)."""
        share = self._mass.sum(1) / np.maximum(self.total[self.row], _TINY)
        if self.shape is not None:
            lines = share.reshape(len(self.low), -1)
            return np.asarray(np.cumsum(lines, axis=1) - lines).ravel()
        before = np.cumsum(share) - share
        return np.asarray(before - before[np.searchsorted(self.row, self.row)])

    @cached_property
    def _integrals(self) -> tuple[FloatArray, FloatArray]:
        """Share below each panel, (P,), and the series of the share from its lower edge, (n + 1, P)."""
        series = legendre.legint(self._coefficients(np.arange(len(self.row))), lbnd=-1)
        return self._below, np.asarray(series, dtype=float)
