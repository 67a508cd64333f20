"""Priors of hyperparameters, as small values that name a distribution.

Those of a positive quantity, most often tau, share what the engines need to know (:class:`ScalePrior`). The densities
are written out, because scipy's take longer than a whole fit; probabilities and draws are scipy's. Arguments have the
words of PyMC and scipy.stats too: ``HalfNormal(sigma=1)`` is ``HalfNormal(scale=1)``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, ClassVar, NoReturn, Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import betaln, gammaln, xlog1py, xlogy

from .. import _validate as validate
from .._validate import FloatArray


class ScalePrior(Protocol):
    """What an engine asks of the prior of a positive quantity.

    Attributes
    ----------
    scale : float
        Where the density bends, in the units of the quantity; 0 if nowhere.
    head : float
        The power with which the density starts at zero: no finite mass there at -1 or less; infinite if it vanishes
        faster than any power.
    tail : float
        The power with which it falls far out: no finite mass there at 1 or less; infinite if faster than any power.
    low : float
        The lower end of its support.

    Examples
    --------
    >>> from hbcourse import exact
    >>> prior: exact.ScalePrior = exact.HalfT(df=3, scale=5)
    >>> prior.head, prior.tail
    (0.0, 4)
    """

    @property
    def scale(self) -> float: ...
    @property
    def head(self) -> float: ...
    @property
    def tail(self) -> float: ...
    @property
    def low(self) -> float: ...
    def log_density(self, tau: FloatArray) -> FloatArray: ...
    def cdf(self, x: ArrayLike) -> FloatArray: ...
    def quantile(self, p: ArrayLike) -> FloatArray: ...
    def sample(self, draws: int, rng: np.random.Generator) -> FloatArray: ...


class _Proper(ABC):
    """The verbs of a prior that is a distribution, which scipy knows."""

    @property
    @abstractmethod
    def _scipy(self) -> Any:
        """The same as a frozen distribution of scipy."""

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, in the shape of ``x``."""
        x = validate.finite("x", x)
        # Far below a scale, powers of their ratio overflow in scipy.
        with np.errstate(over="ignore"):
            return np.asarray(self._scipy.cdf(x))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies, in the shape of ``p``."""
        return np.asarray(self._scipy.ppf(validate.probability("p", p)))

    def sample(self, draws: int, rng: np.random.Generator) -> FloatArray:
        """Independent draws, (draws,)."""
        return self.quantile(validate.generator(rng).uniform(np.finfo(float).tiny, 1, validate.count("draws", draws)))


class Improper:
    """A density of infinite mass: it has no probabilities, and nothing can be drawn from it."""

    def _refuse(self) -> NoReturn:
        raise ValueError(f"the prior must be proper here; the mass of {type(self).__name__} is infinite")

    def cdf(self, x: ArrayLike) -> FloatArray:
        self._refuse()

    def quantile(self, p: ArrayLike) -> FloatArray:
        self._refuse()

    def sample(self, draws: int, rng: np.random.Generator) -> FloatArray:
        self._refuse()


def require_scale_prior(name: str, prior: object) -> None:
    """Refuse what is no prior of a positive quantity."""
    if isinstance(prior, type) or not all(
        hasattr(prior, word) for word in ("log_density", "scale", "head", "tail", "low")
    ):
        shown = validate.shown(prior)
        raise ValueError(f"{name} must be a prior of a positive quantity, such as exact.HalfNormal(1); got {shown}")


def require_mean_prior(name: str, prior: object) -> None:
    """Refuse what is no prior of a mean."""
    if not isinstance(prior, Flat | Normal):
        raise ValueError(f"{name} must be exact.Flat() or an exact.Normal; got {validate.shown(prior)}")


def require_beta(name: str, prior: object) -> None:
    """Refuse what is no prior of a number between 0 and 1."""
    if not isinstance(prior, Beta):
        raise ValueError(f"{name} must be an exact.Beta; got {validate.shown(prior)}")


def require_proper(name: str, prior: object) -> None:
    """Refuse a prior of infinite mass, where the data must have a probability."""
    if isinstance(prior, Improper):
        raise ValueError(f"{name} must be proper for the data to have a probability; got {prior}")


def _also[T: type](**words: str) -> Callable[[T], T]:
    """Let a prior's arguments have the words of PyMC and scipy.stats too; a word that has no equal gets a sentence."""

    def decorate(prior: T) -> T:
        made: Callable[..., None] = vars(prior)["__init__"]
        names = [field.name for field in fields(prior)]

        @wraps(made)
        def init(self: object, *args: Any, **kwargs: Any) -> None:
            given: dict[str, Any] = {}
            for word, value in kwargs.items():
                name = words.get(word, word)
                if name not in names:
                    why = f", where {name}" if word in words else ""
                    raise TypeError(f"{prior.__name__} takes {' and '.join(names)}, not {word}{why}")
                if name in given or name in names[: len(args)]:
                    raise TypeError(f"{prior.__name__} takes {name} once; got it again as {word}")
                given[name] = value
            made(self, *args, **given)

        setattr(prior, "__init__", init)  # noqa: B010
        return prior

    return decorate


