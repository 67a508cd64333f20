"""The two-group model: effects that are zero with probability pi0 and normal otherwise, known up to two numbers."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_ndtr, ndtr

from .. import _validate as validate
from .._validate import FloatArray
from . import _two_groups_fit as fit
from ._priors import Normal
from ._protocol import Posterior, names_of, unknown
from ._spike_and_slab import SpikeAndSlab

_THEORETICAL = Normal(0.0, 1.0)


def two_groups(
    z: ArrayLike,
    sigma: ArrayLike = 1.0,
    null: str | Normal = "theoretical",
    *,
    pi0: float | None = None,
    slab: float | None = None,
) -> "TwoGroupsPosterior":
    r"""Spike and slab: :math:`z_i \sim N(\theta_i, \sigma_i^2)`, most :math:`\theta_i` zero, the others normal.

    .. math:: \theta_i \sim \pi_0 \delta_0 + (1 - \pi_0) N(0, s^2), \qquad
              f(z_i) = \pi_0 N(z_i \mid 0, \sigma_i^2) + (1 - \pi_0) N(z_i \mid 0, \sigma_i^2 + s^2)

    The share :math:`\pi_0` and the slab's sd s are those of highest likelihood :math:`\prod_i f(z_i)`, unless both are
    given. Each theta has then a closed form.

    Parameters
    ----------
    z : (J,) array
        Estimates of the effects; z-scores if sigma is 1.
    sigma : (J,) array or number
        Their standard errors, in the units of ``z``.
    null : "theoretical", "empirical" or Normal
        Distribution of the errors in standard errors, :math:`(z_i - \theta_i) / \sigma_i`: standard normal; the normal
        that fits the middle of the data; or a given one.
    pi0 : number, optional
        Known share of zero effects, from 0 to 1.
    slab : number, optional
        Known standard deviation of the other effects, in the units of ``z``.

    Raises
    ------
    ValueError
        If the input is malformed, or an empirical null is asked of fewer than 20 estimates, or of estimates whose
        middle has no peak that it could fit.

    Notes
    -----
    The likelihood is climbed by Newton's method with exact derivatives in :math:`\pi_0` and :math:`\log s`, from the
    best hills of a grid. Where no slab raises it above the null's, the answer is pi0 = 1 and slab = 0; where the spike
    is not needed, pi0 = 0. Noise alone can give pi0 = 0 too, with a slab much smaller than sigma: every effect is
    then said to be nonzero, though tiny. The local false discovery rate is zero there, and only the local false sign
    rate says that nothing was found.

    The empirical null is a normal fitted by maximum likelihood to the z-scores within two robust standard deviations
    (interquartile range / 1.349) of their median, truncated there, as if all of these were null. Real effects among
    them make it too wide. Source: Efron 2010, sections 2.2 and 6.3.

    Examples
    --------
    >>> from hbcourse import exact
    >>> posterior = exact.two_groups([0.5, -1.0, 4.0], pi0=0.9, slab=3.0)
    >>> posterior.local_fdr.round(2)
    array([0.96, 0.95, 0.02])
    >>> posterior.theta.mean().round(2)
    array([ 0.02, -0.05,  3.53])
    """
    unit = names_of(z)
    z, sigma = validate.estimates(z, sigma, "z")
    validate.finite("z / sigma", abs(z).max() / sigma.min())
    null = _null(null, z, sigma)
    if pi0 is not None or slab is not None:
        return TwoGroupsPosterior(z, sigma, *_known(pi0, slab, sigma), null, unit)
    return TwoGroupsPosterior(z, sigma, *fit.maximise(_units(z, sigma, null)), null, unit)


def _null(null: str | Normal, z: FloatArray, sigma: FloatArray) -> Normal:
    if isinstance(null, Normal):
        validate.finite("z / sigma", abs(z / sigma - null.mean).max() / null.sd)
        return null
    if isinstance(null, str) and null == "theoretical":
        return _THEORETICAL
    if isinstance(null, str) and null == "empirical":
        return fit.empirical_null(z / sigma)
    raise ValueError(f"null must be 'theoretical', 'empirical' or a Normal; got {validate.shown(null)}")


def _known(pi0: float | None, slab: float | None, sigma: FloatArray) -> tuple[float, float]:
    if pi0 is None or slab is None:
        raise ValueError(
            "pi0 and slab must be given together, or be fitted together; "
            f"got pi0={validate.shown(pi0)}, slab={validate.shown(slab)}"
        )
    pi0 = validate.between("pi0", pi0, 0, 1)
    slab = validate.scalar("slab", validate.finite("slab", validate.nonnegative("slab", slab)))
    if pi0 < 1 and not slab:
        raise ValueError(f"slab must be positive where pi0 is below 1; got {slab}")
    validate.finite("slab / sigma", slab / sigma.min())
    return pi0, slab


def _units(z: FloatArray, sigma: FloatArray, null: Normal) -> fit.Units:
    """Squared z-scores and variances, one variance where all are the same."""
    if (sigma == sigma[0]).all():
        sigma = sigma[0]
    t = (z / sigma - null.mean) / null.sd
    t *= t
    return fit.Units(t, np.square(null.sd * sigma), np.ones_like(z))


@dataclass(frozen=True, eq=False, repr=False)
class TwoGroupsPosterior(Posterior):
    r"""Posterior of each effect given z, pi0 and slab: made by :func:`two_groups`.

    Attributes
    ----------
    z, sigma : (J,) arrays
        The data.
    pi0 : float
        Share of zero effects.
    slab : float
        Standard deviation of the others, in the units of ``z``.
    null : Normal
        Distribution of the errors in standard errors, with its ``mean`` and ``sd``.

    Examples
    --------
    >>> posterior = two_groups([0.5, -1.0, 4.0], pi0=0.9, slab=3.0)
    >>> posterior.local_false_sign_rate.round(2)
    array([0.97, 0.96, 0.02])
    >>> posterior.theta.quantile([0.05, 0.95]).round(2)
    array([[0.  , 0.  , 1.81],
           [0.  , 0.  , 5.15]])
    """

    z: FloatArray
    sigma: FloatArray
    pi0: float
    slab: float
    null: Normal = field(default=_THEORETICAL)
    unit: tuple[Any, ...] | None = None

    _unknowns: ClassVar[tuple[str, ...]] = ("theta",)

    def _size(self) -> int:
        return len(self.z)

    @unknown
    def theta(self) -> SpikeAndSlab:
        r"""Posterior of each effect, (J,): zero, or normal with mean :math:`\kappa_i z_i`."""
        t, variance, _ = self._units
        relative = np.square(self.slab) / variance
        kappa = relative / (1 + relative)
        return SpikeAndSlab(
            log_odds=self._prior_log_odds + (kappa * t - np.log1p(relative)) / 2,
            component_mean=kappa * (self.z - self.null.mean * self.sigma),
            component_sd=np.sqrt(kappa * variance),
        )

    @property
    def local_fdr(self) -> FloatArray:
        r"""Local false discovery rate :math:`P(\theta_i = 0 \mid z_i) = \pi_0 f_0(z_i) / f(z_i)`, (J,)."""
        return self.theta.zero

    @cached_property
    def tail_fdr(self) -> FloatArray:
        r"""Share of zero effects among estimates as far out as this: :math:`P(\theta = 0 \mid |z| \ge |z_i|)`, (J,).

        Distances are from the mean of the null. Source: Efron 2010, section 2.2.
        """
        t, variance, _ = self._units
        far = np.sqrt(t)
        ratio = log_ndtr(-far / np.sqrt(1 + self.slab**2 / variance)) - log_ndtr(-far)
        return np.asarray(expit(-(self._prior_log_odds + ratio)))

    @cached_property
    def local_false_sign_rate(self) -> FloatArray:
        r"""The lesser of :math:`P(\theta_i \le 0 \mid z_i)` and :math:`P(\theta_i \ge 0 \mid z_i)`, (J,).

        Source: Stephens 2017.
        """
        theta = self.theta
        return np.asarray(theta.zero + theta.nonzero * ndtr(-abs(theta.component_mean) / theta.width))

    def log_likelihood(self) -> float:
        """Log marginal likelihood of ``z``."""
        return float(self.log_density(self.z).sum())

    def log_density(self, z: ArrayLike) -> FloatArray:
        """Log marginal density of an estimate of ``z``, which broadcasts against (J,), at each unit's sigma."""
        z = validate.fits("z", validate.finite("z", z), self.z.shape)
        variance = self._units.variance
        t = ((z / self.sigma - self.null.mean) / self.null.sd) ** 2
        density = fit.log_density(t, variance, np.asarray(1 - self.pi0), np.square(self.slab))
        return np.asarray(density - np.log(2 * np.pi * variance) / 2)

    def predict_new(self) -> SpikeAndSlab:
        """Distribution of a new unit's effect: zero with probability pi0, else normal with the slab's sd."""
        return SpikeAndSlab(self._prior_log_odds, np.asarray(0.0), np.asarray(self.slab))

    def sample(self, draws: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Independent draws: ``theta`` of shape (draws, J)."""
        draws, rng = validate.count("draws", draws), validate.generator(rng)
        return {"theta": self.theta.sample(draws, rng)}

    @cached_property
    def _units(self) -> fit.Units:
        return _units(self.z, self.sigma, self.null)

    @property
    def _prior_log_odds(self) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.asarray(np.log1p(-self.pi0) - np.log(self.pi0))
