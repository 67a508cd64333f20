"""The commands as people run them."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from hbcourse import cli
from hbcourse.grading import selfcheck
from hbcourse.grading.course import attempts, release
from hbcourse.grading.course.folder import Course
from hbcourse.grading.running.runner import Options
from hbcourse.grading.walls.limits import Limits

EXERCISES = str(Path(__file__).resolve().parent.parent / "exercises")
COMMAND = str(Path(sys.executable).with_name("hbcourse"))


def run(*arguments, cwd=None):
    command = [COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_names_the_commands():
    answer = run("--help")
    assert answer.returncode == 0
    for command in ("check", "release", "grade", "doctor", "demo"):
        assert command in answer.stdout


def test_the_demonstration_class(root, bubblewrap, tmp_path):
    done = run("demo", tmp_path / "demo", "--exercises", root / "exercises")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "WITHOUT a sandbox" not in done.stdout
    assert "6/6" in done.stdout
    assert "solution: 17 of 17 points, 3 more for a person to give" in done.stdout
    for attempt in attempts.read(root / "exercises" / "pooling")[1:5]:
        lines = done.stdout.split(f"\n{attempt.name}: ")[1].split(" points")[0]
        lost = {"test_complete_pooling": 2, "test_data_weight": 2, "test_partial_pooling": 3, "test_standard_errors": 2}
        lost |= {"test_risks": 3, "test_break_even": 1, "test_coverage": 3}
        assert lines == f"{17 - sum(lost[name] for name in attempt.marks)} of 17"
        for hint in attempt.hints.values():
            assert hint in done.stdout
    assert "Not graded: pooling.ipynb is not valid JSON" in done.stdout
    assert (tmp_path / "demo" / "grades" / "pooling.csv").exists()
    assert len(list((tmp_path / "demo" / "feedback").glob("*/pooling/pooling.html"))) == 6


@pytest.fixture(scope="module")
def handed_in(root, tmp_path_factory):
    """Notebooks of three students, as they have them on their own disks."""
    folder = tmp_path_factory.mktemp("students")
    exercise = root / "exercises" / "pooling"
    (released,) = release.release(Course(folder / "course"), [exercise])
    shutil.copy(released, folder / "fresh.ipynb")
    for attempt in attempts.read(exercise):
        if attempt.name in ("solution", "swaps-weights"):
            shutil.copy(
                attempts.hand_in(attempt, exercise, released, Course(folder / "course")),
                folder / f"{attempt.name}.ipynb",
            )
    return folder


def test_check_says_what_passes(handed_in):
    done = run("check", handed_in / "solution.ipynb")
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if "has been running for" not in line]
    assert "✓ standard_errors: 2 of 2 points" in done.stdout
    assert "✓ rates: it looks as it should; whether it is right is checked after you hand it in" in done.stdout
    assert "? what_to_print: a person will read it, 3 points" in done.stdout
    assert "16 of 16 points; 1 more is checked after you hand it in." in done.stdout


def test_what_students_write_is_printed_as_it_is(capsys):
    selfcheck.show([selfcheck.Checked("test_rates", 0.0, 1.0, "rates must be a function; it is '[/red] [bold]'.")])
    assert "it is '[/red] [bold]'." in capsys.readouterr().out


def test_check_needs_none_of_the_instructors_packages(handed_in):
    without = "import sys; sys.modules.update(dict.fromkeys(['nbgrader', 'jupytext', 'yaml']));"
    script = f"{without} from hbcourse import cli; sys.exit(cli.main(['check', 'solution.ipynb']))"
    done = subprocess.run([sys.executable, "-c", script], cwd=handed_in, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_check_says_what_does_not(handed_in):
    done = run("check", handed_in / "swaps-weights.ipynb")
    assert done.returncode == 1
    assert "✗ data_weight: data_weight(2.0, 1.0) gives 0.2, should be 0.8. Hint: That is the weight" in done.stdout
    assert "11 of 16 points" in done.stdout


def test_check_of_one_task_runs_no_other_test_and_nothing_after_it(handed_in):
    done = run("check", handed_in / "swaps-weights.ipynb", "--task", "partial_pooling")
    assert done.returncode == 1
    assert "✗ partial_pooling: " in done.stdout
    assert "✗ data_weight" not in done.stdout
    assert "0 of 3 points" in done.stdout
    done = run("check", handed_in / "swaps-weights.ipynb", "--task", "pooling")
    assert done.returncode == 2
    assert "There is no task 'pooling' in this notebook; there are: rates, standard_errors" in done.stderr


def test_check_says_which_cell_is_slow(handed_in, monkeypatch, capsys):
    monkeypatch.setattr(selfcheck, "_SLOW", 0.2)
    notebook = nbformat.read(handed_in / "solution.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "rates":
            cell.source += "\nimport time\ntime.sleep(2)"
    nbformat.write(notebook, handed_in / "slow.ipynb")
    selfcheck.check(handed_in / "slow.ipynb", "rates")
    assert "Your cell for `rates` has been running for 0.2 seconds" in capsys.readouterr().err


def test_solutions_come_when_nobody_may_hand_in_any_more(handed_in):
    course = handed_in / "course"
    settings = course / "nbgrader_config.py"
    before = settings.read_text()
    settings.write_text(f"{before}c.HBCourse.due = {{'pooling': '2999-01-01 12:00 UTC'}}\n")
    done = run("solutions", course)
    assert done.returncode == 2
    assert "pooling may be handed in until 2999-01-01 12:00 UTC" in done.stderr
    assert not (course / "solutions").exists()
    settings.write_text(before)
    done = run("solutions", course)
    assert done.returncode == 0, done.stderr
    notebook = course / "solutions" / "pooling" / "pooling.ipynb"
    text = notebook.read_text()
    assert "p_bar = deaths.sum() / n.sum()" in text
    assert "BEGIN SOLUTION" not in text
    assert "HIDDEN" not in text
    assert "p_bar" in notebook.with_suffix(".html").read_text()
    assert "16 of 16 points" in run("check", notebook).stdout


def test_check_of_a_notebook_whose_tests_were_deleted_or_copied(handed_in):
    notebook = nbformat.read(handed_in / "solution.ipynb", as_version=4)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    copied = [*notebook.cells, nbformat.from_dict(cells["test_risks"]) | {"id": "another"}]
    nbformat.write(nbformat.from_dict(notebook | {"cells": copied}), handed_in / "copied.ipynb")
    done = run("check", handed_in / "copied.ipynb")
    assert "16 of 16 points" in done.stdout
    notebook.cells.remove(cells["test_risks"])
    nbformat.write(notebook, handed_in / "deleted.ipynb")
    done = run("check", handed_in / "deleted.ipynb")
    assert done.returncode == 2
    assert "deleted.ipynb has lost a test: copy your answers into a fresh download of it." in done.stderr


@pytest.mark.durability
def test_check_of_a_loop_without_end(handed_in, monkeypatch):
    monkeypatch.setattr(selfcheck, "TIMEOUT", 3)
    notebook = nbformat.read(handed_in / "solution.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "break_even":
            cell.source = "def break_even(tau, p_bar):\n    while True:\n        pass"
    nbformat.write(notebook, handed_in / "loop.ipynb")
    parts = {part.name: part for part in selfcheck.check(handed_in / "loop.ipynb")}
    assert "look for a loop that does not end" in parts["test_break_even"].message
    assert parts["test_coverage"].points == 3


@pytest.mark.durability
def test_check_of_a_fresh_notebook(handed_in):
    done = run("check", "fresh.ipynb", cwd=handed_in)
    assert done.returncode == 1
    assert "0 of 17 points" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere.ipynb"], "hbcourse: nowhere.ipynb is missing."),
        (["check", "plain.ipynb"], "hbcourse: plain.ipynb has no graded parts: is it an exercise of this course?"),
        (["grade", "nowhere"], "hbcourse: nowhere is not a course; make one with: hbcourse release nowhere"),
        (["demo", "."], "hbcourse: . exists; the demonstration needs a new folder."),
        (["release", "/proc/nowhere", "--exercises", EXERCISES], "hbcourse: No such file or directory: /proc/nowhere"),
        (["release", "new", "--exercises", "nowhere"], "hbcourse: nowhere holds no exercises"),
    ],
)
def test_a_mistake_at_the_command_line_gets_one_sentence(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), "plain.ipynb")
    assert cli.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(message)
    assert captured.err.count("\n") == 1


def test_a_missing_extra_is_named(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.main(["grade", "course"]) == 2
    assert "pip install 'hbcourse[instructor]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("--workers", "0", "a whole number above zero, not '0'"),
        ("--workers", "two", "a whole number above zero, not 'two'"),
        ("--memory", "-1", "a number above zero, not '-1'"),
        ("--memory", "4GB", "a number above zero, not '4GB'"),
        ("--memory", "nan", "a number above zero, not 'nan'"),
        ("--timeout", "0", "a number above zero, not '0'"),
        ("--timeout", "10,soon", "a number above zero, not 'soon'"),
        ("--timeout", "1e9", "a number above zero, not '1e9'"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(capsys, option, value, rule):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["grade", "course", f"{option}={value}"])
    assert f"hbcourse grade: error: argument {option}: {rule}\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], Options(limits=Limits(cell=120, total=600, memory=4 << 30))),
        (["--timeout", "30"], Options(limits=Limits(cell=30, total=150))),
        (["--timeout", "30,40", "--memory", "0.5"], Options(limits=Limits(cell=30, total=40, memory=1 << 29))),
        (["--assignment", "a", "--assignment", "b"], Options(assignments=["a", "b"])),
        (["--student", "ada", "--regrade", "--workers", "3"], Options(students=["ada"], regrade=True, workers=3)),
        (["--scheduler", "tcp://host:8786", "--trusted"], Options(scheduler="tcp://host:8786", trusted=True)),
    ],
)
def test_the_options_of_grade_say_what_they_do(monkeypatch, arguments, expected):
    asked = []
    monkeypatch.setattr("hbcourse.grading.shown.terminal.grade_and_show", lambda *given: asked.append(given[:2]) or 0)
    assert cli.main(["grade", "course", *arguments]) == 0
    ((course, options),) = asked
    assert course.folder == Path("course")
    for name, value in vars(expected).items():
        # No option at all is an empty list.
        assert getattr(options, name) == value or not (getattr(options, name) or value), name
