"""How far estimates are drawn together, what an estimated tau costs, and what becomes of extremes and of ranks."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from .. import _validate as validate
from .. import exact, pooling
from .._validate import FloatArray
from ..estimates import Estimates
from ._extremes import (
    COUNTY_RATES,
    Counties,
    Extremes,
    empirical_logit,
    extremes,
    rank_probabilities,
    simulate_counties,
)

__all__ = [
    "COUNTY_RATES",
    "Counties",
    "Coverage",
    "Extremes",
    "data_weight_of_mean",
    "empirical_bayes",
    "empirical_logit",
    "extremes",
    "influence",
    "interval_coverage",
    "mu_sd",
    "observations_for_weight",
    "rank_probabilities",
    "shrinkage_factor",
    "simulate_counties",
]

#: Data sets that are fitted at once: more need more memory and no less time.
_BATCH = 1000


def shrinkage_factor(tau: ArrayLike, sigma: ArrayLike) -> FloatArray:
    r"""Share of the way to the common mean that an estimate is drawn, :math:`B = \sigma^2 / (\sigma^2 + \tau^2)`.

    It is one minus the weight of the unit's own data, :math:`B = 1 - \kappa`: see :func:`hbcourse.pooling.data_weight`.

    Parameters
    ----------
    tau : number or array
        Standard deviation between units, from 0 to infinity.
    sigma : number or array
        Standard error of the unit's own estimate, in the units of ``tau``.

    Notes
    -----
    Source: Efron and Morris 1973, section 1, who call it B.

    Examples
    --------
    >>> shrinkage_factor(tau=5, sigma=[5, 10])
    array([0.5, 0.8])
    """
    tau, sigma = validate.together(tau=validate.nonnegative("tau", tau), sigma=validate.positive("sigma", sigma))
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + (tau / sigma) ** 2))


def data_weight_of_mean(n: ArrayLike, tau: ArrayLike, sigma: ArrayLike) -> FloatArray:
    r"""Weight of the mean of n observations in its unit's estimate, :math:`w = n \tau^2 / (n \tau^2 + \sigma^2)`.

    Parameters
    ----------
    n : number or array
        Observations of the unit.
    tau : number or array
        Standard deviation between units, from 0 to infinity.
    sigma : number or array
        Standard deviation of one observation within its unit, in the units of ``tau``.

    Notes
    -----
    The mean's standard error is :math:`\sigma / \sqrt n`, so that this is :func:`hbcourse.pooling.data_weight` of it.

    Examples
    --------
    >>> data_weight_of_mean(n=[1, 4, 36], tau=1, sigma=2)
    array([0.2, 0.5, 0.9])
    """
    n, tau, sigma = validate.together(
        n=validate.positive("n", n), tau=validate.nonnegative("tau", tau), sigma=validate.positive("sigma", sigma)
    )
    return pooling.data_weight(tau, sigma / np.sqrt(n))


def observations_for_weight(weight: ArrayLike, tau: ArrayLike, sigma: ArrayLike) -> FloatArray:
    r"""Observations of a unit that give its own mean this weight, :math:`n = \frac{w}{1 - w} \sigma^2 / \tau^2`.

    Half the weight takes :math:`n = \sigma^2 / \tau^2`.

    Parameters
    ----------
    weight : number or array
        Between 0 and 1.
    tau : number or array
        Standard deviation between units, above 0: units that do not differ never get any weight.
    sigma : number or array
        Standard deviation of one observation within its unit, in the units of ``tau``.

    Returns
    -------
    array
        n, before rounding up.

    Examples
    --------
    >>> observations_for_weight([0.5, 0.9], tau=1, sigma=2).round(6)
    array([ 4., 36.])
    """
    weight, tau, sigma = validate.together(
        weight=validate.probability("weight", weight),
        tau=validate.positive("tau", tau),
        sigma=validate.positive("sigma", sigma),
    )
    with np.errstate(over="ignore"):
        return np.asarray(weight / (1 - weight) * (sigma / tau) ** 2)


def mu_sd(tau: float, sigma: ArrayLike) -> float:
    r"""Posterior sd of the population mean given tau, :math:`\left(\sum_j (\sigma_j^2 + \tau^2)^{-1}\right)^{-1/2}`.

    The prior of mu is flat. The data y do not enter.

    Parameters
    ----------
    tau : number
        Standard deviation between units, from 0 to infinity.
    sigma : (J,) array
        Standard errors of the units' estimates, in the units of ``tau``.

    Notes
    -----
    Source: Gelman et al. 2013, equation 5.20.

    Examples
    --------
    Units that do not differ at all do not make their mean reliable:

    >>> round(mu_sd(tau=0, sigma=[20.0] * 2), 2), round(mu_sd(tau=0, sigma=[20.0] * 50), 2)
    (14.14, 2.83)
    """
    tau, sigma = validate.scalar("tau", validate.nonnegative("tau", tau)), validate.standard_errors(sigma)
    if tau > validate.LARGEST:
        return np.inf
    spread = np.hypot(sigma, tau)
    least = spread.min()
    return float(least / np.sqrt(((least / spread) ** 2).sum()))


def influence(tau: float, sigma: ArrayLike) -> FloatArray:
    r"""How far datum j moves estimate i, given tau: :math:`\partial \hat\theta_i / \partial y_j`, (J, J).

    .. math:: \kappa_i [i = j] + (1 - \kappa_i) \frac{(\sigma_j^2 + \tau^2)^{-1}}{\sum_k (\sigma_k^2 + \tau^2)^{-1}}

    The prior of mu is flat. Each row sums to one: data that all move by 1 move every estimate by 1. Averaged over tau,
    the influence depends on y: that is ``influence()`` of a posterior from :func:`hbcourse.exact.normal_hierarchy`.

    Parameters
    ----------
    tau : number
        Standard deviation between units, from 0 to infinity.
    sigma : (J,) array
        Standard errors of the units' estimates, in the units of ``tau``.

    Notes
    -----
    Source: Gelman et al. 2013, equations 5.17 and 5.20, whose estimate is linear in y.

    Examples
    --------
    >>> influence(tau=1, sigma=[1.0, 1.0])
    array([[0.75, 0.25],
           [0.25, 0.75]])
    """
    tau, sigma = validate.scalar("tau", validate.nonnegative("tau", tau)), validate.standard_errors(sigma)
    kappa, to_mean = pooling.data_weight(tau, sigma), shrinkage_factor(tau, sigma)
    if tau > validate.LARGEST:
        return np.diag(kappa)
    spread = np.hypot(sigma, tau)
    weight = (spread.min() / spread) ** 2
    return np.diag(kappa) + np.outer(to_mean, weight / weight.sum())


def empirical_bayes(y: ArrayLike, sigma: ArrayLike, method: exact.Method = "reml") -> Estimates:
    r"""Partial pooling at an estimate of tau, as if it were the truth: :math:`E(\theta_j \mid y, \hat\tau)`.

    Its standard errors contain the uncertainty of mu but not that of tau, so that they are too small. Where
    :math:`\hat\tau = 0` it is complete pooling.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit, at least two.
    sigma : (J,) array or number
        Their standard errors, in the units of ``y``.
    method : str
        How tau is estimated, see :func:`hbcourse.exact.between_sd`.

    Notes
    -----
    Source: Efron and Morris 1975; Morris 1983.

    Examples
    --------
    >>> estimates = empirical_bayes([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])
    >>> estimates.tau, round(estimates.mu, 2)
    (0.0, 7.69)
    """
    y, sigma = validate.estimates(y, sigma)
    return pooling.partial_pooling(y, sigma, float(exact.between_sd(y, sigma, method)))


class Coverage(NamedTuple):
    """Which intervals hold the true mean of their unit, each (repeats, J); their means are the coverages.

    Attributes
    ----------
    plug_in : array of bool
        Tau and mu both taken for known once estimated.
    plug_in_tau : array of bool
        Tau alone taken for known, as in :func:`empirical_bayes`.
    averaged : array of bool
        Posterior intervals, averaged over tau and mu.
    """

    plug_in: NDArray[np.bool_]
    plug_in_tau: NDArray[np.bool_]
    averaged: NDArray[np.bool_]


def interval_coverage(
    tau: float,
    sigma: ArrayLike,
    tau_prior: exact.ScalePrior,
    repeats: int,
    rng: np.random.Generator,
    level: float = 0.95,
    method: exact.Method = "reml",
) -> Coverage:
    r"""Simulated coverage of intervals for the unit means: tau plugged in against tau averaged over.

    Each repeat draws :math:`\theta_j \sim N(0, \tau^2)` and :math:`y_j \sim N(\theta_j, \sigma_j^2)`, and makes three
    central intervals for every :math:`\theta_j`. Both plug-in intervals have their centre at
    :math:`\hat\kappa_j y_j + (1 - \hat\kappa_j) \hat\mu`, with :math:`\hat\tau` estimated by ``method``:

    - ``plug_in`` has the standard error :math:`\sqrt{\hat\kappa_j} \sigma_j`, which takes :math:`\hat\mu` for known; it
      has no width where :math:`\hat\tau = 0`;
    - ``plug_in_tau`` has the standard error of :func:`hbcourse.pooling.partial_pooling`, which adds
      :math:`(1 - \hat\kappa_j)^2 V_\mu`;
    - ``averaged`` is the posterior interval under ``tau_prior`` and a flat prior of mu.

    Parameters
    ----------
    tau : number
        True standard deviation between units.
    sigma : (J,) array
        Standard errors of the units' estimates, in the units of ``tau``.
    tau_prior : a prior of a positive quantity
        Prior of tau for the posterior intervals.
    repeats : int
        Data sets to draw.
    rng : numpy.random.Generator
        Source of chance.
    level : number
        What the intervals claim to cover.
    method : str
        How tau is estimated, see :func:`hbcourse.exact.between_sd`.

    Notes
    -----
    The units of one data set share their estimate of tau: a Monte Carlo standard error needs the spread of the means
    of the rows.

    Examples
    --------
    >>> coverage = interval_coverage(2, [5.0] * 8, exact.HalfCauchy(5), 1000, np.random.default_rng(1))
    >>> [float(held.mean().round(2)) for held in coverage]
    [0.48, 0.9, 0.97]
    """
    tau = validate.scalar("tau", validate.finite("tau", validate.nonnegative("tau", tau)))
    sigma, level = validate.standard_errors(sigma), validate.scalar("level", validate.probability("level", level))
    repeats, rng = validate.count("repeats", repeats), validate.generator(rng)
    theta = rng.normal(0, tau, (repeats, len(sigma)))
    y = rng.normal(theta, sigma)

    estimate = exact.between_sd(y, sigma, method)[:, None]
    kappa, precision = pooling.data_weight(estimate, sigma), 1 / (sigma**2 + estimate**2)
    mu = np.average(y, axis=1, weights=precision, keepdims=True)
    miss = abs(kappa * y + (1 - kappa) * mu - theta)
    mu_part = (1 - kappa) ** 2 / precision.sum(1, keepdims=True)
    z = norm.ppf((1 + level) / 2)

    # A central interval holds what lies between its two quantiles, which the cdf tells without finding them.
    below = [
        exact.normal_hierarchy(y[i : i + _BATCH], sigma, tau_prior).theta.cdf(theta[i : i + _BATCH])
        for i in range(0, repeats, _BATCH)
    ]
    return Coverage(
        plug_in=miss <= z * np.sqrt(kappa * sigma**2),
        plug_in_tau=miss <= z * np.sqrt(kappa * sigma**2 + mu_part),
        averaged=abs(np.concatenate(below) - 0.5) <= level / 2,
    )
