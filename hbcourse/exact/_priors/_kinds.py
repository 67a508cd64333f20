"""What priors are: the protocol of one of a positive quantity, and the verbs of proper and improper ones."""

from abc import ABC, abstractmethod
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import ArrayLike

from ... import _validate as validate
from ..._validate import FloatArray
from ._words import all_positive


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


class Proper(ABC):
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


class Positive(Proper):
    """A proper prior of a positive quantity, whose arguments are positive too.

    Unless it says otherwise its density is finite at zero and falls faster than any power.
    """

    @property
    def head(self) -> float:
        return 0.0

    @property
    def tail(self) -> float:
        return np.inf

    @property
    def low(self) -> float:
        return 0.0

    def __post_init__(self) -> None:
        all_positive(self)


class Improper:
    """A density of infinite mass: it has no probabilities, and nothing can be drawn from it.

    Examples
    --------
    >>> from hbcourse import exact
    >>> isinstance(exact.Flat(), exact.Improper), isinstance(exact.HalfNormal(1), exact.Improper)
    (True, False)
    """

    def _refuse(self) -> NoReturn:
        raise ValueError(f"the prior must be proper here; the mass of {type(self).__name__} is infinite")

    def cdf(self, x: ArrayLike) -> FloatArray:
        self._refuse()

    def quantile(self, p: ArrayLike) -> FloatArray:
        self._refuse()

    def sample(self, draws: int, rng: np.random.Generator) -> FloatArray:
        self._refuse()
