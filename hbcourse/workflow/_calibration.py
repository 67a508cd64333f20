"""Simulation-based calibration: do true values lie evenly in the posteriors of the data that they make?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ._predictive import require_priors

Draws = Mapping[str, ArrayLike]
Sampler = Callable[[exact.NormalHierarchyPosterior, int, np.random.Generator], Draws]

#: Draws worked on together.
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Ranks:
    """Ranks of true values among the draws: made by :func:`simulation_based_calibration`.

    Attributes
    ----------
    rank : dict of arrays
        For each quantity how many draws lie below the truth, (repeats, ...), from 0 to ``draws``.
    draws : int
        Number of draws in each fit.

    Examples
    --------
    >>> even = np.random.default_rng(1).integers(0, 100, 1000)
    >>> round(Ranks({"mu": even}, draws=99).p_value(), 2)
    0.22
    """

    rank: dict[str, NDArray[np.int64]]
    draws: int

    def share(self, name: str) -> FloatArray:
        """Ranks of a quantity as shares from 0 to 1, (repeats, ...): for a histogram."""
        if not isinstance(name, str) or name not in self.rank:
            raise ValueError(f"name must be among {', '.join(self.rank)}; got {validate.shown(name)}")
        return np.asarray((self.rank[name] + 0.5) / (self.draws + 1))

    def p_values(self, bins: int = 20) -> dict[str, FloatArray]:
        r"""P-value of each quantity's ranks in a chi-square test that they are even.

        With n ranks in each bin, and e expected, it refers :math:`\sum (n - e)^2 / e` to chi-square with ``bins`` - 1
        degrees of freedom. The number of bins must divide ``draws`` + 1, and 5 ranks must be expected in each.
        """
        bins = validate.whole("bins", bins, 2, self.draws + 1)
        if (self.draws + 1) % bins:
            raise ValueError(f"bins must divide the number of draws plus 1, {self.draws + 1}; got {bins}")
        return {name: np.apply_along_axis(self._p_value, 0, ranks, bins) for name, ranks in self.rank.items()}

    def p_value(self, bins: int = 20) -> float:
        """The smallest of the p-values times their number (Bonferroni), at most 1: of the sampler as a whole."""
        p = np.concatenate([values.ravel() for values in self.p_values(bins).values()])
        return min(float(p.min() * p.size), 1.0)

    def _p_value(self, ranks: NDArray[np.int64], bins: int) -> float:
        if len(ranks) < 5 * bins:
            raise ValueError(f"bins must be at most a fifth of the number of repeats, {len(ranks)}; got {bins}")
        counts = np.bincount(ranks * bins // (self.draws + 1), minlength=bins)
        return float(stats.chisquare(counts).pvalue)


def simulation_based_calibration(
    simulate: Callable[[np.random.Generator], tuple[Draws, Any]],
    sample: Callable[[Any, np.random.Generator], Draws],
    repeats: int,
    rng: np.random.Generator,
) -> Ranks:
    r"""Draw the truth from the prior and data from the truth, fit, and rank the truth among the posterior's draws.

    If model, data and sampler belong together, the rank is equally often each of 0, ..., L. Ranks that are

    - too often at both ends tell of posteriors that are too narrow,
    - too seldom there, of posteriors that are too wide,
    - too often at one end, of a bias.

    Parameters
    ----------
    simulate : callable
        Of ``rng``: the truth, a mapping from name to number or array, and data of any kind.
    sample : callable
        Of the data and ``rng``: independent posterior draws, a mapping from the same names to arrays (L, ...).
    repeats : int
        Number of truths.
    rng : numpy.random.Generator

    Notes
    -----
    Draws of a Markov chain must be thinned until they are nearly independent. Ties are broken at random.

    It has a blind spot: draws from the prior, whatever the data, have even ranks too, and so may draws under a flat
    prior. A quantity of parameters and data, such as the log of their joint density, closes it: add it to the truth and
    to the draws. Source: Talts et al. 2018; Modrák et al. 2023, for such quantities.

    Examples
    --------
    >>> def simulate(rng):
    ...     mu = rng.normal()
    ...     return {"mu": mu}, rng.normal(mu, 1)
    >>> def right(y, rng): return {"mu": rng.normal(y / 2, 0.5**0.5, 99)}
    >>> def narrow(y, rng): return {"mu": rng.normal(y / 2, 0.5, 99)}
    >>> rng = np.random.default_rng(1)
    >>> [simulation_based_calibration(simulate, s, 500, rng).p_value() > 0.01 for s in (right, narrow)]
    [True, False]
    """
    for name, function in (("simulate", simulate), ("sample", sample)):
        validate.function(name, function)
    repeats, rng = validate.whole("repeats", repeats, 1, 10**7), validate.generator(rng)
    ranks: list[dict[str, NDArray[np.int64]]] = []
    sizes = set()
    for _ in range(repeats):
        made = simulate(rng)
        if not isinstance(made, tuple) or len(made) != 2:
            raise ValueError(f"simulate must return the truth and the data, a tuple of two; got {validate.shown(made)}")
        truth, data = made
        found = _ranks(truth, sample(data, rng), rng)
        ranks.append(found.rank)
        sizes.add(found.draws)
    if len(sizes) > 1:
        raise ValueError(f"sample must return the same number of draws each time; got {sorted(sizes)}")
    return Ranks({name: np.stack([rank[name] for rank in ranks]) for name in ranks[0]}, sizes.pop())


def calibrate_normal_hierarchy(
    sampler: Sampler,
    sigma: ArrayLike,
    tau_prior: exact.ScalePrior,
    mu_prior: exact.Normal,
    repeats: int,
    draws: int,
    rng: np.random.Generator,
) -> Ranks:
    r"""Simulation-based calibration of a sampler of the normal hierarchy, all data sets at once.

    It ranks tau, mu, each theta, and the misfit :math:`\sum_j (y_j - \theta_j)^2 / \sigma_j^2`, which shows whether the
    sampler has taken account of the data.

    Parameters
    ----------
    sampler : callable
        Of the exact posterior of a batch of B data sets, the number of draws and ``rng``: draws of ``tau`` and ``mu``,
        (draws, B), and ``theta``, (draws, B, J), or some of them. The right one is
        ``exact.NormalHierarchyPosterior.sample``.
    sigma : (J,) array
        Standard errors of the units' estimates.
    tau_prior : a proper prior of a positive quantity
    mu_prior : Normal
    repeats : int
        Number of truths.
    draws : int
        Number of draws in each fit, such as 99.
    rng : numpy.random.Generator

    Notes
    -----
    The units of one data set share tau and mu, so that their ranks are not independent: they are tested unit by unit.
    Source: Talts et al. 2018.

    Examples
    --------
    >>> from hbcourse.workflow import sample_plug_in, sample_without_prior
    >>> priors, sigma = (exact.HalfNormal(5), exact.Normal(0, 5)), [15, 10, 16, 11, 9, 11, 10, 18]
    >>> for sampler in (exact.NormalHierarchyPosterior.sample, sample_plug_in, sample_without_prior):
    ...     ranks = calibrate_normal_hierarchy(
    ...         sampler, sigma, *priors, repeats=2000, draws=99, rng=np.random.default_rng(1)
    ...     )
    ...     print(ranks.p_value() > 0.01)
    True
    False
    False
    """
    validate.function("sampler", sampler)
    sigma, rng = validate.standard_errors(sigma), validate.generator(rng)
    require_priors(tau_prior, mu_prior)
    repeats, draws = validate.whole("repeats", repeats, 1, 10**7), validate.whole("draws", draws, 1, 10**6)
    parts = []
    for block in np.array_split(np.arange(repeats), min(repeats, 1 + repeats * draws * len(sigma) // _BLOCK)):
        tau, mu = tau_prior.sample(len(block), rng), mu_prior.sample(len(block), rng)
        theta = mu[:, None] + tau[:, None] * rng.normal(size=(len(block), len(sigma)))
        y = rng.normal(theta, sigma)
        truth = {"tau": tau, "mu": mu, "theta": theta}
        drawn = sampler(exact.normal_hierarchy(y, sigma, tau_prior, mu_prior), draws, rng)
        if not isinstance(drawn, Mapping) or not drawn or any(name not in truth for name in drawn):
            got = ", ".join(map(str, drawn)) if isinstance(drawn, Mapping) else validate.shown(drawn)
            raise ValueError(f"sampler must return draws of tau, mu or theta by name; got {got or 'none'}")
        found = _ranks({name: truth[name] for name in drawn}, drawn, rng)
        if "theta" in drawn:
            misfit, misfits = ((((y - np.asarray(value)) / sigma) ** 2).sum(-1) for value in (theta, drawn["theta"]))
            found.rank.update(_ranks({"misfit": misfit}, {"misfit": misfits}, rng).rank)
        parts.append(found)
    if any(part.draws != draws for part in parts):
        raise ValueError(f"sampler must return {draws} draws; got {parts[0].draws}")
    return Ranks({name: np.concatenate([part.rank[name] for part in parts]) for name in parts[0].rank}, draws)


def _ranks(truth: Draws, drawn: Draws, rng: np.random.Generator) -> Ranks:
    """Rank of each true value among its draws, and how many draws there were."""
    if not isinstance(truth, Mapping) or not isinstance(drawn, Mapping) or set(truth) != set(drawn) or not truth:
        raise ValueError(
            "simulate and sample must return mappings with the same names; "
            f"got {validate.shown(truth)} and {validate.shown(drawn)}"
        )
    rank, draws = {}, set()
    for name, value in truth.items():
        at, among = validate.finite(f"the true {name}", value), validate.finite(f"draws of {name}", drawn[name])
        if among.ndim != at.ndim + 1 or among.shape[1:] != at.shape or not among.size:
            raise ValueError(
                f"draws of {name} must have shape (draws, ...) over that of the truth, {at.shape}; got {among.shape}"
            )
        below, level = (among < at).sum(0), (among == at).sum(0)
        rank[name] = np.asarray(below + rng.integers(0, level + 1), dtype=np.int64)
        draws.add(len(among))
    if len(draws) > 1:
        raise ValueError(f"draws must be as many of each quantity; got {sorted(draws)}")
    return Ranks(rank, draws.pop())
