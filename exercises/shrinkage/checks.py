"""What tests the answers of shrinkage."""

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from scipy.special import betainc, roots_jacobi, roots_legendre
from scipy.stats import chi2, norm, qmc

from hbcourse.check.tasks import Array, Function, Proportion

Pair = tuple[Array, Array]


# Task 1


def posterior(y: Array, sigma: Array, mu: float, tau: float) -> Pair:
    return _mean(y, sigma, mu, tau), np.sqrt(_kappa(sigma, tau)) * sigma


def _kappa(sigma: Array, tau: float) -> Array:
    return tau**2 / (tau**2 + sigma**2)


def _mean(y: Array, sigma: Array, mu: float, tau: float) -> Array:
    return _between(y, _kappa(sigma, tau), mu)


def _between(y: Array, weight: Array, mu: float | Array) -> Array:
    return weight * y + (1 - weight) * mu


def _not_squared(y: Array, sigma: Array, mu: float, tau: float) -> Pair:
    weight = tau / (tau + sigma)
    return _between(y, weight, mu), np.sqrt(weight) * sigma


def _groups(rng: Generator) -> list[tuple[Array, Array, float, float]]:
    return [
        (rng.normal(-2, 1, J), rng.uniform(0.1, 2, J), rng.uniform(-2, 2), tau)
        for J in (1, 7, 40)
        for tau in (0.0, rng.uniform(0.2, 0.7), rng.uniform(2, 6))
    ]


# Task 2


def data_weights(n: Array, factor: Array) -> Array:
    return factor if _slope(n, factor) > 0 else 1 - factor


def _slope(n: Array, factor: Array) -> float:
    return float((n - n.mean()) @ factor)


def _sorted_by_size(n: Array, factor: Array) -> Array:
    return data_weights(n, factor)[np.argsort(n)]


def _first_with_last(n: Array, factor: Array) -> Array:
    return factor if factor[-1] > factor[0] else 1 - factor


def _sizes_of_both(n: Array, factor: Array) -> Array:
    return factor if (n[-1] - n[0]) * (factor[-1] - factor[0]) > 0 else 1 - factor


def _first_with_mean(n: Array, factor: Array) -> Array:
    return factor if (n[0] > n.mean()) == (factor[0] > factor.mean()) else 1 - factor


def _reports(rng: Generator) -> list[tuple[Array, Array]]:
    middle, low, high = int(rng.integers(30, 60)), int(rng.integers(3, 9)), int(rng.integers(150, 250))
    # The first group is smaller than the average and has more than the average weight.
    others = rng.permutation([low, 35, high])
    below = int(others.mean()) - 1
    reports = [
        (np.array([middle, low, high, middle]), rng.uniform(20, 60)),
        (np.array([middle, high, low, middle]), rng.uniform(20, 60)),
        (np.array([low, low, high]), rng.uniform(2, 4)),
        (np.array([below, *others]), rng.uniform(20, 30)),
        (np.array([*others, below]), rng.uniform(20, 30)),
        (np.sort(rng.integers(5, 200, 9)), 400.0),
        (np.sort(rng.integers(5, 200, 9))[::-1], rng.uniform(1, 2)),
        (rng.permutation([low, high]), rng.uniform(30, 300)),
    ]
    weights = [(n, n / (n + ratio)) for n, ratio in reports]
    return [(n, factor) for n, kappa in weights for factor in (kappa, 1 - kappa)]


# Task 3


def rats_needed(weight: float, tau: float, s: float) -> int:
    return math.ceil(_rats(weight, tau, s))


def _rats(weight: float, tau: float, s: float) -> float:
    return weight / (1 - weight) * s**2 / tau**2


