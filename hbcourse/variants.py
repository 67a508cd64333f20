"""An exercise of one's own for each student: parameters drawn from a keyed hash of the student and the exercise.

The same student gets the same variant on every machine and with every version of Python, so that the notebook and the
grader draw it each for itself. The key stands in the notebook and is no secret: change it when the course is given
again, and last year's numbers are of no use.
"""

import hmac
import math
import unicodedata
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NoReturn, get_args

from . import _validate as validate

#: What one parameter may be.
Plain = str | int | float | bool

_PLACEHOLDERS = ("", "...", "your id here")
_MOST_VALUES = 10**6


class Variant(SimpleNamespace):
    """What a student has drawn: ``student_id``, normalised, and each parameter by its name. It cannot be changed.

    Examples
    --------
    >>> variant = draw("ada", "pooling", key="2026", J=range(8, 21), town=["Oslo", "Bergen"])
    >>> variant
    Variant(student_id='ada', J=10, town='Bergen')
    >>> variant.J
    10
    """

    def __init__(self, **values: Plain) -> None:
        super().__init__(**values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a variant cannot be changed, so {name} stays as it was drawn")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a variant cannot be changed, so {name} stays as it was drawn")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this variant has no {name}; it has {', '.join(vars(self))}")


def draw(student_id: str, exercise: str, *, key: str, **parameters: Sequence[Plain]) -> Variant:
    r"""A student's variant of an exercise: of each parameter's N possible values one, all equally likely.

    The value of parameter ``name`` is the one at index

    .. math:: i = \lfloor N h / 2^{256} \rfloor, \qquad
        h = \text{HMAC-SHA256}(\text{key},\ \text{student}\,\Vert\,\text{exercise}\,\Vert\,\text{name}),

    where the three texts are joined by line feeds, in UTF-8, and :math:`h` is read as one number, its first byte the
    highest. No value is likelier than another by more than :math:`2^{-256}`. Each parameter has its own hash: one more
    of them changes none of the others.

    Parameters
    ----------
    student_id : str
        Taken without regard to case, to spaces around it and to how its characters are encoded (NFKC).
    exercise : str
        The exercise's name. Another exercise draws anew.
    key : str
        Of this round of the course.
    **parameters : range, list or tuple
        The possible values of each parameter: words or numbers.

    Raises
    ------
    ValueError
        If the id has not been filled in, or a parameter has no possible values or others than words and numbers.

    Notes
    -----
    To make data from a variant, draw a seed, ``seed=range(2**31)``, for ``numpy.random.RandomState``: NumPy promises
    that its numbers never change. Those of ``numpy.random.default_rng`` may change with NumPy's version, and then a
    student and the grader would have different data. Round the data, as processors differ in the last digit.

    Source: the hash is that of RFC 2104 with SHA-256.

    Examples
    --------
    >>> draw("ada", "pooling", key="2026", J=range(8, 21), tau=numbers(0.5, 2.0, digits=2))
    Variant(student_id='ada', J=10, tau=0.74)
    >>> draw(" Ada ", "pooling", key="2026", J=range(8, 21)).J
    10
    >>> draw(..., "pooling", key="2026", J=range(8, 21))
    Traceback (most recent call last):
    ValueError: student_id must be your own id, in quotes; got Ellipsis
    """
    student = normalised(student_id)
    exercise, key = _line("exercise", exercise), _line("key", key)
    drawn = {}
    for name, values in parameters.items():
        _possible(name, values)
        message = "\n".join([student, exercise, name])
        h = int.from_bytes(hmac.digest(key.encode(), message.encode(), "sha256"), "big")
        drawn[name] = values[len(values) * h >> 256]
    return Variant(student_id=student, **drawn)


