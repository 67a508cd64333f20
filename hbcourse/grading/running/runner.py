"""Grades what was handed in: many submissions at once, one record for each, one writer into the gradebook."""

import contextlib
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace

import nbformat
from nbformat import NotebookNode

from ... import __version__
from .. import CourseError, handin
from ..course import secret, template
from ..course.folder import Course, Submission
from ..course.template import Template
from ..handin import find
from ..marks import gradebook, history, records, results, storage
from ..marks.changes import Change
from ..marks.gradebook import Writer
from ..marks.records import Record
from ..marks.results import Result
from ..walls import outer
from .executors import Grader, grader
from .job import Job, Lost, Outcome
from .options import Options


@dataclass(frozen=True)
class Graded:
    """What a run did: a submission's result, whether it is of this run, and which marks it changed."""

    result: Result
    fresh: bool = True
    changes: Sequence[Change] = ()


def grade(course: Course, options: Options = Options(), started: Grader | None = None) -> Iterator[Graded]:
    """Grade each submission that is new or has changed, and yield the result of each, new or not.

    Without a grader that has been ``started`` early, one is started when the first submission needs it.
    """
    there, gone = submissions(course)
    wanted = find.of([*there, *gone], options.assignments, options.students)
    if not options.trusted and outer.holds(course.folder):
        raise CourseError(
            f"{course.folder} lies among Python's own files, which submissions can read; move it elsewhere."
        )
    with (
        storage.explained(course.folder),
        course.locked(),
        gradebook.opened(course) as writer,
        contextlib.ExitStack() as stack,
    ):
        templates, refused = _templates(course, writer, wanted)
        points = {name: given.points for name, given in templates.items()}
        writer.settle(points, {submission.student for submission in there})
        run = _Run(course, writer, templates, gone)
        running: dict[Future[Outcome], Record] = {}
        for submission in wanted:
            if submission.assignment in refused:
                yield Graded(Result(submission, (), f"Not graded: {refused[submission.assignment]}"))
                continue
            kept = records.read(course.record(submission))
            if submission.student not in (options.students or [submission.student]):
                # Not asked for, but in the tables that are made of the whole class.
                if kept is not None:
                    yield run.stand(kept)
                continue
            record, job = run.prepare(submission)
            if kept is not None and kept.key == record.key and not options.regrade:
                yield run.stand(kept)
            elif job is None:
                yield run.enter(record)
            else:
                started = started or stack.enter_context(grader(course, run.templates, options))
                # No more than are soon needed: a class may be large.
                if len(running) >= 2 * started.at_once:
                    yield from _finish(run, running)
                running[started.submit(job)] = record
        while running:
            yield from _finish(run, running)
        run.tell()
        if not options.students:
            yield from run.missing({*there, *gone})


def submissions(course: Course) -> tuple[list[Submission], list[Submission]]:
    """What has been handed in and lies there, and what has been graded before and does not any more."""
    assignments = course.assignments()
    there, _ = find.find(course.inbox, assignments)
    gone = {submission for submission in course.recorded() if submission.assignment in assignments}
    return there, sorted(gone.difference(there))


def _templates(
    course: Course, writer: Writer, wanted: Sequence[Submission]
) -> tuple[dict[str, Template], dict[str, CourseError]]:
    """The templates of all assignments, and why some cannot be graded; an error if that is so of all."""
    templates, refused = {}, {}
    for name in dict.fromkeys(submission.assignment for submission in wanted):
        try:
            templates[name] = template.read(course, writer.gradebook, name)
        except CourseError as error:
            refused[name] = error
    if not templates:
        raise next(iter(refused.values()))
    return templates, refused


def _finish(run: "_Run", running: dict[Future[Outcome], Record]) -> Iterator[Graded]:
    """Wait for at least one submission, and enter what came of it."""
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        record = running.pop(future)
        try:
            outcome = future.result()
        except Lost as lost:
            # Nothing is kept of it, so that the next run tries it again.
            yield Graded(Result(record.submission, (), str(lost)))
            continue
        notebook = nbformat.from_dict(json.loads(outcome.notebook))
        yield run.enter(replace(record, notebook=notebook, problem=outcome.problem, seconds=outcome.seconds))


