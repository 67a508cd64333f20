"""Means, sds, quantiles and joint functions of draws beside those of the exact posterior, within Monte Carlo error."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from . import _monte_carlo as monte_carlo

#: Mean and sd of each variable, each in the variable's shape.
Moments = Mapping[str, tuple[ArrayLike, ArrayLike]]
#: Points (k, ...) of each variable, and the probability that it lies below them, (k,) or (k, ...).
Quantiles = Mapping[str, tuple[ArrayLike, ArrayLike]]
#: Of the draws of all variables, (chain, draw, ...) each, by name; gives (chain, draw).
Function = Callable[..., ArrayLike]


class Comparison(NamedTuple):
    """One number of the draws beside the posterior's."""

    p_value: float
    what: str
    value: float


@dataclass(frozen=True)
class Target:
    """Mean and sd of a variable's entries, how well they are known, and how probable it is to lie below some points."""

    mean: FloatArray
    sd: FloatArray
    mean_error: FloatArray
    sd_error: FloatArray
    points: FloatArray
    below: FloatArray

    def comparisons(self, variable: str, array: FloatArray) -> Iterator[Comparison]:
        """All that is compared of the draws (chain, draw, ...) of this variable."""
        for label, entry, x in entries(variable, array):
            mean, sd = float(self.mean[entry]), float(self.sd[entry])
            of_mean = monte_carlo.p_value_of_mean(x, mean, sd, self.mean_error[entry])
            yield Comparison(of_mean, f"mean of {label}", x.mean())
            yield Comparison(
                monte_carlo.p_value_of_sd(x, mean, sd, self.sd_error[entry]), f"sd of {label}", float(x.std())
            )
            at: Any = (slice(None), *entry)
            for point, share in zip(self.points[at], self.below[at], strict=True):
                own = float(np.mean(x < point) + np.mean(x == point) / 2)
                yield Comparison(
                    monte_carlo.p_value_of_share(x, point, share), f"share of draws of {label} below {point:.4g}", own
                )


def target(
    variable: str,
    moments: tuple[ArrayLike, ArrayLike],
    errors: tuple[ArrayLike, ArrayLike],
    quantiles: tuple[ArrayLike, ArrayLike] | None,
) -> Target:
    """What a test cell says of one variable, or ValueError where it makes no sense."""
    mean, sd, mean_error, sd_error = validate.together(
        mean=validate.finite(f"the mean of {variable}", moments[0]),
        sd=validate.positive(f"the sd of {variable}", moments[1]),
        mean_error=validate.nonnegative(f"the error of the mean of {variable}", errors[0]),
        sd_error=validate.nonnegative(f"the error of the sd of {variable}", errors[1]),
    )
    shape = mean.shape
    points, below = quantiles or (np.zeros((0, *shape)), np.zeros((0, *shape)))
    points = validate.finite(f"the points of {variable}", points)
    if points.shape[1:] != shape:
        raise ValueError(f"the points of {variable} must have shape (k, {shape}); got shape {points.shape}")
    below = validate.finite(f"the probabilities of {variable}", below)
    below = np.broadcast_to(below.reshape(below.shape + (1,) * (points.ndim - below.ndim)), points.shape)
    if not ((below > 0) & (below < 1)).all():
        raise ValueError(f"the probabilities of {variable} must lie between 0 and 1; got {validate.shown(below)}")
    return Target(mean, sd, mean_error, sd_error, points, below)


def of_function(
    name: str, function: Function, draws: Mapping[str, FloatArray], moments: tuple[ArrayLike, ArrayLike], error: float
) -> Comparison:
    """The mean of a function of all variables. Its sd is not compared: products have tails that are too long."""
    values = np.asarray(function(**draws), dtype=float)
    chains_and_draws = next(iter(draws.values())).shape[:2]
    if values.shape != chains_and_draws:
        raise ValueError(f"{name} must have shape {chains_and_draws}; got shape {values.shape}")
    mean, sd = (float(np.asarray(moment)) for moment in moments)
    # Draws where it is not finite, such as a log density outside the support, have no mean.
    finite = bool(np.isfinite(values).all())
    return Comparison(monte_carlo.p_value_of_mean(values, mean, sd, error) if finite else 0.0, name, values.mean())


def number_of_tests(targets: Mapping[str, Target], functions: int) -> int:
    """Among how many tests the probability of a false failure is shared: with R-hat of each entry.

    Twice as many as there are: effective sample sizes are estimates, and far in the tail their errors count double.
    """
    return 2 * (functions + sum(3 * one.mean.size + one.points.size for one in targets.values()))


def entries(variable: str, array: FloatArray) -> list[tuple[str, tuple[int, ...], FloatArray]]:
    """Label, index and chains (chain, draw) of each entry of the variable."""
    return [
        (label(variable, entry), entry, np.ascontiguousarray(array[:, :, *entry]))
        for entry in np.ndindex(array.shape[2:])
    ]


def label(variable: str, entry: tuple[int, ...]) -> str:
    """The entry as one would type it."""
    return f"{variable}[{', '.join(map(str, entry))}]" if entry else variable
