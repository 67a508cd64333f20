"""What this machine offers for grading, and what the doctor says where something is missing."""

import shutil
import subprocess
import sys

import pytest

from hbcourse import cli
from hbcourse.grading import doctor
from hbcourse.grading.walls import system_calls


def found():
    return {finding.what: finding for finding in doctor.examine()}


def test_where_all_is_there_it_says_so(bubblewrap, capsys):
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert f"✓ bubblewrap: {shutil.which('bwrap')}" in said
    assert "✓ sandbox: works as " in said
    assert "cores" in said
    assert said.endswith("\nReady to grade.\n")


def test_each_thing_that_is_missing_has_its_advice():
    for finding in doctor.examine():
        assert finding.found or finding.advice, finding.what


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ bubblewrap: not found\n    on Debian and Ubuntu, install it with: sudo apt-get install bubblewrap" in said
    assert said.endswith("\nMissing: bubblewrap.\n")
    assert "sandbox" not in found()


def test_a_sandbox_that_does_not_work_is_told_with_its_reason(bubblewrap, monkeypatch, capsys):
    monkeypatch.setattr(doctor.outer, "command", lambda inner, group: ["bwrap", "--no-such-option"])
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ sandbox: bwrap: Unknown option --no-such-option" in said
    assert "user.max_user_namespaces" in said
    assert said.endswith("\nMissing: sandbox.\n")


@pytest.mark.parametrize(
    ("grouped", "says"), [(True, "✓ limit on memory: the kernel counts"), (False, "– limit on memory: /proc")]
)
def test_it_says_who_counts_memory(bubblewrap, monkeypatch, capsys, grouped, says):
    monkeypatch.setattr(doctor, "try_walls", lambda: ("", grouped))
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert says in said
    assert ("systemd-run --user --scope" in said) != grouped


def test_what_only_helps_is_not_called_missing(bubblewrap, monkeypatch, capsys):
    monkeypatch.setattr(system_calls, "available", lambda: False)
    monkeypatch.setattr(doctor, "_version", lambda package: (package != "distributed", "not installed"))
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "– system call filter: not found\n    pip install pyseccomp" in said
    assert "– Dask: not installed\n    pip install 'hbcourse[cluster]'" in said
    assert said.endswith("\nReady to grade.\n")


def test_elsewhere_than_on_linux_it_names_the_way(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cli.main(["doctor"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("hbcourse: hbcourse doctor needs Linux")
    assert "run it in WSL 2 on Windows, or on a Linux machine" in said


def test_the_wall_is_tried_for_real(bubblewrap):
    problem, _ = doctor.try_walls()
    assert problem == ""
    # Without the outer wall around it, and without the right to build one, the inner wall does not stand.
    script = "from hbcourse.grading.walls import inner; inner.try_out()"
    inside = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/"]
    done = subprocess.run([*inside, sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Operation not permitted" in done.stderr


@pytest.mark.parametrize("package", ["nbgrader"])
def test_a_version_is_the_installed_one(package):
    there, version = doctor._version(package)
    assert there
    assert version[0].isdigit()
    assert doctor._version("no_such_package") == (False, "not installed")
