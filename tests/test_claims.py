"""Each claim of the course, demonstrated in a few lines of the package as a reader would write them."""

import numpy as np
import pytest
from scipy import integrate, stats

from hbcourse import (
    datasets,
    discovery,
    exact,
    exchangeability,
    hierarchy,
    james_stein,
    models,
    nesting,
    overdispersion,
    parameterization,
    pooling,
    priors,
    regularization,
    shrinkage,
    uncertainty,
    workflow,
)
from hbcourse.exact import Exponential, Flat, HalfCauchy, HalfNormal, HalfT, InverseGamma, Normal, Power

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(), SCHOOLS.sigma.to_numpy()

#: Monte Carlo errors that a right figure may be off: one in 150,000 is farther.
Z = 4.5


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.fixture(scope="module")
def posterior():
    """The posterior of the eight schools that the course uses most."""
    return exact.normal_hierarchy(Y, SIGMA, HalfCauchy(5), Normal(0, 5))


def near(simulated, expected):
    """Whether the mean of independent values is the expected one within Monte Carlo error."""
    simulated = np.asarray(simulated, dtype=float)
    return abs(simulated.mean() - expected) < Z * simulated.std(ddof=1) / np.sqrt(len(simulated))


# Pooling


def test_c01_separate_estimates_are_noisy_and_one_pooled_estimate_is_biased():
    risk = pooling.risks(J=12, tau=[1.5, 3, 6], sigma=3)
    assert np.allclose(risk.no_pooling, 9)
    assert np.allclose(risk.complete_pooling, [2.8125, 9, 33.75])
    assert np.allclose(risk.partial_pooling, [1.8, 4.5, 7.2])


def test_c02_no_pooling_and_complete_pooling_are_the_ends_of_one_family():
    family = [pooling.partial_pooling(Y, SIGMA, tau).theta for tau in (0, 5, np.inf)]
    assert np.array_equal(family[0], pooling.complete_pooling(Y, SIGMA).theta)
    assert np.array_equal(family[2], Y)
    assert np.allclose(family[1][[0, 2]], [9.87, 6.89], atol=0.005)


def test_c03_the_interval_of_complete_pooling_ignores_the_spread_between_units(rng):
    coverage = pooling.complete_pooling_coverage(tau=1, sigma=[1] * 12)
    data = hierarchy.simulate_normal(np.zeros(2000), 1, sigma=[1] * 12, rng=rng)
    intervals = [pooling.complete_pooling(y, 1).interval()[:, 0] for y in data.y]
    assert coverage == pytest.approx(0.834, abs=0.0005)
    assert near([low <= 0 <= high for low, high in intervals], coverage)


# Exchangeability


def test_c04_relabelling_exchangeable_units_changes_nothing(rng):
    def alike(y):
        return stats.norm.logpdf(y, 5, 10).sum()

    def given_covariate(y):
        return stats.norm.logpdf(y, 5 + SCHOOLS.n / 10, 10).sum()

    assert exchangeability.is_exchangeable(alike, Y, rng)
    assert not exchangeability.is_exchangeable(given_covariate, Y, rng)


def test_c05_a_covariate_that_matters_explains_part_of_the_spread():
    district = datasets.star98()
    y, sigma = shrinkage.empirical_logit(district.above, district.above + district.below)
    spread = exchangeability.spread_explained(y, sigma, district.low_income)
    assert np.allclose(spread, [0.839, 0.441, 0.724], atol=0.001)


def test_c06_exchangeable_draws_need_not_be_a_mixture_of_independent_ones(rng):
    urn = exchangeability.Urn(ones=2, zeros=3, added=-1)
    first, second = urn.sample(urns=20_000, draws=2, rng=rng).T
    assert urn.correlation == exchangeability.smallest_correlation(5) == -1 / 4
    assert near((first - 0.4) * (second - 0.4) / 0.24, -1 / 4)
    assert exchangeability.distance_to_mixtures(urn, k=2) > 0.1


