"""How to grade: what the command line may say."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..walls.limits import Limits


def cores() -> int:
    """How many of this machine's processors may be used."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes
    ----------
    workers : int
        Submissions at once.
    limits : Limits
        What each may use.
    assignments, students : sequence of str
        Only these; all, where empty.
    regrade : bool
        Also what has not changed since it was graded.
    trusted : bool
        Without the sandbox.
    scheduler : str
        Address of a Dask scheduler whose workers grade, instead of this machine.
    """

    workers: int = field(default_factory=cores)
    limits: Limits = field(default_factory=Limits)
    assignments: Sequence[str] = ()
    students: Sequence[str] = ()
    regrade: bool = False
    trusted: bool = False
    scheduler: str = ""
