"""Posterior of a hierarchy whose population is Student's t, by quadrature over mu, tau and the units' latent scales."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from .. import _validate as validate
from .._validate import FloatArray
from . import require
from ._lattice_marginals import Components, MeanMarginal, PanelMarginal
from ._priors import Flat, Normal, ScalePrior
from ._protocol import Posterior, names_of, unknown
from ._scale_posterior import require_finite_mass, tail_of_tau
from ._student_t_grid import Grid, draw, integrate, panels
from ._student_t_target import Coordinates, ScaleLattice, Target
from ._student_t_units import UnitsGiven


def student_t_hierarchy(
    y: ArrayLike,
    sigma: ArrayLike,
    df: float,
    tau_prior: ScalePrior = Flat(),
    mu_prior: Flat | Normal = Flat(),
) -> "StudentTHierarchyPosterior":
    r"""Posterior of :math:`y_j \sim N(\theta_j, \sigma_j^2)`, :math:`\theta_j \sim t_\nu(\mu, \tau)`.

    The standard errors sigma and the degrees of freedom are known. A population with heavy tails is a normal one in
    which each unit has a scale of its own, :math:`\theta_j \sim N(\mu, \tau^2 / w_j)` with
    :math:`w_j \sim \text{Gamma}(\nu/2, \nu/2)`, so that

    .. math:: p(\mu, \tau \mid y) \propto p(\mu) p(\tau) \prod_j \int_0^\infty
              N(y_j \mid \mu, \sigma_j^2 + \tau^2 / w) \, \text{Gamma}(w \mid \nu/2, \nu/2) \, dw

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    df : number
        Degrees of freedom of the population, from 0.5 to 1000; beyond, use :func:`normal_hierarchy`.
    tau_prior : a prior of a positive quantity
        Prior of the population's scale tau, which is its sd only in the limit of many degrees of freedom.
    mu_prior : Flat or Normal
        Prior of the population's centre.

    Raises
    ------
    ValueError
        If the input is malformed, or the posterior would not be a distribution. The conditions are those of
        :func:`normal_hierarchy`, whatever the degrees of freedom: far out each unit's likelihood falls as 1/tau.

    Notes
    -----
    The model is that of Gelman et al. 2013, section 17.4. The integral over w is a trapezoid rule in log w, good to
    about 1e-10; those over mu and tau use Gauss-Legendre panels, halved until their series are resolved to 1e-9 of the
    whole mass, in a window that leaves out about 1e-13. Time and memory grow linearly with the number of units.

    Examples
    --------
    One unit far off: it is left where it is, and the others are still drawn together.

    >>> from hbcourse import exact
    >>> posterior = exact.student_t_hierarchy([-1, -0.5, 0, 0.5, 1, 12], 1.0, df=4, tau_prior=exact.HalfCauchy(1))
    >>> posterior.theta.mean().round(1)
    array([-0.7, -0.3,  0.1,  0.5,  0.9, 11.6])
    """
    unit = names_of(y)
    y, sigma = validate.estimates(y, sigma)
    df = validate.scalar("df", validate.positive("df", df))
    if not 0.5 <= df <= 1000:
        raise ValueError(f"df must be from 0.5 to 1000 (beyond, a normal population will do); got {df}")
    require.scale_prior("tau_prior", tau_prior)
    require.mean_prior("mu_prior", mu_prior)
    require_finite_mass(len(y), tau_prior, mu_prior)
    if tau_prior.head < -0.99:
        raise ValueError(
            f"tau_prior must rise towards tau = 0 no faster than tau**-0.99, or its mass there cannot be held; "
            f"got {tau_prior}"
        )
    return StudentTHierarchyPosterior(y, sigma, df, tau_prior, mu_prior, unit)


@dataclass(frozen=True, eq=False, repr=False)
class StudentTHierarchyPosterior(Posterior):
    """Posterior of (theta, mu, tau) given y: made by :func:`student_t_hierarchy`.

    ``tau``, ``mu`` and ``theta`` are its marginals, each with ``mean``, ``sd``, ``cdf`` and ``quantile``.

    Examples
    --------
    >>> from hbcourse import exact
    >>> posterior = exact.student_t_hierarchy([-1, -0.5, 0, 0.5, 1, 12], 1.0, df=4, tau_prior=exact.HalfCauchy(1))
    >>> posterior.data_weight().round(2)
    array([0.77, 0.77, 0.76, 0.76, 0.76, 0.97])
    """

    y: FloatArray
    sigma: FloatArray
    df: float
    tau_prior: ScalePrior
    mu_prior: Flat | Normal
    unit: tuple[Any, ...] | None = None

    _unknowns: ClassVar[tuple[str, ...]] = ("tau", "mu", "theta")

    def _size(self) -> int:
        return len(self.y)

    @unknown
    def tau(self) -> PanelMarginal:
        """Marginal posterior of the population's scale."""
        axes, of_x = self._coordinates, panels(self._grid.x_edges, self._grid.mass.sum(1))
        return PanelMarginal(
            of_x, axes.tau, lambda tau: axes.x(np.maximum(tau, 0)), axes.log_slope_x, self._tau_tail, np.inf
        )

    @unknown
    def mu(self) -> PanelMarginal:
        """Marginal posterior of the population's centre."""
        of_t = panels(self._grid.t_edges, self._grid.mass.sum(0))
        axes = self._coordinates
        return PanelMarginal(of_t, axes.mu, axes.t, axes.log_slope_t, self._mu_tail, np.nan)

    @unknown
    def theta(self) -> MeanMarginal:
        """Marginal posterior of each unit's own mean."""
        return MeanMarginal(self.mu, self._given.components, lambda: self._given.moments[:2], self.y.shape)

    def predict_new(self) -> MeanMarginal:
        r"""Posterior of a new unit's mean, :math:`\tilde\theta \sim t_\nu(\mu, \tau)` averaged over (mu, tau)."""
        grid = self._grid
        # The prior has the tails that a unit's data cut off.
        farthest = 2 * np.log(grid.tau.max())
        lattice = ScaleLattice.over(self.df, float(grid.lattice.log_variance[0]), float(farthest), self.df / 2)
        weight = np.exp(lattice.log_weight(grid.tau)).T @ grid.mass
        ones = np.ones(len(weight))
        components = Components(weight / weight.sum(), 0 * ones, ones, np.sqrt(lattice.variance))

        def moments() -> tuple[FloatArray, FloatArray]:
            # Of Student's t there is a mean for more than 1 degree of freedom, and a finite variance for more than 2.
            mean = self.mu.mean() if self.df > 1 and np.isfinite(self.tau.mean()) else np.asarray(np.nan)
            ratio = np.sqrt(self.df / (self.df - 2)) if self.df > 2 else np.inf
            within = ratio * np.hypot(self.tau.mean(), self.tau.sd())
            return mean, np.hypot(within, self.mu.sd())

        return MeanMarginal(self.mu, lambda unit: components, moments, ())

    def data_weight(self) -> FloatArray:
        r"""Expected weight of each unit's own data given its latent scale, :math:`E[\tau^2/(\tau^2 + w_j \sigma_j^2)]`.

        Shape (J,). Where the population is normal it is the expectation of :math:`\kappa_j`.
        """
        return self._given.moments[2]

    def log_evidence(self) -> FloatArray:
        r"""Log of :math:`p(y) = \int p(y \mid \mu, \tau) p(\mu) p(\tau)`, shape (), for proper priors only."""
        require.proper("mu_prior", self.mu_prior)
        require.proper("tau_prior", self.tau_prior)
        return np.asarray(self._grid.log_total)

    def covariance(self) -> FloatArray:
        """Posterior covariance of the units' means, (J, J)."""
        require.square(*self.y.shape)
        grid = self._grid
        given = self._given.means()
        deviation = (given - self.theta.mean()[:, None, None]).reshape(len(self.y), -1)
        # Given (mu, tau) the units are independent.
        covariance = (deviation * grid.mass.ravel()) @ deviation.T
        np.fill_diagonal(covariance, self.theta.sd() ** 2)
        return np.asarray(covariance)

    def influence(self) -> FloatArray:
        r"""How far datum j moves estimate i, :math:`\partial E(\theta_i \mid y) / \partial y_j`, (J, J).

        It equals :math:`\text{cov}(\theta_i, \theta_j \mid y) / \sigma_j^2`.
        """
        return np.asarray(self.covariance() / self.sigma**2)

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``tau`` and ``mu`` of shape (draws,), ``theta`` of shape (draws, J)."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        grid = self._grid
        x = self.tau.coordinate_at(rng.uniform(np.finfo(float).tiny, 1, draws))
        tau = self._coordinates.tau(x)
        mu = self._coordinates.mu(draw(grid, x, rng.uniform(size=draws)))
        log_weight = grid.lattice.log_weight(tau)
        theta = np.empty((draws, len(self.y)))
        for j, (y, sigma) in enumerate(zip(self.y, self.sigma, strict=True)):
            total = sigma**2 + grid.lattice.variance
            log_share = log_weight - (np.log(total) + (y - mu[:, None]) ** 2 / total) / 2
            below = np.cumsum(softmax(log_share, axis=1), axis=1)
            variance = grid.lattice.variance[(below < rng.uniform(size=(draws, 1)) * below[:, -1:]).sum(1)]
            kappa = variance / (sigma**2 + variance)
            theta[:, j] = rng.normal(kappa * y + (1 - kappa) * mu, np.sqrt(kappa) * sigma)
        return {"tau": tau, "mu": mu, "theta": theta}

    @cached_property
    def _coordinates(self) -> Coordinates:
        ends = np.r_[self.y, self.mu_prior.mean] if isinstance(self.mu_prior, Normal) else self.y
        smallest = float(self.sigma.min())
        return Coordinates(
            unit=min(smallest, self.tau_prior.scale or np.inf),
            # A density that is infinite at zero is flat there in tau ** (head + 1).
            power=min(1.0, self.tau_prior.head + 1),
            centre=float(ends.max() + ends.min()) / 2,
            spread=max(float(np.ptp(ends)) / 2, smallest),
        )

    @cached_property
    def _target(self) -> Target:
        return Target(self.y, self.sigma, self.df, self.tau_prior, self.mu_prior, self._coordinates)

    @cached_property
    def _grid(self) -> Grid:
        return integrate(self._target, self._tau_tail, self._mu_tail)

    @property
    def _tau_tail(self) -> float:
        return tail_of_tau(len(self.y), self.tau_prior, self.mu_prior)

    @property
    def _mu_tail(self) -> float:
        """Far out either tau grows with mu, or the units are far in the tails of their population."""
        if isinstance(self.mu_prior, Normal):
            return np.inf
        return min(self._tau_tail, len(self.y) * (self.df + 1))

    @cached_property
    def _given(self) -> UnitsGiven:
        return UnitsGiven(self._target, self._grid)
