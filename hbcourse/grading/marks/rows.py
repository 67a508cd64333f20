"""A submission's rows in nbgrader's gradebook: found or added, and marked. To commit them is up to the caller."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum, determine_grade
from sqlalchemy import select
from sqlalchemy.orm import with_polymorphic

from .. import CourseError, notes
from ..course.folder import Submission


@dataclass(frozen=True)
class Rows:
    """What the gradebook holds of one submission.

    ``grades`` and ``comments`` go by the names of their cells; ``max_points`` does so in the notebook's order.
    """

    submission: SubmittedAssignment
    notebook: SubmittedNotebook
    grades: Mapping[str, Grade]
    comments: Mapping[str, Comment]
    max_points: Mapping[str, float]


@dataclass(frozen=True)
class Standing:
    """The marks of one submission, by the names of cells; ``max_points`` in the order of the notebook."""

    points: Mapping[str, float]
    extra_credit: Mapping[str, float]
    max_points: Mapping[str, float]
    comments: Mapping[str, str | None]
    by_hand: Collection[str]
    to_read: Collection[str]
    late_penalty: float

    @property
    def raw(self) -> float:
        """All points, extra credit included."""
        return sum(self.points.values())

    @property
    def total(self) -> float:
        """What counts, as nbgrader exports it: no penalty takes it below zero."""
        return max(0.0, self.raw - self.late_penalty)


@dataclass(frozen=True)
class _Released:
    """A notebook as it was released, and the cells of its assignment."""

    notebook: Notebook
    cells: Sequence[BaseCell]


def find(book: Gradebook, submission: Submission) -> Rows | None:
    """The rows of a submission, if there are any."""
    released = _released(book, submission.assignment)
    found = _found(book, released, submission.student)
    return _rows(book, released, *found) if found else None


def find_or_add(book: Gradebook, submission: Submission) -> Rows:
    """The rows of a submission; where there are none yet, new ones as nbgrader would make them."""
    released, student = _released(book, submission.assignment), submission.student
    return _rows(book, released, *(_found(book, released, student) or _add(book, released, student)))


def _released(book: Gradebook, assignment: str) -> _Released:
    notebook = book.db.scalars(
        select(Notebook).join(Assignment).where(Assignment.name == assignment, Notebook.name == assignment)
    ).one_or_none()
    if notebook is None:
        raise CourseError(f"The gradebook knows no assignment {assignment!r}; release it again with hbcourse release.")
    cell = with_polymorphic(BaseCell, [GradeCell, SolutionCell, TaskCell])
    cells = (
        select(cell)
        .join(Notebook, Notebook.id == cell.notebook_id)
        .where(Notebook.assignment_id == notebook.assignment_id)
    )
    return _Released(notebook, book.db.scalars(cells).all())


def _found(book: Gradebook, released: _Released, student: str) -> tuple[SubmittedAssignment, SubmittedNotebook] | None:
    both = (
        select(SubmittedAssignment, SubmittedNotebook)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(SubmittedAssignment.student_id == student, SubmittedNotebook.notebook_id == released.notebook.id)
    )
    return book.db.execute(both).one_or_none()


def _rows(book: Gradebook, released: _Released, submission: SubmittedAssignment, notebook: SubmittedNotebook) -> Rows:
    # Without their text, yet not by name alone, for which an index would give them in the order of the alphabet.
    saved = select(SourceCell.name, SourceCell.checksum).where(SourceCell.notebook_id == released.notebook.id)
    own = {cell.id: cell for cell in released.cells if cell.notebook_id == released.notebook.id}
    graded = {cell.name: cell for cell in own.values() if not isinstance(cell, SolutionCell)}
    grades = book.db.scalars(select(Grade).where(Grade.notebook_id == notebook.id))
    comments = book.db.scalars(select(Comment).where(Comment.notebook_id == notebook.id))
    return Rows(
        submission,
        notebook,
        grades={own[grade.cell_id].name: grade for grade in grades},
        comments={own[comment.cell_id].name: comment for comment in comments},
        max_points={name: graded[name].max_score for name, _ in book.db.execute(saved) if name in graded},
    )


def _add(book: Gradebook, released: _Released, student: str) -> tuple[SubmittedAssignment, SubmittedNotebook]:
    if book.db.get(Student, student) is None:
        book.db.add(Student(id=student))
    submission = SubmittedAssignment(assignment_id=released.notebook.assignment_id, student_id=student)
    notebooks = {
        notebook: SubmittedNotebook(notebook_id=notebook, assignment=submission)
        for notebook in {released.notebook.id, *(cell.notebook_id for cell in released.cells)}
    }
    for cell in released.cells:
        if not isinstance(cell, SolutionCell):
            Grade(cell_id=cell.id, notebook=notebooks[cell.notebook_id])
        if not isinstance(cell, GradeCell):
            Comment(cell_id=cell.id, notebook=notebooks[cell.notebook_id])
    book.db.add(submission)
    book.db.flush()
    return submission, notebooks[released.notebook.id]


def mark(rows: Rows, notebook: NotebookNode) -> str:
    """Give each part the points that nbgrader gives; return the problem if a test cannot be scored."""
    problem = ""
    for cell in notebook.cells:
        about = notes.of(cell)
        if about.grade or about.task:
            grade = rows.grades[about.name]
            try:
                grade.auto_score = determine_grade(cell)[0] if about.grade else None
            except (ValueError, KeyError) as error:
                grade.auto_score = None
                problem = f"{about.name} cannot be scored ({error}), so a person has to give its points."
            grade.needs_manual_grade = grade.auto_score is None
        if about.solution or about.task:
            untouched = not about.task and about.checksum == compute_checksum(cell)
            rows.comments[about.name].auto_comment = "No response." if untouched else None
    return problem


def reject(rows: Rows) -> None:
    """No points from tests, and none for a person to give, so that what cannot be graded is not forgotten."""
    for grade in rows.grades.values():
        grade.auto_score, grade.needs_manual_grade = 0, False
    for comment in rows.comments.values():
        comment.auto_comment = None


def penalize(book: Gradebook, rows: Rows, penalties: AssignLatePenalties) -> None:
    """Take off what nbgrader's plugin takes off for a late submission."""
    rows.notebook.late_submission_penalty = None
    late = rows.submission.total_seconds_late if rows.submission.assignment.duedate is not None else 0
    if late > 0:
        book.db.flush()
        book.db.refresh(rows.notebook, ["score"])
        penalty = penalties.plugin_inst.late_submission_penalty(rows.submission.student_id, rows.notebook.score, late)
        if penalty is not None:
            rows.notebook.late_submission_penalty = penalties._check_late_penalty(rows.notebook, penalty)


def standing(book: Gradebook, rows: Rows) -> Standing:
    """Where the submission stands, as nbgrader makes it of what the program and what a person has given."""
    of_grades = select(Grade.id, Grade.score).where(Grade.notebook_id == rows.notebook.id)
    of_comments = select(Comment.id, Comment.comment).where(Comment.notebook_id == rows.notebook.id)
    points = dict(book.db.execute(of_grades).all())
    texts = dict(book.db.execute(of_comments).all())
    return Standing(
        points={name: points[grade.id] for name, grade in rows.grades.items()},
        extra_credit={name: grade.extra_credit or 0.0 for name, grade in rows.grades.items()},
        max_points=dict(rows.max_points),
        comments={name: texts[comment.id] for name, comment in rows.comments.items()},
        by_hand={n for n, grade in rows.grades.items() if grade.manual_score is not None or grade.extra_credit},
        to_read={name for name, grade in rows.grades.items() if grade.needs_manual_grade},
        late_penalty=rows.notebook.late_submission_penalty or 0.0,
    )
