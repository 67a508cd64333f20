"""Fano factors, count models and their fits: by quadrature, by simulation and against statsmodels."""

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from hbcourse import overdispersion as od
from hbcourse import workflow


def near(values, expected):
    """The mean of independent values lies within 4.5 standard errors of what is expected."""
    return abs(np.mean(values) - expected) < 4.5 * np.std(values) / np.sqrt(len(values))


def counts_with(trials, mean, variance):
    """Counts whose sample mean and variance are as near as whole numbers come: only 3, 4, 5 and 6 occur."""
    best = None
    for low in range(0, 60):
        for high in range(0, 60):
            fives = round(trials * (mean - 4)) + low - 2 * high
            fours = trials - low - fives - high
            if min(fours, fives) >= 0:
                x = np.repeat([3, 4, 5, 6], [low, fours, fives, high])
                error = abs(x.mean() - mean) + abs(x.var(ddof=1) - variance)
                if best is None or error < best[0]:
                    best = error, x
    return best[1]


def test_the_motor_unit_is_far_less_variable_than_poisson():
    x = counts_with(469, 4.12, 0.43)
    assert x.mean() == pytest.approx(4.12, abs=0.005)
    assert x.var(ddof=1) == pytest.approx(0.43, abs=0.005)
    assert od.fano_factor(x) == pytest.approx(0.10, abs=0.005)
    for interval in (od.fano_interval(x), od.fano_bootstrap(x, np.random.default_rng(1))):
        assert 0.08 < interval[0] < 0.10 < interval[1] < 0.13
    # And as the simulator makes it.
    simulated = od.simulate_neuron(4.12, 0.43 / 4.12, 469, np.random.default_rng(2))
    assert simulated.mean() == pytest.approx(4.12, abs=4.5 * np.sqrt(0.43 / 469))
    assert od.fano_bootstrap(simulated, np.random.default_rng(3))[1] < 0.2


@pytest.mark.parametrize(("mean", "fano"), [(4.12, 0.104), (10.0, 1.0), (10.0, 3.0)])
def test_intervals_of_the_fano_factor_cover_it(mean, fano):
    rng, repeats = np.random.default_rng(4), 250
    covered = np.zeros(2)
    for _ in range(repeats):
        x = od.simulate_neuron(mean, fano, 400, rng)
        for i, interval in enumerate((od.fano_interval(x), od.fano_bootstrap(x, rng, resamples=400))):
            covered[i] += interval[0] <= fano <= interval[1]
    # Both are for many trials; with 400 they may fall short of 95% by two points.
    assert np.all(covered / repeats > 0.93 - 4 * np.sqrt(0.93 * 0.07 / repeats))
    assert np.all(covered / repeats < 0.95 + 4 * np.sqrt(0.95 * 0.05 / repeats))


@pytest.mark.parametrize("model", [od.Poisson(1.0), od.NegativeBinomial(1.0, 2.0), od.ZeroInflatedPoisson(4.0, 0.5)])
def test_the_formula_has_the_spread_of_fano_factors_over_experiments(model):
    rng, trials, repeats = np.random.default_rng(24), 1000, 1000
    x = model.sample(trials * repeats, rng).reshape(repeats, trials)
    spread = np.log(x.var(1, ddof=1) / x.mean(1)).std()
    # One interval from all the trials, widened to the trials of one experiment.
    low, high = od.fano_interval(x.ravel())
    claimed = np.log(high / low) / (2 * 1.959964) * np.sqrt(repeats)
    assert claimed == pytest.approx(spread, rel=4.5 / np.sqrt(2 * repeats))
    if isinstance(model, od.Poisson):
        assert claimed == pytest.approx(np.sqrt(2 / trials), rel=0.01)


def test_the_bootstrap_draws_trials_again():
    x = od.simulate_neuron(5, 2, 40, np.random.default_rng(5))
    ours = od.fano_bootstrap(x, np.random.default_rng(6), level=0.9, resamples=40_000)
    again = np.random.default_rng(7).choice(x, (40_000, 40))
    reference = np.quantile(again.var(1, ddof=1) / again.mean(1), [0.05, 0.95])
    assert np.allclose(ours, reference, rtol=0.02)


