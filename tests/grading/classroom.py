"""A class that hands in a small exercise, and all that grading it leaves in the course."""

import contextlib
import functools
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from hbcourse.grading.course import attempts, release
from hbcourse.grading.course.folder import Course

QUICK = Path(__file__).parent / "exercises" / "quick"
ATTEMPTS = {attempt.name: attempt for attempt in attempts.read(QUICK)}
#: What the tests give to each attempt.
MAXIMA = {"test_middle": 1.0, "test_double": 2.0, "test_share": 2.0, "test_total": 1.0}
POINTS = {name: MAXIMA | attempt.marks for name, attempt in ATTEMPTS.items() if not attempt.file}
SCORES = {name: sum(POINTS[name].values()) if name in POINTS else 0.0 for name in ATTEMPTS}
COMMAND = str(Path(sys.executable).with_name("hbcourse"))


def first(values: Iterable[object], kept: int = 1) -> list[object]:
    """Parameters of a test, of which `make test` takes some and `make durability` the others."""
    rest = list(values)
    several = [value if isinstance(value, tuple) else (value,) for value in rest[kept:]]
    return [*rest[:kept], *(pytest.param(*values, marks=pytest.mark.durability) for values in several)]


def new_course(folder: Path) -> Path:
    """A course with the one exercise, and the file beside it, released."""
    return shutil.copytree(_model().name, folder)


@functools.cache
def _model() -> tempfile.TemporaryDirectory[str]:
    """The folder of such a course: nbgrader takes seconds to release one."""
    place = tempfile.TemporaryDirectory()
    course = Course(Path(place.name))
    course.create()
    beside = course.folder / "source" / QUICK.name
    beside.mkdir(parents=True)
    shutil.copy(QUICK / "numbers.txt", beside)
    release.release(course, [QUICK])
    return place


def released(folder: Path) -> Path:
    return folder / "release" / "quick" / "quick.ipynb"


def submitted(folder: Path, student: str) -> Path:
    return folder / "submitted" / student / "quick" / "quick.ipynb"


def hand_in(folder: Path, name: str, student: str = "", **answers: str) -> str:
    """Hand in the attempt called ``name``, with other answers where they are given; return the student's id."""
    attempt = ATTEMPTS[name]
    student = student or name
    changed = replace(attempt, name=student, answers={**attempt.answers, **answers})
    attempts.hand_in(changed, QUICK, released(folder), Course(folder))
    return student


def hand_in_all(folder: Path, times: int) -> list[str]:
    """Hand in each attempt as often as this; the students are called by their attempts, such as wrong-2."""
    return [hand_in(folder, name, f"{name}-{number}") for number in range(times) for name in ATTEMPTS]


def change_answer(folder: Path, student: str, name: str, source: str) -> None:
    notebook = nbformat.read(submitted(folder, student), as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)
    cell.source = source
    nbformat.write(notebook, submitted(folder, student))


def score(student: str) -> float:
    """What the tests must give to a student named by an attempt."""
    return SCORES[student.partition("-")[0]]


def grade(folder: Path, *options: object) -> subprocess.CompletedProcess[str]:
    command = [COMMAND, "grade", str(folder), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def kept(folder: Path) -> dict[str, object]:
    """Everything that a run leaves in the course, without random ids and times of work."""
    return {"rows": _rows(folder), "files": _files(folder), "records": _records(folder)}


_ROWS = {
    "submissions": "SELECT a.name, s.student_id, s.timestamp FROM submitted_assignment s"
    " JOIN assignment a ON a.id = s.assignment_id",
    "notebooks": "SELECT s.student_id, n.name, b.late_submission_penalty FROM submitted_notebook b"
    " JOIN submitted_assignment s ON s.id = b.assignment_id JOIN notebook n ON n.id = b.notebook_id",
    "grades": "SELECT s.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade"
    " FROM grade g JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id"
    " JOIN submitted_assignment s ON s.id = n.assignment_id",
    "comments": "SELECT s.student_id, c.name, o.auto_comment, o.manual_comment FROM comment o"
    " JOIN base_cell c ON c.id = o.cell_id JOIN submitted_notebook n ON n.id = o.notebook_id"
    " JOIN submitted_assignment s ON s.id = n.assignment_id",
    "students": "SELECT id, first_name, last_name, email, lms_user_id FROM student",
}


def _rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        # A row that stands twice, or belongs to nothing, shows in the number of them.
        sizes = [(name, *database.execute(f"SELECT count(*) FROM {name}").fetchone()) for name in tables]
        rows = {name: sorted(database.execute(query), key=repr) for name, query in _ROWS.items()}
    return {**rows, "sizes": sorted(sizes)}


def _files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for kind in ("autograded", "feedback", "grades")
        for path in sorted((folder / kind).rglob("*"))
        # What a killed process was about to put in place stays behind, hidden; it is no result.
        if path.is_file() and not path.name.endswith(".new")
    }


def _records(folder: Path) -> dict[str, object]:
    found = {}
    for path in sorted((folder / ".hbcourse" / "records").rglob("*.json")):
        found[path.stem] = json.loads(path.read_text())
        del found[path.stem]["seconds"]
    return found


def graded_at(folder: Path) -> dict[str, int]:
    """When the record of each student was written."""
    return {path.stem: path.stat().st_mtime_ns for path in (folder / ".hbcourse" / "records").rglob("*.json")}
