"""One-dimensional marginal posteriors, with the verbs that every engine shares."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise
from scipy.special import logsumexp, ndtr

from .. import _validate as validate
from .._validate import FloatArray
from ._panels import Panels

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


@dataclass(frozen=True)
class NormalMixture:
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
        mean, weight = self.mean(), np.broadcast_to(self.weight, self.component_mean.shape)
        variance = np.empty(mean.shape)
        for rows in in_blocks(self.component_mean.shape):
            deviation = self.component_mean[rows] - mean[rows][..., None]
            variance[rows] = np.vecdot(self.component_sd[rows] ** 2 + deviation**2, weight[rows])
        return np.sqrt(variance)

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against the leading shape; finite however far out ``x`` is."""
        z = (self._at(x)[..., None] - self.component_mean) / self.component_sd
        return np.asarray(logsumexp(-(z**2) / 2 - np.log(self.component_sd), b=self.weight, axis=-1) - _LOG_ROOT_2PI)

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Density at ``x``, which broadcasts against the leading shape."""
        return np.exp(self.log_pdf(x))

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against the leading shape."""
        z = (self._at(x)[..., None] - self.component_mean) / self.component_sd
        return np.asarray(np.vecdot(ndtr(z), self.weight))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then the leading shape."""
        p = validate.probability("p", p)
        # One row for each mixture, and an array of row numbers: the solver drops elements as they converge.
        leading = self.component_mean.shape[:-1]
        mean, sd = (np.reshape(a, (-1, a.shape[-1])) for a in (self.component_mean, self.component_sd))
        weight = np.broadcast_to(self.weight, self.component_mean.shape).reshape(mean.shape)
        p, row = np.broadcast_arrays(p.reshape(p.shape + (1,) * len(leading)), np.arange(len(mean)).reshape(leading))

        def excess(x: FloatArray, p: FloatArray, row: NDArray[np.intp]) -> FloatArray:
            return np.asarray(np.vecdot(ndtr((x[..., None] - mean[row]) / sd[row]), weight[row]) - p)

        low, high = (mean - 40 * sd).min(-1)[row], (mean + 40 * sd).max(-1)[row]
        return np.asarray(elementwise.find_root(excess, (low, high), args=(p, row)).x)

    def _at(self, x: ArrayLike) -> FloatArray:
        return validate.fits("x", validate.finite("x", x), self.component_mean.shape[:-1])


@dataclass(frozen=True)
class ScaleMarginal:
    r"""Posterior of a standard deviation :math:`\tau`, by quadrature over :math:`x = \sinh^{-1}(\tau/c)`.

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

    @cached_property
    def node(self) -> FloatArray:
        """Values of tau that stand for the posterior, (B, K)."""
        return np.asarray(self.unit[..., None] * np.sinh(self.panels.node))

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
        for rows in in_blocks(self.node.shape):
            variance[rows] = np.vecdot((self.node[rows] - mean[rows][..., None]) ** 2, self.weight[rows])
        return np.sqrt(variance)

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Density at ``x``, which broadcasts against (B)."""
        x = validate.fits("x", validate.finite("x", validate.nonnegative("x", x)), self.unit.shape)
        shape = np.broadcast_shapes(x.shape, self.unit.shape)
        extra = len(shape) - self.unit.ndim
        # The engine wants the values of each data set last.
        points = np.broadcast_to(x, shape).reshape(-1, *self.unit.shape)
        density = np.exp(self.log_density(np.moveaxis(points, 0, -1)))
        return np.moveaxis(density, -1, 0).reshape(shape[:extra] + self.unit.shape)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against (B)."""
        x = validate.fits("x", np.maximum(validate.finite("x", x), 0), self.unit.shape)
        return self.panels.cdf(np.arcsinh(x / self.unit))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then (B)."""
        p = validate.probability("p", p)
        return self.quantile_each(
            np.broadcast_to(p.reshape(p.shape + (1,) * self.unit.ndim), p.shape + self.unit.shape)
        )

    def quantile_each(self, p: FloatArray) -> FloatArray:
        """The quantile of each data set at a share of its own: ``p`` broadcasts against (B)."""
        row = np.arange(self.unit.size).reshape(self.unit.shape)
        p, row = np.broadcast_arrays(p, row)
        low, high = self.panels.low.reshape(-1)[row], self.panels.high.reshape(-1)[row]
        x = elementwise.find_root(lambda x, p, row: self.panels.cdf_of(row, x) - p, (low, high), args=(p, row)).x
        return np.asarray(self.unit.reshape(-1)[row] * np.sinh(x))
