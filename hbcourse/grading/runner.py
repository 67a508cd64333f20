"""Grades what was handed in, one submission after the other."""

from collections.abc import Iterator
from pathlib import Path

from . import CourseError, feedback, gradebook, kernel, preflight
from .course import nbgrader_api
from .gradebook import Result


def submissions(folder: Path) -> list[tuple[str, str]]:
    """Pairs of (assignment, student) that have handed something in."""
    found = sorted((path.name, path.parent.name) for path in (folder / "submitted").glob("*/*") if path.is_dir())
    if not found:
        raise CourseError(
            f"Nothing has been handed in: put notebooks at {folder}/submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb"
        )
    return found


def grade(folder: Path) -> Iterator[Result]:
    """Grade each submission into the gradebook, write its feedback page, and yield its result."""
    api = nbgrader_api(folder)
    released = api.get_source_assignments()
    for assignment, student in submissions(folder):
        if assignment not in released:
            raise CourseError(f"{student} has handed in {assignment!r}, which was never released in this course.")
        try:
            preflight.check(folder / "submitted" / student / assignment / f"{assignment}.ipynb")
            kernel.autograde(api, assignment, student)
        except preflight.Rejected as rejection:
            problem = str(rejection)
            with api.gradebook as book:
                gradebook.record_rejected(book, assignment, student)
            feedback.write_rejected(folder, assignment, student, problem)
        else:
            problem = ""
            feedback.write(api, assignment, student)
        with api.gradebook as book:
            result = gradebook.read(book, folder, assignment, student, problem)
        yield result
