"""What tests the answers of james_stein."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from scipy import stats

from hbcourse import datasets
from hbcourse import james_stein as package
from hbcourse.check import CheckFailed
from hbcourse.check.tasks import Array, Form, Function, Judged, Proportion, Value

# Task 1


def james_stein(y: Array, sigma: float, point: float) -> Array:
    return _pulled(y, point, (len(y) - 2) * sigma**2 / np.sum((y - point) ** 2))


def _pulled(y: Array, point: float, share: float) -> Array:
    """The estimates, with this share of their distances to the point taken away."""
    return point + (1 - share) * (y - point)


def _by_constant(less: int) -> Callable[[Array, float, float], Array]:
    return lambda y, sigma, point: _pulled(y, point, (len(y) - less) * sigma**2 / np.sum((y - point) ** 2))


def _around_points(rng: Generator) -> list[tuple[Array, float, float]]:
    far = [(rng.normal(3, 2, k), rng.uniform(0.3, 3), rng.normal(2, 2)) for k in (3, 4, 9, 40)]
    # The plain rule may give negative weights.
    near = [(rng.normal(1, 0.2, 6), 2.0, 1.0)]
    return far + near


# Task 2


def toward_mean(y: Array, sigma: float, less: int = 3) -> Array:
    return _barred(y, _plain_weight(y, sigma, less))


def _barred(y: Array, weight: float) -> Array:
    return np.mean(y) + max(weight, 0) * (y - np.mean(y))


def _plain_weight(y: Array, sigma: float, less: int = 3, center: float | None = None) -> float:
    around = np.mean(y) if center is None else center
    return 1 - (len(y) - less) * sigma**2 / np.sum((y - around) ** 2)


def _plainly(y: Array, sigma: float, less: int = 3) -> Array:
    return np.mean(y) + _plain_weight(y, sigma, less) * (y - np.mean(y))


def _spread_and_close(rng: Generator) -> list[tuple[Array, float]]:
    return [(rng.normal(2, 1, k), sigma) for k in (4, 6, 40) for sigma in (0.4, rng.uniform(0.8, 1.2), 3.0)]


# Task 3

_DISTRICTS = datasets.star98().iloc[::7].head(40)
_TRUTH = (_DISTRICTS.above / (_DISTRICTS.above + _DISTRICTS.below)).to_numpy()
_Y = np.random.default_rng(98).hypergeometric(_DISTRICTS.above, _DISTRICTS.below, 8) / 8
_SIGMA = float(np.sqrt(_Y.mean() * (1 - _Y.mean()) / 8))
_GUESSES = [_Y, toward_mean(_Y, _SIGMA)]
_ERRORS = [np.sum((guess - _TRUTH) ** 2) for guess in _GUESSES]

# Task 4


def risk(k: int, distance: float) -> float:
    return float(package.risk(k, distance))


def _series(k: int, distance: float, rate: float = 0.5, power: int = 2, terms: int = 4000, step: int = 2) -> float:
    if k < 3:
        return k
    N = np.arange(terms)
    return k - (k - 2) ** power * np.sum(stats.poisson.pmf(N, rate * distance) / (k - 2 + step * N))


# Task 5


def risk_toward_mean(theta: Array, sigma: float, less: int = 1, kept: int = 1, center: float | None = None) -> float:
    around = np.mean(theta) if center is None else center
    return sigma**2 * (kept + risk(len(theta) - less, np.sum((theta - around) ** 2) / sigma**2))


# Task 6


def loses(theta: Array) -> float:
    """By an integral over the last unit's datum z; given z, it loses if the sum of the others' squares is small."""
    d, others, c = theta[-1], np.sum(np.square(theta[:-1])), len(theta) - 2
    # An even number of points: none of them is at d.
    z = np.linspace(d - 9, d + 9, 18_000)
    most = c * z / (2 * (z - d)) - z**2
    most = np.where(z * (z - d) < 0, np.inf, np.maximum(most, 0))
    squares = stats.ncx2(len(theta) - 1, others) if others else stats.chi2(len(theta) - 1)
    return float(np.average(squares.cdf(most), weights=stats.norm.pdf(z, d)))


def _total_loses(theta: Array) -> float:
    distance = np.sum(np.square(theta))
    half = len(theta) / 2 - 1
    total = stats.ncx2(len(theta), distance / 4) if distance else stats.chi2(len(theta))
    return float(total.cdf(half + distance / 4))


def _true_values(rng: Generator) -> list[tuple[Array]]:
    return [
        (np.array([1.0, -1.0, 0.5, rng.uniform(1, 3)]),),
        (np.append(np.full(19, 0.2), rng.uniform(3, 5)),),
        (np.append(np.full(5, rng.uniform(1.5, 2.5)), 1.0),),
        (np.append(np.zeros(7), rng.uniform(0, 0.3)),),
    ]


# Task 7


def parts(weight: float, sigma: float, deviation: float) -> tuple[float, float]:
    return ((1 - weight) * deviation) ** 2, (weight * sigma) ** 2


# Task 8


def judge_bad(rng: Generator, theta_bad: object, sigma_bad: object) -> None:
    theta, sigma = np.asarray(theta_bad, dtype=float), np.asarray(sigma_bad, dtype=float)
    if theta.ndim != 1 or theta.shape != sigma.shape or not 6 <= theta.size <= 10_000:
        raise CheckFailed(
            "theta_bad and sigma_bad must be arrays of one length, six or more; "
            f"their shapes are {theta.shape} and {sigma.shape}."
        )
    if theta.size == 10 and np.ptp(theta[:9]) == 0 and np.allclose(sigma[:9] / sigma[9], 0.1, rtol=0.02):
        raise CheckFailed("Those are the numbers of the chapter, or a multiple of them: find some of your own.")
    ratio = package.unit_risks(theta, sigma, "mean").total.sum() / np.sum(sigma**2)
    if ratio < 1.5:
        raise CheckFailed(
            f"The total risk is {ratio:.2f} times that of no pooling, not 1.5 times or more. "
            f"Hint: {_why_it_wins(theta, sigma)}"
        )


def _why_it_wins(theta: Array, sigma: Array) -> str:
    away = abs(theta - np.median(theta))
    if np.ptp(sigma) == 0:
        return "With equal standard errors the rule never loses. Make them unequal."
    if np.argmax(away) != np.argmax(sigma):
        return "A precise unit that is far off tells the rule not to shrink. Let the noisy one be far off."
    if away.max() > 10 * sigma.max():
        return "It is so far off that the data show it, and little is shrunk. Bring it nearer."
    return "Let one unit be noisy and far from the others, which are precise and alike."


TASKS = [
    Function(
        "james_stein",
        right=james_stein,
        visible=[
            (np.array([1.0, -2.0, 2.0, 6.0]), 2.0, 1.0),
            (np.array([0.5, 3.0, -1.0, 2.5, 4.0, 0.0]), 0.5, -1.0),
            (np.array([1.5, 0.5, 1.0, 0.0, 1.0]), 1.5, 1.0),
        ],
        hidden=_around_points,
        mistakes={
            "The constant is k - 2, not k.": _by_constant(0),
            "Toward a fixed point the constant is k - 2. It is k - 3 toward the mean of the data.": _by_constant(3),
            "S is in units of the variance: divide by sigma**2.": lambda y, sigma, point: james_stein(y, 1, point),
            "S divides by sigma**2, not by sigma.": lambda y, sigma, point: james_stein(y, np.sqrt(sigma), point),
            "Measure S from the point, not from zero.": lambda y, sigma, point: _pulled(
                y, point, (len(y) - 2) * sigma**2 / np.sum(y**2)
            ),
            "The estimates are drawn to the point: shrink y - point, and add it again.": lambda y, sigma, point: (
                (1 - (len(y) - 2) * sigma**2 / np.sum((y - point) ** 2)) * y
            ),
            "That gives the distance the weight of the point. The estimate keeps the share 1 - (k - 2) / S of its "
            "distance.": lambda y, sigma, point: _pulled(
                y, point, 1 - (len(y) - 2) * sigma**2 / np.sum((y - point) ** 2)
            ),
            "The plain rule has negative weights too: no positive part in this task.": lambda y, sigma, point: _pulled(
                y, point, min((len(y) - 2) * sigma**2 / np.sum((y - point) ** 2), 1)
            ),
            "The shrunken distances are counted from the point: add it to them.": lambda y, sigma, point: (
                james_stein(y, sigma, point) - point
            ),
            "S is the sum of the squares, not their mean.": lambda y, sigma, point: _pulled(
                y, point, (len(y) - 2) * sigma**2 / np.mean((y - point) ** 2)
            ),
        },
        hints=(
            "First compute S, one number, from all the distances to the point.",
            "The estimates are the point plus a share of each distance; that share is one number for all units, and "
            "needs the number of units, len(y).",
        ),
    ),
    Function(
        "toward_mean",
        right=toward_mean,
        visible=[
            (np.array([1.0, -2.0, 2.0, 6.0, 4.0]), 1.0),
            (np.array([1.0, -2.0, 2.0, 6.0, 4.0]), 6.0),
            (np.array([3.0, 1.0, 2.0, -1.0, 4.0, 8.0]), 2.0),
        ],
        hidden=_spread_and_close,
        mistakes={
            "Toward the mean the constant is k - 3: the mean has been estimated, and that costs a dimension.": (
                lambda y, sigma: toward_mean(y, sigma, 2)
            ),
            "The weight is negative here. Put zero in its place.": _plainly,
            "A negative weight becomes zero; it does not change its sign.": lambda y, sigma: _barred(
                y, abs(_plain_weight(y, sigma))
            ),
            "Toward the mean the constant is k - 3, and a negative weight becomes zero.": lambda y, sigma: _plainly(
                y, sigma, 2
            ),
            "Measure S from the mean, not from zero.": lambda y, sigma: _barred(y, _plain_weight(y, sigma, center=0)),
            "The positive part is taken of the weight, not of the estimates.": lambda y, sigma: np.maximum(
                _plainly(y, sigma), 0
            ),
            "S divides by sigma**2, not by sigma.": lambda y, sigma: toward_mean(y, np.sqrt(sigma)),
            "The constant is smaller than the number of units: the chapter has it.": lambda y, sigma: toward_mean(
                y, sigma, 0
            ),
            "Toward the mean the constant is k - 3, not k - 1.": lambda y, sigma: toward_mean(y, sigma, 1),
            "Where the weight would be negative, it is 0, so that all estimates are the mean; not 1.": (
                lambda y, sigma: _barred(y, _plain_weight(y, sigma) if _plain_weight(y, sigma) > 0 else 1)
            ),
        },
        hints=(
            "It is the rule of task 1 with the mean as the point, another constant, and a weight that is never "
            "negative.",
            "The chapter has the constant for the mean: one less than toward a fixed point. max(weight, 0) takes the "
            "positive part.",
        ),
    ),
    Value(
        "errors",
        right=_ERRORS,
        form=Form(shape=(2,), low=0.1, high=40),
        mistakes={
            "That is the mean squared error. The total is the sum over the districts.": np.divide(_ERRORS, 40),
            "Square the errors before you add them up.": [np.sum(abs(guess - _TRUTH)) for guess in _GUESSES],
            "The first is the error of the raw shares, the second that of the shrunken ones.": _ERRORS[::-1],
            "That is the root of the total squared error. Leave the root out.": np.sqrt(_ERRORS),
            "Do not round the totals.": np.round(_ERRORS, 2),
            "The shrunken shares are not those of the right rule: get toward_mean right first (constant k - 3).": [
                _ERRORS[0],
                np.sum((toward_mean(_Y, _SIGMA, 2) - _TRUTH) ** 2),
            ],
        },
        hints=(
            "Both are sums over the forty districts of squared differences from truth.",
            "np.sum((guess - truth) ** 2), once with y as the guess and once with what toward_mean returns.",
        ),
    ),
    Function(
        "risk",
        right=risk,
        visible=[(3, 0.0), (10, 36.0), (4, 5.0), (2, 5.0), (10, 1000.0)],
        hidden=lambda rng: [
            (1, 4.0),
            (2, 9.0),
            (5, rng.uniform(0.1, 1)),
            (25, rng.uniform(40, 80)),
            (12, rng.uniform(950, 1000)),
            (3, rng.uniform(600, 800)),
        ],
        mistakes={
            "N has the mean distance / 2, not distance.": lambda k, distance: _series(k, distance, rate=1),
            "N has the mean distance / 2. Do not take a root.": lambda k, distance: _series(k, np.sqrt(distance)),
            "Square k - 2.": lambda k, distance: _series(k, distance, power=1),
            "The denominator is k - 2 + 2N, with twice N.": lambda k, distance: _series(k, distance, step=1),
            "That puts the mean of N into the fraction. Take the mean of the fraction, which is larger.": (
                lambda k, distance: k - (k - 2) ** 2 / (k - 2 + distance) if k > 2 else k
            ),
            "The sum stops too early: N is about distance / 2, so it needs many more terms when the distance is "
            "large.": lambda k, distance: _series(k, distance, terms=150),
            "That is what shrinking saves. The risk is k less that.": lambda k, distance: (
                k - _series(k, distance) if k > 2 else k
            ),
            "That is the risk per unit. Give the total.": lambda k, distance: _series(k, distance) / k,
            "For k = 1 and k = 2 nothing is shrunk, and the risk is k.": lambda k, distance: (
                _series(k, distance) if k > 2 else 2 * k - _series(3, distance)
            ),
        },
        rtol=0,
        atol=1e-8,
        hints=(
            "The expectation is a sum over N = 0, 1, 2, ... of the Poisson probability of N times the fraction. How "
            "large may N be when lambda is 1,000?",
            "stats.poisson.pmf(N, mean) takes an array N; its mean is lambda / 2, and 2,000 terms are enough. Treat "
            "k below 3 first.",
        ),
    ),
    Function(
        "risk_toward_mean",
        right=risk_toward_mean,
        visible=[(np.array([1.0, 2.0, 2.0, 5.0, 3.0]), 2.0), (np.array([0.0, 0.0, 3.0]), 0.5)],
        hidden=lambda rng: [(rng.normal(1, 2, k), sigma) for k in (2, 3, 4, 15) for sigma in (0.7, rng.uniform(2, 4))],
        mistakes={
            "The mean itself is not shrunk, and its own risk of 1 (times sigma**2) must be added.": (
                lambda theta, sigma: risk_toward_mean(theta, sigma, kept=0)
            ),
            "Only k - 1 deviations are shrunk: 1 + R(k - 1, lambda).": lambda theta, sigma: risk_toward_mean(
                theta, sigma, less=0, kept=0
            ),
            "The mean takes one of the k dimensions: R(k - 1, lambda), and not R(k, lambda), goes with the 1.": (
                lambda theta, sigma: risk_toward_mean(theta, sigma, less=0)
            ),
            "Measure lambda from the mean of theta, not from zero.": lambda theta, sigma: risk_toward_mean(
                theta, sigma, center=0
            ),
            "That is in units of sigma**2. Multiply by it.": lambda theta, sigma: (
                risk_toward_mean(theta, sigma) / sigma**2
            ),
            "lambda is in units of the variance: divide by sigma**2.": lambda theta, sigma: (
                sigma**2 * risk_toward_mean(theta, 1)
            ),
            "That is the risk per unit. Give the total.": lambda theta, sigma: (
                risk_toward_mean(theta, sigma) / len(theta)
            ),
            "Multiply the risk of the mean by sigma**2, too.": lambda theta, sigma: (
                risk_toward_mean(theta, sigma, kept=0) + 1
            ),
        },
        hints=(
            "Split the k estimates into their mean, which is not shrunk, and k - 1 deviations from it, which are.",
            "In units of sigma**2 the mean has risk 1 and the deviations have R(k - 1, lambda), with lambda the sum of "
            "their squares over sigma**2.",
        ),
    ),
    Proportion(
        "loses",
        right=loses,
        visible=[(np.array([0.5] * 7 + [3.0]),), (np.array([0.0, 0.0, 0.0, 1.0]),)],
        hidden=_true_values,
        n_sim=20_011,
        mistakes={
            "That is the share in which it wins. Count where the error is larger.": lambda theta: 1 - loses(theta),
            "That compares the total errors. Compare those of the last unit alone.": _total_loses,
            "That is the first unit. Take the last one.": lambda theta: loses(theta[::-1]),
            "Each data set has an S of its own; yours is one sum for all of them.": lambda theta: abs(
                stats.norm.cdf(theta[-1]) - 0.5
            ),
            "Compare absolute errors, not errors with their signs.": lambda theta: stats.norm.cdf(-theta[-1]),
        },
        hints=(
            "Simulate an array of shape (n_sim, k); each row is a data set, with an S and a weight of its own.",
            "np.sum(y**2, axis=1) has one S for each data set; compare absolute errors in the column y[:, -1].",
        ),
    ),
    Function(
        "parts",
        right=parts,
        visible=[(0.25, 2.0, 3.0), (0.6, 0.5, -2.0)],
        hidden=lambda rng: [
            (0.0, 1.0, -2.0),
            (1.0, 0.3, 5.0),
            *((rng.uniform(0.1, 0.9), rng.uniform(0.2, 9), rng.normal(0, 5)) for _ in range(3)),
        ],
        mistakes={
            "The first value is the bias itself. Square it.": lambda w, s, d: ((1 - w) * d, (w * s) ** 2),
            "The first value is the bias with its sign. Square it.": lambda w, s, d: ((w - 1) * d, (w * s) ** 2),
            "The variance takes the square of the weight.": lambda w, s, d: (((1 - w) * d) ** 2, w * s**2),
            "The second value is a standard deviation. Square it.": lambda w, s, d: (((1 - w) * d) ** 2, w * s),
            "The weights are swapped: the estimate keeps weight of its distance, and the bias comes from what it gives "
            "up.": lambda w, s, d: ((w * d) ** 2, ((1 - w) * s) ** 2),
            "The bias comes from the share that the estimate gives up, 1 - weight.": lambda w, s, d: (
                (w * d) ** 2,
                (w * s) ** 2,
            ),
            "First the squared bias, then the variance.": lambda w, s, d: parts(w, s, d)[::-1],
            "Of the noise, too, the estimate keeps the share weight only.": lambda w, s, d: (
                ((1 - w) * d) ** 2,
                s**2,
            ),
            "The noise comes from the share that the estimate keeps.": lambda w, s, d: (
                ((1 - w) * d) ** 2,
                ((1 - w) * s) ** 2,
            ),
            "Square the share that is given up, too.": lambda w, s, d: ((1 - w) * d**2, (w * s) ** 2),
        },
        hints=(
            "The estimate is target + weight * (y - target). Where is it on average, and how much does it vary?",
            "On average it misses the true value by (1 - weight) * deviation; only weight * y varies.",
        ),
    ),
    Judged(
        "theta_bad",
        forms={
            "theta_bad": Form(low=-1e6, high=1e6),
            "sigma_bad": Form(low=1e-6, high=1e6),
        },
        rule=judge_bad,
        hints=(
            "unit_risks computes the exact risk: try some values, and look at which unit loses. With equal standard "
            "errors the rule never does.",
            "Let nearly all units be precise and alike, and one noisy, a few of its standard errors away from them. "
            "Farther out, the data show that it differs, and less is shrunk.",
        ),
    ),
]
