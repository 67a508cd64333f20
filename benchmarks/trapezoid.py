"""Means and sds of hierarchical posteriors by the trapezoid rule, written from the formulas with NumPy alone.

This is the second of the two methods behind the certified posteriors. It imports nothing from ``hbcourse``, and it
integrates in other coordinates and by another rule than the engines do: in equal steps over the whole line, where the
sum of an analytic function that fades at both ends converges exponentially (Trefethen and Weideman 2014). Halving
``step`` shows how far a result has converged.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Mean and sd of an unknown.
Moments = tuple[Array, Array]

#: Nodes whose log mass is this far below the highest are left out.
NEGLIGIBLE = -44.0
#: The steps in which the region of the others is looked for.
COARSE = 0.25


def moments(
    kind: str, data: Mapping[str, Any], priors: Mapping[str, Any], step: float | None = None
) -> dict[str, Moments]:
    """Mean and sd of every unknown of a model of this kind, by sums in steps of ``step``."""
    arrays = {name: np.asarray(values, dtype=float) for name, values in data.items()}
    return KINDS[kind](arrays, priors, step or STEP[kind])


def log_prior(prior: Mapping[str, Any], x: Array) -> Array:
    """Log density at ``x``, up to a constant, under PyMC's names of families and parameters."""
    match prior["family"]:
        case "Normal":
            return -(((x - prior["mu"]) / prior["sigma"]) ** 2) / 2
        case "HalfNormal":
            return -((x / prior["sigma"]) ** 2) / 2
        case "HalfCauchy":
            return -np.log1p((x / prior["beta"]) ** 2)
        case "Exponential":
            return -prior["lam"] * x
        case "Gamma":
            return (prior["alpha"] - 1) * np.log(x) - prior["beta"] * x
    raise ValueError(f"the prior must be of a family that is written out here; got {prior['family']}")


def normal(data: Mapping[str, Array], priors: Mapping[str, Any], step: float) -> dict[str, Moments]:
    """y_j ~ N(theta_j, sigma_j^2) and theta_j ~ N(mu, tau^2), summed over mu and tau, both numerically."""
    y, variance = data["y"], data["sigma"] ** 2

    def log_density(mu: Array, tau: Array) -> Array:
        total = variance + tau[:, None] ** 2
        log_likelihood = -(np.log(total) + (y - mu[:, None]) ** 2 / total).sum(-1) / 2
        return log_likelihood + log_prior(priors["mu"], mu) + log_prior(priors["tau"], tau)

    weight, mu, tau = nodes(log_density, step, location(y, variance), scale(np.sqrt(variance.min())))
    kappa = tau[:, None] ** 2 / (tau[:, None] ** 2 + variance)
    return {
        "mu": summed(weight, mu),
        "tau": summed(weight, tau),
        "theta": summed(weight, kappa * y + (1 - kappa) * mu[:, None], kappa * variance),
    }


def student_t(data: Mapping[str, Array], priors: Mapping[str, Any], step: float) -> dict[str, Moments]:
    """The same with theta_j ~ t_nu(mu, tau), whose product with the density of y_j is summed over theta_j too."""
    y, sigma, nu = data["y"], data["sigma"], float(data["nu"])
    s = np.arange(-12, 12, step / 2)

    def unit(j: int, mu: Array, tau: Array) -> tuple[Array, Array, Array]:
        """Density of y_j, and mean and variance of theta_j, given mu and tau."""
        # Where the population is narrower than the error, its own center and scale resolve both.
        narrow = (tau < sigma[j])[:, None]
        offset = np.where(narrow, tau[:, None] * np.sinh(s), sigma[j] * s)
        jacobian = np.where(narrow, np.cosh(s), sigma[j] / tau[:, None])
        start = np.where(narrow[:, 0], mu, y[j])
        theta = start[:, None] + offset
        z = (y[j] - theta) / sigma[j]
        # Of a scale far below mu, the difference would be lost in rounding.
        t = np.where(narrow, np.sinh(s), (theta - mu[:, None]) / tau[:, None])
        f = np.exp(-(z**2) / 2 - (nu + 1) / 2 * np.log1p(t**2 / nu)) * jacobian
        # Far out it underflows, where its product with the other units' is nothing anyway.
        mass = f.sum(1) + 1e-300
        mean = (f * offset).sum(1) / mass
        return mass, start + mean, (f * (offset - mean[:, None]) ** 2).sum(1) / mass

    def log_density(mu: Array, tau: Array) -> Array:
        log_likelihood = sum(np.log(unit(j, mu, tau)[0]) for j in range(len(y)))
        return log_likelihood + log_prior(priors["mu"], mu) + log_prior(priors["tau"], tau)

    weight, mu, tau = nodes(log_density, step, location(y, sigma**2), scale(sigma.min()))
    _, mean, variance = np.transpose([unit(j, mu, tau) for j in range(len(y))], (1, 2, 0))
    return {"mu": summed(weight, mu), "tau": summed(weight, tau), "theta": summed(weight, mean, variance)}


