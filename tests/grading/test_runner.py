"""A class is graded, and graded again: what is new, what has changed, what is asked for, and within which limits."""

import csv
import shutil
import sys
from pathlib import Path

import pytest

from hbcourse import cli
from hbcourse.grading import CourseError
from hbcourse.grading.course import release
from hbcourse.grading.course.folder import Course
from hbcourse.grading.marks.changes import Change
from hbcourse.grading.running import runner
from hbcourse.grading.running.runner import Options

from . import classroom
from .machines import as_an_ordinary_user, without_namespaces

TWO = Options(workers=2)


@pytest.fixture(scope="module")
def graded(bubblewrap, tmp_path_factory):
    """A course whose class has handed in each attempt, and was graded; and the results."""
    folder = classroom.new_course(tmp_path_factory.mktemp("graded") / "course")
    for name in classroom.ATTEMPTS:
        classroom.hand_in(folder, name)
    return folder, list(runner.grade(Course(folder), TWO))


@pytest.fixture
def folder(graded, tmp_path):
    """A copy of that course."""
    return shutil.copytree(graded[0], tmp_path / "course")


def marks(graded):
    return {one.result.student: {part.name: part.points for part in one.result.parts} for one in graded}


def scores(graded):
    return {one.result.student: one.result.score for one in graded}


def fresh(graded):
    return {one.result.student for one in graded if one.fresh}


@pytest.mark.parametrize("name", classroom.ATTEMPTS)
def test_each_gets_the_marks_and_the_reasons(graded, name):
    attempt = classroom.ATTEMPTS[name]
    (result,) = (one.result for one in graded[1] if one.result.student == name)
    assert result.submission.assignment == "quick"
    assert result.score == classroom.SCORES[name]
    parts = {part.name: part for part in result.parts}
    for part, points in classroom.POINTS.get(name, {}).items():
        assert parts[part].points == points
        assert bool(parts[part].message) == (points == 0)
        assert attempt.hints.get(part, "") in parts[part].message
    if name == "ends":
        assert result.problem == "Its kernel ended while it ran; look for exit()."
    else:
        assert attempt.rejected in result.problem
        assert bool(result.problem) == bool(attempt.rejected)


def test_what_was_graded_is_not_graded_again(graded, folder):
    before = classroom.graded_at(folder)
    again = list(runner.grade(Course(folder), TWO))
    assert fresh(again) == set()
    assert [one.result for one in again] == sorted((one.result for one in graded[1]), key=lambda each: each.student)
    assert classroom.graded_at(folder) == before


@pytest.mark.parametrize("workers", classroom.first([1, 4]))
def test_regrade_grades_all_again_and_changes_nothing(folder, workers):
    before, left = classroom.graded_at(folder), classroom.kept(folder)
    again = list(runner.grade(Course(folder), Options(workers=workers, regrade=True)))
    assert fresh(again) == set(classroom.ATTEMPTS)
    assert [change for one in again for change in one.changes] == []
    assert all(time > before[student] for student, time in classroom.graded_at(folder).items())
    assert classroom.kept(folder) == left


def test_only_what_was_handed_in_anew_is_graded_again(folder, capsys):
    classroom.change_answer(folder, "wrong", "middle", "middle = data.mean()")
    classroom.submitted(folder, "half").write_text("{")
    classroom.hand_in(folder, "right", "late")
    before = classroom.graded_at(folder)
    again = list(runner.grade(Course(folder), TWO))
    assert fresh(again) == {"wrong", "half", "late"}
    why = "the notebook handed in changed"
    assert [change for one in again for change in one.changes if change.student == "wrong"] == [
        Change("wrong", "middle", 0, 1, why)
    ]
    assert {change.part: change.before for one in again for change in one.changes if change.student == "half"} == {
        "middle": 1,
        "double": 2,
        "share": 1,
        "total": 1,
        "words": None,
    }
    assert scores(again) == classroom.SCORES | {"wrong": 4, "half": 0, "late": 6}
    after = classroom.graded_at(folder)
    assert {student for student in after if after[student] != before.get(student)} == {"wrong", "half", "late"}


