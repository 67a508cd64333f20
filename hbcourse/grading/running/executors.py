"""Where jobs are graded: in threads over a pool on this machine, or by the workers of a Dask cluster."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .. import CourseError
from ..course.folder import Course, Submission
from ..course.settings import settings
from ..walls.limits import Limits
from . import imports, solutions
from .imports import Imports, WarmUp
from .job import Job, Outcome
from .options import Options
from .pool import Pool

#: How long to wait, in seconds, for a scheduler to answer.
PATIENCE = 10.0


@dataclass(frozen=True)
class Grader:
    """Takes jobs, and says how many it works on at once."""

    executor: Executor
    grade: Callable[[Job], Outcome]
    at_once: int

    def submit(self, job: Job) -> Future[Outcome]:
        return self.executor.submit(self.grade, job)


@contextlib.contextmanager
def grader(course: Course, assignments: Iterable[str], options: Options) -> Iterator[Grader]:
    """What grades these assignments of a course, where the options say."""
    names = list(assignments)
    needed = imports.of_sources(
        {name: course.source(name) for name in names}, WarmUp(**settings().warm_up), map(course.checks, names)
    )
    if options.scheduler:
        with _on_cluster(options.scheduler, needed, options.limits, not options.trusted) as started:
            yield started
    else:
        with _local(course, options.workers, needed, options.limits, not options.trusted) as started:
            yield started


@contextlib.contextmanager
def started_early(course: Course, options: Options) -> Iterator[Grader | None]:
    """This machine's grader, if anything seems to be new: it comes up while nbgrader is still being imported."""
    handed_in = course.inbox.glob("[!.]*/[!.]*/*.ipynb")
    new = {path.parent.name for path in handed_in if options.regrade or _seems_new(course, path)}
    wanted = new & set(options.assignments or new)
    if wanted and not options.scheduler:
        with grader(course, sorted(wanted), options) as started:
            yield started
    else:
        yield None


def _seems_new(course: Course, path: Path) -> bool:
    try:
        record = course.record(Submission(path.parent.name, path.parent.parent.name))
        return record.stat().st_mtime < path.lstat().st_mtime
    except OSError:
        return True


@contextlib.contextmanager
def _local(course: Course, workers: int, needed: Imports, limits: Limits, walled: bool) -> Iterator[Grader]:
    """As many threads as there are submissions at once, over one pool on this machine."""
    pool = Pool(needed, limits, walled, shares=workers)
    executor = ThreadPoolExecutor(workers, thread_name_prefix="grade")
    try:
        for solution in solutions.of_course(course, needed.warmed if walled else ()):
            if solution.archive.exists():
                pool.load(solution.archive)
            else:
                # Before all submissions, and beside the first ones. Nobody asks what came of it: it may fail.
                executor.submit(pool.compile, solution)
        yield Grader(executor, pool.grade, workers)
    finally:
        # The pool first: jobs under way then fail at once, and nothing is waited for.
        pool.close()
        executor.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _on_cluster(address: str, needed: Imports, limits: Limits, walled: bool) -> Iterator[Grader]:
    """The workers of the Dask scheduler at ``address``; what a lost worker had is given to another."""
    try:
        from distributed import Client
    except ImportError:
        raise CourseError("--scheduler needs Dask; install it with: pip install 'hbcourse[cluster]'") from None
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise CourseError(f"No Dask scheduler answers at {address} ({error}).") from None
    try:
        workers = sum(client.nthreads().values())
        if not workers:
            raise CourseError(f"The Dask scheduler at {address} has no workers; start some with: dask worker {address}")
        executor = client.get_executor(pure=False, retries=5)
        yield Grader(executor, partial(_grade_there, needed, limits, walled), workers)
    finally:
        client.close()


_pools: dict[object, Pool] = {}
_lock = threading.Lock()


def _grade_there(needed: Imports, limits: Limits, walled: bool, job: Job) -> Outcome:
    """Grade with the pool of this worker process, which lives as long as the process."""
    with _lock:
        key = needed, limits, walled
        pool = _pools.get(key) or _pools.setdefault(key, Pool(needed, limits, walled))
    return pool.grade(job)
