"""Figures of curves: risks, priors, what priors predict, and the parts of a variance."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ..exact import ScalePrior, require
from ._palette import COMPLETE, CYCLE, GREY, POOLED, RAW, axes, named, same_shape, text

#: An estimator keeps its colour from figure to figure.
_COLOURS = {"no pooling": RAW, "complete pooling": COMPLETE, "partial pooling": POOLED}


def _line(name: str, value: ArrayLike) -> FloatArray:
    array = validate.finite(name, value)
    if array.ndim != 1 or array.size < 2 or not np.ptp(array):
        raise ValueError(f"{name} must be a list of two or more numbers that differ; got {validate.shown(value)}")
    return array


def risk_curves(
    x: ArrayLike,
    risks: Mapping[str, ArrayLike],
    xlabel: str,
    ylabel: str = "expected squared error",
    ax: Axes | None = None,
) -> Axes:
    """A line for each estimator, from zero up.

    Parameters
    ----------
    x : (K,) array
        Where the risks are known.
    risks : mapping of names to (K,) arrays
        The curves, in the order of the legend.
    xlabel, ylabel : str
        What the axes show, with units.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import plots, pooling
    >>> tau = np.linspace(0, 3, 50)
    >>> ax = plots.risk_curves(tau, pooling.risks(J=12, tau=tau, sigma=1)._asdict(), "sd between units")
    >>> len(ax.lines)
    3
    """
    x, risks = _line("x", x), named("risks", risks)
    xlabel, ylabel, ax = text("xlabel", xlabel), text("ylabel", ylabel), axes(ax)
    for number, (name, risk) in enumerate(risks.items()):
        line, label = same_shape(f"risks[{name!r}]", risk, "x", x.shape), name.replace("_", " ")
        ax.plot(x, line, color=_COLOURS.get(label, CYCLE[number % len(CYCLE)]), linewidth=2, label=label)
    ax.set_ylim(bottom=0)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.legend()
    return ax


def prior(tau: ArrayLike, priors: Mapping[str, ScalePrior], ax: Axes | None = None) -> Axes:
    """Densities of priors of the population's sd; an improper one is dashed, as high as the highest of the others.

    Parameters
    ----------
    tau : (K,) array
        Where to draw them, in the units of the data.
    priors : mapping of names to priors
        The densities, in the order of the legend.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import exact, plots
    >>> ax = plots.prior(np.linspace(0, 20, 100), {"half-Cauchy": exact.HalfCauchy(5), "flat": exact.Flat()})
    >>> [line.get_linestyle() for line in ax.lines]
    ['-', '--']
    """
    tau, priors = _line("tau", validate.nonnegative("tau", tau)), named("priors", priors)
    for name, density in priors.items():
        require.scale_prior(f"priors[{name!r}]", density)
    ax = axes(ax)
    proper = {name: density.tail > 1 and density.head > -1 for name, density in priors.items()}
    lines = {name: np.exp(density.log_density(tau)) for name, density in priors.items()}
    # A density may be infinite at zero, and zero everywhere else that is drawn.
    peak = {name: line[np.isfinite(line)].max() or 1.0 for name, line in lines.items()}
    height = max((peak[name] for name in priors if proper[name]), default=1.0)
    for number, (name, line) in enumerate(lines.items()):
        style, scale = ("-", 1.0) if proper[name] else ("--", height / peak[name])
        ax.plot(tau, scale * line, style, color=CYCLE[number % len(CYCLE)], linewidth=2, label=name)
    ax.set_ylim(bottom=0)
    ax.set_xlabel(r"population sd $\tau$")
    ax.set_ylabel("density")
    ax.legend()
    return ax


def prior_predictive(
    draws: ArrayLike, low: float, high: float, xlabel: str = "simulated data", ax: Axes | None = None
) -> Axes:
    """Histogram of data that a prior predicts, with what lies outside the possible range in another colour.

    The outermost bars hold all that lies beyond them.

    Parameters
    ----------
    draws : array
        Simulated data, of any shape.
    low, high : float
        The possible range of a datum.
    xlabel : str
        What the data are, with units.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import plots
    >>> ax = plots.prior_predictive(np.random.default_rng(1).normal(50, 30, 1000), low=0, high=100)
    >>> ax.get_title()
    '9.6% outside the possible range'
    """
    draws = validate.finite("draws", draws).ravel()
    if not draws.size:
        raise ValueError("draws must hold one number or more; got none")
    low, high = (
        validate.scalar("low", validate.finite("low", low)),
        validate.scalar("high", validate.finite("high", high)),
    )
    if low >= high:
        raise ValueError(f"low must be below high, {high}; got {low}")
    xlabel, ax = text("xlabel", xlabel), axes(ax)
    width = (high - low) / 20
    edges = np.arange(low - 20 * width, high + 20.5 * width, width)
    shares = np.histogram(np.clip(draws, edges[0], edges[-1]), edges)[0] / draws.size
    possible = (edges[:-1] > low - width / 2) & (edges[1:] < high + width / 2)
    ax.bar(edges[:-1], shares, width, align="edge", color=np.where(possible, POOLED, RAW))
    ax.axvspan(low, high, color=GREY, alpha=0.15, linewidth=0)
    ax.set_title(f"{np.mean((draws < low) | (draws > high)):.1%} outside the possible range")
    ax.set_xlabel(xlabel)
    ax.set_ylabel("share of simulated data")
    return ax


def variance_parts(
    x: ArrayLike, parts: Mapping[str, ArrayLike], xlabel: str, ylabel: str = "variance", ax: Axes | None = None
) -> Axes:
    """Parts of a variance stacked on one another, against what changes them.

    Parameters
    ----------
    x : (K,) array
        What changes, such as the number of units.
    parts : mapping of names to (K,) arrays
        The parts, from the bottom up.
    xlabel, ylabel : str
        What the axes show, with units.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Examples
    --------
    >>> from hbcourse import plots
    >>> n = np.array([1.0, 2.0, 4.0])
    >>> ax = plots.variance_parts(n, {"between units": np.ones(3), "within": 4 / n}, "observations in each unit")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['within', 'between units']
    """
    x, parts = _line("x", x), named("parts", parts)
    xlabel, ylabel, ax = text("xlabel", xlabel), text("ylabel", ylabel), axes(ax)
    lines = [
        same_shape(f"parts[{name!r}]", validate.nonnegative(name, part), "x", x.shape) for name, part in parts.items()
    ]
    ax.stackplot(x, *lines, labels=list(parts), colors=CYCLE, alpha=0.8)
    ax.set_ylim(bottom=0)
    ax.set_xlim(x.min(), x.max())
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.legend(reverse=True)
    return ax
