"""Attempts at an exercise: what students hand in, right and wrong, and the marks that each must get."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

from .. import notes
from .folder import Course, Submission
from .release import STUDENT_CELL, read_source


@dataclass(frozen=True)
class Attempt:
    """One entry of an exercise's ``attempts.yml``.

    Attributes
    ----------
    name : str
        Also the student's id when the attempt is handed in.
    does : str
        What is done rightly or wrongly, in one sentence.
    answers : mapping from cell to source
        The answers that differ from the model solution's.
    unanswered : tuple of cells
        Left as the student found them.
    marks : mapping from test to points
        The tests that do not give full points, and what they give.
    hints : mapping from test to text
        What the student must read there.
    file : str
        The whole file, where it is not a notebook at all.
    rejected : str
        What the reason for rejecting the file must contain.
    """

    name: str
    does: str
    answers: Mapping[str, str] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    rejected: str = ""


def read(exercise: Path) -> list[Attempt]:
    """The attempts of the exercise in this folder."""
    entries = yaml.safe_load((exercise / "attempts.yml").read_text(encoding="utf-8"))
    return [Attempt(**{**entry, "unanswered": tuple(entry.get("unanswered", ()))}) for entry in entries]


def hand_in(attempt: Attempt, exercise: Path, released: Path, course: Course) -> Path:
    """Fill in the released notebook as the attempt does, and hand it in to the course."""
    path = course.handed_in(Submission(exercise.name, attempt.name)) / f"{exercise.name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if attempt.file:
        path.write_text(attempt.file, encoding="utf-8")
    else:
        model = _model_answers(exercise, (exercise / f"{exercise.name}.md").stat().st_mtime_ns)
        nbformat.write(_filled_in(attempt, model, nbformat.read(released, as_version=4)), path)
    return path


@functools.lru_cache(maxsize=1)
def _model_answers(exercise: Path, _changed: int) -> Mapping[str, str]:
    """The answers of the exercise as it was when it had last changed, by cell: kept for a whole class."""
    return {
        notes.of(cell).name: without_markers(cell.source)
        for cell in read_source(exercise).cells
        if notes.of(cell).solution
    }


def _filled_in(attempt: Attempt, model: Mapping[str, str], notebook: NotebookNode) -> NotebookNode:
    answers = dict(model)
    if unknown := (set(attempt.answers) | set(attempt.unanswered)) - set(answers):
        raise ValueError(f"attempt {attempt.name} names a cell that is not there: {sorted(unknown)}")
    if STUDENT_CELL in answers:
        answers[STUDENT_CELL] = f"student_id = {attempt.name!r}"
    answers |= attempt.answers
    for cell in notebook.cells:
        name = notes.of(cell).name
        if name in answers and name not in attempt.unanswered:
            cell.source = answers[name]
    return notebook


def without_markers(source: str) -> str:
    """A model answer as a student would have written it."""
    return "\n".join(
        line for line in source.splitlines() if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION")
    )
