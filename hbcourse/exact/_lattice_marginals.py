"""Marginal posteriors that are held on panels, or are mixtures of normals around a mean that is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.polynomial import hermite_e, legendre
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from .. import _validate as validate
from .._validate import FloatArray
from ._inverse import invert
from ._marginals import finite_moments
from ._panels import _TO_SERIES, _WEIGHTS, Panels
from ._protocol import Marginal

_Z, _Z_WEIGHT = hermite_e.hermegauss(32)
_Z_WEIGHT = _Z_WEIGHT / _Z_WEIGHT.sum()
#: Weights below it are left out of probabilities.
_NO_WEIGHT = 1e-13


@dataclass(frozen=True, eq=False, repr=False)
class PanelMarginal(Marginal):
    """Posterior of one quantity, held on panels of a coordinate that increases with it.

    Parameters
    ----------
    panels : Panels
        The posterior of the coordinate.
    value, coordinate : callable
        The quantity at a coordinate, and the coordinate of a value.
    log_slope : callable
        Log of the derivative of the quantity, at a coordinate.
    tail : float
        The power with which the density falls far out.
    no_mean : float
        What stands for the mean where the tail is too heavy: infinity for a positive quantity, or NaN.

    Examples
    --------
    >>> from hbcourse import exact
    >>> tau = exact.student_t_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], df=4, tau_prior=exact.HalfCauchy(5)).tau
    >>> tau.quantile([0.5, 0.9]).round(1)
    array([ 3.1, 10. ])
    """

    panels: Panels
    value: Callable[[FloatArray], FloatArray]
    coordinate: Callable[[FloatArray], FloatArray]
    log_slope: Callable[[FloatArray], FloatArray]
    tail: float
    no_mean: float

    @cached_property
    def node(self) -> FloatArray:
        """Values that stand for the posterior, (K,)."""
        return self.value(self.panels.node)

    @property
    def weight(self) -> FloatArray:
        """Their posterior weights, (K,), which sum to one."""
        return self.panels.weight

    def mean(self) -> FloatArray:
        """Mean, shape ()."""
        return np.asarray(self.node @ self.weight if finite_moments(self.tail) else self.no_mean)

    def sd(self) -> FloatArray:
        """Standard deviation, shape (); infinite where the tail is too heavy."""
        if finite_moments(self.tail) < 2:
            return np.asarray(np.inf)
        return np.asarray(np.sqrt((self.node - self.mean()) ** 2 @ self.weight))

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, in the shape of ``x``."""
        return self.panels.cdf(self.coordinate(validate.finite("x", x)))

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, in the shape of ``x``; minus infinity outside of what the panels hold."""
        coordinate = self.coordinate(validate.finite("x", x))
        with np.errstate(divide="ignore"):
            return np.asarray(self.panels.log_pdf(coordinate) - self.log_slope(coordinate))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies, in the shape of ``p``."""
        return self.value(self.coordinate_at(validate.probability("p", p)))

    def coordinate_at(self, p: FloatArray) -> FloatArray:
        """The coordinate of the quantile."""
        return self.panels.quantile_of(np.zeros(p.shape, dtype=np.intp), p)


class Components(NamedTuple):
    """A quantity that is shift_k + slope_k mu + sd_k Z with Z standard normal; ``weight`` is (K, B), the rest (K,)."""

    weight: FloatArray
    shift: FloatArray
    slope: FloatArray
    sd: FloatArray


@dataclass(frozen=True, eq=False, repr=False)
class MeanMarginal(Marginal):
    """Posteriors of the units' means, or of a new unit's: normals around mu, mixed over mu and over their variance.

    Parameters
    ----------
    mu : PanelMarginal
        The marginal of mu, whose nodes the components share.
    components : callable
        The components of the unit with this number.
    moments : callable
        Mean and sd of all units, each of the leading shape.
    units : tuple
        The leading shape: (J,), or () for a new unit.

    Examples
    --------
    >>> from hbcourse import exact
    >>> posterior = exact.student_t_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], df=4, tau_prior=exact.HalfCauchy(5))
    >>> posterior.theta.cdf(0.0).round(2)
    array([0.06, 0.1 , 0.15, 0.11])
    """

    mu: PanelMarginal
    components: Callable[[int], Components]
    moments: Callable[[], tuple[FloatArray, FloatArray]]
    units: tuple[int, ...]

    def mean(self) -> FloatArray:
        """Mean, in the leading shape; NaN where the tails are too heavy for one."""
        return self._moments[0]

    def sd(self) -> FloatArray:
        """Standard deviation, in the leading shape; infinite where the tails are too heavy."""
        return self._moments[1]

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against the leading shape."""
        return self._each(x, lambda cdf, x: cdf.both(x)[0])

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against the leading shape."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self._each(x, lambda cdf, x: cdf.both(x)[1])))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then the leading shape."""
        p = validate.probability("p", p)
        mean, sd = (np.reshape(value, -1) for value in self._moments)
        each = [
            _Cdf(self.mu, self.components(unit)).inverse(p.ravel(), float(mean[unit]), float(sd[unit]))
            for unit in range(*(self.units or (1,)))
        ]
        return np.stack(each, axis=-1).reshape(p.shape + self.units)

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        each = []
        for unit in range(*(self.units or (1,))):
            weight, shift, slope, sd = self.components(unit)
            below = np.cumsum(weight.ravel())
            which = np.minimum(np.searchsorted(below, rng.uniform(0, below[-1], draws)), weight.size - 1)
            k, b = np.unravel_index(which, weight.shape)
            each.append(rng.normal(shift[k] + slope[k] * self.mu.node[b], sd[k]))
        return np.stack(each, axis=-1).reshape(draws, *self.units)

    def _each(self, x: ArrayLike, verb: "Callable[[_Cdf, FloatArray], FloatArray]") -> FloatArray:
        x = validate.fits("x", validate.finite("x", x), self.units)
        x = np.broadcast_to(x, np.broadcast_shapes(x.shape, self.units))
        columns = x.reshape(-1, *(self.units or (1,)))
        each = [verb(_Cdf(self.mu, self.components(unit)), columns[:, unit]) for unit in range(columns.shape[1])]
        return np.stack(each, axis=-1).reshape(x.shape)

    @cached_property
    def _moments(self) -> tuple[FloatArray, FloatArray]:
        return self.moments()


