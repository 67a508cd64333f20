"""Quadrature of a density of two hyperparameters in the plane: lines across, each with its own window and panels.

The outer coordinate a is the log of the one that says how alike the units are, the inner coordinate x places their
mean. Given a, the density of x may be a thousand times narrower at one end than at the other, and move; so every a has
a window of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .._validate import FloatArray
from ._lines import ORDER, Lines, integrate, integrate_whole
from ._modes import Tops
from ._plane_scan import Bounds, LogDensity, Scan, scan

#: Tolerances of the density, where its integral up to any point is asked for, and where only its sums over nodes are,
#: which are exact to about its square.
_FOR_SHARES, _FOR_SUMS = 1e-9, 1e-5
#: Log of the smallest relative weight of a node that counts.
_NO_WEIGHT = -25.0
#: Log of what counts around a peak, and the least mass that must be there.
_AROUND, _ENOUGH = 7.0, 0.02
_TINY = float(np.finfo(float).tiny)

#: A coordinate as a function of two others.
Coordinate = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class Rows:
    """The lines on which nodes are.

    Attributes
    ----------
    a : (R,) array
        Where they are.
    centre, spacing : (R,) arrays
        The mean of x on each, and how far apart the nodes are there.
    weight : (R,) array
        Their weights.
    lines : Lines
        The densities on them.
    of_node : (K,) array
        The line of each node.
    """

    a: FloatArray
    centre: FloatArray
    spacing: FloatArray
    weight: FloatArray
    lines: Lines
    of_node: NDArray[np.intp]


def outer_coordinate(a: FloatArray, _: FloatArray) -> FloatArray:
    """The outer coordinate itself; it is its own inverse."""
    return a


def integrate_plane(log_density: LogDensity, ends: tuple[float, float], bounds: Bounds, noise: float) -> "Plane":
    """Hold a density of (a, x), which is nowhere but between generous ends of a and bounds of x given a."""
    return Plane(log_density, scan(log_density, ends, bounds), noise, ends)


@dataclass(frozen=True)
class Plane:
    """A density in the plane: nodes, weights and distributions.

    Attributes
    ----------
    log_density : callable
        Of (a, x), which broadcast.
    scan : Scan
        Where it is.
    noise : float
        Rounding error of the log density, below which there is nothing to resolve.
    ends : pair of floats
        Generous bounds of a.
    orders : integers k
        The marginal of a is to be resolved times e**(k a) too.
    """

    log_density: LogDensity
    scan: Scan
    noise: float
    ends: tuple[float, float]
    orders: tuple[int, ...] = (0,)

    @property
    def log_total(self) -> float:
        """Log of the integral."""
        return float(np.log(self._for_sums[0].total[0]) + self.scan.peak)

    @cached_property
    def outer(self) -> Lines:
        """The marginal of a, one line, resolved well enough for its integral."""
        return self._resolve(_FOR_SHARES)[0]

    @cached_property
    def _for_sums(self) -> tuple[Lines, Lines]:
        return self._resolve(_FOR_SUMS)

    @cached_property
    def nodes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Values of a and x and the logs of their weights, (K,) each."""
        outer, inner = self._for_sums
        a = outer.node.ravel()
        # The mass of an outer node is its quadrature weight times the total of its line.
        log_scale = outer.log_mass.ravel() - np.log(outer.total) - np.log(np.maximum(inner.total, _TINY))
        log_weight = inner.log_mass + log_scale[inner.row][:, None]
        return np.repeat(a[inner.row], ORDER), inner.node.ravel(), log_weight.ravel()

    @cached_property
    def heavy_nodes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Values of a and x that count in averages of bounded functions, and their weights, (K,) each."""
        a, x, log_weight = self.nodes
        weight = np.exp(log_weight[self._heavy])
        return a[self._heavy], x[self._heavy], weight / weight.sum()

    @property
    def _heavy(self) -> NDArray[np.bool_]:
        return np.asarray(self.nodes[2] > self.nodes[2].max() + _NO_WEIGHT)

    @cached_property
    def rows(self) -> Rows:
        """The lines that the heavy nodes are on."""
        _, inner = self._for_sums
        _, x, weight = self.heavy_nodes
        panel = np.repeat(np.arange(len(inner.row)), ORDER)[self._heavy]
        line, row = np.unique(inner.row[panel], return_inverse=True)
        length = ((inner.high - inner.low)[inner.row] * inner.width)[panel]
        total = np.bincount(row, weight)
        return Rows(
            a=self._for_sums[0].node.ravel()[line],
            centre=np.bincount(row, weight * x) / total,
            # Gauss-Legendre nodes are pi / 2 times further apart in the middle of a panel than on average.
            spacing=np.bincount(row, weight * length) / total * np.pi / 2 / ORDER,
            weight=total,
            lines=inner.take(line),
            of_node=row,
        )

    def holds(self, place: Coordinate, order: int) -> bool:
        """Whether the nodes hold the density times e**(order * place) as well.

        It dies away at their edge, and is where there is mass: elsewhere they are too few.
        """
        a, x, log_weight = self.nodes
        tilted = log_weight + order * place(a, x)
        row = self._for_sums[1].row
        turn = np.flatnonzero(np.diff(row)) + 1
        first, last = np.append(0, turn) * ORDER, np.append(turn, len(row)) * ORDER - 1
        ends = [tilted[first].max(), tilted[last].max(), tilted[a == a.min()].max(), tilted[a == a.max()].max()]
        there = np.exp(log_weight[tilted > tilted.max() - _AROUND]).sum()
        return bool(max(ends) < tilted.max() + _NO_WEIGHT and there > _ENOUGH)

    def along(self, place: Coordinate, back: Coordinate | None, order: int) -> "Plane":
        """The same density over u = place(a, x) and x, with a = back(u, x); over u = x and a if there is no back.

        It holds the density times e**(order * u) as well.
        """
        a, low, high = self.scan.a, self.scan.low, self.scan.high
        corners = np.concatenate([place(a, low), place(a, high)])
        ends = (float(corners.min()), float(corners.max()))
        # Across the new lines runs x, or a where they are those of x.
        limits = self.ends
        if back:
            low, high = self.scan.bounds(np.linspace(*self.ends, 65))
            limits = (float(low.min()), float(high.max()))

        def turned(u: FloatArray, w: FloatArray) -> FloatArray:
            return self.log_density(back(u, w), w) if back else self.log_density(w, u)

        def bounds(u: FloatArray) -> tuple[FloatArray, FloatArray]:
            return np.full(u.shape, limits[0]), np.full(u.shape, limits[1])

        found = scan(turned, ends, bounds)
        if not order:
            return Plane(turned, found, self.noise, ends)
        return Plane(turned, found.stretched(turned, order), self.noise, ends, (0, order))

    def sample(self, draws: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Independent draws of (a, x), (draws,) each."""
        outer, a, x = self.outer, np.empty(draws), np.empty(draws)
        for first in range(0, draws, 4096):
            part = slice(first, first + 4096)
            p = rng.uniform(np.finfo(float).tiny, 1, (2, len(a[part])))
            a[part] = outer.quantile(p[0], np.zeros(len(p[0]), dtype=int))
            x[part] = self._lines(a[part], self.scan.log_mass_at(a[part]), _FOR_SHARES).quantile(
                p[1], np.arange(len(p[1]))
            )
        return a, x

    def _lines(self, a: FloatArray, height: FloatArray, tolerance: float) -> Lines:
        """Densities of x at these a (R,), in units of e**height (R,)."""

        def log_density(row: NDArray[np.intp], x: FloatArray) -> FloatArray:
            return self.log_density(a[row][:, None], x) - height[row][:, None]

        return integrate(log_density, *self.scan.window(a), max(tolerance, 20 * self.noise))

    def _resolve(self, tolerance: float) -> tuple[Lines, Lines]:
        """The marginal of a, in units of e**peak, and the densities of x at its nodes, in units of their own."""
        held: list[tuple[FloatArray, Lines]] = []

        def log_total(_: NDArray[np.intp], a: FloatArray) -> FloatArray:
            flat = a.ravel()
            # Unit masses where the density, or that times e**(k a), is at its peak.
            height = np.stack([self.scan.peak_of(k) - k * flat for k in self.orders]).min(0)
            inner = self._lines(flat, height, tolerance)
            held.append((flat, inner))
            return np.asarray(np.log(np.maximum(inner.total, _TINY)) + height - self.scan.peak).reshape(a.shape)

        tops = self.scan.tops
        if tops is not None:
            tops = Tops(tops.place, tops.height - self.scan.peak)
        outer = integrate_whole(log_total, self.scan.edges(), max(tolerance, 20 * self.noise), self.orders, tops)
        return outer, _pick(held, outer.node.ravel())


def _pick(held: list[tuple[FloatArray, Lines]], a: FloatArray) -> Lines:
    """The lines at these a, out of all that were made on the way."""
    if len(held) == 1:
        return held[0][1]
    made = np.concatenate([at for at, _ in held])
    offset = np.cumsum([0] + [len(at) for at, _ in held[:-1]])
    parts = [lines for _, lines in held]
    together = Lines(
        low=np.concatenate([lines.low for lines in parts]),
        high=np.concatenate([lines.high for lines in parts]),
        row=np.concatenate([lines.row + shift for lines, shift in zip(parts, offset, strict=True)]),
        start=np.concatenate([lines.start for lines in parts]),
        width=np.concatenate([lines.width for lines in parts]),
        log_mass=np.concatenate([lines.log_mass for lines in parts]),
    )
    order = np.argsort(made)
    return together.take(order[np.searchsorted(made[order], a)])
