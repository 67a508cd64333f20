"""Posteriors of rates: mixtures of Gamma distributions."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from .._validate import FloatArray
from ._mixtures import NORMAL_NODES, UnitMixture


@dataclass(frozen=True, eq=False, repr=False)
class GammaMixture(UnitMixture):
    """Rates: the parameters are the shape and the rate of Gamma distributions.

    Examples
    --------
    >>> one = GammaMixture(np.ones(1), np.array([2.0]), np.array([4.0]), np.array(3.0), np.array(1.0))
    >>> float(one.mean())
    1.0
    """

    @staticmethod
    def _mean_variance(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        with np.errstate(over="ignore"):
            mean = first / second
            return mean, mean / second

    @staticmethod
    def _cdf(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            return np.asarray(special.gammainc(first, second * np.exp(u)))

    @staticmethod
    def _width(a: FloatArray, x: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray((1 + second * np.exp(np.minimum(x - a, 600))) / np.sqrt(np.exp(a) + first))

    @staticmethod
    def _crossings(u: FloatArray, a: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        shape = (np.exp(a) + first)[..., None]
        # Quantiles of the Gamma distribution by Wilson and Hilferty's cube; g / (beta + t) <= e**u is a bound of beta.
        gamma = shape * np.maximum(1 - 1 / (9 * shape) + NORMAL_NODES / (3 * np.sqrt(shape)), 0) ** 3
        with np.errstate(over="ignore", divide="ignore"):
            beta = np.maximum(gamma * np.exp(-u)[..., None] - second[..., None], 0)
            return np.asarray(a[:, None] - np.log(beta))

    @staticmethod
    def _guess(p: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            return np.asarray(np.log(special.gammaincinv((mean / sd) ** 2, p)) + 2 * np.log(sd) - np.log(mean))

    @staticmethod
    def _log_density(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray(first * (np.log(second) + u) - second * np.exp(u) - special.gammaln(first))

    @staticmethod
    def _random(first: FloatArray, second: FloatArray, rng: np.random.Generator) -> FloatArray:
        return rng.gamma(first, 1 / second)

    @staticmethod
    def _parameters(a: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.exp(a), np.exp(np.maximum(a - x, -700))

    def _strength(self, add_first: FloatArray, add_second: FloatArray) -> FloatArray:
        return np.asarray(self.second / (self.second + add_second))

    def _location(self) -> FloatArray:
        return np.log(self.first) - np.log(self.second)

    @staticmethod
    def _log_slope(u: FloatArray) -> FloatArray:
        return u

    @staticmethod
    def _line(x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.maximum(x, 0)))

    @staticmethod
    def _value(u: FloatArray) -> FloatArray:
        return np.asarray(np.exp(u))
