"""The density 1/tau, cut near zero."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Improper
from ._words import all_positive


@dataclass(frozen=True)
class LogUniform(Improper):
    r"""The density :math:`p(\tau) \propto 1/\tau` cut at ``low``: flat on log tau above it, nothing below.

    Without the cut no data make a proper posterior of it.

    Examples
    --------
    >>> LogUniform(low=0.1).log_density(np.array([0.05, 1.0]))
    array([-inf,  -0.])
    """

    low: float
    head: ClassVar[float] = np.inf
    tail: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        all_positive(self)

    @property
    def scale(self) -> float:
        return self.low

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        with np.errstate(divide="ignore"):
            # Nodes at the cut itself may round to just below it.
            return np.asarray(np.where(tau >= self.low * (1 - 1e-12), -np.log(tau), -np.inf))
