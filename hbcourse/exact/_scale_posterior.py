"""Posterior of a standard deviation by itself: all else has a closed form given it, so that one line is left."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from .._validate import FloatArray
from . import require
from ._marginals import SLOWEST, ScaleMarginal, finite_moments, in_blocks
from ._modes import inside
from ._panels import integrate
from ._priors import Flat, Normal, ScalePrior
from ._priors._of_log import log_density_of_log

#: Log of the smallest relative density that double precision can add to the largest.
_NEGLIGIBLE = -37.0
#: Beyond it squares of tau overflow.
_FARTHEST = 1e140
#: Points of a look, at most this far apart in the first. The log density of one unit does not turn within it.
_POINTS, _STEP = 64, 0.25

#: Log likelihood of tau (B, K) in some rows of a batch.
LogLikelihood = Callable[[FloatArray, Any], FloatArray]


@cache
def _look(points: int) -> FloatArray:
    """Where a window is looked at; not at its lower end, where a density may be infinite."""
    return np.append(1e-6, np.arange(1, points + 1) / points)


def tail_of_tau(units: int, tau_prior: ScalePrior, mu_prior: Flat | Normal) -> float:
    """The power with which the posterior density of tau falls for large tau."""
    return tau_prior.tail + units - isinstance(mu_prior, Flat)


def require_finite_mass(units: int, tau_prior: ScalePrior, mu_prior: Flat | Normal) -> None:
    """Refuse a posterior of tau that would be no distribution, or falls too slowly to be integrated."""
    require.mass_near_zero("tau_prior", tau_prior)
    tail = tail_of_tau(units, tau_prior, mu_prior)
    if tail < 1 + SLOWEST:
        need = units + int(np.ceil(1 + SLOWEST - tail))
        why = (
            "the posterior has infinite mass at large tau"
            if tail <= 1
            else f"the posterior, though proper, falls as tau**-{tail:.3g}, too slowly for quadrature"
        )
        raise ValueError(
            f"tau_prior {tau_prior} needs {need} or more units with a {type(mu_prior).__name__} prior on mu, "
            f"or {why}; got {units}"
        )


def scale_marginal(
    log_likelihood: LogLikelihood,
    prior: ScalePrior,
    unit: FloatArray,
    widest: FloatArray,
    tail: float,
    beside: ScaleMarginal | None = None,
) -> ScaleMarginal:
    r"""The posterior of :math:`\tau = c \sinh(x)^{1/q}`, in which x is uniform near zero.

    ``unit`` c is the scale at which it bends, ``widest`` the largest scale of the problem, both (B); its density falls
    far out with the power ``tail``. q is 1, or one more than the power with which the prior is infinite at zero.
    Posteriors that are much like another in the same coordinate, ``beside``, are held at the same nodes, all of them.
    """
    power = min(1.0, prior.head + 1)

    def log_mass(x: FloatArray) -> FloatArray:
        values = np.empty(x.shape)
        for rows in in_blocks(x.shape):
            if power == 1:
                above = np.expm1(x[rows])
                grow = above + 1
                tau = unit[rows][..., None] * ((above + above / grow) / 2)
                values[rows] = log_likelihood(tau, rows) + prior.log_density(tau) + np.log(grow + 1 / grow)
            else:
                log_tau = np.log(unit[rows])[..., None] + np.log(np.sinh(x[rows])) / power
                of_log = log_density_of_log(prior, log_tau) - np.log(np.tanh(x[rows]))
                values[rows] = log_likelihood(np.exp(np.minimum(log_tau, np.log(_FARTHEST))), rows) + of_log
        return values

    moment = finite_moments(tail)
    low = np.arcsinh((prior.low / unit) ** power)
    # Beyond every scale in the problem the density falls as a power of tau or faster, hence exponentially in x.
    reach = np.log(widest / unit) - _NEGLIGIBLE / min(tail - 1 - moment, 4.0)
    high = np.arcsinh(np.exp(power * np.minimum(reach, np.log(_FARTHEST / unit))))
    points = max(_POINTS, int(np.ceil((high - low).max() / (_STEP * power))))
    while True:
        x = low[..., None] + (high - low)[..., None] * _look(points)
        matters, tops = inside(x, log_mass(x), None if beside else log_mass, _NEGLIGIBLE, moment / power)
        if beside:
            matters[:] = matters.any(0) | ((x[0] >= beside.panels.low) & (x[0] <= beside.panels.high))
        first = np.maximum(matters.argmax(-1) - 1, 0)
        last = np.minimum(points + 1 - matters[..., ::-1].argmax(-1), points)
        low, high = low + (high - low) * first / points, low + (high - low) * last / points
        if np.all(last - first > points // 2):
            break
        points = _POINTS
    panels = integrate(log_mass, low, high, tops, moment / power)
    # The mass has twice the cosh x of the change of variables, or lacks the power.
    log_total = panels.log_total + (np.log(unit / 2) if power == 1 else -np.log(power))

    def log_density(tau: FloatArray) -> FloatArray:
        return log_likelihood(tau, ...) + prior.log_density(tau) - log_total[..., None]

    return ScaleMarginal(panels, unit, log_density, tail, power, log_total)
