"""A student's own check of whatever file it is given."""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from hbcourse import cli
from hbcourse.grading import selfcheck

from .classroom import COMMAND, QUICK, first, hand_in, new_course, submitted


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """The file of a student who is right, and a folder with what lies beside it."""
    course = new_course(tmp_path_factory.mktemp("class") / "course")
    hand_in(course, "right")
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(QUICK / "numbers.txt", folder)
    return shutil.copy(submitted(course, "right"), folder / "quick.ipynb")


def checked(path, capfd):
    status = cli.main(["check", str(path)])
    captured = capfd.readouterr()
    assert "Traceback" not in captured.out + captured.err
    if status == 2:
        assert captured.err.startswith("hbcourse: ")
        assert captured.err.count("\n") == 1
    return status, captured.out + captured.err


def _code(source, **about):
    return {"cell_type": "code", "metadata": about, "source": source, "outputs": [], "execution_count": None}


def _notebook(*cells, **more):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        bytes(range(256)),
        "\ufeff".encode(),
        b"PK\x03\x04zip",
        b"<html></html>",
        b"null",
        b"[]",
        b"{}",
        b"1" * 5000,
        b"[" * 100_000,
        b'{"cells": [',
        _notebook(),
        _notebook(None),
        _notebook(3, "text", [], {}),
        _notebook({"cell_type": "code"}),
        _notebook(_code(3)),
        _notebook(_code(["1", 2])),
        _notebook(_code("1", nbgrader="text")),
        _notebook(_code("1", nbgrader=[1])),
        _notebook(_code("1"), nbformat_minor=5.0),
        _notebook(_code("1"), nbformat="4"),
        _notebook(_code("1"), metadata={"kernelspec": {"name": "x", "display_name": "x", "language": "\ud800"}}),
        _notebook(_code("1"), metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}),
        _notebook(_code("1"), metadata=None),
        _notebook(_code("1"), metadata={"hbcourse": "text"}),
        _notebook(_code("1"), metadata={"hbcourse": {"points": "text"}}),
        json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}).encode(),
    ],
    ids=lambda content: repr(content[:70]),
)
def test_any_bytes_end_in_one_sentence(tmp_path, capfd, content):
    path = tmp_path / "quick.ipynb"
    path.write_bytes(content)
    assert checked(path, capfd)[0] == 2


def test_what_is_no_file_ends_in_one_sentence(tmp_path, capfd, monkeypatch):
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "nowhere")
    for path in (tmp_path, tmp_path / "missing.ipynb", tmp_path / "pipe.ipynb", tmp_path / "link.ipynb", "/dev/null"):
        assert checked(path, capfd)[0] == 2
    assert f"hbcourse: {tmp_path.name} is not a file" in checked(tmp_path, capfd)[1]
    monkeypatch.chdir(tmp_path)
    for nameless in ("", ".", ".."):
        assert "hbcourse:  is" not in checked(nameless, capfd)[1]
    assert checked(tmp_path / "a\nb" / "c.ipynb", capfd)[0] == 2
    assert checked(tmp_path / os.fsdecode(b"L\xf6sung.ipynb"), capfd)[0] == 2


def test_a_notebook_that_editors_have_changed_is_checked_as_it_was(right, capfd):
    notebook = nbformat.read(right, as_version=4)
    notebook.metadata = {
        "hbcourse": notebook.metadata.hbcourse,
        "kernelspec": {"name": "gone", "display_name": "R 4.3"},
    }
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.points = str(cell.metadata.nbgrader.points)
    nbformat.write(notebook, right.with_name("Lösung (1).ipynb"))
    status, told = checked(right.with_name("Lösung (1).ipynb"), capfd)
    assert status == 0, told
    assert told.startswith("Lösung (1).ipynb is the notebook of quick: hand it in as quick.ipynb.\n")
    assert "6 of 6 points" in told


def test_an_answers_own_error_is_told_first(right, capfd):
    notebook = nbformat.read(right, as_version=4)
    answers = {"middle": "middle = (", "double": "import torch\n\ndef double(x):\n    return 2 * x"}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    nbformat.write(notebook, right.with_name("quick (broken).ipynb"))
    status, told = checked(right.with_name("quick (broken).ipynb"), capfd)
    assert status == 1
    assert "middle: Your cell for `middle` does not run: SyntaxError: incomplete input (line 1).\n" in told
    assert "double: Your cell for `double` does not run: ModuleNotFoundError: No module named 'torch'.\n" in told


