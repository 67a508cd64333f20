"""Each model's log density against scipy's, with the Jacobians of the sampler's coordinates."""

import numpy as np
import pymc as pm
import pytest
from scipy import special, stats

from hbcourse import exact, models

from .evaluate import log_density

#: From a variable's value to the sampler's coordinate, and the log of d value / d coordinate.
COORDINATES = {
    "log": (np.log, np.log),
    "logodds": (special.logit, lambda value: np.log(value * (1 - value))),
    "correlation": (lambda value: special.logit((1 + value) / 2), lambda value: np.log((1 - value**2) / 2)),
}
SUFFIXES = {"log": "_log__", "logodds": "_logodds__", "correlation": "_interval__"}


def moved(point, coordinates):
    """The point in the sampler's coordinates, and the log Jacobian."""
    at, jacobian = {}, 0.0
    for name, value in point.items():
        kind = coordinates.get(name)
        to, log_derivative = COORDINATES[kind] if kind else (np.asarray, np.zeros_like)
        at[name + SUFFIXES.get(kind, "")] = to(value)
        jacobian += np.sum(log_derivative(value))
    return at, jacobian


def assert_log_density(model, coordinates, draw, log_joint, points=6):
    """The model's log density is the log joint at each drawn point, plus the Jacobian and nothing else."""
    own_log_density = log_density(model)
    rng = np.random.default_rng(7)
    pairs = []
    for _ in range(points):
        point = draw(rng)
        at, jacobian = moved(point, coordinates)
        assert set(at) == {variable.name for variable in model.value_vars}
        pairs.append((own_log_density(at), log_joint(point) + jacobian))
    own, independent = np.array(pairs).T
    # PyMC keeps log 2 in single precision here and there.
    assert np.allclose(own, independent, rtol=1e-9, atol=1e-6)
    assert np.ptp(own) > 1


def log_normal_pdf(x, mu, sd):
    return np.sum(stats.norm.logpdf(x, mu, sd))


TAU_PRIORS = [
    (exact.HalfCauchy(2), stats.halfcauchy(scale=2).logpdf),
    (exact.HalfNormal(2), stats.halfnorm(scale=2).logpdf),
    (exact.HalfT(3, 2), lambda tau: np.log(2) + stats.t(3, scale=2).logpdf(tau)),
    (exact.Exponential(2), stats.expon(scale=2).logpdf),
    (exact.Gamma(2, 0.5), stats.gamma(2, scale=2).logpdf),
    # Of the variance: times the derivative of its square.
    (exact.InverseGamma(2, 3), lambda tau: stats.invgamma(2, scale=3).logpdf(tau**2) + np.log(2 * tau)),
    (exact.Flat(), lambda tau: 0.0),
    (exact.Power(0.5), lambda tau: np.log(tau) / 2),
    (exact.Power(-0.5), lambda tau: -np.log(tau) / 2),
]
ESTIMATES = np.array([1.0, -2.0, 0.5, 4.0]), np.array([1.0, 0.5, 2.0, 1.5])


def around(rng, tau_at_least=0.0):
    return {"mu": rng.normal(), "tau": tau_at_least + rng.gamma(2), "theta": rng.normal(size=4)}


@pytest.mark.parametrize(("prior", "log_prior"), TAU_PRIORS, ids=lambda value: str(value)[:24])
def test_normal_hierarchy_under_each_prior_of_tau(prior, log_prior):
    y, sigma = ESTIMATES
    model = models.normal_hierarchy(y, sigma, prior, exact.Normal(1, 2), "centered")

    def log_joint(at):
        units = log_normal_pdf(at["theta"], at["mu"], at["tau"]) + log_normal_pdf(y, at["theta"], sigma)
        return log_normal_pdf(at["mu"], 1, 2) + log_prior(at["tau"]) + units

    assert_log_density(model, {"tau": "log"}, around, log_joint)


def test_log_uniform_tau_is_cut_and_flat_on_its_log():
    y, sigma = ESTIMATES
    model = models.normal_hierarchy(y, sigma, exact.LogUniform(0.1), exact.Normal(1, 2), "centered")
    own_log_density, rng = log_density(model), np.random.default_rng(2)
    for _ in range(4):
        at = around(rng, 0.1)
        units = log_normal_pdf(at["theta"], at["mu"], at["tau"]) + log_normal_pdf(y, at["theta"], sigma)
        expected = log_normal_pdf(at["mu"], 1, 2) - np.log(at["tau"]) + units + np.log(at["tau"] - 0.1)
        own = own_log_density({"mu": at["mu"], "tau_interval__": np.log(at["tau"] - 0.1), "theta": at["theta"]})
        assert own == pytest.approx(expected, abs=1e-7)


