"""Regularization as a prior: Tikhonov's path, ways to choose its strength, and what integrating over it gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import qr, solve_triangular

from .. import _validate as validate
from .._validate import FloatArray
from ..exact import ScalePrior, inverse_problem
from ._ridge import RidgePath, ridge

__all__ = [
    "InverseProblem",
    "NormalPosterior",
    "RidgePath",
    "blur",
    "compare_choices",
    "posterior",
    "ridge",
]


@dataclass(frozen=True)
class InverseProblem:
    r"""A linear inverse problem with a known truth: data are :math:`y = A x + \text{noise}`.

    Attributes
    ----------
    A : (m, n) array
        The forward operator.
    truth : (n,) array
        What is to be found.
    position : (n,) array
        Where its entries lie.

    Examples
    --------
    >>> problem = blur(32)
    >>> problem.observe(0.01, np.random.default_rng(1)).shape
    (32,)
    """

    A: FloatArray
    truth: FloatArray
    position: FloatArray

    def observe(self, sigma: float, rng: np.random.Generator) -> FloatArray:
        """Data (m,) with independent normal noise of standard deviation ``sigma``, in the units of A times truth."""
        sigma = validate.scalar("sigma", validate.positive("sigma", sigma))
        return np.asarray(validate.generator(rng).normal(self.A @ self.truth, sigma))


def blur(n: int = 64, width: float = 0.05) -> InverseProblem:
    r"""A Gaussian blur on [0, 1], a first-kind integral equation; the truth is a tall narrow peak and a low broad one.

    .. math:: y(s) = \int_0^1 \frac{1}{w \sqrt{2\pi}} e^{-(s - t)^2 / 2 w^2} x(t) \, dt

    by the midpoint rule. Its singular values fall like those of a Gaussian, so that undoing it amplifies noise.

    Parameters
    ----------
    n : int
        Number of points, at most 2000.
    width : number
        Standard deviation w of the blur, as a fraction of the interval.

    Examples
    --------
    >>> s = np.linalg.svd(blur(64).A, compute_uv=False)
    >>> bool(s[0] / s[-1] > 1e12)
    True
    """
    n = validate.count("n", n, 2000)
    width = validate.scalar("width", validate.positive("width", width))
    t = (np.arange(n) + 0.5) / n
    A = np.exp(-(((t[:, None] - t) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi) * n)
    truth = np.exp(-(((t - 0.3) / 0.06) ** 2)) + 0.5 * np.exp(-(((t - 0.7) / 0.12) ** 2))
    return InverseProblem(A, truth, t)


@dataclass(frozen=True)
class NormalPosterior:
    """A multivariate normal posterior: made by :func:`posterior`.

    Attributes
    ----------
    centre : (n,) array
        Its mean.
    root : (n, n) array
        A matrix whose product with its transpose is the covariance.

    Examples
    --------
    >>> posterior([[1.0]], [2.0], sigma=1.0, tau=1.0).sd().round(3)
    array([0.707])
    """

    centre: FloatArray
    root: FloatArray

    def mean(self) -> FloatArray:
        """Mean, (n,)."""
        return self.centre

    def sd(self) -> FloatArray:
        """Standard deviations, (n,)."""
        return np.sqrt(np.square(self.root).sum(1))

    def covariance(self) -> FloatArray:
        """Covariance, (n, n)."""
        return np.asarray(self.root @ self.root.T)

    def sample(self, draws: int, rng: np.random.Generator) -> FloatArray:
        """Independent draws, (draws, n)."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        return np.asarray(self.centre + rng.standard_normal((draws, len(self.centre))) @ self.root.T)


