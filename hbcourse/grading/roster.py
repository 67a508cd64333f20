"""The list of a course's students, as instructors have it."""

import csv
from pathlib import Path

from ..variants import normalised
from . import CourseError

_HEADERS = ("id", "student", "student_id")


def read(file: Path) -> list[str]:
    """The ids in the first column of a text or CSV file, whose first line may be a header."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CourseError(f"{file} is not a text file in UTF-8 (byte {error.start}).") from None
    delimiter = next((mark for mark in ",;\t" if lines and mark in lines[0]), ",")
    students: dict[str, tuple[int, str]] = {}
    for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
        student = row[0].strip() if row else ""
        if not any(row) or (number == 1 and student.casefold() in _HEADERS):
            continue
        if problem := _problem(student):
            raise CourseError(f"Line {number} of {file}: {problem}.")
        same = normalised(student)
        if same in students:
            earlier, other = students[same]
            raise CourseError(
                f"Line {number} of {file}: {student!r} is the same student as {other!r} in line {earlier}."
            )
        students[same] = number, student
    if not students:
        raise CourseError(f"{file} lists no students; write one id a line.")
    return [student for _, student in students.values()]


def _problem(student: str) -> str:
    """Why this cannot be the name of a student's folder, or nothing."""
    if taken := sorted(set(student) & set('/\\*?[]<>:|"')):
        return f"the id {student!r} holds {taken[0]!r}, which the name of a folder may not"
    if student.startswith((".", "__")) or student.endswith("."):
        return f"the id {student!r} begins or ends as the name of a student's folder may not"
    if not student.isprintable() or len(student.encode()) > 200:
        return f"the id {student!r:.40} is too long for the name of a folder, or holds characters that are not printed"
    try:
        normalised(student)
    except ValueError:
        return f"{student!r} is no student's id"
    return ""
