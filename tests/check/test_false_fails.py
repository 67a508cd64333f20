"""How seldom right draws are turned away, and how surely wrong ones are."""

import numpy as np
import pytest
from scipy import stats

from hbcourse import check
from hbcourse.check import _monte_carlo as monte_carlo
from hbcourse.check import _posterior as posterior

from .chains import FEW, MARGINALS, autoregressive
from .test_joint import CHECKS

pytestmark = pytest.mark.calibration


def right_draws(rng, phi):
    """A scalar, a vector and two skewed scales, and their exact means and sds."""
    arrays, expected = {"theta": autoregressive(rng, phi, (2,))}, {"theta": (np.zeros(2), np.ones(2))}
    for name in ("exponential", "tau of eight schools"):
        marginal, mean, sd = MARGINALS[name]
        arrays[name], expected[name] = marginal(autoregressive(rng, phi)), (mean, sd)
    return arrays, expected


def fails(arrays, expected, **options):
    try:
        check.draws("draws", arrays, expected, **options)
    except check.CheckFailed:
        return True
    return False


def test_none_of_1000_honest_submissions_fails():
    rng = np.random.default_rng(1)
    assert not sum(fails(*right_draws(rng, phi)) for phi in (-0.3, 0.0, 0.3, 0.5, 0.6) for _ in range(200))


def test_the_false_fail_rate_is_what_it_says():
    # At a threshold where failures can be counted. Half is kept, and a third goes to R-hat, which hardly ever uses it.
    rng, repeats, false_fail = np.random.default_rng(2), 400, 0.3
    failures = sum(
        fails(*right_draws(rng, phi), false_fail=false_fail) for phi in (0.0, 0.5) for _ in range(repeats // 2)
    )
    assert failures <= repeats * false_fail + 3 * np.sqrt(repeats * false_fail)
    assert failures >= repeats * false_fail / 8


@pytest.mark.parametrize("name", MARGINALS)
def test_p_values_of_means_and_sds_are_small_as_often_as_they_say(name):
    # Far into the tail, by many independent draws: the effective sample size is known, only the marginal is not normal.
    rng, level, repeats, draws = np.random.default_rng(3), 1e-3, 5000, 1000
    marginal, mean, sd = MARGINALS[name]
    small = np.zeros(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(monte_carlo, "_ess", lambda chains, method: float(draws))
        for _ in range(repeats):
            x = marginal(rng.standard_normal(draws))
            small += [
                p_value(x, mean, sd, 0.0) < level
                for p_value in (monte_carlo.p_value_of_mean, monte_carlo.p_value_of_sd)
            ]
    # Where there is no eighth moment, three times as often, as the docstring says.
    allowed = repeats * level * (3 if name == "tau of five units" else 1)
    assert (small <= stats.poisson.isf(1e-4, allowed)).all(), small
    assert (small >= 1).all()


@pytest.mark.parametrize("probability", [0.02, 0.05, 0.5, 0.95])
def test_p_values_of_shares_are_small_as_often_as_they_say(probability):
    rng, level, repeats, draws = np.random.default_rng(5), 1e-3, 20_000, 1000
    point = stats.norm.ppf(probability)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(monte_carlo, "_ess", lambda chains, method: float(draws))
        small = sum(
            monte_carlo.p_value_of_share(rng.standard_normal(draws), point, probability) < level for _ in range(repeats)
        )
    # A share has few values: never more often than it says, and not much more rarely.
    assert repeats * level / 6 <= small <= stats.poisson.isf(1e-4, repeats * level), small


def smallest_p_value(rng, stay):
    """Of all that is compared of draws from an exact posterior, each kept with probability ``stay``; times how many."""
    sample = FEW.sample(4000, rng)
    moved = rng.random((4, 1000)) >= stay
    moved[:, 0] = True
    last = np.maximum.accumulate(np.where(moved, np.arange(1000), 0), axis=1) + 1000 * np.arange(4)[:, None]
    draws = {name: sample[name][last] for name in ("mu", "tau", "theta")}
    functions = CHECKS["functions"]
    targets = {
        name: posterior.target(name, moments, (0.0, 0.0), CHECKS["quantiles"].get(name))
        for name, moments in CHECKS["expected"].items()
        if name not in functions
    }
    compared = [one for name, target in targets.items() for one in target.comparisons(name, draws[name])] + [
        posterior.of_function(name, of, draws, CHECKS["expected"][name], float(CHECKS["errors"][name][0]))
        for name, of in functions.items()
    ]
    return min(one.p_value for one in compared) * posterior.number_of_tests(targets, len(functions))


def test_right_draws_fail_at_most_once_in_10000():
    # Counted where failures can be counted, and from there along a line in the logarithms.
    rng = np.random.default_rng(6)
    smallest = np.array([smallest_p_value(rng, stay) for stay in (0.0, 0.5) for _ in range(300)])
    levels = np.array([0.6, 0.2, 0.06])
    rates = np.array([np.mean(smallest < level) for level in levels])
    slope, height = np.polyfit(np.log(levels), np.log(rates), 1)
    extrapolated = np.exp(height + slope * np.log(1e-4))
    print("\n".join(f"at {level:g}: {rate:.4f}" for level, rate in zip(levels, rates, strict=True)))
    print(f"at 0.0001, extrapolated: {extrapolated:.2g}")
    assert (rates <= levels + 3 * np.sqrt(levels / len(smallest))).all(), rates
    assert (rates >= levels / 10).all(), rates
    assert extrapolated <= 1e-4


def joint_power(change, repeats=30):
    """Share of 4,000 independent draws of two standard normals that are found out after a change of both."""
    rng, points = np.random.default_rng(7), stats.norm.ppf([0.05, 0.25, 0.5, 0.75, 0.95])
    functions = {"a * b": lambda a, b: a * b}
    expected = {"a": (0.0, 1.0), "b": (0.0, 1.0), "a * b": (0.0, 1.0)}
    quantiles = {name: (points, [0.05, 0.25, 0.5, 0.75, 0.95]) for name in ("a", "b")}
    return np.mean(
        [
            fails(
                dict(zip("ab", change(*rng.normal(size=(2, 4, 1000))), strict=True)),
                expected,
                functions=functions,
                quantiles=quantiles,
            )
            for _ in range(repeats)
        ]
    )


def skewed(a, b):
    gamma = stats.gamma(10)
    return (gamma.ppf(stats.norm.cdf(a)) - 10) / np.sqrt(10), b


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        (lambda a, b: (a, b), 0.0, 0.0),
        (lambda a, b: (a, 0.15 * a + np.sqrt(1 - 0.15**2) * b), 0.99, 1.0),
        # A correlation of 0.05 is three standard errors: too few.
        (lambda a, b: (a, 0.05 * a + np.sqrt(1 - 0.05**2) * b), 0.0, 0.5),
        (skewed, 0.9, 1.0),
        (lambda a, b: (np.sqrt(0.6) * stats.t(5).ppf(stats.norm.cdf(a)), b), 0.9, 1.0),
        (lambda a, b: (np.sqrt(3) * (2 * stats.norm.cdf(a) - 1), b), 1.0, 1.0),
    ],
)
def test_other_shapes_and_correlations_are_found_as_often_as_stated(change, least, most):
    assert least <= joint_power(change) <= most


