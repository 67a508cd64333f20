"""What functions returned, in a form that can be compared and kept."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._validate import FloatArray

#: Arrays with more entries are kept as this many weighted sums of their entries.
_SUMS = 6
#: Longer lists are one array, not several values.
_PARTS = 4


@dataclass(frozen=True)
class Raised:
    """No value: the function raised an error of this kind, or returned what is not numbers (kind ``""``)."""

    kind: str
    text: str = ""


#: The arrays of one answer (a pair has two), or why there are none.
Value = list[FloatArray] | Raised
#: A value in short: for each array its shape and a few numbers; None where there is no value.
Sketch = list[tuple[list[int], list[float]]] | None


def as_value(answer: object, like: Value | None = None) -> Value:
    """The arrays of an answer. One that ``like`` has several arrays is split into as many, if it can be."""
    if isinstance(answer, Raised):
        return answer
    several = like is None or (isinstance(like, list) and len(like) > 1)
    try:
        if several and isinstance(answer, tuple | list) and 0 < len(answer) <= _PARTS:
            return [_array(part) for part in answer]
        array = _array(answer)
    except (TypeError, ValueError):
        return Raised("", "None" if answer is None else _described(answer))
    if isinstance(like, list) and len(like) > 1 and array.ndim and len(array) == len(like):
        return list(array)
    return [array]


def _described(answer: object) -> str:
    """What is given that is not numbers."""
    text = isinstance(answer, str) or (isinstance(answer, np.ndarray) and answer.dtype.kind in "US")
    text |= isinstance(answer, list | tuple) and any(isinstance(part, str) for part in answer)
    return "text" if text else f"a {type(answer).__name__}"


def _array(part: object) -> FloatArray:
    if part is None or isinstance(part, str):
        raise TypeError
    array = np.asarray(part)
    if array.dtype.kind not in "biufO":
        raise TypeError
    return array.astype(float)


def same(a: Value, b: Value, rtol: float = 1e-6, atol: float = 1e-10) -> bool:
    """Whether two values agree: in number and shape of the arrays, and in each entry. Two errors agree."""
    if isinstance(a, Raised) or isinstance(b, Raised):
        return isinstance(a, Raised) and isinstance(b, Raised)
    return len(a) == len(b) and all(
        x.shape == y.shape and np.allclose(x, y, rtol, atol, equal_nan=True) for x, y in zip(a, b, strict=True)
    )


def all_same(a: Sequence[Value], b: Sequence[Value], rtol: float = 1e-6) -> bool:
    """Whether two functions agree in every case."""
    return all(same(x, y, rtol) for x, y in zip(a, b, strict=True))


def sketch(value: Value) -> Sketch:
    """A value in short, so that tables stay small. Arrays whose sketches agree are the same but for coincidence."""
    return None if isinstance(value, Raised) else [(list(array.shape), _numbers(array)) for array in value]


def _numbers(array: FloatArray) -> list[float]:
    flat = array.ravel()
    if flat.size <= _SUMS:
        return [_short(x) for x in flat]
    weights = _weights(flat.size)
    with np.errstate(all="ignore"):
        if np.isfinite(flat).all():
            return [_short(x) for x in (*(weights @ flat), 0.0)]
        odd = np.where(np.isnan(flat), 1.0, 0.0) + np.where(np.isinf(flat), 2.0, 0.0) * np.sign(np.nan_to_num(flat))
        finite = np.where(np.isfinite(flat), flat, 0.0)
        return [_short(x) for x in (*(weights @ finite), weights[0] @ odd)]


@functools.lru_cache(maxsize=64)
def _weights(size: int) -> FloatArray:
    return np.asarray(np.cos(1 + math.sqrt(2) * np.outer(np.arange(1, _SUMS), np.arange(size))))


def _short(x: float) -> float:
    """With the digits that are compared."""
    return float(f"{x:.10g}")


def same_sketch(a: Sketch, b: Sketch, rtol: float = 1e-6) -> bool:
    """Whether two values agree, as far as their sketches tell. Two that are missing agree."""
    if a is None or b is None:
        return a is b
    return len(a) == len(b) and all(
        list(shape) == list(other)
        and np.allclose(x, y, rtol, max(1e-10, rtol * _size(y) if len(y) == _SUMS else 0.0), equal_nan=True)
        for (shape, x), (other, y) in zip(a, b, strict=True)
    )


def _size(numbers: Sequence[float]) -> float:
    return max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)


def informative(values: Sequence[Value], right: Sequence[Value]) -> bool:
    """Whether agreement with these values proves much: not zeros, ones and a few small whole numbers alone.

    Four different whole numbers are enough where the right values are informative, and six elsewhere.
    """
    entries, asked = _entries(values), _entries(right)
    return _telling(entries) >= 2 or len(entries) >= (4 if _telling(asked) >= 2 else 6)


def _entries(values: Sequence[Value]) -> set[float]:
    return {float(f"{x:.9g}") for value in values if isinstance(value, list) for array in value for x in array.flat}


def _telling(entries: set[float]) -> int:
    return sum(math.isfinite(x) and (x != round(x) or abs(x) > 20) for x in entries)
