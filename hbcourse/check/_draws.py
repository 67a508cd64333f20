"""Draws of a Markov chain, judged by their Monte Carlo error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _validate as validate
from .._validate import FloatArray
from . import _monte_carlo as monte_carlo
from . import answers
from ._failure import fail, shown
from ._values import as_numbers

#: Mean and sd of each variable, each in the variable's shape.
Moments = Mapping[str, tuple[ArrayLike, ArrayLike]]


def draws(
    name: str,
    got: object,
    expected: Moments,
    mistakes: Mapping[str, Moments] | None = None,
    errors: Moments | None = None,
    least_ess: float = 400.0,
    false_fail: float = 1e-4,
) -> None:
    r"""Pass if ``got`` are draws from the posterior with these means and sds, enough of them, and well mixed.

    Judged in this order: the variables are there, their shapes, finite, enough effective draws (for the bulk, the
    tails, the mean and the sd), R-hat, no divergences; then each mean and each sd, with :math:`E` the expectation
    under the posterior,

    .. math:: \frac{|\bar x - E x|}{\text{sd}(x) / \sqrt{\text{ESS}(x)}} \quad\text{and}\quad
              \frac{|\overline{w} - 1|}{\text{CV}(w) / \sqrt{\text{ESS}(w)}},
              \quad w = \left(\frac{x - E x}{\text{sd}(x)}\right)^2

    by Student's t, whose degrees of freedom say how well the standard error itself is known. Draws from the right
    posterior with effective draws to spare, 2.5 times ``least_ess``, fail with probability at most
    ``false_fail``, shared equally among R-hat, mean and sd of each entry (Bonferroni).

    Parameters
    ----------
    name : str
        What the student calls them.
    got : object
        What ``pm.sample`` returns, an xarray Dataset, a dictionary of arrays (chain, draw, ...), or a dictionary with
        such dictionaries as ``posterior`` and ``sample_stats``. Further variables are not looked at.
    expected : mapping from variable to (mean, sd)
        Of the exact posterior, numbers or arrays in the shape of the variable.
    mistakes : mapping from hint to such a mapping, optional
        The means and sds that foreseen mistakes give, of all variables or of some; recognised by the same test.
    errors : mapping from variable to (error of the mean, error of the sd), optional
        Monte Carlo standard errors of ``expected``, where it is itself simulated.
    least_ess : float
        Effective draws that each entry must have.
    false_fail : float
        Probability that a right answer fails.

    Raises
    ------
    CheckFailed
        With the first rule that is broken.

    Notes
    -----
    Where the exact posterior has no eighth moment, its sd fails some three times as often as it should. With 1,000
    effective draws of one nearly normal number, a mean that is off by 0.25 sd, or an sd that is off by 10%, is found
    nearly always, and a mean that is off by 0.1 sd needs 4,000. The sd of a skewed number needs several times as many.
    Whether transitions diverged only the student's sampler knows. Source: Vehtari et al. 2021 for R-hat and effective
    draws.

    Examples
    --------
    >>> import numpy as np
    >>> from hbcourse import check
    >>> rng = np.random.default_rng(1)
    >>> check.draws("trace", {"mu": rng.normal(5.0, 2.0, (4, 1000))}, expected={"mu": (5.0, 2.0)})
    >>> check.draws("trace", {"mu": rng.normal(5.0, 2.2, (4, 1000))}, expected={"mu": (5.0, 2.0)})
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: The sd of mu in trace is 2.182, farther from the posterior's than chance explains.
    """
    targets = {
        variable: _target(variable, moments, (errors or {}).get(variable)) for variable, moments in expected.items()
    }
    found, diverging = _read(name, got)
    chains = {variable: _chains(name, variable, found, target) for variable, target in targets.items()}
    level = false_fail / (3 * sum(target.mean.size for target in targets.values()))
    for variable, array in chains.items():
        _require_effective(name, variable, array, least_ess, level)
    for variable, array in chains.items():
        _require_mixed(name, variable, array, least_ess, level)
    _require_no_divergence(name, diverging)
    if problem := _disagreement(name, chains, targets, level):
        fail(problem, _recognise(name, chains, targets, mistakes or {}, level))


@dataclass(frozen=True)
class _Target:
    """Mean and sd of a variable's entries, and how well they are known."""

    mean: FloatArray
    sd: FloatArray
    mean_error: FloatArray
    sd_error: FloatArray


def _target(variable: str, moments: tuple[ArrayLike, ArrayLike], errors: tuple[ArrayLike, ArrayLike] | None) -> _Target:
    mean, sd = moments
    mean_error, sd_error = errors or (0.0, 0.0)
    return _Target(
        *validate.together(
            mean=validate.finite(f"the mean of {variable}", mean),
            sd=validate.positive(f"the sd of {variable}", sd),
            mean_error=validate.nonnegative(f"the error of the mean of {variable}", mean_error),
            sd_error=validate.nonnegative(f"the error of the sd of {variable}", sd_error),
        )
    )


def _read(name: str, got: object) -> tuple[Mapping[str, Any], Any]:
    if got is None or got is Ellipsis:
        fail(f"{name} has no value yet.")
    try:
        groups = answers.plain_draws(got)
    except Exception:
        fail(
            f"{name} must be what pm.sample returns, or a dictionary of arrays (chain, draw, ...); "
            f"it is a {type(got).__name__}."
        )
    return groups["posterior"], groups["sample_stats"].get("diverging", np.zeros(0))


