"""Distributions of counts, each fitted by maximum likelihood."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats
from scipy.special import gammaln, lambertw, psi

from .. import _validate as validate
from .._validate import FloatArray

IntArray = NDArray[np.int64]

#: Poisson counts beyond it do not fit in 64 bits.
_LARGEST_RATE = 1e18

#: From this alpha on, Stirling's series replaces the log Gamma function, whose differences would lose digits.
_STIRLING = 30.0


def observed(x: ArrayLike) -> FloatArray:
    """Counts of two or more trials, (n,), not all of them zero."""
    x = validate.counts("x", x)
    if x.ndim != 1 or len(x) < 2:
        raise ValueError(f"x must be a list of two or more counts; got shape {x.shape}")
    if not x.any() or x.max() > 1e15:
        raise ValueError(f"x must have an event in some trial, and at most 1e15 in each; got a maximum of {x.max():g}")
    return x


def draw_poisson(rate: FloatArray, rng: np.random.Generator) -> IntArray:
    """Poisson counts with these expectations."""
    if rate.max() > _LARGEST_RATE:
        raise ValueError(f"expected counts must be at most {_LARGEST_RATE:g}; got {rate.max():g}")
    return rng.poisson(rate)


def log_ratio_to_poisson(x: FloatArray, mean: float, alpha: float) -> FloatArray:
    """Log of the negative binomial over the Poisson probability of x, in the shape of x."""
    if np.isinf(alpha):
        return np.zeros_like(x)
    if alpha < _STIRLING:
        rising = gammaln(x + alpha) - gammaln(alpha) - x * np.log(alpha)
        return np.asarray(rising - (x + alpha) * np.log1p(mean / alpha) + mean)
    correction = _stirling(alpha + x) - _stirling(np.asarray(alpha)) - np.log1p(x / alpha) / 2
    return np.asarray((alpha + x) * np.log1p((x - mean) / (alpha + mean)) - (x - mean) + correction)


def _stirling(z: FloatArray) -> FloatArray:
    """What log Gamma(z) has beyond (z - 1/2) log z - z and a constant, for z of 30 or more."""
    return np.asarray((1 / 12 - (1 / 360 - 1 / 1260 / z**2) / z**2) / z)


class CountModel(ABC):
    """What all distributions of counts share.

    Examples
    --------
    >>> from hbcourse import overdispersion
    >>> isinstance(overdispersion.Poisson.fit([3, 4, 8]), overdispersion.CountModel)
    True

    Whether a fitted model produces data like those at hand, such as as many zeros:

    >>> from hbcourse import workflow
    >>> x = [0] * 20 + [6, 5, 7, 4, 6, 8, 5, 6, 3, 7]
    >>> replicated = overdispersion.Poisson.fit(x).sample((1000, len(x)), np.random.default_rng(1))
    >>> workflow.predictive_check(x, replicated, lambda x: np.mean(x == 0)).tail_probability
    0.0
    """

    @property
    @abstractmethod
    def variance(self) -> float:
        """Variance of a count."""

    @abstractmethod
    def sample(self, trials: int | tuple[int, ...], rng: np.random.Generator) -> IntArray:
        """Independent counts, (trials,), or in the shape that ``trials`` gives, such as (data sets, n)."""

    @abstractmethod
    def _log_pmf(self, x: FloatArray) -> FloatArray: ...

    def log_pmf(self, x: ArrayLike) -> FloatArray:
        """Log probability of the count ``x``, in the shape of ``x``."""
        return self._log_pmf(validate.counts("x", x))

    def pmf(self, x: ArrayLike) -> FloatArray:
        """Probability of the count ``x``, in the shape of ``x``."""
        return np.exp(self.log_pmf(x))

    def log_likelihood(self, x: ArrayLike) -> float:
        """Log probability of all the counts ``x``, (n,)."""
        value, trials = np.unique(validate.counts("x", x), return_counts=True)
        return float(self._log_pmf(value) @ trials)


@dataclass(frozen=True)
class Poisson(CountModel):
    r"""Counts with :math:`P(x) = e^{-m} m^x / x!`, variance m.

    Attributes
    ----------
    mean : float
        Expected count m.

    Examples
    --------
    >>> Poisson.fit([3, 5, 4, 8]).mean
    5.0
    """

    mean: float

    def __post_init__(self) -> None:
        _one_positive("mean", self.mean)

    @classmethod
    def fit(cls, x: ArrayLike) -> Self:
        """The maximum of the likelihood: the sample mean of ``x``, (n,)."""
        return cls(float(observed(x).mean()))

    @property
    def variance(self) -> float:
        return self.mean

    def sample(self, trials: int | tuple[int, ...], rng: np.random.Generator) -> IntArray:
        """Independent counts, (trials,), or in the shape that ``trials`` gives, such as (data sets, n)."""
        return draw_poisson(np.full(sample_shape(trials), self.mean), validate.generator(rng))

    def _log_pmf(self, x: FloatArray) -> FloatArray:
        return np.asarray(stats.poisson.logpmf(x, self.mean))


@dataclass(frozen=True)
class NegativeBinomial(CountModel):
    r"""Poisson counts whose rate is Gamma with mean m and shape alpha: variance :math:`m + m^2/\alpha`.

    .. math:: P(x) = \frac{\Gamma(x + \alpha)}{x!\, \Gamma(\alpha)}
              \left(\frac{\alpha}{\alpha + m}\right)^\alpha \left(\frac{m}{\alpha + m}\right)^x

    Attributes
    ----------
    mean : float
        Expected count m.
    alpha : float
        Shape of the rates; infinite for the Poisson distribution.

    Examples
    --------
    >>> round(NegativeBinomial.fit([0, 1, 9, 2, 14, 0, 4]).alpha, 3)
    0.629
    >>> NegativeBinomial.fit([4, 4, 5, 4, 3]).alpha
    inf
    """

    mean: float
    alpha: float

    def __post_init__(self) -> None:
        _one_positive("mean", self.mean)
        if validate.scalar("alpha", validate.nonnegative("alpha", self.alpha)) < np.inf:
            _one_positive("alpha", self.alpha)

    @classmethod
    def fit(cls, x: ArrayLike) -> Self:
        r"""The maximum of the likelihood for ``x``, (n,): m is the sample mean, alpha solves

        .. math:: \sum_i \psi(x_i + \alpha) - \psi(\alpha) - \log(1 + m/\alpha) = 0

        There is a solution if the variance (with divisor n) exceeds the mean; if not, the likelihood grows all the way
        to alpha = infinity, which is the fit. Source: Levin and Reeds 1977.
        """
        x = observed(x)
        mean, excess = float(x.mean()), float(x.var() - x.mean())
        # Rounding alone leaves a difference of this size.
        if excess <= 1e-12 * x.var():
            return cls(mean, np.inf)
        value, trials = np.unique(x, return_counts=True)

        def slope(log_alpha: float) -> float:
            alpha = np.exp(log_alpha)
            if alpha < _STIRLING:
                each = psi(value + alpha) - psi(alpha) - np.log1p(mean / alpha)
            else:
                each = np.log1p((value - mean) / (alpha + mean)) + _digamma(alpha + value) - _digamma(alpha)
            return float(each @ trials)

        # The moments' own alpha is near; from there on, widen until the slope changes sign.
        low = high = np.log(mean) + np.log(mean / excess)
        while slope(low) < 0:
            low -= 2.0
        while slope(high) > 0 and high < 300:
            high += 2.0
        return cls(mean, float(np.exp(optimize.brentq(slope, low, high))) if high < 300 else np.inf)

    @property
    def variance(self) -> float:
        return self.mean + self.mean * (self.mean / self.alpha)

    def sample(self, trials: int | tuple[int, ...], rng: np.random.Generator) -> IntArray:
        """Independent counts, (trials,), or in the shape that ``trials`` gives, such as (data sets, n)."""
        shape, rng = sample_shape(trials), validate.generator(rng)
        gain = rng.gamma(self.alpha, 1 / self.alpha, shape) if self.alpha < np.inf else np.ones(shape)
        return draw_poisson(self.mean * gain, rng)

    def _log_pmf(self, x: FloatArray) -> FloatArray:
        return np.asarray(stats.poisson.logpmf(x, self.mean) + log_ratio_to_poisson(x, self.mean, self.alpha))


def _digamma(z: float | FloatArray) -> float | FloatArray:
    """What digamma(z) has beyond log z, for z of 30 or more."""
    return -(1 / 2 + (1 / 12 - (1 / 120 - 1 / 252 / z**2) / z**2) / z) / z


@dataclass(frozen=True)
class ZeroInflatedPoisson(CountModel):
    r"""Counts that are zero with probability pi, and else Poisson.

    Attributes
    ----------
    rate : float
        Expected count of a trial that is not silent.
    silent : float
        Share of trials pi that are zero whatever the rate, 0 or more and below 1.

    Notes
    -----
    Source: Lambert 1992.

    Examples
    --------
    >>> model = ZeroInflatedPoisson.fit([0, 0, 0, 5, 4, 6])
    >>> round(model.rate, 3), round(model.silent, 3)
    (4.965, 0.496)
    """

    rate: float
    silent: float

    def __post_init__(self) -> None:
        _one_positive("rate", self.rate)
        if not 0 <= validate.between("silent", self.silent, 0, 1) < 1:
            raise ValueError(f"silent must be below 1; got {self.silent}")

    @classmethod
    def fit(cls, x: ArrayLike) -> Self:
        r"""The maximum of the likelihood for ``x``, (n,).

        With t the mean of the positive counts, the rate solves :math:`\lambda / (1 - e^{-\lambda}) = t`, and the share
        of positive counts is :math:`(1 - \pi)(1 - e^{-\lambda})`. Where that would need a negative pi, pi is 0.
        """
        x = observed(x)
        active, t = float(np.mean(x > 0)), float(x[x > 0].mean())
        rate = t + float(lambertw(-t * np.exp(-t)).real)
        reached = float(-np.expm1(-rate))
        return cls(rate, 1 - active / reached) if reached > active else cls(float(x.mean()), 0.0)

    @property
    def mean(self) -> float:
        """Expected count."""
        return (1 - self.silent) * self.rate

    @property
    def variance(self) -> float:
        return self.mean * (1 + self.silent * self.rate)

    def sample(self, trials: int | tuple[int, ...], rng: np.random.Generator) -> IntArray:
        """Independent counts, (trials,), or in the shape that ``trials`` gives, such as (data sets, n)."""
        shape, rng = sample_shape(trials), validate.generator(rng)
        return draw_poisson(np.where(rng.uniform(size=shape) < self.silent, 0.0, self.rate), rng)

    def _log_pmf(self, x: FloatArray) -> FloatArray:
        active = np.log1p(-self.silent) + stats.poisson.logpmf(x, self.rate)
        silent = np.where(x == 0, np.log(self.silent) if self.silent else -np.inf, -np.inf)
        return np.asarray(np.logaddexp(active, silent))


def sample_shape(trials: int | tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a sample: one whole number or several, with a product up to 1e9."""
    shape = tuple(
        validate.whole("trials", size, 1, 10**9) for size in (trials if isinstance(trials, tuple) else [trials])
    )
    if not shape or math.prod(shape) > 10**9:
        raise ValueError(f"trials must be one or more whole numbers of 1000000000 counts in all at most; got {shape}")
    return shape


def _one_positive(name: str, value: float) -> None:
    validate.scalar(name, validate.positive(name, value))
