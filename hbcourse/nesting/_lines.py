"""Intercepts and slopes that vary between groups: by no, complete and partial pooling."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate
from .._validate import FloatArray


@dataclass(frozen=True)
class FittedLines:
    """Estimated lines of J groups, one row for each, in the order of their sorted labels.

    Attributes
    ----------
    group : (J,) array
        Labels of the groups.
    intercept, slope : (J,) arrays
        In units of ``y``, and of ``y`` per unit of ``x``.
    covariance : (J, 2, 2) array
        Covariance of each group's intercept and slope: of the estimates, or of the posterior.

    Examples
    --------
    >>> lines = no_pooling_lines([1.0, 3.0, 5.0, 6.0], [0, 1, 0, 2], ["A", "A", "B", "B"], sigma=1)
    >>> lines.group, lines.covariance[0].round(3)
    (array(['A', 'B'], dtype='<U1'), array([[ 1., -1.],
           [-1.,  2.]]))
    """

    group: NDArray[np.str_]
    intercept: FloatArray
    slope: FloatArray
    covariance: FloatArray


class Cohorts(NamedTuple):
    """Simulated groups with lines of their own: data (N,), and the truth (J,) in the order of the sorted labels.

    Examples
    --------
    >>> simulate_cohorts([3, 2], [1, 0.5], np.eye(2), 1.0, np.random.default_rng(1)).slope.shape
    (2,)
    """

    y: FloatArray
    x: FloatArray
    group: NDArray[np.str_]
    intercept: FloatArray
    slope: FloatArray


class _Groups(NamedTuple):
    """Sums of each group in units in which x has mean 0 and largest size 1: ``to`` takes a line there."""

    label: NDArray[np.str_]
    squares: FloatArray
    products: FloatArray
    to: FloatArray


def no_pooling_lines(y: ArrayLike, x: ArrayLike, group: ArrayLike, sigma: float) -> FittedLines:
    r"""Each group's own least-squares line, with covariance :math:`\sigma^2 (X_j^T X_j)^{-1}`.

    Parameters
    ----------
    y, x : (N,) arrays
        Outcome and predictor.
    group : (N,) array of labels
        Which group each belongs to.
    sigma : number
        Known standard deviation of y about its group's line.

    Raises
    ------
    ValueError
        Also if some group has only one value of x: its own data do not determine a line.

    Examples
    --------
    >>> no_pooling_lines([1.0, 3.0, 5.0, 6.0], [0, 1, 0, 2], ["A", "A", "B", "B"], sigma=1).slope.round(3)
    array([2. , 0.5])
    """
    groups = _sums(y, x, group, sigma)
    x = np.asarray(x, dtype=float)
    for label in groups.label.tolist():
        if not np.ptp(x[np.asarray(group).astype(str) == label]):
            raise ValueError(
                f"x must take two or more values in each group to give it a line of its own; got one in {label!r}"
            )
    covariance = np.linalg.inv(groups.squares)
    return _lines(groups, (covariance @ groups.products[..., None])[..., 0], covariance)


def complete_pooling_lines(y: ArrayLike, x: ArrayLike, group: ArrayLike, sigma: float) -> FittedLines:
    r"""One least-squares line for all groups, with covariance :math:`\sigma^2 (X^T X)^{-1}`.

    Parameters
    ----------
    y, x : (N,) arrays
        Outcome and predictor.
    group : (N,) array of labels
        Which group each belongs to.
    sigma : number
        Known standard deviation of y about the line.

    Examples
    --------
    >>> complete_pooling_lines([1.0, 3.0, 5.0, 5.0], [0, 1, 0, 1], ["A", "A", "B", "B"], sigma=1).slope
    array([1., 1.])
    """
    groups = _sums(y, x, group, sigma)
    J = len(groups.label)
    covariance = np.linalg.inv(groups.squares.sum(0))
    line = covariance @ groups.products.sum(0)
    return _lines(groups, np.tile(line, (J, 1)), np.tile(covariance, (J, 1, 1)))


def partial_pooling_lines(
    y: ArrayLike, x: ArrayLike, group: ArrayLike, sigma: float, covariance: ArrayLike, mu: ArrayLike | None = None
) -> FittedLines:
    r"""Posterior of each group's line, :math:`y_{ij} \sim N(a_j + b_j x_{ij}, \sigma^2)`, given what varies how much.

    With :math:`\beta_j = (a_j, b_j) \sim N(\mu, \Omega)`, :math:`A_j = X_j^T X_j / \sigma^2`,
    :math:`c_j = X_j^T y_j / \sigma^2` and :math:`D_j = (I + \Omega A_j)^{-1}`,

    .. math:: E \beta_j = D_j (\Omega c_j + \hat\mu), \quad
              \text{cov} \, \beta_j = D_j \Omega + D_j V_\mu D_j^T, \quad
              V_\mu^{-1} = \sum_j A_j D_j, \quad \hat\mu = V_\mu \sum_j D_j^T c_j

    Where intercepts and slopes are correlated in the population, pooling a group's intercept moves its slope too.

    Parameters
    ----------
    y, x : (N,) arrays
        Outcome and predictor.
    group : (N,) array of labels
        Which group each belongs to.
    sigma : number
        Known standard deviation of y about its group's line.
    covariance : (2, 2) array
        Covariance :math:`\Omega` of intercepts and slopes between groups, see :func:`line_covariance`.
    mu : (2,) array or None
        The population's intercept and slope; None, unknown with a flat prior.

    Notes
    -----
    Source: Lindley and Smith 1972; Gelman and Hill 2007, chapter 13.

    Examples
    --------
    Group B has no spread of x, hence no slope of its own. It gets the population's, moved by its high intercept:

    >>> covariance = line_covariance(tau=[1.0, 1.0], correlation=-0.8)
    >>> lines = partial_pooling_lines([0.0, 1.0, 3.0, 3.2], [0, 1, 0, 0], list("AABB"), 0.5, covariance, [0, 1])
    >>> lines.intercept.round(2), lines.slope.round(2)
    (array([0.  , 2.76]), array([ 1. , -1.2]))
    """
    groups = _sums(y, x, group, sigma)
    to = groups.to
    spread = to @ _covariance("covariance", covariance) @ to.T
    pull = np.linalg.inv(np.eye(2) + spread @ groups.squares)
    within = pull @ spread
    known_part = (within @ groups.products[..., None])[..., 0]
    if mu is not None:
        return _lines(groups, known_part + pull @ (to @ _line("mu", mu)), within)
    mean_covariance = np.linalg.inv((groups.squares @ pull).sum(0))
    centre = mean_covariance @ (pull.mT @ groups.products[..., None]).sum((0, 2))
    return _lines(groups, known_part + pull @ centre, within + pull @ mean_covariance @ pull.mT)


def line_covariance(tau: ArrayLike, correlation: float) -> FloatArray:
    r"""Covariance matrix :math:`\Omega` of intercepts and slopes, from their sds and their correlation.

    Parameters
    ----------
    tau : (2,) array
        Standard deviations between groups of the intercept and of the slope.
    correlation : number
        From -1 to 1.

    Examples
    --------
    >>> line_covariance(tau=[2.0, 0.5], correlation=-0.6)
    array([[ 4.  , -0.6 ],
           [-0.6 ,  0.25]])
    """
    tau = validate.finite("tau", validate.nonnegative("tau", tau))
    if tau.shape != (2,):
        raise ValueError(f"tau must be two sds, of intercepts and of slopes; got shape {tau.shape}")
    correlation = validate.scalar("correlation", validate.finite("correlation", correlation))
    if abs(correlation) > 1:
        raise ValueError(f"correlation must be from -1 to 1; got {correlation}")
    return np.asarray(np.outer(tau, tau) * np.array([[1, correlation], [correlation, 1]]))


def simulate_cohorts(
    sizes: ArrayLike, mu: ArrayLike, covariance: ArrayLike, sigma: float, rng: np.random.Generator
) -> Cohorts:
    r"""Cohorts whose regression lines differ.

    .. math:: (a_j, b_j) \sim N(\mu, \Omega), \quad x_{ij} \sim N(0, 1), \quad y_{ij} \sim N(a_j + b_j x_{ij}, \sigma^2)

    Parameters
    ----------
    sizes : (J,) array of whole numbers
        People in each cohort.
    mu : (2,) array
        The population's intercept and slope.
    covariance : (2, 2) array
        Covariance :math:`\Omega` of intercepts and slopes between cohorts.
    sigma : number
        Standard deviation of y about its cohort's line.
    rng : numpy.random.Generator
        Source of chance.

    Examples
    --------
    >>> cohorts = simulate_cohorts([3, 2], [1, 0.5], line_covariance([1, 0.3], -0.5), 1.0, np.random.default_rng(1))
    >>> cohorts.group
    array(['1', '1', '1', '2', '2'], dtype='<U1')
    """
    counts = validate.counts("sizes", sizes)
    if counts.ndim != 1 or not counts.size or counts.min() < 1 or counts.sum() > 1e7:
        raise ValueError(
            f"sizes must be whole numbers of 1 or more, 10,000,000 in all at most; got {validate.shown(sizes)}"
        )
    mu, covariance = _line("mu", mu), _covariance("covariance", covariance)
    sigma, rng = validate.scalar("sigma", validate.positive("sigma", sigma)), validate.generator(rng)
    J = len(counts)
    width = len(str(J))
    value, vector = np.linalg.eigh(covariance)
    lines = mu + (rng.standard_normal((J, 2)) * np.sqrt(np.maximum(value, 0))) @ vector.T
    row = np.repeat(np.arange(J), counts.astype(int))
    x = rng.standard_normal(len(row))
    y = rng.normal(lines[row, 0] + lines[row, 1] * x, sigma)
    label = np.array([f"{j + 1:0{width}d}" for j in range(J)])
    return Cohorts(y, x, label[row], lines[:, 0], lines[:, 1])


def _sums(y: ArrayLike, x: ArrayLike, group: ArrayLike, sigma: float) -> _Groups:
    y, x = validate.finite("y", y), validate.finite("x", x)
    sigma = validate.scalar("sigma", validate.positive("sigma", sigma))
    labels = validate.labels("group", group)
    if x.ndim != 1 or x.shape != y.shape or x.shape != labels.shape:
        raise ValueError(f"y, x and group must be lists of one length; got shapes {y.shape}, {x.shape}, {labels.shape}")
    if not np.ptp(x):
        raise ValueError(f"x must take two or more values to determine a slope; got {x[0]} alone")
    label, row = np.unique(labels, return_inverse=True)
    centre = x.mean()
    scale = abs(x - centre).max()
    design = np.stack([np.ones_like(x), (x - centre) / scale]) / sigma
    squares, products = np.zeros((len(label), 2, 2)), np.zeros((len(label), 2))
    np.add.at(squares, row, (design[:, None] * design).transpose(2, 0, 1))
    np.add.at(products, row, (design * (y / sigma)).T)
    return _Groups(label, squares, products, np.array([[1.0, centre], [0.0, scale]]))


def _lines(groups: _Groups, line: FloatArray, covariance: FloatArray) -> FittedLines:
    """Lines back in the units of x."""
    back = np.linalg.inv(groups.to)
    intercept, slope = back @ line.T
    return FittedLines(groups.label, intercept, slope, back @ covariance @ back.T)


def _line(name: str, value: ArrayLike) -> FloatArray:
    line = validate.finite(name, value)
    if line.shape != (2,):
        raise ValueError(f"{name} must be an intercept and a slope, (2,); got shape {line.shape}")
    return line


def _covariance(name: str, value: ArrayLike) -> FloatArray:
    matrix = validate.finite(name, value)
    if matrix.shape != (2, 2):
        raise ValueError(f"{name} must be a covariance matrix of intercept and slope, (2, 2); got shape {matrix.shape}")
    size = np.sqrt(np.outer(*(abs(np.diag(matrix)),) * 2))
    if (
        not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0)
        or np.diag(matrix).min() < 0
        or (abs(matrix) > size * (1 + 1e-12)).any()
    ):
        raise ValueError(f"{name} must be symmetric and positive semidefinite; got {matrix.tolist()}")
    return matrix
