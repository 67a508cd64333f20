"""Hints that find what nobody foresaw: an answer is compared with wrong versions of the right one.

Made at release, and kept by the grader: a :class:`Reference` gives a :func:`table` of what its mutants give, and
:func:`prepare` a :class:`Question`. When an answer comes, :func:`hint` takes what the student's function gave in the
same cases, and returns one sentence or nothing. Nothing here knows a task.
"""

from ._hint import Question, hint
from ._prepare import prepare
from ._values import Raised
from .mutants import Reference, Row, as_json, from_json, probes, table

__all__ = [
    "Question",
    "Raised",
    "Reference",
    "Row",
    "as_json",
    "from_json",
    "hint",
    "prepare",
    "probes",
    "table",
]
