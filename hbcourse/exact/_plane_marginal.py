"""The marginal posterior of one quantity in the plane of two hyperparameters, with the verbs of every engine."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from .. import _validate as validate
from .._validate import FloatArray
from ._lines import Lines
from ._plane import Coordinate, Plane, outer_coordinate
from ._protocol import Marginal


@dataclass(frozen=True, eq=False, repr=False)
class PlaneMarginal(Marginal):
    """Posterior of one quantity in the plane, by quadrature over its log (over its logit, for a share).

    Its moments are sums over the nodes of the plane, if these hold them. For its distribution the plane is cut anew,
    along this quantity: how much of a line lies below a value can turn from nothing to all of it between two nodes.

    Attributes
    ----------
    plane : Plane
    place : callable
        Log (logit) u of the quantity at a and x.
    back : callable
        The value of a that gives u at x. Where u is x itself, None.
    moments : int
        How many of its moments are finite, 0, 1 or 2.
    logit : bool
        Whether it is a share, between 0 and 1.

    Examples
    --------
    >>> from hbcourse import exact
    >>> alpha = exact.gamma_poisson([2, 0, 7]).alpha
    >>> alpha.quantile([0.25, 0.5, 0.75]).round(2), float(alpha.cdf(1.0).round(2))
    (array([0.58, 0.98, 1.57]), 0.51)
    """

    plane: Plane
    place: Coordinate
    back: Coordinate | None
    moments: int
    logit: bool = False

    def mean(self) -> FloatArray:
        """Mean, shape (); infinite where the tail is too heavy for one."""
        if self.moments < 1:
            return np.asarray(np.inf)
        log_node, log_weight = self._nodes
        return np.asarray(np.exp(log_node + log_weight).sum())

    def sd(self) -> FloatArray:
        """Standard deviation, shape (); infinite where the tail is too heavy for one."""
        if self.moments < 2:
            return np.asarray(np.inf)
        # In logs, because far out the nodes may be beyond double precision while their weights are as small.
        log_node, log_weight = self._nodes
        log_ratio = log_node - np.log(self.mean())
        with np.errstate(divide="ignore"):
            log_off = np.maximum(log_ratio, 0) + np.log(-np.expm1(-abs(log_ratio)))
        return np.asarray(self.mean() * np.sqrt(np.exp(2 * log_off + log_weight).sum()))

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most ``x``, in the shape of ``x``."""
        x = np.maximum(validate.finite("x", x), 0)
        with np.errstate(divide="ignore"):
            u = special.logit(np.minimum(x, 1)) if self.logit else np.log(x)
        return np.asarray(self._line.cdf(u[..., None])[..., 0])

    def log_pdf(self, x: ArrayLike) -> FloatArray:
        """Log density at ``x``, in the shape of ``x``; minus infinity outside of what the panels hold."""
        x = validate.finite("x", validate.nonnegative("x", x))
        if self.logit:
            x = validate.share("x", x)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_x = np.log(x)
            u, log_slope = (special.logit(x), log_x + np.log1p(-x)) if self.logit else (log_x, log_x)
            return np.asarray(np.where(np.isfinite(u), self._line.log_pdf(u) - log_slope, -np.inf))

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a share ``p`` lies, in the shape of ``p``."""
        p = validate.probability("p", p)
        u = self._line.quantile(p.ravel(), np.zeros(p.size, dtype=int)).reshape(p.shape)
        with np.errstate(over="ignore"):
            return np.asarray(special.expit(u) if self.logit else np.exp(u))

    @cached_property
    def _line(self) -> Lines:
        """The distribution of u."""
        if self.place is outer_coordinate:
            return self.plane.outer
        return self.plane.along(self.place, self.back, 0).outer

    @cached_property
    def _nodes(self) -> tuple[FloatArray, FloatArray]:
        """Logs of the values that stand for the posterior, and of their weights, (K,) each."""
        if self.logit or self.plane.holds(self.place, self.moments):
            a, x, log_weight = self.plane.nodes
            place = self.place(a, x)
        else:
            line = self.plane.along(self.place, self.back, self.moments).outer
            place, log_weight = line.node.ravel(), line.log_mass.ravel() - np.log(line.total)
        return np.asarray(special.log_expit(place)) if self.logit else place, log_weight
