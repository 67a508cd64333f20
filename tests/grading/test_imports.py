"""What is imported before submissions come."""

import json

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hbcourse.grading.course.folder import Course
from hbcourse.grading.running import imports
from hbcourse.grading.running.imports import Imports, WarmUp

ALWAYS = {"numpy", "pandas", "hbcourse.check"}


def cell(source, **about):
    return new_code_cell(source, metadata={"nbgrader": about} if about else {})


def of_cells(cells):
    return imports.of_cells({"one": cells})


def test_the_kernel_gets_what_any_cell_names_wherever_in_the_cell():
    found = of_cells(
        [
            cell("import numpy as np, os.path\nfrom scipy import stats"),
            cell("def later():\n    from xarray.testing import assert_equal\n    from . import near"),
            cell("%matplotlib inline\nimport unseen"),
            new_markdown_cell("import prose"),
        ]
    )
    assert set(found.kernel) == ALWAYS | {
        "os.path",
        "scipy",
        "scipy.stats",
        "xarray.testing",
        "xarray.testing.assert_equal",
    }
    assert len(found.kernel) == len(set(found.kernel))


def test_the_judge_gets_only_what_tests_and_locked_cells_name():
    found = of_cells(
        [
            cell("import pymc"),
            cell("import arviz", solution=True, locked=False),
            cell("import scipy.stats", locked=True, solution=False),
            cell("import xarray", locked=True, grade=True, solution=False),
        ]
    )
    assert set(found.judge) == ALWAYS | {"scipy.stats", "xarray"}


def test_the_warm_up_is_for_assignments_with_a_cell_that_matches():
    warm_up = WarmUp("module:function", r"\b(sample|draws)\b")
    cells = {
        "prose": [new_markdown_cell("Give your draws of `mu`.")],
        "code": [cell("import pymc"), cell("pm.sample(500)"), cell("pm.sample(5)")],
        "neither": [cell("examples = samples = 3")],
    }
    found = imports.of_cells(cells, warm_up)
    assert (found.warm_up, found.warmed) == ("module:function", ("prose", "code"))
    neither = imports.of_cells({"neither": cells["neither"]}, warm_up)
    assert (neither.warm_up, neither.warmed) == ("", ())
    assert imports.of_cells(cells).warm_up == ""


def of_sources(folder, names):
    return imports.of_sources({name: Course(folder).source(name) for name in names})


def test_a_source_that_is_missing_or_broken_costs_only_the_head_start(tmp_path):
    for name, text in {"good": nbformat.writes(new_notebook(cells=[cell("import scipy")])), "bad": "{"}.items():
        (tmp_path / "source" / name).mkdir(parents=True)
        (tmp_path / "source" / name / f"{name}.ipynb").write_text(text)
    assert of_sources(tmp_path, ["missing", "bad"]) == Imports()
    assert set(of_sources(tmp_path, ["missing", "bad", "good"]).kernel) == ALWAYS | {"scipy"}


def test_a_source_kept_as_lines_is_read_too(tmp_path):
    (tmp_path / "source" / "a").mkdir(parents=True)
    content = {"cells": [{"cell_type": "code", "metadata": {}, "source": ["import scipy\n", "import xarray"]}]}
    (tmp_path / "source" / "a" / "a.ipynb").write_text(json.dumps(content))
    assert set(of_sources(tmp_path, ["a"]).kernel) == ALWAYS | {"scipy", "xarray"}
