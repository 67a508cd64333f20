"""Quadrature of many densities at once, each on a line of its own, in panels that are halved where they have to be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray
from scipy.optimize import elementwise

from .._validate import FloatArray
from ._modes import Tops

ORDER = 20
_NODES, _WEIGHTS = legendre.leggauss(ORDER)
_TO_SERIES = (np.arange(ORDER) + 0.5)[:, None] * legendre.legvander(_NODES, ORDER - 1).T * _WEIGHTS
#: From masses at the nodes to the last two coefficients of the series.
_LAST = _TO_SERIES[-2:].T / _WEIGHTS[:, None]
#: Panels to begin with: two, or as many as keep them short enough for what is averaged over them.
_FEWEST, _MOST_AT_FIRST, _LONGEST = 2, 64, 12.0
_MOST_PANELS = 50_000
_MOST_ROUNDS = 64
#: A mode is missed where all nodes around are lower by this.
_MISSED = 3.0
#: Logs that are cut here do not overflow.
_HUGE = 300.0

#: Log densities of some lines at points of theirs: line numbers (P,) and points (P, N) to (P, N).
LineDensity = Callable[[NDArray[np.intp], FloatArray], FloatArray]


@dataclass(frozen=True)
class Lines:
    """Densities on R intervals, in panels of 20 Gauss-Legendre nodes, each interval seen as the one from 0 to 1.

    Attributes
    ----------
    low, high : (R,) arrays
        Ends of the intervals.
    row : (P,) array
        The interval that a panel belongs to, in increasing order.
    start, width : (P,) arrays
        The panel's place in it.
    log_mass : (P, 20) array
        Log of the integral of the density, node by node.
    """

    low: FloatArray
    high: FloatArray
    row: NDArray[np.intp]
    start: FloatArray
    width: FloatArray
    log_mass: FloatArray

    @cached_property
    def node(self) -> FloatArray:
        """Where the density is held, (P, 20)."""
        return _points(self.low, self.high, self.row, self.start, self.width)

    @cached_property
    def mass(self) -> FloatArray:
        """Integral of the density, node by node, (P, 20)."""
        return np.asarray(np.exp(self.log_mass))

    @cached_property
    def total(self) -> FloatArray:
        """Integral over each interval, (R,)."""
        return np.asarray(np.bincount(self.row, self.mass.sum(1), len(self.low)))

    def take(self, rows: NDArray[np.intp]) -> "Lines":
        """Some of the lines, in the order given."""
        count = np.bincount(self.row, minlength=len(self.low))
        first, length = np.cumsum(count) - count, count[rows]
        row = np.repeat(np.arange(len(rows)), length)
        panel = (first[rows] - np.cumsum(length) + length)[row] + np.arange(len(row))
        return Lines(self.low[rows], self.high[rows], row, self.start[panel], self.width[panel], self.log_mass[panel])

    def cdf(self, x: FloatArray, line: NDArray[np.intp] | None = None) -> FloatArray:
        """Share of each line's mass up to x. The last axis of x runs over the lines, or over those named."""
        line = np.arange(len(self.low)) if line is None else line
        below, series = self._integrals
        place = np.clip((x - self.low[line]) / (self.high - self.low)[line], 0, 1)
        # The lines follow one another two units apart, so that one search serves all.
        panel = np.searchsorted(self.row + self.start / 2, line + place / 2, side="right") - 1
        z = np.clip(2 * (place - self.start[panel]) / self.width[panel] - 1, -1, 1)
        mass = below[panel] + legendre.legval(z, series[:, panel], tensor=False)
        # A line so far out that its mass underflows has no weight either.
        share = mass / np.maximum(self.total[line], np.finfo(float).tiny)
        return np.asarray(np.where(place > 0, np.where(place < 1, np.clip(share, 0, 1), 1), 0))

    def log_pdf(self, x: FloatArray) -> FloatArray:
        """Log density of x on the first line, by the Legendre series of the log in each panel; -inf outside."""
        place = (x - self.low[0]) / (self.high - self.low)[0]
        last = int((self.row == 0).sum()) - 1
        panel = np.clip(np.searchsorted(self.start[: last + 1], place, side="right") - 1, 0, last)
        z = 2 * (place - self.start[panel]) / self.width[panel] - 1
        within = legendre.legval(np.clip(z, -1, 1), self._log_series[:, panel], tensor=False) - np.log(self.total[0])
        return np.asarray(np.where((place >= 0) & (place <= 1), within, -np.inf))

    @cached_property
    def _log_series(self) -> FloatArray:
        half = ((self.high - self.low)[self.row] * self.width / 2)[:, None]
        return np.asarray(_TO_SERIES @ (self.log_mass - np.log(_WEIGHTS * half)).T)

    def quantile(self, p: FloatArray, line: NDArray[np.intp]) -> FloatArray:
        """The points below which shares p (M,) of the mass of these lines (M,) lie, (M,)."""

        def excess(x: FloatArray, p: FloatArray, line: NDArray[np.intp]) -> FloatArray:
            return self.cdf(x, line) - p

        return np.asarray(elementwise.find_root(excess, (self.low[line], self.high[line]), args=(p, line)).x)

    @cached_property
    def _integrals(self) -> tuple[FloatArray, FloatArray]:
        """Mass on the line below each panel, (P,), and the series of the mass from its lower edge, (21, P)."""
        mass = self.mass.sum(1)
        before = np.cumsum(mass) - mass
        series = legendre.legint(_TO_SERIES @ (self.mass / _WEIGHTS).T, lbnd=-1)
        return before - before[np.searchsorted(self.row, self.row)], np.asarray(series, dtype=float)


