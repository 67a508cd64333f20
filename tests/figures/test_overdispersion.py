"""The mathematics of the moving figure of the chapter on overdispersion, run in a browser, against the package."""

import numpy as np
import pytest
from scipy import stats

from hbcourse import overdispersion


@pytest.mark.parametrize("cv", [0.01, 0.1, 0.5, 0.7, 1.0])
def test_counts_in_the_page_are_those_of_the_package(module, cv):
    here = overdispersion.NegativeBinomial(6.0, cv**-2)
    assert np.allclose(module("overdispersion", "countPmf", 6, cv, 40), here.pmf(np.arange(41)), rtol=1e-10)
    assert module("overdispersion", "fanoFactor", 6, cv) == pytest.approx(here.variance / here.mean, rel=1e-12)


def test_without_spread_the_counts_are_poisson(module):
    there = module("overdispersion", "countPmf", 6, 0, 40)
    assert np.allclose(there, overdispersion.Poisson(6.0).pmf(np.arange(41)), rtol=1e-12)
    assert module("overdispersion", "fanoFactor", 6, 0) == 1


@pytest.mark.parametrize("cv", [0.01, 0.3, 0.7, 1.0])
def test_density_of_the_rates(module, cv):
    for rate in (0.05, 3.0, 6.0, 20.0):
        there = module("overdispersion", "rateDensity", rate, 6, cv)
        assert there == pytest.approx(stats.gamma.pdf(rate, cv**-2, scale=6 * cv**2), rel=1e-7, abs=1e-300)
