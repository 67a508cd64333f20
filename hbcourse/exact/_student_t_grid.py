"""The joint posterior of (mu, tau) under a Student-t population, on an adaptive grid of two dimensions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from .._validate import FloatArray
from ._core import Panels, around, halve_until_smooth, rule
from ._marginals import finite_moments
from ._priors import Flat, Normal
from ._student_t_target import ScaleLattice, Target

_ORDER = 16
_RULE = rule(_ORDER)
#: Log of the density, relative to the largest, that a window leaves out.
_NEGLIGIBLE = -32.0
_TOLERANCE = 1e-9
_LONGEST = 1.5
_MOST_PANELS = 400
_TINY = float(np.finfo(float).tiny)
Rows = NDArray[np.intp]
#: Beyond it squares overflow.
_FARTHEST = 1e140


class Axis(NamedTuple):
    """Panels along one axis: their starts and lengths, (P,)."""

    start: FloatArray
    length: FloatArray

    @property
    def node(self) -> FloatArray:
        """Gauss-Legendre nodes of all panels, (16 P,)."""
        return np.asarray((self.start[:, None] + self.length[:, None] * (1 + _RULE.node) / 2).ravel())

    @property
    def weight(self) -> FloatArray:
        """Their weights, (16 P,)."""
        return np.asarray((self.length[:, None] / 2 * _RULE.weight).ravel())

    def hold(self, mass: FloatArray, shape: tuple[int, ...] | None = None) -> Panels:
        """Densities on this axis, whose masses at its nodes are given, (R, 16 P)."""
        lines, low, whole = len(mass), self.start[0], self.start[-1] + self.length[-1] - self.start[0]
        return Panels(
            low=np.full(lines, low),
            high=np.full(lines, low + whole),
            row=np.repeat(np.arange(lines), len(self.start)),
            start=np.tile((self.start - low) / whole, lines),
            width=np.tile(self.length / whole, lines),
            log_mass=np.log(np.maximum(mass, _TINY)).reshape(-1, _ORDER),
            shape=shape,
        )


@dataclass(frozen=True)
class Grid:
    """The posterior of (mu, tau) at the nodes of panels in x and t.

    Attributes
    ----------
    x, t : Axis
    tau, mu : (A,) and (B,) arrays
        The nodes.
    mass : (A, B) array
        Their weights, which sum to one.
    log_total : float
        Log of the integral.
    lattice : ScaleLattice
    """

    x: Axis
    t: Axis
    tau: FloatArray
    mu: FloatArray
    mass: FloatArray
    log_total: float
    lattice: ScaleLattice


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
    axes, lattice = target.coordinates, target.lattice(x_window, t_window)
    at = axes.t(place)

    def too_long(_: Rows, start: FloatArray, length: FloatArray, __: FloatArray) -> NDArray[np.bool_]:
        """Panels that could overlook a mode at a seed."""
        low, high = axes.mu(start), axes.mu(start + length)
        near = (start[:, None] <= at) & (at <= (start + length)[:, None])
        return np.asarray((high - low) > 6 * np.where(near, width, np.inf).min(1, initial=np.inf)) | _unbalanced(length)

    x, t = _divide(x_window), _divide(t_window)
    whole = np.zeros(len(t.start), dtype=np.intp), *t
    t = Axis(*halve_until_smooth(whole, lambda row, *_: np.zeros((len(row), 1)), too_long, _MOST_PANELS)[1:3])

    def on_t(x: Axis, t: Axis) -> FloatArray:
        return target(x.node, t.node, lattice)

    def on_x(t: Axis, x: Axis) -> FloatArray:
        return target(x.node, t.node, lattice).T

    log_density, panels = on_t(x, t), 0
    while panels < len(x.start):
        panels = len(x.start)
        t, log_density = _resolved(t, log_density, x, on_t, balanced=True)
        x, of_x = _resolved(x, log_density.T, t, on_x, balanced=False)
        log_density = of_x.T
    peak = log_density.max()
    mass = np.exp(log_density - peak) * x.weight[:, None] * t.weight
    total = mass.sum()
    return Grid(x, t, axes.tau(x.node), axes.mu(t.node), mass / total, float(peak + np.log(total)), lattice)


def _divide(window: FloatArray) -> Axis:
    """Equal panels, no longer than the longest."""
    length = float(window[1] - window[0])
    panels = max(3, int(np.ceil(length / _LONGEST)))
    return Axis(window[0] + length * np.arange(panels) / panels, np.full(panels, length / panels))


def _resolved(
    axis: Axis,
    log_density: FloatArray,
    across: Axis,
    evaluate: Callable[[Axis, Axis], FloatArray],
    balanced: bool,
) -> tuple[Axis, FloatArray]:
    """The axis with panels halved until it is resolved, and the log density on it, whose last axis it is."""
    weight = across.weight

    def rough(_: Rows, start: FloatArray, length: FloatArray, value: FloatArray) -> NDArray[np.bool_]:
        mass = np.exp(value - value.max()) * weight[:, None, None] * length[:, None]
        last = abs(mass @ _RULE.last_two).sum(0).max(-1)
        halve = last > _TOLERANCE * (mass @ _RULE.weight).sum()
        return np.asarray(halve | _unbalanced(length)) if balanced else np.asarray(halve)

    def at(_: Rows, start: FloatArray, length: FloatArray) -> FloatArray:
        return evaluate(across, Axis(start, length)).reshape(len(weight), -1, _ORDER)

    mesh = np.zeros(len(axis.start), dtype=np.intp), *axis
    value = log_density.reshape(len(weight), -1, _ORDER)
    _, start, length, value = halve_until_smooth(mesh, at, rough, _MOST_PANELS, value)
    return Axis(start, length), value.reshape(len(weight), -1)


def _unbalanced(length: FloatArray) -> NDArray[np.bool_]:
    """Panels that are more than twice as long as a neighbour."""
    shortest = np.minimum(np.r_[np.inf, length[:-1]], np.r_[length[1:], np.inf])
    return np.asarray(length > 2.01 * shortest)


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
        x_window = np.r_[x_window[0], x[1:]][np.array(around(inside.any(1)))]
        t_window = t[np.array(around(inside.any(0)))]
        if np.ptp(x_window) > before[0] / 2 and np.ptp(t_window) > before[1] / 2:
            break
    best = log_values.max(0)
    matters = np.isin(axes.t(place), t[best > best.max() - 60])
    return x_window, t_window, (place[matters], width[matters])


def draw(grid: Grid, x: FloatArray, share: FloatArray) -> FloatArray:
    """Draw t given x, by the inverse of the distribution function that the grid has at x."""
    panel = np.clip(np.searchsorted(grid.x.start, x) - 1, 0, len(grid.x.start) - 1)
    # The density at x, by the Lagrange polynomials of the panel's nodes.
    z = 2 * (x - grid.x.start[panel]) / grid.x.length[panel] - 1
    lagrange = legendre.legvander(z, _ORDER - 1) @ _RULE.to_series / _RULE.weight
    mass = np.empty((len(x), len(grid.mu)))
    for p in np.unique(panel):
        mass[panel == p] = lagrange[panel == p] @ grid.mass[_ORDER * p : _ORDER * (p + 1)]
    return grid.t.hold(mass).quantile(share, np.arange(len(x)))
