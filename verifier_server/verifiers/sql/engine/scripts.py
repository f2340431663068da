"""Running a task author's script to make a database.

Promises: the script reaches no file and no setting that matters, and is bounded in steps and
bytes; an error names its statement and says what SQLite said. It may write whatever else it
likes: this is trusted text in all but its cost.

Does not cover: scripts of other systems (MySQL's or PostgreSQL's dumps).
"""

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine import clock, opening

_PAGE_BYTES = 4096
# What scripts that were dumped set, and what changes nothing about the data.
_PRAGMAS = frozenset(
    {"foreign_keys", "encoding", "user_version", "application_id", "defer_foreign_keys"}
)
# Harmless in a file, and without meaning here.
_IGNORED_PRAGMAS = frozenset(
    {
        "journal_mode",
        "synchronous",
        "cache_size",
        "locking_mode",
        "temp_store",
        "page_size",
        "auto_vacuum",
    }
)
_DENIED = frozenset({apsw.SQLITE_ATTACH, apsw.SQLITE_DETACH, apsw.SQLITE_CREATE_VTABLE})
_DENIED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "random", "randomblob"})


class ScriptError(Exception):
    """A script did not make a database.

    Args:
        message: what SQLite or a limit said.
        statement: the number of the statement at fault, from 1.
    """

    def __init__(self, message: str, statement: int) -> None:
        super().__init__(f"statement {statement}: {message}")
        self.message = message
        self.statement = statement


def build_image(script: str, base: bytes | None = None) -> bytes:
    """The database that `script` makes, upon an empty one or a copy of `base`, serialized.

    Raises:
        ScriptError: a statement fails, is not allowed, or a limit is met.
    """
    connection = opening.open_image(base or b"")
    try:
        return _Run(connection).image(script)
    finally:
        connection.close()


class _Run:
    """One script's run: which statement it is at, and what it has spent."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._statement = 0
        self._steps = 0
        self._denied = ""

    def image(self, script: str) -> bytes:
        connection = self._connection
        for pragma in (
            "PRAGMA temp_store=MEMORY",
            "PRAGMA journal_mode=OFF",
            f"PRAGMA max_page_count={limits.MAX_DATABASE_BYTES // _PAGE_BYTES}",
        ):
            connection.execute(pragma)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
        connection.limit(apsw.SQLITE_LIMIT_VARIABLE_NUMBER, 0)
        connection.exec_trace = self._trace
        connection.authorizer = self._authorize
        connection.set_progress_handler(self._progress, limits.STEP_PORTION)
        clock.stop_at(clock.julian_ms(clock.DEFAULT_NOW))
        try:
            for _ in connection.execute(script):
                pass
        except (apsw.Error, ValueError, MemoryError) as error:
            raise ScriptError(self._reason(error), max(self._statement, 1)) from None
        if connection.in_transaction:
            raise ScriptError("the transaction is not committed", self._statement)
        connection.exec_trace = None
        connection.authorizer = None
        connection.set_progress_handler(None)
        return connection.serialize("main")

    def _reason(self, error: Exception) -> str:
        if self._denied:
            return self._denied
        if isinstance(error, apsw.InterruptError):
            return f"more than {limits.SCRIPT_STEPS} steps"
        if isinstance(error, apsw.FullError):
            return f"a database of more than {limits.MAX_DATABASE_BYTES} bytes"
        return str(error)

    def _trace(self, _cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        self._statement += 1
        return True

    def _progress(self) -> bool:
        self._steps += limits.STEP_PORTION
        return self._steps >= limits.SCRIPT_STEPS

    def _authorize(
        self, action: int, first: str | None, second: str | None, _d: str | None, _t: str | None
    ) -> int:
        if action == apsw.SQLITE_PRAGMA and (first or "").lower() not in _PRAGMAS:
            if (first or "").lower() in _IGNORED_PRAGMAS:
                return apsw.SQLITE_IGNORE
            self._denied = f"PRAGMA {first} is not allowed"
            return apsw.SQLITE_DENY
        if action in _DENIED:
            self._denied = f"{apsw.mapping_authorizer_function[action]} is not allowed"
            return apsw.SQLITE_DENY
        if action == apsw.SQLITE_FUNCTION and (second or "").lower() in _DENIED_FUNCTIONS:
            self._denied = f"the function {second} is not allowed"
            return apsw.SQLITE_DENY
        return apsw.SQLITE_OK
