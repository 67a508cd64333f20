"""The sentence for a wrong answer."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ._influence import influence
from ._match import component, explain, explain_share
from ._transforms import Case
from ._values import Raised, Value, all_same, as_value, informative, same
from ._where import PLACES, cases_in_words, entries, nearly, what_happens
from .mutants import Row

_FEW = 3


@dataclass(frozen=True)
class Question:
    """What is known of a task before an answer comes.

    Attributes
    ----------
    name : str
        Of the function or the value that is asked for.
    arguments : sequence of str
        Of the function; none for a value.
    cases : sequence of tuples
        The arguments of each call.
    right : sequence
        What the reference gives in each case.
    rows : sequence of Row
        What its mutants give, as :func:`table` makes them.
    foreseen : mapping from sentence to values
        What each mistake that the task names gives in each case.
    rtol : float
        Values that agree so far are the same.
    """

    name: str
    arguments: Sequence[str]
    cases: Sequence[Case]
    right: Sequence[Value]
    rows: Sequence[Row] = ()
    foreseen: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    rtol: float = 1e-6


def hint(question: Question, outputs: Sequence[object]) -> str:
    """One sentence on the mistake behind these outputs, or nothing if they are right or say too little.

    Parameters
    ----------
    question : Question
    outputs : sequence
        What the student's function gave in each of ``question.cases``: numbers, arrays, tuples of them, or a
        :class:`Raised` for an error. In the order of the cases.

    Raises
    ------
    ValueError
        If there is not one output for each case.

    Examples
    --------
    >>> import numpy as np
    >>> cases = [(np.array([1.0, 2.0, 6.0]),), (np.array([0.5, 3.5, 1.1, 7.0]),)]
    >>> right = [[np.std(x)] for x, in cases]
    >>> hint(Question("spread", ("x",), cases, right), [np.var(x) for x, in cases])
    'It is the square of the right one: a root is missing.'
    """
    if len(outputs) != len(question.cases):
        raise ValueError(f"outputs must be one for each of the {len(question.cases)} cases; got {len(outputs)}")
    got = [as_value(output, like) for output, like in zip(outputs, question.right, strict=True)]
    said = _said(question, got)
    return f"{said[0].upper()}{said[1:]}." if said and not said.endswith((".", "?")) else said


def _said(question: Question, got: Sequence[Value]) -> str:
    wrong = [not same(g, r, question.rtol, 1e-9) for g, r in zip(got, question.right, strict=True)]
    if not any(wrong):
        return ""
    if all(isinstance(g, Raised) for g in got):
        first = next(g for g in got if isinstance(g, Raised))
        return what_happens(first) + (
            f": {first.text[:90]}" if first.kind and first.text and "truth value" not in first.text else ""
        )
    if "n_sim" in question.arguments:
        return _share(question, got)
    return (
        _foreseen(question, got)
        or _order(question, got)
        or _several(question, got)
        or _one(question, got, question.right, question.rows)
        or _influence(question, got, question.right)
        or _part(question, got, wrong)
    )


def _one(question: Question, got: Sequence[Value], right: Sequence[Value], rows: Sequence[Row]) -> str:
    return explain(question.arguments, question.cases, got, right, rows, question.rtol)


def _influence(question: Question, got: Sequence[Value], right: Sequence[Value]) -> str:
    if max((len(r) for r in right if isinstance(r, list)), default=1) > 1 or not informative(got, got):
        return ""
    return influence(question.arguments, question.cases, got, right, question.rtol)


def _foreseen(question: Question, got: Sequence[Value]) -> str:
    """A mistake that the task names, if it fits all cases and not only those that are right."""
    found = [sentence for sentence, outputs in question.foreseen.items() if all_same(outputs, got, question.rtol)]
    return found[0] if 0 < len(found) <= 3 else ""


def _order(question: Question, got: Sequence[Value]) -> str:
    """Several values, all right, but in another order, or one of them alone."""
    several = [(g, r) for g, r in zip(got, question.right, strict=True) if isinstance(g, list) and isinstance(r, list)]
    size = len(several[0][1]) if several else 1
    if size == 1 or len(several) < len(got):
        return ""
    if all(len(g) == size for g, _ in several):
        for order in itertools.permutations(range(size)):
            if all(same([g[j] for j in order], r, question.rtol) for g, r in several):
                return "the values are right, but in the wrong order"
    if all(len(g) == 1 for g, _ in several):
        for j in range(size):
            if all(same(g, [r[j]], question.rtol) for g, r in several):
                return f"it is the {PLACES[j]} value alone, where {size} are asked for"
    return ""


def _several(question: Question, got: Sequence[Value]) -> str:
    """Where several values are asked for: what is wrong with each."""
    size = max((len(r) for r in question.right if isinstance(r, list)), default=1)
    if size == 1 or not all(isinstance(g, list) and len(g) == size for g in got):
        return ""
    rows = [row for row in question.rows if all(v is None or len(v) == size for v in row.values)]
    if whole := _one(question, got, question.right, [row for row in rows if not row.double]):
        return whole
    said, bad = [], 0
    for j in range(size):
        mine = [[g[j]] if isinstance(g, list) else g for g in got]
        theirs = [[r[j]] if isinstance(r, list) else r for r in question.right]
        if all_same(mine, theirs, question.rtol):
            continue
        bad += 1
        if text := _another(question, mine, j, size):
            said.append(f"the {PLACES[j]} value is {text}")
        elif text := _one(question, mine, theirs, component(rows, j, size)) or _influence(question, mine, theirs):
            said.append(f"in the {PLACES[j]} value, {text}")
    if len(said) < bad and (whole := _one(question, got, question.right, rows)):
        return whole
    return "; ".join(said) + ("; the rest is right" if said and bad < size else "")


def _another(question: Question, mine: Sequence[Value], j: int, size: int) -> str:
    for k in range(size):
        if k != j and all(
            isinstance(r, list) and same(g, [r[k]], question.rtol) for g, r in zip(mine, question.right, strict=True)
        ):
            return f"the one that belongs in the {PLACES[k]} place"
    return ""


def _part(question: Question, got: Sequence[Value], wrong: Sequence[bool]) -> str:
    """Nothing explains it: where it is wrong."""
    # Of three cases each has something that the others lack.
    if (
        not all(wrong)
        and len(wrong) > _FEW
        and (text := cases_in_words(question.arguments, question.cases, got, question.right, wrong))
    ):
        return text
    if text := nearly(got, question.right):
        return text
    if text := entries(got, question.right, question.rtol):
        return text
    first = got[list(wrong).index(True)]
    return what_happens(first) if not all(wrong) and what_happens(first) != "it is wrong" else ""


def _share(question: Question, got: Sequence[Value]) -> str:
    """A simulated share."""
    if not all(isinstance(g, list) and len(g) == 1 and g[0].shape == () for g in got):
        raised = next((g for g in got if isinstance(g, Raised)), None)
        return f"in some cases {what_happens(raised)}" if raised else ""
    shares = [float(g[0]) for g in got if isinstance(g, list)]
    if not all(np.isfinite(shares)):
        return "the share is not a number (nan): some simulated data sets give none"
    if all(share == round(share) and share >= 0 for share in shares) and max(shares) > 1:
        return "it is a count: a share of the simulations is asked for"
    if not all(0 <= share <= 1 for share in shares):
        return "a share lies between 0 and 1, and this does not"
    right = [float(r[0]) for r in question.right if isinstance(r, list)]
    n = [int(case[list(question.arguments).index("n_sim")]) for case in question.cases]
    if text := _foreseen_share(question, shares, right, n):
        return text
    return explain_share(question.cases, shares, right, question.rows, n)


def _foreseen_share(question: Question, shares: Sequence[float], right: Sequence[float], n: Sequence[int]) -> str:
    found = []
    for sentence, outputs in question.foreseen.items():
        other = np.array([float(o[0]) for o in outputs if isinstance(o, list)])
        sd = np.sqrt(np.maximum(other * (1 - other), 1e-4) / np.array(n))
        away = abs(other - right) > 4 * sd
        if (abs(np.array(shares) - other) < 3 * sd).all() and away.any():
            found.append(sentence)
    return found[0] if len(found) == 1 else ""