def test_constant_counts_have_no_variance_and_rare_ones_an_interval():
    rng = np.random.default_rng(8)
    for interval in (od.fano_interval([4] * 10), od.fano_bootstrap([4] * 10, rng)):
        assert np.array_equal(interval, [0, 0])
    low, high = od.fano_bootstrap([0] * 9 + [1], rng)
    assert 0 < low <= high


@pytest.mark.parametrize("fano", [0.15, 0.5, 1.0, 2.0, 5.0])
def test_coverage_of_the_poisson_interval(fano):
    mean, trials, repeats = 20.0, 100, 4000
    x = od.simulate_neuron(mean, fano, trials * repeats, np.random.default_rng(9)).reshape(repeats, trials)
    low, high = od.poisson_interval(x)
    covered = np.mean((low <= mean) & (mean <= high))
    formula = float(od.poisson_coverage(fano))
    assert abs(covered - formula) < 4.5 * np.sqrt(formula * (1 - formula) / repeats) + 0.005


def test_coverage_at_a_fano_factor_of_four_is_that_of_one_sd():
    assert od.poisson_coverage(4.0) == pytest.approx(2 * stats.norm.cdf(1.959964 / 2) - 1, abs=1e-6)
    assert od.poisson_coverage(1.0) == pytest.approx(0.95, rel=1e-12)


@pytest.mark.parametrize(("mean", "alpha"), [(0.3, 0.2), (5.0, 2.0), (5.0, 29.9), (5.0, 30.0), (40.0, 500.0)])
def test_a_gamma_mixture_of_poissons_is_negative_binomial(mean, alpha):
    model = od.NegativeBinomial(mean, alpha)
    law = stats.nbinom(*od.nbinom_parameters(mean, alpha))
    top = mean + 12 * np.sqrt(mean + mean**2 / alpha)
    for x in (0, 1, 4, 17, 60):

        def integrand(u, x=x):
            rate = np.exp(u)
            return stats.gamma.pdf(rate, alpha, scale=mean / alpha) * stats.poisson.pmf(x, rate) * rate

        edges = np.log(np.geomspace(1e-60 if alpha < 1 else 1e-6, max(top, 4.0 * x + 40), 60))
        mixture = sum(
            integrate.quad(integrand, low, high, epsabs=1e-16, epsrel=1e-12)[0]
            for low, high in itertools.pairwise(edges)
        )
        assert abs(mixture - model.pmf(x)) < 1e-10
        assert abs(law.pmf(x) - model.pmf(x)) < 1e-12


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-8, 1e8), st.floats(1e-4, 1e4))
def test_scipy_given_these_parameters_has_this_mean_and_variance(mean, alpha):
    n, p = od.nbinom_parameters(mean, alpha)
    law = stats.nbinom(n, p)
    # What is lost is in 1 - p, where p is near 1.
    loss = 1e-12 + 4e-16 * alpha / mean
    assert law.mean() == pytest.approx(mean, rel=loss)
    assert law.var() == pytest.approx(mean + mean**2 / alpha, rel=loss)
    assert n == alpha


def test_distance_to_poisson_has_slope_minus_one():
    alpha = np.geomspace(1e2, 1e8, 13)
    for mean in (0.1, 5.0, 300.0):
        distance = od.distance_to_poisson(mean, alpha)
        late = alpha > 1000 * mean
        assert np.polyfit(np.log(alpha[late]), np.log(distance[late]), 1)[0] == pytest.approx(-1, abs=0.002)
        # To first order the ratio of the two is 1 + ((x - m)^2 - x) / (2 alpha).
        x = np.arange(0, mean + 20 * np.sqrt(mean) + 30)
        first = stats.poisson.pmf(x, mean) @ abs((x - mean) ** 2 - x) / 4
        assert distance[-1] * alpha[-1] == pytest.approx(first, rel=1e-4)


