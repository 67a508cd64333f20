"""The list of a course's students, as a platform exports it or an instructor types it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...variants import normalised
from .. import CourseError

#: What the columns are called, by platforms and by people, in the order in which they are believed.
_COLUMNS = {
    "id": (
        "student_id",
        "student id",
        "student number",
        "matriculation number",
        "matrikelnummer",
        "username",
        "user name",
        "anmeldename",
        "sis login id",
        "login",
        "sis user id",
        "id number",
        "id-nummer",
        "id",
    ),
    "name": ("name", "full name", "vollständiger name", "student", "student name"),
    "first_name": ("first name", "first_name", "firstname", "given name", "vorname"),
    "last_name": ("last name", "last_name", "lastname", "surname", "family name", "nachname"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail", "e-mail-adresse"),
    "platform_id": ("platform id", "platform_id", "lms_user_id", "lms id", "user id", "id"),
    "section": ("section", "group", "groups", "class", "department", "gruppe", "gruppen"),
}
_HEADINGS = {heading for headings in _COLUMNS.values() for heading in headings}
#: Ids of which none is more likely than the others to be the name of a folder.
_RIVALS = {*_COLUMNS["id"][:5], "id number", "id-nummer"}
_SAVE = "save it as CSV UTF-8 (in Excel: Save As, CSV UTF-8)"
#: By whom Canvas has teachers try a course.
_NOBODY = "Student, Test"


@dataclass(frozen=True)
class Student:
    """One student of the list; what it does not tell is empty."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    platform_id: str = ""
    section: str = ""


def read(file: Path) -> list[Student]:
    """The students in a text or CSV file: one id a line, or columns with a heading."""
    rows = _rows(file)
    if not rows:
        raise CourseError(f"{file} lists no students; write one id a line, or columns with a heading.")
    columns = _columns(file, rows[0][1])
    width = len(rows[0][1]) if columns else 1
    for number, row in rows:
        if any(cell.strip() for cell in row[width:]):
            raise CourseError(
                f"Line {number} of {file} has more cells than its first line; put a cell that holds a comma, or what "
                "else separates the cells, in quotation marks."
            )
    rows = _without_canvas(rows[1:], columns) if columns else rows
    students: dict[str, tuple[int, Student]] = {}
    for number, row in rows:
        student = _student(columns or {"id": 0}, row)
        if problem := _problem(student.id) or _unlikely(student):
            raise CourseError(f"Line {number} of {file}: {problem}.")
        same = normalised(student.id)
        if same in students:
            earlier, other = students[same]
            raise CourseError(
                f"Line {number} of {file}: {student.id!r} is the same student as {other.id!r} in line {earlier}."
            )
        students[same] = number, student
    if not students:
        raise CourseError(f"{file} lists no students below its heading.")
    return [student for _, student in students.values()]


def _rows(file: Path) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, with the numbers of their lines."""
    content = file.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise CourseError(f"{file} is a workbook; {_SAVE}.")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        lines = content.decode(encoding).splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise CourseError(f"{file} is not a text file in UTF-8 (byte {error.start}); {_SAVE}.") from None
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=max(",;\t", key=first.count), strict=True)
    rows, line = [], 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise CourseError(f"Line {line} of {file}: its quotation marks do not match ({error}).") from None
    return rows


def _without_canvas(rows: Sequence[tuple[int, list[str]]], columns: Mapping[str, int]) -> list[tuple[int, list[str]]]:
    """The rows without those that Canvas adds: points possible, what stands above them, and its test student."""
    totals = [at for at, (_, row) in enumerate(rows) if row[0].strip().casefold().startswith("points possible")]
    if not totals:
        return list(rows)
    told = [{what: row[at].strip() if at < len(row) else "" for what, at in columns.items()} for _, row in rows]
    return [
        row
        for at, row in enumerate(rows)
        if at not in totals and (at > totals[0] or any(told[at].values())) and told[at].get("name") != _NOBODY
    ]


def _columns(file: Path, first: Sequence[str]) -> dict[str, int]:
    """Which column holds what; none where the first row is a student's."""
    headings = [cell.strip().casefold() for cell in first]
    if not _HEADINGS & set(headings):
        if len(headings) > 1:
            raise CourseError(
                f"{file} has {len(headings)} columns and no heading that says what they are; "
                "name them in its first line, such as: id,name,email,section"
            )
        return {}
    twice = [name for name in headings if name in _HEADINGS and headings.count(name) > 1]
    rivals = [name for name in headings if name in _RIVALS]
    if twice or len(rivals) > 1:
        raise CourseError(
            f"{file} has several columns that may hold the same: {', '.join(twice or rivals)}; call the one "
            "by which students hand in: id, and leave out the others."
        )
    # Canvas calls a name "Student", and a number of its own "ID".
    if "id" not in headings and "student" in headings and not {"sis login id", "sis user id"} & set(headings):
        headings[headings.index("student")] = "student_id"
    found = {
        what: headings.index(name) for what, names in _COLUMNS.items() for name in reversed(names) if name in headings
    }
    if "id" not in found:
        raise CourseError(
            f"{file} has no column with the ids by which students hand in (its columns: "
            f"{', '.join(cell.strip() for cell in first)}); call that column: id"
        )
    if found.get("platform_id") == found["id"]:
        del found["platform_id"]
    return found


def _student(columns: Mapping[str, int], row: Sequence[str]) -> Student:
    told = {what: row[at].strip() if at < len(row) else "" for what, at in columns.items()}
    if name := told.pop("name", ""):
        # "Last, First", or "First Last".
        last, comma, first = name.partition(",")
        first, last = (first, last) if comma else (name.rpartition(" ")[0], name.rpartition(" ")[2])
        told = {"first_name": first.strip(), "last_name": last.strip()} | {k: v for k, v in told.items() if v}
        told.setdefault("id", "")
    return Student(**told)


def _unlikely(student: Student) -> str:
    """What shows that the cells of a row are not in their columns, or nothing."""
    if student.email and "@" not in student.email:
        return f"{student.email!r} is no e-mail address; put a cell that holds a comma in quotation marks"
    if "\n" in "".join(vars(student).values()):
        return "one of its cells goes on in the next line; a quotation mark is missing"
    return ""


def _problem(student: str) -> str:
    """Why this cannot be the name of a student's folder, or nothing."""
    if not student:
        return "there is no id in it"
    if taken := sorted(set(student) & set('/\\*?[]<>:|",')):
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
