"""Grades what was handed in: many submissions at once, one record for each, one writer into the gradebook."""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from .. import __version__
from . import CourseError, gradebook, preflight, records, sandbox, storage, template
from .changes import Change, changes
from .course import nbgrader_api
from .executors import Grader, grader
from .gradebook import Result
from .options import Options
from .pool import Job, Lost, Outcome
from .records import Record

#: Of a student's folder, in bytes: files with longer names are made of it.
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Graded:
    """One submission's result; whether it was graded now; and which of its marks changed, if it was before."""

    result: Result
    fresh: bool = True
    changes: Sequence[Change] = ()


def submissions(folder: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Pairs of (assignment, student) to grade; and what else lies in ``submitted``, with the reason it is left out."""
    released = nbgrader_api(folder).get_source_assignments()
    found, strays = [], []
    # Not by glob, which overlooks names with a line break.
    paths = [path for student in _inside(folder / "submitted") for path in _inside(student)]
    for path in sorted(paths, key=lambda path: (path.name, path.parent.name)):
        if path.name.startswith((".", "__")):
            continue
        where = path.relative_to(folder)
        if not path.parent.name.isprintable() or len(os.fsencode(path.parent.name)) > _LONGEST_NAME:
            strays.append(f"{where}: the name of a student's folder is too long, or not to be printed")
        elif set("*?[]") & set(path.parent.name):
            strays.append(f"{where}: nbgrader takes no *, ?, [ or ] in the name of a student's folder")
        elif path.is_symlink() or path.parent.is_symlink():
            strays.append(f"{where}: a link is not followed; put the folder itself there")
        elif not path.is_dir():
            strays.append(f"{where}: a notebook belongs into a folder with the name of its assignment")
        elif path.name not in released:
            strays.append(f"{where}: there is no such assignment in this course")
        else:
            found.append((path.name, path.parent.name))
    if not found:
        place = f"{folder}/submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb"
        raise CourseError("; ".join([f"There is nothing to grade: put notebooks at {place}", *strays]))
    return found, strays


def _inside(folder: Path) -> list[Path]:
    """What is in a folder, if it is one and can be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def of_assignments(found: Sequence[tuple[str, str]], options: Options) -> list[tuple[str, str]]:
    """The submissions to the assignments that the options name."""
    for what, names, there in (
        ("assignment", options.assignments, {assignment for assignment, _ in found}),
        ("student", options.students, {student for _, student in found}),
    ):
        if unknown := [name for name in names if name not in there]:
            raise CourseError(f"Nothing was handed in for {what} {unknown[0]!r}; there is: {', '.join(sorted(there))}.")
    return [
        (assignment, student) for assignment, student in found if assignment in (options.assignments or [assignment])
    ]


def grade(folder: Path, options: Options = Options(), started: Grader | None = None) -> Iterator[Graded]:
    """Grade each submission that is new or has changed, and yield the result of each, new or not.

    Without a grader that has been ``started`` early, one is started when the first submission needs it.
    """
    wanted = of_assignments(submissions(folder)[0], options)
    if not options.trusted and sandbox.holds(folder):
        raise CourseError(f"{folder} lies among Python's own files, which submissions can read; move it elsewhere.")
    with (
        storage.explained(folder),
        _only_one(folder),
        gradebook.opened(folder) as book,
        contextlib.ExitStack() as stack,
    ):
        course = _Course(folder, book, wanted)
        running: dict[Future[Outcome], tuple[Record, Record | None]] = {}
        for assignment, student in wanted:
            kept = records.read(folder, assignment, student)
            if student not in (options.students or [student]):
                # Not asked for, but in the tables that are made of the whole class.
                if kept is not None:
                    yield Graded(course.result(kept), fresh=False)
                continue
            record, job = course.prepare(assignment, student)
            if kept is not None and kept.key == record.key and not options.regrade:
                yield Graded(course.result(kept), fresh=False)
            elif job is None:
                yield course.enter(record, kept)
            else:
                started = started or stack.enter_context(grader(folder, course.templates, options))
                # No more than are soon needed: a class may be large.
                if len(running) >= 2 * started.at_once:
                    yield from _finish(course, running)
                running[started.submit(job)] = record, kept
        while running:
            yield from _finish(course, running)


def _finish(course: "_Course", running: dict[Future[Outcome], tuple[Record, Record | None]]) -> Iterator[Graded]:
    """Wait for at least one submission, and enter what came of it."""
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        record, kept = running.pop(future)
        try:
            outcome = future.result()
        except Lost as lost:
            # Nothing is kept of it, so that the next run tries it again.
            yield Graded(Result(record.student, record.assignment, (), str(lost)))
            continue
        notebook = nbformat.from_dict(json.loads(outcome.notebook))
        done = replace(record, notebook=notebook, problem=outcome.problem, seconds=outcome.seconds)
        try:
            graded = course.enter(done, kept)
        except (CourseError, OSError):
            raise
        except Exception as error:
            # One submission is not to stop the others, whatever it is that nobody has thought of.
            problem = f"its notebook cannot be written ({type(error).__name__})."
            graded = course.enter(replace(record, problem=problem), kept)
        yield graded


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """One run at a time; the lock goes with the process that has it."""
    (folder / ".hbcourse").mkdir(exist_ok=True)
    with open(folder / ".hbcourse" / "lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(f"Another hbcourse grade is at work in {folder}; wait until it is done.") from None
        yield


class _Course:
    """What is to be graded, read from the course's folder."""

    def __init__(self, folder: Path, book: gradebook.Book, wanted: Sequence[tuple[str, str]]) -> None:
        self.folder, self.book = folder, book
        self.templates = {name: template.read(folder, book.gradebook, name) for name in {name for name, _ in wanted}}
        self.fingerprints = {name: template.fingerprint for name, template in self.templates.items()}

    def prepare(self, assignment: str, student: str) -> tuple[Record, Job | None]:
        """The record to be, and the job that completes it; no job if the file cannot be graded."""
        key = {"notebook": "", "exercise": self.fingerprints[assignment], "package": __version__}
        path = self.folder / "submitted" / student / assignment / f"{assignment}.ipynb"
        try:
            others = sorted(other.name for other in path.parent.glob("*.ipynb"))
            if others and not os.path.lexists(path):
                raise preflight.Rejected(f"{path.name} is missing; there is {others[0]}, which must be renamed to it.")
            content, submitted = preflight.read(path)
        except preflight.Rejected as rejection:
            # The reason stands for the file: it may be unreadable or too large to be hashed.
            key["notebook"] = hashlib.sha256(str(rejection).encode()).hexdigest()
            return Record(assignment, student, key, None, str(rejection)), None
        key["notebook"] = hashlib.sha256(content).hexdigest()
        given = self.templates[assignment]
        notebook = preflight.rebuild(given.notebook, submitted)
        return Record(assignment, student, key, None), Job(student, json.dumps(notebook), given.files)

    def enter(self, record: Record, before: Record | None) -> Graded:
        """Keep the record, then bring it into the gradebook; whatever stops this in between, the next run goes on."""
        records.write(self.folder, record)
        return Graded(self._write(record), changes=changes(before, record) if before else ())

    def result(self, record: Record) -> Result:
        """What the gradebook holds of a record, which is brought in first if it is not there."""
        entered = records.is_entered(self.folder, record)
        return (self.book.read(record) if entered else None) or self._write(record)

    def _write(self, record: Record) -> Result:
        result = self.book.write(record)
        records.mark_entered(self.folder, record)
        return result
