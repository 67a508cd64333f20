"""The unit of work: one submission, graded by a judge in a kernel; and the two parents that both are forked from."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from .. import CourseError
from ..walls import cgroup, inner, outer, system_calls
from ..walls.limits import Limits
from . import wire
from .imports import Imports
from .job import Job, Lost, Outcome
from .kernel_server import Settings
from .solutions import Solution

#: How often a submission is tried whose grading was stopped by something that was not its own doing.
_TRIES = 4
_START = 120.0
#: How a process ends that was killed, and how bubblewrap says it of the process within.
_KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)


class _Server:
    """A process that forks: started with one socket, ready when it has imported what it needs."""

    def __init__(
        self,
        command: Sequence[str],
        arguments: Sequence[str],
        walled: bool,
        environment: Mapping[str, str],
        group: Path | None = None,
    ):
        self.group = group
        ours, theirs = socket.socketpair()
        inner = [*command, str(theirs.fileno()), *arguments]
        with theirs, contextlib.ExitStack() as opened:
            self.requests = opened.enter_context(ours)
            self.errors = opened.enter_context(tempfile.TemporaryFile())
            self.process = subprocess.Popen(
                outer.command(inner, group) if walled else inner,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                env={**os.environ, **environment},
                # Ctrl-C in the terminal is the runner's to handle.
                start_new_session=True,
            )
            opened.pop_all()
        self.ready = False
        self.lock = threading.Lock()

    def wait(self) -> None:
        """Until it is ready, or else say why it is not."""
        with self.lock:
            if not self.ready:
                self.requests.settimeout(_START)
                with contextlib.suppress(OSError):
                    self.ready = self.requests.recv(1) == b"r"
                self.requests.settimeout(None)
        if not self.ready:
            if self.gone(5) and self.process.returncode in _KILLED:
                raise wire.Closed("killed before it was ready")
            self.errors.seek(0)
            lines = self.errors.read().decode(errors="replace").strip().splitlines()
            raise CourseError(
                f"The sandbox does not start here ({lines[-1] if lines else 'it says nothing'}); "
                "hbcourse doctor says what is missing."
            )

    def send(self, message: bytes, *ends: socket.socket) -> None:
        self.wait()
        with self.lock:
            socket.send_fds(self.requests, [message], [end.fileno() for end in ends])

    def give(self, archive: Path) -> None:
        """Send a file, which is read once it is ready."""
        with contextlib.suppress(OSError), self.lock, open(archive, "rb") as file:
            socket.send_fds(self.requests, [b"archive"], [file.fileno()])

    def gone(self, seconds: float = 0.2) -> bool:
        """Whether it has ended, or ends within so many seconds."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        self.requests.close()
        # One that still imports would not see for long that nobody is there.
        if not (self.ready and self.gone(5)):
            self.process.kill()
            self.process.wait()
        self.errors.close()
        if self.group is not None:
            cgroup.remove(self.group)


class Pool:
    """Grades jobs, from as many threads at once as the caller likes; restarts what was killed.

    Where it is known that this many of them, ``shares``, have the machine to themselves, each gets processors of its
    own.
    """

    def __init__(self, imports: Imports, limits: Limits, walled: bool = True, shares: int = 0) -> None:
        self.imports, self.limits, self.walled, self.shares = imports, limits, walled, shares
        self.archives: list[Path] = []
        self.lock = threading.Lock()
        self.closed = False
        self.kernels, self.judges = self._new_kernels(), self._new_judges()

    def _new_kernels(self) -> _Server:
        python = [sys.executable, "-P", "-m", "hbcourse.grading.running.kernel_server"]
        filtered = self.walled and system_calls.available()
        # Other users than those of another pool on this machine.
        first_user = inner.FIRST_USER + 64 * (os.getpid() % 1_000_000)
        group = cgroup.make() if self.walled else None
        settings = Settings(
            modules=self.imports.kernel,
            warm_up=self.imports.warm_up,
            walled=self.walled,
            filtered=filtered,
            first_user=first_user,
            homes=outer.homes_in_temporary_folders(),
            shares=self.shares,
            grouped=group is not None,
        )
        server = _Server(python, [json.dumps(asdict(settings))], self.walled, outer.SINGLE, group)
        for archive in self.archives:
            server.give(archive)
        return server

    def _new_judges(self) -> _Server:
        python = [sys.executable, "-P", "-m", "hbcourse.grading.running.judge_server"]
        return _Server(python, [json.dumps(self.imports.judge)], False, outer.SINGLE)

    def grade(self, job: Job) -> Outcome:
        """Grade one submission, again if the judge or the kernels' parent is lost on the way."""
        for _ in range(_TRIES):
            if self.closed:
                raise Lost("Not graded: the run was stopped.")
            try:
                return self._try(job)
            except (wire.WireError, OSError):
                self._restart()
        raise Lost(f"Not graded: the grader's own processes were stopped {_TRIES} times; run the command once more.")

    def load(self, archive: Path) -> None:
        """Let the kernels that start from now on load what the archive holds."""
        with self.lock:
            self.archives.append(archive)
            self.kernels.give(archive)

    def compile(self, solution: Solution) -> None:
        """Grade the model solution, keep what it compiled, and let submissions load it."""
        outcome = self._try(Job("solution", solution.notebook, solution.files, checks=solution.checks), solution=True)
        solution.keep(outcome.compiled)
        self.load(solution.archive)

    def _try(self, job: Job, solution: bool = False) -> Outcome:
        with contextlib.ExitStack() as ends:
            pairs = [[ends.enter_context(end) for end in socket.socketpair()] for _ in range(3)]
            (wire_k, wire_j), (control_k, control_j), (result, result_j) = pairs
            with self.lock:
                kernels, judges = self.kernels, self.judges
            kernels.send(json.dumps(asdict(self.limits)).encode(), wire_k, control_k)
            judges.send(b"job", result_j, wire_j, control_j)
            for end in (wire_k, wire_j, control_k, control_j, result_j):
                end.close()
            message = {
                "student": job.student,
                "limits": asdict(self.limits),
                "files": list(job.files),
                "own": list(job.own),
                "seed": job.seed,
                "solution": solution,
            }
            blobs = [job.notebook.encode(), job.checks, job.tables, *job.files.values(), *job.own.values()]
            wire.send(result, message, blobs)
            # The last test may begin when the time for the whole is nearly up.
            longest = self.limits.total + self.limits.cell + _START
            told, blobs = wire.receive(result, time.monotonic() + longest)
        if "lost" in told:
            raise wire.Closed(told["lost"])
        compiled = dict(zip(told["compiled"], blobs[1:], strict=True))
        return Outcome(blobs[0].decode(), told["problem"], told["seconds"], compiled)

    def _restart(self) -> None:
        with self.lock:
            if self.closed:
                return
            if self.kernels.gone():
                self.kernels.close()
                self.kernels = self._new_kernels()
            if self.judges.gone():
                self.judges.close()
                self.judges = self._new_judges()

    def close(self) -> None:
        """End both parents and with them all that they started."""
        with self.lock:
            self.closed = True
            self.kernels.close()
            self.judges.close()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
