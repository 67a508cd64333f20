"""What an instructor sets in ``nbgrader_config.py``: checked, so that a wrong line gets one sentence."""

import contextlib
import re
import traceback
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .. import CourseError
from ..marks import times

#: Each setting of ``c.HBCourse``, as it is to be written.
_EXAMPLES: dict[str, Any] = {
    "due": {"pooling": "2026-11-05 23:59"},
    "extensions": {"pooling": {"some-id": "2026-11-12 23:59"}},
    "dropped": {"pooling": ["rates"]},
    "full_marks": {"pooling": ["rates"]},
    "time_zone": "Europe/Berlin",
}
#: Names that a sentence lists.
_LISTED = 20
_ADDRESS = re.compile(r"<(?:\w+\.)*(\w+) object at 0x\w+>")


@contextlib.contextmanager
def explained(file: Path) -> Iterator[None]:
    """Turn what goes wrong in the configuration, or in what it asks for, into one sentence."""
    try:
        yield
    except (CourseError, OSError):
        raise
    except Exception as error:
        where, says = str(file), _ADDRESS.sub(r"\1", str(error))
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == where]
        if isinstance(error, SyntaxError):
            where, lines, says = error.filename or where, [error.lineno], error.msg
        place = f"{where}, line {lines[-1]}" if lines else where
        raise CourseError(f"{place}: {type(error).__name__}: {' '.join(says.split())}") from error


def read(config: Mapping[str, Any], assignments: Collection[str], students: Collection[str]) -> dict[str, Any]:
    """The settings of ``c.HBCourse``, or :class:`CourseError` if one is unknown, ill-formed, or names what is not."""
    for section in config:
        if section != "HBCourse" and get_close_matches(section.casefold(), ["hbcourse"], cutoff=0.8):
            raise CourseError(f"c.{section} is no section of nbgrader_config.py; write c.HBCourse.")
    told = dict(config.get("HBCourse", {}))
    for name, value in told.items():
        setting = f"c.HBCourse.{name}"
        if name not in _EXAMPLES:
            raise CourseError(f"{setting} is no setting; there are: {', '.join(_EXAMPLES)}.")
        if not _fits(value, _EXAMPLES[name]):
            raise CourseError(f"{setting} is {value!r}; write it like this: {setting} = {_EXAMPLES[name]!r}")
        for assignment, more in value.items() if isinstance(value, Mapping) else ():
            known(setting, "assignment", assignment, assignments)
            for student in more if name == "extensions" else ():
                known(setting, "student", student, students)
    try:
        times.zone(told.get("time_zone", "UTC"))
    except ValueError as error:
        raise CourseError(f"c.HBCourse.time_zone: {error}") from None
    return told


def _fits(value: object, example: object) -> bool:
    """Whether a value has the form of the example; a date may stand for a time, and one name for a list of them."""
    if isinstance(example, dict):
        (inner,) = example.values()
        return isinstance(value, Mapping) and all(isinstance(k, str) and _fits(v, inner) for k, v in value.items())
    if isinstance(example, list):
        return isinstance(value, str) or (isinstance(value, list | tuple) and all(isinstance(v, str) for v in value))
    return isinstance(value, str) or (isinstance(value, date) and example != _EXAMPLES["time_zone"])


def known(where: str, what: str, name: str, there: Collection[str]) -> None:
    """Raise :class:`CourseError` unless the name is there; it tells which may be meant."""
    if name not in there:
        meant = closest(name, there)
        advice = f"did you mean {meant!r}?" if meant else f"there are: {', '.join(sorted(there)[:_LISTED])}."
        raise CourseError(f"{where}: this course has no {what} {name!r}; {advice}")


def closest(name: str, there: Collection[str]) -> str:
    """The name that is most like this one, if any is; case does not matter."""
    folded = {one.casefold(): one for one in there}
    return next((folded[one] for one in get_close_matches(name.casefold(), folded, 1)), "")
