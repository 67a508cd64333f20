"""The warm parent of the kernels: imports what submissions need once, then serves.

Started by the pool, inside bubblewrap, with one socket and its settings.
"""

import contextlib
import gc
import importlib
import json
import socket
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..walls import cgroup, inner, system_calls
from . import compiled
from .parent import Parent


@dataclass(frozen=True)
class Settings:
    """How the parent is to serve.

    Attributes
    ----------
    modules : sequence of str
        What is imported beforehand.
    warm_up : str
        What is called beforehand too, as "module:function"; empty for nothing.
    walled, filtered : bool
        Whether there are walls, and a filter of system calls in them.
    first_user : int
        The number of the first child's user; the next are other users.
    homes : sequence of str
        Folders of Python that children must see though they lie in temporary ones.
    shares : int
        Among how many children the processors are shared out; 0 for no such shares.
    grouped : bool
        Whether there is a control group for each child to have one within.
    """

    modules: Sequence[str]
    warm_up: str
    walled: bool
    filtered: bool
    first_user: int
    homes: Sequence[str]
    shares: int
    grouped: bool


def main() -> None:
    """Serve until the socket that the first argument names closes; the second says how."""
    requests, settings = socket.socket(fileno=int(sys.argv[1])), Settings(**json.loads(sys.argv[2]))
    # Whatever imports start threads, the children use none of them.
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    # The filter is found now: behind the inner wall some of the ways to look for it are closed.
    if system_calls.available() < settings.filtered:
        sys.exit("the filter of system calls is installed, but cannot be loaded")
    if settings.walled:
        system_calls.build()
        inner.try_out()
    grouped = settings.grouped and cgroup.works()
    # Looking for garbage among all that is imported and compiled costs a second, and finds next to nothing.
    gc.disable()
    _warm(settings)
    if settings.walled:
        inner.share_cache()
    gc.freeze()
    gc.enable()
    requests.sendall(b"r")
    wall = (settings.first_user, settings.homes) if settings.walled else None
    Parent(requests, wall, settings.shares, grouped).serve()


def _warm(settings: Settings) -> None:
    from . import shell

    import_all(settings.modules)
    _count_four_cores()
    shell.prepare()
    if settings.warm_up:
        # Without walls, children share one folder, in which an entry could be another student's.
        if settings.walled:
            compiled.install()
        _call(settings.warm_up)
        compiled.forget()


def _count_four_cores() -> None:
    """Let ``pm.sample`` draw four chains unless it is told how many, as on most laptops, whatever this machine has.

    PyMC takes as many as there are cores, from two to four: the same line would give a student more draws than here.
    """
    sampling: Any = sys.modules.get("pymc.sampling.mcmc")
    if hasattr(sampling, "_cpu_count"):
        sampling._cpu_count = lambda: 4


def import_all(names: Iterable[str]) -> None:
    """Import what there is of these names; some of them are no modules, but what modules hold."""
    for name in names:
        # An exercise may also import what only students have installed.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _call(function: str) -> None:
    """Call what the course wants done beforehand; it is a head start, whose failure stops nothing."""
    module, _, name = function.partition(":")
    try:
        called = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        sys.exit(f"what is to be called before submissions come, {function!r}, cannot be found: {error}")
    with (
        contextlib.redirect_stderr(None),
        contextlib.redirect_stdout(None),
        warnings.catch_warnings(action="ignore"),
        contextlib.suppress(Exception),
    ):
        called()


if __name__ == "__main__":
    main()
