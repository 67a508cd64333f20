"""Sets of discoveries: by p-values, and by probabilities of error."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from .. import _validate as validate

BoolArray = NDArray[np.bool_]


class Discoveries(NamedTuple):
    """Which units are selected, (J,), and the share of false ones among them that the model expects."""

    selected: BoolArray
    estimated_fdr: float


def benjamini_hochberg(z: ArrayLike, sigma: ArrayLike = 1.0, *, q: float, pi0: float = 1.0) -> BoolArray:
    r"""Discoveries of Benjamini and Hochberg at level q, (J,), from two-sided normal p-values.

    The :math:`k` smallest p-values are selected, with the largest k such that
    :math:`\pi_0 J p_{(k)} / k \le q`. Their own procedure takes the null share :math:`\pi_0` for one.

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects.
    sigma : (J,) array or number
        Their standard errors, in the units of ``z``.
    q : number
        The false discovery rate that is accepted.
    pi0 : number
        Share of zero effects, from 0 to 1, where it is known or estimated.

    Notes
    -----
    Source: Benjamini and Hochberg 1995; with a null share, Benjamini and Hochberg 2000.

    Examples
    --------
    >>> benjamini_hochberg([0.3, -4.0, 1.0, 2.1], q=0.05)
    array([False,  True, False, False])
    """
    z, sigma = validate.estimates(z, sigma, "z")
    q = validate.scalar("q", validate.probability("q", q))
    pi0 = validate.between("pi0", pi0, 0, 1)
    p_value = 2 * stats.norm.sf(abs(z) / sigma)
    return np.asarray(pi0 * stats.false_discovery_control(p_value) <= q)


def largest_set(local_fdr: ArrayLike, q: float) -> Discoveries:
    r"""The largest set of units with the lowest local false discovery rates whose mean rate is at most q.

    The mean is the share of false discoveries that the model expects in the set. No unit is passed over for one of a
    higher rate, and units of the same rate are selected together or not at all.

    Parameters
    ----------
    local_fdr : (J,) array
        Probability that each effect is zero; or any other probability of error, such as the local false sign rate.
    q : number
        The false discovery rate that is accepted.

    Notes
    -----
    Source: Newton, Noueiry, Sarkar and Ahlquist 2004; Sun and Cai 2007.

    Examples
    --------
    >>> largest_set([0.9, 0.01, 0.08, 0.2], q=0.05)
    Discoveries(selected=array([False,  True,  True, False]), estimated_fdr=0.045)
    """
    local_fdr = validate.share("local_fdr", local_fdr)
    if local_fdr.ndim != 1 or not local_fdr.size:
        raise ValueError(f"local_fdr must be a list of one or more probabilities; got shape {local_fdr.shape}")
    q = validate.scalar("q", validate.probability("q", q))
    value, count = np.unique(local_fdr, return_counts=True)
    mean = np.cumsum(value * count) / np.cumsum(count)
    # The running mean of rising values rises. Rounding must not shut out a set whose mean is q.
    within = np.flatnonzero(mean <= q * (1 + 1e-12))
    if not within.size:
        return Discoveries(np.zeros(local_fdr.shape, dtype=bool), 0.0)
    last = within[-1]
    return Discoveries(local_fdr <= value[last], float(mean[last]))
