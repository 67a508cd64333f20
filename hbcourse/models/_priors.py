"""The priors of ``hbcourse.exact`` as named variables of the PyMC model in whose context they are called."""

from typing import Any

import pymc as pm
from pymc.distributions import transforms
from pytensor import tensor as pt

from .. import _validate as validate
from ..exact import (
    Beta,
    Exponential,
    Flat,
    Gamma,
    HalfCauchy,
    HalfNormal,
    HalfT,
    Improper,
    InverseGamma,
    LogUniform,
    Normal,
    Power,
    ScalePrior,
    require,
)

_SCALE = Flat | HalfCauchy | HalfNormal | HalfT | Exponential | Gamma | InverseGamma | Power | LogUniform


def check_scale(name: str, prior: ScalePrior, proper: bool = True) -> None:
    """Refuse what is no prior of a positive quantity, or has no form here, or is not proper where it must be."""
    require.scale_prior(name, prior)
    if not isinstance(prior, _SCALE):
        raise ValueError(f"{name} must be one of the priors in hbcourse.exact; got {validate.shown(prior)}")
    if proper:
        _require_proper(name, prior)


def check_location(name: str, prior: Flat | Normal, proper: bool = True) -> None:
    """Refuse what is no prior of a mean and, where it must be proper, the flat one."""
    require.mean_prior(name, prior)
    if proper:
        _require_proper(name, prior)


def _require_proper(name: str, prior: object) -> None:
    if isinstance(prior, Improper):
        raise ValueError(f"{name} must be proper, or the posterior may have infinite mass; got {prior}")


def share(name: str, prior: Beta) -> Any:
    """A number between 0 and 1 with this prior, sampled on the logit scale."""
    return pm.Beta(name, prior.a, prior.b)


def location(name: str, prior: Flat | Normal) -> Any:
    """A real quantity with this prior."""
    return pm.Flat(name) if isinstance(prior, Flat) else pm.Normal(name, prior.mean, prior.sd)


def scale(name: str, prior: ScalePrior) -> Any:
    """A positive quantity with this prior, sampled on the log scale. Improper densities weight a flat one."""
    match prior:
        case HalfCauchy():
            return pm.HalfCauchy(name, prior.scale)
        case HalfNormal():
            return pm.HalfNormal(name, prior.scale)
        case HalfT():
            return pm.HalfStudentT(name, prior.df, prior.scale)
        case Exponential():
            return pm.Exponential(name, scale=prior.scale)
        case Gamma():
            return pm.Gamma(name, prior.shape, prior.rate)
        case InverseGamma():
            # It is the prior of the square.
            return pm.CustomDist(
                name, prior.shape, prior.rate, dist=_root_of_inverse_gamma, default_transform=transforms.log
            )
        case Power():
            value = pm.HalfFlat(name)
            pm.Potential(f"{name}_prior", prior.exponent * pt.log(value))
            return value
        case LogUniform():
            value = pm.HalfFlat(name, default_transform=transforms.Interval(prior.low, None))
            pm.Potential(f"{name}_prior", -pt.log(value))
            return value
    return pm.HalfFlat(name)


def _root_of_inverse_gamma(shape: Any, rate: Any, size: Any) -> Any:
    return pt.sqrt(pm.InverseGamma.dist(shape, rate, size=size))
