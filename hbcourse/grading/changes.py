"""What grading again has changed: which marks, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_solution

from .parts import Part, graded_cells
from .records import Record

_REASONS = {
    "notebook": "the notebook handed in changed",
    "exercise": "the exercise changed",
    "package": "the package changed",
}
_NONE = "none of these changed: chance in a draw, or a time limit"


@dataclass(frozen=True)
class Change:
    """Points of one part before and after; None where the exercise did not have it."""

    student: str
    part: str
    before: float | None
    after: float | None
    why: str


def changes(before: Record, after: Record) -> list[Change]:
    """The marks given by tests that differ between two records of one submission."""
    old, new = _points(before.notebook), _points(after.notebook)
    # What could not be run has no points in any part.
    if before.notebook is None:
        old = dict.fromkeys(new, 0)
    if after.notebook is None:
        new = dict.fromkeys(old, 0)
    why = _why(before, after)
    return [
        Change(after.student, Part(name, None, 0).title, old.get(name), new.get(name), why)
        for name in new | old
        if old.get(name) != new.get(name)
    ]


def _points(notebook: NotebookNode | None) -> dict[str, float]:
    cells: Sequence[NotebookNode] = [] if notebook is None else list(graded_cells(notebook))
    return {cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in cells if not is_solution(cell)}


def _why(before: Record, after: Record) -> str:
    reasons = [reason for name, reason in _REASONS.items() if before.key.get(name) != after.key.get(name)]
    return " and ".join(reasons) or _NONE
