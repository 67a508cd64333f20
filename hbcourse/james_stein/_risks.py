"""Risks of estimators in general: simulated, split into bias and variance, averaged over a population."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ..pooling import data_weight


class SquaredError(NamedTuple):
    """Expected squared error of estimates, in its two parts.

    ``bias`` is the expected estimate minus the true value, in the units of ``y``; ``variance`` is in their square.

    Examples
    --------
    >>> SquaredError(bias=np.array([1.0]), variance=np.array([2.0])).total
    array([3.])
    """

    bias: FloatArray
    variance: FloatArray

    @property
    def total(self) -> FloatArray:
        """Bias squared plus variance."""
        return np.asarray(self.bias**2 + self.variance)


class SimulatedRisk(NamedTuple):
    """Mean squared errors over repeated data sets, with their Monte Carlo standard errors, in squared units of ``y``.

    ``unit`` and ``unit_se`` are those of each unit, (J,); ``total`` and ``total_se`` those of the sum over units.
    """

    unit: FloatArray
    unit_se: FloatArray
    total: float
    total_se: float


def simulated_risk(
    estimator: Callable[[FloatArray, FloatArray], ArrayLike],
    theta: ArrayLike,
    sigma: ArrayLike,
    repeats: int,
    rng: np.random.Generator,
) -> SimulatedRisk:
    r"""Risk of any estimator at given true means, by simulation: :math:`y \sim N(\theta, \sigma^2)`, again and again.

    Parameters
    ----------
    estimator : callable
        Maps ``y`` (J,) and ``sigma`` (J,) to estimates (J,).
    theta : (J,) array
        The true unit means.
    sigma : (J,) array or number
        Standard errors of the data, in the units of ``theta``.
    repeats : int
        Data sets to simulate, two or more.
    rng : numpy.random.Generator
        Where chance comes from.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> halved = simulated_risk(lambda y, sigma: y / 2, [0.0, 0.0, 4.0], 1.0, 2000, rng)
    >>> halved.unit.round(1), round(halved.total, 1)
    (array([0.2, 0.2, 4.3]), 4.8)
    """
    validate.function("estimator", estimator)
    theta, sigma = validate.estimates(theta, sigma, "theta")
    repeats, rng = validate.count("repeats", repeats), validate.generator(rng)
    if repeats < 2:
        raise ValueError(f"repeats must be 2 or more, for a standard error; got {repeats}")
    loss = np.empty((repeats, len(theta)))
    for row in loss:
        guess = validate.finite("the estimate", estimator(rng.normal(theta, sigma), sigma))
        if guess.shape != theta.shape:
            raise ValueError(f"estimator must return one number for each unit, {theta.shape}; got shape {guess.shape}")
        row[:] = (guess - theta) ** 2
    total = loss.sum(1)
    root = np.sqrt(repeats)
    return SimulatedRisk(
        unit=loss.mean(0),
        unit_se=loss.std(0, ddof=1) / root,
        total=float(total.mean()),
        total_se=float(total.std(ddof=1) / root),
    )


def fixed_weight_risk(data_weight: ArrayLike, sigma: ArrayLike, deviation: ArrayLike) -> SquaredError:
    r"""Bias and variance of :math:`\hat\theta = \mu + k (y - \mu)` with a fixed weight k.

    .. math:: \text{bias} = -(1 - k)(\theta - \mu), \qquad \text{variance} = k^2 \sigma^2

    Parameters
    ----------
    data_weight : array
        The weight k of the unit's own data.
    sigma : array
        Standard error of the data.
    deviation : array
        The unit's true distance from the target, :math:`\theta - \mu`, in the units of ``sigma``.

    Examples
    --------
    >>> error = fixed_weight_risk(0.5, sigma=1.0, deviation=[0.0, 1.0, 3.0])
    >>> error.total
    array([0.25, 0.5 , 2.5 ])
    """
    weight = validate.finite("data_weight", data_weight)
    sigma, deviation = validate.positive("sigma", sigma), validate.finite("deviation", deviation)
    weight, sigma, deviation = validate.together(data_weight=weight, sigma=sigma, deviation=deviation)
    return SquaredError(bias=np.asarray((weight - 1) * deviation), variance=np.asarray(weight**2 * sigma**2))


def average_risk(data_weight: ArrayLike, tau: ArrayLike, sigma: ArrayLike) -> FloatArray:
    r"""Risk of a fixed weight k over a population: :math:`r(k) = k^2 \sigma^2 + (1 - k)^2 \tau^2`.

    It is least at :math:`k = \tau^2 / (\tau^2 + \sigma^2)`, among all estimators if the population is normal.

    Parameters
    ----------
    data_weight : array
        The weight k of the unit's own data.
    tau : array
        Standard deviation between units, in the units of ``sigma``.
    sigma : array
        Standard error of the data.

    Notes
    -----
    Source: Efron and Morris 1973, section 1.

    Examples
    --------
    >>> average_risk([0.0, 0.5, 1.0], tau=1.0, sigma=1.0)
    array([1. , 0.5, 1. ])
    """
    tau = validate.finite("tau", validate.nonnegative("tau", tau))
    # A unit tau away from mu has the risk of the average one.
    return fixed_weight_risk(data_weight, sigma, tau).total


def regret(tau: ArrayLike, sigma: ArrayLike, factor: ArrayLike) -> FloatArray:
    r"""What it costs to take tau for ``factor`` times as large: :math:`r(k') - r(k) = (k' - k)^2 (\sigma^2 + \tau^2)`.

    Parameters
    ----------
    tau : array
        The true standard deviation between units.
    sigma : array
        Standard error of the data, in the units of ``tau``.
    factor : array
        What tau is multiplied by; zero means complete pooling.

    Examples
    --------
    >>> regret(tau=1.0, sigma=1.0, factor=[0.5, 1.0, 2.0])
    array([0.18, 0.  , 0.18])
    """
    tau = validate.finite("tau", validate.nonnegative("tau", tau))
    sigma = validate.positive("sigma", sigma)
    factor = validate.finite("factor", validate.nonnegative("factor", factor))
    tau, sigma, factor = validate.together(tau=tau, sigma=sigma, factor=factor)
    wrong, right = data_weight(factor * tau, sigma), data_weight(tau, sigma)
    return np.asarray((wrong - right) ** 2 * (sigma**2 + tau**2))
