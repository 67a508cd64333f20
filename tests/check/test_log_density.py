"""Log densities of functions, at points, up to one constant."""

import numpy as np
import pytest

from hbcourse import check

POINTS = [{"mu": 0.0, "log_tau": -1.0}, {"mu": 2.0, "log_tau": 0.5}, {"mu": -1.0, "log_tau": 1.5}]
RNG = np.random.default_rng(6)
POINTS += [{"mu": RNG.normal(), "log_tau": RNG.normal()} for _ in range(4)]


def without_jacobian(mu, log_tau):
    return -(mu**2) / 2 - np.exp(2 * log_tau) / 2


def reference(mu, log_tau):
    return without_jacobian(mu, log_tau) + log_tau


MISTAKES = {
    "The Jacobian is missing.": without_jacobian,
    "The Jacobian is tau, not 1 / tau.": lambda mu, log_tau: without_jacobian(mu, log_tau) - log_tau,
}


def judge(got, points=POINTS, expected=reference):
    check.log_density("log_density", got, expected, points, MISTAKES)


@pytest.mark.parametrize(
    "right",
    [
        reference,
        lambda mu, log_tau: reference(mu, log_tau) - 1234.5,
        lambda m, t: np.array(reference(m, t)),
        lambda mu, log_tau: reference(mu, log_tau) * (1 + 1e-9),
    ],
)
def test_the_right_density_passes_up_to_a_constant(right):
    judge(right)
    judge(right, expected=[reference(**point) for point in POINTS])


def shifted_at_one_point(mu, log_tau):
    return reference(mu, log_tau) + (mu == 2.0)


def unwritten(mu, log_tau):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (without_jacobian, "Hint: The Jacobian is missing."),
        (lambda mu, log_tau: 7 + without_jacobian(mu, log_tau) - log_tau, "Hint: The Jacobian is tau, not 1 / tau."),
        (lambda mu, log_tau: 0.0, "log_density changes by 0 from mu = "),
        (lambda mu, log_tau: -np.inf, "log_density is -inf at mu = 0, log_tau = -1; the density there is positive"),
        (lambda mu, log_tau: np.inf, "log_density is inf at mu = 0, log_tau = -1;"),
        (lambda mu, log_tau: np.nan, "log_density is nan at mu = 0, log_tau = -1;"),
        (lambda mu, log_tau: 2 * reference(mu, log_tau), ", which is not right."),
        (lambda mu, log_tau: -reference(mu, log_tau), ", which is not right."),
        (lambda mu, log_tau: reference(mu, log_tau) + 1e-4 * mu, ", which is not right."),
        (shifted_at_one_point, "mu = 2, log_tau = 0.5"),
        (lambda mu, log_tau: [reference(mu, log_tau)], "log_density(0.0, -1.0) must be one number; it is an array of"),
        (lambda mu, log_tau: "0", "log_density(0.0, -1.0) must be a number or an array of numbers; it is a str."),
        (lambda mu: 0.0, "log_density(0.0, -1.0) raised TypeError"),
        (lambda mu, log_tau: None, "log_density(0.0, -1.0) returned nothing: is a return missing?"),
        (unwritten, "unwritten is not written yet."),
        (5, "log_density must be a function; it is 5."),
    ],
)
def test_a_wrong_density_says_why(wrong, message):
    with pytest.raises(check.CheckFailed) as failure:
        judge(wrong)
    assert message in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("points", [POINTS[:2], POINTS[:3]])
def test_the_two_points_that_are_shown_differ(points):
    with pytest.raises(check.CheckFailed, match=r"changes by -?[1-9]"):
        judge(without_jacobian, points)


def test_outside_the_support_the_density_must_be_zero():
    points = [{"x": x} for x in (-2.0, 0.5, 1.5, 4.0)]

    def right(x):
        return -x if x > 0 else -np.inf

    check.log_density("f", lambda x: 3 + right(x), right, points, {"No.": lambda x: np.nan})
    with pytest.raises(check.CheckFailed, match=r"^f is 2 at x = -2, outside the support, where the density must be"):
        check.log_density("f", lambda x: -x, right, points)
    with pytest.raises(check.CheckFailed, match=r"^f is -inf at x = 0\.5; the density there is positive"):
        check.log_density("f", lambda x: right(x - 1), right, points)
    with pytest.raises(check.CheckFailed, match=r"^f changes by -5 from x = 1\.5 to x = 4, .* Hint: Twice"):
        check.log_density("f", lambda x: 2 * right(x), right, points, {"Twice.": lambda x: 2 * right(x)})


def test_the_right_change_is_told_where_students_may_know_it():
    points = [{"x": x} for x in (0.0, 1.0)]
    with pytest.raises(check.CheckFailed, match=r"^f changes by 2 from x = 0 to x = 1, should change by 1\.$"):
        check.log_density("f", lambda x: 2 * x, [5.0, 6.0], points, tell=True)


def test_a_mistake_that_hardly_changes_is_not_every_constant():
    mistakes = {"That is the density. Take its log.": lambda mu, log_tau: 1e-9 * np.exp(reference(mu, log_tau))}
    for answer, hint in ((lambda mu, log_tau: 3.0, ""), (next(iter(mistakes.values())), next(iter(mistakes)))):
        with pytest.raises(check.CheckFailed) as failure:
            check.log_density("f", answer, reference, POINTS, mistakes)
        assert failure.value.hint == hint


def test_a_mistake_may_be_infinite_where_the_density_is_not():
    points = [{"x": x} for x in (0.5, 1.5, 3.0, 4.0)]
    mistakes = {"That is loc.": lambda x: -((x - 1) ** 2) if x > 1 else -np.inf}
    for answer, hint in ((next(iter(mistakes.values())), "That is loc."), (lambda x: -x if x > 2 else -np.inf, "")):
        with pytest.raises(
            check.CheckFailed, match=r"^f is -inf at x = 0\.5; the density there is positive"
        ) as failure:
            check.log_density("f", answer, lambda x: -(x**2), points, mistakes)
        assert failure.value.hint == hint


@pytest.mark.parametrize(
    ("points", "expected", "sentence"),
    [
        (POINTS[:1], reference, "points must be two or more, of the same names in the same order"),
        ([{"mu": 0.0}, {"nu": 1.0}], reference, "points must be two or more, of the same names in the same order"),
        (POINTS, lambda mu, log_tau: 1.0, "points must tell the reference from a constant"),
        (POINTS, lambda mu, log_tau: -np.inf, "points must tell the reference from a constant"),
        (POINTS, lambda mu, log_tau: np.nan, "reference must be finite; got nan at index 0"),
    ],
)
def test_a_test_cell_that_makes_no_sense_is_told_so(points, expected, sentence):
    with pytest.raises(ValueError, match=sentence):
        judge(reference, points, expected)


@pytest.mark.parametrize("constant", [1e20, 1e300, -1e308])
def test_a_constant_beside_which_all_differences_are_rounded_away_is_wrong(constant: float) -> None:
    points = [{"x": x} for x in (-1.0, 0.0, 1.5)]
    with pytest.raises(check.CheckFailed, match="changes by 0 from"):
        check.log_density("f", lambda x: constant, lambda x: -((x - 0.5) ** 2) / 2 + 1, points)