def test_student_t_hierarchy():
    y, sigma = ESTIMATES
    model = models.student_t_hierarchy(y, sigma, 3.5, exact.HalfNormal(2), exact.Flat(), "centered")

    def log_joint(at):
        units = stats.t(3.5, at["mu"], at["tau"]).logpdf(at["theta"]).sum() + log_normal_pdf(y, at["theta"], sigma)
        return stats.halfnorm(scale=2).logpdf(at["tau"]) + units

    assert_log_density(model, {"tau": "log"}, around, log_joint)


def test_gamma_poisson():
    x, exposure = np.array([5, 0, 22]), np.array([94.3, 15.7, 31.4])
    model = models.gamma_poisson(x, exposure, exact.Exponential(2), exact.Gamma(0.5, 3))

    def log_joint(at):
        population = stats.expon(scale=2).logpdf(at["alpha"]) + stats.gamma(0.5, scale=1 / 3).logpdf(at["beta"])
        rates = stats.gamma(at["alpha"], scale=1 / at["beta"]).logpdf(at["theta"]).sum()
        return population + rates + stats.poisson(exposure * at["theta"]).logpmf(x).sum()

    def draw(rng):
        return {"alpha": rng.gamma(2), "beta": rng.gamma(2), "theta": rng.gamma(2, size=3) / 4}

    assert_log_density(model, {"alpha": "log", "beta": "log", "theta": "log"}, draw, log_joint)


def test_beta_binomial():
    y, n = np.array([0, 3, 9]), np.array([20, 20, 9])
    model = models.beta_binomial(y, n, exact.Gamma(2, 0.1), exact.Beta(2, 3))

    def log_joint(at):
        a, b = at["mu"] * at["kappa"], (1 - at["mu"]) * at["kappa"]
        population = stats.beta(2, 3).logpdf(at["mu"]) + stats.gamma(2, scale=10).logpdf(at["kappa"])
        chances = stats.beta(a, b).logpdf(at["theta"]).sum()
        return population + chances + stats.binom(n, at["theta"]).logpmf(y).sum()

    def draw(rng):
        return {"mu": rng.uniform(), "kappa": rng.gamma(2, 10), "theta": rng.uniform(size=3)}

    assert_log_density(model, {"mu": "logodds", "kappa": "log", "theta": "logodds"}, draw, log_joint)


def test_lognormal_poisson():
    x, exposure = np.array([5, 0, 22]), np.array([9.3, 1.7, 3.4])
    model = models.lognormal_poisson(x, exposure, exact.HalfNormal(1), exact.Normal(0, 3), "centered")

    def log_joint(at):
        # The rate is log-normal, and its density times its derivative is the normal one of its log.
        rate = np.exp(at["eta"])
        units = stats.lognorm(at["tau"], scale=np.exp(at["mu"])).logpdf(rate).sum() + at["eta"].sum()
        population = log_normal_pdf(at["mu"], 0, 3) + stats.halfnorm(scale=1).logpdf(at["tau"])
        return population + units + stats.poisson(exposure * rate).logpmf(x).sum()

    def draw(rng):
        return {"mu": rng.normal(), "tau": rng.gamma(2), "eta": rng.normal(size=3)}

    assert_log_density(model, {"tau": "log"}, draw, log_joint)


@pytest.mark.parametrize("population", ["lognormal", "gamma"])
def test_negative_binomial(population):
    x, unit = np.array([3, 5, 0, 1, 12]), ["b", "a", "b", "b", "a"]
    scales = exact.HalfNormal(1), exact.Normal(1, 2), exact.Gamma(2, 0.5)
    model = models.negative_binomial(x, unit, *scales, population=population)
    assert model.coords["unit"] == ("b", "a")

    def log_joint(at):
        lognormal = population == "lognormal"
        mean = np.exp(at["eta"]) if lognormal else at["theta"]
        shape = at["tau"] ** -2
        gamma = stats.gamma(shape, scale=np.exp(at["mu"]) / shape)
        units = log_normal_pdf(at["eta"], at["mu"], at["tau"]) if lognormal else gamma.logpdf(mean).sum()
        top = (
            log_normal_pdf(at["mu"], 1, 2)
            + stats.halfnorm.logpdf(at["tau"])
            + stats.gamma(2, scale=2).logpdf(at["alpha"])
        )
        each = mean[[0, 1, 0, 0, 1]]
        return top + units + stats.nbinom(at["alpha"], at["alpha"] / (at["alpha"] + each)).logpmf(x).sum()

    def draw(rng):
        name = "eta" if population == "lognormal" else "theta"
        return {"mu": rng.normal(), "tau": 0.3 + rng.gamma(2), "alpha": rng.gamma(2), name: rng.gamma(2, size=2)}

    assert_log_density(model, {"tau": "log", "alpha": "log", "theta": "log"}, draw, log_joint)


