"""The ten posteriors that are certified: their data, models and priors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hbcourse import datasets

Priors = dict[str, dict[str, Any]]

GAUSS_LEGENDRE = "Gauss-Legendre quadrature on adaptive panels"
TRAPEZOID = "trapezoid rule of benchmarks/trapezoid.py"


class Kind(NamedTuple):
    """A likelihood with its population: in formulas, in PyMC after the priors, and what each method sums over."""

    formula: list[str]
    pymc: str
    engine: str
    trapezoid: str


_NORMAL = r"y_j \sim \text{Normal}(\theta_j, \sigma_j)"
_OBSERVED = 'pm.Normal("y", theta, data["sigma"], observed=data["y"])'

KINDS = {
    "normal": Kind(
        [_NORMAL, r"\theta_j \sim \text{Normal}(\mu, \tau)"],
        f"""
z = pm.Normal("z", 0, 1, shape=len(data["y"]))
theta = pm.Deterministic("theta", mu + tau * z)
{_OBSERVED}
""",
        f"hbcourse.exact.normal_hierarchy: {GAUSS_LEGENDRE} over asinh(tau), mu in closed form",
        f"{TRAPEZOID}: over asinh(mu) and tau = exp(v - exp(-v))",
    ),
    "student_t": Kind(
        [_NORMAL, r"\theta_j \sim \text{StudentT}(\nu, \mu, \tau)"],
        f"""
z = pm.StudentT("z", data["nu"], shape=len(data["y"]))
theta = pm.Deterministic("theta", mu + tau * z)
{_OBSERVED}
""",
        f"hbcourse.exact.student_t_hierarchy: {GAUSS_LEGENDRE} over mu and tau, each theta a scale mixture of normals",
        f"{TRAPEZOID}: over asinh(mu), tau = exp(v - exp(-v)) and each theta",
    ),
    "beta_binomial": Kind(
        [
            r"y_j \sim \text{Binomial}(n_j, \theta_j)",
            r"\theta_j \sim \text{Beta}(\mu \kappa, (1 - \mu) \kappa)",
        ],
        """
theta = pm.Beta("theta", mu * kappa, (1 - mu) * kappa, shape=len(data["y"]))
pm.Binomial("y", data["n"], theta, observed=data["y"])
""",
        f"hbcourse.exact.beta_binomial: {GAUSS_LEGENDRE} over log kappa and logit mu",
        f"{TRAPEZOID}: over mu kappa and (1 - mu) kappa, each = exp(v - exp(-v))",
    ),
    "gamma_poisson": Kind(
        [r"x_j \sim \text{Poisson}(t_j \theta_j)", r"\theta_j \sim \text{Gamma}(\alpha, \beta)"],
        """
theta = pm.Gamma("theta", alpha, beta, shape=len(data["x"]))
pm.Poisson("x", data["t"] * theta, observed=data["x"])
""",
        f"hbcourse.exact.gamma_poisson: {GAUSS_LEGENDRE} over log alpha and log(alpha / beta)",
        f"{TRAPEZOID}: over alpha and beta, each = exp(v - exp(-v))",
    ),
    "nested_two": Kind(
        [r"y_{ik} \sim \text{Normal}(\theta_i, \sigma)", r"\theta_i \sim \text{Normal}(\mu, \tau)"],
        """
z = pm.Normal("z", 0, 1, shape=len(data["y"]))
theta = pm.Deterministic("theta", mu + tau * z)
pm.Normal("y", theta[:, None], sigma, observed=data["y"])
""",
        f"hbcourse.exact.nested_normal: {GAUSS_LEGENDRE} over the eigenvalues of the covariance, mu in closed form",
        f"{TRAPEZOID}: over asinh(mu) and the sds, each = exp(v - exp(-v))",
    ),
    "nested_three": Kind(
        [
            r"y_{rsk} \sim \text{Normal}(\theta_{rs}, \sigma)",
            r"\theta_{rs} \sim \text{Normal}(\phi_r, \tau_\text{cask})",
            r"\phi_r \sim \text{Normal}(\mu, \tau_\text{batch})",
        ],
        """
