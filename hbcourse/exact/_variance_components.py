"""Mean squares of balanced nested data, and the variance components that fit them best."""

from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray


class MeanSquares(NamedTuple):
    """All that balanced nested data say of the variances, outermost level first; the innermost is the observations.

    Attributes
    ----------
    mean : tuple of arrays
        Grand mean, shape (), then the means of the groups at each level: (R,), and (R, S) with three levels.
    df : (L,) array
        Degrees of freedom of each level.
    ss : (L,) array
        Sums of squares, in squared units of ``y``.
    size : (L,) array
        Observations in one group of each level; 1 for the innermost.

    Examples
    --------
    >>> from hbcourse import exact
    >>> exact.nested_normal([[1.0, 3.0], [5.0, 7.0], [4.0, 4.0]]).squares.ss
    array([16.,  4.])
    """

    mean: tuple[FloatArray, ...]
    df: FloatArray
    ss: FloatArray
    size: FloatArray

    @property
    def total(self) -> int:
        """Number of observations."""
        return int(self.df.sum()) + 1


class VarianceComponents(NamedTuple):
    """Point estimates of a nested normal model, in the units of ``y``.

    Attributes
    ----------
    mu : float
        Grand mean.
    tau : (L - 1,) array
        Standard deviation between groups at each level, outermost first.
    sigma : float
        Standard deviation between observations in the same innermost group.

    Examples
    --------
    >>> round(variance_components([[1.0, 3.0], [5.0, 7.0]]).sigma, 3)
    1.414
    """

    mu: float
    tau: FloatArray
    sigma: float


def nested(y: ArrayLike) -> FloatArray:
    """Observations ``y`` as a balanced table (groups, n) or (regions, sites, n) with n of 2 or more."""
    array = validate.finite("y", y)
    if array.ndim not in (2, 3) or not array.size:
        raise ValueError(f"y must be of shape (groups, n) or (regions, sites, n); got shape {array.shape}")
    if array.shape[-1] < 2:
        raise ValueError(
            "y must hold 2 or more observations in each group, or sigma and tau cannot be told apart; got 1"
        )
    return array


def mean_squares(y: FloatArray) -> MeanSquares:
    r"""Means of the groups at each level, and sums of squares of their deviations from the level above.

    .. math:: \text{SS}_1 = Sn \sum_r (\bar y_r - \bar y)^2, \quad \text{SS}_2 = n \sum_{rs} (\bar y_{rs} - \bar y_r)^2,
              \quad \text{SS}_3 = \sum_{rsk} (y_{rsk} - \bar y_{rs})^2
    """
    levels = [y]
    while levels[0].ndim:
        levels.insert(0, levels[0].mean(-1))
    if not (y != y[..., :1]).any():
        # Rounding of the means must not make up a variance where there is none.
        levels[-2] = y[..., 0]
    size = np.array([y[0].size, *(y[0, 0].size,) * (y.ndim == 3), 1], dtype=float)
    deviations = [(inner - outer[..., None]).ravel() for outer, inner in pairwise(levels)]
    ss = size * [deviation @ deviation for deviation in deviations]
    groups = np.cumprod(y.shape)
    return MeanSquares(tuple(levels[:-1]), groups - np.r_[1, groups[:-1]].astype(float), ss, size)


def variance_components(y: ArrayLike, method: Literal["reml", "ml"] = "reml") -> VarianceComponents:
    r"""REML or ML estimates of the sds of balanced nested normal data, in closed form.

    The mean square of level k estimates :math:`\lambda_k = \sigma^2 + \sum_{l \ge k} n_l \tau_l^2`, with :math:`n_l`
    observations in a group of level l. The estimates are the mean squares themselves if they fall from the outermost
    level to the innermost; where one does not, neighbours are pooled, weighted by their degrees of freedom, and the
    component between them is zero. ML divides the outermost sum of squares by the number of groups, not by one less.

    Parameters
    ----------
    y : (I, n) or (R, S, n) array
        Observations in groups, or in sites in regions.
    method : "reml" or "ml"

    Raises
    ------
    ValueError
        If a level has one group alone, which shows no spread.

    Notes
    -----
    Source: Thompson 1962, for pooling; Searle, Casella and McCulloch 1992, chapter 4, for the estimates.

    Examples
    --------
    >>> variance_components([[1.0, 3.0], [5.0, 7.0]]).tau.round(3)
    array([2.646])
    >>> variance_components([[1.0, 7.0], [5.0, 3.0]]).tau
    array([0.])
    """
    squares = mean_squares(nested(y))
    validate.word("method", method, ("reml", "ml"))
    for level, degrees in enumerate(squares.df[:-1]):
        if not degrees:
            where = "groups" if len(squares.df) == 2 else "sites in a region" if level else "regions"
            raise ValueError(f"y must have 2 or more {where}, or there is no spread between them to estimate; got 1")
    df = squares.df + (method == "ml") * (np.arange(len(squares.df)) == 0)
    # Pool adjacent violators, from the innermost level out: (sum of squares, df, levels) of each block.
    blocks: list[tuple[float, float, int]] = []
    for ss, degrees in zip(squares.ss[::-1], df[::-1], strict=True):
        block = (float(ss), float(degrees), 1)
        while blocks and block[0] * blocks[-1][1] <= blocks[-1][0] * block[1]:
            previous = blocks.pop()
            block = (block[0] + previous[0], block[1] + previous[1], block[2] + previous[2])
        blocks.append(block)
    eigenvalue = np.concatenate([np.full(levels, ss / degrees) for ss, degrees, levels in blocks])[::-1]
    tau = np.sqrt((eigenvalue[:-1] - eigenvalue[1:]) / squares.size[:-1])
    return VarianceComponents(mu=float(squares.mean[0]), tau=tau, sigma=float(np.sqrt(eigenvalue[-1])))
