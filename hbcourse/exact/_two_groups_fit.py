"""Marginal maximum likelihood of the two-group model, and the empirical null."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from .._validate import FloatArray
from ._priors import Normal

#: Units that are worked through at a time, so that they stay in the processor's cache.
_CHUNK = 8192
#: Larger samples are sorted into cells for the first look.
_CELLS_BEYOND = 500
#: Log density ratios are cut here: the null has no share left in such a unit.
_CERTAIN = 300.0
#: A gain in log likelihood per unit that no arithmetic shows.
_NO_GAIN = 1e-14
#: A share that is one for all that arithmetic shows.
_ALL = 1 - 1e-12
#: The longest step in log p and log slab^2.
_LONGEST = 1.5
#: Fewer estimates do not show the shape of their middle.
_FEWEST = 20
_TINY = np.finfo(float).tiny


class Units(NamedTuple):
    """What the likelihood needs to know of J units, or of cells of like units.

    ``t`` (n,) are the squared z-scores, ``variance`` () or (n,) the error variances, and ``weight`` (n,) says how
    many units each entry stands for.
    """

    t: FloatArray
    variance: FloatArray
    weight: FloatArray

    def chunks(self) -> Iterator["Units"]:
        for start in range(0, len(self.t), _CHUNK):
            part = slice(start, start + _CHUNK)
            yield Units(self.t[part], self.variance[part] if self.variance.ndim else self.variance, self.weight[part])


class Derivatives(NamedTuple):
    """First and second derivatives of the log likelihood in p = 1 - pi0 and u = log slab^2."""

    p: float
    u: float
    pp: float
    pu: float
    uu: float


def log_density(t: FloatArray, variance: FloatArray, p: FloatArray, v: FloatArray) -> FloatArray:
    """Log of f(z) = (1 - p) N(0, variance) + p N(0, variance + v), without -log(2 pi variance) / 2."""
    rest = 1 / (1 + v / variance)
    with np.errstate(divide="ignore"):
        null, slab = np.log1p(-p) - t / 2, np.log(p) + (np.log(rest) - rest * t) / 2
    larger = np.maximum(null, slab)
    return np.asarray(larger + np.log(np.exp(null - larger) + np.exp(slab - larger)))


def _derivatives(units: Units, p: float, v: float) -> Derivatives:
    """Derivatives at p and v = slab^2, exact."""
    total = np.zeros(5)
    for t, variance, weight in units.chunks():
        rest = 1 / (1 + v / variance)
        kappa = v / (v + variance)
        ratio = np.exp(np.minimum((kappa * t + np.log(rest)) / 2, _CERTAIN))
        null = 1 / (1 - p + p * ratio)  # f0 / f
        slab = ratio * null  # f1 / f
        first = kappa * (rest * t - 1) / 2  # d log f1 / du
        second = kappa * rest * ((rest - kappa) * t - 1) / 2
        excess = slab - null
        total += (
            weight @ excess,
            p * (weight @ (slab * first)),
            -(weight @ excess**2),
            weight @ (slab * null * first),
            p * (weight @ (slab * ((1 - p) * null * first**2 + second))),
        )
    return Derivatives(*total.tolist())


def _step(d: Derivatives, p: float) -> tuple[float, float, float]:
    """Newton's step in (log p, u), with p at most 1, and the gain that its whole length promises at this slope.

    It leads up even where the likelihood is not concave. In log p the ridge of equal p slab^2 is straight.
    """
    slope = np.array([p * d.p, d.u])
    curvature = np.array([[p**2 * d.pp + p * d.p, p * d.pu], [p * d.pu, d.uu]])
    alone = slope / np.maximum(abs(np.diag(curvature)), abs(slope) / _LONGEST + _TINY)
    if p == 1 and d.p >= 0:
        return 0.0, float(alone[1]), float(slope[1] * alone[1])
    value, axis = np.linalg.eigh(curvature)
    step = axis @ ((axis.T @ slope) / (abs(value) + _TINY))
    step *= min(1.0, _LONGEST / max(abs(step).max(), _TINY))
    if p == 1 and step[0] > 0:
        step = alone
    promise = float(slope @ step)
    if np.log(p) + step[0] > 0:
        step *= -np.log(p) / step[0]
    return float(step[0]), float(step[1]), promise


def _climb(units: Units, p: float, u: float) -> tuple[float, float]:
    """The maximum of the likelihood uphill from (p, u)."""
    low, high = _range(units)
    enough = _NO_GAIN * units.weight.sum()
    d = _derivatives(units, p, float(np.exp(u)))
    for _ in range(500):
        # The likelihood is concave in p: it may be best at zero, where it is level in u.
        if p * d.pp >= d.p and _derivatives(units, 0.0, float(np.exp(u))).p <= 0:
            return 0.0, u
        if p == 0:
            p = min(-d.p / d.pp, 1.0)
            d = _derivatives(units, p, float(np.exp(u)))
        dx, du, promise = _step(d, p)
        while True:
            to_p, to_u = p * float(np.exp(dx)), min(max(u + du, low), high)
            to_p = to_p if to_p < _ALL else 1.0
            if promise <= enough or (to_p, to_u) == (p, u):
                return to_p, to_u
            there = _derivatives(units, to_p, float(np.exp(to_u)))
            # Far past the top along this line, the way back is as steep as the way up was.
            gain = p * d.p * dx + d.u * (to_u - u)
            if there.p * to_p * dx + there.u * (to_u - u) >= -gain / 2 - enough:
                break
            dx, du = dx / 2, du / 2
        p, u, d = to_p, to_u, there
    raise ArithmeticError("the two-group likelihood found no maximum in 500 Newton steps")


def _range(units: Units) -> tuple[float, float]:
    """Where log slab^2 can lie: from what no data can tell from zero to the largest z^2."""
    return float(np.log(units.variance.min() * 1e-6)), float(np.log((units.t * units.variance).max()))


def _cells(units: Units) -> Units:
    """Like units together: cells in log(1 + t) and log variance, each at its mean."""
    if len(units.t) <= _CELLS_BEYOND:
        return units
    level = np.log1p(units.t)
    cell = (level / max(0.02, float(level.max()) / 2000)).astype(np.intp)
    if units.variance.ndim:
        level = np.log(units.variance / units.variance.min())
        width = max(0.25, float(level.max()) / 300)
        cell = cell * (int(level.max() / width) + 1) + (level / width).astype(np.intp)
    count = np.bincount(cell)
    used = count > 0
    variance = np.bincount(cell, units.variance)[used] / count[used] if units.variance.ndim else units.variance
    return Units(np.bincount(cell, units.t)[used] / count[used], variance, count[used].astype(float))


def _starts(units: Units) -> list[tuple[float, float]]:
    """The hills of the likelihood: at each slab of a grid the best p, then the peaks along the grid."""
    low, high = _range(units)
    u = np.linspace(low + 7, high, max(3, int((high - low) / 0.7)))
    v = np.exp(u)[:, None]
    ratio = np.exp(np.minimum((units.t / (1 + units.variance / v) - np.log1p(v / units.variance)) / 2, _CERTAIN)) - 1
    below, above = np.full(len(u), -np.log(1e3 * units.weight.sum())), np.zeros(len(u))
    for _ in range(10):
        middle = (below + above) / 2
        rises = (ratio / (1 + np.exp(middle)[:, None] * ratio)) @ units.weight > 0
        below, above = np.where(rises, middle, below), np.where(rises, above, middle)
    p = np.where(ratio @ units.weight > 0, np.exp(above), 0.0)
    if not p.any():
        # All null, as far as cells can tell: the slab that comes nearest to a share.
        nearest = int(np.argmax((ratio @ units.weight) / np.sqrt(ratio**2 @ units.weight)))
        return [(0.0, float(u[nearest]))]
    value = log_density(units.t, units.variance, p[:, None], v) @ units.weight
    padded = np.concatenate([[-np.inf], value, [-np.inf]])
    peak = (value >= padded[:-2]) & (value >= padded[2:]) & (p > 0)
    return list(zip(p[peak].tolist(), u[peak].tolist(), strict=True))


def maximise(units: Units) -> tuple[float, float]:
    """The null share and the slab's sd of highest likelihood; (1, 0) where a slab adds nothing."""
    # Where every |z| is at most its standard error, no slab has a density above the null's.
    if units.t.max() <= 1:
        return 1.0, 0.0
    cells = _cells(units)

    def value(top: tuple[float, float]) -> float:
        p, u = np.array(top)
        return float(log_density(cells.t, cells.variance, p, np.exp(u)) @ cells.weight)

    p, u = _climb(units, *max((_climb(cells, *start) for start in _starts(cells)), key=value))
    if p == 0 or u <= _range(units)[0]:
        return 1.0, 0.0
    return 1 - p, float(np.exp(u / 2))


