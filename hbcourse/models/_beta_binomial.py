"""Successes out of trials, whose chances come from a Beta population."""

from collections.abc import Sequence
from typing import Any

import pymc as pm
from numpy.typing import ArrayLike

from .. import exact
from ..exact import Beta, Power, ScalePrior
from . import _priors as priors
from . import _units as units


def beta_binomial(
    y: ArrayLike,
    n: ArrayLike,
    kappa_prior: ScalePrior = Power(-1.5),
    mu_prior: Beta = Beta(1, 1),
    unit: Sequence[Any] | None = None,
) -> pm.Model:
    r"""Binomial counts with chances from a Beta population: :math:`y_j \sim \text{Binomial}(n_j, \theta_j)`.

    .. math:: \theta_j \sim \text{Beta}(\mu \kappa, (1 - \mu) \kappa), \qquad E(\theta_j) = \mu

    Parameters
    ----------
    y : (J,) array
        Successes, one count for each unit.
    n : (J,) array or number
        Trials that they are out of.
    kappa_prior, mu_prior
        As for :func:`hbcourse.exact.beta_binomial`, which refuses the same improper posteriors: of the population's
        concentration, in trials, and of its mean.
    unit : J labels, optional
        Names of the units, the coordinate of the dimension ``unit``; 0 to J - 1 by default.

    Returns
    -------
    pm.Model
        With ``mu``, ``kappa`` and the chances ``theta`` (unit). The data are ``y_data`` and ``n`` (unit).

    Notes
    -----
    Source: Gelman et al. 2013, section 5.3.

    Examples
    --------
    >>> from hbcourse import exact
    >>> model = beta_binomial([0, 2, 9], [20, 20, 24], exact.Gamma(2, 0.1))
    >>> [variable.name for variable in model.free_RVs]
    ['mu', 'kappa', 'theta']
    """
    priors.check_scale("kappa_prior", kappa_prior, proper=False)
    # The engine integrates nothing before it is asked, but refuses at once what has infinite mass.
    posterior = exact.beta_binomial(y, n, kappa_prior, mu_prior)
    successes, trials = units.counts("y", posterior.y), units.counts("n", posterior.n)
    with pm.Model(coords=units.named(unit, "y", len(successes))) as model:
        mu, kappa = priors.share("mu", mu_prior), priors.scale("kappa", kappa_prior)
        theta = pm.Beta("theta", mu * kappa, (1 - mu) * kappa, dims="unit")
        out_of, data = pm.Data("n", trials, dims="unit"), pm.Data("y_data", successes, dims="unit")
        pm.Binomial("y", out_of, theta, observed=data, dims="unit")
    return model
