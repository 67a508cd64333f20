"""Exact posterior of balanced nested normal data, by quadrature over the standard deviations alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from . import require
from ._nested_marginals import LocationMarginal, SdMarginal
from ._nested_moments import NestedMarginals
from ._nested_priors import of_levels, tails
from ._nested_quadrature import NestedQuadrature
from ._priors import Flat, Normal, ScalePrior
from ._protocol import Axis, Posterior, names_of, unknown
from ._variance_components import MeanSquares, mean_squares, nested

#: Draws made together, and at most.
_BLOCK, _MOST_DRAWS = 4096, 10**8


def nested_normal(
    y: ArrayLike,
    tau_prior: ScalePrior | list[ScalePrior] | tuple[ScalePrior, ...] = Flat(),
    sigma_prior: ScalePrior = Flat(),
    mu_prior: Flat | Normal = Flat(),
) -> "NestedNormalPosterior":
    r"""Posterior of balanced nested data, such as plots in sites in regions, with unknown standard deviations.

    .. math:: y_{rsk} = \mu + a_r + b_{rs} + e_{rsk}, \quad a_r \sim N(0, \tau_1^2), \quad b_{rs} \sim N(0, \tau_2^2),
              \quad e_{rsk} \sim N(0, \sigma^2)

    or, with two levels, :math:`y_{ik} = \mu + a_i + e_{ik}`. The data enter through their grand mean and the sums of
    squares of each level, each with an eigenvalue of the covariance matrix of y as its variance:
    :math:`\lambda_3 = \sigma^2`, :math:`\lambda_2 = \sigma^2 + n \tau_2^2` and
    :math:`\lambda_1 = \lambda_2 + Sn \tau_1^2`,

    .. math:: p(\tau, \sigma \mid y) \propto p(\tau) \, p(\sigma) \prod_k \lambda_k^{-d_k/2} e^{-\text{SS}_k/2\lambda_k}

    and with a normal mu times :math:`N(\bar y \mid m_0, s_0^2 + \lambda_1 / N)`.

    Parameters
    ----------
    y : (I, n) or (R, S, n) array
        Observations in groups, or in sites in regions; 2 or more in each.
    tau_prior : a prior of a positive quantity, or a list of one for each level of groups
        Priors of the standard deviations between groups, the outermost first, independent.
    sigma_prior : a prior of a positive quantity
        Prior of the standard deviation between observations in the same group.
    mu_prior : Flat or Normal
        Prior of the grand mean.

    Raises
    ------
    ValueError
        If the input is malformed, if observations do not vary within groups (the likelihood then has no bound as
        sigma goes to zero), or if the posterior would not be a distribution: a flat tau needs 3 groups on its level if
        it is the outermost and mu is flat.

    Notes
    -----
    Means and sds are within 1e-7 of themselves, and within 1e-5 where a prior and the data are many powers of ten
    apart. Source: Box and Tiao 1973, chapter 5, for the likelihood and its eigenvalues; Gelman 2006 for the priors.

    Examples
    --------
    >>> from hbcourse import exact
    >>> y = [[5.0, 6.1, 5.4], [8.2, 7.7, 8.8], [6.9, 6.0, 6.4], [4.1, 5.2, 4.4]]
    >>> posterior = exact.nested_normal(y, tau_prior=exact.HalfNormal(5))
    >>> posterior.theta[0].mean().round(2)
    array([5.53, 8.13, 6.42, 4.65])
    """
    unit = names_of(y)
    y = nested(y)
    priors = (*of_levels(tau_prior, y.ndim - 1), sigma_prior)
    require.scale_prior("sigma_prior", sigma_prior)
    require.mean_prior("mu_prior", mu_prior)
    squares = mean_squares(y)
    if squares.ss[-1] == 0:
        raise ValueError(
            "y must vary within groups: where all observations of each group are equal, the likelihood grows without "
            "bound as sigma goes to zero, and the posterior is no distribution"
        )
    return NestedNormalPosterior(squares, priors, tails(squares, priors, mu_prior), mu_prior, unit)


@dataclass(frozen=True, eq=False, repr=False)
class NestedNormalPosterior(Posterior):
    r"""Posterior of the sds, the grand mean and all group means: made by :func:`nested_normal`.

    ``sigma``, ``mu``, each of the tuple ``tau`` and each of the tuple ``theta`` (both outermost level first) are its
    marginals, with ``mean``, ``sd``, ``cdf`` and ``quantile``. ``theta[0]`` holds the means of the outermost groups,
    (R,), and with three levels ``theta[1]`` those of the sites, (R, S).

    Attributes
    ----------
    squares : MeanSquares
        What the posterior knows of the data.
    priors : tuple
        Priors of the sds, the outermost tau first and sigma last.
    tails : tuple of floats
        The powers with which their posterior densities fall.
    mu_prior : Flat or Normal
        Prior of the grand mean.

    Examples
    --------
    >>> from hbcourse import exact
    >>> y = [[[1.0, 2.0], [4.0, 5.0]], [[3.0, 3.5], [7.0, 5.0]], [[9.0, 8.0], [6.0, 7.0]]]
    >>> posterior = exact.nested_normal(y, exact.HalfNormal(3))
    >>> [float(tau.mean().round(2)) for tau in posterior.tau], posterior.theta[1].mean()[0].round(2)
    ([2.12, 2.16], array([1.92, 4.35]))
    """

    squares: MeanSquares
    priors: tuple[ScalePrior, ...]
    tails: tuple[float, ...]
    mu_prior: Flat | Normal
    unit: tuple[Any, ...] | None = None

    _unknowns: ClassVar[tuple[str, ...]] = ("tau", "sigma", "mu", "theta")

    def _size(self) -> int:
        return len(self.squares.mean[1])

    def _axes(self, unit: Sequence[Any]) -> dict[str, tuple[Axis, ...]]:
        axes: dict[str, tuple[Axis, ...]] = {"theta[0]": (Axis("unit", unit),)}
        if len(self.priors) == 3:
            axes["theta[1]"] = (*axes["theta[0]"], Axis("site", range(self.squares.mean[2].shape[1])))
        return axes

    @unknown
    def tau(self) -> tuple[SdMarginal, ...]:
        """Marginal posteriors of the sds between groups, the outermost level first."""
        return tuple(self._marginals.sd(k) for k in range(len(self.priors) - 1))

    @unknown
    def sigma(self) -> SdMarginal:
        """Marginal posterior of the sd between observations in the same innermost group."""
        return self._marginals.sd(len(self.priors) - 1)

    @unknown
    def mu(self) -> LocationMarginal:
        """Marginal posterior of the grand mean."""
        return self._marginals.location(0, 0)

    @unknown
    def theta(self) -> tuple[LocationMarginal, ...]:
        """Marginal posteriors of the group means, the outermost level first."""
        return tuple(self._marginals.location(known, known) for known in range(1, len(self.priors)))

    def predict_new(self, level: int = 0, known: int = 0) -> LocationMarginal:
        r"""Posterior of what is new from ``level`` outwards to the groups that are known.

        A new group's mean lies around that of the group that holds it. Of plots in sites in regions:

        =========  =========  ======================================================
        ``level``  ``known``  what
        =========  =========  ======================================================
        0          0          mean of a new region, shape ()
        1          0          mean of a new site in a new region, ()
        1          1          mean of a new site in each of the known regions, (R,)
        2          2          a new plot in each of the known sites, (R, S)
        =========  =========  ======================================================
        """
        levels = len(self.priors)
        level = validate.whole("level", level, 0, levels - 1)
        known = validate.whole("known", known, 0, level)
        return self._marginals.location(known, level + 1)

    def variance_shares(self) -> tuple[FloatArray, FloatArray]:
        r"""Posterior mean and sd of each level's share of the variance of an observation, (L,) each, sigma's last.

        The intraclass correlation of two observations in the same group is the sum of the shares from its level
        outwards: :math:`\tau_1^2 / (\tau_1^2 + \tau_2^2 + \sigma^2)` in the same region.
        """
        weights = self._marginals.weights()
        weight = weights.ravel()
        variances = [np.broadcast_to(v, weights.shape).ravel() for v in self._marginals.variances]
        shares = np.array(variances) / np.sum(variances, axis=0)
        mean = shares @ weight
        return mean, np.sqrt((shares - mean[:, None]) ** 2 @ weight)

    def log_evidence(self) -> FloatArray:
        r"""Log of :math:`p(y)`, all parameters integrated out, for proper priors only."""
        names = [f"tau_prior[{k}]" for k in range(len(self.priors) - 1)]
        for name, prior in zip(["mu_prior", *names, "sigma_prior"], [self.mu_prior, *self.priors], strict=True):
            require.proper(name, prior)
        N = self.squares.total
        return np.asarray(self._quadrature.chain.rho.log_total - (N * np.log(2 * np.pi) + np.log(N)) / 2)

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``sigma`` and ``mu`` (draws,), ``tau`` (draws, L - 1), ``theta[k]`` (draws, ...)."""
        draws, rng = validate.whole("draws", draws, 1, _MOST_DRAWS), validate.generator(rng)
        blocks = [self._sample(min(_BLOCK, draws - start), rng) for start in range(0, draws, _BLOCK)]
        return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}

    def _sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        def uniform() -> FloatArray:
            return rng.uniform(np.finfo(float).tiny, 1, draws)

        size = self.squares.size
        log_rho = self._quadrature.chain.rho.quantile_of(np.zeros(draws, dtype=int), uniform())
        rho = np.exp(log_rho)
        above, below = self._quadrature.above(log_rho), self._quadrature.below(log_rho)
        r = above.draw(uniform())
        tau = [rho / np.sqrt(size[0]) * r]
        sigma = rho
        if below is not None:
            ratio = below.draw(uniform())
            sigma = rho / np.sqrt(1 + ratio**2)
            tau.append(sigma / np.sqrt(size[1]) * ratio)
        # From the grand mean down, each mean given the one above it and the data.
        toward_prior, variance = self._marginals.mu_given(rho**2 * (1 + r**2))
        grand = float(self.squares.mean[0])
        mu = rng.normal(grand + toward_prior * (self.mu_prior.mean - grand), np.sqrt(variance))
        found = {"sigma": sigma, "mu": mu, "tau": np.stack(tau, axis=-1)}
        parent, noise = mu, [rho, sigma]
        for k, spread in enumerate(tau):
            means = self.squares.mean[k + 1]
            error = noise[k] ** 2 / size[k]
            kappa, sd = spread**2 / (spread**2 + error), np.sqrt(spread**2 * error / (spread**2 + error))
            kappa, sd = (a.reshape((draws,) + (1,) * means.ndim) for a in (kappa, sd))
            parent = rng.normal(kappa * means + (1 - kappa) * parent[..., None], sd)
            found[f"theta[{k}]"] = parent
        return found

    @cached_property
    def _quadrature(self) -> NestedQuadrature:
        return NestedQuadrature(self.squares, self.priors, self.tails, self.mu_prior)

    @cached_property
    def _marginals(self) -> NestedMarginals:
        return NestedMarginals(self._quadrature)
