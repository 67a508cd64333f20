"""Control groups: where one can be made, what is in it, and that nothing of it is left."""

import json
import os
import re

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from hbcourse.grading.running.imports import Imports
from hbcourse.grading.running.job import Job
from hbcourse.grading.running.pool import Pool
from hbcourse.grading.walls import cgroup
from hbcourse.grading.walls.limits import Limits

LIMITS = Limits(cell=30, total=60, memory=256 << 20, processes=20)


def group(folder, handed_on="cpuset cpu io memory pids", own="cpuset cpu io memory pids", processes=()):
    """A folder as the kernel shows a control group."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.subtree_control").write_text(handed_on + "\n")
    (folder / "cgroup.controllers").write_text(own + "\n")
    (folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in processes))
    return folder


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Put this process into one of the groups of a machine made of folders."""

    def put(own):
        monkeypatch.setattr(cgroup, "_own", lambda: own)
        # Root may write anywhere: asked is what the folder says.
        monkeypatch.setattr(cgroup.os, "access", lambda path, how: os.stat(path).st_mode & 0o200 != 0)
        return cgroup.make()

    return put


def test_it_is_made_in_the_nearest_group_that_hands_on_its_controllers(machine, tmp_path):
    scope = group(tmp_path / "user.slice" / "app.slice" / "run-1.scope", handed_on="")
    group(tmp_path / "user.slice" / "app.slice")
    group(tmp_path / "user.slice")
    made = machine(scope)
    assert made.parent == tmp_path / "user.slice" / "app.slice"
    assert re.fullmatch(rf"hbcourse-{os.getpid()}-[0-9a-f]{{8}}", made.name)
    assert (made / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_it_is_not_made_in_one_that_others_own(machine, tmp_path):
    scope = group(tmp_path / "session.scope", handed_on="", own="cpu")
    group(tmp_path)
    (tmp_path / "cgroup.procs").chmod(0o444)
    assert machine(scope) is None
    assert [folder.name for folder in tmp_path.iterdir() if folder.is_dir()] == ["session.scope"]


@pytest.mark.parametrize("handed_on", ["memory", "pids", "cpu io", ""])
def test_it_needs_both_controllers(machine, tmp_path, handed_on):
    assert machine(group(tmp_path, handed_on=handed_on, own=handed_on)) is None
    assert not [folder for folder in tmp_path.iterdir() if folder.is_dir()]


def test_a_container_is_emptied_first(machine, tmp_path, monkeypatch):
    hand_on = cgroup._hand_on

    def refused(folder):
        """As the kernel does as long as there are processes in it."""
        if folder == tmp_path and not (folder / "hbcourse.processes").exists():
            raise OSError(16, "busy")
        hand_on(folder)

    monkeypatch.setattr(cgroup, "_hand_on", refused)
    made = machine(group(tmp_path, handed_on="", processes=[1, 7]))
    assert made.parent == tmp_path
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids"
    # Of a real group's file, each number that is written is one more; of this one, the last is left.
    assert (tmp_path / "hbcourse.processes" / "cgroup.procs").read_text() == "7"


def test_what_a_killed_run_has_left_is_removed_and_another_runs_is_not(machine, tmp_path):
    group(tmp_path)
    (tmp_path / "hbcourse-4194305-0a0a0a0a" / "b0b0b0b0").mkdir(parents=True)
    alive = tmp_path / f"hbcourse-{os.getppid()}-0a0a0a0a"
    alive.mkdir()
    made = machine(tmp_path)
    assert {folder for folder in tmp_path.iterdir() if folder.is_dir()} == {made, alive}


def test_without_version_2_there_is_none(monkeypatch):
    monkeypatch.setattr(cgroup.Path, "read_text", lambda path: "1 0 0:1 / /sys/fs/cgroup rw - cgroup cgroup rw\n")
    assert cgroup.make() is None


def test_a_submissions_group_has_its_limits_and_says_when_it_ran_out(tmp_path):
    one = cgroup.Group(LIMITS, str(tmp_path))
    written = {file.name: file.read_text() for file in one.folder.iterdir()}
    assert written == {
        "memory.max": str(256 << 20),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "20",
    }
    for killed in (0, 2):
        (one.folder / "memory.events").write_text(f"low 0\nhigh 0\nmax 40\noom 1\noom_kill {killed}\n")
        assert one.ran_out() == (killed > 0)


@pytest.fixture
def real():
    """A group for a run, where this machine lets one be made."""
    made = cgroup.make()
    if made is None:
        # By how the machine was started: nothing that could be installed.
        pytest.skip("needs a control group of version 2 that is delegated: systemd-run --user --scope, or a container")
    cgroup.remove(made)
    return made.parent


#: What is tried; whether the kernel stops it for its memory; and what it shows otherwise.
HUNGRY = """
import os, time
for _ in range(10):
    if os.fork() == 0:
        held = bytearray(b"x") * (40 << 20)
        time.sleep(30)
time.sleep(20)
"""
FORKS = """
import os, time
made = 0
try:
    while made < 200 and os.fork():
        made += 1
    time.sleep(30)
except OSError:
    print(made < 20)
"""
FILES = """
open("a", "wb").write(bytes(60 << 20))
open("/dev/shm/b", "wb").write(bytes(60 << 20))
"""
TRIED = {
    "memory": (HUNGRY, "It used more memory than it may", ""),
    "files": (
        "open('a', 'wb').write(bytes(60 << 20))\nopen('/dev/shm/b', 'wb').write(bytes(60 << 20))",
        "",
        "62914560",
    ),
    "processes": (FORKS, "", "True\n"),
    "sight": ("import os\nprint(open('/proc/self/cgroup').read(), os.listdir('/groups'))", "", "0::/\n []\n"),
}


@pytest.mark.parametrize("what", TRIED)
def test_the_kernel_keeps_a_submission_within_its_group(bubblewrap, real, what):
    source, problem, shows = TRIED[what]
    about = {"grade_id": "answer", "grade": False, "solution": True, "locked": False, "task": False}
    cells = [new_code_cell(source, metadata={"nbgrader": {**about, "schema_version": 3}})]
    with Pool(Imports(("numpy",), ("numpy",)), LIMITS) as pool:
        outcome = pool.grade(Job("ada", json.dumps(new_notebook(cells=cells))))
    assert problem in outcome.problem
    (cell,) = json.loads(outcome.notebook)["cells"]
    if shows:
        assert shows in json.dumps(cell["outputs"]).encode().decode("unicode_escape")
    assert not list(real.glob("hbcourse-*"))
