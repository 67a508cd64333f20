"""The normal hierarchy without each of its units in turn, at a cost that grows with their number, not its square."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .._validate import FloatArray
from ._marginals import NormalMixture
from ._scale_posterior import scale_marginal
from ._weighted_sums import Sums

if TYPE_CHECKING:
    from ._normal_hierarchy import NormalHierarchyPosterior

#: Up to as many units, each is left out by a fit of its own.
_FEW = 100
#: Sums lose digits when a unit is taken out that has more than this share of the precision, or of such a square.
_HEAVY, _FAR = 0.9, 1e6


def leave_one_out(posterior: "NormalHierarchyPosterior") -> NormalMixture:
    """Prediction of each datum from the others, (J,)."""
    J = len(posterior.y)
    if J <= _FEW:
        weight, mean, sd, tail = _refitted(posterior, np.arange(J))
        return NormalMixture(weight, mean, np.hypot(sd, posterior.sigma[:, None]), tail)
    sums, sigma, prior = posterior._sums, posterior.sigma, posterior.mu_prior
    deviation = sums.powers[1]
    last: list[tuple[FloatArray, Sums]] = []

    def without(tau: FloatArray, rows: Any) -> Sums:
        # All rows are at the same tau.
        if not last or not np.array_equal(last[0][0], tau[0]):
            last[:] = [(tau[0], sums.at(tau[0], ...))]
        return last[0][1].without(deviation[rows], sigma[rows], tau[0])

    def log_likelihood(tau: FloatArray, rows: Any) -> FloatArray:
        return without(tau, rows).log_likelihood(prior)

    whole = posterior.tau
    widest = np.full(J, max(float(np.ptp(posterior.y)), float(sigma.max()), posterior.tau_prior.scale))
    if prior.precision:
        widest = np.maximum(widest, abs(posterior.y - prior.mean).max())
    tail = whole.tail - 1
    tau = scale_marginal(log_likelihood, posterior.tau_prior, np.full(J, whole.unit), widest, tail, whole)
    mean, sd = without(tau.node, slice(None)).mu(prior)
    sd = np.hypot(sd, tau.node)
    top = np.arange(J), tau.weight.argmax(1)
    weight = 1 / (sigma**2 + tau.node[top] ** 2)
    of_sums = last[0][1].total[top[1]]
    hard = np.flatnonzero((weight > _HEAVY * of_sums) | (weight * deviation**2 > _FAR))
    share = tau.weight
    if len(hard):
        # Rows of fewer nodes end in components without weight.
        new = _refitted(posterior, hard)
        share = _with_rows(share, hard, new[0], "constant")
        mean, sd = _with_rows(mean, hard, new[1], "edge"), _with_rows(sd, hard, new[2], "edge")
    return NormalMixture(share, mean, np.hypot(sd, sigma[:, None]), tail)


def _refitted(
    posterior: "NormalHierarchyPosterior", units: np.ndarray[Any, np.dtype[np.intp]]
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """A new unit's mean without each of these units: weights, means and sds (R, K), and the tail."""
    from ._normal_hierarchy import normal_hierarchy

    J = len(posterior.y)
    others = np.arange(J) != units[:, None]
    y, sigma = (np.broadcast_to(a, others.shape)[others].reshape(-1, J - 1) for a in (posterior.y, posterior.sigma))
    new = normal_hierarchy(y, sigma, posterior.tau_prior, posterior.mu_prior).predict_new()
    return new.weight, new.component_mean, new.component_sd, new.tail


def _with_rows(old: FloatArray, rows: np.ndarray[Any, np.dtype[np.intp]], new: FloatArray, mode: str) -> FloatArray:
    """The old array with new rows, and as many columns as the longer of the two has."""
    columns = max(old.shape[1], new.shape[1])
    joined, put = (np.pad(a, ((0, 0), (0, columns - a.shape[1])), mode) for a in (old, new))  # type: ignore[call-overload]
    joined[rows] = put
    return np.asarray(joined)
