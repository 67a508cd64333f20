"""Every estimator and engine at the ends: tiny and huge scales, one unit and ten thousand, ties, outliers, limits."""

import importlib
import inspect
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hbcourse
from hbcourse import exact, hierarchy, james_stein, pooling, shrinkage
from hbcourse.estimates import Estimates
from hbcourse.exact import Exponential, Flat, Gamma, HalfNormal, Normal

# Each in units of ``unit``, measured from ``origin``: the same estimator in other units.
ESTIMATORS = {
    "no_pooling": lambda y, sigma, unit, origin: pooling.no_pooling(y, sigma),
    "complete_pooling": lambda y, sigma, unit, origin: pooling.complete_pooling(y, sigma),
    "partial_pooling": lambda y, sigma, unit, origin: pooling.partial_pooling(y, sigma, tau=1.3 * unit),
    **{
        f"empirical_bayes {method}": lambda y, sigma, unit, origin, method=method: shrinkage.empirical_bayes(
            y, sigma, method
        )
        for method in ("dersimonian_laird", "hedges", "paule_mandel", "ml", "reml")
    },
    "james_stein": lambda y, sigma, unit, origin: james_stein.james_stein(y, sigma, origin),
    "james_stein mean": lambda y, sigma, unit, origin: james_stein.james_stein(y, sigma, "mean"),
    "james_stein positive": lambda y, sigma, unit, origin: james_stein.james_stein(y, sigma, origin, True),
    "james_stein mean positive": lambda y, sigma, unit, origin: james_stein.james_stein(y, sigma, "mean", True),
    "limited_translation": lambda y, sigma, unit, origin: james_stein.limited_translation(y, sigma, 0.7, origin),
    "limited_translation mean": lambda y, sigma, unit, origin: james_stein.limited_translation(y, sigma, 0.7, "mean"),
}
# Only the plain James-Stein estimator goes beyond its target.
NEGATIVE_WEIGHTS = {"james_stein", "james_stein mean"}


def marginals(posterior, names):
    """What a posterior says: means, standard deviations and quantiles."""
    said = {}
    for name in names:
        marginal = getattr(posterior, name)
        for level, one in enumerate(marginal if isinstance(marginal, tuple) else [marginal]):
            said[f"{name}{level} mean"], said[f"{name}{level} sd"] = one.mean(), one.sd()
            said[f"{name}{level} quantiles"] = one.quantile([0.025, 0.5, 0.975])
    return said


def normal(y, sigma, unit=1.0, origin=0.0):
    return exact.normal_hierarchy(y, sigma, HalfNormal(unit), Normal(origin, 5 * unit))


def student_t(y, sigma, unit=1.0, origin=0.0):
    return exact.student_t_hierarchy(y, sigma, 4.0, HalfNormal(unit), Normal(origin, 5 * unit))


def nested(y, unit=1.0, origin=0.0):
    return exact.nested_normal(y, HalfNormal(2 * unit), HalfNormal(2 * unit), Normal(origin, 5 * unit))


def counts(x, exposure, unit=1.0):
    return exact.gamma_poisson(x, exposure, Exponential(1), Gamma(3.0, 1 / unit))


def proportions(y, n, mu_prior=exact.Beta(1, 1)):
    return exact.beta_binomial(y, n, Gamma(2, 0.1), mu_prior)


LOCATED = ("theta", "mu", "tau")
ENGINES = {"normal": normal, "student_t": student_t}


def two_groups(z, sigma, unit=1.0):
    known, fitted = exact.two_groups(z, sigma, pi0=0.8, slab=3 * unit), exact.two_groups(z, sigma)
    said = {}
    for name, posterior in (("known", known), ("fitted", fitted)):
        said |= {f"{name} {key}": getattr(posterior, key) for key in ("pi0", "slab", "local_fdr", "tail_fdr")}
        said[f"{name} sign"] = posterior.local_false_sign_rate
        said[f"{name} mean"], said[f"{name} sd"] = posterior.theta.mean(), posterior.theta.sd()
    return said


def data(J, pattern, scale=1.0):
    """Estimates of J units and their standard errors."""
    rng = np.random.default_rng(J)
    y, sigma = rng.normal(0, 1.5, J), np.exp(rng.normal(0, 0.5, J))
    match pattern:
        case "all equal":
            y[:] = 0.7
        case "all zero, equal sigma":
            y[:], sigma[:] = 0.0, 1.0
        case "repeated values":
            y, sigma[:] = np.round(y), 2.0
        case "one far away":
            y[0] = 1e4
        case "all far from the prior":
            y += 1e6
        case "sigma from 1e-8 to 1e8":
            sigma = np.geomspace(1e-8, 1e8, J)
    return scale * y, scale * sigma


