"""The same rows in another physical order.

Promises: each table has the same rows, columns, keys and indexes, stored the other way round:
a column that is an alias of the rowid is none in the twin, a table WITHOUT ROWID has one. What
a query returns on both differs only where it depends on an order that SQL leaves open.

Does not cover: virtual tables and scripts that cannot be told apart (such a table keeps its
own order), and queries that name rowid, which means something else in the twin.
"""

import apsw

from verifier_server.verifiers.sql.engine import opening
from verifier_server.verifiers.sql.engine.quoting import quote
from verifier_server.verifiers.sql.gold.lexing import Kind, LexicalError, Token, tokens
from verifier_server.verifiers.sql.schema import Schema, Table


def twin(image: bytes, schema: Schema) -> bytes:
    """The twin of the database `image`, which has `schema`, serialized.

    Raises:
        apsw.Error: SQLite does not make a table of the schema again, as where the file has it
            from a program with functions or collations of its own.
    """
    connection = opening.open_image(image)
    try:
        other = {table.sql: reordered(table) for table in schema.tables}
        empty = empty_image(schema, other, str(connection.pragma("encoding")))
        connection.execute("ATTACH ':memory:' AS twin")
        connection.deserialize("twin", empty)
        # Given rows may break a CHECK that was not enforced when they were written.
        connection.execute("PRAGMA foreign_keys=0; PRAGMA ignore_check_constraints=1")
        connection.execute("PRAGMA reverse_unordered_selects=1; BEGIN")
        for table in schema.tables:
            names = ", ".join(quote(c.name) for c in table.columns if not c.generated)
            name = quote(table.name)
            rows = f"SELECT {names} FROM main.{name} NOT INDEXED"  # noqa: S608 - quoted
            connection.execute(f"INSERT INTO twin.{name} ({names}) {rows}")
        connection.execute("COMMIT")
        return connection.serialize("twin")
    finally:
        connection.close()


def empty_image(
    schema: Schema, instead: dict[str, str] | None = None, encoding: str = "UTF-8"
) -> bytes:
    """An image with the tables, indexes and views of `schema`, and no rows.

    What SQLite refuses to make is missing: queries that read it fail there.

    Args:
        schema: of the given database.
        instead: replaces CREATE statements; one that SQLite refuses counts as not replaced.
        encoding: of its texts, as `PRAGMA encoding` has it.
    """
    connection = opening.open_image(b"")
    try:
        connection.pragma("encoding", encoding)
        connection.execute("BEGIN")
        for script in schema.scripts:
            for text in dict.fromkeys(((instead or {}).get(script, script), script)):
                try:
                    connection.execute(text)
                    break
                except apsw.SQLError:
                    continue
        connection.execute("COMMIT")
        return connection.serialize("main")
    finally:
        connection.close()


def reordered(table: Table) -> str:
    """The table's CREATE statement, without what ties its rows to the order of a key."""
    try:
        found = tokens(table.sql)
    except LexicalError:
        return table.sql
    changes: list[tuple[Token, str]] = []
    if table.rowid_alias is not None:
        changes.extend(_without_alias(found, table.rowid_alias))
    changes.extend(_without_option(found))
    text = table.sql
    for token, replacement in sorted(changes, key=lambda change: -change[0].start):
        text = text[: token.start] + replacement + text[token.end :]
    return text


def _without_alias(found: list[Token], column: str) -> list[tuple[Token, str]]:
    """INT has the affinity of INTEGER, but is no alias (sqlite.org/lang_createtable.html#rowid)."""
    depth = 0
    changes: list[tuple[Token, str]] = []
    for place, token in enumerate(found[:-1]):
        depth += (token.text == "(") - (token.text == ")")
        starts = depth == 1 and found[place - 1].text in ("(", ",")
        named = token.kind in (Kind.WORD, Kind.QUOTED, Kind.STRING)
        if starts and named and token.name.lower() == column.lower():
            following = found[place + 1]
            kind = following.name if following.kind in (Kind.WORD, Kind.QUOTED) else ""
            if kind.upper() == "INTEGER" and not changes:
                changes.append((following, "INT"))
        elif token.word == "AUTOINCREMENT":
            changes.append((token, ""))
    return changes


def _without_option(found: list[Token]) -> list[tuple[Token, str]]:
    """WITHOUT ROWID, behind the last parenthesis, with the comma beside it."""
    last = max((place for place, token in enumerate(found) if token.text == ")"), default=0)
    for place in range(last, len(found) - 1):
        if found[place].word == "WITHOUT" and found[place + 1].word == "ROWID":
            changes = [(found[place], ""), (found[place + 1], "")]
            if place + 2 < len(found) and found[place + 2].text == ",":
                changes.append((found[place + 2], ""))
            elif found[place - 1].text == ",":
                changes.append((found[place - 1], ""))
            return changes
    return []
