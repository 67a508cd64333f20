"""Where an answer is wrong: what its wrong cases share, which of several values, which entries."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._transforms import CHANCE, Case
from ._values import Raised, Value, same

#: Relative differences up to which a value is close.
_CLOSE = 0.08
PLACES = ("first", "second", "third", "fourth", "fifth")


def which_cases(arguments: Sequence[str], cases: Sequence[Case], chosen: Sequence[bool]) -> str:
    """A property that the chosen cases have and no others; empty if there is none, or if chance explains it."""
    features: dict[str, set[int]] = {}
    for i, case in enumerate(cases):
        for a, v in zip(arguments, case, strict=True):
            if a not in CHANCE:
                for feature in _features(a, v):
                    features.setdefault(feature, set()).add(i)
    wanted = {i for i, is_chosen in enumerate(chosen) if is_chosen}
    hits = [feature for feature, where in features.items() if where == wanted]
    if not hits and min(len(wanted), len(cases) - len(wanted)) >= 2:
        hits = _beyond(arguments, cases, chosen)
    strong = [hit for hit in hits if not (_weak(hit) and min(len(wanted), len(cases) - len(wanted)) < 2)]
    return min(strong, key=lambda hit: (" is 0" not in hit and "one entry" not in hit, len(hit)), default="")


def _weak(feature: str) -> bool:
    """Features that many cases have by chance."""
    return any(word in feature for word in ("rises", "falls", "whole", "labels", "is 1"))


def _features(a: str, value: Any) -> list[str]:
    if isinstance(value, str):
        return [f"`{a}` is {value!r}"]
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or not array.size:
        return []
    found: list[tuple[str, bool]] = []
    if array.ndim == 0:
        x = float(array)
        found = [
            (f"`{a}` is 0", x == 0),
            (f"`{a}` is 1", x == 1),
            (f"`{a}` is negative", x < 0),
            (f"`{a}` is 0 or negative", x <= 0),
            (f"`{a}` is a whole number", x == round(x)),
        ]
    elif array.ndim == 1:
        entries, sizes = np.unique(array, return_counts=True)
        found = [
            (f"`{a}` has one entry", len(array) == 1),
            (f"all values of `{a}` are equal", len(entries) == 1),
            (f"the values of `{a}` differ", len(entries) > 1),
            (f"`{a}` holds a value twice", bool((sizes > 1).any())),
            (f"all groups in `{a}` have the same size", len(set(sizes)) == 1 and sizes[0] > 1),
            (f"a value of `{a}` is 0", bool((array == 0).any())),
            (f"the labels in `{a}` do not run from 0 without a gap", _has_gaps(array)),
            (f"the labels in `{a}` run from 0 without a gap", array.dtype.kind in "iu" and not _has_gaps(array)),
            (f"`{a}` rises from first to last", bool(array[0] < array[-1])),
            (f"`{a}` falls from first to last", bool(array[0] > array[-1])),
        ]
    return [feature for feature, holds in found if holds]


def _has_gaps(labels: NDArray[Any]) -> bool:
    return labels.dtype.kind in "iu" and not np.array_equal(np.unique(labels), np.arange(len(np.unique(labels))))


def _beyond(arguments: Sequence[str], cases: Sequence[Case], chosen: Sequence[bool]) -> list[str]:
    """Numbers that are larger, or smaller, in all chosen cases than in all others."""
    hits = []
    for j, a in enumerate(arguments):
        values = [case[j] for case in cases]
        if a in CHANCE or not all(isinstance(v, int | float | np.number) for v in values):
            continue
        inside = [v for v, c in zip(values, chosen, strict=True) if c]
        outside = [v for v, c in zip(values, chosen, strict=True) if not c]
        if min(inside) > max(outside):
            hits.append(f"`{a}` is large ({min(inside):g} or more)")
        elif max(inside) < min(outside):
            hits.append(f"`{a}` is small ({max(inside):g} or less)")
    return hits


def cases_in_words(
    arguments: Sequence[str],
    cases: Sequence[Case],
    got: Sequence[Value],
    right: Sequence[Value],
    wrong: Sequence[bool],
) -> str:
    """In which cases the answer is wrong, and what it does there."""
    telling = [i for i, r in enumerate(right) if (isinstance(r, list) and any(x.any() for x in r)) or wrong[i]]
    first = got[list(wrong).index(True)]
    does = what_happens(first)
    only = sum(wrong) > len(telling) / 2
    feature = ""
    for chosen in (wrong, [isinstance(g, Raised) for g in got]):
        # Where the right value is zero an answer is easily right: such cases prove nothing.
        if not feature and any(chosen):
            feature = which_cases(arguments, [cases[i] for i in telling], [chosen[i] != only for i in telling])
    there = [(case, g) for case, g, w in zip(cases, got, wrong, strict=True) if w and isinstance(g, list)]
    for i, a in enumerate(arguments):
        if there and a not in CHANCE and all(_is_argument(g, case[i]) for case, g in there):
            does += f", namely `{a}` unchanged"
            break
    else:
        if len(there) > 1 and all(not x.any() for _, g in there for x in g):
            does += ", namely zero"
    if feature and only:
        return f"it is right only where {feature}; elsewhere {does}"
    if feature:
        return f"it is right, but where {feature} {does}"
    if does != "it is wrong":
        return f"it is right in {len(wrong) - sum(wrong)} of {len(wrong)} cases; in the others {does}"
    return ""


def _is_argument(value: list[Any], argument: Any) -> bool:
    if isinstance(argument, str) or len(value) != 1 or value[0].ndim == 0:
        return False
    return value[0].shape == np.shape(argument) and bool(np.allclose(value[0], np.asarray(argument, dtype=float)))


def what_happens(value: Value) -> str:
    """What an answer does in a case where it is wrong."""
    if isinstance(value, Raised):
        if "truth value of an array" in value.text:
            return "an `if` is asked to decide for a whole array at once: np.where can, or a mask, or no `if` at all"
        if value.kind == "ZeroDivisionError":
            return "it divides by zero"
        if not value.kind:
            return (
                "it gives no value (None): a way through it ends without a `return`"
                if value.text == "None"
                else f"it gives {value.text}, not numbers"
            )
        return f"it raises {value.kind}"
    if any(np.isnan(array).any() for array in value):
        return "it is not a number (nan)"
    return "it is wrong"


def entries(got: Sequence[Value], right: Sequence[Value], rtol: float) -> str:
    """Which entries of arrays are wrong, where that has a pattern."""
    masks = []
    for g, r in zip(got, right, strict=True):
        if not (isinstance(g, list) and isinstance(r, list)) or len(g) != len(r):
            return ""
        for x, y in zip(g, r, strict=True):
            if x.shape != y.shape:
                return ""
            if y.size > 2:
                masks.append(~np.isclose(x, y, rtol, 1e-10, equal_nan=True))
    if len(masks) < 2:
        return ""
    if all(m.ndim == 2 and m.shape[0] == m.shape[1] for m in masks):
        diagonal = [np.eye(len(m), dtype=bool) for m in masks]
        if not any(m[~d].any() for m, d in zip(masks, diagonal, strict=True)):
            return "only the diagonal is wrong"
        if not any(m[d].any() for m, d in zip(masks, diagonal, strict=True)):
            return "the diagonal is right; the rest is not"
    if all(m.ndim == 1 and m.sum() == 1 for m in masks):
        if all(m[-1] for m in masks):
            return "only the last entry is wrong"
        if all(m[0] for m in masks):
            return "only the first entry is wrong"
    return ""


def nearly(got: Sequence[Value], right: Sequence[Value]) -> str:
    """Whether all values are close to the right ones."""
    if not all(same(g, r, rtol=_CLOSE, atol=1e-8) for g, r in zip(got, right, strict=True)):
        return ""
    pairs = [
        p
        for g, r in zip(got, right, strict=True)
        if isinstance(g, list) and isinstance(r, list)
        for p in zip(g, r, strict=True)
    ]
    off = np.concatenate(
        [np.ravel((x - y)[np.isfinite(y)] / np.maximum(abs(y[np.isfinite(y)]), 1e-9)) for x, y in pairs]
    )
    largest, wrong = float(np.max(abs(off), initial=0)), off[abs(off) > 1e-6]
    # What is left out is missing everywhere; chance errs to both sides.
    if 0 < largest < 0.01:
        cause = "an approximation, too few terms, a rounded number or a simulation"
    elif len(wrong) > 5 and min(np.mean(wrong > 0), np.mean(wrong < 0)) > 0.25:
        cause = "it errs to both sides, as a simulation does, or rounded numbers"
    else:
        return ""
    return f"it is close (off by {largest:.1g} of the value at most) but not exact: {cause}"
