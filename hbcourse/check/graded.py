"""The part of a test that only the grader has: it runs an exercise's checks on inputs of the submission's own."""

import hashlib
import os
from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import Generator

from ._explain import HINTS, unforeseen
from ._failure import CheckFailed, fail
from .tasks import Task, read

__all__ = ["CHECKS", "HINTS", "SEED", "hidden", "hint_of"]

#: Where the grader says which file holds the checks, and of what their inputs are drawn.
CHECKS, SEED = "HBCOURSE_CHECKS", "HBCOURSE_SEED"


def hidden(name: str, *answers: object) -> None:
    """Judge a task's answers on inputs that only the grader has: the hidden part of a test calls this.

    Parameters
    ----------
    name : str
        Of the task.
    *answers
        What it asks for.

    Raises
    ------
    CheckFailed
        With one sentence on what is wrong.
    RuntimeError
        Where no notebook is graded.

    Examples
    --------
    >>> from hbcourse import check
    >>> check.hidden("rates", [0.1, 0.2])
    Traceback (most recent call last):
    RuntimeError: The hidden part of a test runs only where a notebook is graded.
    """
    task, rng = _task(name)
    try:
        task.judge(rng, *answers)
    except CheckFailed as failure:
        if not failure.hint and (found := unforeseen(name, *answers)):
            fail(str(failure), found)
        raise


def hint_of(name: str, *answers: object) -> str:
    """The hint that the hidden part has for answers; empty if it has none, or if this is no grader."""
    if CHECKS not in os.environ:
        return ""
    try:
        hidden(name, *answers)
    except CheckFailed as failure:
        return failure.hint
    return ""


def _task(name: str) -> tuple[Task, Generator]:
    if CHECKS not in os.environ:
        raise RuntimeError("The hidden part of a test runs only where a notebook is graded.")
    # Without a seed, each run asks anew.
    seed = os.environ.get(SEED) or os.urandom(32).hex()
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    return _tasks(os.environ[CHECKS])[name], np.random.default_rng(int.from_bytes(digest))


@cache
def _tasks(path: str) -> dict[str, Task]:
    return read(Path(path))
