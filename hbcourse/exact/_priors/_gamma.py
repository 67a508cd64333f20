"""The Gamma prior."""

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


@also(alpha="shape", beta="rate", a="shape", scale="rate is 1 / scale", mu="shape / rate is the mean")
@dataclass(frozen=True)
class Gamma(Positive):
    r"""Prior of a positive quantity, :math:`p(x) = \frac{b^a}{\Gamma(a)} x^{a-1} e^{-bx}`, with shape a and rate b.

    Examples
    --------
    >>> round(float(Gamma(shape=2, rate=4).quantile(0.5)), 3)
    0.42
    """

    shape: float
    rate: float

    @property
    def scale(self) -> float:
        return self.shape / self.rate

    @property
    def head(self) -> float:
        return self.shape - 1

    @property
    def _scipy(self) -> Any:
        return stats.gamma(self.shape, scale=1 / self.rate)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        constant = self.shape * np.log(self.rate) - gammaln(self.shape)
        # 0 log 0 is 0: an exponential density is finite at zero.
        with np.errstate(divide="ignore"):
            power = 0.0 if self.shape == 1 else (self.shape - 1) * np.log(tau)
        return np.asarray(constant + power - self.rate * tau)
