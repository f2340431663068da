"""Which fault an error of SQLite's is.

Promises: every exception that apsw raises for a statement has a fault, and a message that
quotes nothing but the statement.

Does not cover: what the authorizer denied and what a budget stopped; those know
their fault themselves (`instance.py`).
"""

import re

import apsw

from verifier_server.verifiers.sql.engine.faults import Fault

_SYNTAX = re.compile(r'near ".*": syntax error|unrecognized token: |incomplete input', re.DOTALL)
_NAME = re.compile(
    r"(?:no such (?:table|column|function|collation sequence|index|window|view|module)"
    r"|ambiguous column name|no such table column|unknown database): ?(.*)",
    re.DOTALL,
)
_SIZE = re.compile(
    r"too many (?:terms|columns|arguments on function|references|FROM clause terms|levels)"
    r"|Expression tree is too large|at most \d+ tables in a join|Recursion limit"
    r"|parser stack overflow|subqueries nested too deep|too big|too complex"
)
# The one message that quotes a value: a path that may come from the data (src/json.c).
_PATH = re.compile(r"(bad JSON path): ")
_PARAMETER = re.compile(r"too many SQL variables|variable number must be")
MAX_NAME = 200
MAX_MESSAGE = 500


class SpentError(Exception):
    """A function was charged beyond the budget."""


# What SQLite and the functions that it calls raise for a query, and what is no fault of one.
# Anything else is a mistake of ours, and no verdict.
OF_QUERIES = (apsw.Error, ValueError, ArithmeticError, MemoryError, SpentError)
DAMAGE = (apsw.CorruptError, apsw.NotADBError)


def fault(error: Exception, compiled: bool) -> tuple[Fault, str, str]:
    """The fault of `error`, its message, and the name that it is about or "".

    `compiled` says whether the statement had been compiled by then.
    """
    message = str(error)[:MAX_MESSAGE]
    if isinstance(error, MemoryError | apsw.NoMemError | apsw.FullError):
        return Fault.MEMORY, "out of memory", ""
    if isinstance(error, UnicodeError):
        return Fault.TEXT, "a text of the result is not UTF-8", ""
    if _PARAMETER.match(message):
        return Fault.COMPILE, "a query has no parameters: write the values out", ""
    if isinstance(error, apsw.TooBigError) or _SIZE.search(message):
        return Fault.SIZE, message, ""
    if isinstance(error, apsw.ReadOnlyError):
        return Fault.WRITE, message, ""
    if path := _PATH.match(message):
        message = path[1]
    if compiled:
        return Fault.RUN, message, ""
    if _SYNTAX.match(message):
        return Fault.SYNTAX, message, ""
    named = _NAME.match(message)
    if named is not None:
        return Fault.NAME, message, named[1].strip()[:MAX_NAME]
    return Fault.COMPILE, message, ""
