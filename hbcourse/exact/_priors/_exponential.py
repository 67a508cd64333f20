"""The exponential prior."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Positive
from ._words import also


@also(lam="scale is the mean, 1 / lam")
@dataclass(frozen=True)
class Exponential(Positive):
    r"""Prior of a positive quantity, :math:`p(\tau) = e^{-\tau/s}/s`, the scale s being its mean.

    Examples
    --------
    >>> round(float(Exponential(2).quantile(0.5)), 3)
    1.386
    """

    scale: float

    @property
    def _scipy(self) -> Any:
        return stats.expon(scale=self.scale)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        return np.asarray(-np.log(self.scale) - tau / self.scale)
