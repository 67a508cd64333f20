"""What tests the answers of overdispersion."""

import functools
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from scipy import stats
from scipy.special import gammaln

from hbcourse import check
from hbcourse.check.tasks import Array, Draws, Function, Judged, Model, Proportion

_ACCIDENTS = np.repeat(np.arange(6), [447, 132, 42, 21, 3, 2])
_WOMEN = np.bincount(_ACCIDENTS)


# Task 1


def fano(x: Array) -> float:
    return _variance(x) / x.mean()


def _variance(x: Array, ddof: int = 1) -> float:
    return float(((x - x.mean()) ** 2).sum() / (len(x) - ddof))


def _counts(rng: Generator) -> list[tuple[Array]]:
    cases = [rng.poisson(m, n) for m, n in ((1.0, 30), (4.0, 200), (20.0, 12))]
    return [(x,) for x in [*cases, np.array([0, int(rng.integers(2, 9))]), np.full(4, 3), np.repeat([0, 40], [9, 1])]]


# Task 2


def by_moments(x: Array) -> tuple[float, float]:
    m, s2 = x.mean(), _variance(x)
    return m, m**2 / (s2 - m) if s2 > m else np.inf


def _wrong_alpha(alpha: Callable[[float, float], float]) -> Callable[[Array], tuple[float, float]]:
    def answer(x: Array) -> tuple[float, float]:
        m, s2 = x.mean(), _variance(x)
        return m, alpha(m, s2) if s2 > m else np.inf

    return answer


def _beyond(value: Callable[[float, float], float]) -> Callable[[Array], tuple[float, float]]:
    def answer(x: Array) -> tuple[float, float]:
        m, s2 = x.mean(), _variance(x)
        return m, m**2 / (s2 - m) if s2 > m else value(m, s2)

    return answer


def _divisor_n(x: Array) -> tuple[float, float]:
    m, s2 = x.mean(), _variance(x, 0)
    return m, m**2 / (s2 - m) if s2 > m else np.inf


def _sd_for_variance(x: Array) -> tuple[float, float]:
    m, s = x.mean(), _variance(x) ** 0.5
    return m, m**2 / (s - m) if s > m else np.inf


def _samples(rng: Generator) -> list[tuple[Array]]:
    wide = [rng.negative_binomial(2, 0.3, 80), rng.negative_binomial(0.5, 0.05, 300), np.array([0, 0, 0, 9, 30])]
    narrow = rng.binomial(12, 0.8, 50)
    # The variance is the mean exactly: of 0 and 1, and of 0, 1 and 2.
    equal = [rng.permutation([0, 1]), rng.permutation([0, 1, 2])]
    return [(x,) for x in [*wide, narrow, *equal]]


# Task 3


def to_scipy(m: float, alpha: float) -> tuple[float, float]:
    return alpha, 1 / (1 + m / alpha)


# Task 4


def mixture(k: int, m: float, alpha: float) -> float:
    return _mixed(k, alpha, m / alpha)


def _mixed(k: int, shape: float, scale: float) -> float:
    """The probability of k where rates are Gamma of this shape and scale."""
    return float(stats.nbinom.pmf(k, shape, 1 / (1 + scale)))


def _conditional(k: int, m: float, alpha: float, upper: float, density: bool = True) -> float:
    """The integral up to ``upper``: the probability of k, times that of such a rate given k."""
    rate = alpha / m
    if density:
        return mixture(k, m, alpha) * float(stats.gamma.cdf(upper, alpha + k, scale=1 / (rate + 1)))
    return float(stats.gamma.cdf(upper, k + 1))


def _mixtures(rng: Generator) -> list[tuple[int, float, float]]:
    return [
        (1, rng.uniform(0.3, 0.7), rng.uniform(1.5, 3)),
        (4, rng.uniform(5, 7), rng.uniform(2, 4)),
        (0, 8.0, 1.0),
        # Rates beyond 10 matter.
        (14, rng.uniform(8, 10), rng.uniform(1.5, 3)),
        (int(rng.integers(8, 13)), 5.0, rng.uniform(8, 30)),
    ]


