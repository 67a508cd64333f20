"""What a mixture over units asks of its family of distributions with two parameters."""

from abc import ABC, abstractmethod

import numpy as np

from .._validate import FloatArray
from ._protocol import Marginal


class UnitFamily(Marginal, ABC):
    """A family on the positive half line, or from 0 to 1: u is the log of a value, or its logit."""

    @staticmethod
    @abstractmethod
    def _mean_variance(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of each component."""

    @staticmethod
    @abstractmethod
    def _cdf(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """Probability of each component up to the value with the log (logit) u."""

    @staticmethod
    @abstractmethod
    def _width(a: FloatArray, x: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """Sd of a component at (a, x), as a distance in x, for units of these data."""

    @staticmethod
    @abstractmethod
    def _crossings(u: FloatArray, a: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """The x below which a component's quantiles of the orders of the nodes are below u; nodes in the last axis."""

    @staticmethod
    @abstractmethod
    def _guess(p: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        """Log (logit) of the quantile of one distribution of this family with this mean and sd."""

    @staticmethod
    @abstractmethod
    def _log_density(u: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
        """Log density of each component in the log (logit) u."""

    @staticmethod
    @abstractmethod
    def _random(first: FloatArray, second: FloatArray, rng: np.random.Generator) -> FloatArray:
        """A draw from each component."""

    @staticmethod
    @abstractmethod
    def _parameters(a: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The parameters before the data at a point of the plane."""

    @abstractmethod
    def _strength(self, add_first: FloatArray, add_second: FloatArray) -> FloatArray:
        """The share of each component's parameters beside such data, (K,): how alike the units are, from 0 to 1."""

    @abstractmethod
    def _location(self) -> FloatArray:
        """Log (logit) of the mean of each component before the data, (K,)."""

    @staticmethod
    @abstractmethod
    def _log_slope(u: FloatArray) -> FloatArray:
        """Log of the derivative of the value."""

    @staticmethod
    @abstractmethod
    def _line(x: FloatArray) -> FloatArray:
        """Log (logit) of the values."""

    @staticmethod
    @abstractmethod
    def _value(u: FloatArray) -> FloatArray:
        """The values with this log (logit)."""
