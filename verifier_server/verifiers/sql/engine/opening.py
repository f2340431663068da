"""Opening a database image so that a query can only read it.

Promises: the connection is in memory, no file is ever opened, temporary data stay in
memory, and SQLite's own limits are those of `limits.py`.

Does not cover: steps and rows (`instance.py`), or what may be called (`guard.py`).
"""

from dataclasses import dataclass

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine import clock

_CONFIGURATION = (
    (apsw.SQLITE_DBCONFIG_DEFENSIVE, 1),
    (apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, 0),
)
_LIMITS = (
    (apsw.SQLITE_LIMIT_SQL_LENGTH, limits.MAX_SQL_BYTES),
    (apsw.SQLITE_LIMIT_COLUMN, limits.MAX_COLUMNS),
    (apsw.SQLITE_LIMIT_EXPR_DEPTH, limits.MAX_EXPRESSION_DEPTH),
    (apsw.SQLITE_LIMIT_COMPOUND_SELECT, limits.MAX_COMPOUND),
    (apsw.SQLITE_LIMIT_VDBE_OP, limits.MAX_PROGRAM),
    (apsw.SQLITE_LIMIT_FUNCTION_ARG, limits.MAX_FUNCTION_ARGUMENTS),
    (apsw.SQLITE_LIMIT_ATTACHED, 0),
    (apsw.SQLITE_LIMIT_VARIABLE_NUMBER, 0),
    (apsw.SQLITE_LIMIT_TRIGGER_DEPTH, 0),
    (apsw.SQLITE_LIMIT_WORKER_THREADS, 0),
)
# Statements are compiled anew each time: what one costs must not depend on those before.
NO_STATEMENT_CACHE = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long values and patterns may be, in bytes, and what a step then counts."""

    value_bytes: int
    pattern_bytes: int
    weight: int


SHORT = Allowance(limits.SHORT_VALUE_BYTES, limits.MAX_PATTERN_BYTES, 1)
UNCHARGED = Allowance(
    limits.SHORT_VALUE_BYTES, limits.MAX_PATTERN_BYTES_OF_LONG, limits.LONG_VALUE_WEIGHT
)
LONG = Allowance(limits.MAX_VALUE_BYTES, limits.MAX_PATTERN_BYTES_OF_LONG, limits.LONG_VALUE_WEIGHT)


def allow(connection: apsw.Connection, allowance: Allowance) -> None:
    """Limits the lengths of what the next queries work on."""
    connection.limit(apsw.SQLITE_LIMIT_LENGTH, allowance.value_bytes)
    connection.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, allowance.pattern_bytes)


def open_image(image: bytes) -> apsw.Connection:
    """A connection on a copy of `image`, without limits or settings yet.

    Raises:
        apsw.Error: `image` is not a SQLite database.
    """
    connection = apsw.Connection(
        ":memory:", vfs=clock.install(), statementcachesize=NO_STATEMENT_CACHE
    )
    if image:
        connection.deserialize("main", image)
    return connection


def close_to_writing(connection: apsw.Connection) -> None:
    """Applies the limits and settings for hostile queries."""
    connection.drop_modules(None)
    for setting, value in _CONFIGURATION:
        connection.config(setting, value)
    for pragma in ("PRAGMA temp_store=MEMORY", "PRAGMA query_only=1", "PRAGMA cell_size_check=1"):
        connection.execute(pragma)
    for limit, value in _LIMITS:
        connection.limit(limit, value)
