"""Many tests at once: false positives, the two-group rule beside Benjamini and Hochberg's, and what was truly found."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from . import _validate as validate
from . import exact
from ._validate import FloatArray

BoolArray = NDArray[np.bool_]

#: More units than any list holds.
_MOST = 10**9


class Expectation(NamedTuple):
    """Mean and standard deviation of a number that chance decides."""

    mean: float
    sd: float


class TwoGroupData(NamedTuple):
    """Simulated effects ``theta`` (J,), most of them zero, their estimates ``z`` and standard errors ``sigma``."""

    theta: FloatArray
    z: FloatArray
    sigma: FloatArray


class EMFit(NamedTuple):
    """Null share, the slab's sd in the units of ``z``, and the log likelihood before each iteration."""

    pi0: float
    slab: float
    log_likelihood: FloatArray


class Discoveries(NamedTuple):
    """Which units are selected, (J,), and the share of false ones among them that the model expects."""

    selected: BoolArray
    estimated_fdr: float


class Realised(NamedTuple):
    """Number of discoveries, the share of them that is false, and the share of the real effects that they hold."""

    discoveries: int
    false_discovery_proportion: float
    power: float


class Calibration(NamedTuple):
    """For each bin that is not empty: mean predicted probability, frequency observed, its interval, and how many."""

    predicted: FloatArray
    observed: FloatArray
    low: FloatArray
    high: FloatArray
    number: NDArray[np.intp]


def false_positives(J: int, alpha: float = 0.05) -> Expectation:
    r"""Number of independent tests that reject at level alpha when all J effects are zero.

    It is binomial, with mean :math:`J \alpha` and variance :math:`J \alpha (1 - \alpha)`.

    Parameters
    ----------
    J : int
        Number of tests of effects that are zero.
    alpha : number
        Level of each test.

    Examples
    --------
    >>> expected = false_positives(J=19_000)
    >>> round(expected.mean), round(expected.sd)
    (950, 30)
    """
    J = validate.whole("J", J, 1, _MOST)
    alpha = validate.scalar("alpha", validate.probability("alpha", alpha))
    return Expectation(mean=J * alpha, sd=float(np.sqrt(J * alpha * (1 - alpha))))


def simulate(
    J: int,
    pi0: float,
    slab: float,
    rng: np.random.Generator,
    sigma: ArrayLike = 1.0,
    null: exact.Normal = exact.Normal(0.0, 1.0),
) -> TwoGroupData:
    r"""Data of the two-group model with their truth: :math:`\theta_i` is zero with probability :math:`\pi_0`.

    .. math:: \theta_i \sim \pi_0 \delta_0 + (1 - \pi_0) N(0, s^2), \qquad z_i = \theta_i + \sigma_i e_i

    Parameters
    ----------
    J : int
        Number of units.
    pi0 : number
        Share of zero effects, from 0 to 1.
    slab : number
        Standard deviation s of the others.
    rng : numpy.random.Generator
        Source of chance.
    sigma : number or (J,) array
        Standard errors, in the units of ``slab``.
    null : Normal
        Distribution of the errors e in standard errors. Another than the standard normal makes standard errors that
        are wrong.

    Examples
    --------
    >>> data = simulate(J=20_000, pi0=0.95, slab=3.0, rng=np.random.default_rng(1))
    >>> int((data.theta != 0).sum())
    1004
    """
    J, rng = validate.whole("J", J, 1, _MOST), validate.generator(rng)
    pi0 = validate.between("pi0", pi0, 0, 1)
    slab = validate.scalar("slab", validate.positive("slab", slab))
    _, sigma = validate.estimates(np.zeros(J), sigma, "unit")
    if not isinstance(null, exact.Normal):
        raise ValueError(f"null must be a Normal; got {null!r:.60}")
    theta = np.where(rng.random(J) < pi0, 0.0, rng.normal(0, slab, J))
    return TwoGroupData(theta=theta, z=theta + sigma * rng.normal(null.mean, null.sd, J), sigma=sigma)


def em(z: ArrayLike, sigma: ArrayLike = 1.0, iterations: int = 2000) -> EMFit:
    r"""Null share and slab of highest likelihood, by expectation and maximisation in turn.

    With :math:`w_i = P(\theta_i \ne 0 \mid z_i)` under the last values, the next ones are

    .. math:: \pi_0 = 1 - \frac1J \sum_i w_i, \qquad
              s^2 = \frac{\sum_i w_i \, E(\theta_i^2 \mid z_i, \theta_i \ne 0)}{\sum_i w_i}

    No iteration lowers the likelihood. They stop when neither value moves by a part in :math:`10^9`.

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects.
    sigma : (J,) array or number
        Their standard errors, in the units of ``z``.
    iterations : int
        The most that are made. To a maximum on the edge, such as a null share of one, EM only creeps.

    Notes
    -----
    Source: Dempster, Laird and Rubin 1977, section 4.3 (finite mixtures).

    Examples
    --------
    >>> data = simulate(J=2000, pi0=0.9, slab=3.0, rng=np.random.default_rng(2))
    >>> by_em, direct = em(data.z), exact.two_groups(data.z)
    >>> round(by_em.pi0, 4), round(direct.pi0, 4)
    (0.8983, 0.8983)
    """
    z, sigma = validate.estimates(z, sigma, "z")
    pi0, slab = 0.9, float(np.sqrt(np.mean(z**2 + sigma**2)))
    path = []
    for _ in range(validate.count("iterations", iterations)):
        posterior = exact.two_groups(z, sigma, pi0=pi0, slab=slab)
        theta, last = posterior.theta, (pi0, slab)
        pi0 = float(theta.zero.mean())
        slab = float(np.sqrt(np.average(theta.component_mean**2 + theta.component_sd**2, weights=theta.nonzero)))
        path.append(posterior.log_likelihood)
        if np.allclose((pi0, slab), last, rtol=1e-9, atol=0):
            break
    return EMFit(pi0=pi0, slab=slab, log_likelihood=np.array(path))


