"""Powers of a positive quantity, none of which has finite mass."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Improper


@dataclass(frozen=True)
class Power(Improper):
    r"""The improper :math:`p(\tau) \propto \tau^r`: flat on tau at r = 0, on tau squared at 1, on log tau at -1.

    Examples
    --------
    >>> Power(1).log_density(np.array([1.0, np.e]))
    array([0., 1.])
    """

    exponent: float
    scale: ClassVar[float] = 0.0
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        validate.scalar("exponent", validate.finite("exponent", self.exponent))

    @property
    def head(self) -> float:
        return self.exponent

    @property
    def tail(self) -> float:
        return -self.exponent

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        if not self.exponent:
            return np.zeros_like(tau)
        with np.errstate(divide="ignore"):
            return np.asarray(self.exponent * np.log(tau))
