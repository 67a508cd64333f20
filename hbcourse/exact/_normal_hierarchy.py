"""Exact posterior of the normal hierarchy with known standard errors, by quadrature over tau alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ._hyperpriors import Flat, HalfCauchy, Normal
from ._marginals import NormalMixture, ScaleMarginal
from ._panels import integrate

#: Log of the smallest relative density that double precision can add to the largest.
_NEGLIGIBLE = -37.0


def normal_hierarchy(
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: Flat | HalfCauchy = Flat(),
    mu_prior: Flat | Normal = Flat(),
) -> "NormalHierarchyPosterior":
    r"""Posterior of :math:`y_j \sim N(\theta_j, \sigma_j^2)`, :math:`\theta_j \sim N(\mu, \tau^2)`.

    The standard errors sigma are known. Given tau, everything is normal and has a closed form, so that only tau is
    left to integrate over, on a line:

    .. math:: p(\tau \mid y) \propto p(\tau) \prod_j N(y_j \mid \hat\mu, \sigma_j^2 + \tau^2)
              \; \frac{N(\hat\mu \mid m_0, s_0^2)}{N(\hat\mu \mid \hat\mu, V_\mu)}

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    tau_prior : Flat or HalfCauchy
        Prior of the population standard deviation.
    mu_prior : Flat or Normal
        Prior of the population mean.

    Raises
    ------
    ValueError
        If the input is malformed, or the posterior would not be a distribution: a flat tau needs
        3 units with a flat mu, 2 with a normal mu.

    Notes
    -----
    Source: Gelman et al. 2013, section 5.4, equations 5.17 to 5.21. The integral uses Gauss-Legendre panels in
    asinh(tau / c), over a window that leaves out about 1e-16 of the posterior and of its finite moments.

    Examples
    --------
    >>> from hbcourse import exact
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], exact.HalfCauchy(5), exact.Normal(0, 5))
    >>> posterior.theta.mean().round(1)
    array([6.3, 4.4, 2.8, 4.1])
    """
    y, sigma = validate.estimates(y, sigma)
    _require_proper(len(y), tau_prior, mu_prior)
    return NormalHierarchyPosterior(y, sigma, tau_prior, mu_prior)


def _tail(units: int, tau_prior: Flat | HalfCauchy, mu_prior: Flat | Normal) -> int:
    """The power with which the posterior density of tau falls for large tau."""
    return tau_prior.tail + units - isinstance(mu_prior, Flat)


def _require_proper(units: int, tau_prior: Flat | HalfCauchy, mu_prior: Flat | Normal) -> None:
    if _tail(units, tau_prior, mu_prior) < 2:
        need = 3 if isinstance(mu_prior, Flat) else 2
        raise ValueError(
            f"a flat prior on tau needs {need} or more units with a {type(mu_prior).__name__} prior on mu, "
            f"or the posterior has infinite mass; got {units}"
        )


@dataclass(frozen=True)
class NormalHierarchyPosterior:
    """Posterior of (theta, mu, tau) given y: made by :func:`normal_hierarchy`.

    ``tau``, ``mu`` and ``theta`` are its marginals, each with ``mean``, ``sd``, ``cdf`` and ``quantile``.
    """

    y: FloatArray
    sigma: FloatArray
    tau_prior: Flat | HalfCauchy
    mu_prior: Flat | Normal

    @cached_property
    def tau(self) -> ScaleMarginal:
        """Marginal posterior of the population standard deviation."""
        # The posterior bends at the scale of the most precise unit, and at that of the prior.
        unit = min(float(self.sigma.min()), self.tau_prior.scale or np.inf)

        def log_mass(x: FloatArray) -> FloatArray:
            return self._log_posterior(unit * np.sinh(x)) + np.log(np.cosh(x))

        panels = integrate(log_mass, *self._window(log_mass, unit))
        return ScaleMarginal(
            panels=panels,
            unit=unit,
            log_density=lambda tau: self._log_posterior(tau) - panels.log_total - np.log(unit),
            tail=self._tail,
        )

    @cached_property
    def mu(self) -> NormalMixture:
        """Marginal posterior of the population mean."""
        mean, sd, _ = self._mu_given(self.tau.node)
        # A flat mu is as uncertain as tau is large; a normal prior bounds it.
        return NormalMixture(self.tau.weight, mean, sd, self.tau.tail if isinstance(self.mu_prior, Flat) else np.inf)

    @cached_property
    def theta(self) -> NormalMixture:
        """Marginal posterior of each unit's own mean."""
        return NormalMixture(self.tau.weight, *self._theta_given(self.tau.node))

    def predict_new(self) -> NormalMixture:
        r"""Posterior of a new unit's mean, :math:`\tilde\theta \sim N(\mu, \tau^2)` averaged over (mu, tau)."""
        sd = np.hypot(self.mu.component_sd, self.tau.node)
        return NormalMixture(self.tau.weight, self.mu.component_mean, sd, self.tau.tail)

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``tau`` and ``mu`` of shape (draws,), ``theta`` of shape (draws, J)."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        tau = self.tau.quantile(rng.uniform(np.finfo(float).tiny, 1, draws))
        mu_mean, mu_sd, _ = self._mu_given(tau)
        mu = rng.normal(mu_mean, mu_sd)
        weight = tau**2 / (self.sigma[:, None] ** 2 + tau**2)
        theta = rng.normal(weight * self.y[:, None] + (1 - weight) * mu, np.sqrt(weight) * self.sigma[:, None])
        return {"tau": tau, "mu": mu, "theta": theta.T}

    def _mu_given(self, tau: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean and sd of mu given tau and y, and log p(y | tau) up to a constant, each (K,)."""
        prior = self.mu_prior
        weight = 1 / (self.sigma[:, None] ** 2 + tau**2)
        precision = weight.sum(0) + prior.precision
        mean = (self.y @ weight + prior.precision * prior.mean) / precision
        misfit = (weight * (self.y[:, None] - mean) ** 2).sum(0) + prior.precision * (mean - prior.mean) ** 2
        log_likelihood = (np.log(weight).sum(0) - np.log(precision) - misfit) / 2
        return mean, 1 / np.sqrt(precision), log_likelihood

    def _theta_given(self, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and sd of each theta given tau and y, (J, K)."""
        mu, mu_sd, _ = self._mu_given(tau)
        total = self.sigma[:, None] ** 2 + tau**2
        on_data, on_mu = tau**2 / total, self.sigma[:, None] ** 2 / total
        mean = on_data * self.y[:, None] + on_mu * mu
        return mean, np.sqrt(on_data * self.sigma[:, None] ** 2 + (on_mu * mu_sd) ** 2)

    def _log_posterior(self, tau: FloatArray) -> FloatArray:
        """Log posterior density of tau up to a constant, (K,)."""
        return self._mu_given(tau)[2] + self.tau_prior.log_density(tau)

    @property
    def _tail(self) -> int:
        return _tail(len(self.y), self.tau_prior, self.mu_prior)

    def _window(self, log_mass: Callable[[FloatArray], FloatArray], unit: float) -> tuple[float, float]:
        """The interval of asinh(tau / unit) that holds the posterior, and its finite moments, to about 1e-16."""
        # Beyond every scale in the problem the density falls as a power of tau, hence exponentially in x.
        conflict = abs(self.y - self.mu_prior.mean).max() if self.mu_prior.precision else 0.0
        widest = max(float(np.ptp(self.y)), float(self.sigma.max()), self.tau_prior.scale, conflict)
        moment = min(max(self._tail - 2, 0), 2)
        low, high = 0.0, float(np.arcsinh(widest / unit)) - _NEGLIGIBLE / (self._tail - 1 - moment)
        while True:
            x = np.linspace(low, high, 65)
            mass = log_mass(x)
            reach = mass + moment * np.log(np.cosh(x))
            inside = np.flatnonzero((mass > mass.max() + _NEGLIGIBLE) | (reach > reach.max() + _NEGLIGIBLE))
            first, last = max(inside[0] - 1, 0), min(inside[-1] + 1, len(x) - 1)
            low, high = float(x[first]), float(x[last])
            if last - first > len(x) / 2:
                return low, high
