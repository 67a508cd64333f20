"""Exact posterior of proportions whose probabilities come from a Beta population, by quadrature over the population."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln, log_expit

from .. import _validate as validate
from .._validate import FloatArray
from . import require
from ._beta_mixture import BetaMixture
from ._log_sums import LogRising
from ._plane import Plane, integrate_plane, outer_coordinate
from ._plane_marginal import PlaneMarginal
from ._priors import Beta, Power, ScalePrior
from ._priors._of_log import fall, log_density_of_log, reach
from ._protocol import Posterior, names_of, unknown

#: Beyond it rounding errors of the log likelihood would show.
_MOST_TRIALS = 1e12


def beta_binomial(
    y: ArrayLike,
    n: ArrayLike,
    kappa_prior: ScalePrior = Power(-1.5),
    mu_prior: Beta = Beta(1, 1),
) -> "BetaBinomialPosterior":
    r"""Posterior of :math:`y_j \sim \text{Binomial}(n_j, \theta_j)`, :math:`\theta_j \sim \text{Beta}(\alpha, \beta)`.

    The population is described by its mean :math:`\mu = \alpha / (\alpha + \beta)` and its concentration
    :math:`\kappa = \alpha + \beta`: the larger kappa, the more alike the units. Given them the data are beta-binomial
    and the probabilities Beta again, so that a plane is left to integrate over:

    .. math::

        p(\mu, \kappa \mid y) \propto p(\mu) p(\kappa)
        \prod_j \binom{n_j}{y_j} \frac{B(\alpha + y_j, \beta + n_j - y_j)}{B(\alpha, \beta)}, \qquad
        \theta_j \mid \mu, \kappa, y \sim \text{Beta}(\alpha + y_j, \beta + n_j - y_j)

    Parameters
    ----------
    y : (J,) array
        Successes, whole numbers.
    n : (J,) array or number
        Trials that they are out of.
    kappa_prior : prior of a positive quantity
        Prior of the concentration. The default, with a uniform mu, is
        :math:`p(\alpha, \beta) \propto (\alpha + \beta)^{-5/2}`.
    mu_prior : Beta
        Prior of the mean.

    Raises
    ------
    ValueError
        If the input is malformed, or the posterior would not be a distribution. With a prior of kappa that behaves as
        the power h at zero and -t far out it is one if and only if t > 1 and :math:`h + J_m > -1`, where :math:`J_m`
        units have successes and failures both.

    Notes
    -----
    Source: Gelman et al. 2013, section 5.3.

    Means are exact, and so can be infinite: far out the posterior density of kappa falls as that of its prior. Under
    the default, kappa, alpha and beta have quantiles but no finite mean. What Gelman et al. print as their means is a
    sum over a grid that ends.

    The rule is Gauss-Legendre over panels in :math:`(\log \kappa, \text{logit}\,\mu)`, which are halved until the
    density is known to 1e-9 of its mass. Means and sds come out to about 1e-8, probabilities too. Only where units
    hardly differ are the probabilities of ``theta`` and of a new unit known to no more than about 2e-4: there its Beta
    distributions are too narrow to be summed, and are taken for normal ones.

    Examples
    --------
    Tumors in 71 groups of rats:

    >>> from hbcourse import datasets, exact
    >>> rats = datasets.rat_tumor()
    >>> posterior = exact.beta_binomial(rats.y, rats.n)
    >>> float(posterior.mu.mean().round(3))
    0.144
    >>> posterior.theta.mean().round(3)[[0, -1]]
    array([0.064, 0.211])
    """
    unit = names_of(y)
    y, n = validate.successes(y, n)
    if n.sum() > _MOST_TRIALS:
        raise ValueError(f"n must sum to at most {_MOST_TRIALS:g}, the most that is exact here; got {n.sum():g}")
    require.scale_prior("kappa_prior", kappa_prior)
    require.beta_prior("mu_prior", mu_prior)
    _require_proper(int(np.count_nonzero((y > 0) & (y < n))), kappa_prior)
    return BetaBinomialPosterior(y, n, kappa_prior, mu_prior, unit)


def _require_proper(mixed: int, kappa_prior: ScalePrior) -> None:
    """Refuse each end of kappa where the mass is infinite."""
    if kappa_prior.tail <= 1:
        raise ValueError(
            "kappa_prior must fall faster than 1/kappa far out, where units are equal, or the posterior has infinite "
            f"mass there; got {kappa_prior}"
        )
    if not kappa_prior.low and kappa_prior.head + mixed <= -1:
        raise ValueError(
            f"kappa_prior must be of smaller order than kappa**{-1 - mixed} near kappa = 0, with {mixed} units that "
            f"have successes and failures both, or the posterior has infinite mass there; got {kappa_prior}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class BetaBinomialPosterior(Posterior):
    """Posterior of the probabilities and of their population, given counts: made by :func:`beta_binomial`.

    ``mu`` (the population mean), ``kappa`` (its concentration), ``alpha``, ``beta`` and ``theta`` (the probability of
    each unit) are its marginals, each with ``mean``, ``sd``, ``cdf`` and ``quantile``.

    Examples
    --------
    >>> posterior = beta_binomial([2, 0, 7], n=10)
    >>> posterior.mu.quantile([0.025, 0.5, 0.975]).round(2)
    array([0.1 , 0.35, 0.71])
    >>> posterior.data_weight().round(2)
    array([0.88, 0.88, 0.88])
    """

    y: FloatArray
    n: FloatArray
    kappa_prior: ScalePrior
    mu_prior: Beta
    unit: tuple[Any, ...] | None = None

    _unknowns: ClassVar[tuple[str, ...]] = ("mu", "kappa", "alpha", "beta", "theta")

    def _size(self) -> int:
        return len(self.y)

    @unknown
    def kappa(self) -> PlaneMarginal:
        """Marginal posterior of the concentration, in trials."""
        return PlaneMarginal(self._plane, outer_coordinate, outer_coordinate, self._moments)

    @unknown
    def mu(self) -> PlaneMarginal:
        """Marginal posterior of the population mean."""
        return PlaneMarginal(self._plane, lambda _, x: x, None, 2, logit=True)

    @unknown
    def alpha(self) -> PlaneMarginal:
        r"""Marginal posterior of :math:`\alpha = \kappa \mu`."""
        return PlaneMarginal(
            self._plane, lambda a, x: a + log_expit(x), lambda log_alpha, x: log_alpha - log_expit(x), self._moments
        )

    @unknown
    def beta(self) -> PlaneMarginal:
        r"""Marginal posterior of :math:`\beta = \kappa (1 - \mu)`."""
        return PlaneMarginal(
            self._plane, lambda a, x: a + log_expit(-x), lambda log_beta, x: log_beta - log_expit(-x), self._moments
        )

    @unknown
    def theta(self) -> BetaMixture:
        """Marginal posterior of each unit's own probability."""
        return BetaMixture(*self._nodes, self.y, self.n - self.y, rows=self._plane.rows)

    def data_weight(self) -> FloatArray:
        r"""Posterior mean of each unit's data weight :math:`n_j / (\kappa + n_j)`, (J,)."""
        weight, alpha, beta = self._nodes
        trials, unit = np.unique(self.n, return_inverse=True)
        return np.array([n / (alpha + beta + n) @ weight for n in trials])[unit]

    def predict_new(self) -> BetaMixture:
        r"""Posterior of a new unit's probability, :math:`\tilde\theta \sim \text{Beta}(\alpha, \beta)` averaged."""
        zero = np.zeros(())
        return BetaMixture(*self._nodes, zero, zero, rows=self._plane.rows)

    def log_evidence(self) -> FloatArray:
        r"""Log of :math:`p(y) = \int p(y \mid \mu, \kappa) p(\mu) p(\kappa)`, shape (), for a proper prior only."""
        require.proper("kappa_prior", self.kappa_prior)
        choices = gammaln(self.n + 1) - gammaln(self.y + 1) - gammaln(self.n - self.y + 1)
        return np.asarray(self._plane.log_total + choices.sum() - betaln(self.mu_prior.a, self.mu_prior.b))

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``mu``, ``kappa``, ``alpha``, ``beta`` of shape (draws,), ``theta`` (draws, J)."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        a, x = self._plane.sample(draws, rng)
        alpha, beta = np.exp(a + log_expit(x)), np.exp(a + log_expit(-x))
        theta = rng.beta(alpha[:, None] + self.y, beta[:, None] + self.n - self.y)
        return {"mu": np.exp(log_expit(x)), "kappa": np.exp(a), "alpha": alpha, "beta": beta, "theta": theta}

    @property
    def _moments(self) -> int:
        """How many moments of kappa, alpha and beta are finite."""
        return sum(self.kappa_prior.tail - 1 > k for k in (1, 2))

    @cached_property
    def _nodes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weights, alphas and betas that stand for the posterior, (K,) each."""
        a, x, weight = self._plane.heavy_nodes
        alpha, beta = (np.exp(np.maximum(a + log_expit(of_x), -690)) for of_x in (x, -x))
        return weight, alpha, beta

    @cached_property
    def _plane(self) -> Plane:
        """The posterior over the log of kappa and the logit of mu."""
        successes, failures = self.y.sum(), (self.n - self.y).sum()
        of_successes = LogRising(self.y)
        of_failures = LogRising(self.n - self.y)
        of_trials = LogRising(self.n)

        def log_density(a: FloatArray, x: FloatArray) -> FloatArray:
            log_mu, log_rest = log_expit(x), log_expit(-x)
            likelihood = of_successes(a + log_mu) + of_failures(a + log_rest) - of_trials(a)
            prior = self.mu_prior.a * log_mu + self.mu_prior.b * log_rest + log_density_of_log(self.kappa_prior, a)
            return np.asarray(likelihood + prior + successes * log_mu + failures * log_rest)

        noise = 8 * np.finfo(float).eps * self.n.sum()
        return integrate_plane(log_density, self._kappa_window, self._mu_window, noise)

    @cached_property
    def _kappa_window(self) -> tuple[float, float]:
        """Values of log kappa between which the posterior lies, generously."""
        trials, prior = self.n.sum(), self.kappa_prior
        mixed = np.count_nonzero((self.y > 0) & (self.y < self.n))
        low, high = (float(end) for end in reach(prior).against(trials))
        scale = [np.log(prior.scale)] if prior.scale else []
        if np.isinf(low):
            low = min([-8 - np.log(len(self.y)), *scale]) - fall(mixed + prior.head + 1)
        if np.isinf(high):
            high = max([2 * np.log1p(trials), *scale]) + fall(prior.tail - 1 - self._moments)
        return low, min(high, 600.0)

    def _mu_window(self, a: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values of logit mu between which it lies at any kappa, generously."""
        prior = self.mu_prior
        corner = -8 - np.log(self.n.sum() + prior.a + prior.b)
        low = corner - fall(prior.a + np.count_nonzero(self.y))
        high = fall(prior.b + np.count_nonzero(self.n - self.y)) - corner
        return np.full(a.shape, low), np.full(a.shape, high)
