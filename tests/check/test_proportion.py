"""Shares of simulations: what is turned away, and how seldom a right one is."""

import numpy as np
import pytest
from scipy import stats

from hbcourse import check


def coverage(share):
    return lambda seed: share


@pytest.mark.parametrize("share", [0.83, 0.82, 0.84])
def test_a_proportion_within_chance_passes(share):
    check.proportion("coverage", coverage(share), [(1,), (2,)], 4000, [0.83, 0.83])


@pytest.mark.parametrize(
    ("share", "message"),
    [
        (0.95, "Hint: No spread."),
        (0.7, "farther from the right value than chance explains."),
        (1.2, "a proportion lies between 0 and 1"),
        (np.nan, "a proportion lies between 0 and 1"),
        ([0.8, 0.9], "must be one number"),
    ],
)
def test_a_wrong_proportion_says_why(share, message):
    with pytest.raises(check.CheckFailed, match=message):
        check.proportion("coverage", coverage(share), [(1,)], 4000, [0.83], {"No spread.": [0.95]})


@pytest.mark.calibration
def test_the_false_fail_rate_is_what_it_says():
    # Three right proportions, as in the exercise, at a threshold where failures can be counted.
    rng = np.random.default_rng(1)
    draws, probabilities, repeats, false_fail = 500, [0.6, 0.83, 0.95], 4000, 0.05
    failures = 0
    for shares in rng.binomial(draws, probabilities, (repeats, 3)) / draws:
        try:
            check.proportion("c", lambda i, s=shares: s[i], [(0,), (1,), (2,)], draws, probabilities, None, false_fail)
        except check.CheckFailed:
            failures += 1
    assert failures / repeats <= false_fail + 3 * np.sqrt(false_fail / repeats)
    # Not because it never fails: a share that is off by four of its standard errors is found.
    off = [(p + 4 * np.sqrt(p * (1 - p) / draws)) for p in probabilities[:2]]
    for share, probability in zip(off, probabilities, strict=False):
        with pytest.raises(check.CheckFailed):
            check.proportion("c", coverage(share), [(1,)], draws, [probability], None, false_fail)


def test_the_exercise_turns_away_at_most_two_right_simulations_in_ten_thousand():
    # The settings of its cases; the exact probability of failing, summed over all numbers of successes.
    def fails(draws, probability, threshold):
        counts = np.arange(draws + 1)
        mass = stats.binom.pmf(counts, draws, probability)
        order = np.argsort(mass)
        p_values = np.empty(draws + 1)
        p_values[order] = np.cumsum(mass[order])
        return mass[p_values < threshold].sum()

    z = stats.norm.ppf(0.975)
    hidden = [2 * stats.norm.cdf(z * sigma / np.hypot(sigma, tau)) - 1 for tau, sigma in ((2, 1), (0.01, 0.02), (3, 1))]
    total = fails(4000, 0.9035, 1e-4) + sum(fails(5000, p, 1e-4 / 3) for p in hidden)
    assert total <= 2e-4
