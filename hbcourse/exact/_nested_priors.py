"""The priors of a nested normal model, one for each level, and what becomes of them far out."""

import numpy as np

from . import require
from ._marginals import SLOWEST
from ._priors import Flat, Normal, ScalePrior
from ._variance_components import MeanSquares

#: The nearest that the power of a prior at zero may come to -1.
_STEEPEST = -0.94


def of_levels(tau_prior: ScalePrior | list[ScalePrior] | tuple[ScalePrior, ...], levels: int) -> tuple[ScalePrior, ...]:
    """The prior of each level of groups."""
    if not isinstance(tau_prior, list | tuple):
        require.scale_prior("tau_prior", tau_prior)
        return (tau_prior,) * levels
    if len(tau_prior) != levels:
        raise ValueError(f"tau_prior must be one prior, or {levels} for the levels of groups; got {len(tau_prior)}")
    for k, prior in enumerate(tau_prior):
        require.scale_prior(f"tau_prior[{k}]", prior)
    return tuple(tau_prior)


def tails(squares: MeanSquares, priors: tuple[ScalePrior, ...], mu_prior: Flat | Normal) -> tuple[float, ...]:
    """The powers with which the posterior densities of the sds fall, sigma's last; refused where there is no mass."""
    df = np.cumsum(squares.df) + isinstance(mu_prior, Normal)
    # Where the sd of level m is the innermost to grow, all eigenvalues from m outwards grow, and so may outer sds.
    excess = np.array([prior.tail - 1 for prior in priors])
    free = np.minimum(excess, 0)
    levels = range(len(priors))
    names = [*(f"tau_prior[{k}]" for k in levels[:-1]), "sigma_prior"]
    powers: list[float] = []
    for k, (name, prior) in enumerate(zip(names, priors, strict=True)):
        grow = [
            df[m] + excess[m] + (excess[k] if m > k else 0) + sum(free[i] for i in range(m) if i != k)
            for m in levels[k:]
        ]
        powers.append(1 + float(min(grow)))
        if k < levels[-1] and prior.head < _STEEPEST:
            raise ValueError(
                f"{name} must have finite mass near tau = 0, where the likelihood is positive, and not nearly all of "
                f"it there; got {prior}, whose density starts as tau to the power {prior.head:g}"
            )
        if powers[k] <= 1:
            raise ValueError(
                f"{name} {prior} needs more groups with a {type(mu_prior).__name__} prior on mu (a flat tau 3 with a "
                f"flat mu, 2 with a normal mu), or the posterior has infinite mass at large values; got "
                f"{squares.mean[1].shape[0]} outermost groups"
            )
    for name, prior, tail in zip(names, priors, powers, strict=True):
        if tail < 1 + SLOWEST:
            quantity = name.partition("_")[0]
            raise ValueError(
                f"{name} {prior}: the posterior, though proper, falls as {quantity}**{-tail:g}, too slowly for "
                "quadrature; give more groups or a prior with a lighter tail"
            )
    return tuple(powers)
