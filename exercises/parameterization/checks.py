"""What tests the answers of parameterization."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy import stats

from hbcourse import check, exact
from hbcourse.check.densities import LogDensity
from hbcourse.check.tasks import Array, Draws, Function, Judged, Model

_N = np.array([400, 250, 160, 4, 2, 1])
_SIGMA = 4 / np.sqrt(_N)
_Y = np.array([2.1, -0.6, 0.9, 3.5, -2.4, 1.0])

# Task 1


def widths(tau: float, sigma: float) -> tuple[float, float]:
    return tau * sigma / np.hypot(tau, sigma), sigma / np.hypot(tau, sigma)


def _of_theta(tau: float, sigma: float, power: float = -1.0) -> tuple[float, float]:
    """The sd of theta, and that of z as the sd of theta times a power of tau."""
    of_theta, _ = widths(tau, sigma)
    return of_theta, of_theta * tau**power


# Task 2


def log_density(z: Array, mu: float, log_tau: float) -> float:
    return _log_density()(z, mu, log_tau)


def _log_density(
    tau_of: Callable[[float], float] = np.exp,
    jacobian: float = 1,
    of_mu: float = 3.0,
    log_prior: Callable[[float], float] = lambda tau: -((tau / 2) ** 2) / 2,
    log_population: Callable[[Array, float], float] = lambda z, tau: -np.sum(z**2) / 2,
    sd: Array = _SIGMA,
    observed: float = 1,
) -> Callable[[Array, float, float], float]:
    def log_joint(z: Array, mu: float, log_tau: float) -> float:
        tau = tau_of(log_tau)
        of_data = -np.sum(((_Y - mu - tau * z) / sd) ** 2) / 2
        return observed * of_data + log_population(z, tau) - (mu / of_mu) ** 2 / 2 + log_prior(tau) + jacobian * log_tau

    return log_joint


# Task 3


def log_jacobian(tau: float, centered: Array) -> float:
    return float(np.count_nonzero(centered == 0) * np.log(tau))


def _forms(rng: Generator) -> list[tuple[float, Array]]:
    # Six clinics each: an answer may know that there are six.
    mixed = [rng.permutation(6) < number for number in (1, 2, 4, 5)]
    taus = [rng.uniform(0.005, 0.3), rng.uniform(1.5, 4), rng.uniform(0.4, 0.8), rng.uniform(20, 40)]
    return [
        *zip(taus, mixed, strict=True),
        (rng.uniform(2, 9), np.ones(6, bool)),
        (rng.uniform(2, 9), np.zeros(6, bool)),
    ]


# Task 4


def split_rhat(chains: Array) -> float:
    return _rhat(_in_halves(chains))


def _in_halves(chains: Array) -> Array:
    return np.reshape(chains, (2 * len(chains), -1))


def _rhat(
    halves: Array, within_ddof: int = 1, between_ddof: int = 1, root: float = 0.5, n: int = 0, scale: float = 1
) -> float:
    """Of chains that are cut, with other divisors, another n, and the variance of the means times a scale."""
    n = n or halves.shape[1]
    within = np.var(halves, axis=1, ddof=within_ddof).mean()
    return float(((n - 1) / n + scale * np.var(halves.mean(1), ddof=between_ddof) / within) ** root)


def _chains(rng: Generator) -> list[tuple[Array]]:
    return [
        (rng.normal(size=(4, 200)),),
        (np.cumsum(rng.normal(size=(4, 100)), axis=1),),
        (rng.normal(5, 2, size=(6, 40)) + rng.uniform(1, 3) * np.arange(6)[:, None],),
        (rng.normal(size=(4, 6)) + np.arange(6),),
    ]


# Task 5


def choose(tau: float, s: float, n: Array) -> Array:
    return np.where(s**2 < tau**2 * n, 0, 1)


def _clinics(rng: Generator) -> list[tuple[float, float, Array]]:
    # Where the two are equal, without rounding: powers of two.
    k = int(rng.integers(1, 4))
    tau = 2.0 ** int(rng.integers(-2, 3))
    ties = tau, tau * 2**k, np.array([4**k, 4**k - 1, 4**k + 1, 1, 400])
    return [
        ties,
        (rng.uniform(0.5, 0.9), 3.0, np.append(rng.integers(30, 60, 2), [1, 900, rng.integers(2, 6)])),
        (rng.uniform(0.3, 0.5), rng.uniform(1.5, 2.5), rng.integers(2, 80, 30)),
        (rng.uniform(1.2, 1.4), 12.0, np.array([77, 100])),
        (rng.uniform(11, 20), 10.0, np.arange(1, 4)),
        (rng.uniform(0.01, 0.02), rng.uniform(1, 3), rng.integers(1, 900, 7)),
    ]


# Task 6

_W = np.array([0, 0, 0, 1, 1, 1])


def _theta(mu: float, tau: float, unit: Array) -> Array:
    return np.where(_W == 1, mu + tau * unit, unit)


def _log_density_of_model(
    w: Array = _W, population: Array | None = None, sd: Array = _SIGMA
) -> Callable[[float, float, Array], float]:
    """With theta as ``w`` has it, and units whose population is as ``population`` has it."""
    own = w if population is None else population

    def log_joint(mu: float, tau: float, unit: Array) -> float:
        if tau <= 0:
            return -np.inf
        of_units = stats.norm.logpdf(unit, (1 - own) * mu, tau ** (1.0 - own)).sum()
        of_data = stats.norm.logpdf(_Y, np.where(w == 1, mu + tau * unit, unit), sd).sum()
        return -(mu**2) / 18 - tau**2 / 8 + of_units + of_data

    return log_joint


def judge_model(rng: Generator, model: object) -> None:
    central: list[dict[str, Any]] = [
        {
            "mu": rng.normal(0.8, 0.7),
            "tau": rng.gamma(6, 0.25),
            "unit": np.append(rng.normal(_Y[:3], _SIGMA[:3]), rng.normal(size=3)),
        }
        for _ in range(4)
    ]
    wide = [{"mu": rng.normal(0, 9), "tau": 10 ** rng.uniform(-1.5, 1), "unit": rng.normal(0, 4, 6)} for _ in range(5)]
    outside: list[dict[str, Any]] = [{**central[0], "tau": -0.5}]
    check.model(
        "model",
        model,
        _log_density_of_model(),
        central + wide + outside,
        families={
            "mu": ("Normal", {"mu": 0.0, "sigma": 3.0}),
            "tau": ("HalfNormal", {"sigma": 2.0}),
            "unit": (
                "Normal",
                {"mu": lambda mu, tau, unit: (1 - _W) * mu, "sigma": lambda mu, tau, unit: np.where(_W == 1, 1.0, tau)},
            ),
            "y": ("Normal", {"mu": _theta, "sigma": _SIGMA}),
        },
        observed={"y": _Y},
        mistakes={
            "The forms are the wrong way round: the large clinics are to be centered.": _log_density_of_model(1 - _W),
            "All six are centered. The tiny clinics are not to be.": _log_density_of_model(0 * _W),
            "All six are non-centered. The large clinics are not to be.": _log_density_of_model(0 * _W + 1),
            "theta = mu + tau * unit holds only where unit is z. Where a clinic is centered, unit is theta itself.": (
                _log_density_of_model(0 * _W + 1, population=_W)
            ),
            "Where theta = mu + tau * unit, unit is standard normal: mu and tau must not enter twice.": (
                _log_density_of_model(population=0 * _W)
            ),
            "PyMC's Normal takes the standard deviation, sigma, not the variance.": _log_density_of_model(sd=_SIGMA**2),
        },
        deterministics={"theta": _theta},
    )


# Task 7


def judge_trace(rng: Generator, trace: object) -> None:
    # Right draws fail with probability at most 1 in 10,000, if they have effective draws to spare.
    right, simulated = _posterior(), _simulated()
    check.draws(
        "trace",
        trace,
        {**_moments(right), **{name: (values.mean(), values.std()) for name, values in simulated.items()}},
        mistakes={
            "Those are draws from the prior: the model has not seen the data.": {
                "mu": (0.0, 3.0),
                "tau": (2 * np.sqrt(2 / np.pi), 2 * np.sqrt(1 - 2 / np.pi)),
            },
            "PyMC's Normal takes the standard deviation, sigma, not the variance.": _moments(
                _posterior(sigma=_SIGMA**2)
            ),
            "The scale of tau's half-normal is 2, not its square.": _moments(_posterior(of_tau=4.0)),
            "Without pooling each clinic has only its own data.": {"theta": (_Y, _SIGMA)},
        },
        errors={name: (values.std() / np.sqrt(values.size), 0.0) for name, values in simulated.items()},
        quantiles=_quantiles(),
        support={"tau": (0, np.inf)},
        functions=_JOINT,
    )


@cache
def _posterior_of(sigma: tuple[float, ...], of_tau: float) -> exact.NormalHierarchyPosterior:
    return exact.normal_hierarchy(_Y, np.array(sigma), exact.HalfNormal(of_tau), exact.Normal(0, 3))


def _posterior(sigma: Array = _SIGMA, of_tau: float = 2.0) -> exact.NormalHierarchyPosterior:
    return _posterior_of(tuple(sigma.tolist()), of_tau)


def _moments(posterior: exact.NormalHierarchyPosterior) -> dict[str, tuple[Array, Array]]:
    marginals = {"mu": posterior.mu, "tau": posterior.tau, "theta": posterior.theta}
    return {name: (marginal.mean(), marginal.sd()) for name, marginal in marginals.items()}


@cache
def _sample() -> dict[str, Array]:
    """Many draws from the exact posterior."""
    return _posterior().sample(50_000, np.random.default_rng(35))


def _simulated() -> dict[str, Array]:
    """The joint functions of these draws."""
    mu, tau, theta = (_sample()[name] for name in ("mu", "tau", "theta"))
    return {name: function(mu, tau, theta) for name, function in _JOINT.items()}


def _quantiles() -> dict[str, tuple[Array, Array]]:
    """Points of each unknown, and the exact probability of lying below them."""
    right = _posterior()
    marginals = {"mu": right.mu, "tau": right.tau, "theta": right.theta}
    points = {name: np.quantile(_sample()[name], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0) for name in marginals}
    return {
        name: (points[name], np.array([marginal.cdf(row) for row in points[name]]))
        for name, marginal in marginals.items()
    }


def _log_joint(mu: Array, tau: Array, theta: Array) -> Array:
    """Up to a constant, of draws (chain, draw, ...)."""
    units = -(((theta - mu[..., None]) / tau[..., None]) ** 2) / 2 - np.log(tau)[..., None]
    return -(mu**2) / 18 - tau**2 / 8 + np.sum(units - ((_Y - theta) / _SIGMA) ** 2 / 2, axis=-1)


def _product(mu: Array, tau: Array, theta: Array) -> Array:
    right = _posterior()
    return (mu - right.mu.mean()) * np.mean(theta - right.theta.mean(), axis=-1)


_JOINT = {"the log joint density": _log_joint, "(mu - its mean) * (the mean of theta - its own)": _product}

TASKS = [
    Function(
        "widths",
        right=widths,
        visible=[(3.0, 4.0), (0.5, 1.2)],
        hidden=lambda rng: [
            (rng.uniform(0.005, 0.02), rng.uniform(1, 3)),
            (rng.uniform(30, 50), rng.uniform(0.2, 0.4)),
            *((sd, sd) for sd in [rng.uniform(1.5, 3)]),
            (rng.uniform(1, 5), rng.uniform(1, 5)),
        ],
        mistakes={
            "The two are swapped: the sd of theta comes first.": lambda tau, sigma: widths(tau, sigma)[::-1],
            "Those are variances. Take the roots.": lambda tau, sigma: np.square(widths(tau, sigma)),
            "That is the width before the data. Given y, theta has the precision 1 / tau**2 + 1 / sigma**2.": (
                lambda tau, sigma: (tau, 1.0)
            ),
            "The sd of z is that of theta divided by tau: it is sqrt(1 - kappa), not sqrt(kappa).": lambda tau, sigma: (
                widths(tau, sigma)[0],
                tau / np.hypot(tau, sigma),
            ),
            "z is theta - mu divided by tau, not multiplied: so is its sd.": lambda tau, sigma: _of_theta(
                tau, sigma, power=1
            ),
            "z divides by tau, and so does its sd: by tau, not by its square.": lambda tau, sigma: _of_theta(
                tau, sigma, power=-2
            ),
            "The second sd is that of z, not that of theta again.": lambda tau, sigma: _of_theta(tau, sigma, power=0),
            "kappa is made of variances: square tau and sigma.": lambda tau, sigma: (
                np.sqrt(tau / (tau + sigma)) * sigma,
                np.sqrt(sigma / (tau + sigma)),
            ),
            "Precisions add up, that is one over variances, and not one over sds.": lambda tau, sigma: (
                tau * sigma / (tau + sigma),
                sigma / (tau + sigma),
            ),
            "That is how widely y scatters around mu. Two pieces of knowledge make theta narrower, not wider.": (
                lambda tau, sigma: (np.hypot(tau, sigma), np.hypot(tau, sigma) / tau)
            ),
            "Given mu and tau, the population tells of theta as well: its sd is less than sigma.": lambda tau, sigma: (
                sigma,
                sigma / tau,
            ),
        },
        hints=(
            "Given mu and tau, theta_j is known from two normals: its population and its datum. Their precisions add "
            "up.",
            "The precision of theta_j is one over tau squared plus one over sigma squared; turn it into an sd. z is "
            "theta_j shifted, and divided by tau.",
        ),
    ),
    LogDensity(
        "log_density",
        right=log_density,
        visible=[
            (np.array([0.5, -1.0, 0.0, 1.0, -0.5, 0.2]), 0.5, 0.0),
            (np.array([0.5, -1.0, 0.0, 1.0, -0.5, 0.2]), 0.5, 1.0),
            (np.array([-1.5, 1.0, 0.3, -2.0, 0.5, -0.2]), 1.0, 0.5),
        ],
        hidden=lambda rng: [
            (rng.normal(size=6), rng.normal(0.5, 2), low + rng.uniform(0, 0.4)) for low in np.arange(-1.6, 1.6, 0.4)
        ],
        mistakes={
            "The Jacobian is missing: a density of tau, times d tau / d log tau = tau, is a density of log tau.": (
                _log_density(jacobian=0)
            ),
            "The Jacobian of log tau is tau, not one over tau.": _log_density(jacobian=-1),
            "That is the density of theta in other letters: z has a density of its own, the standard normal, without "
            "- 6 log tau.": _log_density(jacobian=-5),
            "z is standard normal, not normal with standard deviation tau.": _log_density(
                log_population=lambda z, tau: stats.norm.logpdf(z, 0, tau).sum()
            ),
            "The population of z is missing: each z is standard normal.": _log_density(log_population=lambda z, tau: 0),
            "SciPy's normal takes the standard deviation, sigma, not the variance.": _log_density(sd=_SIGMA**2),
            "SciPy's normal takes the standard deviation of mu, 3, not the variance.": _log_density(of_mu=9.0),
            "The prior of mu is missing.": _log_density(of_mu=np.inf),
            "The prior of tau is missing, the half-normal.": _log_density(log_prior=lambda tau: 0),
            "The third argument is the log of tau: take exp of it first.": _log_density(
                tau_of=lambda log_tau: log_tau, jacobian=0
            ),
            "The third argument is the log of tau: take exp of it before you use it as tau.": _log_density(
                tau_of=lambda log_tau: log_tau
            ),
            "The second positional argument of SciPy's halfnorm is loc. Write scale=.": _log_density(
                log_prior=lambda tau: stats.halfnorm.logpdf(tau, 2)
            ),
            "The half-normal has a scale, 2: exp(-tau**2 / (2 * 2**2)).": _log_density(
                log_prior=lambda tau: -(tau**2) / 2
            ),
            "The prior of tau is a half-normal, taken at tau, not at log tau.": _log_density(
                log_prior=lambda tau: -(np.log(tau) ** 2) / 8
            ),
            "The data are missing.": _log_density(observed=0),
        },
        hints=(
            "It is a sum of four parts: the priors of mu and of tau, the population of z, and the data given theta. "
            "Then think of the coordinate.",
            "theta is mu + tau * z, and z is standard normal. A density of tau becomes one of log tau by the factor "
            "d tau / d log tau; add its log.",
        ),
    ),
    Function(
        "log_jacobian",
        right=log_jacobian,
        visible=[
            (2.0, np.array([True, True, False, False, False, False])),
            (0.5, np.array([False, True, True, True, True, True])),
        ],
        hidden=_forms,
        mistakes={
            "The sign is wrong: a box in z is smaller than the box in theta by the factor tau, so that its density is "
            "tau times higher.": lambda tau, centered: -log_jacobian(tau, centered),
            "You count the centered clinics. Those have not changed their coordinate.": lambda tau, centered: (
                np.sum(centered) * np.log(tau)
            ),
            "Only the clinics that are not centered change their coordinate, not all of them.": lambda tau, centered: (
                len(centered) * np.log(tau)
            ),
            "Each clinic that is not centered counts once.": lambda tau, centered: np.log(tau),
            "That is the Jacobian itself. Return its log.": lambda tau, centered: np.exp(log_jacobian(tau, centered)),
            "The boxes change by the factor tau, so that the logs change by the log of tau.": lambda tau, centered: (
                tau * np.count_nonzero(~centered)
            ),
            "tau is an sd, and the coordinate changes by tau, not by its square.": lambda tau, centered: (
                2 * log_jacobian(tau, centered)
            ),
        },
        hints=(
            "Where a clinic is not centered, its coordinate is z in place of theta. How much smaller is a small "
            "interval of z than the interval of theta that belongs to it?",
            "Each z that stands in place of a theta makes the density higher by the factor d theta / d z. Take its "
            "log, once for each such clinic.",
        ),
    ),
    Function(
        "split_rhat",
        right=split_rhat,
        visible=[
            (np.array([[1.0, 2.0, 4.0, 5.0], [2.0, 3.0, 3.0, 6.0], [0.0, 1.0, 5.0, 3.0], [4.0, 2.0, 2.0, 7.0]]),),
            (np.arange(24.0).reshape(4, 6) % 5,),
        ],
        hidden=_chains,
        mistakes={
            "Cut each chain in halves first, or a chain that drifts goes unnoticed.": _rhat,
            "Take the root.": lambda chains: _rhat(_in_halves(chains), root=1),
            "The variances have the divisors n - 1 and the number of halves less one: use ddof=1.": lambda chains: (
                _rhat(_in_halves(chains), within_ddof=0, between_ddof=0)
            ),
            "The variances within the halves have the divisor n - 1: use ddof=1 there, too.": lambda chains: _rhat(
                _in_halves(chains), within_ddof=0
            ),
            "The variance of the means has as divisor the number of halves less one: use ddof=1 there, too.": (
                lambda chains: _rhat(_in_halves(chains), between_ddof=0)
            ),
            "The formula divides B, not B / n, by n: the variance of the means enters as it is.": lambda chains: _rhat(
                _in_halves(chains), scale=2 / chains.shape[1]
            ),
            "B / n is the variance of the means: do not multiply it by n again.": lambda chains: _rhat(
                _in_halves(chains), scale=chains.shape[1] / 2
            ),
            "n is the number of draws in half a chain, not in a whole one.": lambda chains: _rhat(
                _in_halves(chains), n=chains.shape[1]
            ),
            "The halves are the first draws and the last ones, not every other draw.": lambda chains: _rhat(
                np.concatenate([chains[:, ::2], chains[:, 1::2]])
            ),
            "That joins chains instead of cutting them: each chain, a row, makes two halves.": lambda chains: _rhat(
                chains.reshape(-1, 2 * chains.shape[1])
            ),
            "A row is a chain. You have cut the columns.": lambda chains: _rhat(
                np.concatenate(np.split(chains.T, 2, axis=1))
            ),
            "W is the mean of the variances, not the square of the mean sd.": lambda chains: np.sqrt(
                1
                - 2 / chains.shape[1]
                + np.var(_in_halves(chains).mean(1), ddof=1) / np.std(_in_halves(chains), axis=1, ddof=1).mean() ** 2
            ),
        },
        hints=(
            "First make an array with a row for each half; then W and B / n are a mean of variances and a variance of "
            "means.",
            "np.split(chains, 2, axis=1) gives the first halves and the last; np.concatenate puts them under each "
            "other. Then var(axis=1, ddof=1) within, and the variance of mean(axis=1).",
        ),
    ),
    Function(
        "choose",
        right=choose,
        visible=[
            (2.0, 10.0, np.array([4, 16, 36, 100])),
            (0.5, 2.0, np.array([25, 16, 9])),
            (1.0, 3.0, np.array([10, 9, 40, 2])),
        ],
        hidden=_clinics,
        mistakes={
            "It is the other way round: much data, centered (0); little data, non-centered (1).": lambda tau, s, n: (
                1 - choose(tau, s, n)
            ),
            "Compare tau with the standard error s / sqrt(n), not with s.": lambda tau, s, n: (
                np.where(s < tau, 0, 1) + 0 * n
            ),
            "The standard error is s / sqrt(n), not s / n.": lambda tau, s, n: np.where(s / n < tau, 0, 1),
            "That chooses one form for all. Choose for each clinic.": lambda tau, s, n: (
                0 * n + choose(tau, s, np.median(n))
            ),
            "Where the standard error equals tau it is not smaller: such a clinic is not centered.": (
                lambda tau, s, n: np.where(s**2 <= tau**2 * n, 0, 1)
            ),
            "The sd of a patient is an argument, s: do not take the notebook's 4.": lambda tau, s, n: choose(tau, 4, n),
            "The standard error divides by the root of n, not of n - 1.": lambda tau, s, n: np.where(
                s / np.sqrt(n - 1) < tau, 0, 1
            ),
            "That compares a variance with tau: take the root, or square tau.": lambda tau, s, n: np.where(
                s**2 / n < tau, 0, 1
            ),
        },
        hints=(
            "What is the standard error of a mean of n patients? Compare it with tau, for all clinics at once.",
            "A comparison of an array with a number gives an array of true and false; np.where or astype(int) makes "
            "whole numbers of it. What does the text say of a standard error that equals tau?",
        ),
    ),
    Judged(
        "model",
        forms={
            "model": Model(free={"mu": (), "tau": (), "unit": (6,)}, observed=["y"], deterministic=["theta"]),
        },
        rule=judge_model,
        hints=(
            "One pm.Normal with arrays of six means and six sds is enough for unit. Where w is 0 it must be the "
            "population of theta, where w is 1 that of z.",
            "theta is unit where w is 0, and mu + tau * unit where w is 1: pm.math.switch, or powers of tau and "
            "products with w, choose between them. Keep it with pm.Deterministic.",
        ),
    ),
    Judged(
        "trace",
        forms={"trace": Draws({"mu": (), "tau": (), "theta": (6,)})},
        rule=judge_trace,
        hints=(
            "Too few effective draws: draw more. Divergences: a higher target_accept makes the steps shorter.",
            "One to two thousand draws a chain, and target_accept=0.95 or more, are enough here.",
        ),
    ),
]
