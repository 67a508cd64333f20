"""What engines and models ask of priors and sizes, refused in one sentence where it is not so."""

import numpy as np

from .. import _validate as validate
from ._priors import Beta, Flat, Improper, Normal, ScalePrior

#: The nearest to -1 that the power of a prior at zero may come.
_STEEPEST = -0.9995
#: Bytes.
_LARGEST_MATRIX = 4e9


def scale_prior(name: str, prior: object) -> None:
    """Refuse what is no prior of a positive quantity."""
    if isinstance(prior, type) or not all(
        hasattr(prior, word) for word in ("log_density", "scale", "head", "tail", "low")
    ):
        shown = validate.shown(prior)
        raise ValueError(f"{name} must be a prior of a positive quantity, such as exact.HalfNormal(1); got {shown}")


def mean_prior(name: str, prior: object) -> None:
    """Refuse what is no prior of a mean."""
    if not isinstance(prior, Flat | Normal):
        raise ValueError(f"{name} must be exact.Flat() or an exact.Normal; got {validate.shown(prior)}")


def beta_prior(name: str, prior: object) -> None:
    """Refuse what is no prior of a number between 0 and 1."""
    if not isinstance(prior, Beta):
        raise ValueError(f"{name} must be an exact.Beta; got {validate.shown(prior)}")


def proper(name: str, prior: object) -> None:
    """Refuse a prior of infinite mass, where the data must have a probability."""
    if isinstance(prior, Improper):
        raise ValueError(f"{name} must be proper for the data to have a probability; got {prior}")


def mass_near_zero(name: str, prior: ScalePrior) -> None:
    """Refuse a prior with infinite mass at zero, where a likelihood is positive, or with all of it there."""
    if prior.head <= -1:
        raise ValueError(
            f"{name} must have finite mass near tau = 0, where the likelihood is positive; got {prior}, "
            "with which the posterior would have infinite mass there"
        )
    if prior.head < _STEEPEST:
        raise ValueError(
            f"{name} must rise toward tau = 0 no faster than tau**{_STEEPEST}, or nearly all its mass is at zero; "
            f"got {prior}"
        )


def square(*shape: int) -> None:
    """Refuse matrices of all pairs of units, (..., J), that no machine should be asked to hold unawares."""
    size = 8 * float(np.prod(shape, dtype=float)) * shape[-1]
    if size > _LARGEST_MATRIX:
        raise ValueError(
            f"y must have fewer units for a matrix of all pairs of them: with {shape[-1]:,} it would take "
            f"{size / 1e9:,.4g} GB, and {_LARGEST_MATRIX / 1e9:g} GB are the most"
        )
