"""Plain data between judge and kernel: frames of strict JSON and raw arrays, with caps on size and depth.

A value is written as JSON where JSON has it, and otherwise as an object with one tag, such as ``{"tuple": [...]}``.
Arrays travel as raw bytes behind the JSON. Nothing that is read is ever executed: what comes out of :func:`decode` are
numbers, strings, lists, tuples, sets, dicts, NumPy arrays, data frames, and :class:`Opaque` in place of anything else.
"""

import json
import math
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

MAX_DEPTH = 40
MAX_NODES = 1_000_000
MAX_JSON = 16_000_000
MAX_BYTES = 128_000_000
_DTYPES = {np.dtype(code).str for code in "?bhilqBHILQefdFD"}
_HEADER = struct.Struct("!II")

type Message = dict[str, Any]


class WireError(Exception):
    """What came is not a message, or is too large or too deep; or nothing came in time."""


class Closed(WireError):
    """Nobody is at the other end any more."""


class Late(WireError):
    """Nothing came before the deadline."""


class Opaque:
    """A value that is not plain data; only the name of its type is known."""

    def __repr__(self) -> str:
        return f"a {type(self).__name__}"


def send(end: socket.socket, message: Message, blobs: Sequence[bytes] = (), deadline: float = math.inf) -> None:
    """Write one message with its arrays."""
    text = json.dumps({**message, "blobs": [len(blob) for blob in blobs]}, allow_nan=False).encode()
    _wait_until(end, deadline)
    try:
        end.sendall(b"".join([_HEADER.pack(len(text), sum(map(len, blobs))), text, *blobs]))
    except TimeoutError:
        raise Late from None
    except OSError as error:
        raise Closed from error


def receive(end: socket.socket, deadline: float = math.inf) -> tuple[Message, list[bytes]]:
    """Read one message with its arrays."""
    json_size, blob_size = _HEADER.unpack(_read(end, _HEADER.size, deadline))
    if json_size > MAX_JSON or blob_size > MAX_BYTES:
        raise WireError("too large")
    try:
        message = json.loads(_read(end, json_size, deadline).decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise WireError("not JSON") from None
    rest = _read(end, blob_size, deadline)
    sizes = message.pop("blobs", None) if isinstance(message, dict) else None
    if not isinstance(sizes, list) or any(type(size) is not int or size < 0 for size in sizes):
        raise WireError("not a message")
    if sum(sizes) != blob_size:
        raise WireError("not as long as it says")
    ends = np.cumsum([0, *sizes]).tolist()
    return message, [rest[start:stop] for start, stop in pairwise(ends)]


def _no_constant(name: str) -> float:
    raise WireError(f"{name} in JSON")


def _wait_until(end: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    end.settimeout(None if left == math.inf else left)


def _read(end: socket.socket, size: int, deadline: float) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        _wait_until(end, deadline)
        try:
            part = end.recv(min(size - len(parts), 1 << 20))
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Closed from error
        if not part:
            raise Closed
        parts += part
    return bytes(parts)


def encode(value: object, blobs: list[bytes], depth: int = 0) -> Any:
    """The value as JSON; its arrays are added to ``blobs``."""
    if depth > MAX_DEPTH:
        raise WireError("nested too deeply")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.generic):
        return _encode_array("scalar", np.asarray(value), blobs, depth)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool | int):
        number = int.__int__(value)
        return number if -(2**53) < number < 2**53 else {"int": hex(number)}
    if isinstance(value, float):
        real = float.__float__(value)
        return real if math.isfinite(real) else {"float": str(real)}
    if isinstance(value, complex):
        return {"complex": [encode(part, blobs, depth + 1) for part in (value.real, value.imag)]}
    for tag, sequence in (("list", list), ("tuple", tuple), ("set", (set, frozenset)), ("list", range)):
        if isinstance(value, sequence):
            return {tag: [encode(entry, blobs, depth + 1) for entry in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(part, blobs, depth + 1) for part in entry] for entry in value.items()]}
    if isinstance(value, np.ndarray):
        return _encode_array("array", value, blobs, depth)
    if isinstance(value, np.random.Generator):
        return {"generator": encode(_plain(value.bit_generator.state), blobs, depth + 1)}
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        columns = [[encode(name, blobs, depth + 1), _column(value[name], blobs, depth)] for name in value.columns]
        return {"frame": columns, "index": _column(value.index, blobs, depth)}
    if pandas is not None and isinstance(value, pandas.Series):
        name = encode(value.name, blobs, depth + 1)
        return {"series": _column(value, blobs, depth), "name": name, "index": _column(value.index, blobs, depth)}
    if hasattr(kind, "__array__") and not callable(value):
        return _encode_array("array", np.asarray(value), blobs, depth)
    return {"opaque": kind.__name__}


def _column(values: Any, blobs: list[bytes], depth: int) -> Any:
    array = np.asarray(values)
    # Dates as text: otherwise they would cost the numbers beside them.
    return _encode_array("array", array.astype(str) if array.dtype.kind in "mM" else array, blobs, depth + 1)


def _plain(state: object) -> object:
    return {key: _plain(entry) for key, entry in state.items()} if isinstance(state, dict) else state


