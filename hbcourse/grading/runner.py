"""Grades what was handed in, one submission after the other."""

from collections.abc import Iterator
from pathlib import Path

from nbgrader.apps.api import NbGraderAPI

from . import CourseError, feedback, gradebook, kernel, preflight
from .course import nbgrader_api
from .gradebook import Result


def submissions(folder: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Pairs of (assignment, student) to grade; and what else lies in ``submitted``, with the reason it is left out."""
    released = nbgrader_api(folder).get_source_assignments()
    found, strays = [], []
    for path in sorted((folder / "submitted").glob("*/*"), key=lambda path: (path.name, path.parent.name)):
        if path.name.startswith((".", "__")):
            continue
        where = path.relative_to(folder)
        if set("*?[]") & set(path.parent.name):
            strays.append(f"{where}: nbgrader takes no *, ?, [ or ] in the name of a student's folder")
        elif not path.is_dir():
            strays.append(f"{where}: a notebook belongs into a folder with the name of its assignment")
        elif path.name not in released:
            strays.append(f"{where}: there is no such assignment in this course")
        else:
            found.append((path.name, path.parent.name))
    if not found:
        place = f"{folder}/submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb"
        raise CourseError("; ".join([f"There is nothing to grade: put notebooks at {place}", *strays]))
    return found, strays


def grade(folder: Path) -> Iterator[Result]:
    """Grade each submission into the gradebook, write its feedback page, and yield its result."""
    api = nbgrader_api(folder)
    for assignment, student in submissions(folder)[0]:
        yield _grade(api, folder, assignment, student)


def _notebook(folder: Path, assignment: str) -> Path:
    path = folder / f"{assignment}.ipynb"
    others = sorted(other.name for other in folder.glob("*.ipynb"))
    if others and not path.exists():
        raise preflight.Rejected(f"{path.name} is missing; there is {others[0]}, which must be renamed to it.")
    return path


def _grade(api: NbGraderAPI, folder: Path, assignment: str, student: str) -> Result:
    before = gradebook.executed(folder, assignment, student)
    try:
        preflight.check(_notebook(folder / "submitted" / student / assignment, assignment))
        kernel.autograde(api, assignment, student)
    except preflight.Rejected as rejection:
        problem = f"Not graded: {rejection}"
        feedback.write_rejected(folder, assignment, student, str(rejection))
        with api.gradebook as book:
            gradebook.record_rejected(book, assignment, student)
            return gradebook.read(book, assignment, student, None, problem)
    after = gradebook.executed(folder, assignment, student)
    with api.gradebook as book:
        gradebook.keep_marks_of_unchanged_answers(book, assignment, student, before, after)
    problem = feedback.write(api, assignment, student)
    with api.gradebook as book:
        return gradebook.read(book, assignment, student, after, problem)
