"""The command line: ``hbcourse check`` for students, ``hbcourse release``, ``grade`` and ``demo`` for instructors."""

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .grading import CourseError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 if a student's answer is not right yet, or 2 if the command failed."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except CourseError as error:
        print(f"hbcourse: {error}", file=sys.stderr)
    except OSError as error:
        print(f"hbcourse: {error.strerror or error}: {error.filename}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hbcourse", description="Work, release and grade the exercises of the course."
    )
    parser.add_argument("--version", action="version", version=f"hbcourse {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="say which parts of a notebook pass their tests")
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    check.set_defaults(command=_check)

    release = commands.add_parser("release", help="make the course folder, or add exercises to it")
    release.add_argument("course", type=Path, metavar="COURSE", help="the folder; it is made if it does not exist")
    release.add_argument("names", nargs="*", metavar="EXERCISE", help="the exercises to release (default: all)")
    _add_exercises(release)
    release.set_defaults(command=_release)

    grade = commands.add_parser("grade", help="grade everything in COURSE/submitted")
    grade.add_argument("course", type=Path, metavar="COURSE")
    grade.set_defaults(command=_grade)

    demo = commands.add_parser("demo", help="release, hand in for a class of six, and grade it")
    demo.add_argument("course", type=Path, metavar="COURSE", help="a new folder")
    _add_exercises(demo)
    demo.set_defaults(command=_demo)
    return parser


def _add_exercises(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--exercises", type=Path, default=Path("exercises"), help="the folder of exercise sources (default: exercises)"
    )


def _need(extra: str, module: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise CourseError(f"This command needs more packages; install them with: pip install 'hbcourse[{extra}]'")


def _check(options: argparse.Namespace) -> int:
    _need("student", "nbclient")
    from .grading import selfcheck

    parts = selfcheck.check(options.notebook)
    selfcheck.show(parts)
    return int(any(part.message for part in parts))


def _release(options: argparse.Namespace) -> int:
    _need("instructor", "nbgrader")
    from .grading import release

    for path in release.release(options.course, release.find(options.exercises, options.names)):
        print(f"Released {path}")
    return 0


def _grade(options: argparse.Namespace) -> int:
    _need("instructor", "nbgrader")
    from .grading import report

    report.grade_and_show(options.course)
    return 0


def _demo(options: argparse.Namespace) -> int:
    _need("instructor", "nbgrader")
    from .grading import attempts, release, report

    if options.course.exists():
        raise CourseError(f"{options.course} exists; the demonstration needs a new folder.")
    (released,) = release.release(options.course, release.find(options.exercises, ["pooling"]))
    for attempt in attempts.read(options.exercises / "pooling")[:6]:
        attempts.hand_in(attempt, options.exercises / "pooling", released, options.course)
    report.grade_and_show(options.course)
    return 0
