"""What tests the answers of priors."""

from collections.abc import Callable
from itertools import count

import numpy as np
from numpy.random import Generator
from scipy import stats

from hbcourse import check, exact
from hbcourse.check.densities import LogDensity
from hbcourse.check.tasks import Array, Function, Judged, Model

_Y = np.array([22.0, 31.0, 15.0, 27.0, 17.0])
_SIGMA = np.array([9.0, 7.0, 11.0, 8.0, 12.0])

# Task 1


def needed_units(r: float) -> int:
    if r <= -1:
        return 0
    # Far out the posterior falls as tau to the power r - (J - 1).
    return next(J for J in count(1) if r - (J - 1) < -1)


def _rounded(round_: Callable[[float], float], more: int = 3) -> Callable[[float], float]:
    return lambda r: 0 if r <= -1 else int(round_(r)) + more


def _powers(rng: Generator) -> list[tuple[float]]:
    whole = [0, int(rng.integers(1, 4)), float(rng.integers(4, 12))]
    between = [rng.uniform(-0.95, -0.55), rng.uniform(-0.45, -0.05), rng.uniform(1.1, 1.4), rng.uniform(5.6, 9.4)]
    return [(r,) for r in (*whole, *between, -1, -1.0, rng.uniform(-1.9, -1.1), -2.0, rng.uniform(-9, -3))]


# Task 2


def density_of_tau(tau: Array, s: float) -> Array:
    return 4 * tau / (np.pi * s * (1 + tau**4 / s**2))


# Task 3

_TAILS: dict[str, Callable[[float], float]] = {
    "half-normal": lambda p: stats.norm.isf(p / 2),
    "exponential": lambda p: -np.log(p),
    "half-Cauchy": lambda p: 1 / np.tan(np.pi * p / 2),
}


def scale_for(family: str, limit: float, p: float) -> float:
    return limit / _TAILS[family](p)


def _with_tails(**others: Callable[[float], float]) -> Callable[[str, float, float], float]:
    """The scale with other upper quantiles of some families; ``_`` stands for the hyphen."""
    tails = _TAILS | {family.replace("_", "-"): tail for family, tail in others.items()}
    return lambda family, limit, p: limit / tails[family](p)


def _surprises(rng: Generator) -> list[tuple[str, float, float]]:
    return [
        (family, rng.uniform(*limits), rng.uniform(*ps))
        for family in ("half-Cauchy", "exponential", "half-normal")
        for limits, ps in (((5, 50), (0.005, 0.04)), ((0.2, 0.9), (0.1, 0.4)), ((90, 400), (0.6, 0.9)))
    ]


# Task 4


def log_likelihood(tau: float) -> float:
    return _log_likelihood()(tau)


def _log_likelihood(
    power: float = 0.5,
    combine: Callable[[Array, float], Array] = np.hypot,
    weighs: Callable[[Array, Array], Array] = lambda sd, sigma: sd**-2.0,
) -> Callable[[float], float]:
    """With mu's variance to a power, the sd of y put together in a way, and other weights for its mean."""

    def log_density(tau: float) -> float:
        sd = combine(_SIGMA, tau)
        mu = np.average(_Y, weights=weighs(sd, _SIGMA))
        return stats.norm.logpdf(_Y, mu, sd).sum() - power * np.log((sd**-2.0).sum())

    return log_density


# Task 5

_LEVELS = (0.05, 0.5, 0.95)


def quantiles(scale: float) -> Array:
    return exact.normal_hierarchy(_Y, _SIGMA, exact.HalfNormal(scale)).tau.quantile(_LEVELS)


def _by_sum(
    log_prior: Callable[[Array, float], Array] = lambda tau, scale: -((tau / scale) ** 2) / 2,
    power: float = 0.5,
    levels: tuple[float, ...] = _LEVELS,
    to: float = 8,
) -> Callable[[float], Array]:
    """By a sum over a fine grid, with another prior, power of mu's variance, levels or end of the grid."""

    def found(scale: float) -> Array:
        step = to * scale / 4_000
        tau = (np.arange(4_000) + 0.5) * step
        log_density = _on_grid(tau, power) + log_prior(tau, scale)
        density = np.exp(log_density - log_density.max())
        return np.interp(levels, np.cumsum(density) / density.sum(), tau + step / 2)

    return found


