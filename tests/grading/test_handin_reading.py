"""A notebook's file is read for its text alone, in little time and memory; what has no text says what to do."""

import json
import random
import subprocess
import sys

import msgspec
import pytest

from hbcourse.grading import handin
from hbcourse.grading.handin import files, mending, reading
from hbcourse.grading.handin.reading import Rejected


def parsed(cells, **more):
    return reading.parse(json.dumps({"cells": cells, **more}).encode(), "hw.ipynb")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "hw.ipynb is not valid JSON: it is empty; save your notebook once more"),
        (b"\0" * 5000, "it is empty"),
        (b"{", "hw.ipynb is not valid JSON, line 1: it ends too early"),
        (b'{\n"cells": [\n}', "hw.ipynb is not valid JSON, line 3; open it in Jupyter"),
        (b'{\n"a": "\\\\",\n<<<<<<< HEAD\n"b": 3,\n=======\n', "hw.ipynb is not valid JSON, line 3: two versions"),
        (b"\xff\xfe\x00", "hw.ipynb is not valid JSON"),
        (b"\x89PNG\r\n\x1a\n", "hw.ipynb is not valid JSON"),
        (b"\x1f\x8b\x08", "hw.ipynb is not valid JSON but an archive; hand in the notebook itself"),
        (b"  <html>", "hw.ipynb is not valid JSON but a web page"),
        (b"[" * 100_000, "hw.ipynb is not a notebook"),
        (b"[]", "hw.ipynb is not a notebook; hand in the file that Jupyter saves."),
        (b"1" * 5000, "hw.ipynb is not"),
        (b'{"nbformat": 3, "worksheets": [3, {"cells": 4}]}', "hw.ipynb has no cells that can be read"),
        (b'{"nbformat": 4, "cells": {}}', "hw.ipynb has no cells that can be read"),
        (b'{"nbformat": 4, "cells": [3, "x", null, []]}', "hw.ipynb has no cells that can be read"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_has_no_cells_is_rejected_and_says_what_to_do(content, reason):
    with pytest.raises(Rejected) as caught:
        reading.parse(content, "hw.ipynb")
    assert str(caught.value).startswith(reason) or reason in str(caught.value)
    assert str(caught.value).isprintable()
    assert str(caught.value).endswith(".")


def test_kinds_of_cells_are_told_by_what_they_hold():
    told = [{"cell_type": "Code"}, {"cell_type": "poem"}, {"outputs": []}, {"input": "1"}, {}, {"cell_type": "raw"}]
    kinds = [cell.kind for cell in parsed(told).cells]
    assert kinds == ["code", "markdown", "code", "code", "markdown", "raw"]


def test_what_is_too_large_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr(reading, "MAX_TEXT", 1000)
    monkeypatch.setattr(reading, "MAX_ALL", 2500)
    notebook = parsed([{"cell_type": "code", "source": "x" * size} for size in (900, 1200, 900, 900, 10)])
    assert [len(cell.source) for cell in notebook.cells if "x" * 10 in cell.source] == [900, 900, 10]
    assert [remark.partition(":")[0] for remark in notebook.remarks] == ["Cell 2 is left out", "Cell 4 is left out"]
    # Whoever looks for the answer reads why it is not there.
    left = notebook.cells[1].source
    assert left.startswith("raise ValueError('This cell is left out: it holds 0.0 MB of text")
    compile(left, "cell", "exec")


@pytest.mark.parametrize("kind", ["code", "markdown", "raw"])
@pytest.mark.parametrize("parts", [str, lambda text: text.splitlines(keepends=True)])
def test_a_picture_within_a_text_does_not_cost_the_text(kind, parts):
    picture = f"![](data:image/png;base64,{'A' * 6_000_000}=)"
    notebook = parsed([{"cell_type": kind, "source": parts(f"Before.\n{picture}\nAfter.")}])
    assert [cell.source for cell in notebook.cells] == ["Before.\n![](left-out)\nAfter."]
    assert notebook.remarks == ()


def test_pictures_take_no_room_from_text():
    pictures = {"a.png": {"image/png": "A" * 999_500}}
    cells = [{"cell_type": "markdown", "source": "see", "attachments": pictures} for _ in range(25)]
    notebook = parsed([*cells, {"cell_type": "code", "source": "rates = 3"}])
    assert notebook.cells[-1].source == "rates = 3"
    assert len(notebook.cells) == 26
    assert {remark.partition(" in cell")[0] for remark in notebook.remarks} == {"The pictures"}


def test_so_many_cells_are_read_as_are_not_blank():
    many = parsed([{"source": str(number)} for number in range(1500)])
    assert len(many.cells) == 1000
    assert many.remarks == ("Only the first 1000 cells of the notebook are read.",)
    blank = [{"source": text} for text in ("", "  \n", [], ["\n"])] * 1000
    (*_, last), remarks = (lambda read: (read.cells, read.remarks))(parsed([*blank, {"source": "rates = 3"}]))
    assert (last.source, remarks) == ("rates = 3", ())
    endless = parsed([{"source": "a"}, *blank * 3])
    assert endless.remarks == ("Only the first 10000 cells of the notebook are read.",)


@pytest.mark.parametrize("lines", [["a\n", "b"], [["a\n"], ["b"]], [["a\n", ["b"]]], ["a\n", 3, None, {}, ["b"]]])
def test_lines_are_read_in_whatever_lists(lines):
    assert parsed([{"cell_type": "code", "source": lines}]).cells[0].source == "a\nb"


def test_only_pictures_are_taken_of_what_is_attached():
    attached = {"a.png": {"image/png": "AA"}, "b": {"text/html": "<b>"}, "c": {"image/png": 3}, "d": 4}
    (cell,) = parsed([{"cell_type": "markdown", "attachments": attached}]).cells
    assert cell.attachments == {"a.png": {"image/png": "AA"}}


@pytest.mark.parametrize("step", [1_000_000, 7, 64])
def test_what_is_mended_is_what_pythons_reader_takes_it_for(monkeypatch, step):
    monkeypatch.setattr(mending, "_STEP", step)
    r = random.Random(step)
    texts = ['a\\"', "\ud800", "\udc00x", "\U0001f600", '"', "\\", "NaN", "Infinity[", "\\ud800", "", "}]"]

    def value(depth=0):
        numbers = [float("nan"), -float("inf"), r.random(), None, True, r.choice(texts)]
        if depth > 4 or r.random() < 0.5:
            return r.choice([*numbers, "".join(r.choice('\\"[]{}N\ud801\udc01a') for _ in range(9))])
        if r.random() < 0.5:
            return [value(depth + 1) for _ in range(r.randrange(4))]
        return {r.choice('abc"\\'): value(depth + 1) for _ in range(3)}

    def clean(thing):
        if isinstance(thing, float):
            return thing if abs(thing) < float("inf") else 0
        if isinstance(thing, list):
            return list(map(clean, thing))
        if isinstance(thing, dict):
            return {clean(key): clean(entry) for key, entry in thing.items()}
        return thing.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(thing, str) else thing

    for _ in range(300):
        text = json.dumps(document := [value()])
        assert msgspec.json.decode(mending.mended(text.encode())) == clean(json.loads(text)), document


@pytest.mark.parametrize("depth", [99, 100, 101, 500, 50_000])
def test_what_is_nested_too_deeply_is_cut_off(depth):
    text = ('{"a": [' * depth + "1, 2" + "]}" * depth).encode()
    read = msgspec.json.decode(mending.mended(text))
    levels = 0
    while isinstance(read, dict | list):
        read = read["a"] if isinstance(read, dict) else read[0]
        levels += 1
    assert levels == min(2 * depth, 100)
    assert read == (1 if 2 * depth <= 100 else 0)


_SHAPES = {
    "tags": '{"cells": [{"source": "x", "metadata": {"tags": [' + "1, " * 130_000 + "1]}}]}",
    "outputs": '{"cells": [{"source": "x", "outputs": [' + '{"name": "stdout"}, ' * 330_000 + "3]}]}",
    "attachments": '{"cells": [{"source": "x", "attachments": {' + '"a.png": {"b": "c"}, ' * 500_000 + '"a": 3}}]}',
    "nested": '{"cells": [{"source": "x", "outputs": ' + "[" * 10_000_000 + "]" * 10_000_000 + "}]}",
    "nested_objects": '{"cells": [{"source": "x"}], "a": ' + '{"a":' * 3_000_000 + "1" + "}" * 3_000_000 + "}",
    "cells": '{"cells": [' + "{}, " * 5_000_000 + "{}]}",
    "lines": '{"cells": [{"source": [' + '"a", ' * 900_000 + "3]}]}",
    "not_numbers": '{"cells": [{"source": "x"}], "a": [' + "NaN, " * 4_000_000 + "1]}",
    "halves": '{"cells": [{"source": "' + "\\ud800" * 800_000 + '"}], "a": "' + "\\ud800" * 2_500_000 + '"}',
    "keys": '{"cells": [{"source": "x"}], ' + ", ".join(f'"{n}": 0' for n in range(1_500_000)) + "}",
    "text": '{"cells": [' + ", ".join(['{"cell_type": "code", "source": "' + "a = 1\\n" * 3000 + '"}'] * 900) + "]}",
    "outputs_200_mb": '{"cells": [{"source": "x", "outputs": ["' + "x" * 200_000_000 + '"]}]}',
}
_SHAPES |= {
    "lists": '{"cells": [{"source": ' + "[" * 500 + "1" + "]" * 500 + "}" + ', {"source": [[""]]}' * 1_000_000 + "]}",
    "picture": '{"cells": [{"source": "data:image/png;base64,' + "A" * 100_000_000 + '"}]}',
    "no_pictures": '{"cells": [{"source": "' + "data:image/" * 2_000_000 + '"}]}',
    "sheets": '{"worksheets": [' + '{"cells": [{}, {}]}, ' * 900_000 + "3]}",
    "blank": '{"cells": [' + '{"source": ""}, ' * 1_200_000 + '{"source": "x"}]}',
}
_MEASURED = """
import resource, sys, time
from pathlib import Path
from hbcourse.grading import handin
from hbcourse.grading.handin import mending
Path("/proc/self/clear_refs").write_text("5")
started = time.process_time()
assert handin.read(Path(sys.argv[1])).cells
(line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(time.process_time() - started, int(line.split()[1]) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux tells it")
@pytest.mark.parametrize("shape", _SHAPES)
def test_no_shape_takes_long_or_much_memory(tmp_path, shape):
    path = tmp_path / "hw.ipynb"
    path.write_text(_SHAPES[shape])
    done = subprocess.run([sys.executable, "-c", _MEASURED, path], capture_output=True, text=True, check=True)
    seconds, memory = map(float, done.stdout.split())
    # A guard that something has gone wrong by an order, not a measurement: machines differ.
    assert seconds < 10
    assert memory < 300


def test_reading_needs_neither_nbgrader_nor_numpy():
    code = "import sys; from hbcourse.grading import handin; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"nbgrader", "numpy", "jupytext", "fcntl", "resource"} & set(done.stdout.split())


def test_a_students_own_check_runs_the_cells_with_their_notes():
    about = {"grade_id": "test_x", "grade": True, "solution": False, "locked": True, "points": "2", "checksum": "c"}
    cells = [{"cell_type": "code", "source": "x = 1"}, {"cell_type": "code", "metadata": {"nbgrader": about}}]
    node = handin.as_it_stands(parsed(cells, metadata={"hbcourse": {"points": "2", "exercise": "hw"}}))
    assert node.metadata.hbcourse == {"points": 2.0, "exercise": "hw"}
    assert "nbgrader" not in node.cells[0].metadata
    assert node.cells[1].metadata.nbgrader.points == 2.0
    assert node.cells[1].metadata.nbgrader.grade_id == "test_x"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "hw.ipynb").open("wb") as stream:
        stream.truncate(files.MAX_NOTEBOOK + 1)
    with pytest.raises(Rejected, match=r"hw\.ipynb is larger than 250 MB; clear its outputs and hand it in again\."):
        handin.read(tmp_path / "hw.ipynb")
