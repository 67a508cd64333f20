"""Tikhonov's path, the posterior it is the mean of, and the ways to choose its strength, each computed another way."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg, stats

from hbcourse import exact, regularization

PROBLEM = regularization.blur(40, 0.05)
SIGMA = 0.01
DATA = PROBLEM.observe(SIGMA, np.random.default_rng(21))
PENALTY = np.geomspace(1e-8, 1e2, 101)


def shapes():
    """A square system, one with more data than unknowns, one with fewer, and two of deficient rank."""
    rng = np.random.default_rng(22)
    for A in (
        rng.normal(size=(5, 5)),
        rng.normal(size=(9, 4)),
        rng.normal(size=(3, 7)),
        np.outer([1.0, 2, 3], [1.0, 1]),
        rng.normal(size=(6, 2)) @ rng.normal(size=(2, 5)),
    ):
        yield A, A @ rng.normal(size=A.shape[1]) + 0.5 * rng.normal(size=len(A))


def paths():
    """The same with penalties; where the rank is deficient, not so small that rounding in A itself shows."""
    for A, y in shapes():
        deficient = np.linalg.matrix_rank(A) < A.shape[1]
        yield A, y, PENALTY[(1e-3 if deficient else 0) < PENALTY]
    yield PROBLEM.A, DATA, PENALTY


def test_the_blur_is_ill_posed_and_keeps_what_it_blurs():
    singular = np.linalg.svd(PROBLEM.A, compute_uv=False)
    assert singular[0] / singular[-1] > 1e7
    # The middle of a constant stays what it is.
    wide = regularization.blur(200, 0.02)
    assert np.allclose((wide.A @ np.ones(200))[60:140], 1, rtol=1e-6)
    # A bump that is Gaussian itself widens by the width of the blur.
    t = wide.position
    blurred = wide.A @ stats.norm(0.5, 0.05).pdf(t)
    assert np.allclose(blurred, stats.norm(0.5, np.hypot(0.05, 0.02)).pdf(t), atol=1e-6)


def test_ridge_is_least_squares_with_the_penalty_as_data():
    for A, y, penalties in paths():
        path = regularization.ridge(A, y, penalties)
        for penalty, solution, residual, norm in zip(
            penalties, path.solution, path.residual_norm, path.solution_norm, strict=True
        ):
            stacked = np.vstack([A, np.sqrt(penalty) * np.eye(A.shape[1])])
            expected = linalg.lstsq(stacked, np.r_[y, np.zeros(A.shape[1])], lapack_driver="gelsd")[0]
            assert np.allclose(solution, expected, rtol=0, atol=1e-9 * abs(expected).max())
            assert residual == pytest.approx(np.linalg.norm(y - A @ expected), rel=1e-6, abs=1e-10)
            assert norm == pytest.approx(np.linalg.norm(expected), rel=1e-8)


def test_ridge_is_that_of_statsmodels():
    rng = np.random.default_rng(23)
    A, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    for penalty in (0.3, 7.0):
        fitted = sm.OLS(y, A).fit_regularized(alpha=penalty / 30, L1_wt=0)
        assert np.allclose(regularization.ridge(A, y, penalty).solution, fitted.params, rtol=1e-10)


def test_the_posterior_mean_is_the_ridge_solution_along_the_whole_path():
    # Claim C33.
    for A, y, penalties in paths():
        path = regularization.ridge(A, y, penalties)
        for penalty, solution in zip(penalties, path.solution, strict=True):
            mean = regularization.posterior(A, y, SIGMA, SIGMA / np.sqrt(penalty)).mean()
            assert np.allclose(mean, solution, rtol=0, atol=1e-10 * abs(solution).max())


def test_the_posterior_is_the_joint_normal_conditioned_on_the_data():
    for A, y in shapes():
        sigma, tau = 0.7, 1.3
        gain = tau**2 * A.T @ np.linalg.inv(tau**2 * A @ A.T + sigma**2 * np.eye(len(y)))
        covariance = tau**2 * (np.eye(A.shape[1]) - gain @ A)
        posterior = regularization.posterior(A, y, sigma, tau)
        assert np.allclose(posterior.mean(), gain @ y, atol=1e-12)
        assert np.allclose(posterior.covariance(), covariance, atol=1e-12)
        assert np.allclose(posterior.sd(), np.sqrt(np.diag(covariance)))
    draws = posterior.sample(40_000, np.random.default_rng(24))
    assert np.all(abs(draws.mean(0) - posterior.mean()) < 4.5 * posterior.sd() / 200)
    assert np.allclose(np.cov(draws.T), covariance, atol=0.06)


def test_degrees_of_freedom_and_cross_validation_from_the_matrix_of_the_fit():
    for A, y in (*shapes(), (PROBLEM.A, DATA)):
        penalties = np.array([1e-3, 0.1, 5.0])
        path = regularization.ridge(A, y, penalties)
        for penalty, df, score in zip(penalties, path.degrees_of_freedom, path.gcv(), strict=True):
            H = A @ np.linalg.solve(A.T @ A + penalty * np.eye(A.shape[1]), A.T)
            assert df == pytest.approx(np.trace(H), rel=1e-8)
            assert score == pytest.approx(
                np.mean((y - H @ y) ** 2) / (1 - np.trace(H) / len(y)) ** 2, rel=1e-7, abs=1e-12
            )


def test_cross_validation_leaves_one_out_where_all_data_weigh_the_same():
    # A circulant operator has a fit whose diagonal is constant: there GCV is leave-one-out, done here one by one.
    A = linalg.circulant([1.0, 0.5, 0.1, 0.0, 0.0, 0.1, 0.5])
    y = np.random.default_rng(25).normal(size=7)
    for penalty in (0.05, 1.0):
        errors = []
        for j in range(7):
            rest = np.arange(7) != j
            x = np.linalg.solve(A[rest].T @ A[rest] + penalty * np.eye(7), A[rest].T @ y[rest])
            errors.append((y[j] - A[j] @ x) ** 2)
        assert float(regularization.ridge(A, y, penalty).gcv()) == pytest.approx(np.mean(errors), rel=1e-10)


def test_the_evidence_is_a_normal_density():
    for A, y in (*shapes(), (PROBLEM.A, DATA)):
        sigma = 0.3
        path = regularization.ridge(A, y, [0.01, 0.5, 20.0])
        for penalty, value in zip(path.penalty, path.log_evidence(sigma), strict=True):
            covariance = sigma**2 * (np.eye(len(y)) + A @ A.T / penalty)
            assert value == pytest.approx(stats.multivariate_normal(np.zeros(len(y)), covariance).logpdf(y), rel=1e-9)


def test_the_curvature_by_differences_of_the_curve():
    for (A, y), low in zip(((PROBLEM.A, DATA), *list(shapes())[:2]), (1e-6, 1e-2, 1e-2), strict=True):
        step = 1e-2
        centre = np.log(np.geomspace(low, 1, 11))
        points = []
        for shift in (-step, 0, step):
            path = regularization.ridge(A, y, np.exp(centre + shift))
            points.append(np.log([path.residual_norm, path.solution_norm]))
        first = (points[2] - points[0]) / (2 * step)
        second = (points[2] - 2 * points[1] + points[0]) / step**2
        expected = (first[0] * second[1] - second[0] * first[1]) / np.hypot(*first) ** 3
        curvature = regularization.ridge(A, y, np.exp(centre)).curvature()
        assert np.allclose(curvature, expected, rtol=1e-3, atol=1e-3 * abs(expected).max())


def test_the_corner_lies_between_the_flat_and_the_steep_part():
    path = regularization.ridge(PROBLEM.A, DATA, PENALTY)
    corner = path.l_curve_corner()
    assert corner in PENALTY
    slope = np.gradient(np.log(path.solution_norm), np.log(path.residual_norm))
    assert np.all(slope[corner / 30 > PENALTY] < -1)
    assert np.all(slope[(corner * 10 < PENALTY) & (PENALTY < 0.1)] > -1)


class BruteForce:
    """The posterior of (x, tau) by adaptive quadrature over log tau of dense normal densities."""

    def __init__(self, A, y, sigma, log_density):
        self.A, self.y, self.sigma, self.log_density = A, y, sigma, log_density
        grid = np.linspace(-30, 10, 3001)
        logs = np.array([self.log_mass(value) for value in grid])
        mass = np.exp(logs - logs.max())
        self.weight, self.tau = mass / mass.sum(), np.exp(grid)

    def log_mass(self, log_tau):
        tau = np.exp(log_tau)
        covariance = self.sigma**2 * np.eye(len(self.y)) + tau**2 * self.A @ self.A.T
        quadratic = self.y @ np.linalg.solve(covariance, self.y)
        return self.log_density(tau) + log_tau - (np.linalg.slogdet(covariance)[1] + quadratic) / 2

    def x(self):
        keep = self.weight > 1e-18
        moments = []
        for tau in self.tau[keep]:
            precision = self.A.T @ self.A / self.sigma**2 + np.eye(self.A.shape[1]) / tau**2
            covariance = np.linalg.inv(precision)
            moments.append((covariance @ self.A.T @ self.y / self.sigma**2, np.diag(covariance)))
        means, variances = np.array(moments).transpose(1, 0, 2)
        mean = self.weight[keep] @ means
        return mean, np.sqrt(self.weight[keep] @ (variances + (means - mean) ** 2))


@pytest.mark.parametrize("case", range(5))
def test_full_bayes_against_a_fine_grid(case):
    A, y = list(shapes())[case]
    prior, density = (
        (exact.HalfNormal(1.5), stats.halfnorm(scale=1.5)),
        (exact.Gamma(2, 2), stats.gamma(2, scale=0.5)),
    )[case % 2]
    fit = exact.inverse_problem(A, y, 0.5, prior)
    brute = BruteForce(A, y, 0.5, density.logpdf)
    assert float(fit.tau.mean()) == pytest.approx(brute.weight @ brute.tau, rel=1e-8)
    mean, sd = brute.x()
    assert np.allclose(fit.x.mean(), mean, rtol=1e-7, atol=1e-9)
    assert np.allclose(fit.x.sd(), sd, rtol=1e-7)


def test_full_bayes_of_the_blur_against_adaptive_quadrature():
    fit = exact.inverse_problem(PROBLEM.A, DATA, SIGMA, exact.HalfCauchy(1))
    U, s, Vt = np.linalg.svd(PROBLEM.A)

    def density(tau):
        variance = SIGMA**2 + (tau * s) ** 2
        return np.exp(stats.norm(0, np.sqrt(variance)).logpdf(U.T @ DATA).sum() - 110) / (1 + tau**2)

    def integral(value):
        return integrate.quad(lambda tau: value(tau) * density(tau), 0, 4, epsabs=0, epsrel=1e-11, limit=300)[0]

    total = integral(lambda tau: 1.0)
    assert float(fit.tau.mean()) == pytest.approx(integral(lambda tau: tau) / total, rel=1e-8)
    middle = integral(lambda tau: ((s / (s**2 + (SIGMA / tau) ** 2) * (U.T @ DATA)) @ Vt)[12]) / total
    assert float(fit.x.mean()[12]) == pytest.approx(middle, rel=1e-8)
    assert float(fit.tau.cdf(0.6)) == pytest.approx(
        integrate.quad(density, 0, 0.6, epsabs=0, epsrel=1e-11)[0] / total, rel=1e-7
    )


def test_with_nothing_in_between_it_is_the_normal_hierarchy():
    y = np.array([2.8, 0.8, -0.3, 0.7, -0.1, 1.8])
    here = exact.inverse_problem(np.eye(6), y, 1.0, exact.HalfCauchy(0.8))
    there = exact.normal_hierarchy(y, 1.0, exact.HalfCauchy(0.8), exact.Normal(0, 1e-4))
    assert np.allclose(here.x.mean(), there.theta.mean(), rtol=1e-6)
    assert np.allclose(here.x.sd(), there.theta.sd(), rtol=1e-6)
    assert np.allclose(here.tau.quantile([0.1, 0.9]), there.tau.quantile([0.1, 0.9]), rtol=1e-6)


def test_draws_agree_with_the_marginals():
    for A, y in shapes():
        fit = exact.inverse_problem(A, y, 0.5, exact.HalfNormal(2))
        draws = fit.sample(5_000, np.random.default_rng(26))
        for name in ("tau", "x"):
            marginal = getattr(fit, name)
            assert np.all(abs(draws[name].mean(0) - marginal.mean()) < 4.5 * marginal.sd() / np.sqrt(5_000))
        assert stats.kstest(draws["x"][:, 0], lambda x, fit=fit: fit.x.cdf(x[:, None])[:, 0]).pvalue > 1e-4


def test_simulation_based_calibration():
    rng = np.random.default_rng(27)
    A = PROBLEM.A[:12, :20]
    ranks = []
    for _ in range(400):
        tau = abs(rng.normal(0, 2))
        x = rng.normal(0, tau, 20)
        fit = exact.inverse_problem(A, rng.normal(A @ x, 0.05), 0.05, exact.HalfNormal(2))
        ranks.append([fit.tau.cdf(tau), fit.x.cdf(x)[5]])
    for column in np.array(ranks, dtype=float).T:
        assert stats.chisquare(np.histogram(column, bins=20, range=(0, 1))[0]).pvalue > 1e-4


@settings(deadline=None, max_examples=25)
@given(up=st.floats(0.01, 100), inner=st.floats(0.01, 100), seed=st.integers(0, 50))
def test_units_do_not_matter(up, inner, seed):
    rng = np.random.default_rng(seed)
    A, y = rng.normal(size=(6, 4)), rng.normal(size=6)
    here = exact.inverse_problem(A, y, 0.5, exact.HalfCauchy(1))
    there = exact.inverse_problem(inner * A, up * y, up * 0.5, exact.HalfCauchy(up / inner))
    assert np.allclose(there.x.mean() * inner / up, here.x.mean(), rtol=1e-6, atol=1e-8)
    path, scaled = regularization.ridge(A, y, PENALTY), regularization.ridge(inner * A, up * y, PENALTY * inner**2)
    assert np.allclose(scaled.solution * inner / up, path.solution, rtol=1e-8, atol=1e-10)
    assert np.allclose(scaled.curvature(), path.curvature(), rtol=1e-5, atol=1e-6 * abs(path.curvature()).max())
    assert np.allclose(scaled.gcv() / up**2, path.gcv(), rtol=1e-8)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (30, 30)])
def test_any_size_and_any_scale_give_numbers(shape, scale):
    rng = np.random.default_rng(28)
    for A in (rng.normal(size=shape), np.ones(shape)):
        for y in (scale * rng.normal(size=shape[0]), np.zeros(shape[0])):
            path = regularization.ridge(A, y, [1e-8, 1.0, 1e8])
            for values in (path.solution, path.gcv(), path.log_evidence(scale), path.degrees_of_freedom):
                assert np.all(np.isfinite(values))
            for prior in (exact.HalfCauchy(1e8), exact.HalfNormal(1e-8), exact.InverseGamma(1, 1)):
                fit = exact.inverse_problem(A, y, scale, prior)
                assert np.all(np.isfinite(fit.x.mean()))
                assert np.all(np.isfinite(fit.tau.quantile([0.05, 0.95])))
            assert np.all(np.isfinite(regularization.posterior(A, y, scale, 1.0).sd()))


def test_four_ways_to_choose_the_strength():
    # Claim C34, twice. A smooth truth is not what the prior expects: the L-curve is then nearer than the evidence,
    # and cross-validation is best in the median and fails badly now and then.
    penalty = np.geomspace(1e-9, 10, 121)
    smooth = regularization.compare_choices(
        PROBLEM, SIGMA, penalty, exact.HalfCauchy(1), 120, np.random.default_rng(29)
    )
    for name in ("l_curve", "gcv", "evidence"):
        assert np.all(smooth[name] >= smooth["best"])
    assert np.median(smooth["gcv"]) < np.median(smooth["l_curve"]) < np.median(smooth["evidence"])
    assert smooth["gcv"].max() > 1 > smooth["full_bayes"].max()
    assert abs(smooth["full_bayes"] - smooth["evidence"]).max() < 0.05
    # Truths from the prior: the evidence and full Bayes are the nearest on average.
    rng = np.random.default_rng(30)
    rough = [
        regularization.compare_choices(
            replace(PROBLEM, truth=rng.normal(0, 1, 40)), SIGMA, penalty, exact.HalfCauchy(1), 1, rng
        )
        for _ in range(120)
    ]
    error = {name: np.concatenate([result[name] for result in rough]).mean() for name in rough[0]}
    assert max(error["full_bayes"], error["evidence"]) < error["l_curve"] < error["gcv"]
    assert error["full_bayes"] < 1.03 * error["best"]


def test_one_outlier_ends_the_shrinking_of_all():
    # Claim C36, with nothing between x and y.
    y = np.r_[np.linspace(-1, 1, 9), 0.5]
    weights = []
    for last in (0.5, 10.0):
        y[-1] = last
        fit = exact.inverse_problem(np.eye(10), y, 1.0, exact.HalfCauchy(1))
        weights.append(fit.x.mean() / np.where(y == 0, 1, y))
    assert weights[0].max() < 0.25
    assert weights[1][[0, 1, -1]].min() > 0.8


BAD = [
    (lambda: regularization.ridge([1, 2], [1, 2], 1), r"A must be a matrix .*; got shape \(2,\)"),
    (lambda: regularization.ridge(np.empty((0, 2)), [], 1), r"A must be a matrix .*; got shape \(0, 2\)"),
    (lambda: regularization.ridge(np.eye(2), [1, 2, 3], 1), r"y must have one entry for each row of A, \(2,\)"),
    (lambda: regularization.ridge(np.zeros((2, 2)), [1, 2], 1), "A must have an entry other than zero"),
    (lambda: regularization.ridge(np.eye(2), [1, np.nan], 1), "y must be finite; got nan at index 1"),
    (lambda: regularization.ridge([[1, "a"]], [1], 1), "A must be numbers"),
    (lambda: regularization.ridge(np.eye(2), [1, 2], [1, 0]), r"penalty must be positive; got 0\.0 at index 1"),
    (lambda: regularization.ridge(np.eye(2), [1, 2], []), "penalty must hold one number or more"),
    (
        lambda: regularization.compare_choices(PROBLEM, 0.1, [[1, 2]], exact.Flat(), 2, np.random.default_rng(1)),
        r"penalty must be a list of numbers; got shape \(1, 2\)",
    ),
    (lambda: regularization.ridge(np.eye(2), [1, 2], 1).log_evidence(-1), r"sigma must be positive; got -1\.0"),
    (lambda: regularization.ridge(np.eye(2), [0, 0], 1).l_curve_corner(), "the L-curve needs residuals and solutions"),
    (lambda: regularization.posterior(np.eye(2), [1, 2], 1, [1, 2]), r"tau must be one number; got shape \(2,\)"),
    (lambda: regularization.posterior(np.eye(2), [1, 2], None, 1), "sigma must be numbers; got None"),
    (lambda: exact.inverse_problem(np.eye(2), [1, 2], 0, exact.Flat()), r"sigma must be positive; got 0\.0"),
    (lambda: exact.inverse_problem([[1.0]], [1], 1, exact.Flat()), "finite mass at large tau, with 1 directions"),
    (lambda: exact.inverse_problem(np.eye(5), np.ones(5), 1, exact.Power(-1)), "finite mass near tau = 0"),
    (lambda: regularization.blur(0), "n must be a whole number of 1 or more; got 0"),
    (lambda: regularization.blur(10**400), "n must be at most 2000; got a number of many digits"),
    (lambda: regularization.blur(8, -0.1), r"width must be positive; got -0\.1"),
    (lambda: PROBLEM.observe(0.1, 3), "rng must be a numpy"),
    (
        lambda: regularization.compare_choices(PROBLEM, 0.1, PENALTY, exact.Flat(), 0, np.random.default_rng(1)),
        "repeats must be a whole number of 1 or more; got 0",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
