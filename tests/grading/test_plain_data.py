"""What is plain data arrives as it was sent; what a check takes is judged there as it is here; nothing else gets in."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbcourse.grading.running import decoding
from hbcourse.grading.running.decoding import Opaque, decode
from hbcourse.grading.running.encoding import encode
from hbcourse.grading.running.wire import WireError


def there_and_back(value):
    blobs = []
    node = json.loads(json.dumps(encode(value, blobs), allow_nan=False))
    return decode(node, blobs)


def same(one, other):
    """Whether two values are equal, of one type, in all their parts; not a number is equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return one == other


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(...),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.booleans(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_plain_values_arrive_as_they_are(value):
    assert same(there_and_back(value), value)


@pytest.mark.parametrize("value", [1 + 2j, {1}, range(3), 10**400, -(2**53), float("-inf")], ids=repr)
def test_other_values_of_python_arrive(value):
    expected = list(value) if isinstance(value, range) else value
    assert there_and_back(value) == expected
    assert type(there_and_back(value)) is type(expected)


@pytest.mark.parametrize("dtype", ["?", "i1", "u2", "i4", "i8", "f2", "f4", "f8", ">f8", "c8", "c16", "U3", "O"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3)], ids=str)
def test_arrays_arrive_with_their_shape_and_type(dtype, shape):
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    came = there_and_back(array)
    assert came.shape == shape
    assert came.dtype == array.dtype.newbyteorder("=") or dtype == "U3"
    assert (came == array).all()


def test_arrays_that_are_not_contiguous_and_scalars_arrive():
    array = np.arange(12.0).reshape(3, 4)[::-1, ::2]
    assert (there_and_back(array) == array).all()
    scalar = there_and_back(np.float32(0.1))
    assert type(scalar) is np.float32
    assert scalar == np.float32(0.1)
    assert np.isnan(there_and_back(np.array([np.nan, np.inf]))[0])


def test_frames_and_series_arrive():
    frame = pd.DataFrame({"n": [1, 2], "rate": [0.5, np.nan], "name": ["a", "b"]}, index=["x", "y"])
    pd.testing.assert_frame_equal(there_and_back(frame), frame)
    series = pd.Series([1.5, 2.5], name="s", index=[3, 4])
    pd.testing.assert_series_equal(there_and_back(series), series)


def test_a_generator_arrives_in_its_state():
    rng = np.random.default_rng(3)
    rng.normal(size=5)
    assert (there_and_back(rng).normal(size=4) == rng.normal(size=4)).all()


class Sly(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Name(str):
    def __str__(self):
        raise RuntimeError


def test_what_says_it_is_a_number_arrives_as_one():
    for value, plain in ((Sly(2.5), 2.5), (Name("x"), "x"), (np.True_, np.True_)):
        came = there_and_back(value)
        assert came == plain
        assert type(came) is type(plain)


def test_what_is_not_plain_arrives_as_nothing_but_the_name_of_its_type():
    for value, name in ((object(), "object"), (len, "builtin_function_or_method"), (np.array("2001", "M8[D]"), "")):
        came = there_and_back(value)
        assert isinstance(came, Opaque)
        assert name in repr(came)
    hostile = decode({"opaque": "x'; import os #" * 100}, [])
    assert type(hostile).__name__.isidentifier()
    assert len(type(hostile).__name__) <= 60


def test_what_holds_itself_or_is_too_deep_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(WireError, match="nested too deeply"):
        encode(loop, [])
    deep = 1
    for _ in range(10_000):
        deep = {"list": [deep]}
    with pytest.raises(WireError):
        decode(deep, [])


@pytest.mark.parametrize(
    "node",
    [
        [],
        {},
        {"eval": "1"},
        {"list": 3},
        {"list": [[]]},
        {"int": "0x" + "f" * 5000},
        {"int": 3},
        {"float": "1.0"},
        {"set": [{"list": []}]},
        {"dict": [[1, 2, 3]]},
        {"dict": [[{"list": []}, 1]]},
        {"array": 0, "dtype": "<f8", "shape": [2]},
        {"array": 1, "dtype": "<f8", "shape": [1]},
        {"array": -1, "dtype": "<f8", "shape": [1]},
        {"array": 0, "dtype": "<f8", "shape": [-1]},
        {"array": 0, "dtype": "<f8", "shape": [True]},
        {"array": 0, "dtype": "<f8", "shape": [10**30]},
        {"array": 0, "dtype": "O", "shape": [1]},
        {"array": 0, "dtype": "f8,O", "shape": [1]},
        {"array": 0, "dtype": "M8", "shape": [1]},
        {"array": 0, "dtype": ["f8"], "shape": [1]},
        {"array": 0, "dtype": "<f8", "shape": [1] * 40},
        {"objects": [1], "text": False, "shape": [2]},
        {"frame": [{"list": [1, 2]}], "names": ["a"], "index": {"list": [0]}},
        {"frame": [], "names": ["a"], "index": {"list": [0]}},
        {
            "series": {"list": [1]},
            "name": "a",
            "index": {"objects": [{"int": hex(2**61 - 1)}], "text": False, "shape": [1]},
        },
        {"numbers": 0, "dtype": "<f8", "shape": [1]},
        {"masked": {"list": [1, 2]}, "mask": {"list": [True, False, True]}},
        {"function": 0},
        {"model": 0, "structure": {}},
        {"generator": {"dict": [["bit_generator", "MT"]]}},
        {"opaque": 3},
    ],
    ids=lambda node: json.dumps(node)[:60],
)
def test_what_is_no_value_is_refused(node):
    with pytest.raises(WireError):
        decode(node, [bytes(8)])


def test_more_values_than_anyone_needs_are_refused(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_NODES", 1000)
    assert len(decode({"list": [0] * 999}, [])) == 999
    with pytest.raises(WireError, match="too long"):
        decode({"list": [0] * 1000}, [])