@pytest.mark.parametrize(("mean", "alpha"), [(5.0, 0.1), (5.0, 3.0), (5.0, 100.0), (0.01, 1.0), (2000.0, 40.0)])
def test_distance_to_poisson_against_the_whole_sum(mean, alpha):
    x = np.arange(400_000)
    nbinom, poisson = stats.nbinom.pmf(x, *od.nbinom_parameters(mean, alpha)), stats.poisson.pmf(x, mean)
    assert od.distance_to_poisson(mean, alpha) == pytest.approx(abs(nbinom - poisson).sum() / 2, abs=1e-10)


MODELS = [
    od.Poisson(3.0),
    od.NegativeBinomial(5.0, 2.0),
    od.NegativeBinomial(5.0, 1000.0),
    od.NegativeBinomial(5.0, np.inf),
    od.LogNormalPoisson(1.0, 0.7),
    od.LogNormalPoisson(2.0, 0.0),
    od.ZeroInflatedPoisson(6.0, 0.4),
    od.ZeroInflatedPoisson(6.0, 0.0),
]


@pytest.mark.parametrize("model", MODELS)
def test_pmf_mean_variance_and_draws_agree(model):
    x = np.arange(2_000.0)
    pmf = model.pmf(x)
    assert pmf.sum() == pytest.approx(1, abs=1e-9)
    assert pmf @ x == pytest.approx(model.mean, rel=1e-6)
    assert pmf @ (x - pmf @ x) ** 2 == pytest.approx(model.variance, rel=1e-5)
    draws = model.sample(50_000, np.random.default_rng(10))
    top = int(np.flatnonzero(np.cumsum(pmf) < 1 - 1e-3)[-1])
    observed = np.bincount(np.minimum(draws, top), minlength=top + 1)
    expected = len(draws) * np.r_[pmf[:top], 1 - pmf[:top].sum()]
    assert stats.chisquare(observed, expected, sum_check=False).pvalue > 1e-4
    assert model.log_likelihood(draws[:500]) == pytest.approx(float(model.log_pmf(draws[:500]).sum()), rel=1e-12)


@pytest.mark.parametrize("log_sd", [0.01, 0.5, 2.0, 6.0])
@pytest.mark.parametrize("log_mean", [-4.0, 1.0, 6.0])
def test_lognormal_pmf_against_a_fine_sum_over_the_rate(log_mean, log_sd):
    z = np.linspace(-14, 14, 400_001)
    density = stats.norm.pdf(z) * (z[1] - z[0])
    for x in (0, 1, 12, 300):
        reference = stats.poisson.pmf(x, np.exp(log_mean + log_sd * z)) @ density
        if reference > 1e-250:
            assert od.LogNormalPoisson(log_mean, log_sd).pmf(x) == pytest.approx(reference, rel=1e-8)


@pytest.mark.parametrize(("mean", "alpha", "trials"), [(5.0, 2.0, 300), (1.0, 0.2, 400), (50.0, 80.0, 300)])
def test_the_negative_binomial_fit_against_statsmodels(mean, alpha, trials):
    x = stats.nbinom.rvs(*od.nbinom_parameters(mean, alpha), size=trials, random_state=11)
    ours = od.NegativeBinomial.fit(x)
    theirs = sm.NegativeBinomial(x, np.ones(trials)).fit(disp=0, maxiter=500)
    assert ours.mean == pytest.approx(np.exp(theirs.params[0]), rel=1e-5)
    assert ours.alpha == pytest.approx(1 / theirs.params[1], rel=1e-3)
    assert ours.log_likelihood(x) == pytest.approx(theirs.llf, abs=1e-5)
    assert ours.log_likelihood(x) >= theirs.llf - 1e-9
    poisson = sm.Poisson(x, np.ones(trials)).fit(disp=0)
    assert od.Poisson.fit(x).log_likelihood(x) == pytest.approx(poisson.llf, rel=1e-9)


