"""The single writer: brings records into nbgrader's gradebook, ``autograded`` and ``feedback``; and the table."""

import contextlib
import copy
import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from nbgrader.utils import is_grade, is_solution, is_task, parse_utc

from . import feedback, rows, storage
from .cells import DropCopies
from .course import nbgrader_api
from .harmless import HarmlessOutputs, writable
from .parts import Part, graded_cells, message
from .records import Record
from .rows import Rows, Standing

_TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class Result:
    """What became of one submission: its parts, and the problem that kept it, or its feedback, from being made."""

    student: str
    assignment: str
    parts: tuple[Part, ...]
    problem: str = ""

    @property
    def score(self) -> float:
        """Points so far; answers that a person still has to read count as zero."""
        return sum(part.points or 0 for part in self.parts)

    @property
    def max_score(self) -> float:
        return sum(part.max_points for part in self.parts)

    @property
    def to_read(self) -> int:
        """Answers that a person still has to read."""
        return sum(part.points is None for part in self.parts)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator["Book"]:
    """The course, ready for records; :class:`CourseError` says what to do if it cannot be written to."""
    api = nbgrader_api(folder)
    storage.probe(folder, api.coursedir.db_url)
    with storage.explained(folder):
        gradebook = api.gradebook
    with gradebook:
        storage.wait_for_others(gradebook.engine)
        yield Book(folder, api, gradebook)


class Book:
    """A course that is open for writing, with what nbgrader would make anew for each submission."""

    def __init__(self, folder: Path, api: NbGraderAPI, gradebook: Gradebook) -> None:
        self.folder = folder
        self.gradebook = gradebook
        self._pages = feedback.Pages(api)
        self._penalties = AssignLatePenalties(parent=api)
        self._penalties.init_plugin()
        self._steps = [DropCopies(parent=api), LimitOutput(parent=api), HarmlessOutputs(parent=api)]
        self._permissions = int(str(Autograde(coursedir=api.coursedir, parent=api).permissions), 8)

    def read(self, record: Record) -> Result | None:
        """What the gradebook holds of a record that was brought in before, marks given by hand since then included."""
        with self._session():
            found = rows.find(self.gradebook, record.assignment, record.student)
            return _result(record, rows.standing(self.gradebook, found), []) if found else None

    def write(self, record: Record) -> Result:
        """Bring a record in: rows, notebook and page. To do it again, even if it was cut short, adds nothing more."""
        time, time_text, problem = _handed_in_at(
            self.folder / "submitted" / record.student / record.assignment / _TIMESTAMP
        )
        file = self.folder / "autograded" / record.student / record.assignment / f"{record.assignment}.ipynb"
        with self._session():
            storage.begin(self.gradebook.db)
            found = rows.find_or_add(self.gradebook, record.assignment, record.student)
            if time is not None:
                found.submission.timestamp = time
            notebook = self._kept(record, found)
            scoring = self._mark(found, notebook, file)
            standing = rows.standing(self.gradebook, found)
            # The rows first: should this end here, the next run still sees by the old notebook what has changed.
            self.gradebook.db.commit()
            if notebook is None:
                # Nobody is to mark an answer that has been replaced by a file that cannot be read.
                file.unlink(missing_ok=True)
            else:
                storage.replace(file, nbformat.writes(notebook), self._permissions)
            page = feedback.path(self.folder, record.assignment, record.student)
            unwritten = self._write_page(page, record, notebook, standing)
            for folder, permissions in ((file.parent, self._permissions), (page.parent, self._pages.permissions)):
                if time_text and folder.is_dir():
                    storage.replace(folder / _TIMESTAMP, time_text, permissions)
        return _result(record, standing, [problem, scoring, unwritten])

    @contextlib.contextmanager
    def _session(self) -> Iterator[None]:
        with storage.explained(self.folder):
            try:
                yield
            finally:
                self.gradebook.db.rollback()

    def _kept(self, record: Record, found: Rows) -> NotebookNode | None:
        """The notebook as it goes into ``autograded``."""
        if record.notebook is None:
            return None
        notebook = copy.deepcopy(record.notebook)
        if record.problem:
            notebook.cells.insert(0, new_markdown_cell(f"**{record.problem}**", id="problem"))
        for cell in notebook.cells:
            cell.source = writable(cell.source)
            name = (cell.metadata.get("nbgrader") or {}).get("grade_id")
            graded, answered = is_grade(cell) or is_task(cell), is_solution(cell) or is_task(cell)
            if (graded and name not in found.grades) or (answered and name not in found.comments):
                del cell.metadata["nbgrader"]
        for step in self._steps:
            notebook, _ = step(notebook, {})
        return notebook

    def _mark(self, found: Rows, notebook: NotebookNode | None, file: Path) -> str:
        if notebook is None:
            rows.reject(found)
            return ""
        by_hand = any(grade.manual_score is not None for grade in found.grades.values())
        problem = rows.mark(found, notebook, _read(file) if by_hand else None)
        rows.penalize(self.gradebook, found, self._penalties)
        return problem

    def _write_page(self, page: Path, record: Record, notebook: NotebookNode | None, standing: Standing) -> str:
        """Write the feedback page, or return the problem with it."""
        try:
            if notebook is None:
                text = feedback.page_of_rejected(record.assignment, record.problem)
            else:
                text = self._pages.page(notebook, record.assignment, record.student, standing)
            storage.replace(page, text, self._pages.permissions)
        except Exception as error:
            if isinstance(error, OSError) and storage.is_fatal(error):
                raise
            # An older page would tell of other marks.
            with contextlib.suppress(OSError):
                page.unlink()
            return f"Graded, but its feedback page could not be written: {type(error).__name__}: {error}"
        return ""