def test_logit_normal_with_covariates():
    y, n, table = np.array([0, 18, 8]), np.array([47, 148, 119]), np.array([[1.0, -1], [0, 2], [0.5, 0]])
    model = models.logit_normal(
        y, n, exact.HalfT(3, 1), exact.Normal(-2, 1), table, exact.Normal(0, 0.5), parameterization="centered"
    )

    def log_joint(at):
        population = log_normal_pdf(at["mu"], -2, 1) + np.log(2) + stats.t(3).logpdf(at["tau"])
        units = log_normal_pdf(at["eta"], at["mu"] + table @ at["slope"], at["tau"])
        chances = 1 / (1 + np.exp(-at["eta"]))
        return population + log_normal_pdf(at["slope"], 0, 0.5) + units + stats.binom(n, chances).logpmf(y).sum()

    def draw(rng):
        return {"mu": rng.normal(), "tau": rng.gamma(2), "slope": rng.normal(size=2), "eta": rng.normal(size=3)}

    assert_log_density(model, {"tau": "log"}, draw, log_joint)


SITES, REGIONS = ["1", "2", "1", "1", "2", "3"], ["A", "A", "B", "B", "A", "B"]


def test_nested_normal_with_labels_that_regions_share():
    y = np.array([1.0, 2.5, -1.0, 0.5, 2.0, 3.0])
    model = models.nested_normal(
        y,
        (exact.HalfNormal(1), exact.HalfNormal(2)),
        exact.Exponential(1.5),
        site=SITES,
        region=REGIONS,
        parameterization="centered",
    )
    assert model.coords["site"] == ("A/1", "A/2", "B/1", "B/3")

    def log_joint(at):
        scales = stats.halfnorm.logpdf(at["tau_region"]) + stats.halfnorm(scale=2).logpdf(at["tau_site"])
        regions = log_normal_pdf(at["phi"], at["mu"], at["tau_region"])
        sites = log_normal_pdf(at["theta"], at["phi"][[0, 0, 1, 1]], at["tau_site"])
        plots = log_normal_pdf(y, at["theta"][[0, 1, 2, 2, 1, 3]], at["sigma"])
        return scales + stats.expon(scale=1.5).logpdf(at["sigma"]) + regions + sites + plots

    def draw(rng):
        scales = {name: rng.gamma(2) for name in ("tau_region", "tau_site", "sigma")}
        return scales | {"mu": rng.normal(), "phi": rng.normal(size=2), "theta": rng.normal(size=4)}

    assert_log_density(model, dict.fromkeys(("tau_region", "tau_site", "sigma"), "log"), draw, log_joint)


def test_a_balanced_table_is_the_list_of_its_observations():
    y = np.random.default_rng(1).normal(size=(2, 3, 2))
    r, s, _ = np.indices(y.shape)
    scale = exact.HalfNormal(1)
    table, listed = (
        models.nested_normal(y, scale, scale),
        models.nested_normal(y.ravel(), scale, scale, site=s.ravel(), region=r.ravel()),
    )
    assert table.coords["site"] == listed.coords["site"]
    rng = np.random.default_rng(2)
    at = {variable.name: rng.normal(size=variable.type.shape) for variable in table.value_vars if not variable.ndim}
    at |= {"z_region": rng.normal(size=2), "z_site": rng.normal(size=6)}
    assert log_density(table)(at) == pytest.approx(log_density(listed)(at), abs=1e-12)


def slopes(parameterization):
    y, x = np.array([1.0, 2.5, 0.3, 4.0, 2.0]), np.array([-1.0, 0.5, 1.0, 2.0, 0.0])
    model = models.varying_slopes(
        y,
        x,
        ["u", "v", "u", "v", "u"],
        (exact.HalfNormal(2), exact.Exponential(0.5)),
        exact.HalfCauchy(1),
        (exact.Normal(1, 2), exact.Normal(0, 1)),
        eta=3,
        parameterization=parameterization,
    )
    return y, x, model


def draw_slopes(rng):
    scales = {name: 0.2 + rng.gamma(2) for name in ("tau_intercept", "tau_slope", "sigma")}
    means = {"mu_intercept": rng.normal(), "mu_slope": rng.normal()}
    return scales | means | {"rho": rng.uniform(-0.9, 0.9), "theta": rng.normal(size=(2, 2))}


SLOPE_COORDINATES = dict.fromkeys(("tau_intercept", "tau_slope", "sigma"), "log") | {"rho": "correlation"}


