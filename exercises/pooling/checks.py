"""What tests the answers of pooling."""

import math

import numpy as np
from numpy.random import Generator
from scipy.stats import norm

from hbcourse import datasets
from hbcourse.check.tasks import Array, Form, Function, Proportion, Value

_HOSPITALS = datasets.surgical()
_RATES = (_HOSPITALS.deaths / _HOSPITALS.n).to_numpy()


# Task 2


def standard_errors(deaths: Array, n: Array) -> Array:
    p = deaths.sum() / n.sum()
    return np.sqrt(p * (1 - p) / n)


def _of_own_rates(deaths: Array, n: Array) -> Array:
    return np.sqrt(deaths * (n - deaths) / n**3)


def _of_mean_rate(deaths: Array, n: Array) -> Array:
    p = np.mean(deaths / n)
    return np.sqrt(p * (1 - p) / n)


def _of_poisson(deaths: Array, n: Array) -> Array:
    return np.sqrt(deaths.sum() / n.sum() / n)


def _counts(rng: Generator) -> list[tuple[Array, Array]]:
    sizes = [rng.integers(20, 900, J) for J in (2, 12, 50)]
    return [(rng.binomial(n, rng.uniform(0.05, 0.4)), n) for n in sizes]


# Task 3


def complete_pooling(y: Array, sigma: Array, power: float = -2.0) -> tuple[float, float]:
    return np.average(y, weights=sigma**power), (sigma**-2.0).sum() ** -0.5


def _estimates(rng: Generator) -> list[tuple[Array, Array]]:
    return [(rng.normal(0.07, 0.03, J), rng.uniform(0.01, 0.2, J)) for J in (2, 5, 40)]


# Task 4


def data_weight(tau: float, sigma: Array) -> Array:
    return tau**2 / (tau**2 + sigma**2)


# Task 5


def common_mean(y: Array, sigma: Array, tau: float) -> float:
    return np.average(y, weights=1 / (sigma**2 + tau**2))


def partial_pooling(y: Array, sigma: Array, tau: float) -> Array:
    return _shrunken(y, data_weight(tau, sigma), common_mean(y, sigma, tau))


def _shrunken(y: Array, kappa: Array, mu: float) -> Array:
    return kappa * y + (1 - kappa) * mu


def _groups(rng: Generator) -> list[tuple[Array, Array, float]]:
    return [
        (rng.normal(0.07, 0.03, J), rng.uniform(0.005, 0.1, J), tau)
        for J in (2, 9, 30)
        for tau in (0.0, rng.uniform(0.01, 0.05), rng.uniform(0.1, 0.5))
    ]


# Task 6


def risks(J: int, tau: float, sigma: float, straying: float | None = None, noise: float = 1) -> Array:
    apart = 1 - 1 / J if straying is None else straying
    return np.array([sigma**2, tau**2 * apart + noise * sigma**2 / J, tau**2 * sigma**2 / (tau**2 + sigma**2)])


# Task 7


def break_even(tau: float, p_bar: float) -> int:
    return math.ceil(p_bar * (1 - p_bar) / tau**2)


def _sizes(rng: Generator) -> list[tuple[float, float]]:
    # Where n is a whole number, without rounding: powers of two. Then sizes up to tens of thousands, not near one.
    ties = [(2.0**-power, 0.5) for power in (2, 3, int(rng.integers(4, 8)))]
    parts = [*rng.uniform(0.1, 0.4, 2), *rng.uniform(0.6, 0.9, 2)]
    wholes = [rng.integers(*ends) for ends in ((1, 5), (5, 100), (1000, 2000), (12_000, 20_000))]
    sizes = [whole + part for whole, part in zip(wholes, parts, strict=True)]
    rates = rng.uniform(0.05, 0.6, len(sizes))
    return [*ties, *((math.sqrt(p * (1 - p) / size), p) for p, size in zip(rates.tolist(), sizes, strict=True))]


# Task 8


def coverage(J: int, tau: float, sigma: float) -> float:
    return _within(norm.ppf(0.975) * sigma, math.hypot(sigma, tau))


def _within(half_width: float, sd: float) -> float:
    """How often a normal of mean 0 lies within plus or minus ``half_width``."""
    return float(2 * norm.cdf(half_width / sd) - 1)


def _populations(rng: Generator) -> list[tuple[int, float, float]]:
    ratios = rng.uniform(0.2, 0.5), rng.uniform(0.5, 1), rng.uniform(1, 3)
    return [(int(rng.integers(2, 6)), ratio * sigma, sigma) for ratio in ratios for sigma in [rng.uniform(0.5, 2)]]


_Z = norm.ppf(0.975)

