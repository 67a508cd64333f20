"""One model in two geometries: its densities, its funnels, its diagnostics, and what PyMC makes of it."""

from itertools import pairwise

import arviz as az
import numpy as np
import nutpie
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from hbcourse import datasets, exact, models
from hbcourse import parameterization as forms

from .models.evaluate import log_density

SCHOOLS = datasets.eight_schools()
Y, SIGMA = SCHOOLS.y.to_numpy(float), SCHOOLS.sigma.to_numpy(float)
PRIORS = {"tau_prior": exact.HalfCauchy(5), "mu_prior": exact.Normal(0, 5)}
MIXED = ["centered", "noncentered"] * 4
FORMS = ["centered", "noncentered", MIXED]

#: Every prior of tau, and its log density by scipy.
SCALES = {
    exact.HalfCauchy(3): stats.halfcauchy(scale=3).logpdf,
    exact.HalfNormal(3): stats.halfnorm(scale=3).logpdf,
    exact.HalfT(4, 2.5): lambda tau: stats.t(4, scale=2.5).logpdf(tau) + np.log(2),
    exact.Exponential(2): stats.expon(scale=2).logpdf,
    exact.Gamma(2, 0.5): stats.gamma(2, scale=2).logpdf,
    exact.InverseGamma(1.5, 4): lambda tau: stats.invgamma(1.5, scale=4).logpdf(tau**2) + np.log(2 * tau),
    exact.Power(0.5): lambda tau: np.log(tau) / 2,
    exact.LogUniform(0.01): lambda tau: -np.log(tau),
    exact.Flat(): lambda tau: 0.0,
}


def schools(parameterization="centered"):
    return forms.target(Y, SIGMA, **PRIORS, parameterization=parameterization)


