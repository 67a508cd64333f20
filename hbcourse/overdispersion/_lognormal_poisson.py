"""The Poisson distribution with log-normal rates, by quadrature, and its maximum likelihood fit."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats
from scipy.special import gammaln, logsumexp, wrightomega

from .. import _validate as validate
from .._validate import FloatArray
from ._count_models import CountModel, IntArray, draw_poisson, observed, sample_shape

_TRAPEZOIDS = 256
#: The largest log mean, and the largest log sd, that are fitted.
_FARTHEST, _WIDEST = 300.0, 29.0


@dataclass(frozen=True)
class LogNormalPoisson(CountModel):
    r"""Poisson counts whose log rate is normal.

    .. math:: P(x) = \int \frac{e^{\eta x - e^\eta}}{x!} N(\eta \mid \mu, \omega^2)\, d\eta

    Attributes
    ----------
    log_mean : float
        Mean of the log rate, :math:`\mu`, up to 300 in size.
    log_sd : float
        Standard deviation of the log rate, :math:`\omega`, up to 30; 0 for the Poisson distribution.

    Notes
    -----
    The integral is by the trapezoidal rule around the peak of its integrand, which Lambert's W gives. Source: Bulmer
    1974.

    Examples
    --------
    >>> model = LogNormalPoisson(log_mean=1.0, log_sd=0.5)
    >>> round(model.mean, 3), model.pmf([0, 3]).round(4)
    (3.08, array([0.098 , 0.1696]))
    """

    log_mean: float
    log_sd: float

    def __post_init__(self) -> None:
        validate.between("log_mean", self.log_mean, -300, 300)
        validate.between("log_sd", self.log_sd, 0, 30)

    @classmethod
    def fit(cls, x: ArrayLike) -> Self:
        """The maximum of the likelihood for ``x``, (n,): ``log_sd`` is 0 where no spread of the rates helps.

        Refuses counts so far apart that the likelihood still rises at a ``log_sd`` of 29.
        """
        x = observed(x)
        value, trials = np.unique(x, return_counts=True)
        share = trials / trials.sum()
        log_mean = float(np.log(x.mean()))

        def loss(at: FloatArray) -> tuple[float, FloatArray]:
            model = cls(float(at[0]), float(np.exp(at[1])))
            log_pmf, first, second = model._integrate(value)
            variance = model.log_sd**2
            return -float(share @ log_pmf), -np.array([share @ first / variance, share @ second / variance - 1])

        omega = np.sqrt(np.log1p(max(x.var() - x.mean(), 0.01 * x.mean()) / x.mean() ** 2))
        best = optimize.minimize(
            loss,
            [log_mean - omega**2 / 2, np.log(np.clip(omega, 0.01, 3))],
            jac=True,
            method="L-BFGS-B",
            bounds=[(-_FARTHEST, _FARTHEST), (np.log(1e-4), np.log(_WIDEST))],
            options={"ftol": 1e-15, "gtol": 1e-9},
        )
        if best.x[1] >= np.log(_WIDEST) - 1e-9 or abs(best.x[0]) >= _FARTHEST:
            raise ValueError(
                f"x must be counts whose likelihood has a maximum at a log_sd below {_WIDEST:g}, where it still rises; "
                f"got {len(x)} counts from {x.min():g} to {x.max():g}"
            )
        fitted, constant = cls(float(best.x[0]), float(np.exp(best.x[1]))), cls(log_mean, 0.0)
        return fitted if fitted.log_likelihood(x) > constant.log_likelihood(x) + 1e-9 * len(x) else constant

    @property
    def mean(self) -> float:
        """Expected count."""
        with np.errstate(over="ignore"):
            return float(np.exp(self.log_mean + self.log_sd**2 / 2))

    @property
    def variance(self) -> float:
        # The rates' variance, and the mean.
        with np.errstate(over="ignore"):
            return float(np.expm1(self.log_sd**2) * np.exp(2 * self.log_mean + self.log_sd**2) + self.mean)

    def sample(self, trials: int | tuple[int, ...], rng: np.random.Generator) -> IntArray:
        """Independent counts, (trials,), or in the shape that ``trials`` gives, such as (data sets, n)."""
        rng = validate.generator(rng)
        return draw_poisson(np.exp(rng.normal(self.log_mean, self.log_sd, sample_shape(trials))), rng)

    def _log_pmf(self, x: FloatArray) -> FloatArray:
        if not self.log_sd:
            return np.asarray(stats.poisson.logpmf(x, np.exp(self.log_mean)))
        value, where = np.unique(x, return_inverse=True)
        return self._integrate(value)[0][where].reshape(x.shape)

    def _integrate(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log pmf at x, (K,), and the mean and mean square of eta - mu given x."""
        variance = self.log_sd**2
        omega = wrightomega(np.log(variance) + self.log_mean + x * variance)
        peak_rate = omega / variance
        peak = np.log(peak_rate)
        # Where the log integrand has fallen by 40 on each side, or a little more.
        left = np.minimum(9 * self.log_sd, (40 + np.sqrt(1600 + 320 * peak_rate)) / (2 * peak_rate))
        right = np.minimum(9 * self.log_sd / np.sqrt(1 + omega), 1 + np.log1p(80 / peak_rate))
        step = (left + right) / _TRAPEZOIDS
        away = -left[:, None] + step[:, None] * np.arange(_TRAPEZOIDS + 1)
        # Measured from the peak, where the first derivative is zero.
        log_integrand = -peak_rate[:, None] * (np.expm1(away) - away) - away**2 / (2 * variance)
        log_area = logsumexp(log_integrand, axis=1)
        weight = np.exp(log_integrand - log_area[:, None])
        deviation = (peak - self.log_mean)[:, None] + away
        at_peak = x * peak - peak_rate - gammaln(x + 1) - (peak - self.log_mean) ** 2 / (2 * variance)
        log_pmf = at_peak + log_area + np.log(step) - np.log(2 * np.pi * variance) / 2
        return log_pmf, (weight * deviation).sum(1), (weight * deviation**2).sum(1)
