"""The unit of work, what comes of it, and how it may be lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """All that is needed to grade one submission anywhere.

    Attributes
    ----------
    student : str
    notebook : str
        What is run, as JSON: the student's answers in the released notebook, with the tests as the source has them.
    files : mapping from name to content
        What lies beside the notebook.
    own : mapping from name to content
        What the student has put beside it, which the judge does not see.
    checks : bytes
        What tests the answers, where it does not stand in the notebook; only the judge sees it.
    tables : bytes
        What hints on wrong answers are looked up in; only the judge sees it.
    seed : str
        Of which its hidden inputs are drawn.
    """

    student: str
    notebook: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    own: Mapping[str, bytes] = field(default_factory=dict)
    checks: bytes = b""
    tables: bytes = b""
    seed: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a job: the notebook with all outputs, as JSON, and why it was stopped before its end, if it was.

    Of a model solution, also what it compiled.
    """

    notebook: str
    problem: str
    seconds: Mapping[str, float]
    compiled: Mapping[str, bytes] = field(default_factory=dict)


class Lost(Exception):
    """A submission that could not be graded for a reason that is not its own."""
