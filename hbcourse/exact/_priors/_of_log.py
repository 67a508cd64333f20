"""Priors of positive quantities as densities of their logs, far beyond what double precision holds of the quantity."""

from typing import NamedTuple

import numpy as np

from ..._validate import FloatArray
from . import ScalePrior

#: Beyond it, either way, a prior is the power law that it has for head or tail.
_FAR = 300.0


def log_density_of_log(prior: ScalePrior, w: FloatArray) -> FloatArray:
    """Log density of the log of the quantity, at w."""
    near = np.minimum(np.maximum(w, -_FAR), _FAR)
    with np.errstate(over="ignore"):
        density = prior.log_density(np.exp(near)) + w
    off = w - near
    if not off.any():
        return np.asarray(density)
    power = np.where(off < 0, prior.head, -prior.tail)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(off == 0, density, density + power * off))


class Reach(NamedTuple):
    """Logs between which a prior may be more than a power law times e**-100: -inf and inf where it is one.

    ``cut`` says that the lower end is the end of its support.
    """

    low: float
    high: float
    cut: bool

    def against(self, growth: FloatArray | float) -> tuple[FloatArray, FloatArray]:
        """The same for the prior times a power of the quantity up to ``growth``, either way."""
        slack = np.log1p(np.asarray(growth) / 50) + 1
        return np.asarray(self.low - (0 if self.cut else slack)), np.asarray(self.high + slack)


def reach(prior: ScalePrior) -> Reach:
    """Where the prior ends, or falls faster than a power."""
    low, high = -np.inf, np.inf
    around = np.log(prior.scale) if prior.scale else 0.0
    steps = np.linspace(0, 60, 121)
    if prior.low > 0:
        low = float(np.log(prior.low))
    elif np.isinf(prior.head):
        w = around - steps
        falls = log_density_of_log(prior, w) < -100 + log_density_of_log(prior, np.array([around]))
        low = float(w[falls.argmax()])
    if np.isinf(prior.tail):
        w = around + steps
        falls = log_density_of_log(prior, w) < -100 + log_density_of_log(prior, np.array([around]))
        high = float(w[falls.argmax()])
    return Reach(low, high, prior.low > 0)


def fall(slope: FloatArray | float) -> FloatArray:
    """How far beyond its bend a log density falls by 45, more than counts, that falls with this slope in the end."""
    # At a peak like that of a Gamma density's log, it falls as a parabola first.
    return np.asarray(45 / slope + np.sqrt(90 / slope))
