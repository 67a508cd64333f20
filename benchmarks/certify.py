"""Computes the certified posteriors by two methods that share no code, and writes them into the package.

Run it with ``make certify``. It stops where the two methods differ by more than the digits that are promised.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import trapezoid
from certified_models import KINDS, POSTERIORS, Posterior, Priors

from hbcourse import exact

#: Mean and sd of each unknown.
Moments = Mapping[str, tuple[Any, Any]]

FILE = Path(__file__).resolve().parent.parent / "hbcourse" / "certified" / "posteriors.json"
#: Significant digits that the two methods must share, and that are written.
CERTIFIED, WRITTEN = 8, 10


def normal(data: dict[str, Any], priors: Priors) -> Moments:
    found = exact.normal_hierarchy(data["y"], data["sigma"], **arguments(priors))
    return moments(mu=found.mu, tau=found.tau, theta=found.theta)


def student_t(data: dict[str, Any], priors: Priors) -> Moments:
    found = exact.student_t_hierarchy(data["y"], data["sigma"], data["nu"], **arguments(priors))
    return moments(mu=found.mu, tau=found.tau, theta=found.theta)


def beta_binomial(data: dict[str, Any], priors: Priors) -> Moments:
    found = exact.beta_binomial(data["y"], data["n"], **arguments(priors))
    return moments(mu=found.mu, kappa=found.kappa, theta=found.theta)


def gamma_poisson(data: dict[str, Any], priors: Priors) -> Moments:
    found = exact.gamma_poisson(data["x"], data["t"], **arguments(priors))
    return moments(alpha=found.alpha, beta=found.beta, theta=found.theta)


def nested_two(data: dict[str, Any], priors: Priors) -> Moments:
    found = exact.nested_normal(data["y"], **arguments(priors))
    return moments(mu=found.mu, tau=found.tau[0], sigma=found.sigma, theta=found.theta[0])


def nested_three(data: dict[str, Any], priors: Priors) -> Moments:
    given = arguments(priors)
    taus = [given.pop("tau_batch_prior"), given.pop("tau_cask_prior")]
    found = exact.nested_normal(data["y"], taus, **given)
    (tau_batch, tau_cask), (phi, theta) = found.tau, found.theta
    return moments(mu=found.mu, tau_batch=tau_batch, tau_cask=tau_cask, sigma=found.sigma, phi=phi, theta=theta)


def arguments(priors: Priors) -> dict[str, Any]:
    """The priors as the engines take them."""
    return {f"{name}_prior": engine_prior(**prior) for name, prior in priors.items()}


def engine_prior(family: str, **numbers: float) -> Any:
    """Both name their numbers in the same order, but an Exponential by its rate here and by its mean there."""
    if family == "Exponential":
        return exact.Exponential(1 / numbers["lam"])
    return getattr(exact, family)(*numbers.values())


def moments(**marginals: Any) -> Moments:
    return {name: (marginal.mean(), marginal.sd()) for name, marginal in marginals.items()}


ENGINES: dict[str, Callable[[dict[str, Any], Priors], Moments]] = {
    engine.__name__: engine for engine in (normal, student_t, beta_binomial, gamma_poisson, nested_two, nested_three)
}


def difference(found: Moments, other: Moments) -> float:
    """Largest relative difference of a mean or an sd."""
    if found.keys() != other.keys():
        raise KeyError(f"one method gives {', '.join(found)}, the other {', '.join(other)}")
    return max(
        float(np.max(np.abs(np.asarray(a) / np.asarray(b) - 1)))
        for name in found
        for a, b in zip(found[name], other[name], strict=True)
    )


def entry(posterior: Posterior) -> dict[str, Any]:
    """What the file says of a posterior."""
    kind, data = KINDS[posterior.kind], posterior.data()
    by_engine = ENGINES[posterior.kind](data, posterior.priors)
    by_trapezoid = trapezoid.moments(posterior.kind, data, posterior.priors)
    off = difference(by_engine, by_trapezoid)
    if not off < 10.0**-CERTIFIED:
        raise ArithmeticError(f"the two methods differ by {off:.1e} for {posterior.name}")
    return {
        "name": posterior.name,
        "title": posterior.title,
        "dataset": posterior.dataset,
        "words": posterior.words,
        "formula": [*kind.formula, *map(formula_of_prior, posterior.priors.items())],
        "priors": posterior.priors,
        "data": {name: np.asarray(values).tolist() for name, values in data.items()},
        "mean": {name: rounded(mean) for name, (mean, _) in by_trapezoid.items()},
        "sd": {name: rounded(sd) for name, (_, sd) in by_trapezoid.items()},
        "methods": [kind.engine, kind.trapezoid],
        "difference": float(f"{off:.1e}"),
        "posteriordb": posterior.posteriordb,
        "pymc": pymc_code(kind.pymc, posterior.priors),
    }


def rounded(values: Any) -> Any:
    """The same to the digits that are written."""
    return np.vectorize(lambda x: float(f"{x:.{WRITTEN - 1}e}"))(values).tolist()


def formula_of_prior(item: tuple[str, dict[str, Any]]) -> str:
    name, prior = item
    first, _, second = name.partition("_")
    symbol = rf"\{first}" + (rf"_\text{{{second}}}" if second else "")
    numbers = ", ".join(rf"\text{{{key}}} = {value:g}" for key, value in prior.items() if key != "family")
    return rf"{symbol} \sim \text{{{prior['family']}}}({numbers})"


def pymc_code(body: str, priors: dict[str, dict[str, Any]]) -> str:
    """PyMC code that defines ``model``, from ``data``."""
    lines = []
    for name, prior in priors.items():
        numbers = ", ".join(f"{key}={value:g}" for key, value in prior.items() if key != "family")
        lines.append(f'{name} = pm.{prior["family"]}("{name}", {numbers})')
    indented = "\n".join(f"    {line}" for line in [*lines, *body.strip().splitlines()])
    return f"import pymc as pm\n\nwith pm.Model() as model:\n{indented}\n"


def text(entries: list[dict[str, Any]]) -> str:
    """As JSON, a list of numbers to a line."""
    found = json.dumps({"digits": CERTIFIED, "posteriors": entries}, indent=1, ensure_ascii=False)
    return re.sub(r"\[[-+\d.eE,\s]*\]", lambda numbers: " ".join(numbers[0].split()), found) + "\n"


if __name__ == "__main__":
    entries = []
    for posterior in POSTERIORS:
        entries.append(entry(posterior))
        print(f"{posterior.name:<16} the two methods differ by at most {entries[-1]['difference']:.1e}")
    FILE.write_text(text(entries), encoding="utf-8")
