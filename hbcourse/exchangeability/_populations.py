"""Populations that share a mean and a variance, and what data tell of their difference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp
from scipy.stats import norm

from .. import _validate as validate
from .._validate import FloatArray


@dataclass(frozen=True)
class Population:
    r"""A population of unit means: with probability ``weight`` a draw from :math:`N(\text{mean}, \text{sd}^2)`.

    Made by :func:`normal_population` and :func:`two_point_population`.

    Attributes
    ----------
    weight : (K,) array
        Probability of each part.
    mean, sd : (K,) arrays
        Mean and standard deviation within each part.

    Examples
    --------
    >>> two_point_population(mu=5, tau=2).sample(4, np.random.default_rng(1))
    array([7., 7., 3., 7.])
    """

    weight: FloatArray
    mean: FloatArray
    sd: FloatArray

    def sample(self, J: int, rng: np.random.Generator) -> FloatArray:
        """Means of J units, (J,)."""
        part = validate.generator(rng).choice(len(self.weight), validate.whole("J", J, 1, 10**9), p=self.weight)
        return rng.normal(self.mean[part], self.sd[part])

    def log_density(self, y: ArrayLike, sigma: ArrayLike) -> FloatArray:
        """Log density of each unit's estimate ``y``, of standard error ``sigma``, in the shape of both together."""
        y, sigma = validate.together(y=validate.finite("y", y), sigma=validate.positive("sigma", sigma))
        parts = norm.logpdf(y[..., None], self.mean, np.hypot(sigma[..., None], self.sd))
        return np.asarray(logsumexp(parts, b=self.weight, axis=-1))


def normal_population(mu: float, tau: float) -> Population:
    r"""Unit means :math:`\theta \sim N(\mu, \tau^2)`.

    Parameters
    ----------
    mu, tau : numbers
        Mean and standard deviation, tau positive.

    Examples
    --------
    >>> normal_population(mu=5, tau=2).log_density(5.0, sigma=1.5).round(3)
    np.float64(-1.835)
    """
    mu, tau = _moments(mu, tau)
    return Population(np.ones(1), np.array([mu]), np.array([tau]))


def two_point_population(mu: float, tau: float, high: float = 0.5) -> Population:
    r"""Unit means that take only two values, with mean mu and standard deviation tau, as a normal population has.

    A share h of the units lies at :math:`\mu + \tau\sqrt{(1 - h)/h}`, the others at :math:`\mu - \tau\sqrt{h/(1 - h)}`.

    Parameters
    ----------
    mu, tau : numbers
        Mean and standard deviation, tau positive.
    high : number
        The share h; the population is skewed unless it is one half.

    Examples
    --------
    >>> two_point_population(mu=5, tau=2, high=0.2).mean
    array([4., 9.])
    """
    mu, tau = _moments(mu, tau)
    high = validate.scalar("high", validate.probability("high", high))
    ratio = np.sqrt((1 - high) / high)
    return Population(np.array([1 - high, high]), np.array([mu - tau / ratio, mu + tau * ratio]), np.zeros(2))


def _moments(mu: float, tau: float) -> tuple[float, float]:
    return validate.scalar("mu", validate.finite("mu", mu)), validate.scalar("tau", validate.positive("tau", tau))


def divergence(truth: Population, model: Population, sigma: float) -> float:
    r"""Evidence per unit, in nats, that data from ``truth`` give against ``model``.

    It is the Kullback-Leibler divergence :math:`\int p(y) \log \frac{p(y)}{q(y)}\,dy` of the two densities of a unit's
    estimate y, which has the standard error sigma. With J units the log likelihood ratio grows as J times it.

    Parameters
    ----------
    truth, model : Population
        Where the units come from, and where they are said to come from.
    sigma : number
        Standard error of each unit's estimate.

    Notes
    -----
    By the trapezoidal rule over each part of the truth, with steps of 0.01 of its standard deviation.

    Examples
    --------
    >>> normal, pair = normal_population(0, 1), two_point_population(0, 1)
    >>> round(divergence(pair, normal, sigma=1.0), 4), round(divergence(pair, normal, sigma=0.3), 3)
    (0.0097, 0.555)
    """
    validate.instance("truth", truth, Population)
    validate.instance("model", model, Population)
    sigma = validate.scalar("sigma", validate.positive("sigma", sigma))
    z = np.linspace(-12, 12, 2401)
    weight = truth.weight[:, None] * norm.pdf(z) * (z[1] - z[0])
    y = truth.mean[:, None] + np.hypot(truth.sd, sigma)[:, None] * z
    log_ratio = model.log_density(y, sigma) - truth.log_density(y, sigma)
    direct = -(weight * log_ratio).sum()
    # The mean of q/p is one: where p and q are close, subtracting it leaves only terms of one sign to add up.
    return float(direct if direct > 1e-4 else (weight * (np.expm1(log_ratio) - log_ratio)).sum())
