"""Effects that are zero or come from a wide population, as z-scores show them."""

import pymc as pm
from numpy.typing import ArrayLike
from pytensor import tensor as pt

from .. import _validate as validate
from ..exact import Beta, ScalePrior, require
from . import _priors as priors


def two_groups(
    z: ArrayLike,
    sigma: ArrayLike,
    slab_prior: ScalePrior,
    pi0_prior: Beta = Beta(1, 1),
) -> pm.Model:
    r"""Spike and slab, the choice between them summed over, so that no variable is discrete.

    .. math:: z_i \sim \pi_0 N(0, \sigma_i^2) + (1 - \pi_0) N(0, \sigma_i^2 + s^2)

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects; z-scores if sigma is 1.
    sigma : (J,) array or number
        Their standard errors, in the units of ``z``.
    slab_prior : a proper prior of a positive quantity
        Prior of the sd s of the effects that are not zero, in the units of ``z``.
    pi0_prior : Beta
        Prior of the share of effects that are zero.

    Returns
    -------
    pm.Model
        With ``pi0`` and ``slab``. The data are ``z_data`` and ``sigma`` (unit).

    Notes
    -----
    The effects and their local false discovery rates have closed forms given pi0 and the slab: see
    :func:`hbcourse.exact.two_groups` with both given. Source: Efron 2010, section 2.2.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = two_groups([0.5, -1.0, 4.0], 1.0, exact.HalfNormal(5), exact.Beta(9, 1))
    >>> [variable.name for variable in model.free_RVs]
    ['pi0', 'slab']
    """
    z, sigma = validate.estimates(z, sigma, "z")
    priors.check_scale("slab_prior", slab_prior)
    require.beta_prior("pi0_prior", pi0_prior)
    with pm.Model(coords={"unit": range(len(z))}) as model:
        pi0, slab = priors.share("pi0", pi0_prior), priors.scale("slab", slab_prior)
        data, error = pm.Data("z_data", z, dims="unit"), pm.Data("sigma", sigma.copy(), dims="unit")
        groups = [pm.Normal.dist(0, error), pm.Normal.dist(0, pt.sqrt(error**2 + slab**2))]
        pm.Mixture("z", pt.stack([pi0, 1 - pi0]), groups, observed=data, dims="unit")
    return model
