"""A model's graph, read from plain data and evaluated here: what ``graphs.describe_model`` says of it, and no more."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .._validate import FloatArray
from ._families import FAMILIES, Family, Parameters, log_density
from ._operations import Unreadable, compute, room

Point = Mapping[str, ArrayLike]

#: Whose parameters have axes that are not those of a value.
_OF_VECTORS = ("CategoricalRV", "DirichletRV", "MvNormalRV")
#: Nodes that a graph may have.
_MOST_NODES = 20_000


class Term(NamedTuple):
    """A variable at a point: its family, None where only its log density is known, and what this makes of it."""

    family: Family | None
    name: str
    parameters: Parameters
    value: FloatArray
    log_density: FloatArray


class _Random:
    """A random variable that no point gives a value."""


class Graph:
    """A model, as its description says that it is.

    Attributes
    ----------
    free, deterministic, potential : mapping from name to node
        The model's variables.
    observed : mapping from name to (node, node of the data)
        Those that have data.

    Raises
    ------
    Unreadable
        If it is no such description.
    """

    def __init__(self, description: object) -> None:
        try:
            self._read(description)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            raise Unreadable("what it says of itself") from None

    def _read(self, description: Any) -> None:
        self.nodes: Sequence[Mapping[str, Any]] = list(description["nodes"])
        if len(self.nodes) > _MOST_NODES:
            raise Unreadable(f"a graph of {len(self.nodes)} operations")
        for number, node in enumerate(self.nodes):
            before = [*node.get("inputs", ())] + [
                node[key] for key in ("size", "log_density", "value") if node.get(key) is not None
            ]
            if any(type(one) is not int or not 0 <= one < number for one in before):
                raise ValueError("an edge leads forward")
        self.free, self.deterministic, self.potential = (
            {f"{name:.40}": self._node(at) for name, at in description[kind].items()}
            for kind in ("free", "deterministic", "potential")
        )
        self.observed = {
            f"{name:.40}": (self._node(at), self._node(data)) for name, (at, data) in description["observed"].items()
        }
        variables = [*self.free.values(), *(at for at, _ in self.observed.values())]
        if len(set(variables)) < len(variables) or any("random" not in self.nodes[at] for at in variables):
            raise ValueError("a variable is not random")

    def _node(self, number: Any) -> int:
        if type(number) is not int or not 0 <= number < len(self.nodes):
            raise ValueError("no such node")
        return number

    def at(self, point: Point) -> "Evaluation":
        """The model where its free variables have these values."""
        return Evaluation(self, point)

    def family(self, name: str) -> str:
        """The name of the variable's distribution."""
        at = self.free[name] if name in self.free else self.observed[name][0]
        return _family_name(self.nodes[at])


class Evaluation:
    """All nodes of a graph, at one point."""

    def __init__(self, graph: Graph, point: Point) -> None:
        self.graph = graph
        given = {graph.free[name]: np.asarray(value, dtype=float) for name, value in point.items()}
        self.values: list[Any] = []
        self.values = self._evaluate(given)
        # Data do not depend on what is observed, and others may depend on it.
        given |= {at: self.number(data) for at, data in graph.observed.values()}
        self.values = self._evaluate(given)

    def _evaluate(self, given: Mapping[int, Any]) -> list[Any]:
        values: list[Any] = []
        for number, node in enumerate(self.graph.nodes):
            values.append(given[number] if number in given else _value(node, values))
        return values

    def number(self, node: int) -> FloatArray:
        """The value of a node, or Unreadable."""
        value = self.values[node]
        if isinstance(value, Unreadable):
            raise value
        if isinstance(value, _Random):
            raise Unreadable("a distribution without a value")
        return np.asarray(value)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a free variable, from its size and its parameters."""
        node = self.graph.nodes[self.graph.free[name]]
        parameters = [np.shape(self.number(one)) for one in node["inputs"]]
        value = self.number(self.graph.free[name]).shape
        support = self._support(node, parameters, value)
        if node["size"] is not None:
            return (*(int(size) for size in np.atleast_1d(self.number(node["size"]))), *support)
        if node["random"] not in FAMILIES:
            return tuple(value)
        batch = [shape[: len(shape) - len(support)] if support else shape for shape in parameters]
        if node["random"] == "MvNormalRV":
            batch[1] = parameters[1][:-2]
        return (*np.broadcast_shapes(*batch), *support)

    def _support(
        self, node: Mapping[str, Any], parameters: list[tuple[int, ...]], value: tuple[int, ...]
    ) -> tuple[int, ...]:
        if node["random"] in ("DirichletRV", "MvNormalRV"):
            return parameters[0][-1:]
        return () if node["random"] in FAMILIES else value[int(node["batch"]) :]

    def term(self, name: str) -> Term:
        """A free or an observed variable."""
        at = self.graph.free[name] if name in self.graph.free else self.graph.observed[name][0]
        node, value = self.graph.nodes[at], self.number(at)
        family = FAMILIES.get(str(node["random"]))
        if family is None:
            return Term(None, _family_name(node), {}, value, self._own_density(node, value))
        inputs = [self.number(one).astype(float) for one in node["inputs"]]
        try:
            with np.errstate(all="ignore"):
                parameters = family.parameters(*inputs)
            if node["random"] not in _OF_VECTORS:
                room(value.shape, *(one.shape for one in parameters.values()))
            return Term(family, family.name, parameters, value, log_density(family, value, parameters))
        except Unreadable:
            raise
        except Exception:
            # Its inputs are not those that PyMC gives it, or do not fit the value.
            raise Unreadable(f"the parameters of {name}") from None

    def _own_density(self, node: Mapping[str, Any], value: FloatArray) -> FloatArray:
        if node.get("log_density") is None or node.get("value") is None:
            raise Unreadable(_family_name(node))
        given: dict[int, Any] = {
            number: one for number, one in enumerate(self.values) if "random" in self.graph.nodes[number]
        }
        density = self._evaluate(given | {node["value"]: value})[node["log_density"]]
        if isinstance(density, Unreadable):
            raise Unreadable(f"{_family_name(node)}, {density}")
        found = np.asarray(density, dtype=float)
        return np.where(np.isnan(found), -np.inf, found)

    def log_density(self) -> float:
        """Of all free and observed variables together, potentials included."""
        terms = [self.term(name).log_density.sum() for name in (*self.graph.free, *self.graph.observed)]
        terms += [np.sum(self.number(at)) for at in self.graph.potential.values()]
        total = float(np.sum(terms))
        return -np.inf if np.isnan(total) and -np.inf in terms else total


def _family_name(node: Mapping[str, Any]) -> str:
    known = FAMILIES.get(str(node["random"]))
    return known.name if known else f"{node.get('name') or node['random']:.40}"


def _value(node: Mapping[str, Any], values: Sequence[Any]) -> Any:
    """The value of a node, or why there is none."""
    if "constant" in node:
        return np.asarray(node["constant"])
    if "random" in node:
        return _Random()
    inputs = [values[one] for one in node["inputs"]]
    if unreadable := [one for one in inputs if isinstance(one, Unreadable)]:
        return unreadable[0]
    if any(isinstance(one, _Random) for one in inputs):
        return Unreadable("a distribution without a value")
    try:
        return compute(node, inputs)
    except Unreadable as problem:
        return problem
    except Exception:
        return Unreadable(f"{node['operation']:.40}")