def _on_grid(tau: Array, power: float) -> Array:
    """The log likelihood at many values of tau, with a power of mu's variance."""
    weight = 1 / (_SIGMA[:, None] ** 2 + tau**2)
    mu = (weight * _Y[:, None]).sum(0) / weight.sum(0)
    return (np.log(weight) - weight * (_Y[:, None] - mu) ** 2).sum(0) / 2 - power * np.log(weight.sum(0))


# Task 6


def mass_below_1(cut: float) -> float:
    return float(exact.normal_hierarchy(_Y, _SIGMA, exact.LogUniform(cut)).tau.cdf(1.0))


def _under(log_density_of_u: Callable[[Array], Array], power: float = 0.5) -> Callable[[float], float]:
    """With another prior density of log tau, up to a constant, or another power of mu's variance."""

    def mass(cut: float) -> float:
        edges = np.concatenate([np.linspace(np.log(cut), 0, 5001), np.linspace(0, np.log(1e5), 5001)[1:]])
        u = (edges[1:] + edges[:-1]) / 2
        mass_of = np.exp(_on_grid(np.exp(u), power) + log_density_of_u(u)) * np.diff(edges)
        return float(mass_of[u < 0].sum() / mass_of.sum())

    return mass


def _cuts(rng: Generator) -> list[tuple[float]]:
    return [(10 ** rng.uniform(*powers),) for powers in ((-4, -2), (-11.9, -8))]


# Task 7

_Y6, _SIGMA6 = np.append(_Y, 88.0), np.append(_SIGMA, 10.0)

LogDensityOfModel = Callable[[float, float, Array], float]


def _log_density(
    scale: float = 20.0,
    population: Callable[[Array], Array] = stats.t(4).logpdf,
    errors: Callable[[Array], Array] = stats.norm.logpdf,
    spread: Callable[[float], float] = lambda tau: tau,
) -> LogDensityOfModel:
    def log_density(mu: float, tau: float, theta: Array) -> float:
        if tau <= 0:
            return -np.inf
        prior = stats.norm.logpdf(mu, 0, 100) + stats.halfnorm.logpdf(tau, scale=scale)
        units = np.sum(population((theta - mu) / spread(tau)) - np.log(spread(tau)))
        return prior + units + np.sum(errors((_Y6 - theta) / _SIGMA6))

    return log_density


def judge_model(rng: Generator, model: object) -> None:
    central = [{"mu": rng.normal(25, 7), "tau": rng.gamma(5, 2), "theta": rng.normal(_Y6, _SIGMA6)} for _ in range(4)]
    wide = [
        {"mu": rng.normal(0, 150), "tau": 10 ** rng.uniform(-1, 2), "theta": rng.normal(0, 150, 6)} for _ in range(5)
    ]
    outside = [{**central[0], "tau": -5.0}]
    check.model(
        "model",
        model,
        _log_density(),
        central + wide + outside,
        families={
            "mu": ("Normal", {"mu": 0.0, "sigma": 100.0}),
            "tau": ("HalfNormal", {"sigma": 20.0}),
            "theta": (
                "StudentT",
                {"nu": 4.0, "mu": lambda mu, tau, theta: mu, "sigma": lambda mu, tau, theta: tau},
            ),
            "y": ("Normal", {"mu": lambda mu, tau, theta: theta, "sigma": _SIGMA6}),
        },
        observed={"y": _Y6},
        mistakes={
            "The colleague's scale is 0.02 seconds. Your data are in milliseconds: change its unit too.": _log_density(
                scale=0.02
            ),
            "That population is normal: one far-off laboratory would free all the others. It must be Student's t.": (
                _log_density(population=stats.norm.logpdf)
            ),
            "The heavy tails belong to the population of laboratories, not to the errors of their estimates.": (
                _log_density(population=stats.norm.logpdf, errors=stats.t(4).logpdf)
            ),
            "The heavy tails belong to the population of laboratories alone, not to the errors of their estimates "
            "too.": _log_density(errors=stats.t(4).logpdf),
            "PyMC's StudentT takes the scale, sigma, not its square.": _log_density(spread=lambda tau: tau**2),
        },
    )


