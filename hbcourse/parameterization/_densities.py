"""The posterior of the normal hierarchy as a sampler sees it: a log density of a vector of real numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray

#: How a unit is drawn: itself, or as its standardised deviation from the population mean.
Parameterization = Literal["centered", "noncentered"]

#: One word for all units, or a list or array with one for each.
Parameterizations = Parameterization | Sequence[Parameterization] | NDArray[np.str_]

_WORDS = get_args(Parameterization)

#: Beyond it squares of tau overflow.
_FARTHEST = 1e140


class Parameters(NamedTuple):
    """What a position stands for: unit means (..., J), population mean and population sd (...), in units of ``y``.

    Examples
    --------
    >>> density = target([4, 6, 9], 1.0, parameterization="noncentered")
    >>> density.parameters([-1.0, 0.0, 1.0, 6.0, np.log(2.0)]).theta
    array([4., 6., 8.])
    """

    theta: FloatArray
    mu: FloatArray
    tau: FloatArray


def choose_parameterization(tau: float, sigma: ArrayLike) -> list[Parameterization]:
    r"""Rule for each unit: centered where :math:`\tau > \sigma_j`, so that its data outweigh its population.

    Parameters
    ----------
    tau : number
        A typical value of the posterior of tau, such as its median.
    sigma : (J,) array
        Standard errors of the units' estimates, in the units of ``tau``.

    Returns
    -------
    list of J words
        As :func:`hbcourse.models.normal_hierarchy` takes them for ``parameterization``.

    Notes
    -----
    The crossover is flat: near it both forms do well. Source: Papaspiliopoulos, Roberts and Sköld 2007;
    Betancourt and Girolami 2015.

    Examples
    --------
    >>> choose_parameterization(tau=5.0, sigma=[1.0, 10.0])
    ['centered', 'noncentered']
    """
    tau = validate.scalar("tau", validate.nonnegative("tau", tau))
    return ["centered" if centered else "noncentered" for centered in tau > validate.standard_errors(sigma)]


def target(
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: exact.ScalePrior = exact.Flat(),
    mu_prior: exact.Flat | exact.Normal = exact.Flat(),
    parameterization: Parameterizations = "centered",
) -> "Target":
    r"""Density that a sampler walks, of :math:`y_j \sim N(\theta_j, \sigma_j^2)`, :math:`\theta_j \sim N(\mu, \tau^2)`.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    tau_prior, mu_prior
        As for :func:`hbcourse.exact.normal_hierarchy`, which refuses the same improper posteriors.
    parameterization : "centered", "noncentered", or a list or array of J of these
        The coordinate of a unit: :math:`\theta_j`, or :math:`z_j` with :math:`\theta_j = \mu + \tau z_j`.

    Examples
    --------
    >>> centered, noncentered = (target([4, 6, 9], 1.0, parameterization=form) for form in ("centered", "noncentered"))
    >>> theta, mu, tau = [4.5, 6.0, 8.0], 6.0, 2.0
    >>> at_theta, at_z = (form.position(theta, mu, tau) for form in (centered, noncentered))
    >>> gap = noncentered.log_density(at_z) - centered.log_density(at_theta)
    >>> float(gap.round(6)), float((3 * np.log(tau)).round(6))
    (2.079442, 2.079442)
    """
    y, sigma = validate.estimates(y, sigma)
    exact.normal_hierarchy(y, sigma, tau_prior, mu_prior)
    _slope(tau_prior, np.ones(1))
    return Target(y, sigma, tau_prior, mu_prior, is_centered(parameterization, len(y)))


@dataclass(frozen=True)
class Target:
    r"""Joint density of the data and a position, with its gradient: made by :func:`target`.

    A position holds the J units' coordinates, then mu, then log tau, in its last axis. All constants are kept, so that
    the density integrates to :math:`p(y)` if the priors are proper. With C the centered units,

    .. math:: \log p = \sum_j \log N(y_j \mid \theta_j, \sigma_j^2) + \sum_j \log N(z_j \mid 0, 1)
              - \sum_{j \in C} \log\tau + \log p(\mu) + \log p(\tau) + \log\tau

    The last term is the Jacobian of log tau. Two forms differ by log tau for each unit that is centered in one only.

    Attributes
    ----------
    y, sigma : (J,) arrays
    tau_prior, mu_prior : priors
    centered : (J,) array of bool
        Which units are their own coordinates.

    Notes
    -----
    Source: Betancourt and Girolami 2015.

    Examples
    --------
    >>> funnel = target([28, 8, -3], [15, 10, 16], exact.HalfCauchy(5), exact.Normal(0, 5))
    >>> q = funnel.position(theta=[9.0, 5.0, 2.0], mu=5.0, tau=3.0)
    >>> float(funnel.log_density(q).round(3)), funnel.gradient(q).round(3)
    (-23.176, array([-0.36 ,  0.03 ,  0.314, -0.089,  0.248]))
    """

    y: FloatArray
    sigma: FloatArray
    tau_prior: exact.ScalePrior
    mu_prior: exact.Flat | exact.Normal
    centered: NDArray[np.bool_]

    def position(self, theta: ArrayLike, mu: ArrayLike, tau: ArrayLike) -> FloatArray:
        """The position that stands for these parameters, (..., J + 2)."""
        theta, mu, tau = validate.finite("theta", theta), validate.finite("mu", mu), validate.positive("tau", tau)
        if theta.shape[-1:] != self.y.shape:
            raise ValueError(f"theta must have one entry for each y, {self.y.shape}; got shape {theta.shape}")
        theta, mu, tau = validate.together(theta=theta, mu=mu[..., None], tau=tau[..., None])
        unit = np.where(self.centered, theta, (theta - mu) / tau)
        return np.concatenate([unit, mu[..., :1], np.log(tau[..., :1])], axis=-1)

    def parameters(self, position: ArrayLike) -> Parameters:
        """The parameters that this position stands for."""
        unit, mu, log_tau = self._split(position)
        with np.errstate(over="ignore"):
            tau = np.exp(log_tau)
            theta = np.where(self.centered, unit, mu + tau * unit)
        return Parameters(theta, mu[..., 0], tau[..., 0])

    def log_density(self, position: ArrayLike) -> FloatArray:
        """Log density at each position, (...); minus infinity where it overflows."""
        unit, mu, log_tau = self._split(position)
        # A sampler that diverges asks for positions whose density no number holds.
        with np.errstate(all="ignore"):
            tau = np.exp(log_tau)
            theta = np.where(self.centered, unit, mu + tau * unit)
            z = np.where(self.centered, (unit - mu) / tau, unit)
            data = _log_normal((self.y - theta) / self.sigma) - np.log(self.sigma)
            population = _log_normal(z) - np.where(self.centered, log_tau, 0)
            prior = self.tau_prior.log_density(np.minimum(tau, _FARTHEST)) + log_tau
            prior += self.mu_prior.log_density(mu)
            density = (data + population).sum(-1) + prior[..., 0]
        return np.asarray(np.where(np.isnan(density) | (tau[..., 0] > _FARTHEST), -np.inf, density))

    def gradient(self, position: ArrayLike) -> FloatArray:
        """Gradient of the log density, in the shape of ``position``; not finite where it overflows."""
        unit, mu, log_tau = self._split(position)
        with np.errstate(all="ignore"):
            tau = np.exp(log_tau)
            theta = np.where(self.centered, unit, mu + tau * unit)
            z = np.where(self.centered, (unit - mu) / tau, unit)
            pull = (self.y - theta) / self.sigma**2
            of_unit = np.where(self.centered, pull - z / tau, tau * pull - z)
            of_mu = np.where(self.centered, z / tau, pull).sum(-1, keepdims=True)
            of_mu += self.mu_prior.precision * (self.mu_prior.mean - mu)
            of_log_tau = np.where(self.centered, z**2 - 1, tau * z * pull).sum(-1, keepdims=True)
            of_log_tau += _slope(self.tau_prior, tau) + 1
        return np.concatenate([of_unit, of_mu, of_log_tau], axis=-1)

    def _split(self, position: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Units (..., J), mu and log tau (..., 1)."""
        position, J = validate.finite("position", position), len(self.y)
        if position.shape[-1:] != (J + 2,):
            raise ValueError(
                f"position must hold {J} units, mu and log tau, {J + 2} numbers, in its last axis; "
                f"got shape {position.shape}"
            )
        return position[..., :J], position[..., J : J + 1], position[..., J + 1 :]


