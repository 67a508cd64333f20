"""Nothing is lost: whatever is killed, full, locked or stopped, the next run ends with the marks of a calm one."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

from hbcourse import cli
from hbcourse.grading.course.folder import Course
from hbcourse.grading.marks import storage
from hbcourse.grading.running import runner
from tests.conftest import lacking

from . import classroom
from .processes import nothing_left, of_kind, started

pytestmark = pytest.mark.durability

KINDS = ("runner", "bwrap", "parent of the kernels", "parent of the judges", "judge")


@pytest.fixture(scope="module")
def forty(bubblewrap, tmp_path_factory):
    """A course in which forty have handed in."""
    folder = classroom.new_course(tmp_path_factory.mktemp("forty") / "course")
    assert len(classroom.hand_in_all(folder, 5)) == 40
    return folder


@pytest.fixture(scope="module")
def calm(forty, tmp_path_factory):
    """What an undisturbed run leaves, and the seconds it takes."""
    folder = shutil.copytree(forty, tmp_path_factory.mktemp("calm") / "course")
    began = time.monotonic()
    done = classroom.grade(folder, "--workers", 2)
    assert (done.returncode, done.stderr) == (0, "")
    return classroom.kept(folder), time.monotonic() - began


def test_an_undisturbed_run_gives_each_its_marks_once(forty, calm):
    rows = calm[0]["rows"]
    marks = {}
    for student, part, points, by_hand, extra, needs in rows["grades"]:
        assert (by_hand, extra) == (None, None)
        assert (student, part) not in marks
        marks[student, part] = points
        read = part == "words" and not student.startswith(("blank", "broken"))
        assert needs == read, (student, part)
    assert len(marks) == 40 * 5
    for student in {student for student, _ in marks}:
        assert sum(marks[student, part] or 0 for part in (*classroom.MAXIMA, "words")) == classroom.score(student)


def kill_one(runner, kind, moment):
    """Kill a process of this kind once the run has lasted so long, or when there is one; return whether there was."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        runner.wait(moment)
    while runner.poll() is None:
        if found := of_kind(kind, runner.pid):
            # It may end in this moment by itself.
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.Random(moment).choice(found), signal.SIGKILL)
                return True
    return False


@pytest.mark.parametrize("run", range(50))
def test_whatever_is_killed_the_next_run_ends_with_the_marks_of_a_calm_one(forty, calm, tmp_path, capfd, run):
    kind = KINDS[run % len(KINDS)]
    expected, seconds = calm
    moment = random.Random(run).uniform(0, seconds)
    killed = False
    while not killed:
        folder = shutil.rmtree(tmp_path / "course", ignore_errors=True) or tmp_path / "course"
        shutil.copytree(forty, folder)
        with nothing_left(), started([classroom.COMMAND, "grade", str(folder), "--workers", "2"]) as runner:
            killed = kill_one(runner, kind, moment)
            _, said = runner.communicate(timeout=120)
        assert killed or runner.returncode == 0, said
        # Too late, if this run was faster than the calm one.
        moment *= 0.7
    assert said == ""
    assert runner.returncode == (-signal.SIGKILL if kind == "runner" else 0)
    assert cli.main(["grade", str(folder), "--workers", "2"]) == 0
    assert "Not graded: the" not in capfd.readouterr().out
    left = classroom.kept(folder)
    for what in expected:
        assert left[what] == expected[what]


@pytest.fixture
def few(bubblewrap, tmp_path):
    """A course in which four have handed in the solution."""
    folder = classroom.new_course(tmp_path / "few" / "course")
    for number in range(4):
        classroom.hand_in(folder, "right", f"right-{number}")
    return folder


def run_to_its_end(folder):
    """Grade what is left in the folder; all must have their marks then."""
    for one in runner.grade(Course(folder), runner.Options(workers=2)):
        assert (one.result.score, one.result.problem) == (classroom.score(one.result.student), "")


def interrupt(group):
    """What a terminal does at Ctrl-C."""
    os.killpg(group.pid, signal.SIGINT)
    began = time.monotonic()
    out, err = group.communicate(timeout=30)
    # What it interrupts would go on for a minute.
    assert time.monotonic() - began < 20
    assert group.returncode == 130, err
    assert err == ""
    return out


