"""A right sampler of the normal hierarchy and two broken ones, for calibration to tell apart."""

import numpy as np

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ..pooling import data_weight


def sample_posterior(
    posterior: exact.NormalHierarchyPosterior, draws: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """The right sampler: ``posterior.sample(draws, rng)``.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    dict of arrays
        ``tau`` and ``mu`` (draws,), ``theta`` (draws, J); (draws, B, ...) of a batch.

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11])
    >>> sample_posterior(posterior, 10, np.random.default_rng(1))["theta"].shape
    (10, 4)
    """
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    return posterior.sample(validate.whole("draws", draws, 1, 10**8), rng)


def sample_plug_in(
    posterior: exact.NormalHierarchyPosterior, draws: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """A broken sampler that forgets the uncertainty of tau: it takes the posterior median of tau for tau.

    Parameters
    ----------
    posterior, draws, rng
        As for :func:`sample_posterior`.

    Returns
    -------
    dict of arrays
        ``mu`` and ``theta``; tau it does not draw.

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11])
    >>> sorted(sample_plug_in(posterior, 10, np.random.default_rng(1)))
    ['mu', 'theta']
    """
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    draws, rng = validate.whole("draws", draws, 1, 10**8), validate.generator(rng)
    y, sigma, prior = posterior.y, posterior.sigma, posterior.mu_prior
    tau = posterior.tau.quantile(0.5)[..., None]
    weight, kappa = 1 / (sigma**2 + tau**2), data_weight(tau, sigma)
    precision = prior.precision + weight.sum(-1)
    centre = (prior.precision * prior.mean + (weight * y).sum(-1)) / precision
    mu = rng.normal(centre, precision**-0.5, (draws, *centre.shape))
    theta = rng.normal(kappa * y + (1 - kappa) * mu[..., None], np.sqrt(kappa) * sigma)
    return {"mu": mu, "theta": theta}


def sample_without_prior(
    posterior: exact.NormalHierarchyPosterior, draws: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """A broken sampler that forgets the prior of tau: it samples the posterior under a flat one.

    Parameters
    ----------
    posterior, draws, rng
        As for :func:`sample_posterior`.

    Returns
    -------
    dict of arrays
        As of :func:`sample_posterior`.

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], exact.HalfNormal(1), exact.Normal(0, 5))
    >>> samplers, rng = (sample_posterior, sample_without_prior), np.random.default_rng(1)
    >>> [float(sampler(posterior, 1000, rng)["tau"].mean().round()) for sampler in samplers]
    [1.0, 14.0]
    """
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    draws = validate.whole("draws", draws, 1, 10**8)
    return exact.normal_hierarchy(posterior.y, posterior.sigma, exact.Flat(), posterior.mu_prior).sample(draws, rng)
