"""The half-normal prior."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Positive
from ._words import also


@also(sigma="scale")
@dataclass(frozen=True)
class HalfNormal(Positive):
    r"""Prior of the population sd, :math:`p(\tau) = \sqrt{2/\pi}\, e^{-\tau^2/2s^2}/s`, the scale s in units of ``y``.

    Examples
    --------
    >>> round(float(HalfNormal(5).quantile(0.5)), 2)
    3.37
    """

    scale: float

    @property
    def _scipy(self) -> Any:
        return stats.halfnorm(scale=self.scale)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        return np.asarray(np.log(np.sqrt(2 / np.pi) / self.scale) - (tau / self.scale) ** 2 / 2)
