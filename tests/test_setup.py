"""Setting up on a stranger's machine: what is found, and what is said when nothing is."""

import os
import shutil
import stat
import subprocess
import sys


def machine(folder, root, pythons):
    """A checkout on a machine with these commands for Python, each saying which version it is."""
    shutil.copy(root / "make_venv.sh", folder)
    tools = folder / "tools"
    tools.mkdir()
    for name, script in pythons.items():
        path = tools / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
    for name in ("sh", "grep", "sort", "env", "mkdir", "cat", "chmod", "rm"):
        (tools / name).symlink_to(shutil.which(name))
    return subprocess.run(
        ["/bin/sh", "make_venv.sh"], cwd=folder, env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )


OLD = "exit 1"  # What the version test gives for a Python that is too old.
# Passes the version test, and makes a .venv whose own python does nothing.
NEW = """case "$*" in
*venv*) mkdir -p .venv/bin; cat > .venv/bin/python <<'END'
#!/bin/sh
case "$*" in *version_info*) exit 1;; esac
END
chmod +x .venv/bin/python; echo "made by $0";;
*) exit 0;;
esac"""


def test_no_python_gets_one_sentence(tmp_path, root):
    done = machine(tmp_path, root, {"python3": OLD})
    assert done.returncode != 0
    assert done.stderr.startswith("Python 3.12 or newer is needed, and none was found: install it")
    assert done.stderr.count("\n") == 1


def test_a_newer_python_beside_an_old_one_is_found(tmp_path, root):
    done = machine(tmp_path, root, {"python3": OLD, "python3.13": NEW})
    assert done.returncode == 0, done.stderr
    assert "made by" in done.stdout
    assert "python3.13" in done.stdout


def test_pyenv_is_asked(tmp_path, root):
    pyenv = f"""case "$1" in
versions) echo 3.11.7; echo 3.12.1;;
exec) [ "$PYENV_VERSION" = 3.12.1 ] || exit 1; shift 2; {NEW}
esac"""
    done = machine(tmp_path, root, {"python3": OLD, "pyenv": pyenv})
    assert done.returncode == 0, done.stderr
    assert "pyenv" in done.stdout


def test_uv_is_asked_last(tmp_path, root):
    uv = f"""[ "$1 $2 $3 $4" = "venv --quiet --seed --python" ] || exit 1; {NEW}"""
    done = machine(tmp_path, root, {"python3": OLD, "uv": uv})
    assert done.returncode == 0, done.stderr
    assert "uv" in done.stdout


def test_a_python_without_venv_says_what_to_install(tmp_path, root):
    done = machine(tmp_path, root, {"python3": 'case "$*" in *venv*) exit 1;; esac'})
    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr


def test_the_lock_names_no_index_and_pins_everything(root):
    lines = [line for line in (root / "requirements.txt").read_text().splitlines() if line and line[0] not in " #"]
    assert all("==" in line for line in lines)
    assert not any("://" in line or line.startswith("-") for line in lines)


def test_the_environment_is_the_lock(root):
    freeze = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=freeze"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    installed = {line.split("==")[0].lower().replace("_", "-"): line.split("==")[1] for line in freeze.stdout.split()}
    for name in ("pymc", "arviz", "jupyter-book", "nbgrader", "numpy"):
        assert f"{name}=={installed[name]}" in (root / "requirements.txt").read_text().splitlines()
