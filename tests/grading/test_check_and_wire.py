"""A value gets the same verdict, in the same words, from a check in the notebook and from one behind the wire."""

import array
import ctypes
import json
import re
import signal
import types
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction

import mpmath
import numpy as np
import pandas as pd
import pymc as pm
import pytest
import scipy.sparse
import scipy.stats
import sympy
import xarray as xr

from hbcourse import check
from hbcourse.grading.running import wire
from hbcourse.grading.running.kernel_client import fetch
from hbcourse.grading.running.shell import Kept, answer_to

Pair = namedtuple("Pair", "low high")
RNG = np.random.default_rng(1)
CHAINS = RNG.normal(5.0, 2.0, (4, 500))


@dataclass
class Point:
    x: float = 1.0


class Level(IntEnum):
    LOW = 1


class Color(Enum):
    RED = 1.0


class Floating:
    def __float__(self):
        return 1.0


class Arraylike:
    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0])


class Rows:
    """Rows that count and index, and no more."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return [1.0, 2.0][index]


class Broken:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no")

    def __len__(self):
        raise RuntimeError("no")


def numbers():
    """Ways to say 1, or 1 and 2, and much that comes near."""
    yield from [1, 1.0, True, 1 + 0j, "1", b"1", bytearray(b"\x01"), bytearray(b"\x01\x02"), None, ..., NotImplemented]
    yield from [10**30, 10**400, -(2**63), 2**63, 2**64, float("nan"), float("inf"), Fraction(1), Fraction(1, 3)]
    yield from [Fraction(10**400), Decimal(1), Decimal("0.5"), Decimal("NaN"), Level.LOW, Color.RED, Floating()]
    yield from [sympy.Float(1.0), sympy.Rational(1, 3), sympy.Integer(1), sympy.pi, mpmath.mpf(1), mpmath.mpc(1)]
    for code in "?bhilqBHILQefdgFDG":
        yield np.dtype(code).type(1)
        yield np.array([1, 2]).astype(code)
    for code in (">f8", ">i4", ">f2", "S1", "U1", "O", "M8[D]", "m8[s]", "i4,f8", "V4"):
        yield np.array([1, 2]).astype(code) if code not in ("i4,f8", "V4") else np.zeros(2, code)
    yield from [np.array(1.0), np.array(1), np.array(None), np.array(Fraction(1)), np.zeros(0), np.zeros((0, 3))]
    yield from [np.matrix([[1.0, 2.0]]), np.array([1.0, None], dtype=object), np.array([Fraction(1), 2], dtype=object)]
    yield from [np.arange(1.0, 5)[::2], np.array([[1.0], [2.0]]).T, np.ma.array([1.0, 2.0], mask=[False, True])]
    yield from [np.ma.array([1.0, 2.0]), np.ma.masked, [np.ma.array([1.0, 2.0], mask=[True, False])]]
    yield from [np.datetime64("2001-01-01"), np.str_("1"), np.bytes_(b"1"), np.array([[1], [2]], dtype=object)]
    yield np.array([np.array([1.0, 2.0]), np.array([1.0])], dtype=object)
    yield from [np.recarray((2,), dtype=[("x", float)]), np.poly1d([1.0, 2.0]), np.polynomial.Polynomial([1.0, 2.0])]
    pair = [1.0, 2.0]
    for kind in (list, tuple, set, frozenset, deque, UserList, iter, dict.fromkeys, array_of, np.array, pd.Series):
        yield kind(pair)
    yield from [Pair(*pair), range(1, 3), range(1, 100), range(0), [], (), {}, [[1.0, 2.0]], [[1.0], [2.0, 3.0]]]
    yield from [list(map(float, range(1000))), list(range(1000)), tuple(range(1000)), [True] * 100, [1, 2.0] * 100]
    yield from [[2**70] * 100, [np.float64(1)] * 100, [Fraction(1), 2.0], [Decimal(1), Decimal(2)], [Decimal(1), 2.0]]
    yield from [
        [1.0, None],
        [1.0, "2"],
        [1.0, True],
        [np.array(1.0), np.array(2.0)],
        [UserList(pair)] * 2,
        [deque(pair)],
    ]
    yield from [
        [Floating()] * 2,
        [[[[1.0]]]],
        (1.0, [2.0]),
        ([1.0], 2.0),
        [np.arange(2.0), [1, 2]],
        [object()],
        object(),
    ]
    yield from [map(float, pair), zip(pair), filter(None, pair), (x for x in pair), enumerate(pair), reversed(pair)]
    yield from [{"a": 1.0}.values(), {1.0: 2.0}.keys(), {1.0: 2.0}.items(), {"a": 1.0}, {1: [1.0]}, {Fraction(1, 2): 1}]
    yield from [OrderedDict(a=1), Counter("aab"), defaultdict(float, a=1.0), UserDict(a=1), ChainMap({"a": 1})]
    yield from [types.MappingProxyType({"a": 1}), types.SimpleNamespace(a=1), UserString("1"), Point(), Point]
    yield from [
        memoryview(b"\x01\x02"),
        memoryview(np.array(pair)),
        array.array("i", [1, 2]),
        (ctypes.c_double * 2)(1, 2),
    ]
    yield from [ctypes.c_double(1), Arraylike(), Rows(), Broken(), [Arraylike()] * 2, slice(2), len, int, np.sqrt, type]
    yield from [
        scipy.sparse.eye(2),
        scipy.stats.norm(),
        scipy.stats.norm,
        np.random.default_rng(1),
        np.random,
        "x" * 999,
    ]


def array_of(pair):
    return array.array("d", pair)


def labelled():
    """Tables and labelled arrays."""
    pair = [1.0, 2.0]
    yield from [pd.Index(pair), pd.RangeIndex(1, 3), pd.MultiIndex.from_tuples([(1, 2)]), pd.Categorical([1, 2])]
    yield from [pd.Series([1, 2], dtype=kind) for kind in ("int8", "Int64", "Float64", "category", "object")]
    yield pd.Series([True, False], dtype="boolean")
    yield from [pd.Series([1, None], dtype="Int64"), pd.Series([1.0, None]), pd.array([1, 2]), pd.array(pair), pd.NA]
    yield from [pd.Series(["a", "b"]), pd.Series(pd.date_range("2001", periods=2)), pd.Timestamp("2001"), pd.NaT]
    yield pd.Series([pd.Timedelta(1), pd.Timedelta(2)])
    yield pd.Series([1, 2]).astype(pd.SparseDtype(int))
    indexes = [
        pd.interval_range(0, 2),
        pd.CategoricalIndex(pd.cut([0.5, 1.5], [0, 1, 2])),
        pd.date_range("2001", periods=2),
        pd.period_range("2001", periods=2),
        pd.MultiIndex.from_product([["a"], [1, 2]]),
        pd.Index([True, False]),
        pd.Index([2**60, 2**61], dtype=object),
        pd.Index([Fraction(1), None], dtype=object),
        pd.Index([np.int64(1), np.float64(2)], dtype=object),
        pd.Index([("a", pd.Timestamp("2001")), ("b", None)]),
        pd.Index(["a", "a"]),
    ]
    for index in indexes:
        yield pd.Series(pair, index=index)
        yield pd.DataFrame({"a": pair}, index=index)
        yield pd.DataFrame([pair], columns=index)
    yield pd.Series(pair, name=("a", pd.Timestamp("2001")))
    yield pd.DataFrame({"x": pair, "n": [1, 2]})
    yield pd.DataFrame([pair, pair], columns=["a", "a"])
    yield pd.DataFrame({"a": pd.array([1, 2]), "b": pd.array([1, None])})
    yield pd.DataFrame({"a": ["x", "y"]})
    yield pd.DataFrame()
    yield pd.DataFrame({"a": pair})["a"].groupby([1, 1])
    yield from [
        xr.DataArray(pair),
        xr.DataArray(1.0),
        xr.DataArray(["a"]),
        xr.DataArray([True]),
        xr.Variable("x", pair),
    ]
    yield xr.DataArray(CHAINS.T, dims=("draw", "chain"))
    yield xr.Dataset({"a": ("x", pair)})
    yield from [
        xr.DataTree(xr.Dataset({"a": ("x", pair)})),
        xr.DataArray([1.0, np.nan]),
        xr.DataArray(np.array(pair, "f2")),
    ]


def draws():
    """Ways to hand in draws of mu, right ones and others."""
    flat = CHAINS.tolist()
    chains = xr.DataArray(CHAINS, dims=("chain", "draw"))
    turned = chains.transpose("draw", "chain")
    for kind in (dict, OrderedDict, UserDict, types.MappingProxyType, ChainMap, xr.Dataset):
        for entry in (chains, turned):
            yield kind({"mu": entry})
    for entry in (CHAINS, flat, CHAINS.astype("f4"), CHAINS.astype("g"), pd.DataFrame(CHAINS), deque(flat), CHAINS.T):
        yield {"mu": entry}
    yield {"mu": [[Fraction(x) for x in row] for row in flat]}
    yield {"mu": [array.array("d", row) for row in flat]}
    yield {"mu": np.ma.array(CHAINS)}
    posterior, turned_over = xr.Dataset({"mu": chains}), xr.Dataset({"mu": turned})
    diverging = xr.Dataset({"diverging": chains > 9})
    for group in (posterior, turned_over, {"mu": CHAINS}, UserDict(mu=flat)):
        for statistics in ({}, {"diverging": CHAINS > 9}, diverging, {"diverging": CHAINS > 99}, None):
            yield {"posterior": group, "sample_stats": statistics}
            yield UserDict(posterior=group, sample_stats=statistics)
    for tree in ({"posterior": posterior}, {"posterior": turned_over, "sample_stats": diverging}, {"prior": posterior}):
        yield xr.DataTree.from_dict(tree)
    yield xr.DataTree.from_dict({"posterior": posterior})["posterior"]
    yield xr.Dataset({"mu": (("c", "d"), CHAINS)})
    yield posterior.stack(sample=("chain", "draw"))
    yield types.SimpleNamespace(posterior=posterior, sample_stats=diverging)
    yield types.SimpleNamespace(posterior={"mu": CHAINS})
    yield from [
        CHAINS,
        flat,
        chains,
        pd.DataFrame(CHAINS),
        {"nu": CHAINS},
        {"mu": "x"},
        {"mu": None},
        {},
        {1: CHAINS},
        3,
    ]
    yield from multi_traces()


def multi_traces():
    with pm.Model():
        pm.Normal("mu", 5.0, 2.0)
        for options in ({"nuts_sampler": "pymc"}, {"step": pm.Metropolis()}):
            yield pm.sample(
                200, tune=50, chains=2, cores=1, progressbar=False, return_inferencedata=False, random_seed=1, **options
            )


def behind_the_wire(value):
    """The value as the judge has it, who asks the kernel's side for the name of it."""
    shell, kept = types.SimpleNamespace(user_ns={"got": value}, be_silent=lambda: None), Kept()

    def ask(blobs, **question):
        out = []
        reply = answer_to(shell, kept, json.loads(json.dumps(question)), blobs, out)
        return json.loads(json.dumps(reply, allow_nan=False)), out

    return fetch(ask, "got")


