"""Values and functions, compared with the right ones."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._validate import FloatArray
from . import answers
from ._failure import fail, shown

Case = tuple[Any, ...]
#: A value for each case, or the function that gives it.
Answers = Sequence[ArrayLike] | Callable[..., ArrayLike]


def value(
    name: str,
    got: object,
    expected: ArrayLike,
    mistakes: Mapping[str, ArrayLike] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> None:
    """Pass if ``got`` has the shape of ``expected`` and every entry is within ``atol + rtol * |expected|`` of it.

    Parameters
    ----------
    name : str
        What the student calls it.
    got : object
        The student's answer: numbers, or anything NumPy turns into an array of numbers.
    expected : array-like
        The right answer, never shown.
    mistakes : mapping from hint to array-like, optional
        The values that foreseen mistakes give.

    Raises
    ------
    CheckFailed
        With what is wrong and, where the mistake is recognised, its hint.

    Examples
    --------
    >>> import numpy as np
    >>> from hbcourse import check
    >>> mistakes = {"That is the variance; take its root.": np.var([1.0, 2.0, 6.0])}
    >>> check.value("spread", np.std([1.0, 2.0, 6.0]), expected=2.160247, mistakes=mistakes)
    >>> check.value("spread", np.var([1.0, 2.0, 6.0]), expected=2.160247, mistakes=mistakes)
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: spread is not right: it is 4.66667. Hint: That is the variance; take its root.
    """
    _compare(name, got, expected, mistakes or {}, rtol, atol)


def function(
    name: str,
    got: object,
    cases: Sequence[Case],
    expected: Answers,
    mistakes: Mapping[str, Answers] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> None:
    """Pass if the student's function returns the right value for every case.

    Parameters
    ----------
    name : str
        What the student calls the function.
    got : callable
        The student's function.
    cases : sequence of tuples
        Positional arguments of each call.
    expected, mistakes
        As for :func:`value`, with one value for each case, or a function of the same arguments.

    Raises
    ------
    CheckFailed
        For the first case that is wrong, with the call that shows it.

    Examples
    --------
    >>> from hbcourse import check
    >>> check.function("double", lambda x: 2 * x, cases=[(1.0,), (4.0,)], expected=[2.0, 8.0])
    >>> check.function("double", lambda x: x**2, cases=[(1.0,), (4.0,)], expected=[2.0, 8.0])
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: double(1.0) is not right: it is 1.
    """
    for number, case in enumerate(cases):
        call = call_text(name, case)
        want = answer_at(expected, number, case)
        foreseen = {hint: answer_at(answers, number, case) for hint, answers in (mistakes or {}).items()}
        _compare(call, result_of(call, got, case), want, foreseen, rtol, atol)


def answer_at(answers: Answers, number: int, case: Case) -> ArrayLike:
    """The answer to this case."""
    # A copy, here and in the call below: neither answer may change what the other sees.
    return answers(*copy.deepcopy(case)) if callable(answers) else answers[number]


def result_of(call: str, got: object, case: Case, copied: bool = True) -> object:
    """What the student's function returns, of copies of the arguments, or the sentence that says why it does not."""
    name = call.split("(")[0]
    if not callable(got):
        fail(f"{name} must be a function; it is {shown(got)}.")
    try:
        return got(*(copy.deepcopy(case) if copied else case))
    except Exception as error:
        # It may be another of the student's functions that this one calls. A function that runs elsewhere says which.
        raised_in = getattr(error, "function", None)
        missing = answers.raised_in(error) if raised_in is None else raised_in
        if isinstance(error, NotImplementedError) and missing:
            fail(f"{missing} is not written yet.")
        fail(f"{call} raised {type(error).__name__}: {shown(error, str)}")


def call_text(name: str, case: Case) -> str:
    """The call as one would type it, shortened."""
    with np.printoptions(precision=4, threshold=6, edgeitems=2):
        return f"{name}({', '.join(shown(argument) for argument in case)})"


def as_numbers(name: str, got: object) -> FloatArray:
    """The student's numbers as an array."""
    if got is None and name.endswith(")"):
        fail(f"{name} returned nothing: is a return missing?")
    if got is None or got is Ellipsis:
        fail(f"{name} has no value yet.")
    try:
        return answers.plain_numbers(got).astype(float)
    except Exception:
        fail(f"{name} must be a number or an array of numbers; it is a {type(got).__name__}{_contents(got)}.")


def _contents(got: object) -> str:
    """What an array, a list or a tuple holds that is no array of numbers."""
    if isinstance(got, np.ndarray):
        return f" of {got.dtype}"
    if not isinstance(got, list | tuple) or not got:
        return ""
    others = sorted({type(entry).__name__ for entry in got} - {"int", "float"})
    return f" with a {others[0]} in it" if others else ""


def _compare(
    name: str, got: object, expected: ArrayLike, mistakes: Mapping[str, ArrayLike], rtol: float, atol: float
) -> None:
    want, array = np.asarray(expected, dtype=float), as_numbers(name, got)
    if array.shape != want.shape or not np.allclose(array, want, rtol, atol):
        fail(_difference(name, array, want, rtol, atol), _recognise(array, mistakes, rtol, atol))


def _recognise(array: FloatArray, mistakes: Mapping[str, ArrayLike], rtol: float, atol: float) -> str:
    for hint, mistaken in mistakes.items():
        other = np.asarray(mistaken, dtype=float)
        if array.shape == other.shape and np.allclose(array, other, rtol, atol, equal_nan=True):
            return hint
    return ""


def _difference(name: str, array: FloatArray, want: FloatArray, rtol: float, atol: float) -> str:
    if array.shape != want.shape:
        return f"{name} must be {_shape_text(want.shape)}; it is {_shape_text(array.shape)}."
    wrong = np.argwhere(~np.isclose(array, want, rtol, atol))
    where = tuple(int(i) for i in wrong[0])
    at = f" at index {where[0] if len(where) == 1 else where}" if where else ""
    rest = f" So are {len(wrong) - 1} more of its {want.size} values." if len(wrong) > 1 else ""
    return f"{name} is not right{at}: it is {array[where]:.6g}.{rest}"


def _shape_text(shape: tuple[int, ...]) -> str:
    return "one number" if shape == () else f"an array of shape {shape}"
