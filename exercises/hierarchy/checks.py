"""What tests the answers of hierarchy."""

import numpy as np
from numpy.random import Generator
from scipy import special, stats
from statsmodels.datasets import cancer

from hbcourse import check
from hbcourse.check.tasks import Array, Draws, Function, Judged, Model, Proportion

_COUNTIES = cancer.load_pandas().data.iloc[::25]
_X, _T = _COUNTIES.cancer.to_numpy(), _COUNTIES.population.to_numpy() / 1000

# Task 1


def both_spared(alpha: float, beta: float, exposure: float) -> float:
    return (1 + exposure / beta) ** (-2 * alpha)


# Task 2


def log_joint(theta: Array, alpha: float, m: float, x: Array, t: Array) -> float:
    return _log_priors(alpha, m) + _log_rates(theta, alpha, alpha / m) + _log_counts(theta, x, t)


def _log_priors(alpha: float, m: float, rates: tuple[float, float] = (0.1, 0.3)) -> float:
    return stats.expon.logpdf(alpha, scale=1 / rates[0]) + stats.expon.logpdf(m, scale=1 / rates[1])


def _log_rates(theta: Array, alpha: float, beta: float) -> float:
    return stats.gamma.logpdf(theta, alpha, scale=1 / beta).sum()


def _log_counts(theta: Array, x: Array, t: Array) -> float:
    return stats.poisson.logpmf(x, theta * t).sum()


def _rates_and_counts(rng: Generator) -> list[tuple[Array, float, float, Array, Array]]:
    return [
        (rng.uniform(0.5, 6, J), rng.uniform(0.5, 20), rng.uniform(0.5, 6), rng.poisson(9, J), rng.uniform(0.3, 20, J))
        for J in (1, 3, 13)
    ]


# Task 3


def log_posterior(theta: Array, x: Array, t: Array, alpha: float, beta: float) -> float:
    return stats.gamma.logpdf(theta, alpha + x, scale=1 / (beta + t)).sum()


# Task 4


def log_evidence(x: Array, t: Array, alpha: float, beta: float) -> float:
    return stats.nbinom.logpmf(x, alpha, beta / (beta + t)).sum()


def _counts(rng: Generator, least: float = 0.5) -> list[tuple[Array, Array, float, float]]:
    return [
        (rng.poisson(9, J), rng.uniform(0.3, 20, J), rng.uniform(least, 20), rng.uniform(0.5, 6)) for J in (2, 5, 13)
    ]


# Task 5


def estimates(x: Array, t: Array, alpha: float, beta: float) -> tuple[Array, Array]:
    return (alpha + x) / (beta + t), t / (beta + t)


# Task 6


def populations(mean: float, sd: float, center: float = 0.5, root: float = 0.5) -> tuple[float, float, float]:
    variance = np.log1p((sd / mean) ** 2)
    return stats.norm.cdf(-mean / sd), np.log(mean) - center * variance, variance**root


# Task 7


def posterior_correlation(sigma: Array, tau: float) -> Array:
    return _scaled(_covariance(sigma, tau))


def _covariance(sigma: Array, tau: float, pull: Array | None = None, own: Array | float = 1.0) -> Array:
    kappa = tau**2 / (tau**2 + sigma**2)
    V = 1 / np.sum(1 / (sigma**2 + tau**2))
    leans = 1 - kappa if pull is None else pull
    return np.diag(own * kappa * sigma**2) + np.outer(leans, leans) * V


def _scaled(covariance: Array) -> Array:
    return covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))


def _without_shared_variance(sigma: Array, tau: float) -> Array:
    own = tau**2 * sigma**2 / (tau**2 + sigma**2)
    return np.where(np.eye(len(sigma)) > 0, 1.0, _covariance(sigma, tau) / np.sqrt(np.outer(own, own)))


# Task 8


def next_sibling(siblings: Array, tau: float, sigma: float, mu: float) -> tuple[float, float]:
    mean, of_family = _family(siblings, tau, sigma, mu)
    return mean, np.sqrt(of_family + sigma**2)