def empirical_null(ratio: FloatArray) -> Normal:
    """Mean and sd of a normal truncated to the middle of ``ratio`` = z / sigma, by maximum likelihood."""
    if len(ratio) < _FEWEST:
        raise ValueError(
            f"z must hold {_FEWEST} or more estimates for an empirical null to be fitted; got {len(ratio)}"
        )
    lower, median, upper = np.quantile(ratio, [0.25, 0.5, 0.75])
    half = 2 * (upper - lower) / 1.349
    if not half > 0:
        raise ValueError(
            f"z must differ for an empirical null to be fitted; got half of z / sigma or more equal to {median:g}"
        )
    x = (ratio[abs(ratio - median) <= half] - median) / half
    moments = np.array([x.mean(), (x**2).mean()])
    # The density is exp(a x + b x^2) on (-1, 1): an exponential family, whose likelihood is concave in (a, b).
    node, weight = np.polynomial.legendre.leggauss(64)
    powers = np.stack([node, node**2])

    def loss(natural: FloatArray) -> tuple[float, FloatArray]:
        mass = weight * np.exp(natural @ powers)
        return float(np.log(mass.sum()) - natural @ moments), powers @ mass / mass.sum() - moments

    def curvature(natural: FloatArray) -> FloatArray:
        mass = weight * np.exp(natural @ powers)
        return np.asarray(np.cov(powers, aweights=mass, ddof=0))

    best = minimize(loss, [0.0, -2.0], jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-12})
    slope, bend = best.x
    if not bend < 0:
        raise ValueError(
            "z must peak in the middle for an empirical null to be fitted; got z / sigma that are flat or hollow there"
        )
    return Normal(float(median - half * slope / (2 * bend)), float(half / np.sqrt(-2 * bend)))
