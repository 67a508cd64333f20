"""Which wrong version an answer equals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..._validate import FloatArray
from ._transforms import Case, by_factor, cut_off, of_output
from ._values import Value, informative, same, same_sketch, sketch
from .mutants import Row

#: If more sentences fit, nothing is known.
_MOST = 3
_LIKELY = 1.5


def explain(
    arguments: Sequence[str],
    cases: Sequence[Case],
    got: Sequence[Value],
    right: Sequence[Value],
    rows: Sequence[Row],
    rtol: float,
) -> str:
    """What the answer is: a likely mutant, a transform of the right one, any mutant; empty if none fits all cases."""
    if cut := cut_off(got, right, rtol):
        return _is(cut)
    if constant(got, right):
        return "it is the same whatever the input: work with the arguments, not with the notebook's variables"
    wrong = [i for i, (g, r) in enumerate(zip(got, right, strict=True)) if not same(g, r, rtol)]
    if not informative([got[i] for i in wrong], [right[i] for i in wrong]):
        return ""
    mine = [sketch(g) for g in got]
    fitting = [row for row in rows if all(same_sketch(v, g, rtol) for v, g in zip(row.values, mine, strict=True))]
    likely = one_of([row for row in fitting if row.cost <= _LIKELY])
    return (
        likely
        or _is(of_output(got, right, rtol))
        or _is(by_factor(arguments, cases, got, right, rtol))
        or one_of([row for row in fitting if row.cost > _LIKELY])
    )


def constant(got: Sequence[Value], right: Sequence[Value]) -> bool:
    """Whether the answer is one number in all of at least three cases that ask for different ones."""
    mine, asked = ({repr(sketch(v)) for v in values} for values in (got, right))
    number = isinstance(got[0], list) and all(x.shape == () and np.isfinite(x) and x % 1 > 0 for x in got[0])
    return number and len(mine) == 1 and len(asked) >= 3


def _is(text: str) -> str:
    return text and f"it is {text}"


def component(rows: Sequence[Row], j: int, of: int) -> list[Row]:
    """The rows for one of several values."""
    return [
        Row(row.kind, row.cost, row.sentence, tuple(v and ([v[j]] if len(v) == of else v) for v in row.values))
        for row in rows
    ]


def vague(sentence: str) -> bool:
    """Whether a sentence says that something is wrong, and hardly what."""
    starts = ("a term", "a factor", "a divisor", "a number is not", "a quotient is")
    bare = "`" not in sentence and sentence.startswith(starts)
    return bare or "an intermediate result" in sentence or sentence.startswith(("a step of", "another entry"))


def one_of(rows: Sequence[Row]) -> str:
    """What the likeliest rows say, two of them if they differ; nothing if they are too many or say too little."""
    telling = [row for row in rows if not vague(row.sentence)]
    if not telling:
        return ""
    least = min(row.cost for row in telling)
    sentences = list(dict.fromkeys(row.sentence for row in telling if row.cost == least))
    return "" if len(sentences) > _MOST else ", or ".join(sorted(sentences, key=lambda s: ("`" not in s, len(s)))[:2])


def explain_share(
    cases: Sequence[Case], shares: Sequence[float], right: Sequence[float], rows: Sequence[Row], n: Sequence[int]
) -> str:
    """Which mutant of a simulation gave these shares: exactly, drawing by drawing, or else within chance."""
    got, truth, trials = np.array(shares), np.array(right), np.array(n)
    table = [(row, np.array([v[0][1][0] if v and v[0][1] else np.nan for v in row.values])) for row in rows]
    if ((got > 0.01) & (got < 0.99)).sum() < 2:
        return ""  # Many mistakes give shares near zero or one.
    exact = [row for row, v in table if np.allclose(v, got, atol=1e-9)]
    if exact and (sentence := one_of(exact)):
        return sentence
    if not (_z(got, truth, trials) > 4).any():
        return ""
    if (_z(got, 1 - truth, trials) < 3).all():
        return "it is the complement: one minus the right share"
    near = [
        row
        for row, v in table
        if row.cost <= _LIKELY and (_z(got, v, trials) < 2.8).all() and (_z(v, truth, trials) > 4).any()
    ]
    sentences = list(dict.fromkeys(row.sentence for row in near if not vague(row.sentence)))
    return " or ".join(sentences) if 0 < len(sentences) <= 2 else ""


def _z(a: FloatArray, b: FloatArray, n: NDArray[np.int_]) -> FloatArray:
    """The difference of two shares in standard errors."""
    variance = np.maximum((a * (1 - a) + b * (1 - b)) / n, 0.25 / n**2)
    return np.asarray(abs(a - b) / np.sqrt(variance))
