"""One class that has handed in every attempt of every exercise, graded once for all tests."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hbcourse.grading.course import attempts, release, tables
from hbcourse.grading.course.attempts import Attempt
from hbcourse.grading.course.folder import Course
from hbcourse.grading.course.settings import settings
from hbcourse.grading.marks.results import Result
from hbcourse.grading.running import executors, imports, runner
from hbcourse.grading.running.executors import Grader
from hbcourse.grading.running.imports import WarmUp
from hbcourse.grading.running.options import Options
from hbcourse.grading.walls.limits import Limits

EXERCISES = Path(__file__).resolve().parents[2] / "exercises"
#: Those of the course, and one that draws variants.
FOLDERS = release.find(EXERCISES) + release.find(Path(__file__).with_name("exercises"), ["variant"])


#: Of exercises whose attempts take long, `make test` grades these, and `make durability` all.
FEW = ("solution", "fits-the-visible-tests", "unfinished")


def in_few(exercise: Path, attempt: Attempt) -> bool:
    """Whether `make test` grades the attempt."""
    return exercise.name in ("pooling", "variant") or attempt.name in FEW


@dataclass(frozen=True)
class GradedCourse:
    folder: Path
    attempts: dict[tuple[str, str], Attempt]
    results: dict[tuple[str, str], Result]


@pytest.fixture(scope="session", autouse=True)
def _warm_graders() -> Iterator[None]:
    """Graders stay up between the tests of one process; commands and clusters start their own."""
    kept: dict[object, Grader] = {}
    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:

        @contextlib.contextmanager
        def grader(course: Course, assignments: Iterable[str], options: Options) -> Iterator[Grader]:
            if options.scheduler:
                with executors.grader(course, assignments, options) as its_own:
                    yield its_own
                return
            sources = {name: course.source(name) for name in assignments}
            needed = imports.of_sources(sources, WarmUp(**settings().warm_up))
            key = repr(needed), options.workers, options.limits, options.trusted
            if key not in kept:
                kept[key] = stack.enter_context(executors.grader(course, assignments, options))
            yield kept[key]

        patch.setattr(runner, "grader", grader)
        yield


@pytest.fixture(scope="session")
def course(request: pytest.FixtureRequest, bubblewrap: None, tmp_path_factory: pytest.TempPathFactory) -> GradedCourse:
    """Attempts of every exercise, graded; keys are (exercise, attempt). All of them if tests of this run need that."""
    asking = [item for item in request.session.items if "course" in getattr(item, "fixturenames", ())]
    every = any(item.get_closest_marker("durability") for item in asking)
    folder = tmp_path_factory.mktemp("class") / "course"
    handed_in = {}
    for exercise in FOLDERS:
        (released,) = release.release(Course(folder), [exercise])
        if exercise.name == "pooling":  # One of its attempts is hinted at by nothing but its table.
            tables.make(Course(folder), exercise.name)
        for attempt in (one for one in attempts.read(exercise) if every or in_few(exercise, one)):
            attempts.hand_in(attempt, exercise, released, Course(folder))
            handed_in[exercise.name, attempt.name] = attempt
    # Half as many processes as a submission may have by default leave room enough.
    options = Options(limits=Limits(processes=Limits().processes // 2))
    graded = [one.result for one in runner.grade(Course(folder), options) if one.result.handed_in]
    results = {(result.submission.assignment, result.student): result for result in graded}
    return GradedCourse(folder, handed_in, results)


@pytest.fixture
def own_place() -> Iterator[Path]:
    """A folder that can be another user's: those of pytest are closed to all others."""
    place = Path(tempfile.mkdtemp())
    yield place
    shutil.rmtree(place)
