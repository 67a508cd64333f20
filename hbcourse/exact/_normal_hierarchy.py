"""Exact posterior of the normal hierarchy with known standard errors, by quadrature over tau alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ._hyperpriors import Flat, Normal, ScalePrior, require_mean_prior, require_proper, require_scale_prior
from ._marginals import BLOCK, SLOWEST, NormalMixture, ScaleMarginal, finite_moments, in_blocks
from ._panels import integrate

#: Log of the smallest relative density that double precision can add to the largest.
_NEGLIGIBLE = -37.0
#: Log densities larger than this are known to 1e-4 at best.
_MOST_CONFLICT = 1e12
#: Where a window is looked at; not at its lower end, where a density may be infinite.
_SCAN = np.r_[1e-6, np.arange(1, 65) / 64]
#: Beyond it squares of tau overflow.
_FARTHEST = 1e140


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
    y, sigma = validate.data_sets(y, sigma)
    require_scale_prior("tau_prior", tau_prior)
    require_mean_prior("mu_prior", mu_prior)
    _require_proper(y.shape[-1], tau_prior, mu_prior)
    posterior = NormalHierarchyPosterior(y, sigma, tau_prior, mu_prior)
    if abs(posterior.tau.panels.log_total).max() > _MOST_CONFLICT:
        raise ValueError(
            f"y and the priors must not contradict each other beyond double precision; got tau_prior {tau_prior} and "
            f"mu_prior {mu_prior}, under which these data have a log density of about "
            f"{-abs(posterior.tau.panels.log_total).max():.1g}"
        )
    return posterior


def _tail(units: int, tau_prior: ScalePrior, mu_prior: Flat | Normal) -> float:
    """The power with which the posterior density of tau falls for large tau."""
    return tau_prior.tail + units - isinstance(mu_prior, Flat)


def _require_proper(units: int, tau_prior: ScalePrior, mu_prior: Flat | Normal) -> None:
    if tau_prior.head <= -1:
        raise ValueError(
            f"tau_prior must have finite mass near tau = 0, where the likelihood is positive; got {tau_prior}, "
            "with which the posterior would have infinite mass there"
        )
    tail = _tail(units, tau_prior, mu_prior)
    if tail < 1 + SLOWEST:
        need = units + int(np.ceil(1 + SLOWEST - tail))
        why = (
            "the posterior has infinite mass at large tau"
            if tail <= 1
            else f"the posterior, though proper, falls as tau**-{tail:.3g}, too slowly for quadrature"
        )
        raise ValueError(
            f"tau_prior {tau_prior} needs {need} or more units with a {type(mu_prior).__name__} prior on mu, "
            f"or {why}; got {units}"
        )


@dataclass(frozen=True)
class NormalHierarchyPosterior:
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

    @cached_property
    def tau(self) -> ScaleMarginal:
        """Marginal posterior of the population standard deviation."""
        # The posterior bends at the scale of the most precise unit, and at that of the prior.
        unit = np.minimum(self.sigma.min(-1), self.tau_prior.scale or np.inf)

        def log_mass(x: FloatArray) -> FloatArray:
            values = np.empty(x.shape)
            for rows in in_blocks(x.shape):
                above = np.expm1(x[rows])
                grow = above + 1
                tau = unit[rows][..., None] * ((above + above / grow) / 2)
                values[rows] = self._log_posterior(tau, rows) + np.log(grow + 1 / grow)
            return values

        panels = integrate(log_mass, *self._window(log_mass, unit))
        # The mass has twice the cosh x of the change of variables.
        log_total = (panels.log_total - np.log(2) + np.log(unit))[..., None]
        return ScaleMarginal(
            panels=panels,
            unit=unit,
            log_density=lambda tau: self._log_posterior(tau) - log_total,
            tail=self._tail,
        )

    @cached_property
    def mu(self) -> NormalMixture:
        """Marginal posterior of the population mean."""
        mean, sd = self._mu_at_nodes
        # A flat mu is as uncertain as tau is large; a normal prior bounds it.
        return NormalMixture(self.tau.weight, mean, sd, self.tau.tail if isinstance(self.mu_prior, Flat) else np.inf)

    @cached_property
    def theta(self) -> NormalMixture:
        """Marginal posterior of each unit's own mean."""
        return _ThetaMarginal(self)

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
        require_proper("mu_prior", self.mu_prior)
        require_proper("tau_prior", self.tau_prior)
        constants = (np.log(self.mu_prior.precision) - self.y.shape[-1] * np.log(2 * np.pi)) / 2
        return np.asarray(self.tau.panels.log_total - np.log(2) + np.log(self.tau.unit) + constants)

    def covariance(self) -> FloatArray:
        r"""Posterior covariance of the units' means, (J, J) or (B, J, J).

        Given tau it is :math:`\kappa_i \sigma_i^2` on the diagonal, from each unit's own data, plus
        :math:`(1 - \kappa_i)(1 - \kappa_j) V_\mu` everywhere, from mu; the rest comes from tau.
        """
        mu_sd = self._mu_at_nodes[1]
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
        J = len(self.y)
        others = ~np.eye(J, dtype=bool)
        y, sigma = (np.broadcast_to(a, (J, J))[others].reshape(J, J - 1) for a in (self.y, self.sigma))
        new = normal_hierarchy(y, sigma, self.tau_prior, self.mu_prior).predict_new()
        return NormalMixture(new.weight, new.component_mean, np.hypot(new.component_sd, self.sigma[:, None]), new.tail)

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``tau`` and ``mu`` (draws,), ``theta`` (draws, J); (draws, B, ...) in a batch."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        tau = self.tau.quantile_each(rng.uniform(np.finfo(float).tiny, 1, (draws, *self.y.shape[:-1])))
        at = np.moveaxis(tau, 0, -1)
        mu_mean, mu_sd = self._mu_given(at)
        mu = rng.normal(mu_mean, mu_sd)
        theta = rng.normal(*_theta_given(self.y, self.sigma, at, mu, np.zeros_like(mu)))
        return {"tau": tau, "mu": np.moveaxis(mu, -1, 0), "theta": np.moveaxis(theta, -1, 0)}

    @cached_property
    def _mu_at_nodes(self) -> tuple[FloatArray, FloatArray]:
        return self._mu_given(self.tau.node)

    @cached_property
    def _centre(self) -> FloatArray:
        """The mean of y at tau = 0: measured from it, sums of squares lose no digits."""
        precision = self.sigma**-2.0
        return np.asarray(np.vecdot(precision, self.y) / precision.sum(-1))

    @cached_property
    def _powers(self) -> FloatArray:
        """Ones, deviations from the centre and their squares, (B, 3, J)."""
        deviation = self.y - self._centre[..., None]
        return np.stack([np.ones_like(deviation), deviation, deviation**2], axis=-2)

    def _mu_given(self, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and sd of mu given tau and y, each of the shape of tau, (B, K)."""
        mean, sd, prior = np.empty(tau.shape), np.empty(tau.shape), self.mu_prior
        for rows in in_blocks(tau.shape):
            total, first, _, _ = _weighted_sums(self._powers[rows], self.sigma[rows], tau[rows])
            centre, precision = self._centre[rows][..., None], total + prior.precision
            mean[rows] = centre + (first + prior.precision * (prior.mean - centre)) / precision
            sd[rows] = precision**-0.5
        return mean, sd

    def _log_posterior(self, tau: FloatArray, rows: Any = ...) -> FloatArray:
        """Log posterior density of tau up to a constant, (B, K), in some rows of a batch."""
        total, first, second, log_weight = _weighted_sums(self._powers[rows], self.sigma[rows], tau)
        mean, prior, precision = first / total, self.mu_prior, total + self.mu_prior.precision
        # Among the units, and between their mean and the prior's: neither is a small difference of large numbers.
        misfit = second - first * mean
        if prior.precision:
            between = mean + (self._centre[rows][..., None] - prior.mean)
            misfit += total * prior.precision / precision * between**2
        return (log_weight - np.log(precision) - misfit) / 2 + self.tau_prior.log_density(tau)

    @property
    def _tail(self) -> float:
        return _tail(self.y.shape[-1], self.tau_prior, self.mu_prior)

    def _window(self, log_mass: Callable[[FloatArray], FloatArray], unit: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The interval of asinh(tau / unit) that holds the posterior, and its finite moments, to about 1e-16."""
        # Beyond every scale in the problem the density falls as a power of tau or faster, hence exponentially in x.
        conflict = abs(self.y - self.mu_prior.mean).max(-1) if self.mu_prior.precision else 0.0
        scales = (np.ptp(self.y, axis=-1), self.sigma.max(-1), conflict)
        widest = np.maximum.reduce([*np.broadcast_arrays(*scales), np.full(unit.shape, self.tau_prior.scale)])
        moment = finite_moments(self._tail)
        low = np.arcsinh(self.tau_prior.low / unit)
        high = np.arcsinh(widest / unit) - _NEGLIGIBLE / min(self._tail - 1 - moment, 4.0)
        high = np.minimum(high, np.arcsinh(_FARTHEST / unit))
        while True:
            x = low[..., None] + (high - low)[..., None] * _SCAN
            mass = log_mass(x)
            reach = mass + moment * x
            inside = (mass > mass.max(-1, keepdims=True) + _NEGLIGIBLE) | (
                reach > reach.max(-1, keepdims=True) + _NEGLIGIBLE
            )
            first = np.maximum(inside.argmax(-1) - 1, 0)
            last = np.minimum(65 - inside[..., ::-1].argmax(-1), 64)
            low, high = low + (high - low) * first / 64, low + (high - low) * last / 64
            if np.all(last - first > 32):
                return low, high


def _weighted_sums(powers: FloatArray, sigma: FloatArray, tau: FloatArray) -> tuple[FloatArray, ...]:
    """Sums over the units of w, w d, w d^2 and log w, with w = 1 / (sigma^2 + tau^2), each (B, K)."""
    rows, units, points = len(sigma) if sigma.ndim > 1 else 1, sigma.shape[-1], tau.shape[-1]
    if sigma.size * points <= BLOCK or rows == units == 1:
        weight = 1 / (sigma[..., None] ** 2 + tau[..., None, :] ** 2)
        sums = powers @ weight
        return sums[..., 0, :], sums[..., 1, :], sums[..., 2, :], np.log(weight).sum(-2)
    if rows > 1:
        step = max(1, BLOCK // (units * points))
        blocks = [slice(i, i + step) for i in range(0, rows, step)]
        parts = [_weighted_sums(powers[block], sigma[block], tau[block]) for block in blocks]
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    step = max(1, BLOCK // points)
    blocks = [slice(i, i + step) for i in range(0, units, step)]
    parts = [_weighted_sums(powers[..., block], sigma[..., block], tau) for block in blocks]
    return tuple(np.sum(part, axis=0) for part in zip(*parts, strict=True))


class _ThetaMarginal(NormalMixture):
    """The marginals of theta. Their components, (B, J, K), are made only when asked for; moments need few at once."""

    _posterior: NormalHierarchyPosterior

    def __init__(self, posterior: NormalHierarchyPosterior) -> None:
        weight = posterior.tau.weight[..., None, :]
        for name, value in (("_posterior", posterior), ("weight", weight), ("tail", np.inf)):
            object.__setattr__(self, name, value)

    @property
    def component_mean(self) -> FloatArray:
        return self._components[0]

    @property
    def component_sd(self) -> FloatArray:
        return self._components[1]

    def mean(self) -> FloatArray:
        return self._moments[0].copy()

    def sd(self) -> FloatArray:
        return self._moments[1].copy()

    @cached_property
    def _components(self) -> tuple[FloatArray, FloatArray]:
        posterior = self._posterior
        return _theta_given(posterior.y, posterior.sigma, posterior.tau.node, *posterior._mu_at_nodes)

    @cached_property
    def _moments(self) -> tuple[FloatArray, FloatArray]:
        posterior, node = self._posterior, self._posterior.tau.node
        y, sigma, (mu, mu_sd) = posterior.y, posterior.sigma, posterior._mu_at_nodes
        mean, sd = np.empty(y.shape), np.empty(y.shape)
        for rows in in_blocks((*y.shape, node.shape[-1])):
            # The first axis is that of the data sets in a batch, and that of the units in a single one.
            own = rows if y.ndim > 1 else ...
            component_mean, component_sd = _theta_given(y[rows], sigma[rows], node[own], mu[own], mu_sd[own])
            block = NormalMixture(self.weight[own], component_mean, component_sd)
            mean[rows], sd[rows] = block.mean(), block.sd()
        return mean, sd


def _theta_given(
    y: FloatArray, sigma: FloatArray, tau: FloatArray, mu: FloatArray, mu_sd: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean and sd of each theta given tau and y, (B, J, K), where mu given tau has this mean and sd, (B, K)."""
    variance, tau_squared = sigma[..., None] ** 2, tau[..., None, :] ** 2
    weight = 1 / (variance + tau_squared)
    on_data, on_mu = tau_squared * weight, variance * weight
    mean = on_data * y[..., None] + on_mu * mu[..., None, :]
    return mean, np.sqrt(on_data * variance + (on_mu * mu_sd[..., None, :]) ** 2)
