"""Chains that are right by construction: AR(1) in the normal scale, with any marginal."""

import numpy as np
from scipy import signal, stats

from hbcourse import exact

SCHOOLS = exact.normal_hierarchy(
    [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18], exact.HalfCauchy(5), exact.Normal(0, 5)
)
FEW = exact.normal_hierarchy([1, 3, -2, 5, 2], [1, 2, 1.5, 1, 2], exact.HalfCauchy(5), exact.Normal(0, 5))
_GRID = np.linspace(-6, 6, 4001)


def _tabulated(marginal):
    values = marginal.quantile(stats.norm.cdf(_GRID))
    return (lambda z: np.interp(z, _GRID, values)), float(marginal.mean()), float(marginal.sd())


#: From a standard normal number to the marginal; its mean and sd.
MARGINALS = {
    "normal": (lambda z: z, 0.0, 1.0),
    "exponential": (lambda z: -stats.norm.logsf(z), 1.0, 1.0),
    "tau of eight schools": _tabulated(SCHOOLS.tau),
    # Its density falls as tau**-7: there is no eighth moment.
    "tau of five units": _tabulated(FEW.tau),
}


def autoregressive(rng, phi, shape=(), chains=4, draws=1000):
    """Stationary chains (chain, draw, ...) with the standard normal as marginal."""
    noise = rng.normal(size=(chains, draws, *shape)) * np.sqrt(1 - phi**2)
    noise[:, 0] /= np.sqrt(1 - phi**2)
    return signal.lfilter([1.0], [1.0, -phi], noise, axis=1)
