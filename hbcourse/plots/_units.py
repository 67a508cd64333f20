"""Figures of units: where each one's estimate moves, how sure it is, and whose data moved it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .. import _validate as validate
from ..estimates import Estimates
from ._palette import COMPLETE, POOLED, RAW, TRUTH, axes, labels, same_shape


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

    Examples
    --------
    >>> from hbcourse import plots, pooling
    >>> ax = plots.shrinkage([4, 6], [1, 2], pooling.partial_pooling([4, 6], [1, 2], tau=1))
    >>> ax.get_ylabel()
    'unit, least precise at the bottom'
    """
    y, sigma = validate.estimates(y, sigma)
    validate.instance("estimates", estimates, Estimates)
    unit = labels("unit", unit, len(y))
    ax = axes(ax)
    order = np.argsort(-sigma, kind="stable")
    rank = np.argsort(order)
    ax.axvline(estimates.mu, color=COMPLETE, linestyle="--", linewidth=1.5, label="common mean")
    ax.hlines(rank, y, estimates.theta, color=POOLED, alpha=0.5, linewidth=1.5)
    ax.scatter(y, rank, s=20 + 100 * (sigma.min() / sigma) ** 2, color=RAW, alpha=0.75, linewidth=0, label="no pooling")
    ax.scatter(estimates.theta, rank, s=36, color=POOLED, zorder=3, label="partial pooling")
    if truth is not None:
        truth = same_shape("truth", truth, "y", y.shape)
        ax.scatter(truth, rank, s=50, color=TRUTH, marker="x", zorder=4, label="truth")
    ax.set_ylabel("unit, least precise at the bottom")
    ax.set_yticks([] if unit is None else rank, [] if unit is None else unit)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, handletextpad=0.3, columnspacing=1.2)
    return ax


def forest(
    y: ArrayLike,
    y_interval: ArrayLike,
    theta: ArrayLike,
    theta_interval: ArrayLike,
    unit: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Two intervals for each unit, by no pooling above and by partial pooling below it, in the order of ``y``.

    Parameters
    ----------
    y, theta : (J,) arrays
        The estimates by no pooling and by partial pooling.
    y_interval, theta_interval : (2, J) arrays
        Lower and upper ends, such as ``Estimates.interval()`` or ``posterior.theta.quantile([0.025, 0.975])``.
    unit : J labels, optional
        Written beside the vertical axis.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import exact, plots, pooling
    >>> raw = pooling.no_pooling([28, 8, -3], [15, 10, 16])
    >>> theta = exact.normal_hierarchy([28, 8, -3], [15, 10, 16]).theta
    >>> ax = plots.forest(raw.theta, raw.interval(), theta.mean(), theta.quantile([0.025, 0.975]), unit=list("ABC"))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['no pooling', 'partial pooling']
    """
    y = validate.finite("y", y)
    if y.ndim != 1 or not y.size:
        raise ValueError(f"y must be a list of one or more estimates; got shape {y.shape}")
    theta = same_shape("theta", theta, "y", y.shape)
    unit = labels("unit", unit, len(y))
    ax = axes(ax)
    place = np.argsort(np.argsort(y, kind="stable"))
    for name, centre, interval, colour, lift in (
        ("no pooling", y, same_shape("y_interval", y_interval, "two rows of y", (2, len(y))), RAW, 0.15),
        (
            "partial pooling",
            theta,
            same_shape("theta_interval", theta_interval, "two rows of y", (2, len(y))),
            POOLED,
            -0.15,
        ),
    ):
        ax.hlines(place + lift, *interval, color=colour, linewidth=2)
        ax.scatter(centre, place + lift, s=30, color=colour, zorder=3, label=name)
    ax.set_ylabel("unit, in the order of its own estimate")
    ax.set_yticks([] if unit is None else place, [] if unit is None else unit)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, handletextpad=0.3)
    return ax


def influence(matrix: ArrayLike, unit: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Heat map of how far each datum (column) moves each estimate (row), with the numbers written in.

    Parameters
    ----------
    matrix : (J, J) array
        Derivatives of the estimates by the data, such as ``posterior.influence()``.
    unit : J labels, optional
        Written beside rows and below columns.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import exact, plots
    >>> ax = plots.influence(exact.normal_hierarchy([28, 8, -3], [15, 10, 16]).influence())
    >>> ax.get_xlabel()
    'datum'
    """
    matrix = validate.finite("matrix", matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"matrix must have as many rows as columns; got shape {matrix.shape}")
    unit = labels("unit", unit, len(matrix)) or [str(number + 1) for number in range(len(matrix))]
    ax = axes(ax)
    largest = abs(matrix).max() or 1.0
    ax.imshow(matrix, cmap="PuOr_r", vmin=-largest, vmax=largest)
    for (row, column), value in np.ndenumerate(matrix):
        ink = "white" if abs(value) > 0.6 * largest else "black"
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=8)
    ax.set_xticks(range(len(matrix)), unit)
    ax.set_yticks(range(len(matrix)), unit)
    ax.set_xlabel("datum")
    ax.set_ylabel("estimate")
    ax.spines[:].set_visible(False)
    return ax