def verdict(test, value):
    """Nothing if the value passes, or what is wrong with it; a type may have another name behind the wire."""
    try:
        return test(value)
    except check.CheckFailed as failure:
        return re.sub(r"(numbers|function|pm.Model|\.\.\.\)); it is .*", r"\1", str(failure))


def differences(test, values, through=behind_the_wire):
    """The values that get one verdict here and another behind the wire, with both."""
    told = [(value, verdict(test, value), verdict(test, through(value))) for value in values]
    assert {here for _, here, _ in told} > {None}, "some pass, and some do not"
    return [one for one in told if one[1] != one[2]]


@pytest.fixture(autouse=True)
def _interrupts_stay():
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


VALUES = [*numbers(), *labelled()]
RETURNED = [lambda x, value=value: value for value in VALUES]
POINTS = [{"x": 1.0}, {"x": 2.0}]


@pytest.mark.parametrize("expected", [1.0, [1.0, 2.0], [[1.0, 2.0]]], ids=str)
def test_a_value_gets_one_verdict(expected):
    assert differences(lambda got: check.value("got", got, expected), VALUES) == []


@pytest.mark.parametrize(
    "test",
    [
        lambda got: check.function("got", got, [(1.0,)], [1.0]),
        lambda got: check.function("got", got, [(1.0,)], [[1.0, 2.0]]),
        lambda got: check.proportion("got", got, [(1.0,)], 10, [0.9]),
    ],
)
def test_what_a_function_returns_gets_one_verdict(test):
    assert differences(test, RETURNED) == []


