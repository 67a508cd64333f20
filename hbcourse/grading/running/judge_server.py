"""The trusted parent: forks a judge for each submission, outside of any sandbox.

Started by the pool, with one socket. A judge reads its job, grades it, writes what came of it and ends, so that
nothing of one submission is left for the next.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import signal
import socket
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

from ...check import graded
from ..walls.inner import data_size
from ..walls.limits import Limits
from . import wire
from .judge import Judge
from .kernel_client import Kernel, WorkerLost
from .kernel_server import import_all

_PR_SET_PDEATHSIG = 1
#: Bytes that tests may use.
_MEMORY = 2 << 30


def main() -> None:
    """Serve until the socket given as the first argument closes; the second lists the modules to import before."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    import_all(json.loads(sys.argv[2]))
    gc.collect()
    gc.freeze()
    requests.sendall(b"r")
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, 16, 3)
        _reap()
        if not message:
            return
        if os.fork() == 0:
            status = 1
            try:
                requests.close()
                _grade_one(*(socket.socket(fileno=number) for number in descriptors))
                status = 0
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(status)
        for number in descriptors:
            os.close(number)


def _reap() -> None:
    """Take note of the children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _grade_one(result: socket.socket, end: socket.socket, control: socket.socket) -> None:
    """Read a job from ``result``, grade it, and write there what came of it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    job, blobs = wire.receive(result)
    limits = Limits(**job["limits"])
    # A student's data must not fill the machine's memory here either.
    resource.setrlimit(resource.RLIMIT_DATA, (data_size() + _MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(limits.total + limits.cell) + 60,) * 2)
    notebook, checks, tables, beside = json.loads(blobs[0]), blobs[1], blobs[2], blobs[3:]
    started, processor = time.monotonic(), time.process_time()
    try:
        kernel = Kernel(end, control, limits)
        forked = time.monotonic()
        kernel.ask(forked + limits.cell, beside, do="files", names=[*job["files"], *job["own"]])
        judge = Judge(notebook, job["student"], kernel, limits)
        with _beside(dict(zip(job["files"], beside, strict=False))), _told(checks, tables, job["seed"]):
            judge.grade()
    except WorkerLost as lost:
        wire.send(result, {"lost": str(lost)})
        return
    entries = kernel.compiled() if job["solution"] and not judge.problem else {}
    seconds = {
        "fork": forked - started,
        **({"kernel": 0.0} if judge.problem else kernel.spent()),
        "judge": time.process_time() - processor,
        "total": time.monotonic() - started,
    }
    # Before its result is known, so that whoever asks for the next kernel finds this one's share free.
    control.close()
    told = {"problem": judge.problem, "seconds": seconds, "compiled": list(entries)}
    wire.send(result, told, [json.dumps(notebook).encode(), *entries.values()])


@contextlib.contextmanager
def _beside(files: dict[str, bytes]) -> Iterator[None]:
    """Work in a folder of one's own, in which lies what was released with the notebook."""
    with tempfile.TemporaryDirectory(prefix="judge-") as folder, contextlib.chdir(folder):
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content)
        yield


@contextlib.contextmanager
def _told(checks: bytes, tables: bytes, seed: str) -> Iterator[None]:
    """Let hidden tests know the checks that they run, if there are any, and of what their inputs are drawn."""
    with tempfile.TemporaryDirectory(prefix="checks-") as folder:
        if checks:
            file = Path(folder, "checks.py")
            file.write_bytes(checks)
            os.environ |= {graded.CHECKS: str(file), graded.SEED: seed}
        if tables:
            file = Path(folder, "tables.zip")
            file.write_bytes(tables)
            os.environ[graded.HINTS] = str(file)
        yield


if __name__ == "__main__":
    main()
