"""Log densities of PyMC's distributions, and their parameters in the words of PyMC's own signatures.

What is in a graph are the inputs of an operation, into which PyMC has turned what was typed: ``NegativeBinomial(mu,
alpha)`` has become ``n`` and ``p``. They are turned back, so that a hint can speak of ``mu`` and ``alpha``.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy import special, stats

from .._validate import FloatArray

Parameters = Mapping[str, FloatArray]


class Family(NamedTuple):
    """One of PyMC's distributions.

    Attributes
    ----------
    name : str
        As it is called in PyMC.
    parameters : callable
        From the inputs of the operation to PyMC's parameters by name.
    log_density : callable
        Of a value, with PyMC's parameters by name; over whole vectors where these are what is drawn.
    """

    name: str
    parameters: Callable[..., Parameters]
    log_density: Callable[..., Any]


def log_density(family: Family, value: FloatArray, parameters: Parameters) -> FloatArray:
    """Log density of each entry; minus infinity outside the support, and where PyMC would refuse the parameters."""
    with np.errstate(all="ignore"):
        found = np.asarray(family.log_density(value, **parameters), dtype=float)
    return np.where(np.isnan(found), -np.inf, found)


def _named(*names: str) -> Callable[..., Parameters]:
    return lambda *inputs: dict(zip(names, inputs, strict=True))


def _gamma(alpha: FloatArray, scale: FloatArray) -> Parameters:
    return {"alpha": alpha, "beta": 1 / scale}


def _negative_binomial(n: FloatArray, p: FloatArray) -> Parameters:
    return {"mu": n * (1 - p) / p, "alpha": n}


def _log_negative_binomial(x: FloatArray, mu: FloatArray, alpha: FloatArray) -> FloatArray:
    return np.asarray(stats.nbinom.logpmf(x, alpha, alpha / (alpha + mu)))


def _truncated_normal(x: FloatArray, mu: FloatArray, sigma: FloatArray, lower: FloatArray, upper: FloatArray) -> Any:
    return stats.truncnorm.logpdf(x, (lower - mu) / sigma, (upper - mu) / sigma, mu, sigma)


def _half_student_t(x: FloatArray, nu: FloatArray, sigma: FloatArray) -> FloatArray:
    return np.where(x < 0, -np.inf, np.log(2) + stats.t.logpdf(x, nu, 0, sigma))


def _flat(x: FloatArray, least: float = -np.inf) -> FloatArray:
    return np.where(x < least, -np.inf, 0.0)


def _uniform(x: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    return np.where((x < lower) | (x > upper), -np.inf, -np.log(upper - lower))


def _dirichlet(x: FloatArray, a: FloatArray) -> FloatArray:
    inside = (x >= 0).all(-1) & np.isclose(x.sum(-1), 1)
    total = special.xlogy(a - 1, x).sum(-1) + special.gammaln(a.sum(-1)) - special.gammaln(a).sum(-1)
    return np.where(inside, total, -np.inf)


def _mv_normal(x: FloatArray, mu: FloatArray, cov: FloatArray) -> FloatArray:
    centred = (x - mu)[..., None]
    sign, log_determinant = np.linalg.slogdet(cov)
    quadratic = (centred * np.linalg.solve(cov, centred)).sum((-2, -1))
    return np.where(sign > 0, -(quadratic + log_determinant + x.shape[-1] * np.log(2 * np.pi)) / 2, -np.inf)


def _categorical(x: FloatArray, p: FloatArray) -> FloatArray:
    index = x.astype(int)
    inside = (index >= 0) & (index < p.shape[-1])
    p = np.broadcast_to(p, (*index.shape, p.shape[-1]))
    chosen = np.take_along_axis(p, np.where(inside, index, 0)[..., None], -1)[..., 0]
    return np.where(inside, np.log(chosen), -np.inf)


#: By the name of PyTensor's operation.
FAMILIES = {
    "NormalRV": Family("Normal", _named("mu", "sigma"), lambda x, mu, sigma: stats.norm.logpdf(x, mu, sigma)),
    "HalfNormalRV": Family(
        "HalfNormal", lambda loc, sigma: {"sigma": sigma}, lambda x, sigma: stats.halfnorm.logpdf(x, scale=sigma)
    ),
    "TruncatedNormalRV": Family("TruncatedNormal", _named("mu", "sigma", "lower", "upper"), _truncated_normal),
    "SkewNormalRV": Family(
        "SkewNormal",
        _named("mu", "sigma", "alpha"),
        lambda x, mu, sigma, alpha: stats.skewnorm.logpdf(x, alpha, mu, sigma),
    ),
    "StudentTRV": Family(
        "StudentT", _named("nu", "mu", "sigma"), lambda x, nu, mu, sigma: stats.t.logpdf(x, nu, mu, sigma)
    ),
    "HalfStudentTRV": Family("HalfStudentT", _named("nu", "sigma"), _half_student_t),
    "CauchyRV": Family("Cauchy", _named("alpha", "beta"), lambda x, alpha, beta: stats.cauchy.logpdf(x, alpha, beta)),
    "HalfCauchyRV": Family("HalfCauchy", _named("beta"), lambda x, beta: stats.halfcauchy.logpdf(x, scale=beta)),
    "LaplaceRV": Family("Laplace", _named("mu", "b"), lambda x, mu, b: stats.laplace.logpdf(x, mu, b)),
    "LogisticRV": Family("Logistic", _named("mu", "s"), lambda x, mu, s: stats.logistic.logpdf(x, mu, s)),
    "GumbelRV": Family("Gumbel", _named("mu", "beta"), lambda x, mu, beta: stats.gumbel_r.logpdf(x, mu, beta)),
    "LogNormalRV": Family(
        "LogNormal", _named("mu", "sigma"), lambda x, mu, sigma: stats.lognorm.logpdf(x, sigma, scale=np.exp(mu))
    ),
    "ExponentialRV": Family(
        "Exponential", lambda scale: {"lam": 1 / scale}, lambda x, lam: stats.expon.logpdf(x, scale=1 / lam)
    ),
    "GammaRV": Family("Gamma", _gamma, lambda x, alpha, beta: stats.gamma.logpdf(x, alpha, scale=1 / beta)),
    "InvGammaRV": Family(
        "InverseGamma", _named("alpha", "beta"), lambda x, alpha, beta: stats.invgamma.logpdf(x, alpha, scale=beta)
    ),
    "BetaRV": Family("Beta", _named("alpha", "beta"), lambda x, alpha, beta: stats.beta.logpdf(x, alpha, beta)),
    "UniformRV": Family("Uniform", _named("lower", "upper"), _uniform),
    "FlatRV": Family("Flat", _named(), _flat),
    "HalfFlatRV": Family("HalfFlat", _named(), lambda x: _flat(x, 0.0)),
    "PoissonRV": Family("Poisson", _named("mu"), lambda x, mu: stats.poisson.logpmf(x, mu)),
    "NegBinomialRV": Family("NegativeBinomial", _negative_binomial, _log_negative_binomial),
    "BinomialRV": Family("Binomial", _named("n", "p"), lambda x, n, p: stats.binom.logpmf(x, n, p)),
    "BernoulliRV": Family("Bernoulli", _named("p"), lambda x, p: stats.bernoulli.logpmf(x, p)),
    "BetaBinomialRV": Family(
        "BetaBinomial",
        _named("n", "alpha", "beta"),
        lambda x, n, alpha, beta: stats.betabinom.logpmf(x, n, alpha, beta),
    ),
    "CategoricalRV": Family("Categorical", _named("p"), _categorical),
    "DirichletRV": Family("Dirichlet", _named("a"), _dirichlet),
    "MvNormalRV": Family("MvNormal", _named("mu", "cov"), _mv_normal),
}
