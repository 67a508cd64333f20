"""Groups inside groups: their variance components, what one observation tells of the others, and how to see nesting."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ..exact._variance_components import mean_squares, nested, variance_components
from ._designs import Design, design, relabel
from ._lines import (
    Cohorts,
    FittedLines,
    complete_pooling_lines,
    line_covariance,
    no_pooling_lines,
    partial_pooling_lines,
    simulate_cohorts,
)

__all__ = [
    "Cohorts",
    "Design",
    "FittedLines",
    "Influence",
    "NestedData",
    "anova",
    "complete_pooling_lines",
    "design",
    "influence",
    "intraclass_correlation",
    "line_covariance",
    "no_pooling_lines",
    "partial_pooling_lines",
    "relabel",
    "simulate",
    "simulate_cohorts",
]


#: Of groups in a group, so that a slip of the keys does not fill the memory.
_MOST = 10**7


class NestedData(NamedTuple):
    """Simulated nested data.

    Attributes
    ----------
    y : (I, n) or (R, S, n) array
        Observations.
    theta : tuple of arrays
        True means of the groups, the outermost level first: (R,), then (R, S).

    Examples
    --------
    >>> simulate((4, 10), mu=20.0, tau=[2.0], sigma=0.5, rng=np.random.default_rng(1)).theta[0].shape
    (4,)
    """

    y: FloatArray
    theta: tuple[FloatArray, ...]


class Influence(NamedTuple):
    """How far one plot moves the estimated mean of a site, per unit that the plot is raised: derivatives, no units.

    Examples
    --------
    >>> round(influence((3, 2, 4), tau=[1.0, 1.0], sigma=2.0).sibling_site, 4)
    0.0417
    """

    own_site: float
    sibling_site: float
    other_region: float


def anova(y: ArrayLike, names: tuple[str, ...] | None = None) -> pd.DataFrame:
    r"""Analysis of variance of balanced nested data, one row for each level, the outermost first.

    A mean square expects :math:`\sigma^2 + \sum_l n_l \tau_l^2` over its own level and those inside it. ``variance``
    is the component that solves these equations, without bias and perhaps below zero; ``sd`` is the REML estimate,
    never below zero. A level with one group in each has no degrees of freedom: its mean square is NaN.

    Parameters
    ----------
    y : (I, n) or (R, S, n) array
        Observations in groups, or in sites in regions.
    names : tuple of str
        Of the levels, the outermost first; ("group", "observation") or ("region", "site", "plot") unless given.

    Notes
    -----
    Source: Searle, Casella and McCulloch 1992, chapter 4.

    Examples
    --------
    >>> anova([[1.0, 3.0], [5.0, 7.0]])[["df", "mean_square", "expected", "variance"]]
                 df  mean_square                 expected  variance
    group         1         16.0  sigma^2 + 2 tau_group^2       7.0
    observation   2          2.0                  sigma^2       2.0
    """
    y = nested(y)
    names = names if names is not None else (("group", "observation") if y.ndim == 2 else ("region", "site", "plot"))
    if not isinstance(names, tuple | list) or len(names) != y.ndim or not all(isinstance(name, str) for name in names):
        raise ValueError(f"names must be {y.ndim} words, one for each level; got {validate.shown(names)}")
    squares, fit = mean_squares(y), variance_components(y)
    levels = range(y.ndim - 1)
    # A level with a single group in each has no degrees of freedom, and no mean square.
    mean_square = np.divide(squares.ss, squares.df, out=np.full(y.ndim, np.nan), where=squares.df > 0)
    components = [(mean_square[k] - mean_square[k + 1]) / squares.size[k] for k in levels]
    expected = ["sigma^2"]
    for k in reversed(levels):
        expected.insert(0, f"{expected[0]} + {int(squares.size[k])} tau_{names[k]}^2")
    return pd.DataFrame(
        {
            "df": squares.df.astype(int),
            "sum_of_squares": squares.ss,
            "mean_square": mean_square,
            "expected": expected,
            "variance": [*components, mean_square[-1]],
            "sd": [*fit.tau, fit.sigma],
        },
        index=pd.Index(names),
    )


def intraclass_correlation(tau: ArrayLike, sigma: float) -> FloatArray:
    r"""Correlation of two observations that share a group of each level, the outermost first.

    .. math:: \rho_k = \frac{\sum_{l \le k} \tau_l^2}{\sum_l \tau_l^2 + \sigma^2}

    Two plots in the same region but different sites have the first, two plots in the same site the last.

    Parameters
    ----------
    tau : (L - 1,) array
        Standard deviations between groups, the outermost level first.
    sigma : number
        Standard deviation between observations in the same innermost group, in the units of ``tau``.

    Examples
    --------
    >>> intraclass_correlation(tau=[2.0, 1.0], sigma=2.0).round(3)
    array([0.444, 0.556])
    """
    tau, sigma = _sds(tau, sigma)
    largest = max(sigma, tau.max())
    squares = (tau / largest) ** 2
    return np.asarray(np.cumsum(squares) / (squares.sum() + (sigma / largest) ** 2))


def simulate(shape: tuple[int, ...], mu: float, tau: ArrayLike, sigma: float, rng: np.random.Generator) -> NestedData:
    r"""Balanced nested data: :math:`\theta_r \sim N(\mu, \tau_1^2)`, :math:`\theta_{rs} \sim N(\theta_r, \tau_2^2)`, y.

    Parameters
    ----------
    shape : tuple of 2 or 3 whole numbers
        (groups, n), or (regions, sites, n).
    mu : number
        Grand mean.
    tau : (L - 1,) array
        Standard deviations between groups, the outermost level first, in the units of ``mu``.
    sigma : number
        Standard deviation between observations in the same innermost group.
    rng : numpy.random.Generator
        Source of chance.

    Examples
    --------
    >>> data = simulate((4, 3, 10), mu=20.0, tau=[2.0, 1.0], sigma=0.5, rng=np.random.default_rng(1))
    >>> data.y.shape, [theta.shape for theta in data.theta]
    ((4, 3, 10), [(4,), (4, 3)])
    """
    tau, sigma = _sds(tau, sigma)
    shape = tuple(validate.whole("shape", size, 1, _MOST) for size in _sizes(shape, (2, 3)))
    if len(tau) != len(shape) - 1:
        raise ValueError(f"tau must have one sd for each level of groups, {len(shape) - 1}; got {len(tau)}")
    rng = validate.generator(rng)
    theta = [np.asarray(validate.scalar("mu", validate.finite("mu", mu)))]
    for spread, size in zip([*tau, sigma], shape, strict=True):
        above = theta[-1]
        theta.append(rng.normal(above[..., None], spread, (*above.shape, size)))
    return NestedData(y=theta[-1], theta=tuple(theta[1:-1]))


def influence(shape: tuple[int, int, int], tau: ArrayLike, sigma: float) -> Influence:
    r"""What one plot contributes to the means of its own site, of a sibling site, and of a site in another region.

    Given the sds and with a flat mu, the posterior mean of a site is
    :math:`\kappa_2 \bar y_{rs} + (1 - \kappa_2) (\kappa_1 \bar y_r + (1 - \kappa_1) \bar y)`, with
    :math:`\kappa_2 = n \tau_2^2 / \lambda_2`, :math:`\kappa_1 = Sn \tau_1^2 / \lambda_1` and the eigenvalues
    :math:`\lambda_2 = \sigma^2 + n \tau_2^2`, :math:`\lambda_1 = \lambda_2 + Sn \tau_1^2`. Its derivatives by a plot:

    ================  ==========================================================
    another region    :math:`(1 - \kappa_2)(1 - \kappa_1) / RSn`
    a sibling site    the same, and :math:`(1 - \kappa_2) \kappa_1 / Sn`
    its own site      the same, and :math:`\kappa_2 / n`
    ================  ==========================================================

    Parameters
    ----------
    shape : (R, S, n)
        Regions, sites in each, plots in each; 2 or more regions and sites.
    tau : (2,) array
        Standard deviations between regions and between the sites of a region.
    sigma : number
        Standard deviation between the plots of a site, in the units of ``tau``.

    Examples
    --------
    >>> [round(change, 4) for change in influence((3, 2, 4), tau=[1.0, 1.0], sigma=2.0)]
    [0.1667, 0.0417, 0.0104]
    """
    tau, sigma = _sds(tau, sigma)
    R, S, n = (validate.whole("shape", size, 1, _MOST) for size in _sizes(shape, (3,)))
    if len(tau) != 2:
        raise ValueError(f"tau must have 2 sds, between regions and between sites; got {len(tau)}")
    if min(R, S) < 2:
        raise ValueError(f"shape must have 2 or more regions, and sites in each, to compare; got {(R, S, n)}")
    # The sds of the errors with which a region's and a site's own plots give their means, in units of sigma.
    tau, site_error = tau / sigma, 1 / np.sqrt(n)
    error = np.array([np.hypot(site_error, tau[1]) / np.sqrt(S), site_error])
    with np.errstate(divide="ignore", over="ignore"):
        kappa, (from_grand, from_region) = 1 / (1 + (error / tau) ** 2), 1 / (1 + (tau / error) ** 2)
    other = from_region * from_grand / (R * S * n)
    sibling = other + from_region * kappa[0] / (S * n)
    return Influence(own_site=float(sibling + kappa[1] / n), sibling_site=float(sibling), other_region=float(other))


def _sds(tau: ArrayLike, sigma: float) -> tuple[FloatArray, float]:
    tau = validate.finite("tau", validate.nonnegative("tau", tau))
    if tau.ndim != 1 or not tau.size:
        raise ValueError(f"tau must be a list of one sd for each level of groups; got shape {tau.shape}")
    return tau, validate.scalar("sigma", validate.positive("sigma", sigma))


def _sizes(shape: tuple[int, ...], lengths: tuple[int, ...]) -> tuple[int, ...]:
    if not isinstance(shape, tuple | list) or len(shape) not in lengths:
        raise ValueError(f"shape must be {' or '.join(map(str, lengths))} whole numbers; got {validate.shown(shape)}")
    return tuple(shape)
