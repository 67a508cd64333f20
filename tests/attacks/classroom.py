"""A class of attackers with honest students between them, graded; and what must hold for each of them."""

import csv
import functools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from unittest import mock

from nbgrader.api import Gradebook

from hbcourse.grading.course.folder import Course, Submission
from hbcourse.grading.marks.results import Result
from hbcourse.grading.running import runner
from hbcourse.grading.shown import table
from hbcourse.grading.walls.limits import Limits

from .corpus import FULL, HALF, Attack, Secrets, hand_in, hand_in_honest, release_target
from .machine import Machine, all_orphans_are_ours

ROOT = Path(__file__).resolve().parents[2]
#: Attacks between two honest students.
_BETWEEN = 4


@dataclass(frozen=True)
class Seen:
    """One submission after grading: its result, and all that is shown of it."""

    result: Result
    outputs: str
    page: str
    row: str

    @property
    def told(self) -> str:
        """What its row says."""
        return " ".join(filter(None, [self.result.problem, *(part.message for part in self.result.parts)]))


@dataclass(frozen=True)
class Outcome:
    """What came of an attack, and how it did not hold."""

    attack: Attack
    seen: Seen
    faults: list[str]


@dataclass(frozen=True)
class _Seat:
    """A student: an attacker, or an honest one with the points to get."""

    student: str
    attack: Attack | None = None
    points: float = 0.0


def grade(attacks: Sequence[Attack]) -> Iterator[Outcome]:
    """Hand them in and grade them, those with the same limits together."""
    ordered = sorted(attacks, key=lambda attack: repr(attack.limits))
    # Not in /tmp, which the sandbox hides anyway.
    (ROOT / "_build").mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="attacks-", dir=ROOT / "_build"))
    known = Secrets()
    (place / "home").mkdir()
    (place / "home" / ".netrc").write_text(known.home)
    environment = {"HOME": str(place / "home"), "HBCOURSE_PASSWORD": known.environment}
    try:
        with all_orphans_are_ours(), mock.patch.dict(os.environ, environment):
            release_target(place / "released", known)
            for limits, same in groupby(ordered, lambda attack: attack.limits):
                course = shutil.copytree(place / "released", place / "course")
                yield from _grade_class(list(same), course, known, limits)
                shutil.rmtree(course)
    finally:
        shutil.rmtree(place)


def _grade_class(attacks: Sequence[Attack], course: Path, known: Secrets, limits: Limits) -> Iterator[Outcome]:
    seats = _hand_in_all(attacks, course, known)
    seen, left = _graded(course, seats, limits)
    for at, seat in enumerate(seats):
        if seat.attack is not None:
            honest = [*_beside(reversed(seats[:at]), seen), *_beside(iter(seats[at:]), seen)]
            own = _faults(seat.attack, seen[seat.student], known, seen[seats[0].student])
            yield Outcome(seat.attack, seen[seat.student], [*own, *honest, *left])


def _hand_in_all(attacks: Sequence[Attack], folder: Path, known: Secrets) -> list[_Seat]:
    """The students in the order in which they are graded: honest ones first, last, and after each few attackers."""
    places = {
        "COURSE": str(folder),
        "HOME": str(folder.parent / "home"),
        "RUNNER": str(os.getpid()),
        "OTHER": str(folder / "submitted" / "000-honest" / "target" / "target.ipynb"),
    }
    seats: list[_Seat] = []
    for number, attack in enumerate(attacks):
        if number % _BETWEEN == 0:
            seats.append(_honest(len(seats), folder, known))
        seats.append(_Seat(f"{len(seats):03d}-{attack.name}", attack))
        hand_in(attack, seats[-1].student, folder, places)
    seats.append(_honest(len(seats), folder, known))
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for seat in seats:
            book.update_or_create_student(seat.student, last_name=known.gradebook)
    return seats


def _honest(number: int, folder: Path, known: Secrets) -> _Seat:
    half = number // (_BETWEEN + 1) % 2 == 1
    seat = _Seat(f"{number:03d}-honest", points=HALF if half else FULL)
    hand_in_honest(seat.student, folder, known, half)
    return seat


