"""Whether an argument matters, seen where two cases differ in it alone."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ._transforms import CHANCE, Case
from ._values import Raised, Value, same


def influence(
    arguments: Sequence[str], cases: Sequence[Case], got: Sequence[Value], right: Sequence[Value], rtol: float
) -> str:
    """Arguments that should change the output and never do, or that do and should not; empty if there are none.

    It is seen where two cases differ in this argument alone.
    """
    without, with_ = [], []
    for i, a in enumerate(arguments):
        pairs = [] if a in CHANCE else list(_pairs_that_differ_in(i, cases))
        ours = [not same(right[p], right[q], rtol) for p, q in pairs]
        theirs = [isinstance(got[p], Raised) or not same(got[p], got[q], rtol) for p, q in pairs]
        if sum(ours) >= 2 and not any(theirs):
            without.append(f"`{a}`")
        elif len(pairs) >= 2 and not any(ours) and any(theirs):
            with_.append(f"`{a}`")
    if without:
        return f"{' and '.join(without)} {'has' if len(without) == 1 else 'have'} no influence on it"
    return f"{with_[0]} changes it, and should have no influence" if with_ else ""


def _pairs_that_differ_in(i: int, cases: Sequence[Case]) -> Iterator[tuple[int, int]]:
    for p in range(len(cases)):
        for q in range(p):
            if all(_equal(x, y) != (j == i) for j, (x, y) in enumerate(zip(cases[p], cases[q], strict=True))):
                yield p, q


def _equal(x: Any, y: Any) -> bool:
    return np.shape(x) == np.shape(y) and bool(np.all(np.asarray(x) == np.asarray(y)))