# Task 5

_Z = stats.norm.ppf(0.975)


def coverage(m: float, alpha: float, n: int) -> float:
    return _share(m, n, alpha * n)


def _share(m: float, n: int, shape: float, z: float = _Z, width: Callable[[Array], Array] = np.sqrt) -> float:
    """The sum of n counts is negative binomial again: of shape n alpha, or alpha if all weeks share one rate."""
    total = np.arange(60 * int(n * m) + 400)
    held = abs(total - n * m) < z * width(total)
    return float(stats.nbinom.pmf(total, shape, shape / (shape + n * m)) @ held)


def _swapped(m: float, alpha: float, n: int) -> float:
    """Rates with the scale alpha / m, of mean alpha**2 / m."""
    total = np.arange(60 * int(n * max(m, alpha**2 / m)) + 400)
    return float(stats.nbinom.pmf(total, n * alpha, 1 / (1 + alpha / m)) @ (abs(total - n * m) < _Z * np.sqrt(total)))


def _weeks(rng: Generator) -> list[tuple[float, float, int]]:
    return [
        # Few weeks and small means: no counts at all have no width, and the mean's own error is large.
        (rng.uniform(0.45, 0.55), rng.uniform(0.8, 1.2), 10),
        (rng.uniform(2, 3), rng.uniform(0.6, 1), int(rng.integers(4, 7))),
        (rng.uniform(7, 9), rng.uniform(4, 6), int(rng.integers(15, 25))),
    ]


# Task 6


def _log_density(m: float, alpha: float, rate: float = 0.25, inverted: bool = False) -> float:
    if min(m, alpha) <= 0:
        return -np.inf
    return float(_log_joint(m, alpha, rate, inverted))


def _log_joint(m: Array | float, alpha: Array | float, rate: float = 0.25, inverted: bool = False) -> Array:
    """Of single values, or of draws entry by entry; up to a constant."""
    n = 1 / alpha if inverted else alpha
    counts = sum(women * (gammaln(n + k) + k * np.log(m)) for k, women in enumerate(_WOMEN))
    fixed = len(_ACCIDENTS) * (n * np.log(n) - gammaln(n))
    likelihood = counts + fixed - (len(_ACCIDENTS) * n + _ACCIDENTS.sum()) * np.log(n + m)
    return -(m**2) / 2 - rate * alpha + likelihood


_INVERSE_RATE = "PyMC's Exponential takes the rate, which is one over the mean."
_INVERSE_SHAPE = "PyMC's alpha is the shape itself. Pass it as it is, not one over it."


def judge_model(rng: Generator, model: object) -> None:
    central = [{"m": rng.normal(0.47, 0.04), "alpha": rng.gamma(20, 0.05)} for _ in range(4)]
    wide = [{"m": 10 ** rng.uniform(-2, 1), "alpha": 10 ** rng.uniform(-1.5, 2)} for _ in range(6)]
    outside = [{"m": -rng.uniform(0.3, 0.6), "alpha": 1.0}, {"m": 0.47, "alpha": -rng.uniform(0.5, 2)}]
    check.model(
        "model",
        model,
        _log_density,
        central + wide + outside,
        families={
            "m": ("HalfNormal", {"sigma": 1.0}),
            "alpha": ("Exponential", {"lam": 0.25}),
            "x": ("NegativeBinomial", {"mu": lambda m, alpha: m, "alpha": lambda m, alpha: alpha}),
        },
        observed={"x": _ACCIDENTS},
        mistakes={
            _INVERSE_RATE: lambda m, alpha: _log_density(m, alpha, rate=4.0),
            _INVERSE_SHAPE: lambda m, alpha: _log_density(m, alpha, inverted=True),
        },
    )


# Task 7


