"""Priors for the population's mean and standard deviation, as small values that name a distribution."""

from dataclasses import dataclass

import numpy as np

from .. import _validate as validate
from .._validate import FloatArray


@dataclass(frozen=True)
class Flat:
    """The improper constant density: on ``mu`` over the real line, on ``tau`` over the positive half."""

    # As a prior of mu: a normal with precision zero.
    mean = 0.0
    precision = 0.0
    # As a prior of tau: no scale of its own, and a tail that falls like tau**-0.
    scale = 0.0
    tail = 0

    def log_density(self, tau: FloatArray) -> FloatArray:
        return np.zeros_like(tau)


@dataclass(frozen=True)
class Normal:
    r"""Prior of the population mean, :math:`\mu \sim N(\text{mean}, \text{sd}^2)`, in the units of ``y``."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        validate.scalar("mean", validate.finite("mean", self.mean))
        validate.scalar("sd", validate.positive("sd", self.sd))

    @property
    def precision(self) -> float:
        return 1 / self.sd**2


@dataclass(frozen=True)
class HalfCauchy:
    r"""Prior of the population sd, :math:`p(\tau) = \frac{2}{\pi s (1 + \tau^2/s^2)}`, the scale s in units of ``y``.

    Source: Gelman 2006, section 2.
    """

    scale: float
    tail = 2

    def __post_init__(self) -> None:
        validate.scalar("scale", validate.positive("scale", self.scale))

    def log_density(self, tau: FloatArray) -> FloatArray:
        return np.asarray(np.log(2 / (np.pi * self.scale)) - np.log1p((tau / self.scale) ** 2))
