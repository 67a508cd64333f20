"""Data whose truth is known: how many nulls reject, and what a set of discoveries is worth."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .. import exact
from .._validate import FloatArray

#: More units than any list holds.
_MOST = 10**9


class Expectation(NamedTuple):
    """Mean and standard deviation of a number that chance decides."""

    mean: float
    sd: float


class TwoGroupData(NamedTuple):
    """Simulated effects ``theta`` (J,), most of them zero, their estimates ``z`` and standard errors ``sigma``."""

    theta: FloatArray
    z: FloatArray
    sigma: FloatArray


class Realised(NamedTuple):
    """Number of discoveries, the share of them that is false, and the share of the real effects that they hold."""

    discoveries: int
    false_discovery_proportion: float
    power: float


def false_positives(J: int, alpha: float = 0.05) -> Expectation:
    r"""Number of independent tests that reject at level alpha when all J effects are zero.

    It is binomial, with mean :math:`J \alpha` and variance :math:`J \alpha (1 - \alpha)`.

    Parameters
    ----------
    J : int
        Number of tests of effects that are zero.
    alpha : number
        Level of each test.

    Examples
    --------
    >>> expected = false_positives(J=19_000)
    >>> round(expected.mean), round(expected.sd)
    (950, 30)
    """
    J = validate.whole("J", J, 1, _MOST)
    alpha = validate.scalar("alpha", validate.probability("alpha", alpha))
    return Expectation(mean=J * alpha, sd=float(np.sqrt(J * alpha * (1 - alpha))))


def simulate(
    J: int,
    pi0: float,
    slab: float,
    rng: np.random.Generator,
    sigma: ArrayLike = 1.0,
    null: exact.Normal = exact.Normal(0.0, 1.0),
) -> TwoGroupData:
    r"""Data of the two-group model with their truth: :math:`\theta_i` is zero with probability :math:`\pi_0`.

    .. math:: \theta_i \sim \pi_0 \delta_0 + (1 - \pi_0) N(0, s^2), \qquad z_i = \theta_i + \sigma_i e_i

    Parameters
    ----------
    J : int
        Number of units.
    pi0 : number
        Share of zero effects, from 0 to 1.
    slab : number
        Standard deviation s of the others.
    rng : numpy.random.Generator
        Source of chance.
    sigma : number or (J,) array
        Standard errors, in the units of ``slab``.
    null : Normal
        Distribution of the errors e in standard errors. Another than the standard normal makes standard errors that
        are wrong.

    Examples
    --------
    >>> data = simulate(J=20_000, pi0=0.95, slab=3.0, rng=np.random.default_rng(1))
    >>> int((data.theta != 0).sum())
    1004
    """
    J, rng = validate.whole("J", J, 1, _MOST), validate.generator(rng)
    pi0 = validate.between("pi0", pi0, 0, 1)
    slab = validate.scalar("slab", validate.positive("slab", slab))
    _, sigma = validate.estimates(np.zeros(J), sigma, "unit")
    if not isinstance(null, exact.Normal):
        raise ValueError(f"null must be a Normal; got {validate.shown(null)}")
    theta = np.where(rng.random(J) < pi0, 0.0, rng.normal(0, slab, J))
    return TwoGroupData(theta=theta, z=theta + sigma * rng.normal(null.mean, null.sd, J), sigma=sigma)


def realised(selected: ArrayLike, theta: ArrayLike) -> Realised:
    """What a set of discoveries is worth, when the truth is known.

    Parameters
    ----------
    selected : (J,) array of booleans
        Which units are discoveries.
    theta : (J,) array
        The true effects. Those of exactly zero are not there to be discovered.

    Notes
    -----
    No discoveries count as no false ones, and where no effect is real the power is zero.
    Source: Benjamini and Hochberg 1995, section 2.1.

    Examples
    --------
    >>> realised([True, True, False, False], theta=[0.0, 2.5, -1.0, 0.0])
    Realised(discoveries=2, false_discovery_proportion=0.5, power=0.5)
    """
    selected, real = validate.booleans("selected", selected), validate.finite("theta", theta) != 0
    if selected.ndim != 1 or selected.shape != real.shape:
        raise ValueError(
            f"selected and theta must be lists of the same length; got shapes {selected.shape} and {real.shape}"
        )
    found = int((selected & real).sum())
    number = int(selected.sum())
    return Realised(
        discoveries=number,
        false_discovery_proportion=(number - found) / max(number, 1),
        power=found / max(int(real.sum()), 1),
    )