def _points(
    low: FloatArray, high: FloatArray, row: NDArray[np.intp], start: FloatArray, width: FloatArray
) -> FloatArray:
    place = start[:, None] + width[:, None] * (1 + _NODES) / 2
    return np.asarray(low[row][:, None] + (high - low)[row][:, None] * place)


def integrate(log_density: LineDensity, low: FloatArray, high: FloatArray, tolerance: float) -> Lines:
    """Hold the densities, given by their logs, on [low, high], (R,) each.

    A panel is halved until the last coefficients of its Legendre series, as masses, are below the tolerance.
    """
    panels = np.clip(np.ceil((high - low) / _LONGEST), _FEWEST, _MOST_AT_FIRST).astype(int)
    row, width = np.repeat(np.arange(len(low)), panels), np.repeat(1 / panels, panels)
    start = (np.arange(len(row)) - np.repeat(np.cumsum(panels) - panels, panels)) * width

    def rough(log_mass: FloatArray, _: FloatArray) -> NDArray[np.bool_]:
        return np.asarray(abs(np.exp(np.minimum(log_mass, _HUGE)) @ _LAST).max(1) > tolerance)

    return _refine(log_density, low, high, row, start, width, rough)


def integrate_whole(
    log_density: LineDensity, edges: FloatArray, tolerance: float, orders: Sequence[int], tops: Tops | None = None
) -> Lines:
    """Hold one density from the first edge to the last, in these panels to begin with, and miss none of its tops.

    The tolerance is a share of the mass, and of that of the density times e**(k x) for orders k.
    """
    length = edges[-1] - edges[0]

    def rough(log_mass: FloatArray, node: FloatArray) -> NDArray[np.bool_]:
        tilted = [log_mass + k * node if k else log_mass for k in orders]
        masses = [np.exp(each - each.max()) for each in tilted]
        halve = np.any([abs(mass @ _LAST).max(1) > tolerance * mass.sum() for mass in masses], axis=0)
        return np.asarray(halve | (tops is not None and _missed(tops, log_mass, node)))

    row, start, width = np.zeros(len(edges) - 1, dtype=int), (edges[:-1] - edges[0]) / length, np.diff(edges) / length
    return _refine(log_density, edges[:1], edges[-1:], row, start, width, rough)


def _missed(tops: Tops, log_mass: FloatArray, node: FloatArray) -> NDArray[np.bool_]:
    """Panels (P,) that are nearest to a mode, and far below it."""
    nearest = abs(node[:, :, None] - tops.place).min(1).argmin(0)
    reach = node.max(1) - node.min(1)
    height = (log_mass - np.log(reach[:, None] / 2 * _WEIGHTS)).max(1)
    missed = np.zeros(len(node), dtype=bool)
    missed[nearest[height[nearest] < tops.height - _MISSED]] = True
    return missed


def _refine(
    log_density: LineDensity,
    low: FloatArray,
    high: FloatArray,
    row: NDArray[np.intp],
    start: FloatArray,
    width: FloatArray,
    rough: Callable[[FloatArray, FloatArray], NDArray[np.bool_]],
) -> Lines:
    """Halve the panels that are rough, given the logs of their masses and their nodes, until none is."""
    node = _points(low, high, row, start, width)
    log_value = log_density(row, node)
    for _ in range(_MOST_ROUNDS):
        log_mass = log_value + (np.log((high - low)[row] * width / 2)[:, None] + np.log(_WEIGHTS))
        halve = rough(log_mass, node)
        if not halve.any() or len(row) > _MOST_PANELS:
            break
        half = width[halve] / 2
        new_row, new_start = np.tile(row[halve], 2), np.append(start[halve], start[halve] + half)
        new = _points(low, high, new_row, new_start, np.tile(half, 2))
        log_value = np.concatenate([log_value[~halve], log_density(new_row, new)])
        node = np.concatenate([node[~halve], new])
        row, start = np.append(row[~halve], new_row), np.append(start[~halve], new_start)
        width = np.append(width[~halve], np.tile(half, 2))
    order = np.lexsort((start, row))
    return Lines(low, high, row[order], start[order], width[order], log_mass[order])
