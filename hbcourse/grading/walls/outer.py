"""The outer wall: the command that starts the warm parent of all submissions behind bubblewrap."""

import importlib.util
import os
import shutil
import site
import sys
from pathlib import Path

from .. import CourseError
from .cgroup import INSIDE
from .inner import ACCOUNTS, CACHE

INSTALL = "on Debian and Ubuntu, install it with: sudo apt-get install bubblewrap"
#: One thread for each computation: as many submissions as there are cores run at once.
_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_MAX_THREADS")
SINGLE = dict.fromkeys(_COUNTS, "1")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # Its own pools reserve a gigabyte, which the limit on memory counts.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "IPYTHONDIR": f"{CACHE}/ipython",
    "MPLCONFIGDIR": f"{CACHE}/matplotlib",
    "NUMBA_CACHE_DIR": f"{CACHE}/numba",
    # To note where each variable of a graph was made takes an eighth of the time that it takes to build the graph.
    "PYTENSOR_FLAGS": f"base_compiledir={CACHE}/pytensor,traceback__limit=0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    # As nbgrader says it.
    "NBGRADER_EXECUTION": "autograde",
    **SINGLE,
}
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/mime.types")


def program() -> str:
    """Where bubblewrap is."""
    found = shutil.which("bwrap")
    if not sys.platform.startswith("linux"):
        raise CourseError(
            "Grading needs Linux, for its sandbox: grade in a container or on a Linux machine, as the guide describes."
        )
    if found is None:
        raise CourseError(f"Grading needs bubblewrap, so that submissions cannot read or change anything: {INSTALL}")
    return found


def command(inner: list[str], group: Path | None = None) -> list[str]:
    """``inner`` behind the wall: no network, a system that can only be read, no other file of this machine's.

    ``group`` is a control group in which it can make others, and move its children to them.
    """
    # The parent of the submissions makes a namespace for each of them, and lets go of these rights in each child.
    rights = ["SYS_ADMIN", "SYS_PTRACE", "SYS_RESOURCE", "SETUID", "SETGID", "SETPCAP", "KILL"]
    options = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    options += ["--die-with-parent", "--new-session", "--hostname", "grader", "--clearenv"]
    if os.getuid() != 0:
        # Another name would cost a second user namespace, from which the first cannot be worked on.
        options += ["--unshare-user", "--uid", "0", "--gid", "0"]
        # To give the root of this namespace another name in the next, and to lay one folder over another.
        rights += ["SETFCAP", "DAC_OVERRIDE"]
    for right in rights:
        options += ["--cap-add", f"CAP_{right}"]
    # From a namespace of its own, the groups of its children could not be seen.
    options += ["--unshare-cgroup-try"] if group is None else ["--bind", str(group), INSIDE]
    for folder in _SYSTEM:
        options += _link_or_bind(folder)
    # Of users, each submission knows its own.
    options += ["--perms", "0755", "--dir", "/etc", "--symlink", ACCOUNTS, "/etc/passwd"]
    for file in _SETTINGS:
        options += ["--ro-bind-try", file, file]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm", CACHE):
        options += ["--perms", "1777", "--tmpfs", folder]
    for home in _python():
        # Parents that bubblewrap makes by itself are closed to others.
        for parent in reversed(home.parents):
            if str(parent) not in ("/", "/tmp"):
                options += ["--perms", "0755", "--dir", str(parent)]
        options += ["--ro-bind", str(home), str(home)]
    for place in ("/", "/dev"):
        options += ["--remount-ro", place]
    options += ["--chdir", "/"]
    for name, value in ENVIRONMENT.items():
        options += ["--setenv", name, value]
    return [program(), *options, "--", *inner]


def _link_or_bind(folder: str) -> list[str]:
    if os.path.islink(folder):
        return ["--symlink", os.readlink(folder), folder]
    return ["--ro-bind-try", folder, folder]


def _python() -> list[Path]:
    """The folders that this Python and its packages live in, as far as they are not the system's."""
    # Of a checkout that is installed in place, the package alone: beside it lie the exercises with their solutions.
    spec = importlib.util.find_spec(__name__.split(".")[0])
    package = [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []
    places = [Path(sys.prefix), Path(sys.base_prefix), *map(Path, site.getsitepackages()), *package]
    places += [place.resolve() for place in places]
    found: list[Path] = []
    for place in sorted(set(places), key=lambda place: len(place.parts)):
        if place.exists() and not any(place.is_relative_to(other) for other in [Path("/usr"), *found]):
            found.append(place)
    return found


def homes_in_temporary_folders() -> list[str]:
    """Those folders of Python that the empty ones of each submission would hide."""
    return [str(home) for home in _python() if any(home.is_relative_to(folder) for folder in ("/tmp", "/dev/shm"))]


def holds(folder: Path) -> bool:
    """Whether submissions could read this folder, since Python itself lives around it."""
    return any(folder.resolve().is_relative_to(place) for place in [Path("/usr"), *_python()])
