"""The leapfrog integrator of Hamiltonian Monte Carlo, to watch what it does in a funnel."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray

Function = Callable[[FloatArray], ArrayLike]

#: A trajectory whose energy has risen by more than this has lost the level that it should keep to.
MOST_ENERGY_ERROR = 1000.0


class Trajectory(NamedTuple):
    """A walk of the leapfrog integrator through K + 1 points, its start among them.

    Attributes
    ----------
    position, momentum : (K + 1, D) arrays
    energy : (K + 1,) array
        Minus the log density plus half the squared momentum: constant, were there no error.
    diverged : bool
        Whether the energy rose by more than 1000, where the walk ends.

    Examples
    --------
    >>> walk = leapfrog(lambda q: -q @ q / 2, lambda q: -q, [1.0], [0.0], step=0.1, steps=4)
    >>> walk.position.shape, bool(abs(walk.energy_error).max() < 0.01)
    ((5, 1), True)
    """

    position: FloatArray
    momentum: FloatArray
    energy: FloatArray
    diverged: bool

    @property
    def energy_error(self) -> FloatArray:
        """Energy above that of the start, (K + 1,)."""
        return np.asarray(self.energy - self.energy[0])


def leapfrog(
    log_density: Function, gradient: Function, position: ArrayLike, momentum: ArrayLike, step: float, steps: int
) -> Trajectory:
    r"""Trajectory of a frictionless particle with potential energy :math:`-\log p(q)` and mass 1.

    Each step is half a kick, a drift and half a kick:

    .. math:: p \leftarrow p + \tfrac\epsilon2 \nabla\log p(q), \quad q \leftarrow q + \epsilon p, \quad
              p \leftarrow p + \tfrac\epsilon2 \nabla\log p(q)

    It is stable while :math:`\epsilon < 2 / \sqrt{\lambda}`, with :math:`\lambda` the largest curvature on its way: a
    step that suits the mouth of a funnel is too long for its neck.

    Parameters
    ----------
    log_density, gradient : functions of a position (D,)
        As of a :class:`Target`.
    position, momentum : (D,) arrays
        Where it starts, and with what momentum.
    step : number
        The step size :math:`\epsilon`.
    steps : int
        How many steps; fewer are made if the trajectory diverges.

    Notes
    -----
    Source: Neal 2011, section 5.2.

    Examples
    --------
    >>> def log_density(q): return -q @ q / 2
    >>> def gradient(q): return -q
    >>> leapfrog(log_density, gradient, [1.0], [0.0], step=0.1, steps=63).position[-1].round(2)
    array([1.])
    >>> leapfrog(log_density, gradient, [1.0], [0.0], step=2.1, steps=63).diverged
    True
    """
    position, momentum = _start(log_density, gradient, position), validate.finite("momentum", momentum)
    if momentum.shape != position.shape:
        raise ValueError(f"momentum must have the shape of position, {position.shape}; got {momentum.shape}")
    step = validate.scalar("step", validate.positive("step", step))
    return _walk(log_density, gradient, position, momentum, step, validate.whole("steps", steps, 1, 10**7))


def _start(log_density: Function, gradient: Function, position: ArrayLike) -> FloatArray:
    """The start, where both functions give numbers."""
    validate.function("log_density", log_density)
    validate.function("gradient", gradient)
    position = validate.finite("position", position)
    if position.ndim != 1 or not position.size:
        raise ValueError(f"position must be a list of one or more numbers; got shape {position.shape}")
    validate.scalar("log_density", validate.finite("log_density", log_density(position)))
    slope = validate.finite("gradient", gradient(position))
    if slope.shape != position.shape:
        raise ValueError(f"gradient must return the shape of position, {position.shape}; got {slope.shape}")
    return position


def _walk(
    log_density: Function, gradient: Function, q: FloatArray, p: FloatArray, step: float, steps: int
) -> Trajectory:
    def energy(q: FloatArray, p: FloatArray) -> float:
        return float(p @ p / 2 - np.asarray(log_density(q)))

    path = [(q, p, energy(q, p))]
    slope, diverged = np.asarray(gradient(q)), False
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            p = p + step / 2 * slope
            q = q + step * p
            # Beyond it neither function has a value.
            if diverged := not (abs(q) <= validate.LARGEST).all():
                break
            slope = np.asarray(gradient(q))
            p = p + step / 2 * slope
            now = energy(q, p)
            if np.isfinite(now):
                path.append((q, p, now))
            if diverged := not (np.isfinite(now) and now - path[0][2] <= MOST_ENERGY_ERROR):
                break
    positions, momenta, energies = zip(*path, strict=True)
    return Trajectory(np.array(positions), np.array(momenta), np.array(energies), diverged)
