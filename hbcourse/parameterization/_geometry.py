"""How the shape of the posterior changes with tau, in either form: what decides which one a sampler walks easily."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ..exact import require
from ..pooling import data_weight
from ._densities import Parameterization, Parameterizations, is_centered

#: Enough for a posterior of log tau, between quantiles that leave out next to nothing.
_NODE, _WEIGHT = np.polynomial.legendre.leggauss(200)


class Curvature(NamedTuple):
    """Curvature of the log posterior in the units and mu, tau held fixed, each of the shape of tau.

    Attributes
    ----------
    smallest, largest : arrays
        Extreme eigenvalues of the negative Hessian: one over the variance along the longest and the shortest axis.

    Examples
    --------
    >>> Curvature(smallest=np.array(0.01), largest=np.array(4.0)).largest_step
    array(1.)
    """

    smallest: FloatArray
    largest: FloatArray

    @property
    def condition(self) -> FloatArray:
        """Largest over smallest: about as many leapfrog steps as its root go along the longest axis."""
        return self.largest / self.smallest

    @property
    def largest_step(self) -> FloatArray:
        r"""The longest stable leapfrog step with mass 1, :math:`2 / \sqrt{\lambda_\text{max}}`."""
        return np.asarray(2 / np.sqrt(self.largest))


def conditional_sd(tau: ArrayLike, sigma: ArrayLike, parameterization: Parameterization = "centered") -> FloatArray:
    r"""Posterior sd of a unit's coordinate given mu and tau: the width of the posterior at this tau.

    ============  ==============================================================================
    centered      :math:`\text{sd}(\theta_j \mid \mu, \tau, y) = \sqrt{\kappa_j}\, \sigma_j`
    noncentered   :math:`\text{sd}(z_j \mid \mu, \tau, y) = \sqrt{1 - \kappa_j}`
    ============  ==============================================================================

    with :math:`\kappa_j = \tau^2 / (\tau^2 + \sigma_j^2)`. Centered it closes like tau where tau is below sigma, a
    funnel; noncentered it closes like 1 / tau where tau is above sigma, a funnel upside down.

    Parameters
    ----------
    tau : number or array
        Standard deviation between units.
    sigma : number or array
        Standard error of the unit's own estimate.
    parameterization : "centered" or "noncentered"

    Returns
    -------
    array
        In the units of ``y`` if centered; a pure number if not.

    Examples
    --------
    >>> conditional_sd(tau=[0.1, 1.0, 10.0], sigma=1.0).round(2)
    array([0.1 , 0.71, 1.  ])
    >>> conditional_sd(tau=[0.1, 1.0, 10.0], sigma=1.0, parameterization="noncentered").round(2)
    array([1.  , 0.71, 0.1 ])
    """
    tau, sigma = validate.together(
        tau=validate.finite("tau", validate.nonnegative("tau", tau)), sigma=validate.positive("sigma", sigma)
    )
    (centered,) = is_centered(parameterization, 1)
    return _conditional_sd(tau, sigma, np.asarray(centered))


def _conditional_sd(tau: FloatArray, sigma: FloatArray, centered: NDArray[np.bool_]) -> FloatArray:
    return np.where(centered, tau, 1) * sigma / np.hypot(tau, sigma)


def narrowing(
    posterior: exact.NormalHierarchyPosterior,
    parameterization: Parameterizations = "centered",
    level: float = 0.9,
) -> FloatArray:
    r"""How many times narrower the posterior of each unit's coordinate is at one end of tau's interval than the other.

    It is the ratio of :func:`conditional_sd` at the ends of the central interval of tau. Two things make a funnel: tau
    that is small against sigma, and a long range of log tau. Where tau is well known there is none.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        From :func:`hbcourse.exact.normal_hierarchy`, of one data set or of a batch.
    parameterization : "centered", "noncentered", or a list or array of J of these
    level : number
        Posterior probability of the interval of tau.

    Returns
    -------
    (J,) or (B, J) array
        From 1, a tube, upwards.

    Examples
    --------
    >>> y, sigma = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    >>> posterior = exact.normal_hierarchy(y, sigma, exact.HalfCauchy(5), exact.Normal(0, 5))
    >>> [float(narrowing(posterior, form)[0].round(1)) for form in ("centered", "noncentered")]
    [33.4, 1.2]
    """
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    level = validate.scalar("level", validate.probability("level", level))
    centered = is_centered(parameterization, posterior.y.shape[-1])
    low, high = (
        _conditional_sd(tau[..., None], posterior.sigma, centered)
        for tau in posterior.tau.quantile([(1 - level) / 2, (1 + level) / 2])
    )
    return np.maximum(low / high, high / low)


def dependence(
    posterior: exact.NormalHierarchyPosterior,
    parameterization: Parameterizations = "centered",
) -> FloatArray:
    r"""How strongly each unit's coordinate ties log tau down, against what the posterior leaves open of it.

    It is the Fisher information on log tau, with mu and the unit's coordinate held, times the posterior variance of
    log tau:

    ============  ===============================================================================
    centered      :math:`2 \,\text{var}(\log\tau \mid y)`
    noncentered   :math:`E\{(\theta_j - \mu)^2 \mid y\} / \sigma_j^2 \;\text{var}(\log\tau \mid y)`
    ============  ===============================================================================

    Far below 1 in sum over the units, tau moves freely; far above 1 it moves only as far as the coordinates let it, and
    draws come slowly. The two forms are equal where :math:`\theta_j` differs from mu by :math:`\sqrt2\,\sigma_j`: the
    crossover is near tau = sigma, unit by unit.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        From :func:`hbcourse.exact.normal_hierarchy`, of one data set or of a batch.
    parameterization : "centered", "noncentered", or a list or array of J of these

    Returns
    -------
    (J,) or (B, J) array
        A pure number; infinite if noncentered where mu has no finite posterior sd.

    Notes
    -----
    Source: after Betancourt and Girolami 2015, and Papaspiliopoulos, Roberts and Sköld 2007, who compare the missing
    with the observed information.

    Examples
    --------
    >>> y, sigma = [28, 8, -3, 7, -1, 1, 18, 12], np.array([15, 10, 16, 11, 9, 11, 10, 18])
    >>> far, near = (exact.normal_hierarchy(y, s, exact.HalfCauchy(5), exact.Normal(0, 5)) for s in (sigma, sigma / 30))
    >>> [[float(dependence(p, form).sum().round(1)) for form in ("centered", "noncentered")] for p in (far, near)]
    [[21.9, 1.5], [1.2, 370.0]]
    """
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    centered = is_centered(parameterization, posterior.y.shape[-1])
    information = np.where(centered, 2.0, _squared_deviation(posterior) / posterior.sigma**2)
    return np.asarray(information * _variance_of_log(posterior.tau)[..., None])


def _variance_of_log(tau: exact.ScaleMarginal) -> FloatArray:
    """Posterior variance of log tau, (B): by quadrature in log tau, as the engine's nodes are sparse near tau = 0."""
    low, high = np.log(tau.quantile([1e-9, 1 - 1e-9]))
    shape = (-1,) + (1,) * low.ndim
    log_tau = (low + high) / 2 + (high - low) / 2 * _NODE.reshape(shape)
    weight = tau.pdf(np.exp(log_tau)) * np.exp(log_tau) * _WEIGHT.reshape(shape)
    weight /= weight.sum(0)
    return np.asarray((weight * (log_tau - (weight * log_tau).sum(0)) ** 2).sum(0))


