"""The warm parent: imports what submissions need once, then forks a child behind the wall for each of them.

Started by the pool, inside bubblewrap, with one socket. Each message on it asks for a child and brings two sockets:
the child's wire, and a control on which one byte interrupts the child, its closing ends the child, and the reason of
the child's end is written. The parent never sees a submission: its children read them from their wires.
"""

import contextlib
import errno
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from . import isolation, memory
from .isolation import Limits

INTERRUPT = b"i"
#: Seconds between looks at the memory of the children.
_LOOK = 0.2


@dataclass(frozen=True)
class Settings:
    """How the parent is to serve.

    Attributes
    ----------
    modules : sequence of str
        What is imported beforehand.
    sampler : bool
        Whether PyMC's sampler is compiled beforehand too.
    walled, filtered : bool
        Whether there are walls, and a filter of system calls in them.
    first_user : int
        The number of the first child's user; the next are other users.
    homes : sequence of str
        Folders of Python that children must see though they lie in temporary ones.
    shares : int
        Among how many children the processors are shared out; 0 for no such shares.
    """

    modules: Sequence[str]
    sampler: bool
    walled: bool
    filtered: bool
    first_user: int
    homes: Sequence[str]
    shares: int


@dataclass
class _Child:
    pid: int
    descriptor: int
    control: socket.socket
    limits: Limits
    slot: int
    share: int
    folder: str
    started: float = field(default_factory=time.monotonic)
    ending: bool = False
    killed_for: str = ""


def main() -> None:
    """Serve until the socket that the first argument names closes; the second says how."""
    requests, settings = socket.socket(fileno=int(sys.argv[1])), Settings(**json.loads(sys.argv[2]))
    # Whatever imports start threads, the children use none of them.
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    # The filter is found now: behind the inner wall some of the ways to look for it are closed.
    if isolation.system_call_filter_available() < settings.filtered:
        sys.exit("the filter of system calls is installed, but cannot be loaded")
    if settings.walled:
        isolation.try_out()
    # Looking for garbage among all that is imported and compiled costs a second, and finds next to nothing.
    gc.disable()
    _warm(settings)
    if settings.walled:
        isolation.share_cache()
    gc.freeze()
    gc.enable()
    requests.sendall(b"r")
    Parent(requests, settings).serve()


def _warm(settings: Settings) -> None:
    from . import shell

    import_all(settings.modules)
    shell.prepare()
    if settings.sampler and "pymc" in settings.modules:
        _compile_a_sampler()


def import_all(names: Iterable[str]) -> None:
    """Import what there is of these names; some of them are no modules, but what modules hold."""
    for name in names:
        # An exercise may also import what only students have installed.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _compile_a_sampler() -> None:
    """Sample a model once: what it compiles, each child inherits."""
    import numpy as np
    import pymc as pm

    with (
        contextlib.redirect_stderr(None),
        contextlib.redirect_stdout(None),
        warnings.catch_warnings(action="ignore"),
        pm.Model(),
    ):
        mu, tau = pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5)
        pm.Normal("y", mu + tau * pm.Normal("z", 0, 1, shape=3), np.arange(1.0, 4.0), observed=np.arange(3.0))
        pm.sample(draws=5, tune=5, chains=1, cores=1, progressbar=False, quiet=True, random_seed=1)


