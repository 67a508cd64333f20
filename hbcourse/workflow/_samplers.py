"""Two broken samplers of the normal hierarchy, for calibration to tell apart from the right one."""

import numpy as np

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray
from ..pooling import data_weight


def sample_plug_in(
    posterior: exact.NormalHierarchyPosterior, draws: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """A broken sampler that forgets the uncertainty of tau: it takes the posterior median of tau for tau.

    Parameters
    ----------
    posterior : exact.NormalHierarchyPosterior
        The right sampler is its own ``sample``.
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    dict of arrays
        ``mu`` (draws,) and ``theta`` (draws, J), or (draws, B, ...) of a batch; tau it does not draw.

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11])
    >>> sorted(sample_plug_in(posterior, 10, np.random.default_rng(1)))
    ['mu', 'theta']
    """
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    draws, rng = validate.whole("draws", draws, 1, 10**8), validate.generator(rng)
    tau = posterior.tau.quantile(0.5)[..., None]
    kappa, (mean, sd) = data_weight(tau, posterior.sigma), posterior.mu_given(tau)
    mu = rng.normal(mean, sd, (draws, *mean.shape))
    theta = rng.normal(kappa * posterior.y + (1 - kappa) * mu, np.sqrt(kappa) * posterior.sigma)
    return {"mu": mu[..., 0], "theta": theta}


def sample_without_prior(
    posterior: exact.NormalHierarchyPosterior, draws: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """A broken sampler that forgets the prior of tau: it samples the posterior under a flat one.

    Parameters
    ----------
    posterior, draws, rng
        As for :func:`sample_plug_in`.

    Returns
    -------
    dict of arrays
        ``tau`` and ``mu`` (draws,), ``theta`` (draws, J); (draws, B, ...) of a batch.

    Examples
    --------
    >>> posterior = exact.normal_hierarchy([28, 8, -3, 7], [15, 10, 16, 11], exact.HalfNormal(1), exact.Normal(0, 5))
    >>> samplers, rng = (exact.NormalHierarchyPosterior.sample, sample_without_prior), np.random.default_rng(1)
    >>> [float(sampler(posterior, 1000, rng)["tau"].mean().round()) for sampler in samplers]
    [1.0, 14.0]
    """
    validate.instance("posterior", posterior, exact.NormalHierarchyPosterior)
    draws = validate.whole("draws", draws, 1, 10**8)
    return exact.normal_hierarchy(posterior.y, posterior.sigma, exact.Flat(), posterior.mu_prior).sample(draws, rng)
