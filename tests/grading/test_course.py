"""The course folder: made by hbcourse, understood by nbgrader, and forgiving."""

import json
import shutil
import urllib.error
import urllib.request

import nbformat
import pytest
from nbgrader.api import Gradebook

from hbcourse.grading import CourseError, release, runner
from hbcourse.grading.isolation import Limits
from hbcourse.grading.runner import Options

from .conftest import EXERCISES
from .nbgrader import formgrader, nbgrader


@pytest.fixture
def small(course, tmp_path):
    """A copy of the course in which one student has handed in the solution."""
    folder = tmp_path / "course"
    folder.mkdir()
    for name in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(course.folder / name, folder)
    for name in ("source/pooling", "release/pooling", "submitted/solution/pooling"):
        shutil.copytree(course.folder / name, folder / name)
    return folder


def graded(folder, options=Options(workers=1)):
    """The results of a run."""
    return [one.result for one in runner.grade(folder, options)]


def submitted(folder, student="solution"):
    return folder / "submitted" / student / "pooling" / "pooling.ipynb"


def test_nbgrader_alone_releases_and_grades_the_same_folder(small, course):
    for arguments in (
        ("generate_assignment", "pooling", "--force"),
        ("autograde", "pooling", "--force"),
        ("generate_feedback", "pooling", "--force"),
    ):
        nbgrader(small, *arguments)
    assert (small / "feedback" / "solution" / "pooling" / "pooling.html").exists()
    with Gradebook(f"sqlite:///{small}/gradebook.db") as book:
        assert book.find_submission("pooling", "solution").score == 17


def test_formgrader_opens_the_folder(course):
    with (
        formgrader(course.folder) as site,
        urllib.request.urlopen(f"{site}formgrader/api/submissions/pooling", timeout=20) as reply,
    ):
        rows = {row["student"]: row for row in json.load(reply)}
    assert rows["solution"]["score"] == 17
    assert rows["solution"]["needs_manual_grade"] is True
    assert rows["broken-file"]["score"] == 0


def test_release_again_changes_nothing(course, tmp_path):
    (first,) = release.release(tmp_path / "one", release.find(EXERCISES, ["pooling"]))
    text = first.read_text()
    (again,) = release.release(tmp_path / "one", release.find(EXERCISES, ["pooling"]))
    (elsewhere,) = release.release(tmp_path / "two", release.find(EXERCISES, ["pooling"]))
    assert again.read_text() == text
    assert elsewhere.read_text() == text


def test_release_leaves_a_strangers_folder_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CourseError, match="neither empty nor a course"):
        release.release(tmp_path, release.find(EXERCISES))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_unknown_exercise_is_named(tmp_path):
    there = ", ".join(sorted(folder.name for folder in EXERCISES.iterdir()))
    with pytest.raises(CourseError, match=rf"There is no exercise 'poling' in .*; there are: {there}\.$"):
        release.find(EXERCISES, ["poling"])
    with pytest.raises(CourseError, match="holds no exercises"):
        release.find(tmp_path)


def test_a_folder_that_is_no_course_or_has_nothing_to_grade_is_named(tmp_path, small):
    with pytest.raises(CourseError, match="is not a course; make one with: hbcourse release"):
        graded(tmp_path)
    shutil.rmtree(small / "submitted")
    with pytest.raises(CourseError, match="There is nothing to grade: put notebooks at"):
        graded(small)


def test_what_does_not_belong_is_named_and_stops_nothing(small):
    handed_in = small / "submitted"
    (handed_in / "solution" / ".ipynb_checkpoints").mkdir()
    (handed_in / "solution" / "baseball").mkdir()
    (handed_in / "loose").mkdir()
    shutil.copy(submitted(small), handed_in / "loose")
    shutil.copytree(handed_in / "solution" / "pooling", handed_in / "who [2]" / "pooling")
    found, strays = runner.submissions(small)
    assert found == [("pooling", "solution")]
    assert sorted(strays) == [
        "submitted/loose/pooling.ipynb: a notebook belongs into a folder with the name of its assignment",
        "submitted/solution/baseball: there is no such assignment in this course",
        "submitted/who [2]/pooling: nbgrader takes no *, ?, [ or ] in the name of a student's folder",
    ]


