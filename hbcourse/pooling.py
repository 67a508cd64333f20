"""No pooling, complete pooling and partial pooling: the estimates, their risks, and what their intervals cover."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from . import _validate as validate
from ._validate import FloatArray
from .estimates import Estimates


class Risks(NamedTuple):
    """Expected squared error per unit of the three estimators, in squared units of ``y``."""

    no_pooling: FloatArray
    complete_pooling: FloatArray
    partial_pooling: FloatArray


def data_weight(tau: ArrayLike, sigma: ArrayLike) -> FloatArray:
    r"""Weight of a unit's own data in its estimate, :math:`\kappa = \tau^2 / (\tau^2 + \sigma^2)`.

    Parameters
    ----------
    tau : number or array
        Standard deviation between units, from 0 to infinity.
    sigma : number or array
        Standard error of the unit's own estimate, in the units of ``tau``.

    Notes
    -----
    Source: Gelman et al. 2013, equation 5.17.

    Examples
    --------
    >>> data_weight(tau=5, sigma=[5, 10])
    array([0.5, 0.2])
    """
    tau, sigma = validate.together(tau=validate.nonnegative("tau", tau), sigma=validate.positive("sigma", sigma))
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(1 / (1 + (sigma / tau) ** 2))


def no_pooling(y: ArrayLike, sigma: ArrayLike) -> Estimates:
    r"""Each unit by itself: :math:`\hat\theta_j = y_j` with standard error :math:`\sigma_j`.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their standard errors, in the units of ``y``.

    Examples
    --------
    >>> no_pooling([4.0, 6.0], 1.0).theta
    array([4., 6.])
    """
    y, sigma = validate.estimates(y, sigma)
    return Estimates(theta=y, se=sigma, data_weight=np.ones_like(y), mu=float(y.mean()), tau=np.inf)


def complete_pooling(y: ArrayLike, sigma: ArrayLike) -> Estimates:
    r"""One estimate for all: :math:`\hat\mu = \sum_j y_j \sigma_j^{-2} / \sum_j \sigma_j^{-2}`.

    Its usual standard error, :math:`(\sum_j \sigma_j^{-2})^{-1/2}`, holds if the units do not differ.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their standard errors, in the units of ``y``.

    Examples
    --------
    >>> complete_pooling([4.0, 6.0], [1.0, 2.0]).theta
    array([4.4, 4.4])
    """
    y, sigma = validate.estimates(y, sigma)
    precision = sigma**-2
    mu = np.average(y, weights=precision)
    return Estimates(
        theta=np.full_like(y, mu),
        se=np.full_like(y, precision.sum() ** -0.5),
        data_weight=np.zeros_like(y),
        mu=float(mu),
        tau=0.0,
    )


def partial_pooling(y: ArrayLike, sigma: ArrayLike, tau: float) -> Estimates:
    r"""The compromise: :math:`\hat\theta_j = \kappa_j y_j + (1 - \kappa_j) \hat\mu`.

    With :math:`\kappa_j = \tau^2 / (\tau^2 + \sigma_j^2)` and :math:`\hat\mu` the mean of y with weights
    :math:`1 / (\sigma_j^2 + \tau^2)`, this is the posterior mean given tau under a flat prior on mu. Tau = 0
    gives complete pooling, tau = infinity no pooling.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their standard errors, in the units of ``y``.
    tau : number
        Standard deviation between units, from 0 to infinity, in the units of ``y``.

    Notes
    -----
    The standard error is the posterior sd given tau, :math:`\sqrt{\kappa_j \sigma_j^2 + (1 - \kappa_j)^2 V_\mu}` with
    :math:`V_\mu = (\sum_j (\sigma_j^2 + \tau^2)^{-1})^{-1}`. Source: Gelman et al. 2013, equations 5.17 and 5.20.

    Examples
    --------
    >>> partial_pooling([4.0, 6.0], 1.0, tau=1.0).theta
    array([4.5, 5.5])
    """
    y, sigma = validate.estimates(y, sigma)
    tau = validate.scalar("tau", validate.nonnegative("tau", tau))
    if tau > validate.LARGEST:
        return no_pooling(y, sigma)
    precision = 1 / (sigma**2 + tau**2)
    mu = np.average(y, weights=precision)
    kappa = data_weight(tau, sigma)
    return Estimates(
        theta=kappa * y + (1 - kappa) * mu,
        se=np.sqrt(kappa * sigma**2 + (1 - kappa) ** 2 / precision.sum()),
        data_weight=kappa,
        mu=float(mu),
        tau=tau,
    )


def risks(J: int, tau: ArrayLike, sigma: ArrayLike) -> Risks:
    r"""Expected squared error per unit of the three estimators in a normal population.

    Units are :math:`\theta_j \sim N(\mu, \tau^2)`, data :math:`y_j \sim N(\theta_j, \sigma^2)`.

    ======================================  ==================================================
    no pooling                              :math:`\sigma^2`
    complete pooling                        :math:`\tau^2 (1 - 1/J) + \sigma^2 / J`
    partial pooling, mu and tau known       :math:`\kappa \sigma^2`
    ======================================  ==================================================

    Parameters
    ----------
    J : int
        Number of units.
    tau : number or array
        Standard deviation between units.
    sigma : number or array
        Standard error of each unit's estimate, the same for all units.

    Notes
    -----
    The expectation is over units and data alike. Source: Efron and Morris 1973, section 1.

    Examples
    --------
    >>> risks(J=12, tau=[0.0, 3.0], sigma=3.0).complete_pooling
    array([0.75, 9.  ])
    """
    J = validate.count("J", J)
    tau, sigma = validate.together(
        tau=validate.finite("tau", validate.nonnegative("tau", tau)), sigma=validate.positive("sigma", sigma)
    )
    return Risks(
        no_pooling=sigma**2,
        complete_pooling=tau**2 * (1 - 1 / J) + sigma**2 / J,
        partial_pooling=data_weight(tau, sigma) * sigma**2,
    )


def complete_pooling_coverage(tau: float, sigma: ArrayLike, level: float = 0.95) -> float:
    r"""How often the usual interval of :func:`complete_pooling` holds mu, when the units differ by tau.

    The interval is as wide as if :math:`\text{var}\,\hat\mu` were :math:`V = (\sum_j \sigma_j^{-2})^{-1}`. With weights
    :math:`w_j = V \sigma_j^{-2}` the variance is :math:`V + \tau^2 \sum_j w_j^2`, so that the coverage is
    :math:`2 \Phi(z \sqrt{V / (V + \tau^2 \sum_j w_j^2)}) - 1`. With equal sigma it leaves out :math:`\tau^2 / J`.

    Parameters
    ----------
    tau : number
        Standard deviation between units.
    sigma : (J,) array
        Standard errors of the units' estimates.
    level : number
        What the interval claims to cover.

    Examples
    --------
    >>> round(complete_pooling_coverage(tau=1.0, sigma=[1.0] * 12), 3)
    0.834
    """
    sigma = validate.standard_errors(sigma)
    tau = validate.scalar("tau", validate.finite("tau", validate.nonnegative("tau", tau)))
    level = validate.scalar("level", validate.probability("level", level))
    claimed = 1 / (sigma**-2).sum()
    actual = claimed + tau**2 * ((claimed * sigma**-2) ** 2).sum()
    return float(2 * norm.cdf(norm.ppf((1 + level) / 2) * np.sqrt(claimed / actual)) - 1)
