"""Which marks grading again has changed, and the reason."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import compute_checksum

from hbcourse.grading.changes import Change, changes
from hbcourse.grading.records import Record

KEY = {"notebook": "n1", "exercise": "e1", "package": "0.1.0"}
WRONG = new_output("error", ename="CheckFailed", evalue="x is not right.", traceback=[])
UNCHANGED = "none of these changed: chance in a draw, or a time limit"


def cell(name, points, *outputs, solution=False):
    marks = {"grade": True, "solution": solution, "locked": not solution, "grade_id": name, "points": points}
    return new_code_cell(
        "answer", outputs=list(outputs), metadata={"nbgrader": {**marks, "schema_version": 3, "task": False}}
    )


def partial(points):
    return new_output("execute_result", {"text/plain": str(points)}, execution_count=1)


def record(*cells, problem="", **key):
    ungraded = new_code_cell("1 / 0", outputs=[WRONG])
    return Record("pooling", "ada", {**KEY, **key}, new_notebook(cells=[ungraded, *cells]) if cells else None, problem)


def test_marks_that_changed_are_named_with_their_points():
    before = record(cell("test_rates", 1), cell("test_weights", 2, WRONG), cell("test_risks", 3, partial(1.5)))
    after = record(cell("test_rates", 1), cell("test_weights", 2), cell("test_risks", 3, partial(0.5)), notebook="n2")
    why = "the notebook handed in changed"
    assert changes(before, after) == [Change("ada", "weights", 0, 2, why), Change("ada", "risks", 1.5, 0.5, why)]
    assert changes(after, after) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"notebook": "n2"}, "the notebook handed in changed"),
        ({"exercise": "e2"}, "the exercise changed"),
        ({"package": "0.2.0"}, "the package changed"),
        ({"package": "0.2.0", "exercise": "e2"}, "the exercise changed and the package changed"),
        ({}, UNCHANGED),
    ],
)
def test_the_reason_is_what_differs_between_the_keys(changed, why):
    (change,) = changes(record(cell("test_x", 2, WRONG)), record(cell("test_x", 2), **changed))
    assert change == Change("ada", "x", 0, 2, why)


def test_the_same_marks_are_no_change_whatever_else_changed():
    assert changes(record(cell("test_x", 2)), record(cell("test_x", 2), notebook="n2", exercise="e2")) == []


def test_a_part_that_came_or_went_has_no_points_on_the_other_side():
    found = changes(record(cell("test_old", 1)), record(cell("test_new", 2), exercise="e2"))
    assert {(change.part, change.before, change.after) for change in found} == {("old", 1, None), ("new", None, 2)}


def test_points_of_a_part_that_the_exercise_values_differently():
    (change,) = changes(record(cell("test_x", 2)), record(cell("test_x", 5), exercise="e2"))
    assert (change.before, change.after, change.why) == (2, 5, "the exercise changed")


def test_what_could_not_be_run_had_no_points():
    broken, right = record(problem="Not graded: not valid JSON."), record(cell("test_x", 2), cell("test_y", 1, WRONG))
    assert changes(broken, right) == [Change("ada", "x", 0, 2, UNCHANGED)]
    assert changes(right, broken) == [Change("ada", "x", 2, 0, UNCHANGED)]
    assert changes(broken, broken) == []


def test_answers_that_a_person_reads_are_left_out():
    empty = cell("decision", 3, solution=True)
    empty.metadata.nbgrader.checksum = compute_checksum(empty)
    written = cell("decision", 3, solution=True)
    written.source = "I would not."
    assert changes(record(empty), record(written, notebook="n2")) == []
