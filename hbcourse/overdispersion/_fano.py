"""The Fano factor, its intervals, and what it does to intervals that take counts as Poisson."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .. import _validate as validate
from .._validate import FloatArray
from ._count_models import observed


def fano_factor(x: ArrayLike) -> float:
    r"""Variance over mean of counts, :math:`s^2 / \bar x`: 1 for Poisson counts.

    Parameters
    ----------
    x : (n,) array
        Counts of two or more trials, not all zero.

    Notes
    -----
    The variance has the divisor n - 1. Source: Fano 1947.

    Examples
    --------
    >>> fano_factor([4, 4, 5, 4, 3])
    0.125
    """
    x = observed(x)
    return float(x.var(ddof=1) / x.mean())


def fano_interval(x: ArrayLike, level: float = 0.95) -> FloatArray:
    r"""Interval for the Fano factor by the delta method on its logarithm, (2,).

    It needs no simulation, and is accurate for many trials.

    With the central moments :math:`m_2, m_3, m_4` and the mean m,

    .. math:: \text{var} \log F \approx \frac1n \left(\frac{m_4 - m_2^2}{m_2^2} - \frac{2 m_3}{m_2 m}
              + \frac{m_2}{m^2}\right)

    which is 2/n for Poisson counts.

    Parameters
    ----------
    x : (n,) array
        Counts of two or more trials, not all zero.
    level : number
        Share of such intervals that hold the true Fano factor, approximately.

    Notes
    -----
    Claiming 95%, it covers about 94% with 200 trials, but only about 88% with 20. Counts that are all equal have the
    interval from 0 to 0.

    Examples
    --------
    >>> fano_interval([0, 1, 9, 2, 14, 0, 4, 3, 3, 7]).round(2)
    array([2.51, 8.64])
    """
    x = observed(x)
    z = stats.norm.ppf((1 + validate.scalar("level", validate.probability("level", level))) / 2)
    deviation, mean = x - x.mean(), x.mean()
    m2, m3, m4 = ((deviation**power).mean() for power in (2, 3, 4))
    if not m2:
        return np.zeros(2)
    variance = ((m4 - m2**2) / m2**2 - 2 * m3 / m2 / mean + m2 / mean**2) / len(x)
    half = z * np.sqrt(max(variance, 0))
    return np.asarray(fano_factor(x) * np.exp([-half, half]))


def fano_bootstrap(x: ArrayLike, rng: np.random.Generator, level: float = 0.95, resamples: int = 4000) -> FloatArray:
    """Interval for the Fano factor, (2,), from its quantiles over trials that are drawn again with replacement.

    Parameters
    ----------
    x : (n,) array
        Counts of two or more trials, not all zero.
    rng : numpy.random.Generator
    level : number
        Share of such intervals that hold the true Fano factor, approximately.
    resamples : int
        Number of times that the trials are drawn again.

    Notes
    -----
    The percentile method, which needs as many trials as :func:`fano_interval` for its level. Resamples without a single
    event have no Fano factor and are left out. Source: Efron and Tibshirani 1993, chapter 13.

    Examples
    --------
    >>> from hbcourse.overdispersion import simulate_neuron
    >>> x = simulate_neuron(mean=4.12, fano=0.1, trials=469, rng=np.random.default_rng(1))
    >>> fano_bootstrap(x, np.random.default_rng(2)).round(2)
    array([0.08, 0.11])
    """
    x, rng = observed(x), validate.generator(rng)
    level = validate.scalar("level", validate.probability("level", level))
    value, trials = np.unique(x, return_counts=True)
    # How often each value comes up is all that matters.
    drawn = rng.multinomial(len(x), trials / len(x), validate.whole("resamples", resamples, 1, 10**7)) / len(x)
    mean = drawn @ value
    variance = (drawn * (value - mean[:, None]) ** 2).sum(1) * len(x) / (len(x) - 1)
    fano = variance[mean > 0] / mean[mean > 0]
    return np.asarray(np.quantile(fano, [(1 - level) / 2, (1 + level) / 2]))


def poisson_interval(x: ArrayLike, level: float = 0.95) -> FloatArray:
    r"""Interval for the expected count that takes the counts as Poisson, :math:`\bar x \pm z \sqrt{\bar x / n}`.

    Parameters
    ----------
    x : (n,) or (repeats, n) array
        Counts of n trials.
    level : number
        What the interval claims to cover.

    Returns
    -------
    (2,) or (2, repeats) array
        The lower ends, then the upper ones.

    Examples
    --------
    >>> poisson_interval([3, 5, 4, 8]).round(2)
    array([2.81, 7.19])
    """
    x = validate.counts("x", x)
    if x.ndim not in (1, 2) or not x.size:
        raise ValueError(f"x must be a list of one or more counts, or rows of them; got shape {x.shape}")
    z = stats.norm.ppf((1 + validate.scalar("level", validate.probability("level", level))) / 2)
    mean = x.mean(-1)
    half = z * np.sqrt(mean / x.shape[-1])
    return np.stack([mean - half, mean + half])


def poisson_coverage(fano: ArrayLike, level: float = 0.95) -> FloatArray:
    r"""How often :func:`poisson_interval` holds the expected count of counts with Fano factor F.

    It is :math:`2 \Phi(z / \sqrt F) - 1`, for many trials.

    Parameters
    ----------
    fano : number or array
        Variance over mean of the counts.
    level : number
        What the interval claims to cover.

    Examples
    --------
    >>> poisson_coverage([0.1, 1.0, 2.0, 4.0]).round(3)
    array([1.   , 0.95 , 0.834, 0.673])
    """
    fano = validate.positive("fano", fano)
    z = stats.norm.ppf((1 + validate.scalar("level", validate.probability("level", level))) / 2)
    return np.asarray(2 * stats.norm.cdf(z / np.sqrt(fano)) - 1)
