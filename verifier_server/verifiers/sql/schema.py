"""What a database looks like: its tables, columns and declared constraints.

Promises: names as they were declared; look-ups without regard to case, as in
SQLite. Read from a database by `engine.catalogue`.

Does not cover: what holds without being declared (`instances.invariants`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Affinity(StrEnum):
    """Column affinity (sqlite.org/datatype3.html, section 3.1)."""

    INTEGER = "integer"
    REAL = "real"
    NUMERIC = "numeric"
    TEXT = "text"
    BLOB = "blob"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `declared` is its type as written; `generated` ones are computed."""

    name: str
    declared: str
    affinity: Affinity
    not_null: bool
    collation: str
    generated: bool


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table refer to `target_columns` of the table `target`."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `primary_key` is empty where there is none.

    `uniques` are the sets of columns that a UNIQUE constraint or index covers,
    without partial ones and those on expressions; `rowid_alias` is the column that is the
    INTEGER PRIMARY KEY.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    uniques: tuple[tuple[str, ...], ...]
    rowid_alias: str | None
    sql: str

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        wanted = name.lower()
        return next((each for each in self.columns if each.name.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """All tables and views, in the order of their creation.

    `scripts` are the CREATE statements of everything (tables, indexes, views; no triggers)
    in an order in which they can be run. `views` are the names of views.
    """

    tables: tuple[Table, ...]
    views: tuple[str, ...]
    scripts: tuple[str, ...]

    def table(self, name: str) -> Table | None:
        """The table of that name."""
        wanted = name.lower()
        return next((each for each in self.tables if each.name.lower() == wanted), None)