@pytest.mark.parametrize("prior", SCALES, ids=lambda prior: type(prior).__name__)
@pytest.mark.parametrize("form", FORMS, ids=["centered", "noncentered", "mixed"])
def test_log_density_and_gradient_by_scipy_and_by_differences(form, prior):
    target = forms.target(Y, SIGMA, prior, exact.Normal(1, 4), form)
    rng = np.random.default_rng(3)
    theta, mu, tau = rng.normal(5, 8, 8), 2.3, 1.7
    position = target.position(theta, mu, tau)
    # The density of theta, mu and tau, times d theta / d z for each noncentered unit and d tau / d log tau.
    density = stats.norm(theta, SIGMA).logpdf(Y).sum() + stats.norm(mu, tau).logpdf(theta).sum()
    density += stats.norm(1, 4).logpdf(mu) + SCALES[prior](tau) + (1 + (~target.centered).sum()) * np.log(tau)
    assert float(target.log_density(position)) == pytest.approx(float(density), rel=1e-12)
    slope = [
        float(target.log_density(position + step) - target.log_density(position - step)) / 2e-5
        for step in 1e-5 * np.eye(10)
    ]
    assert np.allclose(target.gradient(position), slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("form", FORMS, ids=["centered", "noncentered", "mixed"])
def test_it_is_the_density_that_pymc_walks(form):
    target, rng = schools(form), np.random.default_rng(4)
    pymc = log_density(models.normal_hierarchy(Y, SIGMA, **PRIORS, parameterization=form))
    for _ in range(3):
        position = target.position(rng.normal(5, 8, 8), rng.normal(), np.exp(rng.normal()))
        unit = "theta" if form == "centered" else "z"
        at = {"mu": position[8], "tau_log__": position[9], unit: position[:8]}
        # PyMC's constants are good to seven digits.
        assert float(target.log_density(position)) == pytest.approx(pymc(at), abs=1e-6)


def test_two_forms_differ_by_log_tau_for_each_unit():
    rng = np.random.default_rng(5)
    theta, mu, tau = rng.normal(size=(20, 8)), rng.normal(size=20), np.exp(rng.normal(size=20))
    centered, noncentered, mixed = (
        target.log_density(target.position(theta, mu, tau)) for target in map(schools, FORMS)
    )
    assert np.allclose(noncentered - centered, 8 * np.log(tau))
    assert np.allclose(mixed - centered, 4 * np.log(tau))
    for target in map(schools, FORMS):
        back = target.parameters(target.position(theta, mu, tau))
        assert all(map(np.allclose, back, (theta, mu, tau)))


def test_all_constants_are_kept():
    # Integrated over a grid of (unit, mu, log tau) it is p(y), which the engine finds by its own route.
    y, sigma, priors = [1.5], [0.8], (exact.HalfNormal(1), exact.Normal(0, 1))
    target = forms.target(y, sigma, *priors, "noncentered")
    axes = [np.linspace(-8, 8, 81), np.linspace(-6, 6, 81), np.linspace(-9, 3, 121)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    total = np.exp(target.log_density(grid)).sum() * np.prod([axis[1] - axis[0] for axis in axes])
    # The grid leaves out tau below exp(-9).
    assert total == pytest.approx(np.exp(float(exact.normal_hierarchy(y, sigma, *priors).log_evidence())), rel=3e-4)


def test_overflow_does_not_raise():
    target = schools()
    position = np.r_[np.full(8, 1e90), 0.0, -500.0]
    assert float(target.log_density(position)) == -np.inf
    assert target.gradient(position).shape == (10,)
    for form in FORMS:
        assert float(schools(form).log_density(np.r_[np.ones(8), 0.0, 900.0])) == -np.inf
        for prior in SCALES:
            target = forms.target(Y, SIGMA, prior, exact.Normal(0, 5), form)
            for log_tau in (-1e50, -800.0, -300.0, 300.0, 800.0, 1e50):
                assert not np.isnan(target.log_density(np.r_[np.ones(8), 0.0, log_tau]))


def test_leapfrog_keeps_the_energy_to_second_order_and_runs_back():
    target, rng = schools("noncentered"), np.random.default_rng(6)
    start, momentum = target.position(Y, 5.0, 4.0), rng.normal(size=10)
    walks = [forms.leapfrog(target.log_density, target.gradient, start, momentum, 1 / n, n) for n in (40, 80, 160, 320)]
    errors = [abs(walk.energy_error).max() for walk in walks]
    assert np.allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.1)
    end = forms.leapfrog(target.log_density, target.gradient, walks[0].position[-1], -walks[0].momentum[-1], 1 / 40, 40)
    assert np.allclose(end.position[-1], start)
    assert walks[0].position.shape == (41, 10)


def test_leapfrog_follows_an_oscillator():
    # One leapfrog step of q'' = -q is a rotation by arccos(1 - step^2 / 2) of an ellipse.
    step, steps = 0.3, 200
    walk = forms.leapfrog(lambda q: -q @ q / 2, lambda q: -q, [1.0], [0.0], step, steps)
    assert np.allclose(walk.position[:, 0], np.cos(np.arange(steps + 1) * np.arccos(1 - step**2 / 2)))
    assert not walk.diverged
    # Beyond the stable step the energy grows until the walk is called off.
    lost = forms.leapfrog(lambda q: -q @ q / 2, lambda q: -q, [1.0], [0.0], 2.01, 1000)
    assert lost.diverged
    assert len(lost.energy) < 100
    assert lost.energy_error[-1] > 1000


def test_a_step_that_suits_the_mouth_fails_in_the_neck():
    centered, noncentered = schools(), schools("noncentered")
    rng = np.random.default_rng(1)
    deviation, momentum = rng.normal(size=8), rng.normal(size=10)
    found = {}
    for target, name in ((centered, "centered"), (noncentered, "noncentered")):
        for tau in (10.0, 0.05):
            start = target.position(4 + tau * deviation, 4, tau)
            walk = forms.leapfrog(target.log_density, target.gradient, start, momentum, step=0.15, steps=50)
            found[name, tau] = walk.diverged
            assert walk.diverged or abs(walk.energy_error).max() < 1
    assert found == {
        ("centered", 10.0): False,
        ("centered", 0.05): True,
        ("noncentered", 10.0): False,
        ("noncentered", 0.05): False,
    }


@pytest.mark.parametrize("form", FORMS, ids=["centered", "noncentered", "mixed"])
def test_curvature_is_that_of_the_density(form):
    target, rng = schools(form), np.random.default_rng(8)
    for tau in (0.2, 3.0, 40.0):
        position = target.position(rng.normal(5, 5, 8), 3.0, tau)
        # Gradients are linear in the units and mu: differences are exact.
        hessian = np.array([target.gradient(position) - target.gradient(position + e) for e in np.eye(10)])[:9, :9]
        values = np.linalg.eigvalsh(hessian)
        found = forms.curvature(tau, SIGMA, PRIORS["mu_prior"], form)
        assert found.smallest == pytest.approx(values[0], rel=1e-7)
        assert found.largest == pytest.approx(values[-1], rel=1e-7)
        assert found.condition == pytest.approx(values[-1] / values[0], rel=1e-6)
        if isinstance(form, str):
            widths = forms.conditional_sd(tau, SIGMA, form)
            assert np.allclose(np.diag(hessian)[:8], widths**-2, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 2**32))
