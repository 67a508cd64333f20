"""A linear inverse problem whose penalty is learned."""

import numpy as np
import pymc as pm
from numpy.typing import ArrayLike

from .. import _validate as validate
from ..exact import ScalePrior
from . import _priors as priors
from . import _units as units
from ._units import Parameterization


def inverse_problem(
    A: ArrayLike,
    y: ArrayLike,
    sigma: ArrayLike,
    tau_prior: ScalePrior,
    parameterization: Parameterization = "noncentered",
) -> pm.Model:
    r"""Noisy sums of unknowns, :math:`y \sim N(A x, \sigma^2)`, the unknowns :math:`x_k \sim N(0, \tau^2)`.

    Given tau the posterior mean is the Tikhonov solution with penalty :math:`\lambda = \sigma^2 / \tau^2`. Here tau is
    one more unknown.

    Parameters
    ----------
    A : (m, n) array
        The forward operator: how much of each unknown is in each measurement.
    y : (m,) array
        Measurements.
    sigma : (m,) array or number
        Their known standard errors, in the units of ``y``.
    tau_prior : a proper prior of a positive quantity
        Prior of the unknowns' sd, in their units.
    parameterization : "centered" or "noncentered"
        Draw ``x`` itself, or draw ``z`` from N(0, 1) and set x = tau z. The model is the same.

    Returns
    -------
    pm.Model
        With ``tau`` and ``x`` (component), and ``z`` (component) if noncentered. The data are ``y_data`` and
        ``sigma`` (observation) and ``A`` (observation, component).

    Notes
    -----
    Source: Kaipio and Somersalo 2005, chapter 3.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = inverse_problem([[1, 0.9], [0.9, 1]], [1.0, 2.1], 0.1, exact.HalfNormal(2))
    >>> [variable.name for variable in model.free_RVs], model.named_vars_to_dims["A"]
    (['tau', 'z'], ('observation', 'component'))
    """
    y, sigma = validate.estimates(y, sigma)
    A = validate.finite("A", A)
    if A.ndim != 2 or len(A) != len(y) or not A.size:
        raise ValueError(f"A must be a matrix with a row for each y, {len(y)}; got shape {A.shape}")
    priors.check_scale("tau_prior", tau_prior)
    form = units.parameterized(parameterization, None)
    with pm.Model(coords={"observation": np.arange(len(y)), "component": np.arange(A.shape[1])}) as model:
        tau = priors.scale("tau", tau_prior)
        x = units.population("x", pm.Normal, 0, tau, form, "component")
        matrix = pm.Data("A", A, dims=("observation", "component"))
        data, error = pm.Data("y_data", y, dims="observation"), pm.Data("sigma", sigma.copy(), dims="observation")
        # A product and a sum: PyTensor's dot warns where it finds no BLAS.
        pm.Normal("y", (matrix * x).sum(1), error, observed=data, dims="observation")
    return model
