"""Does an answer agree with the solution? By its values at our own inputs, without the exercise's tests."""

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hbcourse import james_stein
from tests.answers.exercise import run, solved
from tests.answers.inputs import CASES, SIMULATIONS, TOLERANCE, UP_TO_A_CONSTANT

FEW, MANY = 2_003, 100_003  # Primes: a share of some other number of data sets is not one of these.
SEEDS = (4, 5, 6, 7)  # Of the solution; an answer has others.
CHAPTER = np.array([[0.0] * 9 + [10.0], [0.3] * 9 + [3.0]])  # Section james-stein-unequal.


def runs(task: str) -> bool:
    """Models and draws are slow, and are read instead."""
    return task not in ("model", "trace")


def agrees(name: str, task: str, cell: str, n_sim: int = FEW) -> bool:
    """Whether an answer (a value, a function or a simulation) gives what the solution gives, without errors."""
    namespace = solved(name, task)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        answer = run(cell, namespace)
        if task == "theta_bad":
            return loses(answer["theta_bad"], answer["sigma_bad"])
        if task not in CASES[name]:
            return close(answer[task], namespace[task], 1e-6)
        try:
            if task in SIMULATIONS:
                shares = right_shares(name, task, n_sim)
                return all(
                    same_share(answer[task], *pair, n_sim) for pair in zip(CASES[name][task], shares, strict=True)
                )
            values = [answer[task](*case) for case in CASES[name][task]]
            if task in UP_TO_A_CONSTANT:
                values = list(np.subtract(values, values[0]))
        except (ArithmeticError, ValueError, TypeError):
            return False
        right = right_values(name, task)
    return all(close(a, b, TOLERANCE.get(task, 1e-6)) for a, b in zip(values, right, strict=True))


@functools.cache
def right_values(name: str, task: str) -> list[Any]:
    """What the solution returns, case by case."""
    values = [solved(name, task)[task](*case) for case in CASES[name][task]]
    return list(np.subtract(values, values[0])) if task in UP_TO_A_CONSTANT else values


@functools.cache
def right_shares(name: str, task: str, n_sim: int) -> list[float]:
    """The solution's shares over four seeds, case by case."""
    return [np.mean([solved(name, task)[task](*case, n_sim, seed) for seed in SEEDS]) for case in CASES[name][task]]


def close(a: Any, b: Any, tolerance: float) -> bool:
    """Numbers of one shape, equal within a relative tolerance; text is no number."""
    a, b = np.asarray(a), np.asarray(b, dtype=float)
    if a.dtype.kind not in "biufO" or a.shape != b.shape or any(value is None for value in a.ravel()):
        return False
    return np.allclose(a.astype(float), b, rtol=tolerance, atol=1e-9)


def same_share(answer: Callable[..., Any], case: Sequence[Any], right: float, n_sim: int) -> bool:
    """A share of `n_sim` data sets that repeats with its seed, not with another, within five standard errors."""
    shares = np.array([float(answer(*case, n_sim, seed)) for seed in (1, 1, 2, 3)])
    whole = np.allclose(shares * n_sim, np.round(shares * n_sim), atol=1e-4)
    noisy = len(set(shares[1:])) > 1 or right in (0, 1)
    se = np.sqrt((right * (1 - right) + 1 / n_sim) * (1 / 3 + 1 / len(SEEDS)) / n_sim)
    return bool(whole and noisy and shares[0] == shares[1] and abs(shares[1:].mean() - right) < 5 * se)


def loses(theta: Any, sigma: Any) -> bool:
    """Has James-Stein toward the mean 1.5 times the risk of no pooling, and not at the chapter's numbers?"""
    theta, sigma = np.asarray(theta, dtype=float), np.asarray(sigma, dtype=float)
    total = james_stein.unit_risks(theta, sigma, "mean").total.sum()
    chapters = len(theta) == 10 and np.allclose((theta, sigma), CHAPTER)
    return len(theta) >= 4 and not chapters and bool(total >= 1.5 * np.sum(sigma**2))
