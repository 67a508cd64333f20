"""The certified posteriors: what the file says is what two methods find, and wrong draws are told from right ones."""

import ast
import dataclasses
import pickle
import sys
from types import ModuleType

import numpy as np
import pymc as pm
import pytest

from hbcourse import certified, datasets, exact

from .conftest import ROOT, load

NAMES = certified.names()


@pytest.fixture(scope="module")
def certify() -> ModuleType:
    """The script that makes the file, with the two that it imports."""
    for name in ("trapezoid", "certified_models"):
        load(ROOT / "benchmarks" / f"{name}.py")
    return load(ROOT / "benchmarks" / "certify.py")


def statement(certify, name):
    return next(posterior for posterior in certify.POSTERIORS if posterior.name == name)


def in_file(posterior):
    return {name: (posterior.mean[name], posterior.sd[name]) for name in posterior.mean}


def independent(posterior, rng, shift=0.0, stretch=1.0, draws=1000):
    """Draws that have the certified means and sds, or are off by a share of the sds."""
    return {
        name: mean + posterior.sd[name] * (shift + stretch * rng.standard_normal((4, draws, *mean.shape)))
        for name, mean in posterior.mean.items()
    }


def test_the_file_holds_ten_posteriors_of_known_tables():
    assert len(set(NAMES)) == 10
    for name in NAMES:
        posterior = certified.load(name)
        assert posterior.dataset in datasets.__all__
        assert posterior.mean.keys() == posterior.sd.keys()
        assert posterior.priors.keys() < posterior.mean.keys()
        assert len(set(posterior.methods)) == 2
        for unknown, mean in posterior.mean.items():
            assert posterior.sd[unknown].shape == mean.shape
            assert np.isfinite(mean).all()
            assert (posterior.sd[unknown] > 0).all()


def test_the_file_is_in_the_order_and_the_words_of_the_statements(certify):
    assert [posterior.name for posterior in certify.POSTERIORS] == NAMES
    for name in NAMES:
        posterior, stated = certified.load(name), statement(certify, name)
        assert (posterior.title, posterior.words, posterior.posteriordb) == (
            stated.title,
            stated.words,
            stated.posteriordb,
        )
        assert {unknown: dict(prior) for unknown, prior in posterior.priors.items()} == stated.priors
        assert posterior.pymc == certify.pymc_code(certify.KINDS[stated.kind].pymc, stated.priors)
        data = stated.data()
        assert posterior.data.keys() == data.keys()
        assert all(np.array_equal(posterior.data[symbol], data[symbol]) for symbol in data)


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_agrees_to_eight_digits(certify, name):
    posterior, kind = certified.load(name), statement(certify, name).kind
    found = certify.ENGINES[kind](posterior.data, posterior.priors)
    assert certify.difference(found, in_file(posterior)) < 1e-8


@pytest.mark.parametrize("name", NAMES)
def test_the_trapezoid_rule_agrees_and_has_converged(certify, name):
    posterior, kind = certified.load(name), statement(certify, name).kind
    trapezoid = sys.modules["trapezoid"]
    # In steps that the file was not made with.
    found = trapezoid.moments(kind, posterior.data, posterior.priors, 0.9 * trapezoid.STEP[kind])
    assert certify.difference(found, in_file(posterior)) < 1e-9


def test_a_wrong_prior_is_seen_in_the_digits(certify):
    posterior = certified.load("rat_tumor")
    slightly_off = {**posterior.priors, "kappa": {"family": "Gamma", "alpha": 2, "beta": 0.1 * (1 + 1e-6)}}
    for method in (certify.ENGINES["beta_binomial"], lambda *given: certify.trapezoid.moments("beta_binomial", *given)):
        assert certify.difference(method(posterior.data, slightly_off), in_file(posterior)) > 1e-8


