"""Which marks have changed since they were last told, and why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .parts import Part
from .records import Record
from .results import Result

#: Stands for the penalty among the parts of a submission.
LATE = "late penalty"
_REASONS = {
    "notebook": "the notebook handed in changed",
    "exercise": "the exercise changed",
    "package": "the package changed",
}
_CHANCE = "none of these changed: chance in a draw, or a time limit"


@dataclass(frozen=True)
class Change:
    """Points of one part before and after; None where there were none to tell."""

    student: str
    part: str
    before: float | None
    after: float | None
    why: str


@dataclass(frozen=True)
class Told:
    """What is told of one submission.

    Attributes
    ----------
    marks : mapping from part to points
        The penalty among them, below zero; None for what a person has not read.
    by_hand : list of parts
        Those that a person gave points.
    settled : mapping from part to setting
        Those that the course's settings decide.
    key : mapping
        What it was graded from.
    """

    marks: Mapping[str, float | None]
    by_hand: list[str]
    settled: Mapping[str, str]
    key: Mapping[str, str]


def told(result: Result, record: Record, settled: Mapping[str, str]) -> Told:
    """What a run tells of a submission."""
    marks = {part.name: part.points for part in result.parts}
    if result.late_penalty:
        marks[LATE] = -result.late_penalty
    return Told(marks, [part.name for part in result.parts if part.by_hand], settled, dict(record.key))


def changes(student: str, before: Mapping[str, Any], now: Told) -> list[Change]:
    """The marks that differ from what was told ``before``, as :class:`Told` is kept; none if nothing was."""
    if not before:
        return []
    then = Told(**before)
    return [
        Change(student, Part(name, None, 0).title, then.marks.get(name), now.marks.get(name), _why(name, then, now))
        for name in {**now.marks, **then.marks}
        if then.marks.get(name) != now.marks.get(name)
    ]


def kept(now: Told) -> dict[str, Any]:
    """In the form in which it is kept."""
    return asdict(now)


def _why(name: str, then: Told, now: Told) -> str:
    if name == LATE:
        return "the due date, an extension, the time stamp or the points changed"
    if dict(then.settled).get(name) != now.settled.get(name):
        return "the course's settings changed"
    if name in {*then.by_hand, *now.by_hand} and then.key == now.key:
        return "marked by hand"
    reasons = [reason for key, reason in _REASONS.items() if then.key.get(key) != now.key.get(key)]
    why = " and ".join(reasons) or _CHANCE
    return f"{why}; the mark given by hand is set aside" if name in set(then.by_hand) - set(now.by_hand) else why
