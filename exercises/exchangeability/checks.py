"""What tests the answers of exchangeability."""

import itertools
import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.random import Generator
from scipy import stats
from scipy.special import comb

from hbcourse import datasets, shrinkage
from hbcourse.check.tasks import Array, Form, Function, Proportion, Value

# Task 1


def relabelling_range(
    y: Array,
    mean: Array,
    sd: Array,
    orders: Callable[[Array], Iterable[object]] = itertools.permutations,
    log_density: Callable[..., Array] = stats.norm.logpdf,
) -> float:
    log_joint = [log_density(order, mean, sd).sum() for order in orders(y)]
    return max(log_joint) - min(log_joint)


def _from_the_order_given(y: Array, mean: Array, sd: Array) -> float:
    given = stats.norm.logpdf(y, mean, sd).sum()
    return float(max(abs(stats.norm.logpdf(order, mean, sd).sum() - given) for order in itertools.permutations(y)))


def _of_densities(y: Array, mean: Array, sd: Array) -> float:
    joint = [stats.norm.pdf(order, mean, sd).prod() for order in itertools.permutations(y)]
    return max(joint) - min(joint)


def _neighbors(y: Array) -> Iterable[Array]:
    yield y
    for i in range(len(y) - 1):
        yield np.concatenate([y[:i], y[[i + 1, i]], y[i + 2 :]])


def _units(rng: Generator) -> list[tuple[Array, Array, Array]]:
    cases = [(rng.normal(0, 2, J), rng.normal(0, 2, J), rng.uniform(0.5, 3, J)) for J in (2, 4, 5)]
    return [*cases, (rng.normal(0, 2, 4), np.zeros(4), np.array([1.0, 1.0, 2.0, 3.0]))]


# Task 2


def sequence_probability(
    ones: int, zeros: int, added: int, x: Array, grows: bool = True, same: bool = True, before: bool = False
) -> float:
    balls, probability, total = [zeros, ones], 1.0, ones + zeros
    for kind in x:
        early = added if before else 0
        probability *= (balls[kind] + early) / (total + early)
        balls[kind if same else 1 - kind] += added
        total += added if grows else 0
    return probability


def _sequences(rng: Generator) -> list[tuple[int, int, int, Array]]:
    return [
        (int(rng.integers(1, 4)), int(rng.integers(4, 8)), int(rng.integers(2, 5)), np.array([0, 1, 1, 0, 0])),
        (5, 3, 0, rng.permutation([1, 1, 0, 1])),
        (3, 4, -1, rng.permutation([1, 0, 1, 0, 0])),
        (1, 5, -1, np.array([0, 1, 1])),
        (2, 2, int(rng.integers(5, 9)), np.ones(6, dtype=int)),
    ]


# Task 3


def most_units(rho: float) -> int:
    return math.floor(1 + 1 / abs(rho))


def _correlations(rng: Generator) -> list[tuple[float]]:
    # Where the number is whole without rounding, then where it is not near a whole one.
    ties = [-1.0, -0.5, -(2.0 ** -int(rng.integers(2, 6)))]
    shares = [*rng.uniform(0.1, 0.4, 2), rng.uniform(0.6, 0.9)]
    others = [-1 / (N + float(share)) for N, share in zip((1, 4, 70), shares, strict=True)]
    return [(rho,) for rho in [*ties, *others]]


# Task 4


def distance(ones: int, zeros: int, k: int, share: float | None = None) -> float:
    return float(abs(_differences(ones, zeros, k, share)).sum() / 2)


def _differences(ones: int, zeros: int, k: int, share: float | None = None) -> Array:
    s = np.arange(k + 1)
    chance = ones / (ones + zeros) if share is None else share
    return stats.hypergeom.pmf(s, ones + zeros, ones, k) - stats.binom.pmf(s, k, chance)


# Task 5


def share_above(ones: int, zeros: int, added: int, draws: int, cut: float) -> float:
    s, p = _count(ones, zeros, added, draws)
    return p[s / draws > cut].sum()


def _count(ones: int, zeros: int, added: int, draws: int) -> tuple[Array, Array]:
    s = np.arange(draws + 1)
    return s, stats.betabinom.pmf(s, draws, ones / added, zeros / added)