def test_the_zero_inflated_fit_against_statsmodels():
    x = od.ZeroInflatedPoisson(3.0, 0.3).sample(500, np.random.default_rng(12))
    ours = od.ZeroInflatedPoisson.fit(x)
    theirs = sm.ZeroInflatedPoisson(x, np.ones(500)).fit(disp=0, maxiter=500)
    assert ours.log_likelihood(x) == pytest.approx(theirs.llf, abs=1e-4)
    assert ours.silent == pytest.approx(1 / (1 + np.exp(-theirs.params[0])), abs=1e-3)
    assert ours.rate == pytest.approx(np.exp(theirs.params[1]), abs=1e-2)
    # No more zeros than Poisson has: nothing is silent.
    assert od.ZeroInflatedPoisson.fit([2, 3, 1, 4, 2, 3]) == od.ZeroInflatedPoisson(2.5, 0.0)


@pytest.mark.parametrize(("log_mean", "log_sd"), [(1.0, 0.5), (-1.0, 1.5), (4.0, 0.2)])
def test_the_lognormal_fit_is_the_top_of_its_likelihood(log_mean, log_sd):
    x = od.LogNormalPoisson(log_mean, log_sd).sample(400, np.random.default_rng(13))
    fit = od.LogNormalPoisson.fit(x)
    nodes = np.linspace(-9, 9, 2001)
    weights = stats.norm.pdf(nodes)
    value, trials = np.unique(x, return_counts=True)

    def loss(at):
        pmf = stats.poisson.pmf(value[:, None], np.exp(at[0] + np.exp(at[1]) * nodes)) @ weights / weights.sum()
        return -np.log(pmf) @ trials

    best = optimize.minimize(loss, [log_mean, np.log(log_sd)], method="Nelder-Mead", options={"xatol": 1e-7})
    assert fit.log_mean == pytest.approx(best.x[0], abs=2e-4)
    assert fit.log_sd == pytest.approx(np.exp(best.x[1]), abs=2e-4)
    assert fit.log_likelihood(x) == pytest.approx(-best.fun, abs=1e-5)


def test_underdispersed_counts_drive_the_spread_of_rates_to_nothing():
    for x in ([4, 4, 5, 4, 3], [4] * 6, od.simulate_neuron(4.12, 0.1, 469, np.random.default_rng(14))):
        poisson = od.Poisson.fit(x)
        assert od.NegativeBinomial.fit(x) == od.NegativeBinomial(poisson.mean, np.inf)
        assert od.LogNormalPoisson.fit(x).log_sd == 0
        for model in (od.NegativeBinomial, od.LogNormalPoisson, od.ZeroInflatedPoisson):
            assert model.fit(x).log_likelihood(x) == pytest.approx(poisson.log_likelihood(x), rel=1e-12)
        # No finite alpha does better.
        likelihoods = [od.NegativeBinomial(poisson.mean, a).log_likelihood(x) for a in (1, 10, 1e3, 1e6, np.inf)]
        assert np.all(np.diff(likelihoods) > 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=2, max_size=30).filter(any))
def test_fits_beat_poisson_and_no_nearby_value_beats_them(x):
    least = od.Poisson.fit(x).log_likelihood(x)
    fit = od.NegativeBinomial.fit(x)
    assert fit.log_likelihood(x) >= least - 1e-9
    assert np.isinf(fit.alpha) == (np.var(x) <= np.mean(x) * (1 + 1e-12))
    if np.isfinite(fit.alpha):
        for factor in (0.9, 1.1):
            assert od.NegativeBinomial(fit.mean, fit.alpha * factor).log_likelihood(x) < fit.log_likelihood(x) + 1e-9
    assert od.ZeroInflatedPoisson.fit(x).log_likelihood(x) >= least - 1e-9
    assert od.LogNormalPoisson.fit(x).log_likelihood(x) >= least - 1e-9