def benjamini_hochberg(z: ArrayLike, q: float, sigma: ArrayLike = 1.0, pi0: float = 1.0) -> BoolArray:
    r"""Discoveries of Benjamini and Hochberg at level q, (J,), from two-sided normal p-values.

    The :math:`k` smallest p-values are selected, with the largest k such that
    :math:`\pi_0 J p_{(k)} / k \le q`. Their own procedure takes the null share :math:`\pi_0` for one.

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects.
    q : number
        The false discovery rate that is accepted.
    sigma : (J,) array or number
        Their standard errors, in the units of ``z``.
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
    r"""The largest set of units whose mean local false discovery rate is at most q.

    The mean is the share of false discoveries that the model expects in the set. Units of the same rate are
    selected together or not at all.

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


def realised(selected: ArrayLike, theta: ArrayLike) -> Realised:
    """What a set of discoveries is worth, when the truth is known.

    Parameters
    ----------
    selected : (J,) array of booleans
        Which units are discoveries.
    theta : (J,) array
        The true effects. Those of exactly zero are not there to be discovered.

    Notes
    -----
    No discoveries count as no false ones, and where no effect is real the power is zero.
    Source: Benjamini and Hochberg 1995, section 2.1.

    Examples
    --------
    >>> realised([True, True, False, False], theta=[0.0, 2.5, -1.0, 0.0])
    Realised(discoveries=2, false_discovery_proportion=0.5, power=0.5)
    """
    selected, real = validate.booleans("selected", selected), validate.finite("theta", theta) != 0
    if selected.ndim != 1 or selected.shape != real.shape:
        raise ValueError(
            f"selected and theta must be lists of the same length; got shapes {selected.shape} and {real.shape}"
        )
    found = int((selected & real).sum())
    number = int(selected.sum())
    return Realised(
        discoveries=number,
        false_discovery_proportion=(number - found) / max(number, 1),
        power=found / max(int(real.sum()), 1),
    )


def tweedie(z: ArrayLike, log_density: Callable[[FloatArray], FloatArray], sigma: ArrayLike = 1.0) -> FloatArray:
    r"""Posterior means from the marginal density alone, (J,):
    :math:`E(\theta_i \mid z_i) = z_i + \sigma_i^2 \frac{d}{dz} \log f(z_i)`.

    It holds for any distribution of the effects, if the errors are normal.

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects.
    log_density : callable
        Log marginal density log f of the J estimates, at any (J,) values.
    sigma : (J,) array or number
        Standard errors, in the units of ``z``.

    Notes
    -----
    The derivative is a difference quotient over five points. Source: Efron 2011, section 1; Robbins 1956.

    Examples
    --------
    >>> posterior = exact.two_groups([0.5, -1.0, 4.0], pi0=0.9, slab=3.0)
    >>> tweedie(posterior.z, posterior.log_density).round(4) == posterior.theta.mean().round(4)
    array([ True,  True,  True])
    """
    z, sigma = validate.estimates(z, sigma, "z")
    if not callable(log_density):
        raise ValueError(f"log_density must be a function of (J,) values; got {log_density!r:.60}")
    h = sigma / 1000
    near, far = (log_density(z + k * h) - log_density(z - k * h) for k in (1, 2))
    return np.asarray(z + sigma**2 * (8 * near - far) / (12 * h))


def calibration(probability: ArrayLike, happened: ArrayLike, bins: int = 10, level: float = 0.95) -> Calibration:
    """How often things happened that were said to happen with a given probability, by bins of equal width.

    Parameters
    ----------
    probability : (J,) array
        Predicted probabilities, from 0 to 1.
    happened : (J,) array of booleans
        Whether each thing came true.
    bins : int
        Number of bins between 0 and 1. Empty ones are left out of the result.
    level : number
        Level of the intervals of the frequencies (Clopper and Pearson 1934).

    Examples
    --------
    >>> bins = calibration([0.1, 0.15, 0.9, 0.95], [False, False, True, True], bins=2)
    >>> bins.predicted, bins.observed
    (array([0.125, 0.925]), array([0., 1.]))
    """
    probability, happened = validate.share("probability", probability), validate.booleans("happened", happened)
    if probability.ndim != 1 or not probability.size or happened.shape != probability.shape:
        raise ValueError(
            "probability and happened must be lists of the same length, one or more; "
            f"got shapes {probability.shape} and {happened.shape}"
        )
    bins = validate.whole("bins", bins, 1, 1000)
    level = validate.scalar("level", validate.probability("level", level))
    which = np.minimum((probability * bins).astype(np.intp), bins - 1)
    _, which, count = np.unique(which, return_inverse=True, return_counts=True)
    hits = np.bincount(which, happened).astype(int)
    low, high = np.transpose(
        [stats.binomtest(k, n).proportion_ci(level) for k, n in zip(hits.tolist(), count.tolist(), strict=True)]
    )
    return Calibration(np.bincount(which, probability) / count, hits / count, low, high, count)
