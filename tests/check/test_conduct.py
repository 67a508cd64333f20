"""How simulations and functions behave: each misbehavior costs points, and a well-behaved one passes."""

import numpy as np
import pytest
from scipy.stats import binom, chi2

from hbcourse.check import CheckFailed, load, task
from hbcourse.check._cases import outputs
from hbcourse.check._conduct import judge_conduct

CASE = (0.4, 4000, 1)
LEVEL = 1e-4


def right(p, n_sim, seed):
    return np.mean(np.random.default_rng(seed).random(n_sim) < p)


def unseeded(p, n_sim, seed):
    return np.mean(np.random.default_rng().random(n_sim) < p)


def fixed_seed(p, n_sim, seed):
    return np.mean(np.random.default_rng(3).random(n_sim) < p)


def other_number(p, n_sim, seed):
    return right(p, 2000, seed)


def a_quarter(p, n_sim, seed):
    return right(p, n_sim // 4, seed)


def exact(p, n_sim, seed):
    return p


def expectation(p, n_sim, seed):
    return np.mean(np.random.default_rng(seed).normal(p, 0.05, n_sim))


def one_truth(p, n_sim, seed):
    rng = np.random.default_rng(seed)
    return np.mean(rng.random(n_sim) < p * rng.choice([0.5, 1.5]))


def same_data(p, n_sim, seed):
    return np.mean(np.full(n_sim, np.random.default_rng(seed).random()) < p)


def antithetic(p, n_sim, seed):
    u = (np.arange(n_sim) + np.random.default_rng(seed).random()) / n_sim
    return np.mean(u < p)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (unseeded, "same call gives another"),
        (fixed_seed, "no Monte Carlo noise"),
        (other_number, "of 2000 simulations"),
        (a_quarter, "one in 4"),
        (exact, "no Monte Carlo noise"),
        (expectation, "count each once"),
        (one_truth, "drawn once"),
        (same_data, "data sets are alike"),
        (antithetic, "not random"),
    ],
)
def test_a_simulation_that_misbehaves_is_turned_away(function, words):
    with pytest.raises(CheckFailed) as failure:
        judge_conduct("share", function, CASE, LEVEL)
    assert words in failure.value.hint


@pytest.mark.parametrize("p", [0.05, 0.4, 0.95, 1.0, 0.0])
def test_a_right_simulation_is_left_alone(p):
    judge_conduct("share", right, (p, 4000, 1), LEVEL)


def test_a_loop_that_draws_in_turn_is_left_alone():
    def share(p, n_sim, seed):
        rng = np.random.default_rng(seed)
        return sum(rng.random() < p for _ in range(n_sim)) / n_sim

    judge_conduct("share", share, CASE, LEVEL)


def test_a_simulation_that_raises_says_so():
    def share(p, n_sim, seed):
        raise ValueError("no")

    with pytest.raises(CheckFailed, match="raised ValueError: no"):
        judge_conduct("share", share, CASE, LEVEL)


@pytest.mark.parametrize("p", [0.03, 0.2, 0.5, 0.97])
def test_the_variance_from_seed_to_seed_turns_right_answers_away_as_seldom_as_it_says(p):
    # The bounds of the chi-squared distribution, at a level where failures can be counted, against binomial draws.
    level, freedom, repeats = 0.01, 24, 40_000
    counts = binom.rvs(601, p, size=(repeats, 25), random_state=np.random.default_rng(5))
    shares = counts / 601
    means = shares.mean(axis=1)
    ratios = shares.var(axis=1, ddof=1) / (means * (1 - means) / 601)
    fails = (ratios > chi2.isf(level / 2, freedom) / freedom) | (ratios < chi2.ppf(level / 2, freedom) / freedom)
    assert fails.mean() < 1.3 * level


def in_place(y):
    y -= y.mean()
    return y


def forgetful(y):
    y.mean()


@pytest.mark.parametrize(("function", "words"), [(in_place, "first argument in place"), (forgetful, "gives no value")])
def test_a_function_that_misbehaves_is_told_so(function, words):
    y = np.array([1.0, 4.0])
    (one,) = outputs("center", function, [(y,)])
    assert words in str(one)
    assert y.tolist() == [1.0, 4.0]


def test_a_function_elsewhere_says_what_it_has_changed():
    def center(y):
        return y - y.mean()

    center.changed = [0]
    (one,) = outputs("center", center, [(np.array([1.0, 4.0]),)])
    assert "first argument in place" in str(one)


def test_changed_arguments_cost_points():
    load(
        '{"center": {"points": 1, "kind": "function", "cases": [[{"array": [1.0, 4.0]}]], "right": [[-1.5, 1.5]], '
        '"mistakes": {}, "rtol": 1e-6, "atol": 1e-9, "hints": []}}'
    )
    task("center", lambda y: y - y.mean())
    with pytest.raises(CheckFailed, match="in place"):
        task("center", in_place)


@pytest.mark.parametrize("value", [np.array([np.nan, 1.0]), np.array([1, 2]), np.array(["a", "b"])])
def test_a_function_that_keeps_its_argument_is_left_alone(value):
    (one,) = outputs("center", lambda y: 1.0, [(value,)])
    assert one == 1
