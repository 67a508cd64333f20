"""Priors of the population sd: what they say before any data, when they make a posterior, and what they do to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ..exact import require
from ._sensitivity import compare_populations, in_other_units, mass_below, sensitivity

__all__ = [
    "Jeffreys",
    "Propriety",
    "compare_populations",
    "density_of_sd",
    "fisher_information",
    "in_other_units",
    "mass_below",
    "prior_predictive",
    "propriety",
    "sensitivity",
    "tail_mass",
]


class Propriety(NamedTuple):
    """Whether a posterior of tau has finite mass, and why: made by :func:`propriety`.

    Attributes
    ----------
    proper : bool
    reason : str
        One sentence.
    tail : float
        The power with which the posterior density of tau falls for large tau; it must exceed 1.

    Examples
    --------
    >>> propriety(3, exact.Flat()).tail
    2.0
    """

    proper: bool
    reason: str
    tail: float


def density_of_sd(density: Callable[[FloatArray], FloatArray], tau: ArrayLike) -> FloatArray:
    r"""The density that a prior of the variance has as one of tau, :math:`p(\tau) = 2 \tau \, p_v(\tau^2)`.

    Parameters
    ----------
    density : callable
        The density of the variance, tau squared.
    tau : number or array
        Values of tau, above zero.

    Examples
    --------
    A flat density of the variance grows with tau:

    >>> density_of_sd(np.ones_like, [1.0, 4.0])
    array([2., 8.])
    """
    validate.function("density", density)
    tau = validate.positive("tau", tau)
    return np.asarray(2 * tau * density(tau**2))


def propriety(J: int, tau_prior: exact.ScalePrior, mu_prior: exact.Flat | exact.Normal = exact.Flat()) -> Propriety:
    r"""Whether J units make a distribution of the posterior of tau under a prior that may not be one itself.

    The likelihood is positive and finite at tau = 0, so that the prior needs finite mass there by itself. For large
    tau it falls as :math:`\tau^{-J}`, or as :math:`\tau^{-(J-1)}` when a flat mu is integrated out; the product with
    the prior must fall faster than 1/tau.

    Parameters
    ----------
    J : int
        Number of units.
    tau_prior : a prior of a positive quantity
        ``exact.Flat()`` on tau, ``exact.Power(1)`` for flat on tau squared, ``exact.Power(-1)`` for flat on log tau.
    mu_prior : Flat or Normal
        Prior of the population mean.

    Notes
    -----
    The engines of ``hbcourse.exact`` refuse a few posteriors that are proper: those whose ``tail`` lies between 1
    and 1.15, which fall too slowly for quadrature. Source: Gelman 2006, section 2.2.

    Examples
    --------
    >>> [J for J in range(1, 6) if propriety(J, exact.Flat()).proper]
    [3, 4, 5]
    >>> propriety(8, exact.Power(-1)).reason
    'the prior has infinite mass near tau = 0, where the likelihood is positive, however many the units'
    """
    J = validate.count("J", J)
    require.scale_prior("tau_prior", tau_prior)
    require.mean_prior("mu_prior", mu_prior)
    tail = float(tau_prior.tail + J - isinstance(mu_prior, exact.Flat))
    if tau_prior.head <= -1:
        reason = "the prior has infinite mass near tau = 0, where the likelihood is positive, however many the units"
        return Propriety(False, reason, tail)
    if np.isinf(tail):
        return Propriety(True, "the prior falls faster than any power of tau", tail)
    falls = f"for large tau the posterior density falls as tau**-{tail:g}"
    if tail > 1:
        return Propriety(True, f"{falls}, faster than 1/tau", tail)
    need = J + int(np.floor(1 - tail)) + 1
    return Propriety(False, f"{falls}, not faster than 1/tau; it takes {need} units", tail)


def fisher_information(tau: ArrayLike, sigma: ArrayLike) -> FloatArray:
    r"""Fisher information about tau in one datum for each unit, :math:`\sum_j 2 \tau^2 / (\sigma_j^2 + \tau^2)^2`.

    The data are :math:`y_j \sim N(\mu, \sigma_j^2 + \tau^2)`, whose mean tells nothing about their variance.

    Parameters
    ----------
    tau : number or array
        The population sd.
    sigma : (J,) array
        Standard errors of the units' estimates.

    Examples
    --------
    >>> fisher_information([0.0, 1.0], sigma=[1.0, 1.0])
    array([0., 1.])
    """
    tau = validate.finite("tau", validate.nonnegative("tau", tau))
    sigma = validate.standard_errors(sigma)
    total = sigma**2 + tau[..., None] ** 2
    return np.asarray(2 * ((tau[..., None] / total) ** 2).sum(-1))


@dataclass(frozen=True)
class Jeffreys(exact.Improper):
    r"""Prior of the population sd by Jeffreys' rule, the root of :func:`fisher_information`; improper.

    .. math:: p(\tau) \propto \sqrt{\sum_j \frac{\tau^2}{(\sigma_j^2 + \tau^2)^2}}

    It grows as tau near zero and falls as 1/tau far out, and only there looks like the prior of an observed scale. A
    posterior with a flat mu needs two units.

    It is Jeffreys' rule for tau alone, mu apart: the joint rule has the further factor
    :math:`\sqrt{\sum_j 1 / (\sigma_j^2 + \tau^2)}`. Source: Jeffreys 1946, for the rule.

    Parameters
    ----------
    sigma : (J,) array
        Standard errors of the units' estimates.

    Examples
    --------
    >>> y, sigma = [28, 8, -3, 7], [15, 10, 16, 11]
    >>> exact.normal_hierarchy(y, sigma, Jeffreys(sigma)).tau.quantile(0.5).round(1)
    np.float64(11.8)
    """

    sigma: ArrayLike
    head: ClassVar[float] = 1.0
    tail: ClassVar[float] = 1.0
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        # A tuple, so that equal priors are equal.
        object.__setattr__(self, "sigma", tuple(map(float, validate.standard_errors(self.sigma))))

    @property
    def scale(self) -> float:
        return float(np.asarray(self.sigma, dtype=float).min())

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        total = np.asarray(self.sigma, dtype=float) ** 2 + tau[..., None] ** 2
        smallest = total.min(-1)
        with np.errstate(divide="ignore"):
            # In ratios, because the fourth power of tau may overflow.
            ratios = ((smallest[..., None] / total) ** 2).sum(-1)
            return np.asarray(np.log(tau) - np.log(smallest) + np.log(ratios) / 2)


def tail_mass(prior: exact.ScalePrior, multiple: float = 10) -> float:
    r"""Prior probability of a tau beyond so many scales, :math:`P(\tau > k s)`.

    Parameters
    ----------
    prior : a proper prior of a positive quantity
    multiple : number
        How many of the prior's own scales.

    Examples
    --------
    >>> [round(tail_mass(prior), 4) for prior in (exact.HalfCauchy(5), exact.HalfT(3, 5), exact.Exponential(5))]
    [0.0635, 0.0021, 0.0]
    """
    require.scale_prior("prior", prior)
    multiple = validate.scalar("multiple", validate.positive("multiple", multiple))
    return float(1 - prior.cdf(multiple * prior.scale))


def prior_predictive(
    tau_prior: exact.ScalePrior,
    mu_prior: exact.Normal,
    sigma: ArrayLike,
    draws: int,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    r"""What a prior expects: draws of tau and mu, then :math:`\theta_j \sim N(\mu, \tau^2)`, then data y.

    Parameters
    ----------
    tau_prior : a proper prior of a positive quantity
    mu_prior : Normal
    sigma : (J,) array
        Standard errors of the units' estimates.
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    dict of arrays
        ``tau`` and ``mu`` of shape (draws,), ``theta`` and ``y`` of shape (draws, J).

    Examples
    --------
    >>> draws = prior_predictive(exact.HalfNormal(5), exact.Normal(0, 5), [10.0] * 3, 4000, np.random.default_rng(1))
    >>> draws["theta"].std().round()
    np.float64(7.0)
    """
    sigma = validate.standard_errors(sigma)
    require.scale_prior("tau_prior", tau_prior)
    require.mean_prior("mu_prior", mu_prior)
    tau = tau_prior.sample(draws, rng)
    mu = mu_prior.sample(draws, rng)
    theta = mu[:, None] + tau[:, None] * rng.normal(size=(len(tau), len(sigma)))
    return {"tau": tau, "mu": mu, "theta": theta, "y": rng.normal(theta, sigma)}
