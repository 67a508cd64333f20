"""Estimates from all units together: the two-group model by EM, and Tweedie's formula."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray


class EMFit(NamedTuple):
    """Null share, the slab's sd in the units of ``z``, and the log likelihood before each iteration."""

    pi0: float
    slab: float
    log_likelihood: FloatArray


def em(z: ArrayLike, sigma: ArrayLike = 1.0, iterations: int = 2000) -> EMFit:
    r"""Null share and slab of highest likelihood, by expectation and maximisation in turn.

    With :math:`w_i = P(\theta_i \ne 0 \mid z_i)` under the last values, the next ones are

    .. math:: \pi_0 = 1 - \frac1J \sum_i w_i, \qquad
              s^2 = \frac{\sum_i w_i \, E(\theta_i^2 \mid z_i, \theta_i \ne 0)}{\sum_i w_i}

    No iteration lowers the likelihood. They stop when neither value moves by a part in :math:`10^9`.

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects.
    sigma : (J,) array or number
        Their standard errors, in the units of ``z``.
    iterations : int
        The most that are made. To a maximum on the edge, such as a null share of one, EM only creeps.

    Notes
    -----
    Source: Dempster, Laird and Rubin 1977, section 4.3 (finite mixtures).

    Examples
    --------
    >>> from hbcourse.discovery import simulate
    >>> data = simulate(J=2000, pi0=0.9, slab=3.0, rng=np.random.default_rng(2))
    >>> by_em, direct = em(data.z), exact.two_groups(data.z)
    >>> round(by_em.pi0, 4), round(direct.pi0, 4)
    (0.8983, 0.8983)
    """
    z, sigma = validate.estimates(z, sigma, "z")
    pi0, slab = 0.9, float(np.sqrt(np.mean(z**2 + sigma**2)))
    path = []
    for _ in range(validate.count("iterations", iterations)):
        posterior = exact.two_groups(z, sigma, pi0=pi0, slab=slab)
        theta, last = posterior.theta, (pi0, slab)
        pi0 = float(theta.zero.mean())
        slab = float(np.sqrt(np.average(theta.component_mean**2 + theta.component_sd**2, weights=theta.nonzero)))
        path.append(posterior.log_likelihood())
        if np.allclose((pi0, slab), last, rtol=1e-9, atol=0):
            break
    return EMFit(pi0=pi0, slab=slab, log_likelihood=np.array(path))


def tweedie(z: ArrayLike, sigma: ArrayLike = 1.0, *, log_density: Callable[[FloatArray], FloatArray]) -> FloatArray:
    r"""Posterior means from the marginal density alone, (J,):
    :math:`E(\theta_i \mid z_i) = z_i + \sigma_i^2 \frac{d}{dz} \log f(z_i)`.

    It holds for any distribution of the effects, if the errors are normal.

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects.
    sigma : (J,) array or number
        Standard errors, in the units of ``z``.
    log_density : callable
        Log marginal density log f of the J estimates, at any (J,) values: one finite number for each.

    Notes
    -----
    The derivative is a difference quotient over five points. Source: Efron 2011, section 1; Robbins 1956.

    Examples
    --------
    >>> posterior = exact.two_groups([0.5, -1.0, 4.0], pi0=0.9, slab=3.0)
    >>> tweedie(posterior.z, log_density=posterior.log_density).round(4) == posterior.theta.mean().round(4)
    array([ True,  True,  True])
    """
    z, sigma = validate.estimates(z, sigma, "z")
    if not callable(log_density):
        raise ValueError(f"log_density must be a function of (J,) values; got {validate.shown(log_density)}")

    def log_f(at: FloatArray) -> FloatArray:
        value = validate.finite("what log_density returns", log_density(at))
        if value.shape != z.shape:
            raise ValueError(f"log_density must return one number for each z, {z.shape}; got shape {value.shape}")
        return value

    h = sigma / 1000
    near, far = (log_f(z + k * h) - log_f(z - k * h) for k in (1, 2))
    return np.asarray(z + sigma**2 * (8 * near - far) / (12 * h))
