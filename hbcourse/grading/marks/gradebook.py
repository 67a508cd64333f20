"""The single writer: brings records into nbgrader's gradebook, ``autograded`` and ``feedback``."""

import contextlib
import copy
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput

from .. import notes
from ..course import config
from ..course.folder import Course, Submission
from ..shown import feedback, plain
from ..shown.harmless import HarmlessOutputs
from . import atomic, beside, changes, ledger, results, rows, settled, storage
from .changes import Change, Told
from .ledger import Answer, Given, State
from .records import Record
from .results import Result
from .rows import Rows, Standing
from .settled import Settled
from .steps import DropCopies

#: What Markdown would not show as it stands: a sentence may hold the name of a student's file.
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|!$&~]")


@contextlib.contextmanager
def opened(course: Course) -> Iterator["Writer"]:
    """The writer of a course; :class:`CourseError` says what to do if it cannot be written to."""
    api = course.api
    storage.probe(course.folder, api.coursedir.db_url)
    with storage.explained(course.folder):
        gradebook = api.gradebook
    with gradebook, storage.explained(course.folder):
        storage.wait_for_others(gradebook.engine)
        for part in (ledger, settled):
            part.create(gradebook)
        yield Writer(course, gradebook)


class Writer:
    """Writes to a course, with what nbgrader would make anew for each submission."""

    def __init__(self, course: Course, gradebook: Gradebook) -> None:
        self.course = course
        self.gradebook = gradebook
        self.settled: dict[str, Settled] = {}
        api = course.api
        self._zone = settled.time_zone(api.config)
        with config.explained(course.config_file):
            self._pages = feedback.Pages(api)
            self._penalties = AssignLatePenalties(parent=api)
            self._penalties.init_plugin()
            self._steps = [DropCopies(parent=api), LimitOutput(parent=api), HarmlessOutputs(parent=api)]
            self._permissions = int(str(Autograde(coursedir=api.coursedir, parent=api).permissions), 8)

    def settle(self, points: Mapping[str, Mapping[str, float]], students: Collection[str]) -> None:
        """Carry out the settings for assignments of so many points a part; nbgrader may not know the students yet."""
        told = config.read(self.course.api.config, self.course.assignments(), {*students, *self.students()})
        self.settled = {assignment: settled.of(told, assignment, most) for assignment, most in points.items()}
        with self._session():
            storage.begin(self.gradebook.db)
            for assignment, decided in self.settled.items():
                settled.apply(self.gradebook, assignment, decided)
            self.gradebook.db.commit()

    def students(self) -> list[str]:
        """All students that nbgrader knows."""
        with self._session():
            return [student.id for student in self.gradebook.students]

    def read(self, record: Record) -> Result | None:
        """What the gradebook holds of a record that was brought in before, if nothing else has to be written for it.

        Marks given by hand since then are in it, and a penalty for the due date that there is now.
        """
        with self._session():
            found = rows.find(self.gradebook, record.submission)
            state = ledger.state(self.gradebook, record.submission)
            if found is None or state is None or state.settled != self._settled_parts(record):
                return None
            standing, problem = self._stand(found, record)
            result = results.of(record, standing, [problem])
            written = [self.course.page(record.submission)]
            written += [] if record.notebook is None else [self.course.graded(record.submission)]
            if state.page != results.shown(result, standing) or not all(file.exists() for file in written):
                return None
            self.gradebook.db.commit()
            return result

    def write(self, record: Record) -> Result:
        """Bring a record in: rows, notebook and page. To do it again, even if it was cut short, adds nothing more."""
        submission = record.submission
        file, page = self.course.graded(submission), self.course.page(submission)
        scoring = ""
        with self._session():
            storage.begin(self.gradebook.db)
            found = rows.find_or_add(self.gradebook, submission)
            if submission.student in self.settled[submission.assignment].extensions:
                settled.extend(self.gradebook, found.submission, self.settled[submission.assignment])
            notebook = self._kept(record, found)
            before, given = self._keep_given(submission, found, file)
            if notebook is None:
                rows.reject(found)
            else:
                scoring = rows.mark(found, notebook)
            now = ledger.answers(notebook)
            ledger.restore(found, given, now)
            if notebook is not None:
                settled.settle(found, self.settled[submission.assignment])
            standing, problem = self._stand(found, record)
            result = results.of(record, standing, [problem, scoring])
            shown = results.shown(result, standing)
            state = State(now, before.answers, self._settled_parts(record), before.told, shown)
            ledger.remember(self.gradebook, submission, state)
            # The rows first: should this end here, the next run still sees that the page is not theirs.
            self.gradebook.db.commit()
            if notebook is None:
                # Nobody is to mark an answer that has been replaced by a file that cannot be read.
                file.unlink(missing_ok=True)
            else:
                atomic.publish(file, nbformat.writes(notebook), self._permissions)
            if unwritten := self._write_page(page, result, record, notebook, standing):
                # The next run tries it again.
                ledger.remember(self.gradebook, submission, replace(state, page=""))
                self.gradebook.db.commit()
                result = replace(result, problem=" ".join(filter(None, [result.problem, unwritten])))
            for folder, permissions in ((file.parent, self._permissions), (page.parent, self._pages.permissions)):
                beside.copy(self.course.handed_in(submission), folder, permissions)
        return result

    def total(self, submission: Submission) -> float | None:
        """What counts now, as the gradebook has it."""
        with self._session():
            found = rows.find(self.gradebook, submission)
            return rows.standing(self.gradebook, found).total if found else None

    def given(self, submission: Submission) -> list[tuple[str, Given, bool]]:
        """All that people gave for any answer of this student's: for which part, and whether it stands."""
        with self._session():
            state = ledger.state(self.gradebook, submission)
            found = ledger.given(self.gradebook, submission)
        now = state.answers if state else {}
        return [(part, given, now.get(part) == answer) for (part, answer), given in found.items()]

    def changes(self, record: Record, result: Result) -> list[Change]:
        """The marks of a submission that have changed since they were last told."""
        with self._session():
            state = ledger.state(self.gradebook, record.submission)
        return changes.changes(result.student, state.told if state else {}, self._told(record, result))

    def tell(self, record: Record, result: Result) -> None:
        """Note that these are the marks that have been told."""
        with self._session():
            if state := ledger.state(self.gradebook, record.submission):
                told = changes.kept(self._told(record, result))
                ledger.remember(self.gradebook, record.submission, replace(state, told=told))
                self.gradebook.db.commit()

    def _told(self, record: Record, result: Result) -> Told:
        return changes.told(result, record, self._settled_parts(record))

    @contextlib.contextmanager
    def _session(self) -> Iterator[None]:
        with storage.explained(self.course.folder):
            try:
                yield
            finally:
                self.gradebook.db.rollback()

    def _settled_parts(self, record: Record) -> dict[str, str]:
        return {} if record.notebook is None else self.settled[record.submission.assignment].parts

    def _stand(self, found: Rows, record: Record) -> tuple[Standing, str]:
        """Where a submission stands now, and the problem with its time stamp."""
        time, problem = beside.handed_in_at(self.course.handed_in(record.submission), self._zone)
        if time is not None:
            found.submission.timestamp = time
        if record.notebook is None:
            found.notebook.late_submission_penalty = None
        else:
            rows.penalize(self.gradebook, found, self._penalties)
        self.gradebook.db.flush()
        return rows.standing(self.gradebook, found), problem

    def _keep_given(self, submission: Submission, found: Rows, file: Path) -> tuple[State, dict[Answer, Given]]:
        """Keep what people gave for the answers that the rows stand for; return what was remembered, and all that."""
        state = ledger.state(self.gradebook, submission)
        by_hand = any(grade.manual_score is not None or grade.extra_credit for grade in found.grades.values())
        by_hand |= any(comment.manual_comment for comment in found.comments.values())
        seen = ledger.answers(_read(file)) if by_hand else {}
        if state is None:
            # Of a course that was graded before there was a ledger.
            state = State(seen, {}, {}, {})
        return state, ledger.keep(self.gradebook, submission, found, state, seen)

    def _kept(self, record: Record, found: Rows) -> NotebookNode | None:
        """The notebook as it goes into ``autograded``."""
        if record.notebook is None:
            return None
        notebook = copy.deepcopy(record.notebook)
        if said := [*filter(None, [record.problem]), *record.remarks]:
            text = "\n\n".join(f"**{_MARKDOWN.sub(r'\\\g<0>', sentence)}**" for sentence in said)
            notebook.cells.insert(0, new_markdown_cell(text, id="problem"))
        for cell in notebook.cells:
            cell.source = plain.text(cell.source)
            about = notes.of(cell)
            graded, answered = about.grade or about.task, about.solution or about.task
            if (graded and about.name not in found.grades) or (answered and about.name not in found.comments):
                del cell.metadata["nbgrader"]
        for step in self._steps:
            notebook, _ = step(notebook, {})
        return notebook

    def _write_page(
        self, page: Path, result: Result, record: Record, notebook: NotebookNode | None, standing: Standing
    ) -> str:
        """Write the feedback page, or return the problem with it."""
        try:
            if notebook is None:
                text = feedback.page_of_rejected(record.submission.assignment, record.problem)
            else:
                text = self._pages.page(notebook, result, standing)
            atomic.publish(page, text, self._pages.permissions)
        except Exception as error:
            if isinstance(error, OSError) and storage.is_fatal(error):
                raise
            # An older page would tell of other marks.
            with contextlib.suppress(OSError):
                page.unlink()
            return f"Graded, but its feedback page could not be written: {type(error).__name__}: {error}"
        return ""


def _read(file: Path) -> NotebookNode | None:
    try:
        return nbformat.read(file, as_version=4)
    except (FileNotFoundError, ValueError, AttributeError, nbformat.ValidationError):
        return None
