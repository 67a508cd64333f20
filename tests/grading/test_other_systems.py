"""Students work on Windows and macOS, and their consoles and folders are not those of a test machine."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .classroom import QUICK, first, hand_in, new_course, submitted

ELSEWHERE = Path(__file__).with_name("elsewhere.py")
SYSTEMS = ["win32", "darwin"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a student works who has a space and letters of his own in the path."""
    course = new_course(tmp_path_factory.mktemp("class") / "course")
    place = tmp_path_factory.mktemp("Jürgen") / "Meine Übungen"
    place.mkdir()
    shutil.copy(QUICK / "numbers.txt", place)
    for name in ("right", "wrong"):
        hand_in(course, name)
        shutil.copy(submitted(course, name), place / f"Lösung {name}.ipynb")
    return place


def run(system, *arguments, cwd=None, **environment):
    command = [sys.executable, "-P", ELSEWHERE, system, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, check=False, env={**os.environ, "PYTHONUTF8": "0", **environment}
    )


def complaints(done):
    """What it says on standard error, but for cells that are slow on a busy machine."""
    return [line for line in done.stderr.splitlines() if b"has been running for" not in line]


@pytest.mark.parametrize(("system", "encoding"), first([("win32", "cp1252"), ("darwin", "utf-8"), ("win32", "ascii")]))
def test_check_says_what_passes_and_what_does_not(folder, system, encoding):
    done = run(system, "check", "Lösung wrong.ipynb", cwd=folder, PYTHONIOENCODING=encoding)
    assert not complaints(done)
    assert done.returncode == 1
    told = done.stdout.decode(encoding)
    passes, fails = ("✓", "✗") if encoding == "utf-8" else ("+", "x")
    assert f"{fails} middle: middle is not right" in told
    assert f"{passes} total: 1 of 1 points" in told


@pytest.mark.durability
def test_check_of_a_right_notebook_by_its_whole_path(folder):
    done = run("win32", "check", folder / "Lösung right.ipynb", PYTHONIOENCODING="cp1252")
    assert (done.returncode, complaints(done)) == (0, [])


@pytest.mark.parametrize(
    ("system", "command"),
    first(itertools.product(SYSTEMS, ["grade .", "demo new", "doctor", "history ann quick"]), 4),
)
def test_what_needs_linux_says_so_in_one_sentence(folder, system, command):
    done = run(system, *command.split(), cwd=folder)
    assert done.returncode == 2
    told = done.stderr.decode()
    assert told.startswith(f"hbcourse: hbcourse {command.split()[0]} needs Linux")
    assert "WSL 2" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("system", first(SYSTEMS))
def test_exercises_are_released_anywhere(tmp_path, system):
    exercises = tmp_path / "my exercises"
    shutil.copytree(QUICK, exercises / "quick")
    done = run(system, "release", tmp_path / "Übung", "--exercises", exercises, PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "Übung" / "release" / "quick" / "quick.ipynb").exists()
