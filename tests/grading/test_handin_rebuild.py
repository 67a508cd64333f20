"""What is run is the released notebook with the student's text in it; and a notebook is known for what it is."""

import copy
import itertools
import json

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import compute_checksum

from hbcourse.grading import notes
from hbcourse.grading.course import release
from hbcourse.grading.handin import identity, misnamed, reading
from hbcourse.grading.handin.rebuild import as_it_stands, rebuild

from .conftest import EXERCISES


def about(name, **more):
    kept = {"grade_id": name, "schema_version": 3, "locked": True, "grade": False, "solution": False, "task": False}
    return {"nbgrader": {**kept, **more}}


def released():
    solution = {"solution": True, "locked": False}
    cells = [
        new_markdown_cell("# Title"),
        new_code_cell("import numpy", metadata=about("setup")),
        new_code_cell("x = ...", metadata=about("x", **solution)),
        new_code_cell("assert x == 1", metadata=about("test_x", grade=True, points=2)),
        new_markdown_cell("Write.", metadata=about("why", grade=True, points=1, **solution)),
        new_code_cell("y = 3"),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"hw-{number}"
    return new_notebook(cells=cells)


def read(notebook):
    return reading.parse(json.dumps(notebook).encode(), "hw.ipynb")


def rebuilt(submitted, given=None):
    given = given or released()
    return rebuild(given, identity.Known(given), read(submitted))


def sources(submitted):
    return [cell.source for cell in rebuilt(submitted)[0].cells]


def test_only_the_text_of_answers_is_taken():
    submitted = released()
    submitted.cells[2].source = "x = 1"
    submitted.cells[2].metadata.nbgrader.update(points=50, grade=True)
    submitted.cells[3].source = "pass"
    submitted.cells[3].metadata.nbgrader.update(points=50)
    submitted.cells[4].source = "Because."
    submitted.metadata["hooks"] = True
    expected = released()
    expected.cells[2].source, expected.cells[4].source = "x = 1", "Because."
    assert rebuilt(submitted) == (
        expected,
        ["Text in a test cell is not run: put what is written in test_x into the cell above it."],
    )


def test_deleted_cells_come_back_in_their_places():
    submitted = released()
    del submitted.cells[:4]
    assert sources(submitted) == sources(released()) == [cell.source for cell in released().cells]


def test_cells_in_another_order_are_run_in_that_of_the_release():
    submitted = released()
    submitted.cells.reverse()
    assert sources(submitted) == sources(released())


def test_a_cell_that_comes_twice_counts_once_and_the_first_time():
    submitted = released()
    submitted.cells[2].source = "x = 1"
    again = copy.deepcopy(submitted.cells[2])
    again.source = "x = 2"
    submitted.cells.insert(3, again)
    notebook, _ = rebuilt(submitted)
    assert [cell.source for cell in notebook.cells if notes.of(cell).name == "x"] == ["x = 1"]
    assert sources(submitted)[2:4] == ["x = 1", "x = 2"]
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def noted(submitted):
    """The hand-in with the checksums that nbgrader noted when it released the cells, and what is run of it."""
    given = released()
    for cell, original in itertools.product(submitted.cells, given.cells):
        if (name := notes.of(original).name) and notes.of(cell).name == name:
            cell.metadata.nbgrader["checksum"] = compute_checksum(original)
    return submitted


@pytest.mark.parametrize("order", ["stub first", "answer first", "whole release first"])
def test_of_an_answer_that_comes_twice_the_changed_one_counts_in_check_and_in_grade(order):
    submitted = released()
    submitted.cells[2].source = "x = 1"
    if order == "whole release first":
        submitted.cells = released().cells + submitted.cells
    else:
        submitted.cells.insert(2 if order == "stub first" else 3, copy.deepcopy(released().cells[2]))
    runs = sources(noted(submitted)), [cell.source for cell in as_it_stands(read(noted(submitted))).cells]
    for run in runs:
        assert "x = ..." not in run
        assert run.index("x = 1") < run.index("assert x == 1")


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_code_is_code_whatever_an_editor_made_of_its_cell(kind):
    submitted = released()
    submitted.cells[2].update(cell_type=kind, source="x = 1")
    submitted.cells[3].cell_type = kind
    kinds = [cell.cell_type for cell in rebuilt(submitted)[0].cells]
    assert kinds == [cell.cell_type for cell in as_it_stands(read(submitted)).cells]


def test_own_cells_stay_where_they_are():
    submitted = released()
    submitted.cells.insert(0, new_code_cell("first"))
    submitted.cells.insert(4, new_code_cell("between"))
    submitted.cells.append(new_markdown_cell("last"))
    submitted.cells[5].source = "Because."
    run = sources(submitted)
    assert run[0] == "first"
    assert run[run.index("x = ...") + 1] == "between"
    assert run[-1] == "last"
    assert len(run) == 9


@pytest.mark.parametrize("lost", ["grade_id", "nbgrader"])
def test_an_answer_whose_metadata_are_lost_is_known_by_its_cell_id(lost):
    submitted = released()
    submitted.cells[2].source = "x = 1"
    submitted.cells[2].metadata = {} if lost == "nbgrader" else {"nbgrader": "mine"}
    notebook, _ = rebuilt(submitted)
    assert notebook.cells[2].source == "x = 1"
    assert notebook.cells[2].metadata == released().cells[2].metadata


def test_an_answer_that_has_come_by_the_id_of_a_test_is_run():
    submitted = released()
    submitted.cells[2].source = "x = 1"
    submitted.cells[2].id, submitted.cells[3].id = submitted.cells[3].id, submitted.cells[2].id
    for cell in submitted.cells:
        cell.metadata.pop("nbgrader", None)
    notebook, remarks = rebuilt(submitted)
    assert "x = 1" in [cell.source for cell in notebook.cells[2:4]]
    assert remarks == []


@pytest.mark.parametrize("named", [True, False])
def test_code_that_has_come_by_the_id_of_a_written_answer_stands_in_its_own_place(named):
    submitted = released()
    submitted.cells[2].source, submitted.cells[4].source = "x = 1", "Because."
    submitted.cells[2].id, submitted.cells[4].id = submitted.cells[4].id, "lost"
    for cell in submitted.cells if not named else submitted.cells[2:3]:
        cell.metadata = {}
    run = sources(submitted)
    assert run.index("x = 1") < run.index("assert x == 1")
    assert "Because." in run


def test_an_answer_in_any_cell_is_not_overwritten_by_the_empty_one_that_is_gone():
    submitted = released()
    del submitted.cells[2]
    submitted.cells.append(new_code_cell("z = 1\nx: int = 1"))
    run = sources(submitted)
    assert run[2:5] == ["# This cell was gone; its answer is in another one.", "z = 1\nx: int = 1", "assert x == 1"]
    submitted.cells[-1].source = "print(x == 1)"
    assert sources(submitted)[2] == "x = ..."


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1", {"x"}),
        ("x, y = 1, 2\n    z = 3", {"x", "y"}),
        ("x: list[int] = [1]", {"x"}),
        ("x == 1\nx += 1\nx.y = 1\nf(x=1)", set()),
        ("async def f():\n    y = 1\nclass G:\n    z = 1\ndef h(a=1): pass", {"f", "G", "h"}),
        ("with pm.Model(coords={'a': b}) as model:\n    c = 1", {"model"}),
        ("%matplotlib inline\nx = 1 (", {"x"}),
    ],
)
def test_names_are_found_where_cells_define_them(source, names):
    assert identity.defined(source) == names


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda cells: cells.__setitem__(4, new_markdown_cell("Because.")), "Because."),
        (lambda cells: cells.append(new_markdown_cell("Because.")), None),
        (lambda cells: cells.insert(5, new_markdown_cell("Because.")), "Because."),
        (lambda cells: cells.insert(4, new_code_cell("'''Because.'''")), "'''Because.'''"),
        (lambda cells: cells.insert(4, new_code_cell("print(x)")), None),
        (lambda cells: cells.__setitem__(slice(4, 5), []), None),
        (lambda cells: (cells.pop(4), cells.insert(0, new_markdown_cell("Because."))), "Because."),
        (
            lambda cells: (cells.pop(4), cells.append(new_code_cell("It is so since x is small"))),
            "It is so since x is small",
        ),
        (lambda cells: (cells.pop(4), cells.append(new_code_cell("w = 3"))), None),
        (lambda cells: (cells.pop(4), cells.append(new_code_cell("w = 'Because. It is so since x is small'"))), None),
        (lambda cells: cells.insert(1, new_markdown_cell("Because.")), None),
    ],
)
def test_text_that_no_cell_claims_is_read_for_a_written_answer(change, text):
    submitted = released()
    change(submitted.cells)
    notebook, remarks = rebuilt(submitted)
    (answer,) = (cell for cell in notebook.cells if notes.of(cell).name == "why")
    assert answer.source == (text or "Write.")
    elsewhere = any("Because." in cell.source for cell in submitted.cells)
    told = ": text beside it is read in its place" if text else ", though text in other cells may be meant for it"
    assert remarks == ([f"The answer why is empty or gone{told}."] if text or elsewhere else [])
    assert sum(cell.source == text for cell in notebook.cells) == bool(text)


