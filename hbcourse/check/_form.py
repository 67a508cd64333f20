"""What an answer must look like, whatever its value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from . import answers
from ._draws import draws
from ._failure import fail
from ._log_density import graph_of, require_names, unreadable
from ._model import require_deterministics, require_observed
from ._operations import Unreadable
from ._values import as_numbers


class Look(Protocol):
    """What an answer of some kind must look like."""

    def judge(self, name: str, got: object) -> None:
        """Raise :class:`CheckFailed` unless the answer looks like this."""

    def data(self) -> dict[str, Any]:
        """All that it knows, for students' notebooks."""


@dataclass(frozen=True)
class Form:
    """Shape and range of numbers: all that a student learns of a value before handing it in.

    Attributes
    ----------
    shape : tuple of int, optional
        An array of this shape, ``()`` for one number; any if it is left out.
    low, high : float
        No entry lies beyond them.
    whole : bool
        Whether all entries are whole numbers.
    """

    shape: tuple[int, ...] | None = None
    low: float = -np.inf
    high: float = np.inf
    whole: bool = False

    def judge(self, name: str, got: object) -> None:
        array = as_numbers(name, got)
        if self.shape is not None and array.shape != tuple(self.shape):
            fail(f"{name} must be {_noun(tuple(self.shape))}; it is {_noun(array.shape)}.")
        if not np.isfinite(array).all():
            fail(f"{name} must be finite; it has the value {array[~np.isfinite(array)][0]}.")
        if (bad := array[(array < self.low) | (array > self.high)]).size:
            fail(f"{name} must lie between {self.low:g} and {self.high:g}; it has the value {bad[0]:.6g}.")
        if self.whole and (bad := array[array != np.round(array)]).size:
            fail(f"{name} must be whole; it has the value {bad[0]:.6g}.")

    def data(self) -> dict[str, Any]:
        return {"of": "numbers", **asdict(self)}


@dataclass(frozen=True)
class Model:
    """Variables of a ``pm.Model``.

    Attributes
    ----------
    free : mapping from variable to shape
        Its free variables.
    observed : sequence of str
        Those that have data.
    deterministic : sequence of str
        Those that follow from the others, as a ``pm.Deterministic``.
    """

    free: Mapping[str, Sequence[int]]
    observed: Sequence[str]
    deterministic: Sequence[str] = ()

    def judge(self, name: str, got: object) -> None:
        if got is None or got is Ellipsis:
            fail(f"{name} has no value yet.")
        if (graph := graph_of(name, got)) is None:
            fail(f"{name} must be a pm.Model; it is a {type(got).__name__}.")
        require_observed(name, graph, self.observed)
        try:
            require_names(name, graph, {variable: np.ones(shape) for variable, shape in self.free.items()})
        except Unreadable as problem:
            fail(unreadable(name, problem))
        require_deterministics(name, graph, self.deterministic)

    def data(self) -> dict[str, Any]:
        return {"of": "model", **asdict(self)}


@dataclass(frozen=True)
class Draws:
    """Enough draws of some variables, from chains that agree with each other.

    Attributes
    ----------
    variables : mapping from variable to shape
        Without chains and draws.
    """

    variables: Mapping[str, Sequence[int]]

    def judge(self, name: str, got: object) -> None:
        try:
            found = answers.plain_draws(got)["posterior"]
        except Exception:
            found = {}
        # Compared with their own means and sds, draws show how well they mix, and nothing else.
        draws(name, got, {variable: _moments(found.get(variable), shape) for variable, shape in self.variables.items()})

    def data(self) -> dict[str, Any]:
        return {"of": "draws", **asdict(self)}


def _moments(found: Any, shape: Sequence[int]) -> tuple[Any, Any]:
    if found is None or found.shape[2:] != tuple(shape) or found.dtype.kind not in "fiu":
        return np.zeros(shape), np.ones(shape)
    with np.errstate(all="ignore"):
        mean, sd = found.mean((0, 1), dtype=float), found.std((0, 1), dtype=float)
    # Draws that never change, or are not finite, have none: the rules say so.
    return np.where(np.isfinite(mean), mean, 0.0), np.where(np.isfinite(sd) & (sd > 0), sd, 1.0)


_LOOKS: dict[str, Callable[..., Look]] = {"numbers": Form, "model": Model, "draws": Draws}


def look(data: Mapping[str, Any]) -> Look:
    """What :meth:`Look.data` gave."""
    about = dict(data)
    return _LOOKS[about.pop("of")](**about)


def _noun(shape: tuple[int, ...]) -> str:
    return "one number" if shape == () else f"an array of shape {shape}"
