"""Runs an ``hbcourse`` command as a machine without Linux would: ``python elsewhere.py SYSTEM ARGUMENT...``.

What only Linux, or only Unix, has is taken away before the package is imported, and the package alone is told that it
is on SYSTEM (win32 or darwin). Other people's packages are imported before, since their
kernels are processes of this machine.
"""

import builtins
import ctypes
import functools
import importlib
import os
import signal
import socket
import sys
import types

OTHERS = [
    *("nbclient", "nbformat", "ipykernel.kernelspec", "rich.console", "tornado.ioloop", "zmq.asyncio", "scipy.stats"),
    *("jupyter_client.manager", "jupyter_client.provisioning.local_provisioner", "multiprocessing.popen_fork"),
    # What only instructors have.
    *("nbgrader.apps.api", "jupytext"),
]
for name in OTHERS:
    importlib.import_module(name)

LINUX = {
    os: "O_NOFOLLOW O_NONBLOCK O_PATH sched_getaffinity sched_setaffinity unshare setns pidfd_open memfd_create "
    "CLONE_NEWNS CLONE_NEWIPC CLONE_NEWNET CLONE_NEWUTS CLONE_NEWPID CLONE_NEWUSER",
    socket: "recv_fds send_fds",
    signal: "pidfd_send_signal",
}
UNIX = {
    os: "fork getuid geteuid getgid uname setsid killpg setgroups setresuid setresgid sysconf getloadavg chown fchmod",
    socket: "AF_UNIX",
    signal: "SIGALRM setitimer ITIMER_REAL",
}
MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "pyseccomp")
#: What jupyter_client asks this machine for while it starts and ends a kernel.
NEEDED = {"killpg", "setsid", "getpgid"}


def take_away(system):
    # Event loops have another pair there.
    socket.socketpair = functools.partial(socket.socketpair, socket.AF_UNIX)
    for missing in (LINUX, UNIX) if system == "win32" else (LINUX,):
        for module, names in missing.items():
            for name in names.split():
                if name not in NEEDED and hasattr(module, name):
                    delattr(module, name)
    for name in MODULES if system == "win32" else ("pyseccomp",):
        sys.modules[name] = None
    if system == "win32":
        whole = ctypes.CDLL.__init__

        def no_whole_process(self, name, *options, **more):
            if name is None:
                raise TypeError("there is no library without a name")
            whole(self, name, *options, **more)

        ctypes.CDLL.__init__ = no_whole_process


def tell(system):
    """Let each module of the package find a ``sys`` of that system."""
    usual = builtins.__import__

    class Other(types.ModuleType):
        platform = system

        def __getattr__(self, name):
            return getattr(sys, name)

    other = Other("sys")

    def find(name, names=None, *options, **more):
        if name == "sys" and names and str(names.get("__name__")).startswith("hbcourse."):
            return other
        return usual(name, names, *options, **more)

    builtins.__import__ = find


if __name__ == "__main__":
    system, *arguments = sys.argv[1:]
    take_away(system)
    tell(system)
    from hbcourse import cli

    sys.exit(cli.main(arguments))