def posterior(A: ArrayLike, y: ArrayLike, sigma: float, tau: float) -> NormalPosterior:
    r"""Posterior of x given :math:`y \sim N(A x, \sigma^2 I)` and the prior :math:`x \sim N(0, \tau^2 I)`.

    .. math:: \text{precision} = A^T A / \sigma^2 + I / \tau^2, \qquad
              \text{mean} = \text{precision}^{-1} A^T y / \sigma^2

    Its mean is Tikhonov's solution (:func:`ridge`) with :math:`\lambda = \sigma^2 / \tau^2`. Computed as Bayes has
    it, with the prior as n more observations, and by no means that the other has: the square root of the precision is
    the triangle of a QR factorisation.

    Parameters
    ----------
    A : (m, n) array
        The forward operator.
    y : (m,) array
        Data.
    sigma : number
        Standard deviation of the noise, in the units of ``y``.
    tau : number
        Prior standard deviation of the entries of x.

    Notes
    -----
    Source: Gelman et al. 2013, section 14.8, where prior information is additional data points.

    Examples
    --------
    >>> A, y = [[1.0, 0.0], [0.0, 2.0]], [1.0, 2.0]
    >>> posterior(A, y, sigma=1.0, tau=1.0).mean().round(2)
    array([0.5, 0.8])
    >>> ridge(A, y, penalty=1.0).solution.round(2)
    array([0.5, 0.8])
    """
    A, y = validate.system(A, y)
    sigma = validate.scalar("sigma", validate.positive("sigma", sigma))
    tau = validate.scalar("tau", validate.positive("tau", tau))
    n = A.shape[1]
    rotated, triangle = qr(np.vstack([A / sigma, np.eye(n) / tau]), mode="economic")
    root = solve_triangular(triangle, np.eye(n))
    return NormalPosterior(solve_triangular(triangle, rotated[: len(y)].T @ (y / sigma)), root)


def compare_choices(
    problem: InverseProblem,
    sigma: float,
    penalty: ArrayLike,
    tau_prior: ScalePrior,
    repeats: int,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    r"""Relative errors :math:`\|\hat x - x\| / \|x\|` over repeated noise of four ways to choose the strength.

    They are ``l_curve``, ``gcv``, ``evidence`` and ``full_bayes``, and for comparison ``best``: the solution on the
    path that is nearest to the truth, which only a simulation knows.

    Parameters
    ----------
    problem : InverseProblem
    sigma : number
        Standard deviation of the noise.
    penalty : (L,) array
        The path to choose from.
    tau_prior : a prior of a positive quantity
        Prior of tau for ``full_bayes``, which is :func:`hbcourse.exact.inverse_problem`.
    repeats : int
        Data sets to simulate.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    dict
        An array (repeats,) for each.

    Notes
    -----
    ``evidence`` and ``full_bayes`` are nearest on average where truths come from the prior; the truth of
    :func:`blur` is smoother than that, and they do too little to it. Cross-validation does not ask for the noise, and
    now and then takes noise for signal.

    Examples
    --------
    >>> from hbcourse import exact
    >>> errors = compare_choices(
    ...     blur(32), 0.01, np.geomspace(1e-8, 1, 81), exact.HalfCauchy(1.0), 5, np.random.default_rng(1)
    ... )
    >>> all((errors[name] >= errors["best"]).all() for name in ("l_curve", "gcv", "evidence"))
    True
    """
    validate.instance("problem", problem, InverseProblem)
    repeats, rng = validate.count("repeats", repeats), validate.generator(rng)
    penalty = np.atleast_1d(validate.positive("penalty", penalty))
    if penalty.ndim != 1:
        raise ValueError(f"penalty must be a list of numbers; got shape {penalty.shape}")
    truth = problem.truth
    errors: dict[str, list[float]] = {name: [] for name in ("l_curve", "gcv", "evidence", "full_bayes", "best")}
    for _ in range(repeats):
        y = problem.observe(sigma, rng)
        path = ridge(problem.A, y, penalty)
        solutions = {
            "l_curve": path.solution[np.argmax(path.curvature())],
            "gcv": path.solution[np.argmin(path.gcv())],
            "evidence": path.solution[np.argmax(path.log_evidence(sigma))],
            "full_bayes": inverse_problem(problem.A, y, sigma, tau_prior).x.mean(),
            "best": path.solution[np.argmin(np.linalg.norm(path.solution - truth, axis=-1))],
        }
        for name, solution in solutions.items():
            errors[name].append(float(np.linalg.norm(solution - truth) / np.linalg.norm(truth)))
    return {name: np.array(values) for name, values in errors.items()}