class Parent:
    """Forks children, passes on interrupts, watches memory and time, and reports how each ended."""

    def __init__(self, requests: socket.socket, settings: Settings) -> None:
        self.requests, self.walled, self.first_user = requests, settings.walled, settings.first_user
        self.shares, self.homes = settings.shares, settings.homes
        self.children: dict[int, _Child] = {}
        # Not epoll: how much it may watch is counted by user, and children may be the same user.
        self.ready = selectors.PollSelector()
        self.ready.register(requests, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until the pool is gone."""
        looked = time.monotonic()
        while True:
            # Requests last: whoever asks for a child may just have let go of another, whose share is free then.
            for key, _ in sorted(self.ready.select(_LOOK if self.children else None), key=lambda one: not one[0].data):
                child = self.children.get(key.data) if key.data else None
                if key.fileobj is self.requests:
                    if not self._start():
                        return self._end_all()
                elif child is not None:
                    self._control(child) if key.fileobj is child.control else self._ended(child)
            if time.monotonic() - looked > _LOOK:
                looked = time.monotonic()
                self._watch()

    def _start(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self.requests, 4096, 2)
        if not message:
            return False
        wire, control = (socket.socket(fileno=number) for number in descriptors)
        limits = Limits(**json.loads(message))
        slot = min(set(range(len(self.children) + 1)) - {child.slot for child in self.children.values()})
        share = self._freest_share()
        # Behind the wall, each has an empty file system of its own.
        # Not an object that removes it: the next child, a copy of this process, would do so too.
        folder = "" if self.walled else tempfile.mkdtemp()
        if self.walled:
            isolation.new_process_namespace()
        pid = os.fork()
        if pid == 0:
            self._become(wire, limits, slot, share, folder)
        wire.close()
        child = _Child(pid, os.pidfd_open(pid), control, limits, slot, share, folder)
        self.children[pid] = child
        self.ready.register(child.descriptor, selectors.EVENT_READ, pid)
        self.ready.register(control, selectors.EVENT_READ, pid)
        return True

    def _freest_share(self) -> int:
        """The share of the processors that the fewest children have who are not about to end."""
        taken = Counter(child.share for child in self.children.values() if not child.ending)
        return min(range(max(self.shares, 1)), key=lambda share: taken[share])

    def _become(self, wire: socket.socket, limits: Limits, slot: int, share: int, folder: str) -> None:
        status = 1
        try:
            from . import shell

            number = os.dup2(wire.fileno(), 3) if wire.fileno() != 3 else 3
            os.closerange(4, 1 << 16)
            self.children.clear()
            if self.walled:
                if self.shares:
                    os.sched_setaffinity(0, _processors(share, self.shares))
                isolation.enter(limits, self.first_user + slot, self.homes)
            else:
                os.setsid()
                os.chdir(folder)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(nowhere, standard)
            shell.serve(socket.socket(fileno=number))
            status = 0
        except MemoryError:
            status = errno.ENOMEM
        except BaseException:
            with contextlib.suppress(BaseException):
                traceback.print_exc()
                sys.stderr.flush()
        finally:
            os._exit(status)

    def _control(self, child: _Child) -> None:
        said = b""
        with contextlib.suppress(OSError):
            said = child.control.recv(16)
        if said:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(child.descriptor, signal.SIGINT)
        else:
            self.ready.unregister(child.control)
            self._kill(child, "")

    def _kill(self, child: _Child, reason: str) -> None:
        child.ending, child.killed_for = True, child.killed_for or reason
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(child.descriptor, signal.SIGKILL)
        if not self.walled:
            with contextlib.suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)

    def _ended(self, child: _Child) -> None:
        _, status = os.waitpid(child.pid, 0)
        if child.folder:
            self._kill(child, "")
            shutil.rmtree(child.folder, ignore_errors=True)
        self.ready.unregister(child.descriptor)
        os.close(child.descriptor)
        with contextlib.suppress(KeyError, ValueError):
            self.ready.unregister(child.control)
        code = os.waitstatus_to_exitcode(status)
        with contextlib.suppress(OSError):
            child.control.sendall(json.dumps({"reason": child.killed_for, "code": code}).encode())
        child.control.close()
        del self.children[child.pid]

    def _watch(self) -> None:
        for child in list(self.children.values()):
            if time.monotonic() - child.started > child.limits.total:
                self._kill(child, "time")
            elif memory.is_above(child.limits.memory, child.pid):
                self._kill(child, "memory")

    def _end_all(self) -> None:
        for child in self.children.values():
            self._kill(child, "")
            if child.folder:
                shutil.rmtree(child.folder, ignore_errors=True)


def _processors(share: int, shares: int) -> list[int]:
    """One child's share of the processors: one with many busy processes takes no time from the others."""
    there = sorted(os.sched_getaffinity(0))
    return there[share::shares] or [there[share % len(there)]]


if __name__ == "__main__":
    main()