@pytest.fixture
def interruptible():
    """Programs started from here obey Ctrl-C, even if this one was started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_stops_at_once_and_the_next_run_goes_on(few, interruptible):
    lasting = "import subprocess\nsubprocess.Popen(['sleep', '60'])\nwhile True:\n    pass"
    classroom.hand_in(few, "right", "right-z", middle=lasting)
    # Without a terminal, what is printed waits in a buffer.
    with nothing_left(10), started([classroom.COMMAND, "grade", str(few), "--workers", "2"]) as run:
        while len(classroom.graded_at(few)) < 4:
            assert run.poll() is None
            time.sleep(0.02)
        done = classroom.graded_at(few)
        time.sleep(0.2)
        assert "4 of 5 submissions are graded. The next run goes on from there." in interrupt(run)
    classroom.hand_in(few, "right", "right-z")
    run_to_its_end(few)
    after = classroom.graded_at(few)
    assert {student: after[student] for student in done} == done
    assert set(after) == {*done, "right-z"}


def test_ctrl_c_while_the_kernels_warm_up(few, interruptible):
    with nothing_left(10), started([classroom.COMMAND, "grade", str(few)]) as run:
        # Which it has once nbgrader is imported.
        while not (few / ".hbcourse" / "lock").exists():
            assert run.poll() is None
            time.sleep(0.01)
        assert of_kind("parent of the kernels", run.pid)
        assert "0 of 4 submissions are graded." in interrupt(run)
    run_to_its_end(few)


def in_namespace(script, *arguments):
    """Run a shell script that may mount what it likes; return its lines."""
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        lacking("needs the right to mount: run the tests as root, as in a container of their own")
    command = ["unshare", "-m", "sh", "-uc", script, "sh", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


FULL = """
mount -t tmpfs -o size=12m tmpfs "$2" && cp -r "$1" "$2/course" || exit 99
grade() { "$3" grade "$2/course" --workers 2 >/dev/null; echo "exit $?"; }
head -c 3m /dev/zero > "$2/course/room"
cat /dev/zero > "$2/course/fill" 2>/dev/null
grade "$@"
rm "$2/course/room"
grade "$@"
rm "$2/course/fill"
grade "$@"
cp -r "$2/course" "$4"
"""


def test_a_full_disk_while_grading_gets_a_sentence_and_loses_nothing(forty, calm, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with nothing_left():
        done = in_namespace(FULL, forty, disk, classroom.COMMAND, tmp_path / "after")
    assert done.stdout.split("\n") == ["exit 2", "exit 2", "exit 0", ""]
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith(
            f"hbcourse: The disk of {disk}/course is full; free some space and run it again. Nothing"
        )
    for what, left in classroom.kept(tmp_path / "after").items():
        if what != "files":
            assert left == calm[0][what]


READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 99
"$2" grade "$1" >/dev/null; echo "exit $?"
umount "$1"
mount --bind "$1/gradebook.db" "$1/gradebook.db" && mount -o remount,ro,bind "$1/gradebook.db" || exit 99
"$2" grade "$1" >/dev/null; echo "exit $?"
"""


def test_a_read_only_course_or_gradebook_gets_a_sentence(few):
    done = in_namespace(READ_ONLY, few, classroom.COMMAND)
    assert done.stdout == "exit 2\nexit 2\n"
    for line, place in zip(done.stderr.splitlines(), (str(few), "The gradebook"), strict=True):
        assert line.startswith("hbcourse: ")
        assert place in line
        assert "cannot be written to" in line
        assert "run it again" in line
    run_to_its_end(few)


def test_a_gradebook_that_gets_locked_while_grading_gets_a_sentence(few, monkeypatch, capsys):
    monkeypatch.setattr(storage, "PATIENCE", 0.1)
    with contextlib.closing(sqlite3.connect(few / "gradebook.db", isolation_level=None)) as other, nothing_left():
        enter = runner.records.write

        def lock_at_the_second(file, record):
            if classroom.graded_at(few):
                other.execute("BEGIN EXCLUSIVE")
            enter(file, record)

        monkeypatch.setattr(runner.records, "write", lock_at_the_second)
        assert cli.main(["grade", str(few), "--workers", "2"]) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"hbcourse: Another program keeps the gradebook of {few} locked; close what works with")
        assert said.count("\n") == 1
        monkeypatch.setattr(runner.records, "write", enter)
        assert cli.main(["grade", str(few)]) == 2
        other.execute("ROLLBACK")
    assert len(classroom.graded_at(few)) == 2
    run_to_its_end(few)
