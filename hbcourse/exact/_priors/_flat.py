"""The flat density."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ... import _validate as validate
from ..._validate import FloatArray
from ._kinds import Improper


@dataclass(frozen=True)
class Flat(Improper):
    """The improper constant density: on ``mu`` over the real line, on ``tau`` over the positive half.

    Examples
    --------
    >>> Flat().log_density(np.array([1.0, 10.0]))
    array([0., 0.])
    """

    # As a prior of mu: a normal with precision zero.
    mean: ClassVar[float] = 0.0
    precision: ClassVar[float] = 0.0
    # As a prior of tau.
    scale: ClassVar[float] = 0.0
    head: ClassVar[float] = 0.0
    tail: ClassVar[float] = 0.0
    low: ClassVar[float] = 0.0

    def log_density(self, tau: ArrayLike) -> FloatArray:
        # Of mu as well as of tau.
        return np.zeros_like(validate.squarable("tau", tau, low=-1e145))
