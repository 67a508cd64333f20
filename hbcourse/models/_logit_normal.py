"""Successes out of trials, whose chances come from a normal population on the logit scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import ArrayLike
from pytensor import tensor as pt

from .. import _validate as validate
from .._validate import FloatArray
from ..exact import Normal, ScalePrior
from . import _priors as priors
from . import _units as units
from ._units import IntArray, Parameterization


def logit_normal(
    y: ArrayLike,
    n: ArrayLike,
    tau_prior: ScalePrior,
    mu_prior: Normal,
    covariates: ArrayLike | None = None,
    slope_prior: Normal | None = None,
    parameterization: Parameterization | Sequence[Parameterization] = "noncentered",
    unit: Sequence[Any] | None = None,
) -> pm.Model:
    r"""Binomial counts with logit-normal chances: :math:`y_j \sim \text{Binomial}(n_j, \theta_j)`.

    .. math:: \text{logit}\, \theta_j = \eta_j, \qquad \eta_j \sim N(\mu + \textstyle\sum_k b_k X_{jk}, \tau^2)

    Parameters
    ----------
    y : (J,) array
        Successes, one count for each unit.
    n : (J,) array or number
        Trials of each unit.
    tau_prior : a proper prior of a positive quantity
        Prior of the sd of the logits between units with the same covariates.
    mu_prior : Normal
        Prior of the mean logit where all covariates are zero: centre them, or it is far from the data.
    covariates : (J, K) array or data frame, optional
        Covariates of the units, in units of their own. A frame's column names are the coordinate of ``covariate``.
    slope_prior : Normal, optional
        Prior of each slope b, in logits for one unit of the covariate. Given if and only if ``covariates`` is.
    parameterization : "centered", "noncentered", or a list of J of these
        Draw the logits ``eta`` themselves, or ``z`` from N(0, 1) and scale it by tau. The model is the same.
    unit : J labels, optional
        Names of the units, the coordinate of the dimension ``unit``; 0 to J - 1 by default.

    Returns
    -------
    pm.Model
        With ``mu``, ``tau``, ``slope`` (covariate) if there are covariates, the logits ``eta`` (unit) and the chances
        ``theta`` (unit), and ``z`` (unit) unless all are centered. The data are ``y_data`` and ``n`` (unit), and
        ``covariates`` (unit, covariate).

    Notes
    -----
    Source: Spiegelhalter et al. 1996, for the surgical data; Gelman and Hill 2007, chapter 14, for covariates.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = logit_normal([0, 18, 8], [47, 148, 119], exact.HalfNormal(1), exact.Normal(-2, 1))
    >>> [variable.name for variable in model.unobserved_RVs]
    ['mu', 'tau', 'z', 'eta', 'theta']
    >>> size = [[-0.5], [0.5], [0.0]]
    >>> model = logit_normal(
    ...     [0, 18, 8], [47, 148, 119], exact.HalfNormal(1), exact.Normal(-2, 1), size, exact.Normal(0, 1)
    ... )
    >>> model.named_vars_to_dims["slope"]
    ('covariate',)
    """
    y, n = _successes(y, n)
    priors.check_scale("tau_prior", tau_prior)
    priors.check_location("mu_prior", mu_prior)
    form = units.parameterized(parameterization, len(y))
    if (covariates is None) != (slope_prior is None):
        raise ValueError("covariates and slope_prior must be given together, or neither of them")
    coords = units.named(unit, "y", len(y))
    if covariates is not None and slope_prior is not None:
        table = _table(covariates, len(y))
        priors.check_location("slope_prior", slope_prior)
        coords["covariate"] = list(getattr(covariates, "columns", range(table.shape[1])))
    with pm.Model(coords=coords) as model:
        centre, tau = priors.location("mu", mu_prior), priors.scale("tau", tau_prior)
        if slope_prior is not None:
            slope = pm.Normal("slope", slope_prior.mean, slope_prior.sd, dims="covariate")
            # A product and a sum: PyTensor's dot warns where it finds no BLAS.
            centre = centre + (pm.Data("covariates", table, dims=("unit", "covariate")) * slope).sum(1)
        eta = units.population("eta", pm.Normal, centre, tau, form, "unit")
        pm.Deterministic("theta", pt.sigmoid(eta), dims="unit")
        trials, data = pm.Data("n", n, dims="unit"), pm.Data("y_data", y, dims="unit")
        pm.Binomial("y", trials, logit_p=eta, observed=data, dims="unit")
    return model


def _successes(y: ArrayLike, n: ArrayLike) -> tuple[IntArray, IntArray]:
    y = units.counts("y", y)
    n = units.counts("n", units.for_each("y", y, "n", validate.counts("n", n)))
    for j in np.flatnonzero((y > n) | (n == 0))[:1]:
        raise ValueError(f"y must be at most n, and n at least 1; got y = {y[j]}, n = {n[j]} at index {j}")
    return y, n


def _table(covariates: ArrayLike, J: int) -> FloatArray:
    table = validate.finite("covariates", covariates)
    if table.ndim != 2 or len(table) != J or not table.size:
        raise ValueError(f"covariates must be a table with a row for each y, {J}; got shape {table.shape}")
    return table
