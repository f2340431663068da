"""Where statements end, and whether one begins that can only read.

Promises: linear in the text, and in agreement with SQLite's tokenizer about
strings, quoted names and comments (src/tokenize.c). Nothing is compiled here.

Does not cover: syntax, and statements that begin like a query and write
(`WITH ... DELETE`): SQLite's authorizer is asked about those.
"""

import re
from collections.abc import Iterator

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.engine.faults import Fault, QueryError

# The end of the text closes a comment, unless nothing follows its `/*`; a string that nothing
# closes reaches to the end as well, and SQLite refuses it.
_SPACE = r"[ \t\n\f\r\ufeff]"
_COMMENT = r"--[^\n]*|/\*(?!\Z)(?s:.*?)(?:\*/|\Z)"
# A doubled quote within is here the end of one string and the beginning of the next.
_QUOTED = r"'[^']*'?|\"[^\"]*\"?|`[^`]*`?|\[[^\]]*\]?"
_LEADING = re.compile(rf"(?:{_SPACE}+|;+|{_COMMENT})*+")
_UNTIL_SEMICOLON = re.compile(rf"(?:[^;'\"`\[/-]++|{_QUOTED}|{_COMMENT}|[/-])*+")
_WORD = re.compile(r"[A-Za-z]+")
_TRIGGER = re.compile(r"CREATE\s+(?:TEMP\s+|TEMPORARY\s+)?TRIGGER\b", re.IGNORECASE)

_USUAL = ("SELECT ", "select ", "WITH ")  # most queries begin so
_WRITING = frozenset(
    """ALTER ANALYZE ATTACH BEGIN COMMIT CREATE DELETE DETACH DROP END EXPLAIN INSERT PRAGMA
    REINDEX RELEASE REPLACE ROLLBACK SAVEPOINT UPDATE VACUUM""".split()
)


def check_text(sql: str) -> None:
    """Passes if `sql` is a text that may be a statement, in whatever dialect.

    Raises:
        QueryError: SIZE, SYNTAX (not UTF-8, or it has a NUL).
    """
    if len(sql) > limits.MAX_SQL_BYTES:
        raise _too_long()
    if not sql.isascii():
        try:
            size = len(sql.encode())
        except UnicodeEncodeError:
            raise QueryError(Fault.SYNTAX, "the query is not valid UTF-8") from None
        if size > limits.MAX_SQL_BYTES:
            raise _too_long()
    if "\0" in sql:
        raise QueryError(Fault.SYNTAX, "the query has a NUL character")


def check(sql: str) -> None:
    """Passes if `sql` is one statement of SQLite's that may be a query.

    Raises:
        QueryError: SIZE, SYNTAX (not UTF-8, or it has a NUL), EMPTY, SEVERAL or WRITE.
    """
    check_text(sql)
    if ";" not in sql and sql.startswith(_USUAL):
        return
    start = _end(_LEADING, sql, 0)
    if start == len(sql):
        raise QueryError(Fault.EMPTY, "there is no statement")
    if ";" in sql:
        stop = _end(_UNTIL_SEMICOLON, sql, start)
        if _end(_LEADING, sql, stop) != len(sql):
            raise QueryError(Fault.SEVERAL, "more than one statement")
    word = _WORD.match(sql, start)
    if word is not None and word[0].upper() in _WRITING:
        raise QueryError(Fault.WRITE, f"{word[0].upper()} is not a query")


def split(script: str) -> Iterator[str]:
    """The statements of a script, each with its semicolon and without what goes before it."""
    start = _end(_LEADING, script, 0)
    while start < len(script):
        stop = min(_end(_UNTIL_SEMICOLON, script, start) + 1, len(script))
        if _TRIGGER.match(script, start):  # the one statement with semicolons within
            while stop < len(script) and not apsw.complete(script[start:stop]):
                stop = min(_end(_UNTIL_SEMICOLON, script, stop) + 1, len(script))
        yield script[start:stop]
        start = _end(_LEADING, script, stop)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where a match that may be empty ends."""
    match = pattern.match(text, start)
    return start if match is None else match.end()


def _too_long() -> QueryError:
    return QueryError(Fault.SIZE, f"the query is longer than {limits.MAX_SQL_BYTES} bytes")
