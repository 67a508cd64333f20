"""Scores of predictions of data left out: one observation at a time, or one group at a time."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ..pooling import data_weight

#: Numbers worked on together.
_BLOCK = 1 << 17


class _Groups(NamedTuple):
    """Observations in groups, with the mean and the number of each."""

    y: FloatArray
    of: NDArray[np.intp]
    mean: FloatArray
    n: FloatArray
    sigma: float


def leave_one_observation_out(
    y: ArrayLike,
    group: ArrayLike,
    sigma: float,
    tau_prior: exact.ScalePrior = exact.Flat(),
    mu_prior: exact.Flat | exact.Normal = exact.Flat(),
) -> FloatArray:
    r"""Log predictive density of each observation given all the others, :math:`\log p(y_i \mid y_{-i})`.

    The rest of its group helps: it asks for a new observation **in a known group**. The model is
    :math:`y_i \sim N(\theta_{g(i)}, \sigma^2)`, :math:`\theta_g \sim N(\mu, \tau^2)`.

    Parameters
    ----------
    y : (N,) array
        Observations.
    group : (N,) array
        The group of each: words or whole numbers.
    sigma : number
        Known standard deviation of observations within a group, in the units of ``y``.
    tau_prior, mu_prior
        As for :func:`hbcourse.exact.normal_hierarchy`.

    Returns
    -------
    (N,) array
        Log scores, one per observation; their sum is the score of the model.

    Notes
    -----
    Every fit is exact. Source: Gelman et al. 2013, section 7.2; Vehtari, Gelman and Gabry 2017.

    Examples
    --------
    >>> y, group = [1.0, 1.2, 4.9, 5.1, 9.0, 9.3], ["A", "A", "B", "B", "C", "C"]
    >>> leave_one_observation_out(y, group, 0.3, exact.HalfNormal(5)).round(1)
    array([-0.2, -0.1, -0.2, -0.2, -0.3, -0.4])
    """
    groups = _groups(y, group, sigma, "to leave one observation out")
    scores = np.empty(len(groups.y))
    alone = groups.n[groups.of] == 1
    if alone.any():
        scores[alone] = leave_one_group_out(y, group, sigma, tau_prior, mu_prior)[alone]

    def score(rows: NDArray[np.intp]) -> None:
        own, n = groups.of[rows], groups.n[groups.of[rows]]
        mean, size = np.tile(groups.mean, (len(rows), 1)), np.tile(groups.n, (len(rows), 1))
        at = (np.arange(len(rows)), own)
        # From the deviation, so that nothing cancels.
        mean[at] -= (groups.y[rows] - groups.mean[own]) / (n - 1)
        size[at] -= 1
        fit = exact.normal_hierarchy(mean, groups.sigma / np.sqrt(size), tau_prior, mu_prior)
        kappa = data_weight(fit.tau.node, fit.sigma[at][:, None])
        centre = kappa * mean[at][:, None] + (1 - kappa) * fit.mu.component_mean
        spread = np.hypot(np.sqrt(kappa) * fit.sigma[at][:, None], (1 - kappa) * fit.mu.component_sd)
        predicted = exact.NormalMixture(fit.tau.weight, centre, np.hypot(spread, groups.sigma))
        scores[rows] = predicted.log_pdf(groups.y[rows])

    _in_blocks(score, np.flatnonzero(~alone), len(groups.n))
    return scores


def leave_one_group_out(
    y: ArrayLike,
    group: ArrayLike,
    sigma: float,
    tau_prior: exact.ScalePrior = exact.Flat(),
    mu_prior: exact.Flat | exact.Normal = exact.Flat(),
) -> FloatArray:
    r"""Log predictive density of each observation given the other groups, :math:`\log p(y_i \mid y_{-g(i)})`.

    Its group is left out whole: it asks for an observation **in a new group**, which is what the population is for.

    Parameters
    ----------
    y, group, sigma, tau_prior, mu_prior
        As for :func:`leave_one_observation_out`. The groups that stay must be enough for a proper posterior.

    Returns
    -------
    (N,) array
        Log scores, one per observation, to be compared with those of :func:`leave_one_observation_out`.

    Notes
    -----
    Every fit is exact. Source: Roberts et al. 2017, on leaving out blocks of dependent data.

    Examples
    --------
    >>> y, group = [1.0, 1.2, 4.9, 5.1, 9.0, 9.3], ["A", "A", "B", "B", "C", "C"]
    >>> leave_one_group_out(y, group, 0.3, exact.HalfNormal(5)).round(1)
    array([-3.6, -3.5, -2.7, -2.7, -3.6, -3.6])
    """
    groups = _groups(y, group, sigma, "to leave one out")
    J = len(groups.n)
    scores = np.empty(len(groups.y))

    def score(rows: NDArray[np.intp]) -> None:
        others = np.arange(J) != rows[:, None]
        mean, n = (np.broadcast_to(a, others.shape)[others].reshape(-1, J - 1) for a in (groups.mean, groups.n))
        new = exact.normal_hierarchy(mean, groups.sigma / np.sqrt(n), tau_prior, mu_prior).predict_new()
        spread = np.hypot(new.component_sd, groups.sigma)
        for row, weight, mean, sd in zip(rows, new.weight, new.component_mean, spread, strict=True):
            own = groups.of == row
            scores[own] = exact.NormalMixture(weight, mean, sd).log_pdf(groups.y[own])

    _in_blocks(score, np.arange(J), J)
    return scores


def _groups(y: ArrayLike, group: ArrayLike, sigma: float, why: str) -> _Groups:
    y, sigma = validate.finite("y", y), validate.scalar("sigma", validate.positive("sigma", sigma))
    if y.ndim != 1 or not y.size:
        raise ValueError(f"y must be a list of one or more observations; got shape {y.shape}")
    labels = validate.labels("group", group)
    if labels.shape != y.shape:
        raise ValueError(f"group must have one label for each y, {y.shape}; got shape {labels.shape}")
    names, of, n = np.unique(labels, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise ValueError(f"group must name 2 or more groups, {why}; got {len(names)}")
    return _Groups(y, of, np.bincount(of, y) / n, n.astype(float), sigma)


def _in_blocks(score: Callable[[NDArray[np.intp]], None], rows: NDArray[np.intp], units: int) -> None:
    for block in np.array_split(rows, 1 + len(rows) * units // _BLOCK):
        if block.size:
            score(block)
