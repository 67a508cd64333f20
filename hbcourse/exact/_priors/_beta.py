"""The Beta prior of a probability."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import betaln, xlog1py, xlogy

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Proper
from ._words import all_positive, also


@also(alpha="a", beta="b")
@dataclass(frozen=True)
class Beta(Proper):
    r"""Prior of the mean of a population of probabilities, :math:`p(\mu) \propto \mu^{a-1} (1 - \mu)^{b-1}`.

    Both parameters are positive; 1 and 1 make it uniform.

    Examples
    --------
    >>> Beta(1, 1).quantile(0.25)
    array(0.25)
    """

    a: float
    b: float

    def __post_init__(self) -> None:
        all_positive(self)

    @property
    def _scipy(self) -> Any:
        return stats.beta(self.a, self.b)

    def log_density(self, mu: ArrayLike) -> FloatArray:
        """Log density at ``mu``, in the shape of ``mu``."""
        mu = validate.probability("mu", mu)
        return np.asarray(xlogy(self.a - 1, mu) + xlog1py(self.b - 1, -mu) - betaln(self.a, self.b))