class _Cdf:
    """The distribution function of one unit's mixture.

    Where sd_k is wide against the distance of mu's nodes, the nodes serve as they are. Where it is narrow they would
    make a staircase: there mu is integrated by its panels' Legendre series, and Z at Gauss-Hermite nodes.
    """

    def __init__(self, mu: PanelMarginal, components: Components) -> None:
        self.mu = mu
        edges = mu.panels.low + (mu.panels.high - mu.panels.low) * mu.panels.edges
        kept = components.weight.sum(1) > _NO_WEIGHT
        weight, shift, slope, sd = (part[kept] for part in components)
        by_panel = weight.reshape(len(weight), -1, 16)
        # The longest distance of two nodes is a tenth of their panel.
        gap = np.where(by_panel.sum(-1) > 1e-10, 0.1 * np.diff(mu.value(edges)), 0).max(-1)
        wide = sd >= 1.3 * gap * slope
        large = weight[wide] > _NO_WEIGHT / 100
        self.weight = weight[wide][large]
        self.mean = (shift[wide, None] + slope[wide, None] * mu.node)[large]
        self.sd = np.broadcast_to(sd[wide, None], large.shape)[large]
        self.low, self.high = float((shift + slope * mu.node[0] - 40 * sd).min()), 0.0
        self.high = float((shift + slope * mu.node[-1] + 40 * sd).max())
        self.shift, self.slope, self.narrow_sd = shift[~wide, None], slope[~wide, None], sd[~wide, None]
        mass = by_panel[~wide]
        self.coefficients = np.moveaxis((mass / _WEIGHTS) @ _TO_SERIES.T, -1, 0)
        self.series = np.asarray(legendre.legint(self.coefficients, lbnd=-1), dtype=float)
        share = mass.sum(-1)
        self.below = np.column_stack([np.zeros(len(share)), np.cumsum(share, axis=1)])
        self.edges = edges
        self.total = float(self.weight.sum() + share.sum())

    def both(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Distribution function and density."""
        parts = [self._at(part) for part in np.array_split(x, max(1, len(x) // 16))]
        share, density = (np.concatenate(part) for part in zip(*parts, strict=True))
        return np.clip(share / self.total, 0, 1), np.maximum(density / self.total, 0)

    def _at(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        z = (x[:, None] - self.mean) / self.sd
        share = ndtr(z) @ self.weight
        density = np.exp(z * z / -2) @ (self.weight / self.sd / np.sqrt(2 * np.pi))
        if not len(self.shift):
            return share, density
        t = self.mu.coordinate((x[:, None, None] - self.shift - self.narrow_sd * _Z) / self.slope)
        panel = np.clip(np.searchsorted(self.edges, t, side="right") - 1, 0, len(self.edges) - 2)
        start, end = self.edges[panel], self.edges[panel + 1]
        row = np.arange(len(self.shift))[:, None]
        place = np.clip((2 * t - start - end) / (end - start), -1, 1)
        within = legendre.legval(place, self.series[:, row, panel], tensor=False)
        of_t = legendre.legval(place, self.coefficients[:, row, panel], tensor=False) * 2 / (end - start)
        of_t = np.where((t > self.edges[0]) & (t < self.edges[-1]), of_t, 0) * np.exp(-self.mu.log_slope(t))
        share = share + (self.below[row, panel] + within).sum(1) @ _Z_WEIGHT
        return share, density + (of_t / self.slope).sum(1) @ _Z_WEIGHT

    def inverse(self, p: FloatArray, mean: float, sd: float) -> FloatArray:
        guess = mean + sd * ndtri(p)
        ends = np.full(p.shape, self.low), np.full(p.shape, self.high)
        return invert(lambda x, _: self.both(x), p, np.where(np.isfinite(guess), guess, 0), *ends)
