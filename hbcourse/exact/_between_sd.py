"""Point estimates of the standard deviation between units: moments, Paule-Mandel, maximum likelihood, REML."""

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise

from .. import _validate as validate
from .._validate import FloatArray

Method = Literal["dersimonian_laird", "hedges", "paule_mandel", "ml", "reml"]

#: Values of tau at which a likelihood's slope is looked at, in search of all its maxima.
_GRID = 65

#: Numbers that are worked on at once: more need more memory and no less time.
_BLOCK = 100_000

#: Numbers of this size still have fourth powers.
_FARTHEST = 1e70


def between_sd(
    y: ArrayLike, sigma: ArrayLike, method: Method = "reml", covariates: ArrayLike | None = None
) -> FloatArray:
    r"""Estimate of tau in :math:`y \sim N(X\beta, \Sigma + \tau^2 I)`, :math:`\Sigma = \text{diag}(\sigma_j^2)`.

    X is a column of ones, and the covariates if there are any; tau is then the spread that they leave unexplained. With
    any weights :math:`A`, write :math:`P = A - AX(X'AX)^{-1}X'A`, and :math:`W = (\Sigma + \tau^2 I)^{-1}`. Then

    =====================  ==================================================================
    ``dersimonian_laird``  :math:`\tau^2 = (y'Py - \text{tr} P\Sigma) / \text{tr} P`, with :math:`A = \Sigma^{-1}`
    ``hedges``             the same with :math:`A = I`
    ``paule_mandel``       :math:`y'Py = J - \text{rank} X`, with :math:`A = W`
    ``ml``                 maximum of the likelihood: :math:`y'PPy = \text{tr} W`, with :math:`A = W`
    ``reml``               maximum of the restricted likelihood: :math:`y'PPy = \text{tr} P`, with :math:`A = W`
    =====================  ==================================================================

    or 0 exactly, where the solution is negative or the maximum lies at 0. Of several maxima the highest counts.

    Parameters
    ----------
    y : (J,) or (B, J) array
        Estimates, one for each unit; B data sets at once.
    sigma : number or array that broadcasts to ``y``
        Their known standard errors, in the units of ``y``.
    method : str
        One of the five above.
    covariates : (J,) or (J, K) array, optional
        Columns of X besides the ones, the same for all data sets.

    Returns
    -------
    array, shape () or (B,)
        Tau, in the units of ``y``.

    Raises
    ------
    ValueError
        If there are not more units than coefficients, or the covariates say the same thing twice.

    Notes
    -----
    Source: DerSimonian and Laird 1986; Hedges 1983; Paule and Mandel 1982; Viechtbauer 2005 compares them. The
    restricted likelihood is the density of y averaged over a flat beta, so that REML is the posterior mode of tau under
    flat priors.

    Examples
    --------
    >>> from hbcourse import exact
    >>> y, sigma = [28, 8, -3, 7, -1, 1, 40, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    >>> exact.between_sd(y, sigma, "paule_mandel").round(2), exact.between_sd(y, sigma).round(2)
    (np.float64(10.01), np.float64(11.23))
    >>> exact.between_sd([[4.0, 6.0, 5.0], [1.0, 9.0, 5.0]], 2.0)
    array([0.        , 3.46410162])
    """
    y, sigma = validate.data_sets(y, sigma)
    if not isinstance(method, str) or method not in get_args(Method):
        raise ValueError(f"method must be one of {', '.join(get_args(Method))}; got {validate.shown(method)}")
    design = _columns(covariates, y.shape[-1])
    # Measured from the most precise unit and by its sigma, sums of squares lose no digits.
    top = sigma.argmin(-1, keepdims=True)
    unit = np.take_along_axis(sigma, top, -1)
    scaled = np.atleast_2d((y - np.take_along_axis(y, top, -1)) / unit, sigma / unit)
    if max(abs(scaled[0]).max(), scaled[1].max()) > _FARTHEST:
        raise ValueError(
            f"y and sigma must lie within {_FARTHEST:g} times the smallest sigma; got {unit.min():g} for it"
        )
    if method in ("dersimonian_laird", "hedges"):
        tau = np.sqrt(np.maximum(_moments(*scaled, design, equal_weights=method == "hedges"), 0))
    else:
        tau = _solve(*scaled, design, method)
    return np.asarray(tau.reshape(y.shape[:-1]) * unit[..., 0])


def _columns(covariates: ArrayLike | None, J: int) -> FloatArray:
    """The covariates, centred and made orthonormal, (J, K)."""
    given = np.empty((J, 0)) if covariates is None else validate.finite("covariates", covariates)
    columns = given[:, None] if given.ndim == 1 else given
    if columns.ndim != 2 or len(columns) != J:
        raise ValueError(f"covariates must have one row for each of the {J} units; got shape {given.shape}")
    coefficients = 1 + columns.shape[1]
    if coefficients >= J:
        raise ValueError(f"y must have more units than coefficients, {coefficients}, to show a spread; got {J}")
    centred = columns - columns.mean(0)
    scaled = centred / np.maximum(abs(centred).max(0, initial=0), np.finfo(float).tiny)
    # Rounding leaves a constant column with a tiny spread, which is none.
    rounding = 1e-12 * abs(columns).max(0, initial=0)
    if np.any(np.ptp(columns, axis=0) <= rounding) or np.linalg.matrix_rank(scaled, tol=1e-10) < columns.shape[1]:
        raise ValueError(
            "covariates must each say something that a constant and the others do not; "
            f"got {validate.shown(covariates)}"
        )
    return np.asarray(np.linalg.qr(scaled).Q)


