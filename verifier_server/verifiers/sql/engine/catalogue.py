"""Reading a database's schema.

Promises: what SQLite itself says of the database, through its pragmas.

Does not cover: CHECK constraints as such (they are in `Table.sql`), and virtual tables with the
tables behind them, which a file may have: queries cannot read them, so they are left out.
"""

import apsw

from verifier_server.verifiers.sql.engine import opening
from verifier_server.verifiers.sql.schema import Affinity, Column, ForeignKey, Schema, Table

_OBJECTS = (
    "SELECT type, name, sql FROM sqlite_schema"
    " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT IN"
    " (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow'))"
    " ORDER BY rowid"
)
_COLUMNS = 'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid'
_STRICT = "SELECT strict FROM pragma_table_list(?) WHERE schema = 'main'"
_KEYS = 'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq'
_INDEXES = (
    'SELECT name, origin FROM pragma_index_list(?) WHERE "unique" AND NOT partial ORDER BY seq DESC'
)
_INDEX_COLUMNS = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
_VIRTUAL, _STORED = 2, 3  # pragma_table_xinfo's `hidden`


def read_schema(image: bytes) -> Schema:
    """The schema of a serialized database.

    Raises:
        apsw.Error: `image` is not a SQLite database.
    """
    connection = opening.open_image(image)
    try:
        objects = [
            (str(kind), str(name), None if sql is None else str(sql))
            for kind, name, sql in connection.execute(_OBJECTS)
        ]
        names = {name.lower(): name for kind, name, _ in objects if kind == "table"}
        tables = tuple(
            _table(connection, name, sql or "") for kind, name, sql in objects if kind == "table"
        )
        return Schema(
            tables=_with_targets(tables, names),
            views=tuple(name for kind, name, _ in objects if kind == "view"),
            scripts=tuple(sql for kind, _, sql in objects if kind != "trigger" and sql),
        )
    finally:
        connection.close()


def affinity(declared: str, *, strict: bool = False) -> Affinity:
    """The affinity of a declared type (sqlite.org/datatype3.html, section 3.1).

    In a STRICT table ANY keeps values as they are (sqlite.org/stricttables.html).
    """
    upper = declared.upper()
    if strict and upper == "ANY":
        return Affinity.BLOB
    if "INT" in upper:
        return Affinity.INTEGER
    if any(part in upper for part in ("CHAR", "CLOB", "TEXT")):
        return Affinity.TEXT
    if "BLOB" in upper or not upper:
        return Affinity.BLOB
    if any(part in upper for part in ("REAL", "FLOA", "DOUB")):
        return Affinity.REAL
    return Affinity.NUMERIC


def _table(connection: apsw.Connection, name: str, sql: str) -> Table:
    columns: list[Column] = []
    key: dict[int, str] = {}
    strict = bool(connection.execute(_STRICT, (name,)).get)
    for column, declared, not_null, position, hidden in connection.execute(_COLUMNS, (name,)):
        columns.append(
            Column(
                name=column,
                declared=declared,
                affinity=affinity(declared, strict=strict),
                not_null=bool(not_null),
                collation=connection.column_metadata("main", name, column)[1],
                generated=hidden in (_VIRTUAL, _STORED),
            )
        )
        if position:
            key[position] = column
    primary_key = tuple(key[position] for position in sorted(key))
    uniques, key_has_index = _uniques(connection, name)
    alone = next((each for each in columns if (each.name,) == primary_key), None)
    is_alias = alone is not None and not key_has_index and alone.declared.upper() == "INTEGER"
    return Table(
        name=name,
        columns=tuple(columns),
        primary_key=primary_key,
        foreign_keys=_foreign_keys(connection, name),
        uniques=uniques,
        rowid_alias=alone.name if is_alias and alone is not None else None,
        sql=sql,
    )


def _uniques(connection: apsw.Connection, table: str) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """The columns of the unique indexes but the primary key's, and whether that has one."""
    uniques: list[tuple[str, ...]] = []
    key_has_index = False
    for index, origin in connection.execute(_INDEXES, (table,)).fetchall():
        columns = connection.execute(_INDEX_COLUMNS, (index,)).fetchall()
        if origin == "pk":
            key_has_index = True
        elif all(name is not None for (name,) in columns):
            uniques.append(tuple(str(name) for (name,) in columns))
    return tuple(dict.fromkeys(uniques)), key_has_index


def _foreign_keys(connection: apsw.Connection, table: str) -> tuple[ForeignKey, ...]:
    """The foreign keys in the order of their declaration; SQLite lists the last one first.

    Without a column list in the declaration `target_columns` is empty.
    """
    found: dict[int, list[tuple[str, str, str | None]]] = {}
    for number, target, column, target_column in connection.execute(_KEYS, (table,)):
        found.setdefault(number, []).append((target, column, target_column))
    return tuple(
        ForeignKey(
            columns=tuple(column for _, column, _ in parts),
            target=parts[0][0],
            target_columns=tuple(to for _, _, to in parts if to is not None),
        )
        for _, parts in sorted(found.items(), reverse=True)
    )


def _with_targets(tables: tuple[Table, ...], names: dict[str, str]) -> tuple[Table, ...]:
    """The tables with their keys' targets spelt as declared, and implicit columns filled in."""
    keys = {table.name.lower(): table.primary_key for table in tables}

    def resolved(key: ForeignKey) -> ForeignKey:
        target = key.target.lower()
        return ForeignKey(
            columns=key.columns,
            target=names.get(target, key.target),
            target_columns=key.target_columns or keys.get(target, ()),
        )

    return tuple(
        Table(
            name=table.name,
            columns=table.columns,
            primary_key=table.primary_key,
            foreign_keys=tuple(resolved(key) for key in table.foreign_keys),
            uniques=table.uniques,
            rowid_alias=table.rowid_alias,
            sql=table.sql,
        )
        for table in tables
    )