def _family(siblings: Array, tau: float, sigma: float, mu: float, k: int = 0) -> tuple[float, float]:
    """Posterior mean and variance of the family's mean."""
    k = k or len(siblings)
    kappa = k * tau**2 / (k * tau**2 + sigma**2)
    return kappa * np.mean(siblings) + (1 - kappa) * mu, (1 - kappa) * tau**2


# Task 9


def judge_model(rng: Generator, model: object) -> None:
    central = [
        {"alpha": rng.gamma(20, 0.5), "m": rng.normal(3.2, 0.3), "theta": rng.gamma(_X + 10, 1 / (_T + 3))}
        for _ in range(4)
    ]
    wide = [
        {"alpha": 10 ** rng.uniform(-1, 2), "m": 10 ** rng.uniform(-1, 2), "theta": 10 ** rng.uniform(-1, 1.5, 13)}
        for _ in range(5)
    ]
    outside = [
        {**central[0], "alpha": -1.0},
        {**central[0], "m": -1.0},
        {**central[0], "theta": np.append(central[0]["theta"][:-1], -1.0)},
    ]
    check.model(
        "model",
        model,
        _log_density,
        central + wide + outside,
        families={
            "alpha": ("Exponential", {"lam": 0.1}),
            "m": ("Exponential", {"lam": 0.3}),
            "theta": (
                "Gamma",
                {"alpha": lambda alpha, m, theta: alpha, "beta": lambda alpha, m, theta: alpha / m},
            ),
            "x": ("Poisson", {"mu": lambda alpha, m, theta: theta * _T}),
        },
        observed={"x": _X},
        mistakes={
            "A county's expected count is its rate times its exposure.": lambda alpha, m, theta: _log_density(
                alpha, m, theta, t=np.ones(13)
            ),
            "The exposure is in thousands of women.": lambda alpha, m, theta: _log_density(
                alpha, m, theta, t=1000 * _T
            ),
            "PyMC's Gamma takes the rate, alpha / m, not the scale m / alpha.": lambda alpha, m, theta: _log_density(
                alpha, m, theta, beta=m / alpha
            ),
            "The second number of the Gamma is alpha / m, not m.": lambda alpha, m, theta: _log_density(
                alpha, m, theta, beta=m
            ),
            "PyMC's Exponential takes the rate: 0.1 and 0.3, not their inverses.": lambda alpha, m, theta: _log_density(
                alpha, m, theta, priors=(10, 1 / 0.3)
            ),
        },
    )


def _log_density(
    alpha: float,
    m: float,
    theta: Array,
    t: Array = _T,
    beta: float | None = None,
    priors: tuple[float, float] = (0.1, 0.3),
) -> float:
    if min(alpha, m, *theta) <= 0:
        return -np.inf
    rate = alpha / m if beta is None else beta
    return _log_priors(alpha, m, priors) + _log_rates(theta, alpha, rate) + _log_counts(theta, _X, t)


# Task 10


def judge_trace(rng: Generator, trace: object) -> None:
    # Right draws fail with probability at most 1 in 10,000, if they have effective draws to spare.
    grid = _Grid(_X, _T)
    centers = grid.moments["alpha"][0], grid.moments["m"][0]

    def product(alpha: Array, m: Array, theta: Array | None = None) -> Array:
        return (alpha - centers[0]) * (m - centers[1])

    joint = {"the log joint density": _log_joint, "(alpha - its mean) * (m - its mean)": product}
    check.draws(
        "trace",
        trace,
        {
            **grid.moments,
            "the log joint density": grid.of_log_joint(),
            "(alpha - its mean) * (m - its mean)": grid.of(product(grid.alpha, grid.m)),
        },
        mistakes={
            "Those are draws from the prior: the model has not seen the data.": {
                "alpha": (10.0, 10.0),
                "m": (1 / 0.3, 1 / 0.3),
            },
            "A county's expected count is its rate times its exposure.": {
                "theta": _Grid(_X, np.ones(13)).moments["theta"]
            },
            "Without a population each county has only its own data.": {"theta": ((_X + 1) / _T, np.sqrt(_X + 1) / _T)},
        },
        quantiles=grid.quantiles(),
        support={"alpha": (0, np.inf), "m": (0, np.inf), "theta": (0, np.inf)},
        functions=joint,
    )


