"""How the answers of the normal hierarchy move with the prior of tau, its unit, and the form of the population."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray


def sensitivity(
    y: ArrayLike,
    sigma: ArrayLike,
    priors: Mapping[str, exact.ScalePrior],
    unit: int = 0,
    mu_prior: exact.Flat | exact.Normal = exact.Flat(),
) -> pd.DataFrame:
    """How the answer moves with the prior of tau: a row for each prior.

    The columns are the 5%, 50% and 95% quantiles of tau, and for one unit the posterior mean and sd of its own mean and
    the expected weight of its own data, all but the last in the units of ``y``.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their standard errors.
    priors : dict
        Priors of tau by name.
    unit : int
        Number of the unit, from 0.
    mu_prior : Flat or Normal
        Prior of the population mean.

    Examples
    --------
    >>> priors = {"flat": exact.Flat(), "half-Cauchy(5)": exact.HalfCauchy(5)}
    >>> print(sensitivity([28, 8, -3], [15, 10, 16], priors)["E theta"].round(1).to_string())
    prior
    flat              21.2
    half-Cauchy(5)    13.3
    """
    y, sigma = validate.estimates(y, sigma)
    unit = validate.whole("unit", unit, 0, len(y) - 1)
    if not isinstance(priors, Mapping) or not priors:
        raise ValueError(f"priors must be a dictionary of priors by name; got {validate.shown(priors)}")
    rows = {}
    for name, prior in priors.items():
        posterior = exact.normal_hierarchy(y, sigma, prior, mu_prior)
        low, middle, high = posterior.tau.quantile([0.05, 0.5, 0.95])
        rows[name] = {
            "tau 5%": low,
            "tau 50%": middle,
            "tau 95%": high,
            "E theta": posterior.theta.mean()[unit],
            "sd theta": posterior.theta.sd()[unit],
            "data weight": posterior.data_weight()[unit],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("prior")


def mass_below(value: float, y: ArrayLike, sigma: ArrayLike, cuts: ArrayLike) -> FloatArray:
    r"""Posterior probability of a tau below a value, under :math:`p(\tau) \propto 1/\tau` cut at several places.

    Without a cut the posterior has infinite mass at zero; with one, the answer is the cut's.

    Parameters
    ----------
    value : number
        In the units of ``y``.
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their standard errors.
    cuts : (C,) array
        Where the prior begins, in the units of ``y``.

    Examples
    --------
    >>> mass_below(1.0, [28, 8, -3, 7], [15, 10, 16, 11], cuts=[1e-1, 1e-8]).round(2)
    array([0.47, 0.88])
    """
    value = validate.scalar("value", validate.positive("value", value))
    cuts = validate.line("cuts", validate.positive("cuts", cuts))
    y, sigma = validate.estimates(y, sigma)
    return np.array([exact.normal_hierarchy(y, sigma, exact.LogUniform(float(cut))).tau.cdf(value) for cut in cuts])


def in_other_units(
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: exact.ScalePrior,
    factor: float,
    mu_prior: exact.Flat | exact.Normal = exact.Flat(),
) -> FloatArray:
    """Posterior means, (J,), when the data are put in other units, the prior left as it is, and the answer put back.

    A prior that says nothing of the scale gives the same for every factor; a half-Cauchy does not.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their standard errors.
    tau_prior : a prior of a positive quantity
    factor : number
        New units for each old one, such as 1000 from seconds to milliseconds.
    mu_prior : Flat or Normal
        Prior of the population mean.

    Examples
    --------
    >>> y, sigma = [0.028, 0.008, -0.003, 0.007], [0.015, 0.010, 0.016, 0.011]
    >>> (1000 * in_other_units(y, sigma, exact.HalfCauchy(5), factor=1)).round(1)
    array([16.8,  8.8,  4.9,  8.3])
    >>> (1000 * in_other_units(y, sigma, exact.HalfCauchy(5), factor=1000)).round(1)
    array([11.7,  9.2,  8.1,  9.1])
    """
    y, sigma = validate.estimates(y, sigma)
    factor = validate.scalar("factor", validate.positive("factor", factor))
    return np.asarray(exact.normal_hierarchy(factor * y, factor * sigma, tau_prior, mu_prior).theta.mean() / factor)


def compare_populations(
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: exact.ScalePrior,
    df: ArrayLike = (4.0,),
    mu_prior: exact.Flat | exact.Normal = exact.Flat(),
) -> pd.DataFrame:
    r"""A normal population against Student-t ones with ``df`` degrees of freedom: how far one odd unit reaches.

    For each population ``E tau`` is the posterior mean of its scale; the columns 0 to J - 1 are the expected weights
    of the units' own data, :math:`\kappa_j` or, given a latent scale, :math:`\tau^2/(\tau^2 + w_j \sigma_j^2)`.

    Parameters
    ----------
    y : (J,) array
        Estimates, one for each unit.
    sigma : (J,) array or number
        Their standard errors.
    tau_prior : a prior of a positive quantity
    df : array
        Degrees of freedom.
    mu_prior : Flat or Normal
        Prior of the population mean.

    Examples
    --------
    >>> table = compare_populations([-0.5, 0.0, 0.2, 0.5, 0.1, 10], 1.0, exact.HalfCauchy(1), df=[2])
    >>> [round(float(weight), 2) for weight in table[0]]
    [0.93, 0.51]
    """
    y, sigma = validate.estimates(y, sigma)
    normal = exact.normal_hierarchy(y, sigma, tau_prior, mu_prior)
    rows = {"normal": [float(normal.tau.mean()), *normal.data_weight()]}
    for each in validate.line("df", validate.positive("df", df)):
        student = exact.student_t_hierarchy(y, sigma, float(each), tau_prior, mu_prior)
        rows[f"t({each:g})"] = [float(student.tau.mean()), *student.data_weight()]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["E tau", *range(len(y))])
    return table.rename_axis("population")
