"""Exact posterior of the normal hierarchy with known standard errors, by quadrature over tau alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from . import require
from ._leave_one_out import leave_one_out
from ._marginals import NormalMixture, ScaleMarginal, in_blocks
from ._priors import Flat, Normal, ScalePrior
from ._protocol import Axis, Posterior, names_of, unknown
from ._scale_posterior import require_finite_mass, scale_marginal, tail_of_tau
from ._unit_means import UnitMeans, theta_given
from ._weighted_sums import WeightedSums

#: Log densities larger than this are known to 1e-4 at best.
_MOST_CONFLICT = 1e12


def normal_hierarchy(
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: ScalePrior = Flat(),
    mu_prior: Flat | Normal = Flat(),
) -> "NormalHierarchyPosterior":
    r"""Posterior of :math:`y_j \sim N(\theta_j, \sigma_j^2)`, :math:`\theta_j \sim N(\mu, \tau^2)`.

    The standard errors sigma are known. Given tau, everything is normal and has a closed form, so that only tau is
    left to integrate over, on a line:

    .. math:: p(\tau \mid y) \propto p(\tau) \prod_j N(y_j \mid \hat\mu, \sigma_j^2 + \tau^2)
              \; \frac{N(\hat\mu \mid m_0, s_0^2)}{N(\hat\mu \mid \hat\mu, V_\mu)}

    where :math:`\mu \mid \tau, y \sim N(\hat\mu, V_\mu)`, its prior :math:`N(m_0, s_0^2)` included; with a flat prior
    the numerator is 1.

    Parameters
    ----------
    y : (J,) or (B, J) array
        Estimates, one for each unit; or B data sets, which are fitted together.
    sigma : array or number
        Their known standard errors, in the units of ``y``, in a shape that broadcasts to that of ``y``.
    tau_prior : a prior of a positive quantity
        Prior of the population standard deviation.
    mu_prior : Flat or Normal
        Prior of the population mean.

    Raises
    ------
    ValueError
        If the input is malformed, or the posterior would not be a distribution: a flat tau needs
        3 units with a flat mu, 2 with a normal mu; a density of 1/tau down to zero is never proper.

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
    >>> exact.normal_hierarchy([[28, 8, -3, 7], [2, 1, 3, 0]], [15, 10, 16, 11]).tau.quantile(0.5).round(1)
    array([10.8,  7.4])
    """
    unit = names_of(y)
    y, sigma = validate.data_sets(y, sigma)
    require.scale_prior("tau_prior", tau_prior)
    require.mean_prior("mu_prior", mu_prior)
    require_finite_mass(y.shape[-1], tau_prior, mu_prior)
    posterior = NormalHierarchyPosterior(y, sigma, tau_prior, mu_prior, unit)
    if abs(posterior.tau.panels.log_total).max() > _MOST_CONFLICT:
        raise ValueError(
            f"y and the priors must not contradict each other beyond double precision; got tau_prior {tau_prior} and "
            f"mu_prior {mu_prior}, under which these data have a log density of about "
            f"{-abs(posterior.tau.panels.log_total).max():.1g}"
        )
    return posterior


@dataclass(frozen=True, eq=False, repr=False)
class NormalHierarchyPosterior(Posterior):
    """Posterior of (theta, mu, tau) given y: made by :func:`normal_hierarchy`.

    ``tau``, ``mu`` and ``theta`` are its marginals, each with ``mean``, ``sd``, ``cdf`` and ``quantile``. For one data
    set their results have the shapes (), () and (J,); for a batch (B,), (B,) and (B, J).

    Examples
    --------
    >>> from hbcourse import exact
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11])
    >>> posterior.influence()[0].round(2)
    array([0.66, 0.18, 0.02, 0.14])
    """

    y: FloatArray
    sigma: FloatArray
    tau_prior: ScalePrior
    mu_prior: Flat | Normal
    unit: tuple[Any, ...] | None = None

    _unknowns: ClassVar[tuple[str, ...]] = ("tau", "mu", "theta")

    def _size(self) -> int:
        return int(self.y.shape[-1])

    def _axes(self, unit: Sequence[Any]) -> dict[str, tuple[Axis, ...]]:
        own = (Axis("unit", unit),)
        if self.y.ndim == 1:
            return {"theta": own}
        sets = (Axis("data_set", range(len(self.y))),)
        return {"tau": sets, "mu": sets, "theta": sets + own}

    @unknown
    def tau(self) -> ScaleMarginal:
        """Marginal posterior of the population standard deviation."""
        # The posterior bends at the scale of the most precise unit, and at that of the prior.
        unit = np.minimum(self.sigma.min(-1), self.tau_prior.scale or np.inf)
        widest = np.maximum(np.maximum(np.ptp(self.y, axis=-1), self.sigma.max(-1)), self.tau_prior.scale)
        if self.mu_prior.precision:
            widest = np.maximum(widest, abs(self.y - self.mu_prior.mean).max(-1))
        return scale_marginal(self._log_likelihood, self.tau_prior, unit, widest, self._tail)

    @unknown
    def mu(self) -> NormalMixture:
        """Marginal posterior of the population mean."""
        mean, sd = self.mu_at_nodes
        # A flat mu is as uncertain as tau is large; a normal prior bounds it.
        return NormalMixture(self.tau.weight, mean, sd, self.tau.tail if isinstance(self.mu_prior, Flat) else np.inf)

    @unknown
    def theta(self) -> NormalMixture:
        """Marginal posterior of each unit's own mean."""
        return UnitMeans(self)

    def predict_new(self) -> NormalMixture:
        r"""Posterior of a new unit's mean, :math:`\tilde\theta \sim N(\mu, \tau^2)` averaged over (mu, tau)."""
        sd = np.hypot(self.mu.component_sd, self.tau.node)
        return NormalMixture(self.tau.weight, self.mu.component_mean, sd, self.tau.tail)

    def mu_given(self, tau: ArrayLike) -> tuple[FloatArray, FloatArray]:
        r"""Mean :math:`\hat\mu` and sd :math:`\sqrt{V_\mu}` of mu given tau and y, each in the shape of ``tau``.

        In a batch ``tau`` is (B, K).
        """
        tau = validate.squarable("tau", tau)
        if self.y.ndim == 1:
            mean, sd = self._mu_given(tau.reshape(-1))
            return mean.reshape(tau.shape), sd.reshape(tau.shape)
        if tau.ndim != 2 or len(tau) != len(self.y):
            raise ValueError(f"tau must have a row for each of the {len(self.y)} data sets; got shape {tau.shape}")
        return self._mu_given(tau)

    def data_weight(self) -> FloatArray:
        r"""Posterior mean of :math:`\kappa_j = \tau^2 / (\tau^2 + \sigma_j^2)`, (J,) or (B, J)."""
        tau_squared = self.tau.node[..., None, :] ** 2
        weight = tau_squared / (tau_squared + self.sigma[..., None] ** 2)
        return np.asarray(np.vecdot(weight, self.tau.weight[..., None, :]))

    def log_evidence(self) -> FloatArray:
        r"""Log of :math:`p(y) = \int p(y \mid \mu, \tau) p(\mu) p(\tau)`, shape () or (B,), for proper priors only."""
        require.proper("mu_prior", self.mu_prior)
        require.proper("tau_prior", self.tau_prior)
        constants = (np.log(self.mu_prior.precision) - self.y.shape[-1] * np.log(2 * np.pi)) / 2
        return np.asarray(self.tau.log_total + constants)

    def covariance(self) -> FloatArray:
        r"""Posterior covariance of the units' means, (J, J) or (B, J, J).

        Given tau it is :math:`\kappa_i \sigma_i^2` on the diagonal, from each unit's own data, plus
        :math:`(1 - \kappa_i)(1 - \kappa_j) V_\mu` everywhere, from mu; the rest comes from tau.
        """
        require.square(*self.y.shape)
        mu_sd = self.mu_at_nodes[1]
        variance = self.sigma[..., None] ** 2
        pull = variance / (variance + self.tau.node[..., None, :] ** 2) * mu_sd[..., None, :]
        deviation = self.theta.component_mean - self.theta.mean()[..., None]
        weight = self.tau.weight[..., None, :]
        covariance = (pull * weight) @ pull.mT + (deviation * weight) @ deviation.mT
        own = np.vecdot(self.theta.component_sd**2 - pull**2, weight)
        diagonal = np.arange(self.y.shape[-1])
        covariance[..., diagonal, diagonal] += own
        return np.asarray(covariance)

    def correlation(self) -> FloatArray:
        """Posterior correlation of the units' means, (J, J) or (B, J, J)."""
        covariance = self.covariance()
        sd = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
        return np.asarray(covariance / sd[..., None] / sd[..., None, :])

    def influence(self) -> FloatArray:
        r"""How far datum j moves estimate i, :math:`\partial E(\theta_i \mid y) / \partial y_j`, (J, J) or (B, J, J).

        It equals :math:`\text{cov}(\theta_i, \theta_j \mid y) / \sigma_j^2`.
        """
        return np.asarray(self.covariance() / self.sigma[..., None, :] ** 2)

    def leave_one_out(self) -> NormalMixture:
        r"""Prediction of each datum from the others', :math:`p(y_j \mid y_{-j})`, shape (J,).

        The unit is left out whole: a new unit's mean, and the standard error of the one left out. Its ``cdf`` at the
        data gives probability integral transforms, its ``log_pdf`` the log predictive scores.
        """
        if self.y.ndim > 1:
            raise ValueError(f"y must be one data set, (J,), to leave units out; got shape {self.y.shape}")
        require_finite_mass(len(self.y) - 1, self.tau_prior, self.mu_prior)
        return leave_one_out(self)

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``tau`` and ``mu`` (draws,), ``theta`` (draws, J); (draws, B, ...) in a batch."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        tau = self.tau.quantile_each(rng.uniform(np.finfo(float).tiny, 1, (draws, *self.y.shape[:-1])))
        at = np.moveaxis(tau, 0, -1)
        mu_mean, mu_sd = self._mu_given(at)
        mu = rng.normal(mu_mean, mu_sd)
        theta = rng.normal(*theta_given(self.y, self.sigma, at, mu, np.zeros_like(mu)))
        return {"tau": tau, "mu": np.moveaxis(mu, -1, 0), "theta": np.moveaxis(theta, -1, 0)}

    @cached_property
    def mu_at_nodes(self) -> tuple[FloatArray, FloatArray]:
        return self._mu_given(self.tau.node)

    @cached_property
    def _sums(self) -> WeightedSums:
        return WeightedSums.of(self.y, self.sigma)

    def _mu_given(self, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and sd of mu given tau and y, each of the shape of tau, (B, K)."""
        mean, sd = np.empty(tau.shape), np.empty(tau.shape)
        for rows in in_blocks(tau.shape):
            mean[rows], sd[rows] = self._sums.at(tau[rows], rows).mu(self.mu_prior)
        return mean, sd

    def _log_likelihood(self, tau: FloatArray, rows: Any) -> FloatArray:
        """Log likelihood of tau but a constant, mu integrated out, (B, K), in some rows of a batch."""
        return self._sums.at(tau, rows).log_likelihood(self.mu_prior)

    @property
    def _tail(self) -> float:
        return tail_of_tau(self.y.shape[-1], self.tau_prior, self.mu_prior)
