"""Where jobs are graded: in threads over a pool on this machine, or by the workers of a Dask cluster."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from . import CourseError
from .isolation import Limits
from .pool import Job, Outcome, Pool

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
def local(workers: int, modules: Sequence[str], limits: Limits, walled: bool) -> Iterator[Grader]:
    """As many threads as there are submissions at once, over one pool on this machine."""
    pool = Pool(modules, limits, walled, shares=workers)
    executor = ThreadPoolExecutor(workers, thread_name_prefix="grade")
    try:
        yield Grader(executor, pool.grade, workers)
    finally:
        # The pool first: jobs under way then fail at once, and nothing is waited for.
        pool.close()
        executor.shutdown(cancel_futures=True)


@contextlib.contextmanager
def on_cluster(address: str, modules: Sequence[str], limits: Limits, walled: bool) -> Iterator[Grader]:
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
        yield Grader(executor, partial(_grade_there, tuple(modules), limits, walled), workers)
    finally:
        client.close()


_pools: dict[object, Pool] = {}
_lock = threading.Lock()


def _grade_there(modules: tuple[str, ...], limits: Limits, walled: bool, job: Job) -> Outcome:
    """Grade with the pool of this worker process, which lives as long as the process."""
    with _lock:
        key = modules, limits, walled
        pool = _pools.get(key) or _pools.setdefault(key, Pool(modules, limits, walled))
    return pool.grade(job)
