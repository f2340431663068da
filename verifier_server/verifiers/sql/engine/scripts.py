"""Running a task author's script to make a database.

Promises: the script reaches no file, no clock and no setting that matters, and is
bounded in steps and bytes; an error names its statement and says what SQLite said. Triggers
fire while it runs; they do not in instances.

Does not cover: scripts of other systems (MySQL's or PostgreSQL's dumps), virtual tables,
and time within one operation: an author is trusted not to be after that.
"""

import re

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine import clock, opening, statement

_SETTINGS = ("PRAGMA temp_store=MEMORY", "PRAGMA journal_mode=MEMORY", "PRAGMA synchronous=OFF")
_PRAGMAS = frozenset(
    """application_id case_sensitive_like defer_foreign_keys encoding foreign_key_check
    foreign_keys ignore_check_constraints integrity_check legacy_alter_table quick_check
    recursive_triggers user_version""".split()
)
# Of files, and so without meaning here: dumps begin with them.
_IGNORED_PRAGMAS = frozenset(
    """auto_vacuum busy_timeout cache_size journal_mode journal_size_limit locking_mode
    mmap_size optimize page_size secure_delete synchronous temp_store threads
    wal_autocheckpoint wal_checkpoint""".split()
)
_DENIED = {
    apsw.SQLITE_ATTACH: "ATTACH",  # VACUUM INTO as well
    apsw.SQLITE_DETACH: "DETACH",
    apsw.SQLITE_CREATE_VTABLE: "CREATE VIRTUAL TABLE",
}
_DENIED_FUNCTIONS = frozenset({"fts3_tokenizer", "load_extension", "random", "randomblob"})
_VACUUM = re.compile(r"VACUUM\s*;?\Z", re.IGNORECASE)
_HEAP_BYTES = 2 * limits.MAX_DATABASE_BYTES + limits.HEAP_BYTES


class ScriptError(Exception):
    """A script did not make a database.

    Args:
        message: what SQLite or a limit said.
        statement: the number of the statement at fault, from 1; 0 where it is none of them.
    """

    def __init__(self, message: str, statement: int) -> None:
        super().__init__(f"statement {statement}: {message}" if statement else message)
        self.message = message
        self.statement = statement


def build_image(script: str, base: bytes | None = None) -> bytes:
    """The database that `script` makes, upon an empty one or a copy of `base`, serialized.

    Raises:
        ScriptError: a statement fails or is not allowed, a limit is met, or `base` is no
            database.
    """
    before = apsw.hard_heap_limit(apsw.memory_used() + _HEAP_BYTES)
    try:
        return _Run(base).image(script)
    finally:
        apsw.hard_heap_limit(before)


class _Run:
    """One script's run: what it has spent, and what was denied to it."""

    def __init__(self, base: bytes | None) -> None:
        self._steps = 0
        self._denied = ""
        try:
            self._connection = opening.open_image(base or b"")
            page = self._connection.pragma("page_size")
            self._connection.pragma("max_page_count", limits.MAX_DATABASE_BYTES // int(page))
            for setting in _SETTINGS:
                self._connection.execute(setting)
        except (apsw.Error, MemoryError) as error:
            raise ScriptError(f"the database to start from: {error}", 0) from None
        self._connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        self._connection.limit(apsw.SQLITE_LIMIT_LENGTH, limits.MAX_STORED_VALUE_BYTES)
        self._connection.limit(apsw.SQLITE_LIMIT_SQL_LENGTH, limits.MAX_DATABASE_BYTES)
        self._connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.limit(apsw.SQLITE_LIMIT_VARIABLE_NUMBER, 0)
        self._connection.limit(apsw.SQLITE_LIMIT_WORKER_THREADS, 0)
        self._connection.authorizer = self._authorize
        self._connection.set_progress_handler(self._progress, limits.STEP_PORTION)

    def image(self, script: str) -> bytes:
        """The database after `script`."""
        clock.stop_at(clock.julian_ms(clock.DEFAULT_NOW))
        try:
            self._run(script)
            self._connection.authorizer = None
            self._connection.set_progress_handler(None)
            return self._connection.serialize("main")
        finally:
            self._connection.close(True)

    def _run(self, script: str) -> None:
        number = 0
        for number, text in enumerate(statement.split(script), 1):
            if _VACUUM.match(text):
                continue
            try:
                for _ in self._connection.execute(text):
                    pass
            except (apsw.Error, ValueError, MemoryError) as error:
                raise ScriptError(self._reason(error), number) from None
        if self._connection.in_transaction:
            raise ScriptError("the transaction is not committed", number)

    def _reason(self, error: Exception) -> str:
        if self._denied:
            return f"{self._denied} is not allowed"
        if isinstance(error, apsw.InterruptError):
            return f"more than {limits.SCRIPT_STEPS} steps"
        if isinstance(error, apsw.FullError | apsw.NoMemError | MemoryError):
            return f"more than {limits.MAX_DATABASE_BYTES} bytes"
        return str(error)

    def _progress(self) -> bool:
        self._steps += limits.STEP_PORTION
        return self._steps >= limits.SCRIPT_STEPS

    def _authorize(
        self, action: int, first: str | None, second: str | None, _d: str | None, _t: str | None
    ) -> int:
        if action == apsw.SQLITE_PRAGMA:
            name = (first or "").lower()
            if name in _IGNORED_PRAGMAS:
                return apsw.SQLITE_IGNORE
            if name not in _PRAGMAS:
                return self._deny(f"PRAGMA {name}")
        elif action in _DENIED:
            return self._deny(_DENIED[action])
        elif action == apsw.SQLITE_FUNCTION and (second or "").lower() in _DENIED_FUNCTIONS:
            return self._deny(f"the function {second}")
        return apsw.SQLITE_OK

    def _deny(self, what: str) -> int:
        self._denied = what
        return apsw.SQLITE_DENY
