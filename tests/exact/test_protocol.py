"""What every posterior and every marginal can do: pickles, identity, read-only data, tables, ArviZ, all the verbs."""

import dataclasses
import pickle
import subprocess
import sys

import arviz as az
import numpy as np
import pandas as pd
import pytest
from scipy import integrate

from hbcourse import exact

NAMES = ["A", "B", "C", "D", "E"]
Y = pd.Series([2.8, 0.8, -0.3, 0.7, -0.1], index=NAMES)
SIGMA = np.array([1.5, 1.0, 1.6, 1.1, 0.9])
COUNTS = pd.Series([5, 1, 22, 3, 0], index=NAMES)
TABLE = pd.DataFrame(
    np.array([[3.1, 2.9, 4.2], [4.0, 4.4, 3.9], [2.0, 2.3, 1.1], [6, 5, 7.1], [4, 5, 3.5]]), index=NAMES
)
OPERATOR = pd.DataFrame([[1.0, 0.2, 0, 0, 0], [0.2, 1, 0.3, 0, 0], [0, 0.3, 1, 1, 0.5]], columns=NAMES)

POSTERIORS = {
    "normal_hierarchy": lambda: exact.normal_hierarchy(Y, SIGMA, exact.HalfNormal(2), exact.Normal(0, 5)),
    "student_t_hierarchy": lambda: exact.student_t_hierarchy(Y, SIGMA, 4, exact.HalfNormal(2), exact.Normal(0, 5)),
    "gamma_poisson": lambda: exact.gamma_poisson(COUNTS, [9.4, 1.6, 3.1, 0.5, 2.0], exact.Exponential(1)),
    "beta_binomial": lambda: exact.beta_binomial(COUNTS, 30, exact.HalfNormal(20)),
    "nested_normal": lambda: exact.nested_normal(TABLE, exact.HalfNormal(3), exact.HalfNormal(3), exact.Normal(3, 5)),
    "two_groups": lambda: exact.two_groups(Y, SIGMA, pi0=0.5, slab=2.0),
    "inverse_problem": lambda: exact.inverse_problem(OPERATOR, [1.0, 2.0, -1.0], 0.5, exact.HalfNormal(2)),
}


def marginals(posterior):
    return posterior._named()


@pytest.mark.parametrize("name", POSTERIORS)
def test_a_posterior_pickles_before_and_after_use_and_the_copy_is_not_equal(name):
    posterior = POSTERIORS[name]()
    fresh = pickle.loads(pickle.dumps(posterior))
    for _, marginal in marginals(posterior):
        marginal.mean(), marginal.sd(), marginal.interval(), marginal.pdf(0.5)
    used = pickle.loads(pickle.dumps(posterior))
    assert posterior == posterior
    assert len({posterior, fresh, used, posterior}) == 3
    assert posterior != fresh
    for copied in (fresh, used):
        for (_, one), (_, other) in zip(marginals(posterior), marginals(copied), strict=True):
            assert np.array_equal(one.mean(), other.mean())
            assert one != other
    for _, marginal in marginals(posterior):
        copied = pickle.loads(pickle.dumps(marginal))
        assert np.array_equal(copied.quantile(0.3), marginal.quantile(0.3))


@pytest.mark.parametrize("name", POSTERIORS)
def test_data_cannot_be_written_and_belong_to_the_caller_still(name):
    posterior = POSTERIORS[name]()
    for copied in (posterior, pickle.loads(pickle.dumps(posterior))):
        arrays = [v for f in dataclasses.fields(copied) if isinstance(v := getattr(copied, f.name), np.ndarray)]
        for array in arrays:
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 1.0
        with pytest.raises(dataclasses.FrozenInstanceError):
            copied.unit = None
    y = np.array([1.0, 2.0, 4.0])
    exact.normal_hierarchy(y, 1.0)
    y[0] = 0.0


@pytest.mark.parametrize("name", POSTERIORS)
def test_it_prints_in_a_few_lines_and_shows_a_table(name):
    posterior = POSTERIORS[name]()
    for value in (posterior, *(marginal for _, marginal in marginals(posterior))):
        assert len(repr(value)) < 1000
        assert repr(value).count("\n") < 5
    assert "<table" in posterior._repr_html_()
    many = exact.normal_hierarchy(np.arange(2000.0), 1.0)
    for value in (many, many.theta, exact.two_groups(np.arange(2000.0))):
        assert len(repr(value)) < 1000
    assert len(many._repr_html_()) < 1000


