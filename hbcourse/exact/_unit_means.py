"""Posteriors of the units' means in a normal hierarchy: mixtures over tau, made a few units at a time."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from ._marginals import NormalMixture, in_blocks

if TYPE_CHECKING:
    from ._normal_hierarchy import NormalHierarchyPosterior


class UnitMeans(NormalMixture):
    """The marginals of theta. Their components, (B, J, K), are made only when asked for; moments need few at once."""

    _posterior: "NormalHierarchyPosterior"

    # The base's fields are made when they are asked for.
    def __init__(self, posterior: "NormalHierarchyPosterior") -> None:
        weight = posterior.tau.weight[..., None, :]
        for name, value in (("_posterior", posterior), ("weight", weight), ("tail", np.inf)):
            object.__setattr__(self, name, value)

    @property
    def component_mean(self) -> FloatArray:
        return self._components[0]

    @property
    def component_sd(self) -> FloatArray:
        return self._components[1]

    def mean(self) -> FloatArray:
        return self._moments[0].copy()

    def sd(self) -> FloatArray:
        return self._moments[1].copy()

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, which broadcasts against the leading shape."""
        return self._of_values(NormalMixture.log_pdf, x)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, which broadcasts against the leading shape."""
        return self._of_values(NormalMixture.cdf, x)

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies: the shape of ``p``, then the leading shape."""
        p = validate.probability("p", p)
        result = np.empty((*p.shape, *self._posterior.y.shape))
        for block, at in self._blocks():
            result[at] = block.quantile(p)
        return result

    def _draw(self, draws: int, rng: np.random.Generator) -> FloatArray:
        result = np.empty((draws, *self._posterior.y.shape))
        for block, at in self._blocks():
            result[at] = block.sample(draws, rng)
        return result

    def _of_values(self, verb: Callable[[NormalMixture, FloatArray], FloatArray], x: ArrayLike) -> FloatArray:
        leading = self._posterior.y.shape
        x = validate.fits("x", validate.finite("x", x), leading)
        x = np.broadcast_to(x, np.broadcast_shapes(x.shape, leading))
        result = np.empty(x.shape)
        for block, at in self._blocks():
            result[at] = verb(block, x[at])
        return result

    def _blocks(self) -> Iterator[tuple[NormalMixture, tuple[Any, ...]]]:
        """The mixtures of some units, or of some data sets, at a time, and where their results go."""
        posterior, node = self._posterior, self._posterior.tau.node
        y, sigma, (mu, mu_sd) = posterior.y, posterior.sigma, posterior.mu_at_nodes
        for rows in in_blocks((*y.shape, node.shape[-1])):
            # The first axis is that of the data sets in a batch, and that of the units in a single one.
            own = rows if y.ndim > 1 else ...
            components = theta_given(y[rows], sigma[rows], node[own], mu[own], mu_sd[own])
            yield NormalMixture(self.weight[own], *components), (..., rows) + (slice(None),) * (y.ndim - 1)

    @cached_property
    def _components(self) -> tuple[FloatArray, FloatArray]:
        posterior = self._posterior
        return theta_given(posterior.y, posterior.sigma, posterior.tau.node, *posterior.mu_at_nodes)

    @cached_property
    def _moments(self) -> tuple[FloatArray, FloatArray]:
        mean, sd = np.empty(self._posterior.y.shape), np.empty(self._posterior.y.shape)
        for block, at in self._blocks():
            mean[at], sd[at] = block.mean(), block.sd()
        return mean, sd


def theta_given(
    y: FloatArray, sigma: FloatArray, tau: FloatArray, mu: FloatArray, mu_sd: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean and sd of each theta given tau and y, (B, J, K), where mu given tau has this mean and sd, (B, K)."""
    variance, tau_squared = sigma[..., None] ** 2, tau[..., None, :] ** 2
    weight = 1 / (variance + tau_squared)
    on_data, on_mu = tau_squared * weight, variance * weight
    mean = on_data * y[..., None] + on_mu * mu[..., None, :]
    return mean, np.sqrt(on_data * variance + (on_mu * mu_sd[..., None, :]) ** 2)
