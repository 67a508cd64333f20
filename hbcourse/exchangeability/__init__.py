"""Exchangeability: what relabelling must not change, what a mixture can and cannot be, and what a covariate breaks."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ..exact import between_sd
from ._populations import Population, divergence, normal_population, two_point_population
from ._urns import (
    Urn,
    diaconis_freedman_bound,
    distance_to_independent,
    distance_to_mixtures,
    smallest_correlation,
    total_variation,
)

__all__ = [
    "Population",
    "SpreadExplained",
    "Urn",
    "diaconis_freedman_bound",
    "distance_to_independent",
    "distance_to_mixtures",
    "divergence",
    "is_exchangeable",
    "normal_population",
    "smallest_correlation",
    "spread_explained",
    "total_variation",
    "two_point_population",
]


def is_exchangeable(
    log_joint: Callable[[FloatArray], float],
    x: ArrayLike,
    rng: np.random.Generator,
    permutations: int = 100,
    tolerance: float = 1e-9,
) -> bool:
    """Whether random relabellings of the units leave the log joint density at ``x`` as it is.

    False is a proof: a relabelling was found that matters. True is not: another relabelling, or another ``x``, could
    still matter, and so could a difference within the tolerance.

    Parameters
    ----------
    log_joint : callable
        Log joint density of an array like ``x``, up to a constant.
    x : (J,) or (J, K) array
        A value for each of J units, or a row (a value and its covariates, say).
    rng : numpy.random.Generator
    permutations : int
        Number of relabellings to try.
    tolerance : number
        Largest difference that counts as rounding, relative to the log density or to 1, whichever is larger.

    Raises
    ------
    ValueError
        If all units have the same ``x``, so that relabelling could not change anything, or the log joint is not a
        number there.

    Examples
    --------
    >>> from scipy.stats import norm
    >>> rng = np.random.default_rng(1)
    >>> is_exchangeable(lambda x: norm.logpdf(x).sum(), [1.0, 2.0, 4.0], rng)
    True
    >>> is_exchangeable(lambda x: norm.logpdf(x, [0, 0, 3]).sum(), [1.0, 2.0, 4.0], rng)
    False
    """
    validate.function("log_joint", log_joint)
    x, rng = validate.finite("x", x), validate.generator(rng)
    permutations = validate.whole("permutations", permutations, 1, 10**9)
    tolerance = validate.between("tolerance", tolerance, 0, 1)
    if x.ndim not in (1, 2) or len(x) < 2 or np.all(x == x[0]):
        raise ValueError(
            f"x must hold two or more units that differ, or relabelling cannot matter; got {validate.shown(x)}"
        )

    def evaluate(relabelled: FloatArray) -> float:
        value = np.asarray(log_joint(relabelled))
        if value.shape or value.dtype.kind not in "fiu" or np.isnan(value) or value == np.inf:
            raise ValueError(f"log_joint must give one number below infinity; got {validate.shown(value)}")
        return float(value)

    expected = evaluate(x.copy())
    allowed = tolerance * max(1, abs(expected)) if np.isfinite(expected) else 0.0
    relabelled = (evaluate(x[rng.permutation(len(x))]) for _ in range(permutations))
    return all(value == expected or abs(value - expected) <= allowed for value in relabelled)


class SpreadExplained(NamedTuple):
    """Standard deviation between units, in the units of ``y``, and the share of its square that covariates explain."""

    without: float
    given_covariates: float
    share: float


def spread_explained(y: ArrayLike, sigma: ArrayLike, covariates: ArrayLike) -> SpreadExplained:
    r"""How much of the spread between units goes when covariates enter.

    The spread is tau in :math:`y_j \sim N(x_j'\beta, \sigma_j^2 + \tau^2)`; without covariates :math:`x_j` is 1. Units
    that a covariate tells apart are not exchangeable; what is left of them when it is accounted for may be.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    covariates : (J,) or (J, K) array
        What else is known of each unit.

    Notes
    -----
    Both are restricted maximum likelihood, that is, the posterior mode of tau under flat priors on tau and beta. The
    share may be negative for covariates that explain nothing. Source: Raudenbush 2009.

    Examples
    --------
    >>> spread = spread_explained([1.0, 2.2, 2.7, 4.1], 0.1, covariates=[0, 1, 2, 3])
    >>> round(spread.without, 2), round(spread.given_covariates, 2), round(spread.share, 2)
    (1.28, 0.24, 0.96)
    """
    y, sigma = validate.estimates(y, sigma)
    without, given = float(between_sd(y, sigma)), float(between_sd(y, sigma, covariates=covariates))
    return SpreadExplained(without, given, share=1 - (given / without) ** 2 if without else 0.0)
