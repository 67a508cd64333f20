"""Each attempt of each exercise gets the marks and the hints that it must get."""

import ast
import builtins
import csv
import html
import re

import jupytext
import nbformat
import pytest

from hbcourse.grading.course import attempts, release
from hbcourse.grading.shown import table

from .conftest import FOLDERS, in_few

ALL = [
    pytest.param(
        folder.name,
        attempt,
        id=f"{folder.name}-{attempt.name}",
        marks=[pytest.mark.durability] * (not in_few(folder, attempt)),
    )
    for folder in FOLDERS
    for attempt in attempts.read(folder)
]


@pytest.mark.parametrize(("exercise", "attempt"), ALL)
def test_an_attempt_gets_its_marks_and_its_hints(course, exercise, attempt):
    result = course.results[exercise, attempt.name]
    if attempt.rejected:
        assert attempt.rejected in result.problem
        assert result.score == 0
        return
    assert result.problem == ""
    parts = {part.name: part for part in result.parts}
    expected = {
        name: attempt.marks.get(name, None if part.points is None else part.max_points) for name, part in parts.items()
    }
    assert {name: part.points for name, part in parts.items()} == expected
    for name, hint in attempt.hints.items():
        assert hint in parts[name].message, name
    for name, part in parts.items():
        assert bool(part.message) == (part.points == 0 and name.startswith("test_")), name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_exercise_has_the_attempts_that_prove_its_tests(folder):
    entries = [attempt for attempt in attempts.read(folder) if not attempt.file]
    right = [attempt for attempt in entries if not attempt.marks]
    wrong = [attempt for attempt in entries if attempt.marks]
    assert len(right) >= 2
    assert len(wrong) >= 4
    notebook = release.read_source(folder)
    tests = {c.metadata.nbgrader.grade_id for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")}
    lost = {name for attempt in wrong for name in attempt.marks}
    assert lost == tests, "each part is lost by one attempt at least"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_test_cell_asks_for_answers_only(folder):
    # What a test cell uses and does not define must be a name that an answer defines: plain data or a function.
    notebook = jupytext.read(folder / f"{folder.name}.md")
    # The first cell of a notebook with checks imports these.
    answers, asked = {"check", "hint"}, set()
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not about:
            continue
        tree = ast.parse(cell.source)
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        defined = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        defined |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        defined |= {
            (alias.asname or alias.name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        # A locked cell without points is run for the tests too.
        if about["solution"] or not about["grade"]:
            answers |= defined
            continue
        defined |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        asked |= {node.id for node in names if isinstance(node.ctx, ast.Load)} - defined - set(dir(builtins))
    assert asked
    assert asked <= answers


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_students_get_neither_solutions_nor_hidden_tests(course, folder):
    released = (course.folder / "release" / folder.name / f"{folder.name}.ipynb").read_text()
    for marker in ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"):
        assert marker not in released
    source = release.read_source(folder)
    visible = nbformat.reads(released, as_version=4)
    # Where there are checks, what students get of them comes first.
    added = ["tasks"] if (folder / "checks.py").exists() else []
    assert [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in visible.cells] == added + [
        cell.metadata.get("nbgrader", {}).get("grade_id") for cell in source.cells
    ]
    for given, full in zip(visible.cells[len(added) :], source.cells, strict=True):
        about = full.metadata.get("nbgrader", {})
        if about.get("solution"):
            body = full.source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0].strip()
            assert body not in given.source
        if about.get("grade") and not about["solution"] and added:
            assert given.source == full.source
        elif about.get("grade") and not about["solution"] and "HIDDEN" in full.source:
            before, rest = full.source.split("### BEGIN HIDDEN TESTS\n")
            hidden, after = rest.split("### END HIDDEN TESTS")
            assert given.source.split() == f"{before}{after}".split()
            assert hidden.strip() not in given.source


def test_feedback_shows_the_hint_and_not_the_hidden_test(course):
    page = (course.folder / "feedback" / "fits-the-visible-tests" / "pooling" / "pooling.html").read_text()
    # Highlighting splits the code into spans.
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert "which is not right" in text
    assert 'check.task("risks", risks)' in text
    assert "HIDDEN TESTS" not in text
    assert "check.hidden" not in text
    rejected = (course.folder / "feedback" / "broken-file" / "pooling" / "pooling.html").read_text()
    assert "not valid JSON" in rejected


def test_the_gradebook_and_the_table_hold_the_same_marks(course, tmp_path):
    from nbgrader.api import Gradebook

    results = [result for (exercise, _), result in course.results.items() if exercise == "pooling"]
    table.write(results, tmp_path / "marks.csv", {})
    with (tmp_path / "marks.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert set(rows) == {result.student for result in results}
    assert float(rows["solution"]["score"]) == 17
    assert rows["solution"]["to_read"] == "1"
    assert rows["swaps-weights"]["test_data_weight"] == "0.0"
    assert "not by all" not in rows["solution"]["remarks"]
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db") as book:
        for student, row in rows.items():
            assert book.find_submission("pooling", student).score == float(row["score"])