def _graded(folder: Path, seats: Sequence[_Seat], limits: Limits) -> tuple[dict[str, Seen], list[str]]:
    """What came of each student; and what the class as a whole has left, or lost."""
    machine = Machine(folder, os.getpid())
    results: dict[str, Result] = {}
    left = []
    try:
        with machine.watched():
            for one in runner.grade(Course(folder), runner.Options(workers=2, limits=limits)):
                results[one.result.student] = one.result
                if len(results) == len(seats):
                    # The grader's own processes still wait for more.
                    left += machine.still_running()
    except Exception as error:
        left.append(f"the run broke off: {type(error).__name__}: {error!s:.120}")
    left += machine.left()
    done = [results[seat.student] for seat in seats if seat.student in results]
    rows, broken = _table(done, folder / "grades" / "target.csv")
    missing = Result("", "target", (), "It was not graded at all.")
    seen = {seat.student: _seen(folder, seat.student, results.get(seat.student, missing), rows) for seat in seats}
    return seen, left + broken


def _table(results: Sequence[Result], path: Path) -> tuple[dict[str, str], list[str]]:
    """The rows of the class's table; and why it could not be written."""
    try:
        table.write(results, path, {})
    except Exception as error:
        return {}, [f"the table cannot be written: {type(error).__name__}: {error!s:.120}"]
    with path.open(newline="", encoding="utf-8") as file:
        return {row[0]: " ".join(row) for row in csv.reader(file)}, []


def _seen(folder: Path, student: str, result: Result, rows: dict[str, str]) -> Seen:
    executed = folder / "autograded" / student / "target" / "target.ipynb"
    # A test's source stands there for the instructor; what a student can have put there are outputs and other cells.
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"] if executed.exists() else []
    outputs = json.dumps([[cell.get("outputs"), "" if _is_test(cell) else cell["source"]] for cell in cells])
    page = Course(folder).page(Submission("target", student))
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return Seen(result, outputs, text, rows.get(student, ""))


def _is_test(cell: dict[str, dict[str, dict[str, bool]]]) -> bool:
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade") and not about.get("solution"))


def _faults(attack: Attack, seen: Seen, known: Secrets, honest: Seen) -> Iterator[str]:
    """How the outcome is not what it must be."""
    if seen.result.score != attack.points:
        yield f"{seen.result.score:g} points in place of {attack.points:g}"
    if len(seen.result.parts) != len(honest.result.parts):
        yield "its row lacks parts"
    if attack.reason not in seen.told:
        yield f"its row says {seen.told[:300]!r}"
    if not attack.reason and seen.result.problem:
        yield f"its row has the problem {seen.result.problem[:300]!r}"
    for where, text in (("outputs", seen.outputs), ("feedback", seen.page), ("table", seen.row)):
        yield from (f"{secret} stands in its {where}" for secret in known.all() if secret in text)
    if not seen.page:
        yield "there is no feedback page"
    yield from (f"live on its feedback page: {what:.100}" for what in sorted(_live(seen.page) - _live(honest.page)))


class _Live(HTMLParser):
    """Collects what a browser would run, load or send from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta" and "http-equiv" not in dict(attrs):
            return
        if tag in ("script", "iframe", "object", "embed", "form", "meta", "base", "link", "svg", "style"):
            self.found.add(self.get_starttag_text() or tag)
        for name, value in attrs:
            text = re.sub(r"\s", "", value or "").lower()
            runs = name.startswith("on") or text.startswith(("javascript:", "vbscript:", "data:text"))
            loads = name in ("src", "srcset", "poster", "background") and not text.startswith("data:image")
            if runs or loads:
                self.found.add(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.found.add(f"{self.cdata_elem}: {data}")


@functools.lru_cache(maxsize=1000)
def _live(page: str) -> frozenset[str]:
    reader = _Live()
    reader.feed(page)
    reader.close()
    return frozenset(reader.found)


def _beside(seats: Iterator[_Seat], seen: dict[str, Seen]) -> Iterator[str]:
    """What is wrong with the next honest student's outcome."""
    seat = next(seat for seat in seats if seat.attack is None)
    result = seen[seat.student].result
    if result.score != seat.points or result.problem:
        yield f"{seat.student} has {result.score:g} points in place of {seat.points:g}: {seen[seat.student].told[:200]}"
