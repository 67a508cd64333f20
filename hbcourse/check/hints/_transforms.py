"""What may be done to the right output, or to an argument on the way in, and a sentence for each."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..._validate import FloatArray
from ._values import Raised, Value, same

Case = tuple[Any, ...]
Transform = Callable[[Any], Any]

#: The student's output is this function of the right one.
OF_OUTPUT: tuple[tuple[str, Transform], ...] = (
    ("the square of the right one: a root is missing", lambda x: x**2),
    ("the root of the right one: a root is taken too often, or a square is missing", np.sqrt),
    ("the right one with the other sign", lambda x: -x),
    ("the complement of the right one: one minus it", lambda x: 1 - x),
    ("one over the right one: upside down", lambda x: 1 / x),
    ("one over the square of the right one: a precision, not a standard deviation", lambda x: 1 / x**2),
    ("one over the root of the right one", lambda x: 1 / np.sqrt(x)),
    ("the logarithm of the right one", np.log),
    ("the right one before the logarithm is taken", np.exp),
    ("the right one in logarithms to base 10, not natural ones", lambda x: x / np.log(10)),
    ("the right one in logarithms to base 2, not natural ones", lambda x: x / np.log(2)),
    ("the base-10 logarithm of the right one", np.log10),
    ("twice the right one", lambda x: 2 * x),
    ("half of the right one", lambda x: x / 2),
    ("the right one in percent, a hundred times as large", lambda x: 100 * x),
    ("one more than the right one", lambda x: x + 1),
    ("one less than the right one", lambda x: x - 1),
    ("the absolute value of the right one: the sign is lost", np.abs),
    ("the right one with zero in place of negative values", lambda x: np.maximum(x, 0)),
    ("the right one cut off at one", lambda x: np.minimum(x, 1)),
    ("the right one cut down to whole numbers, by an integer division or int", np.floor),
    ("the right one rounded to whole numbers", np.round),
    ("the right one rounded to one place: do not round", lambda x: np.round(x, 1)),
    ("the right one rounded to two places: do not round", lambda x: np.round(x, 2)),
    ("the right one rounded to three places: do not round", lambda x: np.round(x, 3)),
    ("the right one rounded up to whole numbers", np.ceil),
    ("the right one with rows and columns swapped", np.transpose),
    ("the right one sorted: keep the order of the input", lambda x: np.sort(x, axis=-1)),
    ("the right one in reverse order", lambda x: x[::-1]),
    ("the sum of the right values: each must be given by itself", np.sum),
    ("the mean of the right values: each must be given by itself", np.mean),
    ("the mean of the right values at each place", lambda x: np.full(x.shape, x.mean())),
    ("an array with one entry where a number is asked for", np.atleast_1d),
    ("the right one cumulated", np.cumsum),
    ("the right one divided by its sum", lambda x: x / x.sum()),
    ("the right one with columns that sum to one, where rows should", lambda x: x / x.sum(0)),
    ("the first entry of the right one alone", lambda x: x[0]),
    ("right on the diagonal, and zero elsewhere", lambda x: np.diag(np.diag(x))),
)

#: A function of an argument stands where the argument belongs, everywhere: whole arrays, real numbers, all numbers.
OF_ARGUMENT: tuple[tuple[str, Transform, str], ...] = (
    ("`{a}` has no influence, as if it were zero", lambda a: a * 0.0, "real"),
    ("`{a}` has no influence, as if it were one", lambda a: a * 0.0 + 1, "real"),
    ("the square of `{a}` stands where `{a}` belongs", lambda a: a**2, "real"),
    ("the root of `{a}` stands where `{a}` belongs: `{a}` is taken for a square, such as a variance", np.sqrt, "real"),
    ("one over `{a}` stands where `{a}` belongs (a rate for a scale, or the like)", lambda a: 1 / a, "real"),
    ("one over the square of `{a}` stands where `{a}` belongs", lambda a: a**-2.0, "real"),
    ("the mean of `{a}` stands for each of its values", lambda a: np.full(np.shape(a), np.mean(a)), "array"),
    ("the first entry of `{a}` stands for all of them", lambda a: np.full(np.shape(a), np.ravel(a)[0]), "array"),
    ("the sum of `{a}` stands for each of its values", lambda a: np.full(np.shape(a), np.sum(a)), "array"),
    ("`{a}` is sorted first", np.sort, "array"),
    ("`{a}` is taken in the reverse order", lambda a: a[::-1], "array"),
    ("`{a}` is transposed", np.transpose, "matrix"),
    ("`{a}` is one too large where it is used", lambda a: a + 1, "number"),
    ("`{a}` is one too small where it is used", lambda a: a - 1, "number"),
    ("twice `{a}` stands where `{a}` belongs", lambda a: 2 * a, "real"),
    ("half of `{a}` stands where `{a}` belongs", lambda a: a / 2, "real"),
    ("a thousand times `{a}` stands where `{a}` belongs: look at the units", lambda a: 1000 * a, "real"),
    ("a thousandth of `{a}` stands where `{a}` belongs: look at the units", lambda a: a / 1000, "real"),
    ("one minus `{a}` stands where `{a}` belongs", lambda a: 1 - a, "real"),
    ("minus `{a}` stands where `{a}` belongs", lambda a: -a, "any"),
    ("the absolute value of `{a}` stands where `{a}` belongs", np.abs, "any"),
    ("`{a}` is rounded to whole numbers", np.round, "real"),
    ("`{a}` is centered at its mean first", lambda a: a - np.mean(a), "array"),
    ("the exponential of `{a}` stands where `{a}` belongs", np.exp, "real"),
    ("the logarithm of `{a}` stands where `{a}` belongs", np.log, "real"),
)
#: Arguments of chance have no meaning of their own.
CHANCE = ("seed", "n_sim")


def of_output(got: Sequence[Value], right: Sequence[Value], rtol: float) -> str:
    """What the output is, in terms of the right one; empty if nothing fits all cases."""
    for text, change in OF_OUTPUT:
        if _fits(change, got, right, rtol):
            return text
    return ""


def cut_off(got: Sequence[Value], right: Sequence[Value], rtol: float) -> str:
    """Whether whole numbers stand where fractions belong: few values are enough to tell that."""
    fractions = [
        x for r in right if isinstance(r, list) for array in r for x in array.flat if np.isfinite(x) and x % 1 > 0
    ]
    if len(fractions) < 2:
        return ""
    return next(
        (text for text, change in OF_OUTPUT if change in (np.floor, np.round) and _fits(change, got, right, rtol)), ""
    )


def _fits(change: Transform, got: Sequence[Value], right: Sequence[Value], rtol: float) -> bool:
    differs = False
    for g, r in zip(got, right, strict=True):
        if isinstance(g, Raised) or isinstance(r, Raised):
            return False
        try:
            with np.errstate(all="ignore"):
                changed: Value = [np.asarray(change(x), dtype=float) for x in r]
        except (ValueError, TypeError, IndexError):
            return False
        if not same(changed, g, rtol):
            return False
        differs |= not same(changed, r, rtol)
    return differs


def of_arguments(arguments: Sequence[str], cases: Sequence[Case]) -> Iterator[tuple[str, list[Case]]]:
    """A sentence, and the cases as they are if an argument is taken for something else."""
    own = [i for i, a in enumerate(arguments) if a not in CHANCE]
    for i in own:
        for text, change, kind in OF_ARGUMENT:
            if all(_is_of_kind(kind, case[i]) for case in cases):
                with np.errstate(all="ignore"):
                    changed = [
                        tuple(change(np.asarray(v)[()]) if j == i else v for j, v in enumerate(case)) for case in cases
                    ]
                yield text.format(a=arguments[i]), changed
        yield from _alike(arguments, cases, own, i)
        for j in own:
            a, b = arguments[i], arguments[j]
            if i < j:
                yield f"`{a}` and `{b}` are swapped", [_put(case, {i: case[j], j: case[i]}) for case in cases]
            if i != j:
                yield f"`{b}` stands where `{a}` belongs", [_put(case, {i: case[j]}) for case in cases]


def _alike(
    arguments: Sequence[str], cases: Sequence[Case], own: Sequence[int], i: int
) -> Iterator[tuple[str, list[Case]]]:
    """Two arrays that are both replaced by their sums, their means, or in order of size."""
    for j in own:
        if i < j and all(_is_of_kind("array", case[k]) for case in cases for k in (i, j)):
            for text, change in (("the sums", np.sum), ("the means", np.mean)):
                new = [_put(c, {k: np.full(np.shape(c[k]), change(c[k])) for k in (i, j)}) for c in cases]
                yield f"{text} of `{arguments[i]}` and `{arguments[j]}` stand for each of their values", new


def _put(case: Case, new: dict[int, Any]) -> Case:
    return tuple(new.get(i, v) for i, v in enumerate(case))


def _is_of_kind(kind: str, value: Any) -> bool:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    array = isinstance(value, np.ndarray)
    return {
        "any": number or (array and value.dtype.kind in "if"),
        "real": number or (array and value.dtype.kind == "f"),
        "array": array and value.ndim == 1 and value.size > 0 and value.dtype.kind in "if",
        "matrix": array and value.ndim == 2,
        "number": number,
    }[kind]


_BY = (
    (1, "multiplied by"),
    (-1, "divided by"),
    (0.5, "multiplied by the root of"),
    (-0.5, "divided by the root of"),
    (2, "multiplied by the square of"),
    (-2, "divided by the square of"),
)


def by_factor(
    arguments: Sequence[str], cases: Sequence[Case], got: Sequence[Value], right: Sequence[Value], rtol: float
) -> str:
    """How the output is the right one times or plus something that can be named; empty if it is not."""
    pairs = [
        (i, g[0], r[0])
        for i, (g, r) in enumerate(zip(got, right, strict=True))
        if isinstance(g, list) and isinstance(r, list) and len(g) == len(r) == 1 and g[0].shape == r[0].shape
    ]
    if len(pairs) < max(2, len(got)) or not all(np.isfinite(g).all() and np.isfinite(r).all() for _, g, r in pairs):
        return ""
    ratios = [(i, _ratio(g, r)) for i, g, r in pairs if np.any(r != 0)]
    known = np.concatenate([ratio[~np.isnan(ratio)] for _, ratio in ratios]) if ratios else np.array([])
    if len(known) < 2 or not np.isfinite(known).all() or np.allclose(known, 1, rtol):
        return ""
    if np.ptp(known) <= rtol * abs(known[0]):
        return f"{known[0]:.6g} times the right one, whatever the input" if known[0] else "zero, whatever the input"
    for label in _quantities(arguments, cases[ratios[0][0]]):
        for power, how in _BY:
            if all(_is_ratio(ratio, _quantities(arguments, cases[i]).get(label), power, rtol) for i, ratio in ratios):
                return f"the right one {how} {label}"
    shifts = np.concatenate([np.ravel(g - r) for _, g, r in pairs])
    if abs(shifts[0]) > 1e-9 and np.ptp(shifts) <= 1e-9 + rtol * abs(shifts[0]):
        return f"too {'large' if shifts[0] > 0 else 'small'} by the same number, whatever the input"
    return ""


def _ratio(got: FloatArray, right: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):
        return np.ravel(np.where(right != 0, got / right, np.nan))


def _quantities(arguments: Sequence[str], case: Case) -> dict[str, Any]:
    """What an answer may be off by: arguments and their lengths."""
    found: dict[str, Any] = {}
    for a, v in zip(arguments, case, strict=True):
        if a in CHANCE or np.asarray(v).dtype.kind not in "if":
            continue
        found[f"`{a}`"] = np.asarray(v, dtype=float)
        if np.ndim(v):
            found[f"the length of `{a}`"] = np.float64(len(v))
            found[f"the length of `{a}` less one"] = np.float64(len(v) - 1)
            found[f"the sum of `{a}`"] = np.sum(np.asarray(v, dtype=float))
    return found


def _is_ratio(ratio: FloatArray, quantity: Any, power: float, rtol: float) -> bool:
    if quantity is None or (np.ndim(quantity) and np.size(quantity) != ratio.size):
        return False
    with np.errstate(all="ignore"):
        wanted = np.broadcast_to(np.ravel(quantity) ** power, ratio.shape)
    known = ~np.isnan(ratio)
    return bool(np.allclose(ratio[known], wanted[known], rtol, 0))
