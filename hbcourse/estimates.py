"""What every estimator of J unit means returns."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from . import _validate as validate
from ._validate import FloatArray


@dataclass(frozen=True)
class Estimates:
    r"""Estimates of J unit means and how they came about, all in the units of ``y``.

    Attributes
    ----------
    theta : (J,) array
        Estimated unit means.
    se : (J,) array
        Their standard errors.
    data_weight : (J,) array
        Weight :math:`\kappa_j` of each unit's own data, from 0 (complete pooling) to 1 (no pooling).
    mu : float
        The common mean that the estimates are drawn to.
    tau : float
        The standard deviation between units that they assume.

    Examples
    --------
    >>> from hbcourse import pooling
    >>> estimates = pooling.partial_pooling([4.0, 6.0], 1.0, tau=1.0)
    >>> estimates.theta, estimates.interval(0.5).round(1)
    (array([4.5, 5.5]), array([[3.9, 4.9],
           [5.1, 6.1]]))
    """

    theta: FloatArray
    se: FloatArray
    data_weight: FloatArray
    mu: float
    tau: float

    def interval(self, level: float = 0.95) -> FloatArray:
        """Central intervals, (2, J): ``theta`` minus and plus as many standard errors as ``level`` asks for."""
        level = validate.scalar("level", validate.probability("level", level))
        return self.theta + np.outer([-1, 1], norm.ppf((1 + level) / 2) * self.se)