def beta_binomial(data: Mapping[str, Array], priors: Mapping[str, Any], step: float) -> dict[str, Moments]:
    """y_j ~ Binomial(n_j, theta_j) and theta_j ~ Beta(a, b), summed over log a and log b."""
    y, n, beta = data["y"], data["n"], priors["mu"]

    def log_density(a: Array, b: Array) -> Array:
        log_likelihood = log_rising(a, y) + log_rising(b, n - y) - log_rising(a + b, n)
        of_mu = (beta["alpha"] - 1) * np.log(a / (a + b)) + (beta["beta"] - 1) * np.log(b / (a + b))
        # da db = kappa dmu dkappa.
        return log_likelihood + of_mu + log_prior(priors["kappa"], a + b) - np.log(a + b)

    weight, a, b = nodes(log_density, step, scale(1.0), scale(1.0))
    alpha, kappa = a[:, None] + y, (a + b)[:, None] + n
    theta = alpha / kappa
    return {
        "mu": summed(weight, a / (a + b)),
        "kappa": summed(weight, a + b),
        "theta": summed(weight, theta, theta * (1 - theta) / (kappa + 1)),
    }


def gamma_poisson(data: Mapping[str, Array], priors: Mapping[str, Any], step: float) -> dict[str, Moments]:
    """x_j ~ Poisson(theta_j t_j) and theta_j ~ Gamma(alpha, beta), summed over log alpha and log beta."""
    x, t = data["x"], data["t"]

    def log_density(alpha: Array, beta: Array) -> Array:
        of_units = -(alpha[:, None] * np.log1p(t / beta[:, None]) + x * np.log(beta[:, None] + t)).sum(1)
        return log_rising(alpha, x) + of_units + log_prior(priors["alpha"], alpha) + log_prior(priors["beta"], beta)

    weight, alpha, beta = nodes(log_density, step, scale(1.0), scale(1.0))
    shape, rate = alpha[:, None] + x, beta[:, None] + t
    return {
        "alpha": summed(weight, alpha),
        "beta": summed(weight, beta),
        "theta": summed(weight, shape / rate, shape / rate**2),
    }


def nested_two(data: Mapping[str, Array], priors: Mapping[str, Any], step: float) -> dict[str, Moments]:
    """y_ik ~ N(theta_i, sigma^2) and theta_i ~ N(mu, tau^2), summed over mu, tau and sigma, all numerically."""
    y = data["y"]
    groups, n = y.shape
    mean, within = y.mean(1), ((y - y.mean(1, keepdims=True)) ** 2).sum()
    typical = np.sqrt(within / (groups * (n - 1)))

    def log_density(mu: Array, tau: Array, sigma: Array) -> Array:
        total = (tau**2 + sigma**2 / n)[:, None]
        log_likelihood = -(np.log(total) + (mean - mu[:, None]) ** 2 / total).sum(1) / 2
        log_likelihood += -groups * (n - 1) * np.log(sigma) - within / (2 * sigma**2)
        return log_likelihood + sum(
            log_prior(priors[name], x) for name, x in (("mu", mu), ("tau", tau), ("sigma", sigma))
        )

    weight, mu, tau, sigma = nodes(log_density, step, location(mean, typical**2 / n), scale(typical), scale(typical))
    error = (sigma**2 / n)[:, None]
    kappa = tau[:, None] ** 2 / (tau[:, None] ** 2 + error)
    return {
        "mu": summed(weight, mu),
        "tau": summed(weight, tau),
        "sigma": summed(weight, sigma),
        "theta": summed(weight, kappa * mean + (1 - kappa) * mu[:, None], kappa * error),
    }


def nested_three(data: Mapping[str, Array], priors: Mapping[str, Any], step: float) -> dict[str, Moments]:
    """One more level: theta_rs ~ N(phi_r, tau_cask^2) and phi_r ~ N(mu, tau_batch^2), summed over the three sds."""
    y, prior = data["y"], priors["mu"]
    R, S, n = y.shape
    site, region, grand = y.mean(2), y.mean((1, 2)), y.mean()
    within, between = ((y - site[..., None]) ** 2).sum(), ((site - region[:, None]) ** 2).sum()
    typical = np.sqrt(within / (R * S * (n - 1)))

    def given(batch: Array, cask: Array, sigma: Array) -> tuple[Array, Array, Array, Array]:
        """Variances of a cask's and of a batch's average, and the variance and mean of mu, given the sds."""
        of_cask = cask**2 + sigma**2 / n
        of_batch = batch**2 + of_cask / S
        of_mu = 1 / (R / of_batch + prior["sigma"] ** -2.0)
        return of_cask, of_batch, of_mu, of_mu * (R * grand / of_batch + prior["mu"] * prior["sigma"] ** -2.0)

    def log_density(batch: Array, cask: Array, sigma: Array) -> Array:
        of_cask, of_batch, of_mu, _ = given(batch, cask, sigma)
        log_likelihood = -R * S * (n - 1) * np.log(sigma) - within / (2 * sigma**2)
        log_likelihood += -R * (S - 1) / 2 * np.log(of_cask) - between / (2 * of_cask)
        log_likelihood += -R / 2 * np.log(of_batch) - ((region - grand) ** 2).sum() / (2 * of_batch) + np.log(of_mu) / 2
        log_likelihood += -((grand - prior["mu"]) ** 2) / (2 * (prior["sigma"] ** 2 + of_batch / R))
        sds = (("tau_batch", batch), ("tau_cask", cask), ("sigma", sigma))
        return log_likelihood + sum(log_prior(priors[name], x) for name, x in sds)

    weight, batch, cask, sigma = nodes(log_density, step, scale(typical), scale(typical), scale(typical))
    of_cask, of_batch, of_mu, mu = given(batch, cask, sigma)
    kappa = batch**2 / of_batch
    phi = kappa[:, None] * region + ((1 - kappa) * mu)[:, None]
    of_phi = kappa * of_cask / S + (1 - kappa) ** 2 * of_mu
    share = cask**2 / of_cask
    theta = share[:, None, None] * site + (1 - share)[:, None, None] * phi[..., None]
    of_theta = share * sigma**2 / n + (1 - share) ** 2 * of_phi
    return {
        "mu": summed(weight, mu, of_mu),
        "tau_batch": summed(weight, batch),
        "tau_cask": summed(weight, cask),
        "sigma": summed(weight, sigma),
        "phi": summed(weight, phi, of_phi[:, None]),
        "theta": summed(weight, theta, of_theta[:, None, None]),
    }


