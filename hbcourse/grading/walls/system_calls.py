"""The filter of system calls: what no exercise needs, and what would let one submission harm or signal to another.

Some calls are refused, because they have opened kernels before, or because they take memory that is counted nowhere.
Others act on things that all submissions share and no namespace separates: locks, leases and watches belong to a file's
inode, and two submissions that see Python's own files see the same inodes. Locks are not refused but skipped: the
call succeeds and does nothing. SQLite, PyTensor and HDF5 lock the files that they use, which nobody else has here.
"""

import contextlib
import errno
import fcntl
import functools
import mmap
import os
import socket
import sys
from typing import Any

_REFUSED = """
    acct adjtimex bpf chroot clock_adjtime clock_settime delete_module finit_module fsmount fsopen fspick init_module
    ioperm iopl kcmp kexec_file_load kexec_load lookup_dcookie mount mount_setattr move_mount name_to_handle_at
    open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root process_vm_readv process_vm_writev ptrace
    quotactl quotactl_fd reboot sched_setaffinity setdomainname sethostname setns settimeofday swapoff swapon syslog
    umount2 unshare userfaultfd vhangup
"""
#: What all submissions of a machine or of its user share: keyrings, System V and POSIX queues, watches on files,
#: and the number of asynchronous requests to disks.
_SHARED = """
    add_key fanotify_init fanotify_mark inotify_add_watch inotify_init inotify_init1 io_setup io_uring_enter
    io_uring_register io_uring_setup keyctl mq_open msgget request_key semget shmget
"""
#: Memory that no process holds: pages pinned in pipes, access lists of files, rule sets, filters.
_UNCOUNTED = """
    fsetxattr landlock_add_rule landlock_create_ruleset lsetxattr memfd_create memfd_secret seccomp setxattr vmsplice
"""
#: PR_SET_SECCOMP, PR_SET_THP_DISABLE (see :func:`inner.enter`), PR_SCHED_CORE, and PR_FUTEX_HASH, whose table may
#: take a gigabyte.
_PROCESS_OPTIONS = (22, 41, 62, 78)
#: F_SET_RW_HINT and F_SET_FILE_RW_HINT write to an inode that can only be read.
_FILE_OPTIONS = (fcntl.F_SETLEASE, fcntl.F_NOTIFY, 1036, 1038)
_LOCKS = (fcntl.F_SETLK, fcntl.F_SETLKW, fcntl.F_OFD_SETLK, fcntl.F_OFD_SETLKW)
#: Sizes of buffers are wishes; where they are granted, what waits in a socket has no bound that is known.
_BUFFERS = (socket.SO_SNDBUF, socket.SO_RCVBUF)
#: All others, AF_VSOCK and AF_ALG among them, lie outside of the namespaces or reach into the kernel.
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
#: Since then, all processors have the same numbers for new calls.
_FIRST_COMMON, _LAST = 424, 1024


def available() -> bool:
    """Whether libseccomp can be had: the wall stands without it, but is lower."""
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def restrict() -> None:
    """Load the filter into this process, for good, if there is libseccomp."""
    calls = build()
    if calls is not None:
        calls.load()


@functools.cache
def build() -> Any:
    """The filter, made by the parent once for all its children; None if the parent has not found libseccomp."""
    seccomp = sys.modules.get("pyseccomp")
    if seccomp is None:
        return None
    calls = seccomp.SyscallFilter(seccomp.ALLOW)
    refused, skipped, unknown = (seccomp.ERRNO(number) for number in (errno.EPERM, 0, errno.ENOSYS))

    def equals(argument: int, value: int) -> Any:
        # Of these arguments the kernel reads 32 bits, whatever stands in the others.
        return seccomp.Arg(argument, seccomp.MASKED_EQ, 0xFFFFFFFF, value)

    def has(argument: int, bits: int) -> Any:
        return seccomp.Arg(argument, seccomp.MASKED_EQ, bits, bits)

    for name in (_REFUSED + _SHARED + _UNCOUNTED).split():
        # Not every processor has the oldest calls, nor does every library know the newest.
        with contextlib.suppress(ValueError, OSError):
            calls.add_rule(refused, name)
    for number in _unnamed(seccomp):
        calls.add_rule(unknown, number)
    # A namespace in which one is root; the newer call hides what it asks for, so that the older one is used instead.
    calls.add_rule(refused, "clone", has(0, os.CLONE_NEWUSER))
    calls.add_rule(unknown, "clone3")
    # Memory that no process holds any more once it is let go of in part, and no limit counts. Libraries use files.
    calls.add_rule(refused, "mmap", has(3, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
    for option in _PROCESS_OPTIONS:
        calls.add_rule(refused, "prctl", equals(0, option))
    for option in _FILE_OPTIONS:
        calls.add_rule(refused, "fcntl", equals(1, option))
    calls.add_rule(skipped, "flock")
    for lock in _LOCKS:
        calls.add_rule(skipped, "fcntl", equals(1, lock))
    for buffer in _BUFFERS:
        calls.add_rule(skipped, "setsockopt", equals(1, socket.SOL_SOCKET), equals(2, buffer))
    for family in set(range(64)) - set(_FAMILIES):
        calls.add_rule(refused, "socket", equals(0, family))
        calls.add_rule(refused, "socketpair", equals(0, family))
    return calls


def _unnamed(seccomp: Any) -> list[int]:
    """The numbers of calls that are newer than the library, and so than the lists above."""
    found = []
    for number in range(_FIRST_COMMON, _LAST):
        try:
            seccomp.resolve_syscall(seccomp.Arch.NATIVE, number)
        except ValueError:
            found.append(number)
    return found
