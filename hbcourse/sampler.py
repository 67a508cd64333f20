"""PyMC's sampler, compiled before it is needed."""

import sys


def compile_ahead() -> None:
    """Sample a small model once, if PyMC is imported: what it compiles serves every model sampled later.

    The model is normal, with a half-Cauchy scale. Its draws are thrown away. The first sampling in a process takes
    several seconds longer than the next, and processes that are forked from this one are spared that.
    """
    if "pymc" not in sys.modules:
        return
    import numpy as np
    import pymc as pm

    with pm.Model():
        mu, tau = pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5)
        pm.Normal("y", mu + tau * pm.Normal("z", 0, 1, shape=3), np.arange(1.0, 4.0), observed=np.arange(3.0))
        pm.sample(draws=5, tune=5, chains=1, cores=1, progressbar=False, quiet=True, random_seed=1)