def answered(right, name, **answers):
    """Another notebook beside the right one, with these answers."""
    notebook = nbformat.read(right, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, right.with_name(f"quick ({name}).ipynb"))
    return right.with_name(f"quick ({name}).ipynb")


def test_a_link_to_ones_own_notebook_is_followed(right, capfd):
    (right.parent / "quick (link).ipynb").symlink_to(right)
    assert checked(right.parent / "quick (link).ipynb", capfd)[0] == 0


@pytest.mark.parametrize("points", ["1e999", "-1", "NaN", '"x"', "null"])
def test_spoiled_points_are_no_lost_test(right, capfd, points):
    text = re.sub(r'"points": 2\b', f'"points": {points}', right.read_text(), count=1)
    path = right.with_name("quick (points).ipynb")
    path.write_text(text)
    assert text != right.read_text()
    status, told = checked(path, capfd)
    assert (status, "4 of 4 points" in told) == (0, True), told


_SWALLOWS = "import time\nwhile True:\n    try:\n        time.sleep(0.1)\n    except BaseException:\n        pass"
_STUBBORN = [
    _SWALLOWS,
    "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(10**6)",
    "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "get_ipython().kernel.session.send = lambda *args, **more: None",
]


@pytest.mark.parametrize("source", first(_STUBBORN))
def test_a_cell_that_is_not_to_be_stopped_ends_the_check_and_is_named(right, capfd, monkeypatch, source):
    monkeypatch.setattr(selfcheck, "TIMEOUT", 5)
    monkeypatch.setattr(selfcheck, "_GRACE", 2)
    started = time.monotonic()
    status, told = checked(answered(right, "stubborn", middle=source), capfd)
    assert time.monotonic() - started < 60
    assert status == 2
    assert "Your cell for `middle` ran for more than 5 seconds and could not be interrupted" in told


def test_a_loop_without_end_is_one_tasks_fault(right, capfd, monkeypatch):
    monkeypatch.setattr(selfcheck, "TIMEOUT", 15)
    status, told = checked(answered(right, "loop", double="while True: pass"), capfd)
    assert status == 1
    assert "double: Your cell for `double` does not end: It ran for too long" in told
    assert "4 of 6 points" in told


@pytest.mark.parametrize(
    ("stream", "name", "end"),
    first(
        itertools.product(
            ["None", "object()"],
            ["stdout", "stderr"],
            ["middle = data.mean()", "middle = data.mean()\n1 / 0", "sys.stdout.close()"],
        ),
        2,
    ),
)
def test_streams_that_an_answer_replaces_stop_nothing(right, capfd, stream, name, end):
    source = f"import io, os, sys\nmiddle = data.mean()\nsys.{name} = {stream}\n{end}"
    status, told = checked(answered(right, "streams", middle=source), capfd)
    assert (status, "6 of 6 points" in told) == (0, True), told


def test_what_ends_the_kernel_is_named(right, capfd):
    status, told = checked(answered(right, "exit", double="import os\nos._exit(1)"), capfd)
    assert (status, "Your cell for `double` ended the kernel" in told) == (2, True)


@pytest.mark.parametrize("number", first([signal.SIGINT, signal.SIGTERM]))
def test_a_check_that_is_stopped_says_so(right, number):
    path = answered(right, "slow", double="open('started', 'w').close()\nimport time\ntime.sleep(600)")
    started = right.with_name("started")
    started.unlink(missing_ok=True)
    process = subprocess.Popen([COMMAND, "check", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not started.exists():
        time.sleep(0.1)
    process.send_signal(number)
    out, told = process.communicate(timeout=60)
    assert (process.returncode, told, "Traceback" in out) == (130, "hbcourse: Stopped.\n", False)


_WITHOUT_KERNELS = """
import sys
from hbcourse import cli
from hbcourse.grading import selfcheck
selfcheck.get_kernel_dict = lambda *_: {"argv": ["/bin/false"]}
sys.exit(cli.main(["check", sys.argv[1]]))
"""


def test_a_kernel_that_does_not_start_is_told_in_a_sentence(right):
    # In a process of its own, since a traceback may come at its end.
    command = [sys.executable, "-c", _WITHOUT_KERNELS, str(right)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "No kernel starts here" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_foreign_names_are_printed_as_they_are(tmp_path, capfd):
    cell = new_code_cell("1 / 0", metadata={"nbgrader": {"grade": True, "grade_id": "[/red][bold]", "points": 1}})
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "quick.ipynb")
    assert "[/red][bold]: ZeroDivisionError: division by zero" in checked(tmp_path / "quick.ipynb", capfd)[1]
