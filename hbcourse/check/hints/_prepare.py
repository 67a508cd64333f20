"""What is known of a task before an answer comes, from its reference solution."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ._hint import Question
from ._limits import limit
from ._values import Raised
from .mutants import Reference, Row, probes, run, table


def prepare(
    reference: Reference,
    mistakes: Mapping[str, Callable[..., object]],
    rng: np.random.Generator,
    rows: Sequence[Row] | None = None,
    seconds: float = 20.0,
) -> Question:
    """The question behind a task, asked in its own cases and in some more that tell arguments apart.

    Parameters
    ----------
    reference : Reference
        The solution, and the task's cases.
    mistakes : mapping from sentence to function
        Those that the task foresees. One that raises in any case is left out.
    rng : Generator
        Chooses the further cases: with the same state, the same ones.
    rows : sequence of Row, optional
        The table, if it is kept from an earlier call with the same reference and generator; else it is made.
    seconds : float
        Of processor time, for the table.
    """
    with limit(math.inf):
        return _prepare(reference, mistakes, rng, rows, seconds)


def _prepare(
    reference: Reference,
    mistakes: Mapping[str, Callable[..., object]],
    rng: np.random.Generator,
    rows: Sequence[Row] | None,
    seconds: float,
) -> Question:
    if reference.arguments and "n_sim" not in reference.arguments:
        reference = replace(reference, cases=[*reference.cases, *probes(reference, reference.right(), rng)])
    right = reference.right()
    pairs = list(zip(reference.cases, right, strict=True))
    foreseen = {sentence: [run(wrong, case, r) for case, r in pairs] for sentence, wrong in mistakes.items()}
    return Question(
        reference.name,
        reference.arguments,
        reference.cases,
        right,
        table(reference, right, seconds) if rows is None else rows,
        {s: outputs for s, outputs in foreseen.items() if not any(isinstance(o, Raised) for o in outputs)},
        reference.rtol,
    )