def _wishes(rng: Generator) -> list[tuple[float, float, float]]:
    # Where n is a whole number, without rounding: powers of two. Then sizes up to tens of thousands, not near one.
    ties = [(0.5, scale, scale * 2**power) for power in (0, 1, 2, 3) for scale in [2.0 ** int(rng.integers(-3, 3))]]
    sizes = [
        low + share
        for low, share in zip(
            (0, int(rng.integers(5, 60)), int(rng.integers(200, 900)), int(rng.integers(12_000, 20_000))),
            (0.4, rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9), rng.uniform(0.1, 0.4)),
            strict=True,
        )
    ]
    weights = [float(rng.uniform(low, low + 0.2)) for low in (0.2, 0.75, 0.3, 0.75)]
    wishes = [(w, 0.1, 0.1 * math.sqrt(size * (1 - w) / w)) for w, size in zip(weights, sizes, strict=True)]
    return [*ties, *wishes, (0.97, 2.0, float(rng.uniform(2.2, 2.5)))]


# Task 4


def mu_sd(tau: float, sigma: Array) -> float:
    return _sd(sigma**2 + tau**2)


def _sd(variances: Array) -> float:
    """Of the weighted mean of values with these variances."""
    return np.sum(1 / variances) ** -0.5


# Task 5


def influence(tau: float, sigma: Array) -> Array:
    return _influence(_kappa(sigma, tau), 1 / (sigma**2 + tau**2))


def _influence(kappa: Array, weight: Array) -> Array:
    return np.diag(kappa) + np.outer(1 - kappa, weight / weight.sum())


def _only_off_the_diagonal(tau: float, sigma: Array) -> Array:
    matrix = influence(tau, sigma)
    np.fill_diagonal(matrix, _kappa(sigma, tau))
    return matrix


def _mean_of_others(tau: float, sigma: Array) -> Array:
    weight = np.where(np.eye(len(sigma)) > 0, 0, 1 / (sigma**2 + tau**2))
    kappa = _kappa(sigma, tau)
    return np.diag(kappa) + (1 - kappa)[:, None] * weight / weight.sum(1, keepdims=True)


# Task 6


def moment_tau(y: Array, sigma: Array) -> float:
    return math.sqrt(max(0, _tau_squared(y, sigma)))


def _tau_squared(y: Array, sigma: Array, ddof: int = 1) -> float:
    return float(((y - y.mean()) ** 2).sum() / (len(y) - ddof) - (sigma**2).mean())


def _scattered(rng: Generator) -> list[tuple[Array, Array]]:
    wide = [(rng.normal(rng.uniform(-5, 5), 4, J), rng.uniform(0.5, 2, J)) for J in (5, 9, 71)]
    two = np.array([0.0, rng.uniform(6, 9)]), rng.uniform(0.5, 2, 2)
    narrow = rng.uniform(0, 0.5, 9), rng.uniform(0.5, 2, 9)
    return [*wide, two, narrow, (np.full(3, rng.uniform(1, 2)), np.array([0.5, 0.5, 1.0]))]


# Task 7

_Z = norm.ppf(0.975)


def coverage(
    J: int,
    tau: float,
    sigma: float,
    lost: float = 1,
    power: float = 1,
    z: float = _Z,
    known_mu: bool = False,
    sds: tuple[float, float] | None = None,
) -> float:
    """By quadrature.

    S, the sum of squares around the mean, is a scaled chi-square. Group 1's part of it is a coordinate r of a point on
    a sphere, and what is left of theta_1 is normal. Below S = (J - lost) sigma^2 the interval has no width; above, one
    integrates over the root of kappa, in which its width is smooth.
    """
    sd_theta, sd_y = sds or (tau, sigma)
    total = sd_theta**2 + sd_y**2
    right = sd_theta**2 / total
    root, squares, mass = _estimated(J, total, (J - lost) * sigma**2)
    r, share = roots_jacobi(24, (J - 4) / 2, (J - 4) / 2)
    off = (right - root**2)[:, None] * np.sqrt(squares * (J - 1) / J)[:, None] * r
    of_mean = right - root[:, None] ** 2 if known_mu else 1 - right
    held = _within(z * sigma * root[:, None] ** power, off, np.sqrt(right * sd_y**2 + of_mean**2 * total / J))
    return float(mass @ held @ (share / share.sum()))