def is_centered(parameterization: Parameterizations, J: int) -> NDArray[np.bool_]:
    """Which of J units are centered, (J,)."""
    given = parameterization.tolist() if isinstance(parameterization, np.ndarray | pd.Series) else parameterization
    words = [given] * J if isinstance(given, str) else given
    known = isinstance(words, Sequence) and all(isinstance(word, str) and word in _WORDS for word in words)
    if not known or len(words) != J:
        raise ValueError(
            f"parameterization must be 'centered' or 'noncentered', or a list of these for each of {J} units; "
            f"got {validate.shown(parameterization)}"
        )
    return np.array([word == "centered" for word in words])


def _log_normal(z: FloatArray) -> FloatArray:
    return np.asarray(-(z**2) / 2 - np.log(2 * np.pi) / 2)


def _slope(prior: exact.ScalePrior, tau: FloatArray) -> FloatArray:
    """Derivative of the log density of tau with respect to log tau."""
    square = np.square(tau / (prior.scale or 1.0))
    slope: FloatArray
    match prior:
        case exact.HalfCauchy():
            slope = -2 / (1 + 1 / square)
        case exact.HalfT(df=df):
            slope = -(df + 1) / (1 + df / square)
        case exact.HalfNormal():
            slope = -square
        case exact.Exponential():
            slope = -np.sqrt(square)
        case exact.Gamma(shape=shape, rate=rate):
            slope = shape - 1 - rate * tau
        case exact.InverseGamma(shape=shape):
            slope = 2 / square - 2 * shape - 1
        case exact.Flat() | exact.Power() | exact.LogUniform():
            slope = np.full_like(tau, -prior.tail)
        case _:
            raise ValueError(f"tau_prior must be one of hbcourse.exact; got {validate.shown(prior)}")
    return slope
