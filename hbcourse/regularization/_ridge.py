"""Tikhonov's regularization of a linear system along a path of penalties, by one singular value decomposition."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray


def ridge(A: ArrayLike, y: ArrayLike, penalty: ArrayLike) -> "RidgePath":
    r"""Tikhonov's solutions for many penalties, from one singular value decomposition :math:`A = U S V^T`.

    .. math:: \hat x(\lambda) = \arg\min_x \|y - A x\|^2 + \lambda \|x\|^2
              = \sum_i \frac{s_i}{s_i^2 + \lambda} (u_i^T y) \, v_i

    Parameters
    ----------
    A : (m, n) array
        The forward operator, or design matrix.
    y : (m,) array
        Data.
    penalty : (L,) array or number
        The penalties lambda, in squared units of A: one, or a path (L,).

    Notes
    -----
    Source: Hansen 2001, section 2; Hoerl and Kennard 1970.

    Examples
    --------
    >>> ridge([[1.0, 0.0], [0.0, 2.0]], [1.0, 2.0], [0.0001, 1.0, 4.0]).solution.round(2)
    array([[1. , 1. ],
           [0.5, 0.8],
           [0.2, 0.5]])
    """
    A, y = validate.system(A, y)
    penalty = validate.positive("penalty", penalty)
    if not penalty.size:
        raise ValueError(f"penalty must hold one number or more; got shape {penalty.shape}")
    U, singular, Vt = np.linalg.svd(A, full_matrices=False)
    coefficient = U.T @ y
    outside = float(np.square(y - U @ coefficient).sum()) if len(y) > len(singular) else 0.0
    return RidgePath(penalty, singular, coefficient, outside, Vt, len(y))


@dataclass(frozen=True)
class RidgePath:
    r"""Tikhonov's solutions along a path of penalties: made by :func:`ridge`.

    Attributes
    ----------
    penalty : (L,) array
    singular : (r,) array
        Singular values of A.
    coefficient : (r,) array
        The data along its left singular vectors, :math:`u_i^T y`.
    outside : float
        Squared norm of the data beyond them.
    Vt : (r, n) array
        Its right singular vectors.
    m : int
        Number of data.

    Examples
    --------
    >>> from hbcourse.regularization import blur
    >>> problem = blur(32)
    >>> y = problem.observe(0.01, np.random.default_rng(1))
    >>> path = ridge(problem.A, y, np.geomspace(1e-8, 1, 81))
    >>> [f"{chosen:.0e}" for chosen in (path.l_curve_corner(), path.gcv_minimum(), path.evidence_maximum(0.01))]
    ['8e-05', '1e-04', '4e-04']
    """

    penalty: FloatArray
    singular: FloatArray
    coefficient: FloatArray
    outside: float
    Vt: FloatArray
    m: int

    @cached_property
    def _total(self) -> FloatArray:
        """Squared singular values plus penalty, (L, r)."""
        return np.asarray(self.singular**2 + self.penalty[..., None])

    @cached_property
    def solution(self) -> FloatArray:
        """The solutions, (L, n)."""
        return np.asarray((self.singular / self._total * self.coefficient) @ self.Vt)

    @cached_property
    def residual_norm(self) -> FloatArray:
        r""":math:`\|y - A \hat x\|`, (L,): with ``solution_norm``, the points of the L-curve."""
        kept_out = self.penalty[..., None] / self._total * self.coefficient
        return np.sqrt(np.square(kept_out).sum(-1) + self.outside)

    @cached_property
    def solution_norm(self) -> FloatArray:
        r""":math:`\|\hat x\|`, (L,)."""
        return np.sqrt(np.square(self.singular / self._total * self.coefficient).sum(-1))

    @cached_property
    def degrees_of_freedom(self) -> FloatArray:
        r"""The trace of the map from data to fit, :math:`\sum_i s_i^2 / (s_i^2 + \lambda)`, (L,)."""
        return np.asarray((self.singular**2 / self._total).sum(-1))

    def curvature(self) -> FloatArray:
        r"""Curvature of the L-curve, :math:`(\log \|y - A \hat x\|, \log \|\hat x\|)`, positive at its corner, (L,).

        From exact derivatives in :math:`\log\lambda`. Source: Hansen 2001, section 5.
        """
        if not (np.all(self.residual_norm > 0) and np.all(self.solution_norm > 0)):
            raise ValueError("the L-curve needs residuals and solutions that are not zero")
        share = self.penalty[..., None] / self._total
        squared = np.square(self.singular / self._total * self.coefficient)
        norm = squared.sum(-1)
        residual = np.square(self.residual_norm)
        norm_1 = -2 * (share * squared).sum(-1)
        norm_2 = norm_1 + 6 * (share**2 * squared).sum(-1)
        # The residual's derivative is minus lambda times that of the squared norm.
        residual_1 = -self.penalty * norm_1
        residual_2 = -self.penalty * (norm_1 + norm_2)
        across, up = residual_1 / residual, norm_1 / norm
        across_2, up_2 = residual_2 / residual - across**2, norm_2 / norm - up**2
        return np.asarray(2 * (across * up_2 - across_2 * up) / np.hypot(across, up) ** 3)

    def gcv(self) -> FloatArray:
        r"""Generalised cross-validation, :math:`m \|y - A \hat x\|^2 / (m - \text{df})^2`, (L,).

        Source: Golub, Heath and Wahba 1979.
        """
        left = (self.penalty[..., None] / self._total).sum(-1) + self.m - len(self.singular)
        return np.asarray(self.m * (self.residual_norm / left) ** 2)

    def log_evidence(self, sigma: float) -> FloatArray:
        r"""Log marginal likelihood, (L,), at the tau that each penalty stands for.

        .. math:: \log N(y \mid 0, \sigma^2 I + \tau^2 A A^T), \qquad \tau^2 = \sigma^2 / \lambda

        Parameters
        ----------
        sigma : number
            Standard deviation of the noise, in the units of ``y``.
        """
        sigma = validate.scalar("sigma", validate.positive("sigma", sigma))
        share = self.penalty[..., None] / self._total
        misfit = (share * (self.coefficient / sigma) ** 2).sum(-1) + self.outside / sigma**2
        return np.asarray((np.log(share).sum(-1) - misfit - self.m * np.log(2 * np.pi * sigma**2)) / 2)

    def l_curve_corner(self) -> float:
        """The penalty on the path at which the L-curve bends most."""
        return self._where_largest(self.curvature())

    def gcv_minimum(self) -> float:
        """The penalty on the path with the least generalised cross-validation score."""
        return self._where_largest(-self.gcv())

    def evidence_maximum(self, sigma: float) -> float:
        """The penalty on the path with the largest marginal likelihood, given the noise."""
        return self._where_largest(self.log_evidence(sigma))

    def _where_largest(self, score: FloatArray) -> float:
        return float(self.penalty.flat[np.argmax(score)])
