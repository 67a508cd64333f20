"""What this machine offers for grading, what is missing, and how to get it."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from . import CourseError
from .walls import cgroup, outer, system_calls


@dataclass(frozen=True)
class Finding:
    """One thing that grading needs or uses.

    ``needed`` tells whether nothing can be graded without it; ``advice`` says how to get it.
    """

    what: str
    found: bool
    says: str
    advice: str = ""
    needed: bool = True


def examine() -> Iterator[Finding]:
    """Look at each thing in turn; what depends on something missing is left out."""
    yield Finding("nbgrader", *_version("nbgrader"), "pip install 'hbcourse[instructor]'")
    yield Finding("Linux", True, os.uname().release)
    bwrap = shutil.which("bwrap")
    yield Finding("bubblewrap", bwrap is not None, bwrap or "not found", outer.INSTALL)
    if bwrap is not None:
        problem, grouped = try_walls()
        yield Finding("sandbox", not problem, problem or f"works as {_who()}", _ADVICE)
        if not problem:
            yield Finding("limit on memory", grouped, _COUNTED[grouped], _GROUPS, needed=False)
    filtered = system_calls.available()
    yield Finding(
        "system call filter",
        filtered,
        "libseccomp" if filtered else "not found",
        "pip install pyseccomp, and on Debian and Ubuntu: sudo apt-get install libseccomp2",
        needed=False,
    )
    yield Finding("Dask", *_version("distributed"), "pip install 'hbcourse[cluster]', to grade on many machines", False)
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    yield Finding("cores", True, f"{cores}: as many submissions at once, unless --workers says otherwise")
    yield Finding("memory", memory >= 2, f"{memory} GB", "with less than 2 GB, PyMC itself may not fit", needed=False)


_ADVICE = (
    "the kernel must let this user make namespaces: set user.max_user_namespaces above 0 and, where they exist, "
    "kernel.unprivileged_userns_clone to 1 and kernel.apparmor_restrict_unprivileged_userns to 0 (sysctl); "
    "in a container, start it with --privileged or as its guide says"
)
#: Who counts the memory of submissions: whether there are control groups or not.
_COUNTED = {
    True: "the kernel counts, in a control group for each submission",
    False: "/proc is looked at five times a second; there is no control group for each submission",
}
_GROUPS = (
    "start it with: systemd-run --user --scope hbcourse grade COURSE; or as root, or in a container that can write to "
    "its own control groups. They must be of version 2, with the controllers memory and pids"
)


def _version(package: str) -> tuple[bool, str]:
    if importlib.util.find_spec(package) is None:
        return False, "not installed"
    return True, importlib.metadata.version(package)


def _who() -> str:
    return "root, with a user of its own for each submission" if os.getuid() == 0 else "an ordinary user"


def try_walls() -> tuple[str, bool]:
    """Why no submission can be walled in here, empty if it can; and whether each has a control group of its own.

    Builds both walls, and looks out from behind them.
    """
    group = cgroup.make()
    try:
        command = outer.command([sys.executable, "-P", "-c", _TRIAL], group)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except CourseError as error:
        return str(error), False
    finally:
        if group is not None:
            cgroup.remove(group)
    if done.returncode == 0:
        return "", group is not None and done.stdout.strip() == "True"
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"ended with {done.returncode}", False


_TRIAL = "from hbcourse.grading.walls import cgroup, inner; inner.try_out(); print(cgroup.works())"