@pytest.mark.parametrize("mean", [1e-4, 1.0, 1e4, 1e8])
def test_fits_at_every_scale(mean):
    trials = 1000 if mean >= 1 else 100_000
    x = od.NegativeBinomial(mean, 4.0).sample(trials, np.random.default_rng(15))
    fit = od.NegativeBinomial.fit(x)
    assert fit.mean == pytest.approx(mean, rel=0.1 if mean >= 1 else 2)
    # Twice the gain over the true values is about chi-square with two degrees of freedom.
    assert 0 <= fit.log_likelihood(x) - od.NegativeBinomial(mean, 4.0).log_likelihood(x) < 10
    for model in (od.NegativeBinomial, od.ZeroInflatedPoisson):
        assert np.isfinite(model.fit(x).log_likelihood(x))
    assert np.isfinite(od.LogNormalPoisson.fit(x[: 100_000 if mean < 1 else 50]).log_likelihood(x[:50]))


STATISTICS = {"fano": od.fano_factor, "zeros": lambda x: np.mean(x == 0), "largest": np.max}


def test_predictive_checks_choose_the_model_that_made_the_data():
    rng = np.random.default_rng(17)
    families = [od.Poisson, od.NegativeBinomial, od.ZeroInflatedPoisson]

    def passes(x):
        """Whether each family produces such data, by all three statistics."""
        return [
            all(
                0.005 < workflow.predictive_check(x, replicated, statistic).tail_probability < 0.995
                for statistic in STATISTICS.values()
            )
            for replicated in (family.fit(x).sample((400, len(x)), rng) for family in families)
        ]

    assert passes(od.Poisson(5.0).sample(400, rng)) == [True, True, True]
    assert passes(od.NegativeBinomial(5.0, 2.0).sample(400, rng)) == [False, True, False]
    assert passes(od.ZeroInflatedPoisson(8.0, 0.3).sample(400, rng)) == [False, False, True]
    assert passes(od.simulate_neuron(4.12, 0.1, 400, rng)) == [False, False, False]


@pytest.mark.parametrize(
    "model",
    [od.Poisson(3.0), od.NegativeBinomial(3.0, 2.0), od.ZeroInflatedPoisson(3.0, 0.2), od.LogNormalPoisson(1, 0.5)],
)
def test_many_data_sets_are_drawn_at_once(model):
    x = model.sample((300, 40), np.random.default_rng(17))
    assert x.shape == (300, 40)
    assert np.array_equal(x.ravel(), model.sample(12_000, np.random.default_rng(17)))
    # Data sets are independent of each other: their means have the spread of means of 40.
    assert x.mean(1).var() == pytest.approx(model.variance / 40, rel=4.5 * np.sqrt(2 / 300))


@pytest.mark.parametrize(("mean", "fano"), [(4.12, 0.1), (0.4, 0.7), (7.0, 0.95)])
def test_a_regular_neuron_is_a_renewal_process(mean, fano):
    rng, trials = np.random.default_rng(18), 15_000
    x = od.simulate_neuron(mean, fano, trials, rng)
    assert near(x, mean)
    assert near((x - mean) ** 2, fano * mean)

    # Spikes one by one, with Gamma intervals whose shape gives this variance, long before the window opens.
    def spikes(shape, rng):
        times = np.cumsum(rng.gamma(shape, 1 / (shape * mean), (trials, int(25 + 2.5 * mean))), axis=1)
        start = rng.uniform(5 / mean, 15 / mean, trials)[:, None]
        return ((times > start) & (times < start + 1)).sum(1)

    shape = optimize.brentq(
        lambda s: spikes(s, np.random.default_rng(19)).var() - fano * mean,
        1.001,
        1e4,
        xtol=0.01,
        maxiter=25,
        disp=False,
    )
    table = [np.bincount(counts, minlength=int(4 * mean + 40)) for counts in (x, spikes(shape, rng))]
    table = np.array(table)[:, np.sum(table, axis=0) > 20]
    assert stats.chi2_contingency(table).pvalue > 1e-4


@pytest.mark.parametrize(("mean", "fano"), [(4.0, 1.0), (4.0, 6.0), (1e8, 2.0), (1e-8, 1.0), (1e4, 0.3)])
def test_neurons_have_the_mean_and_fano_factor_asked_for(mean, fano):
    x = od.simulate_neuron(mean, fano, 50_000, np.random.default_rng(20))
    if mean > 1:
        assert near(x, mean)
        assert near((x - mean) ** 2, fano * mean)