def _chains(name: str, variable: str, found: Mapping[str, Any], target: _Target) -> FloatArray:
    if variable not in found:
        fail(f"{name} must hold draws of {variable}; it holds {', '.join(map(_shown_name, found)) or 'nothing'}.")
    array = as_numbers(f"{variable} in {name}", found[variable])
    shape = target.mean.shape
    if array.shape[2:] != shape or array.ndim < 2 or array.shape[0] < 2 or array.shape[1] < 4:
        wanted = ", ".join(["chain", "draw", *map(str, shape)])
        fail(f"{variable} in {name} must have the shape ({wanted}), with 2 chains or more; its shape is {array.shape}.")
    if array.shape[0] > array.shape[1]:
        hint = "The first axis is the chain, the second the draw."
        fail(f"{variable} in {name} has {array.shape[0]} chains of {array.shape[1]} draws.", hint)
    if not np.isfinite(array).all():
        chain, draw, *entry = (int(i) for i in np.argwhere(~np.isfinite(array))[0])
        value = array[chain, draw, *entry]
        fail(f"{_label(variable, tuple(entry))} in {name} is {value:g} in chain {chain}, draw {draw}.")
    return array


def _shown_name(variable: object) -> str:
    """The name of a variable of the student's, shortened."""
    return f"{variable:.40}" if isinstance(variable, str) else shown(variable)


def _entries(variable: str, array: FloatArray) -> list[tuple[str, tuple[int, ...], FloatArray]]:
    """Label, index and chains (chain, draw) of each entry of the variable."""
    return [
        (_label(variable, entry), entry, np.ascontiguousarray(array[:, :, *entry]))
        for entry in np.ndindex(array.shape[2:])
    ]


def _label(variable: str, entry: tuple[int, ...]) -> str:
    return f"{variable}[{', '.join(map(str, entry))}]" if entry else variable


def _require_effective(name: str, variable: str, array: FloatArray, least_ess: float, level: float) -> None:
    for label, _, chains in _entries(variable, array):
        if np.ptp(chains) == 0:
            fail(f"{label} never changes in {name}.")
        if (effective := monte_carlo.effective_draws(chains)) < least_ess:
            r_hat = monte_carlo.r_hat(chains)
            hint = "Draw more; neighbouring draws are too much alike. Another parameterization may mix better."
            if r_hat > monte_carlo.largest_r_hat(len(chains), least_ess, level):
                hint = f"The chains disagree (R-hat {r_hat:.3g}): they have not found the same posterior."
            fail(
                f"{name} has {effective:.0f} effective draws of {label}, out of {chains.size}; "
                f"it needs {least_ess:.0f}.",
                hint,
            )


def _require_mixed(name: str, variable: str, array: FloatArray, least_ess: float, level: float) -> None:
    largest = monte_carlo.largest_r_hat(len(array), least_ess, level)
    for label, _, chains in _entries(variable, array):
        if (r_hat := monte_carlo.r_hat(chains)) > largest:
            fail(
                f"The chains of {name} disagree about {label}: R-hat is {r_hat:.3g}, above {largest:.3g}.",
                "Tune longer, or change the parameterization, until all chains see the same posterior.",
            )


def _require_no_divergence(name: str, diverging: object) -> None:
    flags = np.asarray(diverging)
    if flags.dtype.kind not in "biuf":
        fail(f"sample_stats of {name} must say which transitions diverged, by True and False.")
    if number := np.count_nonzero(flags):
        transitions = "transition" if number == 1 else "transitions"
        hint = "Use the non-centered parameterization, or raise target_accept."
        fail(f"{number} {transitions} of {name} diverged: part of the posterior may be missing.", hint)


def _disagreement(name: str, chains: Mapping[str, FloatArray], targets: Mapping[str, _Target], level: float) -> str:
    """The worst mean or sd, in a sentence, or nothing if all agree."""
    compared = []
    for variable, target in targets.items():
        for label, entry, x in _entries(variable, chains[variable]):
            mean, sd = target.mean[entry], target.sd[entry]
            compared += [
                (monte_carlo.p_value_of_mean(x, mean, sd, target.mean_error[entry]), f"mean of {label}", x.mean()),
                (monte_carlo.p_value_of_sd(x, mean, sd, target.sd_error[entry]), f"sd of {label}", x.std()),
            ]
    wrong = [comparison for comparison in compared if not comparison[0] >= level]
    if not wrong:
        return ""
    _, what, value = min(wrong, key=lambda comparison: comparison[0])
    rest = f" So are {len(wrong) - 1} more of the {len(compared)} means and sds." if len(wrong) > 1 else ""
    return f"The {what} in {name} is {value:.4g}, farther from the posterior's than chance explains.{rest}"


def _recognise(
    name: str,
    chains: Mapping[str, FloatArray],
    targets: Mapping[str, _Target],
    mistakes: Mapping[str, Moments],
    level: float,
) -> str:
    for hint, moments in mistakes.items():
        mistaken = {variable: _target(variable, pair, None) for variable, pair in moments.items()}
        for variable, target in mistaken.items():
            if variable not in targets or target.mean.shape != targets[variable].mean.shape:
                raise ValueError(f"the mistake {hint!r} must give {variable} as expected does")
        if not _disagreement(name, chains, mistaken, level):
            return hint
    return ""
