"""What people gave: points, extra credit and comments, each kept for the answer that it was given for.

They stand in tables of their own beside nbgrader's, so that one transaction changes both: whatever stops a run, what
nbgrader's rows hold and what is remembered of them always agree.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import is_locked
from sqlalchemy import JSON, Boolean, Column, Float, MetaData, String, Table, Text, delete, insert, select

from .. import notes
from ..course.folder import Submission
from .rows import Rows

_TABLES = MetaData()
_WHOSE = ("assignment", "student")


def _table(name: str, *columns: Column[Any]) -> Table:
    keys = [Column(key, String(128), primary_key=True) for key in _WHOSE]
    return Table(name, _TABLES, *keys, *columns)


_GIVEN = _table(
    "hbcourse_given",
    Column("part", String(128), primary_key=True),
    Column("answer", String(64), primary_key=True),
    Column("points", Float),
    Column("extra_credit", Float),
    Column("comment", Text),
    Column("to_read_again", Boolean),
)
#: A part, and the hash of the answer to it.
type Answer = tuple[str, str]

_STATES = _table("hbcourse_state", Column("state", JSON))


@dataclass(frozen=True)
class Given:
    """What a person gave for one answer; ``to_read_again`` where nbgrader asks for a second reading."""

    points: float | None = None
    extra_credit: float | None = None
    comment: str | None = None
    to_read_again: bool = False


@dataclass(frozen=True)
class State:
    """What is remembered of one submission.

    Attributes
    ----------
    answers : mapping from part to hash
        The answers that nbgrader's rows stand for.
    before : mapping from part to hash
        Those that they stood for before; the notebook in ``autograded`` may still be theirs.
    settled : mapping from part to setting
        The parts whose points a setting of the course gives, not the answer.
    told : mapping
        What the last run told of it, as :class:`hbcourse.grading.marks.changes.Told`; empty before the first.
    page : str
        Stands for all that the feedback page shows.
    """

    answers: Mapping[str, str]
    before: Mapping[str, str]
    settled: Mapping[str, str]
    told: Mapping[str, Any]
    page: str = ""


def create(gradebook: Gradebook) -> None:
    """Make the tables, where they are not there yet."""
    _TABLES.create_all(gradebook.engine)


def answers(notebook: NotebookNode | None) -> dict[str, str]:
    """A hash of what a person reads to mark each part: an answer itself, or all answers that a test tests."""
    cells = [] if notebook is None else notebook.cells
    everything = [cell.source for cell in cells if not is_locked(cell)]
    return {
        about.name: _hash([cell.source] if about.solution else everything)
        for cell in cells
        for about in [notes.of(cell)]
        if about.name and (about.grade or about.task or about.solution)
    }


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()


def state(gradebook: Gradebook, submission: Submission) -> State | None:
    """What is remembered of a submission, if anything is."""
    found = gradebook.db.execute(select(_STATES.c.state).where(*_of(_STATES, submission))).scalar()
    return State(**found) if found else None


def remember(gradebook: Gradebook, submission: Submission, state: State) -> None:
    """Remember this of a submission, in place of what was."""
    gradebook.db.execute(delete(_STATES).where(*_of(_STATES, submission)))
    gradebook.db.execute(insert(_STATES).values(**asdict(submission), state=asdict(state)))


def keep(
    gradebook: Gradebook, submission: Submission, rows: Rows, state: State, read: Mapping[str, str]
) -> dict[Answer, Given]:
    """Keep what people have given since for the answers that the rows stand for; return all that they gave for any.

    ``read`` are the answers of the notebook that people see. Where these are neither those that the rows were written
    for nor those before, nbgrader itself has graded another notebook, and what people gave was given for that.
    """
    kept = given(gradebook, submission)
    seen = state.answers if read in ({}, state.answers, state.before) else read
    for part, answer in seen.items():
        before, now = kept.get((part, answer), Given()), _in_rows(rows, part)
        if part in state.settled:
            # A setting has emptied these rows; what is in them has been given since.
            if now.points is None:
                now = replace(now, points=before.points, to_read_again=before.to_read_again)
            if now.extra_credit is None:
                now = replace(now, extra_credit=before.extra_credit)
        if now == before:
            continue
        key = {**asdict(submission), "part": part, "answer": answer}
        gradebook.db.execute(delete(_GIVEN).where(*(_GIVEN.c[name] == value for name, value in key.items())))
        kept.pop((part, answer), None)
        if now != Given():
            gradebook.db.execute(insert(_GIVEN).values(**key, **asdict(now)))
            kept[part, answer] = now
    return kept


def _in_rows(rows: Rows, part: str) -> Given:
    grade, comment = rows.grades.get(part), rows.comments.get(part)
    points = grade.manual_score if grade else None
    return Given(
        points=points,
        extra_credit=grade.extra_credit if grade else None,
        comment=comment.manual_comment if comment else None,
        to_read_again=points is not None and bool(grade and grade.needs_manual_grade),
    )


def restore(rows: Rows, kept: Mapping[Answer, Given], answers: Mapping[str, str]) -> None:
    """Put into the rows what people gave for these answers, and nothing that they gave for others."""
    found = {part: kept.get((part, answers.get(part, "")), Given()) for part in {*rows.grades, *rows.comments}}
    for part, grade in rows.grades.items():
        grade.manual_score, grade.extra_credit = found[part].points, found[part].extra_credit
        if found[part].points is not None:
            grade.needs_manual_grade = found[part].to_read_again
    for part, comment in rows.comments.items():
        comment.manual_comment = found[part].comment


def given(gradebook: Gradebook, submission: Submission) -> dict[Answer, Given]:
    """All that people gave for any answer of this student's."""
    found = gradebook.db.execute(select(_GIVEN).where(*_of(_GIVEN, submission))).mappings()
    return {(row["part"], row["answer"]): Given(**{name: row[name] for name in asdict(Given())}) for row in found}


def _of(table: Table, submission: Submission) -> list[Any]:
    return [table.c[key] == value for key, value in asdict(submission).items()]
