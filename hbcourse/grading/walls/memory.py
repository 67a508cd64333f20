"""How much memory a submission holds, by what ``/proc`` tells: where it has no control group of its own.

The kernel keeps more for a process than its pages, and tells only some of it. What it does not tell is taken to be the
most that it can be; what can be neither told nor bounded, the filter of system calls forbids.
"""

import contextlib
import os
import socket
from collections.abc import Iterator, Sequence

#: Bytes of a mapping, and what it costs for each process that may have come of another by a fork: the kernel chains
#: the mappings of parents and children.
_MAPPING, _CHAINED = 400, 64
#: Bytes that an open file may hold in a buffer of the kernel's, and those of one file in one set of watched files.
_FILE, _WATCHED = 8 << 10, 200
#: Bytes of a thread in the kernel: its stack, and what it is known by.
_THREAD = 32 << 10


def is_above(most: int, pid: int) -> bool:
    """Whether a process and its descendants hold more bytes than that, what they share with others counted in part."""
    family = list(_family(pid))
    held, mapping = _files(pid) + _sockets(pid), _MAPPING + _CHAINED * len(family)
    # To look more closely takes time, for which the child stands still, so only where it matters.
    if held + sum(map(_at_most, family)) + len(family) * _most_mappings() * mapping <= most:
        return False
    for one in family:
        held += _shared_out(one) + _mappings(one) * mapping
        if held > most:
            return True
    return False


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


def _at_most(pid: int) -> int:
    """Bytes of one process, as if it shared no page; without its mappings, and without files in memory."""
    status = _numbers(f"/proc/{pid}/status")
    return _told(status, (b"RssAnon", b"RssFile", b"VmSwap", b"VmPTE")) + _untold(status)


def _shared_out(pid: int) -> int:
    """The same, each page divided by the number of processes that share it."""
    status = _numbers(f"/proc/{pid}/status")
    pages = _told(_numbers(f"/proc/{pid}/smaps_rollup"), (b"Pss_Anon", b"Pss_File", b"SwapPss"))
    return pages + _told(status, (b"VmPTE",)) + _untold(status)


def _untold(status: dict[bytes, int]) -> int:
    """The most that may lie in the kernel for open files, which may watch each other, and for threads."""
    files = status.get(b"FDSize", 0)
    return files * _FILE + (files // 2) ** 2 * _WATCHED + status.get(b"Threads", 0) * _THREAD


def _told(numbers: dict[bytes, int], names: Sequence[bytes]) -> int:
    return sum(numbers.get(name, 0) << 10 for name in names)


def _numbers(file: str) -> dict[bytes, int]:
    """The numbers in a file of the kernel's, by the names before them; none if the process has gone."""
    found = {}
    with contextlib.suppress(OSError), open(file, "rb") as lines:
        for line in lines:
            name, _, rest = line.partition(b":")
            with contextlib.suppress(IndexError, ValueError):
                found[name] = int(rest.split()[0])
    return found


def _most_mappings() -> int:
    with open("/proc/sys/vm/max_map_count") as file:
        return int(file.read())


def _mappings(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/maps", "rb") as lines:
        return sum(1 for _ in lines)
    return 0


def _files(pid: int) -> int:
    """Bytes in the temporary folders that a child has for itself, files included that have no name any more."""
    used = 0
    for folder in ("/tmp", "/dev/shm"):
        with contextlib.suppress(OSError):
            own = f"/proc/{pid}/root{folder}"
            # Not where there is no wall.
            if os.stat(own).st_dev != os.stat(folder).st_dev:
                of = os.statvfs(own)
                used += (of.f_blocks - of.f_bfree) * of.f_frsize
    return used


def _sockets(pid: int) -> int:
    """The most that may wait in the sockets of a child's own network, those that nobody has accepted or open too."""
    with contextlib.suppress(OSError, ValueError):
        if os.readlink(f"/proc/{pid}/ns/net") != os.readlink("/proc/self/ns/net"):
            with open(f"/proc/{pid}/net/sockstat") as lines:
                return int(next(lines).split()[2]) * _room()
    return 0


def _room() -> int:
    """Bytes that one socket may hold."""
    with socket.socket(socket.AF_UNIX) as one:
        sizes = [one.getsockopt(socket.SOL_SOCKET, option) for option in (socket.SO_SNDBUF, socket.SO_RCVBUF)]
    return sum(sizes)