TASKS = [
    Function(
        "needed_units",
        right=needed_units,
        visible=[(0.5,), (-1.0,), (-0.5,), (2.0,), (1.6,), (-2.0,)],
        hidden=_powers,
        mistakes={
            "A density that falls as 1/tau still has infinite mass: the fall must be faster.": _rounded(np.ceil, 2),
            "A flat mu costs one laboratory: the likelihood falls as tau to the power -(J - 1), not -J.": _rounded(
                np.floor, 2
            ),
            "Look at both ends: near zero, no number of laboratories makes up for infinite mass of the prior.": (
                lambda r: max(int(np.floor(r)) + 3, 1)
            ),
            "Between -1 and 0 the prior needs fewer laboratories than a flat one: int cuts toward zero, and does not "
            "round down.": _rounded(np.trunc),
            "At r = -1 the prior already has infinite mass near zero.": lambda r: 0 if r < -1 else int(np.floor(r)) + 3,
            "Where r is not whole, the nearest whole number may be too high.": _rounded(np.round),
            "The tail must fall faster than 1/tau: where r is not whole, that takes fewer laboratories.": _rounded(
                np.ceil
            ),
        },
        hints=(
            "There are two ends to look at. Near zero the likelihood is a constant; far out it falls as tau to the "
            "power -(J - 1). When is the mass of a power of tau finite at each end?",
            "At zero r must be above -1, whatever J is. Far out r - (J - 1) must be below -1: solve for the smallest "
            "whole J, and try r = 0 and r = 0.5 by hand.",
        ),
    ),
    Function(
        "density_of_tau",
        right=density_of_tau,
        visible=[(np.array([1.0, 3.0]), 2.0), (np.array([0.5, 2.0, 4.0]), 10.0)],
        hidden=lambda rng: [
            (rng.gamma(2, root, size), s * rng.uniform(0.8, 1.2))
            for size, s, root in ((4, 0.3, 0.4), (7, 5.0, 1.5), (1, 40.0, 4.0), (3, 400.0, 12.0))
        ],
        mistakes={
            "The Jacobian is missing: multiply by dv / dtau = 2 tau.": lambda tau, s: stats.halfcauchy.pdf(
                tau**2, scale=s
            ),
            "You divided by the Jacobian. The density of tau is that of v times dv / dtau.": lambda tau, s: (
                stats.halfcauchy.pdf(tau**2, scale=s) / (2 * tau)
            ),
            "The density of v must be taken at v = tau**2.": lambda tau, s: (
                2 * tau * stats.halfcauchy.pdf(tau, scale=s)
            ),
            "That is the half-Cauchy on tau itself. Here it is put on the variance.": lambda tau, s: (
                stats.halfcauchy.pdf(tau, scale=s)
            ),
            "That takes tau for the variance: v is the square of tau, not its root.": lambda tau, s: (
                stats.halfcauchy.pdf(np.sqrt(tau), scale=s) / (2 * np.sqrt(tau))
            ),
            "That is half as high everywhere: the Jacobian is 2 tau, and a half-Cauchy is twice as high as a full "
            "Cauchy.": lambda tau, s: 2 * tau * stats.cauchy.pdf(tau**2, scale=s),
            "That is the log of the density. Take no log.": lambda tau, s: np.log(density_of_tau(tau, s)),
            "s is the scale of v as it is, not its square.": lambda tau, s: density_of_tau(tau, s**2),
            "s is the scale of v as it is, not its root.": lambda tau, s: density_of_tau(tau, np.sqrt(s)),
            "The second positional argument of SciPy's halfcauchy is loc. Write scale=.": lambda tau, s: (
                2 * tau * stats.halfcauchy.pdf(tau**2, s)
            ),
            "That is a probability, of a spread below tau. Give its density.": lambda tau, s: stats.halfcauchy.cdf(
                tau**2, scale=s
            ),
        },
        hints=(
            "A density changes with its coordinate: the mass of a small interval of tau is that of the interval of v "
            "that belongs to it.",
            "The density of tau is that of v, taken at tau squared, times how fast v grows with tau.",
        ),
    ),
    Function(
        "scale_for",
        right=scale_for,
        visible=[("half-normal", 30.0, 0.05), ("exponential", 12.0, 0.2), ("half-Cauchy", 20.0, 0.1)],
        hidden=_surprises,
        mistakes={
            "tau is positive: the half-normal and the half-Cauchy have all their mass on one side, so that their upper "
            "tails hold twice those of the normal and the Cauchy.": _with_tails(
                half_normal=stats.norm.isf, half_Cauchy=stats.cauchy.isf
            ),
            "tau is positive: the half-normal has all its mass on one side, so that its upper tail holds twice that of "
            "the normal.": _with_tails(half_normal=stats.norm.isf),
            "tau is positive: the half-Cauchy has all its mass on one side, so that its upper tail holds twice that of "
            "the Cauchy.": _with_tails(half_Cauchy=stats.cauchy.isf),
            "p is the probability above the limit, not below it.": lambda family, limit, p: scale_for(
                family, limit, 1 - p
            ),
            "The scale is the limit divided by the quantile of a prior of scale 1, not multiplied by it.": (
                lambda family, limit, p: limit**2 / scale_for(family, limit, p)
            ),
            "All of p lies above the limit: tau has no lower tail that would take half of it.": (
                lambda family, limit, p: scale_for(family, limit, p / 2)
            ),
            "The tail of the exponential is a power of e: use the natural logarithm.": _with_tails(
                exponential=lambda p: -np.log10(p)
            ),
            "The scale of the exponential is its mean, not its rate.": lambda family, limit, p: (
                1 / scale_for(family, limit, p) if family == "exponential" else scale_for(family, limit, p)
            ),
            "The probability is an argument, p. Do not put a number in its place.": lambda family, limit, p: scale_for(
                family, limit, 0.05
            ),
            "That is the quantile of a prior of scale 1. The limit has no say in it.": lambda family, limit, p: (
                limit / scale_for(family, limit, p)
            ),
            "That is its inverse: the limit is divided by a quantile.": lambda family, limit, p: (
                1 / scale_for(family, limit, p)
            ),
        },
        hints=(
            "If tau has scale s, tau / s has scale 1. Which value does a prior of scale 1 exceed with probability p?",
            "SciPy's halfnorm, expon and halfcauchy have isf, the value that is exceeded with a given probability; the "
            "limit is that many scales.",
        ),
    ),
    LogDensity(
        "log_likelihood",
        right=log_likelihood,
        visible=[(1.0,), (10.0,), (60.0,)],
        hidden=lambda rng: [(10 ** rng.uniform(low, low + 0.8),) for low in (-2.5, -0.5, 0.2, 0.8, 1.4, 2.0)],
        mistakes={
            "The factor of mu is missing, or has no tau in it: integrating mu out leaves the root of its variance "
            "behind.": _log_likelihood(power=0),
            "The factor of mu is the root of its variance, the variance to the power 1/2: half its log.": (
                _log_likelihood(power=1)
            ),
            "The sign of mu's factor is wrong: the variance of mu is 1 over the sum of the weights.": _log_likelihood(
                power=-0.5
            ),
            "The sd of y_j around mu is the root of sigma_j**2 + tau**2.": _log_likelihood(combine=np.add),
            "Your mean weights all laboratories alike. Weight by 1 / (sigma**2 + tau**2).": _log_likelihood(
                weighs=lambda sd, sigma: np.ones_like(sd)
            ),
            "The weights of the mean leave tau out. Weight by 1 / (sigma**2 + tau**2).": _log_likelihood(
                weighs=lambda sd, sigma: sigma**-2.0
            ),
            "The weights of the mean are one over the variances, not over the sds.": _log_likelihood(
                weighs=lambda sd, sigma: 1 / sd
            ),
            "SciPy's norm takes the standard deviation, not the variance.": lambda tau: (
                stats.norm.logpdf(
                    _Y, np.average(_Y, weights=1 / (_SIGMA**2 + tau**2)), np.hypot(_SIGMA, tau) ** 2
                ).sum()
                - 0.5 * np.log(np.sum(1 / (_SIGMA**2 + tau**2)))
            ),
            "y_j varies by tau around mu as well: its sd is more than sigma_j.": lambda tau: (
                stats.norm.logpdf(_Y, np.average(_Y, weights=1 / (_SIGMA**2 + tau**2)), _SIGMA).sum()
                - 0.5 * np.log(np.sum(1 / (_SIGMA**2 + tau**2)))
            ),
            "That is the likelihood. Take its log.": lambda tau: np.exp(log_likelihood(tau)),
        },
        hints=(
            "First the weights, five numbers; then their sum, and the weighted mean. The log of a product is a sum.",
            "stats.norm.logpdf takes the standard deviation, the root of sigma**2 + tau**2. Add the five, and take "
            "away half the log of the sum of the weights.",
        ),
    ),
    Function(
        "quantiles",
        right=quantiles,
        visible=[(20.0,), (5.0,)],
        hidden=lambda rng: [(rng.uniform(*scales),) for scales in ((3, 5), (12, 20))],
        mistakes={
            "Those are quantiles of the prior. Multiply by the likelihood.": lambda scale: stats.halfnorm.ppf(
                _LEVELS, scale=scale
            ),
            "That is the posterior under a flat prior, on the range you gave it. Multiply by the half-normal "
            "density.": _by_sum(lambda tau, scale: 0 * tau),
            "The factor of mu is missing, in your log_likelihood: the root of its variance.": _by_sum(power=0),
            "Those are the quantiles under a half-Cauchy prior.": lambda scale: exact.normal_hierarchy(
                _Y, _SIGMA, exact.HalfCauchy(scale)
            ).tau.quantile(_LEVELS),
            "Those are the quantiles under an exponential prior.": _by_sum(lambda tau, scale: -tau / scale),
            "The density of the half-normal is exp(-tau**2 / (2 scale**2)): the 2 is missing.": _by_sum(
                lambda tau, scale: -((tau / scale) ** 2)
            ),
            "The density of the half-normal has the square of the scale.": _by_sum(
                lambda tau, scale: -(tau**2) / (2 * scale)
            ),
            "The task has the half-normal on tau, not on its square.": _by_sum(
                lambda tau, scale: -(tau**4) / (2 * scale**2) + np.log(tau)
            ),
            "The prior is taken at tau, not at its square.": _by_sum(lambda tau, scale: -(tau**4) / (2 * scale**2)),
            "The levels are 5%, 50% and 95%, not 2.5%, 50% and 97.5%.": _by_sum(levels=(0.025, 0.5, 0.975)),
            "Your values of tau end at one scale: the posterior goes on beyond.": _by_sum(to=1),
            "The 95% quantile comes last.": lambda scale: quantiles(scale)[::-1],
            "Those are quantiles of the values of tau, all alike. Each counts by its density.": lambda scale: (
                8 * scale * np.array(_LEVELS)
            ),
        },
        rtol=5e-3,
        # A step, of four thousand of them up to eight times the largest scale.
        atol=0.04,
        hints=(
            "The posterior density is the likelihood times the prior's density; on a grid, sums of it, divided by the "
            "whole sum, are probabilities.",
            "np.cumsum of the density over its sum is the distribution function on the grid; np.interp, or the first "
            "value at which it reaches a level, gives the quantile. Take the largest log density away before np.exp.",
        ),
    ),
    Function(
        "mass_below_1",
        right=mass_below_1,
        visible=[(0.1,), (1e-4,), (1e-9,)],
        hidden=_cuts,
        mistakes={
            "That is the answer under a flat prior: multiply by 1/tau, or integrate over log tau evenly.": _under(
                lambda u: u
            ),
            "1/tau is there twice: on a grid even in log tau it is already in the spacing.": _under(lambda u: -u),
            "That is the probability of more than 1 ms.": lambda cut: 1 - mass_below_1(cut),
            "The factor of mu is missing, in your log_likelihood: the root of its variance.": _under(
                lambda u: 0 * u, power=0
            ),
            "That is the mass below 1 beside the mass above it. Divide by the whole.": lambda cut: (
                mass_below_1(cut) / (1 - mass_below_1(cut))
            ),
            "Below 1e-6 the cut has no say in your answer: begin the grid at the cut.": lambda cut: mass_below_1(
                max(cut, 1e-6)
            ),
        },
        rtol=5e-3,
        hints=(
            "Integrate over u = log tau: which density does u have, if tau has the density 1/tau?",
            "The density 1/tau is flat on log tau. So add the likelihood up at values even in log tau, from the cut to "
            "1 and from 1 to, say, 1e4, with the spacing of each.",
        ),
    ),
    Judged(
        "model",
        forms={"model": Model(free={"mu": (), "tau": (), "theta": (6,)}, observed=["y"])},
        rule=judge_model,
        hints=(
            "Each line of the text is one line of PyMC. A prior on a spread in seconds, put on milliseconds, has "
            "another scale.",
            "pm.StudentT takes nu, mu and sigma, and a shape; pm.Normal takes the standard errors and observed=y6. One "
            "second is a thousand milliseconds.",
        ),
    ),
]
