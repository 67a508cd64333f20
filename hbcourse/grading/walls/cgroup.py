"""A control group for each submission, in which the kernel itself counts memory and processes: where it can be had.

Needed is version 2 of control groups, with a group in it whose members this user may move and whose controllers of
memory and processes it may hand on: root has that on most machines, others in what ``systemd-run --user --scope``
starts, and containers if they see their own groups writable. A run makes one group for itself, with one in it for each
submission; the warm parent sees it at :data:`INSIDE`, its children not at all.
"""

import contextlib
import os
import secrets
import time
from pathlib import Path

from .limits import Limits

INSIDE = "/groups"
_CONTROLLERS = {"memory", "pids"}
_NAME = "hbcourse"
#: Seconds that processes which were killed have to be gone.
_PATIENCE = 2.0


def make() -> Path | None:
    """A new group for a run; None where there can be none."""
    with contextlib.suppress(OSError, StopIteration):
        own = _own()
        above = next((group for group in (own, *own.parents) if _hands_on(group)), None)
        return _make_below(above or _opened(own))
    return None


def remove(group: Path) -> None:
    """Remove the group of a run whose processes have ended, or are about to."""
    until = time.monotonic() + _PATIENCE
    while group.exists():
        with contextlib.suppress(OSError):
            for one in filter(Path.is_dir, group.iterdir()):
                one.rmdir()
            group.rmdir()
        if time.monotonic() > until:
            break
        time.sleep(0.01)


def _own() -> Path:
    """The folder of this process's group; StopIteration if there is no version 2."""
    mounts = (line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines())
    root, place = next((m[3], m[4]) for m in mounts if m[m.index("-") + 1] == "cgroup2")
    own = next(line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
    return Path(place) / os.path.relpath(own, root)


def _hands_on(group: Path) -> bool:
    """Whether groups can be made in this one that have the controllers, and processes moved to them."""
    try:
        handed_on = set((group / "cgroup.subtree_control").read_text().split())
    except OSError:
        return False
    return handed_on >= _CONTROLLERS and os.access(group, os.W_OK) and os.access(group / "cgroup.procs", os.W_OK)


def _opened(group: Path) -> Path:
    """This group, made to hand on its controllers; if need be, after its processes have moved to one within."""
    if not set((group / "cgroup.controllers").read_text().split()) >= _CONTROLLERS:
        raise FileNotFoundError(f"no controllers in {group}")
    # The machine's own group may do so with processes in it, that of a container may not.
    with contextlib.suppress(OSError):
        _hand_on(group)
        return group
    within = group / f"{_NAME}.processes"
    within.mkdir(exist_ok=True)
    _move_all(group, within)
    try:
        _hand_on(group)
    except OSError:
        _move_all(within, group)
        within.rmdir()
        raise
    return group


def _move_all(group: Path, other: Path) -> None:
    for pid in (group / "cgroup.procs").read_text().split():
        # It may have ended meanwhile, or belong to the kernel.
        with contextlib.suppress(OSError):
            (other / "cgroup.procs").write_text(pid)


def _hand_on(group: Path) -> None:
    (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in sorted(_CONTROLLERS)))


def _make_below(group: Path) -> Path:
    for old in group.glob(f"{_NAME}-*"):
        # Of a run that was killed.
        if not Path("/proc", old.name.split("-")[1]).exists():
            remove(old)
    new = group / f"{_NAME}-{os.getpid()}-{secrets.token_hex(4)}"
    new.mkdir()
    try:
        _hand_on(new)
    except OSError:
        new.rmdir()
        raise
    return new


class Group:
    """The group of one submission, with its limits."""

    def __init__(self, limits: Limits, place: str = INSIDE) -> None:
        self.folder = Path(place, secrets.token_hex(4))
        self.folder.mkdir()
        for name, most in (("memory.max", limits.memory), ("pids.max", limits.processes), ("memory.oom.group", 1)):
            (self.folder / name).write_text(str(most))
        # Not there where the machine has no swap.
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "memory.swap.max").write_text("0")

    def enter(self) -> None:
        """Move this process into it."""
        (self.folder / "cgroup.procs").write_text("0")

    def ran_out(self) -> bool:
        """Whether the kernel ended it for its memory."""
        events = dict(line.split() for line in (self.folder / "memory.events").read_text().splitlines())
        return int(events["oom_kill"]) > 0

    def remove(self) -> None:
        # If the kernel is not done with it, it goes with the group of the run.
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def works() -> bool:
    """Whether a child of this process can have a group of its own."""
    with contextlib.suppress(OSError):
        group = Group(Limits())
        if (child := os.fork()) == 0:
            status = 1
            try:
                group.enter()
                status = 0
            finally:
                os._exit(status)
        status = os.waitpid(child, 0)[1]
        group.remove()
        return status == 0
    return False
