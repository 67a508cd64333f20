"""A file that was handed in: what is no notebook is rejected with the reason, and of a notebook only text is taken."""

import copy
import json
import os

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hbcourse.grading import preflight
from hbcourse.grading.preflight import Rejected


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
        cell.id = f"released-{number}"
    return new_notebook(cells=cells)


def written(notebook, tmp_path, **document):
    path = tmp_path / "hw.ipynb"
    path.write_text(json.dumps({**notebook, **document}))
    return path


def sources(notebook):
    return [cell.source for cell in notebook.cells]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "hw.ipynb is not valid JSON, line 1: Expecting value."),
        (b"{", "hw.ipynb is not valid JSON"),
        (b"\xff\xfe\x00", "hw.ipynb is not a text file in UTF-8 (byte 0)."),
        (b"[" * 100_000, "hw.ipynb is nested too deeply to be a notebook."),
        (b"[]", "hw.ipynb is not a notebook of format 4."),
        (b"1" * 5000, "a number in it is too long"),
        (b'{"nbformat": 3, "worksheets": []}', "not a notebook of format 4"),
        (b'{"nbformat": 4, "cells": {}}', "not a notebook of format 4"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "poem"}]}', "well-formed"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}', "well-formed"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": []}', "well-formed"),
        (b" " * (preflight.MAX_BYTES + 1), "hw.ipynb is larger than 20 MB; clear its outputs and hand it in again."),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_file_that_is_no_notebook_is_rejected_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "hw.ipynb"
    path.write_bytes(content)
    with pytest.raises(Rejected) as caught:
        preflight.read(path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_not_a_file_is_rejected_at_once(tmp_path):
    path = tmp_path / "hw.ipynb"
    with pytest.raises(Rejected, match=r"hw\.ipynb is missing"):
        preflight.read(path)
    path.symlink_to("/etc/passwd")
    with pytest.raises(Rejected, match="is not a file that can be read"):
        preflight.read(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Rejected, match="is not a file"):
        preflight.read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(Rejected, match="is not a file"):
        preflight.read(path)


@pytest.mark.parametrize(
    "metadata", [{"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, {"language_info": {"name": "R"}}]
)
def test_another_language_is_named(tmp_path, metadata):
    with pytest.raises(Rejected, match="is written in R; the exercises are in Python"):
        preflight.read(written(released(), tmp_path, metadata=metadata))


def test_a_notebook_is_read_whatever_wrote_it(tmp_path):
    notebook = released()
    for cell in notebook.cells:
        # As some editors write them: text as a list of lines, and no ids.
        cell.source = cell.source.splitlines(keepends=True)
        del cell["id"]
    content, read = preflight.read(written(notebook, tmp_path, nbformat_minor=4))
    assert content == (tmp_path / "hw.ipynb").read_bytes()
    assert sources(read) == sources(released())


def test_only_the_text_of_answers_is_taken():
    submitted = released()
    submitted.cells[2].source = "x = 1"
    submitted.cells[2].metadata.nbgrader.update(points=50, grade=True)
    submitted.cells[3].source = "pass"
    submitted.cells[3].metadata.nbgrader.update(points=50)
    submitted.cells[4].source = "Because."
    submitted.metadata["hooks"] = True
    rebuilt = preflight.rebuild(released(), submitted)
    expected = released()
    expected.cells[2].source, expected.cells[4].source = "x = 1", "Because."
    assert rebuilt == expected


def test_deleted_cells_come_back_in_their_places():
    submitted = released()
    del submitted.cells[:4]
    assert sources(preflight.rebuild(released(), submitted)) == sources(released())
    submitted.cells.clear()
    assert sources(preflight.rebuild(released(), submitted)) == sources(released())


def test_cells_in_another_order_are_run_in_that_of_the_release():
    submitted = released()
    submitted.cells.reverse()
    assert sources(preflight.rebuild(released(), submitted)) == sources(released())


def test_a_cell_that_comes_twice_counts_once_and_the_first_time():
    submitted = released()
    submitted.cells[2].source = "x = 1"
    again = copy.deepcopy(submitted.cells[2])
    again.source = "x = 2"
    submitted.cells.insert(3, again)
    rebuilt = preflight.rebuild(released(), submitted)
    assert [cell.source for cell in rebuilt.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "x"] == [
        "x = 1"
    ]
    assert sources(rebuilt)[2:4] == ["x = 1", "x = 2"]
    assert len({cell.id for cell in rebuilt.cells}) == len(rebuilt.cells)


def test_own_cells_stay_where_they_are():
    submitted = released()
    submitted.cells.insert(0, new_code_cell("first"))
    submitted.cells.insert(4, new_code_cell("between"))
    submitted.cells.append(new_markdown_cell("last"))
    rebuilt = sources(preflight.rebuild(released(), submitted))
    assert rebuilt[0] == "first"
    assert rebuilt[rebuilt.index("x = ...") + 1] == "between"
    assert rebuilt[-1] == "last"
    assert len(rebuilt) == 9


@pytest.mark.parametrize("lost", ["grade_id", "nbgrader"])
def test_an_answer_whose_metadata_are_lost_is_known_by_its_cell_id(lost):
    submitted = released()
    submitted.cells[2].source = "x = 1"
    if lost == "nbgrader":
        del submitted.cells[2].metadata["nbgrader"]
    else:
        submitted.cells[2].metadata["nbgrader"] = "mine"
    rebuilt = preflight.rebuild(released(), submitted)
    assert sources(rebuilt)[2] == "x = 1"
    assert rebuilt.cells[2].metadata == released().cells[2].metadata


def test_the_released_notebook_is_left_as_it_was():
    given, submitted = released(), released()
    submitted.cells[2].source = "x = 1"
    preflight.rebuild(given, submitted)
    assert given == released()


def test_half_a_character_does_not_stop_it():
    submitted = released()
    submitted.cells[2].source = "x = '\ud800'"
    assert sources(preflight.rebuild(released(), submitted))[2] == "x = '?'"
