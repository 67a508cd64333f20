"""Figures of the course. Each function draws on an Axes and returns it.

The palette is Okabe and Ito's (2008), told apart with any colour vision, without its yellow and black, which vanish
on a white or a black page.
"""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from . import _validate as validate
from .estimates import Estimates

RAW = "#D55E00"
POOLED = "#0072B2"
COMPLETE = "#009E73"
TRUTH = "#CC79A7"


def shrinkage(
    y: ArrayLike,
    sigma: ArrayLike,
    estimates: Estimates,
    unit: Sequence[str] | None = None,
    truth: ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Arrows from each unit's own mean to its partially pooled estimate, least precise unit at the bottom.

    Parameters
    ----------
    y, sigma : (J,) arrays
        Each unit's own mean and its standard error, drawn as a dot whose area grows with its precision.
    estimates : Estimates
        Where the arrows end. The line is ``estimates.mu``.
    unit : J labels, optional
        Written beside the vertical axis.
    truth : (J,) array, optional
        The true means, where a simulation knows them.
    ax : Axes, optional
        Where to draw; a new figure by default.
    """
    y, sigma = validate.estimates(y, sigma)
    for name, given in (("unit", unit), ("truth", truth)):
        if given is not None and np.shape(given) != y.shape:
            raise ValueError(f"{name} must have one entry for each y, {y.shape}; got shape {np.shape(given)}")
    ax = plt.subplots()[1] if ax is None else ax
    order = np.argsort(-sigma, kind="stable")
    rank = np.argsort(order)
    ax.axvline(estimates.mu, color=COMPLETE, linestyle="--", linewidth=1.5, label="common mean")
    ax.hlines(rank, y, estimates.theta, color=POOLED, alpha=0.5, linewidth=1.5)
    ax.scatter(y, rank, s=20 + 100 * (sigma.min() / sigma) ** 2, color=RAW, alpha=0.75, linewidth=0, label="no pooling")
    ax.scatter(estimates.theta, rank, s=36, color=POOLED, zorder=3, label="partial pooling")
    if truth is not None:
        ax.scatter(validate.finite("truth", truth), rank, s=50, color=TRUTH, marker="x", zorder=4, label="truth")
    ax.set_ylabel("unit, least precise at the bottom")
    ax.set_yticks([] if unit is None else rank, [] if unit is None else list(unit))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, handletextpad=0.3, columnspacing=1.2)
    return ax
