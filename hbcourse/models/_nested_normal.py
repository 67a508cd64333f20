"""Groups inside groups: observations in sites, sites in regions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ..exact import Flat, Normal, ScalePrior
from . import _priors as priors
from . import _units as units
from ._units import IntArray, Parameterization


def nested_normal(
    y: ArrayLike,
    tau_prior: ScalePrior | tuple[ScalePrior, ScalePrior],
    sigma_prior: ScalePrior,
    mu_prior: Flat | Normal = Flat(),
    site: Sequence[Any] | None = None,
    region: Sequence[Any] | None = None,
    parameterization: Parameterization = "noncentered",
) -> pm.Model:
    r"""Observations in sites in regions, normal at each level: :math:`y_i \sim N(\theta_{s(i)}, \sigma^2)`.

    .. math:: \theta_s \sim N(\phi_{r(s)}, \tau_\text{site}^2), \qquad \phi_r \sim N(\mu, \tau_\text{region}^2)

    Parameters
    ----------
    y : (R, S, n) array, or (N,) array
        A balanced table: n observations in each of S sites in each of R regions. Or a list of observations, with the
        site and the region of each.
    tau_prior : a proper prior of a positive quantity, or a pair of them
        Prior of the sd between regions and of the sd between sites in a region, in the units of ``y``.
    sigma_prior : a proper prior of a positive quantity
        Prior of the sd between observations in a site, in the units of ``y``.
    mu_prior : Flat or Normal
        Prior of the grand mean.
    site, region : N labels each
        Only with a list ``y``. A site is a pair of labels: site 1 in region A and site 1 in region B are two.
    parameterization : "centered" or "noncentered"
        Draw the means of regions and sites themselves, or standardised deviations from the level above.

    Returns
    -------
    pm.Model
        With ``mu``, ``tau_region``, ``tau_site``, ``sigma``, the means ``phi`` (region) and ``theta`` (site), and
        ``z_region`` and ``z_site`` if noncentered. The coordinate of ``site`` is "region/site". The data are ``y_data``
        (observation), ``site_position`` (observation) and ``region_position`` (site), which say where each belongs.

    Raises
    ------
    ValueError
        If the input is malformed, or observations in each site are the same, so that the posterior has infinite mass at
        sigma = 0.

    Notes
    -----
    Source: Searle, Casella and McCulloch 1992, for the model; Gelman 2006 for priors of its scales.

    Examples
    --------
    >>> from hbcourse import exact
    >>> carbon = [3.1, 2.9, 4.0, 4.4, 2.0]
    >>> scale = exact.HalfNormal(1)
    >>> model = nested_normal(carbon, scale, scale, site=[1, 1, 2, 2, 1], region=["A", "A", "A", "A", "B"])
    >>> model.coords["site"], [variable.name for variable in model.free_RVs]
    (('A/1', 'A/2', 'B/1'), ['mu', 'tau_region', 'tau_site', 'sigma', 'z_region', 'z_site'])
    """
    plots = _balanced(y) if site is None and region is None else _listed(y, site, region)
    taus = tuple(tau_prior) if isinstance(tau_prior, tuple | list) else (tau_prior, tau_prior)
    if len(taus) != 2:
        raise ValueError(f"tau_prior must be one prior, or 2 for regions and sites; got {len(taus)}")
    for name, prior in zip(("tau_prior[0]", "tau_prior[1]", "sigma_prior"), (*taus, sigma_prior), strict=True):
        priors.check_scale(name, prior)
    priors.check_location("mu_prior", mu_prior, proper=False)
    form = units.parameterized(parameterization, None)
    _require_noise(plots, sigma_prior)
    coords = {"region": plots.regions, "site": plots.sites, "observation": range(len(plots.y))}
    with pm.Model(coords=coords) as model:
        region_of, site_of = (
            pm.Data("region_position", plots.region_of, dims="site"),
            pm.Data("site_position", plots.site_of, dims="observation"),
        )
        mu = priors.location("mu", mu_prior)
        tau_region, tau_site = priors.scale("tau_region", taus[0]), priors.scale("tau_site", taus[1])
        sigma = priors.scale("sigma", sigma_prior)
        phi = units.population("phi", pm.Normal, mu, tau_region, form, "region", z="z_region")
        theta = units.population("theta", pm.Normal, phi[region_of], tau_site, form, "site", z="z_site")
        data = pm.Data("y_data", plots.y, dims="observation")
        pm.Normal("y", theta[site_of], sigma, observed=data, dims="observation")
    return model


class _Plots(NamedTuple):
    """Observations, the position of the site of each, and the position of the region of each site."""

    y: FloatArray
    site_of: IntArray
    region_of: IntArray
    sites: list[str]
    regions: list[Any]


def _balanced(y: ArrayLike) -> _Plots:
    y = validate.finite("y", y)
    if y.ndim != 3 or not y.size:
        raise ValueError(f"y must be of shape (R, S, n), or a list with site and region given; got shape {y.shape}")
    R, S, n = y.shape
    sites = [f"{r}/{s}" for r in range(R) for s in range(S)]
    return _Plots(y.ravel(), np.repeat(np.arange(R * S), n), np.repeat(np.arange(R), S), sites, list(range(R)))


def _listed(y: ArrayLike, site: Sequence[Any] | None, region: Sequence[Any] | None) -> _Plots:
    y = validate.finite("y", y)
    if y.ndim != 1 or not y.size:
        raise ValueError(f"y must be a list of observations where site and region are given; got shape {y.shape}")
    if site is None or region is None:
        raise ValueError("site and region must be given together, or neither of them")
    position, regions = units.positions(units.labels("region", region, "y", len(y)))
    # Two regions may use the same label for a site of each.
    site_of, pairs = units.positions(zip(position, units.labels("site", site, "y", len(y)), strict=True))
    region_of = np.array([r for r, _ in pairs], dtype=np.int64)
    return _Plots(y, site_of, region_of, [f"{regions[r]}/{label}" for r, label in pairs], regions)


def _require_noise(plots: _Plots, sigma_prior: ScalePrior) -> None:
    """Refuse sites without any spread: the density grows like sigma^-(N - S) towards sigma = 0."""
    first = plots.y[np.unique(plots.site_of, return_index=True)[1]]
    repeats = len(plots.y) - len(first)
    if (plots.y == first[plots.site_of]).all() and sigma_prior.head <= repeats - 1:
        raise ValueError(
            "y must differ within at least one site, or the posterior has infinite mass at sigma = 0; "
            "got sites with equal observations each"
        )
