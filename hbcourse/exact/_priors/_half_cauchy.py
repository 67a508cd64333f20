"""The half-Cauchy prior."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Proper
from ._words import also, one_positive


@also(beta="scale")
@dataclass(frozen=True)
class HalfCauchy(Proper):
    r"""Prior of the population sd, :math:`p(\tau) = \frac{2}{\pi s (1 + \tau^2/s^2)}`, the scale s in units of ``y``.

    Source: Gelman 2006.

    Examples
    --------
    >>> round(1 - float(HalfCauchy(5).cdf(50)), 4)
    0.0635
    """

    scale: float
    head: ClassVar[float] = 0.0
    tail: ClassVar[float] = 2.0
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        one_positive(self, "scale")

    @property
    def _scipy(self) -> Any:
        return stats.halfcauchy(scale=self.scale)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        return np.asarray(np.log(2 / (np.pi * self.scale)) - np.log1p((tau / self.scale) ** 2))
