"""The database that a task is about: a script of its own, or a file of the server's folder.

Promises: a named database is used only when its content has the digest that the
task names, so a file that changed is an error, never another verdict. Files are read in the
jailed worker, to which the folder is mounted read-only. What a script or a
file turned into is kept between groups by digest.

Does not cover: building instances from it (`instances`).
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import apsw

from verifier_server.contract import ErrorCode, TaskError
from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.catalogue import read_schema
from verifier_server.verifiers.sql.engine.scripts import ScriptError, build_image
from verifier_server.verifiers.sql.instances.build import Origin, origin
from verifier_server.verifiers.sql.instances.twin import twin
from verifier_server.verifiers.sql.keeping import Shelf
from verifier_server.verifiers.sql.schema import Schema
from verifier_server.verifiers.sql.task import NamedDatabase

SQLITE_MAGIC = b"SQLite format 3\0"
# Where a file says that it is written through a log, and what it says otherwise
# (sqlite.org/fileformat.html, 1.3.3). There is no log of an image, and SQLite opens none with it.
_MODE, _WITH_LOG, _PLAIN = slice(18, 20), b"\2\2", b"\1\1"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True)
class Database:
    """A database as an image in SQLite's file format, and what it looks like.

    What is made of it for every task about it is made once, when it is first asked for.
    """

    image: bytes
    schema: Schema

    @property
    def size(self) -> int:
        """About how many bytes the image, the one stored in another order, and the rest take."""
        return 2 * len(self.image) + limits.DATABASE_BYTES

    @cached_property
    def origin(self) -> Origin:
        """What instances are built from."""
        return origin(self.image, self.schema)

    @cached_property
    def turned(self) -> bytes:
        """The same rows, stored in another order."""
        return twin(self.image, self.schema)

    def close(self) -> None:
        """Nothing to give back but memory."""


_shelf: Shelf[Database] = Shelf(limits.KEPT_DATABASES_BYTES)


def load(source: str | NamedDatabase, folder: Path | None) -> Database:
    """The database of a task.

    Args:
        source: a script, or the name of a file in `folder`.
        folder: the server's database folder, None when it has none.

    Raises:
        TaskError: INVALID_TASK, and what would be right.
    """
    if isinstance(source, NamedDatabase):
        # By both: a wrong name is an error on a worker that knows the content, too.
        key = f"{source.digest} {source.name}"
        return _shelf.get(key, partial(_from_file, source, folder))
    digest = f"script:{hashlib.sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return _shelf.get(digest, partial(_from_script, source, "/setup"))


def digest_of(content: bytes) -> str:
    """The digest that tasks name a file by."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _from_script(script: str, place: str) -> Database:
    try:
        image = build_image(script)
    except ScriptError as error:
        raise TaskError(
            ErrorCode.INVALID_TASK, "invalid_script", f"the script does not run: {error}", place
        ) from None
    return Database(image, read_schema(image))


def _from_file(source: NamedDatabase, folder: Path | None) -> Database:
    content = _read(source, folder)
    found = digest_of(content)
    if found != source.digest:
        raise TaskError(
            ErrorCode.INVALID_TASK,
            "database_changed",
            f"{source.name} has the digest {found} on this server, not {source.digest}",
            "/database/digest",
        )
    if content.startswith(SQLITE_MAGIC):
        return _from_image(content, source)
    try:
        script = content.decode()
    except UnicodeDecodeError as error:
        raise _unusable(source, f"neither an SQLite database nor UTF-8: {error}") from None
    return _from_script(script, "/database")


def _from_image(content: bytes, source: NamedDatabase) -> Database:
    if content[_MODE] == _WITH_LOG:
        content = content[: _MODE.start] + _PLAIN + content[_MODE.stop :]
    try:
        return Database(content, read_schema(content))
    except apsw.Error as error:
        raise _unusable(source, f"cannot be read: {error}") from None


def _read(source: NamedDatabase, folder: Path | None) -> bytes:
    if folder is None:
        raise TaskError(
            ErrorCode.INVALID_TASK,
            "no_database_folder",
            "this server has no databases; start it with --database-folder, or give setup",
            "/database",
        )
    # The schema says so too; a name is never let out of the folder on one check alone.
    if not _NAME.fullmatch(source.name):
        raise _unusable(source, "no name of a file in the folder")
    path = folder / source.name
    try:
        if path.stat().st_size > limits.MAX_DATABASE_BYTES:
            raise _unusable(source, f"larger than {limits.MAX_DATABASE_BYTES} bytes")
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            told = "a part of it is in a log beside it; run PRAGMA wal_checkpoint(TRUNCATE) on it"
            raise _unusable(source, told)
        return path.read_bytes()
    except FileNotFoundError:
        raise TaskError(
            ErrorCode.INVALID_TASK,
            "unknown_database",
            f"there is no {source.name} in this server's database folder",
            "/database/name",
        ) from None
    except OSError as error:
        raise _unusable(source, f"cannot be read by workers: {error.strerror}") from None


def _unusable(source: NamedDatabase, why: str) -> TaskError:
    return TaskError(
        ErrorCode.INVALID_TASK, "unusable_database", f"{source.name}: {why}", "/database"
    )
