"""Okabe and Ito's palette (2008), told apart with any colour vision, without its yellow and black, which vanish on a
white or a black page; and what all figures share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from .. import _validate as validate
from .._validate import FloatArray

RAW = "#D55E00"
POOLED = "#0072B2"
COMPLETE = "#009E73"
TRUTH = "#CC79A7"
CYCLE = (POOLED, RAW, COMPLETE, TRUTH, "#56B4E9", "#E69F00", "#7A7A7A", "#A6611A")
GREY = "#7A7A7A"


def axes(ax: Axes | None) -> Axes:
    """The axes to draw on: those given, or those of a new figure."""
    if ax is None:
        return plt.subplots()[1]
    if not isinstance(ax, Axes):
        raise ValueError(f"ax must be the Axes of a figure; got {validate.shown(ax)}")
    return ax


def same_shape(name: str, value: Any, like: str, shape: tuple[int, ...]) -> FloatArray:
    """Finite numbers in the shape of another argument."""
    array = validate.finite(name, value)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape of {like}, {shape}; got {array.shape}")
    return array


def labels(name: str, value: Sequence[str] | None, count: int) -> list[str] | None:
    """One label for each unit, or none."""
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"{name} must be a list of labels, one for each unit; got {validate.shown(value)}")
    written = [str(label) for label in value]
    if len(written) != count:
        raise ValueError(f"{name} must have one label for each unit, {count}; got {len(written)}")
    return written


def named(name: str, value: Any) -> Mapping[str, Any]:
    """One thing or more by name."""
    if not isinstance(value, Mapping) or not value or not all(isinstance(key, str) for key in value):
        raise ValueError(f"{name} must be a dictionary with a name for each line; got {validate.shown(value)}")
    return value


def text(name: str, value: str) -> str:
    """Words to write on an axis."""
    validate.instance(name, value, str)
    return value
