"""What each wrong version of a reference solution gives, tabled once so that an answer is recognised at no cost."""

import ast
import copy
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ._edit import Edit
from ._edits import edits_of, pairs_of, program_of
from ._limits import FILE, limit
from ._transforms import Case, of_arguments
from ._values import Raised, Sketch, Value, all_same, as_value, sketch

#: Pairs of edits that are tried.
_PAIRS = 1000


@dataclass(frozen=True)
class Row:
    """A wrong version: what is wrong with it, how likely it is (less is likelier), and what it gives in each case."""

    kind: str
    cost: float
    sentence: str
    values: tuple[Sketch, ...]

    @property
    def double(self) -> bool:
        """Whether it is a pair of edits."""
        return " and " in self.kind


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as lists, numbers and texts."""
    return [asdict(row) for row in rows]


def from_json(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows that :func:`as_json` wrote."""
    return [Row(r["kind"], r["cost"], r["sentence"], tuple(_sketch(v) for v in r["values"])) for r in rows]


def _sketch(value: Any) -> Sketch:
    return None if value is None else [(list(shape), list(numbers)) for shape, numbers in value]


def run(function: Callable[..., object], case: Case, like: Value | None = None, seconds: float = 1.0) -> Value:
    """What a function of ours gives, or what it raises, within some seconds of processor time."""
    try:
        with limit(seconds):
            return as_value(function(*copy.deepcopy(case)), like)
    except Exception as error:
        return Raised(type(error).__name__, str(error)[:200])


@dataclass(frozen=True)
class Reference:
    """A task's reference solution and what it is tried on.

    Attributes
    ----------
    name : str
        What the solution defines: a function, or a value, which has the single case ``()``.
    source : str
        The solution's code.
    space : mapping
        The notebook's variables before it.
    arguments : tuple of str
        Of the function.
    cases : sequence of tuples
        The arguments of each call.
    words : collection of str
        Names, besides the arguments, that a hint may use: those that the task's text uses.
    rtol : float
        Values that agree so far are the same.
    """

    name: str
    source: str
    space: Mapping[str, Any]
    arguments: tuple[str, ...]
    cases: Sequence[Case]
    words: frozenset[str] = frozenset()
    rtol: float = 1e-6

    def defined_by(self, program: ast.Module) -> Callable[..., object]:
        """The function that a program defines here, or one that gives its value."""
        space = dict(self.space)
        exec(compile(program, FILE, "exec"), space)  # noqa: S102 - our own solution, with an edit
        found = space[self.name]
        return found if callable(found) else lambda: found

    def right(self, seconds: float = 20.0) -> list[Value]:
        """What the solution gives in each case."""
        function = self.defined_by(ast.parse(self.source))
        return [run(function, case, seconds=seconds) for case in self.cases]


def table(reference: Reference, right: Sequence[Value], seconds: float = 20.0) -> list[Row]:
    """Every wrong version of the solution that can be told from it, with its values.

    Mutants that give the right values in all cases are left out (they are equivalent there), and so are those that
    raise in the first case, or in all.

    Parameters
    ----------
    right : sequence of values
        As :meth:`Reference.right` gives them.
    seconds : float
        Of processor time, for single edits; half of it again for arguments and for pairs. Likely edits come first.
    """
    tree = ast.parse(reference.source)
    end = time.process_time() + seconds
    rows, cheap = [], []
    for edit in sorted(_edits(reference, tree), key=lambda edit: edit.cost):
        if time.process_time() > end:
            break
        if (row := _row(reference, right, tree, edit)) is not None:
            rows.append(row)
            if edit.cost <= 2 and "step" not in edit.kind:
                cheap.append((edit, row))
    function, end = reference.defined_by(tree), time.process_time() + seconds / 2
    for sentence, cases in of_arguments(reference.arguments, reference.cases):
        if time.process_time() > end:
            break
        values = [run(function, case, r) for case, r in zip(cases, right, strict=True)]
        if _tells(values, right, reference.rtol):
            rows.append(Row("argument", 2, sentence, tuple(map(sketch, values))))
    if "seed" not in reference.arguments and reference.arguments:
        rows += _pairs(reference, right, tree, cheap, time.process_time() + seconds / 2)
    return _distinct(rows)


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """The likeliest rows of those that give the same, as many as can be told apart from too many."""
    groups = defaultdict[str, list[Row]](list)
    for row in sorted(rows, key=lambda row: row.cost):
        group = groups[repr(row.values)]
        if row.sentence not in {other.sentence for other in group} and len(group) < 6:
            group.append(row)
    return [row for group in groups.values() for row in group if row.cost <= group[0].cost + 1]