def power(change, phi, repeats=40, name="normal"):
    """Share of submissions that are found out, where all is right but one change of one scalar."""
    rng = np.random.default_rng(4)
    marginal, mean, sd = MARGINALS[name]
    return np.mean(
        [
            fails({"x": change((marginal(autoregressive(rng, phi)) - mean) / sd)}, {"x": (0.0, 1.0)})
            for _ in range(repeats)
        ]
    )


@pytest.mark.parametrize(
    ("change", "phi", "least", "most"),
    [
        (lambda x: x + 0.25, 0.0, 1.0, 1.0),
        (lambda x: x + 0.25, 0.6, 0.95, 1.0),
        (lambda x: x + 0.1, 0.0, 0.9, 1.0),
        # With 1,000 effective draws the mean has an error of 0.03 sd: too large to see 0.1.
        (lambda x: x + 0.1, 0.6, 0.0, 0.5),
        (lambda x: x * 1.1, 0.0, 0.95, 1.0),
        (lambda x: x * 0.9, 0.0, 0.95, 1.0),
        (lambda x: x * 1.3, 0.6, 0.95, 1.0),
    ],
)
def test_near_misses_are_found_as_often_as_stated(change, phi, least, most):
    assert least <= power(change, phi) <= most


def test_the_right_mean_and_sd_of_a_skewed_scale_are_not_enough_if_off_by_a_third():
    assert power(lambda x: x * 0.65, 0.0, name="exponential") == 1
    assert power(lambda x: x * 1.35, 0.0, name="exponential") == 1
