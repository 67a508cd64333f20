"""Values of answers: what counts as the same, and what is kept of them."""

import json

import numpy as np
import pytest

from hbcourse.check.hints import _values as values
from hbcourse.check.hints import as_json, from_json
from hbcourse.check.hints.mutants import Row


def test_pairs_lists_and_rows_of_an_array_are_the_same_answer():
    right = values.as_value((1.0, 2.0))
    for answer in ((1.0, 2.0), [1, 2], np.array([1.0, 2.0])):
        assert values.same(values.as_value(answer, right), right)
    assert not values.same(values.as_value((2.0, 1.0), right), right)
    assert not values.same(values.as_value(1.0, right), right)


@pytest.mark.parametrize("answer", [None, "0.5", {"a": 1}, [1.0, None], object(), (1, "b")])
def test_what_is_not_numbers_is_no_value(answer):
    assert isinstance(values.as_value(answer), values.Raised)


def test_booleans_count_as_numbers():
    assert values.same(values.as_value(np.array([True, False])), values.as_value([np.array([1.0, 0.0])]))


@pytest.mark.parametrize("size", [1, 6, 7, 71, 400])
def test_sketches_tell_arrays_apart(size):
    rng = np.random.default_rng(size)
    x = rng.normal(size=size)
    assert values.same_sketch(values.sketch([x]), values.sketch([x * (1 + 1e-9)]))
    for other in (x[::-1] + 0.1, x + 1e-3, np.where(np.arange(size) == size - 1, np.nan, x), np.append(x, 0.0)):
        assert not values.same_sketch(values.sketch([x]), values.sketch([other]))
    if size > 1:
        turned = x[rng.permutation(size)]
        assert values.same_sketch(values.sketch([x]), values.sketch([turned])) == np.array_equal(x, turned)
    infinite = np.where(np.arange(size) == 0, np.inf, x)
    assert not values.same_sketch(values.sketch([infinite]), values.sketch([np.where(np.isinf(infinite), -np.inf, x)]))


def test_rows_come_back_from_json():
    kept = [values.sketch([np.arange(9.0), np.array(np.nan)]), None, values.sketch([np.array(np.inf)])]
    row = Row("term", 2, "a term is missing", tuple(kept))
    (back,) = from_json(json.loads(json.dumps(as_json([row]))))
    assert all(values.same_sketch(a, b) for a, b in zip(row.values, back.values, strict=True))
    assert (back.kind, back.cost, back.sentence) == (row.kind, row.cost, row.sentence)


@pytest.mark.parametrize(
    ("got", "right", "much"),
    [
        ([0.0, 1.0, 1.0], [1.0, 0.0, 0.0], False),
        ([3.0], [4.0], False),
        ([2.0, 3.0, 4.0], [0.0, 3.0, 5.0], False),
        ([0.31], [0.2], False),
        ([0.31, 0.77], [0.2, 0.3], True),
        ([120.0, 45.0], [119.0, 44.0], True),
        ([1.0, 2.0, 3.0, 5.0], [120.0, 45.0, 31.0, 88.0], True),
    ],
)
def test_how_much_agreement_proves(got, right, much):
    as_values = [[values.as_value(x) for x in numbers] for numbers in (got, right)]
    assert values.informative(*as_values) == much
