"""The James-Stein estimator and its relatives: estimates, exact risks in total and unit by unit."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ..estimates import Estimates
from ..exact import ScalePrior, normal_hierarchy
from . import _noncentral as noncentral
from ._risks import SimulatedRisk, SquaredError, average_risk, fixed_weight_risk, regret, simulated_risk

__all__ = [
    "SimulatedRisk",
    "SquaredError",
    "Toward",
    "average_risk",
    "fixed_weight_risk",
    "hierarchy_risk",
    "james_stein",
    "limited_translation",
    "regret",
    "risk",
    "simulated_risk",
    "unit_risks",
]

#: What the estimates are drawn to: a number that was fixed before seeing the data, or the mean of the data.
Toward = float | Literal["mean"]

_MOST_UNITS = 1_000_000
_FARTHEST = 1e6
_MOST_ERRORS = 1e50


def james_stein(y: ArrayLike, sigma: ArrayLike, toward: Toward = 0.0, positive_part: bool = False) -> Estimates:
    r"""The James-Stein estimator: every unit is drawn to m by the same share of its distance.

    .. math:: \hat\theta_j = m + \left(1 - \frac{c}{S}\right)(y_j - m), \qquad
              S = \sum_j \frac{(y_j - m)^2}{\sigma_j^2}

    Toward a fixed point m the constant is :math:`c = J - 2`. Toward the mean, :math:`m = \sum_j y_j \sigma_j^{-2} /
    \sum_j \sigma_j^{-2}`, estimating m costs a dimension: :math:`c = J - 3`. Where c is not positive, nothing is
    shrunk. The positive part replaces a negative weight :math:`1 - c / S` by zero.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    toward : number or "mean"
        The point m, fixed before seeing the data, in the units of ``y``; or the mean.
    positive_part : bool
        Whether to bar negative weights.

    Notes
    -----
    Source: James and Stein 1961; toward the mean, Efron and Morris 1973. With unequal sigma this is James-Stein of
    the standardised :math:`y_j / \sigma_j`, one weight for all units, whose risk is known exactly
    (:func:`unit_risks`). It still dominates in error measured in standard errors, :math:`\sum_j (\hat\theta_j -
    \theta_j)^2 / \sigma_j^2`. In total squared error that is lost, except toward a fixed point with :math:`J - 2 \le
    2 (\sum_j \sigma_j^2 / \max_j \sigma_j^2 - 2)` (Bock 1975).

    ``se`` squared is the approximate posterior variance of Morris 1983: :math:`\kappa \sigma_j^2`, plus what estimating
    m and the weight :math:`\kappa` adds. ``tau`` is the sd between units that the weight implies: with unequal sigma,
    the root mean square of :math:`\sigma_j \sqrt{\kappa / (1 - \kappa)}`.

    Examples
    --------
    >>> james_stein([1.0, -2.0, 2.0, 4.0], 1.0).theta
    array([ 0.92, -1.84,  1.84,  3.68])
    >>> james_stein([1.0, -2.0, 2.0, 3.0], 1.0, toward="mean").data_weight.round(3)
    array([0.929, 0.929, 0.929, 0.929])
    """
    y, sigma = validate.estimates(y, sigma)
    positive_part = validate.flag("positive_part", positive_part)
    mu, leverage, c = _target(y, sigma, toward)
    with np.errstate(divide="ignore", over="ignore"):
        pull = c / np.square((y - mu) / sigma).sum() if c else 0.0
    # At S = 0 every weight gives the same estimate.
    pull = min(pull, 1.0) if positive_part or np.isinf(pull) else pull
    return _pulled(y, sigma, mu, np.full_like(y, pull), leverage, c)


def limited_translation(y: ArrayLike, sigma: ArrayLike, limit: float, toward: Toward = 0.0) -> Estimates:
    r"""Positive-part James-Stein that moves no unit by more than ``limit`` standard errors.

    .. math:: |\hat\theta_j - y_j| \le D \sigma_j

    At D = 0 nothing moves; at D = infinity it is :func:`james_stein` with ``positive_part=True``. A cap of one standard
    error keeps most of the gain in total, and keeps a unit unlike the others from paying for it.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    limit : number
        The cap D, in standard errors, from 0 to infinity.
    toward : number or "mean"
        What the estimates are drawn to, as in :func:`james_stein`.

    Notes
    -----
    ``se`` is that of :func:`james_stein` with each unit's own weight of its data, as if no cap had chosen it.

    Source: Efron and Morris 1972; the plain cap used here, Efron and Hastie 2016, section 7.4.

    Examples
    --------
    >>> limited_translation([0.0, 0.0, 0.5, 0.5, -1.0, 4.0], 1.0, limit=0.5).theta.round(3)
    array([ 0.   ,  0.   ,  0.386,  0.386, -0.771,  3.5  ])
    """
    y, sigma = validate.estimates(y, sigma)
    limit = validate.scalar("limit", validate.nonnegative("limit", limit))
    mu, leverage, c = _target(y, sigma, toward)
    whole = 1 - james_stein(y, sigma, toward, positive_part=True).data_weight
    with np.errstate(divide="ignore", over="ignore"):
        cap = limit / np.maximum(abs(y - mu) / sigma, 1 / validate.LARGEST)
    return _pulled(y, sigma, mu, np.minimum(whole, cap), leverage, c)


def risk(J: int, noncentrality: ArrayLike, toward: Toward = 0.0, positive_part: bool = False) -> FloatArray:
    r"""Exact total risk of :func:`james_stein` with equal sigma, in units of sigma squared; no pooling has J.

    Toward a fixed point, with :math:`\lambda = \sum_j (\theta_j - m)^2 / \sigma^2` and N ~ Poisson(lambda / 2),

    .. math:: R(J, \lambda) = J - (J - 2)^2 E\left[\frac{1}{J - 2 + 2N}\right]
              = 2 + (J - 2) \lambda E\left[\frac{1}{J + 2N}\right]

    for :math:`J \ge 3`; the risk is J for J = 1, 2. The second form loses no digits. Toward the mean it is :math:`1 +
    R(J - 1, \lambda)`, since the mean itself is not shrunk: there is no gain below four units.

    Parameters
    ----------
    J : int
        Number of units.
    noncentrality : array
        :math:`\lambda`, measured from the point or from the mean of theta.
    toward : number or "mean"
        What the estimates are drawn to; every fixed point has the same risk.
    positive_part : bool
        Whether negative weights are barred.

    Notes
    -----
    Source: James and Stein 1961; Efron and Morris 1973. The positive part's follows from Stein's unbiased estimate
    of risk (Stein 1981) and central chi-squared probabilities.

    Examples
    --------
    >>> risk(3, [0.0, 4.0, 1e8]).round(2)
    array([2.  , 2.68, 3.  ])
    >>> float(risk(3, 0.0, toward="mean")), float(risk(4, 0.0, toward="mean"))
    (3.0, 3.0)
    >>> float(risk(10, 0.0, positive_part=True).round(3))
    1.258
    """
    J, positive_part = _units(J), validate.flag("positive_part", positive_part)
    noncentrality = validate.finite("noncentrality", validate.nonnegative("noncentrality", noncentrality))
    unshrunk = int(_toward_mean(toward))
    m = J - unshrunk
    if m < 3:
        return np.full(noncentrality.shape, float(J))
    total = 2 + (m - 2) * noncentrality * noncentral.inverse_moment(m + 2, noncentrality)
    if positive_part:
        total = total - noncentral.positive_part_gain(m, noncentrality)
    return np.asarray(unshrunk + total)


def unit_risks(theta: ArrayLike, sigma: ArrayLike, toward: Toward = 0.0) -> SquaredError:
    r"""Exact bias and variance of the plain :func:`james_stein`, unit by unit, at given true means.

    In standard errors, with :math:`\eta_j` the true distance from the target, :math:`q_j` the variance of the
    observed one (1 toward a fixed point), c as in :func:`james_stein`, and :math:`\chi^2_m` noncentral with
    :math:`m = c + 2` dimensions and :math:`\lambda = \sum_j \eta_j^2`,

    .. math:: \text{bias}_j = -c\, \eta_j E[\chi_{m+2}^{-2}], \qquad
              \text{risk}_j = 1 - 2 c\, q_j E[\chi_m^{-2}]
              + (c^2 + 4c) (q_j E[\chi_{m+2}^{-4}] + \eta_j^2 E[\chi_{m+4}^{-4}])

    Parameters
    ----------
    theta : (J,) array
        The true unit means.
    sigma : (J,) array or number
        Standard errors of their estimates, in the units of ``theta``; they may differ.
    toward : number or "mean"
        What the estimates are drawn to.

    Notes
    -----
    Source: Stein 1981 for the identity; Judge and Bock 1978 for moments of this form.

    Examples
    --------
    >>> error = unit_risks([0.0] * 9 + [6.0], 1.0, toward="mean")
    >>> error.total[[0, -1]].round(2), float(error.total.sum().round(2))
    (array([0.73, 2.12]), 8.7)
    """
    theta, sigma = validate.estimates(theta, sigma, "theta")
    mu, leverage, c = _target(theta, sigma, toward)
    if not c:
        return SquaredError(np.zeros_like(theta), sigma**2)
    eta, q = (theta - mu) / sigma, 1 - leverage
    if abs(eta).max() > _MOST_ERRORS:
        raise ValueError(
            f"theta must lie within {_MOST_ERRORS:g} standard errors of its target; got {float(abs(eta).max()):g}"
        )
    distance = np.asarray(np.square(eta).sum())
    inverse, inverse_2, square_2, square_4 = (
        noncentral.inverse_moment(c + 2 + more, distance, power) for more, power in ((0, 1), (2, 1), (2, 2), (4, 2))
    )
    bias = -c * eta * inverse_2
    total = 1 - 2 * c * q * inverse + (c**2 + 4 * c) * (q * square_2 + eta**2 * square_4)
    return SquaredError(sigma * bias, sigma**2 * (total - bias**2))


def hierarchy_risk(J: int, noncentrality: ArrayLike, tau_prior: ScalePrior) -> FloatArray:
    r"""Frequentist risk of the posterior mean of :func:`hbcourse.exact.normal_hierarchy`, flat mu, sigma = 1.

    With equal sigma the posterior mean draws every unit to the mean by a share B that depends only on the spread
    :math:`S = \sum_j (y_j - \bar y)^2`. Its risk is therefore one integral over S, at every theta with
    :math:`\lambda = \sum_j (\theta_j - \bar\theta)^2`. No pooling has J.

    Parameters
    ----------
    J : int
        Number of units, two or more.
    noncentrality : array
        :math:`\lambda`, at most a million.
    tau_prior : a prior of a positive quantity
        Prior of the sd between units, in units of sigma.

    Notes
    -----
    Source: the decomposition is that of Stein 1981; conditions under which such a mean dominates are in Strawderman
    1971. Far out the share is about a / S, with a = J under a half-Cauchy prior and a = J - 2 under a flat one, and
    there the risk is below J only if a is below 2 (J - 3): from seven units on, and from five.

    Examples
    --------
    >>> from hbcourse import exact
    >>> hierarchy_risk(4, [0.0, 30.0], exact.HalfCauchy(1)).round(2)
    array([1.42, 4.37])
    """
    J = _units(J)
    if J < 2:
        raise ValueError(f"J must be 2 or more, or the spread has no dimension; got {J}")
    noncentrality = validate.finite("noncentrality", validate.nonnegative("noncentrality", noncentrality))
    if noncentrality.max(initial=0) > _FARTHEST:
        raise ValueError(f"noncentrality must be at most {_FARTHEST:g}; got {float(noncentrality.max()):g}")
    contrast = np.r_[1, -1, np.zeros(J - 2)] / np.sqrt(2)

    def pull(S: FloatArray) -> FloatArray:
        tau = normal_hierarchy(np.sqrt(S)[:, None] * contrast, 1.0, tau_prior).tau
        return np.asarray(np.vecdot(1 / (1 + tau.node**2), tau.weight))

    return 1 + noncentral.spherical_risk(J - 1, noncentrality, pull)


def _units(J: int) -> int:
    return validate.count("J", J, _MOST_UNITS)


def _toward_mean(toward: Toward) -> bool:
    if isinstance(toward, str):
        if toward != "mean":
            raise ValueError(f"toward must be a number or 'mean'; got {validate.shown(toward)}")
        return True
    validate.scalar("toward", validate.finite("toward", toward))
    return False


def _target(values: FloatArray, sigma: FloatArray, toward: Toward) -> tuple[float, FloatArray, int]:
    """The point to shrink to, each unit's share in estimating it, and the constant c."""
    if _toward_mean(toward):
        share = sigma**-2.0 / (sigma**-2.0).sum()
        # Measured from one of them, so that equal values have no deviations at all.
        return float(values[0] + share @ (values - values[0])), share, max(len(values) - 3, 0)
    return float(toward), np.zeros_like(values), max(len(values) - 2, 0)


def _pulled(y: FloatArray, sigma: FloatArray, mu: float, pull: FloatArray, leverage: FloatArray, c: int) -> Estimates:
    """Estimates that are drawn to mu by a share of their distance, at most all of it for se and tau."""
    share = np.minimum(pull, 1)
    with np.errstate(divide="ignore", over="ignore"):
        tau = np.sqrt(np.mean(sigma**2 * (1 / share - 1)))
        se = np.hypot(sigma * np.sqrt(1 - share * (1 - leverage)), np.sqrt(2 / max(c, 1)) * share * abs(y - mu))
    return Estimates(theta=y - pull * (y - mu), se=se, data_weight=1 - pull, mu=mu, tau=float(tau))
