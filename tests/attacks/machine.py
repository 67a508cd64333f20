"""What a class leaves on the machine when it has been graded."""

import contextlib
import ctypes
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from .corpus import MARKER

_LIBC = ctypes.CDLL(None)
_PR_SET_CHILD_SUBREAPER = 36
_SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")  # noqa: S108
#: What the grader makes in a course's folder.
_OWN = ("autograded", "feedback", ".hbcourse", "grades")
#: Bytes by which the runner may grow, and that one process of the grader or of a submission may hold.
_MOST_GROWTH, _MOST_HELD = 600 << 20, 3 << 30
#: Seconds that what was killed has to be gone.
_PATIENCE = 3.0


@contextlib.contextmanager
def all_orphans_are_ours() -> Iterator[None]:
    """Let every process that grading starts stay below this one, whatever becomes of its parents."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    name: str
    state: str


def _below(top: int, leaving_out: Collection[int] = ()) -> list[_Process]:
    """All that descends from a process; without some, and what descends from those."""
    children: dict[int, list[_Process]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = stat.read_text(errors="replace").partition("(")[2].rpartition(")")
            state, parent = rest.split()[:2]
            children.setdefault(int(parent), []).append(_Process(int(stat.parent.name), int(parent), name, state))
    found, waiting = [], [top]
    while waiting:
        new = [process for process in children.get(waiting.pop(), []) if process.pid not in leaving_out]
        found += new
        waiting += [process.pid for process in new]
    return [process for process in found if process.state != "Z"]


class Machine:
    """The machine before a class; says afterwards what is left of it."""

    def __init__(self, folder: Path, runner: int) -> None:
        self.folder, self.runner = folder, runner
        self.processes = {process.pid for process in _below(runner)}
        self.messages = _system_v()
        self.course = _contents(folder)
        Path("/proc/self/clear_refs").write_text("5")
        self.memory = _peak()
        self.largest = 0

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Meanwhile, take note of the memory of the processes that grade."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.2):
                self.largest = max([self.largest, *map(_held, _below(self.runner))])

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def still_running(self) -> list[str]:
        """Processes of submissions, while the grader's own wait for the next one."""
        return _patiently(lambda: [f"process {one.name} runs on after its job" for one in self._of_submissions()])

    def _of_submissions(self) -> list[_Process]:
        new = _below(self.runner, leaving_out=self.processes)
        # The grader's own: what the runner starts, and behind the wall the one process that forks all others.
        walls = {process.pid for process in new if process.name == "bwrap"}
        own = {process.pid for process in new if process.parent == self.runner or process.pid in walls}
        for wall in walls:
            own |= set([process.pid for process in new if process.parent == wall][:1])
        return [process for process in new if process.pid not in own]

    def left(self) -> list[str]:
        """What is left when the grader has ended."""
        return [*self._memory(), *_patiently(lambda: [*self._processes(), *self._files(), *self._others()])]

    def _memory(self) -> Iterator[str]:
        if (grown := _peak() - self.memory) > _MOST_GROWTH:
            yield f"the runner grew by {grown >> 20} MB"
        if self.largest > _MOST_HELD:
            yield f"a process that graded had {self.largest >> 20} MB"

    def _processes(self) -> Iterator[str]:
        for process in _below(self.runner, leaving_out=self.processes):
            yield f"process {process.name} is left"

    def _files(self) -> Iterator[str]:
        for place in _SHARED:
            for pattern in (f"*{MARKER}*", f"*/*{MARKER}*"):
                with contextlib.suppress(OSError):
                    yield from (f"{file} is left" for file in Path(place).glob(pattern))
        after = _contents(self.folder)
        for name in sorted(after.keys() | self.course.keys()):
            if self.course.get(name) != after.get(name):
                yield f"{name} in the course has changed"

    def _others(self) -> Iterator[str]:
        yield from (f"System V object is left: {line}" for line in _system_v() - self.messages)
        if MARKER in Path("/proc/net/unix").read_text():
            yield "a socket is left"


def _patiently(look: Callable[[], list[str]]) -> list[str]:
    end = time.monotonic() + _PATIENCE
    while (found := look()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _system_v() -> set[str]:
    """Keys and ids of shared memory, semaphores and message queues."""
    found = set()
    for kind in ("shm", "sem", "msg"):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]
            found |= {" ".join([kind, *line.split()[:2]]) for line in lines}
    return found


def _contents(folder: Path) -> dict[str, tuple[int, int]]:
    """The files of a course that grading must leave as they are, with their sizes and times."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if name.parts[0] not in _OWN and not name.name.startswith("gradebook.db") and not path.is_dir():
            about = path.lstat()
            found[str(name)] = about.st_size, about.st_mtime_ns
    return found


def _held(process: _Process) -> int:
    """Bytes of memory that a process has now."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _peak() -> int:
    """Bytes of memory that this process has had at its worst."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))
