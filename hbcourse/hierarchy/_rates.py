"""Populations of rates, and the rates of units that were counted over different exposures."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from .. import _validate as validate
from .._validate import FloatArray
from ..estimates import Estimates


def probability_negative(mu: ArrayLike, tau: ArrayLike) -> FloatArray:
    r"""Share of a normal population that lies below zero, :math:`\Phi(-\mu/\tau)`: impossible, if it is of rates.

    Parameters
    ----------
    mu, tau : number or array
        Mean and standard deviation of the population, tau positive.

    Examples
    --------
    >>> probability_negative(mu=5, tau=4).round(4)
    np.float64(0.1056)
    """
    mu, tau = validate.together(mu=validate.finite("mu", mu), tau=validate.positive("tau", tau))
    return np.asarray(norm.sf(0, -mu, tau))


class LogNormalPopulation(NamedTuple):
    """Mean and standard deviation of the log rate."""

    log_mean: FloatArray
    log_sd: FloatArray


class GammaPopulation(NamedTuple):
    """Shape and rate of a Gamma distribution."""

    alpha: FloatArray
    beta: FloatArray


def lognormal_population(mean: ArrayLike, sd: ArrayLike) -> LogNormalPopulation:
    r"""The log-normal population of rates with a given mean m and standard deviation s.

    .. math:: \log \theta \sim N(\log m - \omega^2/2,\; \omega^2), \qquad \omega^2 = \log(1 + s^2/m^2)

    Parameters
    ----------
    mean, sd : number or array
        Of the rates, both positive.

    Examples
    --------
    >>> population = lognormal_population(mean=5, sd=4)
    >>> population.log_mean.round(3), population.log_sd.round(3)
    (np.float64(1.362), np.float64(0.703))
    """
    mean, sd = validate.together(mean=validate.positive("mean", mean), sd=validate.positive("sd", sd))
    variance = np.log1p((sd / mean) ** 2)
    return LogNormalPopulation(log_mean=np.log(mean) - variance / 2, log_sd=np.sqrt(variance))


def gamma_population(mean: ArrayLike, sd: ArrayLike) -> GammaPopulation:
    r"""The Gamma population of rates with a given mean m and standard deviation s: shape m²/s², rate m/s².

    Parameters
    ----------
    mean, sd : number or array
        Of the rates, both positive.

    Examples
    --------
    >>> gamma_population(mean=5.0, sd=4.0)
    GammaPopulation(alpha=array(1.5625), beta=array(0.3125))
    """
    mean, sd = validate.together(mean=validate.positive("mean", mean), sd=validate.positive("sd", sd))
    return GammaPopulation(alpha=np.asarray((mean / sd) ** 2), beta=np.asarray(mean / sd / sd))


def gamma_poisson_rates(x: ArrayLike, exposure: ArrayLike, alpha: float, beta: float) -> Estimates:
    r"""Rates of J units given their population: :math:`E(\theta_j \mid x_j) = (\alpha + x_j) / (\beta + t_j)`.

    It is :math:`\kappa_j x_j / t_j + (1 - \kappa_j) \alpha/\beta`, a compromise of the unit's own rate and the
    population's, with the data weight :math:`\kappa_j = t_j / (\beta + t_j)`.

    Parameters
    ----------
    x : (J,) array
        Counts.
    exposure : (J,) array or number
        Time, area or number at risk that they were counted over.
    alpha, beta : numbers
        Shape and rate of the Gamma population of rates, beta in the units of the exposure.

    Returns
    -------
    Estimates
        Rates per unit of exposure; ``se`` is the posterior standard deviation, ``mu`` and ``tau`` the mean and standard
        deviation of the population.

    Notes
    -----
    Source: Gelman et al. 2013, section 2.6.

    Examples
    --------
    >>> rates = gamma_poisson_rates([5, 1], [94.3, 1.05], alpha=0.7, beta=0.9)
    >>> rates.theta.round(3), rates.data_weight.round(2)
    (array([0.06 , 0.872]), array([0.99, 0.54]))
    """
    x, t = validate.together(x=validate.counts("x", x), exposure=validate.positive("exposure", exposure))
    if x.ndim != 1 or not x.size:
        raise ValueError(f"x must be a list of one or more counts; got shape {x.shape}")
    alpha = validate.scalar("alpha", validate.positive("alpha", alpha))
    beta = validate.scalar("beta", validate.positive("beta", beta))
    return Estimates(
        theta=(alpha + x) / (beta + t),
        se=np.sqrt(alpha + x) / (beta + t),
        data_weight=t / (beta + t),
        mu=alpha / beta,
        tau=float(np.sqrt(alpha) / beta),
    )
