"""JSON that is nearly JSON: what Python writes though it may not, half characters, and nesting without an end."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

#: Nothing that is read of a notebook lies as deep.
_MAX_DEPTH = 100
#: Bytes at a time, so that what is worked out for each of them stays small.
_STEP = 1_000_000
_HIGH, _LOW = 1, 2

Bytes = NDArray[np.uint8]


def mended(content: bytes) -> bytes:
    """The same text, byte for byte in the same place, but for what no reader of JSON takes.

    ``NaN`` and ``Infinity`` become 0, half a character becomes the sign for an unknown one, and what is nested more
    than a hundred deep becomes 0.
    """
    # Without escaped backslashes and quotation marks, so that each that is left means what it says.
    signs = np.frombuffer(content.replace(rb"\\", b"\1\1").replace(rb"\"", b"\1\1"), np.uint8)
    result = np.frombuffer(bytearray(content), np.uint8)
    _replace_halves(signs, result)
    depth = quotes = closed = 0
    for start, part in _steps(signs):
        into = result[start : start + _STEP]
        outside = (np.cumsum(part == ord('"'), dtype=np.uint8) + quotes) & 1 == 0
        opening = outside & ((part == ord("[")) | (part == ord("{")))
        closing = outside & ((part == ord("]")) | (part == ord("}")))
        # A closing bracket is as deep as what it closes.
        before = np.concatenate(([closed], closing[:-1]))
        depths = depth + np.cumsum(opening.astype(np.int8) - before, dtype=np.int32)
        for word in (b"NaN", b"Infinity"):
            _replace_word(word, start + np.flatnonzero(outside & (part == word[0])), signs, result)
        into[depths > _MAX_DEPTH] = ord(" ")
        into[opening & (depths == _MAX_DEPTH + 1)] = ord("0")
        depth, quotes, closed = int(depths[-1]), int(not outside[-1]), int(closing[-1])
    return result.tobytes()


def _steps(signs: Bytes) -> Iterator[tuple[int, Bytes]]:
    return ((start, signs[start : start + _STEP]) for start in range(0, len(signs), _STEP))


def _replace_word(word: bytes, at: NDArray[np.intp], signs: Bytes, result: Bytes) -> None:
    at = at[at <= len(signs) - len(word)]
    for offset, letter in enumerate(word):
        at = at[signs[at + offset] == letter]
    for offset in range(len(word)):
        result[at + offset] = ord(" ") if offset else ord("0")


def _replace_halves(signs: Bytes, result: Bytes) -> None:
    r"""Put ``\ufffd`` for each ``\ud800`` that no ``\udc00`` follows, and the other way around."""
    kinds = np.zeros(len(signs) + 12, np.uint8)
    inner = kinds[6:-6]
    for start, part in _steps(signs):
        at = start + np.flatnonzero(part == ord("\\"))
        at = at[at <= len(signs) - 6]
        at = at[(signs[at + 1] == ord("u")) & (signs[at + 2] | 0x20 == ord("d"))]
        inner[at[np.isin(signs[at + 3], list(b"89abAB"))]] = _HIGH
        inner[at[np.isin(signs[at + 3], list(b"cdefCDEF"))]] = _LOW
    alone = ((inner == _HIGH) & (kinds[12:] != _LOW)) | ((inner == _LOW) & (kinds[:-12] != _HIGH))
    at = np.flatnonzero(alone)
    for offset, letter in enumerate(b"fffd", start=2):
        result[at + offset] = letter
