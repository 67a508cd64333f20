"""What importing costs, and which way imports go."""

import ast
import subprocess
import sys

import pytest

LAYERS = {
    "_validate": 0,
    "exact": 1,
    "datasets": 1,
    "estimates": 1,
    "certified": 2,
    "check": 1,
    "variants": 3,
    "pooling": 2,
    "exchangeability": 4,
    "hierarchy": 3,
    "nesting": 3,
    "overdispersion": 3,
    "shrinkage": 3,
    "regularization": 3,
    "james_stein": 4,
    "uncertainty": 3,
    "discovery": 3,
    "parameterization": 3,
    "priors": 3,
    "workflow": 3,
    "models": 5,
    "plots": 5,
}


@pytest.mark.parametrize("code", ["import hbcourse", "from hbcourse import cli\nwith no_exit: cli.main(['--help'])"])
def test_importing_and_asking_for_help_load_nothing_heavy(code):
    heavy = {"pymc", "arviz", "matplotlib", "scipy", "pandas", "numpy", "nbgrader", "nbclient", "rich"}
    script = (
        f"import contextlib, sys\nno_exit = contextlib.suppress(SystemExit)\n{code}\nprint({heavy} & set(sys.modules))"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert output.stdout.splitlines()[-1] == "set()"


def test_submodules_load_on_first_use():
    code = "import hbcourse; print(hbcourse.pooling.data_weight(1, 1), 'pooling' in dir(hbcourse))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "0.5 True"


def imported(path):
    """Names of the package's own modules that this file imports."""
    depth = 1
    while not (path.parents[depth - 1] / "_validate.py").exists():
        depth += 1
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            yield from [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]


@pytest.mark.parametrize("name", LAYERS)
def test_imports_go_one_way(name, root):
    package = root / "hbcourse"
    files = [package / f"{name}.py"] if (package / f"{name}.py").exists() else list((package / name).rglob("*.py"))
    found = {other for path in files for other in imported(path)} - {name}
    assert all(LAYERS[other] < LAYERS[name] for other in found), found


def test_grading_imports_no_statistics_and_only_the_command_line_imports_grading(root):
    package = root / "hbcourse"
    assert "grading" in set(imported(package / "cli.py"))
    for path in (package / "grading").rglob("*.py"):
        # What tests say and what answers are, and who is the same student. The version is in the package itself.
        assert set(imported(path)) <= {"grading", "check", "variants", "__version__"}, path
    for path in package.rglob("*.py"):
        if path.is_relative_to(package / "grading"):
            continue
        assert path.name == "cli.py" or "grading" not in set(imported(path)), path