def test_curvature_of_random_designs(J, seed):
    rng = np.random.default_rng(seed)
    sigma, tau, sd = np.exp(rng.normal(size=J)), np.exp(2 * rng.normal()), np.exp(rng.normal())
    centered = rng.random(J) < 0.5
    border = np.where(centered, -1 / tau**2, tau / sigma**2)
    hessian = np.diag(np.append(np.where(centered, sigma**-2 + tau**-2, 1 + tau**2 / sigma**2), 0))
    hessian[:J, J] = hessian[J, :J] = border
    hessian[J, J] = sd**-2 + np.where(centered, tau**-2, sigma**-2).sum()
    found = forms.curvature(tau, sigma, exact.Normal(0, sd), ["centered" if c else "noncentered" for c in centered])
    values = np.linalg.eigvalsh(hessian)
    assert found.largest == pytest.approx(values[-1], rel=1e-12)
    assert found.smallest == pytest.approx(values[0], rel=1e-9, abs=1e-13 * values[-1])


def test_the_longest_stable_step():
    # On the density with tau held, just shorter keeps the energy and just longer loses it.
    target = schools()
    at = target.position(np.full(8, 3.0), 2.0, 0.3)

    def log_density(q):
        return target.log_density(np.append(q, at[-1]))

    def gradient(q):
        return target.gradient(np.append(q, at[-1]))[:-1]

    step = float(forms.curvature(0.3, SIGMA, PRIORS["mu_prior"]).largest_step)
    momentum = np.random.default_rng(2).normal(size=9)
    for factor, diverges in ((0.98, False), (1.02, True)):
        assert forms.leapfrog(log_density, gradient, at[:-1], momentum, factor * step, 400).diverged is diverges


def test_curvature_and_widths_at_any_scale():
    for sigma in (np.full(10_000, 1e-8), np.full(3, 1e8), np.geomspace(1e-8, 1e8, 50), np.ones(1)):
        for form in ("centered", "noncentered"):
            found = forms.curvature([1e-8, 1.0, 1e8], sigma, parameterization=form)
            assert np.all((found.smallest > 0) & (found.condition >= 1) & np.isfinite(found.largest))
            assert np.isfinite(forms.conditional_sd([1e-8, 0.0, 1e8], 1e-8, form)).all()