def _urn_above(ones: int, zeros: int, added: int, draws: int, cut: float) -> float:
    s, p = _count(ones, zeros, added, draws)
    return p[(ones + added * s) / (ones + zeros + added * draws) > cut].sum()


def _at_least(ones: int, zeros: int, added: int, draws: int, cut: float) -> float:
    s, p = _count(ones, zeros, added, draws)
    return p[s / draws >= cut].sum()


def _urns(rng: Generator) -> list[tuple[int, int, int, int, float]]:
    return [
        # Few draws, whose shares are far from those of endless ones.
        (4, 4, 2, int(rng.choice([4, 7])), 0.7),
        (5, 1, 3, 40, rng.uniform(0.6, 0.64)),
        (2, 2, 5, 15, 0.9),
        # A count that is the cut exactly is not above it.
        (int(rng.integers(1, 3)), 4, 1, 20, 0.5),
    ]


# Task 6


def mixing(ones: int, zeros: int, added: int) -> tuple[float, float]:
    return ones / added, zeros / added


# Task 7

_TANKS = datasets.reedfrogs()
_LOGIT, _ERROR = shrinkage.empirical_logit(_TANKS.surv, _TANKS.density)


def between_sd(y: Array, sigma: Array, group: Array) -> float:
    return math.sqrt(max(_between_variance(y, sigma, group), 0))


def _between_variance(y: Array, sigma: Array, group: Array, noise: float = 1, lost: int | None = None) -> float:
    labels, index = np.unique(group, return_inverse=True)
    r = y - (np.bincount(index, y) / np.bincount(index))[index]
    return r @ r / (len(y) - (len(labels) if lost is None else lost)) - noise * np.mean(sigma**2)


def _mean_of_variances(y: Array, sigma: Array, group: Array) -> float:
    within = np.mean([np.var(y[group == label], ddof=1) for label in np.unique(group)])
    return math.sqrt(max(within - np.mean(sigma**2), 0))


def _from_weighted_means(y: Array, sigma: Array, group: Array) -> float:
    labels, index = np.unique(group, return_inverse=True)
    r = y - (np.bincount(index, y / sigma**2) / np.bincount(index, sigma**-2.0))[index]
    return math.sqrt(max(r @ r / (len(y) - len(labels)) - np.mean(sigma**2), 0))


def _grouped(rng: Generator) -> list[tuple[Array, Array, Array]]:
    group = np.array([3, 3, 5, 5, 5, 9, 9, 9, 9])
    return [
        (_LOGIT, _ERROR, (_TANKS.pred == "pred").to_numpy().astype(int)),
        (_LOGIT, _ERROR, _TANKS.density.to_numpy()),
        (rng.normal(group, 1.5), rng.uniform(0.2, 0.8, 9), group),
        (1 + rng.uniform(0, 0.3, 4), np.full(4, 0.7), np.array([0, 0, 1, 1])),
    ]


# Task 8

_DESIGNS = [1, 2, 3, 3, 2, 1]


def _with(study: int, answer: int) -> list[int]:
    return [answer if number == study else right for number, right in enumerate(_DESIGNS)]


_Y, _SIGMA = np.array([1.0, 2.0, 4.0, 7.0, 8.0, 9.5]), np.array([0.5, 0.5, 0.5, 1.0, 1.0, 1.0])