def mark_by_hand(small, points):
    with Gradebook(f"sqlite:///{small}/gradebook.db") as book:
        grade = book.find_grade("what_to_print", "pooling", "pooling", "solution")
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def test_marks_given_by_hand_stand_until_the_answer_changes(small):
    (first,) = graded(small)
    assert first.to_read == 1
    mark_by_hand(small, 2.5)
    (again,) = graded(small)
    assert (again.score, again.to_read) == (19.5, 0)
    notebook = nbformat.read(submitted(small), as_version=4)
    notebook.cells[-1].source = "I have changed my mind."
    nbformat.write(notebook, submitted(small))
    (changed,) = graded(small)
    assert (changed.score, changed.to_read) == (17, 1)


def with_answer(small, name, source):
    """Replace one answer of the submission."""
    notebook = nbformat.read(submitted(small), as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            cell.source = source
    nbformat.write(notebook, submitted(small))


def test_a_loop_without_end_costs_its_own_marks_only(small):
    with_answer(small, "break_even", "def break_even(tau, p_bar):\n    while True:\n        pass")
    (result,) = graded(small, Options(limits=Limits(cell=1)))
    assert result.score == 16
    assert [part.message for part in result.parts if part.message] == [
        "It ran for too long and was stopped; look for a loop that does not end."
    ]


def test_a_dead_kernel_gets_a_row_with_the_reason(small):
    with_answer(small, "rates", "import os; os._exit(1)")
    (result,) = graded(small)
    assert result.score == 0
    assert result.problem == "Its kernel ended while it ran; look for exit()."


def test_a_notebook_by_another_name_is_pointed_out(small):
    submitted(small).rename(submitted(small).with_name("pooling (1).ipynb"))
    (result,) = graded(small)
    assert "pooling.ipynb is missing; there is pooling (1).ipynb, which must be renamed to it." in result.problem


def test_marks_stand_if_the_feedback_page_cannot_be_written(small):
    (small / "feedback").write_text("a file where a folder should be")
    (result,) = graded(small)
    assert result.score == 17
    assert result.problem.startswith("Graded, but its feedback page could not be written: ")


def test_a_release_that_nbgrader_refuses_leaves_the_course_as_it_was(small, tmp_path):
    graded(small)
    exercises = tmp_path / "exercises"
    shutil.copytree(EXERCISES / "pooling", exercises / "pooling")
    text = (exercises / "pooling" / "pooling.md").read_text()
    (exercises / "pooling" / "pooling.md").write_text(text.replace("grade_id: test_rates", "grade_id: test_new_rates"))
    before = {path: path.read_bytes() for name in ("source", "release") for path in (small / name).rglob("*.ipynb")}
    assert len(before) == 2
    with pytest.raises(CourseError, match=r"could not release pooling, so it stays as it was: .*Cannot add or remove"):
        release.release(small, release.find(exercises))
    assert {path: path.read_bytes() for path in before} == before


def test_a_deleted_a_doubled_and_an_edited_test_cost_nothing_and_gain_nothing(small):
    notebook = nbformat.read(submitted(small), as_version=4)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    notebook.cells.remove(cells["test_rates"])
    cells["test_risks"].source = "pass"
    cells["test_risks"].metadata.nbgrader.points = 100
    cells["risks"].source = "risks = None"
    position = notebook.cells.index(cells["test_standard_errors"])
    notebook.cells.insert(position, nbformat.from_dict(cells["test_standard_errors"]))
    submitted(small).write_text(json.dumps(notebook))
    (result,) = graded(small)
    points = {part.name: part.points for part in result.parts}
    assert points["test_rates"] == 1
    assert points["test_standard_errors"] == 2
    assert points["test_risks"] == 0
    assert result.score == 14
    assert result.max_score == 20


def test_a_file_that_breaks_after_it_was_graded_loses_its_old_marks(small):
    (before,) = graded(small)
    assert before.score == 17
    submitted(small).write_text("{")
    (after,) = graded(small)
    assert after.score == 0
    assert "not valid JSON" in after.problem


def test_a_broken_file_does_not_keep_marks_given_by_hand(small):
    graded(small)
    mark_by_hand(small, 2.5)
    submitted(small).write_text("{")
    (after,) = graded(small)
    assert after.score == 0
    with Gradebook(f"sqlite:///{small}/gradebook.db") as book:
        assert book.find_submission("pooling", "solution").score == 0
