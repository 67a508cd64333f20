"""PyMC models by their log density, and draws from one, sampled for real."""

import json

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from hbcourse import check, exact
from hbcourse.check import answers, graphs
from hbcourse.grading.running import kernel_client
from hbcourse.grading.running.decoding import decode
from hbcourse.grading.running.encoding import encode

from .chains import SCHOOLS

Y, SIGMA = SCHOOLS.y, SCHOOLS.sigma
RNG = np.random.default_rng(9)
CENTERED = [{"mu": RNG.normal(5, 5), "tau": RNG.gamma(2, 3), "theta": RNG.normal(5, 8, 8)} for _ in range(5)]
NONCENTERED = [{"mu": at["mu"], "tau": at["tau"], "z": RNG.normal(size=8)} for at in CENTERED]


def centered(mu, tau, theta):
    prior = stats.norm.logpdf(mu, 0, 5) + stats.halfcauchy.logpdf(tau, scale=5)
    return prior + stats.norm.logpdf(theta, mu, tau).sum() + stats.norm.logpdf(Y, theta, SIGMA).sum()


def noncentered(mu, tau, z):
    # The density of z: that of theta times the volume that a unit of z takes up.
    return centered(mu, tau, mu + tau * z) + 8 * np.log(tau)


def build(form="centered", family=pm.HalfCauchy, sigma=SIGMA, observed=Y, shape=8, tau="tau"):
    with pm.Model() as model:
        mu, scale = pm.Normal("mu", 0, 5), family(tau, 5)
        if form == "centered":
            theta = pm.Normal("theta", mu, scale, shape=shape)
        else:
            theta = pm.Deterministic("theta", mu + scale * pm.Normal("z", shape=shape))
        pm.Normal("y", theta, sigma, observed=observed)
    return model


FAMILIES = {"mu": "Normal", "tau": "HalfCauchy", "y": "Normal"}
MISTAKES = {
    "Standard deviations.": lambda mu, tau, theta: (
        centered(mu, tau, theta)
        - stats.norm.logpdf(Y, theta, SIGMA).sum()
        + stats.norm.logpdf(Y, theta, SIGMA**2).sum()
    )
}


def stand_in(model):
    """What a judge has of a model that it cannot touch."""
    blobs = []
    return kernel_client.Model(decode(json.loads(json.dumps(encode(graphs.describe_model(model), blobs))), blobs))


@pytest.fixture(params=[lambda model: model, stand_in], ids=["model", "stand-in"])
def hand_in(request):
    return request.param


def judge(got):
    check.model("model", got, centered, CENTERED, FAMILIES, ["y"], MISTAKES)


def test_a_right_model_passes_in_its_own_parameters(hand_in):
    judge(hand_in(build()))
    check.model("model", hand_in(build("noncentered")), noncentered, NONCENTERED, FAMILIES, ["y"])
    check.log_density("model", hand_in(build()), centered, CENTERED)


def potential():
    with pm.Model() as model:
        mu, tau = pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5)
        theta = pm.Normal("theta", mu, tau, shape=8)
        log_tau = pm.Deterministic("log_tau", pm.math.log(tau))
        pm.Potential("likelihood", pm.logp(pm.Normal.dist(theta, SIGMA), Y))
        pm.Potential("back_and_forth", 3 * log_tau - 3 * pm.math.log(tau))
    return model


def test_potentials_and_deterministics_count(hand_in):
    check.model("model", hand_in(potential()), centered, CENTERED)


