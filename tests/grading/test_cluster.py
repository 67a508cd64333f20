"""The same class on a Dask cluster: the same marks, whatever becomes of a worker."""

import contextlib
import os
import shutil
import signal
import socket
import sys
import time

import pytest
from distributed import Client

from hbcourse import cli

from . import classroom
from .processes import descendants, nothing_left, started

PYTHON = [sys.executable, "-m"]
#: Each worker is one process, that nobody starts again.
WORKER = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"]


@pytest.fixture(scope="module")
def graded(bubblewrap, tmp_path_factory):
    """A course as it was handed in, and what grading it on this machine leaves."""
    folder = classroom.new_course(tmp_path_factory.mktemp("class") / "course")
    classroom.hand_in_all(folder, 2)
    here = shutil.copytree(folder, folder.parent / "here")
    assert cli.main(["grade", str(here), "--workers", "2"]) == 0
    return folder, classroom.kept(here)


@pytest.fixture
def scheduler():
    """The address of a scheduler."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    options = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    with started(PYTHON + options):
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield address


def busy(worker):
    """Whether a judge is at work below this worker."""
    return sum(process.runs("judge") for process in descendants(worker.pid).values()) > 1


@pytest.mark.durability
def test_with_a_worker_killed_the_marks_are_those_of_this_machine(graded, scheduler, tmp_path, capsys):
    folder = shutil.copytree(graded[0], tmp_path / "course")
    with nothing_left(10), contextlib.ExitStack() as cluster:
        workers = [cluster.enter_context(started(PYTHON + WORKER + [scheduler])) for _ in range(2)]
        with Client(scheduler) as client:
            client.wait_for_workers(2, timeout=60)
        command = [classroom.COMMAND, "grade", str(folder), "--scheduler", scheduler]
        with started(command) as run:
            while not busy(workers[0]):
                assert run.poll() is None
                time.sleep(0.01)
            os.kill(workers[0].pid, signal.SIGKILL)
            said, errors = run.communicate(timeout=120)
        assert run.returncode == 0, errors
        assert "16/16" in said
        assert workers[1].poll() is None
        for worker in workers:
            worker.terminate()
            worker.wait(20)
    left = classroom.kept(folder)
    for what, expected in graded[1].items():
        assert left[what] == expected


def test_a_scheduler_without_workers_is_named(graded, scheduler, tmp_path, capsys):
    folder = shutil.copytree(graded[0], tmp_path / "course")
    assert cli.main(["grade", str(folder), "--scheduler", scheduler]) == 2
    sentence = f"The Dask scheduler at {scheduler} has no workers; start some with: dask worker {scheduler}"
    assert capsys.readouterr().err == f"hbcourse: {sentence}\n"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:1"])
def test_a_scheduler_that_does_not_answer_is_named(graded, tmp_path, monkeypatch, capsys, address):
    monkeypatch.setattr("hbcourse.grading.running.executors.PATIENCE", 0.5)
    folder = shutil.copytree(graded[0], tmp_path / "course")
    assert cli.main(["grade", str(folder), "--scheduler", address]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"hbcourse: No Dask scheduler answers at {address} (")
    assert said.count("\n") == 1


def test_without_dask_it_says_how_to_install_it(graded, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    folder = shutil.copytree(graded[0], tmp_path / "course")
    assert cli.main(["grade", str(folder), "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert capsys.readouterr().err == (
        "hbcourse: --scheduler needs Dask; install it with: pip install 'hbcourse[cluster]'\n"
    )
