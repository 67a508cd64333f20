"""Okabe and Ito's palette (2008), told apart with any colour vision, without its yellow and black, which vanish on a
white or a black page; and what all figures share."""

from collections.abc import Sequence
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
    return plt.subplots()[1] if ax is None else ax


def same_shape(name: str, value: Any, like: str, shape: tuple[int, ...]) -> FloatArray:
    """Finite numbers in the shape of another argument."""
    array = validate.finite(name, value)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape of {like}, {shape}; got {array.shape}")
    return array


def labels(name: str, value: Sequence[str] | None, count: int) -> list[str] | None:
    """One label for each unit, or none."""
    if value is not None and len(value) != count:
        raise ValueError(f"{name} must have one label for each unit, {count}; got {len(value)}")
    return None if value is None else [str(label) for label in value]
