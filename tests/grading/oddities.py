"""Hand-ins to the exercise on pooling as students, editors and platforms really leave them: right answers, oddly kept.

Each oddity is a function that takes the folder in which it is handed in and the notebook with the model's answers,
as plain data, and writes what is handed in.
"""

import copy
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
WORDS = "Hospital A did only 47 operations; shrink it."
#: Points of the tests, and of the answer that a person reads.
FULL, WRITTEN = 17.0, 3.0


@dataclass(frozen=True)
class Oddity:
    """What is handed in, and what must become of it: points of the tests, answers to read, what its row says."""

    write: Callable[[Path, Json], None]
    points: float = FULL
    to_read: int = 1
    said: str = ""


ODDITIES: dict[str, Oddity] = {}


def _odd(points: float = FULL, to_read: int = 1, said: str = "") -> Callable[[Callable[..., Any]], Any]:
    """Keep a function that changes the notebook, or one that writes the folder itself, under its name."""

    def keep(function: Callable[..., Any]) -> Any:
        whole = function.__code__.co_argcount == 2

        def write(folder: Path, notebook: Json) -> None:
            if whole:
                function(folder, notebook)
            else:
                _save(folder, function(notebook) or notebook)

        ODDITIES[function.__name__.replace("_", "-")] = Oddity(write, points, to_read, said)
        return function

    return keep


def _save(folder: Path, notebook: Json, name: str = "pooling.ipynb") -> None:
    (folder / name).write_text(json.dumps(notebook), encoding="utf-8")


def named(notebook: Json, name: str) -> Json:
    """The cell with this grade id."""
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def _code(notebook: Json) -> Iterator[Json]:
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def _solutions(notebook: Json) -> list[Json]:
    return [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]


def _new(kind: str, source: str) -> Json:
    cell: Json = {"cell_type": kind, "id": "fresh", "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _lose_words(notebook: Json) -> int:
    place = notebook["cells"].index(named(notebook, "what_to_print"))
    del notebook["cells"][place]
    return place


# What programs write that is not quite the format, or not quite JSON.


@_odd()
def minor_4_with_ids(notebook: Json) -> None:
    notebook["nbformat_minor"] = 4


@_odd()
def minor_as_fraction(notebook: Json) -> None:
    notebook["nbformat_minor"] = 5.0
    notebook["nbformat"] = 4.0


@_odd()
def minor_as_text(notebook: Json) -> None:
    notebook["nbformat_minor"], notebook["nbformat"] = "five", "4"


@_odd()
def format_missing(notebook: Json) -> None:
    del notebook["nbformat"], notebook["nbformat_minor"]


@_odd()
def format_to_come(notebook: Json) -> None:
    notebook["nbformat"] = 10**400


@_odd()
def execution_count_missing(notebook: Json) -> None:
    for cell in _code(notebook):
        del cell["execution_count"]


@_odd()
def outputs_in_text(notebook: Json) -> None:
    notebook["cells"][0]["outputs"] = [{"output_type": "stream", "text": "x"}]


@_odd()
def outputs_of_no_shape(notebook: Json) -> None:
    for cell, outputs in zip(_code(notebook), (["x"], {"a": 1}, "x", None, [{"output_type": "poem"}]), strict=False):
        cell["outputs"] = outputs


@_odd()
def outputs_many_and_the_last_is_bad(notebook: Json) -> None:
    named(notebook, "rates")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}] * 330_000 + [{}]


@_odd()
def tags_many_and_no_text(notebook: Json) -> None:
    named(notebook, "rates")["metadata"]["tags"] = list(range(130_000))


@_odd()
def attachments_in_code(notebook: Json) -> None:
    named(notebook, "rates")["attachments"] = {"a.png": {"image/png": "AAAA"}}


@_odd(said="The pictures in cell")
def attachments_many(notebook: Json) -> None:
    named(notebook, "what_to_print")["attachments"] = {f"{n}.png": {"image/png": "A"} for n in range(500_000)}


