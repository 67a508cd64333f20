"""The inner wall: what a forked child does to itself before a student's first line runs in it. Linux only.

The child gets process, file system, network and message namespaces of its own, empty temporary folders that vanish
with it, an unprivileged user, limits, and a list of system calls that it cannot make. The parent holds on to it by a
process descriptor: when the child, the first process of its namespace, ends, the kernel ends all that it started.
"""

import ctypes
import os
import resource
from collections.abc import Sequence
from pathlib import Path

from . import cgroup, system_calls
from .limits import Limits

_LIBC = ctypes.CDLL(None, use_errno=True)
_NAMESPACES = os.CLONE_NEWNS | os.CLONE_NEWIPC | os.CLONE_NEWNET | os.CLONE_NEWUTS
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE, _MNT_DETACH = 1 << 12, 1 << 14, 1 << 18, 2
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE, _PR_SET_THP_DISABLE = 24, 38, 4, 41
#: Nobody's numbers; those of containers are below.
FIRST_USER = 1_900_000_000

WORK = "/tmp/work"
#: The list of users.
ACCOUNTS = "/tmp/.passwd"
#: Where libraries keep what they have compiled: filled by the parent, and seen by each child with its own changes.
CACHE = "/cache"


def new_process_namespace() -> None:
    """Make the next child the first process of a namespace of its own."""
    # A second time is refused unless the first choice is taken back.
    _own_process_namespace()
    os.unshare(os.CLONE_NEWPID)


def _own_process_namespace() -> None:
    """Make the next child one of this process's own namespace."""
    with open("/proc/self/ns/pid") as own:
        os.setns(own.fileno(), os.CLONE_NEWPID)


def share_cache() -> None:
    """Let children, who are other users, change what is in the cache; each of them changes its own copy."""
    for folder, _, files in os.walk(CACHE):
        os.chmod(folder, 0o777)
        for file in files:
            os.chmod(os.path.join(folder, file), 0o666)


def enter(limits: Limits, user: int, homes: Sequence[str] = ()) -> None:
    """Put this process, a child forked after :func:`new_process_namespace`, behind the wall.

    ``homes`` are the folders of Python that it must still see, though they lie in temporary ones.
    """
    os.setsid()
    os.unshare(_NAMESPACES)
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    if os.path.ismount(cgroup.INSIDE):
        os.unshare(os.CLONE_NEWCGROUP)
        _check(_LIBC.umount2(cgroup.INSIDE.encode(), _MNT_DETACH), "umount")
    kept = {home: os.open(home, os.O_PATH) for home in homes}
    size = f"size={limits.memory // 4},nr_inodes=20000,mode=1777"
    for folder in ("/tmp", "/dev/shm"):
        _mount("tmpfs", folder, "tmpfs", _MS_NOSUID | _MS_NODEV, size)
    for home, descriptor in kept.items():
        os.makedirs(home)
        _mount(f"/proc/self/fd/{descriptor}", home, None, _MS_BIND | _MS_REC)
        os.close(descriptor)
    number = user if _many_users() else FIRST_USER
    users = {"student": number, "root": 0, "nobody": 65534}
    Path(ACCOUNTS).write_text("".join(f"{name}:x:{n}:{n}::{WORK}:/bin/sh\n" for name, n in users.items()))
    os.chmod(ACCOUNTS, 0o644)
    for layer in ("/tmp/.cache/upper", "/tmp/.cache/work"):
        os.makedirs(layer)
    os.chmod("/tmp/.cache/upper", 0o777)
    layers = f"lowerdir={CACHE},upperdir=/tmp/.cache/upper,workdir=/tmp/.cache/work"
    _mount("overlay", CACHE, "overlay", _MS_NOSUID | _MS_NODEV, layers)
    _mount("devpts", "/dev/pts", "devpts", _MS_NOSUID | _MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620,max=16")
    _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV)
    # To map it is another way to the memory that the filter of system calls forbids.
    _mount("/dev/null", "/dev/zero", None, _MS_BIND)
    # The machine's own counters (of terminals, of open files) would tell one child of another; and where all are one
    # user, the settings of its namespaces would be a child's to change.
    _mount("tmpfs", "/proc/sys", "tmpfs", _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, "size=4k")
    # The first to go when the machine itself runs out of memory.
    Path("/proc/self/oom_score_adj").write_text("1000")
    if _many_users():
        # One user for each submission at a time: the number of processes is counted by user.
        os.setgroups([])
        os.setresgid(user, user, user)
        _drop_capability_bounds()
        os.setresuid(user, user, user)
    else:
        # And by user namespace, where there is only one user, who is called root behind the outer wall.
        os.unshare(os.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{FIRST_USER} 0 1")
        Path("/proc/self/gid_map").write_text(f"{FIRST_USER} 0 1")
        _drop_capability_bounds()
        _drop_capabilities()
    limit(limits)
    # Of a huge page let go of but for a part, the whole stays, and only the part is counted.
    _check(_LIBC.prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0), "huge pages")
    # No core file, and nobody attaches to it.
    _check(_LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")
    _check(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    system_calls.restrict()
    os.mkdir(WORK)
    os.chdir(WORK)


def try_out() -> None:
    """Put a child behind the wall, and raise OSError if it does not get there."""
    new_process_namespace()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            enter(Limits(), FIRST_USER)
            status = 0 if os.getpid() == 1 and os.getcwd() == WORK else 1
        except OSError as error:
            status = error.errno or 1
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # That namespace has ended with its first process: nothing more could be started in it.
    _own_process_namespace()
    if status:
        raise OSError(status, f"no submission can be walled in: {os.strerror(status)}")


def _many_users() -> bool:
    """Whether this is the machine's own root, who may become anyone."""
    return int(Path("/proc/self/uid_map").read_text().split()[2]) > 1


def data_size() -> int:
    """Bytes of memory that this process has asked for."""
    sizes = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(sizes["VmData"].split()[0]) << 10


def limit(limits: Limits) -> None:
    """Set what the kernel itself limits; the parent watches time and memory as a whole."""
    for what, most in (
        (resource.RLIMIT_DATA, data_size() + limits.memory),
        (resource.RLIMIT_FSIZE, limits.memory // 4),
        (resource.RLIMIT_NPROC, limits.processes),
        # Half of what a user's own processes have: files on their way through sockets are counted by user.
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        # Timers too: each keeps a signal in store.
        (resource.RLIMIT_SIGPENDING, 1024),
        (resource.RLIMIT_CPU, int(limits.total) + 60),
    ):
        resource.setrlimit(what, (most, most))


def _drop_capability_bounds() -> None:
    for capability in range(64):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def _drop_capabilities() -> None:
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _check(_LIBC.capset(header, none), "capset")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind, options)]
    _check(_LIBC.mount(*encoded[:3], ctypes.c_ulong(flags), encoded[3]), f"mount {target}")


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
