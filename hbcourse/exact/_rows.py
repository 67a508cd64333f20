"""Quadrature of many densities at once, for integrals within integrals: speed before the last digits."""

from collections.abc import Callable

import numpy as np
from numpy.polynomial import legendre

from .._validate import FloatArray
from ._panels import _LAST_TWO, _NODES, _TO_SERIES, _WEIGHTS, Panels

#: Log of the smallest share of the mass that is worth the time: means and sds are wanted to eight digits.
NEGLIGIBLE = -28.0
#: Where a window is looked at; not at its lower end, where a density may be infinite.
_LOOK = np.r_[1e-6, np.arange(1, 33) / 32]
_LOOKS = 12
_LONGEST = 1.5
#: Of the last two coefficients of a panel's series. Gauss-Legendre integrates terms of twice their degree exactly, so
#: that the integral is closer than this by the square.
_TOLERANCE = 1e-4
_MOST_PANELS = 96

Ends = tuple[FloatArray, FloatArray]


def narrow(
    log_density: Callable[[FloatArray], FloatArray], ends: Ends, guess: Ends | None = None, moment: float = 0.0
) -> Ends:
    """The part of each interval that holds all but about 1e-12 of its density, and of its integral with e^(moment x).

    The intervals are (*B); ``log_density`` is called at points (*B, K). A good guess saves looks; where the density
    does not end within the guess the whole interval is looked at.
    """
    lowest, highest = ends
    low, high = guess or ends
    for _ in range(_LOOKS):
        points = low[..., None] + (high - low)[..., None] * _LOOK
        mass = log_density(points)
        inside = mass > mass.max(-1, keepdims=True) + NEGLIGIBLE
        if moment:
            reach = mass + moment * points
            inside |= reach > reach.max(-1, keepdims=True) + NEGLIGIBLE
        first = np.maximum(inside.argmax(-1) - 1, 0)
        last = np.minimum(33 - inside[..., ::-1].argmax(-1), 32)
        missed = (inside[..., 0] & (low > lowest)) | (inside[..., -1] & (high < highest))
        step = (high - low) / 32
        low, high = low + step * first, low + step * last
        if guess is not None and missed.any():
            low, high, guess = np.where(missed, lowest, low), np.where(missed, highest, high), None
        elif (last - first > 14).all():
            break
        # Later looks are within ends that were seen to be far enough.
        lowest, highest, guess = low, high, None
    return low, high


def hold(
    log_density: Callable[[FloatArray], FloatArray], ends: Ends, guess: Ends | None = None, moment: float = 0.0
) -> Panels:
    """Each density, given by its log at points (*B, K), on its window, in equal panels that all share."""
    low, high = narrow(log_density, ends, guess, moment)
    length = high - low
    panels = max(3, int(np.ceil(length.max() / _LONGEST)))
    while True:
        fraction = ((np.arange(panels)[:, None] + (_NODES + 1) / 2) / panels).ravel()
        node = low[..., None] + length[..., None] * fraction
        values = log_density(node)
        peak = values.max(-1)
        mass = np.exp(values - peak[..., None]).reshape(*length.shape, panels, 16)
        total = (mass @ _WEIGHTS).sum(-1)
        smooth = abs(mass @ _LAST_TWO).max((-2, -1)) <= _TOLERANCE * total
        if smooth.all() or 2 * panels > _MOST_PANELS:
            break
        panels *= 2
    return Panels(
        low=low,
        high=high,
        edges=np.linspace(0, 1, panels + 1),
        node=node,
        weight=(mass * _WEIGHTS / total[..., None, None]).reshape(node.shape),
        log_total=peak + np.log(total * length / (2 * panels)),
    )


def interpolate(panels: Panels, values: FloatArray, x: FloatArray) -> FloatArray:
    """A smooth function at any ``x``, given at the nodes of one density; constant beyond its window."""
    series = _TO_SERIES @ values.reshape(-1, 16).T
    position = np.clip((x - panels.low) / (panels.high - panels.low), 0, 1) * series.shape[1]
    panel = np.minimum(position.astype(int), series.shape[1] - 1)
    return np.asarray(legendre.legval(2 * (position - panel) - 1, series[:, panel], tensor=False))


def gauss_rule(node: FloatArray, weight: FloatArray, points: int) -> tuple[FloatArray, FloatArray]:
    """Fewer nodes and weights, (M, points), for each of M discrete distributions (M, K): equal in 2 points - 1 moments.

    By Stieltjes' recurrence for the orthogonal polynomials, and the eigenvalues of their Jacobi matrix (Golub and
    Welsch 1969).
    """
    mean = np.vecdot(node, weight)[:, None]
    sd = np.sqrt(np.vecdot((node - mean) ** 2, weight))[:, None]
    scale = np.where(sd > 0, sd, 1)
    x = (node - mean) / scale
    jacobi = np.zeros((len(node), points, points))
    previous, current, beta = np.zeros_like(x), np.ones_like(x), np.zeros_like(mean)
    for k in range(points):
        following = x * current - beta * previous
        alpha = np.vecdot(following * current, weight)[:, None]
        following = following - alpha * current
        beta = np.sqrt(np.vecdot(following**2, weight))[:, None]
        # A distribution on fewer values than points has no polynomials left.
        beta = np.where(beta > 1e-9, beta, 0)
        jacobi[:, k, k] = alpha[:, 0]
        if k + 1 < points:
            jacobi[:, k, k + 1] = jacobi[:, k + 1, k] = beta[:, 0]
        previous, current = current, following * np.where(beta > 0, 1 / np.where(beta > 0, beta, 1), 0)
    value, vector = np.linalg.eigh(jacobi)
    inside = np.clip(mean + scale * value, node.min(1, keepdims=True), node.max(1, keepdims=True))
    return inside, vector[:, 0] ** 2
