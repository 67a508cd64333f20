"""Counts that vary more, or less, than Poisson: measuring it, what it does to intervals, and models that allow it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .. import _validate as validate
from .._validate import FloatArray
from ._count_models import (
    CountModel,
    NegativeBinomial,
    Poisson,
    ZeroInflatedPoisson,
    log_ratio_to_poisson,
    observed,
)
from ._fano import Interval, fano_bootstrap, fano_factor, fano_interval, poisson_coverage, poisson_interval
from ._lognormal_poisson import LogNormalPoisson
from ._neurons import UnitCounts, VarianceComponents, simulate_neuron, simulate_units, variance_components

__all__ = [
    "CountModel",
    "Interval",
    "LogNormalPoisson",
    "MeanAndAlpha",
    "NegativeBinomial",
    "Poisson",
    "ScipyParameters",
    "UnitCounts",
    "VarianceComponents",
    "ZeroInflatedPoisson",
    "distance_to_poisson",
    "fano_bootstrap",
    "fano_factor",
    "fano_interval",
    "from_scipy",
    "poisson_coverage",
    "poisson_interval",
    "predictive_check",
    "simulate_neuron",
    "simulate_units",
    "to_scipy",
    "variance_components",
]


class ScipyParameters(NamedTuple):
    """Parameters of ``scipy.stats.nbinom``: successes to wait for, and the probability of success."""

    n: FloatArray
    p: FloatArray


class MeanAndAlpha(NamedTuple):
    """Mean of the counts, and shape of the Gamma distribution of their rates."""

    mean: FloatArray
    alpha: FloatArray


def to_scipy(mean: ArrayLike, alpha: ArrayLike) -> ScipyParameters:
    r"""Parameters of ``scipy.stats.nbinom``: :math:`n = \alpha`, :math:`p = \alpha / (\alpha + m)`.

    Parameters
    ----------
    mean : number or array
        Expected count m.
    alpha : number or array
        Shape of the Gamma distribution of the rate.

    Examples
    --------
    >>> n, p = to_scipy(mean=6.0, alpha=2.0)
    >>> round(float(stats.nbinom(n, p).var()), 6)
    24.0
    """
    mean, alpha = validate.together(mean=validate.positive("mean", mean), alpha=validate.positive("alpha", alpha))
    return ScipyParameters(n=alpha, p=np.asarray(1 / (1 + mean / alpha)))


def from_scipy(n: ArrayLike, p: ArrayLike) -> MeanAndAlpha:
    r"""The way back from ``scipy.stats.nbinom``: :math:`m = n (1 - p) / p`, :math:`\alpha = n`.

    Parameters
    ----------
    n, p : numbers or arrays
        Successes to wait for, and the probability of success.

    Examples
    --------
    >>> from_scipy(n=2.0, p=0.25)
    MeanAndAlpha(mean=array(6.), alpha=array(2.))
    """
    n, p = validate.together(n=validate.positive("n", n), p=validate.positive("p", validate.probability("p", p)))
    return MeanAndAlpha(mean=np.asarray(n * (1 - p) / p), alpha=n)


def distance_to_poisson(mean: float, alpha: ArrayLike) -> FloatArray:
    r"""Total variation between the negative binomial and the Poisson distribution of the same mean.

    .. math:: \tfrac12 \sum_x \bigl|\text{NB}(x \mid m, \alpha) - \text{Poisson}(x \mid m)\bigr|

    Parameters
    ----------
    mean : number
        Expected count m, up to 1e8.
    alpha : number or array
        Shape of the Gamma distribution of the rate.

    Notes
    -----
    For large alpha it falls as :math:`1/\alpha`.

    Examples
    --------
    >>> distance_to_poisson(mean=5, alpha=[10, 100, 1000]).round(5)
    array([0.09691, 0.0119 , 0.00122])
    """
    mean = validate.between("mean", validate.positive("mean", mean), 0, 1e8)
    alpha = validate.positive("alpha", alpha)
    # The negative binomial lies below the Poisson only in the middle: all that it lacks there is the distance.
    reach = 12 * np.sqrt(mean) + 40
    x = np.arange(np.floor(max(mean - reach, 0)), mean + reach)
    poisson = stats.poisson.pmf(x, mean)
    lacking = [poisson @ np.maximum(-np.expm1(log_ratio_to_poisson(x, mean, a)), 0) for a in alpha.ravel()]
    return np.reshape(lacking, alpha.shape)


def predictive_check(
    model: CountModel,
    x: ArrayLike,
    statistic: Callable[[FloatArray], float],
    rng: np.random.Generator,
    replicates: int = 1000,
) -> float:
    """How often data from a fitted model have a larger value of a statistic than the data at hand.

    Near 0 or 1 the model does not produce such data.

    Parameters
    ----------
    model : CountModel
        Fitted to ``x``.
    x : (n,) array
        Counts.
    statistic : callable
        Of an array like ``x``: one number.
    rng : numpy.random.Generator
    replicates : int
        Number of data sets to draw.

    Notes
    -----
    Ties count half. The model is taken at its fitted parameters, so that values between are more common than they would
    be by chance. Source: Gelman et al. 2013, section 6.3.

    Examples
    --------
    >>> x, rng = [0] * 20 + [6, 5, 7, 4, 6, 8, 5, 6, 3, 7], np.random.default_rng(1)
    >>> predictive_check(Poisson.fit(x), x, lambda x: np.mean(x == 0), rng)
    0.0
    """
    x, rng = observed(x), validate.generator(rng)
    validate.instance("model", model, CountModel)
    validate.function("statistic", statistic)

    def value(data: FloatArray) -> float:
        return validate.scalar("statistic", validate.finite("statistic", statistic(data)))

    drawn = [
        value(model.sample(len(x), rng).astype(float))
        for _ in range(validate.whole("replicates", replicates, 1, 10**7))
    ]
    here = value(x)
    return float(np.mean(np.greater(drawn, here)) + np.mean(np.equal(drawn, here)) / 2)
