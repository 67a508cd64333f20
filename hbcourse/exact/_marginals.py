"""One-dimensional marginal posteriors, with the verbs that every engine shares."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise
from scipy.special import ndtr

from .. import _validate as validate
from .._validate import FloatArray
from ._panels import Panels


@dataclass(frozen=True)
class NormalMixture:
    r"""Mixture of normals :math:`\sum_k w_k N(m_k, s_k^2)`; one for each of J units when the means are (J, K).

    Parameters
    ----------
    weight : (K,) array that sums to one
    component_mean, component_sd : (K,) or (J, K) arrays
    tail : float
        The power with which the density falls far out: there is no mean at 2 or less, no finite sd at 3 or less.
    """

    weight: FloatArray
    component_mean: FloatArray
    component_sd: FloatArray
    tail: float = np.inf

    def mean(self) -> FloatArray:
        """Mean, shape () or (J,); NaN where the tails are too heavy for one."""
        if self.tail <= 2:
            return np.full(self.component_mean.shape[:-1], np.nan)
        return np.asarray(self.component_mean @ self.weight)

    def sd(self) -> FloatArray:
        """Standard deviation, shape () or (J,): variance within the components plus variance between them."""
        if self.tail <= 3:
            return np.full(self.component_mean.shape[:-1], np.inf)
        within = self.component_sd**2 @ self.weight
        between = (self.component_mean - self.mean()[..., None]) ** 2 @ self.weight
        return np.sqrt(within + between)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against () or (J,)."""
        x = validate.finite("x", x)
        return np.asarray(ndtr((x[..., None] - self.component_mean) / self.component_sd) @ self.weight)

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then (J,) where there are units."""
        p = validate.probability("p", p)
        # One row for each unit, and a column of row numbers: the solver drops elements as they converge.
        mean, sd = np.atleast_2d(self.component_mean), np.atleast_2d(self.component_sd)
        units = self.component_mean.shape[:-1]
        row = np.arange(len(mean)).reshape(units)
        p, row = np.broadcast_arrays(p.reshape(p.shape + (1,) * len(units)), row)

        def excess(x: FloatArray, p: FloatArray, row: NDArray[np.intp]) -> FloatArray:
            return np.asarray(ndtr((x[..., None] - mean[row]) / sd[row]) @ self.weight - p)

        low, high = (mean - 40 * sd).min(-1)[row], (mean + 40 * sd).max(-1)[row]
        return np.asarray(elementwise.find_root(excess, (low, high), args=(p, row)).x)


@dataclass(frozen=True)
class ScaleMarginal:
    r"""Posterior of a standard deviation :math:`\tau`, by quadrature over :math:`x = \sinh^{-1}(\tau/c)`.

    Parameters
    ----------
    panels : Panels
        The posterior of x.
    unit : float
        The scale c, in the units of tau.
    log_density : callable
        Log posterior density of tau, normalised, at any array of tau.
    tail : float
        The power with which the density falls far out: the mean is infinite at 2 or less, the sd at 3 or less.
    """

    panels: Panels
    unit: float
    log_density: Callable[[FloatArray], FloatArray]
    tail: float

    @cached_property
    def node(self) -> FloatArray:
        """Values of tau that stand for the posterior, (K,)."""
        return np.asarray(self.unit * np.sinh(self.panels.node))

    @property
    def weight(self) -> FloatArray:
        """Their posterior weights, (K,), which sum to one."""
        return self.panels.weight

    def mean(self) -> FloatArray:
        """Mean, shape ()."""
        return np.asarray(self.node @ self.weight if self.tail > 2 else np.inf)

    def sd(self) -> FloatArray:
        """Standard deviation, shape ()."""
        if self.tail <= 3:
            return np.asarray(np.inf)
        return np.sqrt((self.node - self.mean()) ** 2 @ self.weight)

    def pdf(self, tau: ArrayLike) -> FloatArray:
        """Density at ``tau``, in the shape of ``tau``."""
        tau = validate.finite("tau", validate.nonnegative("tau", tau))
        return np.exp(self.log_density(tau.reshape(-1))).reshape(tau.shape)

    def cdf(self, tau: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``tau``, in the shape of ``tau``."""
        return self.panels.cdf(np.arcsinh(validate.nonnegative("tau", tau) / self.unit))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies, in the shape of ``p``."""
        p = validate.probability("p", p)
        low, high = (np.full(p.shape, self.panels.edges[end]) for end in (0, -1))
        x = elementwise.find_root(lambda x, p: self.panels.cdf(x) - p, (low, high), args=(p,)).x
        return np.asarray(self.unit * np.sinh(x))