@_odd()
def attachments_of_no_shape(notebook: Json) -> None:
    named(notebook, "what_to_print")["attachments"] = {"a": 3, "b": {"image/png": 4}, "c": {"text/html": "<b>"}}


@_odd()
def language_with_version(notebook: Json) -> None:
    notebook["metadata"]["kernelspec"]["language"] = "Python 3"


@_odd()
def language_half_a_character(notebook: Json) -> None:
    notebook["metadata"]["kernelspec"]["language"] = "\ud800"


@_odd()
def language_no_text(notebook: Json) -> None:
    notebook["metadata"]["kernelspec"] = {"language": ["python"], "name": 3}


@_odd(said="Its kernel is for R, but it is run in Python.")
def language_other(notebook: Json) -> None:
    notebook["metadata"]["kernelspec"]["language"] = "R"


@_odd()
def format_3(notebook: Json) -> Json:
    cells = []
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {"input": cell["source"], "outputs": [], "language": "python", "prompt_number": 1}
        else:
            old["source"] = cell["source"]
        cells.append(old)
    head = {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Which hospital would you choose?"}
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [head, *cells]}]}


@_odd()
def byte_order_mark(folder: Path, notebook: Json) -> None:
    (folder / "pooling.ipynb").write_text(json.dumps(notebook), encoding="utf-8-sig")


@_odd()
def utf_16(folder: Path, notebook: Json) -> None:
    (folder / "pooling.ipynb").write_text(json.dumps(notebook), encoding="utf-16")


@_odd()
def latin_1(folder: Path, notebook: Json) -> None:
    named(notebook, "rates")["source"] += "  # für Österreich"
    text = json.dumps(notebook, ensure_ascii=False)
    (folder / "pooling.ipynb").write_text(text, encoding="latin-1", errors="replace")


