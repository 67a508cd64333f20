"""What lies in a hand-in's folder: which file is the notebook, and which others go along when it runs."""

import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

#: Of a notebook, in bytes: outputs make up nearly all of a file this large.
MAX_NOTEBOOK = 250_000_000
#: Of the files beside it: how many, and how many bytes one of them and all together may have.
MAX_FILES, MAX_FILE, MAX_BESIDE = 200, 20_000_000, 50_000_000
_MAX_DEPTH, _MAX_ENTRIES = 6, 5000
#: Where the system has no such flag, it has no such files either.
_OPEN = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_NOTEBOOK = re.compile(r"\.ipynb(\.(txt|json|download|bak))*$", re.IGNORECASE)
_COPY = re.compile(r"^copy of |\s*\(\d+\)$|[-_ ]*copy\s*\d*$", re.IGNORECASE)
#: What other programs leave in a folder.
_IGNORED = {"__pycache__", "__macosx", "thumbs.db", "desktop.ini", "timestamp.txt", ".ds_store", ".ipynb_checkpoints"}
_INSTEAD = {
    "is an archive: unpack it and hand in the notebook itself": "zip 7z rar tar gz tgz bz2 xz",
    "is a printout: hand in the notebook itself": "html htm pdf",
    "is a text: hand in the notebook itself": "docx odt doc rtf md txt",
    "is a script: hand in the notebook itself": "py r jl",
}


class Rejected(Exception):
    """Why a submission cannot be graded, in a sentence that tells its student what to do next."""


@dataclass(frozen=True)
class Beside:
    """The files that go along, by their paths in the folder, and remarks about those that do not."""

    files: dict[str, bytes] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def content(path: Path, most: int = MAX_NOTEBOOK) -> bytes:
    """The bytes of a regular file; neither of a link to somewhere else nor of a pipe that never ends."""
    name = shown(path.name)
    try:
        descriptor = os.open(path, _OPEN)
    except FileNotFoundError:
        raise Rejected(f"{name} is missing.") from None
    except (OSError, ValueError):
        raise Rejected(f"{name} is not a file that can be read; hand in the notebook itself.") from None
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise Rejected(f"{name} is not a file; hand in the notebook itself.")
        if about.st_size > most:
            raise Rejected(f"{name} is larger than {most // 1_000_000} MB; clear its outputs and hand it in again.")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(most)
    except OSError:
        raise Rejected(f"{name} is not a file that can be read; hand in the notebook itself.") from None
    finally:
        os.close(descriptor)


def shown(name: str) -> str:
    """A file's name as it can be printed, whatever its bytes are."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)[:100]


def stem(name: str) -> str:
    """What a notebook is called when the marks that systems put on copies of it are left out."""
    plain = _NOTEBOOK.sub("", unicodedata.normalize("NFC", name)).strip()
    return _COPY.sub("", _COPY.sub("", plain)).strip().casefold()


def find(folder: Path, assignment: str) -> tuple[Path, list[str]]:
    """The notebook in a hand-in's folder, and remarks: about its name, and about other notebooks that lie there."""
    expected = f"{assignment}.ipynb"
    there = [path for path in _entries(folder) if not _is_junk(path.name)]
    notebooks = [path for path in there if _NOTEBOOK.search(path.name) and (path.is_symlink() or not path.is_dir())]
    usable = [path for path in notebooks if stat.S_ISREG(path.lstat().st_mode) and path.lstat().st_size]
    if folder / expected in (usable or notebooks):
        return folder / expected, _left([path for path in notebooks if path.name != expected])
    notebooks = usable or notebooks
    # The newest of several copies, as a student would say.
    alike = sorted((path for path in notebooks if stem(path.name) == assignment.casefold()), key=_age)
    if not alike and len(notebooks) == 1:
        alike = notebooks
    if not alike:
        raise Rejected(f"{expected} is missing; {_instead(folder, there, notebooks, expected)}.")
    chosen = alike[-1]
    remark = f"{shown(chosen.name)} was used; the file should be called {expected}."
    return chosen, [remark, *_left([path for path in notebooks if path != chosen])]


def beside(folder: Path, given: Collection[str], notebook: str = "") -> Beside:
    """The regular files under ``folder`` but for the ``notebook``; none that stands in the way of those ``given``."""
    found = Beside()
    taken = {str(path) for name in given for path in (PurePosixPath(name), *PurePosixPath(name).parents)}
    room = MAX_BESIDE
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if name == notebook or name in taken or any(str(up) in given for up in PurePosixPath(name).parents):
            continue
        if not name.isprintable():
            found.remarks.append(f"{shown(name)} was left out: its name is not text that every system can write.")
            continue
        if len(found.files) == MAX_FILES:
            found.remarks.append(f"Of the files beside the notebook only the first {MAX_FILES} were used.")
            break
        try:
            read = content(path, min(MAX_FILE, room))
        except Rejected:
            found.remarks.append(
                f"{shown(name)} was left out: a file beside the notebook may have {MAX_FILE // 1_000_000} MB, "
                f"all of them together {MAX_BESIDE // 1_000_000} MB, and must be a file that can be read."
            )
            continue
        found.files[name] = read
        room -= len(read)
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_junk(name: str) -> bool:
    return name.startswith(("._", ".~")) or name.casefold() in _IGNORED


def _walk(folder: Path) -> Iterator[Path]:
    """Files in the folder and its subfolders, those that lie higher first; links, pipes and devices are no files."""
    waiting, left = [folder], _MAX_ENTRIES
    while waiting:
        current = waiting.pop(0)
        for path in _entries(current)[:left]:
            left -= 1
            if _is_junk(path.name) or path.is_symlink():
                continue
            if path.is_file():
                yield path
            elif path.is_dir() and not path.name.startswith(".") and len(path.relative_to(folder).parts) < _MAX_DEPTH:
                waiting.append(path)


def _age(path: Path) -> tuple[float, int, str]:
    return path.lstat().st_mtime, len(path.name), path.name


def _left(others: list[Path]) -> list[str]:
    if not others:
        return []
    names = ", ".join(shown(path.name) for path in others[:5])
    return [f"Not graded, though it lies beside the notebook: {names}."]


def _instead(folder: Path, there: list[Path], notebooks: list[Path], expected: str) -> str:
    """What is in the folder in place of the notebook, and what to do about it."""
    if notebooks:
        names = " and ".join(shown(path.name) for path in notebooks[:5])
        return f"there are {names}: hand in the one that counts, with that name"
    if inner := next((path for path in _walk(folder) if _NOTEBOOK.search(path.name)), None):
        where = shown(inner.relative_to(folder).as_posix())
        return f"there is {where}: hand in the notebook itself, not a folder with it"
    for path in there:
        for advice, suffixes in _INSTEAD.items():
            if path.suffix.casefold().removeprefix(".") in suffixes.split():
                return f"there is {shown(path.name)}, which {advice}"
    if others := there or _entries(folder):
        return f"there is {shown(others[0].name)}: hand in the notebook, which is called {expected}"
    return "its folder is empty: hand in the notebook"
