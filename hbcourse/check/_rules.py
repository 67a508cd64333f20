"""Rules that draws must keep before they are compared with any posterior: shapes, support, wholeness, mixing."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._validate import FloatArray
from . import _monte_carlo as monte_carlo
from . import answers
from ._failure import fail, shown
from ._posterior import Target, entries, label
from ._values import as_numbers

#: A chain with fewer values than this has not been drawn from a density.
_LEAST_VALUES = 50
#: Statistics that only samplers give whose transitions can diverge.
_OF_NUTS = {"energy", "n_steps", "tree_depth", "depth", "step_size", "step_size_bar"}


def read(name: str, got: object) -> dict[str, Any]:
    """The groups that :func:`answers.plain_draws` gives."""
    if got is None or got is Ellipsis:
        fail(f"{name} has no value yet.")
    try:
        groups = answers.plain_draws(got)
    except Exception:
        fail(
            f"{name} must be what pm.sample returns, or a dictionary of arrays (chain, draw, ...); "
            f"it is a {type(got).__name__}."
        )
    return groups


def of_variable(name: str, variable: str, found: Mapping[str, Any], target: Target) -> FloatArray:
    """The draws of one variable, (chain, draw, ...), finite and in its shape."""
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
        fail(f"{label(variable, tuple(entry))} in {name} is {value:g} in chain {chain}, draw {draw}.")
    return array


def _shown_name(variable: object) -> str:
    """The name of a variable of the student's, shortened."""
    return f"{variable:.40}" if isinstance(variable, str) else shown(variable)


def require_support(name: str, variable: str, array: FloatArray, lower: float, upper: float) -> None:
    """No draw lies where the posterior has no density."""
    outside = np.argwhere((array < lower) | (array > upper))
    if len(outside):
        chain, draw, *entry = (int(i) for i in outside[0])
        rest = f", and {len(outside) - 1} more are" if len(outside) > 1 else ""
        between = f"above {lower:g}" if upper == np.inf else f"between {lower:g} and {upper:g}"
        fail(
            f"{label(variable, tuple(entry))} in {name} is {array[chain, draw, *entry]:.4g} in chain {chain}, "
            f"draw {draw}{rest} not {between}, where the whole posterior lies."
        )


def require_whole(name: str, groups: Mapping[str, Any], size: tuple[int, int]) -> None:
    """Nothing was taken out of what a sampler returned. A dictionary of arrays has no labels, and claims no sampler."""
    diverging, labels = groups["sample_stats"].get("diverging"), groups.get("labels", {})
    if np.ndim(diverging) == 2 and np.shape(diverging) != size:
        fail(
            f"sample_stats of {name} tell of {' x '.join(map(str, np.shape(diverging)))} transitions, its posterior of "
            f"{' x '.join(map(str, size))}. Hand in all that pm.sample returns, as it is."
        )
    if not labels:
        return
    statistics = set(map(str, labels.get("statistics", ())))
    if diverging is None and (not statistics or statistics & _OF_NUTS):
        fail(
            f"{name} does not say which transitions diverged. Hand in all that pm.sample returns, with its "
            "sample_stats, not the posterior alone."
        )
    for axis in ("chain", "draw"):
        if not _regular(np.asarray(labels.get(axis, ()))):
            fail(
                f"Some draws were taken out of {name}: its {axis} labels have gaps. Hand in all that "
                "pm.sample returns, as it is.",
                "Draws that diverged mark a region that the chains miss; without them it is still missed."
                if axis == "draw"
                else "",
            )


def _regular(labels: Any) -> bool:
    """Whether labels are equally spaced, as pm.sample counts, or one of several such runs behind another."""
    if labels.dtype.kind not in "iuf" or labels.ndim != 1 or len(labels) < 2:
        return False
    values, counts = np.unique(labels, return_counts=True)
    return bool(np.ptp(counts) == 0 and (len(values) < 2 or np.ptp(np.diff(values)) == 0))


def require_one_size(name: str, chains: Mapping[str, FloatArray]) -> tuple[int, int]:
    """As many chains and draws of each variable; returns how many."""
    sizes = {variable: array.shape[:2] for variable, array in chains.items()}
    first, size = next(iter(sizes.items()))
    for variable, other in sizes.items():
        if other != size:
            fail(
                f"{name} has {size[0]} chains of {size[1]} draws of {first}, and {other[0]} of {other[1]} of "
                f"{variable}; draw all variables together."
            )
    return size


def require_effective(name: str, variable: str, array: FloatArray, least_ess: float, level: float) -> None:
    """Each entry has enough effective draws."""
    for entry, _, chains in entries(variable, array):
        if np.ptp(chains) == 0:
            fail(f"{entry} never changes in {name}.")
        if (values := len(np.unique(chains))) < min(_LEAST_VALUES, chains.size):
            fail(f"{entry} takes only {values} values in {name}, though it has a density.")
        for which, effective in monte_carlo.effective_draws(chains).items():
            if effective < least_ess:
                r_hat = monte_carlo.r_hat(chains)
                hint = "Draw more; neighboring draws are too much alike."
                if r_hat > monte_carlo.largest_r_hat(len(chains), least_ess, level):
                    hint = f"The chains disagree (R-hat {r_hat:.3g}): they have not found the same posterior."
                fail(
                    f"{name} has {effective:.0f} effective draws of {entry} ({which}), out of {chains.size}; "
                    f"it needs {least_ess:.0f}.",
                    hint,
                )


def require_mixed(name: str, variable: str, array: FloatArray, least_ess: float, level: float) -> None:
    """The chains of each entry agree."""
    largest = monte_carlo.largest_r_hat(len(array), least_ess, level)
    for entry, _, chains in entries(variable, array):
        if (r_hat := monte_carlo.r_hat(chains)) > largest:
            fail(
                f"The chains of {name} disagree about {entry}: R-hat is {r_hat:.3g}, above {largest:.3g}.",
                "Tune longer, or change the parameterization, until all chains see the same posterior.",
            )


def require_no_divergence(name: str, diverging: object) -> None:
    """No transition diverged, as far as the sampler says."""
    flags = np.asarray(diverging)
    if flags.dtype.kind not in "biuf":
        fail(f"sample_stats of {name} must say which transitions diverged, by True and False.")
    if number := np.count_nonzero(flags):
        transitions = "transition" if number == 1 else "transitions"
        hint = "Raise target_accept, or use another parameterization where the task leaves it to you."
        fail(f"{number} {transitions} of {name} diverged: part of the posterior may be missing.", hint)
