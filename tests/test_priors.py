"""What priors say, when they make a posterior, and the figures of the claims, each against another computation."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from hbcourse import datasets, exact, priors

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)


def test_a_density_of_the_variance_as_one_of_tau_against_the_inverse_gamma_of_the_engines():
    tau = np.array([0.2, 1.0, 5.0])
    converted = priors.density_of_sd(stats.invgamma(0.5, scale=3).pdf, tau)
    assert np.allclose(converted, np.exp(exact.InverseGamma(0.5, 3).log_density(tau)))
    # A half-Cauchy put on the variance is another prior of tau: no mass at zero, and a tail of tau**-3.
    on_variance = priors.density_of_sd(stats.halfcauchy(scale=1).pdf, np.array([1e-3, 1e3, 1e4]))
    assert on_variance[0] < 0.01 * stats.halfcauchy.pdf(1e-3)
    assert on_variance[1] / on_variance[2] == pytest.approx(1e3, rel=1e-3)


def mass_beyond(J, power, mu_flat):
    """Posterior mass of log tau between 1e6 and 1e9, and between 1e9 and 1e12, from the joint density of y."""
    y = np.arange(J) - (J - 1) / 2
    log_tau = np.linspace(np.log(1e6), np.log(1e12), 601)
    tau = np.exp(log_tau)
    variance = 1 + tau**2
    log_density = -J / 2 * np.log(variance) - (y**2).sum() / (2 * variance) + (power + 1) * log_tau
    if mu_flat:
        log_density += np.log(variance / J) / 2
    mass = np.exp(log_density - log_density[0])
    return mass[:301].sum(), mass[300:].sum()


@pytest.mark.parametrize("power", [0, 1])
@pytest.mark.parametrize("mu_prior", [exact.Flat(), exact.Normal(0, 1)])
@pytest.mark.parametrize("J", [1, 2, 3, 4, 5])
def test_propriety_against_the_mass_far_out(J, power, mu_prior):
    near, far = mass_beyond(J, power, isinstance(mu_prior, exact.Flat))
    answer = priors.propriety(J, exact.Power(power), mu_prior)
    # Mass that does not shrink from one span of log tau to the next does not end.
    assert answer.proper == (far < 0.5 * near)
    y = np.arange(J, dtype=float)
    if answer.proper:
        exact.normal_hierarchy(y, 1.0, exact.Power(power), mu_prior)
    else:
        assert "units" in answer.reason
        with pytest.raises(ValueError, match="more units"):
            exact.normal_hierarchy(y, 1.0, exact.Power(power), mu_prior)


def test_who_is_proper_when():
    def proper(prior):
        return [priors.propriety(J, prior).proper for J in range(1, 6)]

    assert proper(exact.Flat()) == [False, False, True, True, True]
    assert proper(exact.Power(1)) == [False, False, False, True, True]
    assert proper(exact.Power(-1)) == [False] * 5
    assert proper(exact.LogUniform(0.1)) == [False, True, True, True, True]
    assert proper(exact.HalfCauchy(5)) == [True] * 5
    assert proper(priors.Jeffreys([1.0, 2.0])) == [False, True, True, True, True]
    # Proper, but with a tail that quadrature cannot follow.
    slow = priors.propriety(2, exact.Power(-0.1))
    assert slow.proper
    assert slow.tail == pytest.approx(1.1)
    with pytest.raises(ValueError, match="tau_prior"):
        exact.normal_hierarchy([0.0, 1.0], 1.0, exact.Power(-0.1))
    assert "it takes 3 units" in priors.propriety(1, exact.Flat()).reason
    assert "it takes 4 units" in priors.propriety(2, exact.Power(1)).reason


def test_fisher_information_against_the_expected_square_of_a_numerical_score():
    sigma = np.array([0.5, 1.0, 3.0])
    z, weight = np.polynomial.hermite_e.hermegauss(60)
    weight = weight / weight.sum()
    for tau in (0.05, 0.7, 4.0):
        step, total = 1e-5 * tau, 0.0
        for s in sigma:
            y = np.hypot(s, tau) * z
            up, down = (stats.norm.logpdf(y, 0, np.hypot(s, tau + d)) for d in (step, -step))
            total += weight @ ((up - down) / (2 * step)) ** 2
        assert priors.fisher_information(tau, sigma) == pytest.approx(total, rel=1e-7)


def test_jeffreys_is_the_root_of_the_information_and_not_one_over_tau():
    prior = priors.Jeffreys([0.5, 1.0, 3.0])
    tau = np.array([1e-5, 1e-4, 0.3, 1.0, 1e4, 1e5])
    log_ratio = prior.log_density(tau) - np.log(priors.fisher_information(tau, [0.5, 1.0, 3.0])) / 2
    assert np.allclose(log_ratio, log_ratio[0], atol=1e-10)
    slope = np.diff(prior.log_density(tau))[[0, -1]] / np.log(10)
    assert np.allclose(slope, [prior.head, -prior.tail], atol=1e-3)
    with pytest.raises(ValueError, match="prior must be proper"):
        prior.sample(1, np.random.default_rng(1))


def test_jeffreys_makes_a_posterior_against_quadrature():
    y, sigma = Y[:3], SIGMA[:3]

    def density(tau):
        variance = sigma**2 + tau**2
        mu = (y / variance).sum() / (1 / variance).sum()
        likelihood = np.exp(-((y - mu) ** 2 / variance).sum() / 2) / np.sqrt(variance.prod() * (1 / variance).sum())
        return np.sqrt((tau**2 / variance**2).sum()) * likelihood

    def mass(low, high):
        ends = np.linspace(np.log(low), np.log(high), 41)
        return sum(integrate.quad(lambda u: density(np.exp(u)) * np.exp(u), *span)[0] for span in pairwise(ends))

    tau = exact.normal_hierarchy(y, sigma, priors.Jeffreys(sigma)).tau
    assert float(tau.cdf(10.0)) == pytest.approx(mass(1e-8, 10) / mass(1e-8, 1e9), rel=1e-6)


def test_tail_mass():
    # C50. By closed forms: a Cauchy's arctangent, a normal's and an exponential's tails, and scipy's t.
    assert priors.tail_mass(exact.HalfCauchy(5)) == pytest.approx(1 - 2 / np.pi * np.arctan(10), rel=1e-9)
    assert priors.tail_mass(exact.HalfCauchy(5)) == pytest.approx(0.063, abs=5e-4 + 1e-4)
    assert priors.tail_mass(exact.HalfNormal(2), 3) == pytest.approx(0.0026998, rel=1e-4)
    assert priors.tail_mass(exact.Exponential(2)) == pytest.approx(np.exp(-10), rel=1e-6)
    assert priors.tail_mass(exact.HalfT(3, 2)) == pytest.approx(2 * stats.t(3).sf(10), rel=1e-9)
    with pytest.raises(ValueError, match="prior must be proper"):
        priors.tail_mass(exact.LogUniform(1))


def test_prior_predictive_draws_have_the_moments_of_the_model():
    draws = priors.prior_predictive(
        exact.HalfNormal(5), exact.Normal(3, 2), [1.0, 10.0], 40_000, np.random.default_rng(1)
    )
    assert draws["y"].shape == draws["theta"].shape == (40_000, 2)
    # E tau^2 = 25, so that var theta = 4 + 25 and var y = 29 + sigma^2; units share mu and tau.
    for name, variance in (("theta", [29, 29]), ("y", [30, 129])):
        squares = (draws[name] - 3) ** 2
        error = squares.std(0) / np.sqrt(40_000)
        assert np.all(abs(squares.mean(0) - variance) < 4.5 * error), name
        assert np.all(abs(draws[name].mean(0) - 3) < 4.5 * np.sqrt(np.array(variance) / 40_000)), name
    product = (draws["theta"][:, 0] - 3) * (draws["theta"][:, 1] - 3)
    assert abs(product.mean() - 4) < 4.5 * product.std() / 200


def test_heavy_tails_show_in_what_the_prior_expects():
    def extreme(prior):
        draws = priors.prior_predictive(prior, exact.Normal(0, 1), [1.0], 20_000, np.random.default_rng(2))
        return np.mean(abs(draws["theta"]) > 50)

    assert extreme(exact.HalfCauchy(5)) > 0.04 > 0.001 > extreme(exact.HalfNormal(5))


def test_mass_below_keeps_rising_as_the_cut_falls():
    # C44, and the same by a sum over log tau, where the prior is flat.
    cuts = np.array([1e-1, 1e-2, 1e-4, 1e-8])
    mass = priors.mass_below(1.0, Y, SIGMA, cuts)
    assert np.allclose(mass, [0.52, 0.69, 0.82, 0.90], atol=0.0055)
    log_tau = np.linspace(np.log(1e-8), np.log(1e6), 40_001)
    variance = SIGMA[:, None] ** 2 + np.exp(2 * log_tau)
    mu = (Y[:, None] / variance).sum(0) / (1 / variance).sum(0)
    log_density = -(np.log(variance) + (Y[:, None] - mu) ** 2 / variance).sum(0) / 2 - np.log((1 / variance).sum(0)) / 2
    density = np.exp(log_density - log_density.max())
    for cut, claimed in zip(cuts, mass, strict=True):
        kept = log_tau >= np.log(cut) - 1e-9
        below = kept & (log_tau < 0)
        assert density[below].sum() / density[kept].sum() == pytest.approx(claimed, abs=1e-3)


def test_a_change_of_unit_moves_the_answer_unless_the_prior_has_no_scale():
    # C46: seconds and milliseconds.
    for prior in (exact.Flat(), exact.Power(1)):
        assert np.allclose(
            priors.in_other_units(Y, SIGMA, prior, 1), priors.in_other_units(Y, SIGMA, prior, 1000), rtol=1e-7
        )
    as_is, milli = (priors.in_other_units(Y, SIGMA, exact.HalfCauchy(5), factor) for factor in (1, 1000))
    assert abs(as_is - milli).max() > 1
    rescaled = exact.normal_hierarchy(1000 * Y, 1000 * SIGMA, exact.HalfCauchy(5000)).theta.mean() / 1000
    assert np.allclose(rescaled, as_is, rtol=1e-8)


NEAR = np.linspace(-0.5, 0.5, 9)


def test_one_outlier_frees_all_units_of_a_normal_population():
    # C47: nine estimates from -0.5 to 0.5 and a tenth at 0, then at 10; sigma = 1, tau ~ half-Cauchy(10), mu flat.
    weights = {}
    for last, tau_mean, weight in ((0, 0.33, 0.12), (10, 3.5, 0.91)):
        y = np.r_[NEAR, last]
        table = priors.compare_populations(y, 1.0, exact.HalfCauchy(10), df=[1, 4])
        assert table.loc["normal", "E tau"] == pytest.approx(tau_mean, abs=0.02)
        assert np.allclose(table.loc["normal"].to_numpy(float)[1:], weight, atol=0.005)
        # The same by a sum over tau.
        tau = np.linspace(0, 400, 400_001)[1:]
        log_density = -9 / 2 * np.log1p(tau**2) - ((y - y.mean()) ** 2).sum() / (2 * (1 + tau**2))
        density = np.exp(log_density) / (1 + (tau / 10) ** 2)
        assert table.loc["normal", "E tau"] == pytest.approx(density @ tau / density.sum(), abs=1e-3)
        kappa = tau**2 / (1 + tau**2)
        assert table.loc["normal", 0] == pytest.approx(density @ kappa / density.sum(), abs=2e-3)
        weights[last] = table
    # A Student-t population goes on shrinking the rest, the more the heavier its tails, and lets the outlier be.
    with_outlier = weights[10]
    assert with_outlier.loc["t(1)", 0] == pytest.approx(0.26, abs=0.01)
    assert with_outlier.loc["t(4)", 0] == pytest.approx(0.59, abs=0.01)
    assert with_outlier.loc["t(1)", 9] > 0.95


def test_the_student_t_weights_of_the_outlier_example_against_importance_sampling():
    # Independently: draws from the prior of tau and mu's range, the population's draws averaged by brute force.
    rng = np.random.default_rng(4)
    y, draws = np.r_[NEAR, 10], 60_000
    tau, mu = np.exp(rng.uniform(np.log(1e-3), np.log(30), draws)), rng.normal(0.2, 0.8, draws)
    w = np.linspace(0, 1, 402)[1:-1]
    w = stats.gamma(0.5, scale=2).ppf(w)
    log_weight = np.log(tau) - np.log1p((tau / 10) ** 2) - stats.norm.logpdf(mu, 0.2, 0.8)
    own = np.zeros(draws)
    order = np.argsort(tau)
    tau, mu, log_weight = tau[order], mu[order], log_weight[order]
    for j, value in enumerate(y):
        for part in np.array_split(np.arange(draws), 60):
            variance = 1 + tau[part, None] ** 2 / w
            density = np.exp(-((value - mu[part, None]) ** 2) / (2 * variance)) / np.sqrt(variance)
            log_weight[part] += np.log(density.mean(1))
            if j == 0:
                own[part] = (density * (1 - 1 / variance)).sum(1) / density.sum(1)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    estimate = weight @ own
    error = np.sqrt((weight**2) @ (own - estimate) ** 2)
    engine = exact.student_t_hierarchy(y, 1.0, 1, exact.HalfCauchy(10)).data_weight()[0]
    assert error < 0.01
    assert abs(engine - estimate) < 4.5 * error + 0.003


def on_a_grid(y, sigma, density):
    """Median of tau and E theta of the first unit, by a sum over log tau."""
    tau = np.exp(np.linspace(np.log(1e-5), np.log(1e7), 60_001))
    variance = sigma[:, None] ** 2 + tau**2
    precision = (1 / variance).sum(0)
    mu = (y[:, None] / variance).sum(0) / precision
    log_likelihood = -(np.log(variance) + (y[:, None] - mu) ** 2 / variance).sum(0) / 2 - np.log(precision) / 2
    mass = np.exp(log_likelihood - log_likelihood.max()) * density(tau) * tau
    mass /= mass.sum()
    kappa = tau**2 / variance[0]
    return np.interp(0.5, np.cumsum(mass) - mass / 2, tau), mass @ (kappa * y[0] + (1 - kappa) * mu), mass @ kappa


CHOICES = {
    "flat": (exact.Flat(), np.ones_like),
    "half-Cauchy(25)": (exact.HalfCauchy(25), stats.halfcauchy(scale=25).pdf),
    "half-Cauchy(5)": (exact.HalfCauchy(5), stats.halfcauchy(scale=5).pdf),
    "half-normal(5)": (exact.HalfNormal(5), stats.halfnorm(scale=5).pdf),
    "inverse-gamma": (
        exact.InverseGamma(0.001, 0.001),
        lambda tau: 2 * tau * stats.invgamma(0.001, scale=0.001).pdf(tau**2),
    ),
}


@pytest.mark.parametrize("units", [3, 8])
def test_sensitivity_against_a_sum_over_log_tau(units):
    # C48 with three schools, C49 with eight.
    table = priors.sensitivity(Y[:units], SIGMA[:units], {name: prior for name, (prior, _) in CHOICES.items()})
    for name, (_, density) in CHOICES.items():
        expected = on_a_grid(Y[:units], SIGMA[:units], density)
        assert np.allclose(table.loc[name, ["tau 50%", "E theta", "data weight"]].to_numpy(float), expected, rtol=2e-3)
    if units == 8:
        assert table.loc["inverse-gamma", "tau 50%"] == pytest.approx(0.6, abs=0.05)
        assert table.loc["flat", "tau 50%"] == pytest.approx(5.2, abs=0.05)
    else:
        # With three units the prior decides.
        assert table.loc["flat", "tau 95%"] > 10 * table.loc["half-Cauchy(5)", "tau 95%"]
        assert table.loc["flat", "E theta"] - table.loc["half-normal(5)", "E theta"] > 8


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: priors.propriety(0, exact.Flat()), "J must be a whole number of 1 or more"),
        (lambda: priors.propriety(True, exact.Flat()), "J must be a whole number"),
        (lambda: priors.propriety(3, "flat"), "tau_prior must be a prior of a positive quantity"),
        (lambda: priors.tail_mass(5), "prior must be a prior of a positive quantity"),
        (
            lambda: priors.prior_predictive(exact.HalfCauchy(1), exact.Flat(), 1.0, 10, np.random.default_rng(1)),
            "prior must be proper",
        ),
        (lambda: priors.fisher_information(-1, 1), "tau must be zero or more"),
        (lambda: priors.fisher_information(1, 0), "sigma must be positive"),
        (lambda: priors.Jeffreys([1, -1]), "sigma must be positive; got -1.0 at index 1"),
        (lambda: priors.Jeffreys([]), "sigma must be a list"),
        (lambda: priors.tail_mass(exact.HalfCauchy(1), -1), "multiple must be positive"),
        (lambda: priors.sensitivity(Y, SIGMA, {}, unit=8), "unit must be a whole number from 0 to 7; got 8"),
        (lambda: priors.sensitivity(Y, SIGMA, {}, unit=1.5), "unit must be a whole number"),
        (lambda: priors.sensitivity(Y, SIGMA, {}, unit=10**5000), "unit must be a whole number from 0 to 7; got a num"),
        (lambda: priors.sensitivity(Y, SIGMA, [exact.Flat()]), r"priors must be a dict.* by name; got \[Flat"),
        (lambda: priors.sensitivity(Y, SIGMA, {}), r"priors must be a dict.* by name; got \{\}"),
        (lambda: priors.compare_populations(Y, SIGMA, exact.Flat(), df=[[2, 3]]), r"df must be .*shape \(1, 2\)"),
        (lambda: priors.mass_below(1, Y, SIGMA, [[0.1, 1]]), r"cuts must be .*shape \(1, 2\)"),
        (lambda: priors.density_of_sd(None, 1.0), "density must be a function; got None"),
        (lambda: priors.fisher_information(1, np.ones((2, 3))), r"sigma must be a list .*shape \(2, 3\)"),
        (
            lambda: priors.prior_predictive(
                exact.HalfNormal(1), exact.Normal(0, 1), np.ones((2, 3)), 5, np.random.default_rng(1)
            ),
            r"sigma must be a list of one or more standard errors; got shape \(2, 3\)",
        ),
        (lambda: priors.Jeffreys(np.ones((2, 3))), r"sigma must be a list .*shape \(2, 3\)"),
        (lambda: priors.mass_below(1, Y, SIGMA, [0.1, 0]), "cuts must be positive"),
        (lambda: priors.in_other_units(Y, SIGMA, exact.Flat(), 0), "factor must be positive"),
        (lambda: priors.density_of_sd(np.ones_like, "a"), "tau must be numbers"),
        (lambda: priors.compare_populations(Y, SIGMA, exact.Flat(), df=[0]), "df must be positive"),
        (
            lambda: priors.prior_predictive(exact.Flat(), exact.Normal(0, 1), 1.0, 10, np.random.default_rng(1)),
            "prior must be proper",
        ),
        (
            lambda: priors.prior_predictive(exact.HalfCauchy(1), exact.Normal(0, 1), 1.0, 10, 3),
            "rng must be a numpy",
        ),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