def test_varying_slopes():
    y, x, model = slopes("centered")

    def log_joint(at):
        means = log_normal_pdf(at["mu_intercept"], 1, 2) + log_normal_pdf(at["mu_slope"], 0, 1)
        scales = stats.halfnorm(scale=2).logpdf(at["tau_intercept"]) + stats.expon(scale=0.5).logpdf(at["tau_slope"])
        # LKJ: (1 - rho^2)^(eta - 1), which over (-1, 1) is 16/15 at eta = 3.
        correlation = 2 * np.log(1 - at["rho"] ** 2) - np.log(16 / 15)
        sd = np.array([at["tau_intercept"], at["tau_slope"]])
        covariance = np.array([[1, at["rho"]], [at["rho"], 1]]) * np.outer(sd, sd)
        units = stats.multivariate_normal([at["mu_intercept"], at["mu_slope"]], covariance).logpdf(at["theta"]).sum()
        own = at["theta"][[0, 1, 0, 1, 0]]
        line = own[:, 0] + own[:, 1] * x
        noise = stats.halfcauchy.logpdf(at["sigma"]) + log_normal_pdf(y, line, at["sigma"])
        return means + scales + correlation + units + noise

    assert_log_density(model, SLOPE_COORDINATES, draw_slopes, log_joint)


def test_varying_slopes_noncentered_is_the_same_model():
    *_, centered = slopes("centered")
    *_, noncentered = slopes("noncentered")
    log_centered, log_noncentered = log_density(centered), log_density(noncentered)
    rng = np.random.default_rng(4)
    for _ in range(5):
        point = draw_slopes(rng)
        sd = np.array([point["tau_intercept"], point["tau_slope"]])
        root = np.linalg.cholesky(np.array([[1, point["rho"]], [point["rho"], 1]]) * np.outer(sd, sd))
        mean = np.array([point["mu_intercept"], point["mu_slope"]])
        z = point.pop("theta")
        at, _ = moved(point, SLOPE_COORDINATES)
        jacobian = 2 * np.linalg.slogdet(root)[1]
        gap = log_centered(at | {"theta": mean + z @ root.T}) + jacobian - log_noncentered(at | {"z": z})
        assert gap == pytest.approx(0, abs=1e-9)


def test_the_prior_of_the_correlation_is_that_of_pymc_for_covariances():
    # PyMC gives the density of the packed Cholesky factor (L11, L21, L22); ours that of (tau_a, tau_b, rho). They
    # differ by the Jacobian of L11 = tau_a, L21 = rho tau_b, L22 = sqrt(1 - rho^2) tau_b: tau_b / sqrt(1 - rho^2).
    with pm.Model() as model:
        pm.LKJCholeskyCov("L", n=2, eta=3, sd_dist=pm.HalfNormal.dist(2.0, shape=2), store_in_trace=False)
    own_log_density = log_density(model)
    rng = np.random.default_rng(5)
    for _ in range(5):
        (a, b), rho = rng.gamma(2, size=2), rng.uniform(-0.9, 0.9)
        packed = np.array([a, rho * b, np.sqrt(1 - rho**2) * b])
        own = stats.halfnorm(scale=2).logpdf([a, b]).sum() + stats.beta(3, 3).logpdf((1 + rho) / 2) - np.log(2)
        at = {"L_cholesky-cov-packed__": packed * [0, 1, 0] + [np.log(a), 0, np.log(packed[2])]}
        jacobian_of_logs = np.log(a) + np.log(packed[2])
        expected = own - np.log(b / np.sqrt(1 - rho**2)) + jacobian_of_logs
        assert own_log_density(at) == pytest.approx(expected, abs=1e-6)


def test_two_groups():
    z, sigma = np.array([0.5, -1.0, 4.0]), np.array([1.0, 0.5, 2.0])
    model = models.two_groups(z, sigma, exact.HalfNormal(5), exact.Beta(9, 2))

    def log_joint(at):
        null, slab = stats.norm(0, sigma).pdf(z), stats.norm(0, np.hypot(sigma, at["slab"])).pdf(z)
        prior = stats.beta(9, 2).logpdf(at["pi0"]) + stats.halfnorm(scale=5).logpdf(at["slab"])
        return prior + np.log(at["pi0"] * null + (1 - at["pi0"]) * slab).sum()

    def draw(rng):
        return {"pi0": rng.uniform(), "slab": rng.gamma(2)}

    assert_log_density(model, {"pi0": "logodds", "slab": "log"}, draw, log_joint)


def test_inverse_problem():
    rng = np.random.default_rng(3)
    A, y = rng.normal(size=(4, 3)), rng.normal(size=4)
    sigma = np.array([0.5, 1.0, 1.5, 2.0])
    model = models.inverse_problem(A, y, sigma, exact.HalfNormal(2), "centered")

    def log_joint(at):
        prior = stats.halfnorm(scale=2).logpdf(at["tau"]) + log_normal_pdf(at["x"], 0, at["tau"])
        return prior + log_normal_pdf(y, A @ at["x"], sigma)

    assert_log_density(model, {"tau": "log"}, lambda rng: {"tau": rng.gamma(2), "x": rng.normal(size=3)}, log_joint)
