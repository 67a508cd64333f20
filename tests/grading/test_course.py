"""The course folder: made by hbcourse, understood by nbgrader, and forgiving."""

import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from hbcourse.grading import CourseError
from hbcourse.grading.course import release
from hbcourse.grading.course.folder import Course, Submission
from hbcourse.grading.handin import find
from hbcourse.grading.running import runner
from hbcourse.grading.running.runner import Options
from hbcourse.grading.shown.harmless import FILTERS
from hbcourse.grading.walls.limits import Limits

from .conftest import EXERCISES
from .nbgrader import formgrader, nbgrader


@pytest.fixture
def small(course, tmp_path):
    """A copy of the course in which one student has handed in the solution."""
    folder = tmp_path / "course"
    folder.mkdir()
    for name in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(course.folder / name, folder)
    for name in ("source/pooling", "release/pooling", "submitted/solution/pooling", "checks"):
        shutil.copytree(course.folder / name, folder / name)
    return folder


def graded(folder, options=Options(workers=1)):
    """The results of a run for those who have handed something in."""
    return [one.result for one in runner.grade(Course(folder), options) if one.result.handed_in]


def submitted(folder, student="solution"):
    return folder / "submitted" / student / "pooling" / "pooling.ipynb"


@pytest.mark.durability
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


@pytest.mark.durability
def test_formgrader_opens_the_folder(course):
    with (
        formgrader(course.folder) as site,
        urllib.request.urlopen(f"{site}formgrader/api/submissions/pooling", timeout=20) as reply,
    ):
        rows = {row["student"]: row for row in json.load(reply)}
    assert rows["solution"]["score"] == 17
    assert rows["solution"]["needs_manual_grade"] is True
    assert rows["broken-file"]["score"] == 0


@pytest.mark.durability
def test_a_course_made_before_its_settings_came_with_the_package_goes_on_working(small):
    shutil.copy(Path(__file__).with_name("older_config.txt"), small / "nbgrader_config.py")
    (result,) = graded(small)
    assert result.score == 17
    nbgrader(small, "autograde", "pooling", "--force")
    nbgrader(small, "generate_feedback", "pooling", "--force")
    with Gradebook(f"sqlite:///{small}/gradebook.db") as book:
        assert book.find_submission("pooling", "solution").score == 17


def test_new_settings_reach_courses_that_exist_and_those_of_an_instructor_win(small):
    config = small / "nbgrader_config.py"
    config.write_text("c = get_config()\nc.Execute.timeout = 7\n")
    found = Course(small).api.config
    assert found.Execute.timeout == 7
    assert found.OverwriteCells.add_missing_cells is True
    assert found.HTMLExporter.filters == FILTERS


def test_release_again_changes_nothing(course, tmp_path):
    (first,) = release.release(Course(tmp_path / "one"), release.find(EXERCISES, ["pooling"]))
    text = first.read_text()
    (again,) = release.release(Course(tmp_path / "one"), release.find(EXERCISES, ["pooling"]))
    (elsewhere,) = release.release(Course(tmp_path / "two"), release.find(EXERCISES, ["pooling"]))
    assert again.read_text() == text
    assert elsewhere.read_text() == text


def test_release_leaves_a_strangers_folder_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CourseError, match="neither empty nor a course"):
        release.release(Course(tmp_path), release.find(EXERCISES))
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
    for name in ("loose", "empty", "swept"):
        (handed_in / name).mkdir()
    (handed_in / "swept" / ".DS_Store").touch()
    (handed_in / ".DS_Store").touch()
    for name in ("class.zip", "ben.ipynb"):
        (handed_in / name).touch()
    shutil.copy(submitted(small), handed_in / "loose")
    shutil.copytree(handed_in / "solution" / "pooling", handed_in / "who [2]" / "pooling")
    found, strays = find.find(small / "submitted", Course(small).assignments())
    assert found == [Submission("pooling", "solution")]
    folder = "what a student hands in belongs into a folder with the student's name, and one for the assignment in it"
    assert sorted(strays) == [
        f"submitted/ben.ipynb: {folder}",
        f"submitted/class.zip: {folder}",
        "submitted/empty: there is nothing in this folder",
        "submitted/loose/pooling.ipynb: a notebook belongs into a folder with the name of its assignment",
        "submitted/solution/baseball: there is no such assignment in this course",
        "submitted/swept: there is nothing in this folder",
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


@pytest.mark.durability
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


def test_a_notebook_by_another_name_is_graded_and_that_is_pointed_out(small):
    submitted(small).rename(submitted(small).with_name("pooling (1).ipynb"))
    (result,) = graded(small)
    assert (result.score, result.problem) == (17, "")
    assert result.remarks == ("pooling (1).ipynb was used; the file should be called pooling.ipynb.",)


def test_an_assignment_of_several_notebooks_is_refused_alone(small):
    two = small / "source" / "two"
    two.mkdir()
    for name in ("first", "second"):
        shutil.copy(small / "source" / "pooling" / "pooling.ipynb", two / f"{name}.ipynb")
    assert Course(small).api.generate_assignment("two")["success"]
    shutil.copytree(small / "release" / "two", small / "submitted" / "solution" / "two")
    results = {result.submission.assignment: result for result in graded(small)}
    assert results["pooling"].score == 17
    assert (
        "two consists of first.ipynb, second.ipynb; hbcourse grades assignments of one notebook"
        in results["two"].problem
    )
    assert results["two"].student == "solution"


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
    with (exercises / "pooling" / "checks.py").open("a") as file:
        file.write("# Not the checks that were released.\n")
    before = {
        path: path.read_bytes() for name in ("source", "release", "checks") for path in (small / name).rglob("*.*")
    }
    assert {path.name for path in before} >= {"pooling.ipynb", "pooling.py"}
    with pytest.raises(CourseError, match=r"could not release pooling, so it stays as it was: .*Cannot add or remove"):
        release.release(Course(small), release.find(exercises))
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
