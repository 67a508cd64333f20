"""What a student reads for a wrong answer, and how seldom a right simulation is turned away."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hbcourse import check

RIGHT = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("answer", [RIGHT, [1, 2, 3], (1.0, 2.0, 3.0), pd.Series(RIGHT), RIGHT + 1e-9])
def test_a_right_answer_passes_in_any_form(answer):
    check.value("rates", answer, RIGHT)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "rates has no value yet."),
        (..., "rates has no value yet."),
        ("abc", "rates must be a number or an array of numbers; it is a str."),
        ([1, [2, 3]], "rates must be a number or an array of numbers; it is a list."),
        (True, "rates must be a number or an array of numbers; it is a bool."),
        ([], r"rates must be an array of shape (3,); it is an array of shape (0,)."),
        (1.0, r"rates must be an array of shape (3,); it is one number."),
        (RIGHT[:, None], r"rates must be an array of shape (3,); it is an array of shape (3, 1)."),
        ([1, np.nan, 3], "rates is not right at index 1: it is nan."),
        ([np.inf, 2, 3], "rates is not right at index 0: it is inf."),
        ([1, 2, 4], "rates is not right at index 2: it is 4."),
        ([1, 5, 4], "rates is not right at index 1: it is 5. So are 1 more of its 3 values."),
    ],
)
def test_a_wrong_answer_gets_one_sentence(answer, message):
    with pytest.raises(check.CheckFailed) as failure:
        check.value("rates", answer, RIGHT)
    assert str(failure.value) == message


def test_a_foreseen_mistake_gets_its_hint():
    mistakes = {"Divide by n.": RIGHT * 10, "That is one number for all.": 2.0, "That is undefined.": [np.nan] * 3}
    for answer, hint in ((RIGHT * 10, "Divide by n."), (2, "one number for all"), ([np.nan] * 3, "undefined")):
        with pytest.raises(check.CheckFailed, match=hint):
            check.value("rates", answer, RIGHT, mistakes)
    with pytest.raises(check.CheckFailed) as failure:
        check.value("rates", RIGHT + 1, RIGHT, mistakes)
    assert "Hint" not in str(failure.value)


def double(x):
    return 2 * x


def test_a_function_is_judged_on_every_case():
    check.function("double", double, [(1.0,), (np.array([1.0, 2.0]),)], double)
    with pytest.raises(check.CheckFailed, match=r"double\(3\.0\) is not right: it is 9\. Hint: Twice, not squared\."):
        check.function("double", lambda x: x**2, [(2.0,), (3.0,)], [4.0, 6.0], {"Twice, not squared.": lambda x: x**2})


def raises(x):
    raise KeyError("hello")


def unwritten(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (5, "double must be a function; it is 5."),
        (raises, "double(2.0) raised KeyError: 'hello'"),
        (unwritten, "unwritten is not written yet."),
        (lambda: 1, "double(2.0) raised TypeError"),
        (lambda x: None, "double(2.0) has no value yet."),
    ],
)
def test_a_function_that_does_not_work_says_why(answer, message):
    with pytest.raises(check.CheckFailed) as failure:
        check.function("double", answer, [(2.0,)], [4.0])
    assert message in str(failure.value)


def test_what_is_missing_is_named_even_where_another_function_calls_it():
    def quadruple(x):
        return 2 * unwritten(x)

    with pytest.raises(check.CheckFailed, match=r"^unwritten is not written yet\.$"):
        check.function("quadruple", quadruple, [(1.0,)], [4.0])


def test_an_answer_cannot_change_what_it_is_judged_by():
    def in_place(x):
        x *= 2
        return x

    def lazy(x):
        x[:] = 0
        return x

    cases = [(np.array([1.0, 2.0]),)] * 2
    check.function("double", in_place, cases, double)
    assert np.array_equal(cases[0][0], [1, 2])
    with pytest.raises(check.CheckFailed):
        check.function("double", lazy, cases, double)


class Hostile:
    def __repr__(self):
        raise RuntimeError

    def __array__(self, *_, **__):
        raise RuntimeError


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.array([1j, 2, 3]), "it is a ndarray of complex128."),
        (np.array(["1", "2", "3"]), "it is a ndarray of <U1."),
        (np.array(["1", "2", "3"], dtype=object), "it is a ndarray of object."),
        (np.ma.masked_less([1.0, 2, 3], 2), "it is a MaskedArray of float64."),
        (Hostile(), "it is a Hostile."),
        ([10**400, 2, 3], "it is a list."),
    ],
)
def test_what_is_no_array_of_numbers_is_named(answer, message):
    with pytest.raises(check.CheckFailed) as failure:
        check.value("rates", answer, RIGHT)
    assert str(failure.value).endswith(message)


def test_a_message_is_one_line():
    with pytest.raises(check.CheckFailed, match="a Hostile"):
        check.function("double", Hostile(), [(1.0,)], [2.0])
    with pytest.raises(check.CheckFailed) as failure:
        check.function("double", lambda x: x, [(np.eye(3),)], double)
    assert "\n" not in str(failure.value)


def test_a_long_argument_is_shortened():
    with pytest.raises(check.CheckFailed) as failure:
        check.function("double", lambda x: x, [(np.arange(1000.0),)], double)
    assert "..." in str(failure.value)
    assert len(str(failure.value)) < 200


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


def test_a_failure_shows_no_code_in_a_notebook():
    failure = check.CheckFailed("rates is not right.")
    assert failure._render_traceback_() == ["rates is not right."]