def test_pictures_in_a_written_answer_stay_with_it():
    submitted = released()
    submitted.cells[4].update(source="![](attachment:a.png)", attachments={"a.png": {"image/png": "AA"}})
    assert rebuilt(submitted)[0].cells[4].attachments == {"a.png": {"image/png": "AA"}}


def test_a_test_that_an_editor_laid_out_anew_is_the_same():
    given = released()
    given.cells[3].source = 'check(\n    "x",\n    x,\n)\n### BEGIN HIDDEN TESTS\ncheck(2)\n### END HIDDEN TESTS'
    submitted = released()
    submitted.cells[3].source = "check('x', x)  "
    assert rebuilt(submitted, given)[1] == []
    submitted.cells[3].source = "check('x', 1)"
    assert len(rebuilt(submitted, given)[1]) == 1


def test_the_released_notebook_is_left_as_it_was():
    given, submitted = released(), released()
    submitted.cells[2].source, submitted.cells[4].source = "x = 1", "Because."
    rebuilt(submitted, given)
    assert given == released()


SOURCES = {folder.name: release.read_source(folder) for folder in release.find(EXERCISES)}
TITLES = {name: identity.title(read(notebook).cells) for name, notebook in SOURCES.items()}


def _without(notebook, *lost):
    """The notebook without what is named: ids, nbgrader's notes, what its release noted, its title."""
    notebook = copy.deepcopy(notebook)
    if "release" in lost:
        del notebook.metadata["hbcourse"]
    for number, cell in enumerate(notebook.cells):
        if "ids" in lost:
            cell.id = f"a{number}"
        if "notes" in lost:
            cell.metadata.pop("nbgrader", None)
    if "title" in lost:
        notebook.cells[0].source = "My homework"
    return notebook


