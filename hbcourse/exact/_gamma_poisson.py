"""Exact posterior of counts whose rates come from a Gamma population, by quadrature over its two parameters."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from .. import _validate as validate
from .._validate import FloatArray
from . import require
from ._gamma_mixture import GammaMixture
from ._gamma_poisson_ends import Ends
from ._log_sums import Log1pSums, LogRising
from ._plane import Plane, integrate_plane, outer_coordinate
from ._plane_marginal import PlaneMarginal
from ._priors import Exponential, ScalePrior
from ._priors._of_log import log_density_of_log
from ._protocol import Posterior, names_of, unknown

#: Beyond it rounding errors of the log likelihood would show.
MOST_EVENTS = 1e12


def gamma_poisson(
    x: ArrayLike,
    exposure: ArrayLike = 1.0,
    alpha_prior: ScalePrior = Exponential(1),
    beta_prior: ScalePrior = Exponential(1),
) -> "GammaPoissonPosterior":
    r"""Posterior of :math:`x_j \sim \text{Poisson}(\theta_j t_j)`, :math:`\theta_j \sim \text{Gamma}(\alpha, \beta)`.

    The rate of unit j is :math:`\theta_j`, its exposure :math:`t_j`; beta is the rate parameter of the Gamma
    distribution, whose mean is :math:`\mu = \alpha / \beta`. Given alpha and beta the counts are negative binomial and
    the rates Gamma again, so that a plane is left to integrate over:

    .. math::

        p(\alpha, \beta \mid x) \propto p(\alpha) p(\beta) \prod_j \frac{\Gamma(\alpha + x_j)}{\Gamma(\alpha) x_j!}
        \frac{\beta^\alpha t_j^{x_j}}{(\beta + t_j)^{\alpha + x_j}}, \qquad
        \theta_j \mid \alpha, \beta, x \sim \text{Gamma}(\alpha + x_j, \beta + t_j)

    Parameters
    ----------
    x : (J,) array
        Counts, whole numbers.
    exposure : (J,) array or number
        What each count was taken over: time, area, people.
    alpha_prior : prior of a positive quantity
        Prior of the shape alpha, which has no unit.
    beta_prior : prior of a positive quantity
        Prior of the rate parameter beta, in the units of the exposure. The default has a mean of one such unit.

    Raises
    ------
    ValueError
        If the input is malformed, or the posterior would not be a distribution. With J units, X events and
        :math:`J_+` units with any event, and priors that behave as powers h at zero and -t far out, it is one if and
        only if all of these hold: :math:`h_\alpha + J_+ > -1`; :math:`X + t_\beta > 1`;
        :math:`t_\alpha + t_\beta > 2`; :math:`h_\beta > -1`, or equal to -1 while :math:`J_+ + h_\alpha > 0`.

    Notes
    -----
    Source: George, Makov and Smith 1993, for the model and the priors of the pumps.

    Means are exact, and so can be infinite. As beta goes to zero the posterior density of mu falls only as a power:
    mu, and with it the rate of a new unit, has a mean if the density of ``beta_prior`` is finite at zero, and a
    standard deviation if it vanishes there as fast as beta. Quantiles exist always.

    The rule is Gauss-Legendre over panels in :math:`(\log \alpha, \log \mu)`, which are halved until the density is
    known to 1e-9 of its mass. Means and sds come out to about 1e-8, probabilities too. Only where units hardly differ
    are the probabilities of ``theta`` and of a new unit known to no more than about 2e-4: there its Gamma
    distributions are too narrow to be summed, and are taken for nearly normal ones.

    Examples
    --------
    Ten pumps: failures, and thousands of hours of operation.

    >>> from hbcourse import datasets, exact
    >>> pumps = datasets.pumps()
    >>> posterior = exact.gamma_poisson(pumps.failures, pumps.t_1000h, exact.Exponential(1), exact.Gamma(0.1, 1))
    >>> posterior.theta.mean().round(2)
    array([0.06, 0.1 , 0.09, 0.12, 0.6 , 0.61, 0.89, 0.89, 1.59, 1.99])
    >>> posterior.data_weight().round(2)[[0, 6]]
    array([0.99, 0.57])
    """
    unit = names_of(x)
    x, exposure = validate.together(x=validate.counts("x", x), exposure=validate.positive("exposure", exposure))
    if x.ndim != 1 or not x.size:
        raise ValueError(f"x must be a list of one or more counts; got shape {x.shape}")
    if x.sum() > MOST_EVENTS:
        raise ValueError(f"x must sum to at most {MOST_EVENTS:g}, the most that is exact here; got {x.sum():g}")
    require.scale_prior("alpha_prior", alpha_prior)
    require.scale_prior("beta_prior", beta_prior)
    Ends(x, exposure, alpha_prior, beta_prior).require_finite_mass()
    return GammaPoissonPosterior(x, exposure, alpha_prior, beta_prior, unit)


@dataclass(frozen=True, eq=False, repr=False)
class _NewRate(GammaMixture):
    """The rate of a new unit: its mean and sd come from those of the population mean, which reaches far out."""

    population: PlaneMarginal | None = None

    def mean(self) -> FloatArray:
        return self.population.mean() if self.population else super().mean()

    def sd(self) -> FloatArray:
        if not self.population or self.moments < 2:
            return super().sd()
        within = self.first / self.second / self.second @ self.weight
        return np.hypot(self.population.sd(), np.sqrt(within))


@dataclass(frozen=True, eq=False, repr=False)
class GammaPoissonPosterior(Posterior):
    """Posterior of the rates and of their population, given counts: made by :func:`gamma_poisson`.

    ``alpha``, ``beta``, ``mu`` (the population mean alpha / beta) and ``theta`` (the rate of each unit) are its
    marginals, each with ``mean``, ``sd``, ``cdf`` and ``quantile``.

    Examples
    --------
    >>> posterior = gamma_poisson([2, 0, 7], exposure=[1.0, 2.0, 1.0])
    >>> posterior.mu.quantile([0.025, 0.5, 0.975]).round(2)
    array([0.53, 2.25, 9.74])
    >>> sorted(posterior.sample(5, np.random.default_rng(1)))
    ['alpha', 'beta', 'mu', 'theta']
    """

    x: FloatArray
    exposure: FloatArray
    alpha_prior: ScalePrior
    beta_prior: ScalePrior
    unit: tuple[Any, ...] | None = None

    _unknowns: ClassVar[tuple[str, ...]] = ("alpha", "beta", "mu", "theta")

    def _size(self) -> int:
        return len(self.x)

    @unknown
    def alpha(self) -> PlaneMarginal:
        """Marginal posterior of the shape of the population."""
        return PlaneMarginal(self._plane, outer_coordinate, outer_coordinate, self._ends.alpha_moments())

    @unknown
    def beta(self) -> PlaneMarginal:
        """Marginal posterior of the rate parameter of the population, in the units of the exposure."""
        return PlaneMarginal(
            self._plane,
            lambda a, log_mu: a - log_mu,
            lambda log_beta, log_mu: log_beta + log_mu,
            self._ends.beta_moments(),
        )

    @unknown
    def mu(self) -> PlaneMarginal:
        """Marginal posterior of the population mean, events per unit of exposure."""
        return PlaneMarginal(self._plane, lambda _, log_mu: log_mu, None, self._ends.mu_moments())

    @unknown
    def theta(self) -> GammaMixture:
        """Marginal posterior of each unit's own rate, events per unit of exposure."""
        return GammaMixture(*self._nodes, self.x, self.exposure, rows=self._plane.rows)

    def data_weight(self) -> FloatArray:
        r"""Posterior mean of each unit's data weight :math:`t_j / (\beta + t_j)`, (J,)."""
        weight, _, beta = self._nodes
        exposure, unit = np.unique(self.exposure, return_inverse=True)
        return np.array([t / (beta + t) @ weight for t in exposure])[unit]

    def predict_new(self) -> GammaMixture:
        r"""Posterior of a new unit's rate, :math:`\tilde\theta \sim \text{Gamma}(\alpha, \beta)` averaged."""
        zero = np.zeros(())
        return _NewRate(*self._nodes, zero, zero, self._ends.mu_moments(pole=1), self._plane.rows, population=self.mu)

    def log_evidence(self) -> FloatArray:
        r"""Log of :math:`p(x) = \int p(x \mid \alpha, \beta) p(\alpha) p(\beta)`, shape (), for proper priors only."""
        require.proper("alpha_prior", self.alpha_prior)
        require.proper("beta_prior", self.beta_prior)
        return np.asarray(self._plane.log_total + (self.x * np.log(self.exposure) - gammaln(self.x + 1)).sum())

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``alpha``, ``beta`` and ``mu`` of shape (draws,), ``theta`` of shape (draws, J)."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        a, log_mu = self._plane.sample(draws, rng)
        with np.errstate(over="ignore"):
            alpha, beta, mu = np.exp(a), np.exp(a - log_mu), np.exp(log_mu)
        theta = rng.gamma(alpha[:, None] + self.x, 1 / (beta[:, None] + self.exposure))
        return {"alpha": alpha, "beta": beta, "mu": mu, "theta": theta}

    @cached_property
    def _nodes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weights, alphas and betas that stand for the posterior, (K,) each."""
        a, log_mu, weight = self._plane.heavy_nodes
        return weight, np.exp(a), np.exp(np.maximum(a - log_mu, -700))

    @cached_property
    def _plane(self) -> Plane:
        """The posterior over the log of alpha and the log of mu."""
        events = self.x.sum()
        rising = LogRising(self.x)
        sums = Log1pSums(self.exposure, np.stack([np.ones_like(self.x), self.x]))

        def log_density(a: FloatArray, log_mu: FloatArray) -> FloatArray:
            log_beta = a - log_mu
            of_units, of_events = sums(log_beta)
            prior = log_density_of_log(self.alpha_prior, a) + log_density_of_log(self.beta_prior, log_beta)
            return np.asarray(rising(a) + prior + events * log_mu - np.exp(np.minimum(a, 600)) * of_units - of_events)

        noise = 8 * np.finfo(float).eps * (events + len(self.x))
        return integrate_plane(log_density, self._ends.alpha_window(), self._ends.mu_window, noise)

    @cached_property
    def _ends(self) -> Ends:
        return Ends(self.x, self.exposure, self.alpha_prior, self.beta_prior)