@_odd()
def windows_line_ends(folder: Path, notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["source"] = [f"{line}\r\n" for line in cell["source"].splitlines()]
    (folder / "pooling.ipynb").write_bytes(json.dumps(notebook, indent=1).replace("\n", "\r\n").encode())


@_odd()
def not_a_number_in_outputs(notebook: Json) -> None:
    named(notebook, "rates")["outputs"] = [
        {"output_type": "display_data", "data": {"x": [float("nan"), -float("inf")]}}
    ]


@_odd()
def half_characters_in_outputs(notebook: Json) -> None:
    named(notebook, "rates")["outputs"] = [{"output_type": "stream", "text": "\ud800 \udc00\\ud800"}]


@_odd()
def nested_outputs(folder: Path, notebook: Json) -> None:
    named(notebook, "rates")["outputs"] = "HERE"
    deep = "[" * 1_000_000 + "]" * 1_000_000
    (folder / "pooling.ipynb").write_text(json.dumps(notebook).replace('"HERE"', deep))


@_odd()
def zeros_at_the_end(folder: Path, notebook: Json) -> None:
    (folder / "pooling.ipynb").write_bytes(json.dumps(notebook).encode() + bytes(4096))


@_odd()
def keys_twice(folder: Path, notebook: Json) -> None:
    text = json.dumps(notebook)
    (folder / "pooling.ipynb").write_text('{"cells": 3, "metadata": 4, ' + text[1:])


@_odd()
def cells_that_are_none(notebook: Json) -> None:
    notebook["cells"][3:3] = [3, None, "x", [], {}, {"cell_type": 7, "source": 8, "metadata": 9, "id": 10}]


@_odd()
def ids_of_no_shape(notebook: Json) -> None:
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = [number, "x" * 300, "a b/ü", None, {}][number % 5]


@_odd()
def ids_all_the_same(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["id"] = "pooling-3"


@_odd()
def metadata_missing(notebook: Json) -> None:
    notebook["metadata"] = []
    for cell in notebook["cells"]:
        if not cell["metadata"].get("nbgrader"):
            cell["metadata"] = None


@_odd()
def notes_are_text(notebook: Json) -> None:
    named(notebook, "risks")["metadata"]["nbgrader"] = "x"


@_odd()
def points_are_text(notebook: Json) -> None:
    for cell in notebook["cells"]:
        if "points" in cell["metadata"].get("nbgrader", {}):
            cell["metadata"]["nbgrader"]["points"] = str(cell["metadata"]["nbgrader"]["points"])


@_odd(said="The pictures in cell")
def pictures_many(notebook: Json) -> None:
    pictures = {"a.png": {"image/png": "A" * 999_500}}
    notebook["cells"][3:3] = [_new("markdown", "![](attachment:a.png)") | {"attachments": pictures} for _ in range(25)]


@_odd()
def picture_in_words(notebook: Json) -> None:
    named(notebook, "what_to_print")["source"] += f"\n![](data:image/png;base64,{'A' * 6_000_000})"


@_odd(points=FULL - 1, said="is left out: it holds 6.0 MB of text")
def text_too_long(notebook: Json) -> None:
    named(notebook, "rates")["source"] += f"  # {'A' * 6_000_000}"


@_odd()
def blank_cells_many(notebook: Json) -> None:
    notebook["cells"][5:5] = [_new("code", "") for _ in range(1500)]


@_odd()
def sources_in_lists_of_lists(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["source"] = [[line] for line in cell["source"].splitlines(keepends=True)]


# What editors do to a notebook.


@_odd()
def colab(notebook: Json) -> None:
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"] |= {"id": f"AbC{number}", "outputId": "o", "colab": {"base_uri": "https://localhost:8080/"}}
    notebook["cells"].insert(0, _new("code", "from google.colab import drive\ndrive.mount('/content/drive')"))


@_odd()
def vscode(notebook: Json) -> None:
    notebook["metadata"] = {"language_info": {"name": "python"}, "orig_nbformat": 4}
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = cell["source"].splitlines(keepends=True)


@_odd()
def pycharm(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] |= {"pycharm": {"name": "#%%\n"}, "collapsed": False}
        cell["source"] = [f"{line}\n" for line in cell["source"].splitlines()]


@_odd()
def formatted_tests(notebook: Json) -> None:
    for cell in _code(notebook):
        cell["source"] = cell["source"].replace('"', "'").replace(",\n)", "\n)") + "   \n"


# What students do to it.


@_odd(said="what_to_print is empty or gone: text beside it is read in its place")
def words_retyped_at_the_end(notebook: Json) -> None:
    _lose_words(notebook)
    notebook["cells"].append(_new("markdown", WORDS))


@_odd(said="what_to_print is empty or gone")
def words_retyped_at_the_beginning(notebook: Json) -> None:
    _lose_words(notebook)
    notebook["cells"].insert(1, _new("raw", WORDS))


@_odd(said="what_to_print is empty or gone")
def words_below_the_empty_cell(notebook: Json) -> None:
    place = _lose_words(notebook)
    notebook["cells"][place:place] = [copy.deepcopy(notebook["blank"]), _new("markdown", WORDS)]


@_odd(said="what_to_print is empty or gone")
def words_as_a_comment(notebook: Json) -> None:
    _lose_words(notebook)
    notebook["cells"].append(_new("code", f"# {WORDS}"))


@_odd(said="what_to_print is empty or gone")
def all_metadata_lost(notebook: Json) -> None:
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]
        cell["metadata"] = {}


@_odd()
def answer_in_a_copy(notebook: Json) -> None:
    cell = named(notebook, "data_weight")
    again = copy.deepcopy(cell)
    again["id"] = "again"
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, again)
    cell["source"] = "# YOUR CODE HERE\nraise NotImplementedError()"


@_odd()
def empty_copy_after_the_answer(notebook: Json) -> None:
    stub = "def risks(J, tau, sigma):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    cell = named(notebook, "risks")
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, copy.deepcopy(cell) | {"id": "again", "source": stub})


