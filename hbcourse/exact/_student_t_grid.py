"""The joint posterior of (mu, tau) under a Student-t population, on an adaptive grid of two dimensions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from .._validate import FloatArray
from ._marginals import finite_moments
from ._panels import _LAST_TWO, _NODES, _TO_SERIES, _WEIGHTS, Panels
from ._priors import Flat, Normal
from ._student_t_target import ScaleLattice, Target

#: Log of the density, relative to the largest, that a window leaves out.
_NEGLIGIBLE = -32.0
_TOLERANCE = 1e-9
_LONGEST = 1.5
_MOST_PANELS = 400
#: Beyond it squares overflow.
_FARTHEST = 1e140


@dataclass(frozen=True)
class Grid:
    """The posterior of (mu, tau) at the nodes of panels in x and t.

    Attributes
    ----------
    x_edges, t_edges : (P + 1,) and (R + 1,) arrays
    tau, mu : (A,) and (B,) arrays
        The nodes.
    mass : (A, B) array
        Their weights, which sum to one.
    log_total : float
        Log of the integral.
    lattice : ScaleLattice
    """

    x_edges: FloatArray
    t_edges: FloatArray
    tau: FloatArray
    mu: FloatArray
    mass: FloatArray
    log_total: float
    lattice: ScaleLattice


def nodes(edges: FloatArray) -> FloatArray:
    """Gauss-Legendre nodes of all panels, (16 P,)."""
    return np.asarray(((edges[:-1] + edges[1:])[:, None] / 2 + np.diff(edges)[:, None] / 2 * _NODES).ravel())


def seeds(y: FloatArray, sigma: FloatArray, mu_prior: Flat | Normal) -> tuple[FloatArray, FloatArray]:
    """Places at which mu may have a narrow mode, in increasing order, and how narrow it may be."""
    place = y
    if len(y) > 32:
        place = np.r_[np.quantile(y, np.linspace(0, 1, 24), method="nearest"), y[np.argsort(sigma)[:8]]]
    precision = sigma**-2 / (sigma**-2).max()
    place = np.r_[place, y @ precision / precision.sum()]
    place = np.unique(np.r_[place, mu_prior.mean] if isinstance(mu_prior, Normal) else place)
    squares = [(1 / (sigma**2 + (y - p) ** 2)).sum() + mu_prior.precision for p in place]
    width = 1 / np.sqrt(squares)
    keep, last = [], -np.inf
    for i, p in enumerate(place):
        if p - last > width[i]:
            keep.append(i)
            last = p
    return place[keep], width[keep]


def integrate(target: Target, tau_tail: float, mu_tail: float) -> Grid:
    """Lay the grid: find the window, then halve panels until both axes are resolved."""
    x_window, t_window, (place, width) = _window(target, tau_tail, mu_tail)
    axes = target.coordinates
    lattice = target.lattice(x_window, t_window)
    x_edges, t_edges = _divide(x_window), _divide(t_window)
    at = axes.t(place)
    while True:  # No panel may be so long that it could overlook a mode at a seed.
        low, high = axes.mu(t_edges[:-1]), axes.mu(t_edges[1:])
        near = (t_edges[:-1, None] <= at) & (at <= t_edges[1:, None])
        long = ((high - low) > 6 * np.where(near, width, np.inf).min(1, initial=np.inf)) | _unbalanced(t_edges)
        if not long.any() or len(long) > _MOST_PANELS:
            break
        t_edges = _halve(t_edges, long)
    log_values = target(nodes(x_edges), nodes(t_edges), lattice)
    while True:
        peak = log_values.max()
        half_x, half_t = np.diff(x_edges) / 2, np.diff(t_edges) / 2
        density = np.exp(log_values - peak)
        mass = np.repeat(half_x, 16)[:, None] * np.tile(_WEIGHTS, len(half_x))[:, None] * density
        mass *= np.repeat(half_t, 16) * np.tile(_WEIGHTS, len(half_t))
        total = mass.sum()
        blocks = (mass / np.tile(_WEIGHTS, len(half_t))).reshape(len(mass), -1, 16)
        rough_t = abs(blocks @ _LAST_TWO).sum(0).max(-1) > _TOLERANCE * total
        rough_t |= _unbalanced(t_edges)
        if rough_t.any() and len(half_t) < _MOST_PANELS:
            old, t_edges = t_edges, _halve(t_edges, rough_t)
            evaluate = partial(target, nodes(x_edges), lattice=lattice)
            log_values = _extend(log_values, 1, old, t_edges, evaluate)
            continue
        blocks = (mass.T / np.tile(_WEIGHTS, len(half_x))).reshape(mass.shape[1], -1, 16)
        rough_x = abs(blocks @ _LAST_TWO).sum(0).max(-1) > _TOLERANCE * total
        if rough_x.any() and len(half_x) < _MOST_PANELS:
            old, x_edges = x_edges, _halve(x_edges, rough_x)
            evaluate = partial(target, t=nodes(t_edges), lattice=lattice)
            log_values = _extend(log_values, 0, old, x_edges, evaluate)
            continue
        tau, mu = axes.tau(nodes(x_edges)), axes.mu(nodes(t_edges))
        return Grid(x_edges, t_edges, tau, mu, mass / total, float(peak + np.log(total)), lattice)


def _divide(window: FloatArray) -> FloatArray:
    """Edges of equal panels, no longer than the longest."""
    length = float(window[1] - window[0])
    return np.asarray(window[0] + length * np.linspace(0, 1, max(3, int(np.ceil(length / _LONGEST))) + 1))


def _halve(edges: FloatArray, which: NDArray[np.bool_]) -> FloatArray:
    return np.sort(np.r_[edges, ((edges[:-1] + edges[1:]) / 2)[which]])


def _unbalanced(edges: FloatArray) -> NDArray[np.bool_]:
    """Panels that are more than twice as long as a neighbour."""
    length = np.diff(edges)
    shortest = np.minimum(np.r_[np.inf, length[:-1]], np.r_[length[1:], np.inf])
    return np.asarray(length > 2.01 * shortest)


def _extend(
    values: FloatArray, axis: int, old: FloatArray, new: FloatArray, evaluate: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """Values with those at the nodes of new panels along this axis, the ones of unchanged panels taken over."""
    values = np.moveaxis(values, axis, 0)
    start = np.minimum(np.searchsorted(old, new[:-1]), len(old) - 2)
    known = (old[start] == new[:-1]) & (old[start + 1] == new[1:])
    points, fresh = nodes(new), np.repeat(~known, 16)
    result = np.empty((len(points), values.shape[1]))
    result[fresh] = np.moveaxis(evaluate(points[fresh]), axis, 0)
    result[~fresh] = values.reshape(-1, 16, values.shape[1])[start[known]].reshape(-1, values.shape[1])
    return np.moveaxis(result, 0, axis)


def _window(
    target: Target, tau_tail: float, mu_tail: float
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray]]:
    """Ranges of x and t that hold the posterior and its finite moments, and the seeds that matter in them."""
    axes, prior = target.coordinates, target.tau_prior
    place, width = seeds(target.y, target.sigma, target.mu_prior)
    tau_moment, mu_moment = finite_moments(tau_tail), finite_moments(mu_tail)
    widest = max(2 * axes.spread, float(target.sigma.max()), prior.scale)
    reach_x = -_NEGLIGIBLE / min(tau_tail - 1 - tau_moment, 4.0)
    reach_t = -_NEGLIGIBLE / min(mu_tail - 1 - mu_moment, 4.0)
    farthest = np.arcsinh(_FARTHEST / max(axes.spread, 1.0))
    farthest_tau = axes.unit * np.sinh(min(np.arcsinh(widest / axes.unit) + reach_x, np.arcsinh(_FARTHEST / axes.unit)))
    x_high = float(axes.x(np.asarray(farthest_tau)))
    t_high = min(float(np.arcsinh(max(widest / axes.spread, 1))) + reach_t, float(farthest))
    x_window = np.array([float(axes.x(np.asarray(prior.low))), x_high])
    t_window = np.array([-t_high, t_high])
    # Not at the lower end, where a density may be infinite.
    share = np.r_[0.005, np.arange(1, 33) / 32]
    while True:
        x = x_window[0] + np.ptp(x_window) * share
        t = t_window[0] + np.ptp(t_window) * np.arange(33) / 32
        at = axes.t(place)
        at = at[(at > t_window[0]) & (at < t_window[1])]
        t = np.unique(np.r_[t, at])
        log_values = target(x, t, target.lattice(x_window, t_window))
        inside = np.zeros(log_values.shape, dtype=bool)
        for reach in (0, tau_moment / axes.power * x[:, None], mu_moment * np.log(np.cosh(t))):
            inside |= log_values + reach > (log_values + reach).max() + _NEGLIGIBLE
        before = np.ptp(x_window), np.ptp(t_window)
        x_window, t_window = _around(np.r_[x_window[0], x[1:]], inside.any(1)), _around(t, inside.any(0))
        if np.ptp(x_window) > before[0] / 2 and np.ptp(t_window) > before[1] / 2:
            break
    best = log_values.max(0)
    matters = np.isin(axes.t(place), t[best > best.max() - 60])
    return x_window, t_window, (place[matters], width[matters])


def _around(points: FloatArray, inside: NDArray[np.bool_]) -> FloatArray:
    """From the point before the first inside to the one after the last."""
    where = np.flatnonzero(inside)
    return points[[max(where[0] - 1, 0), min(where[-1] + 1, len(points) - 1)]]


def panels(edges: FloatArray, mass: FloatArray) -> Panels:
    """One axis of the grid by itself, with the mass at its nodes."""
    low, high = np.asarray(edges[0]), np.asarray(edges[-1])
    return Panels(low, high, (edges - low) / (high - low), nodes(edges), mass, np.asarray(0.0))


def draw(grid: Grid, x: FloatArray, share: FloatArray) -> FloatArray:
    """Draw t given x, by the inverse of the distribution function that the grid has at x."""
    panel = np.clip(np.searchsorted(grid.x_edges, x) - 1, 0, len(grid.x_edges) - 2)
    start, end = grid.x_edges[panel], grid.x_edges[panel + 1]
    # The density at x, by the Lagrange polynomials of the panel's nodes.
    lagrange = legendre.legvander((2 * x - start - end) / (end - start), 15) @ _TO_SERIES / _WEIGHTS
    mass = np.empty((len(x), len(grid.mu)))
    for p in np.unique(panel):
        mass[panel == p] = lagrange[panel == p] @ grid.mass[16 * p : 16 * (p + 1)]
    blocks = np.maximum(mass, 0).reshape(len(x), -1, 16)
    below = np.cumsum(blocks.sum(-1), axis=1)
    wanted = share * below[:, -1]
    panel = np.minimum((below <= wanted[:, None]).sum(1), blocks.shape[1] - 1)
    row = np.arange(len(x))
    wanted = wanted - below[row, panel] + blocks[row, panel].sum(-1)
    series = legendre.legint((blocks[row, panel] / _WEIGHTS @ _TO_SERIES.T).T, lbnd=-1)
    low, high = -np.ones(len(x)), np.ones(len(x))
    for _ in range(50):
        middle = (low + high) / 2
        under = legendre.legval(middle, series, tensor=False) < wanted
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    start, end = grid.t_edges[panel], grid.t_edges[panel + 1]
    return np.asarray((start + end) / 2 + (end - start) / 2 * low)
