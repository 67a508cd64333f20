"""From the quadrature of a nested normal model to its marginal posteriors."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._validate import FloatArray
from ._nested_marginals import Components, LocationMarginal, SdMarginal
from ._nested_quadrature import NestedQuadrature
from ._priors import Normal
from ._rows import gauss_rule

#: Weight, relative to the largest, below which a component of a mixture is left out.
_LIGHTEST = 1e-11
#: Nodes to which a line is brought down for mixtures of three dimensions, which are smooth in what a site takes over.
_POINTS = 16


@dataclass(frozen=True)
class NestedMarginals:
    """The marginals, from the quadrature. Arrays are (rho, below, above), of length one where they do not vary."""

    quadrature: NestedQuadrature

    @cached_property
    def _rho_squared(self) -> FloatArray:
        return np.exp(2 * self.quadrature.chain.rho.node)[:, None, None]

    @cached_property
    def _above(self) -> FloatArray:
        """Squared ratio of the outermost tau."""
        return self.quadrature.chain.above.ratio[:, None, :] ** 2

    @cached_property
    def _below(self) -> FloatArray:
        """Squared ratio of the inner tau to sigma; zero with two levels, where rho is sigma."""
        below = self.quadrature.chain.below
        return np.zeros_like(self._rho_squared) if below is None else below.ratio[:, :, None] ** 2

    @property
    def _weight_above(self) -> FloatArray:
        return self.quadrature.chain.above.panels.weight[:, None, :]

    @property
    def _weight_below(self) -> FloatArray:
        below = self.quadrature.chain.below
        return np.ones_like(self._rho_squared) if below is None else below.panels.weight[:, :, None]

    @property
    def _weight_rho(self) -> FloatArray:
        return self.quadrature.chain.rho.weight[:, None, None]

    @cached_property
    def variances(self) -> list[FloatArray]:
        """Squares of the sds, the outermost tau first."""
        size = self.quadrature.squares.size
        sigma_squared = self._rho_squared / (1 + self._below)
        inner = [] if self.quadrature.chain.below is None else [sigma_squared / size[1] * self._below]
        return [self._rho_squared / size[0] * self._above, *inner, sigma_squared]

    def sd(self, k: int) -> SdMarginal:
        """Of the sd of level k."""
        weight = self._weight_rho * (self._weight_above if k == 0 else self._weight_below)
        node, weight = np.sqrt(self.variances[k]).reshape(len(weight), -1), weight.reshape(len(weight), -1)
        return SdMarginal(node, weight, self.quadrature.tail[k], lambda: self.quadrature.marginal(k, node, weight))

    def weights(self) -> FloatArray:
        """Weights of all nodes."""
        return self._weight_rho * self._weight_below * self._weight_above

    def mu_given(self, eigenvalue: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far mu is drawn to its prior mean, from 0 to 1, and its variance, given the outermost eigenvalue."""
        own = self.quadrature.squares.total / eigenvalue
        precision = own + self.quadrature.mu_prior.precision
        return self.quadrature.mu_prior.precision / precision, 1 / precision

    def _from_above(self, known: int, off: FloatArray) -> tuple[FloatArray, ...]:
        r"""Coefficients on the three deviations, and the variance: of mu, or of what a site's mean is drawn to.

        The mean of a region is :math:`\bar y_r - (1 - \kappa_1) (\bar y_r - \mu)`. Written with what is taken off,
        :math:`1 - \kappa_1 = \lambda_2 / \lambda_1`, it keeps its digits where kappa is nearly 1.
        """
        toward_prior, mu_variance = self.mu_given(self._rho_squared / off)
        none = np.zeros_like(off)
        if known == 0:
            return none, none, toward_prior, mu_variance
        own = (1 - off) * self._rho_squared / self.quadrature.squares.size[0]
        return none - (known == 2), -off, off * toward_prior, own + off**2 * mu_variance

    def _own_site(self, off: FloatArray) -> FloatArray:
        """The variance that a site's own data leave, where it takes the share ``off`` from above."""
        return np.asarray((1 - off) * off * self._rho_squared / self.quadrature.squares.size[1])

    def location(self, known: int, new: int) -> LocationMarginal:
        """Of what lies below the known groups of level ``known`` (0: the grand mean) by the levels up to ``new``."""
        quadrature = self.quadrature
        squares, prior = quadrature.squares, quadrature.mu_prior
        centre, grand = np.asarray(squares.mean[known]), float(squares.mean[0])
        deviation = np.zeros((*centre.shape, 3))
        if known == 2:
            deviation[..., 0] = centre - squares.mean[1][:, None]
        if known:
            deviation[..., 1] = (squares.mean[1] if known == 1 else squares.mean[1][:, None]) - grand
        if isinstance(prior, Normal):
            deviation[..., 2] = prior.mean - grand
        mean, covariance, variance = self._moments(known)
        variance += sum(self._expect(added) for added in self.variances[known:new])
        # A mean is as uncertain as the largest sd that its own data do not bound; a normal prior bounds mu.
        unbound = quadrature.tail[known:] if known or not prior.precision else quadrature.tail[:new]
        return LocationMarginal(
            centre=centre,
            deviation=deviation,
            coefficient_mean=mean,
            coefficient_covariance=covariance,
            variance=variance,
            components=lambda: self._components(known, new),
            tail=min(unbound, default=np.inf),
        )

    def _expect(self, value: FloatArray) -> float:
        """Posterior mean of what varies with the line above or the line below, not both."""
        inner = self._weight_above if value.shape[2] > 1 else self._weight_below if value.shape[1] > 1 else 1.0
        return float((self._weight_rho * (inner * value).sum((1, 2), keepdims=True)).sum())

    def _moments(self, known: int) -> tuple[FloatArray, FloatArray, float]:
        """Mean and covariance of the coefficients, and mean variance.

        What a site takes over from above is scaled by 1 - kappa_2, which given rho is independent of it.
        """
        *coefficient, variance = self._from_above(known, 1 / (1 + self._above))
        above = self._weight_above[:, 0]
        b = np.stack(coefficient)[:, :, 0]
        first = np.vecdot(b, above)
        centred = b - first[:, :, None]
        within = np.stack([np.vecdot(centred * row, above) for row in centred])
        spread = np.vecdot(variance[:, 0], above)
        if known == 2:
            off = 1 / (1 + self._below)
            own, off = self._own_site(off)[:, :, 0], off[:, :, 0]
            below = self._weight_below[:, :, 0]
            once = np.vecdot(off, below)
            varies = np.vecdot((off - once[:, None]) ** 2, below)
            # The variance of a product of independent factors.
            within = varies * first[:, None] * first + (varies + once**2) * within
            first, spread = once * first, np.vecdot(own, below) + (varies + once**2) * spread
        weight = self.quadrature.chain.rho.weight
        mean = first @ weight
        between = first - mean[:, None]
        return mean, within @ weight + (between * weight) @ between.T, float(spread @ weight)

    def _components(self, known: int, new: int) -> Components:
        """The normal components, but those that weigh nothing."""
        above, below = 1 / (1 + self._above[:, 0]), 1 / (1 + self._below[:, :, 0])
        on_above, on_below = self._weight_above[:, 0], self._weight_below[:, :, 0]
        if known == 2:
            above, on_above = gauss_rule(above, on_above, _POINTS)
        if known == 2 or new > 1:
            below, on_below = gauss_rule(below, on_below, _POINTS)
        else:
            below, on_below = np.ones_like(below[:, :1]), np.ones_like(below[:, :1])
        above, below = above[:, None, :], below[:, :, None]
        *coefficient, variance = self._from_above(known, above)
        if known == 2:
            coefficient = [below * c for c in coefficient]
            variance = self._own_site(below) + below**2 * variance
        size = self.quadrature.squares.size
        sigma_squared = self._rho_squared * below
        inner = [] if self.quadrature.chain.below is None else [self._rho_squared * (1 - below) / size[1]]
        for extra in [self._rho_squared / size[0] * (1 - above) / above, *inner, sigma_squared][known:new]:
            variance = variance + extra
        weight = self._weight_rho * on_below[:, :, None] * on_above[:, None, :]
        keep = weight > _LIGHTEST * weight.max()
        weight = weight[keep] / weight[keep].sum()
        return Components(
            weight,
            np.stack([np.broadcast_to(c, keep.shape)[keep] for c in coefficient]),
            np.broadcast_to(variance, keep.shape)[keep],
        )
