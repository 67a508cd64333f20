"""An extension of a student's kernel, which needs its streams to tell how a cell ended: they outlast the cell."""

import sys
from typing import Any

from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Bring back the kernel's own streams when a cell has left none, or one that is closed."""
    own = {"stdout": sys.stdout, "stderr": sys.stderr}
    show = shell._showtraceback

    def restore(*_: object) -> None:
        for name, stream in own.items():
            try:
                getattr(sys, name).flush()
            except Exception:
                setattr(sys, name, stream)

    def show_traceback(*error: Any) -> None:
        restore()
        show(*error)

    shell._showtraceback = show_traceback  # type: ignore[method-assign, assignment]
    shell.events.register("post_run_cell", restore)
