"""Times this package beside the libraries people would otherwise use, and writes benchmarks/RESULTS.md."""

import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import statsmodels.api as sm
from measure import Call, Times, duration, in_turns, slope
from pymare.estimators import VarianceBasedLikelihoodEstimator
from statsmodels.stats.multitest import local_fdr

from hbcourse import datasets, exact, james_stein, models

ROUNDS = 15
RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Race:
    """A call of ours, that of a peer, and the bars: seconds at most, and how many times faster than the peer."""

    what: str
    ours: Call
    limit: float
    peer_name: str = ""
    peer: Call | None = None
    at_least: float = 0.0


def everything(posterior: exact.NormalHierarchyPosterior) -> None:
    """Mean and sd of every unknown."""
    for marginal in (posterior.tau, posterior.mu, posterior.theta):
        marginal.mean(), marginal.sd()


def normal_data(rng: np.random.Generator, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    sigma = rng.uniform(0.5, 2, shape[-1])
    return rng.normal(rng.normal(0, 2, shape), sigma), sigma


def fit_normal(y: np.ndarray, sigma: np.ndarray) -> Call:
    return lambda: everything(exact.normal_hierarchy(y, sigma, exact.HalfCauchy(5), exact.Normal(0, 5)))


def two_groups_data(rng: np.random.Generator, J: int) -> np.ndarray:
    return rng.normal(np.where(rng.uniform(size=J) < 0.95, 0, rng.normal(0, 3, J)), 1)


def fit_two_groups(z: np.ndarray) -> Call:
    def fit() -> None:
        posterior = exact.two_groups(z)
        posterior.local_fdr, posterior.theta.mean()

    return fit


def fit_counts(x: np.ndarray, exposure: np.ndarray) -> Call:
    def fit() -> None:
        posterior = exact.gamma_poisson(x, exposure, exact.Exponential(1), exact.Gamma(0.1, 1))
        for marginal in (posterior.alpha, posterior.beta, posterior.theta):
            marginal.mean(), marginal.sd()

    return fit


def nested_data(rng: np.random.Generator, regions: int, sites: int, plots: int) -> np.ndarray:
    region, site = rng.normal(0, 2, (regions, 1, 1)), rng.normal(0, 1, (regions, sites, 1))
    return rng.normal(region + site, 1.5, (regions, sites, plots))


def fit_nested(y: np.ndarray) -> Call:
    def fit() -> None:
        posterior = exact.nested_normal(y, exact.HalfNormal(5), exact.HalfNormal(5))
        for marginal in (*posterior.tau, posterior.sigma, posterior.mu, *posterior.theta):
            marginal.mean(), marginal.sd()

    return fit


def mixed_lm(y: np.ndarray) -> Call:
    region, site, _ = np.indices(y.shape)
    frame = pd.DataFrame({"y": y.ravel(), "region": region.ravel(), "site": site.ravel()})

    def fit() -> None:
        sm.MixedLM.from_formula(
            "y ~ 1", frame, groups="region", re_formula="1", vc_formula={"site": "0 + C(site)"}
        ).fit(reml=True)

    return fit


def races() -> list[Race]:
    rng = np.random.default_rng(1)
    schools, pumps = datasets.eight_schools(), datasets.pumps()
    y, sigma = schools.y.to_numpy(float), schools.sigma.to_numpy(float)
    reml = VarianceBasedLikelihoodEstimator(method="REML")
    z, many_z = two_groups_data(rng, 20_000), two_groups_data(rng, 1_000_000)
    x, t = pumps.failures.to_numpy(), pumps.t_1000h.to_numpy()
    batch, errors = normal_data(rng, 1000, 8)
    large, plots = normal_data(rng, 10_000), nested_data(rng, 10, 25, 20)
    noncentrality = np.linspace(0, 100, 201)
    return [
        Race(
            "Normal hierarchy, J = 8: means and sds of all unknowns",
            fit_normal(y, sigma),
            0.25e-3,
            "PyMARE, REML point estimate",
            lambda: reml.fit(y=y[:, None], v=sigma[:, None] ** 2, X=np.ones((8, 1))),
            1,
        ),
        Race("Normal hierarchy, J = 10,000", fit_normal(*large), 50e-3),
        Race("Normal hierarchy, 1,000 data sets of J = 8 together", fit_normal(batch, errors), 60e-3),
        Race(
            "Two groups, 20,000 z-scores: fit, local fdr, posterior means",
            fit_two_groups(z),
            3e-3,
            "statsmodels, local_fdr",
            lambda: local_fdr(z),
            1,
        ),
        Race("Two groups, 1,000,000 z-scores", fit_two_groups(many_z), 150e-3),
        Race(
            "Gamma-Poisson, ten pumps: means and sds of all unknowns",
            fit_counts(x, t),
            5e-3,
            "statsmodels, negative binomial point fit",
            lambda: sm.NegativeBinomial(x, np.ones((10, 1)), exposure=t).fit(disp=0),
            1 / 3,
        ),
        Race(
            "Nested normal, 10 x 25 x 20 observations: means and sds of all unknowns",
            fit_nested(plots),
            2e-3,
            "statsmodels, MixedLM",
            mixed_lm(plots),
            50,
        ),
        Race("James-Stein risk, k = 10, 201 points", lambda: james_stein.risk(10, noncentrality), 3e-3),
    ]


def nuts(y: np.ndarray, sigma: np.ndarray) -> tuple[float, float]:
    """Seconds that 4 chains of 16,000 draws take, the median of three, and the worst error of a mean, in its sds."""
    model = models.normal_hierarchy(y, sigma, exact.HalfCauchy(5), exact.Normal(0, 5))
    with model:
        # The first call compiles; it is not counted.
        pm.sample(10, tune=10, random_seed=1, progressbar=False, quiet=True, compute_convergence_checks=False)
        seconds = []
        for seed in (2, 3, 4):
            start = time.perf_counter()
            draws = pm.sample(16_000, tune=1000, chains=4, random_seed=seed, progressbar=False, quiet=True)
            seconds.append(time.perf_counter() - start)
    table = az.summary(draws, var_names=["mu", "tau", "theta"], round_to=8)
    return float(np.median(seconds)), float((table["mcse_mean"].astype(float) / table["sd"].astype(float)).max())


SCALING = {
    "normal hierarchy": ([1000, 4000, 16000, 64000], lambda rng, J: fit_normal(*normal_data(rng, J))),
    "two groups": ([20_000, 80_000, 320_000, 1_280_000], lambda rng, J: fit_two_groups(two_groups_data(rng, J))),
    "Gamma-Poisson": (
        [1000, 4000, 16000, 64000],
        lambda rng, J: fit_counts(rng.poisson(t := rng.uniform(1, 100, J)), t),
    ),
    "nested normal": (
        [20_000, 80_000, 320_000, 1_280_000],
        lambda rng, N: fit_nested(nested_data(rng, 10, 50, N // 500)),
    ),
}


def race_rows(entries: Iterable[Race]) -> Iterable[str]:
    for race in entries:
        times = in_turns([race.ours, *([race.peer] if race.peer else [])], ROUNDS if race.at_least < 50 else 5)
        yield row(race, *times)


def row(race: Race, ours: Times, peer: Times | None = None) -> str:
    met = ours.median <= race.limit
    bar, ratio = f"at most {duration(race.limit)}", ""
    if peer is not None:
        ratios = np.quantile(peer.seconds / ours.seconds, [0.1, 0.5, 0.9])
        met = bool(met and ratios[1] >= race.at_least)
        bar += f", ratio {race.at_least:.3g} or more"
        ratio = f"{ratios[1]:.3g} ({ratios[0]:.3g} to {ratios[2]:.3g})"
    beside = f"{race.peer_name}: {peer}" if peer is not None else ""
    return f"| {race.what} | {ours} | {beside} | {ratio} | {bar} | {'met' if met else '**missed**'} |"


def main() -> None:
    schools = datasets.eight_schools()
    y, sigma = schools.y.to_numpy(float), schools.sigma.to_numpy(float)
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make bench`, all in one process, on a machine with {os.cpu_count()} cores; every library has one"
        " thread. Times are medians of rounds in which the calls take turns, with the 10% and 90% quantiles; a ratio is"
        " the peer's time over ours, round by round.",
        "",
        "| What | hbcourse | Peer | Ratio | Bar | |",
        "| --- | --- | --- | --- | --- | --- |",
        *race_rows(races()),
    ]
    seconds, error = nuts(y, sigma)
    [ours] = in_turns([fit_normal(y, sigma)], ROUNDS)
    ratio = seconds / ours.median
    lines += [
        f"| Eight schools beside NUTS, whose 4 chains of 16,000 draws know each mean to {error:.1%} of its sd |"
        f" {ours} |"
        f" PyMC with nutpie, compiled before: {duration(seconds)} | {ratio:.3g} | ratio 10000 or more |"
        f" {'met' if ratio >= 1e4 else '**missed**'} |",
        "",
        "NUTS's time falls with the square of the error allowed, down to its warm-up.",
        "",
        "## Cost against size",
        "",
        "The slope of log cost against log size; 1 is proportional.",
        "",
        "| Engine | Sizes | Times | Slope | Bar | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, (sizes, make) in SCALING.items():
        value, times = slope(sizes, [make(np.random.default_rng(2), size) for size in sizes], 5)
        lines.append(
            f"| {name} | {', '.join(f'{size:,}' for size in sizes)} | {', '.join(duration(t.median) for t in times)} |"
            f" {value:.2f} | at most 1.1 | {'met' if value <= 1.1 else '**missed**'} |"
        )
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
