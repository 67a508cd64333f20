"""The part of a test that only graders have: where it runs, what it asks, and what reaches students of it."""

import json
import shutil
import stat
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from hbcourse.grading import CourseError
from hbcourse.grading.course import attempts, release, secret
from hbcourse.grading.course.folder import Course
from hbcourse.grading.running import runner
from hbcourse.grading.running.options import Options

from .nbgrader import nbgrader

POOLING = Path(__file__).resolve().parents[2] / "exercises" / "pooling"
HANDED_IN = {"solution": 17, "fits-the-visible-tests": 3}


@pytest.fixture(scope="module")
def folder(bubblewrap, tmp_path_factory):
    """A course in which one student has solved pooling, and one returns what the visible tests ask for."""
    course = Course(tmp_path_factory.mktemp("hidden") / "course")
    (released,) = release.release(course, [POOLING])
    for attempt in attempts.read(POOLING):
        if attempt.name in HANDED_IN:
            attempts.hand_in(attempt, POOLING, released, course)
    return course.folder


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "course")


def scores(folder):
    graded = [one.result for one in runner.grade(Course(folder), Options(workers=2)) if one.result.handed_in]
    return {result.student: result.score for result in graded}


def test_the_grader_runs_it(copied):
    assert scores(copied) == HANDED_IN
    for file in (copied / "feedback").rglob("*.html"):
        assert "check.hidden" not in file.read_text()


@pytest.mark.durability
def test_nbgrader_alone_runs_it_too(copied):
    nbgrader(copied, "generate_assignment", "pooling", "--force")
    file = copied / "submitted" / "solution" / "pooling" / "pooling.ipynb"
    notebook = nbformat.read(file, as_version=4)
    del notebook.cells[0]
    nbformat.write(notebook, file)
    nbgrader(copied, "autograde", "pooling", "--force")
    nbgrader(copied, "generate_feedback", "pooling", "--force")
    with Gradebook(f"sqlite:///{copied}/gradebook.db") as book:
        assert {student: book.find_submission("pooling", student).score for student in HANDED_IN} == HANDED_IN
    assert not list((copied / "autograded").rglob("checks.py"))
    for file in (copied / "feedback").rglob("*.html"):
        text = file.read_text()
        assert "check.hidden" not in text
        assert "Run this cell first" in text
        assert "averages patients" not in text.partition("Run this cell first")[2].partition("</pre>")[0]


def test_nothing_of_the_checks_is_released(folder):
    students = [file for name in ("release",) for file in (folder / name).rglob("*") if file.is_file()]
    assert [file.name for file in students] == ["pooling.ipynb"]
    notebook = nbformat.read(students[0], as_version=4)
    first, *others = notebook.cells
    assert first.metadata.nbgrader.locked
    assert first.metadata.jupyter.source_hidden
    assert "lambda" not in first.source
    tests = [
        cell.source for cell in others if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("test_")
    ]
    assert tests[0] == 'check.task("rates", rates)'
    assert all(source.count("\n") == 0 for source in tests)


def test_the_secret_is_made_once_and_is_private(tmp_path):
    file = tmp_path / "course" / ".hbcourse" / "secret"
    first = secret.read(file)
    assert len(first) == 32
    assert secret.read(file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [other.name for other in file.parent.iterdir()] == ["secret"]
    assert secret.read(tmp_path / "other" / "secret") != first


def test_a_spoiled_secret_is_not_replaced(tmp_path):
    file = tmp_path / "secret"
    file.write_text("no secret")
    with pytest.raises(CourseError, match="put back the copy in your backup"):
        secret.read(file)
    assert file.read_text() == "no secret"


def code(*sources, **about):
    return [{"cell_type": "code", "source": source, "metadata": {"nbgrader": about}} for source in sources]


def test_the_inputs_change_with_the_code_and_with_nothing_else():
    seed = secret.seed(b"s" * 32, "pooling", code("x = 1", "y = 2"))
    prose = {"cell_type": "markdown", "source": "words", "metadata": {}}
    test = code("check.task('x', x)", grade=True, solution=False, grade_id="test_x")
    assert secret.seed(b"s" * 32, "pooling", [*code("x = 1  \n", "y = 2"), prose, *test]) == seed
    for other in (
        secret.seed(b"t" * 32, "pooling", code("x = 1", "y = 2")),
        secret.seed(b"s" * 32, "priors", code("x = 1", "y = 2")),
        secret.seed(b"s" * 32, "pooling", code("y = 2", "x = 1")),
        secret.seed(b"s" * 32, "pooling", code("x = 1", "y = 2 # again")),
    ):
        assert other != seed


def test_a_regrade_asks_the_same_and_a_new_hand_in_something_new(copied):
    def told():
        scores(copied)
        record = copied / ".hbcourse" / "records" / "pooling" / "fits-the-visible-tests.json"
        cells = json.loads(record.read_text())["notebook"]["cells"]
        return [
            cell["outputs"]
            for cell in cells
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "test_standard_errors"
        ]

    first = told()
    (copied / ".hbcourse" / "records" / "pooling" / "fits-the-visible-tests.json").unlink()
    assert told() == first
    file = copied / "submitted" / "fits-the-visible-tests" / "pooling" / "pooling.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("print(1)"))
    nbformat.write(notebook, file)
    assert told() != first


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("pooling.md", 'check.task("risks", risks)', "assert risks(2, 1.0, 1.0)[0] == 1.0"), "is not one line"),
        (("pooling.md", 'check.task("risks", risks)', 'check.task("risk", risks)'), "which checks.py does not list"),
        (
            ("pooling.md", "Partial pooling knows", "It is 0.1216 for B. Partial pooling knows"),
            "the answer to rates: the number",
        ),
        (("checks.py", "hidden=_sizes", "hidden=lambda rng: [(0.03, 0.2)]"), "the same values as the visible ones"),
    ],
)
def test_a_release_that_would_give_an_answer_away_fails(change, message, tmp_path):
    exercise = shutil.copytree(POOLING, tmp_path / "exercises" / "pooling")
    name, old, new = change
    text = (exercise / name).read_text()
    assert text.count(old) == 1
    (exercise / name).write_text(text.replace(old, new))
    course = Course(tmp_path / "course")
    with pytest.raises(CourseError, match=message):
        release.release(course, [exercise])
    assert not course.released("pooling").exists()
