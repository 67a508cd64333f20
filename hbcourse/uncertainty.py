"""What the uncertainty of a prediction is made of, and which part more data remove."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from . import _validate as validate
from . import exact, pooling
from ._validate import FloatArray
from .estimates import Estimates


class Parts(NamedTuple):
    """Parts of the variance of a prediction, in squared units of ``y``.

    Attributes
    ----------
    measurement : array
        From observations that differ within a group.
    group : array
        From the group's mean, if the hyperparameters were known.
    hyperparameters : array
        From not knowing the hyperparameters.

    Examples
    --------
    >>> Parts(np.array(4.0), np.array(2.0), np.array(0.5)).total
    np.float64(6.5)
    """

    measurement: FloatArray
    group: FloatArray
    hyperparameters: FloatArray

    @property
    def total(self) -> FloatArray:
        """Variance of the prediction: the sum of the parts."""
        return self.measurement + self.group + self.hyperparameters


class BalancedParts(NamedTuple):
    """The parts for a group that is among the data and for one that is not, see :func:`balanced_parts`."""

    observed: Parts
    new: Parts


def new_group_parts(posterior: exact.NormalHierarchyPosterior, sigma: ArrayLike = 0.0) -> Parts:
    r"""Parts of the variance of :math:`\tilde y \sim N(\tilde\theta, \sigma^2)` in a group that no data come from.

    .. math:: \text{var}(\tilde y \mid y) = \sigma^2 + E(\tau^2 \mid y) + \text{var}(\mu \mid y)

    The group must be exchangeable with those in the data.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        From :func:`hbcourse.exact.normal_hierarchy`.
    sigma : number or array
        Standard error of what is predicted about its group's mean; 0 predicts the mean itself.

    Returns
    -------
    Parts
        Infinite where the posterior has no variance, as with few units and a flat prior of tau.

    Notes
    -----
    Source: the law of total variance, given (mu, tau).

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])
    >>> [float(part.round(1)) for part in new_group_parts(posterior, sigma=10)]
    [100.0, 75.2, 26.8]
    """
    posterior, sigma = _normal_hierarchy(posterior), _standard_error(sigma)
    return Parts(
        measurement=sigma**2,
        group=posterior.tau.mean() ** 2 + posterior.tau.sd() ** 2,
        hyperparameters=posterior.mu.sd() ** 2,
    )


def observed_group_parts(posterior: exact.NormalHierarchyPosterior, sigma: ArrayLike = 0.0) -> Parts:
    r"""Parts of the variance of :math:`\tilde y_j \sim N(\theta_j, \sigma^2)` in each group of the data.

    .. math:: \text{var}(\tilde y_j \mid y) = \sigma^2 + E\{\text{var}(\theta_j \mid \mu, \tau, y)\}
              + \text{var}\{E(\theta_j \mid \mu, \tau, y)\}
              = \sigma^2 + E(\kappa_j \sigma_j^2) + \text{var}\{\kappa_j y_j + (1 - \kappa_j) \mu\}

    all given y. The group's own mean is learnable: more data from the group remove its part.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        From :func:`hbcourse.exact.normal_hierarchy`.
    sigma : number or (J,) array
        Standard error of what is predicted about its group's mean; 0 predicts the mean itself.

    Returns
    -------
    Parts
        Each (J,), or a number where it is the same for all.

    Notes
    -----
    Source: the law of total variance, given (mu, tau).

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])
    >>> parts = observed_group_parts(posterior)
    >>> parts.group[:2].round(1), parts.hyperparameters[:2].round(1)
    (array([39.4, 27.7]), array([30.2, 11.6]))
    """
    posterior, sigma = _normal_hierarchy(posterior), _standard_error(sigma)
    units = posterior.y.shape
    if sigma.shape not in ((), units):
        raise ValueError(f"sigma must be one number or have one entry for each group, {units}; got {sigma.shape}")
    tau, weight = posterior.tau.node[..., None, :], posterior.tau.weight[..., None, :]
    kappa = pooling.data_weight(tau, posterior.sigma[..., None])
    # Given tau alone, mu still varies; then the conditional mean varies with tau.
    from_mu = ((1 - kappa) * posterior.mu.component_sd[..., None, :]) ** 2
    from_tau = (posterior.theta.component_mean - posterior.theta.mean()[..., None]) ** 2
    return Parts(
        measurement=sigma**2,
        group=np.vecdot(kappa * posterior.sigma[..., None] ** 2, weight),
        hyperparameters=np.vecdot(from_mu + from_tau, weight),
    )


def balanced_parts(J: ArrayLike, n: ArrayLike, tau: ArrayLike, sigma: ArrayLike, m: ArrayLike = 1) -> BalancedParts:
    r"""The parts when J groups have n observations each, and tau and sigma are known: what dies as n or J grows.

    With :math:`v = \sigma^2 / n`, a flat prior of mu and the mean of m further observations to predict:

    ===============  ====================================  =========================
    part             a group of the data                   a new group
    ===============  ====================================  =========================
    measurement      :math:`\sigma^2 / m`                  :math:`\sigma^2 / m`
    group            :math:`v \tau^2 / (v + \tau^2)`       :math:`\tau^2`
    hyperparameters  :math:`v^2 / (v + \tau^2) / J`        :math:`(v + \tau^2) / J`
    ===============  ====================================  =========================

    Parameters
    ----------
    J, n, m : numbers or arrays
        Groups, observations in each, further observations in one; from 1 to infinity.
    tau : number or array
        Standard deviation between groups.
    sigma : number or array
        Standard deviation of one observation within its group.

    Notes
    -----
    Source: the law of total variance, with equations 5.17 and 5.20 of Gelman et al. 2013.

    Examples
    --------
    With endless data from each of eight groups, a new group is still uncertain; with endless groups, less so:

    >>> balanced_parts(J=[8, 8, np.inf], n=[4, np.inf, np.inf], tau=2, sigma=6, m=np.inf).new.total
    array([5.625, 4.5  , 4.   ])
    """
    J, n, m, tau, sigma = validate.together(
        J=validate.at_least_one("J", J),
        n=validate.at_least_one("n", n),
        m=validate.at_least_one("m", m),
        tau=validate.finite("tau", validate.nonnegative("tau", tau)),
        sigma=validate.positive("sigma", sigma),
    )
    v, measurement = sigma**2 / n, sigma**2 / m
    spread = v + tau**2
    # Endless data on groups that do not differ: nothing is left to share out.
    to_mean = np.divide(v, spread, out=np.zeros(v.shape), where=spread > 0)
    return BalancedParts(
        observed=Parts(measurement, to_mean * tau**2, to_mean * v / J),
        new=Parts(measurement, tau**2, spread / J),
    )


def plug_in_interval(estimates: Estimates, level: float = 0.95) -> FloatArray:
    r"""Interval for a new group's mean as if mu and tau were known, :math:`\hat\mu \pm z \hat\tau`, (2,).

    It has no width where :math:`\hat\tau = 0`. The posterior predictive, ``predict_new()`` of a posterior, has the
    variance :math:`E(\tau^2) + \text{var}(\mu)` instead and heavier tails.

    Parameters
    ----------
    estimates : Estimates
        Such as :func:`hbcourse.shrinkage.empirical_bayes` returns.
    level : number
        What the interval claims to cover.

    Examples
    --------
    >>> schools = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    >>> plug_in_interval(pooling.partial_pooling(*schools, tau=5)).round(1)
    array([-1.9, 17.7])
    >>> exact.normal_hierarchy(*schools).predict_new().quantile([0.025, 0.975]).round(1)
    array([-12.4,  28.9])
    """
    if not isinstance(estimates, Estimates) or not np.isfinite(estimates.tau):
        raise ValueError(f"estimates must be Estimates with a finite tau; got {validate.shown(estimates)}")
    level = validate.scalar("level", validate.probability("level", level))
    return np.asarray(estimates.mu + np.array([-1, 1]) * norm.ppf((1 + level) / 2) * estimates.tau)


def _normal_hierarchy(posterior: exact.NormalHierarchyPosterior) -> exact.NormalHierarchyPosterior:
    if not isinstance(posterior, exact.NormalHierarchyPosterior):
        raise ValueError(f"posterior must come from exact.normal_hierarchy; got {validate.shown(posterior)}")
    return posterior


def _standard_error(sigma: ArrayLike) -> FloatArray:
    return validate.finite("sigma", validate.nonnegative("sigma", sigma))
