"""What a prior predicts before the data, and what a fitted model predicts after them."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import integrate
from scipy.special import ndtr

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ..exact import require


class PredictiveCheck(NamedTuple):
    """A statistic of the data and of replicated data: made by :func:`predictive_check`.

    Attributes
    ----------
    observed : float
        Its value for the data.
    replicated : (draws,) array
        Its values for data that the model predicts.
    tail_probability : float
        Share of the replicated values above the observed one, ties counting half. Near 0 or 1 the model does not
        produce such data.

    Examples
    --------
    >>> PredictiveCheck(observed=2.0, replicated=np.array([1.0, 3.0]), tail_probability=0.5).tail_probability
    0.5
    """

    observed: float
    replicated: FloatArray
    tail_probability: float


def share_outside(simulated: ArrayLike, low: float, high: float) -> float:
    """Share of simulated data outside the range of possible values.

    Parameters
    ----------
    simulated : array
        Prior predictive data, of any shape.
    low, high : numbers
        The smallest and the largest possible value.

    Notes
    -----
    Data that share one draw of the hyperparameters are outside together: its Monte Carlo error is that of as many draws
    as there are of the hyperparameters. Source: Gelman, Vehtari et al. 2020, section 2.4.

    Examples
    --------
    >>> share_outside([[52.0, 104.0], [-3.0, 88.0]], low=0, high=100)
    0.5
    """
    simulated, (low, high) = validate.finite("simulated", simulated), _range(low, high)
    if not simulated.size:
        raise ValueError(f"simulated must hold one value or more; got shape {simulated.shape}")
    return float(np.mean((simulated < low) | (simulated > high)))


def probability_outside(
    low: float, high: float, sigma: float, tau_prior: exact.ScalePrior, mu_prior: exact.Normal
) -> float:
    r"""Prior probability of a datum outside the range of possible values: what :func:`share_outside` comes near.

    .. math:: \Pr(y \notin [a, b]) = \int p(\tau)\, \Bigl\{1 - \Phi\Bigl(\frac{b - m_0}{s}\Bigr)
              + \Phi\Bigl(\frac{a - m_0}{s}\Bigr)\Bigr\}\, d\tau, \qquad s^2 = s_0^2 + \tau^2 + \sigma^2

    Parameters
    ----------
    low, high : numbers
        The smallest and the largest possible value a and b, in the units of ``y``.
    sigma : number
        Standard deviation of the datum about the mean of its unit.
    tau_prior : a proper prior of a positive quantity
    mu_prior : Normal
        :math:`\mu \sim N(m_0, s_0^2)`.

    Notes
    -----
    The integral is over the quantiles of tau. Source: Gelman et al. 2013, section 6.3, for predictive checks.

    Examples
    --------
    >>> tight, wide = exact.HalfNormal(10), exact.HalfCauchy(100)
    >>> [round(probability_outside(0, 100, 10, prior, exact.Normal(50, 10)), 3) for prior in (tight, wide)]
    [0.008, 0.546]
    """
    low, high = _range(low, high)
    sigma = validate.scalar("sigma", validate.positive("sigma", sigma))
    require_priors(tau_prior, mu_prior)

    def outside(p: float) -> float:
        sd = np.hypot(np.hypot(mu_prior.sd, sigma), tau_prior.quantile(p))
        return float(ndtr((low - mu_prior.mean) / sd) + ndtr((mu_prior.mean - high) / sd))

    # Where tau passes the width of the range, the integrand turns.
    turns = [float(tau_prior.cdf(width)) for width in (sigma, high - low, 10 * (high - low))]
    turns = sorted(p for p in turns if 0 < p < 1)
    return float(sum(integrate.quad(outside, *ends, limit=200)[0] for ends in pairwise([0.0, *turns, 1.0])))


def replicate_same_groups(
    posterior: exact.NormalHierarchyPosterior, draws: int, rng: np.random.Generator
) -> FloatArray:
    r"""Data that the fitted model predicts for the same groups: :math:`\tilde y_j \sim N(\theta_j, \sigma_j^2)`.

    Each group keeps the mean that its data have given it: a check of the likelihood, hardly one of the population.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        From :func:`hbcourse.exact.normal_hierarchy`.
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    (draws, J) array

    Notes
    -----
    Source: Gelman et al. 2013, section 6.3.

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11])
    >>> replicate_same_groups(posterior, 1000, np.random.default_rng(1)).shape
    (1000, 4)
    """
    posterior, rng = _posterior(posterior), validate.generator(rng)
    draws = validate.whole("draws", draws, 1, 10**8)
    return rng.normal(posterior.sample(draws, rng)["theta"], posterior.sigma)


def replicate_new_groups(posterior: exact.NormalHierarchyPosterior, draws: int, rng: np.random.Generator) -> FloatArray:
    r"""Data that the fitted model predicts for as many new groups: :math:`\tilde\theta_j \sim N(\mu, \tau^2)` first.

    Their means come from the population again: a check of the population too.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        From :func:`hbcourse.exact.normal_hierarchy`.
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    (draws, J) array
        The new groups have the standard errors of the old ones.

    Notes
    -----
    Source: Gelman et al. 2013, section 6.3, on the choice of what is replicated; Bayarri and Castellanos 2007.

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11])
    >>> replicate_new_groups(posterior, 1000, np.random.default_rng(1)).shape
    (1000, 4)
    """
    posterior, rng = _posterior(posterior), validate.generator(rng)
    sample = posterior.sample(validate.whole("draws", draws, 1, 10**8), rng)
    theta = sample["mu"][:, None] + sample["tau"][:, None] * rng.normal(size=sample["theta"].shape)
    return rng.normal(theta, posterior.sigma)


def predictive_check(y: ArrayLike, replicated: ArrayLike, statistic: Callable[[FloatArray], float]) -> PredictiveCheck:
    """Compare a statistic of the data with the same statistic of data that the model predicts.

    A statistic that the fit has already made right, such as the mean, can hardly fail.

    Parameters
    ----------
    y : array
        The data.
    replicated : (draws, ...) array
        Replicated data sets, each of the shape of ``y``.
    statistic : callable
        Of an array like ``y``: one number.

    Notes
    -----
    Source: Gelman et al. 2013, section 6.3.

    Examples
    --------
    >>> y, rng = [0.1, -0.4, 0.2, 0.0, 9.0, -0.3, 0.3, 0.1, -0.2, 0.4, 0.0, -0.1], np.random.default_rng(1)
    >>> def farthest(y): return np.max(abs(y - np.median(y))) / np.median(abs(y - np.median(y)))
    >>> replicated = replicate_new_groups(exact.normal_hierarchy(y, 0.5), 1000, rng)
    >>> [round(predictive_check(y, replicated, statistic).tail_probability, 1) for statistic in (np.mean, farthest)]
    [0.5, 0.0]
    """
    y, replicated = validate.finite("y", y), validate.finite("replicated", replicated)
    validate.function("statistic", statistic)
    if not y.size or replicated.shape[1:] != y.shape or not replicated.size:
        raise ValueError(
            f"replicated must be data sets of the shape of y, {y.shape}, one or more; got shape {replicated.shape}"
        )

    def value(data: FloatArray) -> float:
        return validate.scalar("statistic", validate.finite("statistic", statistic(data)))

    observed, values = value(y), np.array([value(data) for data in replicated])
    return PredictiveCheck(observed, values, float(np.mean(values > observed) + np.mean(values == observed) / 2))


def _range(low: float, high: float) -> tuple[float, float]:
    low, high = (validate.scalar(name, validate.finite(name, value)) for name, value in (("low", low), ("high", high)))
    if low >= high:
        raise ValueError(f"low must be below high, {high}; got {low}")
    return low, high


def require_priors(tau_prior: exact.ScalePrior, mu_prior: exact.Normal) -> None:
    """Priors to draw from: improper ones refuse by themselves."""
    require.scale_prior("tau_prior", tau_prior)
    require.mean_prior("mu_prior", mu_prior)
    tau_prior.quantile(0.5)
    mu_prior.quantile(0.5)


def _posterior(posterior: exact.NormalHierarchyPosterior) -> exact.NormalHierarchyPosterior:
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    if posterior.y.ndim != 1:
        raise ValueError(f"posterior must be of one data set, (J,); got a batch, {posterior.y.shape}")
    return posterior