def _estimated(J: int, total: float, least: float) -> tuple[Array, Array, Array]:
    """Roots of kappa = 1 - least / S, the S they belong to, and the probability of each."""
    node, weight = roots_legendre(120)
    root = (1 + node) / 2
    squares = least / (1 - root**2)
    slope = 2 * root * squares**2 / least
    return root, squares, weight / 2 * slope * chi2.pdf(squares / total, J - 1) / total


def _within(half_width: Array, mean: Array, sd: float | Array) -> Array:
    """How often a normal lies within plus or minus ``half_width``."""
    return norm.cdf((half_width - mean) / sd) - norm.cdf((-half_width - mean) / sd)


def _of_known_tau(J: int, tau: float, sigma: float) -> float:
    kappa = tau**2 / (tau**2 + sigma**2)
    sd = math.sqrt(kappa * sigma**2 + (1 - kappa) * sigma**2 / J)
    return float(2 * norm.cdf(_Z * math.sqrt(kappa) * sigma / sd) - 1)


def _holds_estimate(J: int, tau: float, sigma: float) -> float:
    root, squares, mass = _estimated(J, tau**2 + sigma**2, (J - 1) * sigma**2)
    farthest = _Z * sigma * root / (1 - root**2)
    share = np.minimum(1, farthest**2 * J / (J - 1) / squares)
    return float(mass @ betainc(0.5, (J - 2) / 2, share))


def _all_groups(J: int, tau: float, sigma: float) -> float:
    # Given the data the true values are normal; the data are points that fill their space evenly.
    sobol = qmc.Sobol(J, rng=np.random.default_rng(1)).random(2**13)
    y = math.hypot(tau, sigma) * norm.ppf(sobol)
    right = tau**2 / (tau**2 + sigma**2)
    used = np.maximum(0, 1 - sigma**2 / y.var(1, ddof=1))[:, None]
    off = right * y - _between(y, used, y.mean(1, keepdims=True))
    return float(_within(_Z * np.sqrt(used) * sigma, off, math.sqrt(right) * sigma).prod(1).mean())


def _populations(rng: Generator) -> list[tuple[int, float, float]]:
    sizes = int(rng.integers(4, 6)), int(rng.integers(6, 12)), int(rng.integers(14, 25))
    ratios = rng.uniform(0.5, 0.9), rng.uniform(0.5, 0.9), rng.uniform(1.2, 2)
    sigmas = rng.uniform(1.6, 2.5), rng.uniform(0.4, 0.7), rng.uniform(1.6, 2.5)
    return [(J, ratio * sigma, sigma) for J, ratio, sigma in zip(sizes, ratios, sigmas, strict=True)]


# Task 8


def extreme_sizes(
    y: Array,
    n: Array,
    a: float,
    b: float,
    k: int,
    shrink: Callable[..., Array] = lambda y, n, a, b: (a + y) / (a + b + n),
    summary: Callable[[Array], Array] = np.median,
    first: bool = False,
) -> list[Array]:
    order = slice(k) if first else slice(-k, None)
    return [summary(n[np.argsort(rate)[order]]) for rate in (y / n, shrink(y, n, a, b))]


def _beta_binomial(rng: Generator) -> list[tuple[Array, Array, float, float, int]]:
    # J, k, the largest n, and a and b of the population.
    populations = [
        (60, 5, 300, 2, 12),
        (300, 10, 2000, 2, 12),
        (300, 11, 2000, 2, 12),
        (40, 14, 60, 8, 4),
        (40, 9, 60, 3, 9),
        (12, 1, 60, 2, 12),
        (9, 4, 60, 2, 12),
    ]
    cases = [_without_ties(rng, *population) for population in populations]
    y, n, a, b, _ = cases[-1]
    return [*cases, (y, n, a, b, len(n))]