class _Grid:
    """The posterior of (log alpha, log m), the rates integrated out, summed over a grid."""

    def __init__(self, x: Array, t: Array) -> None:
        log_alpha, log_m = np.linspace(-3, 6, 451)[:, None], np.linspace(-3, 7, 501)
        self.x, self.t = x, t
        self.alpha, self.m = np.exp(log_alpha), np.exp(log_m)
        self.beta = self.alpha / self.m
        log_mass = log_alpha + log_m - 0.1 * self.alpha - 0.3 * self.m
        for count, time in zip(x, t, strict=True):
            log_mass = log_mass + special.gammaln(self.alpha + count) - special.gammaln(self.alpha)
            log_mass = log_mass + self.alpha * np.log(self.beta) - (self.alpha + count) * np.log(self.beta + time)
        self.mass = np.exp(log_mass - log_mass.max())
        self.mass /= self.mass.sum()
        rates = [
            self._moments((self.alpha + count) / (self.beta + time), (self.alpha + count) / (self.beta + time) ** 2)
            for count, time in zip(x, t, strict=True)
        ]
        means, sds = np.transpose(rates)
        self.moments = {"alpha": self.of(self.alpha), "m": self.of(self.m), "theta": (means, sds)}

    def of(self, value: Array) -> tuple[Array, Array]:
        """Mean and sd of a function of alpha and m."""
        return self._moments(value, 0.0)

    def of_log_joint(self) -> tuple[Array, Array]:
        # Given alpha and m, each rate has a gamma distribution, and log and rate have known means and covariances.
        mean = 13 * (self.alpha * np.log(self.beta) - special.gammaln(self.alpha)) - 0.1 * self.alpha - 0.3 * self.m
        within = 0.0
        for count, time in zip(self.x, self.t, strict=True):
            shape, rate = self.alpha + count, self.beta + time
            mean = mean + (shape - 1) * (special.digamma(shape) - np.log(rate)) - shape
            within = within + (shape - 1) ** 2 * special.polygamma(1, shape) - 2 * (shape - 1) + shape
        return self._moments(mean, within)

    def quantiles(self) -> dict[str, tuple[Array, Array]]:
        """Points of each unknown, and the probability of lying below them."""
        means, sds = self.moments["theta"]
        rates = means + np.multiply.outer([-1.2, 0.0, 1.5], sds)
        thin = np.s_[::3, ::3]
        mass = self.mass[thin] / self.mass[thin].sum()
        below = [
            [
                np.sum(mass * special.gammainc(self.alpha[::3] + count, rate * (self.beta[thin] + time)))
                for rate, count, time in zip(row, self.x, self.t, strict=True)
            ]
            for row in rates
        ]
        return {
            "alpha": _between(self.alpha[:, 0], self.mass.sum(1)),
            "m": _between(self.m, self.mass.sum(0)),
            "theta": (rates, np.array(below)),
        }

    def _moments(self, mean: Array, variance: Array | float) -> tuple[Array, Array]:
        """Mean and sd of what has this mean and variance given alpha and m."""
        total = np.sum(self.mass * mean)
        return total, np.sqrt(np.sum(self.mass * (variance + (mean - total) ** 2)))


def _between(values: Array, mass: Array) -> tuple[Array, Array]:
    # Halfway between two values of the grid; the mass of those before is the probability of lying below.
    below = np.cumsum(mass)
    at = np.searchsorted(below, [0.05, 0.25, 0.5, 0.75, 0.95])
    return np.sqrt(values[at] * values[at + 1]), below[at]


