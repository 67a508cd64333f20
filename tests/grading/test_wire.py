"""The wire: what is plain data arrives as it was sent, and whatever else comes is refused without harm."""

import json
import math
import socket
import struct
import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbcourse.grading import wire


def there_and_back(value):
    blobs = []
    node = json.loads(json.dumps(wire.encode(value, blobs), allow_nan=False))
    return wire.decode(node, blobs)


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
    if shape == () and dtype in ("U3", "O"):
        assert came == array.item()
        return
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
        assert isinstance(came, wire.Opaque)
        assert name in repr(came)
    hostile = wire.decode({"opaque": "x'; import os #" * 100}, [])
    assert type(hostile).__name__.isidentifier()
    assert len(type(hostile).__name__) <= 60


def test_what_holds_itself_or_is_too_deep_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(wire.WireError, match="nested too deeply"):
        wire.encode(loop, [])
    deep = 1
    for _ in range(10_000):
        deep = {"list": [deep]}
    with pytest.raises(wire.WireError):
        wire.decode(deep, [])


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
        {"frame": [["a", {"list": [1, 2]}]], "index": {"list": [0]}},
        {"generator": {"dict": [["bit_generator", "MT"]]}},
        {"opaque": 3},
    ],
    ids=lambda node: json.dumps(node)[:60],
)
def test_what_is_no_value_is_refused(node):
    with pytest.raises(wire.WireError):
        wire.decode(node, [bytes(8)])


def test_more_values_than_anyone_needs_are_refused(monkeypatch):
    monkeypatch.setattr(wire, "MAX_NODES", 1000)
    assert len(wire.decode({"list": [0] * 999}, [])) == 999
    with pytest.raises(wire.WireError, match="too long"):
        wire.decode({"list": [0] * 1000}, [])


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def soon():
    return time.monotonic() + 0.2


def test_messages_arrive_with_their_arrays_in_order(ends):
    blobs = [b"", b"abc", bytes(300_000)]
    sender = threading.Thread(target=lambda: [wire.send(ends[0], {"n": n}, blobs) for n in range(3)])
    sender.start()
    assert [wire.receive(ends[1]) for _ in range(3)] == [({"n": n}, blobs) for n in range(3)]
    sender.join()


def frame(text, blobs=b"", size=None):
    return struct.pack("!II", len(text) if size is None else size, len(blobs)) + text + blobs


@pytest.mark.parametrize(
    "content",
    [
        frame(b"", size=wire.MAX_JSON + 1),
        struct.pack("!II", 2, wire.MAX_BYTES + 1),
        frame(b"{"),
        frame(b"\xff\xfe"),
        frame(b"[]"),
        frame(b"{}"),
        frame(b'{"blobs": [NaN]}'),
        frame(b'{"blobs": [3]}', b"ab"),
        frame(b'{"blobs": [-1, 3]}', b"ab"),
        frame(b'{"blobs": [true]}', b"a"),
        frame(b'{"blobs": {}}'),
        frame(b'{"blobs": [], "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ],
    ids=lambda content: repr(content[:40]),
)
def test_what_is_no_message_is_refused(ends, content):
    ends[0].sendall(content)
    with pytest.raises(wire.WireError):
        wire.receive(ends[1], soon())


def test_who_says_nothing_is_late_and_who_drips_is_late_too(ends):
    with pytest.raises(wire.Late):
        wire.receive(ends[1], soon())
    stop = threading.Event()

    def drip():
        while not stop.wait(0.02):
            ends[0].sendall(b"\0")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        ends[0].sendall(struct.pack("!II", 1000, 0))
        with pytest.raises(wire.Late):
            wire.receive(ends[1], soon())
    finally:
        stop.set()
        dripping.join()


def test_who_does_not_listen_is_late(ends):
    with pytest.raises(wire.Late):
        wire.send(ends[0], {}, [bytes(10_000_000)], soon())


def test_who_is_gone_is_noticed_by_both_ends(ends):
    ends[0].sendall(b"\0\0")
    ends[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(ends[1])
    with pytest.raises(wire.Closed):
        wire.send(ends[1], {}, [bytes(10_000_000)])
