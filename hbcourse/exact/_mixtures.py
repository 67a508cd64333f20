"""Posteriors of unit means: mixtures of Gamma or of Beta distributions over the nodes of two hyperparameters."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.polynomial import hermite_e, legendre
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, special

from .. import _validate as validate
from .._validate import FloatArray
from ._inverse import invert
from ._plane import Rows
from ._protocol import Marginal

_CHUNK = 2**17
#: A sum over components less wide than this many times the way to the next has steps that show.
_NARROW = 0.45
_NORMAL_NODES, _WEIGHTS = hermite_e.hermegauss(8)
_NORMAL_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
#: Logs of the smallest and the largest numbers.
_LOWEST, _HIGHEST = -744.0, 709.0
#: More values than this of components are worth fewer components, found with polynomials of these degrees.
_MANY, _DEGREES = 10**6, (3, 8, 12)


@dataclass(frozen=True, eq=False, repr=False)
class _UnitMixture(Marginal, ABC):
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

    @staticmethod
    @abstractmethod
    def _mean_variance(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of each component."""

    @staticmethod
    @abstractmethod
    def _cdf(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """Probability of each component up to the value with the log (logit) u."""

    @staticmethod
    @abstractmethod
    def _width(a: FloatArray, x: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """Sd of a component at (a, x), as a distance in x, for units of these data."""

    @staticmethod
    @abstractmethod
    def _crossings(u: FloatArray, a: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """The x below which a component's quantiles of the orders of the nodes are below u; nodes in the last axis."""

    @staticmethod
    @abstractmethod
    def _guess(p: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        """Log (logit) of the quantile of one distribution of this family with this mean and sd."""

    @staticmethod
    @abstractmethod
    def _log_density(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """Log density of each component in the log (logit) u."""

    @staticmethod
    @abstractmethod
    def _random(first: FloatArray, second: FloatArray, rng: np.random.Generator) -> FloatArray:
        """A draw from each component."""

    @staticmethod
    @abstractmethod
    def _parameters(a: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The parameters before the data at a point of the plane."""

    @abstractmethod
    def _strength(self, add_first: FloatArray, add_second: FloatArray) -> FloatArray:
        """The share of each component's parameters beside such data, (K,): how alike the units are, from 0 to 1."""

    @abstractmethod
    def _location(self) -> FloatArray:
        """Log (logit) of the mean of each component before the data, (K,)."""

    @staticmethod
    @abstractmethod
    def _log_slope(u: FloatArray) -> FloatArray:
        """Log of the derivative of the value."""

    @staticmethod
    @abstractmethod
    def _line(x: FloatArray) -> FloatArray:
        """Log (logit) of the values."""

    @staticmethod
    @abstractmethod
    def _value(u: FloatArray) -> FloatArray:
        """The values with this log (logit)."""

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


@dataclass(frozen=True, eq=False, repr=False)
class GammaMixture(_UnitMixture):
    """Rates: the parameters are the shape and the rate of Gamma distributions.

    Examples
    --------
    >>> one = GammaMixture(np.ones(1), np.array([2.0]), np.array([4.0]), np.array(3.0), np.array(1.0))
    >>> float(one.mean())
    1.0
    """

    @staticmethod
    def _mean_variance(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        with np.errstate(over="ignore"):
            mean = first / second
            return mean, mean / second

    @staticmethod
    def _cdf(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            return np.asarray(special.gammainc(first, second * np.exp(u)))

    @staticmethod
    def _width(a: FloatArray, x: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray((1 + second * np.exp(np.minimum(x - a, 600))) / np.sqrt(np.exp(a) + first))

    @staticmethod
    def _crossings(u: FloatArray, a: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        shape = (np.exp(a) + first)[..., None]
        # Quantiles of the Gamma distribution by Wilson and Hilferty's cube; g / (beta + t) <= e**u is a bound of beta.
        gamma = shape * np.maximum(1 - 1 / (9 * shape) + _NORMAL_NODES / (3 * np.sqrt(shape)), 0) ** 3
        with np.errstate(over="ignore", divide="ignore"):
            beta = np.maximum(gamma * np.exp(-u)[..., None] - second[..., None], 0)
            return np.asarray(a[:, None] - np.log(beta))

    @staticmethod
    def _guess(p: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            return np.asarray(np.log(special.gammaincinv((mean / sd) ** 2, p)) + 2 * np.log(sd) - np.log(mean))

    @staticmethod
    def _log_density(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray(first * (np.log(second) + u) - second * np.exp(u) - special.gammaln(first))

    @staticmethod
    def _random(first: FloatArray, second: FloatArray, rng: np.random.Generator) -> FloatArray:
        return rng.gamma(first, 1 / second)

    @staticmethod
    def _parameters(a: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.exp(a), np.exp(np.maximum(a - x, -700))

    def _strength(self, add_first: FloatArray, add_second: FloatArray) -> FloatArray:
        return np.asarray(self.second / (self.second + add_second))

    def _location(self) -> FloatArray:
        return np.log(self.first) - np.log(self.second)

    @staticmethod
    def _log_slope(u: FloatArray) -> FloatArray:
        return u

    @staticmethod
    def _line(x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.maximum(x, 0)))

    @staticmethod
    def _value(u: FloatArray) -> FloatArray:
        return np.asarray(np.exp(u))


@dataclass(frozen=True, eq=False, repr=False)
class BetaMixture(_UnitMixture):
    """Probabilities: the parameters are those of Beta distributions.

    Examples
    --------
    >>> one = BetaMixture(np.ones(1), np.array([1.0]), np.array([1.0]), np.array(3.0), np.array(1.0))
    >>> round(float(one.mean()), 3)
    0.667
    """

    @staticmethod
    def _mean_variance(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        total = first + second
        mean = first / total
        return mean, mean * (second / total) / (total + 1)

    @staticmethod
    def _cdf(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray(special.betainc(first, second, special.expit(u)))

    @staticmethod
    def _width(a: FloatArray, x: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        kappa = np.exp(a)
        total = kappa + first + second
        return np.asarray(np.sqrt(total / (special.expit(x) * special.expit(-x))) / kappa)

    @staticmethod
    def _crossings(u: FloatArray, a: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        kappa = np.exp(a)
        total = kappa + first + second
        centre = (special.expit(u) * total - first) / kappa
        sd = np.sqrt(special.expit(u) * special.expit(-u) / (total + 1)) * total / kappa
        return np.asarray(special.logit(np.clip(centre[..., None] + sd[..., None] * _NORMAL_NODES, 0, 1)))

    @staticmethod
    def _guess(p: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        total = mean * (1 - mean) / sd**2 - 1
        return np.asarray(special.logit(special.betaincinv(mean * total, (1 - mean) * total, p)))

    @staticmethod
    def _log_density(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        log_odds = first * special.log_expit(u) + second * special.log_expit(-u)
        return np.asarray(log_odds - special.betaln(first, second))

    @staticmethod
    def _random(first: FloatArray, second: FloatArray, rng: np.random.Generator) -> FloatArray:
        return rng.beta(first, second)

    @staticmethod
    def _parameters(a: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.exp(a + special.log_expit(x)), np.exp(a + special.log_expit(-x))

    def _strength(self, add_first: FloatArray, add_second: FloatArray) -> FloatArray:
        total = self.first + self.second
        return np.asarray(total / (total + add_first + add_second))

    def _location(self) -> FloatArray:
        return np.log(self.first) - np.log(self.second)

    @staticmethod
    def _log_slope(u: FloatArray) -> FloatArray:
        return np.asarray(special.log_expit(u) + special.log_expit(-u))

    @staticmethod
    def _line(x: FloatArray) -> FloatArray:
        return np.asarray(special.logit(np.clip(x, 0, 1)))

    @staticmethod
    def _value(u: FloatArray) -> FloatArray:
        return np.asarray(special.expit(u))
