"""Urns with balls marked 0 and 1: sequences that are exchangeable, with and without a mixture behind them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats
from scipy.special import gammaln

from .. import _validate as validate
from .._validate import FloatArray

#: More draws than this are refused: a table has one entry for each.
_MOST_DRAWS = 10**6


@dataclass(frozen=True)
class Urn:
    r"""An urn: each ball drawn goes back with ``added`` more of its kind.

    With ``added`` = 1 it is Polya's urn, with 0 the draws are independent, and with -1 they are without replacement. In
    all three a sequence of k draws with s ones has the probability

    .. math:: p(x_1, \dots, x_k) = \frac{\prod_{i<s} (a + ci) \prod_{i<k-s} (b + ci)}{\prod_{i<k} (a + b + ci)}

    for a ones, b zeros and c added: the order does not matter, so that the draws are exchangeable.

    Parameters
    ----------
    ones, zeros : int
        Balls of each kind at the start, 1 or more.
    added : int
        Balls added after each draw, -1 or more.

    Attributes
    ----------
    mean : float
        Probability of a one at any draw, :math:`a / (a + b)`.
    correlation : float
        Correlation of any two draws, :math:`c / (a + b + c)`.

    Notes
    -----
    Source: Eggenberger and Polya 1923.

    Examples
    --------
    >>> Urn(ones=2, zeros=2, added=-1).correlation
    -0.3333333333333333
    >>> Urn(ones=1, zeros=1, added=1).count_pmf(3)
    array([0.25, 0.25, 0.25, 0.25])
    """

    ones: int
    zeros: int
    added: int = 0

    def __post_init__(self) -> None:
        for name, low in (("ones", 1), ("zeros", 1), ("added", -1)):
            validate.whole(name, getattr(self, name), low, 10**9)

    @property
    def mean(self) -> float:
        return self.ones / (self.ones + self.zeros)

    @property
    def correlation(self) -> float:
        return self.added / (self.ones + self.zeros + self.added)

    def log_probability(self, x: ArrayLike) -> FloatArray:
        """Log probability of a sequence of zeros and ones, (k,), or of many, (..., k): shape () or (...)."""
        x = validate.counts("x", x)
        if not x.ndim or not x.size or x.max() > 1:
            raise ValueError(f"x must be one or more zeros and ones; got {validate.shown(x)}")
        return np.asarray(self._log_sequence(x.shape[-1])[x.sum(-1).astype(int)])

    def count_pmf(self, k: int) -> FloatArray:
        """Probability of s ones in ``k`` draws, s = 0, ..., k: shape (k + 1,)."""
        log_sequence = self._log_sequence(validate.whole("k", k, 1, _MOST_DRAWS))
        s = np.arange(k + 1)
        return np.asarray(np.exp(gammaln(k + 1) - gammaln(s + 1) - gammaln(k - s + 1) + log_sequence))

    def mixing(self) -> Any:
        """The distribution of the share of ones in endless draws, Beta(a/c, b/c), frozen from scipy.

        By de Finetti's theorem the draws are independent given a share drawn from it, although the urn has no such
        parameter. There is none for ``added`` = -1, and for 0 the share is fixed.
        """
        if self.added < 1:
            raise ValueError(f"added must be 1 or more for the share of ones to be random; got {self.added}")
        return stats.beta(self.ones / self.added, self.zeros / self.added)

    def sample(self, urns: int, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draws from many urns that start alike, (urns, draws): each is drawn from ball by ball."""
        urns, draws = validate.whole("urns", urns, 1, 10**9), self._draws("draws", draws)
        uniform = validate.generator(rng).uniform(size=(draws, urns))
        x = np.empty((draws, urns), dtype=np.int64)
        ones = np.full(urns, self.ones)
        for i in range(draws):
            x[i] = uniform[i] * (self.ones + self.zeros + self.added * i) < ones
            ones += self.added * x[i]
        return x.T

    def _draws(self, name: str, k: int) -> int:
        most = self.ones + self.zeros if self.added < 0 else _MOST_DRAWS
        return validate.whole(name, k, 1, min(most, _MOST_DRAWS))

    def _log_sequence(self, k: int) -> FloatArray:
        """Log probability of one sequence of k draws with s ones, s = 0, ..., k."""
        i = np.arange(self._draws("k", k))

        def log_ways(balls: int) -> FloatArray:
            # Without replacement the balls of a kind run out.
            with np.errstate(divide="ignore"):
                return np.asarray(np.r_[0, np.cumsum(np.log(np.maximum(balls + self.added * i, 0)))])

        return np.asarray(log_ways(self.ones) + log_ways(self.zeros)[::-1] - log_ways(self.ones + self.zeros)[-1])