def numbers(low: float, high: float, digits: int) -> tuple[float, ...]:
    """All numbers from ``low`` to ``high``, both included, with so many digits after the point.

    Parameters
    ----------
    low, high : number
        With no more digits themselves.
    digits : int
        From 0 to 9.

    Raises
    ------
    ValueError
        If ``low`` or ``high`` has more digits, or there are more than a million numbers.

    Examples
    --------
    >>> numbers(0.5, 0.9, digits=1)
    (0.5, 0.6, 0.7, 0.8, 0.9)
    """
    unit = 10 ** validate.whole("digits", digits, 0, 9)
    first, last = (_in_units(name, value, unit) for name, value in (("low", low), ("high", high)))
    if last < first:
        raise ValueError(f"high must be at least low; got {low} and {high}")
    if last - first >= _MOST_VALUES:
        raise ValueError(f"low and high must be at most {_MOST_VALUES} steps apart; got {last - first}")
    return tuple(count / unit for count in range(first, last + 1))


def normalised(student_id: str) -> str:
    """The id in the one form in which ids are compared and hashed.

    Parameters
    ----------
    student_id : str
        As it was typed, or as a folder is called.

    Raises
    ------
    ValueError
        If it is no text, has not been filled in, or is longer than a line.

    Examples
    --------
    >>> normalised("  Ａda.Lovelace ")
    'ada.lovelace'
    """
    # Folding case may undo the normal form, as with some Greek letters.
    folded = unicodedata.normalize("NFKC", str(student_id)).casefold() if isinstance(student_id, str) else ""
    text = unicodedata.normalize("NFKC", folded).strip()
    if text in _PLACEHOLDERS:
        raise ValueError(f"student_id must be your own id, in quotes; got {validate.shown(student_id)}")
    return _line("student_id", text)


def check_student(student_id: str, variant: Variant) -> None:
    """Pass if ``variant`` is this student's. What a test cell calls before it judges an answer by the variant.

    In the grader ``variant`` is drawn for the student who handed in, and ``student_id`` is what the student typed.

    Parameters
    ----------
    student_id : str
        What the notebook says.
    variant : Variant
        What the answers are compared with.

    Raises
    ------
    CheckFailed
        If the data are another student's.

    Examples
    --------
    >>> variant = draw("ada", "pooling", key="2026", J=range(8, 21))
    >>> check_student("Ada", variant)
    >>> check_student("bo", variant)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: student_id is 'bo', but the data are those of 'ada'. Hint: Put your own id at the...
    """
    # What else the checks need is slow to import, and a notebook draws its variant first of all.
    from .check._failure import fail

    try:
        typed = normalised(student_id)
    except ValueError as error:
        fail(f"{error}.")
    if typed != variant.student_id:
        fail(
            f"student_id is {validate.shown(typed)}, but the data are those of {validate.shown(variant.student_id)}.",
            "Put your own id at the top, and run the notebook again from there.",
        )


def _line(name: str, text: str) -> str:
    if not isinstance(text, str) or text.splitlines() != [text] or not text.strip():
        raise ValueError(f"{name} must be one line of text; got {validate.shown(text)}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} must be text that can be written as UTF-8; got {validate.shown(text)}") from None
    return text


def _possible(name: str, values: Sequence[Plain]) -> None:
    if not isinstance(values, range | list | tuple) or not values:
        raise ValueError(f"{name} must be a range or a list of possible values; got {validate.shown(values)}")
    if isinstance(values, range):
        if values[-1].bit_length() > 62 or values[0].bit_length() > 62:
            raise ValueError(f"{name} must be a range of numbers below 2**62 in size; got {validate.shown(values)}")
        return
    for value in values:
        if type(value) not in get_args(Plain) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"{name} must be one of some words or finite numbers; got {validate.shown(value)}")


def _in_units(name: str, value: float, unit: int) -> int:
    number = validate.scalar(name, validate.finite(name, value))
    count = round(number * unit)
    if count / unit != number:
        raise ValueError(f"{name} must have no more than the given digits after the point; got {number}")
    return count
