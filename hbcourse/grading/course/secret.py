"""The secret of a course, of which the hidden inputs are made that each submission is asked for."""

import contextlib
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import CourseError, notes

_BYTES = 32


def read(file: Path) -> bytes:
    """The secret that the file holds; it is made at first need, and only its owner may read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    if not file.exists():
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(os.urandom(_BYTES).hex())
        # Another process may have made one at the same time: the first stays.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    try:
        secret = bytes.fromhex(file.read_text(encoding="ascii"))
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise CourseError(f"{file} does not hold the secret of this course any more; put back the copy in your backup.")
    return secret


def environment(checks: Path, tables: Path, seed: str) -> dict[str, str]:
    """What the process that runs hidden tests must know, as variables of its environment."""
    # It imports SciPy, which a run that grades nothing does without.
    from ...check.graded import CHECKS, HINTS, SEED

    return {CHECKS: str(checks.resolve()), HINTS: str(tables.resolve()), SEED: seed}


def seed(secret: bytes, exercise: str, cells: Iterable[Mapping[str, Any]]) -> str:
    """What the hidden inputs of a submission are drawn of: another for other code, the same for the same."""
    code = [
        [line.rstrip() for line in cell["source"].strip().splitlines()]
        for cell in cells
        if cell["cell_type"] == "code" and not notes.of(cell).is_test
    ]
    return hmac.new(secret, json.dumps([exercise, code]).encode(), hashlib.sha256).hexdigest()
