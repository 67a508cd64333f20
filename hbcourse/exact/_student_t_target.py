"""The density of (mu, tau) under a Student-t population, and the normals that the population is a mixture of."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaln, logsumexp

from .._validate import FloatArray
from ._priors import Flat, Normal, ScalePrior

#: Numbers worked on together, so that they stay in the processor's cache.
_BLOCK = 1 << 17
#: Below it a sum of products has lost digits, and is taken in logs.
TINY = 1e-280


@dataclass(frozen=True)
class ScaleLattice:
    r"""Student's t as normals :math:`N(\mu, s_k^2)` whose variances are equally spaced in their log.

    With :math:`\theta \mid w \sim N(\mu, \tau^2/w)` and :math:`w \sim \text{Gamma}(\nu/2, \nu/2)`, the trapezoid rule
    in :math:`\log s^2 = \log(\tau^2/w)` errs by about 1e-10, and the same variances serve every tau.

    Attributes
    ----------
    variance : (K,) array
        The first is zero: it stands for those too small to matter beside sigma.
    """

    df: float
    log_variance: FloatArray
    step: float
    variance: FloatArray

    @classmethod
    def over(cls, df: float, smallest: float, largest: float, falls: float) -> "ScaleLattice":
        """From log variance ``smallest`` to beyond ``largest``, where the sum's terms fall with this power of it."""
        half = df / 2
        # The error of the trapezoid rule, bounded on lines parallel to the real one at a distance d.
        d = np.linspace(0.005, 1.565, 400)
        step = float((2 * np.pi * d / (24 - (half + 0.5) * np.log(np.cos(d)))).max())
        log_variance = np.arange(smallest, max(largest, smallest) + 26 / falls, step)
        return cls(df, log_variance, step, np.r_[0, np.exp(log_variance)])

    def log_weight(self, tau: FloatArray) -> FloatArray:
        """Log share of each variance for each tau, (A, K)."""
        half = self.df / 2
        u = 2 * np.log(tau)[:, None] - self.log_variance
        fall = half * np.exp(np.minimum(u, 690))
        log_weight = np.log(self.step) + half * np.log(half) - gammaln(half) + half * u - fall
        # What the lattice leaves out below, where there is any, goes to the variance of zero.
        rest = 1 - np.exp(log_weight).sum(1) - gammainc(half, fall[:, -1])
        rest = np.where(fall[:, 0] > 40 + 2 * half, 0, np.clip(rest, 0, 1))
        with np.errstate(divide="ignore"):
            return np.column_stack([np.log(rest), log_weight])


@dataclass(frozen=True)
class Coordinates:
    r"""The axes that the grid is laid on: :math:`\tau = c \sinh(x)^{1/q}` and :math:`\mu = m + d \sinh t`."""

    unit: float
    power: float
    centre: float
    spread: float

    def tau(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.unit * np.sinh(x) ** (1 / self.power))

    def x(self, tau: FloatArray) -> FloatArray:
        return np.asarray(np.arcsinh((tau / self.unit) ** self.power))

    def mu(self, t: FloatArray) -> FloatArray:
        return np.asarray(self.centre + self.spread * np.sinh(t))

    def t(self, mu: FloatArray) -> FloatArray:
        return np.asarray(np.arcsinh((mu - self.centre) / self.spread))

    def log_slope_x(self, x: FloatArray) -> FloatArray:
        """Log of the derivative of tau."""
        rest = (1 / self.power - 1) * np.log(np.sinh(x)) if self.power < 1 else 0.0
        return np.asarray(np.log(self.unit / self.power) + np.log(np.cosh(x)) + rest)

    def log_slope_t(self, t: FloatArray) -> FloatArray:
        """Log of the derivative of mu."""
        return np.asarray(np.log(self.spread * np.cosh(t)))

    def log_jacobian(self, x: FloatArray, t: FloatArray) -> FloatArray:
        return np.asarray(self.log_slope_x(x)[:, None] + self.log_slope_t(t))


@dataclass(frozen=True)
class Target:
    """The posterior of (mu, tau): what is integrated."""

    y: FloatArray
    sigma: FloatArray
    df: float
    tau_prior: ScalePrior
    mu_prior: Flat | Normal
    coordinates: Coordinates

    def lattice(self, x: FloatArray, t: FloatArray) -> ScaleLattice:
        """The variances that matter over this range of x and t."""
        tau, mu = self.coordinates.tau(x), self.coordinates.mu(t)
        farthest = max(abs(self.y.max() - mu.min()), abs(self.y.min() - mu.max()), tau.max())
        smallest = 2 * np.log(self.sigma.min()) - 27
        # Below this no tau has any weight.
        smallest = max(smallest, 2 * np.log(max(tau.min(), 1e-150)) - np.log(4000 / self.df))
        return ScaleLattice.over(self.df, float(smallest), float(2 * np.log(farthest)), (self.df + 1) / 2)

    def log_normals(self, lattice: ScaleLattice, mu: FloatArray, units: slice) -> FloatArray:
        """Log density of the units' data given mu and the variance, (U, K, B)."""
        variance = self.sigma[units, None] ** 2 + lattice.variance
        square = (self.y[units, None] - mu) ** 2
        return -(square[:, None, :] / variance[:, :, None] + np.log(2 * np.pi * variance)[:, :, None]) / 2

    def blocks(self, size: int) -> Iterator[slice]:
        """The units, as many at a time as fit when each needs ``size`` numbers."""
        step = max(1, _BLOCK // size)
        yield from (slice(i, i + step) for i in range(0, len(self.y), step))

    def __call__(self, x: FloatArray, t: FloatArray, lattice: ScaleLattice) -> FloatArray:
        """Log density in x and t, (A, B)."""
        tau, mu = self.coordinates.tau(x), self.coordinates.mu(t)
        log_weight = lattice.log_weight(tau)
        weight = np.exp(log_weight)
        log_prior = self.coordinates.log_jacobian(x, t) + self.tau_prior.log_density(tau)[:, None]
        if isinstance(self.mu_prior, Normal):
            z = (mu - self.mu_prior.mean) / self.mu_prior.sd
            log_prior = log_prior - z**2 / 2 - np.log(np.sqrt(2 * np.pi) * self.mu_prior.sd)
        log_likelihood, tiny = np.zeros(log_prior.shape), np.zeros(log_prior.shape, dtype=bool)
        for units in self.blocks(len(lattice.variance) * len(mu)):
            log_normals = self.log_normals(lattice, mu, units)
            peak = log_normals.max(1, keepdims=True)
            likelihood = weight @ np.exp(log_normals - peak)
            tiny |= (likelihood < TINY).any(0)
            log_likelihood += (np.log(np.maximum(likelihood, TINY)) + peak).sum(0)
        # Where a unit's likelihood was too small this is only a bound; if the bound matters, it is done in logs.
        bound = log_prior + log_likelihood
        matters = bound > bound.max(where=~tiny, initial=-np.inf) - 200
        for a, b in in_parts(tiny & matters):
            log_likelihood[a, b] = sum(
                logsumexp(log_weight[a].T + self.log_normals(lattice, mu[b], units), axis=1).sum(0)
                for units in self.blocks(len(lattice.variance) * len(a))
            )
        return np.asarray(log_prior + log_likelihood)


def in_parts(mask: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.intp], ...]]:
    """Indices of the true entries, a thousand at a time."""
    indices = np.nonzero(mask)
    for i in range(0, len(indices[0]), 1000):
        yield tuple(index[i : i + 1000] for index in indices)
