"""Marks: read from and written to nbgrader's gradebook, and exported."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from .parts import Part, graded_cells, message


@dataclass(frozen=True)
class Result:
    """What became of one submission: its parts, and the problem that kept it, or its feedback, from being made."""

    student: str
    assignment: str
    parts: tuple[Part, ...]
    problem: str = ""

    @property
    def score(self) -> float:
        """Points so far; answers that a person still has to read count as zero."""
        return sum(part.points or 0 for part in self.parts)

    @property
    def max_score(self) -> float:
        return sum(part.max_points for part in self.parts)

    @property
    def to_read(self) -> int:
        """Answers that a person still has to read."""
        return sum(part.points is None for part in self.parts)


def executed(folder: Path, assignment: str, student: str) -> NotebookNode | None:
    """The submission's notebook as it was last run, if it was."""
    path = folder / "autograded" / student / assignment / f"{assignment}.ipynb"
    return nbformat.read(path, as_version=4) if path.exists() else None


def read(gradebook: Gradebook, assignment: str, student: str, notebook: NotebookNode | None, problem: str) -> Result:
    """The result that the gradebook holds, with what the tests said in the notebook that was run."""
    cells = [] if notebook is None else graded_cells(notebook)
    messages = {cell.metadata.nbgrader.grade_id: message(cell) for cell in cells}
    submission = gradebook.find_submission_notebook(assignment, assignment, student)
    parts = {
        grade.name: Part(
            name=grade.name,
            points=None if grade.needs_manual_grade else grade.score,
            max_points=grade.max_score,
            message=messages.get(grade.name, ""),
        )
        for grade in submission.grades
    }
    in_order = [cell.name for cell in gradebook.find_notebook(assignment, assignment).source_cells]
    return Result(student, assignment, tuple(parts[name] for name in in_order if name in parts), problem)


def keep_marks_of_unchanged_answers(
    gradebook: Gradebook, assignment: str, student: str, before: NotebookNode | None, after: NotebookNode | None
) -> None:
    """Marks that a person gave stand if the answer is still the same; nbgrader asks for a second reading of each."""

    def answers(notebook: NotebookNode | None) -> dict[str, str]:
        cells = [] if notebook is None else graded_cells(notebook)
        return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells}

    old = answers(before)
    for name, source in answers(after).items():
        grade = gradebook.find_grade(name, assignment, assignment, student)
        if grade.manual_score is not None and old.get(name) == source:
            grade.needs_manual_grade = False
    gradebook.db.commit()


def record_rejected(gradebook: Gradebook, assignment: str, student: str) -> None:
    """A row with no points, so that a file that cannot be graded is not forgotten."""
    gradebook.update_or_create_student(student)
    submission = gradebook.update_or_create_submission(assignment, student)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score, grade.manual_score, grade.extra_credit = 0, None, None
            grade.needs_manual_grade = False
    gradebook.db.commit()


def export(results: Sequence[Result], path: Path) -> None:
    """One row a submission, with a column for each part."""
    names = [part.name for part in results[0].parts]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student", "assignment", "score", "max_score", "to_read", *names, "problem", "remarks"])
        for result in results:
            points = ["" if part.points is None else part.points for part in result.parts]
            remarks = " | ".join(f"{part.name}: {part.message}" for part in result.parts if part.message)
            writer.writerow(
                [result.student, result.assignment, result.score, result.max_score, result.to_read]
                + points
                + [result.problem, remarks]
            )