def _without_ties(
    rng: Generator, J: int, k: int, most: int, a: float, b: float
) -> tuple[Array, Array, float, float, int]:
    """Groups of which the k highest are the same in any order of the groups."""
    while True:
        n = rng.choice(np.arange(5, most), J, replace=False)
        y, near = rng.binomial(n, rng.beta(a, b, J)), rng.uniform(-1, 1, 2)
        rates = np.sort([y / n, (a + near[0] + y) / (a + b + near.sum() + n)], axis=1)
        if (rates[:, -k] > rates[:, -k - 1]).all():
            return y, n, a + near[0], b + near[1], k


# Task 9


def highest(draws: Array, best: Callable[..., Array] = np.argmax) -> Array:
    return np.mean(best(draws, axis=1)[:, None] == np.arange(draws.shape[1]), axis=0)


def _joint_draws(rng: Generator) -> list[tuple[Array]]:
    near = [rng.normal(rng.normal(0, 1, J), 1, (S, J)) for S, J in ((500, 4), (300, 71), (1, 3))]
    # The first, one in the middle and the last never win.
    apart = rng.normal([-90, 0, -50, 0.3, -70], 1, (40, 5))
    return [(draws,) for draws in [*near, apart, rng.normal(-5, 1, (30, 1))]]


TASKS = [
    Function(
        "posterior",
        right=posterior,
        visible=[
            (np.array([4.0, 10.0]), np.array([1.0, 2.0]), 2.0, 2.0),
            (np.array([4.0, 10.0, -1.0]), np.array([1.0, 2.0, 0.5]), 3.0, 0.5),
            (np.array([4.0, 10.0]), np.array([1.0, 2.0]), 2.0, 0.0),
        ],
        hidden=_groups,
        mistakes={
            "The weights are swapped: kappa, with tau**2 on top, goes with y.": lambda y, sigma, mu, tau: (
                _between(y, 1 - _kappa(sigma, tau), mu),
                posterior(y, sigma, mu, tau)[1],
            ),
            "The weights compare variances: square tau and sigma.": _not_squared,
            "The mean is right. The second value is the variance: take its square root.": lambda y, sigma, mu, tau: (
                _mean(y, sigma, mu, tau),
                _kappa(sigma, tau) * sigma**2,
            ),
            "The mean is right. The posterior variance is kappa * sigma**2, so that its root has the root of kappa.": (
                lambda y, sigma, mu, tau: (_mean(y, sigma, mu, tau), _kappa(sigma, tau) * sigma)
            ),
            "The mean is right. Precisions add, not variances: the posterior is narrower than either.": (
                lambda y, sigma, mu, tau: (_mean(y, sigma, mu, tau), np.hypot(sigma, tau))
            ),
            "The mean is right. The second value is still that of y alone: the population makes it smaller.": (
                lambda y, sigma, mu, tau: (_mean(y, sigma, mu, tau), sigma)
            ),
            "The population's mean is mu, which is given: do not estimate it from y.": lambda y, sigma, mu, tau: (
                posterior(y, sigma, y.mean(), tau)
            ),
        },
        hints=(
            "The mean lies between y and mu. Which of the two gets more weight where tau is large?",
            "The weight of y is one variance over the sum of both. The posterior variance is sigma**2 times that same "
            "weight, which works at tau = 0 too.",
        ),
    ),
    Function(
        "data_weights",
        right=data_weights,
        visible=[
            (np.array([10, 40, 20]), np.array([0.2, 0.5, 1 / 3])),
            (np.array([10, 40, 20]), np.array([0.8, 0.5, 2 / 3])),
            (np.array([30, 90, 10, 30]), np.array([0.25, 0.5, 0.1, 0.25])),
            (np.array([60, 20, 30]), np.array([0.75, 0.5, 0.6])),
            (np.array([30, 5, 5, 100]), np.array([0.6, 0.2, 0.2, 5 / 6])),
            (np.array([30, 30, 5, 90]), np.array([0.5, 0.5, 6 / 7, 0.25])),
        ],
        hidden=_reports,
        mistakes={
            "This report gave B: with more rats its factor goes down. The data weight is 1 - B.": lambda n, factor: (
                factor
            ),
            "This report gave kappa already: with more rats its factor goes up.": lambda n, factor: 1 - factor,
            "Give the weights in the order in which the groups are given, not by their size.": _sorted_by_size,
            "The groups are in no particular order: what the last has more or less than the first says nothing.": (
                _first_with_last
            ),
            "The first and the last group may be of the same size, which tells nothing. Compare the largest group with "
            "the smallest.": _sizes_of_both,
            "The first group alone does not tell: its size may lie below the average and its weight above. Compare "
            "the largest group with the smallest.": _first_with_mean,
            "That is the other of the two: the weight of the common mean.": lambda n, factor: (
                1 - data_weights(n, factor)
            ),
        },
        hints=(
            "How does the weight of a group's own data change with its number of rats? And how does B?",
            "Look at the factors of the largest and of the smallest group, which np.argmax and np.argmin find.",
        ),
    ),
    Function(
        "rats_needed",
        right=rats_needed,
        visible=[(0.7, 0.1, 0.35), (0.5, 1.0, 4.0), (0.9, 0.5, 0.7), (0.95, 8.0, 2.0)],
        hidden=_wishes,
        mistakes={
            "Round up: with one rat fewer the weight is too small.": lambda weight, tau, s: math.floor(
                _rats(weight, tau, s)
            ),
            "Give a whole number of rats.": _rats,
            "The weights compare variances: square s and tau.": lambda weight, tau, s: math.ceil(
                weight / (1 - weight) * s / tau
            ),
            "That gives this weight to the common mean. The factor is weight / (1 - weight), not its inverse.": (
                lambda weight, tau, s: rats_needed(1 - weight, tau, s)
            ),
            "That is the number for half of the weight.": lambda weight, tau, s: rats_needed(0.5, tau, s),
            "s and tau are swapped: the more a single rat scatters, the more rats it takes.": (
                lambda weight, tau, s: rats_needed(weight, s, tau)
            ),
            "Where the number is whole without rounding, it is enough: at least this weight is asked for.": (
                lambda weight, tau, s: math.floor(_rats(weight, tau, s)) + 1
            ),
            "Round up, and not to the nearest number.": lambda weight, tau, s: round(_rats(weight, tau, s)),
            "The factor is weight / (1 - weight), the odds, and not the weight.": lambda weight, tau, s: math.ceil(
                weight * s**2 / tau**2
            ),
        },
        hints=(
            "What is the standard error of the mean of n rats? Put it into the formula of kappa.",
            "kappa is then n tau**2 / (n tau**2 + s**2). Set it equal to the weight, solve for n, and round up.",
        ),
    ),
    Function(
        "mu_sd",
        right=mu_sd,
        visible=[(4.0, np.array([3.0, 3.0])), (2.0, np.array([1.0, 4.0])), (0.0, np.array([0.5, 2.0, 3.0]))],
        hidden=lambda rng: [
            (tau, rng.uniform(0.3, 30, J)) for J in (1, 2, 71) for tau in (0.0, rng.uniform(0.3, 0.7), 1 + rng.random())
        ],
        mistakes={
            "That is the variance: take its square root.": lambda tau, sigma: mu_sd(tau, sigma) ** 2,
            "That is the usual standard error of complete pooling: tau belongs to each term.": lambda tau, sigma: _sd(
                sigma**2
            ),
            "Do not average the variances: add the precisions.": lambda tau, sigma: (
                np.sqrt(np.sum(sigma**2 + tau**2)) / len(sigma)
            ),
            "Small tau alone does not make the mean known: sigma and the number of groups matter too.": (
                lambda tau, sigma: tau
            ),
            "tau is a standard deviation, as sigma is: square it.": lambda tau, sigma: _sd(sigma**2 + tau),
            "Add tau**2 to each group's own variance, before you take its inverse.": lambda tau, sigma: np.sqrt(
                tau**2 / len(sigma) + _sd(sigma**2) ** 2
            ),
            "Square each of the two before you add them.": lambda tau, sigma: _sd((sigma + tau) ** 2),
            "The sum is a precision. Its power is -1/2, not 1/2.": lambda tau, sigma: 1 / mu_sd(tau, sigma),
            "Add the precisions; their average does not grow with the number of groups.": lambda tau, sigma: (
                mu_sd(tau, sigma) * np.sqrt(len(sigma))
            ),
        },
        hints=(
            "Work from the inside: the variances of the y_j around mu, then one over each of them.",
            "Add the inverses up; the sum is a precision, and a standard deviation is one over its root.",
        ),
    ),
    Function(
        "influence",
        right=influence,
        visible=[(2.0, np.array([1.0, 4.0])), (1.0, np.array([0.5, 1.0, 2.0]))],
        hidden=lambda rng: [
            (tau, rng.uniform(0.2, 3, J)) for J in (1, 3, 20) for tau in (0.0, rng.uniform(0.3, 0.6), 5.0)
        ],
        mistakes={
            "Rows and columns are swapped: row i is the estimate, column j the datum. Each row sums to one.": (
                lambda tau, sigma: influence(tau, sigma).T
            ),
            "A group's own datum also enters directly: add kappa_i on the diagonal.": lambda tau, sigma: (
                influence(tau, sigma) - np.diag(_kappa(sigma, tau))
            ),
            "Your common mean weights all groups alike. Weight by 1 / (sigma**2 + tau**2).": lambda tau, sigma: (
                _influence(_kappa(sigma, tau), np.ones_like(sigma))
            ),
            "Your common mean leaves tau out of its weights. Weight by 1 / (sigma**2 + tau**2).": lambda tau, sigma: (
                _influence(_kappa(sigma, tau), sigma**-2.0)
            ),
            "That is the direct part alone. Through the common mean, every datum enters every estimate.": (
                lambda tau, sigma: np.diag(_kappa(sigma, tau))
            ),
            "kappa and 1 - kappa are swapped: kappa goes with the group's own datum.": lambda tau, sigma: _influence(
                1 - _kappa(sigma, tau), 1 / (sigma**2 + tau**2)
            ),
            "A group's own datum enters the common mean as well: the diagonal has both parts.": _only_off_the_diagonal,
            "The common mean is that of all groups: a group's own datum is in it, too.": _mean_of_others,
            "The common mean has only the weight 1 - kappa_i in estimate i.": lambda tau, sigma: (
                np.diag(_kappa(sigma, tau))
                + np.outer(np.ones_like(sigma), 1 / (sigma**2 + tau**2)) * mu_sd(tau, sigma) ** 2
            ),
        },
        hints=(
            "y_j enters estimate i in two ways: directly, if i is j, and through the common mean, for all i.",
            "The first part is a diagonal matrix. The second is an outer product: 1 - kappa of the row, times the "
            "share of the column in the common mean.",
        ),
    ),
    Function(
        "moment_tau",
        right=moment_tau,
        visible=[
            (np.array([1.0, 5.0, 9.0]), np.array([1.0, 2.0, 2.0])),
            (np.array([4.0, 5.0, 6.0]), np.array([1.0, 2.0, 2.0])),
            (np.array([-3.0, 2.0, 0.5, 7.0]), np.array([0.5, 1.0, 2.0, 0.5])),
        ],
        hidden=_scattered,
        mistakes={
            "Divide the squares by J - 1: NumPy's var divides by J unless you say ddof=1.": lambda y, sigma: math.sqrt(
                max(0, _tau_squared(y, sigma, 0))
            ),
            "That is tau squared: take its square root.": lambda y, sigma: moment_tau(y, sigma) ** 2,
            "That is negative inside the root: if the scatter is smaller than the errors explain, tau is 0.": (
                lambda y, sigma: np.sqrt(_tau_squared(y, sigma))
            ),
            "Take the standard errors' share off: subtract the mean of sigma**2.": lambda y, sigma: np.std(y, ddof=1),
            "Average the squares of sigma, not sigma.": lambda y, sigma: math.sqrt(
                max(0, np.var(y, ddof=1) - np.mean(sigma) ** 2)
            ),
            "The mean of sigma**2 has the divisor J: there only the y lose one.": lambda y, sigma: math.sqrt(
                max(0, np.var(y, ddof=1) - (sigma**2).sum() / (len(y) - 1))
            ),
            "Subtract variances, and take the root of the difference; you subtract standard deviations.": (
                lambda y, sigma: max(0, np.std(y, ddof=1) - np.sqrt(np.mean(sigma**2)))
            ),
            "If the difference is negative, tau is 0: do not turn its sign.": lambda y, sigma: math.sqrt(
                abs(_tau_squared(y, sigma))
            ),
            "Subtract the mean of sigma**2, not their sum.": lambda y, sigma: math.sqrt(
                max(0, np.var(y, ddof=1) - (sigma**2).sum())
            ),
        },
        hints=(
            "NumPy's var takes ddof; the mean of the squared standard errors is a second number.",
            "Subtract the second from the first, and take the larger of 0 and that before the root.",
        ),
    ),
    Proportion(
        "coverage",
        right=coverage,
        visible=[(12, 3.0, 5.0), (5, 1.0, 2.0)],
        hidden=_populations,
        n_sim=20_011,
        mistakes={
            "That is what an interval covers that knows tau. Estimate tau from each data set.": _of_known_tau,
            "The half-width has the root of kappa: z * sqrt(kappa) * sigma.": lambda J, tau, sigma: coverage(
                J, tau, sigma, power=2
            ),
            "z is the 0.975 quantile of the normal, about 1.96, not 1.": lambda J, tau, sigma: coverage(
                J, tau, sigma, z=1.0
            ),
            "z is the 0.975 quantile of the normal, since 2.5% lie on either side, not the 0.95 quantile.": (
                lambda J, tau, sigma: coverage(J, tau, sigma, z=norm.ppf(0.95))
            ),
            "The half-width has the root of kappa; yours has no kappa.": lambda J, tau, sigma: coverage(
                J, tau, sigma, power=0
            ),
            "NumPy's normal takes the standard deviation, not the variance.": lambda J, tau, sigma: coverage(
                J, tau, sigma, sds=(tau**2, sigma**2)
            ),
            "Divide the squares by J - 1: NumPy's var divides by J unless you say ddof=1.": lambda J, tau, sigma: (
                coverage(J, tau, sigma, lost=0)
            ),
            "The interval lies around kappa times y_1 plus 1 - kappa times the mean of y: mu is not known to be 0.": (
                lambda J, tau, sigma: coverage(J, tau, sigma, known_mu=True)
            ),
            "Estimate tau as in task 6, with J - 1, and not with J - 3 as James and Stein do.": lambda J, tau, sigma: (
                coverage(J, tau, sigma, lost=3)
            ),
            "Count the intervals that hold the true value theta_1, not the estimate y_1.": _holds_estimate,
            "That asks for the intervals of all groups at once. Count those of group 1.": _all_groups,
            "95% is what the interval promises. Simulate, and count the data sets in which it holds theta_1.": (
                lambda J, tau, sigma: 0.95
            ),
            "That is the share of data sets in which the interval misses.": lambda J, tau, sigma: (
                1 - coverage(J, tau, sigma)
            ),
        },
        hints=(
            "Draw two arrays of shape (n_sim, J): true values first, then estimates around them. Everything else is "
            "computed from the second, a row at a time.",
            "From each row take its mean and its variance with ddof=1; they give tau and kappa. Then ask in which rows "
            "the first true value is at most a half-width away from the middle of the interval.",
        ),
    ),
    Function(
        "extreme_sizes",
        right=extreme_sizes,
        visible=[
            (np.array([3, 9, 22, 2, 6]), np.array([6, 20, 52, 21, 41]), 2.0, 12.0, 1),
            (np.array([3, 9, 22, 2, 6]), np.array([6, 20, 52, 21, 41]), 2.0, 12.0, 3),
            (
                np.array([9, 13, 15, 0, 2, 3, 4, 38]),
                np.array([52, 20, 66, 14, 58, 17, 22, 44]),
                1.0,
                13.0,
                4,
            ),
            (np.array([14, 27, 19, 19, 4, 7]), np.array([49, 56, 52, 55, 10, 45]), 4.0, 12.0, 2),
        ],
        hidden=_beta_binomial,
        mistakes={
            "Those are the lowest rates. Sort, and take the last k.": lambda y, n, a, b, k: extreme_sizes(
                y, n, a, b, k, first=True
            ),
            "The median is asked for, not the mean.": lambda y, n, a, b, k: extreme_sizes(
                y, n, a, b, k, summary=np.mean
            ),
            "The raw rates are right. The denominator of the posterior mean is a + b + n.": lambda y, n, a, b, k: (
                extreme_sizes(y, n, a, b, k, lambda y, n, a, b: (a + y) / (b + n))
            ),
            "The raw rates are right. The denominator of the posterior mean is a + b + n; b is left out.": (
                lambda y, n, a, b, k: extreme_sizes(y, n, a, b, k, lambda y, n, a, b: (a + y) / (a + n))
            ),
            "The raw rates are right. a and b are swapped: the tumors are added to a.": lambda y, n, a, b, k: (
                extreme_sizes(y, n, b, a, k)
            ),
            "The second value is that of the raw rates again: sort by the posterior means.": lambda y, n, a, b, k: (
                extreme_sizes(y, n, a, b, k, lambda y, n, a, b: y / n)
            ),
            "Sort by rates, not by counts of tumors.": lambda y, n, a, b, k: [np.median(n[np.argsort(y)[-k:]])] * 2,
            "Take as many groups as k says.": lambda y, n, a, b, k: extreme_sizes(y, n, a, b, min(3, k)),
            "The largest groups are not those with the highest rates: sort by the rates.": lambda y, n, a, b, k: (
                [np.median(np.sort(n)[-k:])] * 2
            ),
        },
        hints=(
            "np.argsort gives the places of the rates from the lowest to the highest; use it once for each list.",
            "The last k of these places pick the groups out of n; take the median of what they pick.",
        ),
    ),
    Function(
        "highest",
        right=highest,
        visible=[
            (np.array([[0.10, 0.20, 0.30], [0.40, 0.50, 0.10], [0.20, 0.15, 0.60], [0.30, 0.25, 0.10]]),),
            (np.array([[0.5, 0.1, 0.2, 0.4], [0.3, 0.2, 0.6, 0.1], [0.7, 0.3, 0.6, 0.2]]),),
        ],
        hidden=_joint_draws,
        mistakes={
            "That is the probability of being the lowest.": lambda draws: highest(draws, np.argmin),
            "The highest posterior mean is not the highest group: rank within each draw, then count.": lambda draws: (
                np.arange(draws.shape[1]) == draws.mean(axis=0).argmax()
            ).astype(float),
            "Those are counts. Divide by the number of draws.": lambda draws: highest(draws) * len(draws),
            "That compares each group with the average of all in the draw. It must be above every other one.": (
                lambda draws: np.mean(draws > draws.mean(axis=1, keepdims=True), axis=0)
            ),
            "That is percent. A probability lies between 0 and 1.": lambda draws: 100 * highest(draws),
            "A group that is never the highest has probability 0: give a number for each group.": lambda draws: highest(
                draws
            )[highest(draws) > 0],
            "The groups are the columns: look for the highest in each row.": lambda draws: highest(draws.T),
            "Divide by the number of draws, not by that of the groups.": lambda draws: (
                highest(draws) * len(draws) / draws.shape[1]
            ),
        },
        hints=(
            "In each draw, that is in each row, one group is the highest. Which?",
            "argmax along axis 1 names it. Count for each group how often it is named, also where it never is, and "
            "divide by the number of draws.",
        ),
    ),
]