def _log_joint(alpha: Array, m: Array, theta: Array) -> Array:
    """Up to a constant, of draws (chain, draw, ...)."""
    beta = alpha / m
    units = np.sum((alpha[..., None] + _X - 1) * np.log(theta) - (beta[..., None] + _T) * theta, axis=-1)
    return 13 * (alpha * np.log(beta) - special.gammaln(alpha)) - 0.1 * alpha - 0.3 * m + units


TASKS = [
    Proportion(
        "both_spared",
        right=both_spared,
        visible=[(1.5, 2.5, 1.8)],
        hidden=lambda rng: [
            (rng.uniform(0.5, 1), rng.uniform(3, 5), rng.uniform(2, 3)),
            (rng.uniform(2, 4), rng.uniform(2, 3), rng.uniform(0.3, 0.5)),
            (rng.uniform(1, 2), rng.uniform(1, 2), rng.uniform(0.5, 1)),
        ],
        mistakes={
            "NumPy's gamma takes the scale, which is 1 / beta, not the rate.": lambda alpha, beta, t: (
                (1 + beta * t) ** (-2 * alpha)
            ),
            "Each county has a rate of its own. You have drawn one for both.": lambda alpha, beta, t: (
                (1 + 2 * t / beta) ** -alpha
            ),
            "Draw the rates from the population, too: they are not all alpha / beta.": lambda alpha, beta, t: np.exp(
                -2 * t * alpha / beta
            ),
            "A county's expected count is its rate times its exposure.": lambda alpha, beta, t: (
                (1 + 1 / beta) ** (-2 * alpha)
            ),
            "That is how often one county has no death. Both must have none.": lambda alpha, beta, t: (
                (1 + t / beta) ** -alpha
            ),
            "That is how often at least one of the two has no death. Both must have none.": lambda alpha, beta, t: (
                1 - (1 - (1 + t / beta) ** -alpha) ** 2
            ),
        },
        hints=(
            "There are two layers: draw an array of rates of shape (n_sim, 2), then counts given these rates.",
            "rng.gamma takes shape and scale, with scale one over beta; rng.poisson takes the array of rates times the "
            "exposure. Then ask where both counts of a row are zero.",
        ),
    ),
    Function(
        "log_joint",
        right=log_joint,
        visible=[
            (np.array([2.0, 3.5]), 8.0, 3.2, np.array([1, 7]), np.array([0.4, 1.8])),
            (np.array([1.5]), 2.0, 0.5, np.array([3]), np.array([2.5])),
        ],
        hidden=_rates_and_counts,
        mistakes={
            "beta = alpha / m is a rate; SciPy's gamma takes the scale, one over it.": lambda theta, alpha, m, x, t: (
                _log_priors(alpha, m) + _log_rates(theta, alpha, m / alpha) + _log_counts(theta, x, t)
            ),
            "SciPy's expon takes scale, which is one over the rate: 1 / 0.1 and 1 / 0.3.": (
                lambda theta, alpha, m, x, t: (
                    _log_priors(alpha, m, (10, 1 / 0.3))
                    + _log_rates(theta, alpha, alpha / m)
                    + _log_counts(theta, x, t)
                )
            ),
            "The top layer is missing: the priors of alpha and m.": lambda theta, alpha, m, x, t: (
                _log_rates(theta, alpha, alpha / m) + _log_counts(theta, x, t)
            ),
            "The joint equals the product of the layers. You have left out a factor, x!, that is constant in the "
            "unknowns.": lambda theta, alpha, m, x, t: log_joint(theta, alpha, m, x, t) + special.gammaln(x + 1).sum(),
            "A county's expected count is its rate times its exposure.": lambda theta, alpha, m, x, t: log_joint(
                theta, alpha, m, x, np.ones_like(t)
            ),
            "The second number of the Gamma is beta = alpha / m, not m.": lambda theta, alpha, m, x, t: (
                _log_priors(alpha, m) + _log_rates(theta, alpha, m) + _log_counts(theta, x, t)
            ),
            "That is the log density of the data only: the layers of the units and of the population are missing.": (
                lambda theta, alpha, m, x, t: _log_counts(theta, x, t)
            ),
            "That is the density. Take its log, best by adding logs.": lambda theta, alpha, m, x, t: np.exp(
                log_joint(theta, alpha, m, x, t)
            ),
            "alpha and m are drawn once, not once a county: add their priors once.": lambda theta, alpha, m, x, t: (
                log_joint(theta, alpha, m, x, t) + (len(x) - 1) * _log_priors(alpha, m)
            ),
            "The third positional argument of SciPy's gamma is loc. Write scale=.": lambda theta, alpha, m, x, t: (
                _log_priors(alpha, m) + stats.gamma.logpdf(theta, alpha, m / alpha).sum() + _log_counts(theta, x, t)
            ),
            "The second positional argument of SciPy's expon is loc. Write scale=.": lambda theta, alpha, m, x, t: (
                log_joint(theta, alpha, m, x, t)
                - _log_priors(alpha, m)
                + stats.expon.logpdf([alpha, m], [0.1, 0.3]).sum()
            ),
            "The rates of the two priors are swapped.": lambda theta, alpha, m, x, t: (
                log_joint(theta, alpha, m, x, t) - _log_priors(alpha, m) + _log_priors(alpha, m, (0.3, 0.1))
            ),
        },
        hints=(
            "It is a sum of three parts, one for each layer of the model. SciPy has logpdf and logpmf.",
            "stats.expon takes scale, one over the rate, and stats.gamma takes the shape and scale, m / alpha; add up "
            "over the counties.",
        ),
    ),
    Function(
        "log_posterior",
        right=log_posterior,
        visible=[
            (np.array([2.0, 3.5]), np.array([1, 7]), np.array([0.4, 1.8]), 8.0, 2.5),
            (np.array([1.0, 4.0, 2.0]), np.array([0, 3, 5]), np.array([0.7, 1.2, 3.0]), 2.0, 0.8),
        ],
        hidden=lambda rng: [(rng.uniform(0.5, 6, len(x)), x, t, alpha, beta) for x, t, alpha, beta in _counts(rng)],
        mistakes={
            "That is the joint density of counts and rates. It is proportional to the posterior, but its area is not "
            "1.": lambda theta, x, t, alpha, beta: _log_rates(theta, alpha, beta) + _log_counts(theta, x, t),
            "SciPy's gamma takes the scale, one over the rate beta + t.": lambda theta, x, t, alpha, beta: (
                stats.gamma.logpdf(theta, alpha + x, scale=beta + t).sum()
            ),
            "beta + 1 would be the rate after one unit of exposure. Add the county's own exposure.": (
                lambda theta, x, t, alpha, beta: log_posterior(theta, x, np.ones_like(t), alpha, beta)
            ),
            "That is the population before the data.": lambda theta, x, t, alpha, beta: _log_rates(theta, alpha, beta),
            "One number for all counties: add their log densities up.": lambda theta, x, t, alpha, beta: (
                stats.gamma.logpdf(theta, alpha + x, scale=1 / (beta + t))
            ),
            "The third positional argument of SciPy's gamma is loc. Write scale=.": lambda theta, x, t, alpha, beta: (
                stats.gamma.logpdf(theta, alpha + x, 1 / (beta + t)).sum()
            ),
            "That is the density. Take its log.": lambda theta, x, t, alpha, beta: np.exp(
                log_posterior(theta, x, t, alpha, beta)
            ),
            "The count is added to the shape as it is; nothing is taken away.": lambda theta, x, t, alpha, beta: (
                stats.gamma.logpdf(theta, alpha + x - 1, scale=1 / (beta + t)).sum()
            ),
            "Each county has its own count and exposure; those of all counties are not added up.": (
                lambda theta, x, t, alpha, beta: stats.gamma.logpdf(
                    theta, alpha + x.sum(), scale=1 / (beta + t.sum())
                ).sum()
            ),
        },
        hints=(
            "The Gamma is conjugate to the Poisson: given its count, a rate has a Gamma distribution again.",
            "Its shape is alpha plus the count, its rate beta plus the exposure; given the population the counties are "
            "independent, so their log densities add up.",
        ),
    ),
    Function(
        "log_evidence",
        right=log_evidence,
        visible=[
            (np.array([1, 7]), np.array([0.4, 1.8]), 8.0, 2.5),
            (np.array([0, 3, 5]), np.array([0.7, 1.2, 3.0]), 2.0, 0.8),
        ],
        hidden=_counts,
        mistakes={
            "Joint minus posterior, not the other way round.": lambda x, t, alpha, beta: (
                -log_evidence(x, t, alpha, beta)
            ),
            "The priors of alpha and m are still in it. They do not belong to p(x | alpha, beta).": (
                lambda x, t, alpha, beta: log_evidence(x, t, alpha, beta) + _log_priors(alpha, alpha / beta)
            ),
            "That is the likelihood at the population's mean. Average over the rates of the population.": (
                lambda x, t, alpha, beta: stats.poisson.logpmf(x, t * alpha / beta).sum()
            ),
            "SciPy's nbinom takes the probability beta / (beta + t), not t / (beta + t).": lambda x, t, alpha, beta: (
                stats.nbinom.logpmf(x, alpha, t / (beta + t)).sum()
            ),
            "A factor x! in the density of the counts is missing.": lambda x, t, alpha, beta: (
                log_evidence(x, t, alpha, beta) + special.gammaln(x + 1).sum()
            ),
            "That is the density. Take its log.": lambda x, t, alpha, beta: np.exp(log_evidence(x, t, alpha, beta)),
        },
        hints=(
            "The joint of counts and rates is evidence times posterior, whatever positive rates you put in, one for "
            "each county: so the log evidence is a difference of two logs.",
            "Choose some rates, add the log densities of the rates and of the counts given them, and take away "
            "log_posterior at the same rates. Leave the priors of alpha and m out.",
        ),
    ),
    Function(
        "estimates",
        right=estimates,
        visible=[
            (np.array([1, 7]), np.array([0.4, 1.8]), 8.0, 2.5),
            (np.array([0, 3, 5]), np.array([0.7, 1.2, 3.0]), 2.0, 0.8),
        ],
        hidden=lambda rng: _counts(rng, least=2),
        mistakes={
            "Those are the counties' own rates: they do not use the population.": lambda x, t, alpha, beta: (
                x / t,
                t / (beta + t),
            ),
            "The second array is the weight of the population's mean. The more you watch, the more a county's own rate "
            "counts.": lambda x, t, alpha, beta: ((alpha + x) / (beta + t), beta / (beta + t)),
            "Add the county's own exposure to beta, not 1.": lambda x, t, alpha, beta: (
                (alpha + x) / (beta + 1),
                t / (beta + t),
            ),
            "Add the exposure to beta in the weights as well, not 1.": lambda x, t, alpha, beta: (
                (alpha + x) / (beta + 1),
                np.full(len(t), 1 / (beta + 1)),
            ),
            "beta is a rate, in thousands of women: it is added to the exposure as it is, not as 1 / beta.": (
                lambda x, t, alpha, beta: ((alpha + x) / (1 / beta + t), t / (1 / beta + t))
            ),
            "The mean of a Gamma is its shape over its rate, not (shape - 1) over rate, which is the mode.": (
                lambda x, t, alpha, beta: ((alpha + x - 1) / (beta + t), t / (beta + t))
            ),
            "The weights come from the exposures, not from the counts.": lambda x, t, alpha, beta: (
                (alpha + x) / (beta + t),
                x / (alpha + x),
            ),
            "First the posterior means, then the weights.": lambda x, t, alpha, beta: (
                t / (beta + t),
                (alpha + x) / (beta + t),
            ),
            "What is weighted is a county's own rate, x / t, and not its count.": lambda x, t, alpha, beta: (
                (t * x + alpha) / (beta + t),
                t / (beta + t),
            ),
        },
        hints=(
            "The posterior of a rate is a Gamma: what is its mean? Write that mean as a weighted average of x / t and "
            "alpha / beta.",
            "(alpha + x) / (beta + t) holds x / t with the weight t / (beta + t).",
        ),
    ),
    Function(
        "populations",
        right=populations,
        visible=[(3.0, 2.0), (0.8, 1.5)],
        hidden=lambda rng: [
            (0.4, rng.uniform(1, 2)),
            (rng.uniform(9, 15), 3.0),
            *((mean, mean) for mean in [rng.uniform(2, 8)]),
            (rng.uniform(1, 3), rng.uniform(0.1, 0.3)),
        ],
        mistakes={
            "The log of the mean is not the mean of the log: take half the variance of the log away.": (
                lambda mean, sd: populations(mean, sd, center=0)
            ),
            "Those are the logs of mean and sd. The sd of the log follows from the two moments: 1 + sd**2 / mean**2 = "
            "exp(s**2).": lambda mean, sd: (stats.norm.cdf(-mean / sd), np.log(mean), np.log(sd)),
            "sd / mean is the sd of the log only where it is small. Solve 1 + sd**2 / mean**2 = exp(s**2).": (
                lambda mean, sd: (stats.norm.cdf(-mean / sd), np.log(mean) - sd**2 / mean**2 / 2, sd / mean)
            ),
            "The third number is the variance of the log rate. Take its root.": lambda mean, sd: populations(
                mean, sd, root=1
            ),
            "Those are the moments of the rate itself; those of its log are asked for.": lambda mean, sd: (
                stats.norm.cdf(-mean / sd),
                mean,
                sd,
            ),
            "The first number is the share above zero. The negative ones are asked for.": lambda mean, sd: (
                stats.norm.cdf(mean / sd),
                *populations(mean, sd)[1:],
            ),
            "SciPy's norm takes the standard deviation, not the variance.": lambda mean, sd: (
                stats.norm.cdf(-mean / sd**2),
                *populations(mean, sd)[1:],
            ),
            "Half the variance of the log is taken away from the log of the mean, not added.": lambda mean, sd: (
                populations(mean, sd, center=-0.5)
            ),
        },
        hints=(
            "Divide the variance by the square of the mean: a drops out, and you can solve for s.",
            "Var / mean**2 = exp(s**2) - 1; then a is log(mean) minus half of s**2.",
        ),
    ),
    Function(
        "posterior_correlation",
        right=posterior_correlation,
        visible=[(np.array([1.0, 2.0, 4.0]), 2.0), (np.array([0.5, 3.0]), 1.0)],
        hidden=lambda rng: [
            (rng.uniform(0.5, 9, J), tau) for J, tau in ((2, 0.3), (5, rng.uniform(2, 4)), (12, rng.uniform(6, 9)))
        ],
        mistakes={
            "That is the covariance. Divide by the standard deviations of both units.": _covariance,
            "Units are independent only given mu. It is unknown, and all of them lean on it.": lambda sigma, tau: (
                np.eye(len(sigma))
            ),
            "theta_j leans on mu with weight 1 - kappa_j, not kappa_j.": lambda sigma, tau: _scaled(
                _covariance(sigma, tau, pull=tau**2 / (tau**2 + sigma**2))
            ),
            "theta_j leans on mu with weight 1 - kappa_j, not with all its weight.": lambda sigma, tau: _scaled(
                _covariance(sigma, tau, pull=np.ones_like(sigma))
            ),
            "Each unit also has a variance of its own, kappa_j * sigma_j**2, on the diagonal.": lambda sigma, tau: (
                _scaled(_covariance(sigma, tau, own=0))
            ),
            "An uncertain mu adds to each unit's own variance, too.": _without_shared_variance,
            "kappa and 1 - kappa are swapped.": lambda sigma, tau: _scaled(
                _covariance(sigma, tau, pull=tau**2 / (tau**2 + sigma**2), own=sigma**2 / tau**2)
            ),
            "Divide by the standard deviations of both units, not by their variances.": lambda sigma, tau: (
                _covariance(sigma, tau) / np.outer(*[np.diag(_covariance(sigma, tau))] * 2)
            ),
            "Given mu, the variance of theta_j is kappa_j * sigma_j**2, not sigma_j**2.": lambda sigma, tau: _scaled(
                _covariance(sigma, tau, own=(tau**2 + sigma**2) / tau**2)
            ),
        },
        hints=(
            "The covariance of two units is that of their means given mu, plus, on the diagonal, the mean of their "
            "variances given mu.",
            "The means given mu move by 1 - kappa_j for each step of mu, so their covariances are (1 - kappa_i) "
            "(1 - kappa_j) V. Then divide each entry by two standard deviations.",
        ),
    ),
    Function(
        "next_sibling",
        right=next_sibling,
        visible=[(np.array([7.0, 9.0, 11.0]), 2.0, 3.0, 5.0), (np.array([4.0]), 1.0, 2.0, 3.0)],
        hidden=lambda rng: [(rng.normal(170, 9, k), rng.uniform(1, 9), rng.uniform(1, 9), 175.0) for k in (1, 4, 30)],
        mistakes={
            "k siblings are k pieces of evidence: their mean has variance sigma**2 / k.": (
                lambda siblings, tau, sigma, mu: (
                    _family(siblings, tau, sigma, mu, k=1)[0],
                    np.sqrt(_family(siblings, tau, sigma, mu, k=1)[1] + sigma**2),
                )
            ),
            "That is the sd of the family's mean. The next sibling also scatters around it.": (
                lambda siblings, tau, sigma, mu: (
                    _family(siblings, tau, sigma, mu)[0],
                    np.sqrt(_family(siblings, tau, sigma, mu)[1]),
                )
            ),
            "The family's mean is not known for certain either: its variance adds to sigma**2.": (
                lambda siblings, tau, sigma, mu: (_family(siblings, tau, sigma, mu)[0], sigma)
            ),
            "The second value is the variance. Take its square root.": lambda siblings, tau, sigma, mu: (
                _family(siblings, tau, sigma, mu)[0],
                _family(siblings, tau, sigma, mu)[1] + sigma**2,
            ),
            "The siblings' own mean is too extreme: mu is known, and pulls it back.": lambda siblings, tau, sigma, mu: (
                np.mean(siblings),
                sigma * np.sqrt(1 + 1 / len(siblings)),
            ),
            "The weights of the siblings' mean and of mu are swapped.": lambda siblings, tau, sigma, mu: (
                np.mean(siblings) + mu - _family(siblings, tau, sigma, mu)[0],
                next_sibling(siblings, tau, sigma, mu)[1],
            ),
            "Add variances, not standard deviations.": lambda siblings, tau, sigma, mu: (
                _family(siblings, tau, sigma, mu)[0],
                np.sqrt(_family(siblings, tau, sigma, mu)[1]) + sigma,
            ),
            "The siblings tell something of their family: its mean varies less than tau.": (
                lambda siblings, tau, sigma, mu: (
                    _family(siblings, tau, sigma, mu)[0],
                    np.sqrt(tau**2 + sigma**2),
                )
            ),
        },
        hints=(
            "First the family's mean: what is known of it after the siblings? Then one member around that mean.",
            "The mean of k siblings has variance sigma**2 / k around the family's mean. The prediction has the "
            "variance of the family's mean, given the siblings, plus sigma**2.",
        ),
    ),
    Judged(
        "model",
        forms={"model": Model(free={"alpha": (), "m": (), "theta": (13,)}, observed=["x"])},
        rule=judge_model,
        hints=(
            "Each distribution in the text is one line of PyMC; begin with alpha and m, and end with the data.",
            "pm.Gamma takes alpha and beta, with beta a rate, and a shape; pm.Poisson takes the rate times the "
            "exposure, and observed=.",
        ),
    ),
    Judged(
        "trace",
        forms={"trace": Draws({"alpha": (), "m": (), "theta": (13,)})},
        rule=judge_trace,
        hints=(
            "Too few effective draws: draw more. Divergences: a higher target_accept makes the steps shorter.",
            "One or two thousand draws a chain, with target_accept=0.9, are enough here.",
        ),
    ),
]