def test_whole_numbers_cannot_vary_less():
    # A mean of 4.5 needs as many fours as fives at least.
    with pytest.raises(ValueError, match=r"fano must be at least 0\.05555\d+, or whole numbers cannot have this mean"):
        od.simulate_neuron(4.5, 0.055, 10, np.random.default_rng(0))
    x = od.simulate_neuron(4.5, 0.0556, 10_000, np.random.default_rng(0))
    assert set(x[:5000].tolist()) <= {4, 5}


@pytest.mark.parametrize(("unit_cv", "trial_cv"), [(0.5, 0.3), (0.0, 0.4), (0.6, 0.0), (0.0, 0.0)])
def test_both_components_are_recovered(unit_cv, trial_cv):
    rng, repeats = np.random.default_rng(21), 400
    parts = np.array(
        [od.rate_variances(od.simulate_units(30, 12, 20, unit_cv, trial_cv, rng).x) for _ in range(repeats)]
    )
    assert near(parts[:, 0], 20)
    assert near(parts[:, 2], 20**2 * (1 + unit_cv**2) * trial_cv**2)
    assert near(parts[:, 3], 20**2 * unit_cv**2)
    # One large experiment shows the coefficients of variation themselves.
    large = od.rate_variances(od.simulate_units(2000, 50, 20, unit_cv, trial_cv, rng).x)
    assert large.unit_cv == pytest.approx(unit_cv, abs=0.04)
    assert large.trial_cv == pytest.approx(trial_cv, abs=0.04)


def test_only_the_variance_between_trials_makes_one_neuron_overdispersed():
    rng = np.random.default_rng(22)

    def typical(unit_cv, trial_cv):
        layers = od.simulate_units(300, 200, 10, unit_cv, trial_cv, rng)
        return np.mean([od.fano_factor(x) for x in layers.x if x.any()]), od.fano_factor(layers.x[:, 0])

    within, across = typical(unit_cv=0.6, trial_cv=0)
    assert within == pytest.approx(1, abs=0.03)
    assert across > 2
    within, across = typical(unit_cv=0, trial_cv=0.6)
    assert within == pytest.approx(1 + 10 * 0.36, abs=0.2)
    assert across > 2


