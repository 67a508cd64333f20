"""A submitted file, read as data before anything in it runs."""

import json
import warnings
from pathlib import Path

import nbformat
from nbformat.validator import normalize

MAX_BYTES = 20_000_000


class Rejected(Exception):
    """Why a submission cannot be graded, in one sentence for its student."""


def check(path: Path) -> None:
    """Raise :class:`Rejected` unless ``path`` is a notebook that can be graded."""
    if path.is_symlink() or path.is_dir():
        raise Rejected(f"{path.name} is not a file.")
    if not path.exists():
        raise Rejected(f"{path.name} is missing.")
    if path.stat().st_size > MAX_BYTES:
        raise Rejected(
            f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB; clear its outputs and hand it in again."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Rejected(f"{path.name} is not a text file in UTF-8 (byte {error.start}).") from None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise Rejected(
            f"{path.name} is not valid JSON, line {error.lineno}: {error.msg.removesuffix(' at')}."
        ) from None
    except RecursionError:
        raise Rejected(f"{path.name} is nested too deeply to be a notebook.") from None
    if not isinstance(document, dict) or document.get("nbformat") != 4 or not isinstance(document.get("cells"), list):
        raise Rejected(f"{path.name} is not a notebook of format 4.")
    try:
        # Cells without an id, or with one twice, are put right by whoever reads the notebook next.
        with warnings.catch_warnings(action="ignore"):
            nbformat.validate(normalize(document)[1])
    except nbformat.ValidationError as error:
        raise Rejected(f"{path.name} is not a well-formed notebook: {error.message:.200}.") from None
