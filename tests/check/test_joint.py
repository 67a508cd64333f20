"""Draws whose means and sds are right and which are not from the posterior, in the exercises and beside an engine."""

import ast
import functools

import numpy as np
import pytest
from scipy import stats

from hbcourse import check

from .chains import FEW
from .exercises import EXERCISES, FOLDER, answer, run_test, setting

RNG = np.random.default_rng(5)


def two_valued(x):
    return x.mean((0, 1)) + x.std((0, 1)) * RNG.choice([-1.0, 1.0], x.shape)


def six_valued(x):
    # Each draw by the middle of its sixth: the mean is right, and nearly the sd.
    edges = np.quantile(x, np.arange(1, 6) / 6, axis=(0, 1))
    middles = np.quantile(x, (np.arange(6) + 0.5) / 6, axis=(0, 1))
    sixth = (x[..., None] > np.moveaxis(edges, 0, -1)).sum(-1)
    found = np.take_along_axis(np.broadcast_to(np.moveaxis(middles, 0, -1), (*x.shape, 6)), sixth[..., None], -1)[
        ..., 0
    ]
    return x.mean((0, 1)) + (found - found.mean((0, 1))) * x.std((0, 1)) / found.std((0, 1))


def normal(x):
    return RNG.normal(x.mean((0, 1)), x.std((0, 1)), x.shape)


def uniform(x):
    return x.mean((0, 1)) + x.std((0, 1)) * RNG.uniform(-np.sqrt(3), np.sqrt(3), x.shape)


def each_alone(x):
    flat = x.reshape(-1, *x.shape[2:])
    return RNG.permuted(flat, axis=0).reshape(x.shape)


def in_step(x):
    # The largest of each variable together, and so on: perfectly correlated in their ranks.
    flat = np.sort(x.reshape(-1, *x.shape[2:]), axis=0)
    order = np.random.default_rng(6).permutation(len(flat))
    return flat[order].reshape(x.shape)


@functools.cache
def right_draws(exercise):
    names = setting(exercise)
    trace = answer(exercise, "trace", names)
    trace = trace.get("posterior", trace)
    run_test(exercise, "trace", {**names, "trace": trace})
    return names, trace


FORGERIES = [two_valued, six_valued, normal, uniform, each_alone, in_step]


def forged(draws, how):
    return {name: how(values) for name, values in draws.items()}


@pytest.mark.parametrize("how", FORGERIES)
@pytest.mark.parametrize("exercise", [name for name, tasks in EXERCISES.items() if "trace" in tasks])
def test_no_exercise_takes_draws_that_have_the_right_means_and_sds_alone(exercise, how):
    names, trace = right_draws(exercise)
    if exercise == "overdispersion" and how is each_alone:
        # Mean and shape of a negative binomial are nearly independent a posteriori: these draws are right.
        assert abs(np.corrcoef(trace["m"].ravel(), trace["alpha"].ravel())[0, 1]) < 0.06
        return
    with pytest.raises(check.CheckFailed):
        run_test(exercise, "trace", {**names, "trace": forged(trace, how)})


def few(draws=8000, seed=1):
    sample = FEW.sample(draws, np.random.default_rng(seed))
    return {name: sample[name].reshape(4, -1, *sample[name].shape[1:]) for name in ("mu", "tau", "theta")}


def log_joint(mu, tau, theta):
    prior = stats.norm.logpdf(mu, 0, 5) + stats.halfcauchy.logpdf(tau, scale=5)
    units = stats.norm.logpdf(theta, mu[..., None], tau[..., None]).sum(-1)
    return prior + units + stats.norm.logpdf(FEW.y, theta, FEW.sigma).sum(-1)


