"""Simulation of all layers of a hierarchy: population, units, data."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate
from .._validate import FloatArray

#: Poisson counts beyond it do not fit in 64 bits.
_LARGEST_RATE = 1e18


class NormalLayers(NamedTuple):
    """The layers of a normal hierarchy: population, units, data."""

    mu: FloatArray
    tau: FloatArray
    theta: FloatArray
    y: FloatArray


class CountLayers(NamedTuple):
    """The layers of a hierarchy of counts: population, rates of the units, counts."""

    alpha: FloatArray
    beta: FloatArray
    theta: FloatArray
    x: NDArray[np.int64]


def simulate_normal(mu: ArrayLike, tau: ArrayLike, sigma: ArrayLike, rng: np.random.Generator) -> NormalLayers:
    r"""Units from a population, then data from the units.

    .. math:: \theta_j \sim N(\mu, \tau^2), \qquad y_j \sim N(\theta_j, \sigma_j^2)

    Parameters
    ----------
    mu, tau : number or (draws,) array
        Mean and standard deviation of the population; draw them from their priors for all three layers.
    sigma : (J,) array
        Standard errors of the units' data.
    rng : numpy.random.Generator

    Returns
    -------
    NormalLayers
        ``mu`` and ``tau`` as given, ``theta`` and ``y`` of shape (J,) or (draws, J).

    Notes
    -----
    Source: Gelman et al. 2013, section 5.4.

    Examples
    --------
    >>> from hbcourse import exact
    >>> rng = np.random.default_rng(1)
    >>> mu, tau = exact.Normal(0, 5).sample(1000, rng), exact.HalfCauchy(5).sample(1000, rng)
    >>> simulate_normal(mu, tau, sigma=[15, 10, 16], rng=rng).y.shape
    (1000, 3)
    """
    mu, tau = validate.together(mu=validate.finite("mu", mu), tau=_finite_nonnegative("tau", tau))
    sigma, rng = _one_per_unit("sigma", sigma), validate.generator(rng)
    theta = rng.normal(mu[..., None], tau[..., None], (*mu.shape, len(sigma)))
    return NormalLayers(mu, tau, theta, y=rng.normal(theta, sigma))


def simulate_counts(alpha: ArrayLike, beta: ArrayLike, exposure: ArrayLike, rng: np.random.Generator) -> CountLayers:
    r"""Rates from a Gamma population, then counts over each unit's exposure.

    .. math:: \theta_j \sim \text{Gamma}(\alpha, \beta), \qquad x_j \sim \text{Poisson}(\theta_j t_j)

    Parameters
    ----------
    alpha, beta : number or (draws,) array
        Shape and rate of the population; draw them from their priors for all three layers. Beta is in the units of
        the exposure.
    exposure : (J,) array
        Time, area or number at risk of each unit.
    rng : numpy.random.Generator

    Returns
    -------
    CountLayers
        ``alpha`` and ``beta`` as given, ``theta`` (events per unit of exposure) and ``x`` of shape (J,) or (draws, J).

    Notes
    -----
    Source: Gaver and O'Muircheartaigh 1987.

    Examples
    --------
    >>> simulate_counts(alpha=2, beta=4, exposure=[1, 10, 100], rng=np.random.default_rng(1)).x
    array([ 1,  4, 86])
    """
    alpha, beta = validate.together(alpha=validate.positive("alpha", alpha), beta=validate.positive("beta", beta))
    exposure, rng = _one_per_unit("exposure", exposure), validate.generator(rng)
    theta = rng.gamma(alpha[..., None], 1 / beta[..., None], (*alpha.shape, len(exposure)))
    expected = theta * exposure
    if expected.max(initial=0) > _LARGEST_RATE:
        raise ValueError(f"expected counts must be at most {_LARGEST_RATE:g}; got {expected.max():g}")
    return CountLayers(alpha, beta, theta, x=rng.poisson(expected))


def _finite_nonnegative(name: str, value: ArrayLike) -> FloatArray:
    return validate.finite(name, validate.nonnegative(name, value))


def _one_per_unit(name: str, value: ArrayLike) -> FloatArray:
    array = np.atleast_1d(validate.positive(name, value))
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must be a list with one entry for each unit; got shape {array.shape}")
    return array
