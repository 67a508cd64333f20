"""One-dimensional marginal posteriors, with the verbs that every engine shares."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp, ndtr, ndtri

from .. import _validate as validate
from .._validate import FloatArray
from ._inverse import invert
from ._panels import Panels
from ._protocol import Marginal

#: A moment is given only if its integral ends before numbers do: its integrand must fall by this power at least.
SLOWEST = 0.15
_LOG_ROOT_2PI = np.log(2 * np.pi) / 2


#: Numbers worked on together, so that they stay in the processor's cache.
BLOCK = 1 << 15


def in_blocks(shape: tuple[int, ...]) -> list[Any]:
    """Indices that cut an array of this shape along its first axis, into parts of about ``BLOCK`` numbers."""
    if len(shape) < 2:
        return [...]
    step = max(1, BLOCK // max(1, math.prod(shape[1:])))
    return [slice(start, start + step) for start in range(0, shape[0], step)]


def finite_moments(tail: float) -> int:
    """The highest moment, 2 at most, that is given of a density which falls with this power."""
    return 2 if tail >= 3 + SLOWEST else 1 if tail >= 2 + SLOWEST else 0


@dataclass(frozen=True, eq=False, repr=False)
class NormalMixture(Marginal):
    r"""Mixture of normals :math:`\sum_k w_k N(m_k, s_k^2)`, one for each unit or data set.

    Parameters
    ----------
    weight : (..., K) array
        Sums to one over K; broadcasts against the components.
    component_mean, component_sd : (..., K) arrays
        Their leading shape is that of the results: () for mu, (J,) for theta, with (B,) before it for a batch.
    tail : float
        The power with which the density falls far out: there is no mean at 2 or less, no finite sd at 3 or less.

    Examples
    --------
    >>> NormalMixture(np.array([0.5, 0.5]), np.array([-1.0, 1.0]), np.array([1.0, 1.0])).cdf(0.0)
    array(0.5)
    """

    weight: FloatArray
    component_mean: FloatArray
    component_sd: FloatArray
    tail: float = np.inf

    def mean(self) -> FloatArray:
        """Mean; NaN where the tails are too heavy for one."""
        if finite_moments(self.tail) < 1:
            return np.full(self.component_mean.shape[:-1], np.nan)
        return np.asarray(np.vecdot(self.component_mean, self.weight))

    def sd(self) -> FloatArray:
        """Standard deviation: variance within the components plus variance between them."""
        if finite_moments(self.tail) < 2:
            return np.full(self.component_mean.shape[:-1], np.inf)
        mean, weight = self.mean(), self.weight
        if self.component_mean.size <= BLOCK:
            deviation = self.component_mean - mean[..., None]
            return np.asarray(np.sqrt(np.vecdot(self.component_sd**2 + deviation**2, weight)))
        weight = np.broadcast_to(weight, self.component_mean.shape)
        variance = np.empty(mean.shape)
        for rows in in_blocks(self.component_mean.shape):
            deviation = self.component_mean[rows] - mean[rows][..., None]
            variance[rows] = np.vecdot(self.component_sd[rows] ** 2 + deviation**2, weight[rows])
        return np.sqrt(variance)

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against the leading shape; finite however far out ``x`` is."""
        z = (self._at(x)[..., None] - self.component_mean) / self.component_sd
        return np.asarray(logsumexp(-(z**2) / 2 - np.log(self.component_sd), b=self.weight, axis=-1) - _LOG_ROOT_2PI)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against the leading shape."""
        z = (self._at(x)[..., None] - self.component_mean) / self.component_sd
        return np.asarray(np.vecdot(ndtr(z), self.weight))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then the leading shape."""
        p = validate.probability("p", p)
        leading = self.component_mean.shape[:-1]
        mean, sd = (np.reshape(a, (-1, a.shape[-1])) for a in (self.component_mean, self.component_sd))
        weight = self.weight
        if weight.ndim > 1:
            weight = np.broadcast_to(weight, self.component_mean.shape).reshape(mean.shape)
        centre = np.vecdot(mean, weight)
        spread = np.sqrt(np.vecdot(sd**2 + (mean - centre[:, None]) ** 2, weight))
        each, row = (a.ravel() for a in np.broadcast_arrays(p.reshape(-1, 1), np.arange(len(mean))))
        score = ndtri(each)
        # The mixture's quantile lies between those of its components.
        of_components = mean[row] + sd[row] * score[:, None]

        def distribution(x: FloatArray, active: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
            own = row[active]
            of_own = weight[own] if weight.ndim > 1 else weight
            z = (x[:, None] - mean[own]) / sd[own]
            density = np.vecdot(np.exp(z * z / -2) / sd[own], of_own)
            return np.vecdot(ndtr(z), of_own), density / np.sqrt(2 * np.pi)

        x = invert(distribution, each, centre[row] + spread[row] * score, of_components.min(1), of_components.max(1))
        return x.reshape(p.shape + leading)

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        shape = self.component_mean.shape
        below = np.cumsum(np.broadcast_to(self.weight, shape), -1)
        which = np.empty((draws, *shape[:-1]), dtype=np.intp)
        for place in np.ndindex(shape[:-1]):
            which[(slice(None), *place)] = np.searchsorted(below[place], rng.uniform(0, below[place][-1], draws))
        at = tuple(np.expand_dims(index, 0) for index in np.ix_(*map(np.arange, shape[:-1])))
        return np.asarray(rng.normal(self.component_mean[(*at, which)], self.component_sd[(*at, which)]))

    def _at(self, x: ArrayLike) -> FloatArray:
        return validate.fits("x", validate.finite("x", x), self.component_mean.shape[:-1])


@dataclass(frozen=True, eq=False, repr=False)
class ScaleMarginal(Marginal):
    r"""Posterior of a standard deviation, by quadrature over x with :math:`\tau = c \sinh(x)^{1/q}`.

    Parameters
    ----------
    panels : Panels
        The posterior of x. B is the shape of a batch of data sets, () for a single one.
    unit : (B) array
        The scale c, in the units of tau.
    log_density : callable
        Log posterior density of tau, normalised, at tau of shape (B, K).
    tail : float
        The power with which the density falls far out: the mean is infinite at 2 or less, the sd at 3 or less.
    power : float
        The power q, less than 1 where the density is infinite at zero.
    log_total : (B) array
        Log of the integral of likelihood times prior.

    Examples
    --------
    >>> from hbcourse import exact
    >>> tau = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], exact.HalfCauchy(5)).tau
    >>> tau.quantile([0.25, 0.5, 0.75]).round(1)
    array([1.5, 3.3, 6.4])
    >>> float(tau.cdf(5).round(2))
    0.66
    """

    panels: Panels
    unit: FloatArray
    log_density: Callable[[FloatArray], FloatArray]
    tail: float
    power: float = 1.0
    log_total: FloatArray | float = 0.0

    @cached_property
    def node(self) -> FloatArray:
        """Values of tau that stand for the posterior, (B, K)."""
        return self._value(self.unit[..., None], self.panels.node)

    def _value(self, unit: FloatArray, x: FloatArray) -> FloatArray:
        sinh = np.sinh(x)
        return np.asarray(unit * (sinh if self.power == 1 else sinh ** (1 / self.power)))

    @property
    def weight(self) -> FloatArray:
        """Their posterior weights, (B, K), which sum to one."""
        return self.panels.weight

    def mean(self) -> FloatArray:
        """Mean, (B); infinite where the tail is too heavy."""
        if finite_moments(self.tail) < 1:
            return np.full(self.unit.shape, np.inf)
        return np.asarray(np.vecdot(self.node, self.weight))

    def sd(self) -> FloatArray:
        """Standard deviation, (B); infinite where the tail is too heavy."""
        if finite_moments(self.tail) < 2:
            return np.full(self.unit.shape, np.inf)
        mean, variance = self.mean(), np.empty(self.unit.shape)
        if self.node.size <= BLOCK:
            return np.asarray(np.sqrt(np.vecdot((self.node - mean[..., None]) ** 2, self.weight)))
        for rows in in_blocks(self.node.shape):
            variance[rows] = np.vecdot((self.node[rows] - mean[rows][..., None]) ** 2, self.weight[rows])
        return np.sqrt(variance)

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against (B)."""
        x = validate.fits("x", validate.finite("x", validate.nonnegative("x", x)), self.unit.shape)
        shape = np.broadcast_shapes(x.shape, self.unit.shape)
        extra = len(shape) - self.unit.ndim
        # The engine wants the values of each data set last.
        points = np.broadcast_to(x, shape).reshape(-1, *self.unit.shape)
        density = self.log_density(np.moveaxis(points, 0, -1))
        return np.moveaxis(density, -1, 0).reshape(shape[:extra] + self.unit.shape)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against (B)."""
        x = validate.fits("x", np.maximum(validate.finite("x", x), 0), self.unit.shape)
        return self.panels.cdf(np.arcsinh((x / self.unit) ** self.power))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then (B)."""
        p = validate.probability("p", p)
        return self.quantile_each(
            np.broadcast_to(p.reshape(p.shape + (1,) * self.unit.ndim), p.shape + self.unit.shape)
        )

    def quantile_each(self, p: FloatArray) -> FloatArray:
        """The quantile of each data set at a share of its own: ``p`` broadcasts against (B)."""
        p, row = np.broadcast_arrays(p, np.arange(self.unit.size).reshape(self.unit.shape))
        return self._value(self.unit.reshape(-1)[row], self.panels.quantile_of(row, p))

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        return self.quantile_each(rng.uniform(np.finfo(float).tiny, 1, (draws, *self.unit.shape)))
