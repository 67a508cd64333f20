"""No mode is lost, however narrow: posteriors of clusters of units against sums over all that a line holds."""

import numpy as np
import pytest
from scipy import special

from hbcourse import exact

#: Steps of log tau of which a mode of 10,000 units holds twenty.
LOG_TAU = np.arange(-32, 12, 4e-4)


def clusters(seed):
    """Two clusters of 10 to 10,000 units in all: precise ones that hardly differ, and rough ones that differ widely.

    The rough ones are stretched until the mode at their spread is about as high as the one at that of the others.
    """
    rng = np.random.default_rng(seed)
    spread = 10 ** rng.uniform([-4, -0.5], [-1, 1])
    sigma = spread / 10 ** rng.uniform(0.1, 1.3, 2)
    size = np.maximum((10 ** rng.uniform(0.7, 4) * np.array([1, rng.uniform(0.02, 1)])).astype(int), 5)
    size = size * 10_000 // max(size.sum(), 10_000)
    y = [rng.normal(0, np.hypot(spread[c], sigma[c]), size[c]) for c in (0, 1)]
    prior = [exact.HalfNormal(20), exact.HalfCauchy(1), exact.Exponential(10)][seed % 3]
    higher, low, high = rng.uniform(-45, 150), -1.0, 3.0
    for _ in range(30):
        stretch = (low + high) / 2
        at = np.linspace(-10, np.log(spread[0]) + 1, 400), np.linspace(np.log(spread[1]) - 1.5, 9, 400)
        heights = [on_a_line([y[0], y[1] * 10**stretch], sigma, prior, log_tau).max() for log_tau in at]
        low, high = (stretch, high) if heights[0] - heights[1] > higher else (low, stretch)
    return [y[0], y[1] * 10**low], np.repeat(sigma, size), sigma, prior


def on_a_line(y, sigma, prior, log_tau=LOG_TAU):
    """Log density of log tau, up to a constant, with mu flat: each cluster by its sufficient numbers."""
    tau = np.exp(log_tau)
    weight = [1 / (s**2 + tau**2) for s in sigma]
    total = sum(len(part) * w for part, w in zip(y, weight, strict=True))
    mean = sum(part.sum() * w for part, w in zip(y, weight, strict=True)) / total
    log_density = prior.log_density(tau) + log_tau - np.log(total) / 2
    for part, w in zip(y, weight, strict=True):
        squares = len(part) * (part.var() + (part.mean() - mean) ** 2)
        log_density += (len(part) * np.log(w) - w * squares) / 2
    return log_density


def moments_on_a_line(y, sigma, prior):
    log_density = on_a_line(y, sigma, prior)
    weight = np.exp(log_density - log_density.max())
    mean = weight @ np.exp(LOG_TAU) / weight.sum()
    return mean, np.sqrt(weight @ (np.exp(LOG_TAU) - mean) ** 2 / weight.sum())


@pytest.mark.parametrize(
    "seeds", [range(100), pytest.param(range(100, 1000), marks=pytest.mark.calibration)], ids=["first", "rest"]
)
def test_a_mixture_of_precisions_against_a_line_of_110_000_points(seeds):
    several = 0
    for seed in seeds:
        y, every_sigma, sigma, prior = clusters(seed)
        tau = exact.normal_hierarchy(np.concatenate(y), every_sigma, prior).tau
        mean, sd = moments_on_a_line(y, sigma, prior)
        assert float(tau.mean()) == pytest.approx(mean, rel=1e-6), seed
        # Nodes with less than e^-25 of the greatest mass are left out: far away, they may be 1e-4 of the sd.
        assert float(tau.sd()) == pytest.approx(sd, rel=1e-4), seed
        # The clusters' disagreement makes modes: local maxima that a window could take for the whole.
        inner = on_a_line(y, sigma, prior)
        several += np.sum((inner[1:-1] > inner[:-2]) & (inner[1:-1] > inner[2:])) > 1
    assert several > len(seeds) / 10


def modes_by_laplace(log_mass, log_scale):
    """Where the modes of a density on a line are, and their masses, from its log at points by Laplace's method."""
    value = log_mass(log_scale)
    peaks = np.flatnonzero((value[1:-1] > value[:-2]) & (value[1:-1] > value[2:])) + 1
    places, masses = [], []
    for peak in peaks:
        low, high = log_scale[[peak - 1, peak + 1]]
        for _ in range(14):
            x = np.linspace(low, high, 9)
            best = min(max(int(log_mass(x).argmax()), 1), 7)
            low, high = x[best - 1], x[best + 1]
        place, step = (low + high) / 2, 1e-3
        around = log_mass(place + np.array([-step, 0, step]))
        curvature = -(around[0] - 2 * around[1] + around[2]) / step**2
        # A ripple of rounding, far out, is no mode.
        if curvature > 0:
            places.append(place)
            masses.append(around[1] + np.log(2 * np.pi / curvature) / 2)
    masses = np.exp(np.array(masses) - max(masses))
    return np.array(places), masses / masses.sum()