def _one_positive(prior: Any, *names: str) -> None:
    for name in names:
        validate.scalar(name, validate.positive(name, getattr(prior, name)))


@dataclass(frozen=True)
class Flat(Improper):
    """The improper constant density: on ``mu`` over the real line, on ``tau`` over the positive half.

    Examples
    --------
    >>> Flat().log_density(np.array([1.0, 10.0]))
    array([0., 0.])
    """

    # As a prior of mu: a normal with precision zero.
    mean: ClassVar[float] = 0.0
    precision: ClassVar[float] = 0.0
    # As a prior of tau.
    scale: ClassVar[float] = 0.0
    head: ClassVar[float] = 0.0
    tail: ClassVar[float] = 0.0
    low: ClassVar[float] = 0.0

    def log_density(self, tau: ArrayLike) -> FloatArray:
        # Of mu as well as of tau.
        return np.zeros_like(validate.squarable("tau", tau, low=-1e145))


@_also(mu="mean", sigma="sd", loc="mean", scale="sd")
@dataclass(frozen=True)
class Normal(_Proper):
    r"""Prior of the population mean, :math:`\mu \sim N(\text{mean}, \text{sd}^2)`, in the units of ``y``.

    Examples
    --------
    >>> Normal(0, 5).precision
    0.04
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        validate.scalar("mean", validate.finite("mean", self.mean))
        validate.scalar("sd", validate.positive("sd", self.sd))

    @property
    def precision(self) -> float:
        return 1 / self.sd**2

    @property
    def _scipy(self) -> Any:
        return stats.norm(self.mean, self.sd)

    def log_density(self, mu: ArrayLike) -> FloatArray:
        """Log density at ``mu``, in the shape of ``mu``."""
        z = (validate.finite("mu", mu) - self.mean) / self.sd
        return np.asarray(-(z**2) / 2 - np.log(np.sqrt(2 * np.pi) * self.sd))


@_also(beta="scale")
@dataclass(frozen=True)
class HalfCauchy(_Proper):
    r"""Prior of the population sd, :math:`p(\tau) = \frac{2}{\pi s (1 + \tau^2/s^2)}`, the scale s in units of ``y``.

    Source: Gelman 2006.

    Examples
    --------
    >>> round(1 - float(HalfCauchy(5).cdf(50)), 4)
    0.0635
    """

    scale: float
    head: ClassVar[float] = 0.0
    tail: ClassVar[float] = 2.0
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        _one_positive(self, "scale")

    @property
    def _scipy(self) -> Any:
        return stats.halfcauchy(scale=self.scale)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        return np.asarray(np.log(2 / (np.pi * self.scale)) - np.log1p((tau / self.scale) ** 2))


@_also(sigma="scale")
@dataclass(frozen=True)
class HalfNormal(_Proper):
    r"""Prior of the population sd, :math:`p(\tau) = \sqrt{2/\pi}\, e^{-\tau^2/2s^2}/s`, the scale s in units of ``y``.

    Examples
    --------
    >>> round(float(HalfNormal(5).quantile(0.5)), 2)
    3.37
    """

    scale: float
    head: ClassVar[float] = 0.0
    tail: ClassVar[float] = np.inf
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        _one_positive(self, "scale")

    @property
    def _scipy(self) -> Any:
        return stats.halfnorm(scale=self.scale)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        return np.asarray(np.log(np.sqrt(2 / np.pi) / self.scale) - (tau / self.scale) ** 2 / 2)


@_also(nu="df", sigma="scale")
@dataclass(frozen=True)
class HalfT(_Proper):
    r"""Prior of the population sd: the positive half of Student's t with ``df`` degrees of freedom and a scale.

    .. math:: p(\tau) \propto \left(1 + \frac{\tau^2}{\nu s^2}\right)^{-(\nu + 1)/2}

    Source: Gelman 2006.

    Examples
    --------
    >>> round(1 - float(HalfT(df=3, scale=2.5).cdf(25)), 4)
    0.0021
    """

    df: float
    scale: float
    head: ClassVar[float] = 0.0
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        _one_positive(self, "df", "scale")

    @property
    def tail(self) -> float:
        return self.df + 1

    @property
    def _scipy(self) -> Any:
        # Of the whole t: the verbs below fold it.
        return stats.t(self.df, scale=self.scale)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, in the shape of ``x``."""
        return np.maximum(2 * super().cdf(x) - 1, 0)

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies, in the shape of ``p``."""
        return super().quantile((1 + validate.probability("p", p)) / 2)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        constant = gammaln((self.df + 1) / 2) - gammaln(self.df / 2) - np.log(self.df * np.pi) / 2
        power = (self.df + 1) / 2 * np.log1p((tau / self.scale) ** 2 / self.df)
        return np.asarray(np.log(2 / self.scale) + constant - power)


@_also(lam="scale is the mean, 1 / lam")
@dataclass(frozen=True)
class Exponential(_Proper):
    r"""Prior of a positive quantity, :math:`p(\tau) = e^{-\tau/s}/s`, the scale s being its mean.

    Examples
    --------
    >>> round(float(Exponential(2).quantile(0.5)), 3)
    1.386
    """

    scale: float
    head: ClassVar[float] = 0.0
    tail: ClassVar[float] = np.inf
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        _one_positive(self, "scale")

    @property
    def _scipy(self) -> Any:
        return stats.expon(scale=self.scale)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        return np.asarray(-np.log(self.scale) - tau / self.scale)


@_also(alpha="shape", beta="rate", a="shape", scale="rate is 1 / scale", mu="shape / rate is the mean")
@dataclass(frozen=True)
class Gamma(_Proper):
    r"""Prior of a positive quantity, :math:`p(x) = \frac{b^a}{\Gamma(a)} x^{a-1} e^{-bx}`, with shape a and rate b.

    Examples
    --------
    >>> round(float(Gamma(shape=2, rate=4).quantile(0.5)), 3)
    0.42
    """

    shape: float
    rate: float
    tail: ClassVar[float] = np.inf
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        _one_positive(self, "shape", "rate")

    @property
    def scale(self) -> float:
        return self.shape / self.rate

    @property
    def head(self) -> float:
        return self.shape - 1

    @property
    def _scipy(self) -> Any:
        return stats.gamma(self.shape, scale=1 / self.rate)

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        constant = self.shape * np.log(self.rate) - gammaln(self.shape)
        # 0 log 0 is 0: an exponential density is finite at zero.
        with np.errstate(divide="ignore"):
            power = 0.0 if self.shape == 1 else (self.shape - 1) * np.log(tau)
        return np.asarray(constant + power - self.rate * tau)


@_also(alpha="shape", beta="rate", a="shape", scale="rate")
@dataclass(frozen=True)
class InverseGamma(_Proper):
    r"""Prior of the population **variance**, :math:`\tau^2 \sim \text{Inverse-Gamma}(a, b)`, as a density of tau.

    .. math:: p(\tau) = \frac{2 b^a}{\Gamma(a)} \tau^{-2a - 1} e^{-b/\tau^2}

    Parameters
    ----------
    shape : float
        The shape a.
    rate : float
        The rate b of the Gamma distribution of :math:`1/\tau^2`, in squared units of ``y``.

    Notes
    -----
    Source: Gelman 2006.

    Examples
    --------
    >>> round(float(InverseGamma(shape=1, rate=1).quantile(0.5)), 3)
    1.201
    """

    shape: float
    rate: float
    head: ClassVar[float] = np.inf
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        _one_positive(self, "shape", "rate")

    @property
    def scale(self) -> float:
        return float(np.sqrt(self.rate))

    @property
    def tail(self) -> float:
        return 2 * self.shape + 1

    @property
    def _scipy(self) -> Any:
        # Of tau: a Gamma variable to the power -1/2.
        return stats.gengamma(self.shape, -2, scale=np.sqrt(self.rate))

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        constant = np.log(2) + self.shape * np.log(self.rate) - gammaln(self.shape)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            density = constant - (2 * self.shape + 1) * np.log(tau) - self.rate / np.square(tau)
        return np.asarray(np.where(tau > 0, density, -np.inf))


@_also(alpha="a", beta="b")
@dataclass(frozen=True)
class Beta(_Proper):
    r"""Prior of the mean of a population of probabilities, :math:`p(\mu) \propto \mu^{a-1} (1 - \mu)^{b-1}`.

    Both parameters are positive; 1 and 1 make it uniform.

    Examples
    --------
    >>> Beta(1, 1).quantile(0.25)
    array(0.25)
    """

    a: float
    b: float

    def __post_init__(self) -> None:
        _one_positive(self, "a", "b")

    @property
    def _scipy(self) -> Any:
        return stats.beta(self.a, self.b)

    def log_density(self, mu: ArrayLike) -> FloatArray:
        """Log density at ``mu``, in the shape of ``mu``."""
        mu = validate.probability("mu", mu)
        return np.asarray(xlogy(self.a - 1, mu) + xlog1py(self.b - 1, -mu) - betaln(self.a, self.b))


@dataclass(frozen=True)
class Power(Improper):
    r"""The improper :math:`p(\tau) \propto \tau^r`: flat on tau at r = 0, on tau squared at 1, on log tau at -1.

    Examples
    --------
    >>> Power(1).log_density(np.array([1.0, np.e]))
    array([0., 1.])
    """

    exponent: float
    scale: ClassVar[float] = 0.0
    low: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        validate.scalar("exponent", validate.finite("exponent", self.exponent))

    @property
    def head(self) -> float:
        return self.exponent

    @property
    def tail(self) -> float:
        return -self.exponent

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        if not self.exponent:
            return np.zeros_like(tau)
        with np.errstate(divide="ignore"):
            return np.asarray(self.exponent * np.log(tau))


@dataclass(frozen=True)
class LogUniform(Improper):
    r"""The density :math:`p(\tau) \propto 1/\tau` cut at ``low``: flat on log tau above it, nothing below.

    Without the cut no data make a proper posterior of it.

    Examples
    --------
    >>> LogUniform(low=0.1).log_density(np.array([0.05, 1.0]))
    array([-inf,  -0.])
    """

    low: float
    head: ClassVar[float] = np.inf
    tail: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        _one_positive(self, "low")

    @property
    def scale(self) -> float:
        return self.low

    def log_density(self, tau: ArrayLike) -> FloatArray:
        tau = validate.squarable("tau", tau)
        with np.errstate(divide="ignore"):
            # Nodes at the cut itself may round to just below it.
            return np.asarray(np.where(tau >= self.low * (1 - 1e-12), -np.log(tau), -np.inf))
