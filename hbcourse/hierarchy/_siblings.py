"""What one member of a family tells about another."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ..pooling import data_weight


def intraclass_correlation(tau: ArrayLike, sigma: ArrayLike) -> FloatArray:
    r"""Correlation of two siblings, :math:`\rho = \tau^2 / (\tau^2 + \sigma^2)`.

    It is the same number as :func:`hbcourse.pooling.data_weight`. Two siblings have covariance :math:`\tau^2`, that of
    their family's mean, and variance :math:`\tau^2 + \sigma^2`; and the regression of one on the other, which is how
    far one datum moves the estimate of the family's mean, has this correlation as its slope.

    Parameters
    ----------
    tau : number or array
        Standard deviation between families.
    sigma : number or array
        Standard deviation within a family.

    Examples
    --------
    >>> intraclass_correlation(tau=3, sigma=4)
    array(0.36)
    """
    return data_weight(tau, sigma)


class Prediction(NamedTuple):
    """Mean and standard deviation of what is predicted."""

    mean: float
    sd: float


def predict_sibling(siblings: ArrayLike, tau: float, sigma: float, mu: float | None = None) -> Prediction:
    r"""Best prediction of one sibling from k others.

    With the mean mu of all families known it is :math:`\mu + \kappa_k (\bar y - \mu)`, where
    :math:`\kappa_k = k\tau^2 / (k\tau^2 + \sigma^2)`; with nothing known of mu it is :math:`\bar y`.

    Parameters
    ----------
    siblings : (k,) array
        Values of the k others.
    tau, sigma : numbers
        Standard deviations between families and within a family.
    mu : number, optional
        Mean of all families, if it is known.

    Notes
    -----
    The standard deviation is the root of :func:`sibling_variance`.

    Examples
    --------
    >>> predict_sibling([109, 111, 110], tau=10, sigma=10, mu=100)
    Prediction(mean=107.5, sd=11.180339887498949)
    """
    siblings = validate.finite("siblings", siblings)
    if siblings.ndim != 1 or not siblings.size:
        raise ValueError(f"siblings must be a list of one or more values; got shape {siblings.shape}")
    tau, sigma = _scalars(tau, sigma)
    k, mean = len(siblings), float(siblings.mean())
    known, flat = sibling_variance(k, tau, sigma)
    if mu is None:
        return Prediction(mean, float(np.sqrt(flat)))
    mu = validate.scalar("mu", validate.finite("mu", mu))
    kappa = float(data_weight(tau, sigma / np.sqrt(k)))
    return Prediction(kappa * mean + (1 - kappa) * mu, float(np.sqrt(known)))


class SiblingVariance(NamedTuple):
    """Variance of the best prediction's error, in squared units of the siblings."""

    mu_known: FloatArray
    mu_flat: FloatArray


def sibling_variance(k: ArrayLike, tau: float, sigma: float) -> SiblingVariance:
    r"""How well k siblings predict another, and what no number of them can.

    ============  =================================================================================================
    mu known      :math:`\sigma^2 + \tau^2 \sigma^2 / (k\tau^2 + \sigma^2)`, from :math:`\tau^2 + \sigma^2` at k = 0
    mu flat       :math:`\sigma^2 (1 + 1/k)`, infinite at k = 0
    ============  =================================================================================================

    Both fall to :math:`\sigma^2`: the share of the variance that siblings explain never exceeds the intraclass
    correlation.

    Parameters
    ----------
    k : int or array
        Number of siblings, 0 or more.
    tau, sigma : numbers
        Standard deviations between families and within a family.

    Examples
    --------
    >>> sibling_variance([0, 1, 9, 99], tau=10, sigma=10).mu_known
    array([200., 150., 110., 101.])
    """
    k = validate.counts("k", k)
    tau, sigma = _scalars(tau, sigma)
    with np.errstate(divide="ignore", over="ignore"):
        family = tau**2 / (1 + k * np.square(tau / sigma))
        return SiblingVariance(mu_known=sigma**2 + family, mu_flat=np.asarray(sigma**2 * (1 + 1 / k)))


def _scalars(tau: float, sigma: float) -> tuple[float, float]:
    tau = validate.scalar("tau", validate.finite("tau", validate.nonnegative("tau", tau)))
    return tau, validate.scalar("sigma", validate.positive("sigma", sigma))