def test_a_model_with_potentials_that_the_task_does_not_have_fails(hand_in):
    model = build()
    with model:
        pm.Potential("more", -model["tau"])
    with pytest.raises(check.CheckFailed, match=r"The log density of model changes by .*, which is not right"):
        judge(hand_in(model))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: build(family=pm.HalfNormal), "Hint: tau must be HalfCauchy; it is HalfNormal."),
        (lambda: build(sigma=SIGMA**2), "Hint: Standard deviations."),
        (lambda: build(observed=Y + 1), "The log density of model changes by "),
        (lambda: build("noncentered"), "model must have a free variable theta; its free variables are mu, tau, z."),
        (lambda: build(tau="sd"), "model must have a free variable tau; its free variables are mu, sd, theta."),
        (lambda: build(shape=()), "theta in model must have shape (8,); it has shape ()."),
        (lambda: build(observed=None), "y in model is not observed: give it the data with observed=."),
    ],
)
def test_a_wrong_model_says_why(hand_in, wrong, message):
    with pytest.raises(check.CheckFailed) as failure:
        judge(hand_in(wrong()))
    assert message in str(failure.value)


def test_a_jacobian_makes_a_log_density_wrong():
    # PyMC's own log density, in the sampler's coordinates, has one.
    with_jacobian = [centered(**at) + np.log(at["tau"]) for at in CENTERED]
    with pytest.raises(check.CheckFailed, match="Hint: The Jacobian is missing"):
        check.model("model", build(), with_jacobian, CENTERED, mistakes={"The Jacobian is missing.": centered})


def test_data_that_are_not_there_are_missed(hand_in):
    with pm.Model() as model:
        pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5), shape=8)
    with pytest.raises(check.CheckFailed, match="model must have an observed variable y; without it the data have no"):
        judge(hand_in(model))


@pytest.mark.parametrize(
    "forged",
    [
        None,
        5,
        {},
        {"free": [], "observed": {}},
        {"nodes": [], "free": {"mu": 0}, "observed": {}, "deterministic": {}, "potential": {}},
        {"nodes": ["x" * 10**6], "free": {}, "observed": {}, "deterministic": {}, "potential": {}},
        {"nodes": [], "free": {"t" * 10**6: 0}, "observed": {}, "deterministic": {}, "potential": {}},
        {"nodes": [], "free": {}, "observed": {}, "deterministic": {}, "potential": {}},
    ],
    ids=range(8),
)
def test_a_description_that_makes_no_sense_is_no_model(forged):
    with pytest.raises(check.CheckFailed) as failure:
        judge(kernel_client.Model(forged))
    assert len(str(failure.value)) < 300
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (None, "model has no value yet."),
        (..., "model has no value yet."),
        ({"free": {}}, "model must be a pm.Model; it is a dict."),
        (centered, "model must be a pm.Model; it is a function."),
    ],
)
def test_what_is_no_model_is_named(got, message):
    with pytest.raises(check.CheckFailed) as failure:
        judge(got)
    assert str(failure.value) == message


def test_draws_of_a_sampled_model_are_judged_by_the_exact_posterior():
    # The only sampling: eight schools, non-centered.
    with build("noncentered"):
        trace = pm.sample(1000, chains=2, target_accept=0.95, random_seed=1, progressbar=False, quiet=True)

    def moments(posterior):
        marginals = {"mu": posterior.mu, "tau": posterior.tau, "theta": posterior.theta}
        return {name: (marginal.mean(), marginal.sd()) for name, marginal in marginals.items()}

    check.draws("trace", trace, moments(SCHOOLS))
    plain = answers.plain_draws(trace)
    check.draws("trace", plain, moments(SCHOOLS))
    assert set(plain["posterior"]) == {"mu", "tau", "z", "theta"}
    assert plain["posterior"]["theta"].shape == (2, 1000, 8)
    assert list(plain["sample_stats"]) == ["diverging"]
    assert answers.is_draws(trace)
    # The mistake that is nearest: another prior.
    other = moments(exact.normal_hierarchy(Y, SIGMA, exact.Flat(), exact.Flat()))
    with pytest.raises(check.CheckFailed, match=r"farther from the posterior's than chance explains.* Hint: Priors\."):
        check.draws("trace", trace, other, {"Priors.": moments(SCHOOLS)})
