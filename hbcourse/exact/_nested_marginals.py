"""Marginal posteriors of a nested normal model: of its standard deviations and of its means, old and new."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate
from .._validate import FloatArray
from ._marginals import NormalMixture, ScaleMarginal, finite_moments
from ._protocol import Marginal

#: Numbers held at a time.
_BLOCK = 1 << 21


@dataclass(frozen=True, eq=False, repr=False)
class SdMarginal(Marginal):
    """Posterior of one standard deviation.

    Attributes
    ----------
    node, weight : (K, M) arrays
        Values that stand for the posterior and their weights, which sum to one in all.
    tail : float
        The power with which the density falls far out: the mean is infinite at 2 or less, the sd at 3 or less.
    line : callable
        Makes the marginal on a line of its own, which only densities, probabilities and quantiles need.

    Examples
    --------
    >>> from hbcourse import exact
    >>> sigma = exact.nested_normal([[1.0, 2.0, 4.0], [3.0, 5.0, 4.0], [7.0, 5.0, 6.0]]).sigma
    >>> float(sigma.mean().round(2)), sigma.quantile([0.1, 0.5, 0.9]).round(2)
    (1.58, array([0.98, 1.43, 2.35]))
    """

    node: FloatArray
    weight: FloatArray
    tail: float
    line: Callable[[], ScaleMarginal]

    def mean(self) -> FloatArray:
        """Mean, shape ()."""
        return np.asarray(np.vecdot(self.node, self.weight).sum() if finite_moments(self.tail) else np.inf)

    def sd(self) -> FloatArray:
        """Standard deviation, shape ()."""
        if finite_moments(self.tail) < 2:
            return np.asarray(np.inf)
        return np.asarray(np.sqrt(np.vecdot((self.node - self.mean()) ** 2, self.weight).sum()))

    @cached_property
    def _line(self) -> ScaleMarginal:
        return self.line()

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, in the shape of ``x``."""
        x = validate.finite("x", validate.nonnegative("x", x))
        # At zero itself, quadrature over the others has no scale to go by.
        return self._line.log_pdf(np.maximum(x, 1e-12 * self.node.min()))

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, in the shape of ``x``."""
        return self._line.cdf(np.maximum(validate.finite("x", x), 0))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies, in the shape of ``p``."""
        return self._line.quantile(p)


class Components(NamedTuple):
    """Normal components of the means: their weights (K,), coefficients (3, K) and variances (K,)."""

    weight: FloatArray
    coefficient: FloatArray
    variance: FloatArray


@dataclass(frozen=True, eq=False, repr=False)
class LocationMarginal(Marginal):
    r"""Posterior of means that are normal given the sds, with the same variance for all groups of a level.

    Given the sds a mean is :math:`m + \sum_c d_c C_c`, with m the mean of its group's own data, deviations d of its
    group and coefficients C that depend on the sds alone, so that the moments of C give those of every group.

    Attributes
    ----------
    centre : array in the shape of the groups
        The groups' own means, without pooling.
    deviation : (..., 3) array
        Of the site from its region, of the region from the grand mean, of the prior mean from the grand mean.
    coefficient_mean, coefficient_covariance : (3,) and (3, 3) arrays
        Posterior moments of C.
    variance : float
        Posterior mean of the variance given the sds.
    components : callable
        Makes the components, which only probabilities and quantiles need.
    tail : float
        The power with which the densities fall far out.

    Examples
    --------
    >>> from hbcourse import exact
    >>> theta = exact.nested_normal([[1.0, 2.0, 4.0], [3.0, 5.0, 4.0], [7.0, 5.0, 6.0]]).theta[0]
    >>> theta.mean().round(2), theta.quantile(0.9).round(2)
    (array([2.6 , 4.02, 5.72]), array([3.81, 5.08, 6.87]))
    >>> theta.cdf(4.0).round(2)
    array([0.92, 0.49, 0.05])
    """

    centre: FloatArray
    deviation: FloatArray
    coefficient_mean: FloatArray
    coefficient_covariance: FloatArray
    variance: float
    components: Callable[[], Components]
    tail: float

    def mean(self) -> FloatArray:
        """Mean, in the shape of the groups; NaN where the tails are too heavy for one."""
        if finite_moments(self.tail) < 1:
            return np.full(self.centre.shape, np.nan)
        return np.asarray(self.centre + self.deviation @ self.coefficient_mean)

    def sd(self) -> FloatArray:
        """Standard deviation, in the shape of the groups."""
        if finite_moments(self.tail) < 2:
            return np.full(self.centre.shape, np.inf)
        between = ((self.deviation @ self.coefficient_covariance) * self.deviation).sum(-1)
        return np.asarray(np.sqrt(self.variance + between))

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against the shape of the groups."""
        return self._of_values(NormalMixture.cdf, x)

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against the shape of the groups."""
        return self._of_values(NormalMixture.log_pdf, x)

    def _of_values(self, verb: Callable[[NormalMixture, FloatArray], FloatArray], x: ArrayLike) -> FloatArray:
        x = validate.fits("x", validate.finite("x", x), self.centre.shape)
        x, row = np.broadcast_arrays(x, np.arange(self.centre.size).reshape(self.centre.shape))
        flat, row = x.ravel(), row.ravel()
        step = self._step
        parts = [verb(self._mixture(row[i : i + step]), flat[i : i + step]) for i in range(0, len(row), step)]
        return np.concatenate(parts).reshape(x.shape)

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then that of the groups."""
        p = validate.probability("p", p)
        row = np.arange(self.centre.size)
        step = max(1, self._step // max(p.size, 1))
        parts = [self._mixture(row[i : i + step]).quantile(p) for i in range(0, len(row), step)]
        return np.concatenate(parts, axis=-1).reshape(p.shape + self.centre.shape)

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        weight, coefficient, variance = self._components
        which = rng.choice(len(weight), (draws, self.centre.size), p=weight / weight.sum())
        mean = self.centre.ravel() + np.einsum("jc,cdj->dj", self.deviation.reshape(-1, 3), coefficient[:, which])
        return np.asarray(rng.normal(mean, np.sqrt(variance)[which]).reshape(draws, *self.centre.shape))

    @cached_property
    def _components(self) -> Components:
        return self.components()

    @property
    def _step(self) -> int:
        return max(1, _BLOCK // len(self._components.weight))

    def _mixture(self, row: NDArray[np.intp]) -> NormalMixture:
        weight, coefficient, variance = self._components
        mean = self.centre.reshape(-1, 1)[row] + self.deviation.reshape(-1, 3)[row] @ coefficient
        return NormalMixture(weight, mean, np.broadcast_to(np.sqrt(variance), mean.shape), self.tail)