def test_the_two_methods_share_no_code(root):
    tree = ast.parse((root / "benchmarks" / "trapezoid.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert imported == {"collections.abc", "typing", "numpy", "numpy.typing"}


def test_methods_that_differ_write_no_file(certify, monkeypatch):
    right = certify.ENGINES["gamma_poisson"]

    def wrong(data, priors):
        found = dict(right(data, priors))
        found["alpha"] = (found["alpha"][0] * (1 + 2e-8), found["alpha"][1])
        return found

    monkeypatch.setitem(certify.ENGINES, "gamma_poisson", wrong)
    with pytest.raises(ArithmeticError, match=r"the two methods differ by 2\.\de-08 for pumps"):
        certify.entry(statement(certify, "pumps"))


@pytest.mark.parametrize("name", ["rats", "", None, 3, ["bcg"]])
def test_an_unknown_name_is_refused_in_a_sentence(name):
    with pytest.raises(ValueError, match=r"^name must be one of bcg, radon, .*; got "):
        certified.load(name)


def test_a_posterior_is_frozen_and_pickles():
    posterior = certified.load("dyestuff")
    with pytest.raises(ValueError, match="read-only"):
        posterior.mean["theta"][0] = 0
    with pytest.raises(TypeError):
        posterior.priors["tau"]["sigma"] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        posterior.name = "other"
    copy = pickle.loads(pickle.dumps(posterior))
    assert copy.summary().equals(posterior.summary())
    assert repr(copy) == "CertifiedPosterior('dyestuff': mu, tau, sigma, theta)"


@pytest.mark.parametrize("name", NAMES)
def test_right_draws_agree_and_wrong_ones_differ_in_each_unknown(name):
    posterior, rng = certified.load(name), np.random.default_rng(1)
    right = posterior.z_scores(independent(posterior, rng), false_alarm=1e-3)
    assert (right.verdict == "agrees").all()
    assert len(right) == sum(mean.size for mean in posterior.mean.values())
    # Large enough to be seen in each of up to 87 unknowns.
    for error in ({"shift": 0.15}, {"stretch": 0.85}):
        assert (posterior.z_scores(independent(posterior, rng, **error)).verdict == "differs").all()


@pytest.mark.parametrize("seed", range(3))
def test_exact_draws_agree(seed):
    pumps = certified.load("pumps")
    posterior = exact.gamma_poisson(pumps.data["x"], pumps.data["t"], exact.Exponential(1), exact.Gamma(0.1, 1))
    draws = posterior.sample(8000, np.random.default_rng(seed))
    found = {name: values.reshape(4, 2000, *values.shape[1:]) for name, values in draws.items()}
    assert (pumps.z_scores(found, false_alarm=1e-4).verdict == "agrees").all()
    found["theta"][..., 3] += 0.1 * pumps.sd["theta"][3]
    verdict = pumps.z_scores(found, false_alarm=1e-4).verdict
    assert verdict[verdict == "differs"].index.to_list() == ["theta[3]"]


def test_the_bound_allows_for_how_many_are_compared():
    draws = {name: independent(certified.load(name), np.random.default_rng(1)) for name in ("eight_schools_t", "radon")}
    few, many = (certified.load(name).z_scores(found).attrs["bound"] for name, found in draws.items())
    assert (few, many) == (pytest.approx(3.4808, abs=1e-4), pytest.approx(4.0230, abs=1e-4))
    strict = certified.load("radon").z_scores(draws["radon"], false_alarm=1e-4).attrs["bound"]
    assert strict == pytest.approx(4.9995, abs=1e-4)


def test_too_few_draws_are_neither_right_nor_wrong():
    posterior, rng = certified.load("bcg"), np.random.default_rng(1)
    assert (posterior.z_scores(independent(posterior, rng, draws=20)).verdict == "too few draws").all()
    found = independent(posterior, rng)
    found["tau"] = np.full((4, 1000), posterior.mean["tau"])
    found["mu"] = np.repeat(found["mu"][:, :20], 50, axis=1)
    assert (posterior.z_scores(found).verdict[["tau", "mu"]] == "too few draws").all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda draws: draws.pop("tau"), "draws must hold tau; they hold mu, theta"),
        (lambda draws: draws.update(tau=draws["tau"][0]), r"tau must have shape \(chain, draw\) .*; got shape \(1000"),
        (lambda draws: draws.update(theta=draws["theta"][..., 1:]), r"theta must have shape \(chain, draw, 13\)"),
        (lambda draws: draws["mu"].__setitem__((0, 7), np.nan), r"mu must be finite; got nan at index \(0, 7\)"),
        (lambda draws: draws.update(mu="many"), "mu must be numbers"),
    ],
)
def test_malformed_draws_are_refused_in_a_sentence(change, message):
    posterior = certified.load("bcg")
    draws = independent(posterior, np.random.default_rng(1))
    change(draws)
    with pytest.raises(ValueError, match=message):
        posterior.z_scores(draws)


def test_what_is_no_draws_or_no_probability_is_refused():
    posterior = certified.load("bcg")
    with pytest.raises(ValueError, match=r"draws must be what pm\.sample returns"):
        posterior.z_scores([1.0, 2.0])
    with pytest.raises(ValueError, match=r"false_alarm must be between 0 and 1; got 1\.0"):
        posterior.z_scores(independent(posterior, np.random.default_rng(1)), false_alarm=1.0)


@pytest.mark.parametrize("name", NAMES)
def test_the_model_has_the_unknowns_of_the_file(name):
    posterior = certified.load(name)
    model = posterior.model()
    assert isinstance(model, pm.Model)
    for unknown, mean in posterior.mean.items():
        assert model[unknown].type.shape == mean.shape
    for unknown, prior in posterior.priors.items():
        assert model[unknown] in model.free_RVs
        assert type(model[unknown].owner.op).__name__ == f"{prior['family']}RV"


@pytest.mark.calibration
@pytest.mark.parametrize("name", NAMES)
def test_nuts_agrees(name):
    posterior = certified.load(name)
    draws = pm.sample(
        2000, chains=4, random_seed=1, target_accept=0.95, progressbar=False, quiet=True, model=posterior.model()
    )
    assert (posterior.z_scores(draws, false_alarm=1e-3).verdict == "agrees").all()


@pytest.mark.calibration
def test_right_draws_are_flagged_hardly_more_often_than_promised():
    bcg, rng = certified.load("bcg"), np.random.default_rng(1)
    posterior = exact.normal_hierarchy(bcg.data["y"], bcg.data["sigma"], exact.HalfCauchy(0.5), exact.Normal(0, 2))
    flagged = 0
    for _ in range(500):
        draws = posterior.sample(1000, rng)
        found = {name: values.reshape(4, 250, *values.shape[1:]) for name, values in draws.items()}
        flagged += (bcg.z_scores(found, false_alarm=0.02).verdict != "agrees").any()
    assert 2 <= flagged <= 40
