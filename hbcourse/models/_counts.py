"""Counts: of events during an exposure, one for each unit, and of events in trials, several for each unit."""

from collections.abc import Sequence
from typing import Any, Literal

import pymc as pm
from numpy.typing import ArrayLike
from pytensor import tensor as pt

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ..exact import Exponential, Normal, ScalePrior
from . import _priors as priors
from . import _units as units
from ._units import IntArray, Parameterization


def gamma_poisson(
    x: ArrayLike,
    exposure: ArrayLike = 1.0,
    alpha_prior: ScalePrior = Exponential(1),
    beta_prior: ScalePrior = Exponential(1),
    unit: Sequence[Any] | None = None,
) -> pm.Model:
    r"""Counts with rates from a Gamma population: :math:`x_j \sim \text{Poisson}(t_j \theta_j)`.

    .. math:: \theta_j \sim \text{Gamma}(\alpha, \beta), \qquad E(\theta_j) = \alpha / \beta

    Parameters
    ----------
    x : (J,) array
        Counts of events, one for each unit.
    exposure : (J,) array or number
        What each count was taken over, :math:`t_j`: time, area, people. The rates are per unit of it.
    alpha_prior, beta_prior
        As for :func:`hbcourse.exact.gamma_poisson`, which refuses the same improper posteriors. Beta is in the units of
        the exposure.
    unit : J labels, optional
        Names of the units, the coordinate of the dimension ``unit``; 0 to J - 1 by default.

    Returns
    -------
    pm.Model
        With ``alpha``, ``beta`` and the rates ``theta`` (unit). The data are ``x_data`` and ``exposure`` (unit).

    Notes
    -----
    Source: George, Makov and Smith 1993, section 3.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = gamma_poisson([5, 1, 22], [94.3, 15.7, 31.4], exact.Exponential(1), exact.Gamma(0.1, 1))
    >>> [variable.name for variable in model.free_RVs]
    ['alpha', 'beta', 'theta']
    """
    x, exposure = _exposed(x, exposure)
    priors.check_scale("alpha_prior", alpha_prior, proper=False)
    priors.check_scale("beta_prior", beta_prior, proper=False)
    # The engine integrates nothing before it is asked, but refuses at once what has infinite mass.
    exact.gamma_poisson(x, exposure, alpha_prior, beta_prior)
    with pm.Model(coords=units.named(unit, "x", len(x))) as model:
        alpha, beta = priors.scale("alpha", alpha_prior), priors.scale("beta", beta_prior)
        theta = pm.Gamma("theta", alpha, beta, dims="unit")
        _poisson(x, exposure, theta)
    return model


def lognormal_poisson(
    x: ArrayLike,
    exposure: ArrayLike,
    tau_prior: ScalePrior,
    mu_prior: Normal,
    parameterization: Parameterization | Sequence[Parameterization] = "noncentered",
    unit: Sequence[Any] | None = None,
) -> pm.Model:
    r"""Counts with rates from a log-normal population: :math:`x_j \sim \text{Poisson}(t_j \theta_j)`.

    .. math:: \theta_j = e^{\eta_j}, \qquad \eta_j \sim N(\mu, \tau^2)

    Parameters
    ----------
    x : (J,) array
        Counts of events, one for each unit.
    exposure : (J,) array or number
        Their exposures :math:`t_j`, positive, in the unit of time (or of area, of persons) that the rates are per.
    tau_prior : a proper prior of a positive quantity
        Prior of the sd of the log rates.
    mu_prior : Normal
        Prior of the mean of the log rates.
    parameterization : "centered", "noncentered", or a list of J of these
        Draw the log rates ``eta`` themselves, or ``z`` from N(0, 1) with eta = mu + tau z. The model is the same.
    unit : J labels, optional
        Names of the units, the coordinate of the dimension ``unit``; 0 to J - 1 by default.

    Returns
    -------
    pm.Model
        With ``mu``, ``tau``, the log rates ``eta`` (unit) and the rates ``theta`` (unit), and ``z`` (unit) unless all
        are centered. The data are ``x_data`` and ``exposure`` (unit).

    Notes
    -----
    Source: Aitchison and Ho 1989.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = lognormal_poisson([5, 1, 22], [94.3, 15.7, 31.4], exact.HalfNormal(1), exact.Normal(0, 3))
    >>> [variable.name for variable in model.unobserved_RVs]
    ['mu', 'tau', 'z', 'eta', 'theta']
    """
    x, exposure = _exposed(x, exposure)
    priors.check_scale("tau_prior", tau_prior)
    priors.check_location("mu_prior", mu_prior)
    form = units.parameterized(parameterization, len(x))
    with pm.Model(coords=units.named(unit, "x", len(x))) as model:
        mu, tau = priors.location("mu", mu_prior), priors.scale("tau", tau_prior)
        eta = units.population("eta", pm.Normal, mu, tau, form, "unit")
        theta = pm.Deterministic("theta", pt.exp(eta), dims="unit")
        _poisson(x, exposure, theta)
    return model


