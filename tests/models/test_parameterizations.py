"""Centered, noncentered and mixed are one model: their log densities differ by the Jacobian alone."""

import numpy as np
import pytest

from hbcourse import datasets, exact, models

from .evaluate import log_density

SCHOOLS = datasets.eight_schools()
PRIORS = {"tau_prior": exact.HalfCauchy(5), "mu_prior": exact.Normal(0, 5)}
SCALE, CENTRE = exact.HalfNormal(1), exact.Normal(0, 2)
#: The builder, the name of the units' variable, and the number of units.
BUILDERS = {
    "normal": (
        lambda form: models.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma, **PRIORS, parameterization=form),
        "theta",
    ),
    "normal, flat": (lambda form: models.normal_hierarchy(SCHOOLS.y, SCHOOLS.sigma, parameterization=form), "theta"),
    "student": (
        lambda form: models.student_t_hierarchy(SCHOOLS.y, SCHOOLS.sigma, 4, **PRIORS, parameterization=form),
        "theta",
    ),
    "poisson": (lambda form: models.lognormal_poisson(range(8), 1.5, SCALE, CENTRE, form), "eta"),
    "binomial": (lambda form: models.logit_normal(range(8), 9, SCALE, CENTRE, parameterization=form), "eta"),
}
MIXED = ["centered", "noncentered"] * 3 + ["centered"] * 2


@pytest.mark.parametrize("form", ["noncentered", MIXED], ids=["noncentered", "mixed"])
@pytest.mark.parametrize(("build", "name"), BUILDERS.values(), ids=BUILDERS)
def test_the_parameterizations_are_one_model(build, name, form):
    # log p(mu, tau, z) = log p(mu, tau, theta) + log tau for each unit where theta = mu + tau z.
    centered, other = build("centered"), build(form)
    assert centered.named_vars_to_dims[name] == other.named_vars_to_dims[name] == ("unit",)
    log_centered, log_other = log_density(centered), log_density(other)
    own = np.array(MIXED) == "centered" if form is MIXED else np.zeros(8, bool)
    rng = np.random.default_rng(3)
    for _ in range(4):
        mu, log_tau, theta = rng.normal(5, 5), rng.normal(1, 1), rng.normal(5, 5, size=8)
        at = {"mu": mu, "tau_log__": log_tau}
        z = np.where(own, theta, (theta - mu) / np.exp(log_tau))
        gap = log_centered(at | {name: theta}) + (~own).sum() * log_tau - log_other(at | {"z": z})
        assert gap == pytest.approx(0, abs=1e-7)


def test_covariates_move_the_centre_of_each_unit():
    y, n, table = [3, 5, 1], 9, np.array([[1.0, 0.5], [0.0, -1], [2, 0]])
    centered, noncentered = (
        models.logit_normal(y, n, SCALE, CENTRE, table, CENTRE, parameterization=form)
        for form in ("centered", "noncentered")
    )
    rng = np.random.default_rng(1)
    slope, z = rng.normal(size=2), rng.normal(size=3)
    at = {"mu": 0.3, "tau_log__": np.log(0.7), "slope": slope}
    own = log_density(centered)(at | {"eta": 0.3 + table @ slope + 0.7 * z}) + 3 * np.log(0.7)
    assert own == pytest.approx(log_density(noncentered)(at | {"z": z}), abs=1e-9)


def test_nested_levels_are_moved_from_the_top():
    y = np.random.default_rng(2).normal(size=(2, 3, 2))
    centered, noncentered = (
        models.nested_normal(y, SCALE, SCALE, parameterization=form) for form in ("centered", "noncentered")
    )
    rng = np.random.default_rng(3)
    logs = dict(zip(("tau_region_log__", "tau_site_log__", "sigma_log__"), rng.normal(size=3), strict=True))
    z_region, z_site = rng.normal(size=2), rng.normal(size=6)
    phi = 0.5 + np.exp(logs["tau_region_log__"]) * z_region
    theta = phi.repeat(3) + np.exp(logs["tau_site_log__"]) * z_site
    jacobian = 2 * logs["tau_region_log__"] + 6 * logs["tau_site_log__"]
    own = log_density(centered)(logs | {"mu": 0.5, "phi": phi, "theta": theta}) + jacobian
    other = log_density(noncentered)(logs | {"mu": 0.5, "z_region": z_region, "z_site": z_site})
    assert own == pytest.approx(float(other), abs=1e-9)


def test_an_inverse_problem_has_the_same_two_forms():
    A = np.array([[1.0, 0.9], [0.9, 1.0], [0.5, 0.5]])
    centered, noncentered = (
        models.inverse_problem(A, [1.0, 2, 3], 0.1, SCALE, form) for form in ("centered", "noncentered")
    )
    z, log_tau = np.array([0.3, -1.2]), np.log(0.4)
    own = log_density(centered)({"tau_log__": log_tau, "x": 0.4 * z}) + 2 * log_tau
    assert own == pytest.approx(log_density(noncentered)({"tau_log__": log_tau, "z": z}), abs=1e-9)


def test_a_list_of_one_form_is_that_form():
    for form in ("centered", "noncentered"):
        listed = models.normal_hierarchy([1.0, 2.0, 3.0], 1.0, parameterization=[form] * 3)
        assert {v.name for v in listed.free_RVs} == {
            v.name for v in models.normal_hierarchy([1.0, 2.0, 3.0], 1.0, parameterization=form).free_RVs
        }