class _Fit(NamedTuple):
    """Weighted regressions of y on X: Py (N, J), the diagonal of P (N, J), y'Py (N,), log det X'AX (N,)."""

    projected: FloatArray
    diagonal: FloatArray
    misfit: FloatArray
    log_precision: FloatArray


def _regress(y: FloatArray, weight: FloatArray, design: FloatArray) -> _Fit:
    """Regression on a constant and the design by weights (N, J), one column after the other (Gram-Schmidt)."""
    total = weight.sum(-1, keepdims=True)
    # One minus the leverage: for the heaviest unit a difference would lose its digits.
    heaviest = np.arange(y.shape[-1]) == weight.argmax(-1)[:, None]
    rest = np.where(heaviest, 0, weight).sum(-1, keepdims=True)
    free = np.where(heaviest, rest, total - weight) / total
    log_precision = np.log(total[:, 0])
    root = np.sqrt(weight)
    residual = root * (y - np.vecdot(weight, y)[:, None] / total)
    basis = [root / np.sqrt(total)]
    for column in design.T:
        direction = root * column
        for _ in range(2):  # The second pass removes what rounding left.
            for other in basis:
                direction = direction - other * np.vecdot(other, direction)[:, None]
        size = np.vecdot(direction, direction)[:, None]
        basis.append(direction / np.sqrt(size))
        residual = residual - basis[-1] * np.vecdot(basis[-1], residual)[:, None]
        free = np.maximum(free - basis[-1] ** 2, 0)
        log_precision = log_precision + np.log(size[:, 0])
    return _Fit(root * residual, weight * free, np.vecdot(residual, residual), log_precision)


def _moments(y: FloatArray, sigma: FloatArray, design: FloatArray, equal_weights: bool) -> FloatArray:
    """Tau squared at which y'Py, with fixed weights, has its expectation; it may be negative."""
    fit = _regress(y, np.ones_like(sigma) if equal_weights else sigma**-2.0, design)
    return np.asarray((fit.misfit - np.vecdot(fit.diagonal, sigma**2)) / fit.diagonal.sum(-1))


def _slope(fit: _Fit, weight: FloatArray, method: Method) -> FloatArray:
    """What the method sets to zero: positive where tau is too small, (N,)."""
    if method == "paule_mandel":
        # tr P (Sigma + tau^2 I) is the number of units less that of coefficients.
        return np.asarray(fit.misfit - np.vecdot(fit.diagonal, 1 / weight))
    lost = weight if method == "ml" else fit.diagonal
    return np.asarray(np.vecdot(fit.projected, fit.projected) - lost.sum(-1))


def _log_likelihood(fit: _Fit, weight: FloatArray, method: Method) -> FloatArray:
    restriction = fit.log_precision if method == "reml" else 0.0
    return np.asarray((np.log(weight).sum(-1) - fit.misfit - restriction) / 2)


def _solve(y: FloatArray, sigma: FloatArray, design: FloatArray, method: Method) -> FloatArray:
    """The root of the slope, or the highest of the maxima that its roots are, (B,). The smallest sigma is 1."""
    everywhere = np.arange(len(y))

    def fit(tau: FloatArray, row: NDArray[np.intp]) -> tuple[_Fit, FloatArray, Method]:
        weight = 1 / (sigma[row] ** 2 + tau[:, None] ** 2)
        return _regress(y[row], weight, design), weight, method

    # Beyond `high` every slope is negative: y'PPy < s / tau^4 and tr P > (J - rank X) / (max sigma^2 + tau^2).
    mean_square = _regress(y, np.ones_like(y), design).misfit / (y.shape[-1] - 1 - design.shape[1])
    high = 2 * np.sqrt(mean_square / 2 + np.sqrt(mean_square**2 / 4 + mean_square * sigma.max(-1) ** 2))
    # Paule and Mandel's slope falls all the way, so that its ends tell.
    steps = np.linspace(0, 1, 2 if method == "paule_mandel" else _GRID)[:, None]
    grid = np.sinh(steps * np.arcsinh(high))
    slopes = np.empty(grid.shape)
    for rows in np.array_split(everywhere, -(-grid.size * y.shape[-1] // _BLOCK)):
        at = grid[:, rows]
        slopes[:, rows] = _slope(*fit(at.ravel(), np.tile(rows, len(grid)))).reshape(at.shape)

    step, row = np.nonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    result = np.zeros(len(y))
    if len(row):
        roots = elementwise.find_root(
            lambda tau, row: _slope(*fit(tau, row)), (grid[step, row], grid[step + 1, row]), args=(row,)
        ).x
        heights = _log_likelihood(*fit(roots, row))
        # Zero is a maximum too where the slope starts downward. Later entries of a row overwrite lower ones.
        lowest = np.where(slopes[0] > 0, -np.inf, _log_likelihood(*fit(result, everywhere)))
        order = np.argsort(heights)
        order = order[heights[order] > lowest[row[order]]] if method != "paule_mandel" else order
        result[row[order]] = roots[order]
    return result
