"""What the models are given: labels, data to exchange, and what they refuse."""

import numpy as np
import nutpie
import pandas as pd
import pymc as pm
import pytest

from hbcourse import datasets, exact, models

from .evaluate import log_density

SCALE, CENTRE, PAIR = exact.HalfNormal(1), exact.Normal(0, 2), (exact.HalfNormal(1), exact.HalfNormal(1))
PUMPS, SURGICAL = datasets.pumps(), datasets.surgical()
NESTED = {"site": [1, 1, 2, 1], "region": ["A", "A", "A", "B"]}

#: A model of each kind, built from arguments that a call may replace.
BUILDERS = {
    "normal_hierarchy": {"y": [1, 2, 3], "sigma": 1},
    "student_t_hierarchy": {"y": [1, 2, 3], "sigma": 1, "df": 4},
    "gamma_poisson": {"x": [1, 2, 3], "exposure": 2},
    "lognormal_poisson": {"x": [1, 2, 3], "exposure": 2, "tau_prior": SCALE, "mu_prior": CENTRE},
    "negative_binomial": {
        "x": [1, 2, 3],
        "unit": ["b", "a", "b"],
        "tau_prior": SCALE,
        "mu_prior": CENTRE,
        "alpha_prior": SCALE,
    },
    "beta_binomial": {"y": [1, 2, 3], "n": 7},
    "logit_normal": {"y": [1, 2, 3], "n": 7, "tau_prior": SCALE, "mu_prior": CENTRE},
    "nested_normal": {"y": [1, 2, 3, 5], "tau_prior": SCALE, "sigma_prior": SCALE, **NESTED},
    "varying_slopes": {
        "y": [1, 2, 3],
        "x": [0, 1, 2],
        "group": ["b", "a", "b"],
        "tau_prior": PAIR,
        "sigma_prior": SCALE,
        "mu_prior": (CENTRE, CENTRE),
    },
    "two_groups": {"z": [1, 2, 3], "sigma": 1, "slab_prior": SCALE},
    "inverse_problem": {"A": [[1, 0], [1, 1], [0, 1]], "y": [1, 2, 3], "sigma": 1, "tau_prior": SCALE},
}


def build(name, **changes):
    return getattr(models, name)(**(BUILDERS[name] | changes))


def somewhere(model):
    """A point in the sampler's coordinates."""
    shapes = {
        variable: tuple(len(model.coords[dim]) for dim in model.named_vars_to_dims.get(variable.name, ()))
        for variable in model.free_RVs
    }
    return {model.rvs_to_values[variable].name: np.full(shape, 0.1) for variable, shape in shapes.items()}


def test_every_model_is_here():
    assert set(BUILDERS) == set(models.__all__)


@pytest.mark.parametrize("name", BUILDERS)
def test_everything_that_is_drawn_for_units_has_named_dimensions(name):
    model = build(name)
    for variable in model.unobserved_RVs + model.observed_RVs:
        assert variable.ndim == len(model.named_vars_to_dims.get(variable.name, ()))
    data = model.observed_RVs[0].name
    assert np.array_equal(model[f"{data}_data"].get_value(), np.asarray(BUILDERS[name][data]))
    assert np.isfinite(log_density(model)(somewhere(model)))


@pytest.mark.parametrize("name", BUILDERS)
def test_other_data_take_their_place_without_building_anew(name):
    data = "x" if "x_data" in build(name).named_vars else next(key for key in ("y", "z") if key in BUILDERS[name])
    other = [value + 1 for value in BUILDERS[name][data]]
    exchanged, built = build(name), build(name, **{data: other})
    with exchanged:
        pm.set_data({f"{data}_data": np.asarray(other, dtype=exchanged[f"{data}_data"].dtype)})
    before, after, expected = (log_density(model)(somewhere(model)) for model in (build(name), exchanged, built))
    assert after == pytest.approx(expected, rel=1e-12)
    assert before != pytest.approx(expected, rel=1e-3)


def test_nutpie_takes_other_data_without_compiling_anew():
    compiled = nutpie.compile_pymc_model(build("lognormal_poisson"))
    settings = {"draws": 300, "tune": 300, "chains": 1, "seed": 1, "progress_bar": False}
    few, many = (
        nutpie.sample(compiled.with_data(x_data=np.array(x)), **settings).posterior["theta"].mean().item()
        for x in ([1, 2, 3], [101, 102, 103])
    )
    assert few < 3 < 40 < many < 60


