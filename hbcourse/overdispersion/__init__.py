"""Counts that vary more, or less, than Poisson: measuring it, what it does to intervals, and models that allow it."""

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
)
from ._fano import fano_bootstrap, fano_factor, fano_interval, poisson_coverage, poisson_interval
from ._lognormal_poisson import LogNormalPoisson
from ._neurons import RateVariances, UnitCounts, rate_variances, simulate_neuron, simulate_units

__all__ = [
    "CountModel",
    "LogNormalPoisson",
    "NbinomParameters",
    "NegativeBinomial",
    "Poisson",
    "RateVariances",
    "UnitCounts",
    "ZeroInflatedPoisson",
    "distance_to_poisson",
    "fano_bootstrap",
    "fano_factor",
    "fano_interval",
    "nbinom_parameters",
    "poisson_coverage",
    "poisson_interval",
    "rate_variances",
    "simulate_neuron",
    "simulate_units",
]


class NbinomParameters(NamedTuple):
    """Parameters of ``scipy.stats.nbinom``: successes to wait for, and the probability of success."""

    n: FloatArray
    p: FloatArray


def nbinom_parameters(mean: ArrayLike, alpha: ArrayLike) -> NbinomParameters:
    r"""Parameters of ``scipy.stats.nbinom``: :math:`n = \alpha`, :math:`p = \alpha / (\alpha + m)`.

    Parameters
    ----------
    mean : number or array
        Expected count m.
    alpha : number or array
        Shape of the Gamma distribution of the rate.

    Examples
    --------
    >>> n, p = nbinom_parameters(mean=6.0, alpha=2.0)
    >>> round(float(stats.nbinom(n, p).var()), 6)
    24.0
    """
    mean, alpha = validate.together(mean=validate.positive("mean", mean), alpha=validate.positive("alpha", alpha))
    return NbinomParameters(n=alpha, p=np.asarray(1 / (1 + mean / alpha)))


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