@_odd()
def split_cell(notebook: Json) -> None:
    cell = named(notebook, "partial_pooling")
    below = copy.deepcopy(cell) | {"id": "below", "source": 'print("split off")'}
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, below)


@_odd()
def tests_deleted(notebook: Json) -> None:
    for name in ("test_rates", "test_coverage", "test_risks"):
        notebook["cells"].remove(named(notebook, name))


@_odd()
def answers_backwards(notebook: Json) -> None:
    notebook["cells"].reverse()


@_odd(points=14, said="Text in a test cell is not run: put what is written in test_risks into the cell above it.")
def answer_in_a_test_cell(notebook: Json) -> None:
    named(notebook, "test_risks")["source"] = named(notebook, "risks")["source"]
    named(notebook, "risks")["source"] = "# YOUR CODE HERE\nraise NotImplementedError()"


@_odd(to_read=0, said="No cell of the exercise is in this notebook")
def new_notebook(notebook: Json) -> None:
    cells = [cell for cell in _solutions(notebook) if cell["cell_type"] == "code"]
    start = "import numpy as np\nfrom scipy.stats import norm\nfrom hbcourse import datasets\n"
    data = "hospitals = datasets.surgical()\nn, deaths = hospitals.n.to_numpy(), hospitals.deaths.to_numpy()"
    notebook["cells"] = [_new("code", start + data), *(_new("code", cell["source"]) for cell in cells)]
    notebook["metadata"] = {}


@_odd(to_read=0, said="No cell of the exercise is in this notebook")
def new_notebook_of_one_cell(notebook: Json) -> None:
    new_notebook(notebook)
    notebook["cells"] = [_new("code", "\n\n".join(cell["source"] for cell in notebook["cells"]))]


@_odd()
def all_answers_in_one_cell(notebook: Json) -> None:
    first, *others = [cell for cell in _solutions(notebook) if cell["cell_type"] == "code"]
    for cell in others:
        first["source"] += "\n\n" + cell["source"]
        notebook["cells"].remove(cell)


@_odd()
def ends_its_kernel_politely(notebook: Json) -> None:
    notebook["cells"].append(_new("code", "import sys\nsys.exit()"))


# What else lies in the folder, and what the file is called.


@_odd()
def data_beside(folder: Path, notebook: Json) -> None:
    (folder / "more data").mkdir()
    (folder / "more data" / "mine.csv").write_text("deaths,n\n" + "0,47\n18,148\n" * 6)
    named(notebook, "rates")["source"] = (
        "import pandas as pd\nmine = pd.read_csv('more data/mine.csv')\nassert len(mine) == 12\nrates = deaths / n"
    )
    _save(folder, notebook)


@_odd()
def module_beside(folder: Path, notebook: Json) -> None:
    (folder / "helper.py").write_text("def share(k, n):\n    return k / n\n")
    named(notebook, "rates")["source"] = "from helper import share\nrates = share(deaths, n)"
    _save(folder, notebook)


@_odd(said="Not graded, though it lies beside the notebook: helpers.ipynb.")
def notebook_and_hidden_file_beside(folder: Path, notebook: Json) -> None:
    helper = [_new("code", "def share(k, n):\n    return k / n")]
    _save(folder, {**notebook, "cells": helper}, "helpers.ipynb")
    (folder / ".mine").write_text("3")
    named(notebook, "rates")["source"] = (
        "%run helpers.ipynb\nassert open('.mine').read() == '3'\nassert 'share' in open('pooling.ipynb').read()\n"
        "rates = share(deaths, n)"
    )
    _save(folder, notebook)