def judge_trace(rng: Generator, trace: object) -> None:
    # Right draws fail with probability at most 1 in 10,000, if they have effective draws to spare.
    grid = _grid()
    centers = grid.moments["m"][0], grid.moments["alpha"][0]

    def product(m: Array, alpha: Array) -> Array:
        return (m - centers[0]) * (alpha - centers[1])

    joint = {"the log joint density": _log_joint, "(m - its mean) * (alpha - its mean)": product}
    check.draws(
        "trace",
        trace,
        {**grid.moments, **{name: grid.of(of(grid.m, grid.alpha)) for name, of in joint.items()}},
        mistakes={
            "Those are draws from the prior: the model has not seen the accidents.": {
                "m": (np.sqrt(2 / np.pi), np.sqrt(1 - 2 / np.pi)),
                "alpha": (4.0, 4.0),
            },
            _INVERSE_RATE: _grid(rate=4.0).moments,
            _INVERSE_SHAPE: _grid(inverted=True).moments,
        },
        quantiles={"m": grid.quantiles("m"), "alpha": grid.quantiles("alpha")},
        support={"m": (0, np.inf), "alpha": (0, np.inf)},
        functions=joint,
    )


class _Grid:
    """The posterior of m and log alpha, summed over a grid."""

    def __init__(self, rate: float, inverted: bool) -> None:
        log_alpha = np.linspace(-4, 4, 400)[None, :]
        self.m, self.alpha = np.linspace(0.25, 0.75, 200)[:, None], np.exp(log_alpha)
        log_mass = _log_joint(self.m, self.alpha, rate, inverted) + log_alpha
        self.mass = np.exp(log_mass - log_mass.max())
        self.mass /= self.mass.sum()
        self.moments = {"m": self.of(self.m), "alpha": self.of(self.alpha)}

    def of(self, value: Array) -> tuple[float, float]:
        """Mean and sd of a function of m and alpha."""
        mean = float(np.sum(self.mass * value))
        return mean, float(np.sqrt(np.sum(self.mass * (value - mean) ** 2)))

    def quantiles(self, name: str) -> tuple[Array, Array]:
        """Points of m or alpha, and the probability of lying below them."""
        values, mass = (self.m[:, 0], self.mass.sum(1)) if name == "m" else (self.alpha[0], self.mass.sum(0))
        # Halfway between two values of the grid; the mass of those before is the probability of lying below.
        below = np.cumsum(mass)
        at = np.searchsorted(below, [0.05, 0.25, 0.5, 0.75, 0.95])
        return np.sqrt(values[at] * values[at + 1]), below[at]


@functools.cache
def _grid(rate: float = 0.25, inverted: bool = False) -> _Grid:
    return _Grid(rate, inverted)


# Task 8


def next_accidents(k: Array, m: float, alpha: float) -> Array:
    return m + m / (m + alpha) * (k - m)


# Task 9


def zeros_check(x: Array, replicated: Array, ties: float = 0.5, fewer: bool = False) -> float:
    more = (replicated == 0).sum(1) - (x == 0).sum()
    return float(np.mean((more < 0 if fewer else more > 0) + ties * (more == 0)))


def _replicated(rng: Generator) -> list[tuple[Array, Array]]:
    cases = [(rng.poisson(1.0, n), rng.poisson(0.9, (301, n))) for n in (8, 20, 50)]
    # No zeros at all, nothing but ties, and a single data set.
    none = np.full(5, 2), rng.poisson(2.0, (40, 5))
    ties = np.array([0, 0, 3]), np.array([[0, 1, 0], [0, 0, 7], [2, 0, 0]])
    one = np.array([0, 2, 1, 4]), np.array([[0, 0, int(rng.integers(1, 5)), 1]])
    return [*cases, none, ties, one]


