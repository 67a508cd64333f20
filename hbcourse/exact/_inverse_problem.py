"""A linear inverse problem whose prior has an unknown strength: the exact posterior, by quadrature over it alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from . import require
from ._marginals import SLOWEST, NormalMixture, ScaleMarginal
from ._priors import ScalePrior
from ._protocol import Axis, Posterior, names_of, unknown
from ._scale_posterior import scale_marginal


def inverse_problem(A: ArrayLike, y: ArrayLike, sigma: float, tau_prior: ScalePrior) -> "InverseProblemPosterior":
    r"""Posterior of x and of the strength of its own prior: :math:`x \sim N(0, \tau^2 I)` with tau unknown.

    .. math:: p(\tau \mid y) \propto p(\tau) \, N(y \mid 0, \sigma^2 I + \tau^2 A A^T), \qquad
              p(x \mid y) = \int p(x \mid \tau, y) \, p(\tau \mid y) \, d\tau

    Parameters
    ----------
    A : (m, n) array
        The forward operator.
    y : (m,) array
        Data.
    sigma : number
        Standard deviation of the noise, in the units of ``y``.
    tau_prior : a prior of a positive quantity
        Prior of tau, in the units of x.

    Raises
    ------
    ValueError
        If the posterior of tau would not be a distribution: the prior's density must not grow too fast at zero, and
        must fall far out unless A has singular values enough.

    Notes
    -----
    Source: MacKay 1992, who maximises where this integrates. The integral is over tau alone, as in
    :func:`hbcourse.exact.normal_hierarchy`.

    Examples
    --------
    >>> from hbcourse import exact
    >>> fit = exact.inverse_problem(np.eye(3), [3.0, -2.0, 1.0], sigma=1.0, tau_prior=exact.HalfCauchy(2.0))
    >>> fit.x.mean().round(2), float(fit.tau.mean().round(2))
    (array([ 2.21, -1.48,  0.74]), 2.23)
    """
    unit = names_of(getattr(A, "T", None))
    A, y = validate.system(A, y)
    sigma = validate.scalar("sigma", validate.positive("sigma", sigma))
    require.scale_prior("tau_prior", tau_prior)
    U, singular, Vt = np.linalg.svd(A, full_matrices=False)
    # What rounding alone leaves of a singular value is none.
    rank = int((singular > singular[0] * max(A.shape) * np.finfo(float).eps).sum())
    require.mass_near_zero("tau_prior", tau_prior)
    if tau_prior.tail + rank < 1 + SLOWEST:
        mass = "a finite mass" if tau_prior.tail + rank <= 1 else "a mass that falls fast enough for quadrature"
        raise ValueError(
            f"tau_prior must leave the posterior {mass} at large tau, with {rank} directions that the data see; "
            f"got {tau_prior}"
        )
    return InverseProblemPosterior(sigma, tau_prior, singular[:rank], (U.T @ y)[:rank], Vt[:rank], unit)


@dataclass(frozen=True, eq=False, repr=False)
class InverseProblemPosterior(Posterior):
    """Posterior of (x, tau) given y: made by :func:`inverse_problem`.

    ``x`` and ``tau`` are its marginals, each with ``mean``, ``sd``, ``cdf`` and ``quantile``.

    Attributes
    ----------
    sigma : float
    tau_prior : a prior of a positive quantity
    singular, coefficient, Vt : arrays
        The r singular values of A that are not rounding, (r,), the data along the left singular vectors, (r,), and
        the right ones, (r, n).

    Examples
    --------
    >>> from hbcourse import exact
    >>> fit = exact.inverse_problem([[1.0, 1.0]], [2.0], sigma=0.1, tau_prior=exact.HalfNormal(1.0))
    >>> fit.x.mean().round(2), fit.x.sd().round(2)
    (array([1., 1.]), array([0.96, 0.96]))
    """

    sigma: float
    tau_prior: ScalePrior
    singular: FloatArray
    coefficient: FloatArray
    Vt: FloatArray
    unit: tuple[Any, ...] | None = None

    _unknowns: ClassVar[tuple[str, ...]] = ("tau", "x")

    def _size(self) -> int:
        return int(self.Vt.shape[1])

    def _axes(self, unit: Sequence[Any]) -> dict[str, tuple[Axis, ...]]:
        return {"x": (Axis("unit", unit),)}

    @unknown
    def tau(self) -> ScaleMarginal:
        """Marginal posterior of the prior's standard deviation."""
        unit = min(self.sigma / self.singular[0], self.tau_prior.scale or np.inf)
        widest = max(max(self.sigma, abs(self.coefficient).max()) / self.singular[-1], self.tau_prior.scale)
        return scale_marginal(self._log_likelihood, self.tau_prior, np.asarray(unit), np.asarray(widest), self._tail)

    @unknown
    def x(self) -> NormalMixture:
        """Marginal posterior of each entry of x."""
        return self._of(self.Vt.T, np.maximum(1 - np.square(self.Vt).sum(0), 0))

    def predict_new(self, A: ArrayLike) -> NormalMixture:
        """Posterior of what other rows of the operator, ``A`` (m, n), would measure of x without noise, (m,)."""
        A = validate.finite("A", A)
        if A.ndim != 2 or A.shape[1] != self._size():
            raise ValueError(f"A must have rows of {self._size()} entries, (m, {self._size()}); got shape {A.shape}")
        seen = A @ self.Vt.T
        return self._of(seen, np.maximum(np.square(A).sum(1) - np.square(seen).sum(1), 0))

    def _of(self, seen: FloatArray, unseen: FloatArray) -> NormalMixture:
        """Sums of x, with coefficients (m, r) on the right singular vectors and their square beyond them, (m,)."""
        tau = self.tau.node
        share = 1 / (1 + (self.sigma / (tau * self.singular[:, None])) ** 2)
        mean = seen @ (share * (self.coefficient / self.singular)[:, None])
        # What the data see has a variance of share (sigma / s)^2, the rest keeps that of the prior.
        variance = np.square(seen) @ (share * (self.sigma / self.singular[:, None]) ** 2)
        sees_all = len(self.singular) == self.Vt.shape[1]
        if not sees_all:
            variance = variance + unseen[:, None] * tau**2
        return NormalMixture(self.tau.weight, mean, np.sqrt(variance), np.inf if sees_all else self._tail)

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent joint draws: ``tau`` (draws,) and ``x`` (draws, n)."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        tau = self.tau.quantile(rng.uniform(np.finfo(float).tiny, 1, draws))
        share = 1 / (1 + (self.sigma / (tau[:, None] * self.singular)) ** 2)
        seen = rng.normal(share * self.coefficient / self.singular, np.sqrt(share) * self.sigma / self.singular)
        unseen = rng.standard_normal((draws, self.Vt.shape[1])) * tau[:, None]
        return {"tau": tau, "x": seen @ self.Vt + unseen - unseen @ self.Vt.T @ self.Vt}

    def _log_likelihood(self, tau: FloatArray, _: Any) -> FloatArray:
        """Log likelihood of tau up to a constant, in the shape of ``tau``."""
        with np.errstate(over="ignore"):
            signal = (tau[..., None] * self.singular / self.sigma) ** 2
        return np.asarray(-(np.log1p(signal) + (self.coefficient / self.sigma) ** 2 / (1 + signal)).sum(-1) / 2)

    @property
    def _tail(self) -> float:
        return self.tau_prior.tail + len(self.singular)