def _encode_array(tag: str, array: np.ndarray[Any, Any], blobs: list[bytes], depth: int) -> Any:
    if array.dtype.newbyteorder("=").str in _DTYPES:
        blobs.append(np.ascontiguousarray(array).tobytes())
        return {tag: len(blobs) - 1, "dtype": array.dtype.str, "shape": list(array.shape)}
    if array.shape == ():
        return encode(array.item(), blobs, depth + 1) if array.dtype.kind in "OU" else {"opaque": str(array.dtype)}
    if array.dtype.kind not in "OU":
        return {"opaque": f"array_of_{array.dtype}"}
    entries = [encode(entry, blobs, depth + 1) for entry in array.ravel().tolist()]
    return {"objects": entries, "text": array.dtype.kind == "U", "shape": list(array.shape)}


def decode(node: Any, blobs: Sequence[bytes]) -> Any:
    """The value that the JSON stands for, or :class:`WireError`."""
    left = MAX_NODES

    def read(node: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if depth > MAX_DEPTH + 2 or left < 0:
            raise WireError("too deep or too long")
        if node is None or type(node) in (bool, str, int, float):
            return node
        if type(node) is not dict or not node:
            raise WireError("not a value")
        tag = next(iter(node))
        if tag not in _READERS:
            raise WireError("not a value")
        return _READERS[tag](node, lambda inner: read(inner, depth + 1), blobs)

    try:
        return read(node, 0)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError) as error:
        raise WireError(f"not a value: {type(error).__name__}") from None


def _read_array(node: Message, read: Callable[[Any], Any], blobs: Sequence[bytes]) -> Any:
    tag = next(iter(node))
    dtype = np.dtype(node["dtype"]) if isinstance(node["dtype"], str) and len(node["dtype"]) <= 4 else None
    if dtype is None or dtype.newbyteorder("=").str not in _DTYPES or type(node[tag]) is not int or node[tag] < 0:
        raise WireError("not an array")
    array = np.frombuffer(blobs[node[tag]], dtype).reshape(_shape(node)).astype(dtype.newbyteorder("="))
    return array[()] if tag == "scalar" else array


def _read_objects(node: Message, read: Callable[[Any], Any], blobs: Sequence[bytes]) -> Any:
    entries = np.empty(len(node["objects"]), dtype=object)
    entries[:] = [read(entry) for entry in node["objects"]]
    if node["text"] is True:
        if len(entries) * max(map(len, map(str, entries)), default=0) > MAX_BYTES // 4:
            raise WireError("too large")
        entries = np.array([str(entry) for entry in entries], dtype=str)
    return entries.reshape(_shape(node))


def _shape(node: Message) -> tuple[int, ...]:
    shape = node["shape"]
    if len(shape) > 16 or any(type(size) is not int or size < 0 for size in shape):
        raise WireError("not a shape")
    return tuple(shape)


def _read_frame(node: Message, read: Callable[[Any], Any], blobs: Sequence[bytes]) -> Any:
    import pandas as pd

    index = read(node["index"])
    columns = {read(name): read(column) for name, column in node["frame"]}
    # One number for a whole column would be repeated as often as the index says.
    if any(np.shape(column) != np.shape(index) for column in columns.values()):
        raise WireError("not a table")
    return pd.DataFrame(dict(zip(_labels(columns), columns.values(), strict=True)), index=_labels(index))


def _read_series(node: Message, read: Callable[[Any], Any], blobs: Sequence[bytes]) -> Any:
    import pandas as pd

    return pd.Series(read(node["series"]), name=read(node["name"]), index=_labels(read(node["index"])))


def _labels(index: Any) -> Any:
    """The labels of a table; large numbers may all have one hash, and pandas looks in them where no alarm is heard."""
    if isinstance(index, np.ndarray) and index.dtype != object:
        return index
    for label in index:
        for part in label if isinstance(label, tuple) else (label,):
            if not (part is None or isinstance(part, str | float) or (isinstance(part, int) and abs(part) < 2**53)):
                raise WireError("not a label")
    return index


def _read_int(node: Message, read: Callable[[Any], Any], blobs: Sequence[bytes]) -> int:
    if len(node["int"]) > 4000:
        raise WireError("too large a number")
    return int(node["int"], 16)


def _read_float(node: Message, read: Callable[[Any], Any], blobs: Sequence[bytes]) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[node["float"]]


def _read_generator(node: Message, read: Callable[[Any], Any], blobs: Sequence[bytes]) -> np.random.Generator:
    generator = np.random.default_rng()
    generator.bit_generator.state = read(node["generator"])
    return generator


def opaque(kind: str) -> Opaque:
    """A value of which only the name of its type is known."""
    name = "".join(c if c.isalnum() else "_" for c in kind[:60]) or "object"
    value: Opaque = type(name, (Opaque,), {})()
    return value


_READERS: dict[str, Callable[[Message, Callable[[Any], Any], Sequence[bytes]], Any]] = {
    "ellipsis": lambda node, read, blobs: Ellipsis,
    "int": _read_int,
    "float": _read_float,
    "complex": lambda node, read, blobs: complex(*map(read, node["complex"])),
    "list": lambda node, read, blobs: [read(entry) for entry in node["list"]],
    "tuple": lambda node, read, blobs: tuple(read(entry) for entry in node["tuple"]),
    "set": lambda node, read, blobs: {read(entry) for entry in node["set"]},
    "dict": lambda node, read, blobs: {read(key): read(entry) for key, entry in node["dict"]},
    "array": _read_array,
    "scalar": _read_array,
    "objects": _read_objects,
    "frame": _read_frame,
    "series": _read_series,
    "generator": _read_generator,
    "opaque": lambda node, read, blobs: opaque(node["opaque"]),
}
