"""What the data of a normal hierarchy say of mu and tau: sums over the units, weighted by their precisions."""

from typing import Any, NamedTuple, Self

import numpy as np

from .._validate import FloatArray
from ._marginals import BLOCK
from ._priors import Flat, Normal


class Sums(NamedTuple):
    """Sums over units of w, w d, w d^2 and log w at some tau, where d is measured from a centre, each (B, K)."""

    total: FloatArray
    first: FloatArray
    second: FloatArray
    log_weight: FloatArray
    centre: FloatArray

    def without(self, deviation: FloatArray, sigma: FloatArray, tau: FloatArray) -> "Sums":
        """The same less one unit in each row: deviations and standard errors (R,), rows at the same tau (K,)."""
        weight, d = 1 / (sigma[:, None] ** 2 + tau**2), deviation[:, None]
        first, second = self.first - weight * d, self.second - weight * d**2
        return Sums(self.total - weight, first, second, self.log_weight - np.log(weight), self.centre)

    def mu(self, prior: Flat | Normal) -> tuple[FloatArray, FloatArray]:
        """Mean and sd of mu given tau."""
        precision = self.total + prior.precision
        mean = self.centre + (self.first + prior.precision * (prior.mean - self.centre)) / precision
        return mean, precision**-0.5

    def log_likelihood(self, prior: Flat | Normal) -> FloatArray:
        """Log likelihood of tau but a constant, mu integrated out."""
        mean, precision = self.first / self.total, self.total + prior.precision
        # Among the units, and between their mean and the prior's: neither is a small difference of large numbers.
        misfit = self.second - self.first * mean
        if prior.precision:
            between = mean + (self.centre - prior.mean)
            misfit += self.total * prior.precision / precision * between**2
        return np.asarray((self.log_weight - np.log(precision) - misfit) / 2)


class WeightedSums(NamedTuple):
    """Data sets (B, J) whose sums are asked for.

    ``centre`` (B) is the mean of y at tau = 0: measured from it, sums of squares lose no digits. ``powers`` (B, 3, J)
    are ones, the deviations from it and their squares.
    """

    sigma: FloatArray
    centre: FloatArray
    powers: FloatArray

    @classmethod
    def of(cls, y: FloatArray, sigma: FloatArray) -> Self:
        precision = sigma**-2.0
        centre = np.asarray(np.vecdot(precision, y) / precision.sum(-1))
        powers = np.ones((*y.shape[:-1], 3, y.shape[-1]))
        powers[..., 1, :] = y - centre[..., None]
        powers[..., 2, :] = powers[..., 1, :] ** 2
        return cls(sigma, centre, powers)

    def at(self, tau: FloatArray, rows: Any) -> Sums:
        """The sums at tau (B, K), in some rows of a batch."""
        total, first, second, log_weight = _sums(self.powers[rows], self.sigma[rows], tau)
        return Sums(total, first, second, log_weight, self.centre[rows][..., None])


def _sums(powers: FloatArray, sigma: FloatArray, tau: FloatArray) -> tuple[FloatArray, ...]:
    """Sums over the units of w, w d, w d^2 and log w, with w = 1 / (sigma^2 + tau^2), each (B, K)."""
    rows, units, points = len(sigma) if sigma.ndim > 1 else 1, sigma.shape[-1], tau.shape[-1]
    if sigma.size * points <= BLOCK or rows == units == 1:
        weight = 1 / (sigma[..., None] ** 2 + tau[..., None, :] ** 2)
        sums = powers @ weight
        return sums[..., 0, :], sums[..., 1, :], sums[..., 2, :], np.log(weight).sum(-2)
    if rows > 1:
        step = max(1, BLOCK // (units * points))
        blocks = [slice(i, i + step) for i in range(0, rows, step)]
        parts = [_sums(powers[block], sigma[block], tau[block]) for block in blocks]
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    step = max(1, BLOCK // points)
    blocks = [slice(i, i + step) for i in range(0, units, step)]
    parts = [_sums(powers[..., block], sigma[..., block], tau) for block in blocks]
    return tuple(np.sum(part, axis=0) for part in zip(*parts, strict=True))