def test_the_funnel_is_tau_against_sigma_and_the_range_of_log_tau():
    # The same data in other units: the same funnel. More units, so that tau is known: none.
    posterior = exact.normal_hierarchy(Y, SIGMA, **PRIORS)
    tau = posterior.tau.quantile([0.05, 0.95])
    by_hand = [tau[1] / tau[0] * np.sqrt((tau[0] ** 2 + s**2) / (tau[1] ** 2 + s**2)) for s in SIGMA]
    assert np.allclose(forms.narrowing(posterior), by_hand)
    scaled = exact.normal_hierarchy(1000 * Y, 1000 * SIGMA, exact.HalfCauchy(5000), exact.Normal(0, 5000))
    assert np.allclose(forms.narrowing(scaled), forms.narrowing(posterior), rtol=1e-6)
    assert np.allclose(forms.dependence(scaled), forms.dependence(posterior), rtol=1e-6)
    rng = np.random.default_rng(3)
    many = exact.normal_hierarchy(rng.normal(rng.normal(0, 5, 400), 10.0), np.full(400, 10.0), **PRIORS)
    precise = exact.normal_hierarchy(Y, SIGMA / 30, **PRIORS)
    worst = [forms.narrowing(p).max() for p in (posterior, many, precise)]
    assert worst[0] > 20
    assert worst[1] < 10
    assert worst[2] < 1.05


def test_dependence_is_fisher_information_times_what_is_left_of_log_tau():
    posterior, rng = exact.normal_hierarchy(Y, SIGMA, **PRIORS), np.random.default_rng(9)
    sample = posterior.sample(100_000, rng)
    log_tau = np.log(sample["tau"])
    square = (sample["theta"] - sample["mu"][:, None]) ** 2 / SIGMA**2
    assert forms.dependence(posterior)[0] / 2 == pytest.approx(log_tau.var(), rel=0.02)
    assert np.allclose(forms.dependence(posterior, "noncentered"), log_tau.var() * square.mean(0), rtol=0.04)
    # The information is the variance of the score of log tau: numerically, from the target's gradient.
    theta, mu, tau = 5.0, 3.0, 2.0
    for form, information in (("centered", 2.0), ("noncentered", (theta - mu) ** 2 / SIGMA[0] ** 2)):
        if form == "centered":
            scores = rng.normal(size=400_000) ** 2 - 1
        else:
            scores = (theta - mu) * rng.normal(size=400_000) / SIGMA[0]
        assert scores.var() == pytest.approx(information, rel=0.02)
        assert tau > 0


def test_the_variance_of_log_tau_against_adaptive_quadrature():
    def log_density(u):
        covariance = np.diag(SIGMA**2 + np.exp(2 * u)) + 25
        return stats.multivariate_normal(np.zeros(8), covariance).logpdf(Y) + u - np.log1p(np.exp(2 * u) / 25) + 30

    def integral(power):
        ends = [-30, -10, -3, 0, 2, 4, 8, 20]
        return sum(integrate.quad(lambda u: u**power * np.exp(log_density(u)), *end)[0] for end in pairwise(ends))

    total, first, second = map(integral, range(3))
    posterior = exact.normal_hierarchy(Y, SIGMA, **PRIORS)
    assert forms.dependence(posterior)[0] == pytest.approx(2 * (second / total - (first / total) ** 2), rel=1e-6)


def test_dependence_of_a_batch_and_its_crossover():
    scale = np.geomspace(0.2, 40, 60)
    batch = exact.normal_hierarchy(np.tile(Y, (60, 1)), SIGMA / scale[:, None], **PRIORS)
    centered, noncentered = (forms.dependence(batch, form) for form in ("centered", "noncentered"))
    assert centered.shape == (60, 8)
    one = exact.normal_hierarchy(Y, SIGMA / scale[30], **PRIORS)
    assert np.allclose(forms.dependence(one, "noncentered"), noncentered[30], rtol=1e-6)
    # In sum over the schools the forms tie where tau is about sigma.
    gap = np.log(centered.sum(1) / noncentered.sum(1))
    at = optimize.brentq(lambda x: np.interp(x, scale, gap), scale[0], scale[-1])
    tau = np.interp(at, scale, batch.tau.quantile(0.5))
    assert 0.5 < tau / np.median(SIGMA / at) < 2
    assert np.all(np.diff(np.sign(gap)) <= 0)


