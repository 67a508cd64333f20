"""The course's colors in both schemes, and what all figures share.

The first four roles keep apart in every common kind of color vision, and each color stands out from its page: text at
4.5 to 1, marks at 3 to 1. `course.mplstyle` and the site's style sheet hold the same values.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from .. import _validate as validate
from .._validate import FloatArray

#: Each color on a light page, by its role.
LIGHT = {
    "raw": "#b84300",
    "pooled": "#005fa3",
    "complete": "#007f57",
    "truth": "#a8457f",
    "gold": "#a88600",
    "violet": "#45258f",
    "grey": "#5f5f5f",
}
#: The same roles on a dark page.
DARK = {
    "raw": "#ff9550",
    "pooled": "#5fb0f5",
    "complete": "#4fd6a6",
    "truth": "#f2a8d4",
    "gold": "#e8d36a",
    "violet": "#d2c8ff",
    "grey": "#a8a8a8",
}
RAW, POOLED, COMPLETE, TRUTH = (LIGHT[role] for role in ("raw", "pooled", "complete", "truth"))
GREY = LIGHT["grey"]
CYCLE = (POOLED, RAW, COMPLETE, TRUTH, LIGHT["gold"], LIGHT["violet"], GREY)


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