def test_labels_become_coordinates():
    pumps = models.gamma_poisson(PUMPS.failures, PUMPS.t_1000h, unit=PUMPS.pump)
    assert list(pumps.coords["unit"]) == PUMPS.pump.to_list()
    hospitals = models.beta_binomial(SURGICAL.deaths, SURGICAL.n, unit=SURGICAL.hospital)
    assert list(hospitals.coords["unit"]) == SURGICAL.hospital.to_list()
    assert build("negative_binomial").coords["unit"] == ("b", "a")
    assert build("negative_binomial")["position"].get_value().tolist() == [0, 1, 0]
    assert build("varying_slopes").coords["group"] == ("b", "a")
    assert build("nested_normal").coords["site"] == ("A/1", "A/2", "B/1")
    assert build("nested_normal")["region_position"].get_value().tolist() == [0, 0, 1]
    covariates = pd.DataFrame({"income": [0.1, -0.1, 0.0], "spending": [1.0, 2.0, 3.0]})
    districts = build("logit_normal", covariates=covariates, slope_prior=CENTRE)
    assert districts.coords["covariate"] == ("income", "spending")
    assert districts.named_vars_to_dims["covariates"] == ("unit", "covariate")


REFUSED = [
    ("normal_hierarchy", {"parameterization": "both"}, "parameterization must be 'centered' or 'noncentered'.*'both'"),
    (
        "normal_hierarchy",
        {"parameterization": ["centered"]},
        "parameterization must be .* a list of these for each of 3 units",
    ),
    ("normal_hierarchy", {"parameterization": ["centered", "both", "centered"]}, "parameterization must be"),
    ("normal_hierarchy", {"parameterization": None}, "parameterization must be"),
    ("normal_hierarchy", {"parameterization": [["centered"], 1, {}]}, "parameterization must be"),
    ("normal_hierarchy", {"unit": ["a", "b"]}, "unit must have one label for each y, 3; got 2"),
    ("normal_hierarchy", {"unit": "abc"}, "unit must have one label for each y, 3; got 'abc'"),
    ("normal_hierarchy", {"unit": 7}, "unit must have one label for each y, 3; got 7"),
    ("normal_hierarchy", {"unit": ["a", None, "c"]}, "unit must have a text or a number as each label; got None"),
    ("normal_hierarchy", {"unit": [["a"], "b", "c"]}, "unit must have a text or a number as each label"),
    ("normal_hierarchy", {"sigma": -1}, "sigma must be positive"),
    ("normal_hierarchy", {"y": [1, 2]}, "tau_prior Flat.* needs 3 or more units"),
    ("normal_hierarchy", {"tau_prior": exact.Power(-1)}, "tau_prior must have finite mass near tau = 0"),
    ("normal_hierarchy", {"tau_prior": CENTRE}, "tau_prior must be a prior of a positive quantity"),
    ("normal_hierarchy", {"tau_prior": exact.HalfNormal}, "tau_prior must be a prior of a positive quantity"),
    ("normal_hierarchy", {"mu_prior": SCALE}, "mu_prior must be exact.Flat\\(\\) or an exact.Normal"),
    ("student_t_hierarchy", {"df": -1}, "df must be positive; got -1.0"),
    ("student_t_hierarchy", {"df": [3, 4]}, "df must be one number"),
    ("student_t_hierarchy", {"y": [1, 2]}, "needs 3 or more units"),
    ("gamma_poisson", {"x": [1, 2.5, 3]}, "x must be a whole number of 0 or more; got 2.5 at index 1"),
    ("gamma_poisson", {"x": [1, -2, 3]}, "x must be a whole number of 0 or more; got -2.0 at index 1"),
    ("gamma_poisson", {"x": []}, "x must be a list of one or more counts"),
    ("gamma_poisson", {"exposure": [1, 2]}, "exposure must have one entry for each x, \\(3,\\), or be one number"),
    ("gamma_poisson", {"exposure": 0}, "exposure must be positive"),
    ("gamma_poisson", {"alpha_prior": 1}, "alpha_prior must be a prior of a positive quantity"),
    ("gamma_poisson", {"alpha_prior": exact.Flat(), "beta_prior": exact.Flat()}, "posterior has infinite mass"),
    ("lognormal_poisson", {"x": [1, 2, 1e20]}, "x must be at most 2\\*\\*53"),
    ("lognormal_poisson", {"tau_prior": exact.Flat()}, "tau_prior must be proper"),
    ("lognormal_poisson", {"mu_prior": exact.Flat()}, "mu_prior must be proper"),
    ("negative_binomial", {"unit": ["a", "b"]}, "unit must have one label for each x, 3; got 2"),
    ("negative_binomial", {"alpha_prior": exact.Flat()}, "alpha_prior must be proper"),
    ("negative_binomial", {"population": "normal"}, "population must be 'lognormal' or 'gamma'; got 'normal'"),
    ("beta_binomial", {"y": [1, 2, 8]}, "y must be at most n"),
    ("beta_binomial", {"kappa_prior": exact.Flat()}, "posterior has infinite mass"),
    ("beta_binomial", {"mu_prior": CENTRE}, "mu_prior must be an exact.Beta"),
    ("logit_normal", {"y": [1, 2, 8]}, "y must be at most n, and n at least 1; got y = 8, n = 7 at index 2"),
    ("logit_normal", {"n": [7, 7]}, "n must have one entry for each y"),
    ("logit_normal", {"covariates": [[1], [2], [3]]}, "covariates and slope_prior must be given together"),
    ("logit_normal", {"covariates": [1, 2, 3], "slope_prior": CENTRE}, "covariates must be a table"),
    ("logit_normal", {"covariates": [[1], [2]], "slope_prior": CENTRE}, "covariates must be a table with a row"),
    ("logit_normal", {"covariates": [[1], [2], [np.nan]], "slope_prior": CENTRE}, "covariates must be finite"),
    ("nested_normal", {"site": None}, "site and region must be given together"),
    ("nested_normal", {"site": None, "region": None}, "y must be of shape \\(R, S, n\\)"),
    ("nested_normal", {"y": [[1, 2], [3, 4]]}, "y must be a list of observations"),
    ("nested_normal", {"y": [1, 1, 3, 5]}, "y must differ within at least one site"),
    ("nested_normal", {"tau_prior": (SCALE,)}, "tau_prior must be one prior, or 2 for regions and sites; got 1"),
    ("nested_normal", {"tau_prior": (SCALE, exact.Flat())}, "tau_prior\\[1\\] must be proper"),
    ("nested_normal", {"sigma_prior": exact.Flat()}, "sigma_prior must be proper"),
    ("nested_normal", {"parameterization": ["centered"] * 3}, "parameterization must be"),
    ("varying_slopes", {"x": [1, 2]}, "x must have one entry for each y, \\(3,\\); got shape \\(2,\\)"),
    ("varying_slopes", {"group": ["a"]}, "group must have one label for each y, 3; got 1"),
    ("varying_slopes", {"tau_prior": SCALE}, "tau_prior must be a pair of priors"),
    ("varying_slopes", {"mu_prior": (CENTRE, exact.Flat())}, "mu_prior\\[1\\] must be proper"),
    ("varying_slopes", {"eta": 0}, "eta must be positive"),
    ("two_groups", {"z": [1, np.inf, 3]}, "z must be finite; got inf at index 1"),
    ("two_groups", {"slab_prior": exact.Flat()}, "slab_prior must be proper"),
    ("two_groups", {"pi0_prior": 0.9}, "pi0_prior must be an exact.Beta"),
    ("inverse_problem", {"A": [[1, 0], [0, 1]]}, "A must be a matrix with a row for each y, 3"),
    ("inverse_problem", {"tau_prior": exact.Flat()}, "tau_prior must be proper"),
]


@pytest.mark.parametrize(("name", "changes", "sentence"), REFUSED)
def test_bad_arguments_get_one_sentence(name, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(name, **changes)


@pytest.mark.parametrize(
    "bad", [None, "text", [1, np.nan, 3], [1, 1j, 2], np.ma.array([1, 2, 3], mask=[0, 1, 0]), 10**400]
)
@pytest.mark.parametrize("name", BUILDERS)
def test_bad_data_of_every_kind_are_refused(name, bad):
    for argument in {"y", "x", "z", "sigma", "exposure", "n", "A"} & set(BUILDERS[name]):
        with pytest.raises(ValueError, match=f"^{argument} must"):
            build(name, **{argument: bad})