TASKS = [
    Function(
        "fano",
        right=fano,
        visible=[(np.array([0, 2, 1, 5]),), (np.array([3, 3, 4, 9, 1]),)],
        hidden=_counts,
        mistakes={
            "The divisor of the variance is n - 1: pass ddof=1.": lambda x: np.var(x) / np.mean(x),
            "That is the standard deviation over the mean. Take the variance.": lambda x: (
                np.std(x, ddof=1) / np.mean(x)
            ),
            "That is the mean over the variance. Turn it round.": lambda x: np.mean(x) / np.var(x, ddof=1),
            "That is the Fano factor of the accidents. Use the counts that the function is given.": lambda x: fano(
                _ACCIDENTS
            ),
            "Divide by the mean, not by the median.": lambda x: np.var(x, ddof=1) / np.median(x),
            "Divide by the mean, not by its square.": lambda x: np.var(x, ddof=1) / np.mean(x) ** 2,
        },
        hints=(
            "It takes two numbers, a variance and a mean, both of the counts that the function is given.",
            "NumPy's var divides by n unless you say ddof=1; divide what it then gives by the mean.",
        ),
    ),
    Function(
        "by_moments",
        right=by_moments,
        visible=[(np.array([0, 2, 1, 5]),), (np.array([3, 4, 4, 5]),), (np.array([1, 0, 7, 0, 0, 2]),)],
        hidden=_samples,
        mistakes={
            "alpha cannot be negative: where the variance is below the mean, return np.inf.": _beyond(
                lambda m, s2: float(np.divide(m**2, s2 - m))
            ),
            "Your second value is 1 / alpha. A steady rate has a large alpha.": _wrong_alpha(
                lambda m, s2: (s2 - m) / m**2
            ),
            "Only what exceeds the mean comes from the rate: divide by s2 - m, not by s2.": _wrong_alpha(
                lambda m, s2: m**2 / s2
            ),
            "Square the mean: s2 - m = m**2 / alpha.": _wrong_alpha(lambda m, s2: m / (s2 - m)),
            "The divisor of the variance is n - 1: pass ddof=1.": _divisor_n,
            "The pair is turned round: m comes first, then alpha.": lambda x: by_moments(x)[::-1],
            "Where no finite alpha fits, alpha is infinite and not 0: a steady rate has a large alpha.": _beyond(
                lambda m, s2: 0.0
            ),
            "That is the standard deviation in place of the variance s2.": _sd_for_variance,
            "Return a pair in every case: (m, np.inf) where no finite alpha fits.": lambda x: (
                by_moments(x) if _variance(x) > x.mean() else np.inf
            ),
        },
        hints=(
            "Set the two variances equal and solve for alpha. When is there no finite solution?",
            "What the sample variance has beyond the mean is m**2 / alpha. Look at its sign first: where it is not "
            "above zero, the pair is the mean and np.inf.",
        ),
    ),
    Function(
        "to_scipy",
        right=to_scipy,
        visible=[(3.0, 1.0), (2.0, 5.0)],
        hidden=lambda rng: [
            (0.4652, 0.9),
            (12.0, rng.uniform(20, 40)),
            (rng.uniform(5, 9), 0.3),
            *((m, m) for m in [rng.uniform(1, 3)]),
        ],
        mistakes={
            "That is 1 - p. With it the mean of stats.nbinom(n, p) is not m.": lambda m, alpha: (
                alpha,
                m / (alpha + m),
            ),
            "n is the shape alpha, not the mean.": lambda m, alpha: (m, alpha / (alpha + m)),
            "n and p belong together: with this p the mean is m only where alpha is 1.": lambda m, alpha: (
                alpha,
                1 / (1 + m),
            ),
            "m and alpha act against each other in p: alpha divides.": lambda m, alpha: (alpha, 1 / (1 + alpha * m)),
            "The pair is turned round: n comes first, then p.": lambda m, alpha: to_scipy(m, alpha)[::-1],
        },
        hints=(
            "The shape keeps its value and gets another name. Then solve n (1 - p) / p = m for p.",
            "With n = alpha, the equation says what (1 - p) / p is, and 1 / p is one more than that.",
        ),
    ),
    Function(
        "mixture",
        right=mixture,
        visible=[(0, 3.0, 1.5), (2, 3.0, 1.5), (3, 9.0, 2.0)],
        hidden=_mixtures,
        mistakes={
            "SciPy's Gamma takes the scale, m / alpha, not the rate alpha / m.": lambda k, m, alpha: _mixed(
                k, alpha, alpha / m
            ),
            "With scale=m the rates have mean alpha * m. The scale is m / alpha.": lambda k, m, alpha: _mixed(
                k, alpha, m
            ),
            "The scale is missing: without it the rates have mean alpha.": lambda k, m, alpha: _mixed(k, alpha, 1.0),
            "That is the Poisson probability at the mean rate. Average over the rates.": lambda k, m, alpha: float(
                stats.poisson.pmf(k, m)
            ),
            "The rates go on beyond 10: integrate as far as the density reaches.": lambda k, m, alpha: _conditional(
                k, m, alpha, 10.0
            ),
            "Rates beyond the mean are left out: integrate as far as the density reaches.": lambda k, m, alpha: (
                _conditional(k, m, alpha, m)
            ),
            "The density of the rates is missing under the integral.": lambda k, m, alpha: _conditional(
                k, m, alpha, np.inf, density=False
            ),
        },
        rtol=1e-5,
        atol=1e-8,
        hints=(
            "What is averaged is the Poisson probability of k at a rate; what it is averaged over is the density of "
            "that rate. integrate.quad returns two numbers.",
            "Integrate the product of stats.poisson.pmf and stats.gamma.pdf over the rate, with scale m / alpha, from "
            "0 to where the density is nothing; the first of the two numbers is the integral.",
        ),
    ),
    Proportion(
        "coverage",
        right=coverage,
        visible=[(6.0, 3.0, 40), (0.7, 2.0, 8)],
        hidden=_weeks,
        n_sim=20_011,
        mistakes={
            "Your weeks all share one rate. Draw a rate for each week: an array of shape (n_sim, n).": (
                lambda m, alpha, n: _share(m, n, alpha)
            ),
            "Your counts are Poisson, with one constant rate. Draw the rate of each week from the Gamma "
            "distribution.": (lambda m, alpha, n: _share(m, n, 1e9)),
            "z is the 0.975 quantile of the normal, about 1.96, not 1.": lambda m, alpha, n: _share(
                m, n, alpha * n, z=1.0
            ),
            "The half-width comes from each data set's own mean, which differs from m.": lambda m, alpha, n: _share(
                m, n, alpha * n, width=lambda total: np.sqrt(n * m)
            ),
            "The error of a mean of n counts is smaller than that of one: divide by n under the root.": (
                lambda m, alpha, n: _share(m, n, alpha * n, width=lambda total: np.sqrt(total * n))
            ),
            "NumPy's gamma takes the scale, m / alpha, not the rate alpha / m.": _swapped,
            "That is the share of data sets whose interval misses.": lambda m, alpha, n: 1 - coverage(m, alpha, n),
            "95% is what the interval promises. Simulate, and count the intervals that hold m.": (
                lambda m, alpha, n: 0.95
            ),
        },
        hints=(
            "There are two layers: draw an array of rates of shape (n_sim, n), then counts given these rates.",
            "rng.gamma takes the shape and the scale, mean over shape. Take the mean of each row; its own value, and "
            "not m, goes under the root. Then count the rows that are at most a half-width away from m.",
        ),
    ),
    Judged(
        "model",
        forms={"model": Model(free={"m": (), "alpha": ()}, observed=["x"])},
        rule=judge_model,
        hints=(
            "Three lines: two priors and the counts, which get observed=accidents.",
            "pm.Exponential takes the rate, one over the mean, or scale=; pm.NegativeBinomial takes mu and alpha.",
        ),
    ),
    Judged(
        "trace",
        forms={"trace": Draws({"m": (), "alpha": ()})},
        rule=judge_trace,
        hints=(
            "Too few effective draws: draw more. Divergences: a higher target_accept makes the steps shorter.",
            "A thousand draws a chain and target_accept=0.9 are enough here.",
        ),
    ),
    Function(
        "next_accidents",
        right=next_accidents,
        visible=[(5, 0.5, 1.0), (np.array([0, 3]), 2.0, 4.0)],
        hidden=lambda rng: [
            (np.arange(6), rng.uniform(0.3, 0.7), rng.uniform(0.7, 1.2)),
            (2, 7.0, rng.uniform(0.3, 0.7)),
            (np.array([0, 40]), 3.0, rng.uniform(20, 30)),
        ],
        mistakes={
            "That is no pooling: it forgets the other women.": lambda k, m, alpha: k + 0.0 * m,
            "That is complete pooling: it forgets the woman's own accidents.": lambda k, m, alpha: m + 0.0 * k,
            "The weights are swapped: her own count weighs more, the more women differ, that is the smaller alpha.": (
                lambda k, m, alpha: (m * m + alpha * k) / (m + alpha)
            ),
            "The Gamma's rate parameter is alpha / m, not m.": lambda k, m, alpha: (alpha + k) / (m + 1),
            "One more period has been seen: add 1 to the rate parameter.": lambda k, m, alpha: (alpha + k) * m / alpha,
            "The rate parameter before the data is alpha / m, and one period is added to it: not alpha + m.": (
                lambda k, m, alpha: (alpha + k) / (alpha + m)
            ),
            "Five weeks are one period, the unit of the rate: not five.": lambda k, m, alpha: (
                5 * (alpha + k) / (alpha / m + 5)
            ),
            "Add one period for her, and not one for each of the 647 women.": lambda k, m, alpha: (
                (alpha + k) / (alpha / m + 647)
            ),
        },
        hints=(
            "The mean of a Gamma distribution is its shape over its rate parameter. What are both after the data?",
            "The shape grows by k, the rate parameter alpha / m by 1 for the one period seen.",
        ),
    ),
    Function(
        "zeros_check",
        right=zeros_check,
        visible=[
            (
                np.array([0, 0, 3, 1]),
                np.array([[0, 0, 0, 1], [0, 2, 0, 5], [1, 4, 2, 1], [0, 0, 0, 0], [0, 0, 0, 0]]),
            ),
            (np.array([2, 0, 1]), np.array([[0, 0, 1], [0, 3, 1], [1, 1, 0], [4, 2, 1]])),
        ],
        hidden=_replicated,
        mistakes={
            "Data sets with just as many zeros count half.": lambda x, replicated: zeros_check(x, replicated, 0),
            "Data sets with just as many zeros count half, not in full.": lambda x, replicated: zeros_check(
                x, replicated, 1
            ),
            "That is the share of data sets with fewer zeros. Count those with more.": lambda x, replicated: (
                zeros_check(x, replicated, fewer=True)
            ),
            "That is the share of zeros among all counts. Count the zeros of each data set, along axis 1.": (
                lambda x, replicated: np.mean(replicated == 0)
            ),
            "Half the *share* of data sets with just as many, not half their number.": lambda x, replicated: (
                zeros_check(x, replicated, 0)
                + (zeros_check(x, replicated, len(replicated)) - zeros_check(x, replicated, 0)) / 2
            ),
            "You add half of those with more zeros, too: they are counted already.": lambda x, replicated: (
                1.5 * zeros_check(x, replicated, 0) + (zeros_check(x, replicated) - zeros_check(x, replicated, 0))
            ),
            "Compare with the zeros of x, which the function is given, not with those of the accidents.": (
                lambda x, replicated: zeros_check(_ACCIDENTS, replicated)
            ),
        },
        hints=(
            "Count the zeros of x, one number, and those of each row of replicated, along axis 1.",
            "Take the mean of where the second is larger, and half the mean of where both are equal.",
        ),
    ),
]
