"""What the settings of a course decide for all who handed in: due dates, extensions, and tasks that count otherwise.

Each is a line in ``nbgrader_config.py``, and undone by taking the line out::

    c.HBCourse.due = {"pooling": "2026-11-05 23:59 +01:00"}
    c.HBCourse.extensions = {"pooling": {"ada": "2026-11-12 23:59 +01:00"}}
    c.HBCourse.dropped = {"pooling": ["share"]}
    c.HBCourse.full_marks = {"pooling": ["rates"]}
    c.HBCourse.time_zone = "Europe/Berlin"
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import Assignment, BaseCell, Gradebook, GradeCell, Notebook, SubmittedAssignment, TaskCell
from sqlalchemy import Column, DateTime, Float, MetaData, String, Table, delete, insert, select
from sqlalchemy.orm import with_polymorphic

from .. import CourseError
from . import times
from .rows import Rows

_TABLES = MetaData()
#: What stood in nbgrader's rows before a setting took its place.
_BEFORE = Table(
    "hbcourse_before",
    _TABLES,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("due", DateTime),
    Column("extension", Float),
)


@dataclass(frozen=True)
class Settled:
    """What is settled for one assignment.

    Attributes
    ----------
    due : datetime or None
        In UTC; None where nbgrader's own stands.
    extensions : mapping from student to datetime
        Until when each may hand in.
    dropped, full_marks : tuple of names of parts
        What counts for nobody, and what everyone whose notebook was run gets.
    max_points : mapping from part to points
        What each gives at most.
    """

    due: datetime | None
    extensions: Mapping[str, datetime]
    dropped: tuple[str, ...]
    full_marks: tuple[str, ...]
    max_points: Mapping[str, float]

    @property
    def parts(self) -> dict[str, str]:
        """The parts whose points a setting decides, and which one; a task that is dropped gives no full marks."""
        return dict.fromkeys(self.full_marks, "full_marks") | dict.fromkeys(self.dropped, "dropped")


def time_zone(config: Mapping[str, Any]) -> str:
    """What stands for a zone in times that have none."""
    return str(config.get("HBCourse", {}).get("time_zone", ""))


def of(told: Mapping[str, Any], assignment: str, points: Mapping[str, float]) -> Settled:
    """What the settings say of an assignment whose parts give so many points, or :class:`CourseError`."""
    zone = told.get("time_zone", "")
    due, dropped, full_marks = (told.get(name, {}).get(assignment, ()) for name in ("due", "dropped", "full_marks"))
    return Settled(
        due=_time("due", assignment, due, zone) if due else None,
        extensions={
            student: _time("extensions", assignment, until, zone)
            for student, until in told.get("extensions", {}).get(assignment, {}).items()
        },
        dropped=(gone := tuple(_parts("dropped", assignment, dropped, points))),
        full_marks=tuple(_parts("full_marks", assignment, full_marks, points)),
        max_points={part: 0.0 if part in gone else most for part, most in points.items()},
    )


def last_time(told: Mapping[str, Any], assignment: str, own: datetime | None) -> datetime | None:
    """Until when anyone may hand in, in UTC; ``own`` is nbgrader's due date, and None is returned if there is none."""
    zone, due = told.get("time_zone", ""), told.get("due", {}).get(assignment)
    until = _time("due", assignment, due, zone) if due else own
    extended = told.get("extensions", {}).get(assignment, {}).values()
    return max([until, *(_time("extensions", assignment, time, zone) for time in extended)]) if until else None


def _time(setting: str, assignment: str, time: object, zone: str) -> datetime:
    try:
        return times.parse(str(time), zone)
    except ValueError as error:
        raise CourseError(f"c.HBCourse.{setting} of {assignment}: {error}") from None


def _parts(setting: str, assignment: str, names: str | Sequence[str], parts: Mapping[str, float]) -> Iterator[str]:
    """The parts of these names, which may be those of tasks or of their tests."""
    for name in [names] if isinstance(names, str) else names:
        found = [part for part in (name, f"test_{name}") if part in parts]
        if not found:
            tasks = ", ".join(part.removeprefix("test_") for part in parts)
            raise CourseError(f"c.HBCourse.{setting}: {assignment} has no task {name!r}; it has: {tasks}.")
        yield found[0]


def create(gradebook: Gradebook) -> None:
    """Make the table of what stood before, where it is not there yet."""
    _TABLES.create_all(gradebook.engine)


def apply(gradebook: Gradebook, name: str, settled: Settled) -> None:
    """Put due date, extensions and what each part gives at most into nbgrader's rows; put back what is not set."""
    assignment = gradebook.db.scalars(select(Assignment).where(Assignment.name == name)).one()
    before = {row.student: row for row in gradebook.db.execute(select(_BEFORE).where(_BEFORE.c.assignment == name))}
    if settled.due is not None:
        if "" not in before:
            _remember(gradebook, name, "", due=assignment.duedate)
        assignment.duedate = settled.due
    elif "" in before:
        assignment.duedate = before[""].due
    if settled.extensions and assignment.duedate is None:
        raise CourseError(f"c.HBCourse.extensions: {name} has no due date; set one: c.HBCourse.due")
    for submission in gradebook.db.scalars(
        select(SubmittedAssignment).where(SubmittedAssignment.assignment_id == assignment.id)
    ):
        if submission.student_id in settled.extensions:
            extend(gradebook, submission, settled)
        elif submission.student_id in before:
            seconds = before[submission.student_id].extension
            submission.extension = None if seconds is None else timedelta(seconds=seconds)
    gone = [key for key in before if (settled.due is None if key == "" else key not in settled.extensions)]
    gradebook.db.execute(delete(_BEFORE).where(_BEFORE.c.assignment == name, _BEFORE.c.student.in_(gone)))
    for cell in _cells(gradebook, assignment):
        if cell.name in settled.max_points:
            cell.max_score = settled.max_points[cell.name]


def extend(gradebook: Gradebook, submission: SubmittedAssignment, settled: Settled) -> None:
    """Give the submission of a student who has an extension that extension."""
    assignment, student = submission.assignment, submission.student_id
    known = select(_BEFORE.c.student).where(_BEFORE.c.assignment == assignment.name, _BEFORE.c.student == student)
    if gradebook.db.execute(known).first() is None:
        earlier = submission.extension
        seconds = earlier.total_seconds() if earlier else None
        _remember(gradebook, assignment.name, student, extension=seconds)
    submission.extension = settled.extensions[student] - assignment.duedate


def _remember(gradebook: Gradebook, name: str, student: str, **stood: Any) -> None:
    gradebook.db.execute(insert(_BEFORE).values(assignment=name, student=student, **stood))


def _cells(gradebook: Gradebook, assignment: Assignment) -> Iterator[Any]:
    cell = with_polymorphic(BaseCell, [GradeCell, TaskCell])
    of_assignment = select(cell).join(Notebook, Notebook.id == cell.notebook_id)
    for found in gradebook.db.scalars(of_assignment.where(Notebook.assignment_id == assignment.id)):
        if isinstance(found, GradeCell | TaskCell):
            yield found


def settle(rows: Rows, settled: Settled) -> None:
    """Give the parts that are settled their points; full marks lower no mark that is higher, and keep extra credit."""
    for part, setting in settled.parts.items():
        grade = rows.grades[part]
        if setting == "dropped":
            grade.auto_score, grade.extra_credit = 0.0, None
        else:
            grade.auto_score = max(rows.max_points[part], grade.manual_score or 0.0)
        grade.manual_score, grade.needs_manual_grade = None, False