PATTERNS = [
    "plain",
    "all equal",
    "all zero, equal sigma",
    "repeated values",
    "one far away",
    "all far from the prior",
    "sigma from 1e-8 to 1e8",
]
SCALES = [1e-8, 1.0, 1e8]


def all_finite(said):
    return all(np.isfinite(value).all() for value in said.values())


def assert_same(said, expected, rtol, atol=0.0):
    """Two accounts of the same: each value within its tolerance, relative to the largest of its kind."""
    for name, value in expected.items():
        bound = rtol * np.max(abs(np.asarray(value)), initial=0) + atol
        assert np.max(abs(said[name] - value), initial=0) <= bound, (name, said[name], value)


def test_each_estimator_is_here():
    here = {name.split(" ")[0] for name in ESTIMATORS} | {"gamma_poisson_rates"}
    for module_name in set(hbcourse.__all__) - {"check", "datasets", "models", "plots"}:
        module = importlib.import_module(f"hbcourse.{module_name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("_") and function.__annotations__.get("return") is Estimates:
                assert name in here, name


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_estimates_are_finite_and_weights_lie_between_zero_and_one(name, pattern):
    for scale in SCALES:
        for J in (1, 2, 3, 8, 10_000):
            if J == 1 and name.startswith("empirical_bayes"):
                continue
            y, sigma = data(J, pattern, scale)
            estimates = ESTIMATORS[name](y, sigma, scale, 0.0)
            assert np.isfinite(estimates.theta).all()
            assert np.isfinite(estimates.mu)
            assert np.all((estimates.se >= 0) & np.isfinite(estimates.se))
            assert estimates.tau >= 0
            low, high = (-np.inf if name in NEGATIVE_WEIGHTS else 0.0), 1.0
            assert np.all((estimates.data_weight >= low) & (estimates.data_weight <= high))
            if name not in NEGATIVE_WEIGHTS:
                # Between the data and the common mean, which are all equal or zero here: rounding only.
                ends = np.sort([y, np.full(J, estimates.mu)], axis=0)
                slack = 1e-12 * abs(ends).max()
                assert np.all((estimates.theta >= ends[0] - slack) & (estimates.theta <= ends[1] + slack))


SETS = st.integers(3, 12).flatmap(
    lambda J: st.tuples(
        st.lists(st.floats(-10, 10).map(lambda value: round(value, 3)), min_size=J, max_size=J),
        st.lists(st.floats(0.1, 5).map(lambda value: round(value, 3)), min_size=J, max_size=J),
        st.permutations(range(J)),
    )
)


def moved(said, unit, origin):
    """The same estimates in other units: those of location move with the origin."""
    return {
        name: value * unit + (origin if name in ("theta", "mu") else 0.0) if name != "data_weight" else value
        for name, value in said.items()
    }


@pytest.mark.parametrize("name", ESTIMATORS)
@given(SETS, st.sampled_from([1e-8, 1e-3, 1.0, 1e8]), st.sampled_from([-100.0, 0.0, 3.0]))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_estimators_do_not_know_labels_units_or_origin(name, drawn, unit, origin):
    y, sigma, order = (np.asarray(part) for part in drawn)
    said = asdict(ESTIMATORS[name](y, sigma, 1.0, 0.0))
    there = asdict(ESTIMATORS[name](unit * (y + origin), unit * sigma, unit, unit * origin))
    relabelled = asdict(ESTIMATORS[name](y[order], sigma[order], 1.0, 0.0))
    # Near a tie of its maxima, or where the data barely show a spread, tau is the root of a rounding error.
    loose = 1e-5 if name.startswith("empirical_bayes") else 1e-9
    finite = {key: value for key, value in moved(said, unit, unit * origin).items() if np.isfinite(value).all()}
    assert_same({key: there[key] for key in finite}, finite, loose, unit * loose)
    finite = {key: value[order] if np.ndim(value) else value for key, value in said.items() if np.isfinite(value).all()}
    assert_same(relabelled, finite, loose, loose)


def test_partial_pooling_goes_from_complete_to_no_pooling():
    for pattern in PATTERNS:
        y, sigma = data(8, pattern)
        none, complete = pooling.no_pooling(y, sigma), pooling.complete_pooling(y, sigma)
        for tau, end in ((0.0, complete), (1e-30, complete), (1e30, none), (np.inf, none)):
            partial = pooling.partial_pooling(y, sigma, tau)
            assert np.allclose(partial.theta, end.theta, rtol=1e-9)
            assert np.allclose(partial.data_weight, end.data_weight, atol=1e-12)


def test_rates_of_counts_are_finite_and_move_with_the_unit_of_exposure():
    for scale in SCALES:
        for J in (1, 8, 10_000):
            rng = np.random.default_rng(J)
            x, exposure = rng.poisson(3, J), rng.uniform(0.5, 2, J)
            rates = hierarchy.gamma_poisson_rates(x, exposure, 2.0, 1.0)
            there = hierarchy.gamma_poisson_rates(x, scale * exposure, 2.0, scale)
            assert np.allclose(there.theta * scale, rates.theta, rtol=1e-12)
            assert np.allclose(there.se * scale, rates.se, rtol=1e-12)
            assert np.all((there.data_weight > 0) & (there.data_weight < 1))
            order = rng.permutation(J)
            assert np.array_equal(
                hierarchy.gamma_poisson_rates(x[order], exposure[order], 2.0, 1.0).theta, rates.theta[order]
            )


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_posteriors_of_means_are_finite(name, pattern):
    for scale in SCALES:
        # The Student-t engine takes seconds where each unit has a scale of its own.
        for J in (1, 2, 8, 100) if name == "normal" else (1, 3):
            posterior = ENGINES[name](*data(J, pattern, scale), scale)
            said = marginals(posterior, LOCATED)
            assert all_finite(said)
            for key, value in said.items():
                if key.endswith("quantiles"):
                    assert np.all(np.diff(value, axis=0) >= 0), key
                if key.endswith("sd"):
                    assert np.all(value > 0), key
            assert np.isfinite(posterior.log_evidence())
            draws = posterior.sample(3, np.random.default_rng(1))
            assert all(np.isfinite(value).all() for value in draws.values())


def test_ten_thousand_units_are_fitted_by_every_engine():
    J, rng = 10_000, np.random.default_rng(1)
    y, sigma = data(J, "plain")
    for name, fit in ENGINES.items():
        posterior = fit(y, sigma)
        # So many units tell mu and tau: of these data 0 and 1.5 less the noise.
        assert posterior.mu.sd() < 0.05
        assert posterior.tau.sd() < 0.05
        # Another three seconds of the Student-t engine.
        if name == "normal":
            assert all_finite({"mean": posterior.theta.mean(), "sd": posterior.theta.sd()})
    x, n = rng.poisson(rng.gamma(2, 1, J)), np.full(J, 20)
    for posterior in (counts(x, 1.0), proportions(rng.binomial(n, rng.beta(2, 3, J)), n)):
        assert all_finite({"mean": posterior.theta.mean(), "sd": posterior.theta.sd()})
        assert np.all((posterior.data_weight() > 0) & (posterior.data_weight() < 1))
    assert all_finite(two_groups(y, sigma))
    observations = rng.normal(size=(J // 2, 2)) + rng.normal(size=(J // 2, 1))
    assert all_finite(marginals(nested(observations), ("mu", "tau", "sigma")))


@pytest.mark.parametrize("name", ENGINES)
@given(SETS, st.sampled_from(SCALES), st.sampled_from([-100.0, 3.0]))
@settings(max_examples=4, deadline=None, derandomize=True)
def test_engines_do_not_know_labels_units_or_origin(name, drawn, unit, origin):
    y, sigma, order = (np.asarray(part) for part in drawn)
    said = marginals(ENGINES[name](y, sigma), LOCATED)
    there = marginals(ENGINES[name](unit * (y + origin), unit * sigma, unit, unit * origin), LOCATED)
    expected = {
        key: unit * (value + (0.0 if "sd" in key or key.startswith("tau") else origin)) for key, value in said.items()
    }
    assert_same(there, expected, 1e-6)
    relabelled = marginals(ENGINES[name](y[order], sigma[order]), LOCATED)
    assert_same(relabelled, {key: value[..., order] if "theta" in key else value for key, value in said.items()}, 1e-6)


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (8, 5), (2, 300), (2, 2, 2), (1, 2, 3)])
def test_nested_groups_are_finite_and_know_no_labels_units_or_origin(shape):
    rng = np.random.default_rng(5)
    plain = rng.normal(size=shape) + 2 * rng.normal(size=shape[:-1])[..., None]
    names = ("mu", "tau", "sigma", "theta")
    said = marginals(nested(plain), names)
    assert all_finite(said)
    relabelled = marginals(nested(plain[::-1]), names)
    for key in said:
        if "theta" not in key:
            assert_same({key: relabelled[key]}, {key: said[key]}, 1e-6)
    for unit, origin in ((1e-8, 0.0), (1e8, 3.0)):
        there = marginals(nested(unit * (plain + origin), unit, unit * origin), names)
        moves = {key: 0.0 if "sd" in key or key.startswith(("tau", "sigma")) else origin for key in said}
        assert_same(there, {key: unit * (value + moves[key]) for key, value in said.items()}, 1e-6)
    far, apart = plain + 1e6, plain + 1e6 * rng.normal(size=shape[:-1])[..., None]
    outlier, equal_means = plain.copy(), plain - plain.mean(-1, keepdims=True)
    outlier.flat[0] = 1e4
    assert all(all_finite(marginals(nested(y), names)) for y in (far, apart, outlier, equal_means))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_two_groups_are_finite_and_know_no_labels_units_or_signs(pattern):
    for J in (1, 2, 8, 100, 10_000):
        z, sigma = data(J, pattern)
        said = two_groups(z, sigma)
        assert all_finite(said)
        for kind in ("known", "fitted"):
            for key in ("pi0", "local_fdr", "tail_fdr", "sign"):
                assert np.all((said[f"{kind} {key}"] >= 0) & (said[f"{kind} {key}"] <= 1))
        order = np.random.default_rng(1).permutation(J)
        relabelled = two_groups(z[order], sigma[order])
        assert_same(relabelled, {key: v[order] if np.ndim(v) else v for key, v in said.items()}, 1e-5, 1e-6)
        mirrored = two_groups(-z, sigma)
        assert_same(mirrored, {key: -v if key.endswith("mean") else v for key, v in said.items()}, 1e-9, 1e-12)
        for unit in (1e-8, 1e8):
            there = two_groups(unit * z, unit * sigma, unit)
            in_units = {key: key.endswith(("mean", "sd", "slab")) for key in said}
            expected = {key: unit * value if in_units[key] else value for key, value in said.items()}
            for key, value in expected.items():
                assert_same({key: there[key]}, {key: value}, 1e-5, 1e-6 * (unit if in_units[key] else 1))


COUNTS = {
    "plain": [3, 0, 1, 7, 2, 2],
    "all equal": [3] * 6,
    "one event": [1, 0, 0, 0, 0, 0],
    "one unit": [4],
    "millions": [3_000_000, 1_000_000, 2_500_000],
    "one far away": [100_000, 1, 2, 0, 3],
    "none": [0, 0, 0],
}


@pytest.mark.parametrize("pattern", COUNTS)
def test_posteriors_of_rates_are_finite_and_know_no_labels_or_units(pattern):
    x = np.array(COUNTS[pattern])
    exposure = np.linspace(1, 3, len(x))
    names = ("theta", "mu", "beta")
    posterior = counts(x, exposure)
    said = marginals(posterior, names)
    assert all_finite(said)
    assert np.all((posterior.data_weight() > 0) & (posterior.data_weight() <= 1))
    relabelled = marginals(counts(x[::-1], exposure[::-1]), names)
    assert_same(relabelled, {key: v[..., ::-1] if "theta" in key else v for key, v in said.items()}, 1e-5)
    for unit in (1e-8, 1e8):
        there = marginals(counts(x, unit * exposure, unit), names)
        expected = {key: value * unit if key.startswith("beta") else value / unit for key, value in said.items()}
        assert_same(there, expected, 1e-5)


SUCCESSES = {
    "plain": ([2, 0, 7, 3], [10, 9, 8, 20]),
    "all equal": ([3] * 5, [10] * 5),
    "none": ([0, 0, 0], [5, 6, 7]),
    "all of them": ([5, 6, 7], [5, 6, 7]),
    "one unit": ([2], [5]),
    "one trial each": ([0, 1, 1, 0], [1, 1, 1, 1]),
    "millions": ([2_000_000] * 2, [5_000_000] * 2),
}


@pytest.mark.parametrize("pattern", SUCCESSES)
def test_posteriors_of_proportions_are_finite_and_know_no_labels_or_which_is_success(pattern):
    y, n = (np.array(part) for part in SUCCESSES[pattern])
    names = ("theta", "mu", "kappa")
    posterior = proportions(y, n, exact.Beta(2, 3))
    said = marginals(posterior, names)
    assert all_finite(said)
    assert np.all((posterior.data_weight() > 0) & (posterior.data_weight() <= 1))
    relabelled = marginals(proportions(y[::-1], n[::-1], exact.Beta(2, 3)), names)
    assert_same(relabelled, {key: v[..., ::-1] if "theta" in key else v for key, v in said.items()}, 1e-5)
    failures = marginals(proportions(n - y, n, exact.Beta(3, 2)), names)
    for key, value in said.items():
        mirrored = value
        if not key.startswith("kappa"):
            mirrored = 1 - value if key.endswith("mean") else 1 - value[::-1] if key.endswith("quantiles") else value
        assert_same({key: failures[key]}, {key: mirrored}, 1e-5)


def known(value):
    """A prior that all but fixes a positive quantity: its standard deviation is a thousandth of its mean."""
    return Gamma(1e6, 1e6 / value)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_engines_go_from_complete_to_no_pooling(pattern):
    y, sigma = data(6, pattern)
    none, complete = pooling.no_pooling(y, sigma), pooling.complete_pooling(y, sigma)
    small, large = 1e-5 * sigma.min(), 1e6 * max(sigma.max(), np.ptp(y))
    scale = sigma.min() + np.ptp(y)
    fits = [lambda prior: exact.normal_hierarchy(y, sigma, prior, Flat())]
    # In a population of heavy tails a unit far from the others stays there, however small its scale.
    if pattern not in ("one far away", "sigma from 1e-8 to 1e8"):
        fits.append(lambda prior: exact.student_t_hierarchy(y, sigma, 4.0, prior, Flat()))
    for fit in fits:
        assert np.allclose(fit(known(small)).theta.mean(), complete.theta, rtol=1e-7, atol=1e-6 * scale)
        assert np.allclose(fit(known(large)).theta.mean(), none.theta, rtol=1e-5, atol=1e-5 * scale)


def test_counts_and_proportions_go_from_complete_to_no_pooling():
    x, exposure = np.array([3, 1, 7, 2]), np.array([1.0, 2.0, 3.0, 1.5])
    pooled = exact.gamma_poisson(x, exposure, known(1e9), Exponential(1e9)).theta.mean()
    assert np.allclose(pooled, pooled[0], rtol=1e-4)
    assert pooled[0] == pytest.approx(x.sum() / exposure.sum(), rel=0.1)
    alone = exact.gamma_poisson(x, exposure, known(1e-6), known(1e-6)).theta.mean()
    assert np.allclose(alone, x / exposure, rtol=1e-5)
    y, n = np.array([2, 1, 7, 3]), np.array([10, 9, 8, 20])
    pooled = exact.beta_binomial(y, n, known(1e9)).theta.mean()
    assert np.allclose(pooled, (y.sum() + 1) / (n.sum() + 2), rtol=1e-6)
    alone = exact.beta_binomial(y, n, known(1e-6)).theta.mean()
    assert np.allclose(alone, y / n, rtol=1e-5)


def test_nested_groups_and_two_groups_go_from_complete_to_no_pooling():
    y = np.random.default_rng(2).normal(size=(5, 4)) + np.arange(5)[:, None]
    pooled, alone = (
        exact.nested_normal(y, known(spread), HalfNormal(2), Flat()).theta[-1].mean() for spread in (1e-5, 1e5)
    )
    assert np.allclose(pooled, y.mean(), atol=1e-5)
    assert np.allclose(alone, y.mean(1), atol=1e-5)
    z = np.array([0.5, -1.0, 4.0])
    assert np.array_equal(exact.two_groups(z, pi0=1.0, slab=1.0).theta.mean(), np.zeros(3))
    assert np.allclose(exact.two_groups(z, pi0=0.0, slab=1e6).theta.mean(), z, rtol=1e-9)
    assert np.allclose(exact.two_groups(z, pi0=0.0, slab=1e-6).theta.mean(), 0, atol=1e-9)
