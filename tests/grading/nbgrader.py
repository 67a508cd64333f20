"""nbgrader itself, as its own commands and formgrader's server."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

SCRIPTS = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])}


def nbgrader(folder: Path, *arguments: str) -> None:
    """Run a command of nbgrader's in a course's folder."""
    command = [str(SCRIPTS / "nbgrader"), *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _answers(address: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError):
        urllib.request.urlopen(address, timeout=20).close()
        return True
    return False


@contextlib.contextmanager
def formgrader(folder: Path) -> Iterator[str]:
    """The address of a server of Jupyter's that shows formgrader for a course."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.token=", "--ServerApp.password="]
    options += ["--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"]
    server = subprocess.Popen(
        [str(SCRIPTS / "jupyter"), "server", *options],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        while not _answers(f"{address}formgrader/"):
            assert server.poll() is None
            time.sleep(0.25)
        yield address
    finally:
        server.terminate()
        server.wait(20)