TASKS = [
    Value(
        "rates",
        right=_RATES,
        form=Form(shape=(12,), low=0, high=1),
        mistakes={
            "Divide each hospital's deaths by its own operations, not by all of them.": (
                _HOSPITALS.deaths / _HOSPITALS.n.sum()
            ),
            "That is the share that survived. The share that died is asked for.": 1 - _RATES,
            "Do not round: the shares go into further calculations.": np.round(_RATES, 2),
        },
        hints=(
            "NumPy divides two arrays of one length entry by entry.",
            "For hospital B it is 18 deaths among 148 operations, that is 18 / 148. Do that for all at once.",
        ),
    ),
    Function(
        "standard_errors",
        right=standard_errors,
        visible=[(np.array([0, 6]), np.array([10, 20])), (np.array([3, 1, 8]), np.array([30, 90, 40]))],
        hidden=_counts,
        mistakes={
            "A hospital without deaths then seems to be certain: its standard error is 0. Use the overall rate.": (
                _of_own_rates
            ),
            "That averages the hospitals' rates. Pool patients: divide all deaths by all operations.": _of_mean_rate,
            "That is the variance. The standard error is its square root.": lambda deaths, n: (
                standard_errors(deaths, n) ** 2
            ),
            "That is the spread of one patient's outcome. Divide by the number of operations under the root.": (
                lambda deaths, n: standard_errors(deaths, n) * np.sqrt(n)
            ),
            "The variance of a share has the factor 1 - p, too: patients either die or survive.": _of_poisson,
            "Under the root, divide by each hospital's own number of operations, not by all of them.": (
                lambda deaths, n: standard_errors(deaths, n) * np.sqrt(n / n.sum())
            ),
            "The root covers the whole fraction, the number of operations too.": lambda deaths, n: (
                standard_errors(deaths, n) / np.sqrt(n)
            ),
            "Divide by the number of operations itself, not by one less.": lambda deaths, n: (
                standard_errors(deaths, n) * np.sqrt(n / (n - 1))
            ),
        },
        hints=(
            "First compute the overall rate, one number, from the two sums. Only the n under the root is an array.",
            "The sum of the first argument over the sum of the second is the overall rate; put it into the formula for "
            "each hospital's n.",
        ),
    ),
    Function(
        "complete_pooling",
        right=complete_pooling,
        visible=[
            (np.array([4.0, 6.0, 5.5]), np.array([1.0, 2.0, 4.0])),
            (np.array([1.0, 3.0, -2.0]), np.array([0.5, 1.0, 2.0])),
        ],
        hidden=_estimates,
        mistakes={
            "A plain average counts a small hospital as much as a large one. Weight by precision.": (
                lambda y, sigma: complete_pooling(y, sigma, 0)
            ),
            "A plain average, with its own standard error: it counts a small hospital as much as a large one. "
            "Weight by precision.": lambda y, sigma: (y.mean(), np.sqrt(np.sum(sigma**2)) / len(y)),
            "The weights are 1 / sigma**2, not 1 / sigma.": lambda y, sigma: complete_pooling(y, sigma, -1.0),
            "The weights are 1 / sigma**2, not 1 / sigma, for the mean and for its standard error.": (
                lambda y, sigma: (complete_pooling(y, sigma, -1.0)[0], (1 / sigma).sum() ** -0.5)
            ),
            "The second value is the variance. Take its square root.": lambda y, sigma: (
                complete_pooling(y, sigma)[0],
                1 / (sigma**-2.0).sum(),
            ),
            "Precise hospitals count more: the weights are 1 / sigma**2, not sigma**2.": lambda y, sigma: (
                complete_pooling(y, sigma, 2.0)
            ),
            "The root of the sum of the precisions is one over the standard error.": lambda y, sigma: (
                complete_pooling(y, sigma)[0],
                (sigma**-2.0).sum() ** 0.5,
            ),
            "First the mean, then its standard error.": lambda y, sigma: complete_pooling(y, sigma)[::-1],
            "The second value is the standard error of a plain average.": lambda y, sigma: (
                complete_pooling(y, sigma)[0],
                np.sqrt(np.sum(sigma**2)) / len(y),
            ),
            "The hospitals' standard errors differ; the mean's is not their average over the root of J.": (
                lambda y, sigma: (complete_pooling(y, sigma)[0], sigma.mean() / np.sqrt(len(y)))
            ),
        },
        hints=(
            "A weighted mean is the sum of weights times values over the sum of weights.",
            "The precisions add up, and the variance of the weighted mean is one over their sum.",
        ),
    ),
    Function(
        "data_weight",
        right=data_weight,
        visible=[(2.0, 1.0), (3.0, np.array([3.0, 6.0]))],
        hidden=lambda rng: [
            (rng.uniform(0.01, 0.1), rng.uniform(0.02, 0.4, 2)),
            (50.0, rng.uniform(0.5, 1)),
            (1e-4, 3.0),
            (rng.uniform(1, 3), np.array([0.1, 1.0, 10.0])),
        ],
        mistakes={
            "That is the weight on the common mean, 1 - kappa. The more the hospitals differ, the more a hospital's "
            "own data count.": lambda tau, sigma: 1 - data_weight(tau, sigma),
            "Square tau and sigma: the weights compare variances.": lambda tau, sigma: tau / (tau + sigma),
            "tau is a standard deviation, as sigma is: square it.": lambda tau, sigma: tau / (tau + sigma**2),
            "The sum below the fraction line needs brackets.": lambda tau, sigma: tau**2 / tau**2 + sigma**2,
            "That is the ratio of the two variances. The weight is one variance over the sum of both.": (
                lambda tau, sigma: tau**2 / sigma**2
            ),
            "Square tau and sigma before they are added, not their sum.": lambda tau, sigma: (
                tau**2 / (tau + sigma) ** 2
            ),
        },
        hints=(
            "Compute both variances first; the weight is one of them over their sum.",
            "The weight lies between 0 and 1, and is near 1 where tau is much larger than sigma.",
        ),
    ),
    Function(
        "partial_pooling",
        right=partial_pooling,
        visible=[
            (np.array([1.0, 5.0, 2.0]), np.array([1.0, 3.0, 0.5]), 2.0),
            (np.array([1.0, 5.0]), np.array([1.0, 3.0]), 0.0),
        ],
        hidden=_groups,
        mistakes={
            "kappa and 1 - kappa are swapped, here or in your data_weight: kappa goes with the hospital's own rate.": (
                lambda y, sigma, tau: _shrunken(y, 1 - data_weight(tau, sigma), common_mean(y, sigma, tau))
            ),
            "Your common mean weights all hospitals alike. Weight by 1 / (sigma**2 + tau**2).": lambda y, sigma, tau: (
                _shrunken(y, data_weight(tau, sigma), y.mean())
            ),
            "Your common mean leaves tau out of its weights. Weight by 1 / (sigma**2 + tau**2).": (
                lambda y, sigma, tau: _shrunken(y, data_weight(tau, sigma), common_mean(y, sigma, 0))
            ),
            "tau is a standard deviation: square it, in kappa and in the weights of the mean.": lambda y, sigma, tau: (
                partial_pooling(y, sigma, np.sqrt(tau))
            ),
            "Your common mean is weighted by kappa, which has no value where tau is 0. Weight by "
            "1 / (sigma**2 + tau**2).": lambda y, sigma, tau: _shrunken(
                y, data_weight(tau, sigma), np.sum(data_weight(tau, sigma) * y) / np.sum(data_weight(tau, sigma))
            ),
            "Your common mean is a weighted sum. Divide it by the sum of its weights.": lambda y, sigma, tau: _shrunken(
                y, data_weight(tau, sigma), np.sum(y / (sigma**2 + tau**2))
            ),
            "At tau = 0 too, the common mean weights precise hospitals more.": lambda y, sigma, tau: _shrunken(
                y, data_weight(tau, sigma), common_mean(y, sigma, tau) if tau else y.mean()
            ),
        },
        hints=(
            "There are two steps: the common mean, one number, then each hospital's estimate between its own rate and "
            "that mean.",
            "The weights of the common mean need both variances, sigma**2 + tau**2, so that they work at tau = 0 too.",
        ),
    ),
    Function(
        "risks",
        right=risks,
        visible=[(4, 2.0, 1.0), (2, 0.5, 3.0)],
        hidden=lambda rng: [
            (2, 1.0, 1.0),
            *((int(rng.integers(3, 99)), rng.uniform(0.02, 5), rng.uniform(0.02, 5)) for _ in range(4)),
        ],
        mistakes={
            "A hospital is part of the pooled mean, so it differs from it by tau**2 * (1 - 1 / J), not by tau**2.": (
                lambda J, tau, sigma: risks(J, tau, sigma, straying=1)
            ),
            "Complete pooling has noise too: sigma**2 / J is missing.": lambda J, tau, sigma: risks(
                J, tau, sigma, noise=0
            ),
            "The risk of partial pooling is kappa * sigma**2, not kappa * tau**2.": lambda J, tau, sigma: np.array(
                [*risks(J, tau, sigma)[:2], tau**4 / (tau**2 + sigma**2)]
            ),
            "Complete pooling has more than noise: each hospital's rate differs from the mean of all.": (
                lambda J, tau, sigma: risks(J, tau, sigma, straying=0)
            ),
            "Complete pooling has noise too, and a hospital is part of the pooled mean.": lambda J, tau, sigma: risks(
                J, tau, sigma, straying=1, noise=0
            ),
            "kappa is the weight on the hospital's own data, here or in your data_weight.": lambda J, tau, sigma: (
                np.array([*risks(J, tau, sigma)[:2], sigma**4 / (tau**2 + sigma**2)])
            ),
            "Give the expected squared errors, not their roots.": lambda J, tau, sigma: np.sqrt(risks(J, tau, sigma)),
            "The order is no pooling, complete pooling, partial pooling.": lambda J, tau, sigma: risks(J, tau, sigma)[
                [1, 0, 2]
            ],
            "Those are totals. Give the expected squared error per hospital.": lambda J, tau, sigma: (
                J * risks(J, tau, sigma)
            ),
            "Partial pooling knows the population's mean here, so it adds no error.": lambda J, tau, sigma: (
                risks(J, tau, sigma) + np.array([0, 0, sigma**2 / (tau**2 + sigma**2) * sigma**2 / J])
            ),
        },
        hints=(
            "For complete pooling, write the pooled mean minus one true rate as two parts: noise, and how far that "
            "rate is from the mean of all J of them.",
            "The mean of J true rates holds the hospital's own rate with weight 1 / J; the distance between the two "
            "has variance tau**2 * (1 - 1 / J). For partial pooling, shrinking leaves the share kappa of sigma**2.",
        ),
    ),
    Function(
        "break_even",
        right=break_even,
        visible=[(0.03, 0.2), (0.5, 0.5), (0.11, 0.2)],
        hidden=_sizes,
        mistakes={
            "Round up: at the next lower number the pooled estimate is still ahead.": lambda tau, p_bar: (
                p_bar * (1 - p_bar) // tau**2
            ),
            "Give a whole number of operations.": lambda tau, p_bar: p_bar * (1 - p_bar) / tau**2,
            "The two tie where sigma = tau, so sigma**2 = tau**2: square tau.": lambda tau, p_bar: math.ceil(
                p_bar * (1 - p_bar) / tau
            ),
            "Where the two tie, each hospital by itself does as well: that number is the smallest.": (
                lambda tau, p_bar: math.floor(p_bar * (1 - p_bar) / tau**2) + 1
            ),
            "Round up, and not to the nearest number.": lambda tau, p_bar: round(p_bar * (1 - p_bar) / tau**2),
            "The variance of a share has the factor 1 - p_bar, too.": lambda tau, p_bar: math.ceil(p_bar / tau**2),
        },
        hints=(
            "From task 6: for which sigma is the first risk at most the second? Then put in what sigma is.",
            "The two ends tie where sigma**2 = tau**2, that is p_bar * (1 - p_bar) / n = tau**2. Solve for n.",
        ),
    ),
    Proportion(
        "coverage",
        right=coverage,
        visible=[(4, 0.5, 0.8), (3, 2.0, 0.5)],
        hidden=_populations,
        n_sim=30_011,
        mistakes={
            "95% is what the interval promises. Draw each hospital's true rate afresh in every data set, with standard "
            "deviation tau, and count the intervals that contain mu = 0.": lambda J, tau, sigma: 0.95,
            "Count both sides: an interval may lie above mu, or below it.": lambda J, tau, sigma: norm.cdf(
                _Z * sigma / math.hypot(sigma, tau)
            ),
            "That is the share of the intervals that miss mu.": lambda J, tau, sigma: 1 - coverage(J, tau, sigma),
            "z is the 0.975 quantile: 2.5% lie on either side.": lambda J, tau, sigma: _within(
                norm.ppf(0.95) * sigma, math.hypot(sigma, tau)
            ),
            "z is the 0.975 quantile of the normal, about 1.96, not 1.": lambda J, tau, sigma: _within(
                sigma, math.hypot(sigma, tau)
            ),
            "The half-width is z * sigma / sqrt(J): the mean of J estimates, not one of them.": lambda J, tau, sigma: (
                _within(_Z * sigma * math.sqrt(J), math.hypot(sigma, tau))
            ),
            "NumPy's normal takes the standard deviation, not the variance.": lambda J, tau, sigma: _within(
                _Z * sigma, math.hypot(sigma**2, tau**2)
            ),
            "Each hospital has a true rate of its own. You have drawn one for all.": lambda J, tau, sigma: _within(
                _Z * sigma, math.sqrt(sigma**2 + J * tau**2)
            ),
            "z is the 0.975 quantile of the normal, norm.ppf(0.975), not 2.": lambda J, tau, sigma: _within(
                2 * sigma, math.hypot(sigma, tau)
            ),
        },
        hints=(
            "Draw two arrays of shape (n_sim, J): true rates first, then estimates around them.",
            "Take the mean over the hospitals of each data set, axis=1, and the share of these means whose absolute "
            "value is below the half-width.",
        ),
    ),
]
