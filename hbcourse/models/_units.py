"""What the models share: labels of units, observations in units, and the population from which units come."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import pymc as pm
from numpy.typing import ArrayLike, NDArray
from pytensor import tensor as pt

from .. import _validate as validate
from .._validate import FloatArray

#: How the units' parameters are drawn: themselves, or as standardised deviations from the population mean.
Parameterization = Literal["centered", "noncentered"]

IntArray = NDArray[np.int64]

#: Whole numbers beyond it are not exact in double precision.
_LARGEST_COUNT = 2.0**53


def counts(name: str, value: ArrayLike) -> IntArray:
    """A list of whole numbers."""
    array = validate.counts(name, value)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must be a list of one or more counts; got shape {array.shape}")
    if array.max() > _LARGEST_COUNT:
        raise ValueError(f"{name} must be at most 2**53; got {array.max()}")
    return array.astype(np.int64)


def for_each(of: str, values: NDArray[Any], name: str, array: FloatArray) -> FloatArray:
    """One number for each of the values, one serving all if it is scalar."""
    if array.shape not in ((), values.shape):
        raise ValueError(
            f"{name} must have one entry for each {of}, {values.shape}, or be one number; got shape {array.shape}"
        )
    return np.broadcast_to(array, values.shape)


def labels(name: str, given: Iterable[Any], of: str, size: int) -> list[Any]:
    """One label for each of the values, none of them missing."""
    found = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else None
    if found is None or len(found) != size:
        got = repr(given)[:60] if found is None else len(found)
        raise ValueError(f"{name} must have one label for each {of}, {size}; got {got}")
    for label in found:
        if not pd.api.types.is_scalar(label) or pd.isna(label):
            raise ValueError(f"{name} must have a text or a number as each label; got {validate.shown(label)}")
    return found


def named(unit: Iterable[Any] | None, of: str, size: int) -> dict[str, Sequence[Any]]:
    """The dimension ``unit`` with these labels, or with numbers from 0."""
    return {"unit": range(size) if unit is None else labels("unit", unit, of, size)}


def positions(found: Iterable[Any]) -> tuple[IntArray, list[Any]]:
    """Of each label the position in the list of those that differ, which is in order of appearance."""
    position: dict[Any, int] = {}
    where = [position.setdefault(label, len(position)) for label in found]
    return np.array(where, dtype=np.int64), list(position)


def parameterized(given: Any, J: int | None) -> str | list[str]:
    """One of the two words or, where units are J and not of several levels, a list of them with one for each."""
    words = given.tolist() if isinstance(given, np.ndarray | pd.Series) else given
    several = J is not None and isinstance(words, list | tuple)
    each: list[Any] = list(words) if several else [words]
    if all(isinstance(word, str) and word in ("centered", "noncentered") for word in each):
        if not several:
            return str(words)
        if len(each) == J:
            return each if len(set(each)) > 1 else str(each[0])
    list_of = "" if J is None else f", or a list of these for each of {J} units"
    raise ValueError(f"parameterization must be 'centered' or 'noncentered'{list_of}; got {validate.shown(given)}")


def population(
    name: str,
    family: Callable[..., Any],
    mu: Any,
    tau: Any,
    parameterization: str | list[str],
    dims: str,
    z: str = "z",
) -> Any:
    r"""Units from a family with location mu and scale tau, as the variable ``name``.

    Centered they are drawn themselves. Noncentered ``z`` is drawn from the standard member of the family, and each is
    mu + tau z. In a list of both, ``z`` is the unit itself where centered.
    """
    if parameterization == "centered":
        return family(name, mu=mu, sigma=tau, dims=dims)
    if parameterization == "noncentered":
        return pm.Deterministic(name, mu + tau * family(z, mu=0, sigma=1, dims=dims), dims=dims)
    own = np.array([word == "centered" for word in parameterization])
    drawn = family(z, mu=pt.switch(own, mu, 0), sigma=pt.switch(own, tau, 1), dims=dims)
    return pm.Deterministic(name, pt.switch(own, drawn, mu + tau * drawn), dims=dims)