z_batch = pm.Normal("z_batch", 0, 1, shape=data["y"].shape[0])
z_cask = pm.Normal("z_cask", 0, 1, shape=data["y"].shape[:2])
phi = pm.Deterministic("phi", mu + tau_batch * z_batch)
theta = pm.Deterministic("theta", phi[:, None] + tau_cask * z_cask)
pm.Normal("y", theta[..., None], sigma, observed=data["y"])
""",
        f"hbcourse.exact.nested_normal: {GAUSS_LEGENDRE} over the eigenvalues of the covariance, mu in closed form",
        f"{TRAPEZOID}: over the three sds, each = exp(v - exp(-v)), mu in closed form",
    ),
}


@dataclass(frozen=True)
class Posterior:
    """One of the ten."""

    name: str
    title: str
    kind: str
    dataset: str
    data: Callable[[], dict[str, Any]]
    priors: Priors
    words: str
    posteriordb: str


def _normal(mu: float, sigma: float) -> dict[str, Any]:
    return {"family": "Normal", "mu": mu, "sigma": sigma}


def _half_normal(sigma: float) -> dict[str, Any]:
    return {"family": "HalfNormal", "sigma": sigma}


def _half_cauchy(beta: float) -> dict[str, Any]:
    return {"family": "HalfCauchy", "beta": beta}


def _exponential(lam: float) -> dict[str, Any]:
    return {"family": "Exponential", "lam": lam}


def _gamma(alpha: float, beta: float) -> dict[str, Any]:
    return {"family": "Gamma", "alpha": alpha, "beta": beta}


def _beta(alpha: float, beta: float) -> dict[str, Any]:
    return {"family": "Beta", "alpha": alpha, "beta": beta}


def _bcg() -> dict[str, Any]:
    """Log relative risks and their standard errors, to four decimals as published tables have them."""
    trials = datasets.bcg()
    risk, control = trials.tb_vaccinated / trials.vaccinated, trials.tb_control / trials.control
    variance = (1 - risk) / trials.tb_vaccinated + (1 - control) / trials.tb_control
    return {"y": np.log(risk / control).round(4).to_numpy(), "sigma": np.sqrt(variance).round(4).to_numpy()}


def _radon() -> dict[str, Any]:
    """County means in the basement, to four decimals, with .7 for the sd of a home."""
    homes = datasets.radon()
    county = homes[homes.floor == 0].groupby("county").log_radon
    return {"y": county.mean().round(4).to_numpy(), "sigma": (0.7 / np.sqrt(county.size())).round(4).to_numpy()}


def _schools() -> dict[str, Any]:
    schools = datasets.eight_schools()
    return {"y": schools.y.to_numpy(), "sigma": schools.sigma.to_numpy(), "nu": 4}


def _columns(name: str, **columns: str) -> Callable[[], dict[str, Any]]:
    """Columns of a table, under the model's names."""
    return lambda: {symbol: getattr(datasets, name)()[column].to_numpy() for symbol, column in columns.items()}


def _table(name: str, column: str, *shape: int) -> Callable[[], dict[str, Any]]:
    """A column of a balanced table, in the shape of its design."""
    return lambda: {"y": getattr(datasets, name)()[column].to_numpy().reshape(shape)}


def _epil() -> dict[str, Any]:
    counts = datasets.epil().baseline.to_numpy()
    return {"x": counts, "t": np.full(len(counts), 8)}


_NOT_THERE = "The table is not in posteriordb."

