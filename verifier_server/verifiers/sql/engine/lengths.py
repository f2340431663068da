"""How long the longest value of a database is.

Promises: exact, and without reading the values where SQLite can tell their length from
the record's header (`octet_length`).

Does not cover: values that a query makes, generated columns included.
"""

from itertools import batched

import apsw

from verifier_server.verifiers.sql.engine.quoting import quote

_COLUMNS = (
    "SELECT s.name, c.name FROM sqlite_schema s, pragma_table_xinfo(s.name) c"
    " WHERE s.type = 'table' AND s.rootpage AND c.hidden = 0 ORDER BY s.rowid, c.cid"
)

_COLUMNS_AT_ONCE = 50


def longest_value(connection: apsw.Connection) -> int:
    """The length of the longest text or blob in any table, in bytes; 0 if there is none."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS).fetchall():
        columns.setdefault(str(table), []).append(str(column))
    longest = 0
    for table, names in columns.items():
        for some in batched(names, _COLUMNS_AT_ONCE):
            lengths = ", ".join(
                f"max(CASE WHEN typeof({quote(name)}) IN ('text', 'blob')"
                f" THEN octet_length({quote(name)}) END)"
                for name in some
            )
            sql = f"SELECT {lengths} FROM {quote(table)}"  # noqa: S608 - quoted
            for row in connection.execute(sql):
                longest = max([longest, *(each for each in row if isinstance(each, int))])
    return longest
