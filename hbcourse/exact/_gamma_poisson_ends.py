"""What the posterior of a Gamma population does at the ends of the plane of alpha and beta.

Toward each end it is a product of powers, which the likelihood and the priors make together. They say whether its mass
is finite, which moments are, and how far out there is anything to see.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._validate import FloatArray
from ._priors import ScalePrior
from ._priors._of_log import Reach, fall, reach


@dataclass(frozen=True)
class Ends:
    """The ends of the posterior of alpha and beta, given counts ``x`` (J,) over ``exposure`` (J,)."""

    x: FloatArray
    exposure: FloatArray
    alpha_prior: ScalePrior
    beta_prior: ScalePrior

    @property
    def _units(self) -> int:
        return len(self.x)

    @property
    def _events(self) -> float:
        return float(self.x.sum())

    @property
    def _active(self) -> int:
        """Units with any event: each contributes a factor alpha to the likelihood near zero."""
        return int(np.count_nonzero(self.x))

    @property
    def _joint_tail(self) -> float:
        """The power with which the density of log alpha falls where beta grows with it, and the rates are equal."""
        return self.alpha_prior.tail + self.beta_prior.tail - 2

    def require_finite_mass(self) -> None:
        """Refuse each end at which the mass is infinite."""
        alpha, beta, active, events = self.alpha_prior, self.beta_prior, self._active, self._events
        infinite = "or the posterior has infinite mass there"
        if not alpha.low and alpha.head + active <= -1:
            raise ValueError(
                f"alpha_prior must be of smaller order than alpha**{-1 - active} near alpha = 0, with {active} units "
                f"that have events, {infinite}; got {alpha}"
            )
        if events + beta.tail <= 1:
            raise ValueError(
                f"beta_prior must be of smaller order than beta**{events - 1:g} far out, with {events:g} events, "
                f"{infinite}; got {beta}"
            )
        if self._joint_tail <= 0:
            raise ValueError(
                "alpha_prior and beta_prior must fall by powers that sum to more than 2 where alpha and beta are large "
                f"together, and rates equal, {infinite}; got {alpha} and {beta}"
            )
        lowest = -1 - self._units * alpha.low
        # At -1 exactly, the likelihood's beta**(J alpha) leaves 1 / (J alpha) to integrate over alpha.
        spared = beta.head == -1 and not alpha.low and active + alpha.head > 0
        if not beta.low and beta.head <= lowest and not spared:
            raise ValueError(
                f"beta_prior must be of smaller order than beta**{lowest:g} near beta = 0, {infinite}; got {beta}"
            )

    def alpha_moments(self) -> int:
        """How many moments of alpha are finite, 0, 1 or 2."""
        return sum(self._joint_tail > k for k in (1, 2))

    def beta_moments(self) -> int:
        """How many moments of beta are finite, 0, 1 or 2."""
        return sum(min(self._joint_tail, self._events + self.beta_prior.tail - 1) > k for k in (1, 2))

    def mu_moments(self, pole: int = 0) -> int:
        """How many moments of mu are finite, the second also when divided by alpha to the power ``pole``.

        As beta goes to zero its inverse powers have to be, against its density.
        """
        alpha, beta = self.alpha_prior, self.beta_prior
        if beta.low:
            return 2
        power = beta.head + 1 + self._units * alpha.low
        # With equality, alpha to the power below -1 is what is left to integrate.
        rest = np.inf if alpha.low else self._active + alpha.head
        return sum(power > k or (power == k and rest + k - pole * (k == 2) > 0) for k in (1, 2))

    def alpha_window(self) -> tuple[float, float]:
        """Values of log alpha between which the posterior lies, generously."""
        alpha, beta = self.alpha_prior, self.beta_prior
        scale = [np.log(alpha.scale)] if alpha.scale else []
        low, high = (float(end) for end in reach(alpha).against(self._units + self._events))
        if np.isinf(low):
            # There the integral over beta is 1 / (J alpha + power), if beta can come near zero.
            powers = {k: np.inf if beta.low else beta.head + 1 - k for k in (0, self.mu_moments())}
            slope = min(k + self._active + alpha.head + (power > 0) for k, power in powers.items())
            corners = [np.log(power / self._units) for power in powers.values() if power > 0]
            low = float(min([-8 - np.log(self._units), *corners, *scale]) - fall(slope))
        if np.isinf(high):
            beta_high = self._beta_reach.against(self._units + self._events)[1]
            if np.isinf(beta_high):
                mean = np.log((self._events + 1) / self.exposure.sum())
                far = [np.log(beta.scale) + mean] if beta.scale else []
                left = self._joint_tail - max(self.alpha_moments(), self.beta_moments())
                high = float(max([2 * np.log1p(self._events), *scale, *far]) + fall(left))
            else:
                high = float(np.log((2 * self._events + 200) / np.log1p(self.exposure * np.exp(-beta_high)).sum()))
        return low, min(high, 600.0)

    def mu_window(self, a: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values of log mu between which it lies given log alpha, generously: those of log beta turned round."""
        prior, log_exposure, shape = self.beta_prior, np.log(self.exposure), self._units * np.exp(a)
        scale = [np.log(prior.scale)] if prior.scale else []
        low, high = self._beta_reach.against(self._events)[0], self._beta_reach.against(shape)[1]
        if np.isinf(low):
            rises = np.maximum(shape + prior.head + 1 - self.mu_moments(), 1e-12)
            turn = np.log(rises / ((self.x / self.exposure).sum() + 1e-100))
            low = np.minimum(min([log_exposure.min(), *scale]), turn) - fall(rises)
        falls = self._events + (prior.tail if np.isfinite(prior.tail) else -prior.head) - 1 - self.beta_moments()
        if falls > 0:
            turn = np.maximum(max([log_exposure.max(), *scale]), a + np.log(self.exposure.sum()))
            high = np.minimum(high, turn + fall(falls))
        return a - high, a - low

    @cached_property
    def _beta_reach(self) -> Reach:
        return reach(self.beta_prior)
