"""Other machines, made of this one: another user's, and one that forbids namespaces."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, lacking

_NOBODY = 65534

# What lies in root's own folder stays readable there, and nothing else does.
_AS_USER = """
set -eu
home=$1 user=$2 place=$3; shift 3
stash=$(mktemp -d)
for folder in $PYTHON_FOLDERS; do mkdir -p "$stash$folder"; mount --bind "$folder" "$stash$folder"; done
if [ -n "$PYTHON_FOLDERS" ]; then mount -t tmpfs -o mode=755 none "$home"; fi
for folder in $PYTHON_FOLDERS; do mkdir -p "$folder"; mount --bind "$stash$folder" "$folder"; done
cd "$place"
exec setpriv --reuid="$user" --regid="$user" --clear-groups env HOME="$place" "$@"
"""


def _run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def as_an_ordinary_user(command: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as someone who is not root, and to whom all in ``place`` belongs."""
    if os.getuid() != 0:
        return _run(command)
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        lacking("needs util-linux: on Debian and Ubuntu, install it with: apt-get install util-linux")
    for path in (place, *place.rglob("*")):
        os.chown(path, _NOBODY, _NOBODY)
    home = Path.home()
    folders = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT}
    inside = " ".join(str(folder) for folder in sorted(folders) if folder.is_relative_to(home))
    script = ["sh", "-c", _AS_USER, "sh", str(home), str(_NOBODY), str(place), *command]
    return _run(["unshare", "--mount", *script], PYTHON_FOLDERS=inside)


def without_namespaces(command: list[str], user: int) -> subprocess.CompletedProcess[str]:
    """Run the command as this user, where nobody can make a user namespace."""
    wall = ["bwrap", "--unshare-user", "--uid", str(user), "--gid", str(user), "--disable-userns"]
    return _run([*wall, "--dev-bind", "/", "/", *command])
