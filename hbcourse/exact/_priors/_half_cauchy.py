"""The half-Cauchy prior."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Positive
from ._words import also


@also(beta="scale")
@dataclass(frozen=True)
class HalfCauchy(Positive):
    r"""Prior of the population sd, :math:`p(\tau) = \frac{2}{\pi s (1 + \tau^2/s^2)}`, the scale s in units of ``y``.

    Source: Gelman 2006.

    Examples
    --------
    >>> round(1 - float(HalfCauchy(5).cdf(50)), 4)
    0.0635
    """

    scale: float

    @property
    def tail(self) -> float:
        return 2.0

    @property
    def _scipy(self) -> Any:
        return stats.halfcauchy(scale=self.scale)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        return np.asarray(np.log(2 / (np.pi * self.scale)) - np.log1p((tau / self.scale) ** 2))
