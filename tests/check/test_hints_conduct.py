"""How functions behave: each misbehavior gets its sentence, and a well-behaved function none."""

import numpy as np
import pytest
from scipy.stats import chi2

from hbcourse.check.hints import conduct

SHARE = ("p", "n_sim", "seed")
CASE = [(0.4, 4000, 1)]


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
        (unseeded, "same seed differ"),
        (fixed_seed, "the same for every seed"),
        (other_number, "of 2000 simulations"),
        (a_quarter, "one in 4"),
        (exact, "no Monte Carlo noise"),
        (expectation, "no whole number"),
        (one_truth, "varies more"),
        (same_data, "always 0 or 1"),
        (antithetic, "varies less"),
    ],
)
def test_a_simulation_that_misbehaves_is_told_so(function, words):
    assert words in conduct("share", function, SHARE, CASE)


@pytest.mark.parametrize("p", [0.05, 0.4, 0.95, 1.0, 0.0])
def test_a_right_simulation_is_left_alone(p):
    assert not conduct("share", right, SHARE, [(p, 4000, 1)])


def test_a_loop_that_draws_in_turn_is_left_alone():
    def share(p, n_sim, seed):
        rng = np.random.default_rng(seed)
        return sum(rng.random() < p for _ in range(n_sim)) / n_sim

    assert not conduct("share", share, SHARE, CASE)


def test_the_variance_from_seed_to_seed_turns_a_right_answer_away_once_in_half_a_million():
    assert chi2.sf(3 * 24, 24) + chi2.cdf(0.15 * 24, 24) < 2e-6


def test_a_simulation_that_raises_is_not_judged():
    def share(p, n_sim, seed):
        raise ValueError

    assert not conduct("share", share, SHARE, CASE)


def in_place(y):
    y -= y.mean()
    return y


def forgetful(y):
    y.mean()


def at_random(y):
    return y + np.random.default_rng().normal()


@pytest.mark.parametrize(
    ("function", "words"),
    [(in_place, "changes its argument `y`"), (forgetful, "returns nothing"), (at_random, "another answer each time")],
)
def test_a_function_that_misbehaves_is_told_so(function, words):
    assert words in conduct("center", function, ("y",), [(np.array([1.0, 4.0]),)])


@pytest.mark.parametrize("value", [np.array([np.nan, 1.0]), np.array([1, 2]), np.array(["a", "b"])])
def test_a_function_that_keeps_its_argument_is_left_alone(value):
    assert not conduct("center", lambda y: 1.0, ("y",), [(value,)])


def test_arguments_of_the_cases_stay_as_they_are():
    y = np.array([1.0, 4.0])
    conduct("center", in_place, ("y",), [(y,)])
    assert y.tolist() == [1.0, 4.0]