def test_dependence_is_infinite_where_mu_has_no_sd():
    posterior = exact.normal_hierarchy([1.0, 2.0, 4.0], 1.0)
    assert np.isinf(forms.dependence(posterior, "noncentered")).all()
    assert np.isfinite(forms.dependence(posterior)).all()


def test_the_rule_gives_what_the_model_takes():
    words = forms.choose_parameterization(
        float(exact.normal_hierarchy(Y, SIGMA, **PRIORS).tau.quantile(0.5)), SIGMA / np.tile([1, 30], 4)
    )
    assert forms.choose_parameterization(5.0, [4.9, 5.0, 5.1]) == ["centered", "noncentered", "noncentered"]
    model = models.normal_hierarchy(Y, SIGMA, **PRIORS, parameterization=forms.choose_parameterization(11, SIGMA))
    assert len(words) == 8
    # A list of words, an array of them and a Series do the same.
    for same in (tuple(words), np.array(words), pd.Series(words)):
        assert schools(same).centered.tolist() == [word == "centered" for word in words]
    assert schools(np.array("centered")).centered.all()
    assert [variable.name for variable in model.free_RVs] == ["mu", "tau", "z"]


def chains_of(kind, chains, draws, rng):
    """Independent, slow, alternating, shifted, and without a mean."""
    x = rng.normal(size=(chains, draws))
    for coefficient in {"slow": [0.95], "alternating": [-0.7]}.get(kind, []):
        for t in range(1, draws):
            x[:, t] += coefficient * x[:, t - 1]
    if kind == "shifted":
        x += 3 * rng.normal(size=(chains, 1))
    return rng.standard_cauchy(size=x.shape) if kind == "Cauchy" else x


KINDS = ["independent", "slow", "alternating", "shifted", "Cauchy"]


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(KINDS), st.integers(2, 5), st.integers(4, 300), st.integers(0, 2**32))
def test_split_rhat_and_ess_are_those_of_arviz(kind, chains, draws, seed):
    x = chains_of(kind, chains, draws, np.random.default_rng(seed))
    assert forms.split_rhat(x) == pytest.approx(float(az.rhat(x, method="split")), rel=1e-8)
    assert forms.ess(x) == pytest.approx(float(az.ess(x, method="mean")), rel=1e-8)


def test_ess_of_an_autoregression():
    # In theory N (1 - a) / (1 + a); the estimate has a standard error of a few percent in 80,000 draws.
    rng, a = np.random.default_rng(10), 0.8
    x = rng.normal(size=(8, 10_000))
    for t in range(1, 10_000):
        x[:, t] += a * x[:, t - 1]
    assert forms.ess(x) == pytest.approx(80_000 * (1 - a) / (1 + a), rel=0.08)
    assert forms.split_rhat(x) == pytest.approx(1, abs=0.002)
    assert forms.split_rhat(x + 10 * np.arange(8)[:, None]) > 5


def tree(**changes):
    rng = np.random.default_rng(11)
    stats = {
        "diverging": np.zeros((4, 500), bool),
        "energy": rng.normal(10, 2, (4, 500)),
        "n_steps": np.full((4, 500), 7),
        "tree_depth": np.full((4, 500), 3),
    }
    posterior = {"mu": rng.normal(size=(4, 500)), "theta": rng.normal(size=(4, 500, 3))}
    return az.from_dict({"posterior": posterior | changes.pop("posterior", {}), "sample_stats": stats | changes})


