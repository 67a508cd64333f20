"""A ``pm.Model`` as plain data: names of operations, constants and edges, in the process where the model lives.

Nothing is evaluated or compiled here, and no density: whoever reads the data does both by rules of its own, at points
that this process never sees. What a student replaces in PyMC or PyTensor can change what is said of the model, and so
gains nothing that writing the other model would not.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ._families import FAMILIES

#: What an operation must tell beside its inputs, by the name of its class.
_PROPERTIES = {
    "DimShuffle": ("new_order",),
    "Sum": ("axis",),
    "Prod": ("axis",),
    "Max": ("axis",),
    "Min": ("axis",),
    "All": ("axis",),
    "Any": ("axis",),
    "LogSumExp": ("axis",),
    "Softmax": ("axis",),
    "LogSoftmax": ("axis",),
    "CumOp": ("axis", "mode"),
    "Subtensor": ("idx_list",),
    "AdvancedSubtensor": ("idx_list",),
    "AdvancedSubtensor1": ("idx_list",),
    "IncSubtensor": ("idx_list", "set_instead_of_inc"),
    "AdvancedIncSubtensor": ("idx_list", "set_instead_of_inc"),
    "AdvancedIncSubtensor1": ("idx_list", "set_instead_of_inc"),
    "Join": ("axis",),
    "Shape_i": ("i",),
    "MakeVector": ("dtype",),
    "ARange": ("dtype",),
    "Eye": ("dtype",),
}


def describe_model(model: Any) -> dict[str, Any]:
    """A model's variables and the graph that connects them.

    Returns ``nodes``, each after its inputs, and the numbers in this list of each variable by name: ``free`` and
    ``deterministic`` and ``potential``, and ``observed`` with the node of its data. A node is a constant,
    ``{"constant": array}``; a random variable, ``{"random": "NormalRV", "inputs": [...], "size": number or None,
    "batch": axes}``; or an operation, ``{"operation": "Elemwise", "scalar": "Add", "inputs": [...], "output": 0}``.
    A distribution without a family in ``hbcourse.check`` also has the graph of its log density: ``log_density``, at
    the node ``value``.
    """
    graph = _Graph()
    return {
        "free": {str(variable.name): graph.number(variable) for variable in model.free_RVs},
        "observed": {
            str(variable.name): [graph.number(variable), graph.number(model.rvs_to_values[variable])]
            for variable in model.observed_RVs
        },
        "deterministic": {str(variable.name): graph.number(variable) for variable in model.deterministics},
        "potential": {str(variable.name): graph.number(variable) for variable in model.potentials},
        "nodes": graph.nodes,
    }


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.numbers: dict[Any, int] = {}

    def number(self, variable: Any) -> int:
        """The number of the variable's node, which is added after those that it needs."""
        waiting = [variable]
        while waiting:
            last = waiting[-1]
            if missing := [one for one in self._needed(last) if one not in self.numbers]:
                waiting += missing
                continue
            waiting.pop()
            if last not in self.numbers:
                node = self._node(last)
                self.nodes.append(node)
                self.numbers[last] = len(self.nodes) - 1
        return self.numbers[variable]

    def _needed(self, variable: Any) -> list[Any]:
        if variable in self.numbers or variable.owner is None:
            return []
        if _is_random(variable):
            parameters, size = _parameters(variable)
            return [*parameters, *([] if size is None else [size])]
        return list(variable.owner.inputs)

    def _node(self, variable: Any) -> dict[str, Any]:
        if variable.owner is None:
            return _without_owner(variable)
        if _is_random(variable):
            return self._random(variable)
        operation = variable.owner.op
        kind = type(operation).__name__
        node: dict[str, Any] = {
            "operation": kind,
            "inputs": [self.numbers[one] for one in variable.owner.inputs],
            "output": variable.owner.outputs.index(variable),
        }
        if kind == "Elemwise":
            node["scalar"] = type(operation.scalar_op).__name__
            node["dtype"] = str(variable.type.dtype)
        elif kind == "Blockwise":
            node["core"] = type(operation.core_op).__name__
        return node | {name: _plain(getattr(operation, name, None)) for name in _PROPERTIES.get(kind, ())}

    def _random(self, variable: Any) -> dict[str, Any]:
        operation = variable.owner.op
        kind = type(operation).__name__
        parameters, size = _parameters(variable)
        node: dict[str, Any] = {
            "random": kind,
            "inputs": [self.numbers[one] for one in parameters],
            "size": None if size is None else self.numbers[size],
            "batch": int(variable.type.ndim - operation.ndim_supp),
        }
        if kind not in FAMILIES:
            names = getattr(operation, "_print_name", None)
            node["name"] = str(names[0]) if names else kind.removesuffix("RV")
            node |= self._own_density(variable)
        return node

    def _own_density(self, variable: Any) -> dict[str, Any]:
        """The graph of the log density that PyMC finds, for what no family here describes."""
        from pymc import logp

        value = variable.type()
        try:
            density = logp(variable, value, warn_rvs=False)
        except Exception:
            return {}
        return {"log_density": self.number(density), "value": self.number(value)}


def _is_random(variable: Any) -> bool:
    from pytensor.tensor.random.op import RNGConsumerOp

    return variable.owner is not None and isinstance(variable.owner.op, RNGConsumerOp)


def _parameters(variable: Any) -> tuple[list[Any], Any]:
    """The parameters of the distribution and its size, None if it follows from them; of others all that they need."""
    node = variable.owner
    if type(node.op).__name__ not in FAMILIES:
        return [one for one in node.inputs if hasattr(one.type, "dtype")], None
    size = node.op.size_param(node)
    return list(node.op.dist_params(node)), None if size is None or not hasattr(size.type, "dtype") else size


def _without_owner(variable: Any) -> dict[str, Any]:
    get_value: Callable[[], Any] | None = getattr(variable, "get_value", None)
    value = get_value() if callable(get_value) else getattr(variable, "data", None)
    if value is None or not hasattr(variable.type, "dtype"):
        return {"operation": "Input", "inputs": [], "output": 0}
    return {"constant": np.asarray(value)}


def _plain(value: Any) -> Any:
    """A property of an operation as numbers, texts, None, and lists of these; a slice as a list of its own kind."""
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)
