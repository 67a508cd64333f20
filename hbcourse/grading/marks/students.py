"""The students of the list, in nbgrader's gradebook."""

import json
from collections.abc import Collection, Sequence

from nbgrader.api import Student as Row

from ..course.config import closest
from ..course.folder import Course
from ..course.roster import Student
from . import atomic, storage


def enter(course: Course, students: Sequence[Student]) -> str:
    """Make nbgrader's students of these, all or none; return in a sentence what that changed."""
    new = changed = 0
    storage.probe(course.folder, course.api.coursedir.db_url)
    with course.locked(), storage.explained(course.folder), course.api.gradebook as gradebook:
        storage.begin(gradebook.db)
        there = {row.id: row for row in gradebook.db.query(Row)}
        for student in students:
            row = there.get(student.id)
            if row is None:
                gradebook.db.add(row := Row(id=student.id))
                new += 1
            told = {
                "first_name": student.first_name,
                "last_name": student.last_name,
                "email": student.email,
                "lms_user_id": student.platform_id,
            }
            # What a list does not tell is not taken away.
            differing = {key: value for key, value in told.items() if value and getattr(row, key) != value}
            changed += bool(differing) and student.id in there
            for key, value in differing.items():
                setattr(row, key, value)
        others = sorted(set(there) - {student.id for student in students})
        gradebook.db.commit()
    earlier = sections(course)
    atomic.write(course.sections, json.dumps(earlier | {s.id: s.section or earlier.get(s.id, "") for s in students}))
    told_others = f"; not in the list, and left as they are: {', '.join(others)}" if others else ""
    return f"{len(students)} students: {new} new, {changed} changed{told_others}."


def sections(course: Course) -> dict[str, str]:
    """The section of each student of the class list; empty where it does not tell."""
    try:
        return dict(json.loads(course.sections.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def remarks(student: str, listed: Collection[str]) -> tuple[str, ...]:
    """What is to be said of a folder that belongs to no student of the class list, where there is one."""
    if not listed or student in listed:
        return ()
    meant = closest(student, listed)
    return (f"{student} is not in the class list{f'; is it {meant}?' if meant else '.'}",)
