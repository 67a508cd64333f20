"""What became of a submission, as the gradebook has it: what tables, reports and the terminal show."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from .. import notes
from ..course.folder import Submission
from .parts import Part, graded_cells, hint, message
from .records import Record
from .rows import Standing


@dataclass(frozen=True)
class Result:
    """What became of one submission: its parts, and the problem that kept it, or its feedback, from being made.

    Remarks say what else is to be known of what was handed in.
    """

    submission: Submission
    parts: tuple[Part, ...]
    problem: str = ""
    late_penalty: float = 0.0
    extra_credit: float = 0.0
    remarks: tuple[str, ...] = ()
    handed_in: bool = True

    @property
    def student(self) -> str:
        return self.submission.student

    @property
    def raw(self) -> float:
        """All points so far, extra credit included; an answer that nobody has read has none yet."""
        return sum(part.points or 0 for part in self.parts)

    @property
    def score(self) -> float:
        """What counts: no penalty takes it below zero."""
        return max(0.0, self.raw - self.late_penalty)

    @property
    def max_score(self) -> float:
        return sum(part.max_points for part in self.parts)

    @property
    def unread(self) -> float:
        """Points that a person still has to give, or not to give."""
        return sum(part.max_points for part in self.parts if part.points is None)

    @property
    def to_read(self) -> int:
        """Answers that a person still has to read."""
        return sum(part.points is None for part in self.parts)


def nothing(submission: Submission, max_points: Mapping[str, float]) -> Result:
    """The result of a student who has handed in nothing, where each part gives so many points at most."""
    parts = tuple(Part(name, 0.0, most) for name, most in max_points.items())
    return Result(submission, parts, "Nothing was handed in.", handed_in=False)


def of(record: Record, standing: Standing, problems: Sequence[str] = ()) -> Result:
    """The result of a record, where the submission stands so, and these problems came after it."""
    first = f"Not graded: {record.problem}" if record.notebook is None else record.problem
    cells = {} if record.notebook is None else {notes.of(cell).name: cell for cell in graded_cells(record.notebook)}
    parts = tuple(
        Part(
            name,
            points=None if name in standing.to_read else standing.points[name],
            max_points=most,
            message=message(cells[name]) if name in cells else "",
            hint=hint(cells[name]) if name in cells else "",
            by_hand=name in standing.by_hand,
        )
        for name, most in standing.max_points.items()
    )
    told = " ".join(filter(None, [first, *problems]))
    extra_credit = sum(standing.extra_credit.values())
    return Result(record.submission, parts, told, standing.late_penalty, extra_credit, record.remarks)


def shown(result: Result, standing: Standing) -> str:
    """Stands for all that a feedback page shows and that can change while the notebook stays as it is."""
    told = [asdict(result), dict(standing.comments), dict(standing.points), dict(standing.max_points)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
