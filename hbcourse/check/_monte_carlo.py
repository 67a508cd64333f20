"""How far averages of Markov chains may lie from the truth by chance."""

from typing import Any

import numpy as np
from scipy import stats

from .._validate import FloatArray

#: Vehtari et al. 2021: below it the chains agree, however long they are.
_R_HAT = 1.01


def effective_draws(chains: FloatArray) -> dict[str, float]:
    """Effective sample sizes of chains (chain, draw) by ArviZ's names: bulk, both tails, mean and sd.

    The last two bound the standard errors below: without them a few far outliers in a row would excuse anything.
    """
    return {
        "ess_bulk": _ess(chains, method="bulk"),
        "ess_tail": _ess(chains, method="tail", prob=(0.05, 0.95)),
        'az.ess(method="mean")': _ess(chains, method="mean"),
        'az.ess(method="sd")': _ess(chains, method="sd"),
    }


def r_hat(chains: FloatArray) -> float:
    """Rank-normalised split R-hat, infinite where chains stand still at values of their own."""
    with np.errstate(all="ignore"):
        found = float(_arviz().rhat(chains))
    return np.inf if np.isnan(found) else found


def largest_r_hat(chains: int, ess: float, level: float) -> float:
    """The R-hat that chains of ``ess`` effective draws in all exceed with probability ``level``, at least 1.01.

    The means of M half chains, of n effective draws each, vary as chi-squared with M - 1 degrees of freedom, so that
    the square of R-hat is about 1 + chi-squared / (M - 1) / n. It is taken of ranks and of folded ranks.
    """
    halves = 2 * chains
    spread = stats.chi2.isf(level / 2, halves - 1) / (halves - 1)
    return float(max(_R_HAT, np.sqrt(1 + spread * halves / ess)))


def p_value_of_mean(chains: FloatArray, mean: float, sd: float, error: float) -> float:
    """Two-sided p-value of the chains' mean, if the true mean and sd are these, known with ``error``.

    The standard error uses the true sd: of a skewed variable the sample's own goes with its mean.
    """
    n = _ess(chains, method="mean")
    return _p_value(chains.mean() - mean, sd / np.sqrt(n), error, _degrees_of_freedom(n))


def p_value_of_sd(chains: FloatArray, mean: float, sd: float, error: float) -> float:
    """Two-sided p-value of the chains' sd around the true mean, in the same way, through the squared deviations.

    Their relative spread is estimated from the draws, and all else is the truth's: scaled in this way the statistic of
    a skewed variable is nearly symmetric. The degrees of freedom fall with the kurtosis of the squared deviations.
    """
    square = ((chains - mean) / sd) ** 2
    average, spread = square.mean(), square.std()
    if spread <= 1e-12 * average:
        return float(np.isclose(average, 1))
    n = _ess(square, method="mean")
    kurtosis = float((((square - average) / spread) ** 4).mean())
    standard_error = spread / average / np.sqrt(n)
    return _p_value(average - 1, standard_error, 2 * error / sd, _degrees_of_freedom(n, kurtosis))


def p_value_of_share(chains: FloatArray, point: float, probability: float) -> float:
    """Two-sided p-value of the share of draws below a point, if each lies there with this probability.

    The share of ESS independent draws is binomial, and the tail of that a beta integral, for an ESS that is no whole
    number too. It is brought to the normal scale, where Student's t allows for the ESS's own error. Ties count half.
    """
    below = (chains < point) + (chains == point) / 2
    share = below.mean()
    # Without a single change the chains say nothing of their ESS: as many as there are, at most.
    n = _ess(below, method="mean") if np.ptp(below) else float(chains.size)
    k = share * n
    upper = stats.beta.cdf(probability, k, n - k + 1) if k > 0 else 1.0
    lower = stats.beta.sf(probability, k + 1, n - k) if k < n else 1.0
    z = stats.norm.isf(min(upper, lower, 0.5))
    return float(2 * stats.t.sf(z, _degrees_of_freedom(n)))


def _degrees_of_freedom(n: float, kurtosis: float = 1.0) -> float:
    """Satterthwaite's, of a squared standard error with relative variance (kurtosis - 1 + 12) / n.

    The first part is that of the estimated variance, none where it is known; 12 / n that of an effective sample size
    whose autocorrelations are summed over six times their range.
    """
    return 2 * n / (kurtosis - 1 + 12)


def _p_value(difference: float, own: float, reference: float, freedom: float) -> float:
    # The reference's error is known, and makes the sum of both better known.
    total = np.hypot(own, reference)
    return float(2 * stats.t.sf(abs(difference) / total, freedom * (total / own) ** 4))


def _ess(chains: FloatArray, **method: Any) -> float:
    with np.errstate(all="ignore"):
        return float(np.nan_to_num(_arviz().ess(chains, **method)))


def _arviz() -> Any:
    # Only here: it takes a second to import, and draws alone need it.
    from arviz_stats.base.array import array_stats

    return array_stats