def test_a_changed_exercise_is_graded_again_and_the_table_says_why(folder, tmp_path, capsys):
    changed = shutil.copytree(classroom.QUICK, tmp_path / "quick")
    text = (changed / "quick.md").read_text()
    assert "60.0" in text
    (changed / "quick.md").write_text(text.replace("60.0", "61.0"))
    release.release(Course(folder), [changed])
    assert cli.main(["grade", str(folder), "--workers", "2"]) == 0
    said = capsys.readouterr().out
    lost = [name for name, points in classroom.POINTS.items() if points["test_total"]]
    assert f"Marks that changed: {len(lost)}" in said
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines() if "the exercise" in line]
    assert sorted(rows) == sorted([name, "total", "1", "0", "the exercise changed"] for name in lost)
    # Their test cells are those of the release before, and nobody has typed into them.
    assert "is not run" not in said


def test_a_changed_file_beside_the_notebook_is_a_changed_exercise(folder):
    beside = folder / "release" / "quick" / "numbers.txt"
    assert beside.exists()
    beside.write_text("1\n2\n")
    (one,) = (one for one in runner.grade(Course(folder), Options(workers=1, students=["right"])) if one.fresh)
    assert one.changes == [Change("right", "total", 1, 0, "the exercise changed")]
    assert "total is not right: it is 3." in one.result.parts[3].message


def test_another_version_of_the_package_grades_again(folder, monkeypatch):
    monkeypatch.setattr(runner, "__version__", "99")
    before = classroom.graded_at(folder)
    again = list(runner.grade(Course(folder), Options(workers=1, students=["wrong"])))
    assert fresh(again) == {"wrong"}
    assert marks(again)["wrong"]["test_middle"] == 0
    after = classroom.graded_at(folder)
    assert {student for student in after if after[student] != before[student]} == {"wrong"}


