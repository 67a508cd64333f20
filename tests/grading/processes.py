"""The processes of a run: all of them can be seen, and none is left."""

import contextlib
import ctypes
import os
import subprocess
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    state: str
    command: tuple[str, ...]

    def runs(self, what: str) -> bool:
        """Whether it is bubblewrap, or a module of the package whose name begins so."""
        program, *arguments = self.command or ("",)
        if what == "bwrap":
            return os.path.basename(program) == "bwrap"
        module = f"hbcourse.grading.running.{what}"
        return "python" in program and any(argument.startswith(module) for argument in arguments)


def descendants(ancestor: int, leaving_out: Collection[int] = ()) -> dict[int, Process]:
    """Each living process that came of this one, by its number; without some, and what came of those."""
    everyone = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_text(errors="replace").split("\0")[:-1]
            everyone[int(folder.name)] = Process(int(folder.name), int(parent), state, tuple(command))
    found: dict[int, Process] = {}
    waiting = [ancestor]
    while waiting:
        one = waiting.pop()
        children = {
            pid: process for pid, process in everyone.items() if process.parent == one and pid not in leaving_out
        }
        found |= children
        waiting += children
    return found


def of_kind(kind: str, runner: int) -> list[int]:
    """The processes of a run that are of one kind."""
    everyone = descendants(runner)
    if kind == "runner":
        return [runner]
    if kind == "bwrap":
        return [pid for pid, process in everyone.items() if process.runs("bwrap") and process.parent == runner]
    if kind == "parent of the kernels":
        parents = {pid for pid, process in everyone.items() if process.runs("bwrap")}
        return [pid for pid, process in everyone.items() if process.runs("kernel") and process.parent in parents]
    judges = {pid: process for pid, process in everyone.items() if process.runs("judge")}
    return [pid for pid, process in judges.items() if (process.parent == runner) == (kind == "parent of the judges")]


@contextlib.contextmanager
def nothing_left(seconds: float = 5.0) -> Iterator[None]:
    """Fail if anything that was started in the block still runs some seconds after it."""
    libc = ctypes.CDLL(None)
    before = set(descendants(os.getpid()))
    # Whoever loses its parent becomes a child of this process, and so stays in sight.
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
        until = time.monotonic() + seconds
        while left := _alive(before):
            assert time.monotonic() < until, f"still running: {left}"
            time.sleep(0.02)
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _alive(before: set[int]) -> list[Process]:
    # What others start, such as a browser of another test's, is their business.
    new = descendants(os.getpid(), leaving_out=before).values()
    for process in new:
        if process.state == "Z" and process.parent == os.getpid():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)
    return [process for process in new if not (process.state == "Z" and process.parent == os.getpid())]


@contextlib.contextmanager
def started(command: list[str], **options: object) -> Iterator["subprocess.Popen[str]"]:
    """A program in a process group of its own, as a shell starts it; it is not left behind if the test fails."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0, **options
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
