r"""Quadrature over the standard deviations of a nested normal model.

With :math:`\rho^2 = \lambda_2`, the second eigenvalue, the posterior is a chain: given rho, the outermost tau and what
lies below rho (sigma and the inner tau, if there are three levels) are independent. So a line of values of rho, and
two lines for each of them, hold all three dimensions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._validate import FloatArray
from ._marginals import ScaleMarginal, finite_moments
from ._nested_lines import Chain, Line, Ruler
from ._panels import integrate
from ._priors import Flat, Normal, ScalePrior
from ._rows import NEGLIGIBLE, Ends, hold, interpolate, narrow
from ._variance_components import MeanSquares

#: Beyond it squares overflow.
_FARTHEST = 1e140


def _margin(tail: float) -> float:
    """How far a density of this tail, and its moments, reach in the log of the quantity beyond every scale."""
    return -NEGLIGIBLE / min(tail - 1 - finite_moments(tail), 4.0)


@dataclass(frozen=True)
class NestedQuadrature:
    """The posterior of the sds, given the mean squares: ``prior`` and ``tail`` from the outermost tau to sigma."""

    squares: MeanSquares
    prior: tuple[ScalePrior, ...]
    tail: tuple[float, ...]
    mu_prior: Flat | Normal

    def log_level(self, k: int, eigenvalue: FloatArray) -> FloatArray:
        """Log likelihood of the sum of squares of level k, and for the outermost of the grand mean, but a constant."""
        df, ss = self.squares.df[k], self.squares.ss[k]
        value = -(df * np.log(eigenvalue) + ss / eigenvalue) / 2
        if k == 0 and isinstance(self.mu_prior, Normal):
            variance = eigenvalue / self.squares.total + self.mu_prior.sd**2
            value -= (np.log(variance) + self._conflict**2 / variance) / 2
        return np.asarray(value)

    @cached_property
    def chain(self) -> Chain:
        """The posterior on nodes."""
        lines: list[tuple[Line, Line | None]] = []

        def log_density(log_rho: FloatArray) -> FloatArray:
            above, below = self.above(log_rho), self.below(log_rho)
            lines[:] = [(above, below)]
            inner = below.panels.log_total if below else self.prior[-1].log_density(np.exp(log_rho)) + log_rho
            return np.asarray(self.log_level(1, np.exp(2 * log_rho)) + above.panels.log_total + inner)

        priors = self.prior[1:]
        tail = min(self.tail[1:])
        scale = float(np.sqrt(self.squares.ss.sum()))
        within = float(np.sqrt(self.squares.ss[-1] / self.squares.total))
        size = np.sqrt(self.squares.size[1:])
        cut = float(np.linalg.norm([prior.low * root for prior, root in zip(priors, size, strict=True)]))
        lowest = min([within, *(prior.scale or np.inf for prior in priors)]) * 1e-8
        highest = max([scale, self._reach, *(prior.scale * root for prior, root in zip(priors, size, strict=True))])
        low, high = np.log(max(lowest, cut * (1 + 1e-9))), min(np.log(highest) + _margin(tail), np.log(_FARTHEST))
        near = np.clip(np.log(self._likely(1)) / 2, low, high)
        guess = (near[0], near[1]) if near[0] < near[1] else None
        rho = hold(log_density, (np.asarray(low), np.asarray(high)), guess, finite_moments(tail))
        # The last call was at the nodes.
        return Chain(rho, *lines[0])

    def _likely(self, k: int) -> FloatArray:
        """Between what values the eigenvalue of level k lies by its sum of squares alone, (2,): a guess."""
        df = max(self.squares.df[k], 1.0)
        t = np.sqrt(-4 * NEGLIGIBLE / df)
        return np.asarray(max(self.squares.ss[k], 1 / _FARTHEST) / df * np.exp(1.1 * np.array([-t, t + t * t / 6])))

    def _guess(self, ruler: Ruler, ends: Ends, squared_ratio: FloatArray) -> Ends:
        """The ends that go with squared ratios between two values, (2, M), where that leaves anything."""
        low, high = (np.clip(ruler.inverse(np.sqrt(np.maximum(value, 0))), *ends) for value in squared_ratio)
        return np.where(low < high, low, ends[0]), np.where(low < high, high, ends[1])

    @property
    def _conflict(self) -> float:
        """How far the grand mean is from its prior mean; of no account with a flat prior."""
        return float(self.squares.mean[0]) - self.mu_prior.mean

    @property
    def _reach(self) -> float:
        """The largest scale that the prior of mu brings in: beyond it lie only powers."""
        if not isinstance(self.mu_prior, Normal):
            return 0.0
        return float((abs(self._conflict) + self.mu_prior.sd) * np.sqrt(self.squares.total))

    def above(self, log_rho: FloatArray) -> Line:
        r"""The outermost tau given rho, by the ratio :math:`r = \tau_1 / c`, :math:`c = \rho / \sqrt{n_1}`."""
        prior, rho_squared = self.prior[0], np.exp(2 * log_rho)[:, None]
        c = np.sqrt(rho_squared / self.squares.size[0])
        ruler = Ruler(np.minimum(1, (prior.scale or np.inf) / c), prior.head)
        log_c = np.log(c)

        def log_density(x: FloatArray) -> FloatArray:
            r, log_slope = ruler(x)
            likelihood = self.log_level(0, rho_squared * (1 + r * r))
            return np.asarray(prior.log_density(c * r) + likelihood + (log_c + log_slope))

        tail = prior.tail + self.squares.df[0] + bool(self.mu_prior.precision)
        spread = float(np.sqrt(self.squares.ss[0] / self.squares.size[0]))
        widest = np.maximum(max(spread, prior.scale, self._reach), c[:, 0])
        high = ruler.inverse(np.minimum(widest * np.exp(min(_margin(tail), 300)), _FARTHEST) / c[:, 0])
        ends = ruler.inverse(prior.low / c[:, 0]), high
        likely = self._likely(0)[:, None] / rho_squared[:, 0] - 1
        panels = hold(log_density, ends, self._guess(ruler, ends, likely), finite_moments(tail))
        return Line(panels, ruler, ruler(panels.node)[0])

    def below(self, log_rho: FloatArray) -> Line | None:
        r"""Sigma and the inner tau given rho, by their ratio :math:`r = \sqrt{n_2} \tau_2 / \sigma`.

        They are polar coordinates: :math:`\sigma = \rho / \sqrt{1 + r^2}`, so that
        :math:`d\sigma \, d\tau_2 = \rho^2 n_2^{-1/2} (1 + r^2)^{-1} \, dr \, d \log \rho`.
        """
        if len(self.prior) == 2:
            return None
        prior, sigma_prior = self.prior[1:]
        rho, rho_squared = np.exp(log_rho)[:, None], np.exp(2 * log_rho)[:, None]
        c = rho / np.sqrt(self.squares.size[1])
        ruler = Ruler(np.minimum(1, (prior.scale or np.inf) / c), prior.head)
        log_area = np.log(rho * c)

        def log_density(x: FloatArray) -> FloatArray:
            r, log_slope = ruler(x)
            secant = np.sqrt(1 + r * r)
            priors = sigma_prior.log_density(rho / secant) + prior.log_density(c * (r / secant))
            likelihood = self.log_level(2, rho_squared / (1 + r * r))
            return np.asarray(priors + likelihood + (log_area + log_slope - 2 * np.log(secant)))

        # The likelihood ends where sigma is small against the sum of squares within groups.
        per_square = self.squares.ss[2] / (2 * rho_squared[:, 0])
        most = 4 * self.squares.df[2] / (2 * per_square) + 4 + 400 / per_square
        if sigma_prior.low:
            most = np.minimum(most, rho_squared[:, 0] / sigma_prior.low**2)
        sine = np.minimum(prior.low / c[:, 0], 1 - 1e-12)
        low = ruler.inverse(sine / np.sqrt(1 - sine**2))
        ends = low, np.maximum(ruler.inverse(np.sqrt(np.maximum(most - 1, 0))), low + 1e-9)
        likely = rho_squared[:, 0] / self._likely(2)[::-1, None] - 1
        panels = hold(log_density, ends, self._guess(ruler, ends, likely))
        return Line(panels, ruler, ruler(panels.node)[0])

    def log_density(self, k: int) -> Callable[[FloatArray], FloatArray]:
        """Log posterior density, but a constant, of the sd of level k at any (K,) values."""
        return self._log_density_above if k == 0 else self._log_density_below[k - 1]

    def _log_density_above(self, tau: FloatArray) -> FloatArray:
        """A sum over the nodes of rho, on each of which tau has the density of its line."""
        rho, above, _ = self.chain
        eigenvalue = np.exp(2 * rho.node) + self.squares.size[0] * tau[:, None] ** 2
        with np.errstate(divide="ignore"):
            terms = np.log(rho.weight) - above.panels.log_total + self.log_level(0, eigenvalue)
        return np.asarray(np.logaddexp.reduce(terms, axis=1) + self.prior[0].log_density(tau))

    @property
    def _log_density_below(self) -> tuple[Callable[[FloatArray], FloatArray], ...]:
        """Of the inner tau and sigma: the outermost tau is integrated out at the nodes of rho already."""
        rho, above, below = self.chain

        def log_outer(rho_squared: FloatArray) -> FloatArray:
            from_above = interpolate(rho, above.panels.log_total, np.log(rho_squared) / 2)
            return np.asarray(self.log_level(1, rho_squared) + from_above)

        if below is None:

            def of_only_sigma(sigma: FloatArray) -> FloatArray:
                likelihood = self.log_level(1, sigma**2) + self.above(np.log(sigma)).panels.log_total
                return self.prior[1].log_density(sigma) + likelihood

            return (of_only_sigma,)
        prior, sigma_prior = self.prior[1:]
        size = self.squares.size[1]
        farthest = float(np.exp(rho.high))
        shortest = float((np.exp(rho.node)[:, None] / np.sqrt(1 + below.ratio**2)).min()) / 2

        def of_tau(tau: FloatArray) -> FloatArray:
            def log_density(log_sigma: FloatArray) -> FloatArray:
                sigma = np.exp(log_sigma)
                inner = self.log_level(2, sigma**2) + sigma_prior.log_density(sigma) + log_sigma
                return inner + log_outer(sigma**2 + size * tau[:, None] ** 2)

            low, high = (np.full(tau.shape, np.log(end)) for end in (max(shortest, sigma_prior.low), 2 * farthest))
            return prior.log_density(tau) + hold(log_density, (low, high)).log_total

        def of_sigma(sigma: FloatArray) -> FloatArray:
            c = (sigma / np.sqrt(size))[:, None]
            ruler = Ruler(np.minimum(1, (prior.scale or np.inf) / c), prior.head)

            def log_density(x: FloatArray) -> FloatArray:
                r, log_slope = ruler(x)
                likelihood = log_outer(sigma[:, None] ** 2 * (1 + r * r))
                return np.asarray(prior.log_density(c * r) + likelihood + np.log(c) + log_slope)

            low = prior.low / c[:, 0]
            ends = ruler.inverse(low), ruler.inverse(np.maximum(2 * farthest / sigma, 2 * low + 1e-9))
            inner = hold(log_density, ends).log_total
            return self.log_level(2, sigma**2) + sigma_prior.log_density(sigma) + inner

        return of_tau, of_sigma

    def marginal(self, k: int, node: FloatArray, weight: FloatArray) -> ScaleMarginal:
        """Posterior of the sd of level k, which has these nodes and weights, on a line of its own."""
        log_density, prior = self.log_density(k), self.prior[k]
        unit = min(float(np.exp((weight * np.log(node)).sum())), prior.scale or np.inf)

        def log_mass(x: FloatArray) -> FloatArray:
            return log_density(unit * np.sinh(x)) + np.log(unit * np.cosh(x))

        # Every tau reaches down to zero, or to where its prior is cut.
        low = max(prior.low, 0.5 * float(node.min()) if k == len(self.prior) - 1 else 0.0)
        lowest, highest = (np.asarray(np.arcsinh(end / unit)) for end in (low, 2 * float(node.max())))
        panels = integrate(log_mass, *narrow(log_mass, (lowest, highest), moment=finite_moments(self.tail[k])))
        return ScaleMarginal(panels, np.asarray(unit), lambda x: log_density(x) - panels.log_total, self.tail[k])
