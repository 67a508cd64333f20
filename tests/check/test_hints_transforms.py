"""Transforms of right outputs and of arguments: each is recognized, and told from the right answer."""

import numpy as np
import pytest

from hbcourse.check.hints import _transforms as transforms
from hbcourse.check.hints._influence import influence
from hbcourse.check.hints._values import as_value

RTOL = 1e-6
RNG = np.random.default_rng(4)
SCALARS = [as_value(x) for x in RNG.uniform(0.2, 0.9, 5)]
ARRAYS = [as_value(RNG.uniform(-3, 3, (J, J))) for J in (2, 3, 4)]


@pytest.mark.parametrize("number", range(len(transforms.OF_OUTPUT)), ids=[t for t, _ in transforms.OF_OUTPUT])
def test_each_transform_of_the_output_is_recognized(number):
    text, change = transforms.OF_OUTPUT[number]
    recognized = 0
    for right in (SCALARS, ARRAYS, [as_value(x) for x in RNG.uniform(-9, 9, (4, 5))]):
        with np.errstate(all="ignore"):
            try:
                got = [as_value(change(r[0])) for r in right]
            except (ValueError, IndexError):
                continue
        recognized += transforms.of_output(got, right, RTOL) == text
    assert recognized


def test_the_right_output_is_no_transform():
    for right in (SCALARS, ARRAYS):
        assert not transforms.of_output(right, right, RTOL)


@pytest.mark.parametrize("text", [t for t, _, _ in transforms.OF_ARGUMENT])
def test_each_transform_of_an_argument_is_made(text):
    cases = [(np.array([0.5, 2.5, 1.5]), 3.5, np.eye(2) + 1)]
    made = dict(transforms.of_arguments(("a", "b", "c"), cases))
    assert any(text.format(a=a) in made for a in "abc")


def test_arguments_change_places():
    cases = [(1.0, 2.0, 7), (3.0, 5.0, 7)]
    made = dict(transforms.of_arguments(("a", "b", "seed"), cases))
    assert made["`a` and `b` are swapped"] == [(2.0, 1.0, 7), (5.0, 3.0, 7)]
    assert made["`b` stands where `a` belongs"] == [(2.0, 2.0, 7), (5.0, 5.0, 7)]
    assert not any("`seed`" in text for text in made)


CASES = [(J, scale, np.full(J, 2.0)) for J in (3, 4) for scale in (1.5, 2.5)]


def right_at(J, scale, y):
    return 1.7 * scale + J


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda J, scale, y: right_at(J, scale, y) * J, "multiplied by `J`"),
        (lambda J, scale, y: right_at(J, scale, y) / np.sqrt(scale), "divided by the root of `scale`"),
        (lambda J, scale, y: right_at(J, scale, y) * (J - 1), "the length of `y` less one"),
        (lambda J, scale, y: right_at(J, scale, y) * 0.3, "0.3 times"),
        (lambda J, scale, y: right_at(J, scale, y) + 0.3, "too large by the same number"),
        (lambda J, scale, y: 0.0, "zero, whatever"),
    ],
)
def test_factors_are_named(answer, words):
    right, got = ([as_value(f(*case)) for case in CASES] for f in (right_at, answer))
    assert words in transforms.by_factor(("J", "scale", "y"), CASES, got, right, RTOL)


def test_influence_is_seen_where_one_argument_differs():
    right = [as_value(right_at(*case)) for case in CASES]
    without = [as_value(float(case[0])) for case in CASES]
    assert influence(("J", "scale", "y"), CASES, without, right, RTOL) == "`scale` has no influence on it"
    assert not influence(("J", "scale", "y"), CASES, right, right, RTOL)
    flat = [as_value(float(len(case[2]))) for case in CASES]
    assert "`scale` changes it" in influence(("J", "scale", "y"), CASES, right, flat, RTOL)


def test_whole_numbers_in_place_of_fractions_are_recognized():
    right = [as_value(x) for x in (0.3, 0.7, 0.9)]
    assert "integer division" in transforms.cut_off([as_value(0.0)] * 3, right, RTOL)
    assert not transforms.cut_off(right, right, RTOL)
    assert not transforms.cut_off([as_value(1.0), as_value(2.0)], [as_value(1.0), as_value(3.0)], RTOL)
    assert not transforms.cut_off([as_value(np.inf)], [as_value(np.inf)], RTOL)
