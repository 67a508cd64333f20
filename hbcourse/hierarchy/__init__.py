"""The three layers of a hierarchical model: simulating them, their joint density, and how units inform each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from .. import _validate as validate
from .._validate import FloatArray
from ..exact import Flat, Normal, NormalHierarchyPosterior, ScalePrior, require
from ._layers import CountLayers, NormalLayers, simulate_counts, simulate_normal
from ._rates import (
    GammaPopulation,
    LogNormalPopulation,
    gamma_poisson_rates,
    gamma_population,
    lognormal_population,
    probability_negative,
)
from ._siblings import Prediction, SiblingVariance, intraclass_correlation, predict_sibling, sibling_variance

__all__ = [
    "CountLayers",
    "CovarianceParts",
    "GammaPopulation",
    "LogNormalPopulation",
    "NormalLayers",
    "Prediction",
    "SiblingVariance",
    "covariance_parts",
    "gamma_poisson_rates",
    "gamma_population",
    "intraclass_correlation",
    "log_joint",
    "log_posterior",
    "lognormal_population",
    "predict_sibling",
    "probability_negative",
    "sibling_variance",
    "simulate_counts",
    "simulate_normal",
]


def log_joint(
    theta: ArrayLike,
    mu: ArrayLike,
    tau: ArrayLike,
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: ScalePrior,
    mu_prior: Flat | Normal,
) -> FloatArray:
    r"""Log of the product of the layers, which is the joint density of everything.

    .. math:: p(y, \theta, \mu, \tau)
              = p(\mu)\, p(\tau) \prod_j N(\theta_j \mid \mu, \tau^2)\, N(y_j \mid \theta_j, \sigma_j^2)

    Parameters
    ----------
    theta : (J,) or (draws, J) array
        Means of the units.
    mu, tau : number or (draws,) array
        Mean and standard deviation of the population, tau positive.
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors.
    tau_prior, mu_prior : priors
        From ``hbcourse.exact``.

    Returns
    -------
    array, shape () or (draws,)

    Notes
    -----
    As a function of (theta, mu, tau) at fixed y it is proportional to the posterior: see :func:`log_posterior`.
    Source: Gelman et al. 2013, section 5.4.

    Examples
    --------
    >>> from hbcourse import exact
    >>> log_joint([4.0, 6.0], 5.0, 2.0, [3.0, 8.0], 1.0, exact.HalfCauchy(5), exact.Normal(0, 5)).round(3)
    np.float64(-13.05)
    """
    y, sigma = validate.estimates(y, sigma)
    theta, mu, tau = _draws(theta, mu, tau, len(y))
    require.scale_prior("tau_prior", tau_prior)
    require.mean_prior("mu_prior", mu_prior)
    units = norm.logpdf(theta, mu[..., None], tau[..., None]).sum(-1)
    data = norm.logpdf(y, theta, sigma).sum(-1)
    return np.asarray(mu_prior.log_density(mu) + tau_prior.log_density(tau) + units + data)


def log_posterior(theta: ArrayLike, mu: ArrayLike, tau: ArrayLike, posterior: NormalHierarchyPosterior) -> FloatArray:
    r"""Log posterior density, normalised, as the product of three conditional densities.

    .. math:: p(\theta, \mu, \tau \mid y) = p(\tau \mid y)\, p(\mu \mid \tau, y) \prod_j p(\theta_j \mid \mu, \tau, y)

    Parameters
    ----------
    theta : (J,) or (draws, J) array
        Means of the units.
    mu, tau : number or (draws,) array
        Mean and standard deviation of the population, tau positive.
    posterior : exact.NormalHierarchyPosterior
        Of one data set.

    Returns
    -------
    array, shape () or (draws,)

    Notes
    -----
    Its difference from :func:`log_joint` is the same everywhere: the log evidence :math:`\log p(y)`. Source: Gelman et
    al. 2013, section 5.4.

    Examples
    --------
    >>> from hbcourse import exact
    >>> priors = exact.HalfCauchy(5), exact.Normal(0, 5)
    >>> posterior = exact.normal_hierarchy([3.0, 8.0], 1.0, *priors)
    >>> at = [[4.0, 6.0], [2.0, 9.0]], [5.0, 1.0], [2.0, 7.0]
    >>> (log_joint(*at, [3.0, 8.0], 1.0, *priors) - log_posterior(*at, posterior)).round(6)
    array([-6.854089, -6.854089])
    """
    y, sigma = _one_data_set(posterior)
    theta, mu, tau = _draws(theta, mu, tau, len(y))
    # The data weight and the rest, neither as a difference from 1.
    total = np.square(tau[..., None]) + sigma**2
    kappa, rest = np.square(tau[..., None]) / total, sigma**2 / total
    units = norm.logpdf(theta, kappa * y + rest * mu[..., None], np.sqrt(kappa) * sigma)
    log_tau = posterior.tau.log_density(tau.reshape(-1)).reshape(tau.shape)
    return np.asarray(log_tau + norm.logpdf(mu, *posterior.mu_given(tau)) + units.sum(-1))


class CovarianceParts(NamedTuple):
    """Where the posterior covariance of the units' means comes from, (J, J) each; it is their sum."""

    own: FloatArray
    through_mu: FloatArray
    through_tau: FloatArray


def covariance_parts(posterior: NormalHierarchyPosterior) -> CovarianceParts:
    r"""Posterior covariance of the units' means, split by the law of total covariance.

    ===============  =====================================================================================
    ``own``          :math:`E(\kappa_j \sigma_j^2)` on the diagonal, from each unit's own data
    ``through_mu``   :math:`E((1 - \kappa_i)(1 - \kappa_j) V_\mu)`: given tau, units share an uncertain mean
    ``through_tau``  :math:`\text{cov}(E(\theta_i \mid \tau, y), E(\theta_j \mid \tau, y))`, from an uncertain tau
    ===============  =====================================================================================

    Expectations are over the posterior of tau.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        Of one data set.

    Examples
    --------
    >>> from hbcourse import exact
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], exact.HalfCauchy(5), exact.Normal(0, 5))
    >>> [float(part[0, 1].round(1)) for part in covariance_parts(posterior)]
    [0.0, 11.7, 2.7]
    """
    _, sigma = _one_data_set(posterior)
    weight, theta = posterior.tau.weight, posterior.theta
    variance, between = sigma[:, None] ** 2, posterior.tau.node**2
    pull = variance / (variance + between) * posterior.mu.component_sd
    deviation = theta.component_mean - theta.mean()[:, None]
    return CovarianceParts(
        own=np.diag(variance * between / (variance + between) @ weight),
        through_mu=(pull * weight) @ pull.T,
        through_tau=(deviation * weight) @ deviation.T,
    )


def _draws(theta: ArrayLike, mu: ArrayLike, tau: ArrayLike, J: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draws of the J unit means, (..., J), and of the population's mean and standard deviation, (...)."""
    theta, mu, tau = validate.finite("theta", theta), validate.finite("mu", mu), validate.positive("tau", tau)
    if theta.shape[-1:] != (J,):
        raise ValueError(f"theta must have a value for each of the {J} units; got shape {theta.shape}")
    mu, tau, _ = validate.together(mu=mu, tau=tau, theta=theta[..., 0])
    return theta, mu, tau


def _one_data_set(posterior: NormalHierarchyPosterior) -> tuple[FloatArray, FloatArray]:
    if not isinstance(posterior, NormalHierarchyPosterior) or posterior.y.ndim != 1:
        raise ValueError(
            f"posterior must be what exact.normal_hierarchy makes of one data set; got {validate.shown(posterior)}"
        )
    return posterior.y, posterior.sigma
