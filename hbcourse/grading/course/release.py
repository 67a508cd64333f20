"""From the exercises' sources to a course folder that nbgrader can work with."""

from collections.abc import Sequence
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from .. import CourseError, notes
from ..marks.parts import graded_cells
from .folder import Course, failure

#: The ungraded answer by which an exercise asks for the student's id, from which it draws a variant.
STUDENT_CELL = "student_id"


def find(exercises: Path, names: Sequence[str] = ()) -> list[Path]:
    """The exercise folders called ``names``, or all of them."""
    folders = sorted(path.parent for path in exercises.glob("*/*.md") if path.stem == path.parent.name)
    if not folders:
        raise CourseError(f"{exercises} holds no exercises; name the exercises folder of the course with --exercises.")
    known = {folder.name: folder for folder in folders}
    if unknown := [name for name in names if name not in known]:
        raise CourseError(f"There is no exercise {unknown[0]!r} in {exercises}; there are: {', '.join(known)}.")
    return [known[name] for name in names] if names else folders


def read_source(exercise: Path) -> NotebookNode:
    """The exercise's notebook, solutions and hidden tests included."""
    notebook = jupytext.read(exercise / f"{exercise.name}.md")
    # Random cell ids would make each release differ from the last.
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{exercise.name}-{number}"
    notebook.metadata.pop("jupytext", None)
    # By this a notebook is known for what it is, and a student's own check knows that a test has been deleted.
    points = sum(notes.of(cell).points for cell in graded_cells(notebook))
    notebook.metadata["hbcourse"] = {"exercise": exercise.name, "points": points}
    return notebook


def release(course: Course, exercises: Sequence[Path]) -> list[Path]:
    """Write each exercise to the course's ``source`` and, without answers, to ``release``; return the latter files."""
    course.create()
    return [_release(course, exercise) for exercise in exercises]


def release_each(course: Course, exercises: Sequence[Path], students: Sequence[str]) -> list[Path]:
    """Release the exercises, and for each student a notebook with the id filled in; return the latter files."""
    for exercise in exercises:
        if not any(map(_asks_for_student, read_source(exercise).cells)):
            raise CourseError(f"{exercise.name} is the same for all students; name exercises that draw variants.")
    return [
        _fill_in(released, student, course.released_to(student, released.stem))
        for released in release(course, exercises)
        for student in students
    ]


def _asks_for_student(cell: NotebookNode) -> bool:
    about = notes.of(cell)
    return about.name == STUDENT_CELL and about.solution and not about.grade


def _fill_in(released: Path, student: str, path: Path) -> Path:
    notebook = nbformat.read(released, as_version=4)
    for cell in filter(_asks_for_student, notebook.cells):
        cell.source = f"student_id = {student!r}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def _release(course: Course, exercise: Path) -> Path:
    name = exercise.name
    source, released, checks = course.source(name), course.released(name), course.checks(name)
    kept = (source, released, checks, course.tables(name))
    before = {path: path.read_bytes() for path in kept if path.exists()}
    source.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(read_source(exercise), source)
    if (exercise / "checks.py").exists():
        checks.parent.mkdir(exist_ok=True)
        checks.write_bytes((exercise / "checks.py").read_bytes())
    else:
        checks.unlink(missing_ok=True)
    outcome = course.api.generate_assignment(name, force=True)
    if not outcome["success"]:
        # nbgrader refuses, say, a new test once there are submissions, but has then deleted what it had released.
        checks.unlink(missing_ok=True)
        for path, content in before.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        raise CourseError(f"nbgrader could not release {name}, so it stays as it was: {failure(outcome)}")
    return released
