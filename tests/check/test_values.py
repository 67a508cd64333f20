"""What a student reads for a wrong value or function."""

import codecs
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from hbcourse import check

RIGHT = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("answer", [RIGHT, [1, 2, 3], (1.0, 2.0, 3.0), pd.Series(RIGHT), RIGHT + 1e-9])
def test_a_right_answer_passes_in_any_form(answer):
    check.value("rates", answer, RIGHT)


@pytest.mark.parametrize("answer", [np.array([True, False]), [True, False], pd.Series([True, False])])
def test_an_array_of_truth_values_is_one_of_ones_and_zeros(answer):
    check.value("kinds", answer, [1, 0])
    with pytest.raises(check.CheckFailed, match="kinds is not right at index 0: it is 1"):
        check.value("kinds", answer, [0, 0])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "rates has no value yet."),
        (..., "rates has no value yet."),
        ("abc", "rates must be a number or an array of numbers; it is a str."),
        ([1, [2, 3]], "rates must be a number or an array of numbers; it is a list with a list in it."),
        (["1", "2", "3"], "rates must be a number or an array of numbers; it is a list with a str in it."),
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
        (lambda x: None, "double(2.0) returned nothing: is a return missing?"),
    ],
)
def test_a_function_that_does_not_work_says_why(answer, message):
    with pytest.raises(check.CheckFailed) as failure:
        check.function("double", answer, [(2.0,)], [4.0])
    assert message in str(failure.value)


def test_what_a_library_does_not_implement_is_not_the_students_to_write():
    def double(x):
        return np.random.BitGenerator(x)

    with pytest.raises(check.CheckFailed, match=r"^double\(2\.0\) raised NotImplementedError: BitGenerator is a base"):
        check.function("double", double, [(2.0,)], [4.0])

    def quadruple(x):
        return codecs.IncrementalEncoder().encode(x)

    with pytest.raises(check.CheckFailed, match=r"^quadruple\(2\.0\) raised NotImplementedError: *$"):
        check.function("quadruple", quadruple, [(2.0,)], [4.0])


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


def test_a_failure_shows_no_code_in_a_notebook():
    failure = check.CheckFailed("rates is not right.")
    assert failure._render_traceback_() == ["rates is not right."]


def test_a_failure_goes_by_the_name_that_students_can_import():
    assert f"{check.CheckFailed.__module__}.{check.CheckFailed.__qualname__}" == "hbcourse.check.CheckFailed"


def test_a_function_that_runs_elsewhere_names_what_is_missing():
    def remote(x):
        error = NotImplementedError()
        error.function = "helper"
        raise error

    with pytest.raises(check.CheckFailed, match=r"^helper is not written yet\.$"):
        check.function("double", remote, [(1.0,)], [2.0])


def test_importing_it_is_light():
    code = "import sys, hbcourse.check; print({'pymc', 'arviz', 'arviz_stats', 'xarray', 'pandas'} & set(sys.modules))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "set()"