LOST = [(), ("release",), ("release", "ids"), ("release", "ids", "notes"), ("release", "ids", "title")]


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize(("name", "other"), list(itertools.permutations(SOURCES, 2)))
def test_the_notebook_of_another_exercise_is_foreign_and_named(name, other, lost):
    known = identity.Known(SOURCES[name])
    problem = identity.foreign(read(_without(SOURCES[other], *lost)), known, name, TITLES)
    named = "title" not in lost
    start = f"This is the notebook of {other}, not of {name}: " if named else f"This is not the notebook of {name}, and"
    assert problem.startswith(start)


@pytest.mark.parametrize("lost", [*LOST, ("release", "ids", "notes", "title")])
@pytest.mark.parametrize("name", SOURCES)
def test_an_exercises_own_notebook_is_known_whatever_it_has_lost(name, lost):
    known = identity.Known(SOURCES[name])
    assert identity.foreign(read(_without(SOURCES[name], *lost)), known, name, TITLES) == ""


def test_cells_of_an_exercise_in_the_notebook_of_another_are_graded():
    mixed = copy.deepcopy(SOURCES["priors"])
    mixed.cells = [*mixed.cells[:3], *SOURCES["pooling"].cells]
    assert identity.foreign(read(mixed), identity.Known(SOURCES["pooling"]), "pooling", TITLES) == ""


@pytest.mark.parametrize(
    "cells",
    [
        [new_code_cell("print('hello')")],
        [new_code_cell("import numpy as np"), new_markdown_cell("# Exercise 1"), new_code_cell("mean = 3")],
        [new_code_cell("a = 1", metadata=about("task_1")), new_code_cell("assert a", metadata=about("test_rates"))],
    ],
)
def test_a_notebook_of_nobody_is_foreign(cells):
    problem = identity.foreign(read(new_notebook(cells=cells)), identity.Known(SOURCES["pooling"]), "pooling", TITLES)
    assert problem.startswith("This is not the notebook of pooling, and none of this course: download")


def test_a_misnamed_file_is_told_to_its_student():
    notebook = read(SOURCES["shrinkage"])
    assert misnamed(notebook, "shrinkage.ipynb") == misnamed(notebook, "my_Shrinkage (2).ipynb.txt") == ""
    said = "pooling.ipynb is the notebook of shrinkage: hand it in as shrinkage.ipynb."
    assert misnamed(notebook, "pooling.ipynb") == said
    assert misnamed(read(_without(SOURCES["shrinkage"], "release")), "pooling.ipynb") != ""
    assert misnamed(read(_without(released(), "ids")), "anything.ipynb") == ""
