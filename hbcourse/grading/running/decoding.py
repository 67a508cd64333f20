"""From plain data back to values. Nothing that is read is ever executed, and there is a cap on what it becomes.

What comes out are numbers, strings, lists, tuples, sets, dicts, NumPy arrays, data frames, and :class:`Opaque` in place
of anything else.
"""

import math
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import numpy as np

from .wire import MAX_BYTES, Message, WireError

MAX_DEPTH = 40
MAX_NODES = 1_000_000
#: The types of arrays that travel, in this machine's byte order.
DTYPES = {np.dtype(code).str for code in "?bhilqBHILQefdFD"}
#: Bytes of a number in a list of Python's, and of its place there, for each that it has in an array.
_LIST = 4

type Revive = Callable[[Message, Callable[[Any], Any]], Any]


class Opaque:
    """A value that is not plain data; only the name of its type is known."""

    def __repr__(self) -> str:
        return f"a {type(self).__name__}"


def opaque(kind: str) -> Opaque:
    """A value of which only the name of its type is known."""
    name = "".join(c if c.isalnum() else "_" for c in kind[:60]) or "object"
    value: Opaque = type(name, (Opaque,), {})()
    return value


def is_label(label: object) -> bool:
    """Whether a table may have such a label."""
    # Large numbers may all have one hash, and pandas looks labels up where no alarm is heard.
    return label is None or isinstance(label, str | float) or (isinstance(label, Integral) and abs(int(label)) < 2**53)


def decode(node: Any, blobs: Sequence[bytes], revive: Revive | None = None) -> Any:
    """The value that the JSON stands for, or :class:`WireError`.

    ``revive`` is given what stands for a value that cannot travel, a node whose tag is ``function`` or ``model``, and
    how to read its parts.
    """
    try:
        return _Reader(blobs, revive).read(node)
    except WireError:
        raise
    except Exception as error:
        raise WireError(f"not a value: {type(error).__name__}") from None


class _Reader:
    def __init__(self, blobs: Sequence[bytes], revive: Revive | None) -> None:
        self.blobs, self.revive = blobs, revive
        self.depth, self.nodes, self.room = 0, MAX_NODES, 2 * MAX_BYTES

    def read(self, node: Any) -> Any:
        self.nodes -= 1
        if self.depth > MAX_DEPTH + 2 or self.nodes < 0:
            raise WireError("too deep or too long")
        if node is None or type(node) in (bool, str, int, float):
            return node
        if type(node) is not dict or not node:
            raise WireError("not a value")
        tag = next(iter(node))
        self.depth += 1
        if tag in ("function", "model") and self.revive is not None:
            value = self.revive(node, self.read)
        elif tag in _READERS:
            value = _READERS[tag](self, node)
        else:
            raise WireError("not a value")
        self.depth -= 1
        return value

    def array(self, node: Message) -> Any:
        tag = next(iter(node))
        dtype = np.dtype(node["dtype"]) if isinstance(node["dtype"], str) and len(node["dtype"]) <= 4 else None
        if dtype is None or dtype.newbyteorder("=").str not in DTYPES or type(node[tag]) is not int or node[tag] < 0:
            raise WireError("not an array")
        blob = self.blobs[node[tag]]
        # The same bytes may be named more than once.
        self.take(len(blob) * (_LIST if tag == "numbers" else 1))
        array = np.frombuffer(blob, dtype).reshape(_shape(node)).astype(dtype.newbyteorder("="))
        return array[()] if tag == "scalar" else array

    def take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise WireError("too large")

    def numbers(self, node: Message) -> Any:
        values = self.array(node).tolist()
        return tuple(values) if node["of"] == "tuple" else values

    def masked(self, node: Message) -> Any:
        values, mask = self.read(node["masked"]), self.read(node["mask"])
        if np.shape(values) != np.shape(mask):
            raise WireError("not a mask")
        return np.ma.MaskedArray(values, mask=mask)

    def objects(self, node: Message) -> Any:
        entries = np.empty(len(node["objects"]), dtype=object)
        for number, entry in enumerate(node["objects"]):
            entries[number] = self.read(entry)
        if node["text"] is True:
            self.take(4 * len(entries) * max(map(len, map(str, entries)), default=0))
            entries = np.array([str(entry) for entry in entries], dtype=str)
        return entries.reshape(_shape(node))

    def frame(self, node: Message) -> Any:
        import pandas as pd

        index, columns = self.read(node["index"]), [self.read(column) for column in node["frame"]]
        names = [self.read(name) for name in node["names"]]
        # One number for a whole column would be repeated as often as the index says.
        if any(np.shape(column) != np.shape(index) for column in columns):
            raise WireError("not a table")
        frame = pd.DataFrame(dict(enumerate(columns)), index=_labels(index))
        frame.columns = _labels(names)
        return frame

    def series(self, node: Message) -> Any:
        import pandas as pd

        return pd.Series(
            self.read(node["series"]), name=self.read(node["name"]), index=_labels(self.read(node["index"]))
        )

    def whole(self, node: Message) -> int:
        if len(node["int"]) > 4000:
            raise WireError("too large a number")
        return int(node["int"], 16)

    def generator(self, node: Message) -> np.random.Generator:
        generator = np.random.default_rng()
        generator.bit_generator.state = self.read(node["generator"])
        return generator


def _shape(node: Message) -> tuple[int, ...]:
    shape = node["shape"]
    if len(shape) > 16 or any(type(size) is not int or size < 0 for size in shape):
        raise WireError("not a shape")
    return tuple(shape)


def _labels(index: Any) -> Any:
    if isinstance(index, np.ndarray) and index.dtype != object:
        return index
    for label in index:
        if not all(map(is_label, label if isinstance(label, tuple) else (label,))):
            raise WireError("not a label")
    return index


_READERS: dict[str, Callable[[_Reader, Message], Any]] = {
    "ellipsis": lambda reader, node: Ellipsis,
    "int": _Reader.whole,
    "float": lambda reader, node: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[node["float"]],
    "complex": lambda reader, node: complex(*map(reader.read, node["complex"])),
    "list": lambda reader, node: [reader.read(entry) for entry in node["list"]],
    "tuple": lambda reader, node: tuple(reader.read(entry) for entry in node["tuple"]),
    "set": lambda reader, node: {reader.read(entry) for entry in node["set"]},
    "dict": lambda reader, node: {reader.read(key): reader.read(entry) for key, entry in node["dict"]},
    "numbers": _Reader.numbers,
    "array": _Reader.array,
    "scalar": _Reader.array,
    "masked": _Reader.masked,
    "objects": _Reader.objects,
    "frame": _Reader.frame,
    "series": _Reader.series,
    "generator": _Reader.generator,
    "opaque": lambda reader, node: opaque(node["opaque"]),
}