def test_components_of_a_table_by_analysis_of_variance():
    x = od.simulate_units(6, 5, 8, 0.5, 0.5, np.random.default_rng(23)).x
    parts = od.rate_variances(x)
    between = 5 * ((x.mean(1) - x.mean()) ** 2).sum() / 5
    within = ((x - x.mean(1, keepdims=True)) ** 2).sum() / 24
    assert parts.between_units == pytest.approx((between - within) / 5)
    assert parts.between_trials == pytest.approx(within - x.mean())


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: od.fano_factor([1]), r"x must be a list of two or more counts; got shape \(1,\)"),
        (lambda: od.fano_factor([0, 0]), "x must have an event in some trial"),
        (lambda: od.fano_factor([1, 2.5]), r"x must be a whole number of 0 or more; got 2\.5 at index 1"),
        (lambda: od.fano_factor([1, -2]), r"x must be a whole number of 0 or more; got -2\.0 at index 1"),
        (lambda: od.fano_factor([1, np.nan]), "x must be finite; got nan at index 1"),
        (lambda: od.fano_factor([True, False]), r"x must be numbers; got \[True, False\]"),
        (lambda: od.fano_factor([1, 10**400]), "x must be numbers; got"),
        (lambda: od.fano_factor([1, 2**63]), "x must have an event in some trial, and at most 1e15 in each; got"),
        (lambda: od.fano_factor(None), "x must be numbers; got None"),
        (lambda: od.fano_factor(np.ma.array([1, 2])), "x must not be masked"),
        (lambda: od.fano_interval([1, 2], level=95), r"level must be between 0 and 1; got 95\.0"),
        (lambda: od.fano_bootstrap([1, 2], 5), "rng must be a numpy.random.Generator"),
        (lambda: od.fano_bootstrap([1, 2], RNG, resamples=0), "resamples must be a whole number from 1 to .*; got 0"),
        (lambda: od.poisson_interval([]), r"x must be a list of one or more counts, or rows of them; got shape \(0,"),
        (lambda: od.poisson_coverage(0), r"fano must be positive; got 0\.0"),
        (lambda: od.nbinom_parameters(1, -1), r"alpha must be positive; got -1\.0"),
        (lambda: od.distance_to_poisson([1, 2], 1), r"mean must be one number; got shape \(2,\)"),
        (lambda: od.distance_to_poisson(1e9, 1), r"mean must be from 0 to 1e\+08; got 1000000000\.0"),
        (lambda: od.Poisson(0), r"mean must be positive; got 0\.0"),
        (lambda: od.NegativeBinomial(1, 0), r"alpha must be positive; got 0\.0"),
        (lambda: od.NegativeBinomial(1, np.nan), "alpha must be zero or more; got nan"),
        (lambda: od.NegativeBinomial(1e20, 1).sample(5, RNG), r"expected counts must be at most 1e\+18"),
        (lambda: od.LogNormalPoisson(0, -1), r"log_sd must be from 0 to 30; got -1\.0"),
        (lambda: od.ZeroInflatedPoisson(1, 1), "silent must be below 1; got 1"),
        (lambda: od.Poisson(1).sample(0, RNG), "trials must be a whole number from 1"),
        (lambda: od.Poisson(1).sample(5, None), "rng must be a numpy.random.Generator"),
        (lambda: od.Poisson(1).pmf(0.5), r"x must be a whole number of 0 or more; got 0\.5"),
        (lambda: od.NegativeBinomial.fit("abc"), "x must be numbers; got 'abc'"),
        (lambda: od.LogNormalPoisson.fit([[1, 2]]), r"x must be a list of two or more counts; got shape \(1, 2\)"),
        (lambda: od.Poisson(1).sample((5, 0), RNG), "trials must be a whole number from 1 to 1000000000; got 0"),
        (
            lambda: od.Poisson(1).sample((), RNG),
            r"trials must be one or more whole numbers of .* in all at most; got \(\)",
        ),
        (lambda: od.Poisson(1).sample((10**6, 10**6), RNG), r"in all at most; got \(1000000, 1000000\)"),
        (lambda: od.simulate_neuron(1, 0, 5, RNG), r"fano must be positive; got 0\.0"),
        (lambda: od.simulate_neuron(1e5, 0.5, 5, RNG), r"mean of a regular neuron must be from 0 to 10000; got 1000"),
        (lambda: od.simulate_neuron(1, 1, 2.5, RNG), r"trials must be a whole number from 1 to 1000000000; got 2\.5"),
        (lambda: od.simulate_units(2, 2, 1, 11, 0, RNG), r"unit_cv must be from 0 to 10; got 11\.0"),
        (lambda: od.simulate_units(2, 2, 0, 1, 0, RNG), r"mean must be positive; got 0\.0"),
        (lambda: od.rate_variances([1, 2]), r"x must have two or more units as rows and trials as columns; got"),
        (lambda: od.rate_variances([[0, 0], [0, 0]]), "x must have an event in some trial; got only zeros"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("x", [[0] * 1000 + [10**9], [0] * 99 + [10**6], [0] * 10 + [10**15] * 10])
def test_a_log_normal_fit_never_stops_at_a_bound_in_silence(x):
    with pytest.raises(ValueError, match=r"^x must be counts whose likelihood has a maximum at a log_sd below 29"):
        od.LogNormalPoisson.fit(x)


@pytest.mark.parametrize("x", [[0] * 90 + [3] * 5 + [10**5] * 5, [0] * 10 + [10**9] * 10, [0, 0, 0, 5]])
def test_a_log_normal_fit_is_a_maximum_in_both_parameters(x):
    fit = od.LogNormalPoisson.fit(x)
    for off in ([1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]):
        near = od.LogNormalPoisson(fit.log_mean + off[0], fit.log_sd * (1 + off[1]))
        assert near.log_likelihood(x) < fit.log_likelihood(x)