def _handed_in_at(file: Path) -> tuple[datetime | None, str, str]:
    """The time in a submission's ``timestamp.txt``, its text, and the problem with it."""
    if not os.path.isfile(file) or file.is_symlink():
        return None, "", ""
    try:
        with file.open("rb") as stream:
            text = stream.read(200).decode("utf-8", "replace")
    except PermissionError:
        return None, "", f"Its {_TIMESTAMP} cannot be read, so it is not known whether it is late."
    try:
        return (parse_utc(text.strip()), text, "") if text.strip() else (None, "", "")
    except (ValueError, OverflowError):
        return None, "", f"Its {_TIMESTAMP} holds no time, so it is not known whether it is late."


def _read(file: Path) -> NotebookNode | None:
    try:
        return nbformat.read(file, as_version=4)
    except (FileNotFoundError, ValueError, AttributeError, nbformat.ValidationError):
        return None


def _result(record: Record, standing: Standing, problems: Sequence[str]) -> Result:
    first = f"Not graded: {record.problem}" if record.notebook is None else record.problem
    cells = [] if record.notebook is None else graded_cells(record.notebook)
    messages = {cell.metadata.nbgrader.grade_id: message(cell) for cell in cells}
    parts = tuple(
        Part(name, None if name in standing.to_read else standing.points[name], most, messages.get(name, ""))
        for name, most in standing.max_points.items()
    )
    return Result(record.student, record.assignment, parts, " ".join(filter(None, [first, *problems])))


def export(results: Sequence[Result], path: Path) -> None:
    """One row a submission, with a column for each part."""
    names = [part.name for part in results[0].parts]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["student", "assignment", "score", "max_score", "to_read", *names, "problem", "remarks"])
        for result in results:
            points = {part.name: "" if part.points is None else part.points for part in result.parts}
            remarks = " | ".join(f"{part.name}: {part.message}" for part in result.parts if part.message)
            table.writerow(
                [_plain(result.student), _plain(result.assignment), result.score, result.max_score, result.to_read]
                + [points.get(name, "") for name in names]
                + [_plain(result.problem), _plain(remarks)]
            )


def _plain(text: str) -> str:
    """The text, in a form that no spreadsheet takes for a formula."""
    text = writable(text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