class _Run:
    """One run of the grader over a course: what becomes of each submission before and after it is executed.

    Whatever one submission leads to, it ends in a result of its own, and the others go on.
    """

    def __init__(
        self, course: Course, writer: Writer, templates: Mapping[str, Template], gone: Sequence[Submission]
    ) -> None:
        self.course, self.writer, self.templates, self.gone = course, writer, templates, gone
        self.titles = template.titles(course)
        self.done: list[tuple[Record, Result]] = []
        self.fingerprints = {name: template.fingerprint for name, template in templates.items()}

    def prepare(self, submission: Submission) -> tuple[Record, Job | None]:
        """The record to be, and the job that completes it; no job if the file cannot be graded."""
        key = {"notebook": "", "exercise": self.fingerprints[submission.assignment], "package": __version__}
        given = self.templates[submission.assignment]
        try:
            if submission in self.gone:
                raise handin.Rejected("What was handed in does not lie in the course's folder any more.")
            taken = handin.take(self.course.handed_in(submission), given, self.titles)
        except handin.Rejected as rejection:
            problem = str(rejection)
        except Exception as error:
            problem = f"The notebook cannot be read ({type(error).__name__}); save it once more and hand it in again."
        else:
            key["notebook"] = taken.digest
            asked = self._asked(submission.assignment, taken.notebook) if given.checks else ""
            notebook = json.dumps(taken.notebook)
            job = Job(submission.student, notebook, given.files, taken.files, given.checks, given.tables, asked)
            return Record(submission, key, None, remarks=taken.remarks), job
        # The reason stands for the file: it may be unreadable or too large to be hashed.
        key["notebook"] = hashlib.sha256(problem.encode("utf-8", "replace")).hexdigest()
        return Record(submission, key, None, problem), None

    def _asked(self, assignment: str, notebook: NotebookNode) -> str:
        """Of what this hand-in's hidden inputs are drawn."""
        return secret.seed(secret.read(self.course.secret), assignment, notebook.cells)

    def enter(self, record: Record) -> Graded:
        """Keep the record, then bring it into the gradebook; whatever stops this in between, the next run goes on."""
        try:
            return self._enter(record)
        except CourseError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and storage.is_fatal(error):
                raise
            problem = f"its notebook cannot be written ({type(error).__name__})."
            return self._enter(replace(record, notebook=None, problem=problem))

    def _enter(self, record: Record) -> Graded:
        records.write(self.course.record(record.submission), record)
        result = self._write(record)
        history.keep(self.course.history(record.submission), self.course.handed_in(record.submission), record, result)
        return self._graded(record, result)

    def stand(self, record: Record) -> Graded:
        """What the gradebook holds of a record, which is brought in first if it is not there."""
        entered = records.is_entered(self.course.record(record.submission))
        result = (self.writer.read(record) if entered else None) or self._write(record)
        return replace(self._graded(record, result), fresh=False)

    def _write(self, record: Record) -> Result:
        file = self.course.record(record.submission)
        records.mark_unentered(file)
        result = self.writer.write(record)
        records.mark_entered(file)
        return result

    def _graded(self, record: Record, result: Result) -> Graded:
        self.done.append((record, result))
        return Graded(result, changes=self.writer.changes(record, result))

    def missing(self, found: Collection[Submission]) -> Iterator[Graded]:
        """Students who have handed in nothing, for each assignment of this run."""
        for assignment in self.templates:
            for student in self.writer.students():
                if (submission := Submission(assignment, student)) not in found:
                    yield Graded(results.nothing(submission, self.writer.settled[assignment].max_points), fresh=False)

    def tell(self) -> None:
        """Note what this run has told."""
        for record, result in self.done:
            self.writer.tell(record, result)
