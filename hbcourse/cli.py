"""The command line: ``check`` for students; ``release``, ``grade``, ``solutions`` and more for instructors."""

import argparse
import gc
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .grading import CourseError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 if an answer or a machine falls short, 2 if it failed, 130 if it was stopped."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except CourseError as error:
        print(f"hbcourse: {error}", file=sys.stderr)
    except OSError as error:
        print(f"hbcourse: {error.strerror or error}: {error.filename}", file=sys.stderr)
    except KeyboardInterrupt:
        print("hbcourse: Stopped.", file=sys.stderr)
        return 130
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hbcourse", description="Work, release and grade the exercises of the course."
    )
    parser.add_argument("--version", action="version", version=f"hbcourse {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="say which parts of a notebook pass their tests")
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    check.add_argument("--task", default="", metavar="NAME", help="only this one, with the cells before its test")
    check.set_defaults(command=_check)

    release = commands.add_parser("release", help="make the course folder, or add exercises to it")
    release.add_argument("course", type=Path, metavar="COURSE", help="the folder; it is made if it does not exist")
    release.add_argument("names", nargs="*", metavar="EXERCISE", help="the exercises to release (default: all)")
    release.add_argument(
        "--students",
        type=Path,
        metavar="FILE",
        help="also make a notebook for each student in this list, one id a line",
    )
    _add_exercises(release)
    release.set_defaults(command=_release)

    grade = commands.add_parser("grade", help="grade everything in COURSE/submitted")
    grade.add_argument("course", type=Path, metavar="COURSE")
    _add_grading(grade)
    grade.set_defaults(command=_grade)

    solutions = commands.add_parser("solutions", help="write the solutions for students, once nobody may hand in")
    solutions.add_argument("course", type=Path, metavar="COURSE")
    solutions.add_argument("names", nargs="*", metavar="EXERCISE", help="the exercises (default: all)")
    solutions.set_defaults(command=_solutions)

    roster = commands.add_parser("roster", help="make the course's students of a list")
    roster.add_argument("file", type=Path, metavar="FILE", help="one id a line, or CSV with a heading")
    _add_course(roster)
    roster.set_defaults(command=_roster)

    history = commands.add_parser("history", help="show all that a student handed in for an assignment, and its marks")
    history.add_argument("student", metavar="STUDENT")
    history.add_argument("assignment", metavar="ASSIGNMENT")
    _add_course(history)
    history.set_defaults(command=_history)

    doctor = commands.add_parser("doctor", help="say what this machine offers for grading, and what is missing")
    doctor.set_defaults(command=_doctor)

    demo = commands.add_parser("demo", help="release, hand in for a class of six, and grade it")
    demo.add_argument("course", type=Path, metavar="COURSE", help="a new folder")
    _add_exercises(demo)
    demo.set_defaults(command=_demo)
    return parser


def _add_grading(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_argument_group("what to grade (default: all that is new or has changed)")
    choice.add_argument("--assignment", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    choice.add_argument("--student", action="append", default=[], metavar="ID", help="only this one; repeatable")
    choice.add_argument("--regrade", action="store_true", help="also what has not changed; says which marks do")
    limits = parser.add_argument_group("limits for each submission")
    limits.add_argument(
        "--timeout",
        type=_seconds,
        default=(120.0, 600.0),
        metavar="CELL[,ALL]",
        help="seconds for one cell, and for all together (default: 120,600)",
    )
    limits.add_argument("--memory", type=_gigabytes, default=4 << 30, metavar="GB", help="gigabytes (default: 4)")
    where = parser.add_argument_group("where")
    where.add_argument("--workers", type=_positive, metavar="N", help="submissions at once (default: one a core)")
    where.add_argument("--scheduler", default="", metavar="ADDRESS", help="of a Dask cluster that grades instead")
    where.add_argument("--trusted", action="store_true", help="WITHOUT the sandbox: only for people you trust")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a whole number above zero, not {text!r}")
    return int(text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"a number above zero, not {text!r}")
    return number


def _gigabytes(text: str) -> int:
    return int(_number(text) * (1 << 30))


def _seconds(text: str) -> tuple[float, float]:
    """Seconds for a cell and for all; five times as long for all where only the cell's are given."""
    cell, _, total = text.partition(",")
    return _number(cell), _number(total) if total else 5 * _number(cell)


def _add_exercises(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--exercises", type=Path, default=Path("exercises"), help="the folder of exercise sources (default: exercises)"
    )


def _add_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--course", type=Path, default=Path(), help="the course's folder (default: this folder)")


def _need(extra: str, module: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise CourseError(f"This command needs more packages; install them with: pip install 'hbcourse[{extra}]'")


def _need_linux(command: str) -> None:
    if sys.platform != "linux" or not hasattr(os, "unshare"):
        raise CourseError(
            f"hbcourse {command} needs Linux, for the walls around what students hand in: run it in WSL 2 on Windows, "
            "or on a Linux machine, as the guide for instructors describes."
        )


def _check(options: argparse.Namespace) -> int:
    _need("student", "nbclient")
    _need("student", "ipykernel")
    from .grading import selfcheck

    parts = selfcheck.check(options.notebook, options.task)
    selfcheck.show(parts)
    return int(any(part.message for part in parts))


def _release(options: argparse.Namespace) -> int:
    _need("instructor", "nbgrader")
    from .grading.course import release, roster, tables
    from .grading.course.folder import Course

    course, exercises = Course(options.course), release.find(options.exercises, options.names)
    if options.students:
        students = [student.id for student in roster.read(options.students)]
        release.release_each(course, exercises, students)
        paths = [course.released_to("STUDENT", exercise.name) for exercise in exercises]
        told = [f"{path} for {len(students)} students" for path in paths]
    else:
        told = [str(path) for path in release.release(course, exercises)]
    for exercise, one in zip(exercises, told, strict=True):
        print(f"Released {one}", flush=True)
        tables.make(course, exercise.name)
    return 0


def _solutions(options: argparse.Namespace) -> int:
    _need("instructor", "nbgrader")
    from .grading.course import handout
    from .grading.course.folder import Course

    for path in handout.write(Course(options.course), options.names):
        print(f"Wrote {path}")
    return 0


def _grade(options: argparse.Namespace) -> int:
    _need_linux("grade")
    _need("instructor", "nbgrader")
    from .grading.course.folder import Course
    from .grading.running import executors
    from .grading.running.options import Options, cores
    from .grading.walls.limits import Limits

    cell, total = options.timeout
    chosen = Options(
        workers=options.workers or cores(),
        limits=Limits(cell=cell, total=total, memory=options.memory),
        assignments=options.assignment,
        students=options.student,
        regrade=options.regrade,
        trusted=options.trusted,
        scheduler=options.scheduler,
    )
    course = Course(options.course)
    with executors.started_early(course, chosen) as started:
        # What is imported is no garbage, now or at the end: to look for some in it takes half a second.
        gc.disable()
        from .grading.shown import terminal

        gc.freeze()
        gc.enable()
        return terminal.grade_and_show(course, chosen, started)


def _roster(options: argparse.Namespace) -> int:
    _need("instructor", "nbgrader")
    from .grading.course import roster
    from .grading.course.folder import Course
    from .grading.marks import students

    print(students.enter(Course(options.course), roster.read(options.file)))
    return 0


def _history(options: argparse.Namespace) -> int:
    _need_linux("history")
    _need("instructor", "nbgrader")
    from .grading.course.folder import Course, Submission
    from .grading.shown import terminal

    return terminal.show_history(Course(options.course), Submission(options.assignment, options.student))


def _doctor(options: argparse.Namespace) -> int:
    _need_linux("doctor")
    _need("instructor", "nbgrader")
    from .grading import doctor
    from .grading.shown import terminal

    return terminal.show_findings(list(doctor.examine()))


def _demo(options: argparse.Namespace) -> int:
    _need_linux("demo")
    _need("instructor", "nbgrader")
    from .grading.course import attempts, release
    from .grading.course.folder import Course
    from .grading.course.settings import settings
    from .grading.running.options import Options
    from .grading.shown import terminal

    if options.course.exists():
        raise CourseError(f"{options.course} exists; the demonstration needs a new folder.")
    course, exercise = Course(options.course), options.exercises / settings().demo
    (released,) = release.release(course, release.find(options.exercises, [exercise.name]))
    for attempt in attempts.read(exercise)[:6]:
        attempts.hand_in(attempt, exercise, released, course)
    return terminal.grade_and_show(course, Options())