def test_diagnostics_of_a_data_tree():
    good = forms.diagnostics(tree())
    summary = az.summary(tree(), round_to="none")
    assert good.draws == 2000
    assert good.r_hat == pytest.approx(float(summary["r_hat"].max()), rel=1e-8)
    assert good.ess_bulk == pytest.approx(float(summary["ess_bulk"].min()), rel=1e-8)
    tail = az.ess(tree(), method="tail", prob=(0.05, 0.95))
    assert good.ess_tail == pytest.approx(min(float(tail[name].min()) for name in ("mu", "theta")), rel=1e-8)
    assert summary.index[summary["ess_bulk"].argmin()] == good.slowest
    assert (good.divergences, good.divergent_share, good.steps, good.tree_depth) == (0, 0.0, 7.0, 3.0)
    energy = tree().sample_stats.energy.to_numpy()
    assert good.e_bfmi == pytest.approx(float(np.min(az.bfmi(energy, chain_axis=0, draw_axis=1))), rel=0.01)
    assert good.verdict.startswith("No sign of trouble")
    assert forms.diagnostics(tree(), ["mu"]).slowest == "mu"


def test_the_verdict_names_each_problem():
    rng = np.random.default_rng(12)
    diverging = np.zeros((4, 500), bool)
    diverging[2, 5:8] = True
    walk = np.cumsum(rng.normal(size=(4, 500)), axis=1)
    for changes, words in (
        ({"diverging": diverging}, "3 trajectories diverged"),
        ({"energy": walk}, "E-BFMI"),
        ({"posterior": {"mu": walk}}, "the chains disagree"),
        ({"posterior": {"mu": np.repeat(rng.normal(size=(4, 25)), 20, axis=1)}}, "effective draws are too few"),
        ({"posterior": {"mu": np.repeat([[1.0], [2], [3], [4]], 500, axis=1)}}, "the chains disagree"),
    ):
        verdict = forms.diagnostics(tree(**changes)).verdict
        assert verdict.startswith("Do not use these draws yet: ")
        assert words in verdict
    # A quantity that is constant by definition is none.
    constant = forms.diagnostics(tree(posterior={"one": np.ones((4, 500))}))
    assert constant == forms.diagnostics(tree())


def test_bias_of_exact_draws_is_standard_normal():
    posterior, rng = exact.normal_hierarchy(Y, SIGMA, **PRIORS), np.random.default_rng(13)
    z = []
    for _ in range(60):
        sample = posterior.sample(800, rng)
        bias = forms.bias_in_mcse({name: a.reshape(4, 200, *a.shape[1:]) for name, a in sample.items()}, posterior)
        assert {name: value.shape for name, value in bias.items()} == {"tau": (), "mu": (), "theta": (8,)}
        z.append([bias["tau"], bias["mu"], bias["theta"][0]])
    # The ESS is an estimate, so that its square root adds a few percent.
    assert np.all(abs(np.mean(z, axis=0)) < 4.5 / np.sqrt(60))
    assert np.all(abs(np.std(z, axis=0) - 1) < 0.42)
    shifted = posterior.sample(4000, rng)["mu"].reshape(4, 1000) + 0.5
    assert forms.bias_in_mcse({"mu": shifted}, posterior)["mu"] == pytest.approx(
        0.5 / (float(posterior.mu.sd()) / np.sqrt(4000)), abs=4.5
    )


@pytest.fixture(scope="module")
def sample():
    """Draws by PyMC's default sampler, of models that are compiled once in each form."""
    compiled = {
        form: nutpie.compile_pymc_model(models.normal_hierarchy(Y, SIGMA, **PRIORS, parameterization=form))
        for form in ("centered", "noncentered")
    }

    def draw(form, seed, sigma=SIGMA):
        model = compiled[form].with_data(sigma=sigma, y_data=Y)
        return nutpie.sample(model, draws=1000, tune=500, chains=4, cores=2, seed=seed, progress_bar=False)

    return draw


#: How often each form is drawn from.
RUNS = {"centered": 16, "noncentered": 4}


