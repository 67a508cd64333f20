"""The mathematics of the moving figure of the chapter on the three layers, run in a browser, against the package."""

import numpy as np
import pytest
from scipy import stats

from hbcourse import datasets, hierarchy


@pytest.mark.parametrize(("mean", "sd"), [(5, 4), (0.7, 0.7), (0.2, 0.6), (3, 0.01)])
def test_the_population_in_the_page_is_that_of_the_package(module, mean, sd):
    here, there = hierarchy.lognormal_population(mean, sd), module("hierarchy", "lognormalPopulation", mean, sd)
    assert there["logMean"] == pytest.approx(float(here.log_mean), rel=1e-13)
    assert there["logSd"] == pytest.approx(float(here.log_sd), rel=1e-13)


@pytest.mark.parametrize("mean", [1e-6, 0.3, 4.2, 90, 700, 1260, 40_000])
def test_poisson_quantiles(module, mean):
    u = [1e-6, 0.01, 0.37, 0.5, 0.93, 0.9999]
    assert [module("hierarchy", "poissonQuantile", p, mean) for p in u] == stats.poisson.ppf(u, mean).tolist()
    assert module("hierarchy", "poissonQuantile", 0.5, 0) == 0


def test_the_layers_forwards_have_the_moments_of_the_packages_simulator(module):
    rng, exposure = np.random.default_rng(1), datasets.pumps().t_1000h.to_numpy()
    mean, sd, sims = 0.7, 0.7, 400
    z, u = rng.standard_normal((sims, 10)), rng.uniform(size=(sims, 10))
    layers = [
        module("hierarchy", "forwards", mean, sd, *map(np.ndarray.tolist, (a, exposure, b)))
        for a, b in zip(z, u, strict=True)
    ]
    theta, x = (np.array([layer[name] for layer in layers]) for name in ("theta", "x"))
    population = hierarchy.lognormal_population(mean, sd)
    assert np.allclose(theta, np.exp(population.log_mean + population.log_sd * z), rtol=1e-12)
    assert np.array_equal(x, stats.poisson.ppf(u, theta * exposure))
    # A Gamma population of the same mean and sd gives counts with the same first two moments.
    gamma = hierarchy.gamma_population(mean, sd)
    counts = hierarchy.simulate_counts(np.full(20_000, gamma.alpha), gamma.beta, exposure, rng).x
    scale = counts.std(0) / np.sqrt(sims)
    assert np.all(abs(x.mean(0) - counts.mean(0)) < 4.5 * scale)


def test_without_spread_all_rates_are_the_mean(module):
    layers = module("hierarchy", "forwards", 0.7, 0, [-1.0, 2.0], [1.0, 5.0], [0.5, 0.9])
    assert layers["theta"] == pytest.approx([0.7, 0.7], rel=1e-13)
    assert layers["x"] == stats.poisson.ppf([0.5, 0.9], [0.7, 3.5]).tolist()


def test_the_typical_factor_leaves_units_without_events_out(module):
    factor = module("hierarchy", "typicalFactor", {"theta": [1.0, 2.0, 3.0], "x": [2, 4, 0]}, [1.0, 4.0, 9.0])
    assert factor == pytest.approx(2.0)
