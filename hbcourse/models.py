"""PyMC models, one builder each. They return a ``pm.Model``: sampling stays in the reader's hands."""

from collections.abc import Sequence
from typing import Literal

import pymc as pm
from numpy.typing import ArrayLike

from . import _validate as validate
from .exact import Flat, HalfCauchy, Normal


def normal_hierarchy(
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: Flat | HalfCauchy = Flat(),
    mu_prior: Flat | Normal = Flat(),
    parameterization: Literal["centered", "noncentered"] = "noncentered",
    unit: Sequence[str] | None = None,
) -> pm.Model:
    r"""Normal hierarchy: :math:`y_j \sim N(\theta_j, \sigma_j^2)` and :math:`\theta_j \sim N(\mu, \tau^2)`.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    tau_prior, mu_prior
        As for :func:`hbcourse.exact.normal_hierarchy`.
    parameterization : "centered" or "noncentered"
        Draw ``theta`` itself, or draw ``z`` from N(0, 1) and set theta = mu + tau z. The model is the same.
    unit : J labels, optional
        Names of the units, the coordinate of the dimension ``unit``; 0 to J - 1 by default.

    Returns
    -------
    pm.Model
        With ``mu``, ``tau`` and ``theta``, and ``z`` where noncentered.

    Notes
    -----
    Source: Gelman et al. 2013, section 5.5; Betancourt and Girolami 2015 for the two parameterizations.
    """
    y, sigma = validate.estimates(y, sigma)
    if parameterization not in ("centered", "noncentered"):
        raise ValueError(f"parameterization must be 'centered' or 'noncentered'; got {parameterization!r}")
    if unit is not None and len(unit) != len(y):
        raise ValueError(f"unit must have one label for each y, {len(y)}; got {len(unit)}")
    with pm.Model(coords={"unit": range(len(y)) if unit is None else list(unit)}) as model:
        mu = pm.Flat("mu") if isinstance(mu_prior, Flat) else pm.Normal("mu", mu_prior.mean, mu_prior.sd)
        tau = pm.HalfFlat("tau") if isinstance(tau_prior, Flat) else pm.HalfCauchy("tau", tau_prior.scale)
        if parameterization == "centered":
            theta = pm.Normal("theta", mu, tau, dims="unit")
        else:
            theta = pm.Deterministic("theta", mu + tau * pm.Normal("z", 0, 1, dims="unit"), dims="unit")
        pm.Normal("y", theta, sigma, observed=y, dims="unit")
    return model
