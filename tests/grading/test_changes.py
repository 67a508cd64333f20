"""Which marks have changed since they were told, and the reason."""

import pytest

from hbcourse.grading.course.folder import Submission
from hbcourse.grading.marks.changes import LATE, Change, changes, kept, told
from hbcourse.grading.marks.parts import Part
from hbcourse.grading.marks.records import Record
from hbcourse.grading.marks.results import Result

KEY = {"notebook": "n1", "exercise": "e1", "package": "0.1.0"}
CHANCE = "none of these changed: chance in a draw, or a time limit"


def tell(points, by_hand=(), late=0.0, settled=(), **key):
    """What is told of ada with these points."""
    submission = Submission("pooling", "ada")
    parts = tuple(Part(name, given, 3, by_hand=name in by_hand) for name, given in points.items())
    return told(Result(submission, parts, "", late), Record(submission, {**KEY, **key}, None), dict(settled))


def found(before, after):
    return changes("ada", kept(before), after)


def test_marks_that_changed_are_named_with_their_points():
    before = tell({"test_rates": 1, "test_weights": 0, "test_risks": 1.5})
    after = tell({"test_rates": 1, "test_weights": 2, "test_risks": 0.5}, notebook="n2")
    why = "the notebook handed in changed"
    assert found(before, after) == [Change("ada", "weights", 0, 2, why), Change("ada", "risks", 1.5, 0.5, why)]
    assert found(after, after) == []


def test_what_was_never_told_has_not_changed():
    assert changes("ada", {}, tell({"test_x": 2})) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"notebook": "n2"}, "the notebook handed in changed"),
        ({"exercise": "e2"}, "the exercise changed"),
        ({"package": "0.2.0"}, "the package changed"),
        ({"package": "0.2.0", "exercise": "e2"}, "the exercise changed and the package changed"),
        ({"by_hand": ["test_x"]}, "marked by hand"),
        ({"settled": {"test_x": "dropped"}}, "the course's settings changed"),
        ({"by_hand": ["test_x"], "notebook": "n2"}, "the notebook handed in changed"),
        ({}, CHANCE),
    ],
)
def test_the_reason_is_what_differs(changed, why):
    assert found(tell({"test_x": 0}), tell({"test_x": 2}, **changed)) == [Change("ada", "x", 0, 2, why)]


def test_one_setting_in_place_of_another_is_a_reason():
    dropped, full = (tell({"test_x": points}, settled={"test_x": how}) for points, how in ((0, "dropped"), (2, "full")))
    assert found(dropped, full) == [Change("ada", "x", 0, 2, "the course's settings changed")]


def test_a_mark_by_hand_that_no_longer_stands_is_said_to_be_set_aside():
    (change,) = found(tell({"test_x": 2}, by_hand=["test_x"]), tell({"test_x": 1}, notebook="n2"))
    assert change.why == "the notebook handed in changed; the mark given by hand is set aside"


def test_the_same_marks_are_no_change_whatever_else_changed():
    assert found(tell({"test_x": 2}), tell({"test_x": 2}, notebook="n2", exercise="e2", by_hand=["test_x"])) == []


def test_a_part_that_came_or_went_or_was_read_has_no_points_on_the_other_side():
    before, after = tell({"test_old": 1, "why": None}), tell({"test_new": 2, "why": 3}, exercise="e2")
    told_of = {(change.part, change.before, change.after) for change in found(before, after)}
    assert told_of == {("old", 1, None), ("new", None, 2), ("why", None, 3)}


def test_a_penalty_is_a_mark_below_zero():
    (change,) = found(tell({"test_x": 2}), tell({"test_x": 2}, late=0.5))
    assert (change.part, change.before, change.after) == (LATE, None, -0.5)
