"""The normal prior of a mean."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Proper
from ._words import also


@also(mu="mean", sigma="sd", loc="mean", scale="sd")
@dataclass(frozen=True)
class Normal(Proper):
    r"""Prior of the population mean, :math:`\mu \sim N(\text{mean}, \text{sd}^2)`, in the units of ``y``.

    Examples
    --------
    >>> Normal(0, 5).precision
    0.04
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        validate.scalar("mean", validate.finite("mean", self.mean))
        validate.scalar("sd", validate.positive("sd", self.sd))

    @property
    def precision(self) -> float:
        return 1 / self.sd**2

    @property
    def _scipy(self) -> Any:
        return stats.norm(self.mean, self.sd)

    def log_density(self, mu: ArrayLike) -> FloatArray:
        """Log density at ``mu``, in the shape of ``mu``."""
        z = (validate.finite("mu", mu) - self.mean) / self.sd
        return np.asarray(-(z**2) / 2 - np.log(np.sqrt(2 * np.pi) * self.sd))
