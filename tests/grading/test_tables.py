"""Tables of wrong answers: made at release, once for the same exercise, and kept where no student gets them."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hbcourse.check.tables import kept
from hbcourse.grading import CourseError
from hbcourse.grading.course import tables
from hbcourse.grading.course.folder import Course

CHECKS = """
from hbcourse.check.tasks import Function
TASKS = [Function("scaled", right=lambda x, y: x / y**2, visible=[(1.5, 2.0)],
                  hidden=lambda rng: [tuple(rng.uniform(1, 5, 2).tolist()) for _ in range(3)])]
"""


def cell(name, source, grade=False):
    about = {"grade": grade, "grade_id": name, "locked": grade, "schema_version": 3, "solution": not grade}
    return new_code_cell(source, metadata={"nbgrader": {**about, "task": False, **({"points": 1} if grade else {})}})


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Course(tmp_path / "course")
    cells = [
        new_markdown_cell("Scale `x`."),
        cell("scaled", "print('told')\ndef scaled(x, y):\n    return x / y**2"),
        cell("test_scaled", "check.task('scaled', scaled)", grade=True),
    ]
    made.source("hw").parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), made.source("hw"))
    made.checks("hw").parent.mkdir()
    made.checks("hw").write_text(CHECKS)
    return made


def test_they_are_made_once_for_the_same_exercise(course, monkeypatch):
    tables.make(course, "hw")
    first = course.tables("hw").read_bytes()
    assert len(kept(course.tables("hw"), "scaled").rows) > 20
    assert course.tables("hw").stat().st_mode & 0o077 == 0
    asked = []
    monkeypatch.setattr(tables, "_made", lambda *given: asked.append(given) or b"new")
    tables.make(course, "hw")
    assert course.tables("hw").read_bytes() == first
    assert not asked
    course.checks("hw").write_text(CHECKS + "\n# Changed.")
    tables.make(course, "hw")
    assert course.tables("hw").read_bytes() == b"new"


def test_checks_that_do_not_run_are_told(course):
    course.checks("hw").write_text("TASKS = missing")
    with pytest.raises(CourseError, match=r"hints of hw cannot be made .*name 'missing' is not defined"):
        tables.make(course, "hw")
    assert not course.tables("hw").exists()
