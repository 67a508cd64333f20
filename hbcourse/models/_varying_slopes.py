"""Regression lines of groups, whose intercepts and slopes come from one population."""

from collections.abc import Sequence
from typing import Any

import pymc as pm
from numpy.typing import ArrayLike
from pymc.distributions import transforms
from pytensor import tensor as pt

from .. import _validate as validate
from ..exact import Normal, ScalePrior
from . import _priors as priors
from . import _units as units
from ._units import Parameterization


def varying_slopes(
    y: ArrayLike,
    x: ArrayLike,
    group: Sequence[Any],
    tau_prior: tuple[ScalePrior, ScalePrior],
    sigma_prior: ScalePrior,
    mu_prior: tuple[Normal, Normal],
    eta: float = 2.0,
    parameterization: Parameterization = "noncentered",
) -> pm.Model:
    r"""A line in each group, :math:`y_i \sim N(a_{g(i)} + b_{g(i)} x_i, \sigma^2)`, with correlated coefficients.

    .. math:: \begin{pmatrix} a_g \\ b_g \end{pmatrix} \sim N\left(
              \begin{pmatrix} \mu_a \\ \mu_b \end{pmatrix},
              \begin{pmatrix} \tau_a^2 & \rho \tau_a \tau_b \\ \rho \tau_a \tau_b & \tau_b^2 \end{pmatrix}\right),
              \qquad p(\rho) \propto (1 - \rho^2)^{\eta - 1}

    Parameters
    ----------
    y : (N,) array
        Responses.
    x : (N,) array
        The covariate of each. Where it is centred, an intercept is a group's mean response.
    group : N labels
        The group of each. The dimension ``group`` has each label once, in order of appearance.
    tau_prior : pair of proper priors of a positive quantity
        Priors of the sd of the intercepts, in the units of ``y``, and of the slopes, in those of ``y`` over ``x``.
    sigma_prior : a proper prior of a positive quantity
        Prior of the sd of the responses about their line, in the units of ``y``.
    mu_prior : pair of Normal
        Priors of the mean intercept and of the mean slope.
    eta : number
        Parameter of the LKJ prior of the correlation, positive: flat at 1, near zero for large values.
    parameterization : "centered" or "noncentered"
        Draw the coefficients themselves, or ``z`` from N(0, 1) and set theta = mu + L z, with L the Cholesky factor of
        their covariance. The model is the same.

    Returns
    -------
    pm.Model
        With ``mu_intercept``, ``mu_slope``, ``tau_intercept``, ``tau_slope``, ``rho``, ``sigma`` and the coefficients
        ``theta`` (group, coefficient), and ``z`` (group, coefficient) if noncentered. The data are ``y_data``, ``x``
        and ``position`` (observation), which says where in ``group`` each observation belongs.

    Notes
    -----
    The prior of the covariance is that of ``pm.LKJCholeskyCov``, with each number under a name of its own and each sd
    under a prior of its own. Source: Lewandowski, Kurowicka and Joe 2009; Gelman and Hill 2007, section 13.1.

    Examples
    --------
    >>> from hbcourse import exact
    >>> tau_prior = exact.HalfNormal(2), exact.HalfNormal(1)
    >>> mu_prior = exact.Normal(0, 5), exact.Normal(0, 1)
    >>> model = varying_slopes([1, 2, 4], [0, 1, 1], ["a", "a", "b"], tau_prior, exact.HalfNormal(1), mu_prior)
    >>> model.named_vars_to_dims["theta"], model.coords["coefficient"]
    (('group', 'coefficient'), ('intercept', 'slope'))
    """
    y, x = validate.finite("y", y), validate.finite("x", x)
    if y.ndim != 1 or not y.size:
        raise ValueError(f"y must be a list of one or more responses; got shape {y.shape}")
    if x.shape != y.shape:
        raise ValueError(f"x must have one entry for each y, {y.shape}; got shape {x.shape}")
    position, names = units.positions(units.labels("group", group, "y", len(y)))
    for name, pair in (("tau_prior", tau_prior), ("mu_prior", mu_prior)):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(
                f"{name} must be a pair of priors, of the intercept and of the slope; got {validate.shown(pair)}"
            )
    for i in range(2):
        priors.check_scale(f"tau_prior[{i}]", tau_prior[i])
        priors.check_location(f"mu_prior[{i}]", mu_prior[i])
    priors.check_scale("sigma_prior", sigma_prior)
    eta = validate.scalar("eta", validate.positive("eta", eta))
    form = units.parameterized(parameterization, None)
    coords = {"group": names, "coefficient": ("intercept", "slope"), "observation": range(len(y))}
    dims = ("group", "coefficient")
    with pm.Model(coords=coords) as model:
        mu = pt.stack([priors.location("mu_intercept", mu_prior[0]), priors.location("mu_slope", mu_prior[1])])
        tau_intercept, tau_slope = priors.scale("tau_intercept", tau_prior[0]), priors.scale("tau_slope", tau_prior[1])
        rho = pm.CustomDist("rho", eta, dist=_lkj_correlation, default_transform=transforms.Interval(-1, 1))
        sigma = priors.scale("sigma", sigma_prior)
        cholesky = pt.stack([pt.stack([tau_intercept, 0.0]), tau_slope * pt.stack([rho, pt.sqrt(1 - rho**2)])])
        if form == "centered":
            theta = pm.MvNormal("theta", mu, chol=cholesky, dims=dims)
        else:
            z = pm.Normal("z", 0, 1, dims=dims)
            # A product and a sum: PyTensor's dot warns where it finds no BLAS.
            theta = pm.Deterministic("theta", mu + (z[:, None, :] * cholesky).sum(-1), dims=dims)
        covariate, where = pm.Data("x", x, dims="observation"), pm.Data("position", position, dims="observation")
        line = theta[where, 0] + theta[where, 1] * covariate
        pm.Normal("y", line, sigma, observed=pm.Data("y_data", y, dims="observation"), dims="observation")
    return model


def _lkj_correlation(eta: Any, size: Any) -> Any:
    """Of two variables, so that (1 + rho) / 2 is Beta(eta, eta)."""
    return 2 * pm.Beta.dist(eta, eta, size=size) - 1
