"""What a query may touch, as SQLite asks while it compiles it.

Promises: everything that is not listed is denied, and the first denial is kept with
its fault. What is read is written down as (table, column).

Does not cover: cost.
"""

import apsw

from verifier_server.verifiers.sql.engine.faults import Fault
from verifier_server.verifiers.sql.engine.functions import ALLOWED, ON_REQUEST, TABLES

_HIDDEN = ("sqlite_", "pragma_", "carray")
_READ, _FUNCTION = apsw.SQLITE_READ, apsw.SQLITE_FUNCTION
_SELECTS = frozenset({apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE})
_OK = apsw.SQLITE_OK


class Guard:
    """Decides for SQLite's authorizer (sqlite.org/c3ref/set_authorizer.html).

    Args:
        tables: the tables and views of the database, as they are spelt there.
        functions: functions that may be called beyond `functions.ALLOWED`, of those in
            `functions.ON_REQUEST` and of the dialects'; others stay denied.
    """

    def __init__(self, tables: frozenset[str], functions: frozenset[str]) -> None:
        self._spelt = tables
        self._pairs: dict[tuple[str | None, str | None], tuple[str, str]] = {}
        self._tables = frozenset(table.lower() for table in tables)
        self._functions = ALLOWED | (frozenset(map(str.lower, functions)) & ON_REQUEST)
        self._seen: set[tuple[str, str]] = set()
        self.denied: tuple[Fault, str, str] | None = None  # fault, message, name

    def reset(self) -> None:
        """Forgets the last query."""
        self._seen = set()
        self.denied = None

    @property
    def reads(self) -> frozenset[tuple[str, str]]:
        """The (table, column) pairs that the query reads, in lower case."""
        return frozenset(self._seen)

    def authorize(
        self,
        action: int,
        first: str | None,
        second: str | None,
        database: str | None,
        _: str | None,
    ) -> int:
        """SQLITE_OK or SQLITE_DENY for one action. The usual comes first: this is called often."""
        if action == _READ:
            pair = self._pairs.get((first, second))
            if pair is not None:
                self._seen.add(pair)
                return _OK
            return self._read(first or "", second or "")
        if action in _SELECTS:
            return _OK
        if action == _FUNCTION:
            name = second or ""
            if name.lower() in self._functions:
                return _OK
            return self._deny(Fault.FUNCTION, f"the function {name} is not allowed", name)
        if action == apsw.SQLITE_PRAGMA:
            return self._deny(Fault.SCHEMA, "the schema may not be read", f"pragma_{first}")
        return self._deny(Fault.WRITE, "only queries are allowed", first or "")

    def _read(self, table: str, column: str) -> int:
        name = table.lower()
        if name in self._tables:
            pair = (name, column.lower())
            self._seen.add(pair)
            if table in self._spelt:  # so that there is one entry a column
                self._pairs[table, column] = pair
            return _OK
        # Without a column it may also be a common table expression.
        if name in TABLES or not (column or name.startswith(_HIDDEN)):
            return _OK
        return self._deny(Fault.SCHEMA, f"{name} may not be read", name)

    def _deny(self, fault: Fault, message: str, name: str) -> int:
        if self.denied is None:
            self.denied = (fault, message, name)
        return apsw.SQLITE_DENY