POSTERIORS = [
    Posterior(
        "bcg",
        "Thirteen trials of a vaccine, normal population",
        "normal",
        "bcg",
        _bcg,
        {"mu": _normal(0, 2), "tau": _half_cauchy(0.5)},
        "A meta-analysis. Each trial estimates the log relative risk of tuberculosis among the vaccinated, with a "
        "standard error taken as known. The true log relative risks differ between trials as draws from a normal.",
        _NOT_THERE,
    ),
    Posterior(
        "radon",
        "Radon in 85 counties, normal population",
        "normal",
        "radon",
        _radon,
        {"mu": _normal(0, 10), "tau": _half_normal(1)},
        "Log radon measured in the basements of 766 homes, from 1 to 100 in a county. Within a county it is normal "
        "with an sd of 0.7, so that the mean of n homes has the standard error 0.7 / sqrt(n). County means come from a "
        "normal.",
        "posteriordb has radon with unknown sd and predictors; of these, only the models without counties have "
        "reference draws.",
    ),
    Posterior(
        "eight_schools_t",
        "Eight schools, Student-t population",
        "student_t",
        "eight_schools",
        _schools,
        {"mu": _normal(0, 5), "tau": _half_cauchy(5)},
        "Effects of coaching in eight schools with known standard errors. The true effects come from Student's t with "
        "4 degrees of freedom around mu; tau is its scale, not its sd.",
        "posteriordb has reference draws for the same data and priors with a normal population.",
    ),
    Posterior(
        "rat_tumor",
        "Tumors in 71 groups of rats, beta-binomial",
        "beta_binomial",
        "rat_tumor",
        _columns("rat_tumor", y="y", n="n"),
        {"mu": _beta(1, 1), "kappa": _gamma(2, 0.1)},
        "Rats with a tumor out of those in each group. The probabilities of the groups come from a Beta with mean mu "
        "and concentration kappa, the sum of its two parameters.",
        "The table is not in posteriordb, whose rats are growth curves.",
    ),
    Posterior(
        "surgical",
        "Deaths in twelve hospitals, beta-binomial",
        "beta_binomial",
        "surgical",
        _columns("surgical", y="deaths", n="n"),
        {"mu": _beta(1, 1), "kappa": _half_normal(100)},
        "Deaths after heart surgery on infants in twelve hospitals, from 47 to 810 operations each. The hospitals' "
        "probabilities come from a Beta with mean mu and concentration kappa.",
        "posteriordb has the table with a logit-normal population, without reference draws.",
    ),
    Posterior(
        "seeds",
        "Germination on 21 plates, beta-binomial",
        "beta_binomial",
        "seeds",
        _columns("seeds", y="germinated", n="n"),
        {"mu": _beta(2, 2), "kappa": _exponential(0.05)},
        "Seeds that germinated on each of 21 plates, varieties and extracts ignored. The plates' probabilities come "
        "from a Beta with mean mu and concentration kappa.",
        "posteriordb has the table with logistic regressions, without reference draws.",
    ),
    Posterior(
        "pumps",
        "Failures of ten pumps, gamma-Poisson",
        "gamma_poisson",
        "pumps",
        _columns("pumps", x="failures", t="t_1000h"),
        {"alpha": _exponential(1), "beta": _gamma(0.1, 1)},
        "Failures of ten pumps in t thousand hours of operation. The failure rates come from a Gamma with shape alpha "
        "and rate beta. The prior of beta is infinite at zero.",
        _NOT_THERE,
    ),
    Posterior(
        "epil",
        "Seizures of 59 patients, gamma-Poisson",
        "gamma_poisson",
        "epil",
        _epil,
        {"alpha": _half_normal(5), "beta": _gamma(2, 2)},
        "Seizures of 59 patients in the eight weeks before a trial. The weekly rates come from a Gamma with shape "
        "alpha and rate beta.",
        _NOT_THERE,
    ),
    Posterior(
        "dyestuff",
        "Dyestuff from six batches, two levels, all sds unknown",
        "nested_two",
        "dyestuff",
        _table("dyestuff", "grams", 6, 5),
        {"mu": _normal(1500, 100), "tau": _half_normal(100), "sigma": _half_normal(100)},
        "Yields of five samples from each of six batches: a normal within each batch, and the batches' means a normal "
        "too. Both standard deviations are unknown; that between batches could be zero.",
        _NOT_THERE,
    ),
    Posterior(
        "pastes",
        "Strength of a paste, three levels, all sds unknown",
        "nested_three",
        "pastes",
        _table("pastes", "strength", 10, 3, 2),
        {
            "mu": _normal(60, 10),
            "tau_batch": _half_normal(5),
            "tau_cask": _half_normal(5),
            "sigma": _half_normal(5),
        },
        "Two assays of each of three casks from each of ten batches: a normal at each level. Casks of the same batch "
        "differ much more than assays of the same cask, and batches hardly more than their casks explain.",
        _NOT_THERE,
    ),
]
