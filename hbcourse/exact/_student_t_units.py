"""Posteriors of the units' means under a Student-t population: their weights on the grid of (mu, tau)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import softmax

from .._validate import FloatArray
from ._lattice_marginals import Components
from ._student_t_grid import Grid
from ._student_t_target import TINY, Target, in_parts


@dataclass(frozen=True)
class UnitsGiven:
    """What the units' data say of their own means, on the grid of (mu, tau)."""

    target: Target
    grid: Grid

    @cached_property
    def _log_weight(self) -> FloatArray:
        return self.grid.lattice.log_weight(self.grid.tau)

    def _joint_weight(self, units: slice) -> FloatArray:
        """Posterior weight of each variance and each mu, for some of the units, (U, K, B)."""
        grid, weight = self.grid, np.exp(self._log_weight)
        log_normals = self.target.log_normals(grid.lattice, grid.mu, units)
        density = np.exp(log_normals - log_normals.max(1, keepdims=True))
        likelihood = weight @ density
        tiny = likelihood < TINY
        joint = density * (weight.T @ np.where(tiny, 0, grid.mass / np.where(tiny, 1, likelihood)))
        for unit, a, b in in_parts(tiny & (grid.mass > 1e-16)):
            share = softmax(self._log_weight[a] + log_normals[unit, :, b], axis=1)
            every = np.arange(share.shape[1])
            np.add.at(joint, (unit[:, None], every, b[:, None]), grid.mass[a, b, None] * share)
        return np.asarray(joint / joint.sum((1, 2), keepdims=True))

    def _mean_given(self, units: slice) -> FloatArray:
        """Mean of theta given (mu, tau), for some of the units, (U, A, B)."""
        grid, weight = self.grid, np.exp(self._log_weight)
        kappa = self._kappa(units)
        log_normals = self.target.log_normals(grid.lattice, grid.mu, units)
        density = np.exp(log_normals - log_normals.max(1, keepdims=True))
        own = (weight @ (density * kappa[:, :, None])) / np.maximum(weight @ density, TINY)
        return np.asarray(own * self.target.y[units, None, None] + (1 - own) * grid.mu)

    def means(self) -> FloatArray:
        """Means of theta given (mu, tau), (J, A, B)."""
        return np.concatenate([self._mean_given(units) for units in self._unit_blocks()])

    def _kappa(self, units: slice) -> FloatArray:
        variance = self.grid.lattice.variance
        return np.asarray(variance / (variance + self.target.sigma[units, None] ** 2))

    def _unit_blocks(self) -> list[slice]:
        return list(self.target.blocks(len(self.grid.lattice.variance) * len(self.grid.mu)))

    @cached_property
    def moments(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean and sd of theta, and the expectation of kappa, each (J,)."""
        parts = []
        for units in self._unit_blocks():
            joint, kappa, y = self._joint_weight(units), self._kappa(units), self.target.y[units]
            # Measured from the datum, which theta is near, nothing cancels.
            pull = (1 - kappa)[:, :, None] * (self.grid.mu - y[:, None, None])
            mean = (joint * pull).sum((1, 2))
            within = np.vecdot(joint.sum(2), kappa) * self.target.sigma[units] ** 2
            between = (joint * (pull - mean[:, None, None]) ** 2).sum((1, 2))
            parts.append((y + mean, np.sqrt(within + between), np.vecdot(joint.sum(2), kappa)))
        mean, sd, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
        return mean, sd, weight

    def components(self, unit: int) -> Components:
        one = slice(unit, unit + 1)
        kappa = self._kappa(one)[0]
        sd = np.sqrt(kappa) * self.target.sigma[unit]
        return Components(self._joint_weight(one)[0], kappa * self.target.y[unit], 1 - kappa, sd)
