"""Posteriors of unit means: mixtures of a family of distributions over the nodes of two hyperparameters."""

from abc import ABC
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.polynomial import hermite_e, legendre
from numpy.typing import ArrayLike, NDArray
from scipy import linalg

from .. import _validate as validate
from .._validate import FloatArray
from ._inverse import invert
from ._plane import Rows
from ._unit_family import UnitFamily

_CHUNK = 2**17
#: A sum over components less wide than this many times the way to the next has steps that show.
_NARROW = 0.45
NORMAL_NODES, _WEIGHTS = hermite_e.hermegauss(8)
_NORMAL_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
#: Logs of the smallest and the largest numbers.
_LOWEST, _HIGHEST = -744.0, 709.0
#: More values than this of components are worth fewer components, found with polynomials of these degrees.
_MANY, _DEGREES = 10**6, (3, 8, 12)


@dataclass(frozen=True, eq=False, repr=False)
class UnitMixture(UnitFamily, ABC):
    """Mixture of distributions with two parameters, to each of which the unit's own data add a number.

    Attributes
    ----------
    weight : (K,) array that sums to one
    first, second : (K,) arrays
        The parameters before the data.
    add_first, add_second : () or (J,) arrays
        What the data of each unit add to them.
    moments : int
        How many of the moments are finite, 0, 1 or 2.
    rows : Rows or None
        The lines of the plane that the components are on. Where units are so alike that a component is narrower than
        the way to the next, the share below a value is not summed over components: it is that of the line.
    """

    weight: FloatArray
    first: FloatArray
    second: FloatArray
    add_first: FloatArray
    add_second: FloatArray
    moments: int = 2
    rows: Rows | None = None

    def mean(self) -> FloatArray:
        """Mean, shape () or (J,); infinite where the tail is too heavy for one."""
        mean = self._distinct_mean_sd[0] if self.moments > 0 else np.full(len(self._distinct[0]), np.inf)
        return np.asarray(mean[self._distinct[2]])

    def sd(self) -> FloatArray:
        """Standard deviation, shape () or (J,): variance within the components plus variance between them."""
        sd = self._distinct_mean_sd[1] if self.moments > 1 else np.full(len(self._distinct[0]), np.inf)
        return np.asarray(sd[self._distinct[2]])

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against () or (J,)."""
        x = validate.fits("x", validate.finite("x", x), np.shape(self.add_first))
        return self._share(self._line(x), self.add_first, self.add_second)

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then (J,) where there are units."""
        p = validate.probability("p", p)
        first, second, unit = self._distinct
        at, first, second, mean, sd = np.broadcast_arrays(p[..., None], first, second, *self._distinct_mean_sd)
        with np.errstate(invalid="ignore"):
            near = self._guess(at, mean, sd)
        near = np.clip(np.where(np.isnan(near), 0, near), _LOWEST + 1, _HIGHEST - 1)
        u = self._solve(*(array.ravel() for array in (at, near, first, second))).reshape(at.shape)
        return self._value(u)[..., unit]

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against () or (J,); minus infinity where there can be no value."""
        x = validate.fits("x", validate.finite("x", x), np.shape(self.add_first))
        with np.errstate(divide="ignore", invalid="ignore"):
            u, first, second = (a.ravel() for a in np.broadcast_arrays(self._line(x), self.add_first, self.add_second))
            # A sum over components that are too narrow for it has gaps; the difference of shares has none.
            close, h = self._too_narrow(first, second), 1e-4
            _, density = self._both(u, first, second)
            if close.any():
                ends = [self._share(u[close] + step, first[close], second[close]) for step in (-h, h)]
                density[close] = (ends[1] - ends[0]) / (2 * h)
            of_x = np.log(density).reshape(np.broadcast_shapes(x.shape, np.shape(self.add_first)))
            return np.asarray(np.where(np.isfinite(self._line(x)), of_x - self._log_slope(self._line(x)), -np.inf))

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        shape = np.shape(self.add_first)
        first, second = np.ravel(self.add_first), np.ravel(self.add_second)
        below = np.cumsum(self.weight)
        which = np.searchsorted(below, rng.uniform(0, below[-1], (draws, len(first))))
        one, two = self.first[which], self.second[which]
        narrow = self._too_narrow(first, second)
        if self.rows is not None and narrow.any():
            # Anywhere on the node's line.
            line = self.rows.of_node[which[:, narrow]]
            x = self.rows.lines.quantile(rng.uniform(np.finfo(float).tiny, 1, line.size), line.ravel())
            one[:, narrow], two[:, narrow] = self._parameters(self.rows.a[line], x.reshape(line.shape))
        return self._random(one + first, two + second, rng).reshape(draws, *shape)

    def _too_narrow(self, add_first: FloatArray, add_second: FloatArray) -> NDArray[np.bool_]:
        """Units (U,) of which some components that matter are narrower than the way to the next."""
        rows = self.rows
        if rows is None:
            return np.zeros(len(add_first), dtype=bool)
        width = self._width(rows.a, rows.centre, add_first[:, None], add_second[:, None])
        return np.asarray(((width < _NARROW * rows.spacing) & (rows.weight > 1e-10)).any(1))

    def _solve(self, p: FloatArray, near: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """Logs (logits) of the quantiles of units of these data, from near ones, (M,) each."""
        if len(p) * len(self.weight) > _MANY and not self._too_narrow(first, second).any():
            size = self._line(self._mean_variance(self.first[0] + first, self.second[0] + second)[0])
            some = np.unique([pick(of) for of in (size, second) for pick in (np.argmin, np.argmax)])
            for degree in _DEGREES:
                near = self._compressed(degree)._climb(p, near, first, second)
                if np.allclose(self._share(near[some], first[some], second[some]), p[some], rtol=1e-9, atol=0):
                    return near
        return self._climb(p, near, first, second)

    def _climb(self, p: FloatArray, near: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        low, high = np.full(p.shape, _LOWEST - 1), np.full(p.shape, _HIGHEST + 1)
        return invert(lambda u, row: self._both(u, first[row], second[row]), p, near, low, high)

    def _compressed(self, degree: int) -> Self:
        """The same with as few components as polynomials of the hyperparameters up to this degree need.

        As nodes, those that a QR decomposition with pivots takes first (Sommariva and Vianello 2009); some weights may
        be negative.
        """
        place = [
            self._strength(*(np.asarray(np.median(a)) for a in (self.add_first, self.add_second))),
            self._location(),
        ]
        # On their ranges, from -1 to 1.
        powers = [legendre.legvander(2 * (at - at.min()) / (np.ptp(at) or 1) - 1, degree) for at in place]
        terms = [powers[0][:, i] * powers[1][:, k] for i in range(degree + 1) for k in range(degree + 1 - i)]
        root = np.sqrt(self.weight)
        matrix = np.array(terms) * root
        _, triangle, order = linalg.qr(matrix, mode="economic", pivoting=True)
        rank = int((abs(np.diag(triangle)) > 1e-12 * abs(triangle[0, 0])).sum())
        kept = order[:rank]
        weight = root[kept] * np.linalg.lstsq(matrix[:, kept], matrix @ root, rcond=None)[0]
        return replace(self, weight=weight, first=self.first[kept], second=self.second[kept], rows=None)

    def _both(self, u: FloatArray, add_first: FloatArray, add_second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Shares up to u, and densities of u, for units of these data, (M,) each."""
        density, step = np.empty(len(u)), max(_CHUNK // len(self.weight), 1)
        for start in range(0, len(u), step):
            at, one, two = (array[start : start + step, None] for array in (u, add_first, add_second))
            with np.errstate(over="ignore", invalid="ignore"):
                terms = np.exp(self._log_density(at, self.first + one, self.second + two))
            density[start : start + step] = np.nan_to_num(terms) @ self.weight
        return self._share(u, add_first, add_second), np.maximum(density, 0)

    def _share(self, u: FloatArray, add_first: FloatArray, add_second: FloatArray) -> FloatArray:
        """Probability up to the log (logit) u, for units of these data; all three broadcast."""
        u, add_first, add_second = np.broadcast_arrays(u, add_first, add_second)
        shares = np.empty(u.size)
        step = max(_CHUNK // len(self.weight), 1)
        for start in range(0, u.size, step):
            at, one, two = (array.reshape(-1, 1)[start : start + step] for array in (u, add_first, add_second))
            values = self._cdf(at, self.first + one, self.second + two)
            shares[start : start + step] = values @ self.weight
            if self.rows is not None:
                shares[start : start + step] += self._correction(self.rows, values, at, one, two)
        return np.clip(shares, 0, 1).reshape(u.shape)

    def _correction(
        self, rows: Rows, values: FloatArray, u: FloatArray, first: FloatArray, second: FloatArray
    ) -> FloatArray:
        """What to add to the shares where components are narrow: those of the lines less those of the sums."""
        narrow = self._width(rows.a, rows.centre, first, second) < _NARROW * rows.spacing
        correction = np.zeros(len(u))
        some = np.flatnonzero(narrow.any(0))
        if not len(some):
            return correction
        # (units, lines, nodes) to (units, nodes, lines).
        crossings = np.moveaxis(self._crossings(u, rows.a[some], first, second), -1, 1)
        of_lines = np.moveaxis(rows.lines.cdf(crossings, some), 1, -1) @ _NORMAL_WEIGHTS
        summed = np.zeros((len(u), len(rows.a)))
        for one, value in zip(summed, values * self.weight, strict=True):
            one += np.bincount(rows.of_node, value, len(rows.a))
        correction = of_lines * rows.weight[some] - summed[:, some]
        return np.asarray(np.where(narrow[:, some], correction, 0).sum(1))

    @cached_property
    def _distinct(self) -> tuple[FloatArray, FloatArray, NDArray[np.intp]]:
        """What the data add, once for all units of the same data (U,), and which of them each unit is, () or (J,)."""
        pair, unit = np.unique(self.add_first + 1j * self.add_second, return_inverse=True)
        return pair.real, pair.imag, unit.reshape(self.add_first.shape)

    @cached_property
    def _distinct_mean_sd(self) -> tuple[FloatArray, FloatArray]:
        first, second, _ = self._distinct
        mean, sd = np.empty(len(first)), np.empty(len(first))
        step = max(_CHUNK // len(self.weight), 1)
        for start in range(0, len(first), step):
            part = slice(start, start + step)
            centre, within = self._mean_variance(self.first + first[part, None], self.second + second[part, None])
            with np.errstate(over="ignore", invalid="ignore"):
                mean[part] = centre @ self.weight
                sd[part] = np.sqrt((within + (centre - mean[part, None]) ** 2) @ self.weight)
        return mean, sd