TASKS = [
    Function(
        "relabelling_range",
        right=relabelling_range,
        visible=[
            (np.array([1.0, 4.0, 2.0]), np.array([0.0, 1.0, 3.0]), np.array([2.0, 2.0, 2.0])),
            (np.array([1.0, 4.0, 2.0]), np.array([5.0, 5.0, 5.0]), np.array([3.0, 3.0, 3.0])),
            (np.array([1.0, 4.0, 2.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]), np.array([1.0, 2.0, 1.0, 3.0])),
        ],
        hidden=_units,
        mistakes={
            "That is zero whatever the model. Permute the values, and leave mean and sd where they are.": (
                lambda y, mean, sd: 0.0
            ),
            "Try every order, not only those that move all units along by the same number of places.": (
                lambda y, mean, sd: relabelling_range(y, mean, sd, lambda y: [np.roll(y, i) for i in range(len(y))])
            ),
            "Take the largest minus the smallest of all orders, not the largest change from the order given.": (
                _from_the_order_given
            ),
            "Take the log of the joint density.": _of_densities,
            "SciPy's norm takes the standard deviation, not the variance.": lambda y, mean, sd: relabelling_range(
                y, mean, sd**2
            ),
            "The units may differ in their sd too.": lambda y, mean, sd: relabelling_range(
                y, mean, np.full(len(y), sd[0])
            ),
            "Try every order, not only those that swap two neighbors.": lambda y, mean, sd: relabelling_range(
                y, mean, sd, _neighbors
            ),
            "Take the natural log.": lambda y, mean, sd: relabelling_range(y, mean, sd) / math.log(10),
            "That is the largest ratio of two joint densities. Take its log.": lambda y, mean, sd: math.exp(
                relabelling_range(y, mean, sd)
            ),
            "The log density of a normal has the factor one half.": lambda y, mean, sd: (
                2 * relabelling_range(y, mean, sd)
            ),
        },
        hints=(
            "itertools.permutations gives every order of the values; mean and sd stay where they are.",
            "Add up stats.norm.logpdf over the units for each order, and take the largest sum minus the smallest.",
        ),
    ),
    Function(
        "sequence_probability",
        right=sequence_probability,
        visible=[
            (4, 1, 3, np.array([1, 0, 1])),
            (2, 5, 1, np.array([0, 0, 1, 1])),
            (3, 3, -1, np.array([1, 1, 0, 1])),
        ],
        hidden=_sequences,
        mistakes={
            "That is the probability of that many ones in any order. The sequence has one order.": (
                lambda ones, zeros, added, x: comb(len(x), x.sum()) * sequence_probability(ones, zeros, added, x)
            ),
            "Those are independent draws. Add balls after each draw.": lambda ones, zeros, added, x: (
                sequence_probability(ones, zeros, 0, x)
            ),
            "The balls added count in the total too.": lambda ones, zeros, added, x: sequence_probability(
                ones, zeros, added, x, grows=False
            ),
            "Add balls of the kind that was drawn, not of the other.": lambda ones, zeros, added, x: (
                sequence_probability(ones, zeros, added, x, same=False)
            ),
            "Add the balls after the draw, not before it.": lambda ones, zeros, added, x: sequence_probability(
                ones, zeros, added, x, before=True
            ),
            "The ball that was drawn goes back too: the urn grows by `added`, not by one less.": (
                lambda ones, zeros, added, x: sequence_probability(ones, zeros, added - 1, x)
            ),
            "The ball that was drawn was in the urn before: the urn grows by `added`, not by one more.": (
                lambda ones, zeros, added, x: sequence_probability(ones, zeros, added + 1, x)
            ),
            "Return the probability, not its log.": lambda ones, zeros, added, x: np.log(
                sequence_probability(ones, zeros, added, x)
            ),
            "Add as many balls as `added` says, not always one.": lambda ones, zeros, added, x: sequence_probability(
                ones, zeros, 1, x
            ),
        },
        hints=(
            "Go through the sequence: the probability of each draw depends on what is in the urn then.",
            "Keep two counts. Multiply by the count of the kind drawn over their sum, then add to that count.",
        ),
    ),
    Function(
        "most_units",
        right=most_units,
        visible=[(-0.3,), (-0.5,), (-0.22,)],
        hidden=_correlations,
        mistakes={
            "Round down: with one unit more, the variance of their sum would be negative.": lambda rho: math.ceil(
                1 + 1 / abs(rho)
            ),
            "N units allow correlations from -1 / (N - 1), not from -1 / N.": lambda rho: math.floor(1 / abs(rho)),
            "Give a whole number of units.": lambda rho: 1 + 1 / abs(rho),
            "rho is negative, and so is 1 / rho: look at the sign.": lambda rho: math.floor(1 + 1 / rho),
            "Round down, and not to the nearest number.": lambda rho: round(1 + 1 / abs(rho)),
            "A variance of zero is allowed: where the limit is a whole number, that many units are possible.": (
                lambda rho: math.ceil(1 + 1 / abs(rho)) - 1
            ),
        },
        hints=(
            "The variance of the sum of N such measurements must not be negative. Write it with rho.",
            "It is proportional to 1 + (N - 1) rho. Solve for N, and round down.",
        ),
    ),
    Function(
        "distance",
        right=distance,
        visible=[(8, 12, 5), (3, 2, 3)],
        hidden=lambda rng: [
            (int(rng.integers(20, 40)), 50, 8),
            (1, 1, 2),
            (3, 97, int(rng.integers(10, 30))),
            (400, 100, 6),
            (4, 3, 7),
        ],
        mistakes={
            "The factor one half is missing.": lambda ones, zeros, k: 2 * distance(ones, zeros, k),
            "Sum the differences over all numbers of ones. The largest single one is smaller.": (
                lambda ones, zeros, k: abs(_differences(ones, zeros, k)).max()
            ),
            "With replacement the share of ones is ones / (ones + zeros), not one half.": lambda ones, zeros, k: (
                distance(ones, zeros, k, 0.5)
            ),
            "No ones at all is possible too: s begins at 0.": lambda ones, zeros, k: (
                abs(_differences(ones, zeros, k)[1:]).sum() / 2
            ),
            "Sum absolute differences, not their squares.": lambda ones, zeros, k: (
                np.sum(_differences(ones, zeros, k) ** 2) / 2
            ),
            "All balls drawn may be ones: s ends at k, and range and np.arange leave out their end.": (
                lambda ones, zeros, k: abs(_differences(ones, zeros, k)[:-1]).sum() / 2
            ),
            "Take the absolute value of each difference, before you add them up.": lambda ones, zeros, k: (
                abs(_differences(ones, zeros, k).sum()) / 2
            ),
        },
        hints=(
            "One of the two numbers of ones is hypergeometric, the other binomial; SciPy has both.",
            "stats.hypergeom.pmf takes s, all balls, the ones and the number of draws, in this order; s goes from 0 to "
            "k.",
        ),
    ),
    Proportion(
        "share_above",
        right=share_above,
        visible=[(1, 4, 1, 20, 0.33), (2, 1, 4, 6, 0.5)],
        hidden=_urns,
        n_sim=20_011,
        mistakes={
            "Those are independent draws. Let the balls that are added change the next draw.": (
                lambda ones, zeros, added, draws, cut: stats.binom.sf(
                    np.floor(cut * draws), draws, ones / (ones + zeros)
                )
            ),
            "That is the share of ones in the urn. Count those among the draws.": _urn_above,
            "That is the share of urns below the cut.": lambda ones, zeros, added, draws, cut: (
                1 - share_above(ones, zeros, added, draws, cut)
            ),
            "That is what endless draws would give. There are only so many.": lambda ones, zeros, added, draws, cut: (
                stats.beta.sf(cut, ones / added, zeros / added)
            ),
            "Add as many balls as `added` says, not always one.": lambda ones, zeros, added, draws, cut: share_above(
                ones, zeros, 1, draws, cut
            ),
            "More than the share: an urn in which it is reached exactly does not count.": _at_least,
        },
        hints=(
            "Keep, for all urns at once, an array of how many ones each has drawn; loop over the draws.",
            "In draw i an urn holds ones + added * drawn balls marked 1 among ones + zeros + added * i; compare with a "
            "uniform number for each urn.",
        ),
    ),
    Function(
        "mixing",
        right=mixing,
        visible=[(3, 6, 2), (1, 4, 5)],
        hidden=lambda rng: [
            (7, 2, 1),
            (1, 1, 4),
            *((int(rng.integers(1, 9)), int(rng.integers(10, 20)), int(rng.integers(2, 7))) for _ in range(3)),
        ],
        mistakes={
            "The more balls are added, the wider the distribution: divide by `added`.": lambda ones, zeros, added: (
                ones,
                zeros,
            ),
            "The first parameter belongs to the ones.": lambda ones, zeros, added: (zeros / added, ones / added),
            "Divide by `added`; do not multiply.": lambda ones, zeros, added: (ones * added, zeros * added),
            "Those are shares. They say where the distribution lies, not how wide it is.": lambda ones, zeros, added: (
                ones / (ones + zeros),
                zeros / (ones + zeros),
            ),
            "The parameters need not be whole: / and not //.": lambda ones, zeros, added: (
                ones // added,
                zeros // added,
            ),
            "Add no 1 to the parameters: the mean must be the share of ones in the urn at its start.": (
                lambda ones, zeros, added: (ones / added + 1, zeros / added + 1)
            ),
        },
        hints=(
            "Its mean is the share of ones at the start. What happens to its width when many balls are added at once?",
            "Divide both counts by `added`: to such an urn one ball is added each time.",
        ),
    ),
    Function(
        "between_sd",
        right=between_sd,
        visible=[
            (_Y, _SIGMA, np.array([0, 0, 0, 1, 1, 1])),
            (_Y, _SIGMA, np.zeros(6, dtype=int)),
            (_Y, _SIGMA, np.array([2, 2, 7, 7, 7, 7])),
            (_Y, 9 * _SIGMA, np.array([0, 0, 0, 1, 1, 1])),
        ],
        hidden=_grouped,
        mistakes={
            "That still holds the noise of the estimates. Subtract the mean of sigma**2.": lambda y, sigma, group: (
                math.sqrt(_between_variance(y, sigma, group, noise=0))
            ),
            "Each group's mean costs one unit: divide by J - K, not by J.": lambda y, sigma, group: math.sqrt(
                max(_between_variance(y, sigma, group, lost=0), 0)
            ),
            "With K groups divide by J - K, not by J - 1.": lambda y, sigma, group: math.sqrt(
                max(_between_variance(y, sigma, group, lost=1), 0)
            ),
            "That is the variance. Take its square root.": lambda y, sigma, group: between_sd(y, sigma, group) ** 2,
            "Measure the distances from the mean of the unit's own group.": lambda y, sigma, group: between_sd(
                y, sigma, np.zeros_like(group)
            ),
            "If the estimate of tau squared is negative, return 0.": lambda y, sigma, group: np.sqrt(
                _between_variance(y, sigma, group)
            ),
            "Groups have different sizes: add up all squared distances before you divide.": _mean_of_variances,
            "Subtract the mean of sigma**2, not the square of the mean of sigma.": lambda y, sigma, group: math.sqrt(
                max(_between_variance(y, sigma, group) + np.mean(sigma**2) - np.mean(sigma) ** 2, 0)
            ),
            "Measure the distances from the mean of the unit's own group; you have taken the mean of all.": (
                lambda y, sigma, group: math.sqrt(
                    max(np.var(y) * len(y) / (len(y) - len(np.unique(group))) - np.mean(sigma**2), 0)
                )
            ),
            "Take the plain mean of a group, not one that is weighted by precision.": _from_weighted_means,
            "K is the number of groups, whatever numbers they have.": lambda y, sigma, group: (
                np.sqrt(np.maximum(_between_variance(y, sigma, group, lost=int(group.max()) + 1), 0))
                if group.max() + 1 < len(y)
                else np.nan
            ),
        },
        hints=(
            "np.unique gives the groups; group == label picks the units of one of them, whatever its number is.",
            "Take each group's mean away from its units, add up all squares, divide by J - K, subtract the mean of "
            "sigma**2, and take the root of what is not negative.",
        ),
    ),
    Value(
        "designs",
        right=_DESIGNS,
        form=Form(shape=(6,), low=1, high=3, whole=True),
        mistakes={
            "Study 0: exchangeable does not mean alike. You know nothing that tells the clinics apart.": _with(0, 3),
            "Study 1: you know which rats got the drug, and the drug may matter.": _with(1, 1),
            "Study 2: neighboring hours are more alike than others, and the hours of a day differ.": _with(2, 1),
            "Study 3: late trials are slower. Their order matters.": _with(3, 1),
            "Study 4: two pupils of one school are more alike than two pupils of different schools.": _with(4, 1),
            "Study 5: the cards depend on each other, but every order is equally likely.": _with(5, 3),
        },
        hints=(
            "Ask for each study: would you say the same if somebody had exchanged the names of two units?",
            "What you know decides, not how the units are. If a label tells something, exchange within that label "
            "only; if time or place tells something, not at all.",
        ),
    ),
]
