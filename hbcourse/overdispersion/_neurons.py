"""Simulated spike counts: of one neuron more or less regular than Poisson, and of many with rates of their own."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import gammainc

from .. import _validate as validate
from .._validate import FloatArray
from ._count_models import IntArray, NegativeBinomial, Poisson, draw_poisson

#: The most regular intervals between spikes: a Gamma distribution of this shape.
_MOST_REGULAR = 1e7


def simulate_neuron(mean: float, fano: float, trials: int, rng: np.random.Generator) -> IntArray:
    r"""Spike counts of a neuron with a given mean and Fano factor F, (trials,).

    ======  ================================================================================================
    F < 1   regular firing: intervals between spikes are Gamma, their shape chosen for F; the window starts anywhere
    F = 1   Poisson
    F > 1   Poisson with a rate that is Gamma from trial to trial, of shape :math:`m / (F - 1)`
    ======  ================================================================================================

    Parameters
    ----------
    mean : number
        Expected count m; up to 10,000 if F < 1.
    fano : number
        Variance over mean of the counts.
    trials : int
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If the Fano factor is smaller than whole numbers with this mean can have.

    Notes
    -----
    Regular firing is a Gamma renewal process in equilibrium. Source: Cox 1962.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = simulate_neuron(mean=4.12, fano=0.1, trials=469, rng=rng)
    >>> x.mean().round(1), (x.var() / x.mean()).round(1)
    (np.float64(4.1), np.float64(0.1))
    """
    mean = validate.scalar("mean", validate.positive("mean", mean))
    fano = validate.scalar("fano", validate.positive("fano", fano))
    trials, rng = validate.whole("trials", trials, 1, 10**9), validate.generator(rng)
    if fano > 1:
        return NegativeBinomial(mean, mean / (fano - 1)).sample(trials, rng)
    if fano == 1:
        return Poisson(mean).sample(trials, rng)
    validate.between("mean of a regular neuron", mean, 0, 1e4)
    # Counts farther than ten standard deviations from the mean do not happen.
    reach = 10 * np.sqrt(fano * mean) + 10
    count = np.arange(max(np.floor(mean - reach), 0), np.ceil(mean + reach) + 1)

    def fano_of(shape: float) -> float:
        return float((count - mean) ** 2 @ _renewal_pmf(count, mean, shape) / mean)

    least = fano_of(_MOST_REGULAR)
    if fano < least:
        raise ValueError(f"fano must be at least {least:.6g}, or whole numbers cannot have this mean; got {fano}")
    shape = np.exp(brentq(lambda log_shape: fano_of(np.exp(log_shape)) - fano, 0, np.log(_MOST_REGULAR)))
    pmf = np.maximum(_renewal_pmf(count, mean, shape), 0)
    return rng.choice(count.astype(np.int64), trials, p=pmf / pmf.sum())


def _renewal_pmf(count: FloatArray, mean: float, shape: float) -> FloatArray:
    """Probability of each count in a unit of time, for Gamma intervals of mean 1/mean that are in equilibrium."""
    # P(N >= n) is the integral of mean (G[n - 1] - G[n]) over the window, G[n] the cdf of the sum of n intervals.
    n = np.r_[count, count[-1] + 1, count[-1] + 2] - 1
    rate = shape * mean
    total = np.maximum(n, 0) * shape
    area = np.where(n > 0, gammainc(np.maximum(total, shape), rate) - total / rate * gammainc(total + 1, rate), 1.0)
    at_least = np.where(n[1:] > 0, mean * (area[:-1] - area[1:]), 1.0)
    return np.asarray(at_least[:-1] - at_least[1:])


class UnitCounts(NamedTuple):
    """Rates of the units, (J,); their rates in each trial, (J, trials); the counts, (J, trials)."""

    unit_rate: FloatArray
    trial_rate: FloatArray
    x: IntArray


def simulate_units(
    units: int, trials: int, mean: float, unit_cv: float, trial_cv: float, rng: np.random.Generator
) -> UnitCounts:
    r"""Counts of many units over many trials, their rates different from unit to unit and from trial to trial.

    .. math:: x_{jt} \sim \text{Poisson}(m\, g_j\, h_{jt})

    The gains g and h are Gamma with mean 1 and coefficients of variation ``unit_cv`` and ``trial_cv``.

    Parameters
    ----------
    units, trials : int
        Number of units, and of trials of each.
    mean : number
        Expected count m, up to 1e9.
    unit_cv, trial_cv : numbers
        Standard deviation of the gains, from 0 to 10.
    rng : numpy.random.Generator

    Notes
    -----
    A unit's own counts have the Fano factor :math:`1 + m g_j c^2`, c being ``trial_cv``: what differs between units
    does not enter. Source: Goris et al. 2014 for the gain of a trial.

    Examples
    --------
    >>> layers = simulate_units(units=5, trials=8, mean=10, unit_cv=0.5, trial_cv=0.2, rng=np.random.default_rng(1))
    >>> layers.unit_rate.shape, layers.x.shape
    ((5,), (5, 8))
    """
    units, trials = validate.whole("units", units, 1, 10**9), validate.whole("trials", trials, 1, 10**9)
    mean = validate.between("mean", validate.positive("mean", mean), 0, 1e9)
    unit_cv, trial_cv = validate.between("unit_cv", unit_cv, 0, 10), validate.between("trial_cv", trial_cv, 0, 10)
    rng = validate.generator(rng)
    unit_rate = mean * _gains(unit_cv, (units,), rng)
    trial_rate = unit_rate[:, None] * _gains(trial_cv, (units, trials), rng)
    return UnitCounts(unit_rate, trial_rate, x=draw_poisson(trial_rate, rng))


def _gains(cv: float, size: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    variance = cv**2
    return rng.gamma(1 / variance, variance, size) if cv > 1e-8 else np.ones(size)


class RateVariances(NamedTuple):
    """Where the variance of a count comes from: squared counts, and the mean count.

    The three variances add up to that of a count of any unit in any trial. ``counting`` is Poisson's, which equals the
    mean.
    """

    mean: float
    counting: float
    between_trials: float
    between_units: float

    @property
    def trial_cv(self) -> float:
        """Coefficient of variation of the rate from trial to trial; 0 if its variance came out negative."""
        return float(np.sqrt(max(self.between_trials, 0) / (self.mean**2 + max(self.between_units, 0))))

    @property
    def unit_cv(self) -> float:
        """Coefficient of variation of the rate from unit to unit; 0 if its variance came out negative."""
        return float(np.sqrt(max(self.between_units, 0)) / self.mean)


def rate_variances(x: ArrayLike) -> RateVariances:
    r"""Variance of the rate between trials and between units, by moments.

    With :math:`\bar x_j` and :math:`s_j^2` the mean and variance of unit j over n trials,

    .. math:: \hat V_\text{trials} = \overline{s_j^2} - \overline{\bar x_j}, \qquad
              \hat V_\text{units} = \text{var}(\bar x_j) - \overline{s_j^2} / n

    Parameters
    ----------
    x : (J, trials) array
        Counts, two or more units and trials.

    Notes
    -----
    Both are unbiased, and so may be negative. The first is the mean of the units' own variances of rate: with the gains
    of :func:`simulate_units` it is :math:`E(\theta_j^2) c^2`.

    Examples
    --------
    >>> round(rate_variances([[2, 4, 9], [11, 10, 20], [0, 2, 4]]).between_trials, 2)
    8.89
    """
    x = validate.counts("x", x)
    if x.ndim != 2 or min(x.shape) < 2:
        raise ValueError(f"x must have two or more units as rows and trials as columns; got shape {x.shape}")
    if not x.any():
        raise ValueError("x must have an event in some trial; got only zeros")
    mean, within = float(x.mean()), float(x.var(1, ddof=1).mean())
    return RateVariances(
        mean=mean,
        counting=mean,
        between_trials=within - mean,
        between_units=float(x.mean(1).var(ddof=1) - within / x.shape[1]),
    )