@_odd(said="pooling (1).ipynb was used; the file should be called pooling.ipynb.")
def folder_of_the_name(folder: Path, notebook: Json) -> None:
    (folder / "pooling.ipynb").mkdir()
    _save(folder / "pooling.ipynb", notebook)
    _save(folder, notebook, "pooling (1).ipynb")


@_odd(said="Not graded, though it lies beside the notebook: Untitled.ipynb, pooling (1).ipynb.")
def two_notebooks(folder: Path, notebook: Json) -> None:
    _save(folder, notebook)
    notebook["cells"] = notebook["cells"][:1]
    for name in ("pooling (1).ipynb", "Untitled.ipynb"):
        _save(folder, notebook, name)


def _called(name: str) -> None:
    def write(folder: Path, notebook: Json) -> None:
        _save(folder, notebook, name)

    said = f"{name} was used; the file should be called pooling.ipynb."
    ODDITIES["called " + name.replace("(", "").replace(")", "")] = Oddity(write, said=said)


for _name in ("Pooling.IPYNB", "pooling.ipynb.txt", "pooling (1).ipynb", "Copy of pooling.ipynb", "homework.ipynb"):
    _called(_name)
_called("pooling-Copy1.ipynb.json")


@_odd(said="pooling (2).ipynb was used; the file should be called pooling.ipynb. Not graded, though")
def two_copies(folder: Path, notebook: Json) -> None:
    _save(folder, notebook, "pooling (2).ipynb")
    _save(folder, {**notebook, "cells": notebook["cells"][:1]}, "pooling (1).ipynb")
    os.utime(folder / "pooling (1).ipynb", (1, 1))


# What cannot be graded.


def _instead(name: str, content: bytes, said: str) -> None:
    def write(folder: Path, notebook: Json) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)

    ODDITIES[f"instead-{len(ODDITIES)}"] = Oddity(write, 0, 0, said)


_MISSING = "Not graded: pooling.ipynb is missing; "
_instead("pooling.zip", b"PK\3\4junk", f"{_MISSING}there is pooling.zip, which is an archive: unpack it and hand in")
_instead("pooling.html", b"<html>", f"{_MISSING}there is pooling.html, which is a printout: hand in the notebook")
_instead("Pooling.PY", b"rates = 3", f"{_MISSING}there is Pooling.PY, which is a script: hand in the notebook")
_instead("answer.dat", b"x", f"{_MISSING}there is answer.dat: hand in the notebook, which is called pooling.ipynb")
_instead("mine/pooling.ipynb", b"{}", f"{_MISSING}there is mine/pooling.ipynb: hand in the notebook itself, not a")
_instead("L\udcf6sung.ipynb", b"{}", "L\ufffdsung.ipynb has no cells that can be read")
_instead("pooling.ipynb", b"", "is not valid JSON: it is empty")
_instead("pooling.ipynb", b"<!DOCTYPE html>", "is not valid JSON but a web page")
_instead("pooling.ipynb", b"PK\3\4", "is not valid JSON but an archive")
_instead("pooling.ipynb", b'{"cells": []}', "has no cells that can be read")
_instead("pooling.ipynb", b"[1, 2]", "is not a notebook; hand in the file that Jupyter saves.")
_instead("pooling.ipynb", b'{\n"cells": [\n', "is not valid JSON, line 3: it ends too early")
_instead("pooling.ipynb", b'{\n"cells": [\n x', "is not valid JSON, line 3; open it in Jupyter")


@_odd(0, 0, "is not valid JSON, line 2: two versions were merged there, and both are left")
def merge_conflict(folder: Path, notebook: Json) -> None:
    text = json.dumps(notebook, indent=1)
    (folder / "pooling.ipynb").write_text("{\n<<<<<<< HEAD\n" + text[1:] + "\n=======\n" + text + "\n>>>>>>> me\n")


@_odd(0, 0, "pooling.ipynb is missing; its folder is empty: hand in the notebook.")
def nothing(folder: Path, notebook: Json) -> None:
    pass
