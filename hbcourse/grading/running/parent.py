"""Forks a child behind the wall for each submission, and watches over it.

Each message on the parent's socket asks for a child and brings two sockets: the child's wire, and a control on which
one byte interrupts the child, its closing ends the child, and the reason of the child's end is written. The parent
never sees a submission: its children read them from their wires. A message with one file brings compiled code that
children may load.
"""

import contextlib
import errno
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
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..walls import cgroup, inner, memory
from ..walls.limits import Limits
from . import compiled

INTERRUPT = b"i"
#: Seconds between looks at the memory of the children.
_LOOK = 0.2


@dataclass
class _Child:
    pid: int
    descriptor: int
    control: socket.socket
    limits: Limits
    slot: int
    share: int
    folder: str
    group: cgroup.Group | None
    started: float = field(default_factory=time.monotonic)
    ending: bool = False
    killed_for: str = ""


class Parent:
    """Forks children, passes on interrupts, watches memory and time, and reports how each ended.

    ``wall`` is the number of the first child's user, and the folders of Python that children must see; the others are
    as in the settings.
    """

    def __init__(
        self, requests: socket.socket, wall: tuple[int, Sequence[str]] | None, shares: int, grouped: bool
    ) -> None:
        self.requests, self.wall, self.shares, self.grouped = requests, wall, shares, grouped
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
        if len(descriptors) == 1:
            compiled.unpack(descriptors[0])
            return True
        wire, control = (socket.socket(fileno=number) for number in descriptors)
        limits = Limits(**json.loads(message))
        slot = min(set(range(len(self.children) + 1)) - {child.slot for child in self.children.values()})
        share = self._freest_share()
        # Behind the wall, each has an empty file system of its own.
        # Not an object that removes it: the next child, a copy of this process, would do so too.
        folder = "" if self.wall else tempfile.mkdtemp()
        group = cgroup.Group(limits) if self.grouped else None
        if self.wall:
            inner.new_process_namespace()
        pid = os.fork()
        if pid == 0:
            self._become(wire, limits, slot, share, folder, group)
        wire.close()
        child = _Child(pid, os.pidfd_open(pid), control, limits, slot, share, folder, group)
        self.children[pid] = child
        self.ready.register(child.descriptor, selectors.EVENT_READ, pid)
        self.ready.register(control, selectors.EVENT_READ, pid)
        return True

    def _freest_share(self) -> int:
        """The share of the processors that the fewest children have who are not about to end."""
        taken = Counter(child.share for child in self.children.values() if not child.ending)
        return min(range(max(self.shares, 1)), key=lambda share: taken[share])

    def _become(
        self, wire: socket.socket, limits: Limits, slot: int, share: int, folder: str, group: cgroup.Group | None
    ) -> None:
        status = 1
        try:
            from . import shell

            number = os.dup2(wire.fileno(), 3) if wire.fileno() != 3 else 3
            os.closerange(4, 1 << 16)
            self.children.clear()
            if group is not None:
                group.enter()
            if self.wall:
                if self.shares:
                    os.sched_setaffinity(0, _processors(share, self.shares))
                first_user, homes = self.wall
                inner.enter(limits, first_user + slot, homes)
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
        if not self.wall:
            with contextlib.suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)

    def _ended(self, child: _Child) -> None:
        _, status = os.waitpid(child.pid, 0)
        if child.folder:
            self._kill(child, "")
            shutil.rmtree(child.folder, ignore_errors=True)
        if child.group is not None:
            child.killed_for = child.killed_for or ("memory" if child.group.ran_out() else "")
            child.group.remove()
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
            # Where there is a group, the kernel itself counts.
            elif child.group is None and memory.is_above(child.limits.memory, child.pid):
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