def test_a_funnel_biases_the_answer(sample):
    # Exactly, E tau is 3.598.
    posterior = exact.normal_hierarchy(Y, SIGMA, **PRIORS)
    assert float(posterior.tau.mean()) == pytest.approx(3.60, abs=5e-3)
    centered, noncentered = ([sample(form, seed) for seed in range(n)] for form, n in RUNS.items())
    means = [[float(draws.posterior.tau.mean()) for draws in runs] for runs in (centered, noncentered)]
    # 12% too high, with a standard deviation between runs of 0.4; non-centered it is 0.05, so that four are enough.
    assert np.mean(means[0]) > 3.7
    assert abs(np.mean(means[1]) - 3.598) < 0.1
    worst = [[abs(forms.bias_in_mcse(draws, posterior)["tau"]) for draws in runs] for runs in (centered, noncentered)]
    assert max(worst[1]) < 4.5
    found = [[forms.diagnostics(draws, ["mu", "tau", "theta"]) for draws in runs] for runs in (centered, noncentered)]
    divergent = [np.mean([one.divergences for one in several]) for several in found]
    assert divergent[0] > 5 * divergent[1]
    assert all("diverged" in one.verdict for one in found[0])
    assert np.median([one.ess_bulk for one in found[0]]) < 400 < min(one.ess_bulk for one in found[1])
    assert all(one.steps > 3 and one.tree_depth > 1 and one.e_bfmi > 0 for runs in found for one in runs)


def test_precise_data_reverse_the_order_by_more_than_tenfold(sample):
    # What the dependence on tau predicts, before any draw.
    predicted, ess = {}, {}
    for cut in (1, 30):
        posterior = exact.normal_hierarchy(Y, SIGMA / cut, **PRIORS)
        for form in ("centered", "noncentered"):
            predicted[cut, form] = forms.dependence(posterior, form).sum()
            runs = [forms.diagnostics(sample(form, seed, SIGMA / cut), ["tau"]).ess_bulk for seed in range(3)]
            ess[cut, form] = np.median(runs)
    assert ess[1, "noncentered"] > 3 * ess[1, "centered"]
    assert ess[30, "centered"] > 10 * ess[30, "noncentered"]
    order = sorted(ess, key=ess.get)
    assert predicted[order[0]] > predicted[order[-1]]
    assert predicted[1, "centered"] > 3 * predicted[1, "noncentered"]
    assert predicted[30, "noncentered"] > 10 * predicted[30, "centered"]


def test_a_form_for_each_unit_depends_less_on_tau_than_either():
    # Half of the units have sigma far below tau, half far above; tests/test_claims.py draws from such a posterior.
    rng, sigma = np.random.default_rng(0), np.tile([0.1, 10.0], 4)
    posterior = exact.normal_hierarchy(rng.normal(rng.normal(0, 2, 8), sigma), sigma, **PRIORS)
    choice = forms.choose_parameterization(float(posterior.tau.quantile(0.5)), sigma)
    assert choice == MIXED
    by_rule, centered, noncentered = (
        forms.dependence(posterior, form).sum() for form in (choice, "centered", "noncentered")
    )
    assert by_rule < 0.7 * centered
    assert by_rule < 0.1 * noncentered