@pytest.mark.parametrize("name", POSTERIORS)
def test_the_table_has_a_row_for_each_unknown_under_the_names_of_arviz(name):
    posterior = POSTERIORS[name]()
    table = posterior.summary(level=0.89)
    assert list(table.columns) == ["mean", "sd", "eti89_lb", "eti89_ub"]
    units = [row for row in table.index if row.endswith("[A]")]
    assert len(units) == 1
    drawn = az.summary(posterior.to_datatree(4000, np.random.default_rng(1)), round_to="none")
    shared = [row for row in table.index if row in drawn.index]
    assert len(shared) >= 5
    error = 5 * table.loc[shared, "sd"] / np.sqrt(4000)
    assert np.all(abs(drawn.loc[shared, "mean"] - table.loc[shared, "mean"]) < error)
    ends = drawn.loc[shared, ["eti89_lb", "eti89_ub"]].to_numpy(float)
    apart = abs(ends - table.loc[shared, ["eti89_lb", "eti89_ub"]].to_numpy())
    assert np.all(apart < 0.2 * table.loc[shared, ["sd"]].to_numpy())
    other = posterior.summary(unit=list("vwxyz"))
    assert [row for row in other.index if row.endswith("[v]")] == [units[0].replace("[A]", "[v]")]
    with pytest.raises(ValueError, match="unit must have a name for each of the 5 units; got 2"):
        posterior.summary(unit=["a", "b"])
    with pytest.raises(ValueError, match=r"level must be between 0 and 1; got 95\.0"):
        posterior.summary(level=95)


@pytest.mark.parametrize("name", POSTERIORS)
def test_arviz_draws_a_forest_of_it(name):
    tree = POSTERIORS[name]().to_datatree(50, np.random.default_rng(1))
    assert list(tree.posterior.coords["unit"].values) == NAMES
    assert az.plot_forest(tree) is not None


@pytest.mark.parametrize("name", POSTERIORS)
def test_the_verbs_of_each_marginal_agree(name):
    posterior = POSTERIORS[name]()
    new = posterior.predict_new(np.eye(5)[:2]) if name == "inverse_problem" else posterior.predict_new()
    for what, marginal in (*marginals(posterior), ("new", new)):
        shape = np.shape(marginal.mean())
        ends = marginal.interval(0.8)
        assert np.shape(marginal.sd()) == np.shape(marginal.pdf(ends[0])) == np.shape(marginal.log_pdf(1.0)) == shape
        assert ends.shape == (2, *shape)
        assert np.allclose(marginal.var(), np.square(marginal.sd()))
        assert np.allclose(ends, marginal.quantile([0.1, 0.9]))
        assert np.allclose(np.log(marginal.pdf(ends)), marginal.log_pdf(ends))
        if name != "two_groups":
            # The density is the slope of the distribution function.
            step = 1e-4 * np.minimum(ends[1] - ends[0], abs(ends))
            slope = (marginal.cdf(ends + step) - marginal.cdf(ends - step)) / (2 * step)
            assert np.allclose(marginal.pdf(ends), slope, rtol=2e-5), what
            assert np.allclose(marginal.cdf(ends), np.reshape([0.1, 0.9], (2,) + (1,) * len(shape)), atol=1e-9), what
        draws = marginal.sample(1000, np.random.default_rng(2))
        assert draws.shape == (1000, *shape)
        below = marginal.cdf(np.sort(draws, axis=0))
        if name != "two_groups":
            even = (np.arange(1000) + 0.5).reshape(-1, *(1,) * len(shape)) / 1000
            assert abs(below - even).max() < 0.07, what
        else:
            assert np.all(abs(draws.mean(0) - marginal.mean()) < 5 * marginal.sd() / np.sqrt(1000))


def test_densities_of_hyperparameters_sum_to_one():
    for name in ("student_t_hierarchy", "gamma_poisson", "beta_binomial", "nested_normal", "normal_hierarchy"):
        for what, marginal in marginals(POSTERIORS[name]()):
            if np.shape(marginal.mean()) == ():
                low, high = marginal.quantile([1e-6, 1 - 1e-6])
                points = marginal.quantile([0.01, 0.2, 0.5, 0.8, 0.99])
                total = integrate.quad(marginal.pdf, low, high, points=points, epsabs=1e-9, limit=400)[0]
                assert total == pytest.approx(1 - 2e-6, abs=1e-7), (name, what)


def test_matrices_of_all_pairs_are_refused_with_their_size():
    y = np.zeros(1_000_000)
    for posterior in (exact.normal_hierarchy(y, 1.0), exact.student_t_hierarchy(y, 1.0, 4, exact.HalfNormal(1))):
        with pytest.raises(ValueError, match="with 1,000,000 it would take 8,000 GB, and 4 GB are the most"):
            posterior.covariance()
        with pytest.raises(ValueError, match="would take 8,000 GB"):
            posterior.influence()


def test_a_million_units_need_at_most_two_gigabytes():
    code = """
import resource, sys
import numpy as np
from hbcourse import exact
rng = np.random.default_rng(1)
y = rng.normal(rng.normal(0, 1, 1_000_000), 1.0)
posterior = exact.normal_hierarchy(y, 1.0, exact.HalfNormal(1))
assert abs(posterior.tau.mean() - 1) < 0.01
assert np.all(posterior.theta.sd() < 1)
assert abs(posterior.theta.cdf(0.0).mean() - 0.5) < 0.01
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1 / 1024))
"""
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(output.stdout) <= 2e9
