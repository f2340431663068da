"""What a query may touch, as SQLite asks while it compiles it.

Promises: everything that is not listed is denied, and the first denial is kept with
its fault. What is read is written down as (table, column).

Does not cover: cost.
"""

import apsw

from verifier_server.verifiers.sql.engine.faults import Fault
from verifier_server.verifiers.sql.engine.functions import ALLOWED, TABLES

_HIDDEN = ("sqlite_", "pragma_", "carray")


class Guard:
    """An authorizer (sqlite.org/c3ref/set_authorizer.html).

    Args:
        tables: the tables and views of the database, in lower case.
        functions: the functions that may be called beyond `functions.ALLOWED`.
    """

    def __init__(self, tables: frozenset[str], functions: frozenset[str]) -> None:
        self._tables = tables
        self._functions = ALLOWED | {name.lower() for name in functions}
        self.reads: set[tuple[str, str]] = set()
        self.denied: tuple[Fault, str, str] | None = None  # fault, message, name

    def reset(self) -> None:
        """Forgets the last query."""
        self.reads = set()
        self.denied = None

    def __call__(
        self,
        action: int,
        first: str | None,
        second: str | None,
        database: str | None,
        _: str | None,
    ) -> int:
        """SQLITE_OK or SQLITE_DENY for one action."""
        if action == apsw.SQLITE_READ:
            return self._read((first or "").lower(), (second or "").lower(), database)
        if action == apsw.SQLITE_FUNCTION:
            name = second or ""
            if name.lower() in self._functions:
                return apsw.SQLITE_OK
            return self._deny(Fault.FUNCTION, f"the function {name} is not allowed", name)
        if action in (apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE):
            return apsw.SQLITE_OK
        if action == apsw.SQLITE_PRAGMA:
            return self._deny(Fault.SCHEMA, "the schema may not be read", f"pragma_{first}")
        return self._deny(Fault.WRITE, "only queries are allowed", first or "")

    def _read(self, table: str, column: str, database: str | None) -> int:
        if table in self._tables and database != "temp":
            self.reads.add((table, column))
            return apsw.SQLITE_OK
        # Without a column it may also be a common table expression.
        if table in TABLES or not (column or table.startswith(_HIDDEN)):
            return apsw.SQLITE_OK
        return self._deny(Fault.SCHEMA, f"{table} may not be read", table)

    def _deny(self, fault: Fault, message: str, name: str) -> int:
        if self.denied is None:
            self.denied = (fault, message, name)
        return apsw.SQLITE_DENY
