"""Where in the plane a density is: found by looking at it on coarse lattices, each within what counted on the last."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._validate import FloatArray
from ._modes import Tops, inside

_MOST_ROUNDS = 64
#: Log of the smallest relative density that counts.
_NEGLIGIBLE = -36.0
_LINES, _POINTS = 65, 33
#: The longest step, in units of log, on the way to where a moment is made up.
_FARTHEST = 1e8
#: Steps between lines that need no line between, and panels that are short enough, in units of log.
_SHORT, _PANEL = 1.0, 10.0

#: Log density at outer and inner coordinates that broadcast.
LogDensity = Callable[[FloatArray, FloatArray], FloatArray]
#: From values of the outer coordinate (R,) to bounds of the inner one.
Bounds = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class Scan:
    """Where a density of (a, x) is.

    Attributes
    ----------
    a : (S,) array
        Values over the window of the outer coordinate.
    low, high : (S,) arrays
        The windows of x there.
    log_mass : (S,) array
        Log of the integral over x there.
    bounds : callable
        What the windows must not cross.
    tops : Tops or None
        Where the log mass has sharp modes, if several.
    """

    a: FloatArray
    low: FloatArray
    high: FloatArray
    log_mass: FloatArray
    bounds: Bounds
    tops: Tops | None = None

    @cached_property
    def peak(self) -> float:
        """The largest log mass of a line."""
        return float(max(self.log_mass.max(), -np.inf if self.tops is None else self.tops.height.max()))

    def peak_of(self, order: int) -> float:
        """The largest log mass of a line of the density times e**(order * a)."""
        of_tops = -np.inf if self.tops is None else (self.tops.height + order * self.tops.place).max()
        return float(max((self.log_mass + order * self.a).max(), of_tops))

    def edges(self) -> FloatArray:
        """Where to cut the window of a into panels to begin with: at lines of the scan, but not too near each other."""
        counts = self.a[self.log_mass > self.log_mass.max() + _NEGLIGIBLE]
        apart = min(_PANEL, float(counts[-1] - counts[0]) / 2)
        edges = [self.a[0]]
        for a in self.a[1:-1]:
            if a - edges[-1] >= apart and self.a[-1] - a >= apart:
                edges.append(a)
        return np.array([*edges, self.a[-1]])

    def stretched(self, log_density: LogDensity, order: int) -> "Scan":
        """The same, and as far beyond its ends as the density times e**(order * a) counts, in ever longer steps."""
        stretched = self
        for end in (0, -1):
            step = (self.a[-1] - self.a[0]) / 8 * (1 if end else -1)
            while abs(step) < _FARTHEST:
                tilted = stretched.log_mass + order * stretched.a
                if tilted[end] < tilted.max() + _NEGLIGIBLE:
                    break
                a = stretched.a[end : end + 1 or None] + step
                low, high, log_mass = _tighten(log_density, a, *self.bounds(a))
                stretched = _joined(stretched, Scan(a, low, high, log_mass, self.bounds))
                step *= 1.5
        return _bent(log_density, stretched)

    def log_mass_at(self, a: FloatArray) -> FloatArray:
        """Log mass of the lines at any a (R,), roughly."""
        return np.asarray(np.interp(a, self.a, self.log_mass))

    def window(self, a: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The windows of x at any a (R,)."""
        low, high = np.interp(a, self.a, self.low), np.interp(a, self.a, self.high)
        slack, bounds = (high - low) / 50, self.bounds(a)
        return np.maximum(low - slack, bounds[0]), np.minimum(high + slack, bounds[1])


def _joined(one: Scan, other: Scan) -> Scan:
    order = np.argsort(np.append(one.a, other.a))
    return Scan(
        np.append(one.a, other.a)[order],
        np.append(one.low, other.low)[order],
        np.append(one.high, other.high)[order],
        np.append(one.log_mass, other.log_mass)[order],
        one.bounds,
        one.tops,
    )


def scan(log_density: LogDensity, ends: tuple[float, float], bounds: Bounds) -> Scan:
    """Find where the density is, between generous bounds."""
    a = np.linspace(*ends, _LINES)
    low, high = bounds(a)

    def log_mass_at(a: FloatArray) -> FloatArray:
        return _tighten(log_density, a, *bounds(a))[2]

    for _ in range(_MOST_ROUNDS):
        low, high, log_mass = _tighten(log_density, a, low, high)
        matters, tops = inside(a, log_mass, log_mass_at, _NEGLIGIBLE)
        where = np.flatnonzero(matters)
        first, last = max(where[0] - 1, 0), min(where[-1] + 1, _LINES - 1)
        if last - first > _LINES // 2 or a[last] - a[first] < 1e-12 * abs(a).max():
            break
        finer = np.linspace(a[first], a[last], _LINES)
        # The windows of both neighbours, and then some.
        left = np.clip(np.searchsorted(a, finer) - 1, 0, _LINES - 2)
        low, high = np.minimum(low[left], low[left + 1]), np.maximum(high[left], high[left + 1])
        slack, limits = (high - low) / 4, bounds(finer)
        a, low, high = finer, np.maximum(low - slack, limits[0]), np.minimum(high + slack, limits[1])
    part = slice(first, last + 1)
    return _bent(log_density, Scan(a[part], low[part], high[part], log_mass[part], bounds, tops))


def _bent(log_density: LogDensity, found: Scan) -> Scan:
    """The scan with lines added halfway wherever the windows bend too much to be interpolated."""
    try_from = np.flatnonzero(np.diff(found.a) > _SHORT)
    for _ in range(_MOST_ROUNDS):
        if not len(try_from):
            break
        a = (found.a[try_from] + found.a[try_from + 1]) / 2
        low, high, log_mass = _tighten(log_density, a, *found.bounds(a))
        expected = [np.interp(a, found.a, ends) for ends in (found.low, found.high)]
        bend = np.maximum(abs(low - expected[0]), abs(high - expected[1])) > 0.1 * (high - low)
        found = _joined(found, Scan(a, low, high, log_mass, found.bounds))
        # Both halves of what was bent come next.
        halves = np.searchsorted(found.a, a[bend])
        try_from = np.unique(np.append(halves - 1, halves))
        try_from = try_from[np.diff(found.a)[try_from] > _SHORT]
    return found


def _tighten(
    log_density: LogDensity, a: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Windows on the lines at a (R,) that hold what counts, and the logs of the masses there."""
    low, high, log_mass = low.copy(), high.copy(), np.zeros(len(a))
    active = np.arange(len(a))
    for _ in range(_MOST_ROUNDS):
        length = (high - low)[active]
        x = low[active, None] + length[:, None] * np.linspace(0, 1, _POINTS)
        value = log_density(a[active, None], x)
        # The floor keeps lines of no mass, where all is -inf, from becoming NaN.
        top = np.maximum(value.max(1), -1e300)
        above = value - top[:, None]
        log_mass[active] = top + np.log(np.exp(above).sum(1) * length / (_POINTS - 1) + 1e-300)
        # One step beyond what is inside; all of it where nothing is.
        inside = above > _NEGLIGIBLE
        some, row = inside.any(1), np.arange(len(active))
        first = np.where(some, np.maximum(inside.argmax(1) - 1, 0), 0)
        last = np.where(some, np.minimum(_POINTS - inside[:, ::-1].argmax(1), _POINTS - 1), _POINTS - 1)
        low[active], high[active] = x[row, first], x[row, last]
        active = active[(last - first <= _POINTS // 2) & (length > 1e-12 * abs(x).max(1))]
        if not len(active):
            break
    return low, high, log_mass
