"""What can go wrong where marks and pages are kept: found before a run if possible, and said in one sentence."""

import contextlib
import errno
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbgrader
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from .. import CourseError

#: How long to wait, in seconds, for another program that writes to the gradebook.
PATIENCE = 10.0
#: What a run must be able to write at its start, in bytes: about a notebook and its page.
_ROOM = 1_000_000
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)
_NOTHING_LOST = "Nothing is lost: what has been graded is kept, and hbcourse grade goes on from there."


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the disk and the database say into what the instructor must do."""
    try:
        yield
    except DatabaseError as error:
        raise CourseError(f"{_advice(folder, str(error.orig))} {_NOTHING_LOST}") from error
    except OSError as error:
        if not is_fatal(error):
            raise
        place = error.filename or folder
        advice = (
            f"The disk of {folder} is full; free some space and run it again."
            if error.errno in _FULL
            else f"{place} cannot be written to ({error.strerror}); make it writable and run it again."
        )
        raise CourseError(f"{advice} {_NOTHING_LOST}") from error


def is_fatal(error: OSError) -> bool:
    """Whether the next submission would meet the same error."""
    return error.errno in (*_FULL, *_NOT_WRITABLE, errno.EIO)


def _advice(folder: Path, said: str) -> str:
    for phrase, advice in {
        "locked": f"Another program keeps the gradebook of {folder} locked; close what works with it and run it again.",
        "readonly": f"The gradebook of {folder} cannot be written to; make the file and its folder writable, "
        "and run it again.",
        "unable to open": f"The gradebook of {folder} cannot be opened; make the file and its folder writable, "
        "and run it again.",
        "full": f"The disk of {folder} is full; free some space and run it again.",
        "not a database": _damaged(folder),
        "malformed": _damaged(folder),
        "no such column": _outdated(folder),
        "no such table": _outdated(folder),
    }.items():
        if phrase in said:
            return advice
    return f"The gradebook of {folder} does not answer ({said}); put that right and run it again."


def _damaged(folder: Path) -> str:
    return f"The gradebook of {folder} is damaged; put a copy of it from before in its place and run it again."


def _outdated(folder: Path) -> str:
    return (
        f"The gradebook of {folder} was made by another version of nbgrader; keep a copy of it, run "
        f"`nbgrader db upgrade` in that folder, and run it again."
    )


def probe(folder: Path, address: str) -> None:
    """Raise :class:`CourseError` unless the gradebook is sound and there is room to write to it and to ``folder``."""
    engine = create_engine(address, connect_args={"timeout": PATIENCE} if address.startswith("sqlite") else {})
    try:
        with explained(folder):
            for place in (folder, folder / "autograded", folder / "feedback"):
                if place.is_dir():
                    _probe_folder(place)
            with engine.connect() as connection:
                _probe_version(folder, engine, connection)
                if engine.dialect.name == "sqlite":
                    _probe_sqlite(connection)
    finally:
        engine.dispose()


def begin(session: Session) -> None:
    """Begin a transaction in which nobody else can change what it has read."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("BEGIN IMMEDIATE"))


def wait_for_others(engine: Engine) -> None:
    """Have each connection wait for other programs that write to the gradebook, and not give up at once."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _(connection: sqlite3.Connection, _: object) -> None:
            connection.execute(f"PRAGMA busy_timeout = {round(1000 * PATIENCE)}")

        engine.dispose()


def _probe_folder(place: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(bytes(_ROOM))
    except OSError as error:
        error.filename = str(place)
        raise


def _probe_version(folder: Path, engine: Engine, connection: Connection) -> None:
    tables = inspect(engine).get_table_names()
    newest = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
    if tables and (
        "alembic_version" not in tables
        or connection.execute(text("SELECT version_num FROM alembic_version")).scalar() != newest
    ):
        raise CourseError(f"{_outdated(folder)} {_NOTHING_LOST}")


def _probe_sqlite(connection: Connection) -> None:
    if (state := connection.execute(text("PRAGMA quick_check(1)")).scalar()) != "ok":
        raise DatabaseError(None, None, sqlite3.DatabaseError(f"malformed: {state}"))
    connection.rollback()
    # To take the lock is not enough: a change begins with a journal beside the file.
    connection.execute(text("BEGIN IMMEDIATE"))
    connection.execute(text("CREATE TABLE hbcourse_probe (x)"))
    connection.rollback()
