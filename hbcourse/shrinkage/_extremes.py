"""What becomes of extremes and of ranks: counties with rare deaths, and the posterior of a rank."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray

#: Population of the death rates from kidney cancer, deaths per person-year (Gelman et al. 2013, section 2.7).
COUNTY_RATES = exact.Gamma(20, 430_000)


class Counties(NamedTuple):
    """Counties with rare deaths, each attribute (J,).

    Attributes
    ----------
    population : array
        Inhabitants.
    exposure : array
        Person-years under observation.
    deaths : array
        Deaths in them.
    rate : array
        True deaths per person-year, which real data do not show.
    """

    population: FloatArray
    exposure: FloatArray
    deaths: FloatArray
    rate: FloatArray


def simulate_counties(J: int, rng: np.random.Generator) -> Counties:
    r"""Deaths from a rare disease in J counties, :math:`x_j \sim \text{Poisson}(t_j \theta_j)`.

    Populations are log-normal with median 26,000 and standard deviation 1.45 on the log scale, about those of the
    counties of the United States; exposures :math:`t_j` are populations times ten years; rates :math:`\theta_j` are
    drawn from ``COUNTY_RATES``, Gamma with shape 20 and rate 430,000 person-years.

    Parameters
    ----------
    J : int
        Counties.
    rng : numpy.random.Generator
        Source of chance.

    Notes
    -----
    Source of the rates: Gelman et al. 2013, section 2.7, deaths from kidney cancer.

    Examples
    --------
    The raw rate is x / t, the posterior mean (shape + x) / (rate + t):

    >>> county, prior = simulate_counties(3000, np.random.default_rng(1)), COUNTY_RATES
    >>> raw = county.deaths / county.exposure
    >>> shrunken = (prior.shape + county.deaths) / (prior.rate + county.exposure)
    >>> [int(np.median(extremes(rate, county.population).highest)) for rate in (raw, shrunken)]
    [658, 139679]
    """
    J, rng = validate.count("J", J), validate.generator(rng)
    population = np.ceil(rng.lognormal(np.log(26_000), 1.45, J))
    rate = COUNTY_RATES.sample(J, rng)
    exposure = 10 * population
    return Counties(population, exposure, rng.poisson(exposure * rate).astype(float), rate)


class Extremes(NamedTuple):
    """Sizes of the units with the lowest and with the highest values, each (k,), the most extreme first."""

    lowest: FloatArray
    highest: FloatArray


def extremes(values: ArrayLike, size: ArrayLike, k: int = 10) -> Extremes:
    """Sizes of the units with the k lowest and the k highest values.

    Parameters
    ----------
    values : (J,) array
        What the units are ordered by, such as their rates.
    size : (J,) array
        How large they are, such as their populations.
    k : int
        How many at each end. Among equal values the earlier unit counts as the lower.

    Examples
    --------
    >>> extremes([0.1, 0.9, 0.5, 0.4], [10, 20, 3000, 4000], k=1)
    Extremes(lowest=array([10.]), highest=array([20.]))
    """
    values, size, k = validate.finite("values", values), validate.finite("size", size), validate.count("k", k)
    if values.ndim != 1 or size.shape != values.shape or k > len(values):
        raise ValueError(
            f"values and size must be lists of the same length, at least k = {k}; got {values.shape} and {size.shape}"
        )
    ordered = size[np.argsort(values, kind="stable")]
    return Extremes(ordered[:k], ordered[::-1][:k])


def rank_probabilities(draws: ArrayLike) -> FloatArray:
    """Probability that a unit has a rank, (J, J): units in rows, ranks in columns, the lowest value's first.

    The last column holds the probabilities of having the highest value of all. Rows and columns sum to one. Units that
    tie in a draw share its ranks evenly.

    Parameters
    ----------
    draws : (S, J) array
        Joint posterior draws of the J units.

    Notes
    -----
    Source: Laird and Louis 1989.

    Examples
    --------
    >>> rank_probabilities([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0]])
    array([[1. , 0. , 0. ],
           [0. , 0.5, 0.5],
           [0. , 0.5, 0.5]])
    """
    draws = validate.finite("draws", draws)
    if draws.ndim != 2 or not draws.size:
        raise ValueError(f"draws must have a row for each draw and a column for each unit; got shape {draws.shape}")
    J = draws.shape[1]
    first, last = (rankdata(draws, method, axis=1).astype(int) for method in ("min", "max"))
    # A unit that ties for the ranks first to last has each with probability 1 / (last - first + 1).
    share, unit = 1 / (last - first + 1), np.broadcast_to(np.arange(J), draws.shape)
    change = np.zeros((J, J + 1))
    np.add.at(change, (unit, first - 1), share)
    np.add.at(change, (unit, last), -share)
    return np.asarray(change.cumsum(1)[:, :J] / len(draws))


def empirical_logit(y: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    r"""Log odds of a share with a standard error that counts as known, so that a normal hierarchy can take them.

    .. math:: \hat\eta = \log \frac{y + 1/2}{n - y + 1/2}, \qquad
              \sigma^2 = \frac{1}{y + 1/2} + \frac{1}{n - y + 1/2}

    Parameters
    ----------
    y : (J,) array
        Successes of each unit, from 0 to ``n``.
    n : (J,) array or number
        Its trials, 1 or more.

    Returns
    -------
    log_odds, sigma : (J,) arrays
        Log odds and their standard errors.

    Notes
    -----
    The halves keep shares of 0 and 1 finite. Source: Haldane 1956; Gart and Zweifel 1967.

    Examples
    --------
    >>> empirical_logit([0, 5], [10, 10])[0].round(2)
    array([-3.04,  0.  ])
    """
    y, n = validate.successes(y, n)
    yes, no = y + 0.5, n - y + 0.5
    return np.log(yes / no), np.sqrt(1 / yes + 1 / no)
