"""How much memory a process holds, with all that it started and with what waits in their sockets."""

import contextlib
import os
from collections.abc import Iterator

#: Bytes that a socket may hold, by Linux's defaults.
_SOCKET = 416 << 10


def is_above(most: int, pid: int) -> bool:
    """Whether a process and its descendants hold more bytes than that, what they share with others counted in part."""
    family = list(_family(pid))
    # What waits in sockets belongs to no process.
    sockets = _SOCKET * len({socket for process in family for socket in _sockets(process)})
    # What is shared is counted in part only where it matters: the child stands still while its pages are counted.
    return sum(map(_whole, family)) + sockets > most and sum(map(_share, family)) + sockets > most


def _family(pid: int) -> Iterator[int]:
    parents: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        # As bytes: a process may call itself what is no text.
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            parents.setdefault(int(file.read().rpartition(b")")[2].split()[1]), []).append(int(name))
    waiting = [pid]
    while waiting:
        yield (one := waiting.pop())
        waiting += parents.get(one, [])


def _whole(pid: int) -> int:
    return _lines(f"/proc/{pid}/status", (b"VmRSS:", b"VmSwap:", b"VmPTE:"))


def _share(pid: int) -> int:
    return _lines(f"/proc/{pid}/smaps_rollup", (b"Pss:", b"SwapPss:")) + _lines(f"/proc/{pid}/status", (b"VmPTE:",))


def _lines(file: str, names: tuple[bytes, ...]) -> int:
    """Bytes that these lines of a file of the kernel's tell."""
    with contextlib.suppress(OSError), open(file, "rb") as lines:
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(names))
    return 0


def _sockets(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if (link := os.readlink(entry.path)).startswith("socket:"):
                    yield link