def total_variation(p: ArrayLike, q: ArrayLike) -> float:
    r"""Largest difference between the probabilities of any event, :math:`\frac12 \sum_i |p_i - q_i|`.

    For exchangeable zeros and ones the distance between two laws of the number of ones is that between the laws of the
    whole sequences: given the number, all orders are equally likely under both.

    Parameters
    ----------
    p, q : (K,) arrays
        Probabilities of the same K outcomes.

    Examples
    --------
    >>> total_variation([0.5, 0.5], [0.75, 0.25])
    0.25
    """
    p, q = validate.probabilities("p", p), validate.probabilities("q", q)
    if p.shape != q.shape:
        raise ValueError(f"q must have one entry for each of p, {p.shape}; got shape {q.shape}")
    return float(abs(p - q).sum() / 2)


def distance_to_independent(urn: Urn, k: int) -> float:
    """Total variation between ``k`` draws from the urn and ``k`` independent draws with the same share of ones.

    Without replacement it compares the hypergeometric with the binomial distribution.

    Parameters
    ----------
    urn : Urn
    k : int
        Number of draws.

    Examples
    --------
    >>> distance_to_independent(Urn(ones=1, zeros=1, added=-1), k=2)
    0.5
    """
    validate.instance("urn", urn, Urn)
    return total_variation(urn.count_pmf(k), Urn(urn.ones, urn.zeros).count_pmf(k))


def distance_to_mixtures(urn: Urn, k: int, nodes: int = 801) -> float:
    r"""Total variation between ``k`` draws from the urn and the nearest mixture of independent draws.

    .. math:: \min_w \tfrac12 \sum_s \Bigl|p_s - \sum_g w_g \,\text{Binomial}(s \mid k, \vartheta_g)\Bigr|

    Above zero, no mixing distribution gives the urn.

    Parameters
    ----------
    urn : Urn
    k : int
        Number of draws, up to 100.
    nodes : int
        Number of values of the share that the mixing distribution may use.

    Notes
    -----
    A linear program in the weights w, over shares evenly spaced in arcsine of the square root. More nodes can only
    lower the answer; with the usual number by less than 0.001.

    Examples
    --------
    >>> round(distance_to_mixtures(Urn(ones=1, zeros=1, added=-1), k=2), 6)
    0.5
    >>> round(distance_to_mixtures(Urn(ones=1, zeros=1, added=1), k=2), 6)
    0.0
    """
    validate.instance("urn", urn, Urn)
    k, nodes = validate.whole("k", k, 1, 100), validate.whole("nodes", nodes, 2, 10_000)
    share = np.sin(np.linspace(0, np.pi / 2, nodes)) ** 2
    binomial = stats.binom.pmf(np.arange(k + 1)[:, None], k, share)
    # Distance is what p has above the mixture; each shortfall is at least zero and at least p less the mixture.
    cost = np.r_[np.zeros(nodes), np.ones(k + 1)]
    return float(
        optimize.linprog(
            cost,
            A_ub=np.hstack([-binomial, -np.eye(k + 1)]),
            b_ub=-urn.count_pmf(k),
            A_eq=np.r_[np.ones(nodes), np.zeros(k + 1)][None],
            b_eq=[1],
        ).fun
    )


def diaconis_freedman_bound(k: int, n: int, outcomes: int = 2) -> float:
    r"""How far k of n exchangeable draws can be from a mixture of independent draws: at most :math:`2kc/n`.

    Parameters
    ----------
    k : int
        Draws that are looked at.
    n : int
        Draws that the sequence can be extended to, k or more.
    outcomes : int
        Number c of values that a draw can take.

    Notes
    -----
    It bounds the total variation. It is of use where it is below 1. Source: Diaconis and Freedman 1980, theorem 3; they
    measure distance by twice :func:`total_variation`, so that half of it is a bound too.

    Examples
    --------
    >>> diaconis_freedman_bound(k=12, n=480)
    0.1
    """
    n = validate.whole("n", n, 1, 10**15)
    k, outcomes = validate.whole("k", k, 1, n), validate.whole("outcomes", outcomes, 1, 10**9)
    return 2 * k * outcomes / n


def smallest_correlation(N: int) -> float:
    r"""Smallest correlation that N exchangeable variables can share, :math:`-1 / (N - 1)`.

    The variance of their sum, :math:`N \sigma^2 (1 + (N - 1) \rho)`, cannot be negative. An endless sequence has none
    below zero.

    Parameters
    ----------
    N : int
        Number of variables, 2 or more.

    Examples
    --------
    >>> smallest_correlation(5)
    -0.25
    """
    return -1 / (validate.whole("N", N, 2, 10**15) - 1)
