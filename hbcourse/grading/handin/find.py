"""What lies in a course's folder for submissions: what is to be graded, and what is not, and why."""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from .. import CourseError
from ..course.folder import Submission

#: Of a student's folder, in bytes: files with longer names are made of it.
_LONGEST_NAME = 200


def find(inbox: Path, assignments: Collection[str]) -> tuple[list[Submission], list[str]]:
    """The submissions to these assignments; and what else lies in ``inbox``, with the reason it is left out."""
    found, strays = [], []
    for path in sorted(_folders(inbox), key=lambda path: (path.name, path.parent.name)):
        if reason := _no_student(path) if path.parent == inbox else _problem(path, assignments):
            strays.append(f"{path.relative_to(inbox.parent)}: {reason}")
        else:
            found.append(Submission(path.name, path.parent.name))
    if not found:
        place = f"{inbox}/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb"
        raise CourseError("; ".join([f"There is nothing to grade: put notebooks at {place}", *strays]))
    return found, strays


def _folders(inbox: Path) -> Iterator[Path]:
    # Not by glob, which overlooks names with a line break.
    for student in _inside(inbox):
        inside = [path for path in _inside(student) if not path.name.startswith((".", "__"))]
        if inside or student.is_dir() or not student.name.startswith("."):
            yield from inside or [student]


def _no_student(path: Path) -> str:
    if path.is_dir():
        return "there is nothing in this folder"
    return "what a student hands in belongs into a folder with the student's name, and one for the assignment in it"


def _problem(path: Path, assignments: Collection[str]) -> str:
    """Why this is no submission; empty if it is one."""
    student = path.parent.name
    if not student.isprintable() or len(os.fsencode(student)) > _LONGEST_NAME:
        return "the name of a student's folder is too long, or not to be printed"
    if set("*?[]") & set(student):
        return "nbgrader takes no *, ?, [ or ] in the name of a student's folder"
    if path.is_symlink() or path.parent.is_symlink():
        return "a link is not followed; put the folder itself there"
    if not path.is_dir():
        return "a notebook belongs into a folder with the name of its assignment"
    if path.name not in assignments:
        return "there is no such assignment in this course"
    return ""


def _inside(folder: Path) -> list[Path]:
    """What is in a folder, if it is one and can be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def of(found: Sequence[Submission], assignments: Sequence[str], students: Sequence[str]) -> list[Submission]:
    """The submissions to these assignments, or to all; an error if one of the assignments or students has none."""
    for what, names, there in (
        ("assignment", assignments, {one.assignment for one in found}),
        ("student", students, {one.student for one in found}),
    ):
        if unknown := [name for name in names if name not in there]:
            raise CourseError(f"Nothing was handed in for {what} {unknown[0]!r}; there is: {', '.join(sorted(there))}.")
    return [one for one in found if one.assignment in (assignments or [one.assignment])]