BAD = [
    None,
    "x",
    [],
    [np.nan] * 10,
    [np.inf] * 10,
    [1j] * 10,
    np.ma.masked_all(10),
    [[1.0], [1.0, 2.0]],
    [10**400] * 10,
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize(
    "call",
    [
        lambda bad: forms.target(bad, 1.0),
        lambda bad: forms.target(Y, bad),
        lambda bad: schools().log_density(bad),
        lambda bad: schools().gradient(bad),
        lambda bad: schools().parameters(bad),
        lambda bad: schools().position(bad, 1.0, 1.0),
        lambda bad: forms.choose_parameterization(1.0, bad),
        lambda bad: forms.choose_parameterization(bad, 1.0),
        lambda bad: forms.conditional_sd([1.0] * 3, bad),
        lambda bad: forms.curvature(1.0, bad),
        lambda bad: forms.split_rhat(bad),
        lambda bad: forms.ess(bad),
        lambda bad: forms.diagnostics(bad),
        lambda bad: forms.diagnostics({"mu": bad}),
        lambda bad: forms.bias_in_mcse(bad, exact.normal_hierarchy(Y, SIGMA)),
        lambda bad: forms.leapfrog(schools().log_density, schools().gradient, bad, np.ones(10), 0.1, 5),
        lambda bad: forms.narrowing(bad),
        lambda bad: forms.dependence(bad),
        lambda bad: forms.target(Y, SIGMA, bad),
        lambda bad: forms.target(Y, SIGMA, exact.HalfCauchy(1), bad),
        lambda bad: forms.target(Y, SIGMA, parameterization=bad),
    ],
)
def test_malformed_input_gets_one_sentence(call, bad):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        call(bad)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forms.target([1, 2], 1.0), "needs 3 or more units"),
        (lambda: schools().log_density(np.ones(9)), r"position must hold 8 units, mu and log tau, 10 numbers"),
        (lambda: schools().position([1.0], 0, 1), r"theta must have one entry for each y, \(8,\); got shape \(1,\)"),
        (lambda: schools().position(Y, 0, 0), r"tau must be positive; got 0\.0"),
        (lambda: schools(["centered"]), "parameterization must be 'centered' or 'noncentered', or a list"),
        (
            lambda: schools(np.array(["centered"] * 7)),
            "parameterization must be 'centered' or 'noncentered', or a list",
        ),
        (lambda: schools(np.array([MIXED])), "parameterization must be 'centered' or 'noncentered', or a list"),
        (lambda: schools("center"), "parameterization must be 'centered' or 'noncentered'"),
        (lambda: forms.choose_parameterization(-1, SIGMA), r"tau must be zero or more; got -1\.0"),
        (lambda: forms.split_rhat(np.ones((4, 10))), r"chains must vary; all draws are 1\.0"),
        (lambda: forms.ess(np.ones(10)), r"chains must be of shape \(chain, draw\)"),
        (lambda: forms.diagnostics(np.ones((4, 10))), "draws must hold a quantity that varies; got none"),
        (lambda: forms.diagnostics(np.arange(10.0)[None]), "draws must have 2 or more chains of 4 or more draws"),
        (lambda: forms.diagnostics(tree(), ["tau"]), "names must be among mu, theta; got 'tau'"),
        (
            lambda: forms.bias_in_mcse({"x": np.eye(4)}, exact.normal_hierarchy(Y, SIGMA)),
            "draws must hold a quantity that the posterior has, such as tau; got x",
        ),
        (
            lambda: forms.bias_in_mcse({"theta": np.eye(4)}, exact.normal_hierarchy(Y, SIGMA)),
            r"draws of theta must have the shape of the exact posterior's, \(8,\); got \(\)",
        ),
        (
            lambda: forms.bias_in_mcse({"tau": np.eye(4)}, exact.normal_hierarchy([1.0, 2, 4], 1.0)),
            "tau must be finite; got inf|must have a finite sd",
        ),
        (
            lambda: forms.leapfrog(np.sum, np.sum, np.ones(2), np.ones(2), 1, 1),
            r"gradient must return the shape of position, \(2,\); got \(\)",
        ),
        (lambda: forms.leapfrog(np.sum, np.ones_like, [1.0], [1.0], 0, 1), r"step must be positive; got 0\.0"),
        (lambda: forms.leapfrog(np.sum, np.ones_like, [1.0], [1.0], 1, 0), "steps must be a whole number from 1"),
        (lambda: forms.leapfrog(np.sum, np.ones_like, [1.0], [1.0, 2.0], 1, 1), "momentum must have the shape"),
        (lambda: forms.leapfrog(None, np.ones_like, [1.0], [1.0], 1, 1), "log_density must be a function; got None"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
