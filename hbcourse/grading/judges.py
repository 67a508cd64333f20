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

from . import wire
from .isolation import Limits, data_size
from .judge import Judge
from .kernel import import_all
from .questions import Kernel, WorkerLost

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
    notebook = json.loads(blobs[0])
    started, processor = time.monotonic(), time.process_time()
    try:
        kernel = Kernel(end, control, limits)
        forked = time.monotonic()
        kernel.ask(forked + limits.cell, blobs[1:], do="files", names=job["files"])
        judge = Judge(notebook, job["student"], kernel, limits)
        with _beside(dict(zip(job["files"], blobs[1:], strict=True))):
            judge.grade()
    except WorkerLost as lost:
        wire.send(result, {"lost": str(lost)})
        return
    seconds = {
        "fork": forked - started,
        "kernel": 0.0 if judge.problem else kernel.processor_time(),
        "judge": time.process_time() - processor,
        "total": time.monotonic() - started,
    }
    # Before its result is known, so that whoever asks for the next kernel finds this one's share free.
    control.close()
    wire.send(result, {"problem": judge.problem, "seconds": seconds}, [json.dumps(notebook).encode()])


@contextlib.contextmanager
def _beside(files: dict[str, bytes]) -> Iterator[None]:
    """Work in a folder of one's own, in which lies what was released with the notebook."""
    with tempfile.TemporaryDirectory(prefix="judge-") as folder, contextlib.chdir(folder):
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content)
        yield


if __name__ == "__main__":
    main()