def profile(log_density, slope, low, high):
    """Log of the integral over a second coordinate, in which the density has one mode, by Laplace's method."""

    def log_mass(a):
        below, above = np.full(a.shape, low), np.full(a.shape, high)
        for _ in range(60):
            middle = (below + above) / 2
            rises = slope(a, middle) > 0
            below, above = np.where(rises, middle, below), np.where(rises, above, middle)
        x, step = (below + above) / 2, 1e-4
        curvature = -(slope(a, x + step) - slope(a, x - step)) / (2 * step)
        # Where differences drown in rounding, far from any mode, there is no curvature to speak of.
        return np.where(curvature > 0, log_density(a, x) - np.log(np.maximum(curvature, 1e-300)) / 2, -np.inf)

    return log_mass


def proportions(precise, rough, sd):
    """Data (successes, trials, units) of many trials that hardly differ, and of few trials at the extremes."""
    spread = sd * special.ndtri((np.arange(40) + 0.5) / 40)
    y = np.r_[np.round(1e6 * special.expit(spread)), 1, 19]
    return y, np.r_[np.full(40, 1e6), 20, 20], np.r_[np.full(40, precise), rough, rough].astype(int)


def line_of_kappa(y, n, units):
    """Log density of log kappa under the default priors, mu integrated out."""

    def log_density(a, x):
        alpha, beta = (np.exp(a) * special.expit(side) for side in (x, -x))
        sums = special.betaln(alpha[..., None] + y, beta[..., None] + n - y) - special.betaln(alpha, beta)[..., None]
        return sums @ units + np.log(special.expit(x) * special.expit(-x)) - a / 2

    def slope(a, x):
        mu = special.expit(x)
        alpha, beta = np.exp(a) * mu, np.exp(a) * (1 - mu)
        each = special.digamma(alpha[..., None] + y) - special.digamma(alpha)[..., None]
        each -= special.digamma(beta[..., None] + n - y) - special.digamma(beta)[..., None]
        return np.exp(a) * mu * (1 - mu) * (each @ units) + 1 - 2 * mu

    return profile(log_density, slope, -3.0, 3.0)


def rates(precise, rough, sd):
    """Data (counts, exposures, units) of long exposures whose rates hardly differ, and of short ones that do widely."""
    spread = sd * special.ndtri((np.arange(40) + 0.5) / 40)
    x = np.r_[np.round(1e6 * np.exp(spread)), 0, 40]
    return x, np.r_[np.full(40, 1e6), 8.0, 8.0], np.r_[np.full(40, precise), rough, rough].astype(int)


def line_of_alpha(x, t, units):
    """Log density of log alpha under alpha ~ HalfCauchy(1) and 1/beta for beta, which is integrated out."""

    def log_density(a, log_mu):
        alpha, beta = np.exp(a), np.exp(a - log_mu)
        each = special.gammaln(alpha[..., None] + x) - special.gammaln(alpha)[..., None]
        each += x * np.log(t) - x * np.log(beta[..., None] + t) - alpha[..., None] * np.log1p(t / beta[..., None])
        return each @ units - np.log1p(alpha**2) + a

    def slope(a, log_mu):
        alpha, beta = np.exp(a)[..., None], np.exp(a - log_mu)[..., None]
        return (((alpha + x) * beta / (beta + t) - alpha) @ units) * np.ones_like(log_mu)

    return profile(log_density, slope, -3.0, 4.0)


PLANES = {
    "beta_binomial": (proportions, line_of_kappa, lambda y, n: exact.beta_binomial(y, n).kappa, (8, 20)),
    "gamma_poisson": (
        rates,
        line_of_alpha,
        lambda x, t: exact.gamma_poisson(x, t, exact.HalfCauchy(1), exact.Power(-1)).alpha,
        (30, 60),
    ),
}


@pytest.mark.parametrize("engine", PLANES)
@pytest.mark.parametrize(
    "seeds", [range(2), pytest.param(range(2, 20), marks=pytest.mark.calibration)], ids=["first", "rest"]
)
def test_modes_of_the_population_of_counts_have_their_shares(engine, seeds):
    make, line, fit, most = PLANES[engine]
    log_scale = np.linspace(-6, 18, 300)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        precise, low, high = int(rng.integers(*most)), -2.7, -1.3
        rough, share = int(rng.integers(100, 200)), rng.uniform(0.05, 0.95)
        # The precise units are spread until their mode has about this share.
        for _ in range(14):
            sd = 10 ** ((low + high) / 2)
            place, mass = modes_by_laplace(line(*make(precise, rough, sd)), log_scale)
            narrow = mass[place > 3.5].sum()
            low, high = (np.log10(sd), high) if narrow > share else (low, np.log10(sd))
        *data, units = make(precise, rough, sd)
        marginal = fit(*(np.repeat(part, units) for part in data))
        assert float(1 - marginal.cdf(np.exp(3.5))) == pytest.approx(narrow, abs=0.03), (seed, precise, rough)
        for off in (0.9, 1.1):
            *data, units = make(precise, rough, off * sd)
            place, mass = modes_by_laplace(line(*data, units), log_scale)
            marginal = fit(*(np.repeat(part, units) for part in data))
            assert float(1 - marginal.cdf(np.exp(3.5))) == pytest.approx(mass[place > 3.5].sum(), abs=0.03), (seed, off)