MANY = FEW.sample(400_000, np.random.default_rng(2))
PROBABILITIES = np.array([0.05, 0.5, 0.95])
MARGINALS = {"mu": FEW.mu, "tau": FEW.tau, "theta": FEW.theta}
OF_JOINT = log_joint(MANY["mu"], MANY["tau"], MANY["theta"])
EXPECTED = {name: (marginal.mean(), marginal.sd()) for name, marginal in MARGINALS.items()}
POINTS = {name: np.quantile(MANY[name], PROBABILITIES, axis=0) for name in MARGINALS}
CHECKS = {
    "expected": {**EXPECTED, "the log joint density": (OF_JOINT.mean(), OF_JOINT.std())},
    "errors": {"the log joint density": (OF_JOINT.std() / np.sqrt(OF_JOINT.size), 0.0)},
    "quantiles": {name: (POINTS[name], np.array([MARGINALS[name].cdf(at) for at in POINTS[name]])) for name in POINTS},
    "support": {"tau": (0.0, np.inf)},
    "functions": {"the log joint density": log_joint},
}


def test_right_draws_pass_quantiles_support_and_joint_functions():
    check.draws("trace", few(), **CHECKS)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (two_valued, "mu takes only 2 values in trace, though it has a density."),
        (six_valued, "mu takes only 6 values in trace"),
        (normal, r"tau in trace is -\d.* not above 0, where the whole posterior lies\."),
        (lambda x: abs(normal(x)) if x.min() > 0 else x, "of tau"),
        (
            each_alone,
            "The mean of the log joint density in trace is .* though mu, tau, theta look right one by one. Hint",
        ),
        (in_step, "The mean of the log joint density in trace is .* though mu, tau, theta look right one by one. Hint"),
    ],
)
def test_each_forgery_is_told_what_gives_it_away(how, message):
    with pytest.raises(check.CheckFailed, match=message):
        check.draws("trace", forged(few(), how), **CHECKS)


def test_a_share_is_named_with_its_point():
    skewed = {"x": np.random.default_rng(3).exponential(1.0, (4, 2000))}
    quantiles = {"x": (stats.norm.ppf([0.1, 0.5], 1, 1), [0.1, 0.5])}
    with pytest.raises(check.CheckFailed, match=r"^The share of draws of x below (1|-0.2816) in trace is 0"):
        check.draws("trace", skewed, {"x": (1.0, 1.0)}, quantiles=quantiles)


def test_a_function_that_is_not_finite_somewhere_fails():
    draws = {"x": np.random.default_rng(3).normal(size=(4, 1000))}
    with np.errstate(invalid="ignore"), pytest.raises(check.CheckFailed, match="The mean of the log in trace is nan"):
        check.draws(
            "trace", draws, {"x": (0.0, 1.0), "the log": (0.0, 1.0)}, functions={"the log": lambda x: np.log(x)}
        )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            {"quantiles": {"x": ([[0.0, 1.0]], [0.5])}},
            r"the points of x must have shape \(k, \(\)\); got shape \(1, 2\)",
        ),
        ({"quantiles": {"x": ([0.0], [1.5])}}, "the probabilities of x must lie between 0 and 1; got"),
        ({"quantiles": {"z": ([0.0], [0.5])}}, "expected must say what is right for z; it has x"),
        ({"support": {"z": (0.0, 1.0)}}, "expected must say what is right for z; it has x"),
        ({"functions": {"z": lambda x: x}}, "expected must say what is right for z; it has x"),
    ],
)
def test_a_test_cell_that_makes_no_sense_is_told_so(arguments, sentence):
    draws = {"x": np.random.default_rng(3).normal(size=(4, 1000))}
    with pytest.raises(ValueError, match=sentence):
        check.draws("trace", draws, {"x": (0.0, 1.0)}, **arguments)


@pytest.mark.parametrize("exercise", [name for name, tasks in EXERCISES.items() if "trace" in tasks])
def test_a_task_says_how_many_chains_and_which_effective_sample_sizes(exercise):
    text = EXERCISES[exercise]["trace"].text
    assert "chains=4" in text
    assert "`ess_bulk`" in text
    assert "`ess_tail`" in text
    # What is compared beyond means and sds stands in the hidden part.
    checks = FOLDER / exercise / "checks.py"
    hidden = EXERCISES[exercise]["trace"].test.partition("### BEGIN HIDDEN TESTS")[2].partition("###")[0]
    tree = ast.parse(checks.read_text() if checks.exists() else hidden)
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {keyword.arg for call in called for keyword in call.keywords}
    assert {"quantiles", "support", "functions"} <= named
