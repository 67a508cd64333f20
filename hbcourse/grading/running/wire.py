"""Messages between judge and kernel: frames of strict JSON and raw arrays, with caps on their size."""

import json
import math
import socket
import struct
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

MAX_JSON = 16_000_000
MAX_BYTES = 128_000_000
_HEADER = struct.Struct("!II")

type Message = dict[str, Any]


class WireError(Exception):
    """What came is not a message, or is too large or too deep; or nothing came in time."""


class Closed(WireError):
    """Nobody is at the other end any more."""


class Late(WireError):
    """Nothing came before the deadline."""


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