def _squared_deviation(posterior: exact.NormalHierarchyPosterior) -> FloatArray:
    r"""Posterior mean of :math:`(\theta_j - \mu)^2`, of the shape of ``y``."""
    if np.isinf(posterior.mu.sd()).any():
        return np.full(posterior.y.shape, np.inf)
    sigma, mu = posterior.sigma[..., None], posterior.mu
    kappa = data_weight(posterior.tau.node[..., None, :], sigma)
    # Given mu and tau, theta - mu is normal with mean kappa (y - mu) and variance kappa sigma^2.
    gap = (posterior.y[..., None] - mu.component_mean[..., None, :]) ** 2 + mu.component_sd[..., None, :] ** 2
    return np.asarray(np.vecdot(kappa**2 * gap + kappa * sigma**2, posterior.tau.weight[..., None, :]))


def curvature(
    tau: ArrayLike,
    sigma: ArrayLike,
    mu_prior: exact.Flat | exact.Normal = exact.Flat(),
    parameterization: Parameterizations = "centered",
) -> Curvature:
    r"""Extreme curvatures of the log posterior in (units, mu) at each tau; the data do not matter.

    The negative Hessian is, with a row for each unit and one for mu, and :math:`s_j = 1 / \sigma_j^2`,

    .. math:: \begin{pmatrix} s_j + \tau^{-2} & -\tau^{-2} \\ -\tau^{-2} & J \tau^{-2} + s_0 \end{pmatrix}
              \quad\text{centered,}\qquad
              \begin{pmatrix} 1 + \tau^2 s_j & \tau s_j \\ \tau s_j & \sum_j s_j + s_0 \end{pmatrix}
              \quad\text{noncentered}

    with :math:`s_0` the prior precision of mu.

    Parameters
    ----------
    tau : (...) number or array
        Standard deviation between units.
    sigma : (J,) array
        Standard errors of the units' estimates.
    mu_prior : Flat or Normal
        Prior of the population mean.
    parameterization : "centered", "noncentered", or a list or array of J of these

    Notes
    -----
    A sampler has one step for the whole posterior, so that it must suit the largest curvature in the range of tau that
    it explores. The eigenvalues are roots of the secular equation of this bordered diagonal matrix. Source: Golub and
    Van Loan 2013, chapter 8.

    Examples
    --------
    >>> for form in ("centered", "noncentered"):
    ...     curvature(tau=[0.1, 1.0, 10.0], sigma=[1.0] * 8, parameterization=form).largest_step.round(2)
    array([0.07, 0.66, 1.99])
    array([0.71, 0.66, 0.19])
    """
    tau, sigma = validate.positive("tau", tau), validate.standard_errors(sigma)
    require.mean_prior("mu_prior", mu_prior)
    centered = is_centered(parameterization, len(sigma))
    s, t, s0 = sigma**-2, tau[..., None] ** 2, mu_prior.precision
    diagonal = np.where(centered, s + 1 / t, 1 + t * s)
    own = s0 + np.where(centered, 1 / t, s).sum(-1)
    trace = diagonal.sum(-1) + own
    # That of the inverse, from the posterior variances given tau.
    mu_variance = 1 / (s0 + (1 / (sigma**2 + t)).sum(-1))
    kappa = data_weight(tau[..., None], sigma)
    unit_variance = np.where(centered, kappa * sigma**2, 1 - kappa)
    pull = np.where(centered, 1 - kappa, np.sqrt(t) / (sigma**2 + t))
    inverse_trace = (unit_variance + pull**2 * mu_variance[..., None]).sum(-1) + mu_variance

    def secular(x: FloatArray) -> FloatArray:
        # Written so that nothing cancels at small x.
        at = x[..., None]
        of_unit = np.where(centered, (s - at) / (1 + t * (s - at)), s * (1 - at) / (1 - at + t * s))
        return np.asarray(s0 - x + of_unit.sum(-1))

    most = np.maximum(diagonal.max(-1), own)
    size = len(sigma) + 1
    smallest = _root(secular, 1 / inverse_trace, np.minimum(size / inverse_trace, np.minimum(diagonal.min(-1), own)))
    return Curvature(smallest, _root(secular, most, np.minimum(trace, size * most)))


def _root(decreasing: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray) -> FloatArray:
    """Where a function that falls from above zero crosses it, by halving the interval of the log."""
    with np.errstate(divide="ignore"):
        for _ in range(64):
            middle = np.sqrt(low) * np.sqrt(high)
            above = decreasing(middle) > 0
            low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(np.sqrt(low) * np.sqrt(high))