def _edits(reference: Reference, tree: ast.Module) -> Iterator[Edit]:
    data = [
        name
        for name, value in reference.space.items()
        if isinstance(value, np.ndarray | int | float) and not isinstance(value, bool) and not name.startswith("_")
    ]
    words = {*reference.words, *reference.arguments}
    # A value is made of the notebook's variables; a function may read them by mistake.
    return (edit for edit in edits_of(tree, reference.name, words | set(data), data) if edit.sentence)


def _row(reference: Reference, right: Sequence[Value], tree: ast.Module, edit: Edit) -> Row | None:
    try:
        with limit(1.0):
            function = reference.defined_by(program_of(tree, edit))
    except Exception:
        return None
    values: list[Value] = []
    for case, r in zip(reference.cases, right, strict=True):
        value = run(function, case, r)
        if isinstance(value, Raised) and not values and value.kind != "ZeroDivisionError":
            return None
        values.append(value)
    if not _tells(values, right, reference.rtol):
        return None
    return Row(edit.kind, edit.cost, edit.sentence, tuple(map(sketch, values)))


def _tells(values: Sequence[Value], right: Sequence[Value], rtol: float) -> bool:
    return not all_same(values, right, rtol) and not all(isinstance(v, Raised) for v in values)


def _pairs(
    reference: Reference, right: Sequence[Value], tree: ast.Module, cheap: Sequence[tuple[Edit, Row]], end: float
) -> Iterator[Row]:
    """Pairs of likely edits, one edit for each set of values."""
    seen: dict[str, Edit] = {}
    for edit, row in cheap:
        seen.setdefault(repr(row.values[0]), edit)
    for tried, pair in enumerate(sorted(pairs_of(list(seen.values())), key=lambda pair: pair.cost)):
        if tried >= _PAIRS or time.process_time() > end:
            return
        if (both := _row(reference, right, tree, pair)) is not None:
            yield both


def probes(reference: Reference, right: Sequence[Value], rng: np.random.Generator, most: int = 8) -> list[Case]:
    """Further cases: numbers exchanged between cases, so that pairs differ in one argument; units in another order."""
    function, cases, found = reference.defined_by(ast.parse(reference.source)), reference.cases, list[Case]()
    for a in cases:
        for b in cases:
            for i, (p, q) in enumerate(zip(a, b, strict=True)):
                if np.ndim(p) == np.ndim(q) == 0 and isinstance(p, int | float) and p != q:
                    found.append((*a[:i], q, *a[i + 1 :]))
    found = [found[i] for i in sorted(rng.choice(len(found), min(most, len(found)), replace=False))] if found else []
    for case in cases:
        sizes = {len(v) for v in case if np.ndim(v) == 1 and len(v) > 1}
        order = {size: rng.permutation(size) for size in sizes}
        if sizes:
            found.append(tuple(np.asarray(v)[order[len(v)]] if np.ndim(v) == 1 and len(v) > 1 else v for v in case))
    like = right[0]
    good = ((case, run(function, case, like)) for case in found[: 2 * most])
    return [case for case, v in good if isinstance(v, list) and all(np.isfinite(x).all() for x in v)][:most]
