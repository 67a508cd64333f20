"""The inverse Gamma prior of a variance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import gammaln

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Positive
from ._words import also


@also(alpha="shape", beta="rate", a="shape", scale="rate")
@dataclass(frozen=True)
class InverseGamma(Positive):
    r"""Prior of the population **variance**, :math:`\tau^2 \sim \text{Inverse-Gamma}(a, b)`, as a density of tau.

    .. math:: p(\tau) = \frac{2 b^a}{\Gamma(a)} \tau^{-2a - 1} e^{-b/\tau^2}

    Parameters
    ----------
    shape : float
        The shape a.
    rate : float
        The rate b of the Gamma distribution of :math:`1/\tau^2`, in squared units of ``y``.

    Notes
    -----
    Source: Gelman 2006.

    Examples
    --------
    >>> round(float(InverseGamma(shape=1, rate=1).quantile(0.5)), 3)
    1.201
    """

    shape: float
    rate: float

    @property
    def head(self) -> float:
        return np.inf

    @property
    def scale(self) -> float:
        return float(np.sqrt(self.rate))

    @property
    def tail(self) -> float:
        return 2 * self.shape + 1

    @property
    def _scipy(self) -> Any:
        # Of tau: a Gamma variable to the power -1/2.
        return stats.gengamma(self.shape, -2, scale=np.sqrt(self.rate))

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        constant = np.log(2) + self.shape * np.log(self.rate) - gammaln(self.shape)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            density = constant - (2 * self.shape + 1) * np.log(tau) - self.rate / np.square(tau)
        return np.asarray(np.where(tau > 0, density, -np.inf))