def test_log_densities_get_one_verdict():
    functions = [lambda x, kind=kind: kind(-(x**3)) for kind in (float, Fraction, Decimal, np.float16, np.array, str)]

    def judge(got):
        check.log_density("got", got, lambda x: 1 - x**3, POINTS)

    assert differences(judge, functions + RETURNED) == []


@pytest.mark.filterwarnings("ignore:`return_inferencedata=False`:FutureWarning")
def test_draws_get_one_verdict():
    def judge(got):
        try:
            check.draws("got", got, {"mu": (5.0, 2.0)})
        except check.CheckFailed as failure:
            # What it holds in their place may have another name behind the wire.
            raise check.CheckFailed(re.sub("; it holds.*", "", str(failure))) from None

    values = [*draws(), *VALUES]
    assert differences(judge, values) == []
    assert differences(judge, values, lambda value: behind_the_wire(lambda: (value, 1))()[0]) == []
    assert sum(verdict(judge, value) is None for value in values) > 20


def models():
    for prior in (pm.Exponential, pm.HalfNormal):
        with pm.Model() as model:
            pm.Deterministic("twice", 2 * prior("x", 1.0))
        yield model
    with pm.Model() as empty:
        pm.Normal("z", shape=2)
    yield empty


def test_models_get_one_verdict_wherever_they_come_from():
    def judge(got):
        check.model("got", got, lambda x: -x, POINTS)

    values = [*models(), *VALUES]
    assert differences(judge, values) == []
    assert differences(judge, values, lambda value: behind_the_wire(lambda: {"model": [value]})()["model"][0]) == []


def test_functions_travel_within_what_a_function_returns_and_back_again():
    make = behind_the_wire(lambda by: (lambda x: by * x, np.poly1d([by])))
    double, constant = make(2)
    assert double(3) == 6
    assert (np.asarray(constant), constant(1)) == (2, 2)
    apply = behind_the_wire(lambda: None)
    assert apply() is None


def test_a_function_that_a_test_hands_on_is_the_students_own():
    pair = behind_the_wire({"double": lambda x: 2 * x, "apply": lambda f, x: f(x) + 1})
    check.function("apply", pair["apply"], [(pair["double"], 3)], [7])


def test_what_is_too_large_is_told_as_that(monkeypatch):
    monkeypatch.setattr(wire, "MAX_BYTES", 1000)
    with pytest.raises(check.CheckFailed, match="it is a ndarray_too_large_to_be_graded"):
        check.value("got", behind_the_wire(np.zeros(1000)), 1.0)
