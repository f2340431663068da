"""Why a query gave no rows.

Promises: each fault is known by what SQLite or a guard said, never by the
clock.

Does not cover: which verdict a fault means (`answering.scores`).
"""

from enum import StrEnum


class Fault(StrEnum):
    """Why a query gave no rows."""

    EMPTY = "empty"  # no statement: nothing, or comments
    SEVERAL = "several"  # more than one statement
    WRITE = "write"  # changes or administers: DML, DDL, PRAGMA, ATTACH, EXPLAIN, transactions
    SCHEMA = "schema"  # reads sqlite_schema and its like, or a table-valued pragma
    FUNCTION = "function"  # a function that exists and is not allowed
    SYNTAX = "syntax"
    NAME = "name"  # no such table, column or function; ambiguous column
    COMPILE = "compile"  # another error before the first step (wrong number of arguments, ...)
    RUN = "run"  # an error while it ran (integer overflow, malformed JSON, ...)
    TEXT = "text"  # a result that is not UTF-8
    STEPS = "steps"
    ROWS = "rows"
    SIZE = "size"  # one of SQLite's limits: length, columns, depth, terms, operations
    MEMORY = "memory"


class QueryError(Exception):
    """A query gave no rows.

    Args:
        fault: why.
        message: what SQLite or the guard said, for a person; never holds data.
        name: the table, column or function at fault, where one is known.
        steps: VDBE operations until then.
    """

    def __init__(self, fault: Fault, message: str, name: str = "", steps: int = 0) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message
        self.name = name
        self.steps = steps
