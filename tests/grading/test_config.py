"""What an instructor may get wrong in ``nbgrader_config.py``: whatever it is, one sentence names it."""

import sys
from datetime import UTC, date, datetime

import pytest
from traitlets.config import Config

from hbcourse.grading import CourseError
from hbcourse.grading.course import config
from hbcourse.grading.course.folder import Course
from hbcourse.grading.marks import gradebook, settled

ASSIGNMENTS, STUDENTS = {"pooling", "baseball"}, {"anna", "bert"}
POINTS = {"test_rates": 1.0, "why": 3.0}
RIGHT = {
    "due": {"pooling": "2026-11-05 23:59"},
    "extensions": {"pooling": {"bert": "2026-11-12 23:59"}},
    "dropped": {"pooling": ["rates"]},
    "full_marks": {"pooling": ["why"]},
    "time_zone": "Europe/Berlin",
}
#: What is of the wrong form wherever it stands, whether for a setting, an assignment or a student.
WRONG = [None, 1, 20261105, 1.5, True, {"pooling": None}, [["rates"]], {1: "rates"}, object(), {"pooling": {"bert": 1}}]


def read(section="HBCourse", **told):
    loaded = Config()
    loaded[section].update(told)
    return settled.of(config.read(loaded, ASSIGNMENTS, STUDENTS), "pooling", POINTS)


def test_what_is_right_is_taken():
    found = read(**RIGHT)
    assert found.due == datetime(2026, 11, 5, 22, 59)
    assert found.extensions == {"bert": datetime(2026, 11, 12, 22, 59)}
    assert found.parts == {"test_rates": "dropped", "why": "full_marks"}
    assert read(due={"pooling": datetime(2026, 11, 5, 22, 59, tzinfo=UTC)}).due == found.due
    assert read(due={"pooling": datetime(2026, 11, 5, 23, 59)}, time_zone="+01:00").due == found.due


def raises(**told):
    with pytest.raises(CourseError) as caught:
        read(**told)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_value_of_another_form_is_shown_with_what_would_be_right(name, wrong):
    for value in (wrong, {"pooling": wrong}, {"pooling": {"bert": wrong}}, *([] if name == "time_zone" else ["2026"])):
        if isinstance(value, dict) and name in ("due", "extensions") and value == RIGHT[name]:
            continue
        says = raises(**{**RIGHT, name: value})
        assert says.startswith(f"c.HBCourse.{name} is ")
        assert f"write it like this: c.HBCourse.{name} = " in says


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (
            {"due": {"poolng": "2026-11-05 23:59"}},
            "due: this course has no assignment 'poolng'; did you mean 'pooling'?",
        ),
        ({"full_marks": {"Pooling": ["rates"]}}, "full_marks: this course has no assignment 'Pooling'"),
        ({"dropped": {"anna": ["rates"]}}, "dropped: this course has no assignment 'anna'"),
        ({"extensions": {"bert": {"pooling": "2026-11-05 23:59"}}}, "extensions: this course has no assignment 'bert'"),
        (
            {"extensions": {"pooling": {"Bert": "2026-11-05 23:59"}}},
            "extensions: this course has no student 'Bert'; did you mean 'bert'?",
        ),
        ({"extensions": {"baseball": {"berta": "2026-11-05 23:59"}}}, "extensions: this course has no student 'berta'"),
        ({"dropped": {"pooling": ["weights"]}}, "dropped: pooling has no task 'weights'; it has: rates, why."),
        ({"full_marks": {"pooling": "weights"}}, "full_marks: pooling has no task 'weights'"),
        ({"drop": {}}, "drop is no setting; there are: due, extensions"),
        ({"time_zone": "Europe/Berln"}, "time_zone: 'Europe/Berln' is no time zone; write, for example, Europe/Berlin"),
        ({"time_zone": "Europe"}, "time_zone: 'Europe' is no time zone"),
        ({"time_zone": "+99:00"}, "time_zone: '+99:00' is no time zone"),
        ({"due": {"pooling": "2026-11-05 23:59 Berlin"}}, "due of pooling: 'Berlin' is no time zone"),
        (
            {"due": {"pooling": "2026-11-05"}},
            "due of pooling: '2026-11-05' has no hour; write it so: 2026-11-05 23:59 +",
        ),
        ({"due": {"pooling": date(2026, 11, 5)}}, "due of pooling: '2026-11-05' has no hour"),
        ({"due": {"pooling": "05.11.2026 23:59"}}, "due of pooling: '05.11.2026 23:59' is not a time with the year fi"),
        ({"due": {"pooling": "2026-11-31 23:59"}}, "due of pooling: '2026-11-31 23:59' is no time that there is"),
        ({"due": {"pooling": "2026-03-29 02:30"}}, "due of pooling: '2026-03-29 02:30' is skipped or comes twice"),
        ({"due": {"pooling": "2026-10-25 02:30"}}, "due of pooling: '2026-10-25 02:30' is skipped or comes twice"),
        ({"extensions": {"pooling": {"bert": "soon"}}}, "extensions of pooling: 'soon' is not a time with the year fi"),
    ],
)
def test_a_name_or_a_time_that_does_not_exist_is_named(told, says):
    assert raises(**{"time_zone": "Europe/Berlin", **told}).startswith(f"c.HBCourse.{says}")


@pytest.mark.parametrize("section", ["HBcourse", "Hbcourse", "hbcourse", "HBCourses", "HB_Course", "HCourse"])
def test_another_spelling_of_the_section_is_named(section):
    loaded = Config({section: {"due": {}}})
    with pytest.raises(CourseError, match=rf"^c\.{section} is no section of nbgrader_config.py; write c.HBCourse\.$"):
        config.read(loaded, ASSIGNMENTS, STUDENTS)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("c.HBCourse.due = {", "nbgrader_config.py, line 2: SyntaxError: '{' was never closed"),
        ("c.HBCourse.due = {pooling: 1}", "nbgrader_config.py, line 2: NameError: name 'pooling' is not defined"),
        ("c.HBCourse.due['pooling'] = 1", "nbgrader_config.py, line 2: TypeError: "),
        ("c.HBCourse = 1", "nbgrader_config.py, line 2: ValueError: "),
        (
            "import no_such_package",
            "nbgrader_config.py, line 2: ModuleNotFoundError: No module named 'no_such_package'",
        ),
        ("c.AssignLatePenalties.plugin_class = 'nowhere.Late'", "nbgrader_config.py: "),
        ("c.AssignLatePenalties.plugin_class = 'half.Late'", "half.py, line 1: SyntaxError: '(' was never closed"),
        ("c.AssignLatePenalties.penalty_method = 7\nc.LimitOutput.max_lines = 'x'", "nbgrader_config.py: TraitError: "),
        ("c.Exchange.root = 7\nc.CourseDirectory.db_url = 7", "nbgrader_config.py: TraitError: "),
    ],
)
def test_a_configuration_that_cannot_be_used_gets_one_sentence(tmp_path, monkeypatch, line, says):
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "half.py").write_text("class Late(\n")
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
    with pytest.raises(CourseError) as caught, gradebook.opened(Course(tmp_path)):
        pass
    assert str(caught.value).startswith(str(tmp_path / says))
    assert "\n" not in str(caught.value)
    assert " at 0x" not in str(caught.value)
