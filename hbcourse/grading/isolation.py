"""The inner wall: what a forked child does to itself before a student's first line runs in it. Linux only.

The child gets process, file system, network and message namespaces of its own, empty temporary folders that vanish
with it, an unprivileged user, limits, and a list of system calls that it cannot make. The parent holds on to it by a
process descriptor: when the child, the first process of its namespace, ends, the kernel ends all that it started.
"""

import contextlib
import ctypes
import errno
import mmap
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_NAMESPACES = os.CLONE_NEWNS | os.CLONE_NEWIPC | os.CLONE_NEWNET | os.CLONE_NEWUTS
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 1, 2, 4, 8, 32
_MS_BIND, _MS_REC, _MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE = 24, 38, 4
#: Nobody's numbers; those of containers are below.
FIRST_USER = 1_900_000_000

#: What no exercise needs and what has opened kernels before; and memory that belongs to no process.
_FORBIDDEN = [
    "acct",
    "add_key",
    "bpf",
    "chroot",
    "clock_settime",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsmount",
    "fsopen",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mount",
    "memfd_create",
    "memfd_secret",
    "mount_setattr",
    "move_mount",
    "mq_open",
    "msgget",
    "name_to_handle_at",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "pidfd_getfd",
    "pivot_root",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "reboot",
    "request_key",
    "setdomainname",
    "sethostname",
    "sched_setaffinity",
    "semget",
    "setns",
    "settimeofday",
    "shmget",
    "swapoff",
    "swapon",
    "syslog",
    "umount2",
    "unshare",
    "userfaultfd",
    "vhangup",
]

WORK = "/tmp/work"
#: Where libraries keep what they have compiled: filled by the parent, and seen by each child with its own changes.
CACHE = "/cache"


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    cell, total : float
        Seconds that a cell, and the whole submission, may take.
    memory : int
        Bytes of memory, over all its processes; as many again of files.
    processes : int
        Processes and threads at a time.
    """

    cell: float = 120
    total: float = 600
    memory: int = 4 << 30
    processes: int = 256


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
    kept = {home: os.open(home, os.O_PATH) for home in homes}
    size = f"size={limits.memory // 4},nr_inodes=20000,mode=1777"
    for folder in ("/tmp", "/dev/shm"):
        _mount("tmpfs", folder, "tmpfs", _MS_NOSUID | _MS_NODEV, size)
    for home, descriptor in kept.items():
        os.makedirs(home)
        _mount(f"/proc/self/fd/{descriptor}", home, None, _MS_BIND | _MS_REC)
        os.close(descriptor)
    for layer in ("/tmp/.cache/upper", "/tmp/.cache/work"):
        os.makedirs(layer)
    os.chmod("/tmp/.cache/upper", 0o777)
    layers = f"lowerdir={CACHE},upperdir=/tmp/.cache/upper,workdir=/tmp/.cache/work"
    _mount("overlay", CACHE, "overlay", _MS_NOSUID | _MS_NODEV, layers)
    _mount("devpts", "/dev/pts", "devpts", _MS_NOSUID | _MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV)
    # To map it is another way to the memory that the filter of system calls forbids.
    _mount("/dev/null", "/dev/zero", None, _MS_BIND)
    # Where all are one user, these settings of its namespaces would be a child's to change.
    _mount("/proc/sys", "/proc/sys", None, _MS_BIND)
    _mount(None, "/proc/sys", None, _MS_BIND | _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
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
    # No core file, and nobody attaches to it.
    _check(_LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")
    _check(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _forbid_system_calls()
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
        (resource.RLIMIT_CPU, int(limits.total) + 60),
    ):
        resource.setrlimit(what, (most, most))


def system_call_filter_available() -> bool:
    """Whether libseccomp can be had: the wall stands without it, but is lower."""
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def _forbid_system_calls() -> None:
    # Looked for by the parent: from here, libraries cannot be.
    seccomp = sys.modules.get("pyseccomp")
    if seccomp is None:
        return

    calls = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in _FORBIDDEN:
        # Older kernels and libraries do not know the newest calls.
        with contextlib.suppress(ValueError, OSError):
            calls.add_rule(seccomp.ERRNO(errno.EPERM), name)
    # A namespace in which one is root; the newer call hides what it asks for, so that the older one is used instead.
    wanted = seccomp.Arg(0, seccomp.MASKED_EQ, os.CLONE_NEWUSER, os.CLONE_NEWUSER)
    calls.add_rule(seccomp.ERRNO(errno.EPERM), "clone", wanted)
    calls.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    # Memory that no process holds any more once it is let go of in part, and no limit counts. Libraries use files.
    shared = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    calls.add_rule(seccomp.ERRNO(errno.EPERM), "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, shared, shared))
    calls.load()


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
