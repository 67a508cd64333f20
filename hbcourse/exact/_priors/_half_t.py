"""The half of Student's t."""

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


@also(nu="df", sigma="scale")
@dataclass(frozen=True)
class HalfT(Positive):
    r"""Prior of the population sd: the positive half of Student's t with ``df`` degrees of freedom and a scale.

    .. math:: p(\tau) \propto \left(1 + \frac{\tau^2}{\nu s^2}\right)^{-(\nu + 1)/2}

    Source: Gelman 2006.

    Examples
    --------
    >>> round(1 - float(HalfT(df=3, scale=2.5).cdf(25)), 4)
    0.0021
    """

    df: float
    scale: float

    @property
    def tail(self) -> float:
        return self.df + 1

    @property
    def _scipy(self) -> Any:
        # Of the whole t: the verbs below fold it.
        return stats.t(self.df, scale=self.scale)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, in the shape of ``x``."""
        return np.maximum(2 * super().cdf(x) - 1, 0)

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies, in the shape of ``p``."""
        return super().quantile((1 + validate.probability("p", p)) / 2)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        constant = gammaln((self.df + 1) / 2) - gammaln(self.df / 2) - np.log(self.df * np.pi) / 2
        power = (self.df + 1) / 2 * np.log1p((tau / self.scale) ** 2 / self.df)
        return np.asarray(np.log(2 / self.scale) + constant - power)
