"""Posteriors of probabilities: mixtures of Beta distributions."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from .._validate import FloatArray
from ._mixtures import NORMAL_NODES, UnitMixture


@dataclass(frozen=True, eq=False, repr=False)
class BetaMixture(UnitMixture):
    """Probabilities: the parameters are those of Beta distributions.

    Examples
    --------
    >>> one = BetaMixture(np.ones(1), np.array([1.0]), np.array([1.0]), np.array(3.0), np.array(1.0))
    >>> round(float(one.mean()), 3)
    0.667
    """

    @staticmethod
    def _mean_variance(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        total = first + second
        mean = first / total
        return mean, mean * (second / total) / (total + 1)

    @staticmethod
    def _cdf(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray(special.betainc(first, second, special.expit(u)))

    @staticmethod
    def _width(a: FloatArray, x: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        kappa = np.exp(a)
        total = kappa + first + second
        return np.asarray(np.sqrt(total / (special.expit(x) * special.expit(-x))) / kappa)

    @staticmethod
    def _crossings(u: FloatArray, a: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        kappa = np.exp(a)
        total = kappa + first + second
        centre = (special.expit(u) * total - first) / kappa
        sd = np.sqrt(special.expit(u) * special.expit(-u) / (total + 1)) * total / kappa
        return np.asarray(special.logit(np.clip(centre[..., None] + sd[..., None] * NORMAL_NODES, 0, 1)))

    @staticmethod
    def _guess(p: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        total = mean * (1 - mean) / sd**2 - 1
        return np.asarray(special.logit(special.betaincinv(mean * total, (1 - mean) * total, p)))

    @staticmethod
    def _log_density(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        log_odds = first * special.log_expit(u) + second * special.log_expit(-u)
        return np.asarray(log_odds - special.betaln(first, second))

    @staticmethod
    def _random(first: FloatArray, second: FloatArray, rng: np.random.Generator) -> FloatArray:
        return rng.beta(first, second)

    @staticmethod
    def _parameters(a: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.exp(a + special.log_expit(x)), np.exp(a + special.log_expit(-x))

    def _strength(self, add_first: FloatArray, add_second: FloatArray) -> FloatArray:
        total = self.first + self.second
        return np.asarray(total / (total + add_first + add_second))

    def _location(self) -> FloatArray:
        return np.log(self.first) - np.log(self.second)

    @staticmethod
    def _log_slope(u: FloatArray) -> FloatArray:
        return np.asarray(special.log_expit(u) + special.log_expit(-u))

    @staticmethod
    def _line(x: FloatArray) -> FloatArray:
        return np.asarray(special.logit(np.clip(x, 0, 1)))

    @staticmethod
    def _value(u: FloatArray) -> FloatArray:
        return np.asarray(special.expit(u))
