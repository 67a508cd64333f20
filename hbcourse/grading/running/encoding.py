"""From values to plain data for the wire: what a check takes as an answer arrives as something that it takes likewise.

A value is written as JSON where JSON has it, and otherwise as an object with one tag, such as ``{"tuple": [...]}``.
Arrays travel as raw bytes beside it.
"""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...check import answers
from .decoding import DTYPES, MAX_DEPTH, is_label
from .wire import Message, WireError

#: From this length on, a list of numbers travels as an array does.
_LONG = 64

type Inner = Callable[[object], Any]
#: Gives what stands for a value that cannot travel, such as a function, or None; is also given how to encode its parts.
type Keep = Callable[[object, Inner], Message | None]


def encode(value: object, blobs: list[bytes], keep: Keep = lambda value, inner: None, depth: int = 0) -> Any:
    """The value as JSON; its arrays are added to ``blobs``. What is not plain data is shown to ``keep``."""
    if depth > MAX_DEPTH:
        raise WireError("nested too deeply")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if value is Ellipsis:
        return {"ellipsis": True}

    def inner(part: object) -> Any:
        return encode(part, blobs, keep, depth + 1)

    if isinstance(value, np.ma.MaskedArray):
        return {"masked": inner(np.asarray(value)), "mask": inner(np.ma.getmaskarray(value))}
    if isinstance(value, np.generic):
        return _array("scalar", np.asarray(value), blobs, inner)
    if isinstance(value, np.ndarray):
        return _array("array", np.asarray(value), blobs, inner)
    if isinstance(value, str | bool | int | float | complex):
        return _one(value, inner)
    if isinstance(value, list | tuple | range):
        return _sequence("tuple" if isinstance(value, tuple) else "list", value, blobs, inner)
    if isinstance(value, set | frozenset):
        return {"set": [inner(entry) for entry in value]}
    if isinstance(value, np.random.Generator):
        return {"generator": inner(value.bit_generator.state)}
    if (node := _table(value, blobs, inner)) is not None or (node := keep(value, inner)) is not None:
        return node
    if answers.is_draws(value):
        return {"dict": [[name, inner(group)] for name, group in answers.plain_draws(value).items()]}
    if isinstance(value, Mapping):
        return {"dict": [[inner(key), inner(answers.chains_first(entry))] for key, entry in value.items()]}
    try:
        array = np.asarray(value) if hasattr(kind, "__array__") else answers.plain_numbers(value)
    except Exception:
        return {"opaque": kind.__name__}
    return _array("array" if array.ndim else "scalar", array, blobs, inner)


def _one(value: str | int | float | complex, inner: Inner) -> Any:
    """A number or a text as Python's own, whatever its class says that it is."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        number = int.__int__(value)
        return number if -(2**53) < number < 2**53 else {"int": hex(number)}
    if isinstance(value, float):
        real = float.__float__(value)
        return real if math.isfinite(real) else {"float": str(real)}
    return {"complex": [inner(part) for part in (value.real, value.imag)]}


def _sequence(tag: str, values: Sequence[Any], blobs: list[bytes], inner: Inner) -> Message:
    if len(values) >= _LONG:
        kinds = set(map(type, values))
        if kinds <= {float, np.float64} or (kinds == {int} and min(values) >= -(2**63) and max(values) < 2**63):
            return {**_array("numbers", np.array(values), blobs, inner), "of": tag}
    return {tag: [inner(entry) for entry in values]}


def _array(tag: str, array: np.ndarray[Any, Any], blobs: list[bytes], inner: Inner) -> Any:
    if array.dtype.char in "gG":
        # Longer than any other machine has them, and than checks look.
        array = array.astype(float if array.dtype.char == "g" else complex)
    if array.dtype.newbyteorder("=").str in DTYPES:
        blobs.append(np.ascontiguousarray(array).tobytes())
        return {tag: len(blobs) - 1, "dtype": array.dtype.str, "shape": list(array.shape)}
    if tag == "scalar":
        return inner(array.item()) if array.dtype.kind == "U" else {"opaque": str(array.dtype)}
    if array.dtype.kind not in "OU":
        return {"opaque": f"array_of_{array.dtype}"}
    entries = [inner(entry) for entry in array.ravel().tolist()]
    return {"objects": entries, "text": array.dtype.kind == "U", "shape": list(array.shape)}


def _table(value: Any, blobs: list[bytes], inner: Inner) -> Message | None:
    pandas = sys.modules.get("pandas")

    def column(values: Any) -> Any:
        array = np.asarray(values)
        # Dates as text: otherwise they would cost the numbers beside them.
        return _array("array", array.astype(str) if array.dtype.kind in "mM" else array, blobs, inner)

    def labels(index: Any) -> Any:
        array = np.asarray(index)
        if array.dtype != object:
            return column(array)
        return {"objects": [inner(_label(entry)) for entry in array], "text": False, "shape": [len(array)]}

    if pandas is not None and isinstance(value, pandas.DataFrame):
        every = [value.iloc[:, number] for number in range(value.shape[1])]
        # What is missing is no number in a table, though it is one in a column by itself.
        holes = [getattr(one.dtype, "na_value", None) is pandas.NA and one.hasnans for one in every]
        columns = [column(one.astype(object) if hole else one) for one, hole in zip(every, holes, strict=True)]
        names = [inner(_label(name)) for name in value.columns]
        return {"frame": columns, "names": names, "index": labels(value.index)}
    if pandas is not None and isinstance(value, pandas.Series):
        return {"series": column(value), "name": inner(_label(value.name)), "index": labels(value.index)}
    return None


def _label(label: object) -> object:
    """A label of a table as it is, or as it reads, such as that of an interval."""
    if isinstance(label, tuple):
        return tuple(map(_label, label))
    return label if is_label(label) else str(label)[:200]
