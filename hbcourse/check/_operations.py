"""What the operations of a model's graph compute, by name: those that a model of the course can need, and no others.

Nothing here calls PyTensor. Sizes are looked at before anything is computed, since the graph is a student's.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from ._scalars import SCALARS

#: Entries that an array may have.
LARGEST = 2_000_000

type Node = Mapping[str, Any]


class Unreadable(Exception):
    """The graph has an operation, or a size, that is not read; the message names it."""


def compute(node: Node, inputs: Sequence[Any]) -> Any:
    """The value of an operation of these inputs."""
    name = str(node["operation"])
    operation = _OPERATIONS.get(name)
    if operation is None:
        raise Unreadable(name)
    with np.errstate(all="ignore"):
        return _within(np.asarray(operation(node, *inputs)))


def _within(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.size > LARGEST or array.dtype.kind not in "biuf":
        raise Unreadable(f"an array of {array.size} entries")
    return array


def room(*shapes: tuple[int, ...]) -> None:
    """Refuse what would broadcast to an array that is too large."""
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise Unreadable(f"arrays of the shapes {', '.join(map(str, shapes))} together") from None
    if math.prod(map(int, shape)) > LARGEST:
        raise Unreadable(f"an array of {math.prod(map(int, shape))} entries")


def _elemwise(node: Node, *inputs: Any) -> Any:
    scalar = str(node["scalar"])
    room(*map(np.shape, inputs))
    if scalar == "Cast":
        return np.asarray(inputs[0]).astype(_dtype(node))
    if scalar not in SCALARS:
        raise Unreadable(scalar)
    return SCALARS[scalar](*map(np.asarray, inputs))


def _dtype(node: Node) -> np.dtype[Any]:
    dtype = np.dtype(str(node["dtype"]))
    if dtype.kind not in "biuf":
        raise Unreadable(str(dtype))
    return dtype


def _dim_shuffle(node: Node, array: Any) -> Any:
    order = node["new_order"]
    kept = [axis for axis in order if axis != "x"]
    dropped = tuple(axis for axis in range(np.ndim(array)) if axis not in kept)
    squeezed = np.transpose(array, [*dropped, *kept]).reshape([np.shape(array)[axis] for axis in kept])
    return squeezed[tuple(None if axis == "x" else slice(None) for axis in order)]


def _axis(node: Node) -> Any:
    axis = node["axis"]
    return tuple(axis) if isinstance(axis, list | tuple) else axis


def _along(reduce: Callable[..., Any]) -> Callable[..., Any]:
    return lambda node, array: reduce(array, axis=_axis(node))


def _softmax(node: Node, array: Any) -> Any:
    return special.softmax(array, axis=_axis(node))


def _cumulative(node: Node, array: Any) -> Any:
    return {"add": np.cumsum, "mul": np.cumprod}[node["mode"]](array, axis=node["axis"])


def _index(node: Node, indices: Sequence[Any]) -> tuple[Any, ...]:
    """What stands between the brackets; numbers name the inputs that follow the array."""

    def one(number: Any) -> Any:
        if number is None:
            return None
        found = np.asarray(indices[number])
        return int(found) if found.ndim == 0 and found.dtype.kind in "iu" else found

    if node.get("idx_list") is None:
        return tuple(one(number) for number in range(len(indices)))
    return tuple(
        slice(*map(one, entry["slice"])) if isinstance(entry, Mapping) else one(entry) for entry in node["idx_list"]
    )


def _subtensor(node: Node, array: Any, *indices: Any) -> Any:
    index = _index(node, indices)
    room((sum(np.size(one) for one in index if isinstance(one, np.ndarray)) or 1, np.size(array) or 1))
    return np.asarray(array)[index]


def _changed(node: Node, array: Any, new: Any, *indices: Any) -> Any:
    changed, index = np.array(array), _index(node, indices)
    if node["set_instead_of_inc"]:
        changed[index] = new
    else:
        np.add.at(changed, index, new)
    return changed


def _shape_from(sizes: Sequence[Any]) -> tuple[int, ...]:
    shape = tuple(int(size) for size in sizes)
    room(tuple(max(size, 0) for size in shape))
    return shape


def _matmul(node: Node, left: Any, right: Any) -> Any:
    left, right = np.asarray(left), np.asarray(right)
    room((left.size // max(left.shape[-1], 1) if left.ndim else 1, right.size // max(right.shape[0], 1)))
    return left @ right if left.ndim and right.ndim else left * right


def _arange(node: Node, start: Any, stop: Any, step: Any) -> Any:
    _shape_from([np.ceil(max((float(stop) - float(start)) / float(step), 0))])
    return np.arange(start, stop, step).astype(_dtype(node))


def _eye(node: Node, rows: Any, columns: Any, offset: Any) -> Any:
    n, m = _shape_from([rows, columns])
    return np.eye(n, m, int(offset), dtype=_dtype(node))


def _blockwise(node: Node, *inputs: Any) -> Any:
    core = str(node["core"])
    if core not in _CORES:
        raise Unreadable(core)
    return _CORES[core](node, *inputs)


def _checked(node: Node, value: Any, *conditions: Any) -> Any:
    # PyMC's own checks of parameters: outside them the density is zero.
    return value if all(np.all(condition) for condition in conditions) else np.full(np.shape(value), -np.inf)


_CORES: dict[str, Callable[..., Any]] = {
    "Dot": _matmul,
    "Cholesky": lambda node, array: np.linalg.cholesky(array),
    "MatrixInverse": lambda node, array: np.linalg.inv(array),
    "Det": lambda node, array: np.linalg.det(array),
    "ExtractDiag": lambda node, array: np.diagonal(array, axis1=-2, axis2=-1),
}

_OPERATIONS: dict[str, Callable[..., Any]] = {
    "Elemwise": _elemwise,
    "Blockwise": _blockwise,
    **_CORES,
    "DimShuffle": _dim_shuffle,
    "Sum": _along(np.sum),
    "Prod": _along(np.prod),
    "Max": _along(np.max),
    "Min": _along(np.min),
    "All": _along(np.all),
    "Any": _along(np.any),
    "LogSumExp": _along(special.logsumexp),
    "Softmax": _softmax,
    "LogSoftmax": lambda node, array: special.log_softmax(array, axis=_axis(node)),
    "CumOp": _cumulative,
    "Subtensor": _subtensor,
    "AdvancedSubtensor": _subtensor,
    "AdvancedSubtensor1": _subtensor,
    "IncSubtensor": _changed,
    "AdvancedIncSubtensor": _changed,
    "AdvancedIncSubtensor1": _changed,
    "MakeVector": lambda node, *entries: np.array([np.asarray(entry) for entry in entries], dtype=_dtype(node)),
    "Join": lambda node, *arrays: np.concatenate(arrays, axis=node["axis"]),
    "Reshape": lambda node, array, shape: np.reshape(array, tuple(int(size) for size in np.atleast_1d(shape))),
    "Alloc": lambda node, value, *sizes: np.broadcast_to(value, _shape_from(sizes)),
    "ARange": _arange,
    "Eye": _eye,
    "Shape": lambda node, array: np.array(np.shape(array), dtype=int),
    "Shape_i": lambda node, array: np.shape(array)[node["i"]],
    "SpecifyShape": lambda node, array, *shape: array,
    "TensorFromScalar": lambda node, value: value,
    "ScalarFromTensor": lambda node, value: value,
    "ViewOp": lambda node, value: value,
    "CheckParameterValue": _checked,
    "Assert": lambda node, value, *conditions: value,
}
