"""A normal distribution with an atom at zero: the prior and posterior of an effect that may be none."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, ndtr, ndtri

from .. import _validate as validate
from .._validate import FloatArray
from ._protocol import Marginal


@dataclass(frozen=True, eq=False, repr=False)
class SpikeAndSlab(Marginal):
    r"""Distribution with an atom at zero: :math:`(1 - w) \delta_0 + w N(m, s^2)`; one for each of J units.

    Parameters
    ----------
    log_odds : () or (J,) array
        Log of :math:`w / (1 - w)`, from minus to plus infinity.
    component_mean, component_sd : () or (J,) arrays
        Mean m and standard deviation s of the values that are not zero.

    Examples
    --------
    >>> from hbcourse.exact import SpikeAndSlab
    >>> effect = SpikeAndSlab(np.log(0.5 / 0.5), np.asarray(2.0), np.asarray(1.0))
    >>> float(effect.mean()), float(effect.quantile(0.4)), round(float(effect.quantile(0.9)), 3)
    (1.0, 0.0, 2.842)
    """

    log_odds: FloatArray
    component_mean: FloatArray
    component_sd: FloatArray

    @cached_property
    def zero(self) -> FloatArray:
        """Probability of exactly zero."""
        return np.asarray(expit(-self.log_odds))

    @cached_property
    def nonzero(self) -> FloatArray:
        """Probability of any other value."""
        return np.asarray(expit(self.log_odds))

    def mean(self) -> FloatArray:
        """Mean, shape () or (J,)."""
        return np.asarray(self.nonzero * self.component_mean)

    def sd(self) -> FloatArray:
        """Standard deviation, shape () or (J,)."""
        return np.sqrt(self.nonzero * (self.component_sd**2 + self.zero * self.component_mean**2))

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against () or (J,); infinite at zero if zero has a probability."""
        x = validate.fits("x", validate.finite("x", x), np.shape(self.component_mean))
        z = (x - self.component_mean) / self.width
        with np.errstate(divide="ignore"):
            density = np.log(self.nonzero) - z**2 / 2 - np.log(np.sqrt(2 * np.pi) * self.width)
        return np.asarray(np.where((x == 0) & (self.zero > 0), np.inf, density))

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against () or (J,)."""
        x = validate.fits("x", validate.finite("x", x), np.shape(self.component_mean))
        return np.asarray(self.zero * (x >= 0) + self.nonzero * ndtr((x - self.component_mean) / self.width))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """The least value with a share of at least ``p`` below or at it: the shape of ``p``, then (J,)."""
        p = validate.probability("p", p)
        p = p.reshape(p.shape + (1,) * np.ndim(self.component_mean))
        weight = np.maximum(self.nonzero, np.finfo(float).tiny)
        below = self.component_mean + self.width * ndtri(np.minimum(p / weight, 1))
        above = self.component_mean - self.width * ndtri(np.minimum((1 - p) / weight, 1))
        return np.asarray(np.where(below < 0, below, np.where(above > 0, above, 0.0)))

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        shape = (draws, *np.shape(self.component_mean))
        effect = rng.normal(self.component_mean, self.component_sd, shape)
        return np.where(rng.random(shape) < self.nonzero, effect, 0.0)

    @property
    def width(self) -> FloatArray:
        """Standard deviation of the slab, or another width where it has none."""
        # A slab of no width has no weight: any other width serves.
        return np.where(self.component_sd > 0, self.component_sd, 1.0)