def test_c07_a_finite_number_of_exchangeable_units_is_near_a_mixture():
    for n, distance in (20, 0.218), (60, 0.054), (200, 0.015):
        urn = exchangeability.Urn(ones=n // 2, zeros=n // 2, added=-1)
        found = exchangeability.distance_to_independent(urn, k=12)
        assert found == pytest.approx(distance, abs=0.0005)
        assert found < exchangeability.diaconis_freedman_bound(k=12, n=n)


def test_c08_the_theorem_does_not_say_which_population_it_is():
    normal, pair = exchangeability.normal_population(5, 2), exchangeability.two_point_population(5, 2)
    evidence = [exchangeability.divergence(pair, normal, sigma) for sigma in (4, 1, 0.3)]
    assert np.allclose(evidence, [0.00015, 0.172, 1.215], rtol=0.01)


def test_c09_polyas_urn_has_a_parameter_that_nobody_put_in(rng):
    urn = exchangeability.Urn(ones=2, zeros=3, added=1)
    share = urn.sample(urns=2000, draws=1000, rng=rng).mean(1)
    assert urn.mixing().args == (2, 3)
    assert stats.kstest(share, urn.mixing().cdf).pvalue > 1e-4


# Hierarchy


def test_c10_a_hierarchy_has_three_layers(rng):
    mu, tau = Normal(3, 2).sample(20_000, rng), HalfNormal(1).sample(20_000, rng)
    layers = hierarchy.simulate_normal(mu, tau, sigma=[4, 4], rng=rng)
    assert near((layers.y[:, 0] - 3) ** 2, 2**2 + 1**2 + 4**2)
    assert near((layers.y - 3).prod(1), 2**2)
    counts = hierarchy.simulate_counts(np.full(20_000, 2), 4, exposure=[10], rng=rng).x[:, 0]
    assert near(counts, 5)
    assert near((counts - 5.0) ** 2, 5 + 5**2 / 2)


def test_c11_the_product_of_the_layers_is_proportional_to_the_posterior(posterior, rng):
    draws = posterior.sample(50, rng)
    at = draws["theta"], draws["mu"], draws["tau"]
    joint = hierarchy.log_joint(*at, Y, SIGMA, HalfCauchy(5), Normal(0, 5))
    difference = joint - hierarchy.log_posterior(*at, posterior)
    assert np.ptp(difference) < 1e-6
    assert difference[0] == pytest.approx(float(posterior.log_evidence()), abs=1e-6)


def test_c12_units_are_dependent_through_mu_and_tau(posterior, rng):
    parts = hierarchy.covariance_parts(posterior)
    theta = posterior.sample(20_000, rng)["theta"]
    assert posterior.correlation()[0, 1] == pytest.approx(0.364, abs=0.0005)
    assert [float(part[0, 1].round(1)) for part in parts] == [0, 8.6, 0.9]
    assert np.allclose(sum(parts), posterior.covariance())
    assert near((theta - posterior.theta.mean())[:, :2].prod(1), posterior.covariance()[0, 1])


def test_c13_rates_from_a_normal_population_can_be_negative():
    log_mean, log_sd = hierarchy.lognormal_population(mean=5, sd=4)
    alpha, beta = hierarchy.gamma_population(mean=5, sd=4)
    assert hierarchy.probability_negative(mu=5, tau=4) == pytest.approx(0.1056, abs=5e-5)
    for rates in stats.lognorm(log_sd, scale=np.exp(log_mean)), stats.gamma(alpha, scale=1 / beta):
        assert np.allclose([rates.mean(), rates.std(), rates.cdf(0)], [5, 4, 0])


def test_c14_counts_need_an_exposure():
    pump, population = datasets.pumps(), exact.Gamma(0.7, 0.9)
    rates = hierarchy.gamma_poisson_rates(pump.failures, pump.t_1000h, alpha=population.shape, beta=population.rate)
    assert (pump.t_1000h.min(), pump.t_1000h.max()) == (1.05, 126)
    assert np.allclose(rates.theta, (0.7 + pump.failures) / (0.9 + pump.t_1000h))
    assert (rates.data_weight.min().round(2), rates.data_weight.max().round(2)) == (0.54, 0.99)


def test_c15_siblings_tell_of_each_other_and_soon_no_more():
    rho = hierarchy.intraclass_correlation(tau=10, sigma=10)
    variance = hierarchy.sibling_variance([0, 1, 9, 99, 10**6], tau=10, sigma=10).mu_known
    assert rho == 0.5
    assert variance[0] == 10**2 + 10**2
    assert np.allclose(1 - variance / variance[0], [0, 0.25, 0.45, 0.495, rho], atol=1e-6)
    assert hierarchy.predict_sibling([109, 111, 110], tau=10, sigma=10, mu=100).mean == 107.5


# Shrinkage


def test_c16_the_posterior_mean_is_a_compromise():
    kappa = pooling.data_weight(tau=5, sigma=SIGMA)
    theta = np.linspace(-200, 200, 40_001)[:, None]
    density = stats.norm.pdf(Y, theta, SIGMA) * stats.norm.pdf(theta, 8, 5)
    assert np.allclose((theta * density).sum(0) / density.sum(0), kappa * Y + (1 - kappa) * 8)


def test_c17_kappa_is_the_weight_and_not_the_shrinkage():
    assert pooling.data_weight(tau=5, sigma=10) == pytest.approx(0.2)
    assert shrinkage.shrinkage_factor(tau=5, sigma=10) == pytest.approx(0.8)


def test_c18_the_weight_depends_on_size_and_on_both_spreads():
    assert np.allclose(shrinkage.data_weight_of_mean(n=[1, 4, 36], tau=1, sigma=2), [0.2, 0.5, 0.9])
    assert shrinkage.observations_for_weight(0.5, tau=1, sigma=2) == pytest.approx(2**2 / 1**2)


def test_c19_units_that_hardly_differ_do_not_make_the_mean_reliable():
    assert shrinkage.mu_sd(tau=0, sigma=[20] * 2) == pytest.approx(14.14, abs=0.005)
    assert shrinkage.mu_sd(tau=0, sigma=[20] * 50) == pytest.approx(2.83, abs=0.005)


def test_c20_every_observation_informs_every_estimate():
    given_tau = shrinkage.influence(tau=5, sigma=SIGMA)
    averaged = exact.normal_hierarchy(Y, SIGMA).influence()
    up, down = (exact.normal_hierarchy(Y + step * (SCHOOLS.school == "A"), SIGMA).theta.mean() for step in (0.1, -0.1))
    assert np.allclose(given_tau.sum(1), 1)
    assert (given_tau > 0).all()
    assert given_tau[2, 0] == pytest.approx(0.0735, abs=5e-5)
    assert np.allclose(averaged[:, 0], (up - down) / 0.2, atol=1e-4)


def test_c21_plugging_in_is_not_averaging(rng):
    assert shrinkage.empirical_bayes(Y, SIGMA, method="reml").tau == 0
    assert exact.normal_hierarchy(Y, SIGMA).tau.quantile(0.5) == pytest.approx(5.24, abs=0.005)
    held = shrinkage.interval_coverage(2, [5] * 8, HalfCauchy(5), 4000, rng, method="dersimonian_laird")
    assert near(held.plug_in.mean(1), 0.47)
    assert near(held.averaged.mean(1), 0.97)


def test_c22_raw_extremes_are_small_counties_and_shrunken_ones_large(rng):
    county, prior = shrinkage.simulate_counties(3000, rng), shrinkage.COUNTY_RATES
    raw = county.deaths / county.exposure
    shrunken = hierarchy.gamma_poisson_rates(county.deaths, county.exposure, prior.shape, prior.rate).theta
    for rate, is_extreme in (raw, np.less), (shrunken, np.greater):
        for population in shrinkage.extremes(rate, county.population, k=10):
            assert is_extreme(np.median(population), np.median(county.population) * (0.25 if rate is raw else 1.5))


def test_c23_a_rank_has_a_posterior_of_its_own(rng):
    hospital = datasets.surgical()
    posterior = exact.beta_binomial(hospital.deaths, hospital.n)
    chance = posterior.sample(20_000, rng)["theta"]
    worst = dict(zip(hospital.hospital, shrinkage.rank_probabilities(chance)[:, -1], strict=True))
    assert max(worst, key=worst.get) == "H"
    assert worst["H"] == pytest.approx(0.625, abs=Z * np.sqrt(0.625 * 0.375 / 20_000))
    # The means as a set are less spread than the chances are.
    assert posterior.theta.mean().std() < 0.9 * chance.std(1).mean()


# James-Stein


def test_c24_james_stein_toward_a_fixed_point_gains_from_three_means_on():
    assert [float(james_stein.risk(J, 0)) for J in (1, 2, 3, 10)] == [1, 2, 2, 2]
    assert np.all(james_stein.risk(3, np.geomspace(0.01, 1000)) < 3)
    N = np.arange(200)
    by_series = 10 - 8**2 * (stats.poisson.pmf(N, 36 / 2) / (8 + 2 * N)).sum()
    assert james_stein.risk(10, 36) == pytest.approx(by_series, abs=1e-8)


def test_c25_shrinking_toward_the_mean_costs_a_dimension():
    assert [float(james_stein.risk(k, 0, toward="mean")) for k in (3, 4)] == [3, 3]
    assert np.allclose(james_stein.risk(4, [4, 16], toward="mean"), [3.68, 3.93], atol=0.005)


def test_c26_the_hierarchical_posterior_mean_does_not_always_dominate():
    distance = np.array([0, 5, 20, 100, 1000])
    risk = {J: james_stein.hierarchy_risk(J, distance, HalfCauchy(1)) for J in (4, 6, 10)}
    assert np.allclose(risk[4], [1.42, 3.48, 4.54, 4.09, 4.01], atol=0.005)
    assert (risk[6] > 6).any()
    assert (risk[10] < 10).all()


def test_c27_unequal_variances_void_the_guarantee(rng):
    sigma, theta = np.r_[[0.3] * 9, 3], np.r_[[0] * 9, 10]
    risk = james_stein.simulated_risk(lambda y, s: shrinkage.empirical_bayes(y, s).theta, theta, sigma, 300, rng)
    assert risk.total - Z * risk.total_se > 9 * (sigma**2).sum()


def test_c28_better_in_total_is_not_better_for_each(rng):
    theta = [0] * 9 + [6]
    error = james_stein.unit_risks(theta, 1, toward="mean").total
    assert (error.sum().round(1), error[-1].round(1)) == (8.7, 2.1)
    capped = james_stein.simulated_risk(
        lambda y, s: james_stein.limited_translation(y, s, limit=0.5, toward="mean").theta, theta, 1, 2000, rng
    )
    assert abs(capped.unit[-1] - 1.25) < Z * capped.unit_se[-1]
    assert capped.total + Z * capped.total_se < 10


def test_c29_bias_can_dominate():
    error = james_stein.fixed_weight_risk(data_weight=0.5, sigma=1, deviation=[0, 1, 3])
    assert np.allclose(error.bias**2, [0, 0.25, 2.25])
    assert np.allclose(error.variance, 0.25)
    assert np.allclose(error.total, error.bias**2 + error.variance)


def test_c30_the_trade_is_optimal_on_average_and_with_the_right_tau():
    weight = np.linspace(0, 1, 101)
    risk = james_stein.average_risk(weight, tau=1, sigma=2)
    assert weight[risk.argmin()] == pooling.data_weight(tau=1, sigma=2) == 0.2
    assert np.allclose(risk[[0, 20, 100]], [1, 0.8, 4])
    assert np.allclose(james_stein.regret(tau=1, sigma=1, factor=[0.5, 1, 2]), [0.18, 0, 0.18])


def test_c31_the_positive_part_is_never_worse():
    distance = np.geomspace(0.01, 1000)
    assert james_stein.risk(10, 0, positive_part=True) == pytest.approx(1.258, abs=0.0005)
    plain = james_stein.risk(10, distance)
    assert np.all(james_stein.risk(10, distance, positive_part=True) <= plain + 1e-12)


def test_c32_shrinking_works_on_the_eighteen_batters():
    player = datasets.baseball()
    early, later = player.hits / player.at_bats, player.remaining_average
    shrunken = james_stein.james_stein(early, np.sqrt(early.mean() * (1 - early.mean()) / 45), toward="mean").theta
    # Efron and Morris 1977 report .077 and .022 from the same table.
    errors = [float(((estimate - later) ** 2).sum()) for estimate in (early, shrunken)]
    assert np.allclose(errors, [0.0753, 0.0213], atol=5e-5)
    assert errors[0] / errors[1] == pytest.approx(3.5, abs=0.05)
    assert (abs(shrunken - later) < abs(early - later)).sum() == 16
    assert later.max() == player.set_index("player").remaining_average["Roberto Clemente"] == 0.346
    assert (later == 0.256).any()


# Regularization


def test_c33_a_normal_prior_is_a_tikhonov_penalty(rng):
    A, y, sigma = rng.normal(size=(30, 8)), rng.normal(size=30), 0.7
    path = regularization.ridge(A, y, np.geomspace(1e-6, 1e6, 41))
    for penalty, solution in zip(path.penalty, path.solution, strict=True):
        mean = regularization.posterior(A, y, sigma, tau=sigma / np.sqrt(penalty)).mean()
        assert np.allclose(mean, solution, rtol=0, atol=1e-10)


def test_c34_the_data_can_choose_the_strength(rng):
    problem, penalty = regularization.blur(), np.geomspace(1e-8, 1, 81)
    errors = regularization.compare_choices(problem, 0.01, penalty, HalfCauchy(1), 20, rng)
    chosen = {name: float(np.median(error)) for name, error in errors.items()}
    assert chosen.pop("best") < min(chosen.values())
    assert max(chosen.values()) < 0.35
    unpenalised = regularization.ridge(problem.A, problem.observe(0.01, rng), 1e-8).solution
    assert np.linalg.norm(unpenalised - problem.truth) > 5 * np.linalg.norm(problem.truth)


def test_c35_the_joint_density_has_no_maximum():
    tau = np.array([1, 1e-2, 1e-4])
    height = hierarchy.log_joint(np.full((3, len(Y)), 8.0), np.full(3, 8.0), tau, Y, SIGMA, Flat(), Flat())
    assert np.allclose(np.diff(height) / np.diff(np.log(1 / tau)), len(Y))
    marginal = exact.normal_hierarchy(Y, SIGMA).tau
    assert marginal.pdf(1e-4) == pytest.approx(float(marginal.pdf(1e-2)), rel=1e-4)


def test_c36_a_learned_strength_is_more_sensitive_to_outliers():
    # One of ten units at 10, with sigma = 1: how far the nine others are drawn to the common mean.
    y = np.r_[np.linspace(-0.5, 0.5, 9), 10]
    fixed, learned = pooling.partial_pooling(y, 1, tau=0.33), exact.normal_hierarchy(y, 1, HalfCauchy(10))
    assert fixed.data_weight[0] == pytest.approx(0.10, abs=0.005)
    assert learned.data_weight()[0] == pytest.approx(0.91, abs=0.005)


# Overdispersion


def test_c37_spike_counts_may_vary_more_or_less_than_poisson(rng):
    # A motor unit with 469 trials: mean 4.12, variance 0.43.
    motor = overdispersion.simulate_neuron(mean=4.12, fano=0.43 / 4.12, trials=469, rng=rng)
    cortical = overdispersion.simulate_neuron(mean=4.12, fano=1.8, trials=469, rng=rng)
    for neuron, fano in (motor, 0.104), (cortical, 1.8):
        by_delta = overdispersion.fano_interval(neuron, level=0.9999)
        for low, high in by_delta, overdispersion.fano_bootstrap(neuron, rng, level=0.9999, resamples=100_000):
            assert low < fano < high
            assert (high < 1) == (fano < 1)
            assert (low > 1) == (fano > 1)


def test_c38_a_poisson_interval_is_overconfident(rng):
    coverage = overdispersion.poisson_coverage([0.1, 1, 2, 4])
    assert np.allclose(coverage, [1, 0.95, 0.834, 0.673], atol=0.0005)
    x = [overdispersion.simulate_neuron(mean=10, fano=2, trials=200, rng=rng) for _ in range(2000)]
    low, high = overdispersion.poisson_interval(x)
    assert near((low <= 10) & (high >= 10), coverage[2])


def test_c39_poisson_with_a_gamma_rate_is_negative_binomial():
    mean, alpha = 6, 2
    rate = stats.gamma(alpha, scale=mean / alpha)
    mixed = [integrate.quad(lambda r, x=x: stats.poisson.pmf(x, r) * rate.pdf(r), 0, 200)[0] for x in range(20)]
    closed = overdispersion.NegativeBinomial(mean, alpha).pmf(range(20))
    assert np.allclose(mixed, closed, rtol=0, atol=1e-10)
    assert np.allclose(closed, stats.nbinom(*overdispersion.nbinom_parameters(mean, alpha)).pmf(range(20)))


def test_c40_the_negative_binomial_does_not_capture_everything(rng):
    def silent(x):
        return np.mean(x == 0)

    x = overdispersion.ZeroInflatedPoisson(rate=6, silent=0.4).sample(1000, rng)
    regular = overdispersion.simulate_neuron(mean=4, fano=0.2, trials=400, rng=rng)
    families = overdispersion.NegativeBinomial, overdispersion.ZeroInflatedPoisson
    replicated = [family.fit(x).sample((1000, len(x)), rng) for family in families]
    p = [workflow.predictive_check(x, data, silent).tail_probability for data in replicated]
    assert p[0] < 0.005
    assert p[1] == pytest.approx(0.5, abs=0.1)
    assert overdispersion.NegativeBinomial.fit(regular).alpha == np.inf


def test_c41_without_rate_fluctuation_it_returns_to_poisson():
    alpha = np.geomspace(1e3, 1e5, 5)
    distance = overdispersion.distance_to_poisson(mean=5, alpha=alpha)
    assert np.polyfit(np.log(alpha), np.log(distance), 1)[0] == pytest.approx(-1, abs=0.002)
    assert distance[0] == pytest.approx(0.00122, abs=5e-6)


def test_c42_trials_and_neurons_have_variances_of_their_own(rng):
    both = overdispersion.simulate_units(400, 50, mean=10, unit_cv=0.5, trial_cv=0.3, rng=rng)
    units_only = overdispersion.simulate_units(400, 50, mean=10, unit_cv=0.5, trial_cv=0, rng=rng)
    found = overdispersion.rate_variances(both.x)
    assert (found.unit_cv, found.trial_cv) == (pytest.approx(0.5, abs=0.09), pytest.approx(0.3, abs=0.03))
    assert near([overdispersion.fano_factor(x) for x in units_only.x], 1)
    assert overdispersion.fano_factor(units_only.x[:, 0]) > 2


# Priors


def test_c43_jeffreys_rule_does_not_give_one_over_tau():
    def expected_log_likelihood(tau, at):
        # Of y ~ N(mu, sigma^2 + at^2) under the parameter tau, mu known.
        variance = SIGMA**2 + tau**2
        return -(np.log(variance) + (SIGMA**2 + at**2) / variance).sum() / 2

    tau = np.array([1.0, 5, 20])
    h = 1e-3
    curvature = [
        -(expected_log_likelihood(t + h, t) - 2 * expected_log_likelihood(t, t) + expected_log_likelihood(t - h, t))
        / h**2
        for t in tau
    ]
    formula = 2 * (tau[:, None] ** 2 / (SIGMA**2 + tau[:, None] ** 2) ** 2).sum(1)
    assert np.allclose(priors.fisher_information(tau, SIGMA), formula)
    assert np.allclose(curvature, formula, rtol=1e-4)
    assert np.allclose(np.diff(priors.Jeffreys(SIGMA).log_density(tau)), np.diff(np.log(formula)) / 2)


def test_c44_one_over_tau_never_gives_a_proper_posterior():
    assert not priors.propriety(8, Power(-1)).proper
    mass = priors.mass_below(1, Y, SIGMA, cuts=[0.1, 1e-2, 1e-4, 1e-8])
    assert np.allclose(mass, [0.52, 0.69, 0.815, 0.90], atol=0.005)


def test_c45_improper_priors_are_dangerous_with_few_units():
    flat_on = {"tau": Flat(), "tau^2": Power(1), "log tau": Power(-1)}
    proper = {name: [J for J in range(1, 6) if priors.propriety(J, prior).proper] for name, prior in flat_on.items()}
    assert proper == {"tau": [3, 4, 5], "tau^2": [4, 5], "log tau": []}
    assert priors.propriety(5, Flat()).tail == 4


def test_c46_the_scale_of_a_half_cauchy_is_information():
    points = priors.in_other_units(Y, SIGMA, HalfCauchy(5), factor=1)
    thousandths = priors.in_other_units(Y, SIGMA, HalfCauchy(5), factor=1000)
    rescaled = priors.in_other_units(Y, SIGMA, HalfCauchy(5000), factor=1000)
    assert np.allclose(rescaled, points)
    assert (points[0].round(1), thousandths[0].round(1)) == (9.3, 7.7)
    # Put on the variance it is another prior of tau.
    on_variance = priors.density_of_sd(lambda v: np.exp(HalfCauchy(5).log_density(v)), tau=[0.5, 5])
    assert np.allclose(on_variance, stats.halfcauchy(scale=5).pdf([0.25, 25]) * [1, 10])


def test_c47_one_outlier_frees_all_units_of_a_normal_population():
    others = np.linspace(-0.5, 0.5, 9)
    near_by, far_off = (
        priors.compare_populations(np.r_[others, y], sigma=1, tau_prior=HalfCauchy(10), df=[1]) for y in (0, 10)
    )
    assert (near_by.loc["normal", "E tau"].round(2), far_off.loc["normal", "E tau"].round(1)) == (0.33, 3.5)
    assert (near_by.loc["normal", 0].round(2), far_off.loc["normal", 0].round(2)) == (0.12, 0.91)
    assert far_off.loc["t(1)", 0] < 0.3
    assert far_off.loc["t(1)", 9] > 0.95


TAU_PRIORS = {
    "flat": Flat(),
    "half-Cauchy(25)": HalfCauchy(25),
    "half-Cauchy(5)": HalfCauchy(5),
    "half-normal(5)": HalfNormal(5),
}


def test_c48_with_few_groups_the_prior_on_tau_matters():
    table = priors.sensitivity(Y[:3], SIGMA[:3], TAU_PRIORS, unit=0)
    assert np.allclose(table["tau 50%"], [23.0, 10.9, 3.9, 3.3], atol=0.05)
    assert np.allclose(table["tau 95%"], [285, 44, 20.1, 9.5], rtol=0.005)
    assert np.allclose(table["E theta"], [21.2, 17.4, 13.3, 12.0], atol=0.05)


def test_c49_the_old_vague_prior_forces_tau_toward_zero():
    table = priors.sensitivity(Y, SIGMA, {"flat": Flat(), "old": InverseGamma(0.001, 0.001)})
    assert (table["tau 50%"]["old"].round(1), table["tau 50%"]["flat"].round(1)) == (0.6, 5.2)


def test_c50_the_half_cauchy_has_a_long_tail():
    beyond = [priors.tail_mass(prior, multiple=10) for prior in (HalfCauchy(5), HalfT(4, 5), Exponential(5))]
    assert np.allclose(beyond, [0.0635, 0.00056, 0.000045], rtol=0.01)
    assert priors.tail_mass(HalfNormal(5), multiple=10) < 1e-20
    assert np.allclose(HalfCauchy(5).quantile([0.5, 0.95]), [5, 63.5], atol=0.05)


# Parameterization

PRIORS = {"tau_prior": HalfCauchy(5), "mu_prior": Normal(0, 5)}
FORMS = "centered", "noncentered"


def sampled(y, sigma, form, chains=8):
    import pymc as pm

    with models.normal_hierarchy(y, sigma, **PRIORS, parameterization=form):
        return pm.sample(1000, tune=500, chains=chains, random_seed=1, progressbar=False, quiet=True)


@pytest.fixture(scope="module")
def far():
    """Draws of the eight schools in both forms: tau is small against the standard errors."""
    return {form: sampled(Y, SIGMA, form) for form in FORMS}


@pytest.fixture(scope="module")
def close():
    """The same with standard errors a thirtieth as large."""
    return {form: sampled(Y, SIGMA / 30, form) for form in FORMS}


def test_c51_geometry_decides_how_well_hmc_works(far):
    import arviz as az

    bad, good = (parameterization.diagnostics(far[form]) for form in FORMS)
    assert bad.ess_bulk < good.ess_bulk / 4
    assert bad.r_hat > 1.01 > good.r_hat
    assert bad.divergences > good.divergences
    assert bad.steps > good.steps
    assert bad.e_bfmi < good.e_bfmi
    tau = far["centered"].posterior["tau"].to_numpy()
    assert parameterization.ess(tau) == pytest.approx(float(az.ess(tau, method="mean")))
    assert parameterization.split_rhat(tau) == pytest.approx(float(az.rhat(tau, method="split")))


def test_c52_the_funnel_needs_a_tau_that_is_small_against_sigma(far, close):
    narrowing = [
        parameterization.narrowing(exact.normal_hierarchy(Y, SIGMA * cut, **PRIORS), "centered")[0]
        for cut in (1 / 30, 0.3, 1, 3)
    ]
    assert np.allclose(narrowing, [1.0, 1.2, 33, 47], rtol=0.03)
    divergences = [parameterization.diagnostics(draws["centered"]).divergences for draws in (close, far)]
    assert divergences[0] == 0 < divergences[1]


def test_c53_a_funnel_biases_the_answer(far, posterior):
    tau, diverging = far["centered"].posterior["tau"], far["centered"].sample_stats["diverging"]
    assert posterior.tau.mean() == pytest.approx(3.60, abs=0.005)
    assert tau.mean() > posterior.tau.mean() + 0.1
    # A twentieth of the posterior lies where these chains never come, and the divergences say where that is.
    assert (tau < posterior.tau.quantile(0.05)).mean() < 0.02
    assert tau.to_numpy()[diverging].mean() < 0.6 * tau.mean()
    assert abs(parameterization.bias_in_mcse(far["noncentered"], posterior)["tau"]) < Z


def test_c54_centered_and_noncentered_are_the_same_model(posterior, rng):
    draws = posterior.sample(5, rng)
    at = draws["theta"], draws["mu"], draws["tau"]
    centered, noncentered = (parameterization.target(Y, SIGMA, **PRIORS, parameterization=form) for form in FORMS)
    difference = noncentered.log_density(noncentered.position(*at)) - centered.log_density(centered.position(*at))
    assert np.allclose(difference, len(Y) * np.log(draws["tau"]))


def test_c55_with_much_data_non_centering_is_the_funnel(far, close):
    ess = {
        name: [parameterization.diagnostics(draws[form]).ess_bulk for form in FORMS]
        for name, draws in (("far", far), ("close", close))
    }
    assert ess["far"][1] > 4 * ess["far"][0]
    assert ess["close"][0] > 10 * ess["close"][1]
    narrowing = parameterization.narrowing(exact.normal_hierarchy(Y, SIGMA / 30, **PRIORS), "noncentered")
    assert (narrowing > 2).all()


def test_c56_the_better_form_is_chosen_unit_by_unit():
    y, sigma = [3, -2, 1, 5, -4, 2], np.array([0.1, 0.1, 0.1, 10, 10, 10])
    tau = float(exact.normal_hierarchy(y, sigma, **PRIORS).tau.quantile(0.5))
    chosen = parameterization.choose_parameterization(tau, sigma)
    assert chosen == ["centered"] * 3 + ["noncentered"] * 3
    ess = [parameterization.diagnostics(sampled(y, sigma, form, chains=4)).ess_bulk for form in (*FORMS, chosen)]
    assert ess[2] > 1.5 * ess[0] > 1.5 * ess[1]


# Workflow


def test_c57_a_prior_is_checked_by_what_it_predicts(rng):
    candidates = {
        "tight": (HalfNormal(10), Normal(50, 10)),
        "weak": (HalfCauchy(25), Normal(50, 25)),
        "vague": (HalfCauchy(100), Normal(0, 1000)),
    }
    # Scores lie between 0 and 100.
    for (tau_prior, mu_prior), outside in zip(candidates.values(), (0.008, 0.296, 0.963), strict=True):
        simulated = priors.prior_predictive(tau_prior, mu_prior, sigma=[10], draws=4000, rng=rng)["y"]
        exactly = workflow.probability_outside(0, 100, 10, tau_prior, mu_prior)
        assert exactly == pytest.approx(outside, abs=0.0005)
        error = np.sqrt(exactly * (1 - exactly) / 4000)
        assert abs(workflow.share_outside(simulated, 0, 100) - exactly) < Z * error


def test_c58_conclusions_move_with_the_prior_the_more_the_fewer_the_units():
    span = [np.ptp(priors.sensitivity(Y[:J], SIGMA[:J], TAU_PRIORS)["E theta"]) for J in (3, 8)]
    assert np.allclose(span, [9.2, 2.3], atol=0.05)
    normal, heavy = (
        exact.normal_hierarchy(Y, SIGMA, HalfCauchy(5)),
        exact.student_t_hierarchy(Y, SIGMA, df=4, tau_prior=HalfCauchy(5)),
    )
    assert (normal.theta.mean()[0].round(1), heavy.theta.mean()[0].round(1)) == (9.3, 9.6)


def test_c59_a_fit_is_checked_by_what_it_predicts(rng):
    def farthest(y):
        return abs(y - np.median(y)).max() / np.median(abs(y - np.median(y)))

    y = np.r_[np.linspace(-0.5, 0.5, 11), 9]
    replicated = workflow.replicate_new_groups(exact.normal_hierarchy(y, 0.5, HalfCauchy(5)), 1000, rng)
    mean, odd = (workflow.predictive_check(y, replicated, statistic) for statistic in (np.mean, farthest))
    assert 0.4 < mean.tail_probability < 0.6
    assert odd.tail_probability < 0.005
    data, group = nesting.simulate((8, 6), mu=0, tau=[3], sigma=1, rng=rng).y.ravel(), np.repeat(np.arange(8), 6)
    in_known_group = workflow.leave_one_observation_out(data, group, 1, HalfNormal(5))
    in_new_group = workflow.leave_one_group_out(data, group, 1, HalfNormal(5))
    assert in_known_group.mean() > in_new_group.mean() + 0.5


def test_c60_a_broken_computation_is_caught_by_calibration(rng):
    def p_value(sampler, repeats=1000):
        return workflow.calibrate_normal_hierarchy(
            sampler, SIGMA, HalfNormal(5), Normal(0, 5), repeats, draws=99, rng=rng
        ).p_value()

    assert p_value(exact.NormalHierarchyPosterior.sample) > 1e-4
    assert p_value(workflow.sample_without_prior) < 1e-20
    assert p_value(workflow.sample_plug_in, repeats=4000) < 1e-4


# Nesting


def test_c61_groups_inside_groups_are_pooled_at_every_level(rng):
    y = nesting.simulate((30, 6, 8), mu=20, tau=[2, 1], sigma=0.5, rng=rng).y
    posterior, reml = exact.nested_normal(y, tau_prior=HalfNormal(5)), exact.variance_components(y)
    estimates, truth = (*reml.tau, reml.sigma), (2, 1, 0.5)
    for marginal, estimate, true in zip((*posterior.tau, posterior.sigma), estimates, truth, strict=True):
        assert abs(marginal.mean() - true) < Z * marginal.sd()
        assert abs(marginal.mean() - estimate) < marginal.sd()
    assert np.allclose(nesting.anova(y)["sd"], [*reml.tau, reml.sigma])


def test_c62_information_flows_up_and_down():
    influence = nesting.influence(shape=(3, 2, 4), tau=[1, 1], sigma=2)
    assert np.allclose(influence, [1 / 6, 1 / 24, 1 / 96])


def test_c63_labels_that_are_used_again_make_nested_look_crossed():
    region, site = ["A", "A", "B", "B"], [1, 2, 1, 2]
    as_labelled = nesting.design(region, site)
    assert (as_labelled.kind, as_labelled.otherwise) == ("crossed", "inner nested in outer")
    assert nesting.design(region, nesting.relabel(region, site)).kind == "inner nested in outer"


def test_c64_pooling_the_intercept_moves_the_slope(rng):
    omega = nesting.line_covariance(tau=[1, 0.5], correlation=-0.8)
    y, x, group, _, slope = nesting.simulate_cohorts(
        [200] * 30 + [4] * 50, mu=[1, 0.5], covariance=omega, sigma=1, rng=rng
    )
    pooled, alone = nesting.partial_pooling_lines(y, x, group, 1, omega), nesting.no_pooling_lines(y, x, group, 1)
    pooled_error, error = ((lines.slope[30:] - slope[30:]) ** 2 for lines in (pooled, alone))
    assert np.sqrt(pooled_error.mean()) < 0.5 < np.sqrt(error.mean())
    # A cohort whose x do not vary has no slope of its own; its high intercept gives it a low one.
    x, y, group = np.r_[x, 0, 0], np.r_[y, 4, 4], np.r_[group, ["new", "new"]]
    correlated = nesting.partial_pooling_lines(y, x, group, 1, omega).slope[-1]
    separate = nesting.partial_pooling_lines(y, x, group, 1, np.diag(np.diag(omega))).slope[-1]
    assert correlated < separate - 0.3


# Discovery


def test_c65_many_tests_make_false_positives_certain(rng):
    expected = discovery.false_positives(J=19_000, alpha=0.05)
    assert (expected.mean, round(expected.sd)) == (950, 30)
    null = discovery.simulate(J=19_000, pi0=1, slab=1, rng=rng)
    assert abs((abs(null.z) > 1.96).sum() - expected.mean) < Z * expected.sd


@pytest.fixture(scope="module")
def genes():
    return discovery.simulate(J=20_000, pi0=0.95, slab=3, rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def fit(genes):
    return exact.two_groups(genes.z)


def test_c66_spike_and_slab_are_learned_from_all_genes_together(genes, fit):
    by_em = discovery.em(genes.z)
    assert (fit.pi0, fit.slab) == (pytest.approx(0.95, abs=0.012), pytest.approx(3, abs=0.4))
    assert (by_em.pi0, by_em.slab) == (pytest.approx(fit.pi0, rel=1e-6), pytest.approx(fit.slab, rel=1e-6))


def test_c67_weak_effects_are_shrunken_and_not_filtered_out(genes, fit):
    shrunken = fit.theta.mean()
    kappa = pooling.data_weight(tau=fit.slab, sigma=1)
    assert np.allclose(shrunken, (1 - fit.local_fdr) * kappa * genes.z)
    assert np.allclose(shrunken, discovery.tweedie(genes.z, log_density=fit.log_density), atol=1e-8)
    assert (shrunken != 0).all()


def test_c68_probabilities_of_activity_are_right_if_the_null_is(fit, rng):
    data = discovery.simulate(20_000, 0.95, 3, rng, null=Normal(0, 1.1))
    right = exact.two_groups(data.z, null=Normal(0, 1.1), pi0=0.95, slab=3)
    for posterior, is_right in (right, True), (exact.two_groups(data.z), False):
        bins = discovery.calibration(1 - posterior.local_fdr, data.theta != 0, bins=5, level=1 - 1e-5)
        assert np.all((bins.interval[0] < bins.predicted) & (bins.predicted < bins.interval[1])) == is_right
    assert np.all(fit.local_false_sign_rate >= fit.local_fdr)


def test_c69_the_gain_over_benjamini_and_hochberg_is_the_null_share(rng):
    equal = discovery.simulate(20_000, 0.7, 3, rng)
    fit = exact.two_groups(equal.z)
    by_bayes = discovery.largest_set(fit.local_fdr, q=0.1).selected
    plain, with_share = (discovery.benjamini_hochberg(equal.z, q=0.1, pi0=pi0) for pi0 in (1, fit.pi0))
    assert np.array_equal(np.argsort(fit.local_fdr), np.argsort(-abs(equal.z)))
    assert (plain != by_bayes).sum() > 0.05 * by_bayes.sum() > (with_share != by_bayes).sum()
    sigma = rng.choice([0.5, 3], 20_000)
    unequal = discovery.simulate(20_000, 0.7, 3, rng, sigma=sigma)
    lfdr = exact.two_groups(unequal.z, sigma).local_fdr
    assert stats.spearmanr(lfdr, -abs(unequal.z / sigma)).statistic < 0.8


def test_c70_the_posterior_controls_the_false_discovery_rate_if_the_model_is_right(rng):
    def realised(null):
        data = discovery.simulate(5000, 0.9, 3, rng, null=null)
        chosen = discovery.largest_set(exact.two_groups(data.z).local_fdr, q=0.1).selected
        return discovery.realised(chosen, data.theta).false_discovery_proportion

    assert near([realised(Normal(0, 1)) for _ in range(60)], 0.1)
    assert np.mean([realised(Normal(0, 1.2)) for _ in range(20)]) > 0.3


# Uncertainty


def test_c71_the_parts_of_a_predictions_variance_and_what_removes_them():
    parts = uncertainty.balanced_parts(J=[8, 8, np.inf], n=[4, np.inf, 4], tau=2, sigma=6)
    observed, new = parts.observed, parts.new
    assert np.allclose(observed.total, observed.measurement + observed.group + observed.hyperparameters)
    assert np.allclose(observed.group, [2.77, 0, 2.77], atol=0.005)
    assert np.allclose(observed.hyperparameters, [0.78, 0, 0], atol=0.005)
    assert np.allclose(new.group, 4)
    assert np.allclose(new.hyperparameters, [13 / 8, 4 / 8, 0])


def test_c72_a_covariate_turns_part_of_it_into_explained_variation():
    district = datasets.star98()
    y, sigma = shrinkage.empirical_logit(district.above, district.above + district.below)
    tau = [float(exact.between_sd(y, sigma, covariates=x)) for x in (None, district.low_income)]
    assert np.allclose(tau, [0.839, 0.441], atol=0.0005)


def test_c73_an_unseen_group_has_the_posterior_predictive(posterior):
    ninth, parts = posterior.predict_new(), uncertainty.new_group_parts(posterior)
    assert ninth.sd() ** 2 == pytest.approx(float(parts.group + parts.hyperparameters))
    assert ninth.sd() == pytest.approx(5.86, abs=0.005)
    assert np.allclose(ninth.quantile([0.025, 0.975]), [-7.7, 15.8], atol=0.05)
    assert np.ptp(uncertainty.plug_in_interval(shrinkage.empirical_bayes(Y, SIGMA))) == 0
    # Heavier tails than a normal distribution of the same sd.
    assert ninth.cdf(ninth.mean() - 4 * ninth.sd()) > 10 * stats.norm.cdf(-4)
