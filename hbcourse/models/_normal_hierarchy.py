"""Estimates with known standard errors, whose units come from a normal or a Student-t population."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pymc as pm
from numpy.typing import ArrayLike

from .. import _validate as validate
from .. import exact
from ..exact import Flat, Normal, ScalePrior
from . import _priors as priors
from . import _units as units
from ._units import Parameterization


def normal_hierarchy(
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: ScalePrior = Flat(),
    mu_prior: Flat | Normal = Flat(),
    parameterization: Parameterization | Sequence[Parameterization] = "noncentered",
    unit: Sequence[Any] | None = None,
) -> pm.Model:
    r"""Normal hierarchy: :math:`y_j \sim N(\theta_j, \sigma_j^2)` and :math:`\theta_j \sim N(\mu, \tau^2)`.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    tau_prior, mu_prior
        As for :func:`hbcourse.exact.normal_hierarchy`, which refuses the same improper posteriors.
    parameterization : "centered", "noncentered", or a list of J of these
        Draw ``theta`` itself, or draw ``z`` from N(0, 1) and set theta = mu + tau z. The model is the same.
    unit : J labels, optional
        Names of the units, the coordinate of the dimension ``unit``; 0 to J - 1 by default.

    Returns
    -------
    pm.Model
        With ``mu``, ``tau`` and ``theta`` (unit), and ``z`` (unit) unless all are centered; in a list of both, ``z``
        is theta itself where centered. The data are ``y_data`` and ``sigma`` (unit).

    Notes
    -----
    The log densities in the parameterizations differ by log tau for each noncentered unit. Source: Gelman et al. 2013,
    section 5.5; Betancourt and Girolami 2015 for the two parameterizations.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = normal_hierarchy([28, 8, -3], [15, 10, 16], exact.HalfCauchy(5), exact.Normal(0, 5), unit=list("ABC"))
    >>> [variable.name for variable in model.free_RVs], model.coords["unit"]
    (['mu', 'tau', 'z'], ('A', 'B', 'C'))
    >>> mixed = normal_hierarchy([28, 8, -3], [1, 10, 16], parameterization=["centered"] + 2 * ["noncentered"])
    >>> mixed.named_vars_to_dims["theta"]
    ('unit',)
    """
    return _hierarchy(exact.normal_hierarchy, pm.Normal, y, sigma, tau_prior, mu_prior, parameterization, unit)


def student_t_hierarchy(
    y: ArrayLike,
    sigma: ArrayLike,
    df: float,
    tau_prior: ScalePrior = Flat(),
    mu_prior: Flat | Normal = Flat(),
    parameterization: Parameterization | Sequence[Parameterization] = "noncentered",
    unit: Sequence[Any] | None = None,
) -> pm.Model:
    r"""Student-t population: :math:`y_j \sim N(\theta_j, \sigma_j^2)` and :math:`\theta_j \sim t_\nu(\mu, \tau)`.

    A unit far from the others is left where it is, and the others are still shrunken.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their known standard errors, in the units of ``y``.
    df : number
        Degrees of freedom :math:`\nu` of the population. Its scale tau is its sd only in the limit of large ``df``.
    tau_prior, mu_prior
        As for :func:`hbcourse.exact.student_t_hierarchy`, which refuses the same improper posteriors.
    parameterization, unit
        As for :func:`normal_hierarchy`, with ``z`` from the standard t.

    Returns
    -------
    pm.Model
        With the variables of :func:`normal_hierarchy`.

    Notes
    -----
    Source: Gelman et al. 2013, section 17.4.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = student_t_hierarchy([0.1, -0.3, 10.0], 1.0, 4, exact.HalfCauchy(1), parameterization="centered")
    >>> [variable.name for variable in model.free_RVs]
    ['mu', 'tau', 'theta']
    """
    df = validate.scalar("df", validate.positive("df", df))
    engine, family = partial(exact.student_t_hierarchy, df=df), partial(pm.StudentT, nu=df)
    return _hierarchy(engine, family, y, sigma, tau_prior, mu_prior, parameterization, unit)


def _hierarchy(
    engine: Callable[..., object],
    family: Callable[..., Any],
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: ScalePrior,
    mu_prior: Flat | Normal,
    parameterization: Parameterization | Sequence[Parameterization],
    unit: Sequence[Any] | None,
) -> pm.Model:
    y, sigma = validate.estimates(y, sigma)
    priors.check_scale("tau_prior", tau_prior, proper=False)
    priors.check_location("mu_prior", mu_prior, proper=False)
    # The engine integrates nothing before it is asked, but refuses at once what has infinite mass.
    engine(y, sigma, tau_prior=tau_prior, mu_prior=mu_prior)
    form = units.parameterized(parameterization, len(y))
    with pm.Model(coords=units.named(unit, "y", len(y))) as model:
        mu = priors.location("mu", mu_prior)
        tau = priors.scale("tau", tau_prior)
        theta = units.population("theta", family, mu, tau, form, "unit")
        data, error = pm.Data("y_data", y, dims="unit"), pm.Data("sigma", sigma.copy(), dims="unit")
        pm.Normal("y", theta, error, observed=data, dims="unit")
    return model