def test_one_student_is_graded_and_shown_and_the_tables_hold_the_class(folder, capsys):
    for suffix in ("csv", "html"):
        (folder / "grades" / f"quick.{suffix}").unlink(missing_ok=True)
    options = ["--student", "wrong", "--assignment", "quick", "--regrade", "--workers", "1"]
    before = classroom.graded_at(folder)
    assert cli.main(["grade", str(folder), *options]) == 0
    said = capsys.readouterr().out
    assert "quick: 1 handed in" in said
    assert "right: 6 of 6" not in said
    after = classroom.graded_at(folder)
    assert {student for student in after if after[student] != before[student]} == {"wrong"}
    with (folder / "grades" / "quick.csv").open(newline="") as file:
        assert {row["student"]: float(row["score"]) for row in csv.DictReader(file)} == classroom.SCORES
    page = (folder / "grades" / "quick.html").read_text()
    assert all(student in page for student in classroom.ATTEMPTS)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--student", "nobody"], "Nothing was handed in for student 'nobody'; there is: blank, broken, ends, half, "),
        (["--assignment", "essay"], "Nothing was handed in for assignment 'essay'; there is: quick."),
        (["--assignment", "quick", "--assignment", "essay"], "Nothing was handed in for assignment 'essay'"),
    ],
)
def test_what_was_never_handed_in_is_named(folder, capsys, options, sentence):
    assert cli.main(["grade", str(folder), *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"hbcourse: {sentence}")
    assert said.count("\n") == 1


def test_time_and_memory_are_limited(folder, capsys):
    loop = "def double(x):\n    while True:\n        pass"
    classroom.hand_in(folder, "right", "loops", middle="while True:\n    pass")
    classroom.hand_in(folder, "right", "loops-in-a-function", double=loop)
    classroom.hand_in(folder, "right", "hoards", middle="middle = np.ones((1 << 30) // 8).mean() + 9")
    assert cli.main(["grade", str(folder), "--timeout", "1,20", "--memory", "0.5", "--workers", "2"]) == 0
    with (folder / "grades" / "quick.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {student: float(row["score"]) for student, row in rows.items()} == classroom.SCORES | {
        "loops": 5,
        "loops-in-a-function": 4,
        "hoards": 5,
    }
    assert "double: It ran for too long and was stopped" in rows["loops-in-a-function"]["remarks"]
    executed = (folder / "autograded" / "hoards" / "quick" / "quick.ipynb").read_text()
    assert "Unable to allocate 1.00 GiB" in executed
    executed = (folder / "autograded" / "loops" / "quick" / "quick.ipynb").read_text()
    assert "KeyboardInterrupt" in executed


def without_bubblewrap(monkeypatch, tmp_path):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


def test_without_bubblewrap_it_says_how_to_install_it(folder, monkeypatch, tmp_path, capsys):
    without_bubblewrap(monkeypatch, tmp_path)
    assert cli.main(["grade", str(folder), "--regrade"]) == 2
    said = capsys.readouterr().err
    assert said == (
        "hbcourse: Grading needs bubblewrap, so that submissions cannot read or change anything: "
        "on Debian and Ubuntu, install it with: sudo apt-get install bubblewrap\n"
    )


def test_trusted_needs_no_bubblewrap_gives_the_same_marks_and_warns(folder, monkeypatch, tmp_path, capsys):
    without_bubblewrap(monkeypatch, tmp_path)
    left = classroom.kept(folder)
    assert cli.main(["grade", str(folder), "--regrade", "--trusted", "--workers", "2"]) == 0
    assert "WITHOUT a sandbox" in capsys.readouterr().out
    again = classroom.kept(folder)
    assert again["rows"] == left["rows"]
    assert again["records"] == left["records"]


@pytest.mark.parametrize("user", classroom.first([0, 1000]))
def test_where_namespaces_are_forbidden_it_says_so(folder, user):
    done = without_namespaces([classroom.COMMAND, "grade", str(folder), "--regrade", "--workers", "1"], user)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("hbcourse: The sandbox does not start here (")
    assert done.stderr.endswith("; hbcourse doctor says what is missing.\n")
    assert done.stderr.count("\n") == 1
    doctor = without_namespaces([classroom.COMMAND, "doctor"], user)
    assert doctor.returncode == 1
    assert "✗ sandbox: " in doctor.stdout
    assert "max_user_namespaces" in doctor.stdout


def test_an_ordinary_user_grades_as_root_does(graded, own_place):
    folder = shutil.copytree(graded[0], own_place / "course")
    classroom.hand_in(folder, "right", "late")
    left = classroom.kept(graded[0])
    done = as_an_ordinary_user([classroom.COMMAND, "grade", str(folder), "--regrade", "--workers", "2"], own_place)
    assert (done.returncode, done.stderr) == (0, "")
    again = classroom.kept(folder)
    assert again["records"].pop("late")["problem"] == ""
    assert again["records"] == left["records"]
    assert [row for row in again["rows"]["grades"] if row[0] != "late"] == left["rows"]["grades"]
    doctor = as_an_ordinary_user([classroom.COMMAND, "doctor"], own_place)
    assert (doctor.returncode, doctor.stderr) == (0, "")
    assert "✓ sandbox: works as an ordinary user" in doctor.stdout


def test_a_course_among_pythons_own_files_is_refused(graded, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(graded[0].parent))
    with pytest.raises(CourseError, match="lies among Python's own files, which submissions can read"):
        list(runner.grade(Course(graded[0]), TWO))


def test_a_second_run_at_the_same_time_is_refused(folder, capsys):
    first = runner.grade(Course(folder), TWO)
    next(first)
    assert cli.main(["grade", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said == f"hbcourse: Another hbcourse grade is at work in {folder}; wait until it is done.\n"
    first.close()
    assert cli.main(["grade", str(folder)]) == 0


def resident():
    """Megabytes of memory that this process holds."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (size,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(size) / 1024


@pytest.mark.durability
def test_memory_stays_flat_over_a_large_class(bubblewrap, tmp_path):
    folder = classroom.new_course(tmp_path / "course")
    text = classroom.submitted(folder, classroom.hand_in(folder, "right", "student-000")).read_text()
    for number in range(1, 150):
        path = classroom.submitted(folder, f"student-{number:03}")
        path.parent.mkdir(parents=True)
        path.write_text(text)
    sizes = []
    for one in runner.grade(Course(folder), TWO):
        assert one.result.score == 6
        sizes.append(resident())
    assert len(sizes) == 150
    # A notebook that was not let go would keep about 0.1 MB, the record and its page as much again.
    assert sizes[-1] - sizes[49] < 5, sizes[::10]
