"""A notebook's file as JSON, of which only what is asked for is built in memory; or the reason why it is none."""

import re
from functools import cache
from typing import Any

import msgspec
from msgspec import Raw

from .files import Rejected

#: A file that must be mended before it can be read may have so many bytes.
_MAX_MENDED = 50_000_000
#: How many entries of a list are read, at most.
MAX_ENTRIES = 10_001
NONE = Raw()


class Document(msgspec.Struct):
    """A notebook's parts; format 3 and those before it have sheets of cells."""

    cells: Raw = NONE
    worksheets: Raw = NONE
    metadata: Raw = NONE


def document(content: bytes, name: str) -> Document:
    """The notebook's parts, or :class:`Rejected`; ``name`` is the file's."""
    content = _in_utf8(content)
    try:
        return msgspec.json.decode(content, type=Document)
    except msgspec.ValidationError:
        raise Rejected(f"{name} is not a notebook; hand in the file that Jupyter saves.") from None
    except (msgspec.DecodeError, RecursionError):
        pass
    if content.lstrip()[:1] != b"{":
        raise Rejected(_reason(content, name, "byte 0"))
    if len(content) > _MAX_MENDED:
        raise Rejected(f"{name} holds outputs that are not valid JSON; clear its outputs and hand it in again.")
    # It needs NumPy, which takes longer to import than most notebooks to read.
    from .mending import mended

    try:
        return msgspec.json.decode(mended(recoded(content)), type=Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Rejected(_reason(content, name, str(error))) from None


def value(raw: Raw | bytes, kind: Any, default: Any) -> Any:
    """What a part is as a value of this type, or else the default."""
    if raw is NONE:
        return default
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return default


def entries(raw: Raw) -> list[Raw]:
    """The first entries of a list; none of what is no list."""
    for most in (1001, MAX_ENTRIES):
        listed = value(raw, _record(most), None)
        found = [] if listed is None else [entry for entry in msgspec.structs.astuple(listed) if entry is not NONE]
        if len(found) < most:
            break
    return found


@cache
def _record(most: int) -> type[msgspec.Struct]:
    """Entries as fields of one record: those without a field are skipped, however many there are."""
    return msgspec.defstruct("_Entries", [(f"_{n}", Raw, NONE) for n in range(most)], array_like=True)


def size(raw: Raw | bytes) -> int:
    """In bytes."""
    return memoryview(raw).nbytes


def recoded(content: bytes) -> bytes:
    """The text in UTF-8; of other encodings, Windows' is the likeliest."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace").encode()
    return content


def _in_utf8(content: bytes) -> bytes:
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"{\0": "utf-16-le", b"\0{": "utf-16-be"}
    if encoding := marks.get(content[:2]):
        content = content[: len(content) // 2 * 2].decode(encoding, "replace").encode("utf-8", "replace")
    return content.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0")


def _reason(content: bytes, name: str, error: str) -> str:
    """Where a file stops to be JSON, why, and what to do about it."""
    begins = content[:1000].lstrip()
    conflict = re.search(rb"^(<<<<<<<|>>>>>>>)", content, re.MULTILINE)
    if not content.strip():
        return f"{name} is not valid JSON: it is empty; save your notebook once more and hand it in again."
    for start, kind in {
        b"PK": "an archive",
        b"\x1f\x8b": "an archive",
        b"<": "a web page",
        b"%PDF": "a printout",
    }.items():
        if begins.startswith(start) and not conflict:
            return f"{name} is not valid JSON but {kind}; hand in the notebook itself, as Jupyter saves it."
    found = re.search(r"byte (\d+)", error)
    at = conflict.start() if conflict else int(found[1]) if found else len(content)
    where = f"{name} is not valid JSON, line {content.count(b'\n', 0, at) + 1}"
    if conflict:
        return f"{where}: two versions were merged there, and both are left; choose one and hand it in again."
    if not found:
        return f"{where}: it ends too early; save your notebook once more and hand it in again."
    return f"{where}; open it in Jupyter to see whether it is whole, save it and hand it in again."
