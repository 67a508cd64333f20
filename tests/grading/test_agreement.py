"""A right answer is right for the student's own check and for the grader alike, whatever form it has."""

import html
import re
import shutil
from pathlib import Path

import pytest

from hbcourse.grading import selfcheck
from hbcourse.grading.course import attempts, release
from hbcourse.grading.course.folder import Course
from hbcourse.grading.running import runner
from hbcourse.grading.running.options import Options

from .classroom import first
from .conftest import FOLDERS

FORMS = Path(__file__).with_name("exercises") / "forms"
#: Those whose right answers take no sampler: their checks take seconds.
QUICK = ("pooling",)


def _right(folders):
    return [(folder, attempt) for folder in folders for attempt in attempts.read(folder) if not attempt.marks]


def _cases():
    for folder, attempt in _right(FOLDERS):
        if not attempt.file:
            marks = () if folder.name in QUICK else pytest.mark.calibration
            yield pytest.param(folder, attempt, id=f"{folder.name}-{attempt.name}", marks=marks)


def checked(notebook, folder):
    """Points of each part, by the student's own check of a copy in a folder of its own."""
    folder.mkdir()
    shutil.copytree(notebook.parent, folder, dirs_exist_ok=True)
    parts = selfcheck.check(folder / notebook.name)
    # What only the grader can tell is right here.
    return {part.name: (part.max_points if part.later else part.points, part.message) for part in parts}


@pytest.mark.parametrize(("folder", "attempt"), list(_cases()))
def test_a_right_attempt_is_right_in_check_and_in_grade(course, tmp_path, folder, attempt):
    handed_in = course.folder / "submitted" / attempt.name / folder.name / f"{folder.name}.ipynb"
    graded = {part.name: (part.points, part.message) for part in course.results[folder.name, attempt.name].parts}
    assert checked(handed_in, tmp_path / "own") == graded


@pytest.fixture(scope="module")
def forms(bubblewrap, tmp_path_factory):
    """The course, and what the grader says of each attempt."""
    course = Course(tmp_path_factory.mktemp("forms") / "course")
    (released,) = release.release(course, [FORMS])
    for attempt in attempts.read(FORMS):
        attempts.hand_in(attempt, FORMS, released, course)
    return course.folder, {row.result.student: row.result for row in runner.grade(course, Options())}


@pytest.mark.parametrize("name", first((attempt.name for attempt in attempts.read(FORMS)), 3))
def test_right_answers_in_other_forms_are_right_in_check_and_in_grade(forms, tmp_path, name):
    course, results = forms
    ours = {part.name: (part.points, part.message) for part in results[name].parts}
    theirs = checked(course / "submitted" / name / "forms" / "forms.ipynb", tmp_path / "own")
    assert (results[name].problem, ours) == ("", theirs)
    assert set(ours.values()) == {(1.0, "")}


def test_nothing_that_a_function_prints_in_a_test_is_shown(forms):
    course, _ = forms
    page = (course / "feedback" / "streams" / "forms" / "forms.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert "on utf-8, a terminal: False" in text
    for word in ("doubling 1.5", "doubling -3.5", "this doubles:", "INFO:student", "at 0.0"):
        assert word not in text