def negative_binomial(
    x: ArrayLike,
    unit: Sequence[Any],
    tau_prior: ScalePrior,
    mu_prior: Normal,
    alpha_prior: ScalePrior,
    population: Literal["lognormal", "gamma"] = "lognormal",
) -> pm.Model:
    r"""Counts of several trials in each unit, more variable from trial to trial than Poisson counts.

    .. math:: x_i \sim \text{NegBinomial}(\text{mean} = \theta_{u(i)}, \alpha), \qquad
              \text{Var}(x_i \mid \theta) = \theta_{u(i)} + \theta_{u(i)}^2 / \alpha

    The means of the units come from one of two populations with the same two parameters, alike where tau is small:

    ============  =================================================================================
    log-normal    :math:`\log \theta_u \sim N(\mu, \tau^2)`
    Gamma         :math:`\theta_u` Gamma with mean :math:`e^\mu` and sd :math:`\tau e^\mu`
    ============  =================================================================================

    Parameters
    ----------
    x : (N,) array
        Counts, one for each trial.
    unit : N labels
        The unit in which each trial was made. The dimension ``unit`` has each label once, in order of appearance.
    tau_prior : a proper prior of a positive quantity
        Prior of the spread between units: sd of the log means, or sd of the means over their mean.
    mu_prior : Normal
        Prior of the population mean on the log scale.
    alpha_prior : a proper prior of a positive quantity
        Prior of :math:`\alpha`, in counts: small where trials differ much, infinite for Poisson counts.
    population : "lognormal" or "gamma"
        Which of the two.

    Returns
    -------
    pm.Model
        With ``mu``, ``tau``, ``alpha`` and the means ``theta`` (unit), and their logs ``eta`` (unit) if log-normal. The
        data are ``x_data`` (trial) and ``position`` (trial), which says where in ``unit`` each trial belongs.

    Notes
    -----
    The units are centered: of many trials a unit's own counts tell more than its population. Source: Gelman et al.
    2013, section 2.6, for the negative binomial as a mixture; Goris, Movshon and Simoncelli 2014 for neurons.

    Examples
    --------
    >>> from hbcourse import exact
    >>> priors = exact.HalfNormal(1), exact.Normal(1, 1), exact.Gamma(2, 0.1)
    >>> model = negative_binomial([3, 5, 0, 1], ["a", "a", "b", "b"], *priors)
    >>> [variable.name for variable in model.unobserved_RVs], model.coords["unit"]
    (['mu', 'tau', 'alpha', 'eta', 'theta'], ('a', 'b'))
    """
    x = units.counts("x", x)
    position, names = units.positions(units.labels("unit", unit, "x", len(x)))
    priors.check_scale("tau_prior", tau_prior)
    priors.check_location("mu_prior", mu_prior)
    priors.check_scale("alpha_prior", alpha_prior)
    if not isinstance(population, str) or population not in ("lognormal", "gamma"):
        raise ValueError(f"population must be 'lognormal' or 'gamma'; got {validate.shown(population)}")
    with pm.Model(coords={"unit": names, "trial": range(len(x))}) as model:
        mu, tau = priors.location("mu", mu_prior), priors.scale("tau", tau_prior)
        alpha = priors.scale("alpha", alpha_prior)
        if population == "lognormal":
            theta = pm.Deterministic("theta", pt.exp(pm.Normal("eta", mu, tau, dims="unit")), dims="unit")
        else:
            theta = pm.Gamma("theta", tau**-2, tau**-2 * pt.exp(-mu), dims="unit")
        where, data = pm.Data("position", position, dims="trial"), pm.Data("x_data", x, dims="trial")
        pm.NegativeBinomial("x", mu=theta[where], alpha=alpha, observed=data, dims="trial")
    return model


def _exposed(x: ArrayLike, exposure: ArrayLike) -> tuple[IntArray, FloatArray]:
    counts = units.counts("x", x)
    return counts, units.for_each("x", counts, "exposure", validate.positive("exposure", exposure))


def _poisson(x: IntArray, exposure: FloatArray, theta: Any) -> None:
    data, time = pm.Data("x_data", x, dims="unit"), pm.Data("exposure", exposure.copy(), dims="unit")
    pm.Poisson("x", time * theta, observed=data, dims="unit")
