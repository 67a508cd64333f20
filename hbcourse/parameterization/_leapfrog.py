"""Hamiltonian Monte Carlo in its smallest form, to watch what it does in a funnel."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


class Chain(NamedTuple):
    """Draws of :func:`hmc` and how they came about.

    Attributes
    ----------
    position : (draws, D) array
    energy : (draws,) array
        Energy at the start of each trajectory.
    energy_error : (draws,) array
        By how much it had risen at the end; infinite where it overflows.
    accepted, diverging : (draws,) arrays of bool
        Whether the end became the draw, and whether the trajectory diverged.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> chain = hmc(lambda q: -q @ q / 2, lambda q: -q, [0.0], step=2.5, steps=50, draws=200, rng=rng)
    >>> bool(chain.diverging.mean() > 0.5), bool((chain.accepted & chain.diverging).any())
    (True, False)
    """

    position: FloatArray
    energy: FloatArray
    energy_error: FloatArray
    accepted: NDArray[np.bool_]
    diverging: NDArray[np.bool_]


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


def hmc(
    log_density: Function,
    gradient: Function,
    position: ArrayLike,
    step: float,
    steps: int,
    draws: int,
    rng: np.random.Generator,
) -> Chain:
    r"""Hamiltonian Monte Carlo: a random kick, a trajectory, and its end accepted or refused.

    With the energy :math:`H = -\log p(q) + p^2/2`, the end is accepted with probability :math:`\min(1, e^{-\Delta H})`,
    and the draw before it repeated otherwise. A trajectory that diverges is refused. The length of each
    trajectory is random, from 1 to ``steps``, so that none comes back to its start again and again. Nothing is tuned.

    Parameters
    ----------
    log_density, gradient, position, step
        As for :func:`leapfrog`.
    steps : int
        The most leapfrog steps of a trajectory.
    draws : int
    rng : numpy.random.Generator

    Notes
    -----
    Source: Neal 2011, section 5.3.

    Examples
    --------
    >>> def log_density(q): return -q @ q / 2
    >>> def gradient(q): return -q
    >>> chain = hmc(log_density, gradient, [0.0], step=0.3, steps=10, draws=2000, rng=np.random.default_rng(1))
    >>> bool(chain.accepted.mean() > 0.95), round(float(chain.position.std()), 1)
    (True, 1.0)
    """
    here = _start(log_density, gradient, position)
    step = validate.scalar("step", validate.positive("step", step))
    steps, draws = validate.whole("steps", steps, 1, 10**7), validate.whole("draws", draws, 1, 10**8)
    rng = validate.generator(rng)
    chain = Chain(
        np.empty((draws, here.size)), np.empty(draws), np.empty(draws), np.empty(draws, bool), np.empty(draws, bool)
    )
    for i in range(draws):
        path = _walk(log_density, gradient, here, rng.normal(size=here.size), step, int(rng.integers(1, steps + 1)))
        error = np.inf if path.diverged else path.energy_error[-1]
        accepted = rng.exponential() > error
        here = path.position[-1] if accepted else here
        chain.position[i], chain.energy[i], chain.energy_error[i] = here, path.energy[0], error
        chain.accepted[i], chain.diverging[i] = accepted, path.diverged
    return chain


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