KINDS: dict[str, Callable[..., dict[str, Moments]]] = {
    kind.__name__: kind for kind in (normal, student_t, beta_binomial, gamma_poisson, nested_two, nested_three)
}

#: Steps with which eleven digits or more have converged; where each node is expensive, no smaller than that needs.
STEP = dict.fromkeys(KINDS, 0.025) | {"student_t": 0.1, "nested_two": 0.05, "nested_three": 0.05}


class Line(NamedTuple):
    """A variable as a function of a coordinate that runs over the real line, and where to look for it there."""

    #: The variable and the log of its derivative.
    of: Callable[[Array], tuple[Array, Array]]
    low: float
    high: float


def location(y: Array, variance: Array) -> Line:
    """A real variable as c + w sinh(u), about where it is if the units are alike."""
    precision = 1 / np.broadcast_to(variance, y.shape)
    center, width = (y * precision).sum() / precision.sum(), precision.sum() ** -0.5
    return Line(lambda u: (center + width * np.sinh(u), np.log(width * np.cosh(u))), -10, 10)


def scale(unit: float) -> Line:
    """A positive variable as unit * exp(v - exp(-v)), which falls to zero double-exponentially."""
    return Line(lambda v: (unit * np.exp(v - np.exp(-v)), v - np.exp(-v) + np.log1p(np.exp(-v))), -4, 14)


def nodes(log_density: Callable[..., Array], step: float, *lines: Line) -> tuple[Array, ...]:
    """The weights of the nodes that matter, which sum to 1, and the value of each variable there."""
    ranges = [np.arange(line.low, line.high, COARSE) for line in lines]
    _, *found = near_peak(log_density, lines, ranges)
    ranges = [np.arange(t.min() - COARSE, t.max() + COARSE, step) for t in found]
    log_mass, *found = near_peak(log_density, lines, ranges)
    weight = np.exp(log_mass - log_mass.max())
    return weight / weight.sum(), *(line.of(t)[0] for line, t in zip(lines, found, strict=True))


def near_peak(log_density: Callable[..., Array], lines: Sequence[Line], ranges: list[Array]) -> list[Array]:
    """Log mass and coordinates of the nodes within reach of the highest, a slice along the first line at a time."""
    rest = [t.ravel() for t in np.meshgrid(*ranges[1:], indexing="ij")]
    kept = []
    for t in ranges[0]:
        coordinates = [np.full(rest[0].shape, t), *rest]
        values, log_steps = zip(*(line.of(c) for line, c in zip(lines, coordinates, strict=True)), strict=True)
        log_mass = log_density(*values) + sum(log_steps)
        peak = max([log_mass.max(), *(part[0].max(initial=-np.inf) for part in kept)])
        kept.append([part[log_mass > peak + NEGLIGIBLE] for part in (log_mass, *coordinates)])
    joined = [np.concatenate(part) for part in zip(*kept, strict=True)]
    return [part[joined[0] > joined[0].max() + NEGLIGIBLE] for part in joined]


def summed(weight: Array, mean: Array, variance: Array | float = 0.0) -> Moments:
    """Mean and sd of what has this mean and variance at each node, whose axis is the first."""
    average = np.tensordot(weight, mean, 1)
    return average, np.sqrt(np.tensordot(weight, variance + (mean - average) ** 2, 1))


def log_rising(x: Array, counts: Array) -> Array:
    """Sum over the units of log x (x + 1) ... (x + c - 1), with c the count of each."""
    # How many units reach each factor.
    reach = (counts[:, None] > np.arange(counts.max())).sum(0)
    return np.log(x[:, None] + np.arange(len(reach))) @ reach
